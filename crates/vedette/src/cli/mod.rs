//! The command line: a contract that tests and users script. Each flag, its help and its examples stand here.

mod calendar;
mod families;
mod judging;
mod models;
mod outgoing;
mod register;
mod sources;
mod translation;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use vedette_read::Confinement;

pub use calendar::CalendarCommand;
pub use families::FamilyCommand;
pub use judging::CampaignCommand;
pub use models::{ModelAdd, ModelCommand};
pub use outgoing::{AudienceWord, ExportArgs, ExportWord, ReportCommand};
pub use register::{ListForm, RegisterCommand, RegisterImport};
pub use sources::{AuthorisationArgs, AuthorityWord, ReachArgs, RenderWord, SourceAdd, SourceCommand, SourceWord};
pub use translation::{TranslateArgs, TranslationCommand, WhichText};

/// Watches hostile media for people who do it for a living: preserves what is posted, reads it, recognises who and what
/// it names, assesses the threat with quotes, and lets people publish reports whose every footnote can be proved.
#[derive(Debug, Parser)]
#[command(name = "vedette", version, propagate_version = true, max_term_width = 110)]
#[command(after_help = "Exit codes: 0 done, 1 found wrong, 2 unusable arguments or configuration.\n\
    First steps: `vedette demo` shows the whole way; `vedette init my-desk` begins your own.")]
pub struct Cli {
    /// Folder of the workspace [default: this folder, or the one named by VEDETTE_WORKSPACE]
    #[arg(long, short = 'W', global = true, value_name = "DIR")]
    pub workspace: Option<PathBuf>,
    /// The person who acts, as named in decisions and the audit trail [default: VEDETTE_USER, else the login name]
    #[arg(long = "as", global = true, value_name = "NAME")]
    pub who: Option<String>,
    /// Say more on standard error (twice: everything)
    #[arg(long, short, global = true, action = clap::ArgAction::Count)]
    pub verbose: u8,
    /// Open hostile files although the sandbox does not hold on this machine (see `vedette doctor`). Whatever such a file
    /// does then, it does with your rights: only on a machine that is there for hostile files. Never read from a setting
    #[arg(long = "i-accept-unsandboxed", global = true)]
    pub unsandboxed: bool,
    #[command(subcommand)]
    pub command: Command,
}

