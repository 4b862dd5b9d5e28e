//! Plans about what is posted: much of it, at one moment, late, changed, in threads, unreadable, hostile.

use serde_json::json;

use super::{MINUTE_MS, Plan, ROOM, fill, post, put};
use crate::rocketchat::{Core, NewPost, hostile_attachment};

pub(super) const BACKFILL: Plan = Plan {
    number: 1,
    name: "backfill",
    about: "1,200 posts were there before the first visit",
    stages: 1,
    settings: |_| {},
    play: |core, _, start| fill(core, "old", 1_200, start),
};

pub(super) const LIVE_POST: Plan = Plan {
    number: 2,
    name: "live-post",
    about: "posts arrive one by one while somebody watches",
    stages: 4,
    settings: |_| {},
    play: |core, stage, start| match stage {
        0 => fill(core, "old", 3, start),
        stage => {
            let at = start + stage as i64 * MINUTE_MS;
            post(core, &format!("new{stage}"), &format!("The lamp moves to Tessgate, part {stage}."), at);
            core.react("old0001", ":fire:", "port_gull");
        }
    },
};

pub(super) const EDIT_TWICE: Plan = Plan {
    number: 3,
    name: "edit-twice",
    about: "a post is changed twice",
    stages: 3,
    settings: |_| {},
    play: |core, stage, start| match stage {
        0 => fill(core, "old", 3, start),
        stage => {
            core.edit("old0001", &format!("The lamp goes out at the Meridian Cup, version {stage}."));
        }
    },
};

pub(super) const EQUAL_TIMES: Plan = Plan {
    number: 9,
    name: "equal-times",
    about: "three posts share one millisecond across a page edge, in the history and in the changes",
    stages: 2,
    settings: |_| {},
    play: |core, stage, start| {
        let (prefix, at) = match stage {
            0 => ("old", start - 300 * MINUTE_MS),
            _ => ("new", start + 1),
        };
        for number in 0..250i64 {
            // The page of 100 ends among the three in either direction.
            let ms =
                if (98..=101).contains(&number) || (148..=151).contains(&number) { number / 50 * 50 } else { number };
            post(core, &format!("{prefix}{number:04}"), &format!("Wick {prefix} {number}"), at + ms);
        }
    },
};

pub(super) const ROTATED_PICTURE: Plan = Plan {
    number: 15,
    name: "rotated-picture",
    about: "a picture has a thumbnail, and the server turned the original",
    stages: 2,
    settings: |settings| settings.rotate_images = true,
    play: |core, stage, start| {
        let at = start + stage as i64 * MINUTE_MS;
        let bytes = picture(700 + stage as u32);
        put(
            core,
            &format!("poster{stage}"),
            NewPost::text(ROOM, "wick_keeper", "poster").at(at).file("poster.png", "image/png", bytes),
        );
    },
};

/// A picture large enough to get a thumbnail.
fn picture(width: u32) -> Vec<u8> {
    let picture = image::RgbImage::from_fn(width, 500, |x, y| {
        image::Rgb([(x % 251) as u8, (y % 241) as u8, (x * y % 239) as u8])
    });
    let mut out = std::io::Cursor::new(Vec::new());
    picture.write_to(&mut out, image::ImageFormat::Png).expect("a picture in memory can be written to memory");
    out.into_inner()
}

