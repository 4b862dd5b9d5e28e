//! XLSX (ECMA-376, part 1, section 18): a part for each sheet, a line for each row, cells apart by tabs. Texts and the values
//! that formulas had when the file was saved; no formula is computed.

use vedette_core::opened::Task;

use super::office::{Lines, about, is_member, outside, relations};
use super::packed::Zip;
use super::xml::{Piece, walk};
use super::{Container, Holder};
use crate::FileFault;
use crate::limits::{DOCUMENT_TEXT_BYTES_MAX, PARTS_MAX};

pub(super) fn read(zip: &mut Zip<'_>, task: Task) -> Result<Container, FileFault> {
    let mut holder = Holder::new("xlsx", task);
    if holder.texts_wanted {
        about(zip, &mut holder)?;
        let shared = match zip.part("xl/sharedStrings.xml")? {
            Some(bytes) => shared_strings(&bytes)?,
            None => Vec::new(),
        };
        for (number, (name, path)) in (1..).zip(order(zip)?) {
            let Some(bytes) = zip.part(&path)? else { continue };
            holder.part(Some(&name), Some(number), &sheet_text(&bytes, &path, &shared)?);
            outside(&relations(zip, &path)?, &mut holder);
        }
    }
    zip.members(&mut holder, |name| is_member(name, "xl"));
    Ok(holder.finish())
}

/// Names and paths of the sheets, in order, hidden ones among them.
fn order(zip: &mut Zip<'_>) -> Result<Vec<(String, String)>, FileFault> {
    let main = "xl/workbook.xml";
    let relations = relations(zip, main)?;
    let bytes = zip.needed(main)?;
    let mut sheets = Vec::new();
    walk(&bytes, main, |piece| {
        if let Piece::Start(tag) = piece
            && tag.name() == "sheet"
            && sheets.len() < PARTS_MAX
        {
            let path = tag.attributes("id").into_iter().find_map(|id| Some(relations.get(&id)?.target.clone()));
            sheets.extend(path.map(|path| (tag.attribute("name").unwrap_or_default(), path)));
        }
        Ok(())
    })?;
    Ok(sheets)
}

/// The texts that cells refer to by number. Hints on how to pronounce them (`rPh`) are no text of the cell.
fn shared_strings(bytes: &[u8]) -> Result<Vec<String>, FileFault> {
    let (mut strings, mut in_text, mut in_hint) = (Vec::<String>::new(), false, false);
    walk(bytes, "xl/sharedStrings.xml", |piece| {
        match piece {
            Piece::Start(tag) => match tag.name() {
                "si" => strings.push(String::new()),
                "t" => in_text = true,
                "rPh" => in_hint = true,
                _ => {}
            },
            Piece::End("t") => in_text = false,
            Piece::End("rPh") => in_hint = false,
            Piece::Text(text) if in_text && !in_hint => {
                if let Some(last) = strings.last_mut() {
                    last.push_str(text);
                }
            }
            _ => {}
        }
        Ok(())
    })?;
    Ok(strings)
}

fn sheet_text(bytes: &[u8], what: &str, shared: &[String]) -> Result<String, FileFault> {
    let (mut lines, mut value) = (Lines::default(), String::new());
    let (mut in_value, mut is_shared) = (false, false);
    walk(bytes, what, |piece| {
        match piece {
            Piece::Start(tag) => match tag.name() {
                "c" => {
                    is_shared = tag.attribute("t").is_some_and(|kind| kind == "s");
                    value.clear();
                }
                "v" | "t" => in_value = true,
                _ => {}
            },
            Piece::End(name) => match name {
                "v" | "t" => in_value = false,
                "c" if !value.is_empty() => {
                    let text = if is_shared {
                        value
                            .trim()
                            .parse::<usize>()
                            .ok()
                            .and_then(|index| shared.get(index))
                            .map_or("", String::as_str)
                    } else {
                        value.as_str()
                    };
                    lines.push(text);
                    lines.push("\t");
                }
                "row" => lines.end_line(),
                _ => {}
            },
            Piece::Text(text) if in_value && value.len() < DOCUMENT_TEXT_BYTES_MAX => value.push_str(text),
            Piece::Text(_) => {}
        }
        Ok(())
    })?;
    Ok(lines.take())
}
