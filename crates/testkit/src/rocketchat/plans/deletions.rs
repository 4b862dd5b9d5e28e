//! Plans about what is taken away: the four ways that two settings of the server make, and the bulk removal.

use super::{MINUTE_MS, Plan, ROOM, fill, put};
use crate::rocketchat::{Core, NewPost, Prune};

pub(super) const PLAIN: Plan = Plan {
    number: 4,
    name: "delete-plain",
    about: "deleted posts go to the trash (no history kept, no status shown)",
    stages: 3,
    settings: |_| {},
    play: play_deletion,
};

pub(super) const SHOWN: Plan = Plan {
    number: 5,
    name: "delete-shown",
    about: "deleted posts stay as \"message removed\" (status shown)",
    stages: 3,
    settings: |settings| settings.show_deleted_status = true,
    play: play_deletion,
};

pub(super) const HIDDEN: Plan = Plan {
    number: 6,
    name: "delete-hidden",
    about: "deleted posts are hidden and listed nowhere (history kept, no status shown)",
    stages: 3,
    settings: |settings| settings.keep_history = true,
    play: play_deletion,
};

pub(super) const KEPT_AND_SHOWN: Plan = Plan {
    number: 7,
    name: "delete-kept-and-shown",
    about: "deleted posts stay as \"message removed\" and a hidden copy is kept",
    stages: 3,
    settings: |settings| {
        settings.keep_history = true;
        settings.show_deleted_status = true;
    },
    play: play_deletion,
};

fn play_deletion(core: &Core, stage: usize, start: i64) {
    match stage {
        0 => {
            fill(core, "old", 6, start);
            // A post with replies is kept and shown as removed whatever the settings say.
            put(core, "answered", NewPost::text(ROOM, "wick_keeper", "Answer me.").at(start - 30_000));
            put(core, "answer", NewPost::text(ROOM, "port_gull", "I do.").at(start - 20_000).reply_to("answered"));
        }
        1 => {
            core.delete("old0002");
        }
        _ => {
            core.delete("old0004");
            core.delete("answered");
        }
    }
}

pub(super) const PRUNE: Plan = Plan {
    number: 8,
    name: "prune",
    about: "90 of 120 posts are pruned at once, without their ids and without trash",
    stages: 2,
    settings: |settings| settings.pruned_to_trash = false,
    play: |core, stage, start| match stage {
        0 => fill(core, "old", 120, start),
        _ => {
            let (from_ms, to_ms) = (start - 105 * MINUTE_MS, start - 16 * MINUTE_MS);
            core.prune(ROOM, Prune { from_ms, to_ms, inclusive: true });
        }
    },
};
