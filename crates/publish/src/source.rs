//! The plain-text form in which a report is edited: lines of front matter, then blocks, then what is cited.
//!
//! ```text
//! title: Outlet Threatens Tournament In Kelmora
//! series: Special Announcements
//! number: 1205
//! author: A. Editor
//! tlp: AMBER
//!
//! ## lead [public]
//! On November 12, the outlet posted a poster.[^1]
//!
//! ## quote [subscriber]
//! No lamp will burn in Halden Stadium[^1]
//!
//! [^1]: v12
//! ```
//!
//! Everything else (status, releases, proofs) is not edited as text: it is taken from the report as it stands. A line of
//! text that would be read as a heading or a footnote is written with a backslash in front.

use std::collections::BTreeMap;

use vedette_core::{Audience, Block, BlockKind, Footnote, Report, Tlp, VersionId};

/// Bytes of a report's source; a book fits.
pub(crate) const SOURCE_BYTES_MAX: usize = 2 * 1024 * 1024;
/// Blocks of one report; the longest reports of the field have some hundred paragraphs.
pub(crate) const BLOCKS_MAX: usize = 2_000;
/// Footnotes of one report.
pub(crate) const FOOTNOTES_MAX: usize = 5_000;

/// What is wrong in the text form of a report. Lines count from 1.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SourceError {
    /// The whole text is too long.
    #[error("the report has {bytes} bytes of source, the limit is {limit}; split it into several reports")]
    TooLong {
        /// Bytes given.
        bytes: usize,
        /// Bytes allowed.
        limit: usize,
    },
    /// More blocks or footnotes than a report may have.
    #[error("line {line}: a report may have {limit} {what}; split it into several reports")]
    TooMany {
        /// Line of the first one too many.
        line: usize,
        /// `blocks` or `footnotes`.
        what: &'static str,
        /// How many are allowed.
        limit: usize,
    },
    /// A front matter line that is none.
    #[error(
        "line {line}: `{text}` is no field; expected `title:`, `series:`, `number:`, `author:` or `tlp:`, then blocks that begin with `## `"
    )]
    UnknownField {
        /// Line.
        line: usize,
        /// Its beginning.
        text: String,
    },
    /// A field that stands twice.
    #[error("line {line}: `{field}` stands here for the second time; keep one")]
    FieldTwice {
        /// Line.
        line: usize,
        /// Field.
        field: &'static str,
    },
    /// A field that must be there and is not, or is empty.
    #[error("line {line}: `{field}:` is missing or empty; write it above the first block")]
    MissingField {
        /// Line where it was expected at the latest, or where it stands empty.
        line: usize,
        /// Field.
        field: &'static str,
    },
    /// A field with a value that it cannot have.
    #[error("line {line}: `{value}` is no value for `{field}`; expected {expected}")]
    BadValue {
        /// Line.
        line: usize,
        /// Field.
        field: &'static str,
        /// What stands there.
        value: String,
        /// What may stand there.
        expected: &'static str,
    },
    /// A heading that is no block.
    #[error(
        "line {line}: `{text}` is no block; write `## KIND [AUDIENCE]` with KIND one of lead, context, quote, assessment, outlook, note and AUDIENCE one of public, subscriber, restricted"
    )]
    UnknownBlock {
        /// Line.
        line: usize,
        /// The heading.
        text: String,
    },
    /// A block that does not say who may read it.
    #[error("line {line}: the block does not say who may read it; add [public], [subscriber] or [restricted]")]
    MissingAudience {
        /// Line.
        line: usize,
    },
    /// A footnote line that is none.
    #[error(
        "line {line}: `{text}` is no footnote; write `[^1]: v12`, with a number from 1 and the version that it cites"
    )]
    BadFootnote {
        /// Line.
        line: usize,
        /// The line.
        text: String,
    },
    /// A number that stands twice.
    #[error("line {line}: footnote {number} stands here for the second time; number it anew")]
    FootnoteTwice {
        /// Line.
        line: usize,
        /// Number.
        number: u32,
    },
    /// A version that the report has no proof of yet.
    #[error("line {line}: this report has no proof for {version} yet; cite the item first, then number it here")]
    UnknownVersion {
        /// Line.
        line: usize,
        /// Version.
        version: VersionId,
    },
}

