//! The cage that Chromium runs in: no network device but a dead loopback, no file of this machine but libraries and fonts,
//! no process but its own, a bounded memory file system, an empty environment. Built by bubblewrap, which is started by a
//! line of shell that sets limits and moves the two pipes to where Chromium expects them.
//!
//! Chromium's own sandbox stays on inside: the cage grants it the user namespaces that it needs. Where the kernel refuses
//! that, it is started without it, and then each capture gets a browser of its own ([`Inner`]).

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::BrowserError;

/// Where distributions keep the program itself, not the shell script that starts it.
const CHROMIUM: [&str; 5] = [
    "/usr/lib/chromium/chromium",
    "/usr/lib64/chromium-browser/chromium-browser",
    "/usr/lib/chromium-browser/chromium-browser",
    "/usr/lib64/chromium/chromium",
    "/opt/google/chrome/chrome",
];
/// Where bubblewrap stands.
const BUBBLEWRAP: [&str; 2] = ["/usr/bin/bwrap", "/usr/local/bin/bwrap"];
/// Bytes of the file system in memory that holds the profile; a page's cache and storage are small.
const PROFILE_BYTES_MAX: u64 = 512 * 1024 * 1024;
/// Bytes of shared memory between its processes: a 15-megapixel picture has 60 MB, and is held a few times.
const SHARED_BYTES_MAX: u64 = 768 * 1024 * 1024;
/// KiB of writable memory of one process. Address space is no measure here: a script engine reserves a terabyte of it.
const PROCESS_MEMORY_KIB_MAX: u64 = 2 * 1024 * 1024;
/// Seconds of processor time of one process; a browser is retired long before.
const PROCESS_CPU_S_MAX: u64 = 600;
/// Open files of one process.
const PROCESS_FILES_MAX: u64 = 4_096;
/// Who it is inside: nobody that exists outside.
const INSIDE_ID: &str = "1000";

/// Whether Chromium's own sandbox stands inside the cage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Inner {
    /// It does: one page cannot reach another's process, and a browser may serve several captures.
    Sandboxed,
    /// The kernel does not permit it inside a cage: only the cage holds.
    CageOnly,
}

/// The two programs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Programs {
    /// Chromium itself.
    pub chromium: PathBuf,
    /// bubblewrap.
    pub bubblewrap: PathBuf,
}

impl Programs {
    /// Looks in the usual places.
    pub fn find() -> Result<Self, BrowserError> {
        if !cfg!(target_os = "linux") {
            return Err(BrowserError::Start { why: "pages are captured on Linux only: the cage needs it".to_owned() });
        }
        Ok(Self { chromium: first(&CHROMIUM, "Chromium")?, bubblewrap: first(&BUBBLEWRAP, "bubblewrap")? })
    }
}

fn first(places: &[&str], what: &'static str) -> Result<PathBuf, BrowserError> {
    places.iter().map(PathBuf::from).find(|path| path.is_file()).ok_or(BrowserError::Missing { what })
}

