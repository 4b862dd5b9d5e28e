//! HTML to the text that a reader would see. In: a page or a fragment. Out: its text with blocks on lines of their own, its
//! title, and the addresses its links point to, as text.
//!
//! No tree is built: the tokens are read once, so that neither depth nor unclosed elements can make it slow.
//! Scripts, styles and hidden elements are left out; nothing is fetched.

use std::cell::RefCell;
use std::mem;

use encoding_rs::Encoding;
use html5ever::tendril::StrTendril;
use html5ever::tokenizer::states::RawKind;
use html5ever::tokenizer::{BufferQueue, Tag, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts};

use crate::decode::{decode_declared, truncate};
use crate::limits::{
    CHARSET_SCAN_BYTES_MAX, HTML_BYTES_MAX, LINK_BYTES_MAX, LINKS_MAX, TEXT_BYTES_MAX, TITLE_BYTES_MAX,
};
use crate::sniff::find;

/// Elements that begin and end a line, in order of their names.
const BLOCKS: &[&str] = &[
    "address",
    "article",
    "aside",
    "blockquote",
    "body",
    "caption",
    "center",
    "dd",
    "details",
    "dialog",
    "dir",
    "div",
    "dl",
    "dt",
    "fieldset",
    "figcaption",
    "figure",
    "footer",
    "form",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "head",
    "header",
    "hgroup",
    "hr",
    "html",
    "legend",
    "li",
    "main",
    "menu",
    "nav",
    "ol",
    "optgroup",
    "option",
    "p",
    "pre",
    "search",
    "section",
    "select",
    "summary",
    "table",
    "tbody",
    "tfoot",
    "thead",
    "title",
    "tr",
    "ul",
];
/// Elements whose content is not shown as text.
const UNSEEN: &[&str] = &[
    "applet", "audio", "canvas", "datalist", "embed", "iframe", "math", "noembed", "noframes", "object", "script",
    "style", "svg", "template", "video",
];
/// Elements without an end tag.
const VOID: &[&str] =
    &["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"];
/// Elements that a sibling of the same name closes.
const CLOSED_BY_SIBLING: &[&str] = &["p", "li", "dt", "dd", "option", "optgroup", "tr", "td", "th"];

/// The text of a page.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct HtmlText {
    /// The visible text.
    pub text: String,
    /// The `title` element.
    pub title: Option<String>,
    /// The `lang` of the `html` element.
    pub lang: Option<String>,
    /// Addresses that links point to, in order, each once.
    pub links: Vec<String>,
    /// Name of the encoding.
    pub encoding: &'static str,
    /// Some bytes did not fit the encoding.
    pub lossy: bool,
    /// The page or its text was longer than the limit.
    pub cut: bool,
    /// Bytes of text in hidden elements, left out.
    pub hidden_bytes: usize,
}

/// Reads a page or a fragment.
pub fn read_html(bytes: &[u8]) -> HtmlText {
    let decoded = decode_declared(bytes, declared_encoding(bytes), HTML_BYTES_MAX);
    let input = BufferQueue::default();
    input.push_back(StrTendril::from(decoded.text.as_str()));
    let tokenizer = Tokenizer::new(Sink(RefCell::new(Extract::default())), TokenizerOpts::default());
    // The tokeniser pauses only when its sink asks for it, to run a script; this one never does.
    drop(tokenizer.feed(&input));
    tokenizer.end();
    let mut found = tokenizer.sink.0.into_inner().finish();
    found.encoding = decoded.encoding;
    found.lossy = decoded.lossy;
    found.cut |= decoded.cut;
    found
}

/// The encoding that a `meta` element near the start names.
fn declared_encoding(bytes: &[u8]) -> Option<&'static Encoding> {
    let head = bytes.get(..CHARSET_SCAN_BYTES_MAX).unwrap_or(bytes).to_ascii_lowercase();
    let meta = head.get(find(&head, b"<meta")?..)?;
    let rest = meta.get(find(meta, b"charset=")? + b"charset=".len()..)?;
    let label: Vec<u8> = rest
        .iter()
        .skip_while(|&&byte| matches!(byte, b'"' | b'\'' | b' '))
        .take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b':' | b'.'))
        .copied()
        .collect();
    // A page that could be read so far is not UTF-16, whatever it says (HTML, section 13.2.3.2).
    Encoding::for_label(&label).map(|found| if found.is_ascii_compatible() { found } else { encoding_rs::UTF_8 })
}

/// An element that is left out, until its end.
struct Skipped {
    name: String,
    depth: usize,
    hidden: bool,
}

