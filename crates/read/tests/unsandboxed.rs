//! Where the sandbox does not hold nothing is opened, unless a person accepted that; then every reading says so.

mod common;

use std::path::PathBuf;

use vedette_read::launcher::{Launcher, ToolPlan};
use vedette_read::{Confinement, FileReadings, FileToRead, NoMemo, Reader, Tools, sandbox};

/// A program on a machine without Landlock.
fn old_kernel() -> PathBuf {
    let program = common::program().with_file_name("old_kernel");
    assert!(program.is_file(), "{} is missing: run `cargo build -p vedette-read --examples`", program.display());
    program
}

fn read(program: PathBuf, confinement: Confinement) -> FileReadings {
    let reader = Reader::with(vedette_read::Opener::confined(&program, confinement), Tools::discover_in(&program, &[]));
    reader.read_file(&FileToRead::new(b"The lamp burns in the harbour of Kelmora tonight."), &NoMemo)
}

#[test]
fn without_landlock_nothing_is_opened_and_the_problem_names_the_flag() {
    let found = read(old_kernel(), Confinement::Required);
    assert_eq!(found.readings, []);
    assert!(found.try_again);
    let [problem] = &found.problems[..] else { panic!("{:?}", found.problems) };
    assert!(problem.contains("landlock: this kernel does not know it"), "{problem}");
    assert!(problem.contains("--i-accept-unsandboxed") && problem.contains("the bytes are kept"), "{problem}");
}

#[test]
fn a_person_may_accept_it_and_every_reading_says_so() {
    let found = read(old_kernel(), Confinement::Waived);
    assert_eq!(found.problems, Vec::<String>::new());
    assert!(found.readings[0].method.ends_with(" unsandboxed"), "{}", found.readings[0].method);
}

#[test]
fn where_the_sandbox_holds_the_flag_changes_nothing() {
    for confinement in [Confinement::Required, Confinement::Waived] {
        let found = read(common::program(), confinement);
        assert_eq!(found.problems, Vec::<String>::new());
        assert!(!found.readings[0].method.contains("unsandboxed"), "{}", found.readings[0].method);
    }
}

#[test]
fn tools_start_without_landlock_only_when_that_was_accepted() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let plan = ToolPlan::new(folder.path(), 5, 1 << 30);
    let run = |confinement| {
        Launcher::confined(old_kernel(), confinement).run(&plan, "/bin/echo".as_ref(), &["lamp".into()], &[])
    };
    let refused = run(Confinement::Required).expect_err("it is not started").to_string();
    assert!(refused.contains("landlock: this kernel does not know it"), "{refused}");
    assert_eq!(run(Confinement::Waived).expect("it is started").stdout, b"lamp\n");
}

#[test]
fn a_program_that_does_not_confine_its_children_is_found_out() {
    let report = sandbox::self_test(&old_kernel());
    assert!(!report.holds() && report.first_wrong().is_some_and(|wrong| wrong.starts_with("open-passwd: not tried")));
    assert!(!sandbox::tools_self_test(&old_kernel()).holds());
}
