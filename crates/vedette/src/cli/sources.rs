//! The words of `vedette source`: what is watched, under whose authorisation, by which way, and how long it is kept.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

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

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum RenderWord {
    /// No script of a page runs
    Never,
    /// For each new version, and where a page has no text without its scripts
    Changed,
    /// At each visit
    Always,
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
        vedette source add web https://courier.example/live --render changed --authorised-by 'J. Doe' --basis 'public pages'\n  \
        vedette source add telegram https://t.me/s/lantern_example --authorised-by 'J. Doe' --basis 'public channel'\n  \
        vedette source add folder ./incoming --authorised-by 'J. Doe' --basis 'material handed to the desk'")]
    Add(Box<SourceAdd>),
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
        after_help = "Examples:\n  vedette source reach s3 --proxy socks5h://127.0.0.1:9050 --pace-ms 2000 --every 300\n  vedette source reach s4 --render changed"
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
    /// Grades how reliable a source is (Admiralty code), A to F; F cannot be judged and is where every source begins
    #[command(after_help = "Example:\n  vedette source grade s3 B --reason 'right about dates for two years'")]
    Grade {
        id: String,
        /// A, B, C, D, E or F
        grade: String,
        /// What speaks for or against it
        #[arg(long)]
        reason: String,
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
    /// When a caged browser captures a web page as readers see it, with its scripts: picture, copy and archive are kept
    #[arg(long, value_enum, value_name = "WHEN")]
    pub render: Option<RenderWord>,
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
    /// A country that it writes from or about, such as PK; as often as needed. Of places of one name those there come first
    #[arg(long, value_name = "CODE", value_parser = country_code)]
    pub country: Vec<String>,
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

/// Two capital letters after ISO 3166-1.
fn country_code(code: &str) -> Result<String, String> {
    let is_code = code.len() == 2 && code.bytes().all(|byte| byte.is_ascii_uppercase());
    is_code.then(|| code.to_owned()).ok_or_else(|| "expected two capital letters, such as PK".to_owned())
}
