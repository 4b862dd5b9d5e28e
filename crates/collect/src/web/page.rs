//! One web page: asked for only when it changed, and a new version only when its main text, title or files did. The answer,
//! byte for byte, is the exhibit; the version is told by the main text written again as plain HTML ([`super::main_text`]).
//! Where the source says so, a browser captures the page ([`super::captured`]).

use encoding_rs::Encoding;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use url::Url;
use vedette_core::limits::POST_TEXT_BYTES_MAX;
use vedette_core::{Cursor, Found, FoundFile, Haul, Markup, NewSource, PageKeep, Render, RequestRecord, VersionState};

use super::{captured, main_text};
use crate::browser::Taken;
use crate::folder::cut_text;
use crate::guard::{GetOpts, GuardedClient, Policy, Response, shown};
use crate::{CollectError, Env, FILE_BYTES_MAX, FILE_REQUEST_MS, HAUL_FILE_BYTES_MAX, capped};

/// Connector and version, as records name it.
pub(super) const NAME: &str = "web/1";
/// Bytes of a page.
const PAGE_BYTES_MAX: u64 = 32 * 1024 * 1024;
/// Files of one page that are fetched; a gallery has some dozens.
const FILES_MAX: usize = 32;
/// Bytes of a validator that is sent back to the server.
const VALIDATOR_BYTES_MAX: usize = 1_024;
/// What a reader of pages says it wants.
pub(super) const ACCEPT: &str = "text/html, application/xhtml+xml, text/plain;q=0.9, */*;q=0.5";

/// Where one page stands.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct PageState {
    pub(super) url: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) etag: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) last_modified: Option<String>,
    /// Digest of what it said at the first visit.
    first: String,
    /// Digest of what it said at the last visit, before any script ran.
    last: String,
    /// Digest of what it said in a browser, when it was last read there.
    #[serde(skip_serializing_if = "String::is_empty")]
    rendered: String,
    /// It has no text before its scripts ran.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    wordless: bool,
    /// The browser failed at the last visit, which was told.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    uncaptured: bool,
    /// It was gone at the last visit.
    gone: bool,
    /// Epoch seconds of the last visit.
    pub(super) checked_s: i64,
}

impl PageState {
    pub(super) fn new(url: impl Into<String>) -> Self {
        Self { url: url.into(), ..Self::default() }
    }
}

/// Fetches pages for one source.
pub(super) struct Pages {
    pub(super) client: GuardedClient,
    pub(super) address: Url,
    pub(super) asked: NewSource,
    pub(super) env: Env,
}

impl Pages {
    pub(super) fn new(asked: &NewSource, env: Env) -> Result<Self, CollectError> {
        let mut address = Url::parse(&asked.address).map_err(|error| CollectError::BadAddress {
            address: asked.address.clone(),
            why: format!("{error}; give the page's whole address, such as https://press.example/news/"),
        })?;
        address.set_fragment(None);
        let mut policy = Policy::of(asked)?;
        policy.limits.body_bytes_max = PAGE_BYTES_MAX;
        Ok(Self { client: GuardedClient::new(policy, env.clone()), address, asked: asked.clone(), env })
    }

    /// The page as it is now; `None` when the server says that it did not change.
    pub(super) fn get(&self, url: &Url, state: &PageState) -> Result<Option<Response>, CollectError> {
        let opts = GetOpts {
            endpoint: Some("page"),
            accept: Some(ACCEPT),
            if_none_match: state.etag.as_deref(),
            if_modified_since: state.last_modified.as_deref(),
            ..GetOpts::default()
        };
        Ok(Some(self.client.get(url, &opts)?).filter(|answer| answer.status != 304))
    }

    /// Visits a page. `Some` is a haul without a cursor; the state is that after it.
    pub(super) fn visit(&self, state: &mut PageState) -> Result<Option<Haul>, CollectError> {
        let url = Url::parse(&state.url).map_err(|error| CollectError::BadCursor { why: error.to_string() })?;
        state.checked_s = self.env.now().as_second();
        // What only scripts write can change while the answer does not.
        let each_time = self.reads_in_browser(state.wordless);
        let unknown = PageState::default();
        match self.get(&url, if each_time { &unknown } else { state }) {
            Ok(None) => Ok(None),
            Ok(Some(answer)) => self.read(&answer, state),
            Err(CollectError::NotFound { status, .. }) if !state.first.is_empty() => {
                let told = !std::mem::replace(&mut state.gone, true);
                Ok(told.then(|| self.gone(state, status)))
            }
            Err(error) => Err(error),
        }
    }

    fn reads_in_browser(&self, wordless: bool) -> bool {
        match self.asked.reach.render {
            Render::Never => false,
            Render::Changed => wordless,
            Render::Always => true,
        }
    }

