//! Bursts: what is named more often today than its own history explains. In: how often on each day. Out: today's number, the
//! usual one, and how rarely chance alone gives as many.
//!
//! The days before are summed up as a negative binomial distribution (counts that vary more than chance, as mentions do): its
//! mean is theirs, its variance theirs, but never below that of independent counts with some spread of their own, widened by
//! what so few days leave open. The mean is that of the weekday, drawn towards that of all days as far as the weekdays do not
//! differ more than chance: an outlet that posts every Friday gives no burst on Fridays. A day is a burst when that gives its number or more with a chance of [`CHANCE_MAX`] at most.
//! At this setting at most 1 in 100 entity-days without a burst is called one (measured on simulated counts: see the tests
//! and `examples/burst_rate.rs`).

#[doc(hidden)]
pub mod simulated;

use std::collections::BTreeMap;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::Serialize;
use vedette_core::{MentionKind, Name, Signals};

/// Days that a day is compared with.
pub const HISTORY_DAYS: usize = 28;
/// Fewer days tell nothing.
pub const HISTORY_DAYS_MIN: usize = 14;
/// Fewer mentions are no burst, however rare they were.
pub const TODAY_MIN: u32 = 3;
/// Chance, by the model, from which a day is a burst.
pub const CHANCE_MAX: f64 = 0.001;
/// Spread that any count is given: its variance is at least mean + mean² / SPREAD.
const SPREAD: f64 = 10.0;
/// Days of a week.
const WEEK: usize = 7;
/// How many times as much as the days of one weekday the weekdays must differ before that is a rhythm: by chance they differ
/// by 1, and by more than 2 once in ten.
const RHYTHM_MIN: f64 = 2.0;
/// Bursts that are told, the rarest first.
const BURSTS_MAX: usize = 50;

/// Something that is named unusually often.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Burst {
    /// Kind of what is named.
    #[serde(serialize_with = "kind_word")]
    pub kind: MentionKind,
    /// Its id in the register.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Items that name it today.
    pub today: u32,
    /// The usual number on such a day: of the weekday, where weekdays differ.
    pub usual: f64,
    /// Days that this comes from.
    pub days: usize,
    /// Chance of today's number or more without a burst.
    pub chance: f64,
}

fn kind_word<S: serde::Serializer>(kind: &MentionKind, out: S) -> Result<S::Ok, S::Error> {
    out.serialize_str(kind.word())
}

/// What the items of `today` (UTC) name unusually often. `first` is the day on which the archive begins: before it nothing
/// could be seen, and nothing is counted as absent.
pub fn bursts(signals: &Signals, today: Date, first: Date) -> Vec<Burst> {
    let days = usize::try_from(today.duration_since(first).as_hours() / 24).unwrap_or(0).min(HISTORY_DAYS);
    if days < HISTORY_DAYS_MIN {
        return Vec::new();
    }
    // Counts of each thing by days ago, 0 being today.
    let mut counts: BTreeMap<(MentionKind, &str), (&str, Vec<u32>)> = BTreeMap::new();
    for signal in &signals.items {
        let day = TimeZone::UTC.to_datetime(signal.posted_at).date();
        let ago = today.duration_since(day).as_hours() / 24;
        let Some(ago) = usize::try_from(ago).ok().filter(|ago| *ago <= days) else { continue };
        let own = signal.outlet.as_deref().map(|outlet| (MentionKind::Outlet, outlet, outlet));
        let named = signals
            .names_of(signal)
            .filter(|name| counted(name))
            .map(|one| (one.kind, one.id.as_str(), one.name.as_str()));
        let mut all: Vec<_> = named.chain(own).collect();
        all.sort_unstable();
        all.dedup_by_key(|one| (one.0, one.1));
        for (kind, id, name) in all {
            let of = counts.entry((kind, id)).or_insert_with(|| (name, vec![0; days + 1]));
            of.1.get_mut(ago).into_iter().for_each(|count| *count = count.saturating_add(1));
        }
    }
    let mut found: Vec<Burst> = counts
        .into_iter()
        .filter_map(|((kind, id), (name, counts))| {
            let (today, history) = counts.split_first()?;
            let (usual, chance) = judge(history, *today)?;
            Some(Burst { kind, id: id.to_owned(), name: name.to_owned(), today: *today, usual, days, chance })
        })
        .collect();
    found.sort_by(|a, b| a.chance.total_cmp(&b.chance).then_with(|| (a.kind, &a.id).cmp(&(b.kind, &b.id))));
    found.truncate(BURSTS_MAX);
    found
}

/// Methods are named in passing, and leaders are not counted at all.
fn counted(name: &Name) -> bool {
    !matches!(name.kind, MentionKind::Method | MentionKind::Leader | MentionKind::Platform)
}

