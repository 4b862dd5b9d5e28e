//! What a page asks for, judged and fetched by the guarded client, so that the rules of the house hold for each picture,
//! script and frame: where may be connected to, by which way, how often, how much. The browser itself reaches nothing.

use std::sync::mpsc::{Receiver, Sender, SyncSender, channel};
use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;
use url::Url;
use vedette_core::NewSource;

use super::devtools::News;
use crate::guard::{GetOpts, GuardedClient, Policy, Response};
use crate::{CollectError, Env};

/// Requests at a time, as browsers do towards one host.
const HANDS: usize = 6;
/// Bytes of one answer: large pictures and bundles of scripts fit, films do not.
const ANSWER_BYTES_MAX: u64 = 16 * 1024 * 1024;
/// Milliseconds for one answer; a page that needs longer is captured without it.
const ANSWER_MS: u64 = 10_000;
/// Milliseconds that a request may wait for its turn at a server.
const TURN_MS: u64 = 10_000;
/// Ports of the web. A page must not make this desk knock at mail servers and databases of others.
const PORTS: [u16; 4] = [80, 443, 8080, 8443];
/// Bytes of an address; longer ones carry data away rather than name something.
const ADDRESS_BYTES_MAX: usize = 8 * 1024;
/// Bytes of one header that the page's own request carries on.
const HEADER_BYTES_MAX: usize = 2 * 1024;
/// Header lines of the browser that are carried on; what else it would say of itself is left out.
const CARRIED: [&str; 4] = ["accept", "accept-language", "origin", "referer"];
/// Kinds of requests that a capture has no use for: they report, prepare, or never end.
const UNUSED: [(&str, &str); 8] = [
    ("Ping", "beacons are not sent"),
    ("CSPViolationReport", "reports are not sent"),
    ("Preflight", "no request needs a preflight here"),
    ("Prefetch", "nothing is fetched in advance"),
    ("WebSocket", "web sockets are not opened"),
    ("Media", "films and sound are not loaded by the browser"),
    ("SignedExchange", "signed exchanges are not taken"),
    ("FedCM", "nobody logs in"),
];

/// A request that may be made.
pub(super) struct Wanted {
    /// The page or frame that asks.
    pub(super) session: String,
    /// The browser's name for the request.
    pub(super) request_id: String,
    /// What is asked for.
    pub(super) url: Url,
    /// Header lines that are carried on.
    pub(super) headers: Vec<(String, String)>,
    /// Bytes that the page may still take.
    pub(super) bytes_max: u64,
}

/// What came of a request.
pub(super) struct Fetched {
    /// Which capture it belongs to.
    pub(super) capture: u64,
    /// The page or frame that asked.
    pub(super) session: String,
    /// The browser's name for the request.
    pub(super) request_id: String,
    /// What was asked for.
    pub(super) url: Url,
    /// The exchange, or why there was none.
    pub(super) outcome: Result<Exchange, String>,
}

/// One request with its answer.
#[derive(Debug, Clone)]
pub(crate) struct Exchange {
    /// What was asked for.
    pub(crate) url: Url,
    /// Header lines of the request.
    pub(crate) asked: Vec<(String, String)>,
    /// Status.
    pub(crate) status: u16,
    /// Header lines of the answer, names in lower case.
    pub(crate) headers: Vec<(String, String)>,
    /// The body, unpacked.
    pub(crate) body: Vec<u8>,
    /// When it had arrived.
    pub(crate) at: Timestamp,
}

impl Exchange {
    /// An answer that was there before the browser asked.
    pub(super) fn of(url: &Url, asked: Vec<(String, String)>, answer: &Response) -> Self {
        Self {
            url: url.clone(),
            asked,
            status: answer.status,
            headers: answer.headers.clone(),
            body: answer.body.clone(),
            at: answer.fetched_at,
        }
    }
}

/// The client for the page at `page`. Of the private places that its source may reach, only the page's own server is
/// left: what the page names besides is the page's choice and not the desk's.
pub(crate) fn client(asked: &NewSource, page: &Url, env: &Env) -> Result<GuardedClient, CollectError> {
    let mut policy = Policy::of(asked)?;
    let host = crate::guard::plain_host(page).unwrap_or_default();
    let port = page.port_or_known_default().unwrap_or(0);
    let own = if host.contains(':') { format!("[{host}]:{port}") } else { format!("{host}:{port}") };
    let is_allowed = crate::guard::Allowed::new(&policy.allow_private).names(&host, port);
    policy.allow_private = if is_allowed { vec![own] } else { Vec::new() };
    policy.limits.retries = 0;
    policy.limits.request_ms = ANSWER_MS;
    policy.limits.wait_ms_max = TURN_MS;
    policy.limits.body_bytes_max = ANSWER_BYTES_MAX;
    Ok(GuardedClient::new(policy, env.clone()))
}

