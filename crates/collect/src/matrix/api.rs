//! The calls of the client-server API: login, rooms, events, media. The server's errors become ours.

use serde_json::Value;
use url::Url;
use vedette_core::NewSource;

use crate::guard::{GetOpts, GuardedClient, Policy, Response, shown};
use crate::{CollectError, Env, FILE_BYTES_MAX, FILE_REQUEST_MS, Secret};

/// Bytes of an answer about login, a room or one event (events have at most 64 KiB).
const SMALL_BYTES_MAX: u64 = 4 * 1024 * 1024;
/// Milliseconds for logging out, which ends a round and must not hold it.
const LOGOUT_MS: u64 = 5_000;

/// The interface of one homeserver as one account.
pub(crate) struct Api {
    base: Url,
    policy: Policy,
    name: String,
    secret: Secret,
    session: Option<Session>,
    /// The base URL was asked whether it is one.
    found: bool,
    env: Env,
}

struct Session {
    client: GuardedClient,
    /// A login by password may be repeated once a round when the server has forgotten it.
    renewed: bool,
}

impl Api {
    pub(crate) fn new(source: &NewSource, secret: Option<&Secret>, env: Env) -> Result<Self, CollectError> {
        let secret = secret.cloned().ok_or_else(|| {
            CollectError::NoSecret(format!(
                "`{}` needs an account on a Matrix server: store its access token (or user name and password) and give it with `--user NAME --token-file FILE`",
                source.name
            ))
        })?;
        let mut base = Url::parse(&source.address).map_err(|error| CollectError::BadAddress {
            address: source.address.clone(),
            why: format!("{error}; give the homeserver's base URL, such as https://matrix.example.org"),
        })?;
        base.set_fragment(None);
        base.set_query(None);
        let policy = Policy::of(source)?;
        Ok(Self { base, policy, name: source.name.clone(), secret, session: None, found: false, env })
    }

    pub(crate) fn server(&self) -> &str {
        self.base.as_str().trim_end_matches('/')
    }

