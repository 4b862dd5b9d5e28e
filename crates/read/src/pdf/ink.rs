//! Does a page show anything beside the words of its text layer? In: its picture and the places of the words. Out: yes or no.

use super::layout::Page;
use crate::GrayImage;

/// Difference of brightness between neighbours that counts as an edge.
const STEEP: u8 = 40;
/// Edges in a hundred thousand pixels from which letters are thought possible; a word on a page has about 60.
const EDGES_MIN: u64 = 30;
/// Letters reach so far beyond the box of their line, as a share of its height.
const REACH_SHARE: f32 = 0.25;

/// Whether edges enough for letters stand where `page` has no words.
pub(crate) fn has_ink_beside(picture: &GrayImage, page: &Page) -> bool {
    let (width, height) = (picture.width.max(1) as usize, picture.height as usize);
    let mut covered = vec![false; picture.pixels.len()];
    let (across, down) = (width as f32 / page.width.max(1.0), height as f32 / page.height.max(1.0));
    for area in &page.words {
        let reach = area.height() * REACH_SHARE;
        let (left, right) = ((area.left - reach) * across, (area.right + reach) * across);
        let (top, bottom) = ((area.top - reach) * down, (area.bottom + reach) * down);
        // Negative numbers become nought.
        let (left, right) = (left as usize, (right.ceil() as usize).min(width));
        for row in top as usize..(bottom.ceil() as usize).min(height) {
            if let Some(row) = covered.get_mut(row * width + left.min(right)..row * width + right) {
                row.fill(true);
            }
        }
    }
    let rows = picture.pixels.chunks_exact(width).zip(covered.chunks_exact(width));
    let edges: u64 = rows
        .map(|(row, covered)| {
            let pairs = row.windows(3).zip(covered.windows(3));
            let is_edge = |(near, covered): &(&[u8], &[bool])| {
                matches!((near, covered), ([a, _, b], [_, false, _]) if a.abs_diff(*b) >= STEEP)
            };
            pairs.filter(is_edge).count() as u64
        })
        .sum();
    edges * 100_000 >= picture.pixels.len() as u64 * EDGES_MIN
}

#[cfg(test)]
mod tests {
    use super::super::bbox::Area;
    use super::*;

    #[test]
    fn bars_under_the_words_are_covered_and_others_are_seen() {
        let bar = |x: u32, y: u32| (20..30).contains(&y) && (10..90).contains(&x) && x % 10 < 4;
        let pixels = (0..100u32).flat_map(|y| (0..100u32).map(move |x| if bar(x, y) { 0 } else { 255 })).collect();
        let picture = GrayImage { width: 100, height: 100, pixels };
        let page = |words: Vec<Area>| Page { width: 200.0, height: 200.0, words, ..Page::default() };
        assert!(has_ink_beside(&picture, &page(Vec::new())));
        assert!(!has_ink_beside(&picture, &page(vec![Area { left: 20.0, top: 40.0, right: 180.0, bottom: 60.0 }])));
        assert!(has_ink_beside(&picture, &page(vec![Area { left: 20.0, top: 140.0, right: 180.0, bottom: 160.0 }])));
    }
}