impl Cli {
    /// Whether files are opened where the sandbox does not hold.
    pub fn confinement(&self) -> Confinement {
        if self.unsandboxed { Confinement::Waived } else { Confinement::Required }
    }
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// The fictional world, processed and served at once
    Demo(DemoArgs),
    /// Makes a workspace
    Init {
        /// Where [default: this folder]
        dir: Option<PathBuf>,
    },
    /// Tells what is installed, what is missing, what is lost without it and how to get it
    Doctor {
        #[arg(long)]
        json: bool,
    },
    /// Models that read and translate: packs of local files, pinned by SHA-256. Nothing is ever downloaded
    #[command(subcommand)]
    Model(ModelCommand),
    /// The register: what the desk knows, checked, listed, taken from public lists
    #[command(subcommand)]
    Register(RegisterCommand),
    /// Sources: places that are watched, each under an authorisation
    #[command(subcommand)]
    Source(SourceCommand),
    /// Takes in files, folders and JSON lines once
    Import(ImportArgs),
    /// Asks the sources what is new; without --once, again and again
    Collect(CollectArgs),
    /// Opens and reads what waits (files, HTML); without --once, as it comes. On one machine `serve` does this
    Worker(ServeArgs),
    /// The pages, without collecting. On one machine `serve` does all three
    Web(ServeArgs),
    /// Collects, works and shows the pages, on this machine only
    Serve(ServeArgs),
    /// Text, or JSON lines {id,text,date?,lang?}, to language, mentions, dates, links, statements and assessment
    Analyze(AnalyzeArgs),
    /// What is coming up, and calendars of your own
    #[command(subcommand)]
    Calendar(CalendarCommand),
    /// SHA-256 of files, and PDQ of images
    Hash(HashArgs),
    /// Looks for images near a file's or a given PDQ hash, in the workspace or in a list
    Match(MatchArgs),
    /// Searches the archive
    Search(SearchArgs),
    /// Everything about one item
    Show {
        /// Such as i42, or the source's own id of a message ("why is it not here?")
        id: String,
        #[arg(long)]
        json: bool,
    },
    /// Why is it not here? Looks for an address or a source's own id, and says what may have kept it away
    #[command(after_help = "Example:\n  vedette why 'https://chat.example/channel/lantern-media?msg=aB3dE'")]
    Why {
        /// An address, or the id that the source itself uses
        what: String,
        #[arg(long)]
        json: bool,
    },
    /// Erases an item for good; its hashes, times and the reason stay in the log
    #[command(
        after_help = "Example:\n  vedette erase i42 --reason 'request of the person shown' --basis 'GDPR article 17(1)'"
    )]
    Erase {
        /// Such as i42
        id: String,
        /// Why
        #[arg(long)]
        reason: String,
        /// The legal basis
        #[arg(long)]
        basis: String,
    },
    /// Items by day and level
    Timeline {
        #[arg(long)]
        json: bool,
    },
    /// A person's decision on an item, or on one point of it
    Review(ReviewArgs),
    /// Campaigns: items that belong together; the archive suggests, a person decides
    #[command(subcommand)]
    Campaign(CampaignCommand),
    /// Families: one poster or statement on several channels; what people part and take back
    #[command(subcommand)]
    Family(FamilyCommand),
    /// Issues of magazines and other series by number: when first seen, where, and which are missing
    #[command(after_help = "Examples:\n  vedette series\n  vedette series the-wick --json")]
    Series {
        /// Id of the series in the register [default: list them]
        id: Option<String>,
        #[arg(long)]
        json: bool,
    },
    /// What is named unusually often today, beside its own last 28 days
    Bursts {
        #[arg(long)]
        json: bool,
    },
    /// What happened to the machine's levels when people decided
    Calibration {
        #[arg(long)]
        json: bool,
    },
    /// Translates an item now, with the engines that are installed; 1 when nothing could be translated
    Translate(TranslateArgs),
    /// Translations: looked at, revised, signed
    #[command(subcommand)]
    Translation(TranslationCommand),
    /// Standing queries
    #[command(subcommand)]
    Watch(WatchCommand),
    /// What was raised. In this version alerts are listed here and on the pages; nothing is mailed
    Alerts {
        /// Taken and closed ones too
        #[arg(long)]
        all: bool,
        /// Take one
        #[arg(long, value_name = "ID")]
        ack: Option<String>,
        /// Close one
        #[arg(long, value_name = "ID")]
        close: Option<String>,
        #[arg(long)]
        json: bool,
    },
    /// Reports with footnotes that can be proved
    #[command(subcommand)]
    Report(ReportCommand),
    /// Items as data for others; a named person's decision, logged
    Export(ExportArgs),
    /// Re-hashes every exhibit and re-computes the log, of a workspace or a bundle; 1 when something is wrong
    Verify {
        /// A workspace or a bundle [default: the workspace]
        path: Option<PathBuf>,
        /// Go on where an interrupted verification of the workspace was left
        #[arg(long)]
        resume: bool,
        /// Verifier key that must have signed or cosigned a bundle's checkpoint [default: any that it names]
        #[arg(long, value_name = "KEY")]
        key: Vec<String>,
        #[arg(long)]
        json: bool,
    },
    /// The custody log: signed checkpoints, keys, witnesses
    #[command(subcommand)]
    Log(LogCommand),
    /// A witness for logs of other desks: cosigns what continues the log it saw, refuses what does not
    Witness(WitnessArgs),
    /// Writes the workspace to one file while work goes on (records, vault, keys, register; the index is rebuilt)
    Backup {
        /// A new file, such as desk.tar
        file: PathBuf,
    },
    /// Makes a workspace from a backup
    Restore {
        /// The backup
        file: PathBuf,
        /// A new folder
        dir: PathBuf,
    },
    /// Who works here. In this version roles hold on the command line; the pages act as the person who serves them
    #[command(subcommand)]
    User(UserCommand),
    /// What was done, by whom, newest first
    Audit {
        #[arg(long, default_value_t = 50)]
        limit: usize,
        #[arg(long)]
        json: bool,
    },
}

