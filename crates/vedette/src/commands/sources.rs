//! `source`, `import`, `collect --once`, `worker --once`.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use vedette_collect::Secret;
use vedette_core::{
    Authorisation, AuthorityKind, Keeping, NewSource, Reach, Render, Source, SourceGrade, SourceId, SourceKind,
    SourceState,
};
use vedette_desk::{Desk, Round};

use crate::cli::{
    AuthorisationArgs, AuthorityWord, CollectArgs, ImportArgs, ReachArgs, RenderWord, ServeArgs, SourceAdd,
    SourceCommand, SourceWord,
};
use crate::commands::{Context, id, ids, time};
use crate::io::{Failure, Io};
use crate::secrets;

/// `vedette source …`.
pub fn run(command: SourceCommand, context: &Context<'_>, io: &mut Io) -> Result<u8, Failure> {
    let Context { desk, who, .. } = context;
    match command {
        SourceCommand::Add(args) => add(&args, context, io)?,
        SourceCommand::List { suggested: true, json } => suggestions(json, context, io)?,
        SourceCommand::List { suggested: false, json } => list(json, context, io)?,
        SourceCommand::Check { id: text } => {
            let source: SourceId = id(&text)?;
            let secret = secret_of(&desk.source(source)?.0)?;
            for line in desk.check_source(source, secret.as_ref())? {
                io.line(line)?;
            }
        }
        SourceCommand::Pause { id: text } => desk.set_source_state(who, id(&text)?, SourceState::Paused)?,
        SourceCommand::Resume { id: text } => desk.set_source_state(who, id(&text)?, SourceState::Active)?,
        SourceCommand::Remove { id: text } => desk.set_source_state(who, id(&text)?, SourceState::Removed)?,
        SourceCommand::Reach { id: text, reach } => {
            let source: SourceId = id(&text)?;
            let changed = reach_of(&reach, desk.source(source)?.0.asked.reach);
            desk.set_reach(who, source, &changed)?;
        }
        SourceCommand::Keep { id: text, days, for_ever, hold, release } => {
            let source: SourceId = id(&text)?;
            let mut keeping = desk.source(source)?.0.asked.keeping;
            keeping.days = if for_ever { None } else { days.or(keeping.days) };
            keeping.hold = if release { None } else { hold.or(keeping.hold) };
            desk.set_keeping(who, source, &keeping)?;
        }
        SourceCommand::Grade { id: text, grade, reason } => {
            let grade = SourceGrade::from_word(&grade)
                .ok_or_else(|| Failure::usage(format!("`{grade}` is no grade of a source: expected A to F")))?;
            desk.grade_source(who, id(&text)?, grade, &reason)?;
        }
        SourceCommand::Gaps { id: text, json } => gaps(id(&text)?, json, context, io)?,
        SourceCommand::Authorise { id: text, authorisation } => {
            desk.authorise(who, id(&text)?, &record(&authorisation, desk.now())?)?;
        }
    }
    Ok(0)
}

/// What was asked for, over what held so far.
fn reach_of(args: &ReachArgs, so_far: Reach) -> Reach {
    let or = |given: &Option<String>, known: Option<String>| match given.as_deref() {
        None => known,
        Some("none") => None,
        Some(given) => Some(given.to_owned()),
    };
    Reach {
        proxy: or(&args.proxy, so_far.proxy),
        user_agent: or(&args.user_agent, so_far.user_agent),
        pace_ms: args.pace_ms.or(so_far.pace_ms),
        every_s: args.every.or(so_far.every_s),
        render: args.render.map_or(so_far.render, |word| match word {
            RenderWord::Never => Render::Never,
            RenderWord::Changed => Render::Changed,
            RenderWord::Always => Render::Always,
        }),
    }
}

fn gaps(source: SourceId, json: bool, context: &Context<'_>, io: &mut Io) -> Result<(), Failure> {
    let gaps = context.desk.gaps(source)?;
    if gaps.is_empty() && !json {
        io.line("nothing is known to be missing")?;
    }
    for gap in gaps {
        if json {
            io.json(&gap)?;
            continue;
        }
        let end = match gap.closed_at {
            Some(at) => format!("whole again {}", time(at)),
            None => "OPEN".to_owned(),
        };
        io.line(format!("{} to {}: {} · {end}", time(gap.from), time(gap.to), gap.why))?;
    }
    Ok(())
}

