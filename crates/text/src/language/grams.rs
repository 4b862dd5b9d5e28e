//! What is looked at in a word: itself, and the groups of one to five letters in it, ends included. Each is known by a 64-bit hash.

use super::letters::Word;

/// Letters in the longest group.
const LETTERS_MAX: usize = 5;
const SEED: u64 = 0x9e37_79b9_7f4a_7c15;
const WHOLE_WORD: u64 = 0x2545_f491_4f6c_dd1d;
const PRIME: u64 = 0xff51_afd7_ed55_8ccd;

#[inline]
fn step(hash: u64, letter: u32) -> u64 {
    (hash ^ u64::from(letter)).wrapping_mul(PRIME).rotate_left(29)
}

#[inline]
fn finish(hash: u64) -> u64 {
    let hash = (hash ^ (hash >> 31)).wrapping_mul(SEED);
    hash ^ (hash >> 29)
}

/// Hands on the hash of each group of letters, and of the word.
#[inline]
pub fn each_gram(word: &Word, mut each: impl FnMut(u64)) {
    let padded = word.padded();
    let mut whole = WHOLE_WORD;
    for (start, letter) in padded.iter().enumerate() {
        let mut hash = step(SEED, *letter);
        // The end mark alone says nothing.
        if *letter != 0 {
            each(finish(hash));
            whole = step(whole, *letter);
        }
        for letter in padded.iter().skip(start + 1).take(LETTERS_MAX - 1) {
            hash = step(hash, *letter);
            each(finish(hash));
        }
    }
    each(finish(whole));
}
