//! The words of a text as bit masks: one bit a byte, 64 bytes at a time, so that finding the words of a text costs less than
//! reading it once. Says the same as [`super::tokens`], which a property test holds it to.

use super::is_word;
use crate::blocks::{BLOCK, bits, is, within};

/// The words of one text: where each begins and ends. Kept by the caller, so that a second text needs no new memory.
#[derive(Debug, Default, Clone)]
pub struct Spots {
    /// Start and end of each word in turn, in bytes, and behind those what an earlier text left.
    edges: Vec<u32>,
    /// How many of them are this text's.
    count: usize,
    /// Numbers of the words with an apostrophe in them.
    quoted: Vec<u32>,
    words: Vec<u64>,
    quotes: Vec<u64>,
}

impl Spots {
    /// Reads the words of a text of less than 4 GiB, forgetting the last one's; beyond that nothing is read.
    pub fn read(&mut self, text: &str) {
        self.count = 0;
        self.quoted.clear();
        self.words.clear();
        self.quotes.clear();
        if u32::try_from(text.len()).is_ok() {
            self.mask(text);
            self.join_quotes();
            self.cut();
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
    pub fn iter(&self) -> impl Iterator<Item = (usize, usize)> + '_ {
        let (pairs, _) = self.edges().as_chunks::<2>();
        pairs.iter().map(|[start, end]| (*start as usize, *end as usize))
    }

    /// Numbers of the words that hold an apostrophe.
    pub fn quoted(&self) -> &[u32] {
        &self.quoted
    }

    /// One bit a byte: part of a word, apostrophes apart.
    fn mask(&mut self, text: &str) {
        // Bytes of a sign that reach into the next block.
        let mut over = 0u32;
        let bytes = text.as_bytes();
        for number in 0..bytes.len().div_ceil(BLOCK) {
            let rest = bytes.get(number * BLOCK..).unwrap_or_default();
            let mut seen = match rest.first_chunk::<{ BLOCK + 1 }>() {
                Some(block) => look(block),
                None => {
                    let mut padded = [b' '; BLOCK + 1];
                    for (slot, byte) in padded.iter_mut().zip(rest) {
                        *slot = *byte;
                    }
                    look(&padded)
                }
            };
            seen.word &= u64::MAX.checked_shl(over).unwrap_or(0);
            over = 0;
            while seen.odd != 0 {
                let at = seen.odd.trailing_zeros();
                seen.odd &= seen.odd - 1;
                let Some(ch) = text.get(number * BLOCK + at as usize..).and_then(|rest| rest.chars().next()) else {
                    continue;
                };
                if !is_word(ch) {
                    let bytes = ch.len_utf8() as u32;
                    seen.word &= !(((1u64 << bytes) - 1) << at);
                    over = (at + bytes).saturating_sub(BLOCK as u32);
                }
            }
            self.words.push(seen.word);
            self.quotes.push(seen.quote);
        }
        self.words.push(0);
    }

    /// A single apostrophe between two letters joins them.
    fn join_quotes(&mut self) {
        let mut before = 0u64;
        for number in 0..self.quotes.len() {
            let Some([word, next]) = self.words.get(number..number + 2) else { return };
            let (word, after) = (*word, *next);
            let quote = self.quotes.get(number).copied().unwrap_or_default();
            let inside = if quote == 0 { 0 } else { quote & (word << 1 | before >> 63) & (word >> 1 | after << 63) };
            before = word;
            if let (Some(word), Some(quote)) = (self.words.get_mut(number), self.quotes.get_mut(number)) {
                *word |= inside;
                *quote = inside;
            }
        }
    }

    fn cut(&mut self) {
        // Room for every edge that may come, and for what is written behind the last one of a block.
        let room: usize = self.words.len() * BLOCK + BLOCK;
        let mut edges = std::mem::take(&mut self.edges);
        if edges.len() < room {
            edges.resize(room, 0);
        }
        let mut written = 0;
        let mut before = 0u64;
        for (number, word) in self.words.iter().enumerate() {
            let mut turns = word ^ (word << 1 | before >> 63);
            before = *word;
            let base = (number * BLOCK) as u32;
            // Eight at a time, so that the processor seldom guesses wrongly how many a block has.
            let mut out = edges.get_mut(written..).unwrap_or_default();
            written += turns.count_ones() as usize;
            while turns != 0 {
                let Some((eight, rest)) = out.split_first_chunk_mut::<8>() else { break };
                for slot in eight {
                    *slot = base + turns.trailing_zeros();
                    turns &= turns.wrapping_sub(1);
                }
                out = rest;
            }
        }
        self.count = written;
        self.edges = edges;
        for (number, quote) in self.quotes.iter().enumerate() {
            let mut quote = *quote;
            while quote != 0 {
                let at = (number * BLOCK) as u32 + quote.trailing_zeros();
                quote &= quote - 1;
                let word = (self.edges().partition_point(|edge| *edge <= at) / 2) as u32;
                if self.quoted.last() != Some(&word) {
                    self.quoted.push(word);
                }
            }
        }
    }
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

/// A block and the byte after it. Written so that the compiler turns each loop into vector instructions.
#[inline]
fn look(block: &[u8; BLOCK + 1]) -> Seen {
    let mut words = [0u8; BLOCK];
    let mut quotes = [0u8; BLOCK];
    for ((word, quote), byte) in words.iter_mut().zip(&mut quotes).zip(block) {
        *word = within(byte | 0x20, b'a', 26) | within(*byte, b'0', 10);
        *quote = is(*byte, b'\'');
    }
    let beyond = block.first_chunk().map_or(0, bits);
    let odd = if beyond == 0 { 0 } else { look_beyond_ascii(block) };
    Seen { word: bits(&words) | beyond, odd, quote: bits(&quotes) }
}

/// Letters of Latin, Greek, Cyrillic and Arabic begin with C3 to DB. What begins with another byte is looked at one by one, and
/// so are the few signs that share a first byte with letters: × and ÷, the commas and question marks of Arabic.
fn look_beyond_ascii(block: &[u8; BLOCK + 1]) -> u64 {
    let mut odd = [0u8; BLOCK];
    let mut any = 0u8;
    for ((odd, byte), next) in odd.iter_mut().zip(block).zip(block.iter().skip(1)) {
        let (byte, next) = (*byte, *next);
        let rare = within(byte, 0xdc, 0x24) | is(byte, 0xc2) | within(byte, 0xcb, 5) | within(byte, 0xd2, 6);
        let latin = is(byte, 0xc3) & (is(next, 0x97) | is(next, 0xb7));
        let arabic = is(byte, 0xd8) & (within(next, 0x80, 16) | within(next, 0x9b, 5));
        let digits = is(byte, 0xd9) & within(next, 0xaa, 4);
        let marks = is(next, 0x94) | within(next, 0x9d, 2) | is(next, 0xa9) | within(next, 0xbd, 2);
        *odd = rare | latin | arabic | digits | is(byte, 0xdb) & marks;
        any |= *odd;
    }
    if any == 0 { 0 } else { bits(&odd) }
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
