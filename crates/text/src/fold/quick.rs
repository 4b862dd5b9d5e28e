//! The short way through a text: characters by a table, words as a whole, and only what may be in disguise by the long way.
//!
//! Characters that fold to themselves are copied many at a time. A stretch that holds a sign of disguise (scripts mixed, digits among
//! letters, repeats, letters that stand apart), a mark or a character that folds to several is read again by the long way
//! ([`super::units_of`]). A stretch ends only where no rule of [`super::disguise`] looks across: before a word, and not between single
//! letters. So the short way says the same as the long one, which a property test holds it to.

use super::disguise::{REPEAT_MIN, SPACED_LETTERS_MIN};
use super::letters::{self, Class, Kind, LOW_CHARS, Letter};
use super::{CASE, Folded, Folds, MARK, Out, Unit, units_of};
use crate::blocks::{BLOCK, bits, is as equal, within};
use std::sync::LazyLock;

const _: () = assert!(REPEAT_MIN == 3, "`Seen::letter` compares three letters");

/// What a character is, in the bits above those of the character it folds to.
mod is {
    pub const LATIN: u32 = 1 << 16;
    pub const GREEK: u32 = 1 << 17;
    pub const CYRILLIC: u32 = 1 << 18;
    pub const ARABIC: u32 = 1 << 19;
    /// A letter of another script.
    pub const LETTER: u32 = 1 << 20;
    pub const SCRIPT: u32 = LATIN | GREEK | CYRILLIC | ARABIC | LETTER;
    /// A digit or a sign that may stand for a letter.
    pub const FIGURE: u32 = 1 << 21;
    /// Stands between words.
    pub const GAP: u32 = 1 << 22;
    /// Does not fold to itself.
    pub const OTHER: u32 = 1 << 23;
    /// Needs the long way.
    pub const LONG: u32 = 1 << 24;
    /// Folds to several letters.
    pub const LETTERS: u32 = 1 << 25;
    /// Folds to several characters, which may be words and gaps.
    pub const MANY: u32 = 1 << 26;
    pub const WORD: u32 = SCRIPT | FIGURE | LETTERS | MANY;
}

static LOOKS: LazyLock<[u32; LOW_CHARS]> = LazyLock::new(|| {
    let codes = (0u32..).zip(letters::low());
    let mut looks = [0; LOW_CHARS];
    for ((code, letter), slot) in codes.zip(&mut looks) {
        let original = char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER);
        let mut letters = letter.kind == Kind::Many;
        if letters {
            letters::expand(original, |ch| letters &= letters::class_of(ch).is_letter());
        }
        let look = look(original, letter);
        *slot = if letters { look ^ (is::MANY | is::LETTERS) } else { look };
    }
    looks
});

fn look(original: char, letter: &Letter) -> u32 {
    let class = match letter.class {
        Class::Latin => is::LATIN,
        Class::Greek => is::GREEK,
        Class::Cyrillic => is::CYRILLIC,
        Class::Arabic => is::ARABIC,
        Class::Letter => is::LETTER,
        Class::Digit | Class::Sign => is::FIGURE,
        Class::Newline | Class::Other => is::GAP,
    };
    match letter.kind {
        // Beyond 16 bits two letters may look the same: then the long way finds no repeat.
        Kind::Keep if letter.ch == original && letter.folds == 0 => class | u32::from(original) & 0xffff,
        Kind::Keep => is::OTHER | class | u32::from(letter.ch) & 0xffff,
        Kind::Drop if letter.folds & MARK != 0 => is::OTHER | is::LONG,
        Kind::Drop => is::OTHER,
        Kind::Compose | Kind::Many => is::OTHER | is::LONG | is::MANY,
    }
}

/// Folds all of a text; `None` when only the long way can read it: there are marks that join the letter before them, or single
/// characters that fold to several letters stand apart.
pub(super) fn fold(text: &str) -> Option<Folded> {
    let start = Mark { at: 0, pending: 0, text: 0, runs: 0, before: 0 };
    let mut walk = Walk {
        text,
        bytes: text.as_bytes(),
        looks: &LOOKS,
        low: letters::low(),
        high: Letter { ch: ' ', folds: 0, class: Class::Other, kind: Kind::Keep },
        out: Out::for_text(text),
        at: 0,
        pending: 0,
        safe: start,
        singles: 0,
        stands_apart: false,
        spaced: false,
        letters_apart: false,
        several: false,
        long: false,
        units: Vec::new(),
    };
    while walk.at < text.len() {
        if !walk.plain_words() {
            walk.stretch()?;
        }
    }
    walk.flush(text.len());
    // `x Ⅷ` is two characters and five letters: joined where letters are spaced apart elsewhere in the text.
    let alone = walk.letters_apart && walk.spaced;
    (!alone).then(|| walk.out.into_folded())
}

