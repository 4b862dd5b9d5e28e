//! The exact bytes of each entry of a feed, found without interpreting them: these are the exhibits. Documents that
//! declare entities or nest without end are refused here, before a parser sees them.

use serde::Deserialize;
use serde_json::value::RawValue;

/// Elements within elements; honest feeds have about ten.
const DEPTH_MAX: usize = 256;

/// What kind of document a feed is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// `<rss>` or `<rdf:RDF>`.
    Rss,
    /// `<feed>` or a single `<entry>`.
    Atom,
    /// JSON Feed.
    Json,
}

impl Form {
    /// Media type of a slice.
    pub(crate) fn media_type(self) -> &'static str {
        match self {
            Self::Rss => "application/rss+xml",
            Self::Atom => "application/atom+xml",
            Self::Json => "application/feed+json",
        }
    }
}

/// A document that was cut up.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Sliced<'a> {
    pub(crate) form: Form,
    pub(crate) entries: Vec<&'a [u8]>,
    /// Encoding that the XML declaration names, when it is not UTF-8.
    pub(crate) charset: Option<String>,
    /// Where the tag of the root element stands.
    root: (usize, usize),
}

impl Sliced<'_> {
    /// The document with its `<rss>` saying version 2.0. Many publishers state another version or none and mean this
    /// one; exhibits are cut from the document as it came.
    pub(crate) fn as_rss_2(&self, document: &[u8]) -> Option<Vec<u8>> {
        let (start, end) = self.root;
        let attributes = std::str::from_utf8(document.get(start..end)?).ok()?.strip_prefix("<rss")?;
        let attributes = match attributes.find("version") {
            Some(at) => {
                let (before, after) = attributes.split_at(at);
                let mut parts = after.splitn(3, ['"', '\'']);
                let rest = parts.nth(2)?;
                format!("{before}{rest}")
            }
            None => attributes.to_owned(),
        };
        let tag = format!("<rss version=\"2.0\" {}", attributes.trim_start());
        Some([document.get(..start)?, tag.as_bytes(), document.get(end..)?].concat())
    }
}

/// Why a document is not looked at any further.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Refused {
    /// Its DOCTYPE declares entities.
    EntityDeclaration,
    /// Its elements are nested too deep.
    TooDeep,
}

/// Cuts a document into its entries. `Ok(None)` means that the slicer cannot follow it (another encoding, broken
/// mark-up); the parser decides what it is then.
pub(crate) fn slice(bytes: &[u8]) -> Result<Option<Sliced<'_>>, Refused> {
    let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    if text.trim_ascii_start().starts_with(b"{") {
        return Ok(json(text));
    }
    if is_wide(bytes) {
        // UTF-16: only the danger is looked for, in the letters that ASCII and UTF-16 share.
        let narrow: Vec<u8> = bytes.iter().copied().filter(|byte| *byte != 0).collect();
        let start = memchr::memchr(b'<', &narrow).unwrap_or(narrow.len());
        return Scanner::new(narrow.get(start..).unwrap_or_default()).run().map(|_| None);
    }
    Scanner::new(bytes).run()
}

fn is_wide(bytes: &[u8]) -> bool {
    matches!(bytes, [0xff, 0xfe, ..] | [0xfe, 0xff, ..] | [0, b'<', ..] | [b'<', 0, ..])
}

#[derive(Deserialize)]
struct JsonItems<'a> {
    #[serde(borrow)]
    items: Vec<&'a RawValue>,
}

fn json(text: &[u8]) -> Option<Sliced<'_>> {
    let feed: JsonItems<'_> = serde_json::from_slice(text).ok()?;
    let entries = feed.items.into_iter().map(|item| item.get().as_bytes()).collect();
    Some(Sliced { form: Form::Json, entries, charset: None, root: (0, 0) })
}

struct Scanner<'a> {
    bytes: &'a [u8],
    at: usize,
    depth: usize,
    form: Option<Form>,
    /// Where the entry that we are in began, and the depth of its element.
    open: Option<(usize, usize)>,
    entries: Vec<&'a [u8]>,
    charset: Option<String>,
    root: (usize, usize),
}

