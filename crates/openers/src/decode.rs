//! Bytes of a text to characters. In: bytes in an unknown encoding. Out: a `String`, the encoding that was taken, and whether
//! anything did not fit it.

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1251, WINDOWS_1252, WINDOWS_1256};

use crate::limits::TEXT_BYTES_MAX;

/// Bytes that are looked at to guess an encoding; guesses settle within a page of text.
const GUESS_WITHIN: usize = 64 * 1024;
/// Of a thousand bytes, control characters from which a file is no text.
const CONTROL_PER_MILLE_MAX: usize = 20;

/// A text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decoded {
    /// The characters.
    pub text: String,
    /// WHATWG name of the encoding.
    pub encoding: &'static str,
    /// The encoding was guessed from the letters.
    pub guessed: bool,
    /// Some bytes did not fit the encoding and became U+FFFD.
    pub lossy: bool,
    /// The text was longer than [`TEXT_BYTES_MAX`] and is cut.
    pub cut: bool,
}

/// Decodes plain text. `None` when the bytes are no text.
pub fn decode_text(bytes: &[u8]) -> Option<Decoded> {
    let (encoding, guessed) = choose(bytes, None)?;
    Some(decode_as(bytes, encoding, guessed, TEXT_BYTES_MAX))
}

/// Decodes `bytes`, of which `declared` is the encoding that they name themselves.
pub(crate) fn decode_declared(bytes: &[u8], declared: Option<&'static Encoding>, bytes_max: usize) -> Decoded {
    let (encoding, guessed) = choose(bytes, declared).unwrap_or((UTF_8, true));
    decode_as(bytes, encoding, guessed, bytes_max)
}

fn choose(bytes: &[u8], declared: Option<&'static Encoding>) -> Option<(&'static Encoding, bool)> {
    if let Some((encoding, _)) = Encoding::for_bom(bytes) {
        return Some((encoding, false));
    }
    let head = bytes.get(..GUESS_WITHIN).unwrap_or(bytes);
    if let Some(encoding) = guess_utf16(head) {
        return Some((encoding, true));
    }
    let controls =
        head.iter().filter(|&&byte| byte < 0x20 && !matches!(byte, b'\t' | b'\n' | b'\r' | 0x0c | 0x1b)).count();
    if controls * 1000 > head.len() * CONTROL_PER_MILLE_MAX {
        return None;
    }
    if let Some(encoding) = declared {
        return Some((encoding, false));
    }
    // A character may straddle the end of what is looked at: an unfinished one is no error.
    match std::str::from_utf8(head) {
        Ok(_) => Some((UTF_8, false)),
        Err(error) if error.error_len().is_none() => Some((UTF_8, false)),
        Err(_) => Some((guess_single_byte(head), true)),
    }
}

fn decode_as(bytes: &[u8], encoding: &'static Encoding, guessed: bool, bytes_max: usize) -> Decoded {
    // No encoding that is taken here needs more than one byte for three of UTF-8, so this many bytes fill the limit.
    let within = bytes.get(..bytes_max.saturating_mul(2)).unwrap_or(bytes);
    let (text, encoding, lossy) = encoding.decode(within);
    let mut text = text.into_owned();
    let cut = within.len() < bytes.len() || text.len() > bytes_max;
    truncate(&mut text, bytes_max);
    Decoded { text, encoding: encoding.name(), guessed, lossy, cut }
}

/// Cuts `text` to at most `bytes_max` bytes, on a character boundary.
pub(crate) fn truncate(text: &mut String, bytes_max: usize) {
    let end = (0..=bytes_max.min(text.len())).rev().find(|&end| text.is_char_boundary(end)).unwrap_or(0);
    text.truncate(end);
}

/// UTF-16 without a mark: zero bytes on one side, or one high byte (a script's block) on most places of that side.
fn guess_utf16(head: &[u8]) -> Option<&'static Encoding> {
    // Spaces and line ends have a zero byte in UTF-16; without one there is nothing to count.
    if head.len() < 4 || !head.contains(&0) {
        return None;
    }
    let side = |offset: usize| {
        let mut counts = [0usize; 256];
        head.iter().skip(offset).step_by(2).for_each(|&byte| counts[usize::from(byte)] += 1);
        counts
    };
    let places = head.len() / 2;
    // High bytes of the blocks that hold the scripts of this desk: Latin, Cyrillic, Arabic.
    let high = |counts: &[usize; 256]| counts[0] + counts[4] + counts[6];
    let (even, odd) = (side(0), side(1));
    if high(&odd) * 10 >= places * 9 && high(&even) * 2 < places {
        return Some(UTF_16LE);
    }
    (high(&even) * 10 >= places * 9 && high(&odd) * 2 < places).then_some(UTF_16BE)
}

