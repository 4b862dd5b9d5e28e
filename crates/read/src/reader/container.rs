//! Documents, mails and archives to readings: their own texts, then each file inside, opened in a child of its own, down to
//! a few levels and within what one file of a post may cost.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use vedette_core::opened::Task;
use vedette_core::{FileFault, Reading, ReadingKind, Sha256};

use super::{FileReadings, FileToRead, ImageFacts, LINKS_KEPT_MAX, OPENERS, Reader, fit_share, language_of};
use crate::wire::{Hint, Opened, OpenedContainer, OpenedMember, OpenedSubtitles};
use crate::{Memo, ReadError};

/// Containers within each other whose members are read: an archive in an archive in a mail. Honest senders pack once.
const NESTED_MAX: usize = 3;
/// Files inside one file of a post, on all levels together; each costs a process, and pictures a second and more.
const FILES_INSIDE_MAX: usize = 2_000;
/// Bytes of them together.
const BYTES_INSIDE_MAX: u64 = 1024 * 1024 * 1024;
/// Seconds for all of them: a hundred posters take five minutes.
const SECONDS_INSIDE_MAX: u64 = 600;
/// Bytes of the path of a file inside files, as readings carry it.
const MEMBER_PATH_BYTES_MAX: usize = 1_024;

/// An image inside a document, mail or archive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MemberImage {
    /// Its path inside: `word/media/image1.png`, `a.zip/poster.png`.
    pub member: String,
    /// SHA-256 of its bytes.
    pub sha256: Sha256,
    /// What it showed without its text.
    pub facts: ImageFacts,
}

/// Where reading is inside one file of a post, and what is left to spend on it.
pub(super) struct Within {
    depth: usize,
    files_left: usize,
    bytes_left: u64,
    until: Instant,
    /// Files that were read: presentations repeat a picture on each slide, and an archive may hold itself.
    seen: BTreeSet<Sha256>,
}

impl Within {
    pub(super) fn new() -> Self {
        Self {
            depth: 0,
            files_left: FILES_INSIDE_MAX,
            bytes_left: BYTES_INSIDE_MAX,
            until: Instant::now() + Duration::from_secs(SECONDS_INSIDE_MAX),
            seen: BTreeSet::new(),
        }
    }

    /// Takes a file of `bytes` from what is left, or says what is spent.
    fn spend(&mut self, bytes: u64) -> Result<(), FileFault> {
        let spent = |what: String| Err(FileFault::TooLarge(format!("{what}: the rest inside is not read")));
        if Instant::now() >= self.until {
            return spent(format!("the files inside take over {SECONDS_INSIDE_MAX} seconds"));
        }
        if self.files_left == 0 {
            return spent(format!("over {FILES_INSIDE_MAX} files inside"));
        }
        let Some(left) = self.bytes_left.checked_sub(bytes) else {
            return spent(format!("the files inside have over {BYTES_INSIDE_MAX} bytes"));
        };
        self.files_left -= 1;
        self.bytes_left = left;
        Ok(())
    }
}

impl Reader {
    pub(super) fn container(
        &self,
        mut opened: OpenedContainer,
        file: &FileToRead<'_>,
        memo: &dyn Memo,
        found: &mut FileReadings,
        within: &mut Within,
    ) {
        own_texts(&mut opened, found);
        within.seen.insert(file.sha256);
        if within.depth >= NESTED_MAX && !opened.members.is_empty() {
            let what = format!("files inside files, over {NESTED_MAX} levels deep");
            found.failed(&ReadError::File(FileFault::TooLarge(what)));
            return;
        }
        let mut passed = 0;
        loop {
            passed += opened.members.len();
            for member in std::mem::take(&mut opened.members) {
                if let Err(fault) = self.member(member, file, memo, found, within) {
                    found.failed(&ReadError::File(fault));
                    return;
                }
            }
            let Some(next) = opened.next else { return };
            match self.next_members(next, passed, file) {
                Ok(more) => opened = more,
                Err(error) => return found.failed(&error),
            }
            note(&opened, found);
        }
    }