fn record(args: &AuthorisationArgs, now: Timestamp) -> Result<Authorisation, Failure> {
    let missing = || {
        Failure::usage("no authorisation, no collection: this source has no record of who allowed it").hint(
            "add --authorised-by 'NAME, function' and --basis 'why it is lawful', such as 'public room, research'",
        )
    };
    let until = match &args.until {
        None => None,
        Some(text) => {
            let day: Date = text
                .parse()
                .map_err(|_| Failure::usage(format!("`{text}` is not a day: expected one like 2027-01-31")))?;
            let end = day.tomorrow().and_then(|day| day.to_zoned_datetime(TimeZone::UTC));
            Some(end.map_err(|error| Failure::usage(error.to_string()))?.timestamp())
        }
    };
    Ok(Authorisation {
        authorised_by: args.authorised_by.clone().ok_or_else(missing)?,
        basis: args.basis.clone().ok_or_else(missing)?,
        kind: match args.authority {
            AuthorityWord::Public => AuthorityKind::Public,
            AuthorityWord::Owner => AuthorityKind::Owner,
            AuthorityWord::Legal => AuthorityKind::Legal,
        },
        recorded_at: now,
        until,
    })
}

fn add(args: &SourceAdd, context: &Context<'_>, io: &mut Io) -> Result<(), Failure> {
    let authorisation = record(&args.authorisation, context.desk.now())?;
    let kind = match args.kind {
        SourceWord::Rocketchat => SourceKind::Rocketchat,
        SourceWord::Feed => SourceKind::Feed,
        SourceWord::Matrix => SourceKind::Matrix,
        SourceWord::Web => SourceKind::Web,
        SourceWord::Section => SourceKind::Section,
        SourceWord::Telegram => SourceKind::Telegram,
        SourceWord::Folder => SourceKind::Folder,
    };
    let address = match kind {
        SourceKind::Folder => io.path(std::path::Path::new(&args.address)).display().to_string(),
        _ => args.address.clone(),
    };
    if matches!(kind, SourceKind::Rocketchat | SourceKind::Matrix) && args.room.is_none() {
        return Err(Failure::usage(format!("a {} source needs --room NAME", kind.word())));
    }
    let name = args.name.clone().unwrap_or_else(|| match &args.room {
        Some(room) => format!("{}/{room}", address.trim_start_matches("https://").trim_start_matches("http://")),
        None => address.clone(),
    });
    let secret = match (&args.user, &args.password_file, &args.token_file) {
        (Some(user), Some(file), _) => {
            Some(Secret::Password { user: user.clone(), password: secrets::first_line(&io.path(file))? })
        }
        (Some(user), None, Some(file)) => {
            Some(Secret::Token { user_id: user.clone(), token: secrets::first_line(&io.path(file))? })
        }
        (Some(_), None, None) => {
            return Err(Failure::usage("--user needs --password-file or --token-file")
                .hint("a secret on the command line would end in the shell's history"));
        }
        _ => None,
    };
    let secret = secret.as_ref().map(secrets::store).transpose()?;
    let source = context.desk.add_source(
        &context.who,
        NewSource {
            kind,
            address,
            room: args.room.clone(),
            name,
            outlet: args.outlet.clone(),
            countries: args.country.clone(),
            allow_private: args.allow_private.clone(),
            secret,
            authorisation,
            reach: reach_of(&args.reach, Reach::default()),
            keeping: Keeping { days: args.keep_days, hold: None },
        },
    )?;
    io.line(format!("{} {}", source.id, source.asked.name))?;
    io.say(format!("next: vedette source check {}, then vedette collect --once", source.id));
    Ok(())
}

fn list(json: bool, context: &Context<'_>, io: &mut Io) -> Result<(), Failure> {
    let sources = context.desk.sources()?;
    if sources.is_empty() && !json {
        io.say("no sources yet: see `vedette source add --help`");
    }
    for source in sources {
        if json {
            io.json(&source)?;
            continue;
        }
        let health = &source.health;
        let state = match (&health.last_error, source.state, health.last_success_at) {
            (_, SourceState::Paused, _) => "paused".to_owned(),
            (Some(error), ..) => format!("failing ({}): {error}", health.failures),
            (None, _, Some(at)) if health.open_gaps > 0 => {
                format!("well at {}, {} open gaps (`vedette source gaps {}`)", time(at), health.open_gaps, source.id)
            }
            (None, _, Some(at)) => format!("well at {}", time(at)),
            (None, _, None) => "not asked yet".to_owned(),
        };
        let kind = source.asked.kind.word();
        io.line(format!(
            "{:<4} {kind:<10} {} · {} items · {state}",
            source.id.to_string(),
            source.asked.name,
            health.items
        ))?;
    }
    Ok(())
}

