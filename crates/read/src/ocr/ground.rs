//! The ground behind letters, taken away: stripes, walls and clouds are wider than the strokes of letters.
//!
//! What a square of [`STROKE`] pixels does not fit into is letters (the top-hat of mathematical morphology: Serra, *Image Analysis
//! and Mathematical Morphology*, 1982); the rest is ground, whatever it looks like.

/// Side of the square in pixels of a strip; the strokes of bold letters have 10.
const STROKE: usize = 15;

/// `values`, 0 to 255, `width` a row, as dark letters on a ground of 255. In: whether the letters are darker than what is around
/// them.
pub(super) fn without(values: &[f32], width: usize, dark: bool) -> Vec<f32> {
    let (first, second): (Pick, Pick) = if dark { (f32::max, f32::min) } else { (f32::min, f32::max) };
    let ground = spread(&spread(values, width, first), width, second);
    ground.iter().zip(values).map(|(ground, value)| 255.0 - (ground - value).abs()).collect()
}

type Pick = fn(f32, f32) -> f32;

/// Each value becomes the most (or least) of its square.
fn spread(values: &[f32], width: usize, pick: Pick) -> Vec<f32> {
    let width = width.max(1);
    let rows: Vec<f32> = values.chunks_exact(width).flat_map(|row| along(row, pick)).collect();
    let height = rows.len() / width;
    let mut out = vec![0.0; rows.len()];
    for x in 0..width {
        let column: Vec<f32> = (0..height).map(|y| rows[y * width + x]).collect();
        for (y, value) in along(&column, pick).into_iter().enumerate() {
            out[y * width + x] = value;
        }
    }
    out
}

fn along(line: &[f32], pick: Pick) -> Vec<f32> {
    let half = STROKE / 2;
    let around = |at: usize| &line[at.saturating_sub(half)..(at + half + 1).min(line.len())];
    (0..line.len()).map(|at| around(at).iter().copied().reduce(pick).unwrap_or_default()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stripes_go_and_strokes_stay() {
        let (width, height) = (240, 60);
        // Stripes of 40 pixels, strokes of 6 across them, darker than either.
        let is_stroke = |y: usize| (27..33).contains(&y);
        let pixel = |at: usize| {
            let (x, y) = (at % width, at / width);
            let ground = if x / 40 % 2 == 0 { 120.0 } else { 220.0 };
            if is_stroke(y) { ground - 100.0 } else { ground }
        };
        let values: Vec<f32> = (0..width * height).map(pixel).collect();
        let cleared = without(&values, width, true);
        assert!(
            (0..cleared.len()).all(|at| (cleared[at] - if is_stroke(at / width) { 155.0 } else { 255.0 }).abs() < 1.0)
        );
        // Light letters leave nothing when dark ones are looked for.
        let exchanged: Vec<f32> = values.iter().map(|value| 255.0 - value).collect();
        assert!(without(&exchanged, width, true).iter().all(|value| *value > 200.0));
        assert_eq!(without(&exchanged, width, false), cleared);
    }
}
