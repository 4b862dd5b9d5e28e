//! What a post as a whole sounds like: a linear model over its words, groups of letters and classes, and over what the rules read.
//!
//! The rules of [`crate::statements`] need a word they know, and people have more words than any lexicon. The model has read some tens of
//! thousands of invented posts (`evals/threatcheck/practice`) and says how likely a post is each kind of utterance. It points at
//! the sentence that weighed most. Articles are left to the rules.
//!
//! The weights are those of a multinomial logistic regression, learnt by `vedette-evals train` and kept in 8 bits. The file
//! `data/wording.bin`, little-endian: `VWRD`, buckets (u32), unit of a weight (f32), bias of each lane (f32), then a row of lanes a bucket.

mod features;

use std::sync::LazyLock;

use vedette_core::StatementKind;

pub(crate) use features::{Features, Signs};

static DATA: &[u8] = include_bytes!("../data/wording.bin");
static TABLE: LazyLock<Option<Table>> = LazyLock::new(|| Table::read(DATA));

/// Kinds of utterances: the first eight are statements in the writer's own words, by the name of their kind.
pub const LANES: [&str; 18] = [
    "threat",
    "call",
    "instruction",
    "claim",
    "praise",
    "recruitment",
    "warning",
    "denial",
    "report",
    "counter",
    "negated",
    "play",
    "idiom",
    "story",
    "fear",
    "religious",
    "civic",
    "none",
];
const LANE_COUNT: usize = LANES.len();
/// The kinds that the first lanes stand for.
const KINDS: [StatementKind; 8] = [
    StatementKind::Threat,
    StatementKind::Call,
    StatementKind::Instruction,
    StatementKind::Claim,
    StatementKind::Praise,
    StatementKind::Recruitment,
    StatementKind::Warning,
    StatementKind::Denial,
];
const REPORT: usize = 8;
const COUNTER: usize = 9;
/// Kinds that ask for or announce harm: they are told apart by degrees, and stand for one another.
pub(crate) const INTENTS: [StatementKind; 3] = [StatementKind::Threat, StatementKind::Call, StatementKind::Instruction];

/// Words and bytes of the longest post that is weighed as a whole.
const WORDS_MAX: usize = 120;
const BYTES_MAX: usize = 1_500;

/// Whether a text is a post that the model can weigh.
pub(crate) fn is_post(text: &str, words: usize) -> bool {
    text.len() <= BYTES_MAX && (1..=WORDS_MAX).contains(&words)
}

/// The bucket of a feature.
#[inline]
#[doc(hidden)]
pub fn bucket(hash: u64, buckets: u32) -> usize {
    (((hash >> 32) * u64::from(buckets)) >> 32) as usize
}

struct Table {
    buckets: u32,
    unit: f32,
    bias: [f32; LANE_COUNT],
    rows: &'static [u8],
}

impl Table {
    fn read(data: &'static [u8]) -> Option<Self> {
        let float = |at: usize| Some(f32::from_le_bytes(data.get(at..at + 4)?.try_into().ok()?));
        let buckets = u32::from_le_bytes(data.get(4..8)?.try_into().ok()?);
        let mut bias = [0.0; LANE_COUNT];
        for (lane, value) in bias.iter_mut().enumerate() {
            *value = float(12 + 4 * lane)?;
        }
        let rows = data.get(12 + 4 * LANE_COUNT..)?;
        let whole = data.starts_with(b"VWRD") && buckets > 0 && rows.len() == buckets as usize * LANE_COUNT;
        whole.then_some(Self { buckets, unit: float(8)?, bias, rows })
    }

    fn row(&self, hash: u64) -> &[u8] {
        let at = bucket(hash, self.buckets) * LANE_COUNT;
        self.rows.get(at..at + LANE_COUNT).unwrap_or_default()
    }
}

/// How likely a post is each kind of utterance.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Likely([f32; LANE_COUNT]);

/// Weighs a post; `None` where the program carries no weights.
pub(crate) fn weigh(features: &Features) -> Option<Likely> {
    weigh_those(features, |_| true)
}

/// Weighs some words of a post as if they were all of it.
pub(crate) fn weigh_within(features: &Features, first: usize, end: usize) -> Option<Likely> {
    weigh_those(features, |feature| feature.is_of_post() || (first..end).contains(&(feature.word as usize)))
}

fn weigh_those(features: &Features, wanted: impl Fn(&features::Feature) -> bool) -> Option<Likely> {
    let table = TABLE.as_ref()?;
    let mut blocks = [[0i32; LANE_COUNT]; features::BLOCKS];
    let mut counts = [0u32; features::BLOCKS];
    for feature in features.list.iter().filter(|feature| wanted(feature)) {
        let block = feature.block as usize;
        let (Some(sums), Some(count)) = (blocks.get_mut(block), counts.get_mut(block)) else { continue };
        *count += 1;
        for (sum, weight) in sums.iter_mut().zip(table.row(feature.hash)) {
            *sum += i32::from(*weight as i8);
        }
    }
    let mut scores = table.bias;
    for (sums, scale) in blocks.iter().zip(features::scales(counts)) {
        for (score, sum) in scores.iter_mut().zip(sums) {
            *score += *sum as f32 * scale * table.unit;
        }
    }
    Some(Likely(softmax(scores)))
}

/// Shares of one from scores.
#[doc(hidden)]
pub fn softmax<const N: usize>(scores: [f32; N]) -> [f32; N] {
    let most = scores.iter().copied().fold(f32::MIN, f32::max);
    let parts = scores.map(|score| (score - most).exp());
    let all: f32 = parts.iter().sum();
    parts.map(|part| part / all)
}

/// How much each of the words speaks for a kind.
pub(crate) fn weights_of(features: &Features, kind: StatementKind, words: usize) -> Vec<f32> {
    let mut weights = vec![0.0; words];
    let (Some(table), Some(lane)) = (TABLE.as_ref(), lane_of(kind)) else { return weights };
    let scales = features.scales();
    for feature in &features.list {
        if let Some(slot) = weights.get_mut(feature.word as usize) {
            let weight = table.row(feature.hash).get(lane).map_or(0, |weight| *weight as i8);
            *slot += f32::from(weight) * scales.get(feature.block as usize).copied().unwrap_or_default();
        }
    }
    weights
}

fn lane_of(kind: StatementKind) -> Option<usize> {
    KINDS.iter().position(|known| *known == kind)
}

impl Likely {
    /// How likely the post makes a statement of this kind in its own words.
    pub fn of(&self, kind: StatementKind) -> f32 {
        lane_of(kind).and_then(|lane| self.0.get(lane)).copied().unwrap_or_default()
    }

    /// The likeliest of threat, call and instruction.
    pub fn intent(&self) -> StatementKind {
        let by_share = |a: &StatementKind, b: &StatementKind| self.of(*a).total_cmp(&self.of(*b));
        INTENTS.into_iter().max_by(by_share).unwrap_or(StatementKind::Threat)
    }

    /// How likely it passes on what others say or do.
    pub fn reports(&self) -> f32 {
        self.0.get(REPORT).copied().unwrap_or_default()
    }

    /// How likely it speaks against violence or a violent word.
    pub fn counters(&self) -> f32 {
        self.0.get(COUNTER).copied().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bundled_weights_are_read() {
        assert!(TABLE.is_some());
    }

    #[test]
    fn lanes_are_named_after_the_kinds_they_stand_for() {
        assert_eq!(KINDS.map(StatementKind::word), LANES[..KINDS.len()]);
        assert_eq!((LANES[REPORT], LANES[COUNTER]), ("report", "counter"));
    }
}
