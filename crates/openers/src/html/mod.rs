//! HTML to the text that a reader would see. In: a page or a fragment. Out: its text with blocks on lines of their own, its
//! title, and the addresses its links point to, as text. Of a whole page the main text can be had without what stands around
//! it ([`read_page`], [`main_text`]); of the HTML of a post nothing is taken away ([`read_html`]).
//!
//! No tree is built: the tokens are read once, so that neither depth nor unclosed elements can make it slow.
//! Scripts, styles and hidden elements are left out; nothing is fetched.

mod main_text;

use std::cell::RefCell;
use std::mem;

use encoding_rs::Encoding;
use html5ever::LocalName;
use html5ever::tendril::StrTendril;
use html5ever::tokenizer::states::RawKind;
use html5ever::tokenizer::{BufferQueue, Tag, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts};

use vedette_core::page::{is_around_element, is_around_name, is_around_role};

use self::main_text::Block;
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
    /// The first heading.
    pub heading: Option<String>,
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
    /// Bytes of text that stood around the main text, left out.
    pub around_bytes: usize,
}

/// Reads the whole text of a page or a fragment.
pub fn read_html(bytes: &[u8]) -> HtmlText {
    read(bytes, Extract::default())
}

/// Reads the main text of a page; of a fragment, which has no `html` or `body`, the whole text.
pub fn read_page(bytes: &[u8]) -> HtmlText {
    read(bytes, Extract { main_wanted: true, ..Extract::default() })
}

/// Reads a page of XHTML, where `<title/>` is an empty element and not the beginning of one.
pub fn read_xhtml(bytes: &[u8]) -> HtmlText {
    read(bytes, Extract { is_xml: true, ..Extract::default() })
}

