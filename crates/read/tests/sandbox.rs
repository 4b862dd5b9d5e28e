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
fn tools_do_what_their_plan_names_and_none_of_the_forbidden_acts() {
    let report = sandbox::tools_self_test(&common::program());
    for act in &report.acts {
        assert!(act.as_it_must, "{}: {}", act.act, act.how);
    }
    assert_eq!(report.acts.len(), sandbox::FORBIDDEN_TO_TOOLS.len() + sandbox::ALLOWED_TO_TOOLS.len());
    assert!(!sandbox::tools_self_test(Path::new("/bin/true")).holds());
    assert!(!sandbox::tools_self_test(Path::new("/nonexistent")).holds());
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
