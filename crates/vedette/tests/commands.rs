//! The commands one by one: what they print, and what they say to input that makes no sense.

#![allow(clippy::unwrap_used)] // a test may panic

mod kit;

use kit::Desk;
use serde_json::{Value, json};

const OWN: [&str; 4] = ["--authorised-by", "J. Doe, head of desk", "--basis", "test"];

#[test]
fn analyze_keeps_order_and_ids_and_gives_spans_into_the_text() {
    let desk = Desk::nowhere();
    let mut input = String::new();
    for number in 0..1_000 {
        let text = format!("Post {number}: see hxxps://lamp{number}.example/path and @lantern_room");
        input.push_str(&json!({ "id": number, "text": text, "date": "2026-11-23" }).to_string());
        input.push('\n');
    }
    let file = desk.write("posts.jsonl", &input);
    let found = desk.json(&["analyze", &file, "--json"]);
    assert_eq!(found.len(), 1_000);
    for (number, (line, asked)) in found.iter().zip(kit::lines(&input)).enumerate() {
        assert_eq!(line["id"], number);
        let text = asked["text"].as_str().unwrap();
        assert!(!line["links"].as_array().unwrap().is_empty(), "{line}");
        for link in line["links"].as_array().unwrap() {
            let span = link["start"].as_u64().unwrap() as usize..link["end"].as_u64().unwrap() as usize;
            assert!(text.get(span).is_some());
            assert!(!link["text"].as_str().unwrap().contains("https://"), "links are defanged: {link}");
        }
        for field in ["language", "mentions", "dates", "statements", "assessment"] {
            assert!(!line[field].is_null(), "{field} is missing in {line}");
        }
    }
}

#[test]
fn analyze_says_which_lines_are_wrong_and_does_the_others() {
    let desk = Desk::nowhere();
    let file =
        desk.write("posts.jsonl", "{\"id\":1,\"text\":\"one\"}\n{\"id\":2}\nnonsense\n{\"id\":4,\"text\":\"four\"}\n");
    let output = desk.run(&["analyze", &file, "--json"]);
    assert_eq!(output.status.code(), Some(1));
    let found = kit::lines(&String::from_utf8(output.stdout).unwrap());
    assert_eq!(
        found.iter().map(|line| line["id"].clone()).collect::<Vec<_>>(),
        [json!(1), Value::Null, Value::Null, json!(4)]
    );
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("line 2") && said.contains("line 3"), "{said}");
    let odd = desk.write("odd.jsonl", "{\"id\":5,\"text\":\"five\",\"date\":\"26-FEB-1987 15:01\"}\n");
    assert!(desk.json(&["analyze", &odd, "--json"])[0]["problems"].to_string().contains("26-FEB-1987"));
    let broken = desk.write("broken.txt", [0xff, 0xfe, 0x00, 0x41]);
    assert!(desk.fails(&["analyze", &broken], 2).contains("not UTF-8"));
    desk.fails(&["analyze", "missing.txt"], 2);
}

#[test]
fn a_watch_list_adds_names_to_analyze() {
    let desk = Desk::nowhere();
    let text = desk.write("text.txt", "They met the Brass Heron Club at noon.");
    let list = desk.write("names.csv", "term,lang\nBrass Heron Club,en\n");
    let without = &desk.json(&["analyze", &text, "--json"])[0];
    assert!(!without["mentions"].to_string().contains("Brass Heron"));
    let with = &desk.json(&["analyze", &text, "--json", "--watchlist", &list])[0];
    assert!(with["mentions"].to_string().contains("Brass Heron Club"), "{with}");
}

#[test]
fn no_authorisation_no_collection() {
    let desk = Desk::new();
    let said = desk.fails(&["source", "add", "feed", "https://news.example/rss.xml"], 2);
    assert!(said.contains("no authorisation") && said.contains("--authorised-by"), "{said}");
    let mut late = vec!["source", "add", "feed", "https://news.example/rss.xml", "--until", "2020-01-01"];
    late.extend(OWN);
    desk.fails(&late, 2);
    assert_eq!(desk.json(&["source", "list", "--json"]).len(), 0);
}

