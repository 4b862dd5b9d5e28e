//! Which words are common: a word that everybody writes is no misspelling of a name.
//!
//! In: a folded word. Out: yes or no. The list is a filter of bits over the most frequent words of Arabic, Dutch, English, French,
//! German, Italian, Persian, Portuguese, Russian and Spanish (`tools/build_common_words.py`): it never forgets a word of the list, and
//! takes about one other word in two hundred for common. Words of other languages are unknown to it.

/// The filter: 64-bit words, little-endian.
static BYTES: &[u8] = include_bytes!("../data/common_words.bin");

/// Bytes of the filter. One common word has 16 bits of it.
const FILTER_BYTES: usize = 1 << 19;
const _: () = assert!(BYTES.len() == FILTER_BYTES);

/// Words up to this long are pieces only when the list says so.
const SHORT_CHARS_MAX: usize = 3;
/// Sets the short pieces apart from the words.
const PIECE: u64 = 0x5bd1_e995_2f1b_3a77;

/// Hash of a folded word from its first eight bytes, its last eight and its length: two loads and one multiplication, whatever the
/// word. Long words that differ in the middle alone share it, which filters can bear and tables cannot.
#[inline]
pub fn quick_hash(word: &[u8]) -> u64 {
    match word.last_chunk::<8>() {
        Some(last) => {
            let first = word.first_chunk::<8>().map_or(0, |first| u64::from_le_bytes(*first));
            mix(first, u64::from_le_bytes(*last), word.len())
        }
        None => {
            let mut padded = [0u8; 8];
            for (slot, byte) in padded.iter_mut().zip(word) {
                *slot = *byte;
            }
            let first = u64::from_le_bytes(padded);
            mix(first, first, word.len())
        }
    }
}

/// The low bytes of a word of 64 bits, by their number.
const LOW_BYTES: [u64; 9] =
    [0, 0xff, 0xffff, 0xff_ffff, 0xffff_ffff, 0xff_ffff_ffff, 0xffff_ffff_ffff, 0xff_ffff_ffff_ffff, u64::MAX];

/// [`quick_hash`] of `text[start..end]`, `start` not after `end`: without a loop and without a branch that depends on the word, where
/// the text has eight bytes before its end and after its start.
#[inline(always)]
#[expect(
    clippy::inline_always,
    reason = "a call would cost as much as the hash, and every word of every text comes here"
)]
pub fn quick_hash_at(text: &[u8], start: usize, end: usize) -> u64 {
    match ends_at(text, start, end) {
        Some(ends) => quick_hash_of_ends(ends, end.wrapping_sub(start)),
        None => quick_hash(text.get(start..end).unwrap_or_default()),
    }
}

/// Eight bytes from the start of a word, and eight up to its end, whatever else they hold; `None` near the ends of the text.
#[inline(always)]
#[expect(clippy::inline_always, reason = "part of `quick_hash_at`")]
pub fn ends_at(text: &[u8], start: usize, end: usize) -> Option<(u64, u64)> {
    Some((load(text, start)?, load(text, end.wrapping_sub(8))?))
}

/// [`quick_hash`] of a word of so many bytes with these [`ends_at`].
#[inline(always)]
#[expect(clippy::inline_always, reason = "part of `quick_hash_at`")]
pub fn quick_hash_of_ends((first, last): (u64, u64), bytes: usize) -> u64 {
    let first = first & LOW_BYTES.get(bytes.min(8)).copied().unwrap_or_default();
    // By a mask: how long a word is no processor guesses.
    let long = u64::from(bytes > 8).wrapping_neg();
    mix(first, first ^ (first ^ last) & long, bytes)
}

/// [`quick_hash`] of `text[start..end]` and `text[next..stop]` written together, both of them words: without writing them together.
#[inline]
pub fn quick_hash_joined(text: &[u8], [start, end]: [usize; 2], [next, stop]: [usize; 2]) -> u64 {
    let (front, back) = (end.wrapping_sub(start), stop.wrapping_sub(next));
    let loads =
        (load(text, start), load(text, next), load(text, end.wrapping_sub(8)), load(text, stop.wrapping_sub(8)));
    let (Some(head), Some(behind), Some(before), Some(tail)) = loads else {
        let [front, back] = [start..end, next..stop].map(|part| text.get(part).unwrap_or_default());
        return quick_hash(&[front, back].concat());
    };
    let low = |bytes: usize| LOW_BYTES.get(bytes.min(8)).copied().unwrap_or_default();
    let bits = |bytes: usize| 8 * bytes.min(8) as u32;
    // What stands behind the front word is the back word, and before the back word the front word.
    let first = head & low(front) | (behind & low(back)).checked_shl(bits(front)).unwrap_or(0);
    let last = tail & !low(8 - back.min(8)) | (before & !low(8 - front.min(8))).checked_shr(bits(back)).unwrap_or(0);
    let bytes = front + back;
    mix(first, if bytes < 8 { first } else { last }, bytes)
}

