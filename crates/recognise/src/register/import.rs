//! Public lists of organisations into register entries that a person reviews.
//!
//! In: a MISP galaxy cluster (JSON) or a table in the form that OpenSanctions publishes (CSV). Out: TOML, and a report of what
//! was left out. Organisations only: a row about a person is refused and counted, its name is not repeated. Rows are joined to
//! what the register knows by the entry of a list, else by name; what a person wrote stays as it is. Spellings that would match
//! ordinary prose, or that another entry has, are kept as comments for a person to judge.

mod csv;
mod galaxy;
mod merge;
mod names;
mod open_sanctions;

use super::Register;

/// Bytes of a list to import; the largest public ones of organisations stay below a quarter of it.
pub const REGISTER_IMPORT_BYTES_MAX: usize = 256 * 1024 * 1024;
/// Rows of a list.
const ROWS_MAX: usize = 500_000;
/// Spellings taken from one row; some lists repeat a name in every transliteration.
const SPELLINGS_MAX: usize = 200;
/// Bytes of one spelling.
const SPELLING_BYTES_MAX: usize = 300;

/// Form of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ImportFormat {
    /// A MISP galaxy cluster: `{"name", "source", "values": [{"value", "description", "meta"}]}`.
    MispGalaxy,
    /// CSV with a heading, as OpenSanctions publishes (`id,schema,name,aliases,…,dataset,…`).
    OpenSanctions,
}

/// What the file itself does not say.
#[derive(Debug, Clone, Default)]
pub struct ImportOptions {
    /// Name of the file, for errors and the heading of the result.
    pub file: String,
    /// Whose list it is: a country code, `UN` or `EU`.
    pub jurisdiction: Option<String>,
    /// Name of the list.
    pub list: Option<String>,
    /// Public page of the list.
    pub source: Option<String>,
}

/// Why a list cannot be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ImportError {
    /// The file is larger than any public list.
    #[error(
        "`{file}` has {bytes} bytes, the limit is {limit}: split it, or leave out the rows that are no organisations"
    )]
    TooLarge {
        /// File.
        file: String,
        /// Its size.
        bytes: usize,
        /// The limit.
        limit: usize,
    },
    /// More rows than any public list.
    #[error("`{file}` has more than {limit} rows: split it")]
    TooLong {
        /// File.
        file: String,
        /// The limit.
        limit: usize,
    },
    /// The file is not of this form.
    #[error("cannot read `{file}` as {form}: {message}")]
    Form {
        /// File.
        file: String,
        /// The form that was asked for.
        form: &'static str,
        /// What is missing and where.
        message: String,
    },
    /// An option makes no sense.
    #[error("`{value}` is no jurisdiction: two capital letters are expected, such as CA, UN or EU")]
    Jurisdiction {
        /// What was given.
        value: String,
    },
}

/// A spelling that was left for a person to judge.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct LeftOut {
    /// Entry that the row went to.
    pub id: String,
    /// The spelling.
    pub spelling: String,
    /// Why.
    pub why: String,
}

/// A row that was joined to an entry by a spelling that is not its name.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct BySpelling {
    /// The row's name.
    pub name: String,
    /// The entry that it went to.
    pub id: String,
    /// What both have.
    pub spelling: String,
}

/// What became of the rows.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
pub struct ImportReport {
    /// Rows read.
    pub rows: usize,
    /// Ids of entries that the register did not have.
    pub added: Vec<String>,
    /// Ids of entries that the register has, with something new.
    pub extended: Vec<String>,
    /// Rows of which the register knows everything already.
    pub unchanged: usize,
    /// Rows about persons: refused, their names are not repeated.
    pub persons: usize,
    /// Rows about ships, wallets and the like.
    pub other_things: usize,
    /// Rows without a usable name.
    pub nameless: usize,
    /// Rows whose name more than one entry has, with the ids: to be added by hand.
    pub ambiguous: Vec<(String, Vec<String>)>,
    /// Rows whose name the register does not have, joined by another spelling of theirs: to be looked at.
    pub by_spelling: Vec<BySpelling>,
    /// Spellings of new and extended entries that are left for a person to judge; the text has them as comments.
    pub left_out: Vec<LeftOut>,
}

/// Register entries of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Imported {
    /// A register file, to be reviewed by a person.
    pub toml: String,
    /// What became of the rows.
    pub report: ImportReport,
}

/// One organisation of a list.
#[derive(Debug, Default)]
struct Row {
    name: String,
    /// Capital-letter abbreviations.
    abbreviations: Vec<String>,
    /// Other names.
    aliases: Vec<String>,
    /// Names that a person must look at first, with the reason.
    unsure: Vec<(String, &'static str)>,
    listings: Vec<super::Designation>,
    source: Option<String>,
}

/// What a reader of a form found.
#[derive(Debug, Default)]
struct Rows {
    list: Vec<Row>,
    read: usize,
    persons: usize,
    other_things: usize,
    nameless: usize,
}

pub(super) fn import(
    register: &Register,
    content: &str,
    format: ImportFormat,
    options: &ImportOptions,
) -> Result<Imported, ImportError> {
    let (bytes, file) = (content.len(), options.file.clone());
    if bytes > REGISTER_IMPORT_BYTES_MAX {
        return Err(ImportError::TooLarge { file, bytes, limit: REGISTER_IMPORT_BYTES_MAX });
    }
    if let Some(value) = options.jurisdiction.clone()
        && !is_jurisdiction(&value)
    {
        return Err(ImportError::Jurisdiction { value });
    }
    let content = content.trim_start_matches('\u{feff}');
    let rows = match format {
        ImportFormat::MispGalaxy => galaxy::read(content, options)?,
        ImportFormat::OpenSanctions => open_sanctions::read(content, options)?,
    };
    Ok(merge::merge(register, rows, options))
}

fn is_jurisdiction(code: &str) -> bool {
    code.len() == 2 && code.bytes().all(|byte| byte.is_ascii_uppercase())
}

#[cfg(test)]
mod tests;