/// The whole command: a shell that limits itself and becomes bubblewrap, which becomes Chromium. Its standard input and
/// output are the protocol.
pub(super) fn command(programs: &Programs, inner: Inner) -> Command {
    let limits = format!(
        "ulimit -c 0 && ulimit -d {PROCESS_MEMORY_KIB_MAX} && ulimit -t {PROCESS_CPU_S_MAX} && ulimit -n {PROCESS_FILES_MAX} && \
         exec \"$@\" 3<&0 4>&1 </dev/null >/dev/null"
    );
    let mut command = Command::new("/bin/sh");
    command
        .args(["-c", &limits, "cage"])
        .arg(&programs.bubblewrap)
        .args(cage(&programs.chromium))
        .arg(&programs.chromium)
        .args(flags(inner))
        .env_clear()
        .current_dir("/")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

/// What bubblewrap is told.
fn cage(chromium: &Path) -> Vec<String> {
    let mut told: Vec<String> = Vec::new();
    let mut tell = |words: &[&str]| told.extend(words.iter().map(|word| (*word).to_owned()));
    tell(&["--unshare-all", "--unshare-user", "--uid", INSIDE_ID, "--gid", INSIDE_ID]);
    tell(&["--die-with-parent", "--new-session", "--clearenv", "--hostname", "cage"]);
    for (name, value) in [("HOME", "/tmp"), ("LANG", "C.UTF-8"), ("TZ", "UTC")] {
        tell(&["--setenv", name, value]);
    }
    for path in ["/usr/lib", "/usr/lib32", "/usr/lib64", "/usr/share/fonts", "/usr/local/share/fonts"] {
        tell(&["--ro-bind-try", path, path]);
    }
    for path in
        ["/usr/share/fontconfig", "/usr/share/chromium", "/etc/fonts", "/etc/ld.so.cache", "/var/cache/fontconfig"]
    {
        tell(&["--ro-bind-try", path, path]);
    }
    for path in ["/lib", "/lib64"] {
        match std::fs::read_link(path) {
            Ok(target) => tell(&["--symlink", &target.to_string_lossy(), path]),
            Err(_) => tell(&["--ro-bind-try", path, path]),
        }
    }
    if let Some(folder) = chromium.parent().filter(|folder| !folder.starts_with("/usr/lib")) {
        let folder = folder.to_string_lossy();
        tell(&["--ro-bind", &folder, &folder]);
    }
    tell(&["--proc", "/proc", "--dev", "/dev"]);
    tell(&["--size", &SHARED_BYTES_MAX.to_string(), "--tmpfs", "/dev/shm"]);
    tell(&["--size", &PROFILE_BYTES_MAX.to_string(), "--tmpfs", "/tmp"]);
    tell(&["--remount-ro", "/dev", "--remount-ro", "/", "--chdir", "/tmp"]);
    told
}

/// What Chromium is told: no window, no port, nothing of its own to say to anybody.
fn flags(inner: Inner) -> Vec<&'static str> {
    let mut flags = vec![
        "--headless",
        "--remote-debugging-pipe",
        "--user-data-dir=/tmp/profile",
        "--disable-gpu",
        "--disable-background-networking",
        "--disable-breakpad",
        "--disable-client-side-phishing-detection",
        "--disable-component-extensions-with-background-pages",
        "--disable-component-update",
        "--disable-crash-reporter",
        "--disable-default-apps",
        "--disable-domain-reliability",
        "--disable-extensions",
        "--disable-features=HttpsUpgrades,HttpsFirstBalancedModeAutoEnable,MediaRouter,OptimizationHints,Translate",
        "--disable-sync",
        "--force-color-profile=srgb",
        "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
        "--hide-scrollbars",
        "--js-flags=--max-old-space-size=768",
        "--lang=en-US",
        "--mute-audio",
        "--no-default-browser-check",
        "--no-first-run",
        "--no-pings",
        "--password-store=basic",
    ];
    if inner == Inner::CageOnly {
        flags.push("--no-sandbox");
    }
    flags
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cage_has_no_network_no_home_and_nothing_writable_but_memory() {
        let told = cage(Path::new(CHROMIUM[0])).join(" ");
        assert!(told.starts_with("--unshare-all ") && !told.contains("--share-net"), "{told}");
        assert!(!told.contains("--bind ") && !told.contains("--dev-bind"), "{told}");
        for path in ["/home", "/root", "/etc ", "/var/lib", "/run", "/sys", "/usr/bin", "/usr "] {
            assert!(!told.contains(&format!("--ro-bind {path}")), "{path} in {told}");
            assert!(!told.contains(&format!("--ro-bind-try {path}")), "{path} in {told}");
        }
        assert_eq!(told.matches("--tmpfs").count(), told.matches("--size").count(), "all memory is bounded: {told}");
    }

    #[test]
    fn its_own_sandbox_is_given_up_only_where_the_kernel_refuses_it() {
        assert!(!flags(Inner::Sandboxed).contains(&"--no-sandbox"));
        assert!(flags(Inner::CageOnly).contains(&"--no-sandbox"));
        assert!(!flags(Inner::Sandboxed).iter().any(|flag| flag.starts_with("--remote-debugging-port")));
    }
}
