//! Spellings that must fold together, and honest ones that must be left alone.

use vedette_text::fold::{fold, fold_plain};
use vedette_text::tokens::tokens;

fn check(cases: &[(&str, &str)]) {
    for (text, folded) in cases {
        assert_eq!(fold(text).text, *folded, "{text:?}");
        assert_eq!(fold_plain(text), *folded, "{text:?}");
    }
}

#[test]
fn case_width_and_marks_fold() {
    check(&[
        ("Kelmora", "kelmora"),
        ("ＫＥＬＭＯＲＡ", "kelmora"),
        ("𝐊𝐞𝐥𝐦𝐨𝐫𝐚", "kelmora"),
        ("Ⓚⓔⓛⓜⓞⓡⓐ", "kelmora"),
        ("🅺🅴🅻🅼🅾🆁🅰", "kelmora"),
        ("ᴋᴇʟᴍᴏʀᴀ", "kelmora"),
        ("café cafe\u{301}", "cafe cafe"),
        ("STRASSE Straße", "strasse strasse"),
        ("İstanbul ısı", "istanbul isi"),
        ("ёлка й", "елка и"),
        ("k\u{336}e\u{336}l", "kel"),
        ("don’t", "don't"),
        ("한국어 か\u{3099}", "한국어 が"),
    ]);
}

#[test]
fn arabic_spellings_fold_together() {
    check(&[
        ("أحمد إحمد آحمد ٱحمد", "احمد احمد احمد احمد"),
        ("انـــفـجار", "انفجار"),
        ("اِنْفِجَار", "انفجار"),
        ("ان\u{200c}فجار", "انفجار"),
        ("ﺍﻧﻔﺠﺎﺭ", "انفجار"),
        ("كتاب کتاب", "کتاب کتاب"),
        ("علي على علی", "علی علی علی"),
        ("مدرسة مدرسه", "مدرسه مدرسه"),
        ("مؤمن سائل سماء", "مومن سایل سما"),
        ("١٢٣ ۱۲۳ १२३", "123 123 123"),
        ("\u{202e}abc\u{202c}", "abc"),
    ]);
}

#[test]
fn disguised_words_are_read() {
    check(&[
        ("аttасk", "attack"),
        ("bоmb", "bomb"),
        ("ВOМВ", "вомв"),
        ("\u{13aa}ttack b\u{585}mb L\u{a4ee}ntern", "attack bomb lantern"),
        ("b0mb 4ttack $trike", "bomb attack strike"),
        ("a.t.t.a.c.k", "attack"),
        ("a t t a c k now", "attack now"),
        ("a-t-t-4-c-k", "attack"),
        ("аttaaaack", "attack"),
        ("b@mb me@host.example", "bamb me@host.example"),
        ("у\u{200b}д\u{200b}а\u{200b}р", "удар"),
        ("k i l m", "kilm"),
        ("S c h l o ß bei Hessel", "schloss bei hessel"),
    ]);
}

#[test]
fn honest_spellings_are_left_alone() {
    check(&[
        ("настоящий русский текст", "настоящии русскии текст"),
        ("2026 100 3.14 1,000", "2026 100 3.14 1,000"),
        ("5th 3pm m16 covid19 @name", "5th 3pm m16 covid19 @name"),
        ("world war iii, www", "world war iii, www"),
        ("a.b.c.d.example", "a.b.c.d.example"),
        ("1 2 3 4 5", "1 2 3 4 5"),
        ("i.e. a b", "i.e. a b"),
        ("Հայաստան \u{13e3}\u{13b3}\u{13a9}", "հայաստան \u{abb3}\u{ab83}\u{ab79}"),
        ("T恤 Ubuntuは", "t恤 ubuntuは"),
        ("", ""),
    ]);
}

/// The original span of the folded text's first occurrence of a word, and the folds there.
fn trace(text: &str, word: &str) -> (String, Vec<&'static str>) {
    let folded = fold(text);
    let at = folded.text.find(word).expect("the word is in the folded text");
    let (start, end) = folded.original_span(at, at + word.len());
    (text[start..end].to_owned(), folded.folds_in(at, at + word.len()))
}

#[test]
fn a_match_leads_back_to_what_was_written() {
    let cases: &[(&str, &str, &str, &[&str])] = &[
        ("see a.t.t.4.c.k!", "attack", "a.t.t.4.c.k", &["leet", "separator"]),
        ("x انـفجار y", "انفجار", "انـفجار", &["tatweel"]),
        ("Straße frei", "strasse", "Straße", &["case"]),
        ("le cafe\u{301} noir", "cafe", "cafe\u{301}", &["mark"]),
        ("b\u{200b}omb, x", "bomb", "b\u{200b}omb", &["zero-width"]),
        ("\u{200b}bomb\u{200b} x", "bomb", "bomb", &[]),
        ("attaaaack", "attack", "attaaaack", &["repeat"]),
        ("bоmb", "bomb", "bоmb", &["confusable"]),
        ("ﷲ", "الله", "ﷲ", &["nfkc"]),
        ("plain bomb", "bomb", "bomb", &[]),
        ("Up bomb", "bomb", "bomb", &[]),
        ("x ١٢ y", "12", "١٢", &["digit"]),
    ];
    for (text, word, original, folds) in cases {
        assert_eq!(trace(text, word), ((*original).to_owned(), folds.to_vec()), "{text:?}");
    }
}

#[test]
fn words_are_runs_of_letters_digits_and_inner_apostrophes() {
    let words = |text: &'static str| tokens(text).map(|token| &text[token.start..token.end]).collect::<Vec<_>>();
    assert_eq!(words("don't stop, 'quoted' кот в 2026"), ["don't", "stop", "quoted", "кот", "в", "2026"]);
    assert_eq!(words("انفجار، في"), ["انفجار", "في"]);
    assert_eq!(words("' '' a' "), ["a"]);
    assert!(words("").is_empty());
}

#[test]
fn each_fold_can_be_switched_off_alone() {
    use vedette_text::fold::{Folds, fold_with};
    for (name, text, without) in [
        ("case", "Kelmora", "Kelmora"),
        ("nfkc", "\u{ff4b}elmora", "\u{ff4b}elmora"),
        ("arabic-letter", "علي", "علي"),
        ("tatweel", "فـانوس", "فـانوس"),
        ("mark", "café", "café"),
        ("zero-width", "b\u{200b}omb", "b\u{200b}omb"),
        ("bidi", "\u{202e}bomb", "\u{202e}bomb"),
        ("digit", "١٢", "١٢"),
        ("confusable", "b\u{43e}mb", "b\u{43e}mb"),
        ("leet", "b0mb", "b0mb"),
        ("separator", "b.o.m.b", "b.o.m.b"),
        ("repeat", "boooomb", "boooomb"),
    ] {
        assert!(Folds::names().contains(&name));
        let folded = fold_with(text, Folds::all().without(name));
        assert_eq!(folded.text, without, "{name}");
        assert!(!folded.folds_in(0, folded.text.len()).contains(&name), "{name}");
        let folded = fold(text);
        assert_ne!(folded.text, without, "{name}");
        let dropped = ["bidi"].contains(&name);
        assert_eq!(folded.folds_in(0, folded.text.len()).contains(&name), !dropped, "{name}: {folded:?}");
        assert_eq!(fold_with(text, Folds::none()).text, text);
    }
}
