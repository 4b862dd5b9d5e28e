//! From a watched place to what it published: connectors, and the one guarded HTTP client they all use.
//!
//! A [`Connector`] asks its source what is new and hands over one [`Haul`](vedette_core::Haul) after the other; each is
//! stored before the next request, so a crash repeats work and loses nothing. No authorisation in force, no collection.
//!
//! - [`guard`]: where may be connected to, how much is taken, who sees credentials.
//! - [`rocketchat`]: rooms of a Rocket.Chat server, asked over REST and heard over WebSocket ([`Live`]).
//! - [`matrix`]: rooms of a Matrix server.
//! - [`telegram_preview`]: public Telegram channels, by their preview pages.
//! - [`web`]: web pages and sections of sites; [`browser`] captures them as a reader sees them.
//! - [`feed`]: RSS, Atom and JSON Feed.
//! - [`folder`]: files and JSON lines, watched or imported once; exports of Telegram Desktop, mail and archives in it.
//! - [`warc`]: web archives, read and written.

mod archive;
pub mod browser;
mod connector;
mod env;
mod error;
pub mod feed;
pub mod folder;
mod gather;
pub mod guard;
mod mail;
pub mod matrix;
pub mod rocketchat;
mod secret;
mod telegram_export;
pub mod telegram_preview;
#[cfg(test)]
mod testing;
pub mod warc;
pub mod web;

pub use connector::{Connector, Hear, Live, LiveEvent, Take, check, connector_for, live_for, live_key};
pub use env::{Env, Lookup, Now, Sleep};
pub use error::CollectError;
pub use secret::Secret;

/// Bytes of one file of a post that are fetched: a magazine issue or a video clip fits.
pub const FILE_BYTES_MAX: u64 = 64 * 1024 * 1024;
/// Bytes of fetched files that one haul may hold; a page with more becomes several hauls.
pub const HAUL_FILE_BYTES_MAX: usize = 64 * 1024 * 1024;
/// Milliseconds for one file: large ones take longer than a page.
pub const FILE_REQUEST_MS: u64 = 180_000;
/// Notes that one haul carries; more of them say nothing new.
pub const NOTES_MAX: usize = 50;

/// Takes the notes, not more than are worth reading.
pub(crate) fn capped(notes: &mut Vec<String>) -> Vec<String> {
    let mut notes = std::mem::take(notes);
    if notes.len() > NOTES_MAX {
        let more = notes.len() - NOTES_MAX;
        notes.truncate(NOTES_MAX);
        notes.push(format!("and {more} more notes like these"));
    }
    notes
}
