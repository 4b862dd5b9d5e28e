//! From a watched channel to a cited warning: the whole way, by the commands a person types, against the mock server.

#![allow(clippy::unwrap_used)] // a test may panic

mod kit;

use std::collections::BTreeSet;

use kit::Desk;
use serde_json::Value;

/// The demonstration, processed once for all questions of this file: rendering and OCR take a while.
fn demo() -> (Desk, kit::Served) {
    let served = kit::world();
    let desk = Desk::nowhere();
    desk.ok(&["demo", "--from", &served.server.base_url(), "--no-serve", "--dir", "desk"]);
    (desk, served)
}

fn text_of(item: &Value) -> String {
    item["readings"].as_array().unwrap().iter().map(|r| r["text"].as_str().unwrap()).collect::<Vec<_>>().join("\n")
}

#[test]
fn the_world_goes_the_whole_way() {
    let (desk, served) = demo();
    everything_is_kept_and_proved(&desk);
    the_threat_to_the_cup_is_on_top(&desk);
    talk_about_sport_is_no_threat(&desk);
    an_edit_and_a_deletion_are_versions(&desk);
    a_poster_in_other_clothes_is_one_family(&desk);
    posters_and_the_magazine_are_read(&desk);
    the_magazine_is_an_issue_of_its_series(&desk);
    nobody_is_named(&desk, &served);
    a_report_stands_on_its_quotes(&desk);
    a_bundle_proves_itself_and_tampering_shows(&desk);
    a_second_round_adds_nothing(&desk);
    a_backup_restores_to_the_same_root(&desk);
    flipped_bytes_are_found(&desk);
}

fn everything_is_kept_and_proved(desk: &Desk) {
    let report = &desk.json(&["verify", "--json"])[0];
    assert_eq!(report["ok"], true, "{report}");
    assert!(report["exhibits"].as_u64().unwrap() > 60, "{report}");
    assert!(report["leaves"].as_u64().unwrap() > 120, "{report}");
}

fn the_threat_to_the_cup_is_on_top(desk: &Desk) {
    let hits = desk.json(&["search", "level>=high-unspecific", "--json", "--sort", "level", "--limit", "50"]);
    assert!(!hits.is_empty());
    assert_eq!(hits[0]["level"], "high-specific");
    let item = &desk.json(&["show", hits[0]["id"].as_str().unwrap(), "--json"])[0];
    let texts: Vec<&str> = item["readings"].as_array().unwrap().iter().map(|r| r["text"].as_str().unwrap()).collect();
    let reasons = item["assessment"]["reasons"].as_array().unwrap();
    assert!(reasons.len() >= 3, "{reasons:?}");
    for reason in reasons {
        let text = texts[reason["reading"].as_u64().unwrap() as usize];
        let span = reason["start"].as_u64().unwrap() as usize..reason["end"].as_u64().unwrap() as usize;
        assert_eq!(text.get(span), reason["quote"].as_str(), "a reason's span holds its quote");
    }
    let with_event = hits.iter().any(|hit| {
        let item = &desk.json(&["show", hit["id"].as_str().unwrap(), "--json"])[0];
        item["assessment"]["reasons"].to_string().contains("Meridian Cup")
    });
    assert!(with_event, "an upcoming event raises a threat that meets it");
}

fn talk_about_sport_is_no_threat(desk: &Desk) {
    let hits = desk.json(&["search", "\"destroy them\"", "--json"]);
    assert!(!hits.is_empty(), "the sports talk is in the archive");
    for hit in hits {
        assert_eq!(hit["level"], "none", "{hit}");
    }
}

fn an_edit_and_a_deletion_are_versions(desk: &Desk) {
    let edited = desk.json(&["search", "state:edited", "--json"]);
    assert_eq!(edited.len(), 1, "{edited:?}");
    let item = &desk.json(&["show", edited[0]["id"].as_str().unwrap(), "--json"])[0];
    let versions = item["versions"].as_array().unwrap();
    assert_eq!(versions.len(), 2);
    assert_ne!(versions[0]["text"], versions[1]["text"]);

    let deleted = desk.json(&["search", "state:deleted", "--json"]);
    assert_eq!(deleted.len(), 1, "{deleted:?}");
    let item = &desk.json(&["show", deleted[0]["id"].as_str().unwrap(), "--json"])[0];
    assert!(!text_of(item).trim().is_empty(), "what was deleted is still there to be read");
}