    /// Address below the base URL; each segment is escaped as a whole.
    fn address(&self, segments: &[&str], params: &[(&str, &str)]) -> Url {
        let mut url = self.base.clone();
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty().extend(segments);
        }
        if !params.is_empty() {
            url.query_pairs_mut().extend_pairs(params);
        }
        url
    }

    fn client(&self, token: Option<&str>) -> GuardedClient {
        let credentials = token.map(|token| ("Authorization".to_owned(), format!("Bearer {token}")));
        let policy = Policy {
            origin: Some(self.base.clone()),
            credentials: credentials.into_iter().collect(),
            ..self.policy.clone()
        };
        GuardedClient::new(policy, self.env.clone())
    }

    /// Makes sure that the base URL is a homeserver's. An address such as `https://example.org` may name its server in
    /// `.well-known`; it is believed only for hosts of the same owner, because the login is sent there.
    pub(crate) fn find_server(&mut self) -> Result<(), CollectError> {
        if self.found {
            return Ok(());
        }
        let opts = GetOpts { body_bytes_max: Some(SMALL_BYTES_MAX), ..GetOpts::default() };
        let versions = |api: &Self| {
            let answer = api.client(None).get(&api.address(&["_matrix", "client", "versions"], &[]), &opts)?;
            Ok::<bool, CollectError>(parse(&answer).is_ok_and(|json| json.get("versions").is_some()))
        };
        let first = versions(self);
        if let Ok(true) = first {
            self.found = true;
            return Ok(());
        }
        if let Err(error) = first
            && !matches!(error, CollectError::NotFound { .. } | CollectError::Status { .. })
        {
            return Err(error);
        }
        let named = self.client(None).get(&self.address(&[".well-known", "matrix", "client"], &[]), &opts);
        let named = named.ok().and_then(|answer| parse(&answer).ok());
        let named = named.as_ref().and_then(|json| json.pointer("/m.homeserver/base_url")?.as_str());
        let bad = |why: String| CollectError::BadAddress { address: shown(&self.base), why };
        let named =
            named.ok_or_else(|| bad("no Matrix server answers there; give the homeserver's base URL".to_owned()))?;
        let url = Url::parse(named).map_err(|error| bad(format!("its .well-known names no usable server: {error}")))?;
        if !same_owner(&self.base, &url) {
            return Err(bad(format!(
                "its .well-known names {}, which need not be the same owner's: give that as the address if you trust it",
                shown(&url)
            )));
        }
        self.base = url;
        self.base.set_fragment(None);
        self.base.set_query(None);
        match versions(self)? {
            true => self.found = true,
            false => {
                return Err(CollectError::BadAddress {
                    address: shown(&self.base),
                    why: "no Matrix server answers there; give the homeserver's base URL".to_owned(),
                });
            }
        }
        Ok(())
    }

    /// Logs in unless that was done.
    pub(crate) fn login(&mut self) -> Result<(), CollectError> {
        if self.session.is_none() {
            self.find_server()?;
            let token = match &self.secret {
                Secret::Token { token, .. } => token.clone(),
                Secret::Password { user, password } => self.login_by_password(user, password)?,
            };
            self.session = Some(Session { client: self.client(Some(&token)), renewed: false });
        }
        Ok(())
    }

    fn login_by_password(&self, user: &str, password: &str) -> Result<String, CollectError> {
        let url = self.address(&["_matrix", "client", "v3", "login"], &[]);
        let body = serde_json::json!({
            "type": "m.login.password",
            "identifier": { "type": "m.id.user", "user": user },
            "password": password,
            "initial_device_display_name": "Vedette",
        });
        let opts = GetOpts { body_bytes_max: Some(SMALL_BYTES_MAX), ..GetOpts::default() };
        let answer = self.client(None).post_json(&url, &body.to_string(), &opts)?;
        parse(&answer)?.get("access_token").and_then(Value::as_str).map(str::to_owned).ok_or_else(|| {
            CollectError::Malformed { what: shown(&url), why: "the login answer has no access_token".to_owned() }
        })
    }

    /// Ends a login that was made by password, so that rounds do not leave a device behind each.
    pub(crate) fn logout(&mut self) {
        if matches!(self.secret, Secret::Token { .. }) {
            return;
        }
        let Some(session) = self.session.take() else { return };
        let opts = GetOpts { request_ms: Some(LOGOUT_MS), body_bytes_max: Some(SMALL_BYTES_MAX), ..GetOpts::default() };
        let url = self.address(&["_matrix", "client", "v3", "logout"], &[]);
        if let Err(error) = session.client.post_json(&url, "{}", &opts) {
            tracing::debug!(%error, "logging out failed; the login ends by itself");
        }
    }

    fn logged_in(&mut self) -> Result<&GuardedClient, CollectError> {
        self.login()?;
        Ok(&self.session.as_ref().expect("login has just made a session").client)
    }

    fn may_renew(&self) -> bool {
        matches!(self.secret, Secret::Password { .. }) && self.session.as_ref().is_some_and(|session| !session.renewed)
    }

    /// One answer. A login by password that the server has forgotten is renewed once.
    fn ask(
        &mut self,
        segments: &[&str],
        params: &[(&str, &str)],
        opts: &GetOpts<'_>,
    ) -> Result<Response, CollectError> {
        self.login()?;
        let url = self.address(segments, params);
        match self.logged_in()?.get(&url, opts) {
            Err(CollectError::Unauthorised { .. }) if self.may_renew() => {
                self.session = None;
                self.login()?;
                if let Some(session) = &mut self.session {
                    session.renewed = true;
                }
                self.logged_in()?.get(&url, opts)
            }
            Err(CollectError::Unauthorised { said, .. }) => Err(CollectError::NoSecret(format!(
                "{} does not accept the login of `{}` ({said}): log in with the account once more and store its new access token",
                self.server(),
                self.name
            ))),
            answer => answer,
        }
    }

    /// A page of events: `sync` or `messages`.
    pub(crate) fn page(
        &mut self,
        name: &'static str,
        segments: &[&str],
        params: &[(&str, &str)],
    ) -> Result<Response, CollectError> {
        let segments: Vec<&str> = ["_matrix", "client", "v3"].iter().chain(segments).copied().collect();
        self.ask(&segments, params, &GetOpts { endpoint: Some(name), ..GetOpts::default() })
    }

    /// Something small below `rooms/ROOM`, as the server sent it; `None` when it is not there.
    pub(crate) fn of_room(
        &mut self,
        version: &'static str,
        room_id: &str,
        rest: &[&str],
        params: &[(&str, &str)],
    ) -> Result<Option<Response>, CollectError> {
        let segments: Vec<&str> =
            ["_matrix", "client", version, "rooms", room_id].iter().chain(rest).copied().collect();
        let name = rest.first().copied();
        let opts = GetOpts { endpoint: name, body_bytes_max: Some(SMALL_BYTES_MAX), ..GetOpts::default() };
        match self.ask(&segments, params, &opts) {
            Ok(answer) => Ok(Some(answer)),
            Err(CollectError::NotFound { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Content of a state event of a room; `None` when the room has none.
    pub(crate) fn state(&mut self, room_id: &str, kind: &str) -> Result<Option<Value>, CollectError> {
        self.of_room("v3", room_id, &["state", kind], &[])?.map(|answer| parse(&answer)).transpose()
    }

    /// Id of a room by its alias.
    pub(crate) fn room_id(&mut self, alias: &str) -> Result<Option<String>, CollectError> {
        let opts = GetOpts { endpoint: Some("directory"), body_bytes_max: Some(SMALL_BYTES_MAX), ..GetOpts::default() };
        match self.ask(&["_matrix", "client", "v3", "directory", "room", alias], &[], &opts) {
            Ok(answer) => Ok(parse(&answer)?.get("room_id").and_then(Value::as_str).map(str::to_owned)),
            Err(CollectError::NotFound { .. }) => Ok(None),
            // `M_INVALID_PARAM`: what was given cannot be an alias.
            Err(CollectError::Status { status: 400, .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// The account's full id, which also proves the login.
    pub(crate) fn whoami(&mut self) -> Result<String, CollectError> {
        let opts = GetOpts { body_bytes_max: Some(SMALL_BYTES_MAX), ..GetOpts::default() };
        let answer = self.ask(&["_matrix", "client", "v3", "account", "whoami"], &[], &opts)?;
        Ok(parse(&answer)?.get("user_id").and_then(Value::as_str).unwrap_or_default().to_owned())
    }

    /// Whether the account is in the room.
    pub(crate) fn has_joined(&mut self, room_id: &str) -> Result<bool, CollectError> {
        let opts = GetOpts { body_bytes_max: Some(SMALL_BYTES_MAX), ..GetOpts::default() };
        let answer = self.ask(&["_matrix", "client", "v3", "joined_rooms"], &[], &opts)?;
        let json = parse(&answer)?;
        let rooms = json.get("joined_rooms").and_then(Value::as_array);
        Ok(rooms.is_some_and(|rooms| rooms.iter().any(|room| room.as_str() == Some(room_id))))
    }

    /// Rooms that the account marked as conversations with one person.
    pub(crate) fn is_direct(&mut self, user_id: &str, room_id: &str) -> Result<bool, CollectError> {
        let opts = GetOpts { body_bytes_max: Some(SMALL_BYTES_MAX), ..GetOpts::default() };
        match self.ask(&["_matrix", "client", "v3", "user", user_id, "account_data", "m.direct"], &[], &opts) {
            Ok(answer) => {
                let json = parse(&answer)?;
                let rooms = json.as_object().into_iter().flat_map(|people| people.values());
                Ok(rooms.filter_map(Value::as_array).flatten().any(|room| room.as_str() == Some(room_id)))
            }
            Err(CollectError::NotFound { .. }) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// The bytes of an `mxc://` address. Media are asked for with the login; only a server that does not know that way
    /// (before version 1.11 of the specification) is asked by the older one, without it.
    pub(crate) fn file(&mut self, link: &str) -> Result<Vec<u8>, CollectError> {
        let bad = || CollectError::BadAddress {
            address: link.chars().take(200).collect(),
            why: "files of Matrix rooms have addresses like mxc://server/id".to_owned(),
        };
        let (server, id) = link.strip_prefix("mxc://").and_then(|rest| rest.split_once('/')).ok_or_else(bad)?;
        let usable = |part: &str| {
            let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.:[]~".contains(&byte);
            !part.is_empty() && !matches!(part, "." | "..") && part.bytes().all(plain)
        };
        if !usable(server) || !usable(id) {
            return Err(bad());
        }
        let opts = GetOpts {
            endpoint: Some("media"),
            body_bytes_max: Some(FILE_BYTES_MAX),
            request_ms: Some(FILE_REQUEST_MS),
            ..GetOpts::default()
        };
        match self.ask(&["_matrix", "client", "v1", "media", "download", server, id], &[], &opts) {
            Ok(answer) => Ok(answer.body),
            Err(error) if is_unknown_call(&error) => {
                let opts = GetOpts { anonymous: true, ..opts };
                Ok(self.ask(&["_matrix", "media", "v3", "download", server, id], &[], &opts)?.body)
            }
            Err(error) => Err(error),
        }
    }
}

fn is_unknown_call(error: &CollectError) -> bool {
    match error {
        CollectError::NotFound { .. } => true,
        CollectError::Status { status, why, .. } => *status == 405 || why.contains("M_UNRECOGNIZED"),
        _ => false,
    }
}

/// Whether a server that `.well-known` names surely belongs to who owns the address: the same host or one below it, and
/// encrypted unless the address itself is not.
fn same_owner(address: &Url, named: &Url) -> bool {
    let (Some(owner), Some(host)) = (address.host_str(), named.host_str()) else { return false };
    let below = host.strip_suffix(owner).is_some_and(|front| front.is_empty() || front.ends_with('.'));
    below && (named.scheme() == "https" || named.scheme() == address.scheme()) && named.username().is_empty()
}

pub(crate) fn parse(answer: &Response) -> Result<Value, CollectError> {
    serde_json::from_slice(&answer.body).map_err(|error| malformed(answer, &error))
}

pub(crate) fn malformed(answer: &Response, error: &serde_json::Error) -> CollectError {
    CollectError::Malformed {
        what: shown(&answer.final_url),
        why: format!("{error}; is this a Matrix server? nothing was skipped, the page is asked for again"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn well_known_is_believed_for_hosts_of_the_same_owner_only() {
        for (address, named, believed) in [
            ("https://lantern.example/", "https://lantern.example/", true),
            ("https://lantern.example/", "https://matrix.lantern.example:8448/", true),
            ("https://lantern.example/", "https://evil-lantern.example/", false),
            ("https://lantern.example/", "https://elsewhere.example/", false),
            ("https://lantern.example/", "http://matrix.lantern.example/", false),
            ("https://lantern.example/", "https://u@matrix.lantern.example/", false),
        ] {
            let url = |text| Url::parse(text).unwrap();
            assert_eq!(same_owner(&url(address), &url(named)), believed, "{address} {named}");
        }
    }
}
