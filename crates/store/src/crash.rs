//! For tests: dying at a named step, telling what was acknowledged, and lying about durability so that a harness can show
//! that it would notice. Programs built for use (`--release`) hold none of it: every function here is empty there.
//!
//! | variable | makes the program |
//! |---|---|
//! | `VEDETTE_CRASH_AT=step:count` | kill itself (SIGKILL) when it comes to `step` for the `count`-th time |
//! | `VEDETTE_CRASH_ACKS=FILE` | append a line for every version whose taking in it acknowledges |
//! | `VEDETTE_CRASH_LIE=ack-early` | acknowledge before the transaction commits |
//! | `VEDETTE_CRASH_LIE=no-fsync` | make nothing durable |

use vedette_core::Intake;

/// The steps, in the order in which a post meets them.
pub const STEPS: [&str; 14] = [
    "blob-temp-written",
    "blob-fsynced",
    "blob-renamed",
    "folder-fsynced",
    "cursor",
    "before-commit",
    "after-commit",
    "acknowledged",
    "job-claimed",
    "derived-stored",
    "index-put",
    "index-prepared",
    "index-committed",
    "job-done",
];

/// What a test may ask the program to lie about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lie {
    /// Acknowledges before the commit.
    AckEarly,
    /// Makes nothing durable.
    NoFsync,
}

/// Dies here when a test asked for it.
pub(crate) fn point(step: &'static str) {
    debug_assert!(STEPS.contains(&step), "`{step}` is not in the list of steps");
    armed::point(step);
}

/// Whether a test asked for this lie.
pub(crate) fn lies(lie: Lie) -> bool {
    armed::lies(lie)
}

/// Notes what the caller is told to be stored, when a test asked for it.
pub(crate) fn acknowledge(intakes: &[Intake]) {
    armed::acknowledge(intakes);
}

#[cfg(not(debug_assertions))]
mod armed {
    use super::{Intake, Lie};

    pub(super) fn point(_: &str) {}

    pub(super) fn lies(_: Lie) -> bool {
        false
    }

    pub(super) fn acknowledge(_: &[Intake]) {}
}

#[cfg(debug_assertions)]
mod armed {
    use std::io::Write;
    use std::sync::OnceLock;
    use std::sync::atomic::{AtomicU64, Ordering};

    use super::{Intake, Lie};

    /// Where to die, and how often to pass there before.
    struct Charge {
        step: String,
        left: AtomicU64,
    }

    fn charge() -> Option<&'static Charge> {
        static CHARGE: OnceLock<Option<Charge>> = OnceLock::new();
        CHARGE
            .get_or_init(|| {
                let asked = std::env::var("VEDETTE_CRASH_AT").ok()?;
                let (step, count) = asked.split_once(':')?;
                Some(Charge { step: step.to_owned(), left: AtomicU64::new(count.parse().ok()?) })
            })
            .as_ref()
    }

    pub(super) fn point(step: &str) {
        if let Some(charge) = charge().filter(|charge| charge.step == step)
            && charge.left.fetch_sub(1, Ordering::SeqCst) == 1
        {
            // Nothing is flushed and nobody is told: the nearest a process comes to a power cut.
            rustix::process::kill_process(rustix::process::getpid(), rustix::process::Signal::KILL).ok();
            std::process::abort();
        }
    }

    pub(super) fn lies(lie: Lie) -> bool {
        static ASKED: OnceLock<Option<Lie>> = OnceLock::new();
        let asked = ASKED.get_or_init(|| match std::env::var("VEDETTE_CRASH_LIE").as_deref() {
            Ok("ack-early") => Some(Lie::AckEarly),
            Ok("no-fsync") => Some(Lie::NoFsync),
            _ => None,
        });
        *asked == Some(lie)
    }

    pub(super) fn acknowledge(intakes: &[Intake]) {
        static FILE: OnceLock<Option<std::ffi::OsString>> = OnceLock::new();
        let Some(path) = FILE.get_or_init(|| std::env::var_os("VEDETTE_CRASH_ACKS")) else { return };
        let mut lines = String::new();
        for intake in intakes {
            for version in &intake.versions {
                lines.push_str(&format!(
                    "{} {} {} {}\n",
                    intake.source.0,
                    version.key.hex(),
                    version.exhibit.hex(),
                    version.native_id
                ));
            }
        }
        // One write, so that a kill leaves whole lines.
        let file = std::fs::OpenOptions::new().create(true).append(true).open(path);
        if let Err(error) = file.and_then(|mut file| file.write_all(lines.as_bytes())) {
            tracing::error!(%error, "cannot note what was acknowledged");
        }
    }
}
