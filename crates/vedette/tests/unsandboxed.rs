//! On a machine where the sandbox does not hold: files keep their bytes and are not opened, unless a person accepts that by
//! a flag; no setting does.

#![allow(clippy::unwrap_used)] // a test may panic

mod kit;

use std::collections::BTreeMap;
use std::process::Output;

use kit::{Desk, lines};
use seccompiler::{BpfProgram, SeccompAction, SeccompFilter, TargetArch};

const FLAG: &str = "--i-accept-unsandboxed";

/// Runs the program as on a kernel without Landlock: a filter of system calls, which it inherits, says that there is none.
fn on_an_old_kernel(desk: &Desk, args: &[&str]) -> Output {
    std::thread::scope(|scope| {
        let run = scope.spawn(|| {
            let calls = [libc::SYS_landlock_create_ruleset, libc::SYS_landlock_restrict_self];
            let rules: BTreeMap<i64, Vec<_>> = calls.into_iter().map(|call| (call, Vec::new())).collect();
            let arch = TargetArch::try_from(std::env::consts::ARCH).unwrap();
            let unknown = SeccompAction::Errno(libc::ENOSYS as u32);
            let filter = SeccompFilter::new(rules, SeccompAction::Allow, unknown, arch).unwrap();
            // Holds this thread and what it starts.
            seccompiler::apply_filter(&BpfProgram::try_from(filter).unwrap()).unwrap();
            desk.run(args)
        });
        run.join().unwrap()
    })
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// How the text of the item's file was read; its own text, the file's name, is another reading.
fn method_of_the_file(item: &serde_json::Value) -> Option<&str> {
    let mut readings = item["readings"].as_array().unwrap().iter();
    readings.find(|reading| !reading["attachment"].is_null()).and_then(|reading| reading["method"].as_str())
}

#[test]
fn the_doctor_finds_both_sandboxes_wanting() {
    let desk = Desk::nowhere();
    let output = on_an_old_kernel(&desk, &["doctor"]);
    let shown = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(output.status.code(), Some(1), "{shown}");
    for sandbox in ["Sandbox of the opener", "Sandbox of the tools"] {
        let (_, part) = shown.split_once(sandbox).unwrap();
        assert!(part.lines().nth(1).unwrap().contains("WRONG"), "{shown}");
    }
    assert!(said(&output).contains(FLAG) && said(&output).contains("kept and not opened"), "{}", said(&output));
    let whole = desk.run_text(&["doctor"]);
    assert!(!whole.contains("WRONG") && whole.contains("Sandbox of the tools"), "the control: {whole}");
}

#[test]
fn nothing_is_opened_and_no_setting_changes_that() {
    let desk = Desk::new();
    desk.write("page.html", "<html><p>The lamp burns in the harbour of Kelmora tonight.</p></html>");
    let settings = desk.path("desk").join("vedette.toml");
    let import = ["import", "page.html", "--name", "case"];
    for line in ["i_accept_unsandboxed = true", "unsandboxed = true", "i-accept-unsandboxed = true"] {
        let plain = std::fs::read_to_string(&settings).unwrap();
        std::fs::write(&settings, format!("{line}\n{plain}")).unwrap();
        let output = on_an_old_kernel(&desk, &import);
        assert_eq!(output.status.code(), Some(2), "the setting was taken: {}", said(&output));
        std::fs::write(&settings, plain).unwrap();
    }
    let output = on_an_old_kernel(&desk, &import);
    assert!(output.status.success(), "{}", said(&output));
    let item = &desk.json(&["show", "i1", "--json"])[0];
    assert!(method_of_the_file(item).is_none(), "{item}");
    assert!(item["problems"].to_string().contains(FLAG), "{item}");
    let sha256 = item["attachments"][0]["exhibit"].as_str().unwrap();
    assert_eq!(sha256.len(), 64, "the bytes are kept: {item}");
    let hashed = on_an_old_kernel(&desk, &["hash", "page.html"]);
    assert!(said(&hashed).contains(FLAG), "{}", said(&hashed));
    // Plain text enters no child and is read as ever.
    desk.write("posts.jsonl", r#"{"id":"1","text":"The lamp burns tonight."}"#);
    assert!(on_an_old_kernel(&desk, &["import", "posts.jsonl", "--name", "posts"]).status.success());
    let found = lines(&desk.ok(&["search", "lamp", "--json"]));
    assert_eq!(found.len(), 1, "{found:?}");
}

#[test]
fn whoever_accepts_it_is_warned_and_every_reading_says_so() {
    let desk = Desk::new();
    desk.write("page.html", "<html><p>The lamp burns in the harbour of Kelmora tonight.</p></html>");
    let output = on_an_old_kernel(&desk, &["import", "page.html", "--name", "case", FLAG]);
    assert!(output.status.success(), "{}", said(&output));
    assert!(said(&output).contains("WITHOUT a sandbox"), "{}", said(&output));
    let item = &desk.json(&["show", "i1", "--json"])[0];
    assert!(method_of_the_file(item).is_some_and(|method| method.ends_with(" unsandboxed")), "{item}");
}
