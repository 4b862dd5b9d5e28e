//! One utterance that stands in an original and in its translation is one utterance. It counts by whichever of the two was
//! understood to weigh more; where both weigh the same, by the original.

use vedette_core::translation::Translation;
use vedette_core::{Findings, Reading, Statement};

/// For each reading and statement, whether it counts.
pub(crate) fn counting(
    readings: &[Reading],
    findings: &[Findings],
    weight: impl Fn(usize, usize) -> f32,
) -> Vec<Vec<bool>> {
    let mut counts: Vec<Vec<bool>> = findings.iter().map(|found| vec![true; found.statements.len()]).collect();
    for (number, reading) in readings.iter().enumerate() {
        let Some(translation) = reading.translation.as_deref() else { continue };
        let of = translation.of as usize;
        let (Some(original), Some(found)) = (findings.get(of), findings.get(number)) else { continue };
        for (here, statement) in found.statements.iter().enumerate() {
            let Some((start, end)) = source_of(translation, statement.start, statement.end) else { continue };
            let same = |other: &Statement| other.start < end && start < other.end;
            let twins: Vec<usize> =
                original.statements.iter().enumerate().filter(|(_, other)| same(other)).map(|(at, _)| at).collect();
            let heaviest = twins.iter().map(|at| weight(of, *at)).fold(f32::NEG_INFINITY, f32::max);
            if twins.is_empty() {
                continue;
            }
            if weight(number, here) > heaviest + f32::EPSILON {
                twins.iter().for_each(|at| set(&mut counts, of, *at));
            } else {
                set(&mut counts, number, here);
            }
        }
    }
    counts
}

fn set(counts: &mut [Vec<bool>], reading: usize, statement: usize) {
    if let Some(counts) = counts.get_mut(reading).and_then(|all| all.get_mut(statement)) {
        *counts = false;
    }
}

/// The span of the original that a span of the translation renders, by whole segments.
fn source_of(translation: &Translation, start: usize, end: usize) -> Option<(usize, usize)> {
    let mut found: Option<(usize, usize)> = None;
    for segment in &translation.segments {
        let [from, to] = segment.target.map(|at| at as usize);
        if from < end && start < to {
            let [first, last] = segment.source.map(|at| at as usize);
            found = Some(found.map_or((first, last), |(a, b)| (a.min(first), b.max(last))));
        }
    }
    found
}