fn a_poster_in_other_clothes_is_one_family(desk: &Desk) {
    let mut of_images = BTreeSet::new();
    for hit in desk.json(&["search", "level>=none", "--json", "--limit", "200"]) {
        let item = &desk.json(&["show", hit["id"].as_str().unwrap(), "--json"])[0];
        let by_image = item["likenesses"].as_array().unwrap().iter().any(|l| l["kind"] == "image");
        if by_image {
            of_images.insert(item["family"].as_str().unwrap().to_owned());
        }
    }
    assert!(!of_images.is_empty(), "re-posted posters are joined by their pictures");
}

fn posters_and_the_magazine_are_read(desk: &Desk) {
    let posters = desk.json(&["search", "halden", "--json", "--limit", "100"]);
    let read_in_picture = posters.iter().any(|hit| hit["why"].to_string().contains("ocr"));
    assert!(read_in_picture, "a word that stands only in pictures finds them: {posters:?}");
    let mut pages = 0;
    for hit in desk.json(&["search", "wick", "--json", "--limit", "100"]) {
        let item = &desk.json(&["show", hit["id"].as_str().unwrap(), "--json"])[0];
        let readings = item["readings"].as_array().unwrap();
        pages = pages.max(readings.iter().filter(|reading| reading["kind"] == "pdf-text").count());
    }
    assert!(pages >= 4, "the magazine is read by page, found {pages}");
}

fn the_magazine_is_an_issue_of_its_series(desk: &Desk) {
    let view = &desk.json(&["series", "the-wick", "--json"])[0];
    let seventh = view["issues"].as_array().unwrap().iter().find(|issue| issue["number"] == 7).unwrap();
    assert!(!seventh["copies"].as_array().unwrap().is_empty(), "the post that brings the PDF is a copy: {view}");
}

fn nobody_is_named(desk: &Desk, served: &kit::Served) {
    let mut everything = desk.ok(&["search", "level>=none", "--json", "--limit", "200"]);
    for hit in kit::lines(&everything.clone()) {
        everything.push_str(&desk.ok(&["show", hit["id"].as_str().unwrap(), "--json"]));
    }
    for user in &served.world.users {
        assert!(!everything.contains(&user.username), "the account name `{}` is in an answer", user.username);
    }
    assert!(everything.contains("\"author_key\":\"p-"), "authors are keyed hashes");
}

fn a_report_stands_on_its_quotes(desk: &Desk) {
    let hits = desk.json(&["search", "level>=high-unspecific lang:en", "--json", "--sort", "level"]);
    let item = hits[0]["id"].as_str().unwrap();
    let quote = {
        let shown = &desk.json(&["show", item, "--json"])[0];
        shown["assessment"]["reasons"][0]["quote"].as_str().unwrap().split_whitespace().collect::<Vec<_>>().join(" ")
    };
    let created = desk.ok(&["report", "new", "An Outlet Threatens A Cup In An Invented Town", "--cite", item]);
    let id = created.split_whitespace().next().unwrap().to_owned();
    let opening = desk.ok(&["report", "source", &id]);
    assert!(opening.contains("## lead [public]"), "a report begins with its lead: {opening}");
    desk.ok(&["report", "check", &id]);
    // The head and the footnotes are what `report source` printed; the text is the author's.
    let blocks_at = opening.find("## lead").unwrap();
    let head = format!("{}{}", &opening[..blocks_at], &opening[opening.find("[^1]:").unwrap()..]);
    let blocks = |quoted: &str| {
        format!("## lead [public]\n\nAn outlet posted a poster.[^1]\n\n## quote [subscriber]\n\n{quoted}[^1]\n\n")
    };
    let text = |quoted: &str| match head.find("[^1]:") {
        Some(at) => format!("{}{}{}", &head[..at], blocks(quoted), &head[at..]),
        None => panic!("no footnote in\n{head}"),
    };
    let wrong = desk.write("wrong.md", text("words that nobody wrote"));
    desk.fails(&["report", "edit", &id, "--file", &wrong], 1);
    desk.fails(&["report", "check", &id], 1);
    desk.fails(&["report", "release", &id, "--reason", "test"], 2);

    let right = desk.write("right.md", text(&quote));
    desk.ok(&["report", "edit", &id, "--file", &right]);
    desk.ok(&["report", "check", &id]);
    desk.fails(&["report", "export", &id], 2);
    desk.ok(&["report", "release", &id, "--to", "public", "--reason", "checked"]);
    let public = desk.ok(&["report", "export", &id, "--format", "html"]);
    assert!(public.contains("An outlet posted a poster."));
    assert!(!public.contains("words that nobody wrote"));
    assert!(!public.contains(&quote), "a subscriber's quote is not in the excerpt");
    desk.fails(&["report", "export", &id, "--to", "subscriber"], 2);
    desk.ok(&["report", "release", &id, "--to", "subscriber", "--reason", "checked"]);
    let full = desk.ok(&["report", "export", &id, "--to", "subscriber", "--format", "markdown"]);
    assert!(full.contains("SHA-256") || full.contains("sha256"), "{full}");
}

