//! What Word, PowerPoint and Excel files share: relations between parts, the title, and what such files reach for outside
//! (ECMA-376, part 2). Names of authors stand in the same parts and are not read.

use std::collections::BTreeMap;

use super::Holder;
use super::packed::Zip;
use super::xml::{Piece, walk};
use crate::FileFault;
use crate::decode::truncate;
use crate::limits::{DOCUMENT_TEXT_BYTES_MAX, PARTS_MAX};

/// Relations of one part that are looked at; a long document has some hundred links.
const RELATIONS_MAX: usize = 5_000;

/// Where a relation points to.
pub(super) struct Relation {
    /// Last word of its type, such as `hyperlink`.
    pub(super) kind: String,
    /// Path of a part, or an address outside.
    pub(super) target: String,
    pub(super) outside: bool,
}

/// Relations of the part `path`, by their ids; empty when it has none or they are broken.
pub(super) fn relations(zip: &mut Zip<'_>, path: &str) -> Result<BTreeMap<String, Relation>, FileFault> {
    let (folder, file) = path.rsplit_once('/').unwrap_or(("", path));
    let name = if folder.is_empty() { format!("_rels/{file}.rels") } else { format!("{folder}/_rels/{file}.rels") };
    let mut found = BTreeMap::new();
    let Some(bytes) = zip.part(&name)? else { return Ok(found) };
    walk(&bytes, &name, |piece| {
        if let Piece::Start(tag) = piece
            && tag.name() == "Relationship"
            && found.len() < RELATIONS_MAX
        {
            let said = |name: &str| tag.attribute(name).unwrap_or_default();
            let outside = said("TargetMode") == "External";
            let target = said("Target");
            let target = if outside { target } else { joined(folder, &target) };
            let kind = said("Type").rsplit('/').next().unwrap_or_default().to_owned();
            found.insert(said("Id"), Relation { kind, target, outside });
        }
        Ok(())
    })?;
    Ok(found)
}

/// The path of a part that `target` names from inside `folder`.
pub(super) fn joined(folder: &str, target: &str) -> String {
    let target = target.replace('\\', "/");
    let mut steps: Vec<&str> = if target.starts_with('/') { Vec::new() } else { folder.split('/').collect() };
    for step in target.split('/') {
        match step {
            "" | "." => {}
            ".." => drop(steps.pop()),
            step => steps.push(step),
        }
    }
    steps.retain(|step| !step.is_empty());
    steps.join("/")
}

/// Lists links, and says what else the document would fetch from elsewhere when an office program opened it.
pub(super) fn outside(relations: &BTreeMap<String, Relation>, holder: &mut Holder) {
    for relation in relations.values().filter(|relation| relation.outside) {
        holder.link(&relation.target);
        if relation.kind != "hyperlink" {
            holder.note(&format!("it would fetch `{}` ({}), which is not done here", relation.target, relation.kind));
        }
    }
}

/// Title of the document, and notes on what it carries beside text.
pub(super) fn about(zip: &mut Zip<'_>, holder: &mut Holder) -> Result<(), FileFault> {
    if let Some(bytes) = zip.part("docProps/core.xml")? {
        holder.title(&element_text(&bytes, "docProps/core.xml", "title")?);
    }
    if zip.names.iter().any(|name| name.ends_with("vbaProject.bin")) {
        holder.note("it carries macros, which are never run here");
    }
    Ok(())
}

/// Text of the first elements named `name`.
pub(super) fn element_text(bytes: &[u8], what: &str, name: &str) -> Result<String, FileFault> {
    let (mut text, mut inside, mut done) = (String::new(), false, false);
    walk(bytes, what, |piece| {
        match piece {
            Piece::Start(tag) => inside |= !done && tag.name() == name,
            Piece::End(ended) if inside && ended == name => (inside, done) = (false, true),
            Piece::Text(words) if inside => text.push_str(words),
            _ => {}
        }
        Ok(())
    })?;
    Ok(text)
}

/// A file inside a document that is worth a child of its own: pictures, recordings and other documents.
pub(super) fn is_member(name: &str, root: &str) -> bool {
    name.strip_prefix(root).is_some_and(|rest| {
        ["/media/", "/embeddings/"].iter().any(|folder| rest.starts_with(folder)) && !rest.ends_with('/')
    })
}

/// Lines of text, collected up to what one document may hold.
#[derive(Default)]
pub(super) struct Lines {
    pub(super) text: String,
}

impl Lines {
    pub(super) fn push(&mut self, text: &str) {
        if self.text.len() < DOCUMENT_TEXT_BYTES_MAX {
            self.text.push_str(text);
        }
    }

    /// Ends the line, unless it is empty already.
    pub(super) fn end_line(&mut self) {
        self.text.truncate(self.text.trim_end_matches([' ', '\t']).len());
        if !self.text.is_empty() && !self.text.ends_with('\n') {
            self.push("\n");
        }
    }

    pub(super) fn take(&mut self) -> String {
        std::mem::take(&mut self.text)
    }
}

/// A document as parts that begin with headings.
#[derive(Default)]
pub(super) struct Chapters {
    pub(super) lines: Lines,
    title: Option<String>,
    done: Vec<(Option<String>, String)>,
}

impl Chapters {
    /// Ends the chapter before the paragraph that begins at `at`, which is a heading and stays in the new chapter's text.
    pub(super) fn begin(&mut self, at: usize) {
        if self.done.len() + 1 >= PARTS_MAX {
            return;
        }
        let before = self.lines.text.get(..at).unwrap_or_default().to_owned();
        let heading = self.lines.text.get(at..).unwrap_or_default().to_owned();
        let mut title = heading.trim().replace('\n', " ");
        truncate(&mut title, 300);
        if title.is_empty() {
            return;
        }
        let title = self.title.replace(title);
        if !before.trim().is_empty() {
            self.done.push((title, before));
        }
        self.lines.text = heading;
    }

    /// Hands all chapters to `holder`; they are numbered when there are several.
    pub(super) fn finish(mut self, holder: &mut Holder) {
        let last = self.lines.take();
        self.done.push((self.title.take(), last));
        let several = self.done.len() > 1;
        for (number, (title, text)) in (1..).zip(&self.done) {
            holder.part(title.as_deref(), several.then_some(number), text);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_is_named_from_its_folder_and_never_leaves_the_file() {
        for (folder, target, expected) in [
            ("ppt/slides", "../media/image1.png", "ppt/media/image1.png"),
            ("word", "footnotes.xml", "word/footnotes.xml"),
            ("word", "/xl/workbook.xml", "xl/workbook.xml"),
            ("word", "../../../../etc/hostname", "etc/hostname"),
            ("", "content.xml", "content.xml"),
        ] {
            assert_eq!(joined(folder, target), expected);
        }
    }
}
