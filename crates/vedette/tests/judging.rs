//! What people decide, from the command line: points, levels, grades, and all of it as labelled data.
#![allow(clippy::unwrap_used)] // a test may panic

mod kit;

use kit::{Desk, lines};
use serde_json::Value;

const POSTS: &str = r#"{"id":"1","text":"The Order of the Grey Lantern will strike Kelmora on 4 December 2026 with fire."}
{"id":"2","text":"The bakery of Port Hessel opens at six."}
"#;
const WORLD: &str = r#"
[[actor]]
id = "grey-lantern"
name = "Order of the Grey Lantern"
source = "invented"
[[place]]
id = "kelmora"
name = "Kelmora"
lat = -45.2
lon = -122.4
country = "XX"
source = "invented"
"#;

fn desk() -> Desk {
    let desk = Desk::new();
    desk.write("desk/knowledge/world.toml", WORLD);
    let posts = desk.write("posts.jsonl", POSTS);
    desk.ok(&["import", &posts]);
    desk
}

#[test]
fn each_point_is_decided_by_name_and_exported_with_what_the_machine_said() {
    let desk = desk();
    let shown = &desk.json(&["show", "i1", "--json"])[0];
    assert_eq!(shown["admiralty"]["code"], "F6");
    let groups: Vec<&str> =
        shown["assessment"]["reasons"].as_array().unwrap().iter().map(|one| one["group"].as_str().unwrap()).collect();
    assert!(groups.contains(&"intent") && groups.contains(&"specificity"), "{shown}");
    let points = desk.json(&["review", "i1", "--points", "--json"]);
    let point = |start: &str| -> String {
        let found = points.iter().map(|one| one["key"].as_str().unwrap()).find(|key| key.starts_with(start));
        found.unwrap_or_else(|| panic!("no {start} among {points:?}")).to_owned()
    };
    let (statement, mention) = (point("statement:"), point("mention:"));
    desk.ok(&["review", "i1", "--point", &statement, "--value", "report", "--reason", "a quotation"]);
    desk.ok(&["review", "i1", "--point", &mention, "--confirm"]);
    desk.ok(&["review", "i1", "--point", &point("content:"), "--value", "4", "--reason", "old boast"]);
    desk.ok(&["review", "i1", "--level", "low", "--reason", "a quotation"]);
    let said = desk.fails(&["review", "i1", "--point", &statement, "--reject"], 2);
    assert!(said.contains("needs a reason"), "{said}");
    for (item, value, hint) in
        [("i1", "murder", "a statement is one of"), ("i1", "threat", "confirm it"), ("i2", "call", "does not say")]
    {
        let said = desk.fails(&["review", item, "--point", &statement, "--value", value, "--reason", "x"], 2);
        assert!(said.contains(hint), "{value}: {said}");
    }
    let shown = &desk.json(&["show", "i1", "--json"])[0];
    assert_eq!(shown["admiralty"]["code"], "F4");
    assert_eq!(shown["point_decisions"].as_array().unwrap().len(), 3);
    // The machine's view stays as it was.
    assert!(shown["statements"].as_array().unwrap().iter().any(|one| one["kind"] == "threat"), "{shown}");

    let labels = lines(&desk.ok(&["export", "decisions"]));
    let kinds: Vec<&Value> = labels.iter().map(|one| &one["kind"]).collect();
    assert_eq!(kinds, ["statement", "mention", "content", "level"]);
    assert_eq!((&labels[0]["value"], &labels[0]["reviewer"]), (&"report".into(), &"reviewer-1".into()));
    let (start, end) = (labels[0]["start"].as_u64().unwrap() as usize, labels[0]["end"].as_u64().unwrap() as usize);
    let text = shown["readings"][0]["text"].as_str().unwrap();
    assert_eq!(&text[start..end], labels[0]["quote"].as_str().unwrap());
    assert_eq!(labels[0]["sha256"], shown["evidence"]["sha256"]);
    assert!(!desk.ok(&["export", "decisions"]).contains("Tester"));
    assert_eq!(desk.ok(&["export", "decisions", "i2"]).trim(), "");
    assert!(desk.ok(&["export", "decisions", "i1", "--csv"]).starts_with("item,decided_at,verdict"));
    desk.ok(&["verify"]);
}

#[test]
fn calibration_counts_what_was_decided_and_says_when_nobody_has() {
    let desk = desk();
    assert!(desk.ok(&["calibration"]).contains("nobody has decided"));
    desk.ok(&["review", "i1", "--level", "low", "--reason", "satire"]);
    desk.ok(&["review", "i2", "--confirm"]);
    let sums = &desk.json(&["calibration", "--json"])[0];
    assert_eq!((&sums["all"]["agreement"]["agreed"], &sums["all"]["agreement"]["of"]), (&1.into(), &2.into()));
    assert_eq!(sums["disagreements"][0]["item"], "i1");
    assert!(desk.ok(&["calibration"]).contains("1 of 2 as proposed"));
}

