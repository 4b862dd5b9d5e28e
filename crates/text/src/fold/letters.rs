//! What each single character folds to. The first 2,048 code points (Latin, Greek, Cyrillic, Hebrew, Arabic) come from a table
//! that is derived once from the same rules as all the others.

use super::{ARABIC, BIDI, CASE, CONFUSABLE, DIGIT, Folds, MARK, NFKC, TATWEEL, ZERO_WIDTH};
use std::sync::LazyLock;
use unicode_normalization::UnicodeNormalization;

/// What a folded character is to the search for disguises.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Class {
    Latin,
    Greek,
    Cyrillic,
    Arabic,
    /// A letter of another script.
    Letter,
    Digit,
    /// `@` and `$`, letters in leet.
    Sign,
    Newline,
    Other,
}

impl Class {
    pub(super) fn is_letter(self) -> bool {
        matches!(self, Self::Latin | Self::Greek | Self::Cyrillic | Self::Arabic | Self::Letter)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Keep,
    Drop,
    /// May merge with the character before it.
    Compose,
    /// Folds to several characters, or through the full rules.
    Many,
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Letter {
    pub ch: char,
    pub folds: u16,
    pub class: Class,
    pub kind: Kind,
}

impl Letter {
    /// The same letter when some folds are off: as it is where it needs one of them.
    pub(super) fn only(self, original: char, on: Folds) -> Self {
        let as_it_is = Self { ch: original, folds: 0, class: class_of(original), kind: Kind::Keep };
        let needs = match self.kind {
            Kind::Keep | Kind::Drop => self.folds,
            Kind::Compose => NFKC,
            Kind::Many => expand(original, |_| ()),
        };
        if on.allow(needs) { self } else { as_it_is }
    }
}

pub(super) const LOW_CHARS: usize = 0x800;
/// The longest compatibility decomposition has 18 characters; lower-casing may add a few.
const EXPANSION_CHARS_MAX: usize = 32;

static LOW: LazyLock<Vec<Letter>> =
    LazyLock::new(|| (0..LOW_CHARS as u32).map(|code| derive(char::from_u32(code).unwrap_or('\u{fffd}'))).collect());

pub(super) fn low() -> &'static [Letter] {
    &LOW
}

/// Characters beyond the table.
pub(super) fn high(ch: char) -> Letter {
    let keep = |class| Letter { ch, folds: 0, class, kind: Kind::Keep };
    match ch as u32 {
        // Ideographs, kana and Hangul syllables stay as they are.
        0x3400..=0x9fff | 0xac00..=0xd7a3 | 0x3041..=0x3096 | 0x30a1..=0x30fa => keep(Class::Letter),
        0x2010..=0x2015 => Letter { ch: '-', folds: 0, class: Class::Other, kind: Kind::Keep },
        0x2018 | 0x2019 | 0x201b => Letter { ch: '\'', folds: 0, class: Class::Other, kind: Kind::Keep },
        0x201c..=0x201f | 0x2030..=0x2032 => keep(Class::Other),
        0x1f300..=0x1faff => keep(Class::Other),
        _ => derive(ch),
    }
}

fn derive(ch: char) -> Letter {
    if ch.is_ascii() {
        let lower = ch.to_ascii_lowercase();
        let folds = if lower == ch { 0 } else { CASE };
        return Letter { ch: lower, folds, class: class_of(lower), kind: Kind::Keep };
    }
    if let Some(folds) = dropped(ch) {
        return Letter { ch, folds, class: Class::Other, kind: Kind::Drop };
    }
    if matches!(ch, '\u{2bc}' | '\u{2b9}' | '\u{2bb}') {
        return Letter { ch: '\'', folds: 0, class: Class::Other, kind: Kind::Keep };
    }
    if composes(ch) {
        return Letter { ch, folds: 0, class: class_of(ch), kind: Kind::Compose };
    }
    let (mut folded, mut count) = (ch, 0);
    let folds = expand(ch, |one| {
        folded = one;
        count += 1;
    });
    match count {
        1 => Letter { ch: folded, folds, class: class_of(folded), kind: Kind::Keep },
        0 => Letter { ch, folds, class: Class::Other, kind: Kind::Drop },
        _ => Letter { ch, folds, class: Class::Letter, kind: Kind::Many },
    }
}

/// Folds one character by the full rules, hands on each result and returns the folds that fired.
pub(super) fn expand(ch: char, mut out: impl FnMut(char)) -> u16 {
    let mut folds = 0u16;
    let mut held = ['\0'; EXPANSION_CHARS_MAX];
    let mut len = 0;
    let mut canonical = std::iter::once(ch).nfd();
    let mut stripped = false;
    for part in std::iter::once(ch).nfkd() {
        if canonical.next() != Some(part) {
            folds |= NFKC;
        }
        if let Some(why) = dropped(part) {
            folds |= why;
            stripped = true;
            continue;
        }
        for lower in part.to_lowercase() {
            if lower != part {
                folds |= CASE;
            }
            if dropped(lower).is_some() {
                continue;
            }
            let (texts, why) = simple(lower);
            folds |= why;
            for one in texts.into_iter().flatten() {
                if let Some(slot) = held.get_mut(len) {
                    *slot = one;
                    len += 1;
                }
            }
        }
    }
    if canonical.next().is_some() {
        folds |= NFKC;
    }
    // آ and its like are letters in their own right: say "letter", not "mark".
    if stripped && matches!(ch as u32, 0x620..=0x64a | 0x671..=0x6d5) {
        folds = (folds & !MARK) | ARABIC;
    }
    let held = held.get(..len).unwrap_or_default();
    if len <= 1 || stripped {
        held.iter().for_each(|one| out(*one));
    } else {
        held.iter().copied().nfc().for_each(out);
    }
    folds
}

/// Invisible characters and the marks that are stripped, with the fold's bit.
fn dropped(ch: char) -> Option<u16> {
    Some(match ch as u32 {
        0x640 => TATWEEL,
        0x621 | 0x674 => ARABIC,
        0xad | 0x34f | 0x115f | 0x1160 | 0x17b4 | 0x17b5 | 0x180b..=0x180f | 0x200b..=0x200d | 0x2060..=0x2065 => {
            ZERO_WIDTH
        }
        0x206a..=0x206f | 0x3164 | 0xfe00..=0xfe0f | 0xfeff | 0xffa0 | 0xfff9..=0xfffb | 0xe0000..=0xe0fff => {
            ZERO_WIDTH
        }
        0x61c | 0x200e | 0x200f | 0x202a..=0x202e | 0x2066..=0x2069 => BIDI,
        0x300..=0x36f | 0x483..=0x489 | 0x591..=0x5bd | 0x5bf | 0x5c1 | 0x5c2 | 0x5c4 | 0x5c5 | 0x5c7 => MARK,
        0x610..=0x61a | 0x64b..=0x65f | 0x670 | 0x6d6..=0x6dc | 0x6df..=0x6e4 | 0x6e7 | 0x6e8 | 0x6ea..=0x6ed => MARK,
        0x730..=0x74a | 0x8ca..=0x8e1 | 0x8e3..=0x8ff | 0x1ab0..=0x1aff | 0x1dc0..=0x1dff => MARK,
        0x20d0..=0x20ff | 0x2de0..=0x2dff | 0xa66f..=0xa67d | 0xfe20..=0xfe2f => MARK,
        // Control characters that no writer types.
        0x80..=0x84 | 0x86..=0x9f => ZERO_WIDTH,
        _ => return None,
    })
}

/// Marks and jamo that NFC would join to the character before them.
fn composes(ch: char) -> bool {
    let code = ch as u32;
    matches!(code, 0x3099 | 0x309a | 0x1161..=0x1175 | 0x11a8..=0x11c2)
        || (matches!(code, 0x900..=0x1fff | 0x11000..=0x11fff) && unicode_normalization::char::is_combining_mark(ch))
}

/// Letters that fold to others though Unicode does not decompose them.
fn simple(ch: char) -> ([Option<char>; 2], u16) {
    let one = |to, why| ([Some(to), None], why);
    match ch {
        'ى' | 'ي' | 'ې' | 'ۍ' | 'ێ' => one('ی', ARABIC),
        'ٱ' | 'ٲ' | 'ٳ' => one('ا', ARABIC),
        'ك' | 'ڪ' => one('ک', ARABIC),
        'ڨ' => one('ق', ARABIC),
        'ڔ' => one('ر', ARABIC),
        'ة' | 'ہ' | 'ە' | 'ھ' | 'ۃ' => one('ه', ARABIC),
        'ς' => one('σ', CASE),
        'ı' => one('i', CASE),
        'ß' => ([Some('s'), Some('s')], CASE),
        'æ' => ([Some('a'), Some('e')], MARK),
        'œ' => ([Some('o'), Some('e')], MARK),
        'ø' => one('o', MARK),
        'ł' => one('l', MARK),
        'đ' | 'ð' => one('d', MARK),
        'ħ' => one('h', MARK),
        'ŧ' => one('t', MARK),
        'ɑ' => one('a', CONFUSABLE),
        'ɡ' | 'ɢ' => one('g', CONFUSABLE),
        _ if (ch as u32) < 0x250 => one(ch, 0),
        _ => match digit(ch).or_else(|| drawn_letter(ch)) {
            Some((to, why)) => one(to, why),
            None => one(ch, 0),
        },
    }
}

/// Letters drawn small or on a badge, which NFKC leaves alone.
fn drawn_letter(ch: char) -> Option<(char, u16)> {
    const SMALL: &str = "ᴀʙᴄᴅᴇꜰ?ʜɪᴊᴋʟᴍɴᴏᴘ?ʀꜱᴛᴜᴠᴡ?ʏᴢ";
    let code = ch as u32;
    let letter = |offset: u32| u8::try_from(offset).ok().map(|offset| (char::from(b'a' + offset), CONFUSABLE));
    match code {
        0x1f150..=0x1f169 => letter(code - 0x1f150),
        0x1f170..=0x1f189 => letter(code - 0x1f170),
        0x1d00..=0x1d2b | 0x262..=0x29f | 0xa730 | 0xa731 => {
            SMALL.chars().position(|small| small == ch).and_then(|at| letter(at as u32))
        }
        _ => None,
    }
}

/// Code points of the zeros of the decimal digits (Unicode general category Nd) outside ASCII.
const ZEROS: [u32; 63] = [
    0x660, 0x6f0, 0x7c0, 0x966, 0x9e6, 0xa66, 0xae6, 0xb66, 0xbe6, 0xc66, 0xce6, 0xd66, 0xde6, 0xe50, 0xed0, 0xf20,
    0x1040, 0x1090, 0x17e0, 0x1810, 0x1946, 0x19d0, 0x1a80, 0x1a90, 0x1b50, 0x1bb0, 0x1c40, 0x1c50, 0xa620, 0xa8d0,
    0xa900, 0xa9d0, 0xa9f0, 0xaa50, 0xabf0, 0xff10, 0x104a0, 0x10d30, 0x11066, 0x110f0, 0x11136, 0x111d0, 0x112f0,
    0x11450, 0x114d0, 0x11650, 0x116c0, 0x11730, 0x118e0, 0x11950, 0x11c50, 0x11d50, 0x11da0, 0x11f50, 0x16a60,
    0x16ac0, 0x16b50, 0x1e140, 0x1e2f0, 0x1e4f0, 0x1e950, 0x1fbf0, 0x16d70,
];

fn digit(ch: char) -> Option<(char, u16)> {
    let code = ch as u32;
    let value = ZEROS.iter().find_map(|zero| code.checked_sub(*zero).filter(|value| *value < 10))?;
    Some((char::from_digit(value, 10)?, DIGIT))
}

pub(super) fn class_of(ch: char) -> Class {
    match ch as u32 {
        0x61..=0x7a | 0x41..=0x5a => Class::Latin,
        0x30..=0x39 => Class::Digit,
        0x40 | 0x24 => Class::Sign,
        0x0a | 0x0d | 0x85 | 0x2028 | 0x2029 => Class::Newline,
        0..=0x7f => Class::Other,
        _ if !ch.is_alphabetic() => Class::Other,
        0xaa..=0x24f | 0x1e00..=0x1eff => Class::Latin,
        0x370..=0x3ff | 0x1f00..=0x1fff => Class::Greek,
        0x400..=0x52f => Class::Cyrillic,
        0x600..=0x6ff | 0x750..=0x77f => Class::Arabic,
        _ => Class::Letter,
    }
}