/// Where the walk was before a stretch, so that it can go back.
#[derive(Debug, Clone, Copy)]
struct Mark {
    at: usize,
    pending: usize,
    text: usize,
    runs: usize,
    before: u16,
}

struct Walk<'a> {
    text: &'a str,
    bytes: &'a [u8],
    looks: &'static [u32; LOW_CHARS],
    low: &'static [Letter],
    /// The last letter that is in no table.
    high: Letter,
    out: Out,
    at: usize,
    /// From here on the text folds to itself and is not written yet.
    pending: usize,
    /// The last word before which no rule looks back.
    safe: Mark,
    /// Words of one character in a row, one character between them.
    singles: usize,
    /// The last word is one of them.
    stands_apart: bool,
    /// What [`super::disguise::Signs`] takes for letters spaced apart was seen.
    spaced: bool,
    /// A character that folds to several may be one of them.
    letters_apart: bool,
    /// The last word is such a character.
    several: bool,
    /// Something since `safe` needs the long way.
    long: bool,
    units: Vec<Unit>,
}

/// What the characters of one word are.
#[derive(Debug, Default, Clone, Copy)]
struct Seen {
    is: u32,
    chars: usize,
    last: u32,
    last_but_one: u32,
    repeats: bool,
}

impl Seen {
    #[inline]
    fn letter(&mut self, look: u32) {
        let ch = look & 0xffff;
        self.repeats |= (ch == self.last) & (ch == self.last_but_one);
        self.last_but_one = self.last;
        self.last = ch;
        self.chars += 1;
    }

    /// Whether the word may be in disguise.
    fn needs_long(&self) -> bool {
        let scripts = self.is & is::SCRIPT;
        let alike = scripts & (is::LATIN | is::GREEK | is::CYRILLIC);
        let mixed = alike & alike.wrapping_sub(1) != 0 || scripts & (is::LATIN | is::LETTER) == is::LATIN | is::LETTER;
        self.is & is::LONG != 0 || mixed || scripts != 0 && (self.is & is::FIGURE != 0 || self.repeats)
    }
}

