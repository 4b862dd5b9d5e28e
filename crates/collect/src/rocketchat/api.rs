//! The calls: login, rooms, pages. JSON in, typed answers out; the server's errors become ours.

use jiff::fmt::rfc2822;
use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;
use url::Url;
use vedette_core::NewSource;

use super::message::is_upload;
use crate::guard::{GetOpts, GuardedClient, Limits, Policy, Response};
use crate::{CollectError, Env, FILE_BYTES_MAX, FILE_REQUEST_MS, Secret};

/// Bytes of an answer about login or a room.
const SMALL_BYTES_MAX: u64 = 4 * 1024 * 1024;

/// The REST interface of one server as one account.
pub(crate) struct Api {
    base: Url,
    allow_private: Vec<String>,
    limits: Limits,
    secret: Secret,
    session: Option<Session>,
    /// Milliseconds by which the server's clock was ahead at its last answer.
    ahead_ms: i64,
    env: Env,
}

/// A login that works until the server forgets it.
struct Session {
    client: GuardedClient,
    user_id: String,
    token: String,
    /// Logins by password may be repeated once a round when the server has forgotten one.
    renewed: bool,
}

/// A room as the server describes it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RoomInfo {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// `c` public, `p` private, `d` direct messages, others.
    pub kind: String,
    /// Messages in it, as far as the server says.
    pub messages: Option<u64>,
    /// Whether it is closed to new posts.
    pub archived: bool,
    /// Id of the room that it is a discussion of.
    pub parent: Option<String>,
    /// Changes whenever something is posted, and with many other changes.
    pub stamp: String,
}

#[derive(Deserialize)]
struct HistoryPage<'a> {
    #[serde(borrow)]
    messages: Vec<&'a RawValue>,
}

#[derive(Deserialize)]
struct SyncPage<'a> {
    #[serde(borrow)]
    result: SyncResult<'a>,
}

/// The lists of an answer of `chat.syncMessages`.
#[derive(Deserialize)]
pub(crate) struct SyncResult<'a> {
    /// New and changed messages.
    #[serde(borrow, default)]
    pub(crate) updated: Vec<&'a RawValue>,
    /// Deletions.
    #[serde(borrow, default)]
    pub(crate) deleted: Vec<&'a RawValue>,
    /// Where the server would go on.
    #[serde(default)]
    pub(crate) cursor: Option<SyncCursor>,
}

/// The server's own cursor; `next` is null on the last page.
#[derive(Deserialize)]
pub(crate) struct SyncCursor {
    #[serde(default)]
    pub(crate) next: Option<Value>,
}

impl Api {
    pub(crate) fn new(source: &NewSource, secret: Option<&Secret>, env: Env) -> Result<Self, CollectError> {
        let secret = secret.cloned().ok_or_else(|| {
            CollectError::NoSecret(format!(
                "`{}` needs an account on the server: store a personal access token (or user name and password) and give it with `--user NAME --token-file FILE`",
                source.name
            ))
        })?;
        let mut base = Url::parse(&source.address).map_err(|error| CollectError::BadAddress {
            address: source.address.clone(),
            why: format!("{error}; give the server's base URL, such as https://chat.example.org"),
        })?;
        base.set_fragment(None);
        base.set_query(None);
        let path = base.path().trim_end_matches('/').to_owned();
        base.set_path(&path);
        Ok(Self {
            base,
            allow_private: source.allow_private.clone(),
            limits: Limits::default(),
            secret,
            session: None,
            ahead_ms: 0,
            env,
        })
    }

    /// Address below the base URL.
    pub(crate) fn address(&self, path: &str, params: &[(&str, &str)]) -> Url {
        let mut url = self.base.clone();
        url.set_path(&format!("{}/{path}", self.base.path().trim_end_matches('/')));
        if !params.is_empty() {
            url.query_pairs_mut().extend_pairs(params);
        }
        url
    }

    pub(crate) fn server(&self) -> &str {
        self.base.as_str().trim_end_matches('/')
    }

    pub(crate) fn body_bytes_max(&self) -> u64 {
        self.limits.body_bytes_max
    }

    #[cfg(test)]
    pub(crate) fn set_limits(&mut self, limits: Limits) {
        self.limits = limits;
    }

    fn client(&self, credentials: Vec<(String, String)>) -> GuardedClient {
        let policy = Policy {
            allow_private: self.allow_private.clone(),
            origin: Some(self.base.clone()),
            credentials,
            limits: self.limits,
        };
        GuardedClient::new(policy, self.env.clone())
    }

    /// Logs in unless that was done.
    pub(crate) fn login(&mut self) -> Result<(), CollectError> {
        if self.session.is_none() {
            let (user_id, token) = match &self.secret {
                Secret::Token { user_id, token } => (user_id.clone(), token.clone()),
                Secret::Password { user, password } => self.login_by_password(user, password)?,
            };
            let credentials =
                vec![("X-User-Id".to_owned(), user_id.clone()), ("X-Auth-Token".to_owned(), token.clone())];
            self.session = Some(Session { client: self.client(credentials), user_id, token, renewed: false });
        }
        Ok(())
    }

