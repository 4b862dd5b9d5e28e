//! The sandbox holds on this machine, and the same acts succeed without it.

mod common;

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use vedette_core::FileFault;
use vedette_read::{Hint, Opener, ReadError, sandbox};

#[test]
fn every_forbidden_act_is_refused_and_every_allowed_one_done() {
    let report = sandbox::self_test(&common::program());
    for act in &report.acts {
        assert!(act.as_it_must, "{}: {}", act.act, act.how);
    }
    assert!(report.holds());
    assert!(report.landlock.is_some(), "the child does not say how far Landlock holds");
    assert_eq!(report.acts.len(), sandbox::FORBIDDEN.len() + sandbox::ALLOWED.len());
}

#[test]
fn without_the_sandbox_the_same_acts_are_done() {
    let program = common::program();
    for act in
        ["open-passwd", "list-root", "create-file", "unlink-file", "udp-socket", "unix-socket-pair", "fork", "thread"]
    {
        assert!(sandbox::attempt_outside(&program, act), "{act} fails even outside: its refusal inside proves nothing");
    }
}

#[test]
fn both_sides_know_the_same_acts() {
    let names = |acts: &[(&'static str, _)]| acts.iter().map(|(name, _)| *name).collect::<Vec<_>>();
    assert_eq!(names(vedette_openers::self_test::ACTS), sandbox::FORBIDDEN);
    assert_eq!(names(vedette_openers::self_test::CONTROLS), sandbox::ALLOWED);
}

#[test]
fn a_program_that_does_not_run_proves_nothing() {
    assert!(!sandbox::self_test(Path::new("/nonexistent")).holds());
    assert!(!sandbox::self_test(Path::new("/bin/true")).holds());
}

#[test]
fn a_child_that_never_answers_is_killed_in_time() {
    let begun = Instant::now();
    let folder = tempfile::tempdir().expect("a temporary folder");
    let script = folder.path().join("sleeper");
    std::fs::write(&script, "#!/bin/sh\nexec sleep 60\n").expect("a script");
    let made = Command::new("chmod").arg("700").arg(&script).status().expect("chmod runs");
    assert!(made.success());
    let opener = Opener::new(&script).with_wall(Duration::from_millis(300));
    assert!(matches!(opener.open(b"x", &Hint::default()), Err(ReadError::File(FileFault::TooLarge(_)))));
    assert!(begun.elapsed() < Duration::from_secs(30));
}

#[test]
fn a_program_that_is_no_opener_is_not_believed() {
    for program in ["/bin/echo", "/bin/cat", "/bin/false"] {
        let error = Opener::new(program).open(b"VDA1\xff\xff\xff\xff", &Hint::default()).expect_err("it is no opener");
        assert!(matches!(error, ReadError::File(FileFault::Hostile(_))), "{program}: {error}");
    }
    assert!(matches!(Opener::new("/nonexistent").open(b"x", &Hint::default()), Err(ReadError::Machine { .. })));
}

/// Runs a tool in the launcher's sandbox; its exit code and what it said.
fn launched(folder: &Path, tool: &[&str]) -> (Option<i32>, String) {
    let mut command = Command::new(common::program());
    command.arg("run-tool").arg(folder).args(["5", "1000000000", "--"]).args(tool).env_clear();
    let output = command.output().expect("the launcher starts");
    (output.status.code(), String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned())
}

#[test]
fn a_tool_reaches_its_folder_and_nothing_else() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    std::fs::write(folder.path().join("in"), "lamp").expect("a file");
    let outside = tempfile::tempdir().expect("a temporary folder");
    let secret = outside.path().join("secret");
    std::fs::write(&secret, "secret").expect("a file");
    let secret = secret.to_str().expect("a path in UTF-8");
    // The controls.
    assert_eq!(launched(folder.path(), &["/bin/cat", "in"]), (Some(0), "lamp".to_owned()));
    assert_eq!(launched(folder.path(), &["/bin/cp", "in", "out"]).0, Some(0));
    // Forbidden.
    for tool in [
        &["/bin/cat", secret][..],
        &["/bin/cat", "/etc/passwd"],
        &["/bin/cp", "in", outside.path().to_str().expect("a path in UTF-8")],
        &["/bin/rm", secret],
        &["/bin/ls", "/"],
        &["/bin/sh", "-c", "/bin/true; /bin/true"],
        &["/bin/bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/9"],
        &["/bin/bash", "-c", "kill -0 $PPID"],
    ] {
        let (code, said) = launched(folder.path(), tool);
        assert!(code != Some(0), "{tool:?} was done: {said}");
    }
    assert!(Path::new(secret).is_file());
}

#[test]
fn a_tool_has_no_network() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let (code, said) = launched(folder.path(), &["/bin/bash", "-c", "exec 3<>/dev/udp/127.0.0.1/9"]);
    assert!(code != Some(0) && said.contains("not permitted"), "{said}");
}
