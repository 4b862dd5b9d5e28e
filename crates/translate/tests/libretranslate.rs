//! A LibreTranslate-compatible server that behaves, and many that do not, on the loopback.

#![allow(clippy::unwrap_used)] // a test may panic

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use vedette_core::translation::{TranslateFault, Translator};
use vedette_translate::LibreTranslate;

const WITHIN: Duration = Duration::from_secs(20);

/// What the server does with `POST /translate`.
#[derive(Clone, Copy)]
enum Does {
    /// Answers in capitals.
    Well,
    /// Answers this.
    Says(u16, &'static str),
    /// Answers with this many bytes of one translation.
    Floods(usize),
    /// Answers nothing.
    Stalls,
    /// Announces more than it sends.
    CutsOff,
    /// Sends us elsewhere.
    Redirects,
}

struct Server {
    address: String,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Server {
    fn start(does: Does) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let asked: Arc<Mutex<Vec<String>>> = Arc::default();
        let log = Arc::clone(&asked);
        // Ends with the test's process.
        thread::spawn(move || {
            for stream in listener.incoming() {
                let log = Arc::clone(&log);
                thread::spawn(move || serve(stream.unwrap(), does, &log));
            }
        });
        Self { address, asked }
    }

    fn engine(&self) -> LibreTranslate {
        LibreTranslate::new(&self.address, Some("a-key".to_owned())).unwrap()
    }
}

fn serve(stream: TcpStream, does: Does, log: &Mutex<Vec<String>>) {
    let mut reader = BufReader::new(stream);
    let mut head = Vec::new();
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).unwrap_or(0) == 0 {
            return;
        }
        if line.trim().is_empty() {
            break;
        }
        head.push(line);
    }
    let length = head.iter().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse::<usize>().unwrap())
    });
    let mut body = vec![0; length.unwrap_or(0)];
    reader.read_exact(&mut body).unwrap();
    let body = String::from_utf8(body).unwrap();
    let line = head[0].split_whitespace().take(2).collect::<Vec<_>>().join(" ");
    log.lock().unwrap().push(format!("{line} {body}"));
    let stream = reader.into_inner();
    match line.as_str() {
        "GET /languages" => answer(
            stream,
            200,
            r#"[{"code":"pt","name":"Portuguese","targets":["en","es"]},{"code":"en","name":"English"},{"code":"ar","name":"Arabic","targets":[]}]"#,
        ),
        "GET /spec" => answer(stream, 200, r#"{"info":{"title":"LibreTranslate","version":"1.6.2"}}"#),
        _ => translate(stream, does, &body),
    }
}

