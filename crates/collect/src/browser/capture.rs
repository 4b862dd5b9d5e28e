//! One capture: a page is opened in a context of its own, let load within limits, scrolled once so that what loads late
//! loads, stopped, and taken: its elements as text, a picture of its whole length, an MHTML copy. Each request that it
//! makes is answered by us or refused.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::{Duration, Instant};

use data_encoding::BASE64;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use url::Url;

use super::BrowserError;
use super::devtools::{DevTools, Message, News};
use super::fetching::{self, Exchange, Fetched, Hands, Wanted};
use super::log::{CaptureLog, Refusal};
use crate::guard::{GuardedClient, Response, shown};

/// Time in which a page must say that it is loaded; then it is taken as it stands.
pub(super) const LOAD: Duration = Duration::from_secs(20);
/// Time that a loaded page may go on loading.
const SETTLE: Duration = Duration::from_secs(6);
/// Time without any request after which a page has settled.
const QUIET: Duration = Duration::from_millis(800);
/// Time for one answer of the browser.
pub(super) const ANSWER: Duration = Duration::from_secs(10);
/// Time for everything together; then the browser is ended.
pub(super) const CAPTURE: Duration = Duration::from_secs(75);
/// Width of the window in pixels, as on a usual screen.
pub(super) const WIDTH: u32 = 1_280;
/// Height of the window in pixels.
pub(super) const HEIGHT: u32 = 960;
/// Requests of one page; a newspaper's front page makes about two hundred.
const REQUESTS_MAX: usize = 400;
/// Bytes that one page may load; heavy ones have ten million.
const BYTES_MAX: usize = 32 * 1024 * 1024;
/// Frames and workers that are let run; more stay as they are.
const SESSIONS_MAX: usize = 40;
/// Dialogs of a page before its scripts are ended; an honest page opens one.
const DIALOGS_MAX: u32 = 50;
/// Windows that a page may try to open before the others are no longer told.
const POPUPS_MAX: u32 = 200;

/// What is to be captured.
pub(crate) struct Order<'a> {
    /// The page.
    pub(crate) url: &'a Url,
    /// Who fetches for it ([`fetching::client`]).
    pub(crate) client: Arc<GuardedClient>,
    /// The page itself, when it was fetched just now: it is not fetched a second time.
    pub(crate) seed: Option<(&'a Response, Vec<(String, String)>)>,
}

/// A page while it is captured.
pub(super) struct Visit<'a> {
    pub(super) tools: &'a mut DevTools,
    order: &'a Order<'a>,
    hands: Hands,
    number: u64,
    context: String,
    pub(super) session: String,
    target: String,
    sessions: HashSet<String>,
    /// Requests that are being fetched.
    open: usize,
    /// When the page last asked for something or got something.
    moved: Instant,
    loaded: Option<Instant>,
    /// Nothing more is fetched for it.
    closed: bool,
    bytes: usize,
    failed: Option<String>,
    pub(super) final_url: Url,
    pub(super) exchanges: Vec<Exchange>,
    pub(super) log: CaptureLog,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Paused {
    request_id: String,
    request: Asked,
    resource_type: String,
}

