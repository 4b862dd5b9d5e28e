//! Which words of a text a name may be looked for by: all words of a text come here, so they are read once and looked at many at a time.
//!
//! A lot of words is loaded, all of it is hashed in a loop that the compiler turns into vector instructions, then the sieve is asked for
//! each. In: a text and a [`Sieve`]. Out: numbers of words.

use crate::loose::Text;
use crate::sieve::{Bits, Sieve, hash_of_head};
use crate::words::{Marks, is_plural, marks};
use pulp::{Arch, NullaryFnOnce};
use std::sync::LazyLock;

/// Words that are looked at together: what is known about them stays in the processor's nearest memory.
const LOT: usize = 32;
/// Bytes of a word that are loaded: those of [`hash_of_head`] behind a clitic and an article.
const WINDOW_BYTES: usize = 24;

/// Numbers of words.
#[derive(Debug, Default)]
pub(super) struct Sifted {
    /// Words that pass the sieve as they are, or without a clitic or an article.
    whole: Vec<u32>,
    wholes: usize,
    /// Others that have more readings.
    otherwise: Vec<u32>,
    others: usize,
}

impl Sifted {
    pub fn whole(&self) -> &[u32] {
        self.whole.get(..self.wholes).unwrap_or_default()
    }

    pub fn otherwise(&self) -> &[u32] {
        self.otherwise.get(..self.others).unwrap_or_default()
    }

    /// Reads the words of a text, forgetting the last one's.
    pub fn read(&mut self, sieve: &Sieve, text: Text<'_>) {
        static ARCH: LazyLock<Arch> = LazyLock::new(Arch::new);
        ARCH.dispatch(Sift { sifted: self, sieve: sieve.bits(), text });
    }
}

/// What was loaded of some words.
struct Lot {
    /// The first 24 bytes from the start of each, and the four before its end, whatever else they hold.
    window: [[u64; LOT]; WINDOW_BYTES / 8],
    tail: [u64; LOT],
    bytes: [u64; LOT],
}

/// What the sieve is asked for.
struct Asked {
    plain: [u64; LOT],
    /// Without a clitic of one letter; the same as `plain` when there is none.
    clitic: [u64; LOT],
    /// One bit for each word that has more readings.
    more: u32,
    /// Whether a word may begin with a clitic.
    clitics: bool,
}

const _: () = assert!(LOT == u32::BITS as usize, "a lot's words are the bits of `Asked::more`");

struct Sift<'a> {
    sifted: &'a mut Sifted,
    sieve: Bits<'a>,
    text: Text<'a>,
}

impl NullaryFnOnce for Sift<'_> {
    type Output = ();

    #[inline(always)]
    fn call(self) {
        let Self { sifted, sieve, text } = self;
        let words = text.spots.len();
        (sifted.wholes, sifted.others) = (0, 0);
        if sifted.whole.len() < words {
            sifted.whole.resize(words, 0);
            sifted.otherwise.resize(words, 0);
        }
        let mut lot = Lot { window: [[0; LOT]; WINDOW_BYTES / 8], tail: [0; LOT], bytes: [0; LOT] };
        let mut asked = Asked { plain: [0; LOT], clitic: [0; LOT], more: 0, clitics: false };
        let mut first = 0u32;
        for spots in text.spots.pairs().chunks(LOT) {
            if lot.load(text.folded.as_bytes(), spots) {
                asked.look_ascii(&lot);
            } else {
                asked.look(&lot);
            }
            sifted.ask(sieve, &asked, first, spots.len());
            first += spots.len() as u32;
        }
    }
}

