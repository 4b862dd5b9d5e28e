//! `demo`: the fictional world, processed and served at once. With `--from` the real connectors collect it over HTTP
//! from the mock server that `make demo` starts; alone, the texts of the world are imported (posters and the magazine
//! are drawn by the mock server only).

use std::io::Write;
use std::path::Path;
use std::time::Instant;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::Deserialize;
use vedette_collect::guard::{GetOpts, GuardedClient, Policy};
use vedette_collect::{Env, Secret};
use vedette_core::{Authorisation, AuthorityKind, Level, NewSource, SourceKind};
use vedette_desk::{Desk, NewWatch, Who};
use vedette_text::dates::expand_days;

use crate::cli::{Cli, DemoArgs};
use crate::commands::sources::work_through;
use crate::io::{Failure, Io};
use crate::workspace::name_of;
use crate::{config, secrets, serve, workspace};

const WORLD: &str = include_str!("../../../demo/world.toml");
const KNOWLEDGE: &str = include_str!("../../../demo/knowledge.toml");
/// A file that tells a demonstration from somebody's work.
const MARK: &str = "this-is-a-demo";
/// Passes of the reader over what failed for the moment.
const READ_PASSES_MAX: u32 = 20;

/// What the demonstration needs of the world's file.
#[derive(Deserialize)]
struct World {
    observer: Observer,
    room: Vec<Room>,
    #[serde(default)]
    post: Vec<Post>,
}

#[derive(Deserialize)]
struct Observer {
    username: String,
    password: String,
}

#[derive(Deserialize)]
struct Room {
    name: String,
}

#[derive(Deserialize)]
struct Post {
    key: String,
    #[serde(default)]
    day: i64,
    #[serde(default)]
    time: String,
    #[serde(default)]
    text: String,
    #[serde(default)]
    lang: Option<String>,
}

/// `vedette demo`.
pub fn run(args: &DemoArgs, cli: &Cli, io: &mut Io) -> Result<u8, Failure> {
    let started = Instant::now();
    let listen = serve::loopback(&args.listen)?;
    let dir = io.path(&args.dir);
    prepare(&dir, today())?;
    let open = workspace::open(&dir, cli)?;
    let desk = &open.desk;
    let person = desk.who(&name_of(cli))?;
    let world: World =
        toml::from_str(WORLD).map_err(|error| Failure::usage(format!("the world is damaged: {error}")))?;

    desk.add_watch(
        &person,
        NewWatch { name: "The cup".to_owned(), query: "\"meridian cup\" OR halden".to_owned(), level_min: Level::Low },
    )?;
    match &args.from {
        Some(url) => collect(desk, &person, &world, url, io)?,
        None => {
            io.say("importing the world's texts; posters, the magazine and the HTTP connectors come with `make demo`");
            import(desk, &person, &world, &dir, io)?;
        }
    }
    let counts = desk.counts()?;
    io.line(format!(
        "the world is in `{}`: {} sources, {} items in {} versions, {} exhibits, {} leaves in the log, {} families, {} alerts, {:.1} s",
        dir.display(),
        counts.sources,
        counts.items,
        counts.versions,
        counts.exhibits,
        counts.leaves,
        counts.families,
        counts.alerts_open,
        started.elapsed().as_secs_f64()
    ))?;
    if counts.jobs_waiting + counts.jobs_parked > 0 {
        io.say(format!("{} posts wait for a reader, {} need a person's eyes", counts.jobs_waiting, counts.jobs_parked));
    }
    if args.no_serve {
        return Ok(0);
    }
    let parts = serve::Parts::all();
    serve::open_and_run(parts, &open, listen, 60, &name_of(cli), io)
}

fn today() -> Date {
    Timestamp::now().to_zoned_datetime(TimeZone::UTC).date()
}

/// Makes an empty workspace with the world's register; an earlier demonstration in its place is removed, anything else
/// is left alone.
fn prepare(dir: &Path, today: Date) -> Result<(), Failure> {
    if dir.exists() {
        let empty = std::fs::read_dir(dir).is_ok_and(|mut entries| entries.next().is_none());
        if !empty && !dir.join(MARK).is_file() {
            return Err(Failure::usage(format!("`{}` exists and is not a demonstration", dir.display()))
                .hint("name another folder with --dir"));
        }
        std::fs::remove_dir_all(dir).map_err(|error| Failure::file("remove", dir, &error))?;
    }
    workspace::create(dir)?;
    let write =
        |path: &Path, text: &str| std::fs::write(path, text).map_err(|error| Failure::file("write", path, &error));
    write(&dir.join(MARK), "A demonstration: made and replaced by `vedette demo`.\n")?;
    write(&dir.join("knowledge").join("world.toml"), &expand_days(KNOWLEDGE, today))?;
    config::Config::read(dir).map(|_| ())
}

