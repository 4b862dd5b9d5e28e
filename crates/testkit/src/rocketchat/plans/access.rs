//! Plans about the way there: connections that break, limits, logins that end, doors that close, rooms that change.

use super::{MINUTE_MS, Plan, ROOM, fill, post, put};
use crate::rocketchat::{NewPost, RateLimit};

pub(super) const SOCKET_DROP: Plan = Plan {
    number: 10,
    name: "socket-drop",
    about: "the WebSocket breaks and 60 posts are missed",
    stages: 3,
    settings: |_| {},
    play: |core, stage, start| match stage {
        0 => fill(core, "old", 5, start),
        1 => {
            core.drop_sockets();
            for number in 0..60 {
                post(core, &format!("missed{number:02}"), &format!("Missed {number}"), start + 30_000 + number);
            }
            core.edit("old0001", "Changed while nobody listened.");
        }
        _ => post(core, "after", "Back again.", start + 2 * MINUTE_MS),
    },
};

pub(super) const RATE_LIMIT: Plan = Plan {
    number: 11,
    name: "rate-limit",
    about: "ten calls a minute for each endpoint and address, 1,500 posts",
    stages: 2,
    settings: |settings| settings.limits = Some(RateLimit::default()),
    play: |core, stage, start| match stage {
        0 => fill(core, "old", 1_500, start),
        _ => {
            for number in 0..120 {
                post(core, &format!("new{number:03}"), &format!("New {number}"), start + number);
            }
        }
    },
};

pub(super) const TOKEN_EXPIRY: Plan = Plan {
    number: 12,
    name: "token-expiry",
    about: "the token runs out in the middle of the history; later a new one works",
    stages: 3,
    settings: |_| {},
    play: |core, stage, start| match stage {
        0 => {
            fill(core, "old", 250, start);
            core.expire_tokens_after(3);
        }
        1 => post(core, "unseen", "Posted while the login was dead.", start + MINUTE_MS),
        _ => core.renew_token(),
    },
};

pub(super) const REMOVED_FROM_ROOM: Plan = Plan {
    number: 13,
    name: "removed-from-room",
    about: "the account is locked out of the room, and later let in again",
    stages: 3,
    settings: |_| {},
    play: |core, stage, start| match stage {
        0 => fill(core, "old", 5, start),
        1 => {
            core.forbid(ROOM);
            post(core, "inside", "Among ourselves.", start + MINUTE_MS);
        }
        _ => core.allow(ROOM),
    },
};

pub(super) const ROOM_CHANGES: Plan = Plan {
    number: 14,
    name: "room-changes",
    about: "the room is renamed, then archived, then removed and made anew under its first name",
    stages: 4,
    settings: |_| {},
    play: |core, stage, start| match stage {
        0 => fill(core, "old", 5, start),
        1 => {
            core.rename(ROOM, "lantern-archive");
            let renamed = NewPost::text("lantern-archive", "wick_keeper", "Under a new name.").at(start + MINUTE_MS);
            put(core, "renamed", renamed);
        }
        2 => core.archive("lantern-archive"),
        _ => {
            core.remove_room("lantern-archive");
            let anew = core.add_room(ROOM);
            put(core, "anew", NewPost::text(&anew, "wick_keeper", "Another house.").at(start + 3 * MINUTE_MS));
        }
    },
};

pub(super) const FILE_ELSEWHERE: Plan = Plan {
    number: 16,
    name: "file-elsewhere",
    about: "files need credentials, and later they lie on another host that must not see them",
    stages: 2,
    settings: |_| {},
    play: |core, stage, start| {
        if stage == 1 && core.files_elsewhere().is_none() {
            core.set(|settings| settings.files_at = Some("http://127.0.0.1:9".to_owned()));
        }
        let at = start + stage as i64 * MINUTE_MS;
        let issue = NewPost::text(ROOM, "wick_keeper", &format!("The Wick, issue {stage}")).at(at);
        put(
            core,
            &format!("issue{stage}"),
            issue.file("the-wick.pdf", "application/pdf", b"%PDF-1.4 The Wick".to_vec()),
        );
    },
};
