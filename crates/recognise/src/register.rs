//! The register: the organisations, outlets, series, platforms, places, events, targets and methods that the desk knows,
//! read from files that a person can read and review (`knowledge/*.toml`).
//!
//! One array of tables per kind. An entry has an id (kebab-case, unique within its kind), a name, aliases in any script
//! and the public source it rests on. A leader is a name, a role and a designation: leaders are matched in texts and have
//! no page of their own.
//!
//! ```
//! use vedette_recognise::{Register, MentionKind};
//! let file = r#"
//! [[actor]]
//! id = "grey-lantern"
//! name = "Order of the Grey Lantern"
//! aliases = ["Орден Серого Фонаря"]
//! source = "invented"
//! "#;
//! let register = Register::load(&[("demo.toml", file)])?;
//! assert_eq!(register.entry(MentionKind::Actor, "grey-lantern").map(|entry| entry.name.as_str()), Some("Order of the Grey Lantern"));
//! # Ok::<(), vedette_recognise::RegisterError>(())
//! ```

mod check;
mod common;
mod file;
mod import;
mod recurs;
mod write;

use crate::events::{Event, Times, midnight};
use crate::words;
use jiff::civil::Date;
use rustc_hash::FxHashMap;
use vedette_core::MentionKind;

pub use check::Finding;
pub use import::{
    BySpelling, ImportError, ImportFormat, ImportOptions, ImportReport, Imported, LeftOut, REGISTER_IMPORT_BYTES_MAX,
};

/// Bytes of one register file; the largest public lists stay below a tenth of it.
pub const REGISTER_FILE_BYTES_MAX: usize = 64 * 1024 * 1024;

/// Why a register cannot be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RegisterError {
    /// The file is not TOML, or holds a field that no entry has.
    #[error("cannot read the register file `{file}`: {message}")]
    Syntax {
        /// File.
        file: String,
        /// What and where.
        message: String,
    },
    /// A field of an entry is missing or wrong.
    #[error("register file `{file}`: {kind} `{id}`: field `{field}` {message}")]
    Field {
        /// File.
        file: String,
        /// Kind of entry.
        kind: &'static str,
        /// Its id.
        id: String,
        /// The field.
        field: &'static str,
        /// What is wrong with it and what is expected.
        message: String,
    },
    /// The file is larger than any register.
    #[error(
        "register file `{file}` has {bytes} bytes, the limit is {limit}: split it or remove what is not a register"
    )]
    TooLarge {
        /// File.
        file: String,
        /// Its size.
        bytes: usize,
        /// The limit.
        limit: usize,
    },
}

/// A public decision that lists an organisation.
#[derive(Debug, Clone, PartialEq, Eq, serde::Deserialize, serde::Serialize)]
#[serde(deny_unknown_fields)]
pub struct Designation {
    /// Country code, or `UN`, `EU`.
    pub jurisdiction: String,
    /// Name of the list.
    pub list: String,
    /// Number or id of the entry on that list.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub entry: Option<String>,
    /// Date of listing, ISO; absent when the source gives none.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub date: Option<String>,
    /// Date on which it was taken off the list again, ISO; absent while it stands there.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub delisted: Option<String>,
    /// Nobody has checked it, or one of its dates, against a source: not to be quoted before somebody has.
    #[serde(skip_serializing_if = "std::ops::Not::not", default)]
    pub unverified: bool,
}

impl Designation {
    /// `US, Foreign Terrorist Organizations (2014-05-15 to 2025-07-08)`.
    pub fn in_words(&self) -> String {
        let dates = match (&self.date, &self.delisted) {
            (None, None) => String::new(),
            (Some(date), None) => format!(" ({date})"),
            (date, Some(delisted)) => format!(" ({} to {delisted})", date.as_deref().unwrap_or("")),
        };
        format!("{}, {}{dates}", self.jurisdiction, self.list)
    }
}

/// A name or alias of an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alias {
    /// As registered.
    pub text: String,
    /// Our own spelling or transliteration, not the source's.
    pub ours: bool,
    /// Matched only in exactly this case: abbreviations, and names that are also common words.
    pub case_sensitive: bool,
    /// Given under `abbreviations`.
    pub abbreviation: bool,
}

/// One thing that the desk knows.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// Its kind.
    pub kind: MentionKind,
    /// Unique within the kind.
    pub id: String,
    /// The name it is shown by.
    pub name: String,
    /// All spellings, the name first.
    pub aliases: Vec<Alias>,
    /// Spellings, of any length, that the file asks to match in exactly their case.
    pub exact: Vec<String>,
    /// Whether the file asks for exact case of its short names.
    pub case_sensitive: bool,
    /// Phrases that contain a spelling and mean something else.
    pub not: Vec<String>,
    /// First day on which the thing was called so, as far as public sources say. Shown, never used to drop a mention: texts
    /// speak of the past, and dates of founding are disputed.
    pub valid_from: Option<Date>,
    /// Last day.
    pub valid_until: Option<Date>,
    /// A remark for readers.
    pub note: Option<String>,
    /// Public source, or `invented`.
    pub source: Option<String>,
    /// Public listings.
    pub designations: Vec<Designation>,
    /// The actor that an outlet or leader belongs to.
    pub actor: Option<String>,
    /// The outlet that publishes a series.
    pub outlet: Option<String>,
    /// Role of a leader.
    pub role: Option<String>,
    /// Places of a venue or event: ids of places and venues.
    pub places: Vec<String>,
    /// Degrees north.
    pub lat: Option<f64>,
    /// Degrees east.
    pub lon: Option<f64>,
    /// ISO 3166-1 alpha-2, or `XX`.
    pub country: Option<String>,
    /// First day of an event.
    pub from: Option<Date>,
    /// Day after its last.
    pub to: Option<Date>,
    /// How an event comes again.
    pub recurs: Option<Times>,
    /// The same as it stands in a register file.
    pub recurs_written: Option<String>,
    /// File it came from.
    pub file: String,
}

