//! `vedette translate` and `vedette translation`, with a real engine: apertium from Spanish to English, run as a command.

#![allow(clippy::unwrap_used)] // a test may panic

mod kit;

use kit::Desk;
use serde_json::Value;

const ENGINE: &str = r#"
[[translation.engines]]
[translation.engines.command]
name = "apertium"
run = ["apertium", "-u", "{from}-{to}"]
version = ["apertium", "-V"]
pairs = ["es-en"]
[translation.engines.command.codes]
es = "spa"
en = "eng"
"#;

const SPANISH: &str = "El gato negro duerme en la casa grande.\nLa biblioteca de la ciudad abre mañana por la mañana.";

/// A workspace with the engine and one post in Spanish.
fn desk(engine: &str) -> Desk {
    let desk = Desk::new();
    let path = desk.path("desk/vedette.toml");
    let settings = std::fs::read_to_string(&path).unwrap();
    // The engines of a new workspace are an empty list.
    let settings: String =
        settings.lines().filter(|line| line.trim() != "engines = []").map(|line| format!("{line}\n")).collect();
    std::fs::write(&path, settings + engine).unwrap();
    let post = serde_json::json!({ "id": "m1", "text": SPANISH, "date": "2026-11-20" });
    let file = desk.write("posts.jsonl", post.to_string());
    desk.ok(&["import", &file]);
    desk
}

fn shown(desk: &Desk) -> Value {
    desk.json(&["show", "i1", "--json"]).remove(0)
}

#[test]
fn a_post_is_translated_revised_signed_and_found_from_the_command_line() {
    let desk = desk(ENGINE);
    // The work that an import leaves is done with it.
    let item = shown(&desk);
    assert_eq!(item["translation"]["state"], "draft", "{item}");
    assert_eq!(item["readings"][1]["translation"]["engine"], "apertium");
    let text = item["readings"][1]["text"].as_str().unwrap();
    assert!(text.contains("black cat") && text.lines().count() == 2, "{text}");
    let hit = desk.json(&["search", "black", "cat", "--json"]).remove(0);
    assert_eq!((&hit["id"], &hit["side"]), (&Value::from("i1"), &Value::from("translation")));
    assert!(hit["text"].as_str().unwrap().contains("black cat"), "{hit}");
    assert_eq!(desk.json(&["search", "gato", "--json"])[0]["side"], "original");

    let lines = desk.json(&["translation", "show", "i1", "--json"]);
    assert_eq!((lines.len(), lines[0]["segment"].as_u64()), (2, Some(1)));
    assert_eq!(lines[0]["source"], "El gato negro duerme en la casa grande.");
    assert!(desk.fails(&["translation", "sign", "i1"], 2).contains("go through it first"));
    assert!(desk.fails(&["translation", "revise", "i1", "--set", "7=x"], 2).contains("no segment 7"));
    desk.ok(&["translation", "revise", "i1", "--set", "2=The city library opens tomorrow morning."]);
    // What is printed can be changed and taken back.
    let mut lines = desk.json(&["translation", "show", "i1", "--json"]);
    assert_eq!(lines[1]["origin"], "person");
    lines[0]["target"] = Value::from("The black cat is asleep in the big house.");
    let file = desk.write("i1.jsonl", lines.iter().map(|line| format!("{line}\n")).collect::<String>());
    let revised = desk.json(&["translation", "revise", "i1", "--file", &file, "--json"]).remove(0);
    assert_eq!((&revised["status"], &revised["id"]), (&Value::from("revised"), &Value::from("t2")));
    assert!(desk.fails(&["translation", "sign", "i1", "--revision", "t1"], 2).contains("newest revision is t2"));
    let signed = desk.ok(&["translation", "sign", "i1", "--revision", "t2"]);
    assert!(signed.contains("t3 is signed by T. Tester"), "{signed}");
    let listed = desk.ok(&["translation", "list", "i1"]);
    assert!(listed.contains("reading 0 es to en · signed · T. Tester · apertium"), "{listed}");
    assert_eq!(shown(&desk)["translation"]["state"], "signed");
    assert_eq!(desk.json(&["search", "asleep", "--json"]).len(), 1);
    assert!(desk.run(&["verify"]).status.success());
    // Into another language it is for reading only.
    let none = desk.run(&["translate", "i1", "--to", "de"]);
    assert!(String::from_utf8_lossy(&none.stderr).contains("no installed engine translates es to de"));
    let doctor = desk.ok(&["doctor"]);
    assert!(doctor.contains("translation") && doctor.contains("apertium"), "{doctor}");
}

#[test]
fn no_engine_is_a_normal_state_and_a_wrong_one_is_told_and_left_out() {
    let desk = desk("");
    let item = shown(&desk);
    assert_eq!(item["translation"]["state"], "not-translated");
    assert_eq!(item["translation"]["reason"], "no translation engine is installed");
    assert_eq!(desk.json(&["search", "gato", "--json"]).len(), 1);
    assert_eq!(desk.run(&["translate", "i1"]).status.code(), Some(1));
    assert!(desk.ok(&["doctor"]).contains("see docs/translation.md"));
    assert!(desk.fails(&["translation", "show", "i1", "--reading", "4"], 2).contains("no such text"));
    let wrong = self::desk(
        "[[translation.engines]]\ncommand = { run = [\"/no/such/program\"], version = [\"/no/such/program\"], pairs = [\"es-en\"] }\n",
    );
    assert_eq!(shown(&wrong)["translation"]["state"], "not-translated");
    assert!(wrong.ok(&["doctor"]).contains("WRONG    translation"), "{}", wrong.ok(&["doctor"]));
}
