//! The page of a translation: revised segment by segment, signed with a tick, and its history.

use askama::Template;
use axum::Form;
use axum::extract::{Path, State};
use axum::response::Response;
use vedette_core::{ItemId, ItemView, Revision, RevisionId, Sha256};
use vedette_desk::{TextTranslation, TranslationEdit, TranslationState};

use crate::app::{App, Shown, go, id, show};
use crate::error::WebError;
use crate::fields::Fields;
use crate::pages::Top;
use crate::pages::sides::{SidesView, status};
use crate::word_diff::{Stretch, word_diff};
use crate::words::{self, utc};

/// Segments that a page has boxes for; a longer text is revised as a file, on the command line.
const SEGMENTS_MAX: usize = 2_000;
/// Revisions whose differences are shown, the latest ones.
const REVISIONS: usize = 50;

#[derive(Template)]
#[template(path = "translation.html")]
struct Page {
    top: Top,
    id: String,
    lang: String,
    sides: SidesView,
    after: String,
    may_sign: bool,
    history: Vec<RevisionView>,
    stale: Vec<RevisionView>,
    too_long: bool,
}

struct RevisionView {
    id: String,
    act: &'static str,
    by: String,
    at: String,
    leaf: u64,
    changes: Vec<Stretch>,
}

/// The text of an item that an address names.
fn named(view: &ItemView, texts: Vec<TextTranslation>, text: Sha256) -> Result<TextTranslation, WebError> {
    texts
        .into_iter()
        .find(|one| one.of.sha256 == text)
        .ok_or_else(|| WebError::NotFound { what: "text", id: format!("{text} of {}", view.item.id) })
}

fn digest(text: &str) -> Result<Sha256, WebError> {
    text.parse().map_err(|_| WebError::NotFound { what: "text", id: text.chars().take(80).collect() })
}

pub(crate) async fn page(State(app): State<App>, Path((item, text)): Path<(String, String)>) -> Shown {
    let (item, text): (ItemId, Sha256) = (id("item", &item)?, digest(&text)?);
    let (view, known) = app.ask(move |door| Ok((door.item(item)?, door.translations(item)?))).await?;
    let text = named(&view, known.texts, text)?;
    let Some(version) = view.content() else {
        return Err(WebError::NotFound { what: "item", id: item.to_string() });
    };
    let item = item.to_string();
    let sides = SidesView::of(&item, version, &text, SEGMENTS_MAX).with_blank_rows(&text);
    show(&Page {
        top: app.top("inbox"),
        lang: words::lang(&text.from).to_owned(),
        too_long: sides.more > 0,
        after: text.revisions.last().map(|one| one.id.to_string()).unwrap_or_default(),
        may_sign: text.state == TranslationState::Revised,
        history: history(&text.revisions),
        stale: history(&text.stale),
        sides,
        id: item,
    })
}

/// What people wrote, latest first, each with what changed since the one before.
fn history(revisions: &[Revision]) -> Vec<RevisionView> {
    let mut out: Vec<RevisionView> = Vec::new();
    let mut before: Option<&str> = None;
    for one in revisions.iter().skip(revisions.len().saturating_sub(REVISIONS)) {
        let changes = match before {
            Some(old) if old != one.text => word_diff(&words::defang_text(old), &words::defang_text(&one.text)),
            _ => Vec::new(),
        };
        before = Some(&one.text);
        out.push(RevisionView {
            id: one.id.to_string(),
            act: status(one.status),
            by: one.author.clone(),
            at: utc(one.at),
            leaf: one.leaf,
            changes,
        });
    }
    out.reverse();
    out
}

/// Takes a revision: the words of every box that differ from what stood there when the page was shown.
pub(crate) async fn revise(
    State(app): State<App>,
    Path((item, text)): Path<(String, String)>,
    Form(pairs): Form<Vec<(String, String)>>,
) -> Result<Response, WebError> {
    let (item, text): (ItemId, Sha256) = (id("item", &item)?, digest(&text)?);
    let after = match Fields(pairs.clone()).raw("after") {
        "" => None,
        given => Some(id::<RevisionId>("revision", given)?),
    };
    let (view, known) = app.ask(move |door| Ok((door.item(item)?, door.translations(item)?))).await?;
    let now = named(&view, known.texts, text)?;
    let mut segments = Vec::new();
    for (name, words) in &pairs {
        let Some(number) = name.strip_prefix('s').and_then(|number| number.parse::<usize>().ok()) else { continue };
        let Some(at) = number.checked_sub(1) else { continue };
        // Browsers send line ends as CR LF.
        let words = words.replace("\r\n", "\n");
        if now.segments.get(at).is_none_or(|known| words::defang_text(&known.target).trim() != words.trim()) {
            segments.push((at, words));
        }
    }
    let edit = TranslationEdit { after, segments };
    app.act(move |door, who| door.revise_translation(who, item, text, &edit)).await?;
    Ok(go(&format!("/item/{item}/translation/{text}#sign")))
}

pub(crate) async fn sign(
    State(app): State<App>,
    Path((item, text)): Path<(String, String)>,
    Form(pairs): Form<Vec<(String, String)>>,
) -> Result<Response, WebError> {
    let (item, text): (ItemId, Sha256) = (id("item", &item)?, digest(&text)?);
    let fields = Fields(pairs);
    if !fields.flag("sure") {
        return Err(WebError::Bad("tick the box: signing is a decision that is logged under your name".to_owned()));
    }
    let revision: RevisionId = id("revision", fields.raw("revision"))?;
    app.act(move |door, who| door.sign_translation(who, item, text, revision)).await?;
    Ok(go(&format!("/item/{item}/translation/{text}")))
}

/// Asks the engines now.
pub(crate) async fn now(State(app): State<App>, Path(item): Path<String>) -> Result<Response, WebError> {
    let item: ItemId = id("item", &item)?;
    app.act(move |door, who| door.translate(who, item)).await?;
    Ok(go(&format!("/item/{item}")))
}
