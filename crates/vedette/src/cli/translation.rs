//! The words of `vedette translate` and `vedette translation`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  vedette translate i42              drafts into the desk's language, kept with the item\n  \
    vedette translate i42 --to de      for reading only: nothing is kept with the item\n  \
    vedette translate --missing        everything that has none, after an engine was added"
)]
pub struct TranslateArgs {
    /// Such as i42
    #[arg(required_unless_present = "missing")]
    pub id: Option<String>,
    /// All texts of the archive that have no translation yet
    #[arg(long, conflicts_with_all = ["id", "to"])]
    pub missing: bool,
    /// Another language than the desk's, for reading only
    #[arg(long, value_name = "CODE")]
    pub to: Option<String>,
    #[arg(long)]
    pub json: bool,
}

/// Which text of an item.
#[derive(Debug, Args)]
pub struct WhichText {
    /// The item, such as i42
    pub id: String,
    /// Number of the original among the readings, as `translation list` tells it [default: the only one]
    #[arg(long, value_name = "N")]
    pub reading: Option<usize>,
}

#[derive(Debug, Subcommand)]
pub enum TranslationCommand {
    /// The texts of an item that are in another language, and how far their translations are
    List {
        /// Such as i42
        id: String,
        #[arg(long)]
        json: bool,
    },
    /// Original and translation, segment by segment, and who wrote what when
    #[command(after_help = "Example:\n  vedette translation show i42 --json > i42.jsonl\n\
        One JSON object a segment: {\"segment\",\"source\",\"target\",…}. Change \"target\" and take the file back with\n  \
        vedette translation revise i42 --file i42.jsonl")]
    Show {
        #[command(flatten)]
        text: WhichText,
        #[arg(long)]
        json: bool,
    },
    /// Records that you went through a translation, with the words you changed; appended and logged under your name
    #[command(
        after_help = "Examples:\n  vedette translation revise i42                          it is right as it stands\n  \
        vedette translation revise i42 --set '3=We will be there.'\n  vedette translation revise i42 --file i42.jsonl"
    )]
    Revise {
        #[command(flatten)]
        text: WhichText,
        /// New words of a segment: its number from 1, =, the words (again for each)
        #[arg(long, value_name = "N=WORDS")]
        set: Vec<String>,
        /// JSON lines as `translation show --json` prints them
        #[arg(long, value_name = "FILE")]
        file: Option<PathBuf>,
        #[arg(long)]
        json: bool,
    },
    /// Signs the newest revision: you answer for it, and reports may quote it; needs the role editor
    #[command(after_help = "Example:\n  vedette --as 'E. Editor' translation sign i42 --revision t7")]
    Sign {
        #[command(flatten)]
        text: WhichText,
        /// The revision that you have read [default: the newest]
        #[arg(long, value_name = "ID")]
        revision: Option<String>,
        #[arg(long)]
        json: bool,
    },
}