/// Why a request is not made; `None` when it may be. `page` is the address that is captured.
pub(super) fn refusal(method: &str, kind: &str, url: &Url, headers: &[(String, String)], page: &Url) -> Option<String> {
    if !matches!(url.scheme(), "http" | "https") {
        return Some(format!("only http and https are fetched, not {}", url.scheme()));
    }
    if method != "GET" {
        return Some(format!("nothing is sent: {method}"));
    }
    if let Some((_, why)) = UNUSED.iter().find(|(unused, _)| *unused == kind) {
        return Some((*why).to_owned());
    }
    let in_advance = |(name, value): &(String, String)| {
        (name.eq_ignore_ascii_case("sec-purpose") || name.eq_ignore_ascii_case("purpose")) && value.contains("prefetch")
    };
    if headers.iter().any(in_advance) {
        return Some("nothing is fetched in advance".to_owned());
    }
    // The browser calls these requests like any other of a script; what they accept tells them.
    if headers.iter().any(|(name, value)| name.eq_ignore_ascii_case("accept") && value.contains("text/event-stream")) {
        return Some("streams of events are not opened".to_owned());
    }
    if url.as_str().len() > ADDRESS_BYTES_MAX {
        return Some(format!("its address has more than {ADDRESS_BYTES_MAX} bytes"));
    }
    let port = url.port_or_known_default().unwrap_or(0);
    if url.origin() != page.origin() && !PORTS.contains(&port) {
        return Some(format!("port {port} is none of the web"));
    }
    None
}

/// Header lines that are carried on. Cookies go back only to the server whose page is captured.
pub(super) fn carried(headers: Vec<(String, String)>, url: &Url, page: &Url) -> Vec<(String, String)> {
    let own = url.origin() == page.origin();
    headers
        .into_iter()
        .map(|(name, value)| (name.to_ascii_lowercase(), value))
        .filter(|(name, _)| CARRIED.contains(&name.as_str()) || (own && name == "cookie"))
        .filter(|(_, value)| value.len() <= HEADER_BYTES_MAX && value.bytes().all(|byte| (32..127).contains(&byte)))
        .collect()
}

/// Threads that fetch for one capture; they end when it does, each after the answer that it waits for.
pub(super) struct Hands(Sender<Wanted>);

impl Hands {
    /// Starts them. What they fetch is handed to `to` under the number of the capture.
    pub(super) fn start(client: &Arc<GuardedClient>, capture: u64, to: &SyncSender<News>) -> std::io::Result<Self> {
        let (jobs, work) = channel::<Wanted>();
        let work = Arc::new(Mutex::new(work));
        for number in 0..HANDS {
            let (client, work, to) = (client.clone(), work.clone(), to.clone());
            std::thread::Builder::new()
                .name(format!("page-{number}"))
                .spawn(move || fetch_all(&client, &work, capture, &to))?;
        }
        Ok(Self(jobs))
    }

    /// Has a request made.
    pub(super) fn fetch(&self, wanted: Wanted) {
        // The hands outlive the capture, which holds this end; a lost request is one that is still open at the limit.
        self.0.send(wanted).ok();
    }
}

