//! The ground that the mock servers stand on: a small HTTP server on loopback that hands each request to a plain function, keeps a
//! log of who asked what and with which credentials, and shows faults on demand: refusals, bodies cut off in the middle, stalls.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener};
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::thread::JoinHandle;

use axum::Router;
use axum::body::{Body, Bytes, HttpBody};
use axum::extract::{ConnectInfo, Query, Request, State};
use axum::http::{Response, Uri};
use http_body::{Frame, SizeHint};
use tokio::sync::oneshot;

use crate::TestkitError;
use crate::door::{Door, Peer, Upgrading};

/// A request body larger than this is refused: nobody sends more than a login.
const REQUEST_BYTES_MAX: usize = 1 << 20;
/// Older lines of the request log are dropped beyond this, so that a demonstration can run for weeks.
const LOG_LINES_MAX: usize = 100_000;

/// A request, taken apart.
#[derive(Debug, Clone)]
pub struct Asked {
    /// `GET`, `POST`, …
    pub method: String,
    /// Path without the query.
    pub path: String,
    /// Query parameters, decoded.
    pub query: BTreeMap<String, String>,
    /// Headers, names in lower case.
    pub headers: BTreeMap<String, String>,
    /// Body bytes.
    pub body: Vec<u8>,
    /// Who asked.
    pub peer: IpAddr,
}

impl Asked {
    /// A query parameter.
    pub fn param(&self, name: &str) -> Option<&str> {
        self.query.get(name).map(String::as_str)
    }

    /// A header, by its lower-case name.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(String::as_str)
    }

    /// Whether the request carries anything that would let its receiver act as the sender.
    pub fn has_credentials(&self) -> bool {
        let names = ["x-auth-token", "x-user-id", "authorization", "cookie"];
        let in_body = || String::from_utf8_lossy(&self.body).contains("\"password\"");
        names.iter().any(|name| self.headers.contains_key(*name)) || self.query.contains_key("rc_token") || in_body()
    }
}

/// How much of the body is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Delivery {
    /// All of it.
    #[default]
    Whole,
    /// The connection is dropped after this many bytes, although the length of the whole was announced.
    DropAfter(usize),
    /// Nothing more comes after this many bytes, and the connection stays open.
    StallAfter(usize),
}

/// An answer, before it is sent.
#[derive(Debug, Clone, Default)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// Headers.
    pub headers: Vec<(String, String)>,
    /// Body bytes.
    pub body: Vec<u8>,
    /// How much of the body is sent.
    pub delivery: Delivery,
}

impl Answer {
    /// An answer with a body of the given media type.
    pub fn new(status: u16, media_type: &str, body: impl Into<Vec<u8>>) -> Self {
        let headers = vec![("content-type".to_owned(), media_type.to_owned())];
        Self { status, headers, body: body.into(), delivery: Delivery::Whole }
    }

    /// An answer in JSON.
    pub fn json(status: u16, value: &serde_json::Value) -> Self {
        Self::new(status, "application/json", value.to_string())
    }

    /// The same answer with one header more.
    #[must_use]
    pub fn header(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.push((name.to_owned(), value.into()));
        self
    }
}

/// A line of the request log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Logged {
    /// `GET`, `POST`, …
    pub method: String,
    /// Path without the query.
    pub path: String,
    /// Query parameters, decoded.
    pub query: BTreeMap<String, String>,
    /// Whether the request carried credentials.
    pub had_credentials: bool,
    /// Whether the address carried them, where proxies and logs see them.
    pub credentials_in_address: bool,
    /// The status it got.
    pub status: u16,
}

/// Something that goes wrong on demand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// This status with this JSON body instead of the answer.
    Status(u16, String),
    /// A 429 in Rocket.Chat's words, asking to wait this many seconds.
    TooManyRequests(u64),
    /// A 401 in Rocket.Chat's words, as after a token ran out.
    Unauthorized,
    /// The answer's body is cut off after this many bytes and the connection dropped.
    DropMidBody(usize),
    /// The answer's body stops after this many bytes and nothing more comes.
    StallMidBody(usize),
    /// Sends the asker elsewhere.
    Redirect(String),
    /// A success whose body is not what was asked for, such as a proxy's login page.
    NotJson,
}

