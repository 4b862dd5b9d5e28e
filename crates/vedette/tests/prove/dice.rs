//! Chance that can be repeated: numbers from a printed seed, and how long a harness runs.

/// SplitMix64 (Steele, Lea, Flood 2014): small, and the same on every machine.
#[derive(Debug, Clone)]
pub struct Dice(u64);

impl Dice {
    /// Dice of the seed named in the environment, or of one that nobody chose; printed either way.
    pub fn thrown(harness: &str) -> Self {
        let seed = std::env::var("VEDETTE_PROVE_SEED").ok().and_then(|text| text.parse().ok()).unwrap_or_else(|| {
            std::time::UNIX_EPOCH.elapsed().unwrap().as_nanos() as u64 ^ u64::from(std::process::id())
        });
        println!("{harness}: seed {seed} (repeat with VEDETTE_PROVE_SEED={seed})");
        Self(seed)
    }

    /// The next number.
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number from 0 to below `end`.
    pub fn below(&mut self, end: u64) -> u64 {
        self.next() % end.max(1)
    }

    /// Bytes that do not compress.
    pub fn bytes(&mut self, count: usize) -> Vec<u8> {
        (0..count).map(|_| self.next() as u8).collect()
    }
}

/// The short count, or the long one when the long form was asked for.
pub fn rounds(short: u64, long: u64) -> u64 {
    if std::env::var("VEDETTE_PROVE").is_ok_and(|form| form == "long") { long } else { short }
}