impl SourceError {
    /// The line it concerns, from 1; 1 when it concerns the whole.
    pub fn line(&self) -> usize {
        match self {
            Self::TooLong { .. } => 1,
            Self::TooMany { line, .. }
            | Self::UnknownField { line, .. }
            | Self::FieldTwice { line, .. }
            | Self::MissingField { line, .. }
            | Self::BadValue { line, .. }
            | Self::UnknownBlock { line, .. }
            | Self::MissingAudience { line }
            | Self::BadFootnote { line, .. }
            | Self::FootnoteTwice { line, .. }
            | Self::UnknownVersion { line, .. } => *line,
        }
    }
}

const KINDS: [(BlockKind, &str); 6] = [
    (BlockKind::Lead, "lead"),
    (BlockKind::Context, "context"),
    (BlockKind::Quote, "quote"),
    (BlockKind::Assessment, "assessment"),
    (BlockKind::Outlook, "outlook"),
    (BlockKind::Note, "note"),
];

const AUDIENCES: [(Audience, &str); 3] =
    [(Audience::Public, "public"), (Audience::Subscriber, "subscriber"), (Audience::Restricted, "restricted")];

const TLPS: [(Tlp, &str); 5] = [
    (Tlp::Clear, "CLEAR"),
    (Tlp::Green, "GREEN"),
    (Tlp::Amber, "AMBER"),
    (Tlp::AmberStrict, "AMBER+STRICT"),
    (Tlp::Red, "RED"),
];

