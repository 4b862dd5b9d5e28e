//! The main text of a page, written again as plain HTML: headings, paragraphs, list items and links, without attributes,
//! scripts, menus and advertisements. What changes with every visit (nonces, trackers, menus, counters beside the text) is
//! not in it, so that it changes when the text does.
//!
//! The page is read as a tree here, in the collecting process, because a version can only be told by its main text. Size
//! and number of elements are limited; nothing is executed or fetched. Its text is read again in the sandbox, like all HTML.

use scraper::{ElementRef, Html, Node, Selector};
use url::Url;
use vedette_core::page::{is_around_element, is_around_name, is_around_role};

use crate::folder::cut_text;

/// Bytes of a page that is read; larger ones are data and not text.
const PAGE_BYTES_MAX: usize = 8 * 1024 * 1024;
/// Tags of a page: the longest honest articles with comments have some ten thousand.
const TAGS_MAX: usize = 60_000;
/// Characters from which a block is taken for text and not for a caption or a button.
const BLOCK_CHARS_MIN: usize = 25;
/// Characters from which a part of the page is taken for its main text.
const MAIN_CHARS_MIN: usize = 140;
/// Links and files that are remembered of one page.
const LINKS_MAX: usize = 2_000;
/// Elements that hold no text of the page.
const LEFT_OUT: [&str; 10] =
    ["script", "style", "noscript", "template", "iframe", "svg", "object", "embed", "canvas", "head"];
/// Parts of a query that follow a reader around and say nothing about the page.
const TRACKERS: [&str; 7] = ["fbclid", "gclid", "mc_cid", "mc_eid", "ref_src", "igshid", "yclid"];

/// What a page says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct MainText {
    pub(crate) title: Option<String>,
    /// Plain HTML, absolute links.
    pub(crate) html: String,
    /// Language of the page as it says.
    pub(crate) lang: Option<String>,
    /// When it says that it was published.
    pub(crate) published: Option<jiff::Timestamp>,
    /// Pictures, films and PDF files of the main text.
    pub(crate) files: Vec<Url>,
    /// Links of the whole page: the address, and whether it stands in a heading or an article.
    pub(crate) links: Vec<(Url, bool)>,
}

/// Reads a page. `address` is where it came from.
pub(crate) fn read(page: &str, address: &Url) -> Result<MainText, String> {
    if page.len() > PAGE_BYTES_MAX || memchr::memchr_iter(b'<', page.as_bytes()).count() > TAGS_MAX {
        return Err(format!("it has {} bytes and more mark-up than a text has", page.len()));
    }
    let html = Html::parse_document(page);
    let root = html.root_element();
    let base = one(root, "base[href]").and_then(|base| address.join(base.attr("href")?).ok());
    let base = base.unwrap_or_else(|| address.clone());
    let main = main_part(root);
    let mut writer = Writer { base: &base, out: String::new(), line: String::new(), files: Vec::new() };
    writer.element(main);
    writer.end_line("p");
    let (out, mut files) = (writer.out, writer.files);
    let mut seen = std::collections::HashSet::new();
    files.retain(|url| seen.insert(url.clone()));
    Ok(MainText {
        title: title(root),
        html: out,
        lang: root.attr("lang").map(|lang| cut_text(lang.trim().to_owned(), 35)).filter(|lang| !lang.is_empty()),
        published: meta(root, "article:published_time").and_then(|time| time.parse().ok()),
        files,
        links: links(root, &base),
    })
}

fn all<'a>(root: ElementRef<'a>, selector: &str) -> Vec<ElementRef<'a>> {
    let selector = Selector::parse(selector).expect("our selectors are fixed and tested");
    root.select(&selector).collect()
}

fn one<'a>(root: ElementRef<'a>, selector: &str) -> Option<ElementRef<'a>> {
    all(root, selector).into_iter().next()
}

fn meta(root: ElementRef<'_>, property: &str) -> Option<String> {
    let found = one(root, &format!("meta[property=\"{property}\"][content]"))?;
    found.attr("content").map(|text| text.trim().to_owned()).filter(|text| !text.is_empty())
}

fn title(root: ElementRef<'_>) -> Option<String> {
    let own = || one(root, "title").map(|title| squeezed(&title.text().collect::<String>()));
    meta(root, "og:title").or_else(own).filter(|title| !title.is_empty()).map(|title| cut_text(title, 2_000))
}

