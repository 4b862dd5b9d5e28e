//! Passwords and tokens of watched accounts: kept outside the workspace, in the system's keyring or in an encrypted file,
//! so that neither a backup nor a bundle nor the log can ever hold one.
//!
//! `VEDETTE_KEYRING=secret-service` chooses the keyring of the desktop session. Otherwise a secret is a sealed file in
//! `VEDETTE_SECRETS`; see [`sealed`] for its key.

mod keyring;
mod sealed;

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use vedette_collect::Secret;

use crate::config::read_text;
use crate::io::Failure;

/// Bytes of one secret: tokens of single sign-on servers have a few thousand.
const BYTES_MAX: u64 = 16 * 1024;

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "lowercase", deny_unknown_fields)]
enum Stored {
    Token { user_id: String, token: String },
    Password { user: String, password: String },
}

/// The folder of secrets: `VEDETTE_SECRETS`, else `vedette/secrets` in the user's configuration folder.
fn folder() -> Result<PathBuf, Failure> {
    if let Some(dir) = std::env::var_os("VEDETTE_SECRETS") {
        return Ok(PathBuf::from(dir));
    }
    Ok(home_folder("XDG_CONFIG_HOME", ".config")?.join("secrets"))
}

/// The program's own folder below one of the user's base folders.
fn home_folder(variable: &str, usual: &str) -> Result<PathBuf, Failure> {
    let base = std::env::var_os(variable)
        .map(PathBuf::from)
        .or_else(|| std::env::var_os("HOME").map(|home| PathBuf::from(home).join(usual)))
        .ok_or_else(|| Failure::usage("no home folder to keep secrets in").hint("set VEDETTE_SECRETS to a folder"))?;
    Ok(base.join("vedette"))
}

/// Stores a secret; the name under which it is found again.
pub fn store(secret: &Secret) -> Result<String, Failure> {
    let stored = match secret {
        Secret::Token { user_id, token } => Stored::Token { user_id: user_id.clone(), token: token.clone() },
        Secret::Password { user, password } => Stored::Password { user: user.clone(), password: password.clone() },
    };
    let text = toml::to_string(&stored).map_err(|error| Failure::usage(error.to_string()))?;
    let mut random = [0u8; 8];
    getrandom::fill(&mut random).map_err(|error| Failure::usage(format!("no randomness: {error}")))?;
    let name: String = random.iter().map(|byte| format!("{byte:02x}")).collect();
    if keyring::chosen()? {
        keyring::store(&name, &text)?;
    } else {
        sealed::store(&folder()?, &name, text.as_bytes())?;
    }
    Ok(name)
}

/// The secret stored under a name.
pub fn load(name: &str) -> Result<Secret, Failure> {
    if name.is_empty() || !name.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Err(Failure::usage(format!("`{name}` is not the name of a secret")));
    }
    let text = find(name)?;
    // The parser's message could quote the line with the secret in it.
    let stored: Stored =
        toml::from_str(&text).map_err(|_| Failure::usage(format!("the secret `{name}` is not readable")))?;
    Ok(match stored {
        Stored::Token { user_id, token } => Secret::Token { user_id, token },
        Stored::Password { user, password } => Secret::Password { user, password },
    })
}

fn find(name: &str) -> Result<String, Failure> {
    if keyring::chosen()?
        && let Some(text) = keyring::load(name)?
    {
        return Ok(text);
    }
    let folder = folder()?;
    if let Some(text) = sealed::load(&folder, name)? {
        return Ok(text);
    }
    // Version 0.1.0 before sealing kept them as they are: seal what is found so.
    let plain = folder.join(format!("{name}.toml"));
    if plain.is_file() {
        let text = read_text(&plain, BYTES_MAX)?;
        sealed::store(&folder, name, text.as_bytes())?;
        std::fs::remove_file(&plain).map_err(|error| Failure::file("remove", &plain, &error))?;
        return Ok(text);
    }
    Err(Failure::usage(format!("the secret `{name}` is not on this machine")).hint(
        "the account's secret is kept outside the workspace: add the source again with --password-file or --token-file",
    ))
}

/// Reads a password or token from a file: its first line.
pub fn first_line(path: &Path) -> Result<String, Failure> {
    let text = read_text(path, BYTES_MAX)?;
    let line = text.lines().next().unwrap_or("").trim_end_matches('\r').to_owned();
    if line.is_empty() {
        return Err(Failure::usage(format!("`{}` is empty", path.display())));
    }
    Ok(line)
}