#[derive(Debug, Subcommand)]
pub enum LogCommand {
    /// Leaves, root, keys, what was signed and seen, witnesses; 1 when the log was rolled back
    Status {
        #[arg(long)]
        json: bool,
    },
    /// Signs a checkpoint now, takes it to the witnesses and the timestamp authority, and prints it
    Seal,
    /// Goes on although the log is not the one last seen on this machine, under a new name and key; logged
    Accept {
        /// Why, in words, such as which backup was restored
        #[arg(long)]
        reason: String,
    },
}

#[derive(Debug, Args)]
#[command(after_help = "Example:\n  vedette witness --state witness --trust \"$(vedette log status --json | …)\"\n\
    A log names it in its vedette.toml: [[log.witnesses]] url = \"http://…\" key = \"…\"")]
pub struct WitnessArgs {
    /// Address to listen on (loopback; put a web server before it to be reached)
    #[arg(long, default_value = "127.0.0.1:8470")]
    pub listen: String,
    /// Folder of the witness's key and of the checkpoints it saw
    #[arg(long)]
    pub state: PathBuf,
    /// Name of the witness, as in its key
    #[arg(long, default_value = "witness.invalid/vedette")]
    pub name: String,
    /// Verifier key of a log that is trusted (again for each), as `vedette log status` prints it
    #[arg(long, value_name = "KEY")]
    pub trust: Vec<String>,
}

#[derive(Debug, Args)]
pub struct DemoArgs {
    /// Workspace to make; an earlier demo there is replaced
    #[arg(long, default_value = "demo-desk")]
    pub dir: PathBuf,
    /// Collect the world over HTTP from the mock server at this address instead of importing the texts
    #[arg(long, value_name = "URL")]
    pub from: Option<String>,
    /// Address of the pages (loopback only)
    #[arg(long, default_value = "127.0.0.1:8460")]
    pub listen: String,
    /// Stop when the world is processed
    #[arg(long)]
    pub no_serve: bool,
}

#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  vedette import posts.jsonl leaflets/ --name 'case 12' --basis 'handed over by the platform'"
)]
pub struct ImportArgs {
    /// Files, folders, or JSON lines {id,text,date?,lang?,title?,url?}
    #[arg(required = true)]
    pub paths: Vec<PathBuf>,
    /// Name of the import; the same name adds to it
    #[arg(long, default_value = "import")]
    pub name: String,
    /// The legal basis, in words
    #[arg(long, default_value = "material held by the desk")]
    pub basis: String,
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Args)]
pub struct CollectArgs {
    /// One round, then stop
    #[arg(long)]
    pub once: bool,
    /// Only these sources (with --once)
    #[arg(requires = "once")]
    pub sources: Vec<String>,
    /// Seconds between rounds
    #[arg(long, default_value_t = 60)]
    pub every: u64,
    #[arg(long)]
    pub json: bool,
}

impl CollectArgs {
    /// The settings of a process that only collects.
    pub fn serve(&self) -> ServeArgs {
        ServeArgs {
            listen: String::from("127.0.0.1:8460"),
            every: self.every,
            once: false,
            again: false,
            all: false,
            reindex: false,
        }
    }
}

#[derive(Debug, Args)]
pub struct ServeArgs {
    /// Address of the pages (loopback only)
    #[arg(long, default_value = "127.0.0.1:8460")]
    pub listen: String,
    /// Seconds between rounds of collecting
    #[arg(long, default_value_t = 60)]
    pub every: u64,
    /// Do what waits, then stop (worker only)
    #[arg(long)]
    pub once: bool,
    /// First queue what is out of date to be read and recognised again, after a tool, a model or the register changed;
    /// parts of files that no change touches are not read again (worker --once)
    #[arg(long, requires = "once")]
    pub again: bool,
    /// With --again: everything, out of date or not
    #[arg(long, requires = "again")]
    pub all: bool,
    /// First build the search index anew (worker --once)
    #[arg(long, requires = "once")]
    pub reindex: bool,
}

