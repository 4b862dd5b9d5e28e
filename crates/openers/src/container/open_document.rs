//! ODT, ODP, ODS (OASIS OpenDocument 1.3, part 3): paragraphs and tables in order, a part for each chapter, slide or sheet,
//! then notes, comments, headers and footers, and what was deleted while changes were tracked. Names of authors are not read.

use vedette_core::opened::Task;

use super::office::{Chapters, Lines, element_text};
use super::packed::Zip;
use super::xml::{Piece, Tag, walk};
use super::{Container, Holder};
use crate::FileFault;

/// Spaces that one mark may stand for.
const SPACES_MAX: usize = 100;

/// `said` is the media type that the file names itself.
pub(super) fn read(zip: &mut Zip<'_>, said: &str, task: Task) -> Result<Container, FileFault> {
    let kind = said.rsplit('.').next().unwrap_or_default();
    let format = match kind {
        _ if kind.starts_with("presentation") => "odp",
        _ if kind.starts_with("spreadsheet") => "ods",
        _ => "odt",
    };
    let mut holder = Holder::new(format, task);
    if let Some(manifest) = zip.part("META-INF/manifest.xml")?
        && is_locked(&manifest)?
    {
        return Err(FileFault::Encrypted("an OpenDocument file with a password".to_owned()));
    }
    if holder.texts_wanted {
        texts(zip, &mut holder)?;
    }
    zip.members(&mut holder, |name| {
        let picture = ["Pictures/", "media/", "Media/"].iter().any(|folder| name.starts_with(folder));
        picture && !name.ends_with('/')
    });
    Ok(holder.finish())
}

fn is_locked(manifest: &[u8]) -> Result<bool, FileFault> {
    let mut locked = false;
    walk(manifest, "META-INF/manifest.xml", |piece| {
        locked |= matches!(&piece, Piece::Start(tag) if tag.name() == "encryption-data");
        Ok(())
    })?;
    Ok(locked)
}

fn texts(zip: &mut Zip<'_>, holder: &mut Holder) -> Result<(), FileFault> {
    if let Some(bytes) = zip.part("meta.xml")? {
        holder.title(&element_text(&bytes, "meta.xml", "title")?);
    }
    if zip.names.iter().any(|name| name.starts_with("Basic/") || name.starts_with("Scripts/")) {
        holder.note("it carries macros, which are never run here");
    }
    let bytes = zip.needed("content.xml")?;
    let mut body = Body { is_sheet: holder.found.facts.format == "ods", ..Body::default() };
    walk(&bytes, "content.xml", |piece| body.piece(&piece, holder))?;
    let Body { chapters, mut beside, .. } = body;
    chapters.finish(holder);
    if let Some(bytes) = zip.part("styles.xml")? {
        let mut styles = Body { in_styles: true, ..Body::default() };
        walk(&bytes, "styles.xml", |piece| styles.piece(&piece, holder))?;
        beside[Aside::Margin as usize].push(&styles.beside[Aside::Margin as usize].take());
    }
    let headings = ["(notes)", "(comments)", "(deleted while changes were tracked)", "(header and footer)"];
    for (heading, mut lines) in headings.into_iter().zip(beside) {
        let text = lines.take();
        if !text.trim().is_empty() {
            holder.part(Some(heading), None, &text);
        }
    }
    Ok(())
}

/// Text that stands beside the main one.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Aside {
    Note = 0,
    Comment = 1,
    Deleted = 2,
    Margin = 3,
}

fn aside_of(name: &str) -> Option<Aside> {
    match name {
        "note-body" | "notes" => Some(Aside::Note),
        "annotation" => Some(Aside::Comment),
        "tracked-changes" => Some(Aside::Deleted),
        "header" | "footer" | "header-left" | "footer-left" | "header-first" | "footer-first" => Some(Aside::Margin),
        _ => None,
    }
}

