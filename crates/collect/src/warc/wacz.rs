//! WACZ 1.1.1: a zip whose `archive/` holds WARC files and whose `datapackage.json` names each file with its SHA-256.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufReader, Read};

use serde::Deserialize;
use sha2::{Digest, Sha256};
use zip::ZipArchive;

use super::BUFFER_BYTES;
use crate::CollectError;
use crate::connector::Take;
use crate::gather::Gather;

/// Files of one archive: crawls have a few WARC files, an index and lists of pages.
const ENTRIES_MAX: usize = 10_000;
/// Bytes of `datapackage.json`.
const PACKAGE_BYTES_MAX: u64 = 8 * 1024 * 1024;

#[derive(Deserialize)]
struct Package {
    #[serde(default)]
    resources: Vec<Resource>,
}

#[derive(Deserialize)]
struct Resource {
    path: String,
    #[serde(default)]
    hash: Option<String>,
}

/// Reads the WARC files of a WACZ, and compares each with the digest that the package states for it.
pub(super) fn read(file: File, name: &str, gather: &mut Gather<'_>, take: Take<'_>) -> Result<(), CollectError> {
    let mut zip = match ZipArchive::new(BufReader::with_capacity(BUFFER_BYTES, file)) {
        Ok(zip) => zip,
        Err(error) => {
            gather.note(format!("`{name}` is no zip file that can be read ({error}) and was left out"));
            return Ok(());
        }
    };
    if zip.len() > ENTRIES_MAX {
        gather.note(format!("`{name}` has {} files, more than {ENTRIES_MAX}: left out", zip.len()));
        return Ok(());
    }
    let stated = match package(&mut zip) {
        Ok(stated) => stated,
        Err(why) => {
            gather.note(format!(
                "`{name}` has no package list that can be read ({why}): its files are not checked by it"
            ));
            BTreeMap::new()
        }
    };
    let mut archives = 0u32;
    for number in 0..zip.len() {
        let Ok(entry) = zip.by_index(number) else {
            gather.note(format!("file {number} of `{name}` cannot be opened and was left out"));
            continue;
        };
        let path = String::from_utf8_lossy(entry.name_raw()).into_owned();
        if !path.starts_with("archive/") || !(path.ends_with(".warc") || path.ends_with(".warc.gz")) {
            continue;
        }
        archives += 1;
        let packed_bytes = entry.compressed_size();
        let mut hashed = Hashed { inner: entry, hasher: Sha256::new(), failed: None };
        super::read_stream(&mut hashed, packed_bytes, &format!("{name}/{path}"), gather, take)?;
        check(hashed, &path, name, &stated, gather);
    }
    if archives == 0 {
        gather.note(format!("`{name}` has no WARC file in its folder `archive/`"));
    }
    Ok(())
}

fn check(
    mut hashed: Hashed<impl Read>,
    path: &str,
    name: &str,
    stated: &BTreeMap<String, String>,
    gather: &mut Gather<'_>,
) {
    let limited = std::io::copy(&mut (&mut hashed).take(super::UNPACKED_BYTES_MAX), &mut std::io::sink());
    if limited.is_err() || hashed.failed.is_some() {
        gather.note(format!("`{path}` in `{name}` is damaged: what comes before the damage is taken in"));
        return;
    }
    let found: String = hashed.hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
    match stated.get(path) {
        Some(stated) if *stated == found => {}
        Some(_) => gather.note(format!(
            "`{path}` in `{name}` is not what the package says (SHA-256 differs): the archive was changed or damaged"
        )),
        None => {
            gather.note(format!("`{path}` in `{name}` is not named with a SHA-256 in the package: not checked by it"))
        }
    }
}

/// Path to SHA-256 in hexadecimal, as the package states them.
fn package(zip: &mut ZipArchive<BufReader<File>>) -> Result<BTreeMap<String, String>, String> {
    let entry = zip.by_name("datapackage.json").map_err(|error| error.to_string())?;
    let mut bytes = Vec::new();
    entry.take(PACKAGE_BYTES_MAX).read_to_end(&mut bytes).map_err(|error| error.to_string())?;
    let package: Package = serde_json::from_slice(&bytes).map_err(|error| error.to_string())?;
    Ok(package
        .resources
        .into_iter()
        .filter_map(|resource| {
            let hash = resource.hash?.to_ascii_lowercase();
            Some((resource.path, hash.strip_prefix("sha256:").unwrap_or(&hash).to_owned()))
        })
        .collect())
}

/// A reader that hashes what passes.
struct Hashed<R> {
    inner: R,
    hasher: Sha256,
    failed: Option<std::io::ErrorKind>,
}

impl<R: Read> Read for Hashed<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        match self.inner.read(buffer) {
            Ok(length) => {
                self.hasher.update(buffer.get(..length).unwrap_or_default());
                Ok(length)
            }
            Err(error) => {
                self.failed = Some(error.kind());
                Err(error)
            }
        }
    }
}
