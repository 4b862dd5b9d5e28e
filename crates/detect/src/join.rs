//! Words that stand in one line are joined; lines seen twice are kept once.

use crate::geometry::TextLine;

/// Words are joined across a gap of at most this many thicknesses; columns stand farther apart.
const GAP_MAX: f32 = 1.1;
/// They may stand off each other's middle line by this share of a thickness.
const OFFSET_MAX: f32 = 0.3;
/// The thicker may be this many times as thick: headlines are not joined with what stands beside them.
const THICKER_MAX: f32 = 1.6;
/// Slants may differ by this much, in radians.
const SLANT_MAX: f32 = 0.14;

/// The lines with words joined to lines.
pub fn joined(mut lines: Vec<TextLine>) -> Vec<TextLine> {
    // Each round joins one pair; a page has few hundred lines and most are whole.
    while let Some((one, other)) = pair(&lines) {
        let second = lines.swap_remove(one.max(other));
        let first = lines.swap_remove(one.min(other));
        lines.push(together(first, second));
    }
    lines
}

fn pair(lines: &[TextLine]) -> Option<(usize, usize)> {
    lines.iter().enumerate().find_map(|(one, first)| {
        let follows = |(_, second): &(usize, &TextLine)| are_one(first, second);
        lines.iter().enumerate().skip(one + 1).find(follows).map(|(other, _)| (one, other))
    })
}

fn are_one(a: &TextLine, b: &TextLine) -> bool {
    let (long, short) = if a.length >= b.length { (a, b) } else { (b, a) };
    let thin = a.thickness.min(b.thickness);
    let slant_differs = short.length > 2.0 * short.thickness && (a.slant - b.slant).abs() > SLANT_MAX;
    if a.thickness.max(b.thickness) > thin * THICKER_MAX || slant_differs {
        return false;
    }
    let (along, _) = long.place_of(short.middle);
    // Beyond the end the parabola runs away; the straight line tells where the next word stands.
    let straight = TextLine { bend: 0.0, ..*long };
    let across = straight.place_of(short.middle).1;
    let gap = along.abs() - (long.length + short.length) / 2.0;
    // Widened boxes reach into the gap: words of one line overlap a little.
    gap < GAP_MAX * thin && gap > -1.2 * thin && across.abs() < OFFSET_MAX * thin + long.bend.abs()
}

fn together(a: TextLine, b: TextLine) -> TextLine {
    let (long, short) = if a.length >= b.length { (a, b) } else { (b, a) };
    let straight = TextLine { bend: 0.0, ..long };
    let (along, _) = straight.place_of(short.middle);
    let start = (-long.length / 2.0).min(along - short.length / 2.0);
    let end = (long.length / 2.0).max(along + short.length / 2.0);
    let left_of = if along < 0.0 { (short, long) } else { (long, short) };
    let (dx, dy) = (left_of.1.middle.0 - left_of.0.middle.0, left_of.1.middle.1 - left_of.0.middle.1);
    // The line through both middles is truer than the slant of either, once they are apart.
    let slant = if dx > long.thickness { dy.atan2(dx) } else { long.slant };
    let middle = straight.point((start + end) / 2.0, 0.0);
    let across = short.middle.1 - straight.point(along, 0.0).1;
    let shift = across * short.length / (long.length + short.length);
    let weigh = |a: f32, b: f32| (a * long.length + b * short.length) / (long.length + short.length);
    TextLine {
        middle: (middle.0, middle.1 + shift),
        slant: weigh(long.slant, slant),
        length: end - start,
        thickness: long.thickness.max(short.thickness) + across.abs() * 0.5,
        bend: if short.length < 0.25 * long.length { long.bend } else { 0.0 },
        score: weigh(long.score, short.score),
    }
}

/// `far` with its lines thinner than `thin` replaced by what a closer look found; lines seen in two tiles once.
pub fn replaced(far: Vec<TextLine>, mut closer: Vec<TextLine>, thin: f32) -> Vec<TextLine> {
    let mut kept: Vec<TextLine> = far.into_iter().filter(|line| line.thickness >= thin).collect();
    // The whole line before its parts.
    closer.sort_by(|a, b| b.length.total_cmp(&a.length));
    for line in closer {
        if !kept.iter().any(|other| covers(other, &line)) {
            kept.push(line);
        }
    }
    kept
}

fn covers(whole: &TextLine, part: &TextLine) -> bool {
    let (along, across) = whole.place_of(part.middle);
    across.abs() < 0.5 * whole.thickness && along.abs() < whole.length / 2.0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn word(x: f32, y: f32, length: f32, thickness: f32) -> TextLine {
        TextLine { middle: (x, y), slant: 0.0, length, thickness, bend: 0.0, score: 0.8 }
    }

    #[test]
    fn words_of_a_line_are_joined_and_columns_are_not() {
        let lines = joined(vec![
            word(100.0, 50.0, 100.0, 30.0),
            word(230.0, 52.0, 110.0, 32.0),
            word(160.0, 100.0, 200.0, 30.0),
        ]);
        assert_eq!(lines.len(), 2, "{lines:?}");
        let long = lines.iter().find(|line| line.middle.1 < 60.0).expect("the joined line");
        assert!((long.length - 235.0).abs() < 2.0, "{long:?}");
        assert_eq!(joined(vec![word(100.0, 50.0, 100.0, 30.0), word(330.0, 50.0, 110.0, 30.0)]).len(), 2);
        assert_eq!(joined(vec![word(100.0, 50.0, 100.0, 90.0), word(210.0, 50.0, 110.0, 30.0)]).len(), 2);
    }

    #[test]
    fn a_closer_look_replaces_thin_lines_and_keeps_thick_ones() {
        let far = vec![word(200.0, 50.0, 300.0, 80.0), word(200.0, 200.0, 300.0, 9.0)];
        let closer =
            vec![word(200.0, 52.0, 200.0, 78.0), word(120.0, 200.0, 150.0, 14.0), word(200.0, 200.0, 320.0, 14.0)];
        let kept = replaced(far, closer, 12.0);
        assert_eq!(kept.len(), 2, "{kept:?}");
        assert!(kept.iter().any(|line| line.length == 320.0));
    }
}
