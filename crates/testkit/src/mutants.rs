//! Valid files, damaged in the ways that break parsers. The same seed makes the same mutants on every machine.

use crate::specimens::{Sample, samples};

/// A damaged file.
#[derive(Debug, Clone)]
pub struct Mutant {
    /// Format of what it was, and how it was damaged.
    pub name: String,
    /// The file, with the name and type that it had.
    pub sample: Sample,
}

/// How a file is damaged.
const WAYS: &[(&str, Way)] = &[
    ("one bit", |bytes, dice, _| flip(bytes, dice, 1)),
    ("eight bits", |bytes, dice, _| flip(bytes, dice, 8)),
    ("sixty-four bits", |bytes, dice, _| flip(bytes, dice, 64)),
    ("cut", cut),
    ("length lie of two bytes", |bytes, dice, _| lie(bytes, dice, 2)),
    ("length lie of four bytes", |bytes, dice, _| lie(bytes, dice, 4)),
    ("length lie of eight bytes", |bytes, dice, _| lie(bytes, dice, 8)),
    ("number lie in digits", number_lie),
    ("splice", splice),
    ("piece twice", piece_twice),
    ("piece gone", piece_gone),
    ("noise inside", noise),
    ("many pieces", many_pieces),
];

type Way = fn(&mut Vec<u8>, &mut Dice, &[Sample]);

/// Numbers without chance: `SplitMix64`, which is its seed and arithmetic and nothing else.
#[derive(Debug, Clone)]
pub struct Dice(u64);

impl Dice {
    /// Dice of a seed.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next number.
    pub fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `end`, or 0 when there is none.
    pub fn below(&mut self, end: usize) -> usize {
        (self.roll() % end.max(1) as u64) as usize
    }
}

/// At least `count` mutants, equally many of each format.
pub fn mutants(count: usize, seed: u64) -> Vec<Mutant> {
    let samples = samples();
    let mut dice = Dice::new(seed);
    let each = count.div_ceil(samples.len());
    samples
        .iter()
        .flat_map(|sample| (0..each).map(move |number| (sample, WAYS[number % WAYS.len()])))
        .map(|(sample, (way, damage))| {
            let mut sample = sample.clone();
            damage(&mut sample.bytes, &mut dice, &samples);
            Mutant { name: format!("{}: {way}", sample.format), sample }
        })
        .collect()
}

/// `bytes`, damaged once in a way that the dice choose.
pub fn mutate(bytes: &mut Vec<u8>, dice: &mut Dice, others: &[Sample]) {
    let (_, damage) = WAYS[dice.below(WAYS.len())];
    damage(bytes, dice, others);
}

fn flip(bytes: &mut [u8], dice: &mut Dice, bits: usize) {
    for _ in 0..bits {
        let place = dice.below(bytes.len());
        if let Some(byte) = bytes.get_mut(place) {
            *byte ^= 1 << dice.below(8);
        }
    }
}

fn cut(bytes: &mut Vec<u8>, dice: &mut Dice, _: &[Sample]) {
    bytes.truncate(dice.below(bytes.len()));
}

fn lie(bytes: &mut [u8], dice: &mut Dice, width: usize) {
    let place = dice.below(bytes.len().saturating_sub(width));
    let lies: [u64; 7] = [0, 1, 0x7f7f_7f7f_7f7f_7f7f, u64::MAX, u64::MAX >> 1, 1 << 31, u64::MAX - 7];
    let lie = lies[dice.below(lies.len())];
    let lie = if dice.below(2) == 0 { lie.to_le_bytes() } else { lie.to_be_bytes() };
    // Formats keep their lengths at the start.
    let place = if dice.below(2) == 0 { place.min(dice.below(64)) } else { place };
    if let Some(field) = bytes.get_mut(place..place + width) {
        field.copy_from_slice(&lie[..width]);
    }
}

fn number_lie(bytes: &mut Vec<u8>, dice: &mut Dice, _: &[Sample]) {
    let digits: Vec<usize> = (0..bytes.len()).filter(|&place| bytes[place].is_ascii_digit()).collect();
    let place = digits.get(dice.below(digits.len())).copied().unwrap_or(0);
    let end = (place..bytes.len()).find(|&place| !bytes[place].is_ascii_digit()).unwrap_or(bytes.len());
    let lies = ["0", "-1", "4294967295", "99999999999999999999", "1e999", "2147483648"];
    bytes.splice(place..end, lies[dice.below(lies.len())].bytes());
}

fn splice(bytes: &mut Vec<u8>, dice: &mut Dice, others: &[Sample]) {
    let Some(other) = others.get(dice.below(others.len())) else { return };
    bytes.truncate(dice.below(bytes.len()));
    bytes.extend(&other.bytes[dice.below(other.bytes.len())..]);
}

/// A piece of at most 4,000 bytes.
fn piece(bytes: &[u8], dice: &mut Dice) -> std::ops::Range<usize> {
    let start = dice.below(bytes.len());
    start..(start + 1 + dice.below(4_000)).min(bytes.len())
}

fn piece_twice(bytes: &mut Vec<u8>, dice: &mut Dice, _: &[Sample]) {
    let piece = bytes[piece(bytes, dice)].to_vec();
    let place = dice.below(bytes.len());
    bytes.splice(place..place, piece);
}

fn many_pieces(bytes: &mut Vec<u8>, dice: &mut Dice, _: &[Sample]) {
    let piece = bytes[piece(bytes, dice)].repeat(200);
    let place = dice.below(bytes.len());
    bytes.splice(place..place, piece);
}

fn piece_gone(bytes: &mut Vec<u8>, dice: &mut Dice, _: &[Sample]) {
    let range = piece(bytes, dice);
    bytes.drain(range);
}

fn noise(bytes: &mut Vec<u8>, dice: &mut Dice, _: &[Sample]) {
    let place = dice.below(bytes.len());
    let noise: Vec<u8> = (0..1 + dice.below(64)).map(|_| dice.roll() as u8).collect();
    bytes.splice(place..place, noise);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_makes_the_same_mutants_of_every_format() {
        let (one, two, other) = (mutants(300, 7), mutants(300, 7), mutants(300, 8));
        assert!(one.len() >= 300);
        assert!(one.iter().zip(&two).all(|(one, two)| one.sample.bytes == two.sample.bytes));
        assert!(one.iter().zip(&other).any(|(one, other)| one.sample.bytes != other.sample.bytes));
        let whole = samples();
        let changed =
            one.iter().filter(|mutant| whole.iter().all(|sample| sample.bytes != mutant.sample.bytes)).count();
        assert!(changed * 20 > one.len() * 19, "only {changed} of {} are damaged", one.len());
    }

    #[test]
    fn nothing_is_too_short_to_be_damaged() {
        let (mut dice, others) = (Dice::new(1), samples());
        for length in 0..9 {
            for _ in 0..200 {
                mutate(&mut vec![b'7'; length], &mut dice, &others);
            }
        }
    }
}
