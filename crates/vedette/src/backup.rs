//! Backups (a tar of the workspace), bundles (a zip anyone can verify) and their way back.

use std::io::{Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Component, Path, PathBuf};

use vedette_desk::Desk;
use vedette_preserve::bundle::BundleFile;
use vedette_preserve::note::VerifierKey;
use vedette_preserve::{PreserveError, VerifyReport};

use crate::io::{Failure, Io};
use crate::workspace;

/// Folders of a workspace that a backup holds besides the catalogue; the index is built anew from it.
const FOLDERS: [&str; 3] = ["vault", "keys", "knowledge"];
/// Files in a bundle or backup.
const FILES_MAX: usize = 50_000_000;
/// Bytes of one file in a bundle.
const BUNDLE_FILE_BYTES_MAX: u64 = 1024 * 1024 * 1024;

/// Writes a backup while work goes on: first a consistent copy of the catalogue, then the vault, which only ever gains
/// files, so that everything the catalogue names is there. Bytes written.
pub fn write(desk: &Desk, dir: &Path, file: &Path, io: &mut Io) -> Result<u64, Failure> {
    if file.exists() {
        return Err(Failure::usage(format!("`{}` exists already", file.display())).hint("name a new file"));
    }
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let part = file.with_extension("part");
    let failed = |error: std::io::Error| Failure::file("write", &part, &error);
    let copy = dir.join("catalogue.copy");
    std::fs::remove_file(&copy).ok();
    desk.copy_catalogue(&copy)?;
    let outcome = (|| {
        let handle = std::fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&part);
        let mut tar = tar::Builder::new(std::io::BufWriter::new(handle.map_err(failed)?));
        tar.follow_symlinks(false);
        tar.append_path_with_name(&copy, "catalogue.sqlite").map_err(failed)?;
        tar.append_path_with_name(dir.join(crate::config::FILE), crate::config::FILE).map_err(failed)?;
        for name in FOLDERS {
            if dir.join(name).is_dir() {
                io.progress(format!("backing up {name}"));
                tar.append_dir_all(name, dir.join(name)).map_err(failed)?;
            }
        }
        let inner = tar.into_inner().map_err(failed)?.into_inner().map_err(|error| failed(error.into_error()))?;
        inner.sync_all().map_err(failed)?;
        std::fs::rename(&part, file).map_err(failed)?;
        std::fs::File::open(folder).and_then(|folder| folder.sync_all()).map_err(failed)?;
        file.metadata().map(|data| data.len()).map_err(failed)
    })();
    std::fs::remove_file(&copy).ok();
    if outcome.is_err() {
        std::fs::remove_file(&part).ok();
    }
    outcome
}

/// `vedette restore`.
pub fn restore(file: &Path, dir: &Path, io: &mut Io) -> Result<u8, Failure> {
    let (file, dir) = (io.path(file), io.path(dir));
    if dir.exists() && std::fs::read_dir(&dir).is_ok_and(|mut entries| entries.next().is_some()) {
        return Err(Failure::usage(format!("`{}` is not empty", dir.display())).hint("restore into a new folder"));
    }
    let opened = std::fs::File::open(&file).map_err(|error| Failure::file("open", &file, &error))?;
    let failed = |error: std::io::Error| {
        Failure::wrong(format!("cannot restore from `{}`: {error}", file.display()))
            .hint("the backup is damaged or incomplete; what was written so far is no workspace: remove the folder")
    };
    std::fs::create_dir_all(&dir).map_err(|error| Failure::file("make", &dir, &error))?;
    let mut archive = tar::Archive::new(std::io::BufReader::new(opened));
    for (count, entry) in archive.entries().map_err(failed)?.enumerate() {
        let mut entry = entry.map_err(failed)?;
        let path = entry.path().map_err(failed)?.into_owned();
        let plain = path.components().all(|part| matches!(part, Component::Normal(_)));
        let kind = entry.header().entry_type();
        if count > FILES_MAX || !plain || !(kind.is_file() || kind.is_dir()) {
            return Err(Failure::wrong(format!(
                "`{}` is not a backup of a workspace: it holds `{}`",
                file.display(),
                path.display()
            )));
        }
        entry.unpack_in(&dir).map_err(failed)?;
    }
    io.progress("building the search index");
    let open = workspace::open_checked(&dir, false, vedette_read::Confinement::Required)?;
    let report = open.desk.verify(&mut |_, _| {})?;
    io.line(format!(
        "restored `{}`: {} exhibits, {} leaves, root {}",
        dir.display(),
        report.exhibits,
        report.leaves,
        report.root
    ))?;
    if report.ok {
        return Ok(0);
    }
    Err(Failure::wrong(format!("{} things are wrong in it", report.findings.len())).hint("see `vedette verify`"))
}

