//! What a capture of a page costs: the first one, which starts the browser, and those after it. A page of a usual article
//! (style, script, six pictures) stands on loopback; each round finds it changed, so that each makes a capture.
//!
//! `cargo run --release -p vedette-collect --example capture_speed [ROUNDS]`

#![allow(clippy::unwrap_used)] // a measurement may panic

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Instant;

use jiff::Timestamp;
use vedette_collect::{Env, connector_for};
use vedette_core::{
    Authorisation, AuthorityKind, Cursor, Keeping, NewSource, Reach, Render, Source, SourceHealth, SourceId,
    SourceKind, SourceState,
};
use vedette_testkit::http::{Answer, Asked, Server};

/// A picture of one pixel, shown large.
const PIXEL: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0\x1f\x15\xc4\x89\0\0\0\rIDATx\x9cc\xf8\xcf\xc0\xf0\x1f\0\x05\0\x01\xff\x89\x99=\x1d\0\0\0\0IEND\xaeB`\x82";

fn main() {
    let rounds: usize = std::env::args().nth(1).and_then(|text| text.parse().ok()).unwrap_or(10);
    let visit = Arc::new(AtomicUsize::new(0));
    let visits = visit.clone();
    let server = Server::start(Arc::new(move |asked: &Asked| match asked.path.as_str() {
        "/a" => Answer::new(200, "text/html; charset=utf-8", article(visits.load(Ordering::SeqCst))),
        "/s.css" => Answer::new(
            200,
            "text/css",
            "body { font: 18px serif; max-width: 700px; margin: auto } img { width: 600px; height: 300px }",
        ),
        "/s.js" => Answer::new(200, "text/javascript", "document.body.append(document.createElement('footer'));"),
        _ => Answer::new(200, "image/png", PIXEL),
    }))
    .unwrap();
    let source = source(&format!("{}/a", server.base_url()));
    let cursor: Mutex<Option<Cursor>> = Mutex::default();
    let (env, mut times) = (Env::real(), Vec::new());
    for round in 0..=rounds {
        visit.store(round, Ordering::SeqCst);
        let begun = Instant::now();
        let mut bytes = Vec::new();
        let known = cursor.lock().unwrap().clone();
        connector_for(&source, None, env.clone())
            .unwrap()
            .collect(known.as_ref(), &mut |haul| {
                bytes.extend(haul.found[0].files.iter().map(|file| file.bytes.as_ref().map_or(0, Vec::len)).take(3));
                (*cursor.lock().unwrap()).clone_from(&haul.cursor);
                Ok(())
            })
            .unwrap();
        let seconds = begun.elapsed().as_secs_f64();
        if round == 0 {
            println!("first capture {seconds:.2} s (starts the browser); picture, copy, archive: {bytes:?} bytes");
        } else {
            times.push(seconds);
        }
    }
    times.sort_by(f64::total_cmp);
    println!("{rounds} more: median {:.2} s, slowest {:.2} s", times[times.len() / 2], times[times.len() - 1]);
}

fn article(round: usize) -> String {
    let line = "<p>The reading room of Tessgate opens at nine and closes at eight; the museum is closed for repairs until spring.</p>";
    format!(
        "<html><head><title>Library</title><link rel=stylesheet href=/s.css></head><body><article><h1>Library, {round}</h1>{}{}</article><script src=/s.js></script></body></html>",
        line.repeat(40),
        (0..6).map(|n| format!("<img src=/{n}.png>")).collect::<String>()
    )
}

fn source(address: &str) -> Source {
    Source {
        id: SourceId(1),
        asked: NewSource {
            kind: SourceKind::Web,
            address: address.to_owned(),
            room: None,
            name: "Library".to_owned(),
            outlet: None,
            countries: Vec::new(),
            allow_private: vec!["127.0.0.1".to_owned()],
            secret: None,
            authorisation: Authorisation {
                authorised_by: "A. Supervisor".to_owned(),
                basis: "a page of this measurement".to_owned(),
                kind: AuthorityKind::Public,
                recorded_at: Timestamp::UNIX_EPOCH,
                until: None,
            },
            reach: Reach { render: Render::Changed, ..Reach::default() },
            keeping: Keeping::default(),
        },
        state: SourceState::Active,
        added_at: Timestamp::UNIX_EPOCH,
        health: SourceHealth::default(),
    }
}