#[derive(Default)]
struct Body {
    chapters: Chapters,
    beside: [Lines; 4],
    /// Which asides are open, the innermost last.
    asides: Vec<Aside>,
    /// Depth of paragraphs: text outside them is settings.
    paragraphs: usize,
    heading_at: Option<usize>,
    page: Option<(Option<String>, u32)>,
    pages: u32,
    cells: usize,
    /// Names and dates of who wrote a comment or a change.
    in_about: usize,
    /// In the part that holds styles only headers and footers are text.
    in_styles: bool,
    /// A file of sheets, whose tables are its parts.
    is_sheet: bool,
}

impl Body {
    fn lines(&mut self) -> &mut Lines {
        match self.asides.last() {
            Some(&aside) => &mut self.beside[aside as usize],
            None => &mut self.chapters.lines,
        }
    }

    fn piece(&mut self, piece: &Piece<'_>, holder: &mut Holder) -> Result<(), FileFault> {
        match piece {
            Piece::Start(tag) => self.start(tag, holder),
            Piece::End(name) => self.end(name, holder),
            Piece::Text(text) if self.paragraphs > 0 && self.in_about == 0 => {
                if !self.in_styles || self.asides.contains(&Aside::Margin) {
                    let squeezed = squeezed(text);
                    self.lines().push(&squeezed);
                }
            }
            Piece::Text(_) => {}
        }
        Ok(())
    }

    fn start(&mut self, tag: &Tag<'_>, holder: &mut Holder) {
        let name = tag.name();
        if let Some(aside) = aside_of(name) {
            self.asides.push(aside);
        }
        match name {
            "p" => self.paragraphs += 1,
            "h" => {
                self.paragraphs += 1;
                let is_chapter = tag.number("outline-level").is_none_or(|level| level == 1) && self.asides.is_empty();
                self.heading_at = is_chapter.then_some(self.chapters.lines.text.len());
            }
            "creator" | "date" | "initials" | "sender-initials" => self.in_about += 1,
            "s" => {
                let spaces = tag.number("c").unwrap_or(1).min(SPACES_MAX);
                self.lines().push(&" ".repeat(spaces));
            }
            "tab" => self.lines().push("\t"),
            "line-break" => self.lines().push("\n"),
            "a" => tag.attribute("href").into_iter().for_each(|href| holder.link(&href)),
            "page" | "table" if self.is_page(name) => {
                self.pages += 1;
                self.page = Some((tag.attribute("name"), self.pages));
                self.chapters.lines.text.clear();
            }
            "table-cell" => self.cells += 1,
            _ => {}
        }
    }

    /// Slides are pages; sheets are tables that stand in no paragraph and no page.
    fn is_page(&self, name: &str) -> bool {
        name == "page" || self.is_sheet && self.page.is_none() && self.cells == 0
    }

    fn end(&mut self, name: &str, holder: &mut Holder) {
        match name {
            "p" | "h" => {
                self.paragraphs = self.paragraphs.saturating_sub(1);
                if self.cells > 0 && self.asides.is_empty() {
                    self.chapters.lines.push(" ");
                } else {
                    self.lines().end_line();
                }
                if let Some(at) = self.heading_at.take().filter(|_| name == "h" && self.page.is_none()) {
                    self.chapters.begin(at);
                }
            }
            "creator" | "date" | "initials" | "sender-initials" => self.in_about = self.in_about.saturating_sub(1),
            "note-citation" => self.lines().push(" "),
            "table-cell" => {
                self.cells = self.cells.saturating_sub(1);
                self.chapters.lines.push("\t");
            }
            "table-row" => self.chapters.lines.end_line(),
            "page" | "table" => {
                let ends = name == "page" || self.is_sheet && self.cells == 0;
                if let Some((title, number)) = self.page.take_if(|_| ends) {
                    let text = self.chapters.lines.take();
                    holder.part(title.as_deref(), Some(number), &text);
                }
            }
            _ => {}
        }
        if aside_of(name).is_some() {
            self.lines().end_line();
            self.asides.pop();
        }
    }
}

/// White space as a reader sees it (part 3, section 6.1.2): one space.
fn squeezed(text: &str) -> String {
    let mut squeezed = String::with_capacity(text.len());
    for c in text.chars() {
        let c = if matches!(c, '\n' | '\r' | '\t') { ' ' } else { c };
        if c != ' ' || !squeezed.ends_with(' ') {
            squeezed.push(c);
        }
    }
    squeezed
}
