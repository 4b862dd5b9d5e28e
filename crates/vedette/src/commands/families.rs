//! `family`, `series`: what is alike and how it spread, what people part, and issues by number.

use serde_json::json;
use vedette_core::{FamilyId, ItemId};
use vedette_desk::{Lineage, Parted, SeriesView};

use crate::cli::FamilyCommand;
use crate::commands::{Context, brief, id, ids, time};
use crate::io::{Failure, Io};

/// `vedette family …`.
pub fn run(command: FamilyCommand, context: &Context<'_>, io: &mut Io) -> Result<u8, Failure> {
    let Context { desk, who, .. } = context;
    match command {
        FamilyCommand::List { limit, json } => list(limit, json, context, io)?,
        FamilyCommand::Show { id: text, json } => {
            let view = desk.lineage(family(&text, context)?)?;
            if json {
                io.json(&view)?;
            } else {
                show(&view, io)?;
            }
        }
        FamilyCommand::Part { item, other, reason, json } => {
            let item: ItemId = id(&item)?;
            let done = match other {
                Some(other) => desk.part_pair(who, item, id(&other)?, &reason)?,
                None => desk.part_item(who, item, &reason)?,
            };
            tell(&done, json, io)?;
        }
        FamilyCommand::Rejoin { items, act, reason, json } => {
            let number = match act {
                Some(number) => number,
                None => desk.parting_of(&ids(&items)?)?.number,
            };
            tell(&desk.rejoin(who, number, &reason)?, json, io)?;
        }
        FamilyCommand::Acts { json } => {
            let all = desk.family_decisions()?;
            for one in &all {
                if json {
                    io.json(one)?;
                    continue;
                }
                let reason = if one.reason().is_empty() { String::new() } else { format!(": {}", one.reason()) };
                let holds = if one.holds { "" } else { " (holds no more)" };
                let (number, what, by, at) = (one.number, &one.what, &one.by, time(one.at));
                // A taking back holds by itself.
                let holds = if one.items().is_empty() { "" } else { holds };
                io.line(format!("{number:<5} {at} {by} {what}{reason}{holds}"))?;
            }
            if all.is_empty() && !json {
                io.line("nobody has parted anything")?;
            }
        }
    }
    Ok(0)
}

/// A family by its own id, or by that of an item in it.
fn family(text: &str, context: &Context<'_>) -> Result<FamilyId, Failure> {
    if !text.starts_with('i') {
        return id(text);
    }
    let item: ItemId = id(text)?;
    let found = context.desk.item(item)?.family;
    found.ok_or_else(|| Failure::usage(format!("{item} is in no family")).hint("`vedette family list` names them"))
}

fn list(limit: usize, as_json: bool, context: &Context<'_>, io: &mut Io) -> Result<(), Failure> {
    let families = context.desk.families(limit)?;
    for family in &families {
        let Some(first) = family.members.first() else { continue };
        if as_json {
            io.json(&json!({ "id": family.id, "members": family.members.len(), "first_at": first.posted_at,
                "first_source": first.source, "text": first.text }))?;
            continue;
        }
        let (id, members) = (family.id.to_string(), family.members.len());
        io.line(format!(
            "{id:<6} {members} members, first {} on {} · {}",
            time(first.posted_at),
            first.source,
            brief(&first.text, 60)
        ))?;
    }
    if families.is_empty() && !as_json {
        io.line("no two items are alike so far")?;
    }
    Ok(())
}

