//! How a source is doing, as functions of what is known: how often it posts, whether it is silent against that, and how
//! long it is left alone after failing.

use jiff::{SignedDuration, Timestamp};
use vedette_core::Rhythm;

/// Posts that a rhythm is taken from, newest first.
pub(crate) const RHYTHM_POSTS: usize = 200;
/// Pauses below which there is no rhythm to speak of.
const RHYTHM_PAUSES_MIN: usize = 10;
/// Share of the pauses that are not longer than `longest_s`.
const NEARLY_ALL: f64 = 0.95;
/// How many times its longest pause a source is silent before somebody is told.
const SILENCE_FACTOR: i32 = 2;
/// No silence shorter than this is one, however busy the source usually is.
const SILENCE_MIN: SignedDuration = SignedDuration::from_hours(1);
/// Failures in a row from which a source raises an alert and is asked less often: one is weather, three are a fault.
pub(crate) const FAILURES_ALARM: u32 = 3;
/// The longest rest of a source that fails.
const REST_MAX: SignedDuration = SignedDuration::from_hours(1);

/// How often a source posts, from the times of its latest posts in any order; `None` when they are too few.
pub(crate) fn rhythm(posts: &[Timestamp]) -> Option<Rhythm> {
    let mut times = posts.to_vec();
    times.sort_unstable();
    let mut pauses: Vec<u64> = times
        .iter()
        .zip(times.iter().skip(1))
        .map(|(one, next)| u64::try_from(next.duration_since(*one).as_secs()).unwrap_or(0))
        .collect();
    if pauses.len() < RHYTHM_PAUSES_MIN {
        return None;
    }
    pauses.sort_unstable();
    let last = pauses.len() - 1;
    // The place is between 0 and `last`, because the share is between 0 and 1.
    let nearly_last = ((pauses.len() as f64 * NEARLY_ALL).ceil() as usize).saturating_sub(1).min(last);
    Some(Rhythm {
        usual_s: *pauses.get(pauses.len() / 2)?,
        longest_s: *pauses.get(nearly_last)?,
        pauses: pauses.len() as u64,
    })
}

/// How long a source has been silent, when that is longer than its rhythm explains.
pub(crate) fn silence(rhythm: &Rhythm, last_post: Timestamp, now: Timestamp) -> Option<SignedDuration> {
    let quiet = now.duration_since(last_post);
    let longest = SignedDuration::from_secs(i64::try_from(rhythm.longest_s).unwrap_or(i64::MAX));
    let usual_end = longest.checked_mul(SILENCE_FACTOR).unwrap_or(SignedDuration::MAX);
    (quiet > usual_end.max(SILENCE_MIN)).then_some(quiet)
}

/// How long a source is left alone after `failures` in a row: not at all at first, then twice as long each time.
pub(crate) fn rest(failures: u32) -> SignedDuration {
    match failures.checked_sub(FAILURES_ALARM) {
        None => SignedDuration::ZERO,
        Some(beyond) => SignedDuration::from_mins(1 << beyond.min(10)).min(REST_MAX),
    }
}

/// A length of time as people say it: `3 days`, `2 h 10 min`, `45 s`.
pub fn said(seconds: u64) -> String {
    match seconds {
        0..=119 => format!("{seconds} s"),
        120..=7_199 => format!("{} min", seconds / 60),
        7_200..=172_799 => match (seconds / 3_600, seconds % 3_600 / 60) {
            (hours, 0) => format!("{hours} h"),
            (hours, minutes) => format!("{hours} h {minutes} min"),
        },
        _ => format!("{} days", seconds / 86_400),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn a_rhythm_needs_enough_posts_and_no_order() {
        let hourly: Vec<Timestamp> = (0..11).map(|hour| at(hour * 3_600)).collect();
        assert_eq!(rhythm(&hourly[..10]), None);
        let found = rhythm(&hourly).unwrap();
        assert_eq!((found.usual_s, found.longest_s, found.pauses), (3_600, 3_600, 10));
        let mut turned = hourly.clone();
        turned.reverse();
        assert_eq!(rhythm(&turned), Some(found));
    }

    #[test]
    fn one_long_night_among_many_pauses_is_not_the_rhythm() {
        let mut posts: Vec<Timestamp> = (0..40).map(|minute| at(minute * 60)).collect();
        posts.push(at(40 * 60 + 86_400));
        assert_eq!(rhythm(&posts).unwrap().longest_s, 60);
    }

    #[test]
    fn silence_is_measured_against_the_source_and_never_shorter_than_an_hour() {
        let slow = Rhythm { usual_s: 86_400, longest_s: 3 * 86_400, pauses: 20 };
        let busy = Rhythm { usual_s: 5, longest_s: 60, pauses: 200 };
        let day = 86_400;
        for (rhythm, quiet, silent) in [
            (slow, 5 * day, false),
            (slow, 7 * day, true),
            (busy, 3_000, false),
            (busy, 3_700, true),
            (busy, -50, false),
        ] {
            assert_eq!(silence(&rhythm, at(0), at(quiet)).is_some(), silent, "{rhythm:?} {quiet}");
        }
    }

    #[test]
    fn a_source_that_fails_is_asked_less_and_less_often_but_every_hour() {
        let minutes: Vec<i64> = [0, 1, 2, 3, 4, 5, 8, 9, 50].map(|failures| rest(failures).as_mins()).to_vec();
        assert_eq!(minutes, [0, 0, 0, 1, 2, 4, 32, 60, 60]);
    }

    #[test]
    fn lengths_are_said_in_words() {
        assert_eq!([59, 150, 7_800, 9_000, 200_000].map(said), ["59 s", "2 min", "2 h 10 min", "2 h 30 min", "2 days"]);
    }
}