#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  echo 'Some text' | vedette analyze\n  vedette analyze posts.jsonl --json > found.jsonl"
)]
pub struct AnalyzeArgs {
    /// Text or JSON lines; - is standard input
    #[arg(default_value = "-")]
    pub file: PathBuf,
    /// One JSON object a line (JSON lines in are recognised by their first character)
    #[arg(long)]
    pub json: bool,
    /// More names: CSV term,lang
    #[arg(long, value_name = "FILE")]
    pub watchlist: Option<PathBuf>,
    /// More register files
    #[arg(long, value_name = "FILE")]
    pub register: Vec<PathBuf>,
}

#[derive(Debug, Args)]
pub struct HashArgs {
    /// Files
    #[arg(required = true)]
    pub files: Vec<PathBuf>,
    /// All eight turned and mirrored forms
    #[arg(long)]
    pub dihedral: bool,
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Args)]
pub struct MatchArgs {
    /// An image file, or 64 hexadecimal digits
    pub what: String,
    /// CSV hash,id or the JSON lines of `vedette hash`
    #[arg(long, value_name = "LIST")]
    pub against: Option<PathBuf>,
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum SortWord {
    Score,
    Newest,
    Level,
}

#[derive(Debug, Args)]
#[command(
    after_help = "Query language:\n  kelmora stadium          both words, in any script, folded\n  \"meridian cup\"           next to each other\n  \
    lantern*                 beginning\n  level>=medium            this level or higher\n  lang:ar outlet:lantern-media actor:grey-lantern state:deleted\n  \
    from:-7d to:today        days, half-open\n  a OR b, -c               either, not"
)]
pub struct SearchArgs {
    /// The question
    #[arg(required = true)]
    pub query: Vec<String>,
    #[arg(long, default_value_t = 20)]
    pub limit: usize,
    #[arg(long, default_value_t = 0)]
    pub offset: usize,
    #[arg(long, value_enum, default_value = "score")]
    pub sort: SortWord,
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  vedette review i42 --level low --reason 'satire'\n  vedette review i42 --points\n  \
    vedette review i42 --point statement:0:12-40:threat --value report --reason 'a quotation'"
)]
pub struct ReviewArgs {
    /// Such as i42
    pub id: String,
    /// The machine's level, or the point, stands
    #[arg(long, conflicts_with_all = ["reject", "level", "value"])]
    pub confirm: bool,
    /// Not relevant, or the point is wrong
    #[arg(long, conflicts_with_all = ["level", "value"])]
    pub reject: bool,
    /// List what the machine says point by point, with the name of each
    #[arg(long, conflicts_with_all = ["confirm", "reject", "level", "point"])]
    pub points: bool,
    /// Decide on this point instead of the level
    #[arg(long, value_name = "POINT", conflicts_with = "level")]
    pub point: Option<String>,
    /// What is right instead of the machine's value of the point
    #[arg(long, requires = "point")]
    pub value: Option<String>,
    /// With --points: one JSON object a line
    #[arg(long, requires = "points")]
    pub json: bool,
    /// Another level: none, low, medium, high-unspecific, high-specific
    #[arg(long)]
    pub level: Option<String>,
    /// Why
    #[arg(long, default_value = "")]
    pub reason: String,
}

#[derive(Debug, Subcommand)]
pub enum WatchCommand {
    /// Adds one; it looks at what comes from now on
    Add {
        /// A name that people read
        name: String,
        /// In the query language of `search`
        query: String,
        /// Only items at this level or higher
        #[arg(long, default_value = "none")]
        level: String,
    },
    /// Lists them
    List {
        #[arg(long)]
        json: bool,
    },
    /// Removes one
    Remove { id: String },
}

#[derive(Debug, Subcommand)]
pub enum UserCommand {
    /// Adds a user or changes a role
    Add {
        name: String,
        /// reader, analyst, editor or admin
        #[arg(long, default_value = "analyst")]
        role: String,
    },
    /// Lists them
    List {
        #[arg(long)]
        json: bool,
    },
    /// Removes one
    Remove { name: String },
}
