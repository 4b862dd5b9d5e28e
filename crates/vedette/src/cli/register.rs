//! The command line of `vedette register`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

#[derive(Debug, Subcommand)]
pub enum RegisterCommand {
    /// Looks for what a person should mend: spellings that match too much or collide, look-alike letters, dates out of order,
    /// links to nothing; 1 when something is found
    #[command(after_help = "Examples:\n  \
        vedette register check\n  \
        vedette register check draft.toml --json\n\n\
        Without a file, the starter register and the workspace's `knowledge/*.toml` are checked. A file is checked beside them,\n\
        as if it lay there, and only what is found in it is told.")]
    Check {
        /// Register files
        files: Vec<PathBuf>,
        #[arg(long)]
        json: bool,
    },
    /// What the register holds: the starter register with the workspace's files
    #[command(after_help = "Examples:\n  \
        vedette register list --kind outlet\n  \
        vedette register list --json | jq -r 'select(.designations|length>1).name'")]
    List {
        /// actor, outlet, series, platform, place, venue, event, target, method or leader
        #[arg(long, value_name = "KIND")]
        kind: Option<String>,
        #[arg(long)]
        json: bool,
    },
    /// Everything about one entry, as its file would hold it
    #[command(after_help = "Examples:\n  \
        vedette register show aqap\n  \
        vedette register show outlet:amaq")]
    Show {
        /// An id, or KIND:ID where several kinds have it
        id: String,
        #[arg(long)]
        json: bool,
    },
    /// Turns a public list of organisations into register entries for a person to review. Persons are refused
    Import(RegisterImport),
}

/// Form of a public list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ListForm {
    /// A cluster of the MISP galaxy, such as `terrorist-groups.json`
    MispGalaxy,
    /// The simple CSV of OpenSanctions: id,schema,name,aliases,…
    Opensanctions,
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    vedette register import terrorist-groups.json --format misp-galaxy --out canada.toml\n  \
    vedette register import targets.simple.csv --format opensanctions --jurisdiction EU --out eu.toml\n  \
    vedette register check canada.toml\n\n\
    Rows are joined to entries that are known by the entry of the list, else by name. What was written by hand stays: a known\n\
    entry comes out with all its fields and what is new. Spellings that would match ordinary prose, or that another entry has,\n\
    come as comments. Review the file, then put it into the workspace's folder `knowledge`.")]
pub struct RegisterImport {
    /// The list, as downloaded
    pub file: PathBuf,
    /// Its form
    #[arg(long, value_enum)]
    pub format: ListForm,
    /// Where the entries go; a file that is there is never written over [default: standard output]
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// Whose list it is: a country code, UN or EU [default: as the file says]
    #[arg(long, value_name = "CODE")]
    pub jurisdiction: Option<String>,
    /// Name of the list [default: as the file says]
    #[arg(long, value_name = "NAME")]
    pub list: Option<String>,
    /// Public page of the list, for entries that are new [default: as the file says]
    #[arg(long, value_name = "URL")]
    pub source: Option<String>,
    /// Print what became of the rows as JSON; needs --out
    #[arg(long, requires = "out")]
    pub json: bool,
}