fn a_bundle_proves_itself_and_tampering_shows(desk: &Desk) {
    let item = desk.json(&["search", "level>=medium", "--json"])[0]["id"].as_str().unwrap().to_owned();
    desk.ok(&["export", "bundle", &item, "-o", "case.zip"]);
    let nowhere = Desk::nowhere();
    let bundle = desk.path("case.zip").display().to_string();
    assert_eq!(nowhere.json(&["verify", &bundle, "--json"])[0]["ok"], true);

    let mut bytes = std::fs::read(&bundle).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    let broken = nowhere.write("broken.zip", bytes);
    nowhere.fails(&["verify", &broken], 1);
}

fn a_second_round_adds_nothing(desk: &Desk) {
    let before = &desk.json(&["verify", "--json"])[0];
    for round in desk.json(&["collect", "--once", "--json"]) {
        assert_eq!(round["new"], 0, "{round}");
        assert_eq!(round["error"], Value::Null, "{round}");
    }
    let after = &desk.json(&["verify", "--json"])[0];
    assert_eq!(after["ok"], true);
    assert_eq!(before["exhibits"], after["exhibits"], "nothing new, nothing more to keep");
}

fn a_backup_restores_to_the_same_root(desk: &Desk) {
    let root = desk.json(&["verify", "--json"])[0]["root"].clone();
    desk.ok(&["backup", "desk.tar"]);
    desk.fails(&["backup", "desk.tar"], 2);
    desk.ok(&["restore", "desk.tar", "again"]);
    let again = &desk.json(&["--workspace", "again", "verify", "--json"])[0];
    assert_eq!((&again["root"], &again["ok"]), (&root, &Value::Bool(true)));
    let found = desk.json(&["--workspace", "again", "search", "halden", "--json"]);
    assert!(!found.is_empty(), "the index is built anew");
    desk.fails(&["restore", "desk.tar", "again"], 2);
}

/// Last, because it breaks the workspace.
fn flipped_bytes_are_found(desk: &Desk) {
    let mut files = Vec::new();
    collect_files(&desk.path("desk/vault"), &mut files);
    let victim = files.first().expect("posters are larger than a row");
    let mut bytes = std::fs::read(victim).unwrap();
    bytes[100] ^= 1;
    std::fs::write(victim, bytes).unwrap();
    let output = desk.run(&["verify", "--json"]);
    assert_eq!(output.status.code(), Some(1));
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let name = victim.file_name().unwrap().to_string_lossy().into_owned();
    let found = report["findings"].as_array().unwrap();
    assert!(found.iter().any(|f| f["where"].as_str().unwrap().contains(&name)), "{name} is not named in {report}");
}

fn collect_files(folder: &std::path::Path, files: &mut Vec<std::path::PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect_files(&path, files);
        } else {
            files.push(path);
        }
    }
}