impl Walk<'_> {
    /// One word, if one stands here, and what follows it up to the next.
    fn stretch(&mut self) -> Option<()> {
        let mut seen = Seen::default();
        let mut at = self.at;
        loop {
            at = same_letters(self.bytes, self.looks, at, &mut seen);
            let Some((look, size)) = self.look(at) else { break };
            if look & is::GAP != 0 {
                break;
            }
            seen.is |= look;
            if look & is::WORD != 0 {
                seen.letter(look);
            }
            if look & is::OTHER != 0 {
                self.other(at, size)?;
            }
            at += size;
        }
        let (mut gap, mut first_gap) = (0usize, 0u32);
        while let Some((look, size)) = self.look(at) {
            if look & is::WORD != 0 {
                break;
            }
            if look & is::GAP != 0 {
                gap += 1;
                first_gap = look & 0xffff;
            }
            seen.is |= look & is::LONG;
            if look & is::OTHER != 0 {
                self.other(at, size)?;
            }
            at += size;
        }
        self.at = at;
        self.end_stretch(&seen, gap, first_gap);
        Some(())
    }

    /// Plain ASCII words, as many as the next block holds; false when there are none.
    fn plain_words(&mut self) -> bool {
        let ascii = self.bytes.get(self.at).is_some_and(u8::is_ascii);
        if !ascii || self.stands_apart || self.long {
            return false;
        }
        let Some(block) = self.bytes.get(self.at..).and_then(<[u8]>::first_chunk::<BLOCK>) else { return false };
        let Some(plain) = Plain::of(block) else { return false };
        let size = plain.ends.checked_ilog2().unwrap_or_default();
        if size == 0 {
            return false;
        }
        let inside = (1u64 << size) - 1;
        self.spaced |= plain.spaced & inside != 0;
        let mut capitals = plain.capitals & inside;
        while capitals != 0 {
            let from = capitals.trailing_zeros();
            let count = (capitals >> from).trailing_ones();
            capitals &= u64::MAX.checked_shl(from + count).unwrap_or_default();
            let (from, to) = (self.at + from as usize, self.at + (from + count) as usize);
            self.flush(from);
            let folded = self.out.text.len() as u32;
            self.out.comes_from(folded, from as u32, 0, CASE);
            let written = self.bytes.get(from..to).unwrap_or_default();
            written.iter().for_each(|byte| self.out.text.push(char::from(byte.to_ascii_lowercase())));
            self.pending = to;
        }
        self.at += size as usize;
        self.several = false;
        self.set_safe();
        true
    }

    fn end_stretch(&mut self, seen: &Seen, gap: usize, first_gap: u32) {
        // What folds to several characters may end in one that stands apart.
        let single = seen.chars == 1 || seen.is & is::MANY != 0;
        let several = single && seen.is & (is::MANY | is::LETTERS) != 0;
        self.spaced |= self.stands_apart && self.singles + 1 >= SPACED_LETTERS_MIN;
        self.singles = match (single, self.stands_apart) {
            (true, true) => self.singles + 1,
            (true, false) => 1,
            (false, _) => 0,
        };
        let beside = seen.is & is::MANY != 0 && seen.chars > 1;
        self.letters_apart |= beside || self.singles > 1 && (several || self.several);
        self.several = several;
        self.stands_apart = single && gap == 1;
        self.long |= seen.needs_long() || self.singles >= SPACED_LETTERS_MIN;
        // Whether a word is the front of an address shows in what follows it.
        let address = self.long && gap == 1 && first_gap == u32::from('.');
        if self.at < self.bytes.len() && (self.stands_apart || address) {
            return;
        }
        if self.long {
            self.go_long();
        }
        self.set_safe();
    }

    #[inline]
    fn set_safe(&mut self) {
        self.safe = Mark {
            at: self.at,
            pending: self.pending,
            text: self.out.text.len(),
            runs: self.out.runs.len(),
            before: self.out.before,
        };
    }

    /// Takes back what was written since `safe` and reads it by the long way.
    #[cold]
    fn go_long(&mut self) {
        self.out.text.truncate(self.safe.text);
        self.out.runs.truncate(self.safe.runs);
        self.out.before = self.safe.before;
        self.pending = self.safe.pending;
        self.flush(self.safe.at);
        self.units.clear();
        let before = std::mem::take(&mut self.out.before);
        let stretch = self.safe.at..self.at;
        let (before, spaced) = units_of(self.text, stretch, before, Folds::all(), &mut self.units);
        self.spaced |= spaced;
        self.out.take(&self.units);
        self.out.before |= before;
        self.pending = self.at;
        self.long = false;
    }

    /// What the character at `at` is, and its size.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "every character comes here")]
    fn look(&mut self, at: usize) -> Option<(u32, usize)> {
        let first = *self.bytes.get(at)?;
        if first < 0x80 {
            return Some((self.looks.get(usize::from(first)).copied().unwrap_or_default(), 1));
        }
        if first < 0xe0 {
            let code = low_code(first, self.bytes.get(at + 1).copied().unwrap_or_default());
            return Some((self.looks.get(code).copied().unwrap_or_default(), 2));
        }
        self.look_high(at)
    }

    fn look_high(&mut self, at: usize) -> Option<(u32, usize)> {
        let ch = self.text.get(at..)?.chars().next()?;
        self.high = letters::high(ch);
        Some((look(ch, &self.high), ch.len_utf8()))
    }

    /// Writes the character of `size` bytes at `at`, which does not fold to itself.
    fn other(&mut self, at: usize, size: usize) -> Option<()> {
        self.flush(at);
        let letter = match (self.bytes.get(at), self.bytes.get(at + 1)) {
            (Some(byte), _) if size == 1 => *self.low.get(usize::from(*byte))?,
            (Some(first), Some(second)) if size == 2 => *self.low.get(low_code(*first, *second))?,
            _ => self.high,
        };
        self.pending = at + size;
        match letter.kind {
            Kind::Keep => {
                let orig_bytes = if letter.ch.len_utf8() == size { 0 } else { size };
                let folded = self.out.text.len() as u32;
                self.out.comes_from(folded, at as u32, orig_bytes as u32, letter.folds);
                self.out.text.push(letter.ch);
            }
            Kind::Drop => self.out.before |= letter.folds,
            // The long way writes it.
            Kind::Many => {}
            Kind::Compose => return None,
        }
        Some(())
    }

    /// Writes what folds to itself, up to `end`.
    #[inline]
    fn flush(&mut self, end: usize) {
        if self.pending < end {
            let folded = self.out.text.len() as u32;
            self.out.comes_from(folded, self.pending as u32, 0, 0);
            self.out.text.push_str(self.text.get(self.pending..end).unwrap_or_default());
            self.pending = end;
        }
    }
}