impl Lot {
    /// Loads words; whether all of them begin with ASCII.
    #[inline(always)]
    fn load(&mut self, bytes: &[u8], spots: &[[u32; 2]]) -> bool {
        let mut firsts = 0;
        let [first, second, third] = &mut self.window;
        let slots = first.iter_mut().zip(second).zip(third).zip(&mut self.tail).zip(&mut self.bytes);
        for (((((first, second), third), tail), size), [start, end]) in slots.zip(spots) {
            let (start, end) = (*start as usize, *end as usize);
            let window = match bytes.get(start..start + WINDOW_BYTES).and_then(<[u8]>::first_chunk) {
                Some(window) => *window,
                None => window_at_end(bytes, start),
            };
            let (eights, _) = window.as_chunks::<8>();
            if let [one, two, three] = eights {
                (*first, *second) = (u64::from_le_bytes(*one), u64::from_le_bytes(*two));
                *third = u64::from_le_bytes(*three);
            }
            // A word that begins the text and is shorter has one reading.
            let last = bytes.get(end.wrapping_sub(4)..end).and_then(<[u8]>::first_chunk::<4>);
            *tail = last.map_or(0, |last| u64::from(u32::from_le_bytes(*last)));
            *size = end.wrapping_sub(start) as u64;
            firsts |= *first;
        }
        firsts & 0x80 == 0
    }
}

#[cold]
fn window_at_end(bytes: &[u8], start: usize) -> [u8; WINDOW_BYTES] {
    let mut window = [0; WINDOW_BYTES];
    for (slot, byte) in window.iter_mut().zip(bytes.get(start..).unwrap_or_default()) {
        *slot = *byte;
    }
    window
}

impl Asked {
    /// Hashes words that begin with ASCII: each has one reading, or is a plural.
    #[inline(always)]
    fn look_ascii(&mut self, lot: &Lot) {
        let mut mores = 0;
        for at in 0..LOT {
            let (first, second, size) = (lot.window[0][at], lot.window[1][at], lot.bytes[at]);
            self.plain[at] = hash_of_head(first, second, size);
            mores |= u32::from(is_plural(lot.tail[at], size)) << at;
        }
        (self.more, self.clitics) = (mores, false);
    }

    /// Hashes any words.
    #[inline(always)]
    fn look(&mut self, lot: &Lot) {
        let (mut clitics, mut mores) = (0, 0);
        for at in 0..LOT {
            let (one, two, three) = (lot.window[0][at], lot.window[1][at], lot.window[2][at]);
            let size = lot.bytes[at];
            let Marks { article, clitic, clitic_article, more } = marks(one, lot.tail[at], size);
            let (first, second) = if article { (one >> 32 | two << 32, two >> 32 | three << 32) } else { (one, two) };
            self.plain[at] = hash_of_head(first, second, if article { size.wrapping_sub(4) } else { size });
            let (low_one, low_two) = (one >> 16 | two << 48, two >> 16 | three << 48);
            let (high_one, high_two) = (one >> 48 | two << 16, two >> 48 | three << 16);
            let (first, second) = if clitic_article { (high_one, high_two) } else { (low_one, low_two) };
            let hash = hash_of_head(first, second, size.wrapping_sub(if clitic_article { 6 } else { 2 }));
            self.clitic[at] = if clitic { hash } else { self.plain[at] };
            mores |= u32::from(more) << at;
            clitics |= u64::from(clitic);
        }
        (self.more, self.clitics) = (mores, clitics != 0);
    }
}

impl Sifted {
    /// Asks for all words first: what the processor cannot guess it guesses once a lot.
    #[inline(always)]
    fn ask(&mut self, sieve: Bits<'_>, asked: &Asked, first: u32, count: usize) {
        let mut found = 0u32;
        for (at, hash) in asked.plain.iter().take(count).enumerate() {
            found |= u32::from(sieve.may_hold(*hash)) << at;
        }
        if asked.clitics {
            for (at, hash) in asked.clitic.iter().take(count).enumerate() {
                found |= u32::from(sieve.may_hold(*hash)) << at;
            }
        }
        let here = u32::MAX >> (LOT - count).min(LOT - 1);
        write_words(found & here, first, &mut self.whole, &mut self.wholes);
        write_words(asked.more & !found & here, first, &mut self.otherwise, &mut self.others);
    }
}

/// Writes the numbers of the words whose bits are set.
#[inline(always)]
fn write_words(mut bits: u32, first: u32, words: &mut [u32], count: &mut usize) {
    while bits != 0 {
        if let Some(slot) = words.get_mut(*count) {
            *slot = first + bits.trailing_zeros();
            *count += 1;
        }
        bits &= bits - 1;
    }
}
