//! `campaign`, `bursts`: what belongs together, and what is named unusually often.

use vedette_core::{CampaignId, ItemId};
use vedette_desk::CampaignView;

use crate::cli::CampaignCommand;
use crate::commands::{Context, brief, id, ids, time};
use crate::io::{Failure, Io};

/// `vedette campaign …`.
pub fn run(command: CampaignCommand, context: &Context<'_>, io: &mut Io) -> Result<u8, Failure> {
    let Context { desk, who, .. } = context;
    match command {
        CampaignCommand::List { json } => list(json, context, io)?,
        CampaignCommand::Show { id: text, json } => {
            let view = match text.strip_prefix('k') {
                Some(_) => desk.campaign(id(&text)?)?,
                None => desk.suggested_campaign(id(&text)?)?,
            };
            if json {
                io.json(&view)?;
            } else {
                show(&text, &view, io)?;
            }
        }
        CampaignCommand::Accept { items, name, into, only } => {
            let mut all: Vec<ItemId> = ids(&items)?;
            let mut title = String::new();
            if !only {
                let mut found: Vec<ItemId> = Vec::new();
                for item in all {
                    let view = desk.suggested_campaign(item)?;
                    title = view.title;
                    found.extend(
                        view.rows.iter().map(|row| row.id).filter(|id| !found.contains(id)).collect::<Vec<_>>(),
                    );
                }
                all = found;
            }
            let name = if name.trim().is_empty() { title } else { name };
            let into: Option<CampaignId> = into.as_deref().map(id).transpose()?;
            let made = desk.accept_campaign(who, &all, &name, into)?;
            io.line(format!("{made}: {} items", all.len()))?;
        }
        CampaignCommand::Dismiss { item, reason } => {
            let done = desk.dismiss_campaign(who, id(&item)?, None, &reason)?;
            io.line(format!("{} (act {})", done.what, done.number))?;
        }
        CampaignCommand::Merge { into, from } => desk.merge_campaigns(who, id(&into)?, &ids(&from)?)?,
        CampaignCommand::Split { from, items, name } => {
            let made = desk.split_campaign(who, id(&from)?, &ids(&items)?, &name)?;
            io.line(made.to_string())?;
        }
        CampaignCommand::Undo { act } => {
            let undone = desk.undo_campaigns(who, act)?;
            io.line(format!("undone: {} (by {} at {})", undone.what, undone.by, time(undone.at)))?;
        }
    }
    Ok(0)
}

fn list(json: bool, context: &Context<'_>, io: &mut Io) -> Result<(), Failure> {
    let all = context.desk.campaigns()?;
    if json {
        return io.json(&all);
    }
    for one in &all.accepted {
        io.line(format!(
            "{:<6} {}: {} ({})",
            one.campaign.id.to_string(),
            one.campaign.name,
            one.title,
            one.level.word()
        ))?;
    }
    for one in &all.suggested {
        let into = one.into.map(|id| format!(", would join {id}")).unwrap_or_default();
        io.line(format!("{:<6} suggested: {}{into}", one.key.to_string(), one.title))?;
    }
    for one in &all.dismissed {
        let why = one.dismissed.as_ref().map(|act| format!(": {} (by {})", act.what, act.by)).unwrap_or_default();
        io.line(format!("{:<6} dismissed: {}{why}", one.key.to_string(), one.title))?;
    }
    if all.accepted.is_empty() && all.suggested.is_empty() && all.dismissed.is_empty() {
        io.line("nothing belongs together so far")?;
    }
    Ok(())
}

fn show(text: &str, view: &CampaignView, io: &mut Io) -> Result<(), Failure> {
    let name = view.campaign.as_ref().map_or("suggested", |one| one.name.as_str());
    io.line(format!("{text} {name}: {}", view.title))?;
    for row in &view.rows {
        io.line(format!(
            "  {:<6} {} {:<15} {} · {}",
            row.id.to_string(),
            time(row.posted_at),
            row.level.word(),
            row.source,
            brief(&row.text, 80)
        ))?;
    }
    for join in &view.joins {
        io.line(format!("  {} – {}: {}", join.earlier, join.later, join.why))?;
    }
    if let Some(act) = &view.dismissed {
        io.line(format!("  {} by {} at {} (act {})", act.what, act.by, time(act.at), act.number))?;
    }
    for act in &view.history {
        io.line(format!("  {} by {} at {} (act {})", act.what, act.by, time(act.at), act.number))?;
    }
    Ok(())
}

/// `vedette bursts`.
pub fn bursts(json: bool, context: &Context<'_>, io: &mut Io) -> Result<u8, Failure> {
    let bursts = context.desk.bursts()?;
    for burst in &bursts {
        if json {
            io.json(burst)?;
        } else {
            let (kind, name) = (burst.kind.word(), &burst.name);
            io.line(format!(
                "{kind} {name}: {} mentions today, {:.1} usual (of {} days)",
                burst.today, burst.usual, burst.days
            ))?;
        }
    }
    if bursts.is_empty() && !json {
        io.line("nothing is named unusually often today")?;
    }
    Ok(0)
}
