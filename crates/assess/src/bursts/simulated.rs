//! Counts by chance, for measuring how often a day without a burst is called one. Used by tests and by `examples/burst_rate.rs`.

use super::{HISTORY_DAYS, judge};

/// A fixed sequence of numbers that look random (SplitMix64): the same seed gives the same counts.
#[derive(Debug, Clone)]
pub struct Dice(pub u64);

impl Dice {
    /// From 0 to below 1.
    pub fn uniform(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ (mixed >> 31)) >> 11) as f64 / (1u64 << 53) as f64
    }

    /// A count with this mean, of independent happenings.
    pub fn poisson(&mut self, mean: f64) -> u32 {
        // In parts, because e to the minus mean would be nothing for large ones.
        let (mut count, mut left) = (0, mean);
        while left > 0.0 {
            let part = left.min(30.0);
            let (limit, mut product) = ((-part).exp(), self.uniform());
            while product > limit {
                product *= self.uniform();
                count += 1;
            }
            left -= part;
        }
        count
    }

    /// A number of the gamma distribution with this shape and mean 1 (sum of parts; shapes are multiples of a half).
    fn gamma(&mut self, halves: u32) -> f64 {
        // A gamma of shape k/2 is half a sum of k squared normals.
        let mut sum = 0.0;
        for _ in 0..halves {
            let (a, b) = (1.0 - self.uniform(), self.uniform());
            let normal = (-2.0 * a.ln()).sqrt() * (std::f64::consts::TAU * b).cos();
            sum += normal * normal / 2.0;
        }
        sum / (f64::from(halves) / 2.0)
    }

    /// A count with this mean that varies more than independent happenings: size = halves / 2.
    pub fn clumped(&mut self, mean: f64, halves: u32) -> u32 {
        let rate = mean * self.gamma(halves);
        self.poisson(rate)
    }
}

/// Counts without a burst, of several kinds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Null {
    /// Independent mentions, so many a day.
    Steady(f64),
    /// Mentions in clumps: mean, and twice the size of the negative binomial distribution.
    Clumped(f64, u32),
    /// Independent mentions, a third as many at weekends.
    Weekly(f64),
    /// So many on one day of the week and nothing on the others.
    Fixed(u32),
    /// Independent mentions on one day of the week, a tenth as many on each of the others.
    Peak(f64),
    /// Mentions in clumps on two days of the week, none on the others: mean, and twice the size.
    PeakClumped(f64, u32),
}

impl Null {
    /// What is measured: rare to frequent, steady to heavily clumped.
    pub const ALL: [Self; 18] = [
        Self::Steady(0.05),
        Self::Steady(0.5),
        Self::Steady(3.0),
        Self::Steady(20.0),
        Self::Steady(200.0),
        Self::Clumped(0.5, 4),
        Self::Clumped(3.0, 4),
        Self::Clumped(20.0, 4),
        Self::Clumped(0.2, 1),
        Self::Clumped(2.0, 1),
        Self::Weekly(2.0),
        Self::Weekly(15.0),
        Self::Fixed(3),
        Self::Fixed(12),
        Self::Peak(4.0),
        Self::Peak(20.0),
        Self::PeakClumped(5.0, 8),
        Self::PeakClumped(8.0, 4),
    ];

    fn count(self, day: usize, dice: &mut Dice) -> u32 {
        match self {
            Self::Steady(mean) => dice.poisson(mean),
            Self::Clumped(mean, halves) => dice.clumped(mean, halves),
            Self::Weekly(mean) => dice.poisson(if day % 7 >= 5 { mean / 3.0 } else { mean }),
            Self::Fixed(count) => {
                if day % 7 == 4 {
                    count
                } else {
                    0
                }
            }
            Self::Peak(mean) => dice.poisson(if day % 7 == 4 { mean } else { mean / 10.0 }),
            Self::PeakClumped(mean, halves) => {
                if matches!(day % 7, 0 | 4) {
                    dice.clumped(mean, halves)
                } else {
                    0
                }
            }
        }
    }

    /// Share of days that are called a burst, of `entities` over `days` days each.
    pub fn false_bursts(self, entities: usize, days: usize, seed: u64) -> f64 {
        self.false_bursts_on(entities, days, seed, HISTORY_DAYS, |_| true)
    }

    /// The same of those days (0 to 6) of the week that `on` names, with `history` days before each.
    pub fn false_bursts_on(
        self,
        entities: usize,
        days: usize,
        seed: u64,
        history: usize,
        on: impl Fn(usize) -> bool,
    ) -> f64 {
        let mut dice = Dice(seed);
        let (mut called, mut looked) = (0u32, 0u32);
        for _ in 0..entities {
            let counts: Vec<u32> = (0..history + days).map(|day| self.count(day, &mut dice)).collect();
            for (first, window) in counts.windows(history + 1).enumerate() {
                if let Some((today, before)) = window.split_last()
                    && on((first + history) % 7)
                {
                    let before: Vec<u32> = before.iter().rev().copied().collect();
                    looked += 1;
                    called += u32::from(judge(&before, *today).is_some());
                }
            }
        }
        f64::from(called) / f64::from(looked.max(1))
    }
}