/// Passes letters of two bytes that fold to themselves; returns where they end. Apart from the walk, so that all it needs stays in
/// registers.
#[inline(never)]
fn same_letters(bytes: &[u8], looks: &[u32; LOW_CHARS], mut at: usize, into: &mut Seen) -> usize {
    let mut seen = *into;
    while let Some(&[first, second]) = bytes.get(at..).and_then(<[u8]>::first_chunk::<2>) {
        let look = looks.get(low_code(first, second)).copied().unwrap_or_default();
        if !(0xc2..0xe0).contains(&first) || look & (is::GAP | is::OTHER) != 0 {
            break;
        }
        seen.is |= look;
        seen.letter(look);
        at += 2;
    }
    *into = seen;
    at
}

/// The character of two bytes.
#[inline]
fn low_code(first: u8, second: u8) -> usize {
    usize::from(first & 0x1f) << 6 | usize::from(second & 0x3f)
}

/// A block of ASCII that begins with a word or with the text, one bit a byte.
struct Plain {
    capitals: u64,
    /// First letters of words before which no rule looks back, up to the first sign of a disguise.
    ends: u64,
    /// First characters of what [`super::disguise::Signs`] takes for a word spaced apart, from its fourth on.
    spaced: u64,
}

impl Plain {
    fn of(block: &[u8; BLOCK]) -> Option<Self> {
        if block.iter().fold(0, |all, byte| all | byte) >= 0x80 {
            return None;
        }
        let [mut letters, mut capitals, mut figures, mut same] = [[0u8; BLOCK]; 4];
        let mut lower = [0u8; BLOCK];
        for (slot, byte) in lower.iter_mut().zip(block) {
            *slot = byte | 0x20;
        }
        for at in 0..BLOCK {
            letters[at] = within(lower[at], b'a', 26);
            capitals[at] = within(block[at], b'A', 26);
            figures[at] = within(block[at], b'0', 10) | equal(block[at], b'@') | equal(block[at], b'$');
        }
        for at in 2..BLOCK {
            same[at] = equal(lower[at], lower[at - 1]) & equal(lower[at], lower[at - 2]);
        }
        let [letters, capitals, figures, same] = [letters, capitals, figures, same].map(|bytes| bits(&bytes));
        let words = letters | figures;
        let starts = words & !(words << 1);
        // The last byte of the block is none: what follows it is not known, and nothing that ends there is asked for.
        let single = starts & !(words >> 1);
        let after_three = single << 2 & single << 4 & single << 6;
        let disguise = letters & figures << 1 | figures & letters << 1 | letters & same | single & after_three;
        // Up to the first sign of a disguise; all of the block when there is none.
        let before = disguise ^ disguise.wrapping_sub(1);
        Some(Self { capitals, ends: starts & !(single << 2) & before, spaced: starts & after_three })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fold::fold_by_units;
    use proptest::prelude::*;

    fn check(text: &str) {
        if let Some(quick) = fold(text) {
            assert_eq!(quick, fold_by_units(text, Folds::all()), "{text:?}");
        }
    }

    #[test]
    fn every_character_folds_the_same_both_ways() {
        for ch in '\0'..=char::MAX {
            check(&format!("ab{ch}c d {ch} e.{ch}"));
        }
    }

    #[test]
    fn few_texts_are_kept_from_the_short_way() {
        assert!(fold("Die Straße, cafe\u{301}, b0mb, ﷲ, a t t a c k, وَلَد, 한국어, ½").is_some());
        assert!(fold("x Ⅷ, a t t a c k").is_none());
        assert!(fold("か\u{3099}").is_none());
    }

    proptest! {
        #[test]
        fn words_and_tricks_fold_the_same_both_ways(
            text in prop::collection::vec(
                prop_oneof![
                    6 => "[ .,\n'-]",
                    4 => "([a-zA-Z]{1,7}[ .,\n]{1,2}){1,20}",
                    1 => "([a-dA-D0-9@$][ .,]){1,6}",
                    6 => "[a-dA-DоаеОАЕ0-4@$]",
                    2 => "[a-z]{2,6}",
                    2 => "[ابيكةءأـً\u{200c}\u{200f}]{1,4}",
                    1 => "[а-еΑ-Ωα-ω]{1,3}",
                    2 => "[éßǆﬁ\u{301}\u{336}\u{200b}\u{fe0f}Ⅷ…½⑴ａＡ．①🅰🙂漢ァ“’—ſK℀㎏İ\u{ad}]",
                    1 => "(aaa|оооо|www|xii|a\\.b\\.c\\.d|a b c d|1 2 3 4|b0mb|a@b\\.cd|4\\.a|بببب)",
                    1 => "\\PC",
                ],
                0..40,
            )
        ) {
            check(&text.concat());
        }
    }
}