#[test]
fn an_address_that_nothing_could_follow_is_refused_at_once() {
    let desk = Desk::new();
    for address in ["", "notaurl", "ftp://news.example/rss.xml", "https://"] {
        let mut add = vec!["source", "add", "feed", address];
        add.extend(OWN);
        desk.fails(&add, 2);
    }
    let mut add = vec!["source", "add", "folder", "no-such-folder"];
    add.extend(OWN);
    desk.fails(&add, 2);
    assert!(desk.fails(&["verify", "no-such.zip"], 2).contains("no-such.zip"));
}

#[test]
fn a_line_that_cannot_be_imported_is_told() {
    let desk = Desk::new();
    let file =
        desk.write("posts.jsonl", "{\"id\":\"a\",\"text\":\"one\"}\nnonsense\n{\"id\":\"c\",\"text\":\"three\"}\n");
    let round = &desk.json(&["import", &file, "--json"])[0];
    assert_eq!(round["new"], 2);
    assert!(round["notes"].to_string().contains("line 2"), "{round}");
}

#[test]
fn a_folder_is_collected_and_followed() {
    let desk = Desk::new();
    std::fs::create_dir(desk.path("in")).unwrap();
    std::fs::write(desk.path("in/one.txt"), "A quiet note about the ferry at Port Hessel.").unwrap();
    let mut add = vec!["source", "add", "folder", "in"];
    add.extend(OWN);
    desk.ok(&add);
    assert_eq!(desk.json(&["collect", "--once", "--json"])[0]["new"], 1);
    assert_eq!(desk.json(&["collect", "--once", "--json"])[0]["new"], 0);
    std::fs::write(desk.path("in/two.txt"), "Another note, about the lamps.").unwrap();
    assert_eq!(desk.json(&["collect", "--once", "--json"])[0]["new"], 1);
    assert_eq!(desk.json(&["search", "ferry", "--json"]).len(), 1);
    assert_eq!(desk.json(&["search", "note", "--json"]).len(), 2);
    desk.ok(&["source", "pause", "s1"]);
    desk.fails(&["collect", "--once"], 2);
    desk.ok(&["source", "resume", "s1"]);
    desk.ok(&["collect", "--once"]);
}

#[test]
fn files_that_cannot_be_read_wait_for_a_person_and_lose_nothing() {
    let desk = Desk::new();
    std::fs::create_dir(desk.path("in")).unwrap();
    for (name, bytes) in [
        ("cut.png", vedette_testkit::bombs::truncated_png()),
        ("locked.pdf", vedette_testkit::bombs::password_pdf()),
        ("huge.png", vedette_testkit::bombs::huge_png_header()),
    ] {
        std::fs::write(desk.path("in").join(name), bytes).unwrap();
    }
    std::fs::write(desk.path("in/broken.txt"), [b'a', 0xff, 0xfe, b'b']).unwrap();
    desk.ok(&["import", "in", "--name", "bad files"]);
    let shown = desk.json(&["search", "source:s1", "--json", "--limit", "50"]);
    assert_eq!(shown.len(), 4, "every file is an item: {shown:?}");
    let mut problems = 0;
    for hit in &shown {
        let item = &desk.json(&["show", hit["id"].as_str().unwrap(), "--json"])[0];
        problems += usize::from(!item["problems"].as_array().unwrap().is_empty());
        assert_eq!(item["evidence"]["sha256"].as_str().unwrap().len(), 64);
    }
    assert!(problems >= 3, "what could not be read says so");
    assert_eq!(desk.json(&["verify", "--json"])[0]["ok"], true);
}

