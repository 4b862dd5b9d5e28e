//! A filter of bits over words that lets few others through, and the hash that it is asked with: of a word's first sixteen bytes and its
//! length. What is written onto the end of a word then changes only which of the bytes count, and what is written before it only where
//! they begin, so that all readings of a word come from one look at it, many words at a time.

/// Bytes that the hash looks at.
const HEAD_BYTES: usize = 16;

/// Hash of a word: words that differ behind the sixteenth byte alone share it, which filters can bear and tables cannot.
#[inline]
pub(crate) fn head_hash(word: &[u8]) -> u64 {
    let mut head = [0u8; HEAD_BYTES];
    for (slot, byte) in head.iter_mut().zip(word) {
        *slot = *byte;
    }
    let (eights, _) = head.as_chunks::<8>();
    let eight = |at: usize| eights.get(at).map_or(0, |eight| u64::from_le_bytes(*eight));
    mix(eight(0), eight(1), word.len() as u64)
}

/// [`head_hash`] of `text[start..end]`, `start` not after `end`, without copying the word where the text has sixteen bytes from its start.
#[inline]
pub(crate) fn head_hash_at(text: &[u8], start: usize, end: usize) -> u64 {
    match text.get(start..start.wrapping_add(HEAD_BYTES)).and_then(<[u8]>::first_chunk::<HEAD_BYTES>) {
        Some(head) => {
            let head = u128::from_le_bytes(*head);
            hash_of_head(head as u64, (head >> 64) as u64, end.wrapping_sub(start) as u64)
        }
        None => head_hash(text.get(start..end).unwrap_or_default()),
    }
}

/// [`head_hash`] of the first `bytes` bytes of what begins with these sixteen.
#[inline(always)]
pub(crate) fn hash_of_head(first: u64, second: u64, bytes: u64) -> u64 {
    mix(first & low_bytes(bytes), second & low_bytes(bytes.saturating_sub(8)), bytes)
}

/// All bits of the lowest bytes: of none to eight, and of eight when there are more.
#[inline(always)]
fn low_bytes(bytes: u64) -> u64 {
    // In two steps, because no processor shifts by 64.
    let bits = 64 - 8 * bytes.min(8);
    (u64::MAX >> (bits / 2)) >> (bits - bits / 2)
}

#[inline(always)]
fn mix(first: u64, second: u64, bytes: u64) -> u64 {
    let front = (first ^ (bytes << 56 | bytes)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let both = (front ^ (front >> 32)).wrapping_add(second.wrapping_mul(0xd6e8_feb8_6659_fd93));
    (both ^ (both >> 29)).wrapping_mul(0xbf58_476d_1ce4_e5b9)
}

/// Words, as far as two bits for each can tell them.
#[derive(Debug)]
pub(crate) struct Sieve {
    words: Vec<u64>,
    shift: u32,
}

impl Default for Sieve {
    fn default() -> Self {
        Self::of(std::iter::empty())
    }
}

impl Sieve {
    /// Of the [`head_hash`]es of words.
    pub fn of(hashes: impl ExactSizeIterator<Item = u64>) -> Self {
        // 24 to 48 bits a word: one word in two hundred passes that should not, and ten thousand names stay close to the processor.
        let size = (hashes.len() / 8 * 3).next_power_of_two().max(16);
        let mut sieve = Self { words: vec![0; size], shift: 64 - size.trailing_zeros() };
        for hash in hashes {
            if let Some(word) = sieve.words.get_mut((hash >> sieve.shift) as usize) {
                *word |= 1 << (hash >> 20 & 63) | 1 << (hash >> 26 & 63);
            }
        }
        sieve
    }

    /// False when no word has this [`head_hash`].
    #[inline]
    pub fn may_hold(&self, hash: u64) -> bool {
        self.bits().may_hold(hash)
    }

    /// For a loop that needs nothing else.
    pub fn bits(&self) -> Bits<'_> {
        Bits { words: &self.words, shift: self.shift }
    }

    pub fn bytes(&self) -> usize {
        self.words.len() * size_of::<u64>()
    }
}

/// The bits of a [`Sieve`].
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bits<'a> {
    words: &'a [u64],
    shift: u32,
}

impl Bits<'_> {
    /// As [`Sieve::may_hold`].
    #[inline(always)]
    pub fn may_hold(self, hash: u64) -> bool {
        // Both bits at once: a wrong guess of the processor costs more.
        let word = self.words.get((hash >> self.shift) as usize).copied().unwrap_or_default();
        (word >> (hash >> 20 & 63)) & (word >> (hash >> 26 & 63)) & 1 != 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_has_one_hash_however_it_is_looked_at() {
        let text = "kelmora-hessel-donaudampfschiff";
        let (eights, _) = text.as_bytes().as_chunks::<8>();
        for bytes in 0..text.len() {
            let [first, second] = [0, 1].map(|at| u64::from_le_bytes(eights[at]));
            assert_eq!(hash_of_head(first, second, bytes as u64), head_hash(&text.as_bytes()[..bytes]), "{bytes}");
            for start in 0..=bytes {
                let word = &text.as_bytes()[start..bytes];
                assert_eq!(head_hash_at(text.as_bytes(), start, bytes), head_hash(word), "{start}..{bytes}");
            }
        }
    }

    #[test]
    fn few_other_words_pass() {
        let word = |number: u64| head_hash(format!("{}", number.wrapping_mul(0x9e37_79b9_7f4a_7c15)).as_bytes());
        let sieve = Sieve::of((0..10_000).map(word).collect::<Vec<_>>().into_iter());
        assert!((0..10_000).all(|number| sieve.may_hold(word(number))));
        let others = (10_000..110_000).filter(|number| sieve.may_hold(word(*number))).count();
        assert!(others < 1_000, "{others}");
    }
}