fn squeezed(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Whether an element stands around the text: a menu, an advertisement, something hidden.
fn is_around(element: ElementRef<'_>) -> bool {
    let value = element.value();
    if LEFT_OUT.contains(&value.name()) || value.attr("hidden").is_some() || value.attr("aria-hidden") == Some("true") {
        return true;
    }
    if value.attr("style").is_some_and(|style| style.replace(' ', "").to_ascii_lowercase().contains("display:none")) {
        return true;
    }
    if is_around_element(value.name()) || value.attr("role").is_some_and(is_around_role) {
        return true;
    }
    // The page itself may carry such a word among others.
    !matches!(value.name(), "html" | "body" | "main" | "article")
        && value.attr("class").into_iter().chain(value.attr("id")).any(is_around_name)
}

/// Characters of text in an element that is not around it, and how many of them are in links.
fn weigh(element: ElementRef<'_>) -> (usize, usize) {
    let (mut all, mut linked) = (0, 0);
    // A list of what is open instead of recursion: depth is the page's choice.
    let mut open = vec![(element, false)];
    while let Some((element, in_link)) = open.pop() {
        if is_around(element) {
            continue;
        }
        let in_link = in_link || element.value().name() == "a";
        for child in element.children() {
            if let Some(child) = ElementRef::wrap(child) {
                open.push((child, in_link));
            } else if let Node::Text(text) = child.value() {
                let chars = text.split_whitespace().map(|word| word.chars().count()).sum::<usize>();
                all += chars;
                linked += if in_link { chars } else { 0 };
            }
        }
    }
    (all, linked)
}

/// The part of the page that holds its text: what the page marks as such, else what holds most paragraphs, else all.
fn main_part(root: ElementRef<'_>) -> ElementRef<'_> {
    let own = |element: &ElementRef<'_>| {
        let (all, linked) = weigh(*element);
        all.saturating_sub(linked)
    };
    for marked in ["[itemprop=articleBody]", "article", "main, [role=main]"] {
        let parts = all(root, marked);
        // Several articles are a list; then the part around them is the text.
        if parts.len() == 1 || marked.starts_with("main") {
            let best = parts.into_iter().map(|part| (own(&part), part)).max_by_key(|(chars, _)| *chars);
            if let Some((chars, part)) = best
                && chars >= MAIN_CHARS_MIN
            {
                return part;
            }
        }
    }
    let mut scores: Vec<(ElementRef<'_>, usize)> = Vec::new();
    for block in all(root, "p, blockquote, pre") {
        let around = block.ancestors().filter_map(ElementRef::wrap).any(is_around) || is_around(block);
        let chars = if around { 0 } else { own(&block) };
        if chars < BLOCK_CHARS_MIN {
            continue;
        }
        let above = block.ancestors().filter_map(ElementRef::wrap).take(2);
        for (parent, weight) in above.zip([2, 1]) {
            match scores.iter().position(|(known, _)| known.id() == parent.id()) {
                Some(at) => {
                    if let Some((_, score)) = scores.get_mut(at) {
                        *score += chars * weight;
                    }
                }
                None if scores.len() < LINKS_MAX => scores.push((parent, chars * weight)),
                None => {}
            }
        }
    }
    let best = scores.into_iter().max_by_key(|(_, score)| *score);
    best.filter(|(_, score)| *score >= 2 * MAIN_CHARS_MIN)
        .map(|(part, _)| part)
        .or_else(|| one(root, "body"))
        .unwrap_or(root)
}

/// Writes the plain HTML.
struct Writer<'a> {
    base: &'a Url,
    out: String,
    line: String,
    files: Vec<Url>,
}

enum Step<'a> {
    Open(ElementRef<'a>),
    Text(&'a str),
    Block(&'static str),
    Inline(&'static str),
}

impl Writer<'_> {
    fn element(&mut self, root: ElementRef<'_>) {
        let mut steps = vec![Step::Open(root)];
        while let Some(step) = steps.pop() {
            match step {
                Step::Text(text) => self.text(text),
                Step::Block(name) => self.end_line(name),
                Step::Inline(mark) => self.line.push_str(mark),
                Step::Open(element) if is_around(element) => {}
                Step::Open(element) => self.open(element, &mut steps),
            }
        }
    }

    fn open<'b>(&mut self, element: ElementRef<'b>, steps: &mut Vec<Step<'b>>) {
        let name = element.value().name();
        self.file(element, name);
        if let ("time", Some(when)) = (name, element.attr("datetime")) {
            // "three hours ago" is another text at each visit; the time is not.
            self.text(when);
            return;
        }
        let block = match name {
            "h1" => Some("h1"),
            "h2" => Some("h2"),
            "h3" | "h4" | "h5" | "h6" => Some("h3"),
            "li" => Some("li"),
            "blockquote" => Some("blockquote"),
            "p" | "div" | "section" | "article" | "main" | "ul" | "ol" | "table" | "tr" | "td" | "th" | "pre"
            | "figure" | "figcaption" | "header" | "br" | "hr" | "dl" | "dt" | "dd" | "body" | "details"
            | "summary" | "address" | "center" => Some("p"),
            _ => None,
        };
        if let Some(block) = block {
            self.end_line("p");
            steps.push(Step::Block(block));
        }
        if name == "a"
            && let Some(url) = element.attr("href").and_then(|href| plain_link(self.base, href))
        {
            self.line.push_str(&format!("<a href=\"{}\">", escaped(url.as_str())));
            steps.push(Step::Inline("</a>"));
        }
        let children: Vec<_> = element.children().collect();
        for child in children.into_iter().rev() {
            if let Some(element) = ElementRef::wrap(child) {
                steps.push(Step::Open(element));
            } else if let Node::Text(text) = child.value() {
                steps.push(Step::Text(text));
            }
        }
    }

    fn text(&mut self, text: &str) {
        let starts = text.starts_with(char::is_whitespace);
        let squeezed = squeezed(text);
        if (starts || squeezed.is_empty()) && !self.line.is_empty() && !self.line.ends_with(' ') {
            self.line.push(' ');
        }
        self.line.push_str(&escaped(&squeezed));
        if text.ends_with(char::is_whitespace) && !squeezed.is_empty() {
            self.line.push(' ');
        }
    }

    fn end_line(&mut self, name: &str) {
        let line = std::mem::take(&mut self.line);
        let line = line.trim();
        if !line.is_empty() {
            self.out.push_str(&format!("<{name}>{line}</{name}>\n"));
        }
    }

    fn file(&mut self, element: ElementRef<'_>, name: &str) {
        let address = match name {
            "img" => element.attr("src").filter(|src| !src.starts_with("data:")).or_else(|| element.attr("data-src")),
            "video" | "audio" | "source" => element.attr("src"),
            "a" => element.attr("href").filter(|href| {
                href.split(['?', '#']).next().unwrap_or_default().to_ascii_lowercase().ends_with(".pdf")
            }),
            _ => None,
        };
        let url = address.and_then(|address| self.base.join(address.trim()).ok());
        if let Some(mut url) = url.filter(|url| matches!(url.scheme(), "http" | "https"))
            && self.files.len() < LINKS_MAX
        {
            url.set_fragment(None);
            self.files.push(url);
        }
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// A link without what follows readers around.
fn plain_link(base: &Url, href: &str) -> Option<Url> {
    let mut url = base.join(href.trim()).ok().filter(|url| matches!(url.scheme(), "http" | "https"))?;
    url.set_fragment(None);
    let kept: Vec<(String, String)> = url
        .query_pairs()
        .filter(|(key, _)| !key.starts_with("utm_") && !TRACKERS.contains(&key.as_ref()))
        .map(|(key, value)| (key.into_owned(), value.into_owned()))
        .collect();
    if url.query().is_some() && kept.len() != url.query_pairs().count() {
        url.set_query(None);
        if !kept.is_empty() {
            url.query_pairs_mut().extend_pairs(kept);
        }
    }
    Some(url)
}

fn links(root: ElementRef<'_>, base: &Url) -> Vec<(Url, bool)> {
    let of_article = |element: ElementRef<'_>| {
        let mut above = element.ancestors().filter_map(ElementRef::wrap).take(6);
        above.any(|above| matches!(above.value().name(), "h1" | "h2" | "h3" | "h4" | "article"))
    };
    all(root, "a[href]")
        .into_iter()
        .take(LINKS_MAX)
        .filter_map(|link| Some((plain_link(base, link.attr("href")?)?, of_article(link))))
        .collect()
}

#[cfg(test)]
#[path = "main_text_tests.rs"]
mod tests;
