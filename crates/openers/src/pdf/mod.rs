//! PDF: looked at from outside ([`look`]) and drawn as pictures ([`draw_pages`], [`draw_cover`]). Its text layer is taken by a
//! tool in a sandbox of its own; pictures are for pages whose text layer is missing or wrong.

mod draw;

pub use draw::{DrawnPage, DrawnPages, draw_cover, draw_pages};

use vedette_core::opened::PdfFacts;

use crate::sniff::find;

/// Bytes at the end in which the end marker is looked for (ISO 32000-1, annex H.3.4.4).
const END_MARKER_WITHIN: usize = 2_048;
/// Bytes at each end in which the trailer, and with it the mark of encryption, is looked for.
const TRAILER_WITHIN: usize = 256 * 1024;

/// Looks at a PDF whose header stands at `offset`.
pub fn look(bytes: &[u8], offset: usize) -> PdfFacts {
    let version = bytes.get(offset + 5..offset + 8).unwrap_or_default();
    let tail_from = |length: usize| bytes.get(bytes.len().saturating_sub(length)..).unwrap_or_default();
    let head = bytes.get(..TRAILER_WITHIN).unwrap_or(bytes);
    PdfFacts {
        version: match version {
            [major, b'.', minor] if major.is_ascii_digit() && minor.is_ascii_digit() => {
                String::from_utf8_lossy(version).into_owned()
            }
            _ => String::new(),
        },
        // A linearised file has its first trailer near the start.
        encrypted: find(tail_from(TRAILER_WITHIN), b"/Encrypt").is_some() || find(head, b"/Encrypt").is_some(),
        truncated: find(tail_from(END_MARKER_WITHIN), b"%%EOF").is_none(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_locked_and_a_cut_file_are_told() {
        let whole = b"%PDF-1.7\n1 0 obj\nendobj\ntrailer\n<< /Size 1 >>\n%%EOF\n";
        assert_eq!(look(whole, 0), PdfFacts { version: "1.7".to_owned(), encrypted: false, truncated: false });
        assert!(look(&whole[..20], 0).truncated);
        assert!(look(b"%PDF-x\ntrailer << /Encrypt 4 0 R >> %%EOF", 0).encrypted);
        assert_eq!(look(b"%PDF-", 0).version, "");
    }
}
