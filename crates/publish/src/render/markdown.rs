//! Reports as Markdown (CommonMark with footnotes). Text that somebody else wrote can make no markup, no link and no
//! HTML, also in readers that do not follow the standard.

use vedette_core::{Block, BlockKind, Footnote};

use super::{
    Form, HOW_TO_VERIFY, PUBLIC_LINES, Piece, VERIFY_COMMAND, heading, note_text, paragraphs, pieces, translation_text,
};
use crate::clean::{one_line, safe};
use crate::quotes::without_marks;

/// The report as one Markdown text.
pub fn render_markdown(form: &Form<'_>) -> String {
    let mut parts = Vec::new();
    if let Some(mark) = form.mark {
        parts.push(format!("> **{mark}**"));
    }
    parts.push(format!("*{}*", escape(&form.series_line())));
    parts.push(format!("# {}", escape(&one_line(&form.report.title))));
    parts.push(escape(&form.byline()));
    let notes = form.footnotes();
    for block in form.blocks() {
        if let Some(heading) = heading(block.kind) {
            parts.push(format!("## {heading}"));
        }
        parts.extend(block_text(block, &notes));
    }
    if form.is_public() {
        parts.push(format!("---\n\n{}", PUBLIC_LINES.join("  \n")));
    }
    if !notes.is_empty() {
        parts.push(notes.iter().map(|note| footnote(form, note)).collect::<Vec<_>>().join("\n"));
        parts.push(format!("{HOW_TO_VERIFY} `{VERIFY_COMMAND}`"));
    }
    parts.join("\n\n") + "\n"
}

/// The first block of a form without its footnote marks, as a teaser; `None` when the audience may read no block.
pub(crate) fn teaser(form: &Form<'_>) -> Option<String> {
    let block = form.blocks().next()?;
    let without = Block { text: without_marks(&block.text), ..block.clone() };
    block_text(&without, &[])
}

fn block_text(block: &Block, notes: &[&Footnote]) -> Option<String> {
    let quoted = block.kind == BlockKind::Quote;
    let paragraphs: Vec<String> = paragraphs(&block.text)
        .iter()
        .map(|lines| {
            let lines: Vec<String> = lines.iter().map(|line| inline(line, notes)).collect();
            // A backslash at the end of a line keeps the line break of a poster or a poem.
            if quoted { format!("> {}", lines.join("\\\n> ")) } else { lines.join("\\\n") }
        })
        .collect();
    (!paragraphs.is_empty()).then(|| paragraphs.join(if quoted { "\n>\n" } else { "\n\n" }))
}

fn inline(line: &str, notes: &[&Footnote]) -> String {
    let mut out = String::new();
    for piece in pieces(line.trim(), notes) {
        match piece {
            Piece::Text(text) if out.is_empty() => out.push_str(&escape(text)),
            Piece::Text(text) => out.push_str(&escape_within(text)),
            Piece::Note(number) => out.push_str(&format!("[^{number}]")),
        }
    }
    out
}

fn footnote<'a>(form: &Form<'a>, note: &'a Footnote) -> String {
    let text = note_text(note);
    let url = text.url.map_or_else(String::new, |url| format!(" {}", escape(&url)));
    let translations: String = form
        .translations(note)
        .into_iter()
        .map(|one| format!(" {} {}", escape_within(&translation_text(one)), escape_within(&one_line(&one.original))))
        .collect();
    format!(
        "[^{}]: {}{url} SHA-256 `{}`, {}{translations}",
        note.number,
        escape(&text.place),
        note.evidence.sha256,
        escape(&text.proof)
    )
}

/// Text made dead and escaped, as the beginning of a line.
pub(crate) fn escape(text: &str) -> String {
    let escaped = escape_within(text);
    // What would begin a list, a rule or a heading underline at the start of a line.
    let digits = escaped.len() - escaped.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let after = escaped[digits..].chars().next();
    if digits > 0 && matches!(after, Some('.' | ')')) {
        return format!("{}\\{}", &escaped[..digits], &escaped[digits..]);
    }
    if escaped.starts_with(['-', '+', '=']) { format!("\\{escaped}") } else { escaped }
}

/// Text made dead and escaped, within a line.
fn escape_within(text: &str) -> String {
    let text = safe(text);
    let mut out = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        match c {
            // As entities, so that a reader which ignores backslashes makes no HTML of it either.
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '#' | '|' | '~' | '!' | '@' | '$' => {
                out.push('\\');
                out.push(c);
            }
            '\n' | '\t' => out.push(' '),
            c => out.push(c),
        }
    }
    out
}
