//! A translation program of the desk's own choice, one run a batch: segments in on stdin, translations out on stdout.
//!
//! The program sees no setting and no secret of ours: its environment is a search path and a UTF-8 locale. What it may write is capped, and
//! when its time is over it is killed with all it started. It must answer with as many lines as it was given, else it has failed.

mod running;

use std::ffi::OsString;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};
use vedette_core::translation::{Engine, TranslateFault, Translator};

use crate::SetupFault;
use running::{Ended, Run, run};

/// The name of this engine when the settings give none.
pub const COMMAND: &str = "command";
/// Seconds in which a program must tell its version.
const VERSION_SECONDS_MAX: u64 = 10;
/// Bytes of a version that are read.
const VERSION_BYTES_MAX: usize = 4 * 1024;
/// Bytes of an answer beyond eight times what was sent.
const ANSWER_BYTES_MORE: usize = 64 * 1024;
const ANSWER_TIMES_MAX: usize = 8;

/// What ends a segment on the way in and out.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Separator {
    /// A line feed.
    #[default]
    Line,
    /// A zero byte.
    Nul,
}

impl Separator {
    fn sign(self) -> char {
        match self {
            Self::Line => '\n',
            Self::Nul => '\0',
        }
    }
}

/// How a program is run. `{from}` and `{to}` in an argument stand for the languages.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct CommandSettings {
    /// What the engine is called; `command` when empty.
    pub name: String,
    /// The program and its arguments.
    pub run: Vec<String>,
    /// The program and the arguments with which it tells its version on stdout or stderr; its first line is taken. Empty: the version is
    /// unknown, and a newer program is not told from an older one in the cache.
    pub version: Vec<String>,
    /// The pairs of languages it translates, `spa-eng` written in the codes of Vedette: `es-en`.
    pub pairs: Vec<String>,
    /// Codes that the program calls otherwise: `es = "spa"`.
    pub codes: std::collections::BTreeMap<String, String>,
    /// What ends a segment.
    pub separator: Separator,
    /// Whether the program sends the text elsewhere. Nothing checks it: who writes the setting answers for it.
    pub leaves_machine: bool,
    /// A program, with arguments, that runs the command in a sandbox; put before both command lines.
    pub launcher: Vec<String>,
}

/// A program that translates.
#[derive(Debug, Clone)]
pub struct Command {
    settings: CommandSettings,
    pairs: Vec<(String, String)>,
    version: String,
}

impl Command {
    /// Checks the settings and asks the program for its version.
    ///
    /// # Errors
    /// [`SetupFault::Setting`] when a setting makes no sense or the program cannot be started.
    pub fn open(mut settings: CommandSettings) -> Result<Self, SetupFault> {
        if settings.name.is_empty() {
            COMMAND.clone_into(&mut settings.name);
        }
        let wrong = |setting, problem: String| SetupFault::Setting { engine: settings.name.clone(), setting, problem };
        if settings.run.first().is_none_or(String::is_empty) {
            return Err(wrong("run", "is empty: name the program and its arguments".to_owned()));
        }
        let mut pairs = Vec::new();
        for pair in &settings.pairs {
            match pair.split_once('-') {
                Some((from, to)) if !from.is_empty() && !to.is_empty() && from != to => {
                    pairs.push((from.to_owned(), to.to_owned()));
                }
                _ => return Err(wrong("pairs", format!("holds `{pair}`: write a pair like `es-en`"))),
            }
        }
        if pairs.is_empty() {
            return Err(wrong("pairs", "is empty: name at least one pair like `es-en`".to_owned()));
        }
        let version = version_of(&settings).map_err(|problem| wrong("version", problem))?;
        Ok(Self { settings, pairs, version })
    }

    fn failed(&self, reason: impl Into<String>) -> TranslateFault {
        TranslateFault::Failed { engine: self.settings.name.clone(), reason: reason.into() }
    }

