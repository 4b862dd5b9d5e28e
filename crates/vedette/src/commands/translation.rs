//! `translate`, `translation`.

use std::path::Path;

use serde::{Deserialize, Serialize};
use vedette_core::{ItemId, Revision, RevisionId};
use vedette_desk::{ItemTranslations, TextTranslation, TranslationEdit, TranslationState};

use crate::cli::{TranslateArgs, TranslationCommand, WhichText};
use crate::commands::{Context, brief, id, time};
use crate::config::read_text;
use crate::io::{Failure, Io};

/// Bytes of a file of segments.
const FILE_BYTES_MAX: u64 = 16 * 1024 * 1024;

/// A segment as it is printed and taken back.
#[derive(Serialize, Deserialize)]
struct Line {
    /// From 1.
    segment: usize,
    #[serde(default)]
    source: String,
    target: String,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    origin: Option<vedette_core::translation::SegmentOrigin>,
    #[serde(skip_serializing_if = "Vec::is_empty", default, skip_deserializing)]
    terms: Vec<vedette_desk::TermText>,
}

/// `vedette translate`.
pub fn translate(args: &TranslateArgs, context: &Context<'_>, io: &mut Io) -> Result<u8, Failure> {
    let Context { desk, who, .. } = context;
    let Some(item) = &args.id else {
        io.say(format!("{} versions are translated", desk.translate_missing_ones(who)?));
        let work = desk.work(&|_| {})?;
        io.line(format!("{} done", work.done))?;
        return Ok(0);
    };
    let item: ItemId = id(item)?;
    match &args.to {
        Some(to) if *to != desk.config().translate_to => {
            for (reading, said) in desk.translate_for_reading(who, item, to)? {
                match (args.json, said) {
                    (true, said) => {
                        let (text, reason) = (said.as_ref().ok(), said.as_ref().err());
                        io.json(&serde_json::json!({ "reading": reading, "to": to, "text": text, "reason": reason }))?;
                    }
                    (false, Ok(text)) => io.line(text)?,
                    (false, Err(reason)) => io.say(format!("reading {reading} is not translated: {reason}")),
                }
            }
        }
        _ => {
            let done = desk.translate(who, item)?;
            list(&done, args.json, io)?;
            if done.state == TranslationState::NotTranslated {
                io.say(format!("not translated: {}", done.reason.unwrap_or_default()));
                io.say(format!("hint: {}", crate::translating::HOW_TO_ADD));
                return Ok(1);
            }
        }
    }
    Ok(0)
}

/// `vedette translation …`.
pub fn run(command: TranslationCommand, context: &Context<'_>, io: &mut Io) -> Result<u8, Failure> {
    let Context { desk, who, .. } = context;
    match command {
        TranslationCommand::List { id: item, json } => list(&desk.translations(id(&item)?)?, json, io)?,
        TranslationCommand::Show { text, json } => {
            let (_, text) = which(&text, context)?;
            if json { lines(&text, io)? } else { show(&text, io)? }
        }
        TranslationCommand::Revise { text, set, file, json } => {
            let (item, text) = which(&text, context)?;
            let mut segments = match file {
                Some(file) => changed(&io.path(&file), &text)?,
                None => Vec::new(),
            };
            for one in &set {
                segments.push(setting(one)?);
            }
            let after = text.revisions.last().map(|one| one.id);
            let revision = desk.revise_translation(who, item, text.of.sha256, &TranslationEdit { after, segments })?;
            told(&revision, json, io)?;
        }
        TranslationCommand::Sign { text, revision, json } => {
            let (item, text) = which(&text, context)?;
            let newest = match (revision, text.revisions.last()) {
                (Some(given), _) => id(&given)?,
                (None, Some(last)) => last.id,
                // The desk says what comes first.
                (None, None) => RevisionId(0),
            };
            told(&desk.sign_translation(who, item, text.of.sha256, newest)?, json, io)?;
        }
    }
    Ok(0)
}

fn which(wanted: &WhichText, context: &Context<'_>) -> Result<(ItemId, TextTranslation), Failure> {
    let item: ItemId = id(&wanted.id)?;
    let mut texts = context.desk.translations(item)?.texts;
    match wanted.reading {
        Some(number) => texts.retain(|text| text.reading == number),
        None if texts.len() > 1 => {
            let numbers: Vec<String> = texts.iter().map(|text| text.reading.to_string()).collect();
            return Err(Failure::usage(format!("{item} has {} texts in another language", texts.len()))
                .hint(format!("say which with --reading: {}", numbers.join(", "))));
        }
        None => {}
    }
    match texts.pop() {
        Some(text) => Ok((item, text)),
        None => Err(Failure::usage(format!("{item} has no such text in another language"))
            .hint(format!("`vedette translation list {item}` tells them"))),
    }
}