    fn login_by_password(&self, user: &str, password: &str) -> Result<(String, String), CollectError> {
        let url = self.address("api/v1/login", &[]);
        let body = serde_json::json!({ "user": user, "password": password }).to_string();
        let opts = GetOpts { body_bytes_max: Some(SMALL_BYTES_MAX), ..GetOpts::default() };
        let answer = self.client(Vec::new()).post_json(&url, &body, &opts).map_err(|error| match &error {
            CollectError::Unauthorised { said, .. } | CollectError::Status { why: said, .. }
                if said.to_lowercase().contains("totp") || said.to_lowercase().contains("2fa") =>
            {
                CollectError::TwoFactor { user: user.to_owned() }
            }
            _ => error,
        })?;
        let json = parse(&answer)?;
        let field = |name: &str| {
            json.pointer(&format!("/data/{name}")).and_then(Value::as_str).map(str::to_owned).ok_or_else(|| {
                CollectError::Malformed { what: url.to_string(), why: format!("the login answer has no {name}") }
            })
        };
        Ok((field("userId")?, field("authToken")?))
    }

    /// Ends a login that was made by password, so that rounds do not leave one behind each.
    pub(crate) fn logout(&mut self) {
        let Some(session) = self.session.take() else { return };
        if matches!(self.secret, Secret::Token { .. }) {
            self.session = Some(session);
            return;
        }
        let opts = GetOpts { request_ms: Some(5_000), body_bytes_max: Some(SMALL_BYTES_MAX), ..GetOpts::default() };
        if let Err(error) = session.client.post_json(&self.address("api/v1/logout", &[]), "{}", &opts) {
            tracing::debug!(%error, "logging out failed; the login ends by itself");
        }
    }

    /// One page of an endpoint. A login that the server has forgotten is renewed once.
    pub(crate) fn get(&mut self, endpoint: &str, params: &[(&str, &str)], cap: u64) -> Result<Response, CollectError> {
        let url = self.address(&format!("api/v1/{endpoint}"), params);
        let opts = GetOpts {
            endpoint: Some(endpoint),
            body_bytes_max: Some(cap),
            accept: Some("application/json"),
            ..GetOpts::default()
        };
        let answer = match self.logged_in()?.get(&url, &opts) {
            Err(CollectError::Unauthorised { .. }) if self.may_renew() => {
                self.session = None;
                self.login()?;
                if let Some(session) = &mut self.session {
                    session.renewed = true;
                }
                self.logged_in()?.get(&url, &opts)
            }
            answer => answer,
        }?;
        let date = answer.header("date").and_then(|date| rfc2822::DateTimeParser::new().parse_timestamp(date).ok());
        if let Some(date) = date {
            self.ahead_ms = date.as_millisecond() - answer.fetched_at.as_millisecond();
        }
        Ok(answer)
    }

    /// The server's time as far as its last answer told, epoch milliseconds; at most a second behind.
    pub(crate) fn server_now_ms(&self) -> i64 {
        self.env.now().as_millisecond().saturating_add(self.ahead_ms)
    }

    /// Server and account, as one name: what is counted and listed together.
    pub(crate) fn key(&self) -> String {
        let account = match &self.secret {
            Secret::Token { user_id, .. } => user_id,
            Secret::Password { user, .. } => user,
        };
        format!("{} {account}", self.server())
    }

    /// The id and the token of the account, after logging in if that is needed.
    pub(crate) fn token(&mut self) -> Result<(String, String), CollectError> {
        self.login()?;
        let session = self.session.as_ref().expect("login has just made a session");
        Ok((session.user_id.clone(), session.token.clone()))
    }

    /// Forgets a login that the server no longer accepts.
    pub(crate) fn forget_login(&mut self) {
        self.session = None;
    }

    /// The address of the WebSocket below the base URL; with `http` or `https`, as it is dialled.
    pub(crate) fn websocket(&self) -> Url {
        self.address("websocket", &[])
    }

    /// Private places that may be reached.
    pub(crate) fn allow_private(&self) -> &[String] {
        &self.allow_private
    }

