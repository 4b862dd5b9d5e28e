//! Which letter groups are kept: those whose presence tells most about the language (their share of the mutual information).

use super::stock::Stock;
use rustc_hash::FxHashMap;
use vedette_text::language::training::{BUCKET, Word, each_gram, place};

/// A group seen less often than this in a language, a word, is chance.
const RARE: f64 = 2e-6;
/// Smooths the shares, so that a group seen in one language alone is not the best of all.
const SMOOTH: f64 = 2e-6;

/// The kept groups.
pub struct Chosen {
    rows: usize,
    /// The fingerprint of each row, 0 where it is empty.
    pub fingerprints: Vec<u16>,
}

impl Chosen {
    /// The row of a hash, as the product finds it.
    #[inline]
    pub fn row(&self, hash: u64) -> Option<u32> {
        let (bucket, fingerprint) = place(hash, self.fingerprints.len() / BUCKET);
        let start = bucket * BUCKET;
        let slot = self.fingerprints[start..start + BUCKET].iter().position(|held| *held == fingerprint)?;
        Some((start + slot) as u32)
    }
}

/// Fills `buckets` buckets, the most telling first; what finds its bucket full is left out.
pub fn choose(stocks: &[Stock], buckets: usize) -> Chosen {
    let languages = stocks.len() as f64;
    let mut tell: FxHashMap<u64, (f64, f64, u32)> = FxHashMap::default();
    for stock in stocks {
        let mut shares: FxHashMap<u64, f64> = FxHashMap::default();
        for (word, share) in stock.shares() {
            each_gram(&Word::of(word), |hash| *shares.entry(hash).or_default() += share);
        }
        for (hash, share) in shares {
            if share >= RARE {
                let (own, all, seen) = tell.entry(hash).or_default();
                *own += (share + SMOOTH) * (share + SMOOTH).ln();
                *all += share + SMOOTH;
                *seen += 1;
            }
        }
    }
    let mut ranked: Vec<(f64, u64)> = tell
        .into_iter()
        .map(|(hash, (own, all, seen))| {
            let absent = languages - f64::from(seen);
            let (own, all) = (own + absent * SMOOTH * SMOOTH.ln(), all + absent * SMOOTH);
            (own - all * (all / languages).ln(), hash)
        })
        .collect();
    ranked.sort_by(|one, other| other.0.total_cmp(&one.0).then(one.1.cmp(&other.1)));
    let mut chosen = Chosen { rows: 0, fingerprints: vec![0; buckets * BUCKET] };
    for (_, hash) in ranked {
        let (bucket, fingerprint) = place(hash, buckets);
        let slots = &mut chosen.fingerprints[bucket * BUCKET..(bucket + 1) * BUCKET];
        if slots.contains(&fingerprint) {
            continue;
        }
        if let Some(free) = slots.iter().position(|slot| *slot == 0) {
            slots[free] = fingerprint;
            chosen.rows += 1;
        }
        if chosen.rows * 100 >= buckets * BUCKET * 97 {
            break;
        }
    }
    chosen
}
