//! XML of documents, read piece by piece: no tree, no entities but the five of XML, no document type that defines any, and
//! limits on bytes, depth and pieces.

use std::borrow::Cow;

use quick_xml::Reader;
use quick_xml::escape::unescape;
use quick_xml::events::{BytesStart, Event};

use crate::FileFault;
use crate::decode::decode_declared;
use crate::limits::{XML_BYTES_MAX, XML_DEPTH_MAX, XML_PIECES_MAX};

/// A piece of XML.
pub(super) enum Piece<'a> {
    /// An element begins.
    Start(Tag<'a>),
    /// An element ends; its name without prefix.
    End(&'a str),
    /// Characters, entities resolved.
    Text(&'a str),
}

/// The start of an element.
pub(super) struct Tag<'a> {
    start: &'a BytesStart<'a>,
}

impl Tag<'_> {
    /// Name without prefix.
    pub(super) fn name(&self) -> &str {
        local(self.start.name().0)
    }

    /// Value of the attribute of this name, whatever its prefix.
    pub(super) fn attribute(&self, name: &str) -> Option<String> {
        self.attributes(name).into_iter().next()
    }

    /// Values of all attributes of this name, which prefixes tell apart.
    pub(super) fn attributes(&self, name: &str) -> Vec<String> {
        let all = self.start.attributes().flatten().filter(|attribute| local(attribute.key.0) == name);
        all.map(|attribute| unescape(&attribute.value).map_or_else(|_| attribute.value.to_string(), Cow::into_owned))
            .collect()
    }

    /// Value of the attribute of this name as a number.
    pub(super) fn number(&self, name: &str) -> Option<usize> {
        self.attribute(name)?.trim().parse().ok()
    }
}

fn local(name: &str) -> &str {
    name.rsplit_once(':').map_or(name, |(_, local)| local)
}

/// Shows every piece of `bytes` to `visit`. `what` names the part in faults.
///
/// # Errors
/// `Hostile` for entities of its own and for depth, `TooLarge` for length, `Damaged` for broken XML, and those of `visit`.
pub(super) fn walk(
    bytes: &[u8],
    what: &str,
    mut visit: impl FnMut(Piece<'_>) -> Result<(), FileFault>,
) -> Result<(), FileFault> {
    if bytes.len() > XML_BYTES_MAX {
        return Err(FileFault::TooLarge(format!("`{what}` has {} bytes", bytes.len())));
    }
    let decoded = decode_declared(bytes, Some(encoding_rs::UTF_8), XML_BYTES_MAX);
    let mut reader = Reader::from_str(decoded.text.trim_start_matches('\u{feff}'));
    // Office programs write sound XML; a mismatched end is damage that need not cost the text before it.
    reader.config_mut().check_end_names = false;
    reader.config_mut().allow_unmatched_ends = true;
    let mut depth = 0_usize;
    for _ in 0..XML_PIECES_MAX {
        let event = reader.read_event().map_err(|error| damaged(what, &error))?;
        match event {
            Event::Start(start) => {
                depth += 1;
                if depth > XML_DEPTH_MAX {
                    return Err(FileFault::Hostile(format!("`{what}` nests over {XML_DEPTH_MAX} elements")));
                }
                visit(Piece::Start(Tag { start: &start }))?;
            }
            Event::Empty(start) => {
                visit(Piece::Start(Tag { start: &start }))?;
                visit(Piece::End(local(start.name().0)))?;
            }
            Event::End(end) => {
                depth = depth.saturating_sub(1);
                visit(Piece::End(local(end.name().0)))?;
            }
            Event::Text(text) => visit(Piece::Text(&text.into_inner()))?,
            Event::CData(text) => visit(Piece::Text(&text.into_inner()))?,
            Event::GeneralRef(reference) => {
                let resolved = reference.resolve_char_ref().ok().flatten();
                match resolved {
                    Some(c) => visit(Piece::Text(c.encode_utf8(&mut [0; 4])))?,
                    None => visit(Piece::Text(&entity(&reference.into_inner())))?,
                }
            }
            Event::DocType(definition) if definition.contains("<!ENTITY") => {
                return Err(FileFault::Hostile(format!("`{what}` defines entities of its own, as bombs do")));
            }
            Event::Eof => return Ok(()),
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_) => {}
        }
    }
    Err(FileFault::TooLarge(format!("`{what}` has over {XML_PIECES_MAX} tags and texts")))
}

fn damaged(what: &str, error: &quick_xml::Error) -> FileFault {
    match error {
        quick_xml::Error::Syntax(syntax) => FileFault::Truncated(format!("`{what}` breaks off: {syntax}")),
        other => FileFault::Damaged(format!("`{what}`: {other}")),
    }
}

/// One of the five entities of XML (section 4.6); others stand as they are, for nothing defines them.
fn entity(name: &str) -> Cow<'static, str> {
    match name {
        "lt" => "<".into(),
        "gt" => ">".into(),
        "amp" => "&".into(),
        "quot" => "\"".into(),
        "apos" => "'".into(),
        other => format!("&{other};").into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(xml: &[u8]) -> Result<String, FileFault> {
        let mut told = String::new();
        walk(xml, "test.xml", |piece| {
            match piece {
                Piece::Start(tag) => {
                    told.push_str(&format!("<{} {}>", tag.name(), tag.attribute("val").unwrap_or_default()));
                }
                Piece::End(name) => told.push_str(&format!("</{name}>")),
                Piece::Text(text) => told.push_str(text),
            }
            Ok(())
        })?;
        Ok(told)
    }

    #[test]
    fn pieces_come_in_order_without_prefixes() {
        let xml =
            "<?xml version='1.0'?><!DOCTYPE a><w:a w:val='1 &lt; 2'>x &amp; y&#x627;<b/><![CDATA[<c>]]>&nbsp;</w:a>";
        assert_eq!(told(xml.as_bytes()).expect("it is XML"), "<a 1 < 2>x & yا<b ></b><c>&nbsp;</a>");
        let wide: Vec<u8> = "\u{feff}<a>ж</a>".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(told(&wide).expect("it is XML"), "<a >ж</a>");
    }

    #[test]
    fn entities_depth_and_breakage_are_told_apart() {
        let laughs = b"<!DOCTYPE a [<!ENTITY l \"lol\"><!ENTITY m \"&l;&l;\">]><a>&m;</a>";
        assert!(matches!(told(laughs), Err(FileFault::Hostile(_))));
        let outside = b"<!DOCTYPE a [<!ENTITY x SYSTEM \"file:///etc/hostname\">]><a>&x;</a>";
        assert!(matches!(told(outside), Err(FileFault::Hostile(_))));
        assert!(matches!(told("<a>".repeat(2_000_000).as_bytes()), Err(FileFault::Hostile(_))));
        assert!(matches!(told(b"<a><b"), Err(FileFault::Truncated(_))));
        // What nothing closes has no end either; its text is not lost.
        assert_eq!(told(b"<a>text").expect("it is read"), "<a >text");
    }
}