    /// The command line for a pair.
    fn line(&self, from: &str, to: &str) -> Vec<OsString> {
        let code = |code: &str| self.settings.codes.get(code).cloned().unwrap_or_else(|| code.to_owned());
        let fill = |argument: &String| argument.replace("{from}", &code(from)).replace("{to}", &code(to)).into();
        self.settings.launcher.iter().map(OsString::from).chain(self.settings.run.iter().map(fill)).collect()
    }
}

fn version_of(settings: &CommandSettings) -> Result<String, String> {
    if settings.version.is_empty() {
        return Ok("version unknown".to_owned());
    }
    let line: Vec<OsString> = settings.launcher.iter().chain(&settings.version).map(OsString::from).collect();
    let asked = Run {
        line: &line,
        input: String::new(),
        deadline: Instant::now() + Duration::from_secs(VERSION_SECONDS_MAX),
        out_bytes_max: VERSION_BYTES_MAX,
    };
    let said = match run(asked) {
        Ok(Ended::Done { out, errors, .. }) if out.trim_ascii().is_empty() => errors,
        Ok(Ended::Done { out, .. }) => String::from_utf8_lossy(&out).into_owned(),
        Ok(Ended::Late) => return Err(format!("does not end within {VERSION_SECONDS_MAX} s")),
        Ok(Ended::TooMuch) => return Err(format!("writes more than {VERSION_BYTES_MAX} bytes")),
        Err(error) => return Err(format!("cannot be run: {error}")),
    };
    let first = said.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or("version unknown");
    Ok(crate::shield::one_line(first).chars().take(200).collect())
}

impl Translator for Command {
    fn engine(&self) -> Engine {
        Engine {
            name: self.settings.name.clone(),
            version: self.version.clone(),
            leaves_machine: self.settings.leaves_machine,
        }
    }

    fn knows(&self, from: &str, to: &str) -> bool {
        self.pairs.iter().any(|pair| pair.0 == from && pair.1 == to)
    }

    fn translate(
        &self,
        segments: &[&str],
        from: &str,
        to: &str,
        within: Duration,
    ) -> Result<Vec<String>, TranslateFault> {
        if !self.knows(from, to) {
            return Err(TranslateFault::NoPair { from: from.to_owned(), to: to.to_owned() });
        }
        if segments.is_empty() {
            return Ok(Vec::new());
        }
        let sign = self.settings.separator.sign();
        let mut input = String::with_capacity(segments.iter().map(|segment| segment.len() + 1).sum());
        for segment in segments {
            // A separator inside a segment would make two of it.
            input.extend(segment.chars().map(|ch| if ch == sign || ch == '\n' || ch == '\r' { ' ' } else { ch }));
            input.push(sign);
        }
        let line = self.line(from, to);
        let out_bytes_max = input.len() * ANSWER_TIMES_MAX + ANSWER_BYTES_MORE;
        let asked = Run { line: &line, input, deadline: Instant::now() + within, out_bytes_max };
        match run(asked).map_err(|error| self.failed(format!("cannot be run: {error}")))? {
            Ended::Late => {
                Err(TranslateFault::TimedOut { engine: self.settings.name.clone(), seconds: within.as_secs() })
            }
            Ended::TooMuch => Err(self.failed(format!("it wrote more than {out_bytes_max} bytes"))),
            Ended::Done { status, errors, .. } if !status.success() => {
                let said = errors.lines().map(str::trim).rfind(|line| !line.is_empty()).unwrap_or_default();
                Err(self.failed(format!("it ended with {status}: {}", crate::shield::one_line(said))))
            }
            Ended::Done { out, .. } => self.segments_of(out, sign, segments.len()),
        }
    }
}

impl Command {
    fn segments_of(&self, out: Vec<u8>, sign: char, wanted: usize) -> Result<Vec<String>, TranslateFault> {
        let out = String::from_utf8(out).map_err(|_| self.failed("its answer is not UTF-8"))?;
        let out = out.strip_suffix(sign).unwrap_or(&out);
        let said: Vec<String> = out.split(sign).map(|line| line.trim_end_matches('\r').to_owned()).collect();
        if said.len() == wanted {
            Ok(said)
        } else {
            Err(self.failed(format!("{wanted} segments were sent, {} came back", said.len())))
        }
    }
}
