//! How sources are asked and kept, where something is, erasing, and the secrets of accounts.

#![allow(clippy::unwrap_used)] // a test may panic

mod kit;

use std::os::unix::fs::PermissionsExt;

use kit::Desk;
use serde_json::json;

const OWN: [&str; 4] = ["--authorised-by", "J. Doe, head of desk", "--basis", "test"];

fn with_posts() -> Desk {
    let desk = Desk::new();
    let lines = [
        json!({"id": "m-lamps", "text": "The lamps of Kelmora are counted.", "url": "https://chat.example/c/room?msg=m-lamps"}),
        json!({"id": "m-other", "text": "Marrow Valley Courier reports a quiet day."}),
    ];
    let file = desk.write("posts.jsonl", lines.map(|line| line.to_string()).join("\n"));
    desk.ok(&["import", &file]);
    desk
}

#[test]
fn what_is_here_is_found_by_its_id_and_by_its_address() {
    let desk = with_posts();
    let defanged = "hxxps://chat[.]example/c/room?msg=m-lamps";
    for question in ["m-lamps", "https://chat.example/c/room?msg=m-lamps", defanged] {
        let known = &desk.json(&["why", question, "--json"])[0];
        assert_eq!(known["items"], json!(["i1"]), "{question}");
        assert_eq!(known["reasons"], json!([]));
    }
}

#[test]
fn what_is_not_here_has_its_reasons() {
    let desk = with_posts();
    assert!(desk.ok(&["why", "https://nowhere.example/1"]).contains("no source watches nowhere.example"));
    let feed = "http://127.0.0.1:9/feed.xml";
    desk.ok(&[&["source", "add", "feed", feed], &OWN[..]].concat());
    assert!(desk.ok(&["why", "http://127.0.0.1:9/post/7"]).contains("has never answered yet"));
    desk.fails(&["collect", "--once"], 1);
    let said = desk.ok(&["why", "http://127.0.0.1:9/post/7"]);
    assert!(said.contains("fails (1 times in a row)") && said.contains("--allow-private"), "{said}");
    desk.ok(&["source", "pause", "s2"]);
    assert!(desk.ok(&["why", "http://127.0.0.1:9/post/7"]).contains("is paused"));
    assert!(desk.fails(&["show", "m-unknown"], 2).contains("vedette why"));
}

#[test]
fn an_erased_item_is_gone_from_show_search_and_the_vault_and_verifies() {
    let desk = with_posts();
    assert!(desk.ok(&["search", "lamps"]).contains("i1"));
    desk.fails(&["erase", "i1", "--reason", "", "--basis", "law"], 2);
    desk.fails(&["erase", "i99", "--reason", "request", "--basis", "law"], 2);
    assert!(
        desk.ok(&["erase", "i1", "--reason", "request of the person", "--basis", "article 17"]).contains("erased i1")
    );
    assert!(desk.ok(&["erase", "i1", "--reason", "again", "--basis", "article 17"]).contains("erased before"));
    assert!(!desk.ok(&["search", "lamps"]).contains("i1"));
    assert!(!desk.ok(&["show", "i1"]).contains("lamps"));
    let known = &desk.json(&["why", "m-lamps", "--json"])[0];
    assert!(known["reasons"].to_string().contains("article 17"), "{known}");
    // The second import brings nothing back.
    assert!(desk.ok(&["import", "posts.jsonl"]).contains("2 seen, 0 new"));
    assert!(desk.ok(&["verify"]).contains("all well"));
    assert!(desk.ok(&["audit"]).contains("erase"));
}

#[test]
fn a_hold_stops_erasing_and_the_log_tells_of_it() {
    let desk = with_posts();
    desk.ok(&["source", "keep", "s1", "--days", "30", "--hold", "case 12/2026"]);
    let refused = desk.fails(&["erase", "i1", "--reason", "request", "--basis", "law"], 2);
    assert!(refused.contains("legal hold (case 12/2026)"), "{refused}");
    desk.ok(&["source", "keep", "s1", "--release"]);
    desk.ok(&["erase", "i1", "--reason", "request", "--basis", "law"]);
    desk.fails(&["source", "keep", "s1", "--days", "0"], 2);
    assert!(desk.ok(&["verify"]).contains("all well"));
}

#[test]
fn the_way_a_source_is_asked_can_be_set_and_nonsense_is_refused() {
    let desk = Desk::new();
    let add = ["source", "add", "feed", "https://courier.example/rss.xml"];
    desk.fails(&[&add[..], &OWN[..], &["--proxy", "ftp://x"]].concat(), 2);
    desk.fails(&[&add[..], &OWN[..], &["--proxy", "socks5://me:hush@proxy.example"]].concat(), 2);
    desk.fails(&[&add[..], &OWN[..], &["--every", "0"]].concat(), 2);
    desk.ok(&[&add[..], &OWN[..], &["--proxy", "socks5h://127.0.0.1:9050", "--keep-days", "90"]].concat());
    let source = &desk.json(&["source", "list", "--json"])[0];
    assert_eq!(source["reach"], json!({"proxy": "socks5h://127.0.0.1:9050"}));
    assert_eq!(source["keeping"], json!({"days": 90}));
    desk.ok(&["source", "reach", "s1", "--proxy", "none", "--pace-ms", "2000", "--every", "300"]);
    assert_eq!(desk.json(&["source", "list", "--json"])[0]["reach"], json!({"pace_ms": 2000, "every_s": 300}));
    assert!(desk.ok(&["source", "gaps", "s1"]).contains("nothing is known to be missing"));
    assert!(desk.ok(&["verify"]).contains("all well"));
}

