//! From a page that only its scripts write to a proved picture of it: by the commands a person types, against a site on
//! loopback and a real Chromium.

#![allow(clippy::unwrap_used)] // a test may panic

mod kit;

use std::sync::Arc;

use kit::Desk;
use vedette_testkit::http::{Answer, Asked, Server};

const WORDS: &str = "The library of Tessgate opens at nine on Sunday, the reading room stays open until eight, and the museum near Halden Stadium is closed for repairs until spring.";

fn site() -> Server {
    Server::start(Arc::new(|asked: &Asked| match asked.path.as_str() {
        "/live" => Answer::new(
            200,
            "text/html",
            "<title>Library</title><div id=root></div><script>fetch('/api').then(r => r.text()).then(t => { root.innerHTML = '<article><p>' + t + '</p></article>'; })</script>",
        ),
        "/api" => Answer::new(200, "text/plain; charset=utf-8", WORDS),
        _ => Answer::new(404, "text/plain", "no"),
    }))
    .unwrap()
}

#[test]
fn a_page_of_scripts_is_captured_kept_and_proved() {
    let (desk, site) = (Desk::new(), site());
    let address = format!("{}/live", site.base_url());
    let own = ["--authorised-by", "T. Tester, desk", "--basis", "a page of this test"];
    let refused = [&["source", "add", "feed", &address, "--render", "changed"], &own[..]].concat();
    assert!(desk.fails(&refused, 2).contains("only pages are captured"));
    desk.ok(&[&["source", "add", "web", &address, "--allow-private", "127.0.0.1"], &own[..]].concat());
    assert_eq!(desk.json(&["collect", "--once", "--json"])[0]["new"], 1);
    assert!(desk.json(&["search", "Tessgate", "--json"]).is_empty(), "without its scripts the page says nothing");
    desk.ok(&["source", "reach", "s1", "--render", "changed"]);
    assert!(desk.ok(&["source", "check", "s1"]).contains("its pages are captured (changed) by Chrome/"));
    assert_eq!(desk.json(&["collect", "--once", "--json"])[0]["new"], 1);
    desk.ok(&["worker", "--once"]);
    let hits = desk.json(&["search", "Tessgate", "--json"]);
    assert_eq!(hits.len(), 1, "{hits:?}");
    let item = &desk.json(&["show", hits[0]["id"].as_str().unwrap(), "--json"])[0];
    let files = item["attachments"].as_array().unwrap();
    let names: Vec<&str> = files.iter().map(|file| file["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["page.png", "page.mhtml", "page.warc.gz"], "{item}");
    assert!(files.iter().all(|file| file["exhibit"].is_string() && file["size_bytes"].as_u64() > Some(500)), "{item}");
    assert_eq!(item["problems"].as_array().map(Vec::len), Some(0), "{}", item["problems"]);
    let readings = item["readings"].as_array().unwrap();
    assert!(readings.iter().all(|reading| reading["kind"] != "ocr"), "what it shows is read once: {readings:?}");
    assert_eq!(desk.json(&["collect", "--once", "--json"])[0]["new"], 0);
    assert_eq!(desk.json(&["verify", "--json"])[0]["ok"], true);
}

#[test]
fn doctor_says_whether_pages_can_be_captured() {
    let told = Desk::nowhere().run_text(&["doctor"]);
    assert!(told.contains("found    chromium (caged)") && told.contains("bubblewrap without network"), "{told}");
}