#[test]
fn a_decision_stands_above_the_machine_and_is_audited() {
    let desk = Desk::new();
    let file = desk.write("posts.jsonl", "{\"id\":\"a\",\"text\":\"Nothing much happened at the mill today.\"}\n");
    desk.ok(&["import", &file]);
    desk.fails(&["review", "i1"], 2);
    desk.fails(&["review", "i1", "--level", "enormous"], 2);
    desk.fails(&["review", "i1", "--level", "medium"], 2);
    desk.fails(&["review", "i99", "--confirm"], 2);
    desk.ok(&["review", "i1", "--level", "medium", "--reason", "context known to the desk"]);
    assert_eq!(desk.json(&["search", "level:medium", "--json"])[0]["id"], "i1");
    let item = &desk.json(&["show", "i1", "--json"])[0];
    assert_eq!((item["level"].as_str(), item["assessment"]["level"].as_str()), (Some("medium"), Some("none")));
    assert!(desk.ok(&["audit"]).contains("T. Tester review i1"));
    assert_eq!(desk.json(&["verify", "--json"])[0]["ok"], true);
}

#[test]
fn roles_hold() {
    let desk = Desk::new();
    desk.fails(&["user", "add", "R. Reader", "--role", "reader"], 2);
    desk.ok(&["user", "add", "T. Tester", "--role", "admin"]);
    desk.ok(&["user", "add", "R. Reader", "--role", "reader"]);
    let said = desk.fails(&["--as", "R. Reader", "watch", "add", "x", "lamp"], 2);
    assert!(said.contains("reader") && said.contains("analyst"), "{said}");
    desk.fails(&["--as", "Stranger", "search", "lamp"], 2);
    desk.fails(&["user", "remove", "T. Tester"], 2);
    assert_eq!(desk.json(&["user", "list", "--json"]).len(), 2);
}

#[test]
fn a_watch_raises_an_alert_once() {
    let desk = Desk::new();
    desk.fails(&["watch", "add", "bad", "levle:low"], 2);
    desk.ok(&["watch", "add", "mills", "mill"]);
    let file = desk.write(
        "posts.jsonl",
        "{\"id\":\"a\",\"text\":\"The mill stands still.\"}\n{\"id\":\"b\",\"text\":\"A ferry.\"}\n",
    );
    desk.ok(&["import", &file]);
    desk.ok(&["import", &file]);
    let alerts = desk.json(&["alerts", "--json"]);
    assert_eq!(alerts.len(), 1, "{alerts:?}");
    desk.ok(&["alerts", "--close", alerts[0]["id"].as_str().unwrap()]);
    assert_eq!(desk.json(&["alerts", "--json"]).len(), 0);
    assert_eq!(desk.json(&["alerts", "--all", "--json"]).len(), 1);
}

#[test]
fn hash_and_match_find_a_picture_again() {
    let desk = Desk::nowhere();
    let picture = vedette_testkit::bombs::truncated_png();
    let note = desk.write("note.txt", "no picture");
    let cut = desk.write("cut.png", picture);
    let lines = desk.json(&["hash", &note, "--json"]);
    assert_eq!(lines[0]["sha256"].as_str().unwrap().len(), 64);
    assert!(lines[0]["pdq"].is_null());
    drop(cut);
    let hash = "f".repeat(64);
    let list = desk.write("list.csv", format!("hash,id\n{hash},poster-7\n{},other\n", "0".repeat(64)));
    let found = &desk.json(&["match", &hash, "--against", &list, "--json"])[0];
    assert_eq!(found["matches"].as_array().unwrap().len(), 1);
    assert_eq!(
        (found["matches"][0]["id"].as_str(), found["matches"][0]["distance"].as_u64()),
        (Some("poster-7"), Some(0))
    );
    desk.fails(&["match", "nothing", "--against", &list], 2);
    desk.fails(&["hash", "missing.png"], 1);
}

