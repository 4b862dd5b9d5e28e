//! Tools in the launcher's sandbox: what their plan names they reach, and nothing else.

mod common;

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use vedette_read::ReadError;
use vedette_read::launcher::{Launcher, ToolPlan};

fn plan(folder: &Path) -> ToolPlan {
    ToolPlan::new(folder, 5, 1 << 30)
}

/// Runs a tool; its exit code and what it said.
fn launched(plan: &ToolPlan, tool: &[&str]) -> (Option<i32>, String) {
    let arguments: Vec<_> = tool[1..].iter().map(Into::into).collect();
    match Launcher::new(common::program()).run(plan, Path::new(tool[0]), &arguments, &[]) {
        Ok(ran) => (ran.status.code(), String::from_utf8_lossy(&ran.stdout).into_owned() + &ran.stderr),
        Err(error) => (None, error.to_string()),
    }
}

/// A folder with a file `in`, and beside it a file that no plan names.
fn places() -> (tempfile::TempDir, tempfile::TempDir, PathBuf) {
    let (folder, outside) =
        (tempfile::tempdir().expect("a temporary folder"), tempfile::tempdir().expect("a temporary folder"));
    std::fs::write(folder.path().join("in"), "lamp").expect("a file");
    let secret = outside.path().join("secret");
    std::fs::write(&secret, "secret\n").expect("a file");
    (folder, outside, secret)
}

#[test]
fn a_tool_reaches_its_folder_and_nothing_else() {
    let (folder, outside, secret) = places();
    let plan = plan(folder.path());
    let secret = secret.to_str().expect("a path in UTF-8");
    // The controls.
    assert_eq!(launched(&plan, &["/bin/cat", "in"]), (Some(0), "lamp".to_owned()));
    assert_eq!(launched(&plan, &["/bin/cp", "in", "out"]).0, Some(0));
    assert_eq!(launched(&plan, &["/bin/bash", "-c", "echo $HOME $CARGO_MANIFEST_DIR"]).1, "/nonexistent\n");
    // Forbidden.
    for tool in [
        &["/bin/cat", secret][..],
        &["/bin/cat", "/etc/passwd"],
        &["/bin/cat", "/usr/share/dict/words"],
        &["/bin/cat", "/proc/self/environ"],
        &["/bin/cp", "in", outside.path().to_str().expect("a path in UTF-8")],
        &["/bin/rm", secret],
        &["/bin/chmod", "777", secret],
        &["/bin/touch", secret],
        &["/bin/ls", "/"],
        &["/bin/ls", "/usr/lib"],
        &["/bin/bash", "-c", "exec /bin/true"],
        &["/bin/sh", "-c", "/bin/true; /bin/true"],
        &["/bin/bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/9"],
        &["/bin/bash", "-c", "exec 3<>/dev/udp/127.0.0.1/9"],
        &["/bin/bash", "-c", "kill -0 $PPID"],
        &["/bin/bash", "-c", "(:) & wait $!"],
        // What would lead a reader of the folder out of it, or make it wait.
        &["/bin/ln", "-s", secret, "link"],
        &["/bin/ln", "in", "hard"],
        &["/usr/bin/mkfifo", "pipe"],
    ] {
        let (code, said) = launched(&plan, tool);
        assert!(code != Some(0), "{tool:?} was done: {said}");
    }
    assert_eq!(std::fs::read(secret).expect("it is still there"), b"secret\n");
    assert_ne!(std::fs::metadata(secret).expect("it is still there").permissions().mode() & 0o777, 0o777);
}

#[test]
fn without_the_sandbox_the_same_acts_are_done() {
    let (folder, _outside, secret) = places();
    let secret = secret.to_str().expect("a path in UTF-8");
    for tool in [
        &["/bin/cat", secret][..],
        &["/bin/cat", "/etc/passwd"],
        &["/bin/chmod", "777", secret],
        &["/bin/touch", secret],
        &["/bin/ls", "/usr/lib"],
        &["/bin/bash", "-c", "exec /bin/true"],
        &["/bin/bash", "-c", "exec 3<>/dev/udp/127.0.0.1/9"],
        &["/bin/bash", "-c", "kill -0 $PPID"],
        &["/bin/bash", "-c", "(:) & wait $!"],
        &["/bin/ln", "-s", secret, "link"],
        &["/bin/ln", "in", "hard"],
        &["/usr/bin/mkfifo", "pipe"],
    ] {
        let output = Command::new(tool[0]).args(&tool[1..]).current_dir(folder.path()).output().expect("it starts");
        assert!(output.status.success(), "{tool:?} fails even outside: its refusal inside proves nothing");
    }
}

