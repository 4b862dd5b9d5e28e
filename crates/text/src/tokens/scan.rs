//! The words of a text as bit masks: one bit a byte, 64 bytes at a time, so that finding the words of a text costs less than
//! reading it once. Says the same as [`super::tokens`], which a property test holds it to.

use super::is_word;
use crate::blocks::{BLOCK, Eyes, Look, PLACES, run};

/// The words of one text: where each begins and ends. Kept by the caller, so that a second text needs no new memory.
#[derive(Debug, Default, Clone)]
pub struct Spots {
    /// Start and end of each word in turn, in bytes, and behind those what an earlier text left.
    edges: Vec<u32>,
    /// How many of them are this text's.
    count: usize,
    /// Numbers of the words with an apostrophe in them.
    quoted: Vec<u32>,
}

impl Spots {
    /// Reads the words of a text of less than 4 GiB, forgetting the last one's; beyond that nothing is read.
    pub fn read(&mut self, text: &str) {
        self.count = 0;
        self.quoted.clear();
        if u32::try_from(text.len()).is_ok() {
            run(Reading { spots: self, text });
        }
    }

    #[inline]
    fn edges(&self) -> &[u32] {
        self.edges.get(..self.count).unwrap_or_default()
    }

    /// Number of words.
    pub fn len(&self) -> usize {
        self.count / 2
    }

    /// True when the text has no word.
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// Start and end of a word.
    #[inline]
    pub fn get(&self, word: usize) -> Option<(usize, usize)> {
        let (pairs, _) = self.edges().as_chunks::<2>();
        pairs.get(word).map(|[start, end]| (*start as usize, *end as usize))
    }

    /// Start and end of every word, in order.
    #[inline]
    pub fn pairs(&self) -> &[[u32; 2]] {
        let (pairs, _) = self.edges().as_chunks::<2>();
        pairs
    }

    /// Start and end of every word, in order.
    #[inline]
    pub fn iter(&self) -> impl Iterator<Item = (usize, usize)> + '_ {
        self.pairs().iter().map(|[start, end]| (*start as usize, *end as usize))
    }

    /// Numbers of the words that hold an apostrophe.
    pub fn quoted(&self) -> &[u32] {
        &self.quoted
    }

    /// Writes the edges that a block has, and the words of its apostrophes.
    #[inline(always)]
    fn cut<E: Eyes>(&mut self, eyes: E, base: u32, turns: u64, mut quotes: u64) {
        while quotes != 0 {
            // An odd number of edges lies before a place inside a word.
            let before = turns & ((1u64 << quotes.trailing_zeros()) - 1);
            quotes &= quotes - 1;
            let word = (self.count as u32 + before.count_ones()) / 2;
            if self.quoted.last() != Some(&word) {
                self.quoted.push(word);
            }
        }
        let out = self.edges.get_mut(self.count..).unwrap_or_default();
        self.count += eyes.places(base, turns, out);
    }
}

/// A text whose words are being read.
struct Reading<'a> {
    spots: &'a mut Spots,
    text: &'a str,
}

impl Look for Reading<'_> {
    #[inline(always)]
    fn run<E: Eyes>(self, eyes: E) {
        let Self { spots, text } = self;
        let bytes = text.as_bytes();
        let blocks = bytes.len().div_ceil(BLOCK);
        // Room for every edge that may come, and for what is written behind the last one of a block.
        let room = blocks * BLOCK + PLACES;
        if spots.edges.len() < room {
            spots.edges.resize(room, 0);
        }
        // A block is cut when the next one was seen: a single apostrophe between two letters joins them. `last`: bit 63 of the block
        // before, as it was cut and as it was seen.
        let (mut held, mut last, mut over) = (Seen::default(), [0u64; 2], 0u32);
        for number in 0..=blocks {
            let rest = bytes.get(number * BLOCK..).unwrap_or_default();
            let mut seen = match rest.first_chunk::<{ BLOCK + 1 }>() {
                Some(block) => look(eyes, block),
                None => {
                    let mut padded = [b' '; BLOCK + 1];
                    for (slot, byte) in padded.iter_mut().zip(rest) {
                        *slot = *byte;
                    }
                    look(eyes, &padded)
                }
            };
            seen.word &= u64::MAX.checked_shl(over).unwrap_or(0);
            over = if seen.odd == 0 { 0 } else { take_out_signs(text, number * BLOCK, &mut seen) };
            let word = held.word;
            let inside = held.quote & (word << 1 | last[1]) & (word >> 1 | seen.word << 63);
            let joined = word | inside;
            if let Some(before) = number.checked_sub(1) {
                spots.cut(eyes, (before * BLOCK) as u32, joined ^ (joined << 1 | last[0]), inside);
            }
            last = [joined >> 63, word >> 63];
            held = seen;
        }
        // What the text ends with ends there.
        if last[0] != 0
            && let Some(slot) = spots.edges.get_mut(spots.count)
        {
            *slot = (blocks * BLOCK) as u32;
            spots.count += 1;
        }
    }
}

