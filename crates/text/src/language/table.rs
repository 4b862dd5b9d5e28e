//! The trained tables: for each script with several languages, how much each group of letters speaks for each of them.
//!
//! The weights are those of a multinomial logistic regression, learnt by `examples/train_language.rs` and kept in 8 bits (4 bits and a
//! scale a row for the many languages in Latin letters). The file `data/language.bin`, little-endian: `VLID`, the number of groups
//! (u8), then for each group: script (4 bytes, ISO 15924), lanes (u8), bits a weight (u8), languages (u8), for each a length (u8) and
//! its code; unit of a weight (f32); bias of each lane (f32); buckets (u32); 8 fingerprints (u16) a bucket; 8 rows a bucket.

use super::grams;
use super::letters::Word;
use std::sync::LazyLock;

static DATA: &[u8] = include_bytes!("../../data/language.bin");
static TABLES: LazyLock<Vec<Table>> = LazyLock::new(|| Table::read_all(DATA).unwrap_or_default());

/// Rows of a bucket.
pub const BUCKET: usize = 8;
/// Languages of one script at most.
pub const LANES_MAX: usize = 48;

/// One script's languages and the weights of letter groups for them.
pub struct Table {
    script: [u8; 4],
    lanes: usize,
    bits: usize,
    codes: Vec<&'static str>,
    unit: f32,
    bias: [f32; LANES_MAX],
    fingerprints: Vec<[u16; BUCKET]>,
    rows: &'static [u8],
}

/// What a text's words said so far.
pub(super) struct Tally {
    sums: [i32; LANES_MAX],
    pub words: usize,
    pub letters: usize,
    /// Letter groups looked up, and those the table has.
    pub asked: usize,
    pub known: usize,
}

impl Tally {
    pub(super) fn new() -> Self {
        Self { sums: [0; LANES_MAX], words: 0, letters: 0, asked: 0, known: 0 }
    }
}

/// The bucket and fingerprint of a hash.
#[inline]
pub fn place(hash: u64, buckets: usize) -> (usize, u16) {
    let bucket = ((hash >> 32) * buckets as u64) >> 32;
    (bucket as usize, (hash as u16) | 1)
}

/// Bytes of a row.
pub const fn row_bytes(lanes: usize, bits: usize) -> usize {
    if bits == 4 { lanes / 2 + 1 } else { lanes }
}

