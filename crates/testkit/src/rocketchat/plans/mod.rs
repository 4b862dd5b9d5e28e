//! Twenty scenarios that a watcher of a Rocket.Chat room must come through: each is a plan with settings of the server and stages.
//! Stage 0 is what is there before the first visit; between two visits the next stage is played.
//!
//! Pass means: the same evidence in every order and at every crash point, and no credential shown to anybody but the server.

mod access;
mod deletions;
mod posts;

use super::{Core, NewPost, RocketChat, Settings};
use crate::TestkitError;

/// The room that every plan is about.
pub const ROOM: &str = "lantern-media";
/// Milliseconds of a minute.
pub(crate) const MINUTE_MS: i64 = 60_000;

/// A scenario.
#[derive(Debug, Clone, Copy)]
pub struct Plan {
    /// Its number, 1 to 20.
    pub number: u8,
    /// The name it is started by.
    pub name: &'static str,
    /// What happens in it, in one line.
    pub about: &'static str,
    /// Stages, the one before the first visit included.
    pub stages: usize,
    settings: fn(&mut Settings),
    play: fn(&Core, usize, i64),
}

impl Plan {
    /// The settings of its server.
    pub fn settings(&self) -> Settings {
        let mut settings = Settings::default();
        (self.settings)(&mut settings);
        settings
    }

    /// Plays one stage; `start_ms` is the same for all stages of a run: epoch milliseconds of the first visit. `false` when
    /// there is no such stage.
    pub fn play(&self, core: &Core, stage: usize, start_ms: i64) -> bool {
        if stage == 0 {
            core.let_in(&core.add_room(ROOM), true);
        }
        if stage < self.stages {
            (self.play)(core, stage, start_ms);
        }
        stage < self.stages
    }

    /// Starts a server with stage 0 played and its clock at `start_ms`.
    pub fn start(&self, start_ms: i64, change: impl FnOnce(&mut Settings)) -> Result<RocketChat, TestkitError> {
        let mut settings = self.settings();
        change(&mut settings);
        let server = RocketChat::start(settings)?;
        server.set_clock(start_ms);
        self.play(&server, 0, start_ms);
        Ok(server)
    }
}

/// All plans, by number.
pub fn all() -> [Plan; 20] {
    [
        posts::BACKFILL,
        posts::LIVE_POST,
        posts::EDIT_TWICE,
        deletions::PLAIN,
        deletions::SHOWN,
        deletions::HIDDEN,
        deletions::KEPT_AND_SHOWN,
        deletions::PRUNE,
        posts::EQUAL_TIMES,
        access::SOCKET_DROP,
        access::RATE_LIMIT,
        access::TOKEN_EXPIRY,
        access::REMOVED_FROM_ROOM,
        access::ROOM_CHANGES,
        posts::ROTATED_PICTURE,
        access::FILE_ELSEWHERE,
        posts::THREADS_AND_DISCUSSION,
        posts::ENCRYPTED,
        posts::CLOCK_SKEW,
        posts::HOSTILE_TEXT,
    ]
}

/// The plan of that name or number.
pub fn named(name: &str) -> Option<Plan> {
    all().into_iter().find(|plan| plan.name == name || plan.number.to_string() == name)
}

/// A post with an id of our own choosing.
fn post(core: &Core, id: &str, text: &str, ts_ms: i64) {
    put(core, id, NewPost::text(ROOM, "wick_keeper", text).at(ts_ms));
}

fn put(core: &Core, id: &str, post: NewPost) {
    core.post(NewPost { id: id.to_owned(), ..post });
}

/// `count` posts, a minute apart, the last of them a minute before `end_ms`.
fn fill(core: &Core, prefix: &str, count: i64, end_ms: i64) {
    for number in 0..count {
        let text = format!("Lamp {number} is lit over Kelmora.");
        post(core, &format!("{prefix}{number:04}"), &text, end_ms - (count - number) * MINUTE_MS);
    }
}
