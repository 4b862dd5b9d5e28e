//! PPTX (ECMA-376, part 1, section 19): a part for each slide in the order of the show, hidden slides among them, then the
//! speaker's notes and the comments on each. Pictures are members.

use vedette_core::opened::Task;

use super::office::{Lines, about, is_member, outside, relations};
use super::packed::Zip;
use super::xml::{Piece, walk};
use super::{Container, Holder};
use crate::FileFault;
use crate::limits::PARTS_MAX;

pub(super) fn read(zip: &mut Zip<'_>, task: Task) -> Result<Container, FileFault> {
    let mut holder = Holder::new("pptx", task);
    if holder.texts_wanted {
        about(zip, &mut holder)?;
        for (number, path) in (1..).zip(order(zip)?) {
            slide(zip, &path, number, &mut holder)?;
        }
    }
    zip.members(&mut holder, |name| is_member(name, "ppt"));
    Ok(holder.finish())
}

/// Paths of the slides, in order.
fn order(zip: &mut Zip<'_>) -> Result<Vec<String>, FileFault> {
    let main = "ppt/presentation.xml";
    let relations = relations(zip, main)?;
    let bytes = zip.needed(main)?;
    let mut paths = Vec::new();
    walk(&bytes, main, |piece| {
        if let Piece::Start(tag) = piece
            && tag.name() == "sldId"
            && paths.len() < PARTS_MAX
        {
            // Two attributes are called `id` but for their prefix; the relation's is the one that is known.
            let path = tag.attributes("id").into_iter().find_map(|id| Some(relations.get(&id)?.target.clone()));
            paths.extend(path);
        }
        Ok(())
    })?;
    Ok(paths)
}

fn slide(zip: &mut Zip<'_>, path: &str, number: u32, holder: &mut Holder) -> Result<(), FileFault> {
    let Some(bytes) = zip.part(path)? else {
        holder.note(&format!("slide {number} is missing"));
        return Ok(());
    };
    let (title, text) = drawing_text(&bytes, path)?;
    holder.part(title.as_deref(), Some(number), &text);
    let relations = relations(zip, path)?;
    outside(&relations, holder);
    for relation in relations.values().filter(|relation| !relation.outside) {
        let heading = match relation.kind.as_str() {
            "notesSlide" => "(notes)",
            "comments" => "(comments)",
            "diagramData" => "(diagram)",
            "chart" => "(chart)",
            _ => continue,
        };
        if let Some(bytes) = zip.part(&relation.target)? {
            let (_, text) = drawing_text(&bytes, &relation.target)?;
            if !text.trim().is_empty() {
                holder.part(Some(heading), Some(number), &text);
            }
        }
    }
    Ok(())
}

/// The title and all text of a slide or what belongs to it.
fn drawing_text(bytes: &[u8], what: &str) -> Result<(Option<String>, String), FileFault> {
    let (mut lines, mut title) = (Lines::default(), None::<String>);
    let (mut in_text, mut in_title, mut is_number, mut cells, mut fallback) = (false, false, false, 0_usize, 0_usize);
    walk(bytes, what, |piece| {
        match piece {
            Piece::Start(tag) if tag.name() == "Fallback" => fallback += 1,
            Piece::End("Fallback") => fallback = fallback.saturating_sub(1),
            _ if fallback > 0 => {}
            Piece::Start(tag) => match tag.name() {
                "t" | "text" | "v" => in_text = true,
                "br" => lines.push("\n"),
                "tab" => lines.push("\t"),
                "tc" => cells += 1,
                // The number of the slide, which programs write into a field.
                "fld" => is_number = tag.attribute("type").is_some_and(|kind| kind == "slidenum"),
                "ph" => {
                    in_title = tag.attribute("type").is_some_and(|kind| matches!(kind.as_str(), "title" | "ctrTitle"))
                }
                _ => {}
            },
            Piece::End(name) => match name {
                "t" => in_text = false,
                "text" | "v" => {
                    in_text = false;
                    lines.end_line();
                }
                "fld" => is_number = false,
                "p" if cells > 0 => lines.push(" "),
                "p" => lines.end_line(),
                "sp" => in_title = false,
                "tc" => {
                    cells = cells.saturating_sub(1);
                    lines.push("\t");
                }
                "tr" => lines.end_line(),
                _ => {}
            },
            Piece::Text(text) if in_text && !is_number => {
                lines.push(text);
                if in_title {
                    title.get_or_insert_default().push_str(text);
                }
            }
            Piece::Text(_) => {}
        }
        Ok(())
    })?;
    Ok((title, lines.take()))
}