fn read(bytes: &[u8], extract: Extract) -> HtmlText {
    let decoded = decode_declared(bytes, declared_encoding(bytes), HTML_BYTES_MAX);
    let input = BufferQueue::default();
    input.push_back(StrTendril::from(decoded.text.as_str()));
    let tokenizer = Tokenizer::new(Sink(RefCell::new(extract)), TokenizerOpts::default());
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

/// An element of which something holds until its end: that it is left out, or stands around the text.
struct Region {
    name: LocalName,
    depth: usize,
}

impl Region {
    fn of(tag: &Tag) -> Self {
        Self { name: tag.name.clone(), depth: 1 }
    }

    /// Sees a start tag inside; whether the region goes on.
    fn start(&mut self, name: &LocalName) -> bool {
        if self.name != *name {
            return true;
        }
        if self.depth == 1 && CLOSED_BY_SIBLING.contains(&&**name) {
            return false;
        }
        self.depth += 1;
        true
    }

    /// Sees an end tag inside; whether the region goes on.
    fn end(&mut self, name: &LocalName) -> bool {
        self.depth -= usize::from(self.name == *name);
        self.depth > 0
    }
}

#[derive(Default)]
struct Extract {
    found: HtmlText,
    main_wanted: bool,
    is_page: bool,
    /// An element that is left out, and whether because it is hidden.
    skipped: Option<(Region, bool)>,
    /// An element that stands around the text.
    around: Option<Region>,
    /// What the page marks as the body of its article.
    article_body: Option<Region>,
    articles: usize,
    article_depth: usize,
    main_depth: usize,
    link_depth: usize,
    blocks: Vec<Block>,
    in_title: bool,
    in_heading: bool,
    is_xml: bool,
    pre_depth: usize,
    newline_due: bool,
    block_due: bool,
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
        if tag.kind == TagKind::EndTag {
            self.end(&tag.name);
            return TokenSinkResult::Continue;
        }
        self.start(tag);
        if self.is_xml && tag.self_closing {
            if !VOID.contains(&&*tag.name) {
                self.end(&tag.name);
            }
            return TokenSinkResult::Continue;
        }
        match &*tag.name {
            "script" => TokenSinkResult::RawData(RawKind::ScriptData),
            "style" | "xmp" | "iframe" | "noembed" | "noframes" => TokenSinkResult::RawData(RawKind::Rawtext),
            "title" | "textarea" => TokenSinkResult::RawData(RawKind::Rcdata),
            "plaintext" => TokenSinkResult::Plaintext,
            _ => TokenSinkResult::Continue,
        }
    }

    fn start(&mut self, tag: &Tag) {
        let name: &str = &tag.name;
        let is_void = VOID.contains(&name);
        if let Some((region, _)) = &mut self.skipped {
            if region.start(&tag.name) {
                return;
            }
            self.skipped = None;
        }
        let said = Said::of(tag);
        if !is_void && (said.hidden || UNSEEN.contains(&name)) && !(tag.self_closing && matches!(name, "svg" | "math"))
        {
            self.skipped = Some((Region::of(tag), said.hidden));
            return;
        }
        if self.main_wanted && !is_void {
            self.mark(tag, &said);
        }
        match name {
            "br" => self.newline(),
            "td" | "th" => self.space_due = true,
            "title" => self.in_title = true,
            "h1" | "h2" | "h3" => self.in_heading = self.found.heading.is_none(),
            "pre" | "textarea" | "listing" => self.pre_depth += 1,
            "html" => {
                self.is_page = true;
                self.found.lang = attribute(tag, "lang").map(str::to_owned).filter(|lang| lang.len() <= 35);
            }
            "body" => self.is_page = true,
            "a" | "area" => {
                self.link_depth = usize::from(name == "a");
                attribute(tag, "href").into_iter().for_each(|href| self.link(href));
            }
            "img" if !said.hidden => attribute(tag, "alt").into_iter().for_each(|alt| self.text(alt)),
            _ => {}
        }
        self.newline_due |= BLOCKS.binary_search(&name).is_ok();
    }

    /// Notes what the element says of the text in it.
    fn mark(&mut self, tag: &Tag, said: &Said) {
        for region in [&mut self.around, &mut self.article_body] {
            if region.as_mut().is_some_and(|region| !region.start(&tag.name)) {
                *region = None;
            }
        }
        match &*tag.name {
            "article" => {
                self.articles += usize::from(self.article_depth == 0);
                self.article_depth += 1;
            }
            "main" => self.main_depth += 1,
            "html" | "body" => {}
            name if self.around.is_none() && (said.around || is_around_element(name)) => {
                self.around = Some(Region::of(tag));
            }
            _ => {}
        }
        if said.article_body && self.article_body.is_none() {
            self.article_body = Some(Region::of(tag));
        }
    }

    fn end(&mut self, name: &LocalName) {
        let is_block = BLOCKS.binary_search(&&**name).is_ok();
        if let Some((region, _)) = &mut self.skipped {
            if !region.end(name) {
                self.skipped = None;
                self.newline_due |= is_block;
            }
            return;
        }
        if self.main_wanted {
            for region in [&mut self.around, &mut self.article_body] {
                if region.as_mut().is_some_and(|region| !region.end(name)) {
                    *region = None;
                }
            }
        }
        match &**name {
            "title" => self.in_title = false,
            "h1" | "h2" | "h3" => self.in_heading = false,
            "pre" | "textarea" | "listing" => self.pre_depth = self.pre_depth.saturating_sub(1),
            "article" => self.article_depth = self.article_depth.saturating_sub(1),
            "main" => self.main_depth = self.main_depth.saturating_sub(1),
            "a" => self.link_depth = 0,
            // Browsers read a stray end of a paragraph as an empty one.
            "br" => self.newline(),
            _ => {}
        }
        self.newline_due |= is_block;
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
        if let Some((_, hidden)) = &self.skipped {
            self.found.hidden_bytes += if *hidden { text.trim().len() } else { 0 };
            return;
        }
        if self.in_title {
            self.found.title.get_or_insert_default().push_str(text);
            return;
        }
        if self.in_heading {
            self.found.heading.get_or_insert_default().push_str(text);
        }
        let bytes = text.as_bytes();
        let (mut start, mut at) = (0, 0);
        while let Some(&byte) = bytes.get(at) {
            // A no-break space and a soft hyphen, which splits a word that the reader sees whole.
            let length = match byte {
                b' ' | b'\t' | b'\n' | b'\r' | 0x0c => 1,
                0xc2 if matches!(bytes.get(at + 1), Some(0xa0 | 0xad)) => 2,
                _ => {
                    at += 1;
                    continue;
                }
            };
            self.word(text.get(start..at).unwrap_or_default());
            if byte == b'\n' && self.pre_depth > 0 {
                self.newline();
            } else if bytes.get(at + 1) != Some(&0xad) || byte != 0xc2 {
                self.space_due = true;
            }
            at += length;
            start = at;
        }
        self.word(text.get(start..).unwrap_or_default());
    }

    /// Adds characters without white space.
    fn word(&mut self, word: &str) {
        if word.is_empty() {
            return;
        }
        let text = &mut self.found.text;
        if text.len() >= TEXT_BYTES_MAX {
            self.found.cut = true;
            return;
        }
        let is_start = text.is_empty() || text.ends_with('\n');
        let begins = mem::take(&mut self.newline_due) && !is_start;
        let spaced = mem::take(&mut self.space_due) && !is_start && !begins;
        if begins {
            text.push('\n');
        }
        if spaced {
            text.push(' ');
        }
        if self.main_wanted {
            if begins || self.blocks.is_empty() || self.block_due {
                self.block_due = false;
                self.blocks.push(Block {
                    start: text.len(),
                    linked: 0,
                    around: self.around.is_some(),
                    article: (self.article_depth > 0).then_some(self.articles),
                    in_main: self.main_depth > 0,
                    in_body: self.article_body.is_some(),
                });
            }
            if self.link_depth > 0
                && let Some(block) = self.blocks.last_mut()
            {
                block.linked += word.len() + usize::from(spaced);
            }
        }
        text.push_str(word);
    }

    fn newline(&mut self) {
        self.space_due = false;
        // What follows a break after a block that ended is a block of its own.
        self.block_due |= mem::take(&mut self.newline_due);
        if !self.found.text.is_empty() && !self.found.text.ends_with("\n\n") {
            self.found.text.push('\n');
        }
    }

    fn finish(self) -> HtmlText {
        let mut found = self.found;
        truncate(&mut found.text, TEXT_BYTES_MAX);
        if self.main_wanted && self.is_page {
            let whole = mem::take(&mut found.text);
            found.text = main_text::main_text(&whole, &self.blocks);
            found.around_bytes = whole.len().saturating_sub(found.text.len());
        }
        found.text.truncate(found.text.trim_end().len());
        for name in [&mut found.title, &mut found.heading] {
            if let Some(words) = name {
                *words = words.split_whitespace().collect::<Vec<_>>().join(" ");
                truncate(words, TITLE_BYTES_MAX);
            }
            *name = name.take().filter(|words| !words.is_empty());
        }
        found
    }
}