impl<'a> Scanner<'a> {
    fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0, depth: 0, form: None, open: None, entries: Vec::new(), charset: None, root: (0, 0) }
    }

    fn run(mut self) -> Result<Option<Sliced<'a>>, Refused> {
        while let Some(next) = memchr::memchr(b'<', self.rest()) {
            self.at += next;
            let rest = self.rest();
            let end = if rest.starts_with(b"<!--") {
                self.after(b"-->")
            } else if rest.starts_with(b"<![CDATA[") {
                self.after(b"]]>")
            } else if rest.starts_with(b"<?") {
                let end = self.after(b"?>");
                self.declaration(end);
                end
            } else if rest.get(..9).is_some_and(|start| start.eq_ignore_ascii_case(b"<!DOCTYPE")) {
                self.doctype()?
            } else {
                self.tag()?
            };
            match end {
                Some(end) => self.at = end,
                None => return Ok(None),
            }
        }
        let sliced = |form| Sliced { form, entries: self.entries, charset: self.charset, root: self.root };
        Ok(self.form.filter(|_| self.depth == 0 && self.open.is_none()).map(sliced))
    }

    fn rest(&self) -> &'a [u8] {
        self.bytes.get(self.at..).unwrap_or_default()
    }

    /// Just after the next `mark`.
    fn after(&self, mark: &[u8]) -> Option<usize> {
        memchr::memmem::find(self.rest(), mark).map(|found| self.at + found + mark.len())
    }

    fn declaration(&mut self, end: Option<usize>) {
        let Some(text) = end.and_then(|end| self.bytes.get(self.at..end)) else { return };
        let Some(after) = text
            .strip_prefix(b"<?xml")
            .and_then(|text| memchr::memmem::find(text, b"encoding").and_then(|found| text.get(found + 8..)))
        else {
            return;
        };
        let name: String = after
            .iter()
            .skip_while(|byte| matches!(byte, b'=' | b' ' | b'"' | b'\''))
            .take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'))
            .take(40)
            .map(|byte| char::from(*byte).to_ascii_lowercase())
            .collect();
        self.charset = Some(name).filter(|name| !name.is_empty() && name != "utf-8");
    }

    /// The end of a DOCTYPE; declared entities refuse the document.
    fn doctype(&self) -> Result<Option<usize>, Refused> {
        let rest = self.rest();
        let (mut quote, mut brackets, mut at) = (None, 0usize, 0usize);
        while let Some(byte) = rest.get(at) {
            match (quote, byte) {
                (None, b'<') if rest.get(at..at + 8).is_some_and(|d| d.eq_ignore_ascii_case(b"<!ENTITY")) => {
                    return Err(Refused::EntityDeclaration);
                }
                (None, b'<') if rest.get(at..at + 4) == Some(b"<!--") => {
                    let Some(end) = rest.get(at..).and_then(|rest| memchr::memmem::find(rest, b"-->")) else {
                        return Ok(None);
                    };
                    at += end + 2;
                }
                (None, b'"' | b'\'') => quote = Some(*byte),
                (Some(open), byte) if open == *byte => quote = None,
                (None, b'[') => brackets += 1,
                (None, b']') => brackets = brackets.saturating_sub(1),
                (None, b'>') if brackets == 0 => return Ok(Some(self.at + at + 1)),
                _ => {}
            }
            at += 1;
        }
        // Unfinished: a quote that never closes must not hide a declaration.
        let hidden = rest.windows(8).any(|part| part.eq_ignore_ascii_case(b"<!ENTITY"));
        if hidden { Err(Refused::EntityDeclaration) } else { Ok(None) }
    }

    /// One start or end tag.
    fn tag(&mut self) -> Result<Option<usize>, Refused> {
        let Some(length) = tag_length(self.rest()) else { return Ok(None) };
        let tag = self.rest().get(1..length - 1).unwrap_or_default();
        let end = self.at + length;
        if tag.first() == Some(&b'/') {
            let Some(depth) = self.depth.checked_sub(1) else { return Ok(None) };
            self.depth = depth;
            if let Some((start, opened_at)) = self.open
                && opened_at == depth
            {
                self.entries.extend(self.bytes.get(start..end));
                self.open = None;
            }
            return Ok(Some(end));
        }
        let alone = tag.last() == Some(&b'/');
        let name = local_name(tag);
        if self.depth == 0 && self.form.is_none() {
            self.root = (self.at, end);
            self.form = match name {
                b"rss" | b"RDF" => Some(Form::Rss),
                b"feed" | b"entry" => Some(Form::Atom),
                _ => return Ok(None),
            };
        }
        let wanted: &[u8] = if self.form == Some(Form::Atom) { b"entry" } else { b"item" };
        if self.open.is_none() && self.depth <= 2 && name == wanted {
            if alone {
                self.entries.extend(self.bytes.get(self.at..end));
            } else {
                self.open = Some((self.at, self.depth));
            }
        }
        if !alone {
            self.depth += 1;
        }
        if self.depth > DEPTH_MAX { Err(Refused::TooDeep) } else { Ok(Some(end)) }
    }
}

/// Length of a tag up to its `>`, which may stand in quotes before.
fn tag_length(rest: &[u8]) -> Option<usize> {
    let mut quote = None;
    for (at, byte) in rest.iter().enumerate() {
        match (quote, byte) {
            (None, b'>') => return Some(at + 1),
            (None, b'"' | b'\'') => quote = Some(*byte),
            (Some(open), byte) if open == *byte => quote = None,
            _ => {}
        }
    }
    None
}