fn show(view: &Lineage, io: &mut Io) -> Result<(), Failure> {
    let languages: Vec<String> = view.spread.languages.iter().map(|(code, count)| format!("{code} {count}")).collect();
    let (members, channels) = (view.family.members.len(), view.spread.channels.len());
    io.line(format!("{}: {members} members on {channels} channels ({})", view.family.id, languages.join(", ")))?;
    let first = view.family.members.first().map(|member| member.posted_at).unwrap_or_default();
    for member in &view.family.members {
        let lag = member.posted_at.as_second() - first.as_second();
        io.line(format!(
            "  {:<6} {} {:>9} {:<15} {} · {}",
            member.id.to_string(),
            time(member.posted_at),
            span(lag),
            member.level.word(),
            member.source,
            brief(&member.text, 60)
        ))?;
    }
    for pair in &view.spread.pairs {
        io.line(format!(
            "  {} → {}: {} here; first in {} of {} shared families, {} in {}; median {}",
            pair.earlier,
            pair.later,
            span(pair.lag_seconds),
            pair.earlier_first,
            pair.shared,
            pair.later,
            pair.later_first,
            span(pair.median_lag_seconds)
        ))?;
    }
    for parting in &view.partings {
        io.line(format!("  {} {}: {} (act {})", parting.by, parting.what, parting.reason(), parting.number))?;
    }
    Ok(())
}

/// `+2 h 5 min`, `-3 d 1 h`.
fn span(seconds: i64) -> String {
    let sign = if seconds < 0 { '-' } else { '+' };
    match seconds.unsigned_abs() {
        all @ 0..60 => format!("{sign}{all} s"),
        all @ 60..3_600 => format!("{sign}{} min", all / 60),
        all @ 3_600..172_800 => format!("{sign}{} h {} min", all / 3_600, all % 3_600 / 60),
        all => format!("{sign}{} d {} h", all / 86_400, all % 86_400 / 3_600),
    }
}

fn tell(done: &Parted, as_json: bool, io: &mut Io) -> Result<(), Failure> {
    if as_json {
        return io.json(done);
    }
    let now: Vec<String> = done
        .families
        .iter()
        .map(|(item, family)| match family {
            Some(family) => format!("{item} is in {family}"),
            None => format!("{item} stands alone"),
        })
        .collect();
    io.line(format!("{} (act {}): {}", done.what, done.act, now.join(", ")))?;
    if !done.still_joined_by.is_empty() {
        let way: Vec<String> = done.still_joined_by.iter().map(ItemId::to_string).collect();
        io.say(format!("they stay in one family: other likenesses join them, {}", way.join(" – ")));
    }
    Ok(())
}

/// `vedette series [ID]`.
pub fn series(series: Option<&str>, as_json: bool, context: &Context<'_>, io: &mut Io) -> Result<u8, Failure> {
    if let Some(id) = series {
        let view = context.desk.series(id)?;
        if as_json {
            io.json(&view)?;
        } else {
            show_series(&view, io)?;
        }
        return Ok(0);
    }
    let all = context.desk.all_series()?;
    for one in &all {
        if as_json {
            io.json(one)?;
            continue;
        }
        let missing = if one.missing > 0 { format!(", {} missing", one.missing) } else { String::new() };
        let numbers = if one.from == one.to { one.from.to_string() } else { format!("{} to {}", one.from, one.to) };
        io.line(format!("{:<24} {}: No. {numbers}, {} seen{missing}", one.id, one.name, one.issues))?;
    }
    if all.is_empty() && !as_json {
        io.line("no issue of a series of the register was seen")?;
    }
    Ok(0)
}

fn show_series(view: &SeriesView, io: &mut Io) -> Result<(), Failure> {
    let outlet = view.outlet.as_ref().map(|outlet| format!(" ({outlet})")).unwrap_or_default();
    io.line(format!("{}: {}{outlet}", view.id, view.name))?;
    for issue in &view.issues.issues {
        let (number, copies, named) = (issue.number, issue.copies.len(), issue.named.len());
        let (item, at, source) = (issue.first_item, time(issue.first_at), &issue.first_source);
        io.line(format!("  No. {number:<4} {at} {item} on {source}; {copies} copies, named in {named} more"))?;
    }
    for notice in &view.issues.notices {
        io.line(format!("  ! {notice}"))?;
    }
    if view.issues.issues.is_empty() {
        io.line("  no issue was seen")?;
    }
    Ok(())
}
