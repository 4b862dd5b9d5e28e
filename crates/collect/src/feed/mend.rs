//! Feeds that are nearly right, written again so that a strict parser reads them: other encodings become UTF-8, what stands
//! before the first tag goes, HTML's named characters and bare `&` become what XML knows, and Atom 0.3 becomes Atom 1.0.
//! Only the parser sees this; exhibits are cut from the document as it came.

use std::collections::HashMap;

use encoding_rs::Encoding;
use scraper::Html;

/// Names of characters are short; anything longer after an `&` is text.
const NAME_BYTES_MAX: usize = 32;
/// Different names in one document; HTML has about two thousand.
const NAMES_MAX: usize = 2_500;
/// The name space of Atom 0.3, and that of Atom 1.0.
const ATOM_03: &str = "http://purl.org/atom/ns#";
const ATOM_10: &str = "http://www.w3.org/2005/Atom";
/// Elements of Atom 0.3 and what Atom 1.0 calls them.
const RENAMED: [(&str, &str); 3] = [("modified", "updated"), ("issued", "published"), ("tagline", "subtitle")];

/// Whether a document is of a kind that the parser would read and misunderstand.
pub(super) fn needs_mending(document: &[u8]) -> bool {
    memchr::memmem::find(document.get(..4_096).unwrap_or(document), ATOM_03.as_bytes()).is_some()
}

/// The document in a form that the parser understands better.
pub(super) fn mend(document: &[u8], charset: Option<&str>) -> String {
    let text = decoded(document, charset);
    let start = text.find('<').unwrap_or(0);
    let text = text.get(start..).unwrap_or_default();
    // The declaration may name an encoding that no longer holds.
    let text = match text.strip_prefix("<?xml").and_then(|rest| rest.split_once("?>")) {
        Some((_, rest)) => rest.trim_start(),
        None => text,
    };
    let mut text = characters(text);
    if text.contains(ATOM_03) {
        text = text.replace(ATOM_03, ATOM_10);
        for (old, new) in RENAMED {
            for (before, after) in [("<", ">"), ("<", " "), ("<", "/>"), ("</", ">")] {
                text = text.replace(&format!("{before}{old}{after}"), &format!("{before}{new}{after}"));
            }
        }
    }
    // The parser knows the short words of Atom only.
    for (long, short) in [("text/html", "html"), ("application/xhtml+xml", "xhtml"), ("text/plain", "text")] {
        for (element, quote) in
            ["title", "subtitle", "summary", "content", "rights"].iter().flat_map(|e| [(e, '"'), (e, '\'')])
        {
            let from = format!("<{element} type={quote}{long}{quote}");
            text = text.replace(&from, &format!("<{element} type={quote}{short}{quote}"));
        }
    }
    text
}

fn decoded(document: &[u8], charset: Option<&str>) -> String {
    let wide = match document {
        [0, b'<', ..] => Some(encoding_rs::UTF_16BE),
        [b'<', 0, ..] => Some(encoding_rs::UTF_16LE),
        _ => None,
    };
    let head = String::from_utf8_lossy(document.get(..256).unwrap_or(document)).into_owned();
    let declared = head.split_once("encoding=").and_then(|(_, after)| after.split(['"', '\'']).nth(1));
    let named = charset.or(declared).and_then(|name| Encoding::for_label(name.as_bytes()));
    let utf8 = std::str::from_utf8(document).is_ok();
    let encoding = wide.or(named.filter(|_| !utf8)).unwrap_or(if utf8 {
        encoding_rs::UTF_8
    } else {
        // What browsers take for text that is no UTF-8 and says nothing.
        encoding_rs::WINDOWS_1252
    });
    encoding.decode(document).0.into_owned()
}

/// Named characters of HTML as characters, and `&` that begin nothing as `&amp;`; CDATA and comments stay.
fn characters(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut names: HashMap<String, String> = HashMap::new();
    let mut rest = text;
    while let Some(at) = rest.find(['&', '<']) {
        let (before, after) = rest.split_at(at);
        out.push_str(before);
        let skip = match after {
            _ if after.starts_with("<![CDATA[") => after.find("]]>"),
            _ if after.starts_with("<!--") => after.find("-->"),
            _ if after.starts_with('<') => Some(0),
            _ => None,
        };
        let taken = match skip {
            Some(end) => {
                out.push_str(after.get(..=end).unwrap_or(after));
                end + 1
            }
            None if after.starts_with('&') => reference(after, &mut out, &mut names),
            None => {
                out.push_str(after);
                after.len()
            }
        };
        rest = after.get(taken..).unwrap_or_default();
    }
    out + rest
}

