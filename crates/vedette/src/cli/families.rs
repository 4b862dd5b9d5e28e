//! The words of `vedette family`: what is alike, and what people part.

use clap::Subcommand;

#[derive(Debug, Subcommand)]
pub enum FamilyCommand {
    /// The largest ones
    List {
        #[arg(long, default_value_t = 100)]
        limit: usize,
        #[arg(long)]
        json: bool,
    },
    /// One family in the order in which it spread, with lags between channels, what ties it and what people parted
    Show {
        /// Such as f12, or an item of it
        id: String,
        #[arg(long)]
        json: bool,
    },
    /// Says that an item does not belong to its family, or that two items are not the same: their likeness joins nothing any more
    #[command(
        after_help = "Examples:\n  vedette family part i12 --reason 'another flag'\n  vedette family part i12 i31 --reason 'the words differ'"
    )]
    Part {
        /// The item
        item: String,
        /// The item that it is not the same as [default: it leaves its family]
        other: Option<String>,
        /// Why
        #[arg(long)]
        reason: String,
        #[arg(long)]
        json: bool,
    },
    /// Takes a parting back
    #[command(
        after_help = "Examples:\n  vedette family rejoin i12\n  vedette family rejoin i12 i31\n  vedette family rejoin --act 7"
    )]
    Rejoin {
        /// The item, or the two, as they were parted
        #[arg(num_args = 0..=2, required_unless_present = "act")]
        items: Vec<String>,
        /// The number of the parting instead
        #[arg(long, value_name = "NUMBER", conflicts_with = "items")]
        act: Option<u64>,
        /// Why
        #[arg(long, default_value = "")]
        reason: String,
        #[arg(long)]
        json: bool,
    },
    /// What people parted and took back, oldest first
    Acts {
        #[arg(long)]
        json: bool,
    },
}