/// Takes bytes from the front.
fn take(data: &mut &'static [u8], count: usize) -> Option<&'static [u8]> {
    let (head, rest) = data.split_at_checked(count)?;
    *data = rest;
    Some(head)
}

fn float(data: &mut &'static [u8]) -> Option<f32> {
    Some(f32::from_le_bytes(take(data, 4)?.try_into().ok()?))
}

impl Table {
    fn read_all(mut data: &'static [u8]) -> Option<Vec<Self>> {
        if take(&mut data, 4)? != b"VLID" {
            return None;
        }
        let groups = *take(&mut data, 1)?.first()?;
        (0..groups).map(|_| Self::read(&mut data)).collect()
    }

    fn read(data: &mut &'static [u8]) -> Option<Self> {
        let script = take(data, 4)?.try_into().ok()?;
        let &[lanes, bits, languages] = take(data, 3)? else { return None };
        let (lanes, bits) = (usize::from(lanes), usize::from(bits));
        let mut codes = Vec::new();
        for _ in 0..languages {
            let len = usize::from(*take(data, 1)?.first()?);
            codes.push(std::str::from_utf8(take(data, len)?).ok()?);
        }
        let unit = float(data)?;
        let mut bias = [f32::NEG_INFINITY; LANES_MAX];
        for slot in bias.get_mut(..codes.len())? {
            *slot = float(data)?;
        }
        let buckets = u32::from_le_bytes(take(data, 4)?.try_into().ok()?) as usize;
        let fingerprints = take(data, buckets * BUCKET * 2)?;
        let mut numbers = fingerprints.as_chunks::<2>().0.iter().map(|pair| u16::from_le_bytes(*pair));
        let fingerprints = (0..buckets).map(|_| std::array::from_fn(|_| numbers.next().unwrap_or(0))).collect();
        let rows = take(data, buckets * BUCKET * row_bytes(lanes, bits))?;
        Some(Self { script, lanes, bits, codes, unit, bias, fingerprints, rows })
    }

    /// The table of a script, by its ISO 15924 code.
    pub(super) fn of(script: &str) -> Option<&'static Self> {
        TABLES.iter().find(|table| table.script == script.as_bytes())
    }

    pub(super) fn codes(&self) -> &[&'static str] {
        &self.codes
    }

    /// Adds what a word says.
    pub(super) fn hear(&self, word: &Word, tally: &mut Tally) {
        match (self.lanes, self.bits) {
            (8, 8) => self.bytes::<8>(word, tally),
            (16, 8) => self.bytes::<16>(word, tally),
            (48, 4) => self.nibbles::<24>(word, tally),
            _ => {}
        }
        tally.words += 1;
        tally.letters += word.len();
    }

    /// The row of a hash, where there is one.
    #[inline]
    fn row(&self, hash: u64, bytes: usize) -> Option<&'static [u8]> {
        let (bucket, fingerprint) = place(hash, self.fingerprints.len());
        let held = self.fingerprints.get(bucket)?;
        let mut found = 0u32;
        for (slot, one) in held.iter().enumerate() {
            found |= u32::from(*one == fingerprint) << slot;
        }
        if found == 0 {
            return None;
        }
        let start = (bucket * BUCKET + found.trailing_zeros() as usize) * bytes;
        self.rows.get(start..start + bytes)
    }

    fn bytes<const LANES: usize>(&self, word: &Word, tally: &mut Tally) {
        let mut sums = [0i16; LANES];
        let (mut asked, mut known) = (0, 0);
        grams::each_gram(word, |hash| {
            asked += 1;
            if let Some(row) = self.row(hash, LANES).and_then(|row| <&[u8; LANES]>::try_from(row).ok()) {
                known += 1;
                for (sum, weight) in sums.iter_mut().zip(row) {
                    *sum += i16::from(*weight as i8);
                }
            }
        });
        self.close(&sums, tally, asked, known);
    }

    fn nibbles<const HALF: usize>(&self, word: &Word, tally: &mut Tally) {
        let (mut low, mut high) = ([0i16; HALF], [0i16; HALF]);
        let (mut asked, mut known) = (0, 0);
        grams::each_gram(word, |hash| {
            asked += 1;
            let Some((scale, row)) = self.row(hash, HALF + 1).and_then(|row| row.split_first()) else { return };
            let Ok(row) = <&[u8; HALF]>::try_from(row) else { return };
            known += 1;
            let scale = i16::from(*scale);
            for ((low, high), pair) in low.iter_mut().zip(&mut high).zip(row) {
                *low = low.saturating_add((i16::from(*pair & 15) - 8) * scale);
                *high = high.saturating_add((i16::from(*pair >> 4) - 8) * scale);
            }
        });
        let mut sums = [0i16; LANES_MAX];
        for (slot, value) in sums.iter_mut().zip(low.iter().chain(&high)) {
            *slot = *value;
        }
        self.close(&sums, tally, asked, known);
    }

    fn close(&self, sums: &[i16], tally: &mut Tally, asked: usize, known: usize) {
        tally.asked += asked;
        tally.known += known;
        for (total, sum) in tally.sums.iter_mut().zip(sums) {
            *total += i32::from(*sum);
        }
    }

    /// The score of each lane, in natural-log units.
    pub(super) fn scores(&self, tally: &Tally) -> [f32; LANES_MAX] {
        let mut scores = [f32::NEG_INFINITY; LANES_MAX];
        for ((score, sum), bias) in scores.iter_mut().zip(&tally.sums).zip(&self.bias).take(self.codes.len()) {
            *score = *sum as f32 * self.unit + bias;
        }
        scores
    }
}

/// How far the best lane is ahead of the second, and which it is.
pub(super) fn best(scores: &[f32; LANES_MAX]) -> (usize, f32) {
    let (mut lane, mut first, mut second) = (0, f32::NEG_INFINITY, f32::NEG_INFINITY);
    for (at, score) in scores.iter().enumerate() {
        if *score > first {
            second = first;
            (lane, first) = (at, *score);
        } else if *score > second {
            second = *score;
        }
    }
    (lane, first - second)
}
