//! Documents, mails and archives: texts of their own in order, and files inside, handed on as bytes and never opened here.
//!
//! | file | module |
//! |---|---|
//! | DOCX | [`word`] |
//! | PPTX | [`slides`] |
//! | XLSX | [`sheets`] |
//! | ODT, ODP, ODS | [`open_document`] |
//! | EPUB | [`epub`] |
//! | RTF | [`rtf`] |
//! | mail | [`mail`] |
//! | zip | [`packed`] |
//! | tar, gzip, bzip2, xz | [`archive`] |
//! | 7z | [`seven`] |
//!
//! Each member is opened by a child of its own. Members that do not fit into one answer are asked for again by
//! [`Task::Members`]; the file is then walked once more, without its texts.

pub(crate) mod archive;
mod epub;
pub(crate) mod mail;
mod office;
mod open_document;
pub(crate) mod packed;
pub(crate) mod rtf;
pub(crate) mod seven;
mod sheets;
mod slides;
mod unpack;
mod word;
mod xml;

use vedette_core::opened::{ContainerFacts, MemberFacts, PartFacts, Task, WireFault, one_line};

use crate::FileFault;
use crate::decode::truncate;
use crate::limits::{
    CONTAINER_ANSWER_BYTES_MAX, CONTAINER_HEADER_BYTES_MAX, DOCUMENT_TEXT_BYTES_MAX, LINK_BYTES_MAX, LINKS_MAX,
    MEMBER_BYTES_MAX, MEMBERS_MAX, NOTES_MAX, PARTS_MAX, SECTIONS_MAX, TEXT_BYTES_MAX, TITLE_BYTES_MAX,
};

/// What a container holds, as far as one answer has room.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Container {
    /// Names, titles, numbers.
    pub facts: ContainerFacts,
    /// One text for each part.
    pub texts: Vec<String>,
    /// The bytes of each member that was not left out.
    pub members: Vec<Vec<u8>>,
}

/// Whether a member is wanted in this answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wanted {
    /// An earlier answer had it.
    Before,
    /// Hand it on.
    Now,
    /// No more members are wanted.
    NoMore,
}

/// Fills an answer and keeps it within its limits.
struct Holder {
    found: Container,
    /// Index of the first member that is wanted.
    first: u32,
    /// Index of the next member.
    next: u32,
    texts_wanted: bool,
    text_bytes: usize,
    answer_bytes: usize,
    header_bytes: usize,
}

impl Holder {
    fn new(format: &str, task: Task) -> Self {
        let first = if let Task::Members { first } = task { Some(first) } else { None };
        let facts = ContainerFacts { format: format.to_owned(), ..ContainerFacts::default() };
        Self {
            found: Container { facts, ..Container::default() },
            first: first.unwrap_or(0),
            next: 0,
            texts_wanted: first.is_none(),
            text_bytes: 0,
            answer_bytes: 0,
            header_bytes: 0,
        }
    }

    /// Sets the title.
    fn title(&mut self, title: &str) {
        let title = line(title, TITLE_BYTES_MAX);
        if !title.is_empty() && self.texts_wanted {
            self.found.facts.title = Some(title);
        }
    }

    /// Adds a text; an empty one only when its title says something.
    fn part(&mut self, title: Option<&str>, number: Option<u32>, text: &str) {
        let title = title.map(|title| line(title, TITLE_BYTES_MAX)).filter(|title| !title.is_empty());
        let text = text.trim();
        if !self.texts_wanted || text.is_empty() && title.is_none() {
            return;
        }
        if self.found.facts.parts.len() >= PARTS_MAX || self.header_bytes > CONTAINER_HEADER_BYTES_MAX {
            self.note(&format!("over {PARTS_MAX} parts of text: the rest is left out"));
            return;
        }
        let room = TEXT_BYTES_MAX.min(DOCUMENT_TEXT_BYTES_MAX - self.text_bytes);
        let mut text = text.to_owned();
        let cut = text.len() > room;
        truncate(&mut text, room);
        self.text_bytes += text.len();
        self.answer_bytes += text.len();
        self.header_bytes += title.as_ref().map_or(0, String::len) + 64;
        self.found.facts.parts.push(PartFacts { title, number, cut });
        self.found.texts.push(text);
    }

    /// Adds a line about what was left out, once.
    fn note(&mut self, note: &str) {
        let note = one_line(note);
        if self.found.facts.notes.len() < NOTES_MAX && !self.found.facts.notes.contains(&note) {
            self.found.facts.notes.push(note);
        }
    }

    /// Adds the address of a link, once.
    fn link(&mut self, address: &str) {
        let address = line(address, LINK_BYTES_MAX + 1);
        let fits = address.contains(':') && address.len() <= LINK_BYTES_MAX;
        let links = &mut self.found.facts.links;
        if self.texts_wanted
            && fits
            && links.len() < LINKS_MAX
            && self.header_bytes < CONTAINER_HEADER_BYTES_MAX
            && !links.contains(&address)
        {
            self.header_bytes += address.len();
            links.push(address);
        }
    }

