//! DOCX (ECMA-376, part 1, section 17): paragraphs and tables in order, a part for each chapter, then foot- and endnotes,
//! comments, headers and footers, and what was deleted while changes were tracked. Pictures are members.

use std::collections::BTreeSet;

use vedette_core::opened::Task;

use super::office::{Chapters, about, is_member, outside, relations};
use super::packed::Zip;
use super::xml::{Piece, Tag, walk};
use super::{Container, Holder};
use crate::FileFault;

/// Parts beside the main one, and the heading that their text gets.
const BESIDE: &[(&str, &str)] = &[
    ("word/footnotes", "(footnotes)"),
    ("word/endnotes", "(endnotes)"),
    ("word/comments", "(comments)"),
    ("word/header", "(header)"),
    ("word/footer", "(footer)"),
];
/// Parts beside the main one that are read; a document has a header and a footer for each section.
const BESIDE_MAX: usize = 60;

pub(super) fn read(zip: &mut Zip<'_>, task: Task) -> Result<Container, FileFault> {
    let mut holder = Holder::new("docx", task);
    if holder.texts_wanted {
        texts(zip, &mut holder)?;
    }
    zip.members(&mut holder, |name| is_member(name, "word"));
    Ok(holder.finish())
}

fn texts(zip: &mut Zip<'_>, holder: &mut Holder) -> Result<(), FileFault> {
    about(zip, holder)?;
    let main = if zip.has("word/document.xml") { "word/document.xml" } else { "word/document2.xml" };
    outside(&relations(zip, main)?, holder);
    outside(&relations(zip, "word/settings.xml")?, holder);
    let headings = match zip.part("word/styles.xml")? {
        Some(bytes) => heading_styles(&bytes)?,
        None => BTreeSet::new(),
    };
    let bytes = zip.needed(main)?;
    let mut body = Body { headings, ..Body::default() };
    walk(&bytes, main, |piece| body.piece(&piece))?;
    let Body { chapters, mut deleted, .. } = body;
    chapters.finish(holder);
    for (prefix, heading) in BESIDE {
        let names = zip.names.iter().filter(|name| name.starts_with(prefix) && name.ends_with(".xml"));
        let names: Vec<String> = names.take(BESIDE_MAX).cloned().collect();
        let mut text = String::new();
        for name in names {
            let Some(bytes) = zip.part(&name)? else { continue };
            let mut beside = Body::default();
            walk(&bytes, &name, |piece| beside.piece(&piece))?;
            deleted.push_str(&beside.deleted);
            let words = beside.chapters.lines.take();
            // Sections repeat the header of the one before.
            if !text.contains(words.trim()) {
                text.push_str(&words);
            }
            outside(&relations(zip, &name)?, holder);
        }
        if !text.trim().is_empty() {
            holder.part(Some(heading), None, &text);
        }
    }
    if !deleted.trim().is_empty() {
        holder.part(Some("(deleted while changes were tracked)"), None, &deleted);
    }
    Ok(())
}

/// Ids of the styles of chapter headings: `heading 1` and `Title`, whatever the language of the program calls their ids.
fn heading_styles(bytes: &[u8]) -> Result<BTreeSet<String>, FileFault> {
    let (mut found, mut id) = (BTreeSet::new(), None);
    walk(bytes, "word/styles.xml", |piece| {
        if let Piece::Start(tag) = piece {
            match tag.name() {
                "style" => id = tag.attribute("styleId"),
                "name" => {
                    let name = tag.attribute("val").unwrap_or_default().to_ascii_lowercase();
                    if matches!(name.as_str(), "heading 1" | "title") {
                        found.extend(id.take());
                    }
                }
                _ => {}
            }
        }
        Ok(())
    })?;
    Ok(found)
}

#[derive(Default)]
struct Body {
    /// Ids of the styles of chapter headings.
    headings: BTreeSet<String>,
    chapters: Chapters,
    deleted: String,
    /// Where the paragraph began, and whether it is a heading.
    paragraph: usize,
    is_heading: bool,
    in_text: bool,
    in_deleted: bool,
    /// Depth inside a table's cells, where a paragraph does not end the line.
    cells: usize,
    /// Depth inside the copy for older programs, which repeats what stands before it.
    fallback: usize,
}

impl Body {
    fn piece(&mut self, piece: &Piece<'_>) -> Result<(), FileFault> {
        match piece {
            Piece::Start(tag) if tag.name() == "Fallback" => self.fallback += 1,
            Piece::End("Fallback") => self.fallback = self.fallback.saturating_sub(1),
            _ if self.fallback > 0 => {}
            Piece::Start(tag) => self.start(tag),
            Piece::End(name) => self.end(name),
            Piece::Text(text) if self.in_text => self.chapters.lines.push(text),
            Piece::Text(text) if self.in_deleted => self.deleted.push_str(text),
            Piece::Text(_) => {}
        }
        Ok(())
    }

    fn start(&mut self, tag: &Tag<'_>) {
        match tag.name() {
            "p" => {
                self.paragraph = self.chapters.lines.text.len();
                self.is_heading = false;
            }
            "pStyle" => self.is_heading = tag.attribute("val").is_some_and(|style| self.headings.contains(&style)),
            "outlineLvl" => self.is_heading |= tag.number("val") == Some(0),
            "t" => self.in_text = true,
            "delText" => self.in_deleted = true,
            "tab" | "ptab" => self.chapters.lines.push("\t"),
            "br" | "cr" => self.chapters.lines.push("\n"),
            "noBreakHyphen" => self.chapters.lines.push("-"),
            "footnoteReference" | "endnoteReference" | "footnoteRef" | "endnoteRef" => {
                if let Some(id) = tag.attribute("id") {
                    self.chapters.lines.push(&format!("[{id}]"));
                }
            }
            "footnote" | "endnote" => {
                // The first two draw the line above the notes.
                if let Some(id) = tag.number("id").filter(|id| *id > 0) {
                    self.chapters.lines.push(&format!("[{id}] "));
                }
            }
            "tc" => self.cells += 1,
            _ => {}
        }
    }

    fn end(&mut self, name: &str) {
        match name {
            "t" => self.in_text = false,
            "delText" => self.in_deleted = false,
            "p" if self.cells > 0 => self.chapters.lines.push(" "),
            "p" => {
                self.chapters.lines.end_line();
                if self.is_heading {
                    self.chapters.begin(self.paragraph);
                }
                if !self.deleted.is_empty() && !self.deleted.ends_with('\n') {
                    self.deleted.push('\n');
                }
            }
            "tc" => {
                self.cells = self.cells.saturating_sub(1);
                self.chapters.lines.push("\t");
            }
            "tr" => self.chapters.lines.end_line(),
            _ => {}
        }
    }
}