#[derive(Default)]
struct Extract {
    found: HtmlText,
    skipped: Option<Skipped>,
    in_title: bool,
    pre_depth: usize,
    newline_due: bool,
    space_due: bool,
}

struct Sink(RefCell<Extract>);

impl TokenSink for Sink {
    type Handle = ();

    fn process_token(&self, token: Token, _line: u64) -> TokenSinkResult<()> {
        let mut extract = self.0.borrow_mut();
        match token {
            Token::TagToken(tag) => return extract.tag(&tag),
            Token::CharacterTokens(text) => extract.text(&text),
            _ => {}
        }
        TokenSinkResult::Continue
    }
}

impl Extract {
    fn tag(&mut self, tag: &Tag) -> TokenSinkResult<()> {
        let name: &str = &tag.name;
        match tag.kind {
            TagKind::StartTag => {
                self.start(name, tag);
                match name {
                    "script" => TokenSinkResult::RawData(RawKind::ScriptData),
                    "style" | "xmp" | "iframe" | "noembed" | "noframes" => TokenSinkResult::RawData(RawKind::Rawtext),
                    "title" | "textarea" => TokenSinkResult::RawData(RawKind::Rcdata),
                    "plaintext" => TokenSinkResult::Plaintext,
                    _ => TokenSinkResult::Continue,
                }
            }
            TagKind::EndTag => {
                self.end(name);
                TokenSinkResult::Continue
            }
        }
    }

    fn start(&mut self, name: &str, tag: &Tag) {
        let is_void = VOID.contains(&name);
        if let Some(skipped) = &mut self.skipped {
            if skipped.name != name {
                return;
            }
            if skipped.depth > 1 || !CLOSED_BY_SIBLING.contains(&name) {
                skipped.depth += 1;
                return;
            }
            self.skipped = None;
        }
        let hidden = is_hidden(tag);
        if !is_void && (hidden || UNSEEN.contains(&name)) && !(tag.self_closing && matches!(name, "svg" | "math")) {
            self.skipped = Some(Skipped { name: name.to_owned(), depth: 1, hidden });
            return;
        }
        match name {
            "br" => self.newline(),
            "td" | "th" => self.space_due = true,
            "title" => self.in_title = true,
            "pre" | "textarea" | "listing" => self.pre_depth += 1,
            "html" => self.found.lang = attribute(tag, "lang").map(str::to_owned).filter(|lang| lang.len() <= 35),
            "a" | "area" => attribute(tag, "href").into_iter().for_each(|href| self.link(href)),
            "img" if !hidden => attribute(tag, "alt").into_iter().for_each(|alt| self.text(alt)),
            _ => {}
        }
        self.newline_due |= BLOCKS.binary_search(&name).is_ok();
    }

    fn end(&mut self, name: &str) {
        if let Some(skipped) = &mut self.skipped {
            if skipped.name == name {
                skipped.depth -= 1;
                if skipped.depth == 0 {
                    self.skipped = None;
                    self.newline_due |= BLOCKS.binary_search(&name).is_ok();
                }
            }
            return;
        }
        match name {
            "title" => self.in_title = false,
            "pre" | "textarea" | "listing" => self.pre_depth = self.pre_depth.saturating_sub(1),
            // Browsers read a stray end of a paragraph as an empty one.
            "br" => self.newline(),
            _ => {}
        }
        self.newline_due |= BLOCKS.binary_search(&name).is_ok();
    }

    fn link(&mut self, href: &str) {
        let href: String = href.trim().chars().filter(|c| !c.is_control()).collect();
        let is_address = href.contains(':') && !href.starts_with("javascript:") && !href.starts_with("data:");
        if is_address
            && href.len() <= LINK_BYTES_MAX
            && self.found.links.len() < LINKS_MAX
            && !self.found.links.contains(&href)
        {
            self.found.links.push(href);
        }
    }

    fn text(&mut self, text: &str) {
        if let Some(skipped) = &self.skipped {
            self.found.hidden_bytes += if skipped.hidden { text.trim().len() } else { 0 };
            return;
        }
        if self.in_title {
            self.found.title.get_or_insert_default().push_str(text);
            return;
        }
        for c in text.chars() {
            if self.found.text.len() >= TEXT_BYTES_MAX {
                self.found.cut = true;
                return;
            }
            match c {
                '\n' if self.pre_depth > 0 => self.newline(),
                ' ' | '\t' | '\n' | '\r' | '\u{c}' | '\u{a0}' => self.space_due = true,
                // Soft hyphens split a word that the reader sees whole.
                '\u{ad}' => {}
                c => self.push(c),
            }
        }
    }

