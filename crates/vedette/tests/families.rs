//! Families that people part and take back, through restarts and new derivations; and series by number: by the commands a
//! person types, over the invented world.

#![allow(clippy::unwrap_used)] // a test may panic

mod kit;

use kit::Desk;
use serde_json::{Value, json};

/// One statement and what came of it: 1 and 2 are alike, 2 and 3, 3 and 4; 1 and 3 share too few words.
fn chain() -> Desk {
    let desk = Desk::new();
    let parts = ["ka", "lo", "mi", "ne", "pu", "ra", "so", "te"];
    let words: Vec<String> = (0..60).map(|n| format!("{}{}r", parts[n / 8], parts[n % 8])).collect();
    // Each begins seven words further on: neighbours share three fifths of their triples, others a third or less.
    let text = |at: usize| words.get(at * 7..at * 7 + 30).unwrap().join(" ");
    let post = |id: usize| {
        json!({ "id": id.to_string(), "text": text(id - 1), "date": format!("2026-11-{:02}T10:00:00Z", id + 1) })
            .to_string()
    };
    let posts = desk.write("posts.jsonl", (1..=4).map(post).collect::<Vec<_>>().join("\n"));
    desk.ok(&["import", &posts]);
    desk
}

/// The family of each item, as `f1 f1 f3 -`.
fn families(desk: &Desk) -> String {
    let family = |id: usize| -> String {
        let item = desk.json(&["show", &format!("i{id}"), "--json"]).remove(0);
        item["family"].as_str().unwrap_or("-").to_owned()
    };
    (1..=4).map(family).collect::<Vec<_>>().join(" ")
}

#[test]
fn what_a_person_parts_stays_parted_until_it_is_taken_back() {
    let desk = chain();
    assert_eq!(families(&desk), "f1 f1 f1 f1", "neighbours are alike");
    // The pair in the middle held both halves together.
    let done = desk.json(&["family", "part", "i3", "i2", "--reason", "the words differ", "--json"]).remove(0);
    assert_eq!(done["families"], json!([["i2", "f1"], ["i3", "f3"]]), "{done}");
    assert_eq!(families(&desk), "f1 f1 f3 f3");
    assert!(desk.fails(&["family", "part", "i2", "i3", "--reason", "again"], 2).contains("said so before"));
    assert_eq!(desk.json(&["search", "family:f3", "--json"]).len(), 2, "the search index follows");
    // Every command opens the workspace anew; deriving all again finds the likeness again and joins nothing.
    desk.ok(&["worker", "--once", "--again", "--all"]);
    assert_eq!(families(&desk), "f1 f1 f3 f3");
    let like = desk.json(&["show", "i3", "--json"]).remove(0);
    assert!(
        like["likenesses"].as_array().unwrap().iter().any(|one| one["other"] == "i2"),
        "they are still alike: {like}"
    );
    desk.ok(&["family", "part", "i4", "--reason", "another flag"]);
    assert_eq!(families(&desk), "f1 f1 - -");
    assert!(desk.fails(&["family", "part", "i4", "--reason", "again"], 2).contains("took i4 out of f3"));
    desk.ok(&["worker", "--once", "--again", "--all"]);
    assert_eq!(families(&desk), "f1 f1 - -");
    // Taken back in any order, it is as if nothing had been said.
    desk.ok(&["family", "rejoin", "i2", "i3", "--reason", "they are, in the picture"]);
    assert_eq!(families(&desk), "f1 f1 f1 -");
    let acts = desk.json(&["family", "acts", "--json"]);
    assert_eq!(acts.iter().map(|one| one["holds"] == true).collect::<Vec<_>>(), [false, true, false]);
    let number = acts[1]["number"].to_string();
    desk.ok(&["family", "rejoin", "--act", &number]);
    assert_eq!(families(&desk), "f1 f1 f1 f1");
    assert!(desk.fails(&["family", "rejoin", "--act", &number], 2).contains("taken back before"));
    assert!(desk.fails(&["family", "rejoin", "i4"], 2).contains("nobody parted i4"));
    for wrong in [["family", "part", "i1", "i1", "--reason", "x"], ["family", "part", "i1", "i99", "--reason", "x"]] {
        desk.fails(&wrong, 2);
    }
    assert!(desk.fails(&["family", "part", "i1", "--reason", " "], 2).contains("a reason is needed"));
    // Logged, audited and exported like other decisions.
    let audit = desk.ok(&["audit"]);
    assert!(audit.contains("i2 and i3 are not the same") && audit.contains("took i4 out of f3"), "{audit}");
    let labels = desk.json(&["export", "decisions"]);
    let told = |kind: &str| labels.iter().filter(|one| one["kind"] == kind).count();
    assert_eq!((told("likeness"), told("family")), (4, 2), "each item of each act: {labels:?}");
    assert!(labels.iter().any(|one| one["decision"] == "reject" && one["reason"] == "the words differ"), "{labels:?}");
    desk.ok(&["verify"]);
}