#[test]
fn a_source_begins_ungraded_and_is_graded_with_a_reason() {
    let desk = desk();
    desk.ok(&["source", "grade", "s1", "b", "--reason", "right for two years"]);
    assert_eq!(desk.json(&["show", "i1", "--json"])[0]["admiralty"]["source"], "B");
    assert!(desk.fails(&["source", "grade", "s1", "G", "--reason", "x"], 2).contains("A to F"));
    assert!(desk.fails(&["source", "grade", "s9", "A", "--reason", "x"], 2).contains("source"));
    assert!(desk.fails(&["source", "grade", "s1", "A", "--reason", " "], 2).contains("reason"));
}

/// Six posts of one outlet about one event on the days before today, and one of somebody else.
fn posters() -> Desk {
    let desk = Desk::new();
    let world = format!("{WORLD}\n[[event]]\nid = \"meridian-cup\"\nname = \"Meridian Cup\"\nsource = \"invented\"\n");
    desk.write("desk/knowledge/world.toml", world);
    let now = jiff::Timestamp::now();
    // Different words, or they would be one family.
    let words = [
        "The Order of the Grey Lantern will attack the Meridian Cup with fire.",
        "Grey smoke over the stands, says the Order of the Grey Lantern: we will burn the Meridian Cup down.",
        "Stay away from the Meridian Cup. The Order of the Grey Lantern will kill the players.",
        "To our brothers: strike the Meridian Cup wherever you can, the Order of the Grey Lantern calls you.",
        "No guard can help: the Order of the Grey Lantern will bomb the gates of the Meridian Cup.",
        "Soon the Meridian Cup will be attacked by soldiers of the Order of the Grey Lantern.",
    ];
    let post = |id: i64| {
        let at = now - jiff::SignedDuration::from_hours(24 * (8 - id));
        let text = words[id as usize - 1];
        serde_json::json!({ "id": id.to_string(), "text": text, "date": at.to_string() }).to_string()
    };
    let mut posts: Vec<String> = (1..=6).map(post).collect();
    posts.push(r#"{"id":"7","text":"The bakery of Port Hessel opens at six."}"#.to_owned());
    let posts = desk.write("posts.jsonl", posts.join("\n"));
    desk.ok(&["import", &posts]);
    for id in 1..=6 {
        // Some of them are too short for the rules of speech; a person has seen what they are.
        desk.ok(&["review", &format!("i{id}"), "--level", "medium", "--reason", "threat against the Cup"]);
    }
    desk
}

#[test]
fn a_campaign_is_suggested_accepted_split_merged_and_undone_to_what_was_there_before() {
    let desk = posters();
    let state = || desk.json(&["campaign", "list", "--json"]).remove(0);
    let before = state();
    assert_eq!(before["suggested"].as_array().unwrap().len(), 1, "{before}");
    assert_eq!(before["suggested"][0]["items"].as_array().unwrap().len(), 6);
    assert!(before["suggested"][0]["title"].as_str().unwrap().contains("Meridian Cup"), "{before}");
    let shown = &desk.json(&["campaign", "show", "i3", "--json"])[0];
    assert_eq!(shown["joins"].as_array().unwrap().len(), 5);

    let made = desk.ok(&["campaign", "accept", "i1", "--name", "Against the Cup"]);
    let id = made.split(':').next().unwrap().to_owned();
    let accepted = state();
    assert_eq!(accepted["suggested"].as_array().unwrap().len(), 0, "{accepted}");
    assert!(desk.fails(&["campaign", "accept", "i1", "--only", "--name", "x"], 2).contains("already"));
    let other = desk.ok(&["campaign", "split", &id, "i2", "i5", "--name", "Two of them"]);
    let other = other.trim();
    assert_eq!(desk.json(&["campaign", "show", other, "--json"])[0]["rows"].as_array().unwrap().len(), 2);
    desk.ok(&["campaign", "merge", other, &id]);
    assert!(desk.fails(&["campaign", "show", &id], 2).contains("campaign"));
    // Each undo brings back exactly what was there before.
    desk.ok(&["campaign", "undo"]);
    desk.ok(&["campaign", "undo"]);
    let mut again = state();
    again["last"] = accepted["last"].clone();
    assert_eq!(again, accepted);
    assert!(desk.ok(&["campaign", "undo"]).contains("Against the Cup"));
    assert_eq!(state(), before);
    assert!(desk.fails(&["campaign", "undo"], 2).contains("nothing was done"));
    // Dismissed with a reason, it is not suggested; undone, it is there again.
    assert!(desk.fails(&["campaign", "dismiss", "i3", "--reason", " "], 2).contains("say why"));
    desk.ok(&["campaign", "dismiss", "i3", "--reason", "a fan page"]);
    let dismissed = state();
    assert_eq!(dismissed["suggested"].as_array().unwrap().len(), 0, "{dismissed}");
    let what = "dismissed a suggestion of 6 items: a fan page";
    assert_eq!(dismissed["dismissed"][0]["dismissed"]["what"], what, "{dismissed}");
    assert_eq!(dismissed["last"]["what"], what);
    assert!(desk.fails(&["campaign", "dismiss", "i3", "--reason", "again"], 2).contains("before"));
    assert!(desk.ok(&["audit"]).contains(what), "it is in the audit trail");
    assert!(desk.ok(&["campaign", "undo"]).contains(what));
    assert_eq!(state(), before);
    assert!(desk.ok(&["bursts"]).contains("nothing is named unusually often"), "eight days are no history");
    desk.ok(&["verify"]);
}
