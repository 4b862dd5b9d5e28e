//! Namespaces for programs that bring up processes of their own (Chromium), which the launcher's filter of system calls
//! would refuse: `bwrap`, the small set-up program of bubblewrap, builds them.
//!
//! Inside there is no network, no other process, no home, nothing of the machine but its programs, libraries and fonts
//! (read only), and one folder. Memory is not bounded; whoever starts it must bound its time.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::FONT_PATHS;

/// Read-only inside, where they exist.
const SYSTEM_PATHS: &[&str] =
    &["/usr", "/lib", "/lib32", "/lib64", "/bin", "/sbin", "/etc/ld.so.cache", "/etc/alternatives", "/nix/store"];

/// What a program in namespaces may use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BubblePlan {
    /// Its current folder, under the same path inside, and the only one that it may write for good.
    pub folder: PathBuf,
    /// Files and folders that it may read beside the system's: under the same path inside.
    pub readable: Vec<PathBuf>,
    /// Its environment, whole.
    pub environment: Vec<(String, String)>,
    /// Bytes of `/tmp`, which is memory.
    pub tmp_bytes_max: u64,
}

impl BubblePlan {
    /// A plan for a program that writes in `folder`, which is also its home.
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        let folder = folder.into();
        let home = folder.display().to_string();
        let environment =
            [("HOME", home.as_str()), ("LC_ALL", "C.UTF-8"), ("PATH", "/usr/bin:/bin"), ("TMPDIR", "/tmp")]
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .to_vec();
        Self { folder, readable: Vec::new(), environment, tmp_bytes_max: 256 * 1024 * 1024 }
    }
}

/// The command line that starts `tool` in namespaces by `bwrap`, which is the path of that program. Its stdin, stdout and
/// further pipes are the caller's to set: file descriptors that are not closed on exec go through to the tool.
pub fn bubblewrap(bwrap: &Path, plan: &BubblePlan, tool: &Path, arguments: &[OsString]) -> Command {
    let mut command = Command::new(bwrap);
    command.env_clear();
    // A network namespace of its own has loopback only, and nobody else on it.
    command.args(["--unshare-all", "--die-with-parent", "--new-session", "--cap-drop", "ALL", "--hostname", "vedette"]);
    command.arg("--clearenv");
    for (name, value) in &plan.environment {
        command.args(["--setenv", name, value]);
    }
    for path in SYSTEM_PATHS.iter().chain(FONT_PATHS) {
        command.args(["--ro-bind-try", path, path]);
    }
    command.args(["--proc", "/proc", "--dev", "/dev"]);
    command.args(["--size", &plan.tmp_bytes_max.to_string(), "--tmpfs", "/tmp"]);
    for path in &plan.readable {
        command.arg("--ro-bind-try").arg(path).arg(path);
    }
    // Behind `/tmp`, under which the folder may lie.
    command.arg("--bind").arg(&plan.folder).arg(&plan.folder).arg("--chdir").arg(&plan.folder);
    command.arg("--").arg(tool).args(arguments);
    command
}

#[cfg(test)]
mod tests {
    use super::*;

    const BWRAP: &str = "/usr/bin/bwrap";

    fn inside(folder: &Path, script: &str) -> String {
        let plan = BubblePlan::new(folder);
        let output = bubblewrap(Path::new(BWRAP), &plan, Path::new("/bin/sh"), &["-c".into(), script.into()])
            .output()
            .expect("bubblewrap is installed (`make test` installs it)");
        String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).trim().to_owned()
    }

    #[test]
    fn inside_there_is_the_folder_and_nothing_of_the_machine() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let beside = tempfile::NamedTempFile::new().expect("a temporary file");
        std::fs::write(folder.path().join("in"), "lamp").expect("a file");
        // Controls: what must work.
        assert_eq!(
            inside(folder.path(), "cat in; echo -n wick > out; ls /usr >/dev/null && echo -n ' usr'"),
            "lamp usr"
        );
        assert_eq!(std::fs::read(folder.path().join("out")).expect("it was written"), b"wick");
        // What must not.
        let beside = beside.path().display();
        for script in [
            "cat /etc/passwd",
            "ls /root /home",
            &format!("cat {beside}"),
            "echo x > /usr/x",
            "cat /proc/1/root/etc/hostname",
            &format!("test -d /proc/{}", std::process::id()),
        ] {
            let said = inside(folder.path(), &format!("({script}) >/dev/null 2>&1 && echo done || echo refused"));
            assert_eq!(said, "refused", "{script}");
        }
        assert_eq!(
            inside(folder.path(), "echo -n \"$CARGO_MANIFEST_DIR\"; tail -n +3 /proc/net/dev | cut -d: -f1"),
            "lo"
        );
    }
}