#[test]
fn a_pair_that_others_join_stays_in_one_family_and_the_way_is_told() {
    let desk = Desk::new();
    let post = |id: usize, text: &str| {
        json!({ "id": id.to_string(), "text": text, "date": "2026-11-02T10:00:00Z" }).to_string()
    };
    let text =
        "The Order of the Grey Lantern says that no lamp will burn in Halden Stadium before the Meridian Cup is over";
    let posts: Vec<String> = (1..=3).map(|id| post(id, text)).collect();
    desk.write("posts.jsonl", posts.join("\n"));
    desk.ok(&["import", "posts.jsonl"]);
    let done = desk.json(&["family", "part", "i1", "i2", "--reason", "a test", "--json"]).remove(0);
    assert_eq!(done["still_joined_by"], json!(["i1", "i3", "i2"]), "{done}");
    let view = desk.json(&["family", "show", "i1", "--json"]).remove(0);
    assert_eq!(view["members"].as_array().unwrap().len(), 3);
    assert_eq!(view["partings"][0]["reason"], "a test");
    assert_eq!(view["channels"][0]["members"], 3);
    assert!(view["languages"][0][0].is_string() && view["ties"].as_array().unwrap().len() >= 2, "{view}");
    assert!(desk.ok(&["family", "list"]).contains("3 members"));
    assert!(desk.ok(&["family", "show", "f1"]).contains("T. Tester i1 and i2 are not the same: a test"));
    // What comes later joins whom nobody parted.
    desk.write("more.jsonl", post(4, text));
    desk.ok(&["import", "more.jsonl"]);
    desk.ok(&["family", "part", "i3", "--reason", "a test"]);
    desk.ok(&["family", "part", "i4", "--reason", "a test"]);
    let of = |id: &str| desk.json(&["show", id, "--json"]).remove(0)["family"].clone();
    assert_eq!((of("i1"), of("i2")), (Value::Null, Value::Null), "nothing but the pair is left, and it is parted");
}

#[test]
fn the_issues_of_a_series_stand_by_number_with_what_is_missing() {
    let desk = Desk::nowhere();
    desk.ok(&["init", "desk"]);
    std::fs::create_dir_all(desk.path("desk/knowledge")).unwrap();
    let world = include_str!("../../../demo/knowledge.toml");
    // Only the series: the events of the world stand on days of the demonstration.
    let series = world.split("\n[[").find(|part| part.starts_with("series]]") && part.contains("the-wick")).unwrap();
    std::fs::write(
        desk.path("desk/knowledge/world.toml"),
        format!("[[{series}").replace("outlet = \"lantern-media\"\n", ""),
    )
    .unwrap();
    let posts = [
        ("1", "2026-05-03", "The Wick, issue 12, is out. Take it, keep it."),
        ("2", "2026-06-02", "مجلة الفتيل العدد ١٤"),
        ("3", "2026-06-03", "Issue XIV of The Wick, again"),
        ("4", "2026-06-04", "The Wick is a magazine, says the baker of Port Hessel."),
        ("5", "2026-06-05", "The Wick, issue 99, they say"),
    ];
    let lines =
        posts.map(|(id, day, text)| json!({ "id": id, "date": format!("{day}T08:00:00Z"), "text": text }).to_string());
    desk.write("posts.jsonl", lines.join("\n"));
    desk.ok(&["import", "posts.jsonl"]);
    let numbers = || -> Vec<u64> {
        let view = desk.json(&["series", "the-wick", "--json"]).remove(0);
        view["issues"].as_array().unwrap().iter().map(|issue| issue["number"].as_u64().unwrap()).collect()
    };
    assert_eq!(numbers(), [12, 14, 99]);
    let told = desk.ok(&["series", "the-wick"]);
    assert!(told.contains("No. 13 was not seen; 12 on 3 May 2026, 14 on 2 June 2026"), "{told}");
    // A number is a point of its item, and can be decided on; that outlasts a new derivation.
    let points = desk.json(&["review", "i5", "--points", "--json"]);
    let point = points.iter().find(|point| point["key"].as_str().unwrap().starts_with("issue:")).unwrap();
    let key = point["key"].as_str().unwrap();
    assert!(
        desk.fails(&["review", "i5", "--point", key, "--value", "the-wick#0", "--reason", "x"], 2)
            .contains("series#number")
    );
    desk.ok(&["review", "i5", "--point", key, "--value", "the-wick#15", "--reason", "a slip of the pen"]);
    assert_eq!(numbers(), [12, 14, 15]);
    desk.ok(&["worker", "--once", "--again", "--all"]);
    assert_eq!(numbers(), [12, 14, 15]);
    let row = &desk.json(&["series", "--json"])[0];
    assert_eq!((&row["id"], &row["missing"], &row["to"]), (&json!("the-wick"), &json!(1), &json!(15)), "{row}");
    assert!(desk.fails(&["series", "nothing-such"], 2).contains("nothing-such"));
    let found = desk.json(&["show", "i1", "--json"]).remove(0);
    assert_eq!(found["family"], Value::Null);
}