    fn next_members(&self, next: u32, passed: usize, file: &FileToRead<'_>) -> Result<OpenedContainer, ReadError> {
        let broken = || ReadError::File(FileFault::Hostile("its opener goes on where it did not stop".to_owned()));
        if next as usize != passed {
            return Err(broken());
        }
        let hint = Hint { media_type: file.media_type, name: file.name };
        match self.opener.ask(file.bytes, &hint, Task::Members { first: next })? {
            Opened::Container(more) if !more.members.is_empty() => Ok(*more),
            Opened::Container(more) if more.next.is_none() => Ok(*more),
            _ => Err(broken()),
        }
    }

    /// Reads one file inside. An error says that nothing more of the file of the post is read.
    fn member(
        &self,
        member: OpenedMember,
        file: &FileToRead<'_>,
        memo: &dyn Memo,
        found: &mut FileReadings,
        within: &mut Within,
    ) -> Result<(), FileFault> {
        let bytes = match member.bytes {
            Ok(bytes) => bytes,
            Err(fault) => {
                found.problems.push(format!("{}: {}", member.path, ReadError::File(fault).problem()));
                return Ok(());
            }
        };
        if bytes.is_empty() {
            return Ok(());
        }
        within.spend(bytes.len() as u64)?;
        let inner = FileToRead {
            media_type: member.media_type.as_deref(),
            name: Some(&member.path),
            scripts: file.scripts,
            ..FileToRead::new(&bytes)
        };
        if !within.seen.insert(inner.sha256) {
            return Ok(());
        }
        let mut read = FileReadings::default();
        within.depth += 1;
        self.read_within(&inner, memo, &mut read, within);
        within.depth -= 1;
        found.take_in(&member.path, inner.sha256, read);
        Ok(())
    }

    pub(super) fn subtitles(&self, opened: OpenedSubtitles, found: &mut FileReadings) {
        if opened.cut {
            found.problems.push("there are more subtitles than are read: the exhibit keeps them".to_owned());
        }
        if !opened.text.is_empty() {
            found.readings.push(Reading {
                language: language_of(&opened.text),
                quality: fit_share(&opened.text),
                places: opened.places,
                ..Reading::new(
                    ReadingKind::Subtitles,
                    format!("{OPENERS} {} {}", opened.format, opened.encoding),
                    opened.text,
                )
            });
        }
    }
}

impl FileReadings {
    /// Takes in what was read from the file `path` inside this one.
    fn take_in(&mut self, path: &str, sha256: Sha256, inner: Self) {
        let full = |below: Option<String>| {
            let mut full = below.map_or_else(|| path.to_owned(), |below| format!("{path}/{below}"));
            full.truncate(full.floor_char_boundary(MEMBER_PATH_BYTES_MAX));
            full
        };
        let readings = inner.readings.into_iter();
        self.readings.extend(readings.map(|reading| Reading { member: Some(full(reading.member.clone())), ..reading }));
        self.member_images.extend(inner.image.map(|facts| MemberImage { member: full(None), sha256, facts }));
        let images = inner.member_images.into_iter();
        self.member_images
            .extend(images.map(|image| MemberImage { member: full(Some(image.member.clone())), ..image }));
        self.problems.extend(inner.problems.into_iter().map(|problem| format!("{path}: {problem}")));
        let room = LINKS_KEPT_MAX.saturating_sub(self.links.len());
        self.links.extend(inner.links.into_iter().take(room));
        self.try_again |= inner.try_again;
    }
}

/// The texts of the container itself.
fn own_texts(opened: &mut OpenedContainer, found: &mut FileReadings) {
    note(opened, found);
    found.title = opened.title.take();
    found.links = std::mem::take(&mut opened.links);
    let kind = if opened.format == "mail" { ReadingKind::Mail } else { ReadingKind::Document };
    let method = format!("{OPENERS} {}", opened.format);
    for part in std::mem::take(&mut opened.parts) {
        if part.cut {
            found.problems.push(
                "a part of its text is longer than what is read, its end is left out: the exhibit keeps it".to_owned(),
            );
        }
        if !part.text.trim().is_empty() {
            found.readings.push(Reading {
                page: part.number,
                heading: part.title,
                language: language_of(&part.text),
                quality: fit_share(&part.text),
                ..Reading::new(kind, method.clone(), part.text)
            });
        }
    }
}

fn note(opened: &OpenedContainer, found: &mut FileReadings) {
    for note in &opened.notes {
        let line = format!("{note}: the exhibit keeps it");
        if !found.problems.contains(&line) {
            found.problems.push(line);
        }
    }
}
