//! What leaves the house is a [`Cleared`] value, and a named person's decision is the only way to make one.
//! Publishing unreviewed work does not compile:
//!
//! ```compile_fail
//! fn publish(report: &vedette_core::Cleared<String>) {}
//! publish(&String::from("not reviewed"));
//! ```
//!
//! ```
//! use vedette_core::{Draft, Reviewer};
//! let reviewer = Reviewer::named("A. Editor").unwrap();
//! let cleared = Draft::new(String::from("text")).clear(reviewer, jiff::Timestamp::UNIX_EPOCH, "checked");
//! assert_eq!(cleared.by(), "A. Editor");
//! ```

use jiff::Timestamp;

/// A person who decides, by name. There is no way to make one without a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reviewer(String);

impl Reviewer {
    /// A reviewer with this name; `None` when the name is blank.
    pub fn named(name: &str) -> Option<Self> {
        let name = name.trim();
        (!name.is_empty()).then(|| Self(name.to_owned()))
    }

    /// The name.
    pub fn name(&self) -> &str {
        &self.0
    }
}

/// Work that nobody has cleared yet.
#[derive(Debug, Clone)]
pub struct Draft<T>(T);

impl<T> Draft<T> {
    /// Wraps work that is to be cleared.
    pub fn new(work: T) -> Self {
        Self(work)
    }

    /// Records that `reviewer` decided at `at`, for `reason`, that this may leave the house.
    pub fn clear(self, reviewer: Reviewer, at: Timestamp, reason: &str) -> Cleared<T> {
        Cleared { work: self.0, by: reviewer, at, reason: reason.to_owned() }
    }
}

/// Work that a named person has decided to let out.
#[derive(Debug, Clone)]
pub struct Cleared<T> {
    work: T,
    by: Reviewer,
    at: Timestamp,
    reason: String,
}

impl<T> Cleared<T> {
    /// The work.
    pub fn work(&self) -> &T {
        &self.work
    }

    /// Who decided.
    pub fn by(&self) -> &str {
        self.by.name()
    }

    /// When.
    pub fn at(&self) -> Timestamp {
        self.at
    }

    /// Why.
    pub fn reason(&self) -> &str {
        &self.reason
    }
}
