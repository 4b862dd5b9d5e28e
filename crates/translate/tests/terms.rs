//! How many names stand in a translation as the register wants them, with the real Portuguese model: without the glossary and with it.

#![allow(clippy::unwrap_used)] // a test may panic

mod common;

use std::sync::Arc;

use vedette_core::Tlp;
use vedette_core::translation::Translator;
use vedette_translate::{
    Allowance, Engines, Firefox, Glossary, GlossaryEntry, NoMemory, Outcome, ToTranslate, Translated, translate_text,
};

/// The terms (Portuguese, English), and sentences that hold them.
const SET: &str = include_str!("data/terms_pt_en.tsv");

fn translated(text: &str, engines: &Engines, glossary: &Glossary) -> Translated {
    let today = jiff::civil::date(2026, 11, 26);
    let what = ToTranslate { text, from: "pt", to: "en", source_id: "news", tlp: Tlp::Red, today };
    match translate_text(&what, engines, glossary, &NoMemory).unwrap() {
        Outcome::Translated(translated) => *translated,
        Outcome::NotTranslated(reason) => panic!("{reason}"),
    }
}

#[test]
fn nearly_all_names_stand_as_the_register_wants_them() {
    let (terms, sentences) = SET.split_once("\n\n").unwrap();
    let terms: Vec<(&str, &str)> = terms.lines().map(|line| line.split_once('\t').unwrap()).collect();
    let sentences: Vec<&str> = sentences.lines().collect();
    assert!(sentences.len() >= 60);
    let entries = terms.iter().map(|(form, target)| GlossaryEntry {
        id: (*form).to_owned(),
        forms: vec![(*form).to_owned()],
        language: Some("pt".to_owned()),
        target: (*target).to_owned(),
        to: "en".to_owned(),
        also: Vec::new(),
    });
    let glossary = Glossary::new(entries.collect());
    let engine: Arc<dyn Translator> = Arc::new(Firefox::open(&[common::models()]).unwrap());
    let engines = Engines::default().with(engine, Allowance::default());
    let text = sentences.join("\n");
    let count = |glossary: &Glossary| {
        let done = translated(&text, &engines, glossary);
        let lines: Vec<&str> = done.text.lines().collect();
        assert_eq!(lines.len(), sentences.len());
        let (mut held, mut all) = (0, 0);
        for (sentence, line) in sentences.iter().zip(lines) {
            for (form, target) in terms.iter().filter(|(form, _)| sentence.contains(form)) {
                all += 1;
                let holds = line.contains(target);
                held += usize::from(holds);
                if !holds && !glossary.is_empty() {
                    println!("{form}: {sentence} -> {line}");
                }
            }
            if !glossary.is_empty() {
                println!("{line}");
            }
        }
        // What is noted as applied stands there.
        for term in done.segments.iter().flat_map(|segment| &segment.terms) {
            let form = &done.text[term.target[0] as usize..term.target[1] as usize];
            let wanted = terms.iter().find(|(id, _)| *id == term.entry).unwrap().1;
            assert!(form.is_empty() || form.eq_ignore_ascii_case(wanted), "{form}");
        }
        (held, all)
    };
    let (without, all) = count(&Glossary::empty());
    let (with, _) = count(&glossary);
    println!("of {all} names {without} are as wanted without the glossary, {with} with it");
    // The control: without the glossary most are otherwise, so the test can tell.
    assert!(without * 2 < all, "{without} of {all}");
    assert!(with * 100 >= all * 95, "{with} of {all}");
}