/// Writes what an `&` stands for and tells how many bytes it took.
fn reference(after: &str, out: &mut String, names: &mut HashMap<String, String>) -> usize {
    let name = after.get(1..).and_then(|rest| {
        let end = rest.bytes().take(NAME_BYTES_MAX).position(|byte| byte == b';')?;
        rest.get(..end).filter(|name| !name.is_empty())
    });
    let Some(name) = name else {
        out.push_str("&amp;");
        return 1;
    };
    let whole = name.len() + 2;
    let number = name.strip_prefix('#').map(|digits| match digits.strip_prefix(['x', 'X']) {
        Some(hex) => u32::from_str_radix(hex, 16),
        None => digits.parse(),
    });
    match number {
        Some(Ok(code)) => {
            // Windows' own codes between 128 and 159 are meant as browsers read them.
            let text = if (128..160).contains(&code) { html(&format!("&#{code};")) } else { format!("&#{code};") };
            out.push_str(&text);
            whole
        }
        _ if matches!(name, "amp" | "lt" | "gt" | "quot" | "apos") => {
            out.push_str(after.get(..whole).unwrap_or_default());
            whole
        }
        None if name.bytes().all(|byte| byte.is_ascii_alphanumeric()) && names.len() < NAMES_MAX => {
            let text = names.entry(name.to_owned()).or_insert_with(|| html(&format!("&{name};")));
            let known = !text.starts_with('&') && !text.contains('<');
            out.push_str(if known { text } else { "&amp;" });
            if known { whole } else { 1 }
        }
        _ => {
            out.push_str("&amp;");
            1
        }
    }
}

/// A character reference as browsers read it.
fn html(reference: &str) -> String {
    Html::parse_fragment(reference).root_element().text().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_that_xml_does_not_know_are_written_out() {
        for (given, expected) in [
            ("<a>x&nbsp;y &eacute;&amp;&lt; &#233;</a>", "<a>x\u{a0}y é&amp;&lt; &#233;</a>"),
            (
                "<a href='?a=1&b=2'>R&D &unknownname; &</a>",
                "<a href='?a=1&amp;b=2'>R&amp;D &amp;unknownname; &amp;</a>",
            ),
            ("<a><![CDATA[&nbsp; & ]]>&copy;<!-- & --></a>", "<a><![CDATA[&nbsp; & ]]>©<!-- & --></a>"),
            ("<a>&#151;&#X41;&#bad;</a>", "<a>—&#65;&amp;#bad;</a>"),
            ("<a><![CDATA[open &", "<a><![CDATA[open &"),
        ] {
            assert_eq!(characters(given), expected);
        }
    }

    #[test]
    fn other_encodings_become_utf_8_and_lose_their_declaration() {
        let wide: Vec<u8> =
            "<?xml version='1.0' encoding='utf-16'?><a>é</a>".encode_utf16().flat_map(u16::to_be_bytes).collect();
        assert_eq!(mend(&wide, None), "<a>é</a>");
        assert_eq!(mend(b" \n<?xml version=\"1.0\" encoding=\"windows-1251\"?>\n<a>\xcf</a>", None), "<a>П</a>");
        assert_eq!(mend(b"<a>\xe9\x97</a>", None), "<a>é—</a>");
    }

    #[test]
    fn atom_0_3_becomes_atom_1_0() {
        let old = format!(
            "<feed version=\"0.3\" xmlns=\"{ATOM_03}\"><entry><title type=\"text/html\">a</title><issued>b</issued></entry></feed>"
        );
        assert!(needs_mending(old.as_bytes()));
        let new = format!(
            "<feed version=\"0.3\" xmlns=\"{ATOM_10}\"><entry><title type=\"html\">a</title><published>b</published></entry></feed>"
        );
        assert_eq!(mend(old.as_bytes(), None), new);
    }
}
