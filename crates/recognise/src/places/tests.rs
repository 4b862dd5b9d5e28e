//! Places as texts name them, and words that only look like them.

use super::{Hints, find};
use crate::words::read_words;
use vedette_text::fold::fold;

fn places(text: &str, language: &str) -> String {
    places_from(text, language, &Hints::default())
}

fn places_from(text: &str, language: &str, hints: &Hints) -> String {
    let folded = fold(text);
    let words = read_words(text, &folded);
    let name = |hit: &super::PlaceHit| {
        let country = String::from_utf8_lossy(&hit.place.country).into_owned();
        format!("{} {}", hit.name(), country)
    };
    find(&words, text, &folded.text, language, hints).iter().map(name).collect::<Vec<_>>().join(", ")
}

#[test]
fn the_table_is_there_and_holds_the_world() {
    assert!(super::table().unwrap().len() > 200_000);
    assert!(super::BYTES.len() <= 15_000_000, "the table is too large to be part of the program");
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

#[test]
fn what_stands_beside_a_name_says_which_place_it_is() {
    for (text, wanted) in [
        ("Floods in Victoria, Australia.", "Victoria AU, Australia AU"),
        ("The road from Seattle, Washington, was closed.", "Seattle US, Washington US"),
        ("He flew to Washington on Monday.", "Washington US"),
        ("She lives in New York.", "New York City US"),
        ("Officials in California said Santa Ana was calm.", "California US, Santa Ana US"),
        ("A farm in Pandi, Bulacan, was closed.", "Pandi PH, Bulacan PH"),
        ("An outbreak in Scott County, Indiana.", "Scott County US, Indiana US"),
        ("Tbilisi is the capital of Georgia.", "Tbilisi GE, Georgia GE"),
        ("Atlanta, Georgia", "Atlanta US, Georgia US"),
        ("Buffalo, New York", "Buffalo US, New York US"),
    ] {
        assert_eq!(places(text, "en"), wanted, "{text}");
    }
}

#[test]
fn where_the_source_writes_from_decides_between_equals() {
    let from = |country: &str| places_from("The council of Cambridge met.", "en", &Hints::of_countries([country]));
    assert_eq!(from("GB"), "Cambridge GB");
    assert_eq!(places("البنك في طرابلس", "ar"), "Tripoli LY");
    assert_eq!(places_from("البنك في طرابلس", "ar", &Hints::of_countries(["LB"])), "Tripoli LB");
    assert_eq!(Hints::of_countries(["gb", "GBR", "DE"]).countries, [*b"DE"]);
}

#[test]
fn persons_adjectives_and_transcribed_words_are_no_places() {
    for (text, language) in [
        ("Mr. Franklin spoke.", "en"),
        ("Paul Franklin was there. Later Franklin left the room.", "en"),
        ("كيف كان المشهد؟", "ar"),
        ("صباح السلطات السعودية", "ar"),
        ("Северной стороны и Донецкой стороны", "ru"),
        ("Таким образом, тема закрыта.", "ru"),
        ("روز دوشنبه بالای کوه", "fa"),
    ] {
        assert_eq!(places(text, language), "", "{text}");
    }
    assert_eq!(places("قالت السعودية إنها", "ar"), "Saudi Arabia SA");
    assert_eq!(places("Глава Китая", "ru"), "China CN");
}

#[test]
fn a_mention_covers_the_whole_name() {
    let found = super::find_places("وصل إلى صنعاء أمس", "ar", &Hints::default());
    assert_eq!(found.iter().map(|place| place.text.as_str()).collect::<Vec<_>>(), ["صنعاء"]);
    let found = super::find_places("in the U.S. and in Nairobi's streets", "en", &Hints::default());
    assert_eq!(found.iter().map(|place| place.text.as_str()).collect::<Vec<_>>(), ["U.S.", "Nairobi"]);
}
