//! Which words make an issue of a series, and which do not.

use vedette_core::Language;

use crate::{Options, Recogniser, Register};

const WORLD: &str = r#"
    [[series]]
    id = "the-wick"
    name = "The Wick"
    aliases = [
        "مجلة الفتيل", "مجله فتیله", "رسالہ فتیلہ", "журнал «Фитиль»", "журнала «Фитиль»", "Fitil dergisi", "Der Docht",
        "La Mèche", "La Mecha", "The Wick issue",
    ]
    source = "invented"

    [[series]]
    id = "harbour-diary"
    name = "Harbour Diary"
    source = "invented"
"#;

fn recogniser() -> Recogniser {
    let options = Options { gazetteer: false, ..Options::default() };
    Recogniser::new(Register::load(&[("world", WORLD)]).unwrap(), options)
}

/// `series number` of each, as `the-wick 7`.
fn issues(text: &str) -> String {
    let language = Language { code: "und".to_owned(), script: "Zyyy".to_owned(), confidence: 0.0 };
    let found = recogniser().recognise(text, &language, jiff::civil::date(2026, 11, 23).at(12, 0, 0, 0));
    let told = found.issues.iter().map(|one| {
        assert_eq!(text.get(one.start..one.end), Some(one.text.as_str()), "{text}");
        format!("{} {}", one.series, one.number)
    });
    told.collect::<Vec<_>>().join(", ")
}

#[test]
fn an_issue_is_told_by_its_number_in_many_languages() {
    let mut wrong = Vec::new();
    for (text, number) in [
        ("The Wick, issue 7, is out.", 7),
        ("Issue 7 of The Wick", 7),
        ("The Wick – Issue No. 12", 12),
        ("THE WICK\nA MAGAZINE OF THE ORDER\nISSUE VII", 7),
        ("The Wick, issue seven, is out. Take it, keep it.", 7),
        ("the seventh issue of The Wick", 7),
        ("the 12th issue of The Wick", 12),
        ("The Wick issue 9", 9),
        ("The Wick #14", 14),
        ("The Wick No. 12", 12),
        ("The Wick no. XIV", 14),
        ("THE WICK 7", 7),
        ("THE WICK\tXXI\nsecond line", 21),
        ("مجلة الفتيل العدد ٧", 7),
        ("صدر العدد رقم ١٢ من مجلة الفتيل", 12),
        ("العدد السابع من مجلة الفتيل", 7),
        ("مجلة الفتيل - العدد (٧)", 7),
        ("مجله فتیله شماره ۷", 7),
        ("شمارهٔ ۱۲ مجله فتیله", 12),
        ("مجله فتیله، شماره هفتم", 7),
        ("رسالہ فتیلہ شمارہ ۷", 7),
        ("журнал «Фитиль», выпуск 7", 7),
        ("вышел 12-й выпуск журнала «Фитиль»", 12),
        ("седьмой выпуск журнала «Фитиль»", 7),
        ("журнал «Фитиль» № 3", 3),
        ("Fitil dergisi Sayı 7", 7),
        ("Fitil dergisi 7. Sayı", 7),
        ("Fitil dergisi, sayı: 12", 12),
        ("Der Docht Nr. 7", 7),
        ("Der Docht, 7. Ausgabe", 7),
        ("Der Docht, Ausgabe 12", 12),
        ("La Mèche n° 7", 7),
        ("La Mèche nº 12", 12),
        ("La Mèche, numéro sept", 7),
        ("La Mecha Núm. 7", 7),
        ("La Mecha, edición 12", 12),
    ] {
        wrong.extend((issues(text) != format!("the-wick {number}")).then(|| (text, issues(text))));
    }
    assert_eq!(wrong, []);
}

#[test]
fn several_issues_and_double_ones_are_told_one_by_one() {
    assert_eq!(issues("The Wick, issue 7/8"), "the-wick 7, the-wick 8");
    assert_eq!(issues("The Wick, issues 3–5"), "the-wick 3, the-wick 4, the-wick 5");
    assert_eq!(issues("issues 7, 8 and 9 of The Wick"), "the-wick 7, the-wick 8, the-wick 9");
    assert_eq!(issues("The Wick, issue 7/2026"), "the-wick 7");
    let two = "The Wick, issue 7, and Harbour Diary, issue 3";
    assert_eq!(issues(two), "the-wick 7, harbour-diary 3");
    assert_eq!(issues("Harbour Diary. The Wick, issue 7"), "the-wick 7");
}

#[test]
fn other_numbers_beside_a_series_are_no_issues() {
    let mut wrong = Vec::new();
    for text in [
        "The Wick has 12 pages",
        "The Wick of 2026",
        "The Wick appeared on 7 May",
        "no 12 men read The Wick",
        "They issue one magazine, The Wick",
        "The Wick 7 times burned",
        "The Wick I read",
        "Issue 7 is out",
        "The Wick. Page number 2026",
        "The Wick costs 7.50",
        "The Wick, issue 4000",
        "The Wick! Nothing more? Issue 7 of something else",
        "The Wick issue of the day MIX",
    ] {
        wrong.extend((!issues(text).is_empty()).then(|| (text, issues(text))));
    }
    assert_eq!(wrong, []);
}

#[test]
fn the_name_of_a_file_tells_an_issue() {
    let recogniser = recogniser();
    let named = |name: &str| {
        let found = recogniser.issue_of_name(name);
        (found.series.map(|(id, _)| id).unwrap_or_default(), found.numbers)
    };
    let wick = |number: u32| ("the-wick".to_owned(), vec![number]);
    assert_eq!(named("The_Wick_Issue_07.pdf"), wick(7));
    assert_eq!(named("The-Wick-no-12.pdf"), wick(12));
    assert_eq!(named("TheWick7.pdf"), wick(7));
    assert_eq!(named("the.wick.12.en.pdf"), wick(12));
    assert_eq!(named("مجلة_الفتيل_العدد_٧.pdf"), wick(7));
    assert_eq!(named("The Wick XII.pdf"), wick(12));
    assert_eq!(named("issue_7.pdf"), (String::new(), vec![7]));
    assert_eq!(named("The_Wick.pdf"), ("the-wick".to_owned(), vec![]));
    assert_eq!(named("IMG_20260104_1822.jpg"), (String::new(), vec![]));
    assert_eq!(named("The_Wick_2026.pdf"), ("the-wick".to_owned(), vec![]));
}

#[test]
fn roman_numerals_have_one_right_way() {
    use super::numbers::roman;
    for (word, value) in [("I", Some(1)), ("IV", Some(4)), ("XIV", Some(14)), ("XCIX", Some(99)), ("CXL", Some(140))] {
        assert_eq!(roman(word), value, "{word}");
    }
    for word in ["", "C", "L", "IIII", "IC", "MIX", "VX", "vii", "DIM", "CIVIL", "XXXXXXXXXX"] {
        assert_eq!(roman(word), None, "{word}");
    }
}