    /// Reads past a page that is too large, looking for times at which messages changed.
    pub(crate) fn skim_times(
        &mut self,
        endpoint: &str,
        params: &[(&str, &str)],
        cap: u64,
    ) -> Result<Vec<i64>, CollectError> {
        let url = self.address(&format!("api/v1/{endpoint}"), params);
        let opts = GetOpts {
            endpoint: Some(endpoint),
            body_bytes_max: Some(cap),
            request_ms: Some(FILE_REQUEST_MS),
            ..GetOpts::default()
        };
        let hits = self.logged_in()?.skim(&url, &opts, br#""_updatedAt":"#, 30)?;
        let time = |hit: Vec<u8>| {
            let text = String::from_utf8(hit).ok()?;
            super::message::time_ms(&Value::String(text.split('"').nth(1)?.to_owned()))
        };
        Ok(hits.into_iter().filter_map(time).collect())
    }

    fn may_renew(&self) -> bool {
        matches!(self.secret, Secret::Password { .. }) && self.session.as_ref().is_some_and(|session| !session.renewed)
    }

    fn logged_in(&mut self) -> Result<&GuardedClient, CollectError> {
        self.login()?;
        Ok(&self.session.as_ref().expect("login has just made a session").client)
    }

    /// An answer about something small.
    pub(crate) fn get_json(&mut self, endpoint: &str, params: &[(&str, &str)]) -> Result<Value, CollectError> {
        parse(&self.get(endpoint, params, SMALL_BYTES_MAX)?)
    }

    /// A room by id.
    pub(crate) fn room_by_id(&mut self, id: &str) -> Result<Option<RoomInfo>, CollectError> {
        self.room_from("rooms.info", "room", &[("roomId", id)])
    }

    /// A room by name: public channels first, then any room that the account may see.
    pub(crate) fn room_by_name(&mut self, name: &str) -> Result<Option<RoomInfo>, CollectError> {
        match self.room_from("channels.info", "channel", &[("roomName", name)])? {
            Some(room) => Ok(Some(room)),
            None => self.room_from("rooms.info", "room", &[("roomName", name)]),
        }
    }

    fn room_from(
        &mut self,
        endpoint: &str,
        field: &str,
        params: &[(&str, &str)],
    ) -> Result<Option<RoomInfo>, CollectError> {
        match self.get_json(endpoint, params) {
            Ok(json) => Ok(json.get(field).and_then(room)),
            Err(CollectError::Status { status: 400, .. } | CollectError::NotFound { .. }) => Ok(None),
            // A private room looks forbidden to `channels.info`; the next call decides.
            Err(CollectError::Forbidden { .. }) if endpoint == "channels.info" => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Fetches a file of a post. Credentials go along only to uploads on the configured server.
    pub(crate) fn file(&mut self, link: &str) -> Result<Vec<u8>, CollectError> {
        let url = self.resolve(link)?;
        let ours = url.origin() == self.base.origin() && is_upload(url.path());
        let opts = GetOpts {
            endpoint: Some("file"),
            body_bytes_max: Some(FILE_BYTES_MAX),
            request_ms: Some(FILE_REQUEST_MS),
            anonymous: !ours,
            ..GetOpts::default()
        };
        Ok(self.logged_in()?.get(&url, &opts)?.body)
    }

    /// The full address of a link in a message.
    pub(crate) fn resolve(&self, link: &str) -> Result<Url, CollectError> {
        let prefix = self.base.path().trim_end_matches('/');
        let below = link.starts_with('/') && !link.starts_with("//") && !link.starts_with(&format!("{prefix}/"));
        let joined = if below { self.base.join(&format!("{prefix}{link}")) } else { self.base.join(link) };
        joined.map_err(|error| CollectError::BadAddress {
            address: link.chars().take(200).collect(),
            why: error.to_string(),
        })
    }
}

pub(crate) fn room(value: &Value) -> Option<RoomInfo> {
    let text = |key: &str| value.get(key).and_then(Value::as_str).map(str::to_owned);
    let id = text("_id").filter(|id| !id.is_empty())?;
    Some(RoomInfo {
        name: text("name").or_else(|| text("fname")).unwrap_or_else(|| id.clone()),
        kind: text("t").unwrap_or_default(),
        messages: value.get("msgs").and_then(Value::as_u64),
        archived: value.get("archived").and_then(Value::as_bool) == Some(true),
        parent: text("prid").filter(|parent| !parent.is_empty()),
        stamp: stamp(value),
        id,
    })
}

/// A digest of what moves in a room's description.
fn stamp(value: &Value) -> String {
    let moving: Vec<&Value> =
        ["_updatedAt", "lm", "msgs", "lastMessage"].iter().filter_map(|key| value.get(key)).collect();
    super::cursor::digest(serde_json::to_string(&moving).unwrap_or_default().as_bytes())
}

fn parse(answer: &Response) -> Result<Value, CollectError> {
    serde_json::from_slice(&answer.body).map_err(|error| malformed(answer, &error))
}

fn malformed(answer: &Response, error: &serde_json::Error) -> CollectError {
    CollectError::Malformed {
        what: crate::guard::shown(&answer.final_url),
        why: format!("{error}; is this a Rocket.Chat server? nothing was skipped, the page is asked for again"),
    }
}

/// The exact slices of the messages of a history page.
pub(crate) fn history_slices(answer: &Response) -> Result<Vec<&RawValue>, CollectError> {
    serde_json::from_slice::<HistoryPage<'_>>(&answer.body)
        .map(|page| page.messages)
        .map_err(|error| malformed(answer, &error))
}

/// The exact slices of the changes in an answer of `chat.syncMessages`.
pub(crate) fn sync_slices(answer: &Response) -> Result<SyncResult<'_>, CollectError> {
    serde_json::from_slice::<SyncPage<'_>>(&answer.body)
        .map(|page| page.result)
        .map_err(|error| malformed(answer, &error))
}