    fn push(&mut self, c: char) {
        if mem::take(&mut self.newline_due) && !self.found.text.is_empty() && !self.found.text.ends_with('\n') {
            self.found.text.push('\n');
        }
        if mem::take(&mut self.space_due) && !self.found.text.is_empty() && !self.found.text.ends_with('\n') {
            self.found.text.push(' ');
        }
        self.found.text.push(c);
    }

    fn newline(&mut self) {
        self.space_due = false;
        self.newline_due = false;
        if !self.found.text.is_empty() && !self.found.text.ends_with("\n\n") {
            self.found.text.push('\n');
        }
    }

    fn finish(self) -> HtmlText {
        let mut found = self.found;
        truncate(&mut found.text, TEXT_BYTES_MAX);
        found.text.truncate(found.text.trim_end().len());
        if let Some(title) = &mut found.title {
            *title = title.split_whitespace().collect::<Vec<_>>().join(" ");
            truncate(title, TITLE_BYTES_MAX);
        }
        found.title = found.title.filter(|title| !title.is_empty());
        found
    }
}

fn attribute<'a>(tag: &'a Tag, name: &str) -> Option<&'a str> {
    tag.attrs.iter().find(|attribute| &*attribute.name.local == name).map(|attribute| &*attribute.value)
}

/// Hidden by attribute or by its own style. Rules in style sheets are not followed.
fn is_hidden(tag: &Tag) -> bool {
    let style = attribute(tag, "style").map(|style| style.to_ascii_lowercase().replace([' ', '\t', '\n'], ""));
    attribute(tag, "hidden").is_some()
        || style.is_some_and(|style| style.contains("display:none") || style.contains("visibility:hidden"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(html: &str, expected: &str) {
        assert_eq!(read_html(html.as_bytes()).text, expected, "{html}");
    }

    #[test]
    fn the_names_of_blocks_are_in_order() {
        assert!(BLOCKS.is_sorted());
    }

    #[test]
    fn blocks_stand_on_lines_of_their_own() {
        check("<p>One <b>two</b>\n three</p><p>four<br>five", "One two three\nfour\nfive");
        check("<ul><li>a<li>b</ul>after", "a\nb\nafter");
        check("<table><tr><td>1<td>2<tr><td>3</table>", "1 2\n3");
        check("a<pre>x\n  y</pre>b", "a\nx\ny\nb");
        check("wo<wbr>rd &amp; co&shy;py &#x41;", "word & copy A");
        check("just text", "just text");
        check("", "");
    }

    #[test]
    fn what_a_reader_does_not_see_is_left_out() {
        check("a<script>if (1 < 2) { x = '<p>no</p>' }</script>b", "ab");
        check("<style>p { }</style>a<template><p>no</p></template>", "a");
        check("<div hidden>no<div>no</div>no</div>yes", "yes");
        check("<p style='display: none'>no<p>yes", "yes");
        check("<span style='visibility:hidden'>no</span>yes<!-- no -->", "yes");
        check("<noscript>shown without scripts</noscript>", "shown without scripts");
        let found = read_html(b"<div hidden>secret</div>");
        assert_eq!(found.hidden_bytes, 6);
    }

    #[test]
    fn title_language_and_links_are_told_apart_from_the_text() {
        let found = read_html(
            b"<html lang=fr><title>The\n Wick </title><a href='https://a.example/x'>read</a>\
              <a href='javascript:alert(1)'>no</a><a href='/here'>near</a><a href='https://a.example/x'>again</a><img alt='a lamp'>",
        );
        assert_eq!(found.title.as_deref(), Some("The Wick"));
        assert_eq!(found.lang.as_deref(), Some("fr"));
        assert_eq!(found.links, ["https://a.example/x"]);
        assert_eq!(found.text, "readnonearagaina lamp");
    }

    #[test]
    fn the_declared_encoding_is_used() {
        let page = encoding_rs::WINDOWS_1251.encode("<meta charset=\"windows-1251\"><p>Фонарь").0.into_owned();
        let found = read_html(&page);
        assert_eq!((found.text.as_str(), found.encoding), ("Фонарь", "windows-1251"));
        assert_eq!(read_html("<meta charset=utf-16><p>Фонарь".as_bytes()).text, "Фонарь");
    }

    #[test]
    fn depth_costs_nothing() {
        let bomb = "<div>".repeat(400_000) + "the end";
        let found = read_html(bomb.as_bytes());
        assert_eq!(found.text, "the end");
        assert!(!found.cut);
    }

    #[test]
    fn a_page_over_the_limit_is_cut_and_says_so() {
        let found = read_html("word ".repeat(1_000_000).as_bytes());
        assert!(found.cut);
        assert!(found.text.len() <= TEXT_BYTES_MAX);
    }
}
