//! What differs between two members of a family: their pictures beside each other, one over the other, or as their difference;
//! their words, original and translated.
//!
//! The pictures are those that every page shows: drawn anew by the desk, blurred until a person asks, and logged then. The
//! browser lays one over the other and takes the difference, so nothing else is made or sent.

use askama::Template;
use axum::extract::{Path, Query, State};
use vedette_core::{FamilyId, ItemId, ItemView, Reading, ReadingKind, VersionView};
use vedette_desk::bits_between;

use crate::app::{App, Shown, id, show};
use crate::error::WebError;
use crate::fields::Fields;
use crate::pages::{Choice, Top};
use crate::word_diff::{Stretch, word_diff};
use crate::words;

/// Members that can be chosen from the lists.
const CHOICES: usize = 300;

#[derive(Template)]
#[template(path = "family_diff.html")]
struct Page {
    top: Top,
    id: String,
    a: Side,
    b: Side,
    choices_a: Vec<Choice>,
    choices_b: Vec<Choice>,
    picture_note: Option<String>,
    texts: Vec<Compared>,
}

/// One of the two.
struct Side {
    id: String,
    source: String,
    posted: String,
    picture: Option<PictureOf>,
}

#[derive(Clone)]
struct PictureOf {
    sha256: String,
    name: String,
    pixels: String,
}

/// One kind of text of both, as stretches where they can be compared word by word, else as two texts.
struct Compared {
    heading: &'static str,
    lang_a: String,
    lang_b: String,
    label_a: String,
    label_b: String,
    changes: Vec<Stretch>,
    a: String,
    b: String,
    same: bool,
}

pub(crate) async fn page(
    State(app): State<App>,
    Path(text): Path<String>,
    Query(pairs): Query<Vec<(String, String)>>,
) -> Shown {
    let family: FamilyId = id("family", &text)?;
    let fields = Fields(pairs);
    let view = app.ask(move |door| door.family(family)).await?;
    // Each member beside the first, unless something else is asked.
    let member = |name: &str, default: usize| -> Result<ItemId, WebError> {
        match fields.raw(name) {
            "" => view.members.get(default).or(view.members.first()).map(|member| member.id),
            asked => Some(id("item", asked)?).filter(|item| view.members.iter().any(|member| member.id == *item)),
        }
        .ok_or_else(|| WebError::NotFound { what: "member", id: fields.raw(name).chars().take(40).collect() })
    };
    let (a, b) = (member("a", 0)?, member("b", 1)?);
    let (one, other) = app.ask(move |door| Ok((door.item(a)?, door.item(b)?))).await?;
    let choices = |chosen: ItemId| -> Vec<Choice> {
        let choice = |member: &vedette_core::FamilyMember| Choice {
            value: member.id.to_string(),
            label: format!(
                "{} · {} · {}",
                member.id,
                words::beginning(&member.source, 30),
                words::utc(member.posted_at)
            ),
            chosen: member.id == chosen,
        };
        let listed = view.members.iter().enumerate().filter(|(at, member)| *at < CHOICES || member.id == chosen);
        listed.map(|(_, member)| choice(member)).collect()
    };
    let (picture_a, picture_b, bits) = nearest_pictures(&one, &other);
    let picture_note = bits.map(|bits| format!("{bits} of 256 bits of their hashes differ"));
    show(&Page {
        top: app.top("families"),
        id: family.to_string(),
        choices_a: choices(a),
        choices_b: choices(b),
        texts: texts(&one, &other),
        a: side(&one, picture_a),
        b: side(&other, picture_b),
        picture_note,
    })
}

fn side(view: &ItemView, picture: Option<PictureOf>) -> Side {
    Side {
        id: view.item.id.to_string(),
        source: view.source.asked.name.clone(),
        posted: words::utc(view.item.posted_at),
        picture,
    }
}

