//! Reports as HTML: a fragment with classes for our own pages, and a page that stands alone for export. Whatever was
//! collected or typed is escaped; nothing is ever a link but the footnotes within the page.

use vedette_core::{Block, BlockKind, Footnote, QuotedTranslation};

use super::{
    Form, HOW_TO_VERIFY, PUBLIC_LINES, Piece, VERIFY_COMMAND, heading, note_text, paragraphs, pieces, translation_text,
};
use crate::clean::{one_line, safe};
use crate::source::{audience_word, kind_word};

const STYLE: &str = "body{margin:2rem auto;max-width:44rem;padding:0 1rem;font:1.05rem/1.55 Georgia,serif;color:#1b1b1b;\
background:#fff}h1{font-size:1.7rem;line-height:1.25}h2{font-size:1.2rem}blockquote{margin:1rem 0;padding:.2rem 1rem;\
border-inline-start:.25rem solid #888;background:#f6f6f4}.report-mark{padding:.5rem 1rem;border:2px solid #a00;color:#a00;\
font-weight:bold}.report-series,.report-byline,.report-verify{color:#555}.report-footnotes{margin-top:2rem;\
border-top:1px solid #999;font-size:.9rem}.report-footnotes code{overflow-wrap:anywhere}.report-more{margin-top:2rem;\
padding:.2rem 1rem;background:#eef2f6}aside{color:#444}";

/// The report as an `<article>` with classes `report-*`, to be set into a page. It has no style, script or address of
/// another place, and its ids begin with the report's id, so that several can stand on one page.
pub fn render_html_fragment(form: &Form<'_>) -> String {
    let report = form.report;
    let mut out = format!("<article class=\"report report-{}\">\n", audience_word(form.audience));
    if let Some(mark) = form.mark {
        out.push_str(&format!("<p class=\"report-mark\">{}</p>\n", escape(mark)));
    }
    out.push_str(&format!(
        "<header>\n<p class=\"report-series\"><bdi>{}</bdi></p>\n<h1 class=\"report-title\" dir=\"auto\">{}</h1>\n\
         <p class=\"report-byline\">{}</p>\n</header>\n",
        shown_line(&form.series_line()),
        shown_line(&report.title),
        shown_line(&form.byline()),
    ));
    let notes = form.footnotes();
    let mut referred = Vec::new();
    for block in form.blocks() {
        push_block(&mut out, form, block, &notes, &mut referred);
    }
    if form.is_public() {
        out.push_str("<div class=\"report-more\">\n");
        for line in PUBLIC_LINES {
            out.push_str(&format!("<p>{}</p>\n", escape(line)));
        }
        out.push_str("</div>\n");
    }
    push_footnotes(&mut out, form, &notes);
    out.push_str("</article>\n");
    out
}

/// The report as a complete page: one `<style>`, no script, nothing to load from anywhere.
pub fn render_html_page(form: &Form<'_>) -> String {
    let mark =
        form.mark.and_then(|mark| mark.split_once(':')).map_or_else(String::new, |(word, _)| format!("{word}: "));
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"referrer\" content=\"no-referrer\">\n<title>{}{}</title>\n<style>{STYLE}</style>\n</head>\n\
         <body>\n{}</body>\n</html>\n",
        escape(&mark),
        shown_line(&form.report.title),
        render_html_fragment(form),
    )
}

fn push_block(out: &mut String, form: &Form<'_>, block: &Block, notes: &[&Footnote], referred: &mut Vec<u32>) {
    let kind = kind_word(block.kind);
    let (open, close) = match block.kind {
        BlockKind::Quote => {
            (format!("<blockquote class=\"report-block report-{kind}\" dir=\"auto\">\n"), "</blockquote>\n")
        }
        BlockKind::Note => (format!("<aside class=\"report-block report-{kind}\">\n"), "</aside>\n"),
        _ => (format!("<section class=\"report-block report-{kind}\">\n"), "</section>\n"),
    };
    out.push_str(&open);
    if let Some(heading) = heading(block.kind) {
        out.push_str(&format!("<h2>{}</h2>\n", escape(heading)));
    }
    for lines in paragraphs(&block.text) {
        let lines: Vec<String> = lines.iter().map(|line| inline(form, line, notes, referred)).collect();
        out.push_str(&format!("<p dir=\"auto\">{}</p>\n", lines.join("<br>\n")));
    }
    out.push_str(close);
}

fn inline(form: &Form<'_>, line: &str, notes: &[&Footnote], referred: &mut Vec<u32>) -> String {
    let mut out = String::new();
    for piece in pieces(line, notes) {
        match piece {
            Piece::Text(text) => out.push_str(&escape(&safe(text))),
            Piece::Note(n) => {
                let id = form.report.id;
                // Only the first reference carries the id that the footnote points back to: ids are unique on a page.
                let anchor = if referred.contains(&n) { String::new() } else { format!(" id=\"{id}-ref-{n}\"") };
                referred.push(n);
                out.push_str(&format!("<sup class=\"report-ref\"{anchor}><a href=\"#{id}-fn-{n}\">{n}</a></sup>"));
            }
        }
    }
    out
}

fn push_footnotes(out: &mut String, form: &Form<'_>, notes: &[&Footnote]) {
    if notes.is_empty() {
        return;
    }
    let id = form.report.id;
    out.push_str("<section class=\"report-footnotes\">\n<h2>Footnotes</h2>\n<ol>\n");
    for note in notes {
        let n = note.number;
        let text = note_text(note);
        let url = text.url.map_or_else(String::new, |url| format!(" <bdi>{}</bdi>", shown_line(&url)));
        let translations: String = form.translations(note).into_iter().map(translation).collect();
        out.push_str(&format!(
            "<li id=\"{id}-fn-{n}\" value=\"{n}\"><bdi>{}</bdi>{url} SHA-256 <code>{}</code>, {}{translations} \
             <a href=\"#{id}-ref-{n}\">back</a></li>\n",
            shown_line(&text.place),
            note.evidence.sha256,
            escape(&text.proof),
        ));
    }
    out.push_str(&format!(
        "</ol>\n<p class=\"report-verify\">{} <code>{}</code></p>\n</section>\n",
        escape(HOW_TO_VERIFY),
        escape(VERIFY_COMMAND)
    ));
}

fn translation(one: &QuotedTranslation) -> String {
    format!(
        "<br><span class=\"report-translation\"><bdi>{}</bdi> <bdi dir=\"auto\" lang=\"{}\">{}</bdi></span>",
        shown_line(&translation_text(one)),
        shown_line(&one.from),
        shown_line(&one.original)
    )
}

/// A single line of somebody's text, dead and escaped.
fn shown_line(text: &str) -> String {
    escape(&safe(&one_line(text)))
}

/// Escapes for HTML text and quoted attributes.
pub(crate) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}
