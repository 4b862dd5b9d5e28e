//! The network's map to lines: marks that touch are one line; a parabola is laid through each; what the network shrank is
//! widened again.

use crate::geometry::TextLine;

/// Score from which a pixel is marked.
const MARKED: f32 = 0.3;
/// Mean score of a line's marked pixels, below which it is dropped.
const SCORE_MIN: f32 = 0.5;
/// Marked pixels of a line, at least: a dot of noise has fewer.
const AREA_MIN: usize = 24;
/// Marked rows of a line, at least.
const THICKNESS_MIN: f32 = 2.5;
/// How much a line is widened: its area times this by its girth, as the network was trained; more than in training (1.5),
/// because marks above and below Arabic letters stand farther out than anything in the scripts that it was trained on.
const WIDENED: f32 = 1.8;
/// Of a line that is less than this many times as long as thick, the slant is not believed.
const SLANT_ASPECT_MIN: f32 = 2.0;
/// Only lines longer than this many times their thickness are thought bent.
const BEND_ASPECT_MIN: f32 = 3.0;
/// Share of a line's pixels, at each side, that are taken for frays.
const FRAYS: f32 = 0.01;

/// How sure the network is, pixel by pixel, that there is text.
pub struct ScoreMap {
    pub width: usize,
    pub height: usize,
    /// 0 to 1, rows from the top.
    pub scores: Vec<f32>,
}

/// The lines in `map`, in its own pixels.
pub fn lines(map: &ScoreMap) -> Vec<TextLine> {
    let mut seen = vec![false; map.scores.len()];
    let mut lines = Vec::new();
    for start in 0..map.scores.len() {
        if !seen[start] && map.scores[start] >= MARKED {
            let marks = marks_from(start, map, &mut seen);
            lines.extend(line_of(&marks));
        }
    }
    lines
}

/// Place and score of a marked pixel.
type Mark = (f32, f32, f32);

fn marks_from(start: usize, map: &ScoreMap, seen: &mut [bool]) -> Vec<Mark> {
    let (mut open, mut marks) = (vec![start], Vec::new());
    seen[start] = true;
    while let Some(index) = open.pop() {
        let (x, y) = (index % map.width, index / map.width);
        marks.push((x as f32 + 0.5, y as f32 + 0.5, map.scores[index]));
        for (near_x, near_y) in [(x.wrapping_sub(1), y), (x + 1, y), (x, y.wrapping_sub(1)), (x, y + 1)] {
            if near_x < map.width && near_y < map.height {
                let near = near_y * map.width + near_x;
                if !seen[near] && map.scores[near] >= MARKED {
                    seen[near] = true;
                    open.push(near);
                }
            }
        }
    }
    marks
}

fn line_of(marks: &[Mark]) -> Option<TextLine> {
    let count = marks.len() as f32;
    let score = marks.iter().map(|mark| mark.2).sum::<f32>() / count;
    if marks.len() < AREA_MIN || score < SCORE_MIN {
        return None;
    }
    let middle =
        (marks.iter().map(|mark| mark.0).sum::<f32>() / count, marks.iter().map(|mark| mark.1).sum::<f32>() / count);
    let mut slant = long_axis(marks, middle);
    let mut turned = turn(marks, middle, slant);
    if extent(&turned, |place| place.0).1 < SLANT_ASPECT_MIN * extent(&turned, |place| place.1).1 {
        // Upright as most text is; a short word tells nothing.
        slant = 0.0;
        turned = turn(marks, middle, slant);
    }
    let (start, length) = extent(&turned, |place| place.0);
    let centre = start + length / 2.0;
    turned.iter_mut().for_each(|place| place.0 -= centre);
    let thick = extent(&turned, |place| place.1).1;
    let curve = if length > BEND_ASPECT_MIN * thick { parabola(&turned, length / 2.0) } else { 0.0 };
    let flattened: Vec<(f32, f32)> = turned
        .iter()
        .map(|&(along, across)| (along, across - curve * (1.0 / 3.0 - (2.0 * along / length).powi(2))))
        .collect();
    let (top, thickness) = extent(&flattened, |place| place.1);
    if thickness < THICKNESS_MIN {
        return None;
    }
    let (sin, cos) = slant.sin_cos();
    let across = top + thickness / 2.0;
    let middle = (middle.0 + centre * cos - across * sin, middle.1 + centre * sin + across * cos);
    let widened = 2.0 * length * thickness * WIDENED / (2.0 * (length + thickness));
    Some(TextLine { middle, slant, length: length + widened, thickness: thickness + widened, bend: curve, score })
}