/// The picture of each that is nearest to one of the other, and how many bits of their hashes differ; without hashes, the first of each.
fn nearest_pictures(a: &ItemView, b: &ItemView) -> (Option<PictureOf>, Option<PictureOf>, Option<u32>) {
    let pictures = |view: &ItemView| -> Vec<(PictureOf, Option<String>)> {
        let files = view.content().map(|content| content.version.attachments.clone()).unwrap_or_default();
        let is_picture = |media: &Option<String>| media.as_deref().is_some_and(|media| media.starts_with("image/"));
        files
            .into_iter()
            .filter(|file| file.pixels.is_some() || is_picture(&file.media_type))
            .filter_map(|file| {
                let pixels = file.pixels.map(|(width, height)| format!("{width} × {height}")).unwrap_or_default();
                let picture = PictureOf { sha256: file.exhibit?.hex(), name: file.name, pixels };
                Some((picture, file.pdq.map(|(hash, _)| hash)))
            })
            .collect()
    };
    let (of_a, of_b) = (pictures(a), pictures(b));
    let pairs = of_a.iter().flat_map(|one| of_b.iter().map(move |other| (one, other)));
    let near = pairs
        .filter_map(|(one, other)| Some((bits_between(one.1.as_deref()?, other.1.as_deref()?)?, one, other)))
        .min_by_key(|(bits, ..)| *bits);
    match near {
        Some((bits, one, other)) => (Some(one.0.clone()), Some(other.0.clone()), Some(bits)),
        None => (of_a.into_iter().next().map(|one| one.0), of_b.into_iter().next().map(|one| one.0), None),
    }
}

/// A text with the language it is in and how it came about.
struct Words<'a> {
    reading: &'a Reading,
    label: String,
}

fn texts(a: &ItemView, b: &ItemView) -> Vec<Compared> {
    let (Some(a), Some(b)) = (a.content(), b.content()) else { return Vec::new() };
    let own = |reading: &Reading| reading.attachment.is_none();
    let seen = |reading: &Reading| reading.attachment.is_some() && reading.kind == ReadingKind::Ocr;
    let mut all = Vec::new();
    for (heading, translated, pick) in [
        ("Text of the posts", "Translations of the posts", &own as &dyn Fn(&Reading) -> bool),
        ("Text in the pictures", "Translations of the text in the pictures", &seen),
    ] {
        let (one, other) = (original(a, pick), original(b, pick));
        all.extend(one.zip(other).map(|(one, other)| compare(heading, &one, &other)));
        // Where one of the two is in the other's target language already, it stands for itself.
        let (one, other) = (in_target(a, b, pick), in_target(b, a, pick));
        let is_news = |one: &Words<'_>, other: &Words<'_>| {
            [one, other].iter().any(|words| words.reading.kind == ReadingKind::Translation)
        };
        all.extend(
            one.zip(other)
                .filter(|(one, other)| is_news(one, other))
                .map(|(one, other)| compare(translated, &one, &other)),
        );
    }
    all
}

fn original<'a>(version: &'a VersionView, pick: &dyn Fn(&Reading) -> bool) -> Option<Words<'a>> {
    let found = version.readings.iter().find(|reading| reading.kind != ReadingKind::Translation && pick(reading))?;
    Some(Words { reading: found, label: words::language(&found.language.code).to_owned() })
}

/// The translation of the picked text, or the text itself when it is in the language that the other is translated into.
fn in_target<'a>(version: &'a VersionView, other: &VersionView, pick: &dyn Fn(&Reading) -> bool) -> Option<Words<'a>> {
    let place = version.readings.iter().position(|one| one.kind != ReadingKind::Translation && pick(one))?;
    let made_of = |reading: &&Reading| reading.translation.as_ref().is_some_and(|made| made.of as usize == place);
    if let Some(found) = version.readings.iter().find(made_of) {
        let made = found.translation.as_ref()?;
        let who = made.author.as_deref().unwrap_or(&made.engine);
        let (status, language) = (made.status.word(), words::language(&found.language.code));
        return Some(Words { reading: found, label: format!("{language}, {status} by {who}") });
    }
    let target = other.readings.iter().find_map(|one| one.translation.as_ref().map(|made| made.to.as_str()))?;
    let own = version.readings.get(place).filter(|own| own.language.code == target)?;
    Some(Words { reading: own, label: format!("{}, as posted", words::language(target)) })
}

fn compare(heading: &'static str, a: &Words<'_>, b: &Words<'_>) -> Compared {
    let (one, other) = (words::defang_text(&a.reading.text), words::defang_text(&b.reading.text));
    let (code_a, code_b) = (&a.reading.language.code, &b.reading.language.code);
    // Word by word only within one language: between two, every word differs.
    let changes = if code_a == code_b { word_diff(&one, &other) } else { Vec::new() };
    Compared {
        heading,
        lang_a: words::lang(code_a).to_owned(),
        lang_b: words::lang(code_b).to_owned(),
        label_a: a.label.clone(),
        label_b: b.label.clone(),
        same: one == other,
        changes,
        a: one,
        b: other,
    }
}
