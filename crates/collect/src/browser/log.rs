//! What happened during a capture, for the archive and for the notes of the source: what was asked and refused, which
//! limits the page met, what it tried.

use serde::Serialize;
use url::Url;

use super::capture::{HEIGHT, WIDTH};
use crate::folder::cut_text;
use crate::guard::shown;

/// Refusals that are written one by one; the others are counted.
const REFUSALS_MAX: usize = 200;
/// Bytes of an address in the log.
const ADDRESS_BYTES_MAX: usize = 500;
/// Limits that are told.
const LIMITS_MAX: usize = 20;

/// A request that was not made, or got no answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Refusal {
    /// What was asked for, without user name, password and fragment.
    pub(crate) url: String,
    /// What the browser wanted it for; empty where it was asked for and did not come.
    pub(crate) kind: String,
    /// Why not.
    pub(crate) why: String,
}

impl Refusal {
    pub(super) fn new(address: &str, kind: &str, why: &str) -> Self {
        let short = |text: &str, max| cut_text(text.chars().filter(|ch| !ch.is_control()).collect(), max);
        Self { url: short(address, ADDRESS_BYTES_MAX), kind: short(kind, 40), why: short(why, 300) }
    }
}

/// The log of one capture.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct CaptureLog {
    /// The page that was asked for.
    pub(crate) asked: String,
    /// The page that was there in the end.
    pub(crate) taken: String,
    /// Name and version of the browser.
    pub(crate) browser: String,
    /// What held it.
    pub(crate) sandbox: String,
    /// As what it and the client asked.
    pub(crate) user_agent: String,
    /// Width and height of the window in pixels.
    pub(crate) window: (u32, u32),
    /// Height in pixels of the whole page, and of the picture.
    pub(crate) height: (u32, u32),
    /// Requests that were made.
    pub(crate) requests: usize,
    /// Bytes of their answers.
    pub(crate) bytes: usize,
    /// Requests that were not made or got no answer.
    pub(crate) refused: Vec<Refusal>,
    /// How many more.
    pub(crate) refused_more: usize,
    /// Dialogs that were dismissed.
    pub(crate) dialogs: u32,
    /// Windows that were closed.
    pub(crate) popups: u32,
    /// Limits that it met.
    pub(crate) limits: Vec<String>,
}

impl CaptureLog {
    pub(super) fn new(asked: &Url, user_agent: &str) -> Self {
        Self {
            asked: shown(asked),
            taken: shown(asked),
            browser: String::new(),
            sandbox: String::new(),
            user_agent: user_agent.to_owned(),
            window: (WIDTH, HEIGHT),
            height: (0, 0),
            requests: 0,
            bytes: 0,
            refused: Vec::new(),
            refused_more: 0,
            dialogs: 0,
            popups: 0,
            limits: Vec::new(),
        }
    }

    pub(super) fn refuse(&mut self, refusal: Refusal) {
        if self.refused.len() < REFUSALS_MAX {
            self.refused.push(refusal);
        } else {
            self.refused_more += 1;
        }
    }

    /// Tells a limit once.
    pub(super) fn limit(&mut self, what: String) {
        if self.limits.len() < LIMITS_MAX && !self.limits.contains(&what) {
            self.limits.push(what);
        }
    }

    /// What a person should know, one line each.
    pub(crate) fn notes(&self) -> Vec<String> {
        let mut notes: Vec<String> =
            self.limits.iter().map(|limit| format!("the page was captured as far as it came: {limit}")).collect();
        if self.asked != self.taken {
            notes.push(format!("the page led on by itself: {} was captured", self.taken));
        }
        let refused = self.refused.len() + self.refused_more;
        if let Some(first) = self.refused.first() {
            notes.push(format!(
                "{refused} requests of the page were refused or not answered, such as {}: {}",
                first.url, first.why
            ));
        }
        if self.dialogs + self.popups > 0 {
            notes.push(format!(
                "the page opened {} dialogs and {} windows, which were closed",
                self.dialogs, self.popups
            ));
        }
        notes
    }
}
