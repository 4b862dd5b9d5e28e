//! The keyring of the desktop session (the Secret Service of GNOME, KDE and others), by its own tool `secret-tool`, so that
//! the secret is asked for where the user unlocked it. The secret travels by pipe and never stands on a command line.

use std::io::{Read, Write};
use std::process::{Command, Stdio};

use super::BYTES_MAX;
use crate::io::Failure;

/// Value of the attribute under which all our secrets stand.
const SERVICE: &str = "vedette";

/// Whether the keyring was chosen.
pub(super) fn chosen() -> Result<bool, Failure> {
    match std::env::var("VEDETTE_KEYRING").as_deref() {
        Err(_) | Ok("" | "off") => Ok(false),
        Ok("secret-service") => Ok(true),
        Ok(other) => Err(Failure::usage(format!("VEDETTE_KEYRING is `{other}`"))
            .hint("it is `secret-service`, or `off` for a sealed file")),
    }
}

fn failed(what: &str) -> Failure {
    Failure::usage(format!("the keyring did not {what}")).hint(
        "install secret-tool (Debian: libsecret-tools) and unlock the session's keyring, or unset VEDETTE_KEYRING to use a sealed file",
    )
}

/// Keeps a text under a name.
pub(super) fn store(name: &str, text: &str) -> Result<(), Failure> {
    let mut child = Command::new("secret-tool")
        .args(["store", "--label", &format!("Vedette {name}"), "service", SERVICE, "name", name])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|_| failed("start"))?;
    if let Some(mut pipe) = child.stdin.take() {
        pipe.write_all(text.as_bytes()).map_err(|_| failed("take the secret"))?;
    }
    if child.wait().is_ok_and(|status| status.success()) { Ok(()) } else { Err(failed("take the secret")) }
}

/// The text kept under a name; `None` when the keyring does not know it.
pub(super) fn load(name: &str) -> Result<Option<String>, Failure> {
    let mut child = Command::new("secret-tool")
        .args(["lookup", "service", SERVICE, "name", name])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|_| failed("start"))?;
    let mut text = String::new();
    if let Some(pipe) = child.stdout.take() {
        pipe.take(BYTES_MAX).read_to_string(&mut text).map_err(|_| failed("give the secret"))?;
    }
    child.wait().map_err(|_| failed("end"))?;
    Ok(Some(text).filter(|text| !text.is_empty()))
}
