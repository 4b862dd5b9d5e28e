//! What can go wrong while collecting, told so that the person at the desk knows what to do next.

use jiff::Timestamp;

/// Why a source, a page or a file could not be collected. What was stored before stays stored.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CollectError {
    /// Collection is not allowed; the text says what a person must record or change.
    #[error("{0}")]
    Refused(String),
    /// The desk asked to stop, or could not store what was handed to it.
    #[error("stopped: {0}")]
    Stopped(String),
    /// The address cannot be used.
    #[error("cannot use the address `{address}`: {why}")]
    BadAddress {
        /// The address as given, without user name and password.
        address: String,
        /// What is wrong with it and what to give instead.
        why: String,
    },
    /// The name leads to an address that this source may not reach.
    #[error(
        "refused to connect to `{host}` ({ip} is {kind}): if this source really is on a private network, add it with `--allow-private {host}`"
    )]
    PrivateAddress {
        /// Host, and port when it is not the usual one.
        host: String,
        /// The address that the name leads to.
        ip: String,
        /// What kind of address that is.
        kind: &'static str,
    },
    /// The answer is larger than the limit.
    #[error("the answer of {url} is larger than the limit of {cap_bytes} bytes and was not taken")]
    TooLarge {
        /// What was asked.
        url: String,
        /// The limit.
        cap_bytes: u64,
    },
    /// No complete answer in time.
    #[error("{url} did not answer within {limit_ms} ms: it is asked again in the next round")]
    Timeout {
        /// What was asked.
        url: String,
        /// The limit.
        limit_ms: u64,
    },
    /// The name could not be found, the connection not be made, or it broke.
    #[error("cannot reach {url}: {why}; it is asked again in the next round")]
    Unreachable {
        /// What was asked.
        url: String,
        /// What the network said.
        why: String,
    },
    /// Redirected too often, or to nowhere.
    #[error("{url} redirects {why}: give the address it should lead to as the source's address")]
    Redirects {
        /// What was asked first.
        url: String,
        /// How it redirects.
        why: String,
    },
    /// HTTP 401.
    #[error(
        "{url} does not accept the login (401, {said}): the token has run out or was withdrawn; log in again and store a valid token or password for this source"
    )]
    Unauthorised {
        /// What was asked.
        url: String,
        /// What the server said.
        said: String,
    },
    /// HTTP 403.
    #[error("{url} is closed to this account (403, {said}): ask the owner for access, or pause the source")]
    Forbidden {
        /// What was asked.
        url: String,
        /// What the server said.
        said: String,
    },
    /// HTTP 404 or 410.
    #[error("{url} is not there ({status}): check the address")]
    NotFound {
        /// What was asked.
        url: String,
        /// The status.
        status: u16,
    },
    /// HTTP 429 for longer than a round may wait.
    #[error("{url} asks for a pause until {retry_at}: the source goes on by itself after that")]
    RateLimited {
        /// What was asked.
        url: String,
        /// When to ask again.
        retry_at: Timestamp,
    },
    /// Another HTTP status that is not an answer.
    #[error("{url} answered with status {status}: {why}")]
    Status {
        /// What was asked.
        url: String,
        /// The status.
        status: u16,
        /// What the server said, or what to do.
        why: String,
    },
    /// The account needs a second factor.
    #[error(
        "the account `{user}` needs a second factor to log in: make a personal access token for it (Profile, Personal Access Tokens, \"ignore two factor\") and store that instead of the password"
    )]
    TwoFactor {
        /// The account.
        user: String,
    },
    /// The source needs a secret and has none that fits.
    #[error("{0}")]
    NoSecret(String),
    /// The room is not on the server, or not visible to the account.
    #[error(
        "the room `{room}` was not found on {server}: `vedette source check` lists the rooms that the account sees"
    )]
    RoomNotFound {
        /// Name as asked for.
        room: String,
        /// Base URL.
        server: String,
    },
    /// The room that was followed is gone and another one has its name.
    #[error(
        "the room `{room}` on {server} was removed and another one made under its name: a person must decide; to follow the new one, pause this source and add another with `--room {new_id}`"
    )]
    RoomReplaced {
        /// The name that both have.
        room: String,
        /// Base URL.
        server: String,
        /// Id of the new room.
        new_id: String,
    },
    /// What came is not what it should be.
    #[error("{what} cannot be read: {why}")]
    Malformed {
        /// Which answer or file.
        what: String,
        /// What is wrong with it.
        why: String,
    },
    /// A feed that declares XML entities, which is how entity bombs are made.
    #[error(
        "the feed {url} declares XML entities in its DOCTYPE and was refused: feeds need none; ask its publisher for a plain feed"
    )]
    EntityDeclaration {
        /// The feed.
        url: String,
    },
    /// A file or folder cannot be read.
    #[error("cannot read `{path}`: {why}")]
    Folder {
        /// Which.
        path: String,
        /// Why, and what to do.
        why: String,
    },
    /// The stored position of the source cannot be read.
    #[error(
        "the stored position of this source cannot be read ({why}): it was written by a newer version, install that one"
    )]
    BadCursor {
        /// What is wrong with it.
        why: String,
    },
}

impl CollectError {
    /// Whether the round must end because the desk, not the source, said so.
    pub(crate) fn is_stop(&self) -> bool {
        matches!(self, Self::Stopped(_) | Self::Refused(_))
    }
}