fn attribute<'a>(tag: &'a Tag, name: &str) -> Option<&'a str> {
    tag.attrs.iter().find(|attribute| &*attribute.name.local == name).map(|attribute| &*attribute.value)
}

/// What the attributes of an element say of the text in it.
#[derive(Default)]
struct Said {
    /// Hidden by attribute or by its own style. Rules in style sheets are not followed.
    hidden: bool,
    around: bool,
    article_body: bool,
}

impl Said {
    fn of(tag: &Tag) -> Self {
        let mut said = Self::default();
        for attribute in &tag.attrs {
            let value: &str = &attribute.value;
            match &*attribute.name.local {
                "hidden" => said.hidden = true,
                "style" => said.hidden |= hides(value),
                "class" | "id" => said.around |= is_around_name(value),
                "role" => said.around |= is_around_role(value),
                "aria-hidden" => said.around |= value == "true",
                "itemprop" => said.article_body |= value == "articleBody",
                _ => {}
            }
        }
        // The page itself may carry such a word among others.
        said.around &= !matches!(&*tag.name, "html" | "body" | "main" | "article");
        said
    }
}

fn hides(style: &str) -> bool {
    let hides = |style: &str| style.contains("display:none") || style.contains("visibility:hidden");
    style.contains(['d', 'D', 'v', 'V']) && hides(&style.to_ascii_lowercase().replace([' ', '\t', '\n'], ""))
}

#[cfg(test)]
mod tests;