    fn read(&self, answer: &Response, state: &mut PageState) -> Result<Option<Haul>, CollectError> {
        let mut notes = Vec::new();
        let (mut found, mut files) = self.found(answer, None, state, &mut notes);
        let plain = digest_of(&found, &files);
        let validator = |name: &str| {
            answer.header(name).filter(|text| text.len() <= VALIDATOR_BYTES_MAX && text.is_ascii()).map(str::to_owned)
        };
        (state.etag, state.last_modified) = (validator("etag"), validator("last-modified"));
        let is_page = is_html(answer);
        state.wordless = is_page && found.text.trim().is_empty();
        let each_time = is_page && self.reads_in_browser(state.wordless);
        let mut taken = if each_time { self.capture(answer, state, &mut notes) } else { None };
        let mut changed = state.last != plain;
        if let Some(taken) = &taken {
            notes.clear();
            (found, files) = self.found(answer, Some(taken), state, &mut notes);
            let rendered = digest_of(&found, &files);
            changed = state.rendered != rendered;
            state.rendered = rendered;
        }
        state.last = plain;
        let back = std::mem::replace(&mut state.gone, false);
        if !changed && !back {
            // That the browser fails is told once, though nothing else is new.
            let told = notes.iter().any(|note| note.starts_with(captured::FAILED));
            return Ok(told.then(|| self.only_notes(answer, notes)));
        }
        if is_page && !each_time && self.asked.reach.render == Render::Changed {
            taken = self.capture(answer, state, &mut notes);
        }
        let is_first = state.first.is_empty();
        if is_first {
            state.first = digest_of(&found, &files);
        } else {
            found.state = VersionState::Edited;
        }
        if found.files.is_empty() {
            self.fetch_files(&mut found, &files, taken.as_ref(), &mut notes)?;
        }
        if let Some(taken) = &taken {
            notes.extend(taken.log.notes());
            found.files.splice(0..0, captured::files(taken, self.env.now()));
        }
        Ok(Some(self.haul(&answer.final_url, answer.status, answer.body.clone(), found, notes)))
    }

    /// Captures the page in the browser; that it failed is told once, until it works again.
    fn capture(&self, answer: &Response, state: &mut PageState, notes: &mut Vec<String>) -> Option<Taken> {
        match captured::capture(self, answer) {
            Ok(taken) => {
                state.uncaptured = false;
                Some(taken)
            }
            Err(why) => {
                tracing::info!(url = %shown(&answer.final_url), why, "a page was not captured");
                if !std::mem::replace(&mut state.uncaptured, true) {
                    notes.push(format!("{} {}: {why}", captured::FAILED, shown(&answer.final_url)));
                }
                None
            }
        }
    }

    /// A haul that brings nothing but what is to be told.
    fn only_notes(&self, answer: &Response, mut notes: Vec<String>) -> Haul {
        Haul {
            request: RequestRecord {
                url: shown(&answer.final_url),
                connector: NAME.to_owned(),
                status: answer.status,
                fetched_at: self.env.now(),
            },
            page: answer.body.clone(),
            page_keep: PageKeep::HashOnly("the page did not change".to_owned()),
            found: Vec::new(),
            cursor: None,
            notes: capped(&mut notes),
            gaps: Vec::new(),
            complete: None,
        }
    }

    /// The post that a page is, and its files: as its answer has it, or as it was in the browser.
    fn found(
        &self,
        answer: &Response,
        taken: Option<&Taken>,
        state: &PageState,
        notes: &mut Vec<String>,
    ) -> (Found, Vec<Url>) {
        let address = taken.map_or(&answer.final_url, |taken| &taken.url);
        let kind = answer.header("content-type").unwrap_or("text/html").to_ascii_lowercase();
        let mut found = Found {
            native_id: state.url.clone(),
            exhibit: answer.body.clone(),
            exhibit_type: cut_text(kind.clone(), 200),
            state: VersionState::Posted,
            title: None,
            text: String::new(),
            markup: Markup::Html,
            url: Some(shown(address)),
            posted_at: None,
            edited_at: None,
            author: None,
            handles: Vec::new(),
            thread_of: None,
            lang: None,
            files: Vec::new(),
        };
        if kind.contains("html") {
            let read = match taken {
                Some(taken) => main_text::read(&taken.elements, address),
                None => main_text::read(&decoded(&answer.body, &kind), address),
            };
            match read {
                Ok(main) => {
                    (found.title, found.lang, found.posted_at) = (main.title, main.lang, main.published);
                    if main.html.len() > POST_TEXT_BYTES_MAX {
                        notes.push(format!(
                            "a page has {} bytes of text: the first {POST_TEXT_BYTES_MAX} are read",
                            main.html.len()
                        ));
                    }
                    found.text = cut_text(main.html, POST_TEXT_BYTES_MAX);
                    return (found, main.files);
                }
                Err(why) => notes.push(format!("{} was kept and not read: {why}", state.url)),
            }
        } else if kind.starts_with("text/") || kind.contains("json") {
            found.markup = Markup::Plain;
            found.text = cut_text(decoded(&answer.body, &kind), POST_TEXT_BYTES_MAX);
            return (found, Vec::new());
        }
        found.markup = Markup::Plain;
        let name = answer.final_url.path().rsplit('/').next().filter(|name| !name.is_empty()).unwrap_or("page");
        found.files.push(FoundFile {
            name: cut_text(name.to_owned(), 255),
            media_type: Some(found.exhibit_type.clone()),
            url: found.url.clone(),
            bytes: Ok(answer.body.clone()),
        });
        (found, vec![answer.final_url.clone()])
    }

