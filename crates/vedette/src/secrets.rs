//! Passwords and tokens of watched accounts: kept outside the workspace, in files that only their owner may read, so that
//! neither a backup nor a bundle nor the log can ever hold one.

use std::io::Write;
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use vedette_collect::Secret;

use crate::config::read_text;
use crate::io::Failure;

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
    let base = std::env::var_os("XDG_CONFIG_HOME")
        .map(PathBuf::from)
        .or_else(|| std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".config")))
        .ok_or_else(|| Failure::usage("no home folder to keep secrets in").hint("set VEDETTE_SECRETS to a folder"))?;
    Ok(base.join("vedette").join("secrets"))
}

/// Stores a secret; the name under which it is found again.
pub fn store(secret: &Secret) -> Result<String, Failure> {
    let dir = folder()?;
    std::fs::create_dir_all(&dir).map_err(|error| Failure::file("make", &dir, &error))?;
    std::fs::set_permissions(&dir, std::fs::Permissions::from_mode(0o700))
        .map_err(|error| Failure::file("protect", &dir, &error))?;
    let stored = match secret {
        Secret::Token { user_id, token } => Stored::Token { user_id: user_id.clone(), token: token.clone() },
        Secret::Password { user, password } => Stored::Password { user: user.clone(), password: password.clone() },
    };
    let text = toml::to_string(&stored).map_err(|error| Failure::usage(error.to_string()))?;
    let mut random = [0u8; 8];
    getrandom::fill(&mut random).map_err(|error| Failure::usage(format!("no randomness: {error}")))?;
    let name: String = random.iter().map(|byte| format!("{byte:02x}")).collect();
    let path = dir.join(format!("{name}.toml"));
    let mut file = std::fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&path)
        .map_err(|error| Failure::file("make", &path, &error))?;
    file.write_all(text.as_bytes())
        .and_then(|()| file.sync_all())
        .map_err(|error| Failure::file("write", &path, &error))?;
    Ok(name)
}

/// The secret stored under a name.
pub fn load(name: &str) -> Result<Secret, Failure> {
    if name.is_empty() || !name.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Err(Failure::usage(format!("`{name}` is not the name of a secret")));
    }
    let path = folder()?.join(format!("{name}.toml"));
    let text = read_text(&path, BYTES_MAX).map_err(|failure| {
        failure.hint(
            "the account's secret is not on this machine: add the source again with --password-file or --token-file",
        )
    })?;
    // The parser's message could quote the line with the secret in it.
    let stored: Stored =
        toml::from_str(&text).map_err(|_| Failure::usage(format!("`{}` is not a secret file", path.display())))?;
    Ok(match stored {
        Stored::Token { user_id, token } => Secret::Token { user_id, token },
        Stored::Password { user, password } => Secret::Password { user, password },
    })
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
