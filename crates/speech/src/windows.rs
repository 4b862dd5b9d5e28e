//! Cutting a recording into windows for a model: at most half a minute each, cut where it is quiet. Pure functions on samples.

use std::ops::Range;

use crate::SAMPLE_RATE;

/// Samples that a model takes at once: half a minute.
pub const WINDOW_SAMPLES_MAX: usize = 30 * SAMPLE_RATE;
/// A window may end this much earlier, where it is quiet.
const SLACK_SAMPLES: usize = 5 * SAMPLE_RATE;
/// Stretch whose loudness is looked at: a fifth of a second, shorter than a pause between words.
const HUSH_SAMPLES: usize = SAMPLE_RATE / 5;
/// Loudness (mean square) below which nobody speaks; room noise of a telephone lies above, digital silence below.
const SILENT_MEAN_SQUARE: f64 = 8.0 * 8.0;

/// The windows of `samples`, without gaps, in order.
pub fn windows(samples: &[i16]) -> Vec<Range<usize>> {
    let mut windows = Vec::new();
    let mut start = 0;
    while start < samples.len() {
        let end = if samples.len() - start <= WINDOW_SAMPLES_MAX {
            samples.len()
        } else {
            quietest(samples, start + WINDOW_SAMPLES_MAX - SLACK_SAMPLES, start + WINDOW_SAMPLES_MAX)
        };
        windows.push(start..end);
        start = end;
    }
    windows
}

/// Whether nothing can be heard in any part of `samples`.
pub fn is_silent(samples: &[i16]) -> bool {
    samples.chunks(HUSH_SAMPLES).all(|part| mean_square(part) < SILENT_MEAN_SQUARE)
}

/// The middle of the quietest stretch between `from` and `to`; the last of equals, so that windows are long.
fn quietest(samples: &[i16], from: usize, to: usize) -> usize {
    let starts = (from..to.saturating_sub(HUSH_SAMPLES)).step_by(HUSH_SAMPLES / 4);
    let loudness = |start: usize| samples.get(start..start + HUSH_SAMPLES).map_or(f64::MAX, mean_square);
    let best = starts.min_by(|&a, &b| loudness(a).total_cmp(&loudness(b)).then(b.cmp(&a)));
    best.map_or(to, |start| start + HUSH_SAMPLES / 2)
}

fn mean_square(part: &[i16]) -> f64 {
    part.iter().map(|&sample| f64::from(sample) * f64::from(sample)).sum::<f64>() / part.len().max(1) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A tone with half a second of silence from second `pause`.
    fn tone(seconds: usize, pause: f32) -> Vec<i16> {
        let second = |at: usize| at as f32 / SAMPLE_RATE as f32;
        let sample = |at: usize| {
            let hushed = (pause..pause + 0.5).contains(&second(at));
            if hushed { 0 } else { ((second(at) * 440.0 * std::f32::consts::TAU).sin() * 9_000.0) as i16 }
        };
        (0..seconds * SAMPLE_RATE).map(sample).collect()
    }

    #[test]
    fn a_recording_is_cut_where_it_is_quiet() {
        let samples = tone(40, 27.0);
        let found = windows(&samples);
        assert_eq!(found.len(), 2);
        let cut = found[0].end as f32 / SAMPLE_RATE as f32;
        assert!((27.0..27.5).contains(&cut), "{cut}");
        assert!(is_silent(&samples[27 * SAMPLE_RATE..27 * SAMPLE_RATE + 8_000]) && !is_silent(&samples));
    }

    #[test]
    fn windows_cover_everything_and_are_never_too_long() {
        for seconds in [0, 1, 29, 30, 31, 95] {
            let samples = tone(seconds, 200.0);
            let found = windows(&samples);
            let mut at = 0;
            for window in &found {
                assert_eq!(window.start, at);
                assert!(!window.is_empty() && window.len() <= WINDOW_SAMPLES_MAX);
                at = window.end;
            }
            assert_eq!(at, samples.len());
        }
        assert!(is_silent(&[]));
    }
}
