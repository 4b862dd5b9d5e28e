//! Secrets as sealed files (XChaCha20-Poly1305). The key comes from a passphrase when `VEDETTE_PASSPHRASE_FILE` names one
//! (Argon2i), else from a key file that is made once and lies in another folder than the secrets: `VEDETTE_SECRETS_KEY`,
//! else `vedette/secrets.key` in the user's state folder. A copy of the secrets alone opens nothing; whoever reads both
//! the folder and the key file has them, so a passphrase or the keyring is stronger.

use std::io::{ErrorKind, Read, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use orion::{aead, kdf};

use super::{BYTES_MAX, first_line, home_folder};
use crate::io::Failure;

/// First bytes of a sealed file; the last one says where its key comes from.
const MAGIC: &[u8] = b"vedette-sealed-1";
const BY_FILE: u8 = b'k';
const BY_PASSPHRASE: u8 = b'p';
/// Bytes of a key and of a salt.
const KEY_BYTES: usize = 32;
/// Cost of trying a passphrase: passes, and KiB of memory (RFC 9106 second recommended option is 64 MiB).
const PASSES: u32 = 3;
const MEMORY_KIB: u32 = 64 * 1024;

/// Seals a text under a name.
pub(super) fn store(folder: &Path, name: &str, text: &[u8]) -> Result<(), Failure> {
    protected(folder)?;
    let (by, key) = key(folder, None)?;
    let sealed = aead::seal(&key, text).map_err(|error| Failure::usage(format!("cannot seal a secret: {error}")))?;
    let path = place(folder, name);
    let mut bytes = MAGIC.to_vec();
    bytes.push(by);
    bytes.extend(sealed);
    write_new(&path, &bytes)
}

/// Opens what is sealed under a name; `None` when there is nothing.
pub(super) fn load(folder: &Path, name: &str) -> Result<Option<String>, Failure> {
    let path = place(folder, name);
    let Some(bytes) = read(&path, BYTES_MAX)? else { return Ok(None) };
    let damaged = || Failure::usage(format!("`{}` is not a sealed secret", path.display()));
    let rest = bytes.strip_prefix(MAGIC).ok_or_else(damaged)?;
    let (by, sealed) = rest.split_first().ok_or_else(damaged)?;
    let (_, key) = key(folder, Some(*by))?;
    let opened = aead::open(&key, sealed).map_err(|_| {
        Failure::usage(format!("`{}` does not open with this key", path.display()))
            .hint("give the passphrase or key file that it was sealed with, or add the source again")
    })?;
    String::from_utf8(opened).map(Some).map_err(|_| damaged())
}

fn place(folder: &Path, name: &str) -> PathBuf {
    folder.join(format!("{name}.sealed"))
}

/// The key, and where it comes from; `wanted` is where it must come from.
fn key(folder: &Path, wanted: Option<u8>) -> Result<(u8, aead::SecretKey), Failure> {
    let passphrase = std::env::var_os("VEDETTE_PASSPHRASE_FILE").map(PathBuf::from);
    match (wanted, passphrase) {
        (Some(BY_PASSPHRASE), None) => Err(Failure::usage("the secrets are sealed with a passphrase")
            .hint("name the file that holds it with VEDETTE_PASSPHRASE_FILE")),
        (Some(BY_PASSPHRASE) | None, Some(file)) => Ok((BY_PASSPHRASE, stretched(folder, &file)?)),
        (_, _) => Ok((BY_FILE, key_file()?)),
    }
}

fn stretched(folder: &Path, file: &Path) -> Result<aead::SecretKey, Failure> {
    let unfit = |error: &dyn std::fmt::Display| Failure::usage(format!("the passphrase cannot be used: {error}"));
    let passphrase = kdf::Password::from_slice(first_line(file)?.as_bytes()).map_err(|error| unfit(&error))?;
    let salt = made_once(&folder.join("salt"))?;
    let salt = kdf::Salt::from_slice(&salt).map_err(|error| unfit(&error))?;
    let key =
        kdf::derive_key(&passphrase, &salt, PASSES, MEMORY_KIB, KEY_BYTES as u32).map_err(|error| unfit(&error))?;
    aead::SecretKey::from_slice(key.unprotected_as_bytes()).map_err(|error| unfit(&error))
}

fn key_file() -> Result<aead::SecretKey, Failure> {
    let path = match std::env::var_os("VEDETTE_SECRETS_KEY") {
        Some(path) => PathBuf::from(path),
        None => home_folder("XDG_STATE_HOME", ".local/state")?.join("secrets.key"),
    };
    if let Some(parent) = path.parent() {
        protected(parent)?;
    }
    let bytes = made_once(&path)?;
    aead::SecretKey::from_slice(&bytes)
        .map_err(|_| Failure::usage(format!("`{}` is no key: expected {KEY_BYTES} bytes", path.display())))
}

/// The random bytes in a file, made when there is none.
fn made_once(path: &Path) -> Result<Vec<u8>, Failure> {
    if let Some(bytes) = read(path, KEY_BYTES as u64)? {
        return Ok(bytes);
    }
    let mut bytes = vec![0; KEY_BYTES];
    getrandom::fill(&mut bytes).map_err(|error| Failure::usage(format!("no randomness: {error}")))?;
    write_new(path, &bytes)?;
    Ok(bytes)
}

fn read(path: &Path, bytes_max: u64) -> Result<Option<Vec<u8>>, Failure> {
    let file = match std::fs::File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(Failure::file("open", path, &error)),
    };
    let mut bytes = Vec::new();
    file.take(bytes_max + 1).read_to_end(&mut bytes).map_err(|error| Failure::file("read", path, &error))?;
    if bytes.len() as u64 > bytes_max {
        return Err(Failure::usage(format!("`{}` is larger than {bytes_max} bytes", path.display())));
    }
    Ok(Some(bytes))
}

fn write_new(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let mut file = std::fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)
        .map_err(|error| Failure::file("make", path, &error))?;
    file.write_all(bytes).and_then(|()| file.sync_all()).map_err(|error| Failure::file("write", path, &error))
}

fn protected(folder: &Path) -> Result<(), Failure> {
    if folder.is_dir() {
        return Ok(());
    }
    std::fs::create_dir_all(folder).map_err(|error| Failure::file("make", folder, &error))?;
    std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o700))
        .map_err(|error| Failure::file("protect", folder, &error))
}
