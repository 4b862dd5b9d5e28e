//! The words of `vedette report` and `vedette export`: what leaves the house.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum AudienceWord {
    /// The excerpt
    Public,
    /// The full text
    Subscriber,
    /// Everything
    Restricted,
}

#[derive(Debug, Subcommand)]
pub enum ReportCommand {
    /// Begins a report that cites items
    #[command(
        after_help = "Example:\n  vedette report new 'Outlet Threatens Cup In Invented Town' --cite i12 --cite i31"
    )]
    New {
        /// The headline: a full sentence
        title: String,
        #[arg(long, default_value = "Special Announcements")]
        series: String,
        /// Items to cite
        #[arg(long, value_name = "ID")]
        cite: Vec<String>,
    },
    /// Lists them
    List {
        #[arg(long)]
        json: bool,
    },
    /// Prints the text as it is edited
    Source { id: String },
    /// Opens the text in $EDITOR, or takes it from a file
    Edit {
        id: String,
        /// The new text; - is standard input
        #[arg(long, value_name = "FILE")]
        file: Option<PathBuf>,
        /// Add footnotes that cite these items first
        #[arg(long, value_name = "ID")]
        cite: Vec<String>,
    },
    /// Checks every quote against the version it cites; 1 when one is not there
    Check {
        id: String,
        #[arg(long)]
        json: bool,
    },
    /// Opens it to an audience: a named person's decision, logged
    Release {
        id: String,
        #[arg(long, value_enum, default_value = "public")]
        to: AudienceWord,
        #[arg(long, default_value = "")]
        reason: String,
    },
    /// Writes a released report for an audience
    Export {
        id: String,
        #[arg(long, value_enum, default_value = "public")]
        to: AudienceWord,
        /// html or markdown
        #[arg(long, default_value = "html")]
        format: String,
        /// File [default: standard output]
        #[arg(long, short, value_name = "FILE")]
        output: Option<PathBuf>,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ExportWord {
    /// STIX 2.1 bundle
    Stix,
    /// MISP event
    Misp,
    /// Hashes as CSV
    Hashes,
    /// Items as CSV
    Csv,
    /// A zip that anyone can verify offline with `vedette verify`
    Bundle,
    /// Decisions on levels and points as labelled data, JSON lines; all of them when no item is named
    Decisions,
    /// A web archive (WARC 1.1, gzip) of versions and files
    Warc,
}

#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  vedette export bundle i12 i31 -o case.zip\n  vedette export stix --query 'level>=medium' -o out.json"
)]
pub struct ExportArgs {
    #[arg(value_enum)]
    pub format: ExportWord,
    /// Items, such as i42
    pub items: Vec<String>,
    /// Or all items that answer this
    #[arg(long, conflicts_with = "items")]
    pub query: Option<String>,
    /// Decisions on levels as a table instead
    #[arg(long)]
    pub csv: bool,
    /// File [default: standard output; a bundle needs a file]
    #[arg(long, short, value_name = "FILE")]
    pub output: Option<PathBuf>,
}