#[test]
fn what_makes_no_sense_is_said_with_a_next_step() {
    let desk = Desk::nowhere();
    assert!(desk.fails(&["search", "x"], 2).contains("vedette init"));
    assert!(desk.fails(&["serve", "--listen", "0.0.0.0:8460"], 2).contains("hint"));
    desk.fails(&["frobnicate"], 2);
    desk.ok(&["--help"]);
    desk.ok(&["init", "desk"]);
    desk.fails(&["init", "desk"], 2);
    assert!(desk.fails(&["show", "i7"], 2).contains("i7"));
    assert!(desk.fails(&["show", "no-such-message"], 2).contains("vedette why"));
    assert!(desk.fails(&["search", "level>=huge"], 2).contains("level"));
    assert!(desk.fails(&["report", "release", "r9"], 2).contains("r9"));
    assert!(desk.fails(&["export", "csv"], 2).contains("--query"));
    desk.write("desk/vedette.toml", "[desk]\nno_such_setting = 1\n");
    assert!(desk.fails(&["search", "x"], 2).contains("no_such_setting"));
}

#[test]
fn the_register_is_checked_listed_and_taken_from_public_lists() {
    let desk = Desk::nowhere();
    assert_eq!(desk.ok(&["register", "check"]), "", "the starter register has nothing to mend");
    let outlets = desk.json(&["register", "list", "--kind", "outlet", "--json"]);
    assert!(outlets.len() > 20 && outlets.iter().all(|entry| entry["kind"] == "outlet" && entry["source"].is_string()));
    assert!(desk.fails(&["register", "list", "--kind", "person"], 2).contains("no kind of entry"));
    assert!(desk.ok(&["register", "show", "actor:aqap"]).contains("abbreviations = [\"AQPA\""));
    assert!(desk.fails(&["register", "show", "grey-lantern"], 1).contains("register list"));

    let wrong = "[[outlet]]\nid = \"lantern-media\"\nname = \"Lantern Media\"\nactor = \"grey-lantern\"\nsource = \"invented\"\n";
    let file = desk.write("wrong.toml", wrong);
    let output = desk.run(&["register", "check", &file, "--json"]);
    assert_eq!(output.status.code(), Some(1));
    let found = kit::lines(&String::from_utf8(output.stdout).unwrap());
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!((&found[0]["id"], &found[0]["field"]), (&json!("lantern-media"), &json!("actor")));
    assert!(found[0]["remedy"].as_str().is_some_and(|remedy| !remedy.is_empty()));
    let broken = desk.write("broken.toml", "[[actor]]\nid = \"A B\"\nname = \"x\"\n");
    assert_eq!(
        desk.run(&["register", "check", &broken]).status.code(),
        Some(1),
        "a file that cannot be read is a finding"
    );

    let list = desk.write(
        "list.csv",
        "id,schema,name,aliases,dataset\nQ1,Organization,Order of the Grey Lantern,OGLK;Grey Lantern,XX Invented List\n\
         Q2,Person,A Person,,XX Invented List\n",
    );
    let taken =
        &desk.json(&["register", "import", &list, "--format", "opensanctions", "--out", "new.toml", "--json"])[0];
    assert_eq!((&taken["persons"], &taken["added"]), (&json!(1), &json!(["order-of-the-grey-lantern"])));
    let written = std::fs::read_to_string(desk.path("new.toml")).unwrap();
    assert!(written.contains("abbreviations = [\"OGLK\"]") && !written.contains("A Person"), "{written}");
    let again = desk.fails(&["register", "import", &list, "--format", "opensanctions", "--out", "new.toml"], 2);
    assert!(again.contains("not written over"), "{again}");
}

#[test]
fn the_register_of_a_workspace_is_checked_with_the_starter() {
    let desk = Desk::new();
    let own = "[[outlet]]\nid = \"lantern-media\"\nname = \"Lantern Media\"\nactor = \"islamic-state\"\nsource = \"invented\"\n";
    desk.write("desk/knowledge/own.toml", own);
    assert_eq!(desk.ok(&["register", "check"]), "", "an own entry may refer to one of the starter");
    assert!(desk.ok(&["register", "show", "lantern-media"]).contains("own.toml"));
    desk.write("desk/knowledge/own.toml", own.replace("Lantern Media", "Hezbollah"));
    let output = desk.run(&["register", "check"]);
    let told = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(1), "{told}");
    assert!(told.contains("also a spelling of actor `hizballah`") && told.contains("own.toml"), "{told}");
}