fn local_name(tag: &[u8]) -> &[u8] {
    let end = tag.iter().position(|byte| byte.is_ascii_whitespace() || *byte == b'/').unwrap_or(tag.len());
    let name = tag.get(..end).unwrap_or_default();
    name.iter().rposition(|byte| *byte == b':').and_then(|colon| name.get(colon + 1..)).unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(document: &str) -> Option<Vec<String>> {
        let sliced = slice(document.as_bytes()).unwrap()?;
        Some(sliced.entries.iter().map(|entry| String::from_utf8_lossy(entry).into_owned()).collect())
    }

    #[test]
    fn entries_are_cut_exactly() {
        for (document, expected) in [
            (
                "<rss version='2.0'><channel><title>t</title><item><a/></item> <item>b</item></channel></rss>",
                Some(vec!["<item><a/></item>", "<item>b</item>"]),
            ),
            (
                "<?xml version='1.0'?><!-- <item> --><rdf:RDF><item rdf:about='x>y'>1</item></rdf:RDF>",
                Some(vec!["<item rdf:about='x>y'>1</item>"]),
            ),
            (
                "<feed xmlns='a'><entry ><content><entry>in</entry></content></entry><entry/></feed>",
                Some(vec!["<entry ><content><entry>in</entry></content></entry>", "<entry/>"]),
            ),
            ("<atom:feed><atom:entry>x</atom:entry></atom:feed>", Some(vec!["<atom:entry>x</atom:entry>"])),
            ("<entry>alone</entry>", Some(vec!["<entry>alone</entry>"])),
            (
                "<rss><channel><item><![CDATA[</item>]]><!-- </item> --></item></channel></rss>",
                Some(vec!["<item><![CDATA[</item>]]><!-- </item> --></item>"]),
            ),
            ("<rss><channel></channel></rss>", Some(vec![])),
            (
                "\u{feff}{\"items\":[ {\"id\":\"1\"} ,{\"id\" : \"2\"}]}",
                Some(vec!["{\"id\":\"1\"}", "{\"id\" : \"2\"}"]),
            ),
            ("<rss><channel><item>", None),
            ("<rss><channel></channel></rss></rss>", None),
            ("<html><item>x</item></html>", None),
            ("{\"items\":7}", None),
            ("", None),
            ("<rss a='", None),
        ] {
            let expected = expected.map(|list| list.into_iter().map(str::to_owned).collect::<Vec<_>>());
            assert_eq!(cut(document), expected, "{document}");
        }
    }

    #[test]
    fn documents_that_declare_entities_are_refused_and_plain_doctypes_are_not() {
        for (document, refused) in [
            ("<!DOCTYPE rss [<!ENTITY a 'b'>]><rss><channel/></rss>", true),
            ("<!doctype rss [ <!entity % a SYSTEM 'file:///etc/passwd'> ]><rss/>", true),
            ("<?xml version='1.0'?><!--x--><!DOCTYPE lolz [<!-- > --><!ENTITY lol 'lol'>]><rss/>", true),
            ("<!DOCTYPE rss [<!ELEMENT rss \"'> <!ENTITY a 'b'>]><rss/>", true),
            ("<!DOCTYPE rss PUBLIC '-//Netscape//DTD RSS 0.91//EN' 'http://x/rss.dtd'><rss><channel/></rss>", false),
            ("<rss><channel><item><![CDATA[<!DOCTYPE a [<!ENTITY b 'c'>]>]]></item></channel></rss>", false),
        ] {
            assert_eq!(slice(document.as_bytes()) == Err(Refused::EntityDeclaration), refused, "{document}");
            let wide: Vec<u8> =
                [0xfeffu16].into_iter().chain(document.encode_utf16()).flat_map(u16::to_le_bytes).collect();
            assert_eq!(slice(&wide) == Err(Refused::EntityDeclaration), refused, "UTF-16 {document}");
        }
    }

    #[test]
    fn another_version_of_rss_is_read_as_2_0() {
        for (document, expected) in [
            (
                "<?xml?><rss a='1' version='0.93' b=\"2\"><channel/></rss>",
                "<?xml?><rss version=\"2.0\" a='1'  b=\"2\"><channel/></rss>",
            ),
            ("<rss><channel/></rss>", "<rss version=\"2.0\" ><channel/></rss>"),
        ] {
            let sliced = slice(document.as_bytes()).unwrap().unwrap();
            assert_eq!(String::from_utf8(sliced.as_rss_2(document.as_bytes()).unwrap()).unwrap(), expected);
        }
        let atom = "<feed></feed>";
        assert_eq!(slice(atom.as_bytes()).unwrap().unwrap().as_rss_2(atom.as_bytes()), None);
    }

    #[test]
    fn a_document_nested_without_end_is_refused() {
        let deep = format!("<rss>{}", "<a>".repeat(DEPTH_MAX + 1));
        assert_eq!(slice(deep.as_bytes()), Err(Refused::TooDeep));
    }

    #[test]
    fn the_declared_encoding_is_remembered() {
        let document = "<?xml version=\"1.0\" encoding=\"windows-1251\"?><rss><channel/></rss>";
        assert_eq!(slice(document.as_bytes()).unwrap().unwrap().charset.as_deref(), Some("windows-1251"));
        let document = "<?xml version='1.0' encoding='UTF-8'?><rss><channel/></rss>";
        assert_eq!(slice(document.as_bytes()).unwrap().unwrap().charset, None);
    }
}