/// Adds a room with a token; the names of the files that were made for it.
fn add_room(desk: &Desk, env: &[(&str, &str)]) -> Vec<String> {
    desk.write("token", "hush-hush-token\n");
    let args = [
        "source",
        "add",
        "rocketchat",
        "https://chat.example",
        "--room",
        "lamps",
        "--user",
        "u1",
        "--token-file",
        "token",
    ];
    let output = desk.command(&[&args[..], &OWN[..]].concat()).envs(env.iter().copied()).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let Ok(files) = std::fs::read_dir(desk.path("secrets")) else { return Vec::new() };
    files.map(|file| file.unwrap().file_name().into_string().unwrap()).collect()
}

#[test]
fn a_secret_is_sealed_and_its_key_lies_elsewhere() {
    let desk = Desk::new();
    let files = add_room(&desk, &[]);
    assert!(files.len() == 1 && files[0].ends_with(".sealed"), "{files:?}");
    let sealed = desk.path("secrets").join(&files[0]);
    assert_eq!(std::fs::metadata(&sealed).unwrap().permissions().mode() & 0o777, 0o600);
    let bytes = std::fs::read(&sealed).unwrap();
    assert!(!bytes.windows(4).any(|window| window == b"hush"));
    // It opens: the room is asked for, and only the name look-up fails.
    let said = || String::from_utf8(desk.run(&["source", "check", "s1"]).stderr).unwrap();
    assert!(said().contains("cannot reach https://chat.example"), "{}", said());
    std::fs::write(desk.path("state/vedette/secrets.key"), [7; 32]).unwrap();
    assert!(desk.fails(&["source", "check", "s1"], 2).contains("does not open with this key"));
    std::fs::remove_file(sealed).unwrap();
    assert!(desk.fails(&["source", "check", "s1"], 2).contains("not on this machine"));
}

#[test]
fn a_passphrase_seals_without_a_key_file() {
    let desk = Desk::new();
    desk.write("phrase", "correct lamp battery staple\n");
    desk.write("wrong", "another phrase\n");
    add_room(&desk, &[("VEDETTE_PASSPHRASE_FILE", "phrase")]);
    assert!(!desk.path("state/vedette/secrets.key").exists());
    let check = |phrase: Option<&str>| {
        let mut command = desk.command(&["source", "check", "s1"]);
        command.envs(phrase.map(|file| ("VEDETTE_PASSPHRASE_FILE", file)));
        String::from_utf8(command.output().unwrap().stderr).unwrap()
    };
    assert!(check(None).contains("sealed with a passphrase"));
    assert!(check(Some("wrong")).contains("does not open with this key"));
    assert!(check(Some("phrase")).contains("cannot reach https://chat.example"));
}

#[test]
fn the_keyring_is_used_when_it_is_chosen() {
    let desk = Desk::new();
    // A stand-in with the options of the real tool: it must get the secret by pipe.
    let tool = "#!/bin/sh\nname=\"\"; for word; do name=\"$word\"; done\n\
        case \"$1\" in store) cat > \"$KEYRING/$name\";; lookup) cat \"$KEYRING/$name\";; esac\n";
    std::fs::create_dir(desk.path("bin")).unwrap();
    std::fs::create_dir(desk.path("ring")).unwrap();
    desk.write("bin/secret-tool", tool);
    std::fs::set_permissions(desk.path("bin/secret-tool"), std::fs::Permissions::from_mode(0o755)).unwrap();
    let path = format!("{}:{}", desk.path("bin").display(), std::env::var("PATH").unwrap());
    let ring = desk.path("ring").display().to_string();
    let env = [("VEDETTE_KEYRING", "secret-service"), ("PATH", path.as_str()), ("KEYRING", ring.as_str())];
    assert_eq!(add_room(&desk, &env), Vec::<String>::new());
    let kept = std::fs::read_dir(&ring).unwrap().next().unwrap().unwrap().path();
    assert!(std::fs::read_to_string(kept).unwrap().contains("hush-hush-token"));
    let output = desk.command(&["source", "check", "s1"]).envs(env).output().unwrap();
    assert!(String::from_utf8(output.stderr).unwrap().contains("cannot reach https://chat.example"));
    let output = desk.command(&["source", "check", "s1"]).env("VEDETTE_KEYRING", "nonsense").output().unwrap();
    assert!(String::from_utf8(output.stderr).unwrap().contains("secret-service"));
}