fn fetch_all(client: &GuardedClient, work: &Mutex<Receiver<Wanted>>, capture: u64, to: &SyncSender<News>) {
    loop {
        let next = work.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(wanted) = next else { return };
        let opts = GetOpts {
            endpoint: Some("part"),
            body_bytes_max: Some(wanted.bytes_max.min(ANSWER_BYTES_MAX)),
            headers: &wanted.headers,
            ..GetOpts::default()
        };
        let outcome = client.exchange(&wanted.url, &opts).map_err(|error| match error {
            CollectError::Timeout { .. } => "it did not come in time".to_owned(),
            CollectError::PrivateAddress { ip, kind, .. } => format!("{ip} is {kind}, where no page may lead"),
            error => error.to_string(),
        });
        let mut asked = wanted.headers;
        asked.push(("user-agent".to_owned(), client.user_agent().to_owned()));
        let fetched = Fetched {
            capture,
            session: wanted.session,
            request_id: wanted.request_id,
            outcome: outcome.map(|answer| Exchange::of(&wanted.url, asked, &answer)),
            url: wanted.url,
        };
        if to.send(News::Fetched(Box::new(fetched))).is_err() {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> Url {
        Url::parse(text).unwrap()
    }

    #[test]
    fn only_plain_questions_to_the_web_are_asked() {
        let page = url("http://lamp.example:8301/wick");
        let purpose = vec![("Sec-Purpose".to_owned(), "prefetch".to_owned())];
        let why =
            |method, kind, text: &str, headers: &[(String, String)]| refusal(method, kind, &url(text), headers, &page);
        for (kind, text) in [
            ("Document", "http://lamp.example:8301/wick"),
            ("Image", "https://other.example/a.png"),
            ("XHR", "http://lamp.example:8301/api"),
            ("Script", "https://other.example:8443/a.js"),
        ] {
            assert_eq!(why("GET", kind, text, &[]), None, "{text}");
        }
        for (method, kind, text, expected) in [
            ("POST", "XHR", "http://lamp.example:8301/api", "nothing is sent"),
            ("OPTIONS", "Preflight", "http://lamp.example:8301/api", "nothing is sent"),
            ("GET", "Ping", "http://lamp.example:8301/b", "beacons"),
            ("GET", "Media", "http://lamp.example:8301/a.mp4", "films"),
            ("GET", "Document", "file:///etc/passwd", "only http"),
            ("GET", "Other", "ftp://lamp.example/a", "only http"),
            ("GET", "WebSocket", "ws://lamp.example/a", "only http"),
            ("GET", "Image", "http://other.example:25/", "port 25"),
            ("GET", "Image", "http://lamp.example:8302/", "port 8302"),
        ] {
            assert!(why(method, kind, text, &[]).unwrap_or_default().contains(expected), "{text}");
        }
        let stream = vec![("Accept".to_owned(), "text/event-stream".to_owned())];
        assert!(why("GET", "XHR", "http://lamp.example:8301/s", &stream).unwrap().contains("streams"));
        assert!(why("GET", "Fetch", "http://lamp.example:8301/next", &purpose).unwrap().contains("in advance"));
        assert!(why("GET", "Image", &format!("http://a.example/?{}", "x".repeat(9_000)), &[]).is_some());
    }

    #[test]
    fn of_the_private_places_of_a_source_a_page_gets_its_own_server_alone() {
        let listen = || std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let (own, other) = (listen(), listen());
        other.set_nonblocking(true).unwrap();
        let at = |listener: &std::net::TcpListener| url(&format!("http://{}/", listener.local_addr().unwrap()));
        let source = crate::testing::source(vedette_core::SourceKind::Web, at(&own).as_str(), None);
        assert_eq!(source.asked.allow_private, ["127.0.0.1"], "the control: the source itself may reach every port");
        let client = client(&source.asked, &at(&own), &crate::testing::World::new().env()).unwrap();
        let refused = client.exchange(&at(&other), &GetOpts::default());
        assert!(matches!(refused, Err(CollectError::PrivateAddress { .. })), "{refused:?}");
        assert!(other.accept().is_err(), "nobody knocked");
        let answers = std::thread::spawn(move || {
            let (mut stream, _) = own.accept().unwrap();
            std::io::Read::read(&mut stream, &mut [0; 1024]).unwrap();
            std::io::Write::write_all(&mut stream, b"HTTP/1.1 404 No\r\nContent-Length: 2\r\n\r\nno").unwrap();
        });
        let own = source.asked.address.as_str();
        let answer = client.exchange(&url(own), &GetOpts::default()).unwrap();
        assert_eq!((answer.status, answer.body.as_slice()), (404, b"no".as_slice()), "any status is an answer");
        answers.join().unwrap();
    }

    #[test]
    fn cookies_go_back_to_the_captured_server_alone_and_nothing_else_tells_of_the_browser() {
        let page = url("https://lamp.example/");
        let headers = || {
            [
                ("Cookie", "id=1"),
                ("User-Agent", "Headless"),
                ("sec-ch-ua", "x"),
                ("Authorization", "b"),
                ("Accept", "image/*"),
                ("Referer", "https://lamp.example/\r\nX: y"),
            ]
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .to_vec()
        };
        let names = |to: &str| -> Vec<String> {
            carried(headers(), &url(to), &page).into_iter().map(|(name, _)| name).collect()
        };
        assert_eq!(names("https://lamp.example/a.png"), ["cookie", "accept"]);
        for other in ["https://cdn.example/a.png", "http://lamp.example/a.png", "https://lamp.example:444/"] {
            assert_eq!(names(other), ["accept"], "{other}");
        }
    }
}