/// Takes the signs out of the words of a block; returns how many bytes of the last one reach into the next block.
#[cold]
fn take_out_signs(text: &str, base: usize, seen: &mut Seen) -> u32 {
    let mut over = 0;
    let mut odd = seen.odd;
    while odd != 0 {
        let at = odd.trailing_zeros();
        odd &= odd - 1;
        let Some(ch) = text.get(base + at as usize..).and_then(|rest| rest.chars().next()) else { continue };
        if !is_word(ch) {
            let bytes = ch.len_utf8() as u32;
            seen.word &= !(((1u64 << bytes) - 1) << at);
            over = (at + bytes).saturating_sub(BLOCK as u32);
        }
    }
    over
}

/// What 64 bytes hold, one bit each.
#[derive(Debug, Clone, Copy, Default)]
struct Seen {
    /// Letters and digits, and every byte beyond ASCII.
    word: u64,
    /// First bytes of characters that may be no part of a word.
    odd: u64,
    /// Apostrophes.
    quote: u64,
}

/// A block and the byte after it.
#[inline(always)]
fn look<E: Eyes>(eyes: E, block: &[u8; BLOCK + 1]) -> Seen {
    let (Some(now), Some(next)) = (block.first_chunk(), block.last_chunk()) else { return Seen::default() };
    let bytes = eyes.load(now);
    let quote = eyes.bits(eyes.is(bytes, b'\''));
    let word = eyes.or(eyes.within(eyes.lower(bytes), b'a', 26), eyes.within(bytes, b'0', 10));
    let beyond = eyes.bits(eyes.within(bytes, 0x80, 0x80));
    let odd = if beyond == 0 { 0 } else { look_beyond_ascii(eyes, bytes, eyes.load(next)) };
    Seen { word: eyes.bits(word) | beyond, odd, quote }
}

/// Letters of Latin, Greek, Cyrillic and Arabic begin with C3 to DB. What begins with another byte is looked at one by one, and
/// so are the few signs that share a first byte with letters: × and ÷, the commas and question marks of Arabic.
#[inline(always)]
fn look_beyond_ascii<E: Eyes>(eyes: E, byte: E::Bytes, next: E::Bytes) -> u64 {
    let rare = eyes.or(
        eyes.or(eyes.within(byte, 0xdc, 0x24), eyes.is(byte, 0xc2)),
        eyes.or(eyes.within(byte, 0xcb, 5), eyes.within(byte, 0xd2, 6)),
    );
    let latin = eyes.and(eyes.is(byte, 0xc3), eyes.or(eyes.is(next, 0x97), eyes.is(next, 0xb7)));
    let arabic = eyes.and(eyes.is(byte, 0xd8), eyes.or(eyes.within(next, 0x80, 16), eyes.within(next, 0x9b, 5)));
    let digits = eyes.and(eyes.is(byte, 0xd9), eyes.within(next, 0xaa, 4));
    let marks = eyes.or(
        eyes.or(eyes.is(next, 0x94), eyes.within(next, 0x9d, 2)),
        eyes.or(eyes.is(next, 0xa9), eyes.within(next, 0xbd, 2)),
    );
    let marks = eyes.and(eyes.is(byte, 0xdb), marks);
    eyes.bits(eyes.or(eyes.or(rare, latin), eyes.or(eyes.or(arabic, digits), marks)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tokens::tokens;
    use proptest::prelude::*;

    fn same(text: &str) -> bool {
        let mut spots = Spots::default();
        spots.read(text);
        let plain: Vec<(usize, usize)> = tokens(text).map(|token| (token.start, token.end)).collect();
        let quoted: Vec<u32> = (0u32..)
            .zip(&plain)
            .filter(|(_, (start, end))| text[*start..*end].contains('\''))
            .map(|(at, _)| at)
            .collect();
        let found: Vec<(usize, usize)> = spots.iter().collect();
        found == plain && spots.quoted() == quoted && spots.len() == plain.len()
    }

    #[test]
    fn every_character_is_told_like_one_by_one() {
        for pad in [0, 13, 14, 15, 60, 61, 62, 63] {
            let pad = "x".repeat(pad);
            for ch in ('\0'..=char::MAX).step_by(if pad.is_empty() { 1 } else { 7 }) {
                let text = format!("{pad}{ch}b a{ch}b");
                assert!(same(&text), "{text:?} {:x}", ch as u32);
            }
        }
    }

    proptest! {
        #[test]
        fn any_text_is_cut_like_one_by_one(text in "(\\PC|[ a'’é،؟یا‌×]){0,200}") {
            prop_assert!(same(&text), "{:?}", text);
        }
    }
}
