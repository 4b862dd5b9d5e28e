//! Text that stands in several frames, once: the lines of frames in order become one text, each line with the time during
//! which it was seen. Pure functions.

use std::collections::BTreeSet;

use vedette_core::opened::TEXT_BYTES_MAX;
use vedette_core::{Place, Whereabouts};

/// Letters of a line below which it is a speck.
const LETTERS_MIN: usize = 2;
/// Share of pairs of letters that two readings of one line have in common; recognition differs from frame to frame.
const SAME_SHARE: f32 = 0.75;
/// Lines back that a line is compared with: what is shown again after a hundred others is told again.
const BACK_MAX: usize = 100;

/// What one frame shows.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Shown {
    /// Milliseconds.
    pub from_ms: u32,
    /// Milliseconds at which another frame takes its place.
    pub to_ms: u32,
    /// Its lines, each with how surely it was read, 0 to 1.
    pub lines: Vec<(String, f32)>,
}

/// The text of a whole video.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Merged {
    /// Lines, in the order in which they first appear.
    pub text: String,
    /// One for each line.
    pub places: Vec<Place>,
    /// Mean of how surely lines were read, by their length.
    pub quality: f32,
    /// There was more text than is kept.
    pub cut: bool,
}

struct Line {
    text: String,
    letters: String,
    pairs: BTreeSet<(char, char)>,
    quality: f32,
    from_ms: u32,
    to_ms: u32,
}

/// Lines of frames as one text.
pub(super) fn merge(frames: &[Shown]) -> Merged {
    let mut lines: Vec<Line> = Vec::new();
    for frame in frames {
        for (text, quality) in &frame.lines {
            let letters: String = text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
            if letters.chars().count() < LETTERS_MIN {
                continue;
            }
            let pairs: BTreeSet<(char, char)> = letters.chars().zip(letters.chars().skip(1)).collect();
            let known = lines
                .iter_mut()
                .rev()
                .take(BACK_MAX)
                .find(|line| line.letters == letters || alike(&line.pairs, &pairs));
            match known {
                Some(line) => {
                    line.to_ms = line.to_ms.max(frame.to_ms);
                    if *quality > line.quality {
                        (line.text, line.quality) = (text.clone(), *quality);
                        (line.letters, line.pairs) = (letters, pairs);
                    }
                }
                None => lines.push(Line {
                    text: text.clone(),
                    letters,
                    pairs,
                    quality: *quality,
                    from_ms: frame.from_ms,
                    to_ms: frame.to_ms,
                }),
            }
        }
    }
    assembled(&lines)
}

fn assembled(lines: &[Line]) -> Merged {
    let mut merged = Merged::default();
    let (mut sure, mut all) = (0.0, 0.0);
    for line in lines {
        if merged.text.len() + line.text.len() + 1 > TEXT_BYTES_MAX {
            merged.cut = true;
            break;
        }
        if !merged.text.is_empty() {
            merged.text.push('\n');
        }
        let start = merged.text.len();
        merged.text.push_str(&line.text);
        let weight = line.letters.len() as f32;
        (sure, all) = (sure + weight * line.quality, all + weight);
        let offset = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        merged.places.push(Place {
            start: offset(start),
            end: offset(merged.text.len()),
            confidence: Some((line.quality.clamp(0.0, 1.0) * 100.0) as u8),
            at: Whereabouts::Time([line.from_ms, line.to_ms.max(line.from_ms)]),
        });
    }
    merged.quality = if all > 0.0 { sure / all } else { 0.0 };
    merged
}

/// Whether two sets of letter pairs are those of one line (Dice's coefficient).
fn alike(a: &BTreeSet<(char, char)>, b: &BTreeSet<(char, char)>) -> bool {
    let common = a.intersection(b).count();
    let all = a.len() + b.len();
    all > 0 && 2.0 * common as f32 / all as f32 >= SAME_SHARE
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(from_ms: u32, to_ms: u32, lines: &[(&str, f32)]) -> Shown {
        Shown { from_ms, to_ms, lines: lines.iter().map(|(text, quality)| ((*text).to_owned(), *quality)).collect() }
    }

    #[test]
    fn a_line_of_many_frames_stands_once_with_its_whole_time_and_best_reading() {
        let merged = merge(&[
            frame(0, 2_000, &[("THE LIBR4RY OPENS", 0.6)]),
            frame(2_000, 4_000, &[("THE LIBRARY OPENS", 0.9), ("at noon", 0.8)]),
            frame(4_000, 9_000, &[("The library opens", 0.7), ("·", 0.1)]),
        ]);
        assert_eq!(merged.text, "THE LIBRARY OPENS\nat noon");
        let times: Vec<_> = merged.places.iter().map(|place| (place.at, place.confidence)).collect();
        assert_eq!(times, [(Whereabouts::Time([0, 9_000]), Some(90)), (Whereabouts::Time([2_000, 4_000]), Some(80))]);
        assert!((0.85..0.9).contains(&merged.quality), "{}", merged.quality);
        for place in &merged.places {
            assert!(merged.text.get(place.start as usize..place.end as usize).is_some());
        }
    }

    #[test]
    fn different_lines_stay_apart_in_any_script() {
        let merged = merge(&[
            frame(0, 1, &[("المكتبة تفتح اليوم", 0.9), ("المتحف مغلق غدا", 0.9)]),
            frame(1, 2, &[("Музей закрыт", 0.9), ("Museum geschlossen", 0.9)]),
        ]);
        assert_eq!(merged.places.len(), 4);
        assert_eq!(merge(&[]).text, "");
    }
}