#[test]
fn what_a_plan_lets_a_tool_read_it_reads_and_cannot_write_or_run() {
    let (folder, outside, secret) = places();
    let plan = plan(folder.path()).reading([&secret, &PathBuf::from("/nonexistent"), &PathBuf::from("/bin/true")]);
    let path = secret.to_str().expect("a path in UTF-8");
    assert_eq!(launched(&plan, &["/bin/cat", path]), (Some(0), "secret\n".to_owned()));
    assert_ne!(launched(&plan, &["/bin/cp", "in", path]).0, Some(0));
    assert_ne!(launched(&plan, &["/bin/ls", outside.path().to_str().expect("a path in UTF-8")]).0, Some(0));
    assert_ne!(launched(&plan, &["/bin/bash", "-c", "exec /bin/true"]).0, Some(0));
}

#[test]
fn a_file_that_was_open_is_closed_to_the_tool() {
    let (folder, _outside, secret) = places();
    let read_it = r#"read -r line <&5 && echo "$line""#;
    let words = serde_json::to_string(&plan(folder.path())).expect("plain data");
    let words = words.replace(r#""runnable":[]"#, r#""runnable":["/usr","/lib","/lib64","/bin"]"#);
    let with_file = |script: &str| {
        let mut shell = Command::new("/bin/bash");
        shell.args(["-c", &format!("exec 5<\"$1\"; {script}"), "bash"]).arg(&secret).arg(read_it);
        shell.arg(common::program()).arg(&words);
        let output = shell.output().expect("it starts");
        (output.status.success(), String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned())
    };
    assert_eq!(with_file(r#"exec /bin/bash -c "$2""#), (true, "secret\n".to_owned()), "the control");
    let (done, said) = with_file(r#"exec "$3" run-tool "$4" /bin/bash -c "$2""#);
    assert!(!done && said.contains("5: Bad file descriptor"), "{said}");
}

#[test]
fn limits_of_time_size_and_threads_hold() {
    let (folder, ..) = places();
    let mut quick = plan(folder.path());
    (quick.cpu_seconds, quick.wall_seconds, quick.file_bytes_max) = (1, 20, 1_000);
    let (_, said) = launched(&quick, &["/bin/bash", "-c", "while :; do :; done"]);
    assert!(said.contains("used up its processor time"), "{said}");
    quick.wall_seconds = 1;
    let (_, said) = launched(&quick, &["/bin/sleep", "30"]);
    assert!(said.contains("takes too long"), "{said}");
    (quick.wall_seconds, quick.stdout_bytes_max) = (20, 1_000);
    let (_, said) = launched(&quick, &["/bin/cat", "/dev/zero"]);
    assert!(!said.contains("writes too much"), "/dev/zero is not there to be read: {said}");
    let zero = quick.reading(["/dev/zero"]);
    let (_, said) = launched(&zero, &["/bin/cat", "/dev/zero"]);
    assert!(said.contains("writes too much"), "{said}");
    assert_ne!(launched(&zero, &["/bin/dd", "if=/dev/zero", "of=out", "bs=2000", "count=1"]).0, Some(0));
    assert!(std::fs::metadata(folder.path().join("out")).is_ok_and(|facts| facts.len() <= 1_000));
    // xz compresses on as many threads as it is told to.
    std::fs::write(folder.path().join("large"), vec![7; 3_000_000]).expect("a file");
    let compress = ["/usr/bin/xz", "-T2", "--block-size=1MiB", "-k", "-c", "large"];
    let roomy = plan(folder.path());
    assert_ne!(launched(&roomy, &compress).0, Some(0), "threads were not allowed");
    let arguments: Vec<_> = compress[1..].iter().map(Into::into).collect();
    let ran = Launcher::new(common::program()).run(&roomy.with_threads(), Path::new(compress[0]), &arguments, &[]);
    assert!(ran.expect("it runs").status.success());
}

#[test]
fn a_tool_that_is_not_there_or_crashes_is_told_apart() {
    let (folder, ..) = places();
    let run = |tool: &str, script: &str| {
        Launcher::new(common::program()).run(&plan(folder.path()), Path::new(tool), &["-c".into(), script.into()], &[])
    };
    assert!(matches!(run("/nonexistent", ""), Err(ReadError::Sandbox(_))));
    assert_eq!(run("/bin/sh", "exit 3").expect("it ends by itself").status.code(), Some(3));
    assert!(run("/bin/bash", "kill -SEGV $$; :").is_ok(), "it may not signal itself by its number");
    // A program that knows nothing of plans.
    let ran = Launcher::new("/bin/false").run(&plan(folder.path()), Path::new("/bin/true"), &[], &[]);
    assert_eq!(ran.expect("it ends by itself").status.code(), Some(1));
}
