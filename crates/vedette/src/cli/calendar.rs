//! The words of `vedette calendar`.

use std::path::PathBuf;

use clap::Subcommand;

#[derive(Debug, Subcommand)]
pub enum CalendarCommand {
    /// What begins in the coming days, or is under way: the register's events, recurring ones too
    #[command(after_help = "Example:\n  vedette calendar list --days 60")]
    List {
        /// How far ahead
        #[arg(long, default_value_t = 30, value_parser = clap::value_parser!(u16).range(1..=3660))]
        days: u16,
        /// Look ahead from this day instead of today
        #[arg(long, value_name = "YYYY-MM-DD")]
        from: Option<String>,
        #[arg(long)]
        json: bool,
    },
    /// Turns an iCalendar file into register entries, to be reviewed and kept in the workspace's folder `knowledge`
    #[command(after_help = "Example:\n  vedette calendar import duties.ics -o my-desk/knowledge/duties.toml")]
    Import {
        /// The file
        file: PathBuf,
        /// A new file [default: standard output]
        #[arg(long, short, value_name = "FILE")]
        output: Option<PathBuf>,
    },
}
