//! `review`, `calibration`: what people decide, and what came of it.

use serde_json::json;
use vedette_core::{Level, PointKey, Verdict};
use vedette_desk::Group;

use crate::cli::ReviewArgs;
use crate::commands::archive::level;
use crate::commands::{Context, brief, id};
use crate::io::{Failure, Io};

/// `vedette review`.
pub fn review(args: &ReviewArgs, context: &Context<'_>, io: &mut Io) -> Result<u8, Failure> {
    if args.points {
        return points(args, context, io);
    }
    let level = match &args.level {
        None => None,
        Some(word) => Some(level(word)?),
    };
    let verdict = match (args.confirm, args.reject, level.is_some() || args.value.is_some()) {
        (true, ..) => Verdict::Confirm,
        (_, true, _) => Verdict::Reject,
        (_, _, true) => Verdict::Change,
        _ => {
            return Err(Failure::usage("say what you decide")
                .hint("--confirm, --reject --reason TEXT, or --level LEVEL (--value VALUE of a point) --reason TEXT"));
        }
    };
    if let Some(point) = &args.point {
        let key: PointKey = id(point)?;
        context.desk.decide_point(&context.who, id(&args.id)?, &key, verdict, args.value.as_deref(), &args.reason)?;
        io.line(format!("{} {}: {key}", args.id, verdict.word()))?;
        return Ok(0);
    }
    let decision = context.desk.review(&context.who, id(&args.id)?, verdict, level, &args.reason)?;
    io.line(format!("{} is {} by {}", args.id, decision.level.word(), decision.by))?;
    Ok(0)
}

/// `vedette review ID --points`.
fn points(args: &ReviewArgs, context: &Context<'_>, io: &mut Io) -> Result<u8, Failure> {
    for point in context.desk.points(id(&args.id)?)? {
        if args.json {
            io.json(&point)?;
            continue;
        }
        let decided = point.decision.as_ref().map(|one| {
            let value = one.decision.value.as_deref().map(|value| format!(" to {value}")).unwrap_or_default();
            format!(" [{}{value} by {}]", one.decision.verdict.word(), one.by)
        });
        let quote = if point.quote.is_empty() { String::new() } else { format!(" “{}”", brief(&point.quote, 60)) };
        io.line(format!("{}{quote}{}", point.key, decided.unwrap_or_default()))?;
    }
    Ok(0)
}

/// `vedette calibration`.
pub fn calibration(as_json: bool, context: &Context<'_>, io: &mut Io) -> Result<u8, Failure> {
    let (sums, decisions) = context.desk.calibration()?;
    if as_json {
        let words: Vec<&str> = Level::ALL.iter().map(|level| level.word()).collect();
        let mut object = json!(sums);
        object["levels"] = json!(words);
        object["disagreements"] = sums
            .disagreements
            .iter()
            .filter_map(|item| decisions.get(item))
            .map(|one| {
                json!({ "item": one.item, "proposed": one.proposed.word(), "decided": one.decision.level.word(),
                    "reason": one.decision.reason, "at": one.decision.at })
            })
            .collect();
        io.json(&object)?;
        return Ok(0);
    }
    if sums.all.agreement.of == 0 {
        io.line("nobody has decided on a level yet")?;
        return Ok(0);
    }
    io.line(format!("{:<16} decided: {}", "proposed", Level::ALL.map(Level::word).join(" / ")))?;
    for (level, row) in Level::ALL.iter().zip(&sums.matrix).rev() {
        let counts: Vec<String> = row.iter().map(u64::to_string).collect();
        io.line(format!("{:<16} {}", level.word(), counts.join(" / ")))?;
    }
    let tell = |group: &Group| {
        let share = group.agreement;
        format!(
            "{}: {} of {} as proposed, {:.0} % (95 %: {:.0}–{:.0} %), {} lowered, {} raised",
            group.name,
            share.agreed,
            share.of,
            share.share() * 100.0,
            share.low * 100.0,
            share.high * 100.0,
            group.lowered,
            group.raised
        )
    };
    io.line(tell(&sums.all))?;
    for group in sums.by_language.iter().chain(&sums.by_source).chain(&sums.by_month) {
        io.line(format!("  {}", tell(group)))?;
    }
    for one in sums.disagreements.iter().filter_map(|item| decisions.get(item)) {
        let (proposed, decided) = (one.proposed.word(), one.decision.level.word());
        io.line(format!("  {} {proposed} → {decided}: {}", one.item, brief(&one.decision.reason, 80)))?;
    }
    Ok(0)
}