#[derive(Debug)]
struct Planned {
    part_of_path: String,
    fault: Fault,
    times: u32,
}

/// The request log and the planned faults of a mock server; clones share both.
#[derive(Debug, Clone, Default)]
pub struct Desk {
    log: Arc<Mutex<Vec<Logged>>>,
    planned: Arc<Mutex<Vec<Planned>>>,
}

impl Desk {
    /// The next `times` requests whose path contains `part_of_path` meet `fault`.
    pub fn plan(&self, part_of_path: &str, fault: Fault, times: u32) {
        locked(&self.planned).push(Planned { part_of_path: part_of_path.to_owned(), fault, times });
    }

    /// Requests so far, oldest first.
    pub fn requests(&self) -> Vec<Logged> {
        locked(&self.log).clone()
    }

    /// Answers a request by `usual` unless a fault was planned for it, and logs it.
    pub fn answer(&self, asked: &Asked, usual: impl FnOnce(&Asked) -> Answer) -> Answer {
        let answer = match self.due(&asked.path) {
            None => usual(asked),
            Some(Fault::DropMidBody(bytes)) => Answer { delivery: Delivery::DropAfter(bytes), ..usual(asked) },
            Some(Fault::StallMidBody(bytes)) => Answer { delivery: Delivery::StallAfter(bytes), ..usual(asked) },
            Some(Fault::Status(status, body)) => Answer::new(status, "application/json", body),
            Some(Fault::TooManyRequests(seconds)) => limited(seconds),
            Some(Fault::Unauthorized) => {
                Answer::json(401, &serde_json::json!({"success": false, "error": "You must be logged in to do this."}))
            }
            Some(Fault::Redirect(to)) => Answer::new(302, "text/plain", "").header("location", to),
            Some(Fault::NotJson) => Answer::new(200, "text/html", "<html><title>Sign in to the network</title></html>"),
        };
        let mut log = locked(&self.log);
        if log.len() >= LOG_LINES_MAX {
            log.drain(..LOG_LINES_MAX / 2);
        }
        log.push(Logged {
            method: asked.method.clone(),
            path: asked.path.clone(),
            query: asked.query.clone(),
            had_credentials: asked.has_credentials(),
            credentials_in_address: asked.query.contains_key("rc_token"),
            status: answer.status,
        });
        answer
    }

    fn due(&self, path: &str) -> Option<Fault> {
        let mut planned = locked(&self.planned);
        let found = planned.iter_mut().find(|plan| plan.times > 0 && path.contains(&plan.part_of_path))?;
        found.times -= 1;
        Some(found.fault.clone())
    }
}

/// The 429 with the headers that a real limiter would add.
fn limited(seconds: u64) -> Answer {
    let reset = jiff::Timestamp::now().as_millisecond() + i64::try_from(seconds).unwrap_or(0) * 1_000;
    let answer = too_many_requests(seconds).header("x-ratelimit-limit", "10");
    answer.header("x-ratelimit-remaining", "0").header("x-ratelimit-reset", reset.to_string())
}

/// The 429 of Rocket.Chat, without the headers that its limiter adds.
pub(crate) fn too_many_requests(seconds: u64) -> Answer {
    let error = format!(
        "Error, too many requests. Please slow down. You must wait {seconds} seconds before trying this endpoint again. [error-too-many-requests]"
    );
    Answer::json(429, &serde_json::json!({"success": false, "error": error}))
}

/// A lock whose holder panicked still guards usable data in a mock.
pub(crate) fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A function that answers requests.
pub type Answering = Arc<dyn Fn(&Asked) -> Answer + Send + Sync>;

