//! `search`, `show`, `timeline`.

use serde_json::json;
use vedette_core::{Admiralty, Assessment, ItemId, ItemView, Level, SortBy};
use vedette_desk::PointJudgement;

use crate::cli::{SearchArgs, SortWord};
use crate::commands::{Context, brief, time};
use crate::io::{Failure, Io};

/// `vedette search`.
pub fn search(args: &SearchArgs, context: &Context<'_>, io: &mut Io) -> Result<u8, Failure> {
    let sort = match args.sort {
        SortWord::Score => SortBy::Score,
        SortWord::Newest => SortBy::Newest,
        SortWord::Level => SortBy::Level,
    };
    let started = std::time::Instant::now();
    let page = context.desk.search(&args.query.join(" "), sort, args.offset, args.limit, false)?;
    let took_ms = started.elapsed().as_secs_f64() * 1_000.0;
    for hit in &page.answer.hits {
        if args.json {
            io.json(hit)?;
        } else {
            io.line(format!(
                "{:<6} {:<15} {} {:<3} {} · {}",
                hit.id.to_string(),
                hit.level.word(),
                time(hit.posted_at),
                hit.language,
                hit.source,
                brief(&hit.text, 100)
            ))?;
        }
    }
    io.say(format!("{} of {} hits, {took_ms:.1} ms", page.answer.hits.len(), page.answer.total));
    Ok(0)
}

/// `vedette show`.
pub fn show(text: &str, as_json: bool, context: &Context<'_>, io: &mut Io) -> Result<u8, Failure> {
    let item = match text.parse::<ItemId>() {
        Ok(item) => item,
        Err(_) => native(text, context)?,
    };
    let view = context.desk.item(item)?;
    let translations = context.desk.translations(item)?;
    let (grades, points) = (context.desk.admiralty(item)?, context.desk.point_decisions(item)?);
    if as_json {
        let mut object = as_contract(&view);
        object["admiralty"] = json!(grades);
        object["admiralty"]["code"] = json!(grades.code());
        object["point_decisions"] = json!(points);
        object["translation"] = json!({ "state": translations.state.word(), "reason": translations.reason });
        io.json(&object)?;
    } else {
        print(&view, &grades, &points, io)?;
        if let Some(reason) = &translations.reason {
            io.line(format!("  {}: {reason}", translations.state.word()))?;
        }
    }
    Ok(0)
}

/// `vedette why`.
pub fn why(what: &str, as_json: bool, context: &Context<'_>, io: &mut Io) -> Result<u8, Failure> {
    let known = context.desk.whereabouts(what)?;
    if as_json {
        io.json(&known)?;
        return Ok(0);
    }
    for item in &known.items {
        io.line(format!("it is here: {item} (`vedette show {item}`)"))?;
    }
    if known.items.is_empty() {
        io.line("it is not here")?;
    }
    for reason in &known.reasons {
        io.line(format!("- {reason}"))?;
    }
    Ok(0)
}

fn native(text: &str, context: &Context<'_>) -> Result<ItemId, Failure> {
    context.desk.find_native(text)?.into_iter().next().ok_or_else(|| {
        Failure::usage(format!("no item is known by `{text}`")).hint(
            "an item is named like i42, or by the source's own id; `vedette why ID-OR-ADDRESS` says what may have kept \
             it away",
        )
    })
}

/// The object that scripts rely on; see the design's "JSON that stays".
fn as_contract(view: &ItemView) -> serde_json::Value {
    let content = view.content();
    let evidence = content.map(|version| {
        json!({
            "sha256": version.version.exhibit,
            "captured_at": version.version.captured_at,
            "leaf": version.version.leaf,
            "tree_size": view.tree_size,
        })
    });
    let findings = content.map_or(&[][..], |version| &version.findings);
    let spans = |pick: fn(&vedette_core::Findings) -> Vec<serde_json::Value>| -> Vec<serde_json::Value> {
        findings
            .iter()
            .enumerate()
            .flat_map(|(reading, found)| {
                pick(found).into_iter().map(move |mut value| {
                    value["reading"] = json!(reading);
                    value
                })
            })
            .collect()
    };
    json!({
        "item": view.item,
        "source": view.source.asked.name,
        "outlet": view.outlet,
        "level": view.level(),
        "versions": view.versions.iter().map(|version| &version.version).collect::<Vec<_>>(),
        "attachments": content.map(|version| &version.version.attachments),
        "readings": content.map(|version| &version.readings),
        "mentions": spans(|found| found.mentions.iter().map(|one| json!(one)).collect()),
        "dates": spans(|found| found.dates.iter().map(|one| json!(one)).collect()),
        "links": spans(|found| found.links.iter().map(|one| json!(one)).collect()),
        "statements": spans(|found| found.statements.iter().map(|one| json!(one)).collect()),
        "likenesses": view.likenesses,
        "family": view.family,
        "assessment": content.map(|version| &version.assessment),
        "decisions": view.decisions,
        "problems": content.map(|version| &version.problems),
        "evidence": evidence,
    })
}