#[inline(always)]
#[expect(clippy::inline_always, reason = "part of `quick_hash_at`")]
fn load(text: &[u8], at: usize) -> Option<u64> {
    text.get(at..at.wrapping_add(8))?.first_chunk::<8>().map(|bytes| u64::from_le_bytes(*bytes))
}

#[inline(always)]
#[expect(clippy::inline_always, reason = "part of `quick_hash_at`")]
fn mix(first: u64, last: u64, bytes: usize) -> u64 {
    let product = u128::from(first ^ 0xa076_1d64_78bd_642f)
        .wrapping_mul(u128::from(last.rotate_left(17) ^ 0xe703_7ed1_a0b4_28db ^ (bytes as u64) << 56));
    (product as u64) ^ (product >> 64) as u64
}

/// Whether a folded word is common in one of the languages.
pub fn is_common(word: &str) -> bool {
    is_common_hash(quick_hash(word.as_bytes()))
}

/// [`is_common`] for a word whose [`quick_hash`] is known.
#[inline]
pub fn is_common_hash(hash: u64) -> bool {
    let (at, bits) = place(hash);
    word_at(BYTES, at) & bits == bits
}

/// Whether a folded word may be a piece of words that are written together: common, and if it is short very common, for
/// any two letters are a word somewhere.
pub fn is_piece(word: &str) -> bool {
    let salt = if word.chars().nth(SHORT_CHARS_MAX).is_none() { PIECE } else { 0 };
    is_common_hash(quick_hash(word.as_bytes()) ^ salt)
}

/// Packs `word <tab> 0|1` lines (1: also a piece) into the bytes of the filter. Words are folded first; what folds to
/// nothing or to several words is left out.
pub fn pack(lines: &str) -> Result<Vec<u8>, String> {
    let mut words = vec![0u64; FILTER_BYTES / 8];
    let mut set = |hash: u64| {
        let (at, bits) = place(hash);
        if let Some(word) = words.get_mut(at) {
            *word |= bits;
        }
    };
    for (number, line) in lines.lines().enumerate() {
        let (word, piece) = line.split_once('\t').ok_or_else(|| format!("line {}: no tab", number + 1))?;
        let folded = crate::fold::fold_plain(word);
        if folded.is_empty() || !folded.chars().all(crate::tokens::is_word) {
            continue;
        }
        let key = quick_hash(folded.as_bytes());
        set(key);
        if piece == "1" && folded.chars().nth(SHORT_CHARS_MAX).is_none() {
            set(key ^ PIECE);
        }
    }
    Ok(words.into_iter().flat_map(u64::to_le_bytes).collect())
}

/// The filter's word and the bits in it that stand for a hash.
#[inline]
fn place(hash: u64) -> (usize, u64) {
    let mixed = (hash ^ (hash >> 32)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let bit = |shift: u32| 1u64 << ((mixed >> shift) & 63);
    ((mixed >> 48) as usize & (FILTER_BYTES / 8 - 1), bit(0) | bit(6) | bit(12) | bit(18))
}

#[inline]
fn word_at(bytes: &[u8], at: usize) -> u64 {
    match bytes.get(at * 8..).and_then(|rest| rest.first_chunk()) {
        Some(word) => u64::from_le_bytes(*word),
        None => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_ten_languages_are_common_and_invented_ones_are_not() {
        for word in
            ["the", "attack", "nicht", "morgen", "toujours", "manana", "sempre", "mensen", "обычно", "قال", "کشور"]
        {
            assert!(is_common(word), "{word}");
        }
        for word in ["kelmora", "hessel", "varn", "lantrn", "atakc", "келмора", "کلمورا"] {
            assert!(!is_common(word), "{word}");
        }
    }

    #[test]
    fn a_word_has_one_hash_wherever_it_stands() {
        let text = "in kelmora und port-hessel, donaudampfschifffahrt, ab".as_bytes();
        for start in 0..text.len() {
            for end in start..=text.len() {
                assert_eq!(quick_hash_at(text, start, end), quick_hash(&text[start..end]), "{start}..{end}");
            }
        }
    }

    #[test]
    fn two_words_have_the_hash_of_what_they_are_together() {
        let text = "in kelmora und port-hessel, donau ab".as_bytes();
        for start in 0..text.len() {
            for end in start..=text.len() {
                for next in end..text.len() {
                    for stop in next..=text.len() {
                        let together = [&text[start..end], &text[next..stop]].concat();
                        let hash = quick_hash_joined(text, [start, end], [next, stop]);
                        assert_eq!(hash, quick_hash(&together), "{start}..{end} {next}..{stop}");
                    }
                }
            }
        }
    }

    #[test]
    fn short_pieces_must_be_very_common() {
        assert!(is_piece("de") && is_piece("the") && is_piece("people"));
        assert!(!is_piece("xq") && !is_piece("zv") && !is_piece("kelmora"));
    }

    #[test]
    fn an_unlisted_word_is_seldom_taken_for_common() {
        let taken = (0..100_000u64)
            .filter(|number| is_common_hash(quick_hash(&number.wrapping_mul(0x9e37_79b9_7f4a_7c15).to_le_bytes())));
        let share = taken.count() as f64 / 100_000.0;
        assert!(share < 0.03, "{share}");
    }
}
