//! EPUB (EPUB 3.3): a part for each chapter in the order of the book, its text taken as that of a page. Pictures are members.

use std::collections::{BTreeMap, BTreeSet};

use vedette_core::opened::Task;

use super::office::{element_text, joined};
use super::packed::Zip;
use super::xml::{Piece, walk};
use super::{Container, Holder};
use crate::FileFault;
use crate::html::read_xhtml;
use crate::limits::PARTS_MAX;

/// Files that a book lists; long ones have some hundred.
const FILES_MAX: usize = 10_000;

pub(super) fn read(zip: &mut Zip<'_>, task: Task) -> Result<Container, FileFault> {
    let mut holder = Holder::new("epub", task);
    let package = package_path(zip)?;
    let folder = package.rsplit_once('/').map_or("", |(folder, _)| folder).to_owned();
    let bytes = zip.needed(&package)?;
    let Book { chapters, pictures } = book(&bytes, &package, &folder)?;
    let locked = locked(zip)?;
    if holder.texts_wanted {
        holder.title(&element_text(&bytes, &package, "title")?);
        if !chapters.is_empty() && chapters.iter().all(|path| locked.contains(path)) {
            return Err(FileFault::Encrypted("a book whose chapters are locked by its seller".to_owned()));
        }
        for (number, path) in (1..).zip(&chapters) {
            if locked.contains(path) {
                holder.note(&format!("chapter {number} is locked"));
                continue;
            }
            let Some(page) = zip.part(path)? else {
                holder.note(&format!("chapter {number}, `{path}`, is missing"));
                continue;
            };
            let found = read_xhtml(&page);
            let title = found.heading.or(found.title);
            holder.part(title.as_deref(), Some(number), &found.text);
            found.links.iter().for_each(|link| holder.link(link));
        }
    }
    zip.members(&mut holder, |name| pictures.contains(name) && !locked.contains(name));
    Ok(holder.finish())
}

/// Path of the file that describes the book (EPUB 3.3, section 4.2.6.3.1).
fn package_path(zip: &mut Zip<'_>) -> Result<String, FileFault> {
    let name = "META-INF/container.xml";
    let bytes = zip.needed(name)?;
    let mut path = None;
    walk(&bytes, name, |piece| {
        if let Piece::Start(tag) = piece
            && tag.name() == "rootfile"
            && path.is_none()
        {
            path = tag.attribute("full-path");
        }
        Ok(())
    })?;
    path.map(|path| joined("", &path)).ok_or_else(|| FileFault::Damaged("the book names no package".to_owned()))
}

struct Book {
    chapters: Vec<String>,
    pictures: BTreeSet<String>,
}

fn book(bytes: &[u8], what: &str, folder: &str) -> Result<Book, FileFault> {
    let mut files: BTreeMap<String, String> = BTreeMap::new();
    let (mut order, mut pictures) = (Vec::new(), BTreeSet::new());
    walk(bytes, what, |piece| {
        let Piece::Start(tag) = piece else { return Ok(()) };
        match tag.name() {
            "item" if files.len() < FILES_MAX => {
                let said = |name: &str| tag.attribute(name).unwrap_or_default();
                let path = joined(folder, &percent_decoded(&said("href")));
                if said("media-type").starts_with("image/") {
                    pictures.insert(path.clone());
                }
                files.insert(said("id"), path);
            }
            "itemref" if order.len() < PARTS_MAX => order.extend(tag.attribute("idref")),
            _ => {}
        }
        Ok(())
    })?;
    Ok(Book { chapters: order.iter().filter_map(|id| files.get(id).cloned()).collect(), pictures })
}

/// Paths of what is locked. Fonts that are only disguised (EPUB 3.3, section 4.4) are no text.
fn locked(zip: &mut Zip<'_>) -> Result<BTreeSet<String>, FileFault> {
    let name = "META-INF/encryption.xml";
    let mut found = BTreeSet::new();
    let Some(bytes) = zip.part(name)? else { return Ok(found) };
    walk(&bytes, name, |piece| {
        if let Piece::Start(tag) = piece
            && tag.name() == "CipherReference"
            && found.len() < FILES_MAX
        {
            found.extend(tag.attribute("URI").map(|path| joined("", &percent_decoded(&path))));
        }
        Ok(())
    })?;
    Ok(found)
}

/// `%C3%A9` as `é`; what is no such code stays.
fn percent_decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        let code = after.get(..2).filter(|_| byte == b'%').and_then(|code| std::str::from_utf8(code).ok());
        match code.and_then(|code| u8::from_str_radix(code, 16).ok()) {
            Some(decoded) => {
                bytes.push(decoded);
                rest = after.get(2..).unwrap_or_default();
            }
            None => {
                bytes.push(byte);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
