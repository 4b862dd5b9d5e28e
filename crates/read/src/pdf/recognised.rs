//! What was recognised in a page's picture, put in reading order: recognisers join the lines of two columns where the white
//! between them is narrow. In: a reading whose words have places. Out: the same words, column by column.

use vedette_core::{Place, Reading, Whereabouts};

use super::bbox::Area;
use super::layout::{Line, ordered};
use super::order::is_right_to_left;

/// White between two words that parts their line, as a share of its height; wide spaces of justified text have half of it.
const PARTING_SHARE: f32 = 1.1;

/// Puts the words of `reading` in reading order; a page is `width` by `height` points. A reading without places of words
/// stays as it is.
pub(crate) fn in_reading_order(reading: Reading, width: f32, height: f32) -> Reading {
    let areas: Option<Vec<Area>> = reading.places.iter().map(|place| area_of(place, width, height)).collect();
    let Some(areas) = areas.filter(|areas| !areas.is_empty()) else { return reading };
    let word = |place: &Place| reading.text.get(place.start as usize..place.end as usize);
    let Some(words) = reading.places.iter().map(word).collect::<Option<Vec<&str>>>() else { return reading };
    let parts = parted(&reading, &areas);
    let lines = parts.iter().enumerate().filter_map(|(number, part)| {
        let area = part.iter().filter_map(|at| areas.get(*at)).copied().reduce(|a, b| a.with(&b))?;
        // The number of the part stands for its words until all parts are in order.
        Some(Line { text: number.to_string(), area, starts_paragraph: false })
    });
    let letters = || reading.text.chars().filter(|c| c.is_alphabetic());
    let is_right = letters().filter(|c| is_right_to_left(*c)).count() * 2 > letters().count();
    let (mut text, mut places) = (String::new(), Vec::new());
    for line in ordered(lines.collect(), is_right) {
        let numbers = line.text.split(' ').filter_map(|number| number.parse::<usize>().ok());
        // Boxes of recognised words fit tightly: white above one says nothing about paragraphs.
        let mut separator = "\n";
        for at in numbers.filter_map(|number| parts.get(number)).flatten() {
            let (Some(word), Some(place)) = (words.get(*at), reading.places.get(*at)) else { continue };
            if !text.is_empty() {
                text.push_str(separator);
            }
            separator = " ";
            let start = u32::try_from(text.len()).unwrap_or(u32::MAX);
            text.push_str(word);
            places.push(Place { start, end: u32::try_from(text.len()).unwrap_or(u32::MAX), ..*place });
        }
    }
    Reading { text, places, ..reading }
}

fn area_of(place: &Place, width: f32, height: f32) -> Option<Area> {
    let Whereabouts::Box([left, top, wide, high]) = place.at else { return None };
    let (across, down) =
        (|part: u16| f32::from(part) / 10_000.0 * width, |part: u16| f32::from(part) / 10_000.0 * height);
    let (left, top) = (across(left), down(top));
    Some(Area { left, top, right: left + across(wide), bottom: top + down(high) })
}

/// The words of each line of the text, parted where the white between two is wide: numbers of places.
fn parted(reading: &Reading, areas: &[Area]) -> Vec<Vec<usize>> {
    let mut parts: Vec<Vec<usize>> = Vec::new();
    for (at, (place, area)) in reading.places.iter().zip(areas).enumerate() {
        let before = at.checked_sub(1).and_then(|before| Some((reading.places.get(before)?, areas.get(before)?)));
        let goes_on = before.is_some_and(|(before, other)| {
            let between = reading.text.get(before.end as usize..place.start as usize).unwrap_or("\n");
            let white = (area.left - other.right).max(other.left - area.right);
            !between.contains('\n') && white < PARTING_SHARE * area.height().max(other.height())
        });
        match parts.last_mut().filter(|_| goes_on) {
            Some(part) => part.push(at),
            None => parts.push(vec![at]),
        }
    }
    parts
}

#[cfg(test)]
mod tests {
    use vedette_core::ReadingKind;

    use super::*;

    /// Words with left edge, top and width, in ten-thousandths of a page; a line break stands before those of a new line.
    fn reading(words: &[(&str, u16, u16, u16)]) -> Reading {
        let mut reading = Reading::new(ReadingKind::Ocr, "x", "");
        let mut row = None;
        for (word, left, top, wide) in words {
            if !reading.text.is_empty() {
                reading.text.push_str(if row == Some(*top) { " " } else { "\n" });
            }
            row = Some(*top);
            let start = reading.text.len() as u32;
            reading.text.push_str(word);
            let end = reading.text.len() as u32;
            reading.places.push(Place {
                start,
                end,
                confidence: Some(90),
                at: Whereabouts::Box([*left, *top, *wide, 200]),
            });
        }
        reading
    }

    #[test]
    fn lines_that_run_over_two_columns_are_parted() {
        let mixed = reading(&[
            ("the", 500, 1_000, 1_500),
            ("library", 2_100, 1_000, 2_000),
            ("opens", 5_200, 1_000, 2_000),
            ("keeps", 500, 1_300, 1_500),
            ("maps", 2_100, 1_300, 2_000),
            ("again", 5_200, 1_300, 2_000),
        ]);
        let read = in_reading_order(mixed, 420.0, 595.0);
        assert_eq!(read.text, "the library\nkeeps maps\nopens\nagain");
        let words: Vec<&str> =
            read.places.iter().map(|place| &read.text[place.start as usize..place.end as usize]).collect();
        assert_eq!(words, ["the", "library", "keeps", "maps", "opens", "again"]);
        assert_eq!(read.places[4].at, Whereabouts::Box([5_200, 1_000, 2_000, 200]));
    }

    #[test]
    fn arabic_columns_are_read_from_the_right_and_words_without_places_stay() {
        let mixed = reading(&[
            ("المكتبة", 7_500, 1_000, 2_000),
            ("القديمة", 5_300, 1_000, 2_000),
            ("تفتح", 2_000, 1_000, 2_000),
            ("في", 7_500, 1_300, 2_000),
            ("الميناء", 5_300, 1_300, 2_000),
            ("اليوم", 2_000, 1_300, 2_000),
        ]);
        assert_eq!(in_reading_order(mixed, 420.0, 595.0).text, "المكتبة القديمة\nفي الميناء\nتفتح\nاليوم");
        let plain = Reading::new(ReadingKind::Ocr, "x", "no places\nat all");
        assert_eq!(in_reading_order(plain.clone(), 420.0, 595.0), plain);
    }
}