    /// Whether the next member is wanted; must be asked once for each, in the same order in every answer.
    fn wanted(&mut self) -> Wanted {
        if self.found.facts.next.is_some() {
            return Wanted::NoMore;
        }
        if self.next as usize >= MEMBERS_MAX {
            self.note(&format!("over {MEMBERS_MAX} files inside: the first {MEMBERS_MAX} are read"));
            return Wanted::NoMore;
        }
        if self.next < self.first {
            self.next += 1;
            return Wanted::Before;
        }
        let sections = self.found.texts.len() + self.found.members.len();
        if sections >= SECTIONS_MAX || self.header_bytes >= CONTAINER_HEADER_BYTES_MAX {
            self.found.facts.next = Some(self.next);
            return Wanted::NoMore;
        }
        Wanted::Now
    }

    /// Adds the member that was wanted. One that has no room any more is left for the next answer.
    fn member(&mut self, path: &str, media_type: Option<&str>, content: Result<Vec<u8>, FileFault>) {
        let content = content.and_then(|bytes| match bytes.len() {
            length if length > MEMBER_BYTES_MAX => Err(too_large(length as u64)),
            _ => Ok(bytes),
        });
        let length = content.as_ref().map_or(0, Vec::len);
        if self.answer_bytes + length > CONTAINER_ANSWER_BYTES_MAX {
            self.found.facts.next = Some(self.next);
            return;
        }
        let path = line(path, TITLE_BYTES_MAX);
        let path = if path.is_empty() { format!("file {}", self.next + 1) } else { path };
        let media_type = media_type.map(|said| line(said, TITLE_BYTES_MAX)).filter(|said| !said.is_empty());
        self.next += 1;
        self.answer_bytes += length;
        self.header_bytes += path.len() + media_type.as_ref().map_or(0, String::len) + 64;
        let left_out = match content {
            Ok(bytes) => {
                self.found.members.push(bytes);
                None
            }
            Err(fault) => {
                self.header_bytes += fault.detail().len();
                Some(WireFault { class: fault.class().to_owned(), detail: fault.detail() })
            }
        };
        self.found.facts.members.push(MemberFacts { path, media_type, left_out });
    }

    /// What was found.
    fn finish(self) -> Container {
        self.found
    }
}

fn too_large(length: u64) -> FileFault {
    FileFault::TooLarge(format!("{length} bytes inside another file, the limit is {MEMBER_BYTES_MAX}"))
}

/// `text` on one line of at most `bytes_max` bytes.
fn line(text: &str, bytes_max: usize) -> String {
    let words = text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(bytes_max).collect::<String>();
    let mut line = words.split_whitespace().collect::<Vec<_>>().join(" ");
    truncate(&mut line, bytes_max);
    line
}

#[cfg(test)]
mod tests;

#[cfg(test)]
mod holding {
    use super::*;

    fn filled(first: u32, lengths: &[usize]) -> Container {
        let mut holder = Holder::new("zip", Task::Members { first });
        for (index, &length) in lengths.iter().enumerate() {
            match holder.wanted() {
                Wanted::Before => {}
                Wanted::Now => holder.member(&format!("{index}.bin"), None, Ok(vec![0; length])),
                Wanted::NoMore => break,
            }
        }
        holder.finish()
    }

    #[test]
    fn members_that_do_not_fit_come_in_the_next_answer() {
        let lengths = [MEMBER_BYTES_MAX, 4_096, MEMBER_BYTES_MAX, MEMBER_BYTES_MAX + 1, 7];
        let mut names = Vec::new();
        let mut next = Some(0);
        let mut answers = 0;
        while let Some(first) = next {
            let found = filled(first, &lengths);
            names.extend(found.facts.members.into_iter().map(|member| (member.path, member.left_out.is_some())));
            (next, answers) = (found.facts.next, answers + 1);
        }
        assert_eq!(answers, 2);
        let expected = [("0.bin", false), ("1.bin", false), ("2.bin", false), ("3.bin", true), ("4.bin", false)];
        assert_eq!(names, expected.map(|(name, left_out)| (name.to_owned(), left_out)));
    }

    #[test]
    fn more_members_than_the_limit_are_said_so() {
        let found = filled(0, &[0; MEMBERS_MAX + 5]);
        assert_eq!(found.facts.members.len(), MEMBERS_MAX);
        assert_eq!(found.facts.notes, [format!("over {MEMBERS_MAX} files inside: the first {MEMBERS_MAX} are read")]);
    }

    #[test]
    fn a_name_is_one_short_line() {
        assert_eq!(line(" a\r\n../b\u{1b}[31m  c ", 100), "a ../b [31m c");
        assert_eq!(line(&"ж".repeat(900), 100).len(), 100);
    }
}