/// Writes a bundle as a zip.
pub fn write_bundle(file: &Path, files: &[BundleFile]) -> Result<(), Failure> {
    let failed = |error: std::io::Error| Failure::file("write", file, &error);
    let handle = std::fs::OpenOptions::new().write(true).create_new(true).open(file).map_err(failed)?;
    let mut zip = zip::ZipWriter::new(std::io::BufWriter::new(handle));
    let options = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Deflated);
    for one in files {
        zip.start_file(one.name.as_str(), options).map_err(|error| failed(error.into()))?;
        zip.write_all(&one.bytes).map_err(failed)?;
    }
    let mut done = zip.finish().map_err(|error| failed(error.into()))?;
    done.flush().map_err(failed)?;
    done.get_ref().sync_all().map_err(failed)
}

/// `vedette verify BUNDLE`: offline, without a workspace.
pub fn verify_bundle(path: &Path, keys: &[String], json: bool, io: &mut Io) -> Result<u8, Failure> {
    let trusted = keys
        .iter()
        .map(|key| key.parse().map_err(|error: PreserveError| Failure::usage(error.to_string())))
        .collect::<Result<Vec<VerifierKey>, _>>()?;
    let path: PathBuf = io.path(path);
    let handle = std::fs::File::open(&path).map_err(|error| Failure::file("open", &path, &error))?;
    let broken =
        |error: &dyn std::fmt::Display| Failure::wrong(format!("`{}` is not a bundle: {error}", path.display()));
    let mut zip = zip::ZipArchive::new(std::io::BufReader::new(handle)).map_err(|error| broken(&error))?;
    let mut files = Vec::new();
    for index in 0..zip.len() {
        let entry = zip.by_index(index).map_err(|error| broken(&error))?;
        let name = entry.name().map_err(|error| broken(&error))?.into_owned();
        let mut bytes = Vec::new();
        entry.take(BUNDLE_FILE_BYTES_MAX + 1).read_to_end(&mut bytes).map_err(|error| broken(&error))?;
        if bytes.len() as u64 > BUNDLE_FILE_BYTES_MAX {
            return Err(broken(&format!("`{name}` is larger than {BUNDLE_FILE_BYTES_MAX} bytes")));
        }
        files.push(BundleFile { name, bytes });
    }
    tell_verified(&vedette_preserve::bundle::verify_trusting(&files, &trusted), json, io)
}

/// Prints what verifying found; the exit code.
pub fn tell_verified(report: &VerifyReport, json: bool, io: &mut Io) -> Result<u8, Failure> {
    if json {
        io.json(report)?;
    } else {
        for finding in &report.findings {
            io.line(format!(
                "WRONG {} at {}: expected {}, found {}",
                finding.what, finding.r#where, finding.expected, finding.found
            ))?;
        }
        for line in &report.vouched {
            io.line(line)?;
        }
        let word = if report.ok { "all well" } else { "NOT well" };
        io.line(format!("{word}: {} exhibits, {} leaves, root {}", report.exhibits, report.leaves, report.root))?;
    }
    Ok(u8::from(!report.ok))
}