/// The word of a thing in one of the tables above, which name every variant.
fn word_of<T: PartialEq>(table: &[(T, &'static str)], thing: &T) -> &'static str {
    table.iter().find(|(known, _)| known == thing).map_or("", |(_, word)| word)
}

fn thing_of<T: Copy>(table: &[(T, &'static str)], word: &str) -> Option<T> {
    table.iter().find(|(_, known)| known.eq_ignore_ascii_case(word.trim())).map(|(thing, _)| *thing)
}

/// The word of a block's kind.
pub(crate) fn kind_word(kind: BlockKind) -> &'static str {
    word_of(&KINDS, &kind)
}

/// The word of an audience.
pub(crate) fn audience_word(audience: Audience) -> &'static str {
    word_of(&AUDIENCES, &audience)
}

/// The word of a sharing limit, without `TLP:`.
pub(crate) fn tlp_word(tlp: Tlp) -> &'static str {
    word_of(&TLPS, &tlp)
}

/// The text form of a report.
pub fn to_source(report: &Report) -> String {
    let mut out = format!(
        "title: {}\nseries: {}\nnumber: {}\n",
        field_line(&report.title),
        field_line(&report.series),
        report.number
    );
    for author in &report.authors {
        out.push_str(&format!("author: {}\n", field_line(author)));
    }
    out.push_str(&format!("tlp: {}\n", tlp_word(report.tlp)));
    for block in &report.blocks {
        out.push_str(&format!("\n## {} [{}]\n", kind_word(block.kind), audience_word(block.audience)));
        let text = block.text.replace("\r\n", "\n").replace('\r', "\n");
        for line in trimmed(&text).split('\n') {
            if is_special(line.trim_start_matches('\\')) {
                out.push('\\');
            }
            out.push_str(line);
            out.push('\n');
        }
    }
    if !report.footnotes.is_empty() {
        out.push('\n');
    }
    for footnote in &report.footnotes {
        out.push_str(&format!("[^{}]: {}\n", footnote.number, footnote.evidence.version));
    }
    out
}

fn field_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A block's text without empty lines at its ends.
fn trimmed(text: &str) -> &str {
    let text = text.trim_end();
    let mut rest = text;
    while let Some((line, on)) = rest.split_once('\n') {
        if !line.trim().is_empty() {
            break;
        }
        rest = on;
    }
    rest
}

/// Whether a line means something in the text form.
fn is_special(line: &str) -> bool {
    line.starts_with("##") || is_footnote(line)
}

fn is_footnote(line: &str) -> bool {
    let number = line.strip_prefix("[^").and_then(|rest| rest.split_once(']'));
    number.is_some_and(|(_, after)| after.starts_with(':'))
}

/// The report that a text form says, with everything that is not text taken from `report`. Footnotes may be numbered
/// anew and left out; a version that `report` has no footnote for must be cited first.
pub fn from_source(source: &str, report: &Report) -> Result<Report, SourceError> {
    if source.len() > SOURCE_BYTES_MAX {
        return Err(SourceError::TooLong { bytes: source.len(), limit: SOURCE_BYTES_MAX });
    }
    let source = source.trim_start_matches('\u{feff}').replace("\r\n", "\n").replace('\r', "\n");
    let mut reader = Reader::new(report);
    for (index, line) in source.split('\n').enumerate() {
        reader.line(index + 1, line)?;
    }
    reader.finish(source.split('\n').count())
}

/// What was read so far.
struct Reader<'a> {
    base: &'a Report,
    title: Option<String>,
    series: Option<String>,
    number: Option<u32>,
    tlp: Option<Tlp>,
    authors: Vec<String>,
    blocks: Vec<Block>,
    footnotes: BTreeMap<u32, Footnote>,
    /// Line where the first block begins: fields stand above it.
    first_block: Option<usize>,
}

impl<'a> Reader<'a> {
    fn new(base: &'a Report) -> Self {
        Self {
            base,
            title: None,
            series: None,
            number: None,
            tlp: None,
            authors: Vec::new(),
            blocks: Vec::new(),
            footnotes: BTreeMap::new(),
            first_block: None,
        }
    }

    fn line(&mut self, number: usize, line: &str) -> Result<(), SourceError> {
        if line.starts_with("##") {
            self.first_block.get_or_insert(number);
            return self.heading(number, line);
        }
        if is_footnote(line) {
            return self.footnote(number, line);
        }
        let Some(block) = self.blocks.last_mut() else {
            return self.field(number, line);
        };
        let written = match line.strip_prefix('\\') {
            Some(rest) if is_special(rest.trim_start_matches('\\')) => rest,
            _ => line,
        };
        block.text.push_str(written);
        block.text.push('\n');
        Ok(())
    }

    fn field(&mut self, line: usize, text: &str) -> Result<(), SourceError> {
        if text.trim().is_empty() {
            return Ok(());
        }
        let unknown = || SourceError::UnknownField { line, text: beginning(text) };
        let (name, value) = text.split_once(':').ok_or_else(unknown)?;
        let value = field_line(value);
        match name.trim().to_ascii_lowercase().as_str() {
            "title" => once(&mut self.title, filled(value, "title", line)?, "title", line),
            "series" => once(&mut self.series, value, "series", line),
            "number" => {
                let expected = "a whole number from 0 to 4294967295";
                let parsed = value.parse();
                let number = parsed.map_err(|_| bad_value("number", &value, expected, line))?;
                once(&mut self.number, number, "number", line)
            }
            "tlp" => {
                let word = value.strip_prefix("TLP:").unwrap_or(&value);
                let expected = "CLEAR, GREEN, AMBER, AMBER+STRICT or RED";
                let tlp = thing_of(&TLPS, word).ok_or_else(|| bad_value("tlp", &value, expected, line))?;
                once(&mut self.tlp, tlp, "tlp", line)
            }
            "author" => {
                self.authors.push(filled(value, "author", line)?);
                Ok(())
            }
            _ => Err(unknown()),
        }
    }

    fn heading(&mut self, line: usize, text: &str) -> Result<(), SourceError> {
        let unknown = || SourceError::UnknownBlock { line, text: beginning(text) };
        let words = text.strip_prefix("##").filter(|rest| rest.starts_with([' ', '\t'])).ok_or_else(unknown)?.trim();
        let (kind, audience) = match words.split_once('[') {
            Some((kind, rest)) => (kind, rest.strip_suffix(']').ok_or_else(unknown)?),
            None => (words, ""),
        };
        let kind = thing_of(&KINDS, kind).ok_or_else(unknown)?;
        // Nothing becomes public because somebody forgot to say who may read it.
        if audience.is_empty() {
            return Err(SourceError::MissingAudience { line });
        }
        let audience = thing_of(&AUDIENCES, audience).ok_or_else(unknown)?;
        if self.blocks.len() >= BLOCKS_MAX {
            return Err(SourceError::TooMany { line, what: "blocks", limit: BLOCKS_MAX });
        }
        self.blocks.push(Block { kind, audience, text: String::new() });
        Ok(())
    }

    fn footnote(&mut self, line: usize, text: &str) -> Result<(), SourceError> {
        let bad = || SourceError::BadFootnote { line, text: beginning(text) };
        let (number, version) = text.strip_prefix("[^").and_then(|rest| rest.split_once("]:")).ok_or_else(bad)?;
        let number: u32 = number.parse().map_err(|_| bad())?;
        let version: VersionId = version.trim().parse().map_err(|_| bad())?;
        if number == 0 {
            return Err(bad());
        }
        if self.footnotes.len() >= FOOTNOTES_MAX {
            return Err(SourceError::TooMany { line, what: "footnotes", limit: FOOTNOTES_MAX });
        }
        let same = |f: &&Footnote| f.evidence.version == version;
        let known = self.base.footnotes.iter().filter(same).find(|f| f.number == number);
        let known = known.or_else(|| self.base.footnotes.iter().find(same));
        let known = known.ok_or(SourceError::UnknownVersion { line, version })?;
        if self.footnotes.insert(number, Footnote { number, ..known.clone() }).is_some() {
            return Err(SourceError::FootnoteTwice { line, number });
        }
        Ok(())
    }

    fn finish(self, lines: usize) -> Result<Report, SourceError> {
        let line = self.first_block.unwrap_or(lines);
        let title = self.title.ok_or(SourceError::MissingField { line, field: "title" })?;
        let number = self.number.ok_or(SourceError::MissingField { line, field: "number" })?;
        let blocks = self.blocks.into_iter().map(|b| Block { text: trimmed(&b.text).to_owned(), ..b }).collect();
        Ok(Report {
            title,
            number,
            series: self.series.ok_or(SourceError::MissingField { line, field: "series" })?,
            tlp: self.tlp.ok_or(SourceError::MissingField { line, field: "tlp" })?,
            authors: self.authors,
            blocks,
            footnotes: self.footnotes.into_values().collect(),
            ..self.base.clone()
        })
    }
}

fn once<T>(place: &mut Option<T>, value: T, field: &'static str, line: usize) -> Result<(), SourceError> {
    match place.replace(value) {
        None => Ok(()),
        Some(_) => Err(SourceError::FieldTwice { line, field }),
    }
}

fn filled(value: String, field: &'static str, line: usize) -> Result<String, SourceError> {
    if value.is_empty() { Err(SourceError::MissingField { line, field }) } else { Ok(value) }
}

fn bad_value(field: &'static str, value: &str, expected: &'static str, line: usize) -> SourceError {
    SourceError::BadValue { line, field, value: beginning(value), expected }
}

/// As much of a line as an error message shows.
fn beginning(text: &str) -> String {
    text.trim().chars().take(60).collect()
}

#[cfg(test)]
mod tests;