#[derive(Deserialize)]
struct Asked {
    url: String,
    method: String,
    headers: serde_json::Map<String, Value>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Attached {
    session_id: String,
    target_info: TargetInfo,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Created {
    target_info: TargetInfo,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct TargetInfo {
    target_id: String,
    r#type: String,
    browser_context_id: Option<String>,
}

#[derive(Deserialize)]
struct Navigated {
    frame: Frame,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Frame {
    parent_id: Option<String>,
    url: String,
}

#[derive(Deserialize)]
struct Socket {
    url: String,
}

impl<'a> Visit<'a> {
    /// Opens an empty page in a new context, with every request of it paused.
    pub(super) fn open(tools: &'a mut DevTools, order: &'a Order<'a>, number: u64) -> Result<Self, BrowserError> {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Made {
            browser_context_id: Option<String>,
            target_id: Option<String>,
            session_id: Option<String>,
        }
        let hands = Hands::start(&order.client, number, &tools.sender()).map_err(BrowserError::lost)?;
        let now = Instant::now();
        let mut visit = Self {
            tools,
            order,
            hands,
            number,
            context: String::new(),
            session: String::new(),
            target: String::new(),
            sessions: HashSet::new(),
            open: 0,
            moved: now,
            loaded: None,
            closed: false,
            bytes: 0,
            failed: None,
            final_url: order.url.clone(),
            exchanges: Vec::new(),
            log: CaptureLog::new(order.url, order.client.user_agent()),
        };
        let missing = || BrowserError::lost("it made no page");
        let made: Made = visit.call(None, "Target.createBrowserContext", &json!({"disposeOnDetach": true}))?;
        visit.context = made.browser_context_id.ok_or_else(missing)?;
        let context = visit.context.clone();
        visit.tools.send(None, "Target.setDiscoverTargets", &json!({"discover": true}))?;
        let deny = json!({"behavior": "deny", "browserContextId": context});
        visit.tools.send(None, "Browser.setDownloadBehavior", &deny)?;
        let page = json!({"url": "about:blank", "browserContextId": context, "width": WIDTH, "height": HEIGHT});
        let made: Made = visit.call(None, "Target.createTarget", &page)?;
        visit.target = made.target_id.ok_or_else(missing)?;
        let attach = json!({"targetId": visit.target, "flatten": true});
        let made: Made = visit.call(None, "Target.attachToTarget", &attach)?;
        visit.session = made.session_id.ok_or_else(missing)?;
        visit.sessions.insert(visit.session.clone());
        visit.prepare()?;
        Ok(visit)
    }

    fn prepare(&mut self) -> Result<(), BrowserError> {
        let session = self.session.clone();
        let size = json!({"width": WIDTH, "height": HEIGHT, "deviceScaleFactor": 1, "mobile": false});
        let agent = json!({"userAgent": self.order.client.user_agent(), "acceptLanguage": "en"});
        for (method, params) in [
            ("Page.enable", json!({})),
            ("Network.enable", json!({"maxTotalBufferSize": 0, "maxResourceBufferSize": 0})),
            ("Network.setBypassServiceWorker", json!({"bypass": true})),
            ("Emulation.setUserAgentOverride", agent),
            ("Emulation.setDeviceMetricsOverride", size),
            ("Emulation.setTimezoneOverride", json!({"timezoneId": "UTC"})),
        ] {
            self.tools.send(Some(&session), method, &params)?;
        }
        self.take_charge(&session)?;
        // Without the pause nothing would be fetched, and nothing could be: there is no network. But we want to know.
        let every = json!({"patterns": [{"urlPattern": "*", "requestStage": "Request"}]});
        self.call::<Value>(Some(&session), "Fetch.enable", &every).map(|_| ())
    }

    /// What a page, frame or worker makes in turn is stopped until we have taken charge of it too.
    fn take_charge(&mut self, session: &str) -> Result<(), BrowserError> {
        let attach = json!({"autoAttach": true, "waitForDebuggerOnStart": true, "flatten": true});
        self.tools.send(Some(session), "Target.setAutoAttach", &attach).map(|_| ())
    }

    /// Asks the browser and heeds what happens meanwhile.
    pub(super) fn call<T: DeserializeOwned>(
        &mut self,
        session: Option<&str>,
        method: &str,
        params: &Value,
    ) -> Result<T, BrowserError> {
        let id = self.tools.send(session, method, params)?;
        let deadline = Instant::now() + ANSWER;
        loop {
            match self.tools.next(deadline)? {
                None => return Err(BrowserError::Limit { what: format!("{method} was not answered in time") }),
                Some(News::Message(message)) if message.answers(id) => {
                    return message.result().map_err(|why| BrowserError::Page { why: format!("{method}: {why}") });
                }
                Some(news) => self.heed(news)?,
            }
        }
    }

    /// Opens the address and lets the page load, within limits.
    pub(super) fn load(&mut self) -> Result<(), BrowserError> {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Went {
            error_text: Option<String>,
            #[serde(default)]
            is_download: bool,
        }
        let (session, begun) = (self.session.clone(), Instant::now());
        let deadline = begun + LOAD;
        let id = self.tools.send(Some(&session), "Page.navigate", &json!({"url": self.order.url.as_str()}))?;
        while self.loaded.is_none() {
            match self.tools.next(deadline)? {
                None => {
                    self.log.limits.push(format!("it was not loaded after {} s", LOAD.as_secs()));
                    break;
                }
                Some(News::Message(message)) if message.answers(id) => {
                    let went: Went = message.result().map_err(|why| BrowserError::Page { why })?;
                    if went.is_download {
                        return Err(BrowserError::Page { why: "it is a file and no page".to_owned() });
                    }
                    if let Some(why) = went.error_text {
                        return Err(BrowserError::Page { why });
                    }
                }
                Some(news) => self.heed(news)?,
            }
        }
        self.settle(deadline.min(Instant::now() + SETTLE))
    }

    /// Waits until nothing was asked for a moment.
    pub(super) fn settle(&mut self, deadline: Instant) -> Result<(), BrowserError> {
        loop {
            let quiet_at = self.moved + QUIET;
            let now = Instant::now();
            if self.open == 0 && now >= quiet_at {
                return Ok(());
            }
            if now >= deadline {
                self.log.limits.push("it had not stopped loading".to_owned());
                return Ok(());
            }
            let until = if self.open == 0 { quiet_at.min(deadline) } else { deadline };
            if let Some(news) = self.tools.next(until)? {
                self.heed(news)?;
            }
        }
    }

    /// Heeds what happens for a while.
    pub(super) fn idle(&mut self, time: Duration) -> Result<(), BrowserError> {
        let until = Instant::now() + time;
        while let Some(news) = self.tools.next(until)? {
            self.heed(news)?;
        }
        Ok(())
    }

    /// From here on the page gets nothing more, and its scripts stop, even one that runs without end: what is taken from it
    /// is one state.
    pub(super) fn stop(&mut self) -> Result<(), BrowserError> {
        self.closed = true;
        self.end_scripts()?;
        let session = self.session.clone();
        self.tools.send(Some(&session), "Page.stopLoading", &json!({}))?;
        self.failed.take().map_or(Ok(()), |why| Err(BrowserError::Page { why }))
    }

    /// Ends scripts that run, and lets no other begin.
    pub(super) fn end_scripts(&mut self) -> Result<(), BrowserError> {
        let session = self.session.clone();
        self.tools.send(Some(&session), "Emulation.setScriptExecutionDisabled", &json!({"value": true}))?;
        self.tools.send(Some(&session), "Runtime.terminateExecution", &json!({})).map(|_| ())
    }

    /// Whether the page said that it is loaded.
    pub(super) fn is_loaded(&self) -> bool {
        self.loaded.is_some()
    }

    /// Name of the page's own frame.
    pub(super) fn frame(&self) -> &str {
        &self.target
    }

    /// Ends the context with all that the page left in it.
    pub(super) fn close(mut self) -> Result<(), BrowserError> {
        self.closed = true;
        let context = json!({"browserContextId": self.context});
        self.call::<Value>(None, "Target.disposeBrowserContext", &context).map(|_| ())
    }

    fn heed(&mut self, news: News) -> Result<(), BrowserError> {
        match news {
            News::Fetched(fetched) if fetched.capture == self.number => self.fulfil(*fetched),
            News::Message(message) => self.hear(&message),
            // Of an earlier capture; `Closed` never comes here.
            News::Fetched(_) | News::Closed(_) => Ok(()),
        }
    }

    fn hear(&mut self, message: &Message) -> Result<(), BrowserError> {
        let Some(method) = message.method.as_deref() else { return Ok(()) };
        if method == "Target.targetCreated" {
            return self.close_window(message);
        }
        let Some(session) = message.session.as_ref().filter(|session| self.sessions.contains(*session)) else {
            return Ok(());
        };
        let is_page = *session == self.session;
        match method {
            "Fetch.requestPaused" => self.judge(session, message),
            "Target.attachedToTarget" => self.attach(message),
            "Page.javascriptDialogOpening" => {
                self.log.dialogs += 1;
                let dismiss = json!({"accept": false});
                self.tools.send(Some(session), "Page.handleJavaScriptDialog", &dismiss)?;
                // So many, or one in a page that was stopped, are those of a script without end.
                if self.log.dialogs == DIALOGS_MAX {
                    self.log.limit(format!("it opened {DIALOGS_MAX} dialogs, and its scripts were ended"));
                }
                if self.closed || self.log.dialogs >= DIALOGS_MAX { self.end_scripts() } else { Ok(()) }
            }
            "Page.loadEventFired" if is_page => {
                self.loaded = Some(Instant::now());
                Ok(())
            }
            "Page.frameNavigated" if is_page => {
                if let Some(Navigated { frame: Frame { parent_id: None, url } }) = message.told() {
                    self.loaded = None;
                    if let Ok(url) = Url::parse(&url) {
                        self.final_url = url;
                    }
                }
                Ok(())
            }
            "Network.webSocketCreated" => {
                if let Some(Socket { url }) = message.told() {
                    self.refused(&url, "WebSocket", "web sockets are not opened");
                }
                Ok(())
            }
            "Inspector.targetCrashed" if is_page => {
                Err(BrowserError::Limit { what: "the page's process ended, as it does without memory".to_owned() })
            }
            _ => Ok(()),
        }
    }

    /// Frames are taken charge of like the page; workers ask by way of their page and are only let go on.
    fn attach(&mut self, message: &Message) -> Result<(), BrowserError> {
        let Some(attached) = message.told::<Attached>() else { return Ok(()) };
        if self.sessions.len() >= SESSIONS_MAX {
            return Ok(());
        }
        let session = attached.session_id;
        self.sessions.insert(session.clone());
        match attached.target_info.r#type.as_str() {
            "page" => {
                return self
                    .tools
                    .send(None, "Target.closeTarget", &json!({"targetId": attached.target_info.target_id}))
                    .map(|_| ());
            }
            "iframe" => {
                self.take_charge(&session)?;
                let every = json!({"patterns": [{"urlPattern": "*", "requestStage": "Request"}]});
                self.tools.send(Some(&session), "Network.enable", &json!({"maxTotalBufferSize": 0}))?;
                self.tools.send(Some(&session), "Page.enable", &json!({}))?;
                self.tools.send(Some(&session), "Fetch.enable", &every)?;
            }
            _ => self.take_charge(&session)?,
        }
        self.tools.send(Some(&session), "Runtime.runIfWaitingForDebugger", &json!({})).map(|_| ())
    }

    /// A window that the page opens is closed.
    fn close_window(&mut self, message: &Message) -> Result<(), BrowserError> {
        let Some(Created { target_info: target }) = message.told() else { return Ok(()) };
        let ours = target.browser_context_id.as_ref() == Some(&self.context);
        if !ours || target.r#type != "page" || target.target_id == self.target || self.target.is_empty() {
            return Ok(());
        }
        self.log.popups = (self.log.popups + 1).min(POPUPS_MAX);
        self.tools.send(None, "Target.closeTarget", &json!({"targetId": target.target_id})).map(|_| ())
    }

    fn judge(&mut self, session: &str, message: &Message) -> Result<(), BrowserError> {
        let Some(paused) = message.told::<Paused>() else { return Ok(()) };
        self.moved = Instant::now();
        let headers: Vec<(String, String)> = paused
            .request
            .headers
            .into_iter()
            .filter_map(|(name, value)| Some((name, value.as_str()?.to_owned())))
            .collect();
        let method = paused.request.method.as_str();
        let url = match Url::parse(&paused.request.url) {
            Ok(url) => url,
            Err(error) => {
                self.refused(&paused.request.url, &paused.resource_type, &error.to_string());
                return self.fail(session, &paused.request_id, "AddressUnreachable");
            }
        };
        // What stands in the page itself asks nobody.
        if matches!(url.scheme(), "data" | "blob" | "about") {
            let go_on = json!({"requestId": paused.request_id});
            return self.tools.send(Some(session), "Fetch.continueRequest", &go_on).map(|_| ());
        }
        let over = if self.closed {
            Some("the page is being taken".to_owned())
        } else if self.log.requests >= REQUESTS_MAX {
            self.log.limit(format!("it made more than {REQUESTS_MAX} requests"));
            Some("too many requests".to_owned())
        } else if self.bytes >= BYTES_MAX {
            self.log.limit(format!("it loaded more than {BYTES_MAX} bytes"));
            Some("too many bytes".to_owned())
        } else {
            fetching::refusal(method, &paused.resource_type, &url, &headers, self.order.url)
        };
        if let Some(why) = over {
            self.refused(url.as_str(), &paused.resource_type, &why);
            return self.fail(session, &paused.request_id, "BlockedByClient");
        }
        self.log.requests += 1;
        self.open += 1;
        if let Some((answer, asked)) = &self.order.seed
            && self.exchanges.is_empty()
            && paused.resource_type == "Document"
            && url == *self.order.url
        {
            let exchange = Exchange::of(&url, asked.clone(), answer);
            let (session, request_id, capture) = (session.to_owned(), paused.request_id, self.number);
            return self.fulfil(Fetched { capture, session, request_id, url, outcome: Ok(exchange) });
        }
        self.hands.fetch(Wanted {
            session: session.to_owned(),
            request_id: paused.request_id,
            headers: fetching::carried(headers, &url, self.order.url),
            url,
            bytes_max: (BYTES_MAX - self.bytes) as u64,
        });
        Ok(())
    }

    /// Gives the page what was fetched, exactly as it goes into the archive.
    fn fulfil(&mut self, fetched: Fetched) -> Result<(), BrowserError> {
        self.moved = Instant::now();
        self.open = self.open.saturating_sub(1);
        let exchange = match fetched.outcome {
            Ok(exchange) => exchange,
            Err(why) => {
                self.refused(fetched.url.as_str(), "", &why);
                if self.exchanges.is_empty() && fetched.url == *self.order.url {
                    self.failed = Some(why);
                }
                return self.fail(&fetched.session, &fetched.request_id, "Failed");
            }
        };
        if self.closed || self.bytes + exchange.body.len() > BYTES_MAX {
            self.log.limit(format!("it loaded more than {BYTES_MAX} bytes, or too late"));
            self.refused(fetched.url.as_str(), "", "fetched and not given to the page: too late or too much");
            return self.fail(&fetched.session, &fetched.request_id, "BlockedByClient");
        }
        self.bytes += exchange.body.len();
        self.log.bytes = self.bytes;
        let answer = json!({
            "requestId": fetched.request_id,
            "responseCode": exchange.status.clamp(200, 599),
            "responseHeaders": given_headers(&exchange.headers),
            "body": BASE64.encode(&exchange.body),
        });
        self.exchanges.push(exchange);
        self.tools.send(Some(&fetched.session), "Fetch.fulfillRequest", &answer).map(|_| ())
    }

    fn fail(&mut self, session: &str, request_id: &str, reason: &str) -> Result<(), BrowserError> {
        let failed = json!({"requestId": request_id, "errorReason": reason});
        self.tools.send(Some(session), "Fetch.failRequest", &failed).map(|_| ())
    }

    fn refused(&mut self, address: &str, kind: &str, why: &str) {
        let address = Url::parse(address).map_or_else(|_| address.to_owned(), |url| shown(&url));
        self.log.refuse(Refusal::new(&address, kind, why));
    }
}

/// Header lines for the browser: the body is unpacked and whole, and nothing is to be kept for later.
fn given_headers(headers: &[(String, String)]) -> Vec<Value> {
    let other = ["alt-svc", "content-encoding", "content-length", "strict-transport-security", "transfer-encoding"];
    let is_name = |name: &str| {
        !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte))
    };
    headers
        .iter()
        .filter(|(name, _)| is_name(name) && !other.contains(&name.as_str()))
        .map(|(name, value)| {
            let value: String = value.chars().filter(|ch| !ch.is_control()).collect();
            json!({"name": name, "value": value})
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_browser_is_given_headers_that_fit_the_unpacked_body() {
        let headers = [
            ("content-type", "text/html"),
            ("content-encoding", "gzip"),
            ("content-length", "7"),
            ("bad name", "x"),
            ("x-split", "a\r\nb"),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()));
        let given = given_headers(&headers);
        assert_eq!(
            given,
            [json!({"name": "content-type", "value": "text/html"}), json!({"name": "x-split", "value": "ab"})]
        );
    }
}