/// Whether `today` is a burst beside the days before, yesterday first: the usual number for such a day and the chance of it;
/// nothing when it is none.
pub fn judge(history: &[u32], today: u32) -> Option<(f64, f64)> {
    if history.len() < HISTORY_DAYS_MIN || today < TODAY_MIN {
        return None;
    }
    let days = history.len() as f64;
    let plain = history.iter().map(|count| f64::from(*count)).sum::<f64>() / days;
    let rhythm = Rhythm::of(history, plain);
    let usual = rhythm.usual(0, plain);
    // Half a mention more than was seen: what was never named can be named.
    let mean = usual + 0.5 / days;
    let off = |(before, count): (usize, &u32)| (f64::from(*count) - rhythm.usual(before + 1, plain)).powi(2);
    let spread = history.iter().enumerate().map(off).sum::<f64>() / (days - 1.0 - rhythm.taken());
    // A weekday with more than the others varies as much more.
    let spread = spread * (mean / (plain + 0.5 / days)).max(1.0);
    let variance = spread.max(mean + mean * mean / SPREAD) * (1.0 + 1.0 / days + rhythm.doubt());
    let chance = tail(today, mean, variance);
    (chance <= CHANCE_MAX).then_some((usual, chance))
}

/// How far each weekday is from the others. With two to four days of each, their own means are mostly chance: each is drawn
/// towards the mean of all days, the less the more the weekdays differ beside the days of one weekday (a variance component by
/// the method of moments, as in James and Stein's estimator).
struct Rhythm {
    /// Means of the weekdays, today's first, then yesterday's.
    means: [f64; WEEK],
    /// How much of a weekday's own difference is believed, from 0 to 1.
    share: f64,
    /// Days of the weekday with the fewest.
    of_each: f64,
}

impl Rhythm {
    /// The rhythm of the days before today, yesterday first, whose mean is `plain`.
    fn of(history: &[u32], plain: f64) -> Self {
        let (mut sums, mut squares, mut numbers) = ([0.0; WEEK], [0.0; WEEK], [0.0; WEEK]);
        for (before, count) in history.iter().enumerate() {
            let (day, count) = ((before + 1) % WEEK, f64::from(*count));
            for (table, more) in [(&mut sums, count), (&mut squares, count * count), (&mut numbers, 1.0)] {
                table.get_mut(day).into_iter().for_each(|at| *at += more);
            }
        }
        let (mut means, mut within, mut between) = ([0.0; WEEK], 0.0, 0.0);
        let tables = sums.iter().zip(&squares).zip(&numbers).zip(&mut means);
        for (((sum, square), number), mean) in tables {
            *mean = sum / number;
            within += square - sum * *mean;
            between += number * (*mean - plain).powi(2);
        }
        let of_each = numbers.iter().copied().fold(f64::INFINITY, f64::min);
        // What never varies is still counted, and counts vary by chance.
        let within = (within / (history.len() as f64 - WEEK as f64)).max(plain);
        let between = between / (WEEK as f64 - 1.0);
        let apart = ((between - RHYTHM_MIN * within) / of_each).max(0.0);
        let share = if apart > 0.0 { apart / (apart + within / of_each) } else { 0.0 };
        Self { means, share, of_each }
    }

    /// The usual number of a day, by how many days before today it is.
    fn usual(&self, before: usize, plain: f64) -> f64 {
        let own = self.means.get(before % WEEK).copied().unwrap_or(plain);
        plain + self.share * (own - plain)
    }

    /// Degrees of freedom that the weekdays take from the days.
    fn taken(&self) -> f64 {
        self.share * (WEEK as f64 - 1.0)
    }

    /// What so few days of one weekday leave open, as a share of the variance: of it all where the weekday alone is believed.
    fn doubt(&self) -> f64 {
        self.share / self.of_each
    }
}

/// Chance of `count` or more under a negative binomial distribution with this mean and a larger variance.
fn tail(count: u32, mean: f64, variance: f64) -> f64 {
    let count = f64::from(count);
    if count <= mean {
        return 1.0;
    }
    let size = mean * mean / (variance - mean);
    let ratio = mean / (size + mean);
    let first = ln_gamma(count + size) - ln_gamma(size) - ln_gamma(count + 1.0)
        + size * (size / (size + mean)).ln()
        + count * ratio.ln();
    let (mut term, mut at, mut all) = (first.exp(), count, 0.0);
    // Above the mean each term is smaller than the one before.
    while term > all * 1e-10 && term > 0.0 {
        all += term;
        term *= (at + size) / (at + 1.0) * ratio;
        at += 1.0;
    }
    all.min(1.0)
}

/// Natural logarithm of the gamma function for positive numbers (Lanczos 1964, g = 5, six terms; error below 2e-10).
fn ln_gamma(x: f64) -> f64 {
    const TERMS: [f64; 6] = [
        76.180_091_729_471_46,
        -86.505_320_329_416_77,
        24.014_098_240_830_91,
        -1.231_739_572_450_155,
        0.001_208_650_973_866_179,
        -0.000_005_395_239_384_953,
    ];
    let series = TERMS.iter().zip(1u32..).fold(1.000_000_000_190_015, |sum, (term, n)| sum + term / (x + f64::from(n)));
    let shifted = x + 5.5;
    (x + 0.5) * shifted.ln() - shifted + (2.506_628_274_631_000_5 * series / x).ln()
}

#[cfg(test)]
mod tests;