fn suggestions(json: bool, context: &Context<'_>, io: &mut Io) -> Result<(), Failure> {
    for one in context.desk.suggestions()? {
        if json {
            io.json(&one)?;
        } else {
            io.line(format!("{:<8} {} · seen {} times, first in {}", one.kind, one.address, one.seen, one.first_item))?;
        }
    }
    Ok(())
}

/// The secret of a source, when it has one.
pub fn secret_of(source: &Source) -> Result<Option<Secret>, Failure> {
    source.asked.secret.as_deref().map(secrets::load).transpose()
}

/// `vedette import`.
pub fn import(args: &ImportArgs, context: &Context<'_>, io: &mut Io) -> Result<u8, Failure> {
    let paths: Vec<_> = args.paths.iter().map(|path| io.path(path)).collect();
    if let Some(missing) = paths.iter().find(|path| !path.exists()) {
        return Err(Failure::usage(format!("there is no file or folder `{}`", missing.display())));
    }
    let authorisation = Authorisation {
        authorised_by: context.who.name().to_owned(),
        basis: args.basis.clone(),
        kind: AuthorityKind::Owner,
        recorded_at: context.desk.now(),
        until: None,
    };
    let started = std::time::Instant::now();
    let round = context.desk.import(&context.who, &paths, &args.name, authorisation, &mut |round| {
        io.progress(format!("{}: {} seen, {} new", round.source, round.seen, round.new));
    })?;
    let files = work_through(context.desk, io)?;
    tell(&round, args.json, io)?;
    let seconds = started.elapsed().as_secs_f64();
    io.say(format!("{} versions in {seconds:.1} s, {files} opened by the reader", round.seen));
    Ok(0)
}

/// `vedette collect --once`.
pub fn collect(args: &CollectArgs, context: &Context<'_>, io: &mut Io) -> Result<u8, Failure> {
    let wanted: Vec<SourceId> = ids(&args.sources)?;
    let mut sources = context.desk.active_sources()?;
    sources.retain(|source| source.asked.kind != SourceKind::Import);
    if !wanted.is_empty() {
        sources.retain(|source| wanted.contains(&source.id));
    }
    if sources.is_empty() {
        return Err(Failure::usage("no source to collect from")
            .hint("see `vedette source list` and `vedette source add --help`"));
    }
    let mut failed = false;
    for source in sources {
        let secret = secret_of(&source)?;
        let round = context.desk.collect(&context.who, source.id, secret.as_ref(), &mut |round| {
            io.progress(format!("{}: {} seen, {} new", round.source, round.seen, round.new));
        })?;
        failed |= round.error.is_some();
        tell(&round, args.json, io)?;
    }
    work_through(context.desk, io)?;
    Ok(u8::from(failed))
}

/// `vedette worker --once`.
pub fn work(args: &ServeArgs, context: &Context<'_>, io: &mut Io) -> Result<u8, Failure> {
    if args.reindex {
        io.say(format!("the index holds {} items again", context.desk.rebuild_index()?));
    }
    if args.again {
        io.say(format!(
            "{} versions are read and recognised again",
            context.desk.derive_again(&context.who, args.all)?
        ));
    }
    let done = work_through(context.desk, io)?;
    io.line(format!("{done} done"))?;
    Ok(0)
}

/// Opens and reads what waits, and shows how far it is; how many versions.
pub fn work_through(desk: &Desk, io: &mut Io) -> Result<u64, Failure> {
    let (sender, receiver) = std::sync::mpsc::channel();
    let done = std::thread::scope(|scope| {
        let hand = scope.spawn(move || {
            desk.work(&move |work| {
                // The one who shows the progress may have gone.
                sender.send(work).ok();
            })
        });
        for work in receiver {
            io.progress(format!("opened and read {} posts with files or HTML", work.done));
        }
        hand.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    })?;
    if done.parked > 0 {
        io.say(format!("{} could not be read and need a person's eyes", done.parked));
    }
    Ok(done.done)
}

fn tell(round: &Round, json: bool, io: &mut Io) -> Result<(), Failure> {
    if json {
        return io.json(&serde_json::json!({
            "source": round.source, "seen": round.seen, "new": round.new, "waiting": round.waiting,
            "files": round.files, "notes": round.notes, "error": round.error,
        }));
    }
    io.line(format!("{}: {} seen, {} new", round.source, round.seen, round.new))?;
    for note in &round.notes {
        io.say(format!("note: {note}"));
    }
    if let Some(error) = &round.error {
        io.say(format!("error: {}: {error}", round.source));
        io.say("hint: what had arrived is kept; the next round goes on from there");
    }
    Ok(())
}