/// A running server; it stops when dropped.
#[derive(Debug)]
pub struct Server {
    address: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    /// Listens on a free port of 127.0.0.1.
    pub fn start(answering: Answering) -> Result<Self, TestkitError> {
        Self::start_on(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)), answering)
    }

    /// Listens on `address`, in a thread of its own.
    pub fn start_on(address: SocketAddr, answering: Answering) -> Result<Self, TestkitError> {
        Self::start_with(address, answering, None)
    }

    /// Listens on `address`; who asks for `…/websocket` is given to `upgrading`.
    pub fn start_with(
        address: SocketAddr,
        answering: Answering,
        upgrading: Option<Upgrading>,
    ) -> Result<Self, TestkitError> {
        let failed = |source| TestkitError::Listen { address: address.to_string(), source };
        let listener = TcpListener::bind(address).map_err(failed)?;
        listener.set_nonblocking(true).map_err(failed)?;
        let address = listener.local_addr().map_err(failed)?;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(failed)?;
        let (stop, stopped) = oneshot::channel::<()>();
        let thread = std::thread::spawn(move || {
            runtime.block_on(async move {
                let Ok(listener) = tokio::net::TcpListener::from_std(listener) else {
                    return;
                };
                let listener = Door::open(listener, address, upgrading);
                let router = Router::new().fallback(handle).with_state(answering);
                let service = router.into_make_service_with_connect_info::<Peer>();
                // Either way the server is over: it was told to stop, or it cannot accept any more.
                tokio::select! {
                    _ = axum::serve(listener, service) => {}
                    _ = stopped => {}
                }
            });
        });
        Ok(Self { address, stop: Some(stop), thread: Some(thread) })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// `http://127.0.0.1:PORT`.
    pub fn base_url(&self) -> String {
        format!("http://{}", self.address)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Errors mean that the thread is already gone, which is what is wanted.
        if let Some(stop) = self.stop.take() {
            stop.send(()).ok();
        }
        if let Some(thread) = self.thread.take() {
            thread.join().ok();
        }
    }
}

async fn handle(
    State(answering): State<Answering>,
    ConnectInfo(Peer(peer)): ConnectInfo<Peer>,
    request: Request,
) -> Response<Body> {
    let (parts, body) = request.into_parts();
    let Ok(body) = axum::body::to_bytes(body, REQUEST_BYTES_MAX).await else {
        return response(Answer::new(413, "text/plain", "too large"));
    };
    let headers = parts.headers.iter();
    let asked = Asked {
        method: parts.method.to_string(),
        path: parts.uri.path().to_owned(),
        query: decoded_query(&parts.uri),
        headers: headers
            .map(|(name, value)| (name.to_string(), String::from_utf8_lossy(value.as_bytes()).into_owned()))
            .collect(),
        body: body.to_vec(),
        peer: peer.ip(),
    };
    response(answering(&asked))
}

fn decoded_query(uri: &Uri) -> BTreeMap<String, String> {
    Query::<BTreeMap<String, String>>::try_from_uri(uri).map(|Query(query)| query).unwrap_or_default()
}

fn response(answer: Answer) -> Response<Body> {
    let mut builder = Response::builder().status(answer.status);
    for (name, value) in &answer.headers {
        builder = builder.header(name, value);
    }
    let body = match answer.delivery {
        Delivery::Whole => Body::from(answer.body),
        Delivery::DropAfter(bytes) => Body::new(Broken::new(answer.body, bytes, false)),
        Delivery::StallAfter(bytes) => Body::new(Broken::new(answer.body, bytes, true)),
    };
    builder.body(body).unwrap_or_else(|_| Response::new(Body::from("the mock was given an impossible header")))
}

/// A body that announces its whole length and then does not keep its word.
struct Broken {
    start: Option<Bytes>,
    announced: u64,
    stalls: bool,
}

impl Broken {
    fn new(mut whole: Vec<u8>, bytes: usize, stalls: bool) -> Self {
        let announced = whole.len() as u64;
        // At least one byte must be missing, or nothing would be broken.
        whole.truncate(bytes.min(whole.len().saturating_sub(1)));
        Self { start: Some(Bytes::from(whole)), announced, stalls }
    }
}

impl HttpBody for Broken {
    type Data = Bytes;
    type Error = std::io::Error;

    fn poll_frame(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, std::io::Error>>> {
        match self.start.take() {
            Some(start) if !start.is_empty() => Poll::Ready(Some(Ok(Frame::data(start)))),
            _ if self.stalls => Poll::Pending,
            _ => Poll::Ready(Some(Err(std::io::Error::other("dropped on purpose")))),
        }
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.announced)
    }
}
