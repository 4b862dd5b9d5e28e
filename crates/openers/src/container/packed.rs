//! Zip files: what kind of document one is, its parts by name, or its members as an archive.

use std::io::Cursor;

use vedette_core::opened::Task;
use zip::ZipArchive;
use zip::result::ZipError;

use super::unpack::Unpacker;
use super::{Container, Holder, Wanted, epub, open_document, sheets, slides, too_large, word};
use crate::FileFault;
use crate::limits::{ENTRIES_SEEN_MAX, MEMBER_BYTES_MAX, XML_BYTES_MAX};

/// Bytes at the end of a zip in which its directory is announced: the record and the longest comment (APPNOTE 4.3.16).
const END_WITHIN: usize = 22 + 65_535;
/// Bytes of the entry that names the type of an EPUB or OpenDocument file.
const TYPE_BYTES_MAX: usize = 100;

/// An open zip.
pub(super) struct Zip<'a> {
    archive: ZipArchive<Cursor<&'a [u8]>>,
    unpacker: Unpacker,
    /// Paths of the entries, in the order of the directory.
    pub(super) names: Vec<String>,
}

impl<'a> Zip<'a> {
    fn open(bytes: &'a [u8]) -> Result<Self, FileFault> {
        let tail = bytes.get(bytes.len().saturating_sub(END_WITHIN)..).unwrap_or(bytes);
        let end = tail.windows(4).rposition(|window| window == b"PK\x05\x06");
        let archive = ZipArchive::new(Cursor::new(bytes)).map_err(|error| match (&error, end) {
            (_, None) => FileFault::Truncated("the zip has no directory at its end".to_owned()),
            (ZipError::Io(io), _) => super::unpack::classified(io),
            (other, _) => FileFault::Damaged(other.to_string()),
        })?;
        if archive.len() > ENTRIES_SEEN_MAX {
            return Err(FileFault::TooLarge(format!("{} entries in a zip", archive.len())));
        }
        let names = (0..archive.len())
            .map(|index| match archive.name_for_index(index) {
                Some(Ok(name)) => name.into_owned(),
                _ => String::new(),
            })
            .collect();
        Ok(Self { archive, unpacker: Unpacker::new(), names })
    }

    fn index_of(&self, name: &str) -> Option<usize> {
        self.names.iter().position(|known| known == name)
    }

    /// Whether it has an entry of this name.
    pub(super) fn has(&self, name: &str) -> bool {
        self.index_of(name).is_some()
    }

    /// The bytes of the part of this name; `None` when there is none.
    pub(super) fn part(&mut self, name: &str) -> Result<Option<Vec<u8>>, FileFault> {
        match self.index_of(name) {
            Some(index) => self.bytes(index, XML_BYTES_MAX).map(Some).map_err(|fault| named(fault, name)),
            None => Ok(None),
        }
    }

    /// The bytes of a part that the document cannot do without.
    pub(super) fn needed(&mut self, name: &str) -> Result<Vec<u8>, FileFault> {
        self.part(name)?.ok_or_else(|| FileFault::Damaged(format!("it has no part `{name}`")))
    }

    fn bytes(&mut self, index: usize, bytes_max: usize) -> Result<Vec<u8>, FileFault> {
        let mut entry = self.archive.by_index(index).map_err(|error| classified(&error))?;
        if entry.is_symlink() {
            return Err(FileFault::Unsupported("a link to another path, which is not followed".to_owned()));
        }
        if entry.size() > bytes_max as u64 && entry.size() / crate::limits::RATIO_MAX <= entry.compressed_size() {
            return Err(too_large(entry.size()));
        }
        // What an entry says of its packed length is what its reader is held to.
        let packed = entry.compressed_size();
        self.unpacker.all(&mut entry, packed, bytes_max)
    }