    fn fetch_files(
        &self,
        found: &mut Found,
        files: &[Url],
        taken: Option<&Taken>,
        notes: &mut Vec<String>,
    ) -> Result<(), CollectError> {
        if files.len() > FILES_MAX {
            notes.push(format!("a page has {} files: the first {FILES_MAX} are fetched", files.len()));
        }
        let mut total = 0;
        for url in files.iter().take(FILES_MAX) {
            // What the browser was given is not fetched again.
            let known = taken.and_then(|taken| captured::file(taken, url));
            let bytes = match known.map_or_else(|| self.file(url), Ok) {
                _ if total >= HAUL_FILE_BYTES_MAX => Err("the page's other files are large enough".to_owned()),
                Ok(bytes) => Ok(bytes),
                Err(error) if error.is_stop() => return Err(error),
                Err(error) => Err(error.to_string()),
            };
            total += bytes.as_ref().map_or(0, Vec::len);
            let name = url.path().rsplit('/').next().filter(|name| !name.is_empty()).unwrap_or("file");
            let name = cut_text(name.to_owned(), 255);
            found.files.push(FoundFile { name, media_type: None, url: Some(shown(url)), bytes });
        }
        Ok(())
    }

    pub(super) fn file(&self, url: &Url) -> Result<Vec<u8>, CollectError> {
        let opts = GetOpts {
            endpoint: Some("file"),
            body_bytes_max: Some(FILE_BYTES_MAX),
            request_ms: Some(FILE_REQUEST_MS),
            ..GetOpts::default()
        };
        Ok(self.client.get(url, &opts)?.body)
    }

    /// A page that was there and is not: what was seen is our own statement, for there are no bytes.
    fn gone(&self, state: &PageState, status: u16) -> Haul {
        let at = self.env.now();
        let seen = serde_json::json!({"url": state.url, "status": status, "asked_at": at.to_string()}).to_string();
        let found = Found {
            native_id: state.url.clone(),
            exhibit: seen.clone().into_bytes(),
            exhibit_type: "application/json".to_owned(),
            state: VersionState::DeletedInferred,
            title: None,
            text: String::new(),
            markup: Markup::Plain,
            url: Some(state.url.clone()),
            posted_at: None,
            edited_at: None,
            author: None,
            handles: Vec::new(),
            thread_of: None,
            lang: None,
            files: Vec::new(),
        };
        let notes = vec![format!("{} is not there any more ({status})", state.url)];
        let url = Url::parse(&state.url).unwrap_or_else(|_| self.address.clone());
        self.haul(&url, status, seen.into_bytes(), found, notes)
    }

    fn haul(&self, url: &Url, status: u16, page: Vec<u8>, found: Found, mut notes: Vec<String>) -> Haul {
        Haul {
            request: RequestRecord { url: shown(url), connector: NAME.to_owned(), status, fetched_at: self.env.now() },
            page,
            page_keep: PageKeep::IsExhibit,
            found: vec![found],
            cursor: None,
            notes: capped(&mut notes),
            gaps: Vec::new(),
            complete: None,
        }
    }
}

pub(super) fn write<T: Serialize>(position: &T) -> Cursor {
    Cursor(serde_json::to_string(position).expect("numbers and text always become JSON"))
}

/// Text in the encoding that the server or the page names, else UTF-8; a byte order mark stands above both.
pub(super) fn decoded(bytes: &[u8], content_type: &str) -> String {
    let start = String::from_utf8_lossy(bytes.get(..1_024).unwrap_or(bytes)).to_ascii_lowercase();
    let label = |text: &str| {
        let (_, after) = text.split_once("charset=")?;
        let after = after.trim_start_matches(['"', '\'', ' ']);
        let end = after.find(|ch: char| !(ch.is_ascii_alphanumeric() || "-_:.".contains(ch))).unwrap_or(after.len());
        Encoding::for_label(after.get(..end)?.as_bytes())
    };
    let encoding = label(content_type).or_else(|| label(&start)).unwrap_or(encoding_rs::UTF_8);
    encoding.decode(bytes).0.into_owned()
}

fn is_html(answer: &Response) -> bool {
    answer.header("content-type").unwrap_or("text/html").to_ascii_lowercase().contains("html")
}

/// What tells a version: title, text and the addresses of its files without their query.
fn digest_of(found: &Found, files: &[Url]) -> String {
    let names: Vec<String> = files.iter().map(|url| format!("{}{}", url.authority(), url.path())).collect();
    digest(&[found.title.as_deref().unwrap_or_default(), &found.text, &names.join("\n")])
}

fn digest(parts: &[&str]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_le_bytes());
        hash.update(part.as_bytes());
    }
    hash.finalize().iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}