pub(super) const THREADS_AND_DISCUSSION: Plan = Plan {
    number: 17,
    name: "threads-and-discussion",
    about: "replies in a thread, and a discussion that is a room of its own",
    stages: 3,
    settings: |_| {},
    play: |core, stage, start| {
        let at = start + stage as i64 * MINUTE_MS;
        match stage {
            0 => {
                post(core, "parent", "Who walks at night?", at - 5 * MINUTE_MS);
                put(
                    core,
                    "reply0",
                    NewPost::text(ROOM, "port_gull", "I walk.").at(at - 4 * MINUTE_MS).reply_to("parent"),
                );
                discussion(core, "night-walks", "opened0", at - 3 * MINUTE_MS);
                put(
                    core,
                    "below0",
                    NewPost::text("night-walks", "port_gull", "Along the harbour.").at(at - 2 * MINUTE_MS),
                );
            }
            1 => {
                put(core, "reply1", NewPost::text(ROOM, "wick_keeper", "Bring the lamp.").at(at).reply_to("parent"));
                put(core, "below1", NewPost::text("night-walks", "wick_keeper", "To Port Hessel.").at(at));
                discussion(core, "day-walks", "opened1", at);
                put(core, "bright1", NewPost::text("day-walks", "port_gull", "By day too.").at(at + 1));
            }
            _ => {
                put(core, "below2", NewPost::text("night-walks", "port_gull", "At nine.").at(at));
                core.edit("below1", "To Ardun Bay.");
            }
        }
    },
};

fn discussion(core: &Core, name: &str, id: &str, at: i64) {
    let room = core.add_discussion(ROOM, name);
    core.let_in(&room, true);
    core.announce_discussion(ROOM, &room, id, at);
}

pub(super) const ENCRYPTED: Plan = Plan {
    number: 18,
    name: "encrypted",
    about: "a message is encrypted end to end",
    stages: 2,
    settings: |_| {},
    play: |core, stage, start| {
        let at = start + stage as i64 * MINUTE_MS;
        let cipher = NewPost {
            system: Some("e2e".to_owned()),
            ..NewPost::text(ROOM, "wick_keeper", "QmFzZTY0Y2lwaGVydGV4dA==").at(at)
        };
        put(core, &format!("sealed{stage}"), cipher);
        post(core, &format!("open{stage}"), "The rest is sealed.", at + 1);
    },
};

pub(super) const CLOCK_SKEW: Plan = Plan {
    number: 19,
    name: "clock-skew",
    about: "the server's clock is seven minutes ahead, and old posts are imported",
    stages: 3,
    settings: |settings| settings.skew_ms = 7 * MINUTE_MS,
    play: |core, stage, start| {
        let now = core.now_ms().max(start + stage as i64 * MINUTE_MS);
        post(core, &format!("skewed{stage}"), "By the server's clock.", now);
        let imported = json!({"imported": true}).as_object().cloned().unwrap_or_default();
        for number in 0..5 {
            let ts = start - (2_000 - number + 100 * stage as i64) * 24 * 60 * MINUTE_MS;
            let post = NewPost {
                updated_ms: Some(now),
                extra: imported.clone(),
                ..NewPost::text(ROOM, "wick_keeper", "From the old server.").at(ts)
            };
            put(core, &format!("imported{stage}-{number}"), post);
        }
    },
};

pub(super) const HOSTILE_TEXT: Plan = Plan {
    number: 20,
    name: "hostile-text",
    about: "right-to-left text, zero-width and combining marks, a 64 KB post, attachments at private and foreign addresses",
    stages: 2,
    settings: |_| {},
    play: |core, stage, start| {
        let at = start + stage as i64 * MINUTE_MS;
        post(core, &format!("rtl{stage}"), "\u{202e}المصباح\u{200f} يضيء الليلة في كلمورا", at);
        post(
            core,
            &format!("marks{stage}"),
            &format!("la\u{200b}n\u{200d}te\u{0301}{}rn", "\u{0336}".repeat(400)),
            at + 1,
        );
        post(core, &format!("long{stage}"), &"lamp ".repeat(13_200), at + 2);
        let links = [
            "http://169.254.169.254/latest/meta-data",
            "http://10.0.0.1/file-upload/x/y.png",
            "http://127.0.0.1:9/file-upload/a/b.png",
            "//127.0.0.2:9/file-upload/a/b.png",
        ];
        let attachments = links.iter().map(|link| hostile_attachment(link)).collect();
        put(
            core,
            &format!("bait{stage}"),
            NewPost { attachments, ..NewPost::text(ROOM, "wick_keeper", "look").at(at + 3) },
        );
    },
};