/// Everything that the desk knows.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Register {
    entries: Vec<Entry>,
    index: FxHashMap<(MentionKind, String), usize>,
    /// Entries that a file gave twice; only [`Register::check`] asks for them.
    repeated: Vec<(MentionKind, String, String)>,
    version: u64,
}

/// The files of the starter register: publicly designated organisations, and what public reporting names.
const STARTER: &[(&str, &str)] = &[
    ("knowledge/actors.toml", include_str!("../../../knowledge/actors.toml")),
    ("knowledge/media.toml", include_str!("../../../knowledge/media.toml")),
    ("knowledge/platforms.toml", include_str!("../../../knowledge/platforms.toml")),
    ("knowledge/targets.toml", include_str!("../../../knowledge/targets.toml")),
    ("knowledge/methods.toml", include_str!("../../../knowledge/methods.toml")),
    ("knowledge/places.toml", include_str!("../../../knowledge/places.toml")),
    ("knowledge/events.toml", include_str!("../../../knowledge/events.toml")),
    ("knowledge/venues.toml", include_str!("../../../knowledge/venues.toml")),
];

impl Register {
    /// Reads register files, given as (name, content). Later files add to earlier ones; an entry that comes again with the
    /// same kind and id replaces the earlier one.
    pub fn load(files: &[(&str, &str)]) -> Result<Self, RegisterError> {
        let mut register = Self::default();
        for (name, content) in files {
            if content.len() > REGISTER_FILE_BYTES_MAX {
                let (file, bytes) = ((*name).to_owned(), content.len());
                return Err(RegisterError::TooLarge { file, bytes, limit: REGISTER_FILE_BYTES_MAX });
            }
            for entry in file::read(name, content)? {
                register.put(entry);
            }
            register.version = words::join(register.version, words::hash(content.as_bytes()));
        }
        Ok(register)
    }

    /// The register that comes with Vedette.
    pub fn starter() -> Self {
        Self::load(STARTER).expect("the bundled register is read by a test")
    }

    /// This register with another's entries added; where both know a thing, the other's entry holds.
    pub fn merge(mut self, other: Self) -> Self {
        for entry in other.entries {
            if let Some(at) = self.index.get(&(entry.kind, entry.id.clone())) {
                if let Some(place) = self.entries.get_mut(*at) {
                    *place = entry;
                }
            } else {
                self.put(entry);
            }
        }
        self.repeated.extend(other.repeated);
        self.version = words::join(self.version, other.version);
        self
    }

    fn put(&mut self, entry: Entry) {
        let key = (entry.kind, entry.id.clone());
        match self.index.get(&key) {
            Some(at) => {
                if let Some(place) = self.entries.get_mut(*at) {
                    if place.file == entry.file {
                        self.repeated.push((entry.kind, entry.id.clone(), entry.file.clone()));
                    }
                    *place = entry;
                }
            }
            None => {
                self.index.insert(key, self.entries.len());
                self.entries.push(entry);
            }
        }
    }

    /// Names this content: 16 hexadecimal digits that change when a file does. Not a cryptographic digest.
    pub fn version(&self) -> String {
        format!("{:016x}", self.version)
    }

    /// All entries, in file order.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The entry of a kind with an id.
    pub fn entry(&self, kind: MentionKind, id: &str) -> Option<&Entry> {
        self.index.get(&(kind, id.to_owned())).and_then(|at| self.entries.get(*at))
    }

    /// The events with their times, dated and recurring; days begin at midnight local to the event.
    pub fn events(&self) -> Vec<Event> {
        self.entries
            .iter()
            .filter(|entry| entry.kind == MentionKind::Event)
            .filter_map(|entry| {
                let times = match (&entry.recurs, entry.from, entry.to) {
                    (Some(times), ..) => times.clone(),
                    (None, Some(from), Some(to)) => Times::Once { from: midnight(from), to: midnight(to) },
                    _ => return None,
                };
                let places = self.with_surroundings(&entry.places);
                Some(Event { id: entry.id.clone(), name: entry.name.clone(), places, times })
            })
            .collect()
    }

    /// Places, and the places that venues among them stand in.
    fn with_surroundings(&self, places: &[String]) -> Vec<String> {
        let mut all = places.to_vec();
        for venue in places.iter().filter_map(|id| self.entry(MentionKind::Venue, id)) {
            for place in &venue.places {
                if !all.contains(place) {
                    all.push(place.clone());
                }
            }
        }
        all
    }

    /// What a person should mend: entries given twice, missing sources, spellings that match too much, collide or hide
    /// look-alike letters, dates out of order, links to nothing. Each finding names file, entry, field and what to do.
    pub fn check(&self) -> Vec<Finding> {
        check::check(self)
    }

    /// Turns a public list into register entries that a person reviews, merged by name with what this register knows.
    /// Nothing written by hand is changed: an entry that is known comes back with all its fields, and with what is new.
    pub fn import(
        &self,
        content: &str,
        format: ImportFormat,
        options: &ImportOptions,
    ) -> Result<Imported, ImportError> {
        import::import(self, content, format, options)
    }
}

#[cfg(test)]
mod tests;
