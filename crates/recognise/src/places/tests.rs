//! Places as texts name them, and words that only look like them.

use super::{Hints, find};
use crate::words::read_words;
use vedette_text::fold::fold;

fn places(text: &str, language: &str) -> String {
    let folded = fold(text);
    let words = read_words(text, &folded);
    let name = |hit: &super::PlaceHit| {
        let country = String::from_utf8_lossy(&hit.place.country).into_owned();
        format!("{} {}", hit.name(), country)
    };
    find(&words, text, &folded.text, language, &Hints::default()).iter().map(name).collect::<Vec<_>>().join(", ")
}

#[test]
fn the_table_is_there_and_holds_the_world() {
    assert!(super::table().unwrap().len() > 60_000);
}

#[test]
fn a_place_is_found_in_three_scripts_and_in_any_case_form() {
    for (text, language, wanted) in [
        ("A conference in Buenos Aires and Nairobi.", "en", "Buenos Aires AR, Nairobi KE"),
        ("Выставка в Новосибирске и Москве", "ru", "Novosibirsk RU, Moscow RU"),
        ("وصل الوفد إلى القاهرة وبغداد", "ar", "Cairo EG, Baghdad IQ"),
        ("نمایشگاه در تهران و اصفهان برگزار شد", "fa", "Tehran IR, Isfahan IR"),
        ("Nairobi's markets", "en", "Nairobi KE"),
        ("la ville d'Alger", "fr", "Algiers DZ"),
        ("Er reist nach München", "de", "Munich DE"),
    ] {
        assert_eq!(places(text, language), wanted, "{text}");
    }
}

#[test]
fn the_other_places_of_a_text_say_which_town_is_meant() {
    assert_eq!(places("He was born in London, Canada.", "en"), "London CA, Canada CA");
    assert_eq!(places("He was born in London.", "en"), "London GB");
    assert_eq!(places("From Birmingham, Alabama, by bus.", "en"), "Birmingham US, Alabama US");
}

#[test]
fn common_words_and_parts_of_personal_names_are_no_places() {
    for (text, language) in [
        ("Nice reading on a mobile, most of it true. Of course.", "en"),
        ("Split the bar, Man. Hope is near.", "en"),
        ("Mr. Jack Lincoln spoke with Michael Madison Smith", "en"),
        ("Essen und Singen ist gut.", "de"),
        ("Мир и Победа", "ru"),
        ("الخبر في المدينة اليوم", "ar"),
    ] {
        assert_eq!(places(text, language), "", "{text}");
    }
}
