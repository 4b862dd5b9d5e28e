//! Lines of one script in the order in which they are read, and the text that they make.

use std::f32::consts::FRAC_PI_2;

use vedette_detect::TextLine;

use super::OcrReading;
use super::line_read::LineRead;
use super::words::{PlacedText, Script};

/// Lines overlap in height by this share when they stand side by side.
const BESIDE_SHARE: f32 = 0.5;
/// Lines that stand less upright than this, in radians, lie on a picture that lies as it should.
const LIES_BELOW: f32 = FRAC_PI_2 / 2.0;

/// The same lines, all running the same way: where most stand upright, from top to bottom.
pub(super) fn one_way(lines: &[TextLine]) -> Vec<TextLine> {
    let stands = |line: &&TextLine| line.slant.abs() > LIES_BELOW;
    let standing: f32 = lines.iter().filter(stands).map(|line| line.length).sum();
    let all: f32 = lines.iter().map(|line| line.length).sum();
    let is_on_its_side = standing * 2.0 > all;
    lines.iter().map(|line| if is_on_its_side && line.slant < 0.0 { line.turned() } else { *line }).collect()
}

/// How far a picture is turned, in radians to the next quarter, as most of its lines say.
fn quarter(lines: &[(TextLine, LineRead)]) -> f32 {
    let (x, y) = lines.iter().fold((0.0, 0.0), |(x, y), (line, _)| {
        let (sin, cos) = line.slant.sin_cos();
        (x + line.length * cos, y + line.length * sin)
    });
    (f32::atan2(y, x) / FRAC_PI_2).round() * FRAC_PI_2
}

/// Top to bottom; lines side by side as the script runs.
pub(super) fn in_order(lines: Vec<(TextLine, LineRead)>, script: Script) -> Vec<(TextLine, LineRead)> {
    let (sin, cos) = quarter(&lines).sin_cos();
    // Where a line's middle is in the picture as it is read.
    let place = |line: &TextLine| {
        let (x, y) = line.middle;
        (x * cos + y * sin, y * cos - x * sin)
    };
    let mut lines: Vec<_> = lines.into_iter().map(|(line, read)| (place(&line), line, read)).collect();
    lines.sort_by(|((_, a), ..), ((_, b), ..)| a.total_cmp(b));
    let mut ordered: Vec<((f32, f32), TextLine, LineRead)> = Vec::new();
    for (middle, line, read) in lines {
        let follows = |(other_middle, other, _): &((f32, f32), TextLine, LineRead)| {
            let near = line.thickness.min(other.thickness) * BESIDE_SHARE;
            (middle.1 - other_middle.1).abs() < near
                && (middle.0 > other_middle.0) == script.is_right_to_left()
                && (middle.0 - other_middle.0).abs() > (line.length + other.length) * 0.4
        };
        let mut at = ordered.len();
        while at > 0 && follows(&ordered[at - 1]) {
            at -= 1;
        }
        ordered.insert(at, (middle, line, read));
    }
    ordered.into_iter().map(|(_, line, read)| (line, read)).collect()
}

pub(super) fn reading(lines: Vec<(TextLine, LineRead)>, script: Script, mut text: PlacedText) -> OcrReading {
    let (mut languages, mut sum, mut characters) = (Vec::new(), 0.0, 0.0);
    let mut first_line = true;
    for (_, read) in lines {
        let mut first_word = true;
        for word in read.words.iter().filter(|word| word.is_kept()) {
            if !(first_line && first_word) {
                text.push_gap(first_word);
            }
            (first_line, first_word) = (false, false);
            text.push_word(&word.text, word.confidence, word.bounds);
            let length = word.text.chars().count() as f32;
            sum += word.confidence * length;
            characters += length;
        }
        if !languages.contains(&read.model) {
            languages.push(read.model);
        }
    }
    let mean_confidence = if characters > 0.0 { sum / characters / 100.0 } else { 0.0 };
    OcrReading { text: text.text, places: text.places, mean_confidence, languages, script, by_line: true }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(name: &str, middle: (f32, f32), slant: f32) -> (TextLine, LineRead) {
        let line = TextLine { middle, slant, length: 200.0, thickness: 30.0, bend: 0.0, score: 1.0 };
        (line, LineRead { script: Script::Latin, model: name.to_owned(), words: Vec::new() })
    }

    fn names(lines: Vec<(TextLine, LineRead)>) -> Vec<String> {
        in_order(lines, Script::Latin).into_iter().map(|(_, read)| read.model).collect()
    }

    #[test]
    fn lines_are_read_as_the_picture_is_turned() {
        let across = FRAC_PI_2;
        assert_eq!(names(vec![line("b", (100.0, 80.0), 0.0), line("a", (100.0, 20.0), 0.0)]), ["a", "b"]);
        // A picture on its right side: its top is at the right.
        assert_eq!(names(vec![line("b", (20.0, 100.0), across), line("a", (80.0, 100.0), across)]), ["a", "b"]);
        // Head down.
        let down = 2.0 * across;
        assert_eq!(names(vec![line("b", (100.0, 20.0), down), line("a", (100.0, 80.0), down)]), ["a", "b"]);
    }

    #[test]
    fn lines_of_a_picture_on_its_side_run_the_same_way() {
        let lines: Vec<TextLine> = [1.56, -1.56, 1.5].map(|slant| line("", (0.0, 0.0), slant).0).to_vec();
        assert!(one_way(&lines).iter().all(|line| (line.slant - FRAC_PI_2).abs() < 0.1));
        let lying: Vec<TextLine> = [0.1, -0.1, -1.2].map(|slant| line("", (0.0, 0.0), slant).0).to_vec();
        assert_eq!(one_way(&lying), lying);
    }
}
