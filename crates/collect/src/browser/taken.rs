//! What is taken from a page once it stands still: its elements, a picture of its whole length, an MHTML copy.

use std::time::{Duration, Instant};

use data_encoding::BASE64;
use serde::Deserialize;
use serde_json::{Value, json};
use url::Url;

use super::BrowserError;
use super::capture::{HEIGHT, Visit, WIDTH};
use super::fetching::Exchange;
use super::log::CaptureLog;

/// Pixels of a picture's height; twelve screens. With the width that is 15 megapixels, which the openers take.
const PICTURE_HEIGHT_MAX: u32 = 12_000;
/// Bytes of the picture.
const PICTURE_BYTES_MAX: usize = 24 * 1024 * 1024;
/// Bytes of the copy.
const COPY_BYTES_MAX: usize = 32 * 1024 * 1024;
/// Bytes of the elements as text.
const ELEMENTS_BYTES_MAX: usize = 16 * 1024 * 1024;
/// Time between two steps of scrolling.
const STEP: Duration = Duration::from_millis(60);
/// Time for what scrolling loads.
const SETTLE_AGAIN: Duration = Duration::from_secs(5);

/// A page as it was.
pub(crate) struct Taken {
    /// Its address in the end.
    pub(crate) url: Url,
    /// Its elements, written as HTML, after its scripts ran.
    pub(crate) elements: String,
    /// PNG of its whole length, as far as the limit.
    pub(crate) picture: Option<Vec<u8>>,
    /// MHTML copy.
    pub(crate) copy: Option<Vec<u8>>,
    /// Every exchange that was made for it.
    pub(crate) exchanges: Vec<Exchange>,
    /// What happened.
    pub(crate) log: CaptureLog,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Metrics {
    css_content_size: Size,
}

#[derive(Deserialize)]
struct Size {
    height: f64,
}

#[derive(Deserialize)]
struct Data {
    data: String,
}

#[derive(Deserialize)]
struct Document {
    root: Node,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Node {
    node_id: u64,
}

#[derive(Deserialize)]
struct Outer {
    #[serde(rename = "outerHTML")]
    outer_html: String,
}

/// Scrolls, stops and takes.
pub(super) fn take(visit: &mut Visit<'_>) -> Result<Taken, BrowserError> {
    if visit.is_loaded() {
        match scroll(visit) {
            Err(error @ BrowserError::Lost { .. }) => return Err(error),
            // A page too busy to be scrolled is taken where it stands.
            Err(error) => visit.log.limit(format!("it could not be scrolled ({error})")),
            Ok(()) => {}
        }
    }
    visit.stop()?;
    let session = visit.session.clone();
    let whole = json!({"depth": 0});
    let document: Document = match visit.call(Some(&session), "DOM.getDocument", &whole) {
        // A script can begin between two words of ours; it is ended once more.
        Err(BrowserError::Limit { .. }) => {
            visit.end_scripts()?;
            visit.call(Some(&session), "DOM.getDocument", &whole)?
        }
        outcome => outcome?,
    };
    let outer: Outer = visit.call(Some(&session), "DOM.getOuterHTML", &json!({"nodeId": document.root.node_id}))?;
    let mut elements = outer.outer_html;
    if elements.len() > ELEMENTS_BYTES_MAX {
        visit.log.limit(format!("its elements are more than {ELEMENTS_BYTES_MAX} bytes"));
        elements = crate::folder::cut_text(elements, ELEMENTS_BYTES_MAX);
    }
    let height = height(visit)?;
    let shown = height.clamp(1, PICTURE_HEIGHT_MAX);
    visit.log.height = (height, shown);
    if height > shown {
        visit.log.limit(format!("the picture shows {shown} of its {height} pixels"));
    }
    let clip = json!({"x": 0, "y": 0, "width": WIDTH, "height": shown, "scale": 1});
    let whole = json!({"format": "png", "captureBeyondViewport": true, "clip": clip});
    let picture = bytes_of(visit, "Page.captureScreenshot", &whole, "picture", PICTURE_BYTES_MAX, true);
    let copy = bytes_of(visit, "Page.captureSnapshot", &json!({"format": "mhtml"}), "copy", COPY_BYTES_MAX, false);
    visit.log.taken = crate::guard::shown(&visit.final_url);
    Ok(Taken {
        url: visit.final_url.clone(),
        elements,
        picture,
        copy,
        exchanges: std::mem::take(&mut visit.exchanges),
        log: visit.log.clone(),
    })
}

fn bytes_of(
    visit: &mut Visit<'_>,
    method: &str,
    params: &Value,
    what: &str,
    bytes_max: usize,
    in_base64: bool,
) -> Option<Vec<u8>> {
    let session = visit.session.clone();
    let data = match visit.call::<Data>(Some(&session), method, params) {
        Ok(data) => data.data,
        Err(error) => {
            visit.log.limit(format!("there is no {what} ({error})"));
            return None;
        }
    };
    let bytes = if in_base64 { BASE64.decode(data.as_bytes()).unwrap_or_default() } else { data.into_bytes() };
    let fits = !bytes.is_empty() && bytes.len() <= bytes_max && (!in_base64 || bytes.starts_with(b"\x89PNG\r\n\x1a\n"));
    if !fits {
        visit.log.limit(format!("there is no {what}: it had {} bytes of at most {bytes_max}", bytes.len()));
    }
    fits.then_some(bytes)
}

fn height(visit: &mut Visit<'_>) -> Result<u32, BrowserError> {
    let session = visit.session.clone();
    let metrics: Metrics = visit.call(Some(&session), "Page.getLayoutMetrics", &json!({}))?;
    // A page can claim any height; what is no number becomes nothing.
    Ok(metrics.css_content_size.height.clamp(0.0, f64::from(u32::MAX)) as u32)
}

/// Scrolls down once, as far as the picture goes, and up again: pictures that load when they are seen are seen. What then
/// goes on growing is not followed.
fn scroll(visit: &mut Visit<'_>) -> Result<(), BrowserError> {
    let whole = height(visit)?.min(PICTURE_HEIGHT_MAX);
    if whole <= HEIGHT + HEIGHT / 2 {
        return Ok(());
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct World {
        execution_context_id: u64,
    }
    let session = visit.session.clone();
    // A world of its own, where the page cannot have put another `scrollTo`.
    let world = json!({"frameId": visit.frame(), "worldName": "scroll"});
    let world: World = visit.call(Some(&session), "Page.createIsolatedWorld", &world)?;
    let step = usize::try_from(HEIGHT).unwrap_or(usize::MAX);
    for y in (HEIGHT..whole).step_by(step).chain([0]) {
        let to = json!({
            "expression": format!("window.scrollTo(0, {y})"), "timeout": 500, "contextId": world.execution_context_id,
        });
        visit.call::<Value>(Some(&session), "Runtime.evaluate", &to)?;
        visit.idle(STEP)?;
    }
    visit.settle(Instant::now() + SETTLE_AGAIN)
}