/// Direction in which the marks spread most.
fn long_axis(marks: &[Mark], middle: (f32, f32)) -> f32 {
    let (mut xx, mut yy, mut xy) = (0.0f64, 0.0f64, 0.0f64);
    for mark in marks {
        let (dx, dy) = (f64::from(mark.0 - middle.0), f64::from(mark.1 - middle.1));
        xx += dx * dx;
        yy += dy * dy;
        xy += dx * dy;
    }
    (0.5 * (2.0 * xy).atan2(xx - yy)) as f32
}

fn turn(marks: &[Mark], middle: (f32, f32), slant: f32) -> Vec<(f32, f32)> {
    let (sin, cos) = slant.sin_cos();
    let turned = |mark: &Mark| {
        let (dx, dy) = (mark.0 - middle.0, mark.1 - middle.1);
        (dx * cos + dy * sin, dy * cos - dx * sin)
    };
    marks.iter().map(turned).collect()
}

/// Where a coordinate begins, and over how much it extends, frays left out.
fn extent(places: &[(f32, f32)], of: impl Fn(&(f32, f32)) -> f32) -> (f32, f32) {
    let mut values: Vec<f32> = places.iter().map(of).collect();
    values.sort_by(f32::total_cmp);
    let frays = (values.len() as f32 * FRAYS) as usize;
    let low = values.get(frays).copied().unwrap_or_default();
    let high = values.get(values.len() - 1 - frays).copied().unwrap_or_default();
    (low - 0.5, high - low + 1.0)
}

/// The `bend` of [`TextLine`] that fits the places best (least squares on the middles of columns).
fn parabola(places: &[(f32, f32)], half: f32) -> f32 {
    let columns = 24usize;
    let mut sums = vec![(0.0f32, 0u32); columns];
    for &(along, across) in places {
        let column = (((along / half + 1.0) / 2.0 * columns as f32).max(0.0) as usize).min(columns - 1);
        sums[column].0 += across;
        sums[column].1 += 1;
    }
    // Orthogonal on -1..1: 1, t, 1/3 - t².
    let (mut up, mut down) = (0.0, 0.0);
    for (column, (sum, count)) in sums.into_iter().enumerate() {
        if count > 0 {
            let t = (column as f32 + 0.5) / columns as f32 * 2.0 - 1.0;
            let shape = 1.0 / 3.0 - t * t;
            up += shape * sum / count as f32;
            down += shape * shape;
        }
    }
    if down > 0.0 { up / down } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn painted(line: TextLine) -> ScoreMap {
        let (width, height) = (640, 480);
        let marked = |index: usize| {
            let (along, across) = line.place_of(((index % width) as f32 + 0.5, (index / width) as f32 + 0.5));
            along.abs() <= line.length / 2.0 && across.abs() <= line.thickness / 2.0
        };
        let scores = (0..width * height).map(|index| if marked(index) { 0.9 } else { 0.02 }).collect();
        ScoreMap { width, height, scores }
    }

    #[test]
    fn slanted_and_bent_lines_are_found_as_they_stand() {
        for (slant, bend) in [(0.0, 0.0), (0.25, 0.0), (-0.1, 14.0), (0.0, -20.0)] {
            let line = TextLine { middle: (320.0, 240.0), slant, length: 400.0, thickness: 16.0, bend, score: 0.9 };
            let [found] = lines(&painted(line))[..] else { panic!("one line at {slant} {bend}") };
            assert!((found.slant - slant).abs() < 0.02, "{found:?}");
            assert!((found.bend - bend).abs() < 3.0, "{found:?}");
            assert!((found.middle.0 - 320.0).abs() < 3.0 && (found.middle.1 - 240.0).abs() < 3.0, "{found:?}");
            assert!(found.thickness > 32.0 && found.thickness < 48.0, "widened: {found:?}");
        }
    }

    #[test]
    fn specks_and_doubtful_marks_are_no_lines() {
        let speck = TextLine { middle: (50.0, 50.0), slant: 0.0, length: 4.0, thickness: 4.0, bend: 0.0, score: 0.9 };
        assert_eq!(lines(&painted(speck)), []);
        let faint = ScoreMap { width: 90, height: 40, scores: vec![0.4; 90 * 40] };
        assert_eq!(lines(&faint), []);
    }
}