fn authorisation(now: Timestamp) -> Authorisation {
    Authorisation {
        authorised_by: "Demonstration desk".to_owned(),
        basis: "invented material on this machine".to_owned(),
        kind: AuthorityKind::Owner,
        recorded_at: now,
        until: None,
    }
}

fn collect(desk: &Desk, person: &Who, world: &World, url: &str, io: &mut Io) -> Result<(), Failure> {
    let url = url.trim_end_matches('/');
    let host = url.split_once("://").map_or(url, |(_, host)| host).to_owned();
    let secret = Secret::Password { user: world.observer.username.clone(), password: world.observer.password.clone() };
    let stored = secrets::store(&secret)?;
    let outlet = |room: &str| (room == "lantern-media").then(|| "lantern-media".to_owned());
    let mut sources: Vec<NewSource> = world
        .room
        .iter()
        .map(|room| NewSource {
            kind: SourceKind::Rocketchat,
            address: url.to_owned(),
            room: Some(room.name.clone()),
            name: format!("#{}", room.name),
            outlet: outlet(&room.name),
            countries: Vec::new(),
            allow_private: vec![host.clone()],
            secret: Some(stored.clone()),
            authorisation: authorisation(desk.now()),
            reach: vedette_core::Reach::default(),
            keeping: vedette_core::Keeping::default(),
        })
        .collect();
    sources.push(NewSource {
        kind: SourceKind::Feed,
        address: format!("{url}/courier/rss.xml"),
        room: None,
        name: "Marrow Valley Courier".to_owned(),
        outlet: Some("marrow-valley-courier".to_owned()),
        countries: Vec::new(),
        allow_private: vec![host.clone()],
        secret: None,
        authorisation: authorisation(desk.now()),
        reach: vedette_core::Reach::default(),
        keeping: vedette_core::Keeping::default(),
    });
    let mut ids = Vec::new();
    for source in sources {
        ids.push(desk.add_source(person, source)?.id);
    }
    let round = |io: &mut Io| -> Result<(), Failure> {
        for id in &ids {
            let (source, _) = desk.source(*id)?;
            let secret = source.asked.secret.as_ref().map(|_| &secret);
            let done = desk.collect(person, *id, secret, &mut |round| {
                io.progress(format!("{}: {} seen, {} new", round.source, round.seen, round.new));
            })?;
            io.say(format!("collected {}: {} new", done.source, done.new));
            if let Some(error) = done.error {
                return Err(Failure::wrong(format!("{}: {error}", done.source)));
            }
        }
        Ok(())
    };
    round(io)?;
    read(desk, io)?;
    // The world goes on: one post is edited, one is deleted. The connectors see both versions.
    advance(url, &host)?;
    round(io)?;
    read(desk, io)
}

/// Tells the mock server to go on. Only the mock of the test kit knows this address.
fn advance(url: &str, host: &str) -> Result<(), Failure> {
    let failed = |error: &dyn std::fmt::Display| Failure::usage(format!("the mock server does not go on: {error}"));
    let address: url::Url = format!("{url}/_mock/advance").parse().map_err(|error| failed(&error))?;
    let policy = Policy { allow_private: vec![host.to_owned()], ..Policy::default() };
    GuardedClient::new(policy, Env::real())
        .post_json(&address, "{}", &GetOpts::default())
        .map_err(|error| failed(&error))?;
    Ok(())
}

fn read(desk: &Desk, io: &mut Io) -> Result<(), Failure> {
    for _ in 0..READ_PASSES_MAX {
        let done = work_through(desk, io)?;
        io.say(format!("opened and read {done} posts with files or HTML"));
        if desk.counts()?.jobs_waiting == 0 {
            break;
        }
        std::thread::sleep(std::time::Duration::from_secs(1));
    }
    Ok(())
}

fn import(desk: &std::sync::Arc<Desk>, person: &Who, world: &World, dir: &Path, io: &mut Io) -> Result<(), Failure> {
    let path = dir.join("world.jsonl");
    let mut lines = Vec::new();
    for post in world.post.iter().filter(|post| !post.text.trim().is_empty()) {
        let day = today().saturating_add(jiff::Span::new().days(post.day));
        let line = serde_json::json!({
            "id": post.key, "text": expand_days(&post.text, today()), "date": format!("{day}T{}:00Z", post.time),
            "lang": post.lang,
        });
        writeln!(lines, "{line}").map_err(|error| Failure::file("write", &path, &error))?;
    }
    std::fs::write(&path, lines).map_err(|error| Failure::file("write", &path, &error))?;
    desk.import(
        person,
        std::slice::from_ref(&path),
        "The Grey Lantern world",
        authorisation(desk.now()),
        &mut |round| {
            io.progress(format!("{} seen, {} new", round.seen, round.new));
        },
    )?;
    read(desk, io)
}
