//! Words of a text as numbers, 64 bytes of text at a time.
//!
//! Each block becomes bit masks, a bit for each byte: is it in a word, does a word begin here. Eight bytes are judged at once in
//! an ordinary register; only characters beyond ASCII are looked at one by one, in a table. So every machine does the same
//! arithmetic, and no special instructions are needed.

use std::sync::LazyLock;

/// Bytes of a block: as many as a mask has bits.
const BLOCK: usize = 64;
/// What [`CLASSES`] says of a character.
const IN_A_WORD: u8 = 1;
/// A word of its own.
const ALONE: u8 = 2;

/// The class of each character below U+10000, asked once: the standard library searches for it anew each time.
static CLASSES: LazyLock<Box<[u8; CLASSED]>> = LazyLock::new(|| {
    let classes: Box<[u8]> = (0..).take(CLASSED).map(|code| char::from_u32(code).map_or(0, class)).collect();
    classes.try_into().expect("as many were taken")
});
const CLASSED: usize = 0x1_0000;

fn class(character: char) -> u8 {
    if is_written_without_spaces(character) { ALONE } else { u8::from(character.is_alphanumeric()) * IN_A_WORD }
}

/// Thai, Lao, Myanmar, Khmer; kana and Chinese characters with their supplements.
pub(super) fn is_written_without_spaces(character: char) -> bool {
    character >= '\u{e00}'
        && matches!(character, '\u{e01}'..='\u{e30}' | '\u{e32}'..='\u{e33}' | '\u{e40}'..='\u{e46}' | '\u{e81}'..='\u{eb0}'
            | '\u{eb2}'..='\u{eb3}' | '\u{ec0}'..='\u{ec6}' | '\u{1000}'..='\u{102a}' | '\u{1780}'..='\u{17b3}'
            | '\u{3041}'..='\u{3096}' | '\u{30a1}'..='\u{30fa}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}'
            | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}

/// Hands over the hash of each word until `each` says stop.
pub(super) fn words(text: &str, mut each: impl FnMut(u64) -> bool) {
    let bytes = text.as_bytes();
    let classes = &**CLASSES;
    let mut start = None;
    // What a character that crosses the end of a block has to say of the next one.
    let mut crossing = Masks::default();
    let mut before = 0;
    for (number, block) in bytes.chunks(BLOCK).enumerate() {
        let base = number * BLOCK;
        let (ascii, leads) = judge(block);
        let mut masks = crossing;
        masks.word |= u128::from(ascii);
        if leads != 0 {
            masks.add_wide(leads, &bytes[base..], classes);
        }
        let (word, breaks) = (masks.word as u64, masks.breaks as u64);
        let follows = word << 1 | before;
        let starts = word & (!follows | breaks);
        let mut starts = starts;
        let mut ends = follows & (!word | breaks);
        if block.len() < BLOCK {
            ends &= (1 << block.len()) - 1;
        }
        // Words do not overlap, so the first start belongs to the first end.
        let mut first = || {
            let at = starts.trailing_zeros() as usize;
            let any = starts != 0;
            starts &= starts.wrapping_sub(1);
            any.then_some(base + at)
        };
        start = start.or_else(&mut first);
        while ends != 0 {
            let end = base + ends.trailing_zeros() as usize;
            ends &= ends - 1;
            let Some(begun) = start else { break };
            if !each(hash(bytes, begun, end)) {
                return;
            }
            start = first();
        }
        before = word >> 63;
        crossing = Masks { word: masks.word >> BLOCK, breaks: masks.breaks >> BLOCK };
    }
    if let Some(start) = start {
        each(hash(bytes, start, bytes.len()));
    }
}

/// A bit for each byte of a block and of the next one.
#[derive(Clone, Copy, Default)]
struct Masks {
    word: u128,
    /// No word goes on across here.
    breaks: u128,
}

impl Masks {
    /// Adds the characters beyond ASCII; `leads` tells their first bytes, `bytes` begins with the block.
    fn add_wide(&mut self, mut leads: u64, bytes: &[u8], classes: &[u8; CLASSED]) {
        // The first bytes of characters that are in words, by length: two, three and four bytes.
        let mut long = [0u64; 3];
        let mut alone = [0u64; 3];
        while leads != 0 {
            let at = leads.trailing_zeros() as usize;
            leads &= leads - 1;
            let low = |more: usize| usize::from(bytes.get(at + more).copied().unwrap_or(0) & 0x3f);
            let lead = usize::from(bytes[at]);
            if lead < 0xe0 {
                // None of these scripts is written without spaces.
                long[0] |= u64::from(classes[(lead & 0x1f) << 6 | low(1)]) << at;
                continue;
            }
            let (class, length) = if lead < 0xf0 {
                (classes[(lead & 0xf) << 12 | low(1) << 6 | low(2)], 1)
            } else {
                let code = (lead & 7) << 18 | low(1) << 12 | low(2) << 6 | low(3);
                (u32::try_from(code).ok().and_then(char::from_u32).map_or(0, class), 2)
            };
            long[length] |= u64::from(class != 0) << at;
            alone[length] |= u64::from(class == ALONE) << at;
        }
        for (number, (long, alone)) in long.into_iter().zip(alone).enumerate() {
            let (long, alone) = (u128::from(long), u128::from(alone));
            self.word |= (0..number + 2).fold(0, |all, byte| all | long << byte);
            self.breaks |= alone | alone << (number + 2);
        }
    }
}

/// For each of up to 64 bytes, a bit: is it an ASCII letter or digit, does it begin a character beyond ASCII.
fn judge(block: &[u8]) -> (u64, u64) {
    let (mut ascii, mut leads) = (0, 0);
    let (eights, rest) = block.as_chunks::<8>();
    let mut last = [0; 8];
    last[..rest.len()].copy_from_slice(rest);
    for (number, eight) in eights.iter().chain((!rest.is_empty()).then_some(&last)).enumerate() {
        let eight = u64::from_le_bytes(*eight);
        ascii |= gather(alphanumeric(eight)) << (number * 8);
        if eight & TOPS != 0 {
            leads |= gather(eight & eight << 1 & TOPS) << (number * 8);
        }
    }
    (ascii, leads)
}

/// The top bit of each byte.
const TOPS: u64 = 0x8080_8080_8080_8080;

/// The top bit of each byte that is an ASCII letter or digit.
fn alphanumeric(eight: u64) -> u64 {
    let each = |byte: u8| u64::from_ne_bytes([byte; 8]);
    let low = eight & !TOPS;
    // Below 0x80 no sum runs over into the next byte; the top bit says "at least".
    let at_least = |bytes: u64, first: u8| bytes + each(0x80 - first);
    let small = low | each(0x20);
    let letter = at_least(small, b'a') & !at_least(small, b'z' + 1);
    let digit = at_least(low, b'0') & !at_least(low, b'9' + 1);
    (letter | digit) & !eight & TOPS
}

/// The top bits of eight bytes side by side.
fn gather(tops: u64) -> u64 {
    (tops >> 7).wrapping_mul(0x0102_0408_1020_4080) >> 56
}

/// The hash of the word from `start` to `end`. Part of the recipe.
#[inline(always)]
fn hash(bytes: &[u8], mut start: usize, end: usize) -> u64 {
    let mut hash = (end - start) as u64;
    if end - start > 16 {
        (start, hash) = hash_long(bytes, start, end);
    }
    let (low, high) = sixteen(bytes, start, end - start);
    mix(hash.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ low, high)
}

#[cold]
fn hash_long(bytes: &[u8], mut start: usize, end: usize) -> (usize, u64) {
    let mut hash = (end - start) as u64;
    while end - start > 16 {
        let (low, high) = sixteen(bytes, start, 16);
        hash = mix(mix(hash, low), high);
        start += 16;
    }
    (start, hash)
}

/// Up to 16 bytes as two numbers, with zeros behind.
#[inline(always)]
fn sixteen(bytes: &[u8], start: usize, length: usize) -> (u64, u64) {
    let loaded = bytes.get(start..start + 16).and_then(|part| part.try_into().ok()).unwrap_or_else(|| {
        let mut padded = [0; 16];
        let part = &bytes[start..start + length];
        padded[..part.len()].copy_from_slice(part);
        padded
    });
    let both = u128::from_le_bytes(loaded) & MASKS[length];
    (both as u64, (both >> 64) as u64)
}

/// For each length, the bytes that count.
const MASKS: [u128; 17] = {
    let mut masks = [u128::MAX; 17];
    let mut length = 0;
    while length < 16 {
        masks[length] = (1 << (length * 8)) - 1;
        length += 1;
    }
    masks
};

/// Both halves of a product: every bit of the inputs reaches every bit of the result, and their order matters.
pub(super) fn mix(a: u64, b: u64) -> u64 {
    let product = u128::from(a ^ 0x9e37_79b9_7f4a_7c15) * u128::from(b.rotate_left(23) ^ 0xd6e8_feb8_6659_fd93);
    (product as u64 ^ (product >> 64) as u64).wrapping_add(0xa076_1d64_78bd_642f)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The same, a character at a time.
    fn one_by_one(text: &str) -> Vec<u64> {
        let mut found = Vec::new();
        let mut word = String::new();
        let mut close = |word: &mut String| {
            if !word.is_empty() {
                found.push(hash(word.as_bytes(), 0, word.len()));
                word.clear();
            }
        };
        for character in text.chars() {
            let alone = is_written_without_spaces(character);
            if alone || !character.is_alphanumeric() {
                close(&mut word);
            }
            if alone || character.is_alphanumeric() {
                word.push(character);
            }
            if alone {
                close(&mut word);
            }
        }
        close(&mut word);
        found
    }

    fn by_blocks(text: &str) -> Vec<u64> {
        let mut found = Vec::new();
        words(text, |word| {
            found.push(word);
            true
        });
        found
    }

    #[test]
    fn every_ascii_byte_is_judged_as_the_standard_library_judges_it() {
        for byte in 0..=255u8 {
            for at in 0..8 {
                let mut eight = *b" a. z\0 9";
                eight[at] = byte;
                let expected = eight
                    .iter()
                    .enumerate()
                    .fold(0, |mask, (at, byte)| mask | u64::from(byte.is_ascii_alphanumeric()) << at);
                assert_eq!(gather(alphanumeric(u64::from_le_bytes(eight))), expected, "{eight:?}");
            }
        }
    }

    #[test]
    fn words_at_the_ends_of_blocks_are_whole() {
        for shift in 0..140 {
            for word in ["ab", "жук", "灯火", "a灯b", "𠀀x", "averylongwordthatcrossestheblock", "é"] {
                let text = format!("{}{word} {word}", ".".repeat(shift));
                assert_eq!(by_blocks(&text), one_by_one(&text), "{shift} {word}");
            }
        }
    }

    proptest! {
        #[test]
        fn words_by_blocks_are_those_found_one_by_one(text in "([a-zA-Z0-9]{1,20}|[ ,.]|[а-яё]{1,9}|[ء-ي]{1,9}|[灯火港の]|[ก-ฮ]|\u{10348}|[🙂é]|\\PC){0,60}") {
            prop_assert_eq!(by_blocks(&text), one_by_one(&text));
        }
    }
}