/// The single-byte encoding in which the letters of `head` make the most sense side by side.
fn guess_single_byte(head: &[u8]) -> &'static Encoding {
    let candidates = [(WINDOWS_1252, Script::Latin), (WINDOWS_1251, Script::Cyrillic), (WINDOWS_1256, Script::Arabic)];
    let mut best = (i64::MIN, WINDOWS_1252);
    for (encoding, script) in candidates {
        let score = plausibility(&encoding.decode_without_bom_handling(head).0, script);
        if score > best.0 {
            best = (score, encoding);
        }
    }
    best.1
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Script {
    Latin,
    Cyrillic,
    Arabic,
    None,
}

fn script_of(c: char) -> Script {
    match c {
        'a'..='z' | 'A'..='Z' | '\u{c0}'..='\u{24f}' if c != '×' && c != '÷' => Script::Latin,
        '\u{400}'..='\u{4ff}' => Script::Cyrillic,
        '\u{600}'..='\u{6ff}' => Script::Arabic,
        _ => Script::None,
    }
}

/// Signs outside ASCII that ordinary texts have.
const USUAL_SIGNS: &str = "«»“”„’‘–—…№،؛؟·°€\u{a0}\u{200c}\u{200e}\u{200f}";

/// Points for each letter outside ASCII beside letters of its own script; points off for mixed scripts, for a capital
/// behind a small letter and for signs that no text needs.
fn plausibility(text: &str, expected: Script) -> i64 {
    let mut score = 0;
    let mut before = ' ';
    for c in text.chars() {
        let (script, last) = (script_of(c), script_of(before));
        let foreign = !c.is_ascii() || !before.is_ascii();
        if foreign && script != Script::None && last != Script::None {
            score += match (script == last, before.is_lowercase() && c.is_uppercase()) {
                (true, false) if script == expected => 2,
                (true, true) => -3,
                (true, false) => 0,
                (false, _) => -3,
            };
        } else if !c.is_ascii() && script == Script::None && !USUAL_SIGNS.contains(c) {
            score -= 2;
        }
        before = c;
    }
    score
}

#[cfg(test)]
mod tests {
    use super::*;

    const RUSSIAN: &str = "Ни один фонарь не загорится на стадионе. Мы придём, и вы не вернётесь домой.";
    const ARABIC: &str = "لن يضيء مصباح في ملعب هالدن. سنكون هناك ولن تعودوا إلى بيوتكم";
    const GERMAN: &str = "Keine Laterne wird brennen: für die Brücke und die Straße über dem Fluß";
    const FRENCH: &str = "Aucune lanterne ne brûlera au stade, là où la fête a commencé l'été passé";

    #[test]
    fn the_encoding_is_found_from_the_letters() {
        for (text, encoding) in [
            (RUSSIAN, WINDOWS_1251),
            (ARABIC, WINDOWS_1256),
            (GERMAN, WINDOWS_1252),
            (FRENCH, WINDOWS_1252),
            (ARABIC, UTF_8),
        ] {
            let bytes = encoding.encode(text).0;
            let decoded = decode_text(&bytes).expect("it is text");
            assert_eq!((decoded.text.as_str(), decoded.encoding), (text, encoding.name()));
            assert!(!decoded.lossy);
        }
    }

    #[test]
    fn utf_16_is_found_with_and_without_its_mark() {
        for text in [RUSSIAN, ARABIC, GERMAN] {
            let little: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
            let big: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
            for (bytes, encoding) in [(little, "UTF-16LE"), (big, "UTF-16BE")] {
                let decoded = decode_text(&bytes).expect("it is text");
                assert_eq!((decoded.text.as_str(), decoded.encoding), (text, encoding));
            }
            let marked: Vec<u8> =
                "\u{feff}".encode_utf16().chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect();
            assert_eq!(decode_text(&marked).expect("it is text").text, text);
        }
    }

    #[test]
    fn broken_utf_16_is_marked_as_lossy() {
        let garbage: Vec<u8> =
            [0xfeff, 0xd800, 0x0041, 0xdc00, 0xd801].iter().flat_map(|unit: &u16| unit.to_le_bytes()).collect();
        let decoded = decode_text(&garbage).expect("it has the mark");
        assert!(decoded.lossy);
        assert_eq!(decoded.text, "\u{fffd}A\u{fffd}\u{fffd}");
    }

    #[test]
    fn bytes_of_a_program_are_no_text() {
        let bytes: Vec<u8> = (0..4096u32).map(|i| (i.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
        assert_eq!(decode_text(&bytes), None);
    }

    #[test]
    fn a_text_over_the_limit_is_cut_on_a_character() {
        let decoded = decode_text("ж".repeat(TEXT_BYTES_MAX).as_bytes()).expect("it is text");
        assert!(decoded.cut);
        assert_eq!(decoded.text.len(), TEXT_BYTES_MAX);
        assert!(!decode_text(b"").expect("nothing is text").cut);
    }
}