fn translate(mut stream: TcpStream, does: Does, body: &str) {
    match does {
        Does::Well => {
            let asked: serde_json::Value = serde_json::from_str(body).unwrap();
            let texts: Vec<String> =
                asked["q"].as_array().unwrap().iter().map(|text| text.as_str().unwrap().to_uppercase()).collect();
            answer(stream, 200, &serde_json::json!({ "translatedText": texts }).to_string());
        }
        Does::Says(status, body) => answer(stream, status, body),
        Does::Floods(bytes) => answer(stream, 200, &format!(r#"{{"translatedText":["{}"]}}"#, "a".repeat(bytes))),
        Does::Stalls => thread::sleep(Duration::from_secs(60)),
        Does::CutsOff => {
            stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 500\r\n\r\n{\"translatedText\":[").unwrap_or(());
        }
        Does::Redirects => {
            stream
                .write_all(b"HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:9/translate\r\ncontent-length: 0\r\n\r\n")
                .unwrap_or(());
        }
    }
}

fn answer(mut stream: TcpStream, status: u16, body: &str) {
    let head = format!("HTTP/1.1 {status} X\r\nconnection: close\r\ncontent-length: {}\r\n\r\n", body.len());
    // Who asked may have hung up.
    stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(body.as_bytes())).unwrap_or(());
}

fn asked_of(does: Does) -> Result<Vec<String>, TranslateFault> {
    Server::start(does).engine().translate(&["um", "dois"], "pt", "en", WITHIN)
}

#[track_caller]
fn fails(does: Does, reason: &str) {
    let fault = asked_of(does).unwrap_err();
    assert!(matches!(fault, TranslateFault::Failed { .. }) && fault.to_string().contains(reason), "{fault}");
}

#[test]
fn a_server_is_asked_for_all_segments_at_once() {
    let server = Server::start(Does::Well);
    let engine = server.engine();
    assert_eq!(engine.translate(&["um \"dia\"", "متحف"], "pt", "en", WITHIN).unwrap(), ["UM \"DIA\"", "متحف"]);
    assert_eq!(
        *server.asked.lock().unwrap(),
        [
            r#"POST /translate {"q":["um \"dia\"","متحف"],"source":"pt","target":"en","format":"text","api_key":"a-key"}"#
        ]
    );
}

#[test]
fn the_server_says_which_languages_it_knows_and_is_asked_once() {
    let server = Server::start(Does::Well);
    let engine = server.engine();
    assert!(engine.knows("pt", "en") && engine.knows("pt", "es") && engine.knows("en", "ar"));
    assert!(
        !engine.knows("pt", "ar")
            && !engine.knows("ar", "en")
            && !engine.knows("ru", "en")
            && !engine.knows("en", "en")
    );
    assert_eq!(engine.engine().version, "1.6.2");
    assert_eq!(*server.asked.lock().unwrap(), ["GET /languages ", "GET /spec "]);
}

#[test]
fn a_server_that_is_not_there_knows_nothing() {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let engine = LibreTranslate::new(&format!("http://127.0.0.1:{port}"), None).unwrap();
    assert!(!engine.knows("pt", "en"));
    assert!(matches!(engine.connect(), Err(TranslateFault::Failed { .. })));
    assert!(matches!(engine.translate(&["um"], "pt", "en", WITHIN), Err(TranslateFault::Failed { .. })));
}

#[test]
fn a_server_that_misbehaves_has_failed_and_says_how() {
    fails(Does::Says(200, "{\"translatedText\":[\"one\""), "not as expected");
    fails(Does::Says(200, "<html>"), "not as expected");
    fails(Does::Says(200, "{}"), "no translation");
    fails(Does::Says(200, r#"{"translatedText":["one"]}"#), "2 segments were sent, 1 came back");
    fails(Does::Says(200, r#"{"translatedText":["one","two","three"]}"#), "3 came back");
    fails(Does::Says(200, r#"{"translatedText":[1,2]}"#), "not as expected");
    fails(Does::Says(400, r#"{"error":"pt is not\n supported"}"#), "400: pt is not supported");
    fails(Does::Says(503, "busy"), "503");
    fails(Does::Floods(4 << 20), "longer than");
    fails(Does::CutsOff, "libretranslate failed");
    fails(Does::Redirects, "302");
}

#[test]
fn a_server_that_wants_a_pause_is_over_its_allowance() {
    let fault = asked_of(Does::Says(429, r#"{"error":"Slowdown: 20 per 1 minute"}"#)).unwrap_err();
    assert!(matches!(fault, TranslateFault::OverBudget { .. }) && fault.to_string().contains("Slowdown"), "{fault}");
}

#[test]
fn a_server_that_does_not_answer_is_not_waited_for() {
    let server = Server::start(Does::Stalls);
    let began = Instant::now();
    let fault = server.engine().translate(&["um"], "pt", "en", Duration::from_millis(500));
    assert!(matches!(fault, Err(TranslateFault::TimedOut { .. })), "{fault:?}");
    assert!(began.elapsed() < Duration::from_secs(15));
}

#[test]
fn no_fault_repeats_the_key() {
    for does in [Does::Says(403, r#"{"error":"Invalid API key"}"#), Does::CutsOff, Does::Redirects] {
        assert!(!asked_of(does).unwrap_err().to_string().contains("a-key"));
    }
}
