//! Measures what several rooms do together, as users get it: levels of news texts, the functional suite ThreatCheck, and speed.
//! What one room does alone is measured by the examples of its crate; `make evals DATA=FOLDER` runs all of them.
//!
//! `cargo run --release -p vedette-evals -- levels DATA | threatcheck|practice [--show FUNCTION LANGUAGE] | speed DATA | train DATA [FILE]`
//!
//! Nothing here is measured without data: a missing folder is said, and the exit code is 2.

mod levels;
mod news;
mod speed;
mod threatcheck;
mod train;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use jiff::{SignedDuration, Timestamp};
use vedette_desk::Analyst;
use vedette_recognise::{Options, Recogniser, Register};

/// Languages with a lexicon of their own and practice texts; the frozen suite has no Dutch.
pub(crate) const LANGUAGES: [&str; 10] = ["ar", "de", "en", "es", "fa", "fr", "nl", "ru", "tr", "ur"];
/// Days from 1970 to the day on which texts count as posted.
const POSTED_DAYS: i64 = 20_780;
const USAGE: &str = "usage: vedette-evals levels DATA [--show] | speed DATA | threatcheck|practice [--show FUNCTION LANGUAGE] \
     | train DATA [FILE]";

/// Why nothing was measured.
pub(crate) type Failure = String;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let done = match words.as_slice() {
        ["levels", data, rest @ ..] => levels::measure(Path::new(data), rest),
        ["speed", data] => speed::measure(Path::new(data)),
        ["threatcheck", rest @ ..] => threatcheck::measure(&suite(), rest),
        ["train", data] => threatcheck::train(&suite(), Path::new(data), None),
        ["train", data, file] => threatcheck::train(&suite(), Path::new(data), Some(Path::new(file))),
        ["practice", rest @ ..] => threatcheck::practise(&suite(), rest),
        _ => Err(USAGE.to_owned()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("{why}; nothing was measured");
            ExitCode::from(2)
        }
    }
}

/// The analyst as `vedette analyze` makes it, with the starter register and what `more` adds.
pub(crate) fn analyst(more: Register) -> Analyst {
    Analyst::new(Recogniser::new(Register::starter().merge(more), Options::default()))
}

/// When all texts were posted: what is measured must not depend on the day of measuring. It is 23 November 2026.
pub(crate) fn posted_at() -> Timestamp {
    Timestamp::UNIX_EPOCH + SignedDuration::from_hours(24 * POSTED_DAYS)
}

/// One row of the table that `make evals` collects.
pub(crate) fn row(what: &str, figure: &str, aim: &str, kind: &str) {
    println!("| {what} | {figure} | {aim} | {kind} |");
}

fn suite() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("threatcheck")
}