fn list(all: &ItemTranslations, json: bool, io: &mut Io) -> Result<(), Failure> {
    for text in &all.texts {
        if json {
            io.json(text)?;
            continue;
        }
        let by = text.author.as_ref().map(|author| format!(" · {author}")).unwrap_or_default();
        let engine =
            if text.engine.is_empty() { String::new() } else { format!(" · {} {}", text.engine, text.engine_version) };
        let reason = text.reason.as_ref().map(|reason| format!(" · {reason}")).unwrap_or_default();
        let first = text.segments.first().map(|one| brief(&one.source, 60)).unwrap_or_default();
        io.line(format!(
            "reading {} {} to {} · {}{by}{engine}{reason} · {first}",
            text.reading,
            text.from,
            text.to,
            text.state.word()
        ))?;
        for stale in text.stale.iter().rev().take(1) {
            io.line(format!("  {} ({}) was of an earlier text", stale.id, stale.status.word()))?;
        }
    }
    if all.texts.is_empty() {
        io.say("nothing of it is in another language");
    }
    Ok(())
}

fn lines(text: &TextTranslation, io: &mut Io) -> Result<(), Failure> {
    for (number, one) in text.segments.iter().enumerate() {
        io.json(&Line {
            segment: number + 1,
            source: one.source.clone(),
            target: one.target.clone(),
            origin: one.origin,
            terms: one.terms.clone(),
        })?;
    }
    Ok(())
}

fn show(text: &TextTranslation, io: &mut Io) -> Result<(), Failure> {
    io.line(format!("[reading {} · {} to {} · {}]", text.reading, text.from, text.to, text.state.word()))?;
    for (number, one) in text.segments.iter().enumerate() {
        io.line(format!("{:>4}  {}", number + 1, one.source))?;
        io.line(format!("      {}", if one.target.is_empty() { "(not translated)" } else { &one.target }))?;
    }
    for note in &text.notes {
        io.line(format!("  note: {note}"))?;
    }
    for one in &text.revisions {
        io.line(format!("  {} {} by {} at {} leaf {}", one.id, one.status.word(), one.author, time(one.at), one.leaf))?;
    }
    Ok(())
}

/// Segments of a file whose words differ from what stands now.
fn changed(path: &Path, text: &TextTranslation) -> Result<Vec<(usize, String)>, Failure> {
    let mut segments = Vec::new();
    for (number, line) in
        read_text(path, FILE_BYTES_MAX)?.lines().enumerate().filter(|(_, line)| !line.trim().is_empty())
    {
        let wrong = |why: &dyn std::fmt::Display| {
            Failure::usage(format!("`{}`, line {}: {why}", path.display(), number + 1))
                .hint("take the lines of `vedette translation show --json` and change \"target\"")
        };
        let line: Line = serde_json::from_str(line).map_err(|error| wrong(&error))?;
        let at = line.segment.checked_sub(1).filter(|at| *at < text.segments.len());
        let known = at.and_then(|at| text.segments.get(at)).ok_or_else(|| wrong(&"there is no such segment"))?;
        if !line.source.is_empty() && line.source != known.source {
            return Err(wrong(&"the original says something else now: print it again"));
        }
        if line.target != known.target {
            segments.extend(at.map(|at| (at, line.target)));
        }
    }
    Ok(segments)
}

fn setting(text: &str) -> Result<(usize, String), Failure> {
    let wrong = || {
        Failure::usage(format!("`{text}` sets no segment"))
            .hint("write its number from 1, =, the words: --set '3=We come.'")
    };
    let (number, words) = text.split_once('=').ok_or_else(wrong)?;
    let number: usize = number.trim().parse().map_err(|_| wrong())?;
    Ok((number.checked_sub(1).ok_or_else(wrong)?, words.to_owned()))
}

fn told(revision: &Revision, json: bool, io: &mut Io) -> Result<(), Failure> {
    if json {
        return io.json(revision);
    }
    io.line(format!("{} is {} by {} (leaf {})", revision.id, revision.status.word(), revision.author, revision.leaf))?;
    if revision.status == vedette_core::TranslationStatus::Draft {
        io.say("segments without words are left: it stays a draft until all have some");
    }
    Ok(())
}