/// The reasons by the question that each answers, and both grades.
fn print_why(assessment: &Assessment, grades: &Admiralty, io: &mut Io) -> Result<(), Failure> {
    if !assessment.reasons.is_empty() {
        io.line("\nWhy:")?;
    }
    for (group, points) in assessment.groups() {
        io.line(format!("  {} {points:+.1}", group.word()))?;
        for reason in assessment.reasons.iter().filter(|reason| reason.group == group) {
            io.line(format!("    {:+.1} {} “{}”", reason.weight, reason.name, brief(&reason.quote, 120)))?;
        }
    }
    io.line(format!(
        "  grade {}: source {}, content {}",
        grades.code(),
        grades.source.meaning(),
        grades.decided.unwrap_or(grades.content).meaning()
    ))?;
    for line in &grades.why {
        io.line(format!("    {line}"))?;
    }
    Ok(())
}

fn print(view: &ItemView, grades: &Admiralty, points: &[PointJudgement], io: &mut Io) -> Result<(), Failure> {
    io.line(format!(
        "{} · {} · {} · posted {} · {}",
        view.item.id,
        view.level().word(),
        view.source.asked.name,
        time(view.item.posted_at),
        view.item.state.word()
    ))?;
    let Some(content) = view.content() else { return Ok(()) };
    for reading in &content.readings {
        let page = reading.page.map(|page| format!(" page {page}")).unwrap_or_default();
        io.line(format!(
            "\n[{}{page} · {} · {} · quality {:.2}]",
            reading.kind.word(),
            reading.language.code,
            reading.method,
            reading.quality
        ))?;
        io.line(&reading.text)?;
    }
    print_why(&content.assessment, grades, io)?;
    for likeness in &view.likenesses {
        io.line(format!("  like {} ({:?}, {}) {}", likeness.other, likeness.kind, likeness.distance, likeness.source))?;
    }
    for decision in &view.decisions {
        io.line(format!(
            "  {} decided {} at {}: {}",
            decision.by,
            decision.level.word(),
            time(decision.at),
            decision.reason
        ))?;
    }
    for one in points {
        let value = one.decision.value.as_deref().map(|value| format!(" to {value}")).unwrap_or_default();
        let (word, point) = (one.decision.verdict.word(), &one.decision.point);
        io.line(format!("  {} {word} {point}{value} at {}: {}", one.by, time(one.at), one.decision.reason))?;
    }
    for problem in &content.problems {
        io.line(format!("  needs eyes: {problem}"))?;
    }
    io.line("\nVersions:")?;
    for version in &view.versions {
        let version = &version.version;
        io.line(format!(
            "  {} {} captured {} sha256 {} leaf {} of {}",
            version.number,
            version.state.word(),
            time(version.captured_at),
            version.exhibit,
            version.leaf,
            view.tree_size
        ))?;
    }
    Ok(())
}

/// `vedette timeline`.
pub fn timeline(as_json: bool, context: &Context<'_>, io: &mut Io) -> Result<u8, Failure> {
    for bucket in context.desk.timeline(None, None)? {
        if as_json {
            let mut object = json!({ "day": bucket.day });
            for (level, count) in Level::ALL.iter().zip(bucket.by_level) {
                object[level.word()] = json!(count);
            }
            io.json(&object)?;
            continue;
        }
        let counts: Vec<String> = Level::ALL
            .iter()
            .zip(bucket.by_level)
            .filter(|(_, count)| *count > 0)
            .map(|(level, count)| format!("{} {count}", level.word()))
            .collect();
        io.line(format!("{}  {}", bucket.day, counts.join(" · ")))?;
    }
    Ok(0)
}

/// Reads a level word.
pub fn level(word: &str) -> Result<Level, Failure> {
    Level::from_word(word).ok_or_else(|| {
        let words: Vec<&str> = Level::ALL.iter().map(|level| level.word()).collect();
        Failure::usage(format!("`{word}` is not a level: expected {}", words.join(", ")))
    })
}
