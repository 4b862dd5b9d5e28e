//! The command line: a contract that tests and users script. Each flag, its help and its examples stand here.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

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
    #[command(subcommand)]
    pub command: Command,
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
    /// A person's decision on an item
    Review(ReviewArgs),
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

#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum SourceWord {
    /// A room of a Rocket.Chat server
    Rocketchat,
    /// An RSS, Atom or JSON feed
    Feed,
    /// A room of a Matrix server
    Matrix,
    /// One web page: each change of its text is a version
    Web,
    /// A section of a web site: a page of links, and the pages below it
    Section,
    /// A public Telegram channel, by its preview pages
    Telegram,
    /// A folder of files
    Folder,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum AuthorityWord {
    /// Open to the public
    Public,
    /// The owner agreed
    Owner,
    /// A court or an authority
    Legal,
}

#[derive(Debug, Subcommand)]
pub enum SourceCommand {
    /// Adds a source; no authorisation, no collection
    #[command(after_help = "Examples:\n  \
        vedette source add rocketchat https://chat.example --room lantern-media --user observer --password-file pw.txt \\\n    \
        --authorised-by 'J. Doe, head of desk' --basis 'public room, research'\n  \
        vedette source add feed https://news.example/rss.xml --authorised-by 'J. Doe' --basis 'public feed'\n  \
        vedette source add matrix https://matrix.example --room '#lantern:matrix.example' --user @observer:matrix.example \\\n    \
        --token-file token.txt --authorised-by 'J. Doe' --basis 'public room'\n  \
        vedette source add section https://courier.example/politics/ --authorised-by 'J. Doe' --basis 'public pages'\n  \
        vedette source add telegram https://t.me/s/lantern_example --authorised-by 'J. Doe' --basis 'public channel'\n  \
        vedette source add folder ./incoming --authorised-by 'J. Doe' --basis 'material handed to the desk'")]
    Add(SourceAdd),
    /// Lists the sources with their health; channels seen in posts that wait for an authorisation with --suggested
    List {
        /// Channels that posts point to
        #[arg(long)]
        suggested: bool,
        #[arg(long)]
        json: bool,
    },
    /// Asks whether a source can be followed, without collecting
    Check { id: String },
    /// Stops following for now
    Pause { id: String },
    /// Follows again
    Resume { id: String },
    /// Stops following; what was collected stays
    Remove { id: String },
    /// Changes by which way and how often a source is asked
    #[command(
        after_help = "Example:\n  vedette source reach s3 --proxy socks5h://127.0.0.1:9050 --pace-ms 2000 --every 300"
    )]
    Reach {
        id: String,
        #[command(flatten)]
        reach: ReachArgs,
    },
    /// Sets how long what a source brings is kept, or puts it under a legal hold
    #[command(
        after_help = "Examples:\n  vedette source keep s3 --days 180\n  vedette source keep s3 --hold 'case 12/2026'\n  vedette source keep s3 --for-ever"
    )]
    Keep {
        id: String,
        /// Days after which what was captured is erased
        #[arg(long, conflicts_with = "for_ever")]
        days: Option<u32>,
        /// Kept until somebody erases it
        #[arg(long)]
        for_ever: bool,
        /// A legal hold: nothing of the source is erased while it stands
        #[arg(long, value_name = "REASON", conflicts_with = "release")]
        hold: Option<String>,
        /// Ends the legal hold
        #[arg(long)]
        release: bool,
    },
    /// The gap ledger: when something may have been missed, and when it was whole again
    Gaps {
        id: String,
        #[arg(long)]
        json: bool,
    },
    /// Records a new authorisation
    Authorise {
        id: String,
        #[command(flatten)]
        authorisation: AuthorisationArgs,
    },
}

#[derive(Debug, Args)]
pub struct AuthorisationArgs {
    /// Who allowed it: name and function
    #[arg(long, value_name = "NAME")]
    pub authorised_by: Option<String>,
    /// The legal basis, in words
    #[arg(long, value_name = "TEXT")]
    pub basis: Option<String>,
    /// Whose permission it rests on; private rooms need owner or legal
    #[arg(long, value_enum, default_value = "public")]
    pub authority: AuthorityWord,
    /// Last day, such as 2027-01-31 [default: until withdrawn]
    #[arg(long, value_name = "DATE")]
    pub until: Option<String>,
}

#[derive(Debug, Args)]
pub struct ReachArgs {
    /// Proxy: http://HOST:PORT, socks5://HOST:PORT, or socks5h://127.0.0.1:9050 for Tor; `none` for a direct connection
    #[arg(long, value_name = "URL")]
    pub proxy: Option<String>,
    /// What the program calls itself towards the server; `none` for its own name
    #[arg(long, value_name = "TEXT")]
    pub user_agent: Option<String>,
    /// Milliseconds between two requests to one endpoint
    #[arg(long, value_name = "MS")]
    pub pace_ms: Option<u64>,
    /// Seconds between two rounds
    #[arg(long, value_name = "SECONDS")]
    pub every: Option<u64>,
}

#[derive(Debug, Args)]
pub struct SourceAdd {
    /// Kind of place
    #[arg(value_enum)]
    pub kind: SourceWord,
    /// Base URL of the server, URL of the feed, or path of the folder
    pub address: String,
    /// Room on a chat server
    #[arg(long)]
    pub room: Option<String>,
    /// A name that people read
    #[arg(long)]
    pub name: Option<String>,
    /// The outlet that publishes here, as an id of the register
    #[arg(long)]
    pub outlet: Option<String>,
    /// A host on a private address that this source may reach, such as 127.0.0.1:3000
    #[arg(long, value_name = "HOST")]
    pub allow_private: Vec<String>,
    /// Account to log in with
    #[arg(long, value_name = "NAME")]
    pub user: Option<String>,
    /// File with the account's password (kept outside the workspace, readable by you alone)
    #[arg(long, value_name = "FILE", requires = "user")]
    pub password_file: Option<PathBuf>,
    /// File with a personal access token; --user is then the account's user id
    #[arg(long, value_name = "FILE", requires = "user", conflicts_with = "password_file")]
    pub token_file: Option<PathBuf>,
    #[command(flatten)]
    pub reach: ReachArgs,
    /// Days after which what was captured is erased [default: kept until somebody erases it]
    #[arg(long, value_name = "DAYS")]
    pub keep_days: Option<u32>,
    #[command(flatten)]
    pub authorisation: AuthorisationArgs,
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
    /// First queue everything to be read and recognised again, after a tool or the register changed (worker --once)
    #[arg(long, requires = "once")]
    pub again: bool,
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
pub struct ReviewArgs {
    /// Such as i42
    pub id: String,
    /// The machine's level stands
    #[arg(long, conflicts_with_all = ["reject", "level"])]
    pub confirm: bool,
    /// Not relevant
    #[arg(long, conflicts_with = "level")]
    pub reject: bool,
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
    /// Decisions as CSV
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
    /// File [default: standard output; a bundle needs a file]
    #[arg(long, short, value_name = "FILE")]
    pub output: Option<PathBuf>,
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