    /// Hands on the members whose paths `is_member` takes.
    pub(super) fn members(&mut self, holder: &mut Holder, is_member: impl Fn(&str) -> bool) {
        for index in 0..self.names.len() {
            let Some(name) = self.names.get(index).cloned().filter(|name| is_member(name)) else { continue };
            match holder.wanted() {
                Wanted::Before => {}
                Wanted::NoMore => return,
                Wanted::Now => {
                    let content = self.bytes(index, MEMBER_BYTES_MAX);
                    holder.member(&name, None, content);
                }
            }
        }
    }
}

fn named(fault: FileFault, name: &str) -> FileFault {
    FileFault::of_class(fault.class(), format!("`{name}`: {}", fault.detail())).unwrap_or(fault)
}

fn classified(error: &ZipError) -> FileFault {
    match error {
        ZipError::UnsupportedArchive(why) if *why == ZipError::PASSWORD_REQUIRED => {
            FileFault::Encrypted("packed with a password".to_owned())
        }
        ZipError::UnsupportedArchive(why) => FileFault::Unsupported((*why).to_owned()),
        ZipError::CompressionMethodNotSupported(method) => {
            FileFault::Unsupported(format!("packed with method {method}: unpack it elsewhere and import the files"))
        }
        ZipError::InvalidPassword => FileFault::Encrypted("packed with a password".to_owned()),
        ZipError::Io(io) => super::unpack::classified(io),
        other => FileFault::Damaged(other.to_string()),
    }
}

/// Opens a zip as what it is.
///
/// # Errors
/// Classified, see [`FileFault`]; a fault of one member stands beside that member.
pub fn open_zip(bytes: &[u8], task: Task) -> Result<Container, FileFault> {
    let mut zip = Zip::open(bytes)?;
    if zip.has("word/document.xml") || zip.has("word/document2.xml") {
        return word::read(&mut zip, task);
    }
    if zip.has("ppt/presentation.xml") {
        return slides::read(&mut zip, task);
    }
    if zip.has("xl/workbook.xml") {
        return sheets::read(&mut zip, task);
    }
    if zip.has("xl/workbook.bin") {
        return Err(FileFault::Unsupported("an Excel workbook in the binary format".to_owned()));
    }
    if zip.has("AndroidManifest.xml") {
        return Err(FileFault::Unsupported("an Android program".to_owned()));
    }
    let said = zip.index_of("mimetype").and_then(|index| zip.bytes(index, TYPE_BYTES_MAX).ok()).unwrap_or_default();
    let said = String::from_utf8_lossy(&said).trim().to_owned();
    if said == "application/epub+zip" || zip.has("META-INF/container.xml") {
        return epub::read(&mut zip, task);
    }
    if said.starts_with("application/vnd.oasis.opendocument")
        || zip.has("content.xml") && zip.has("META-INF/manifest.xml")
    {
        return open_document::read(&mut zip, &said, task);
    }
    plain(&mut zip, task)
}

/// A zip that is no document.
fn plain(zip: &mut Zip<'_>, task: Task) -> Result<Container, FileFault> {
    let mut holder = Holder::new("zip", task);
    if zip.names.iter().any(|name| is_resource_fork(name)) {
        holder.note("files under `__MACOSX/`, which hold no content, are left out");
    }
    zip.members(&mut holder, |name| !name.ends_with(['/', '\\']) && !is_resource_fork(name));
    let found = holder.finish();
    settled(found)
}

/// An archive of which nothing could be had is the fault of its first member: a locked archive is locked, a bomb a bomb.
pub(super) fn settled(found: Container) -> Result<Container, FileFault> {
    let all_left_out = found.members.is_empty() && found.texts.is_empty();
    match found.facts.members.first().and_then(|member| Some((member.path.clone(), member.left_out.clone()?))) {
        Some((path, left_out)) if all_left_out => {
            let detail = format!("`{path}`: {}", left_out.detail);
            Err(FileFault::of_class(&left_out.class, detail.clone()).unwrap_or(FileFault::Damaged(detail)))
        }
        _ => Ok(found),
    }
}

fn is_resource_fork(name: &str) -> bool {
    name.starts_with("__MACOSX/")
}
