//! One text through memory, cache, engine and glossary, with engines made for the test.

#![allow(clippy::unwrap_used)] // a test may panic

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use proptest::prelude::*;
use vedette_core::Tlp;
use vedette_core::translation::{Engine, SegmentOrigin, TranslateFault, Translator};
use vedette_translate::{
    Allowance, Engines, Glossary, GlossaryEntry, MemoryCache, MemoryLedger, NoMemory, NotTranslated, Outcome, Policy,
    Remembered, SegmentMemory, ToTranslate, Translated, translate_text,
};

type Says = dyn Fn(&str) -> String + Send + Sync;

/// An engine that says what it is told to say, and counts what it is asked.
struct Fake {
    says: Box<Says>,
    calls: AtomicUsize,
    asked: Mutex<Vec<String>>,
    leaves_machine: bool,
    fails: bool,
    name: &'static str,
}

impl Fake {
    fn new(says: impl Fn(&str) -> String + Send + Sync + 'static) -> Self {
        let asked = Mutex::default();
        Self {
            says: Box::new(says),
            calls: AtomicUsize::new(0),
            asked,
            leaves_machine: false,
            fails: false,
            name: "fake",
        }
    }

    fn upper() -> Self {
        Self::new(str::to_uppercase)
    }

    fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

impl Translator for Fake {
    fn engine(&self) -> Engine {
        Engine { name: self.name.to_owned(), version: "1".to_owned(), leaves_machine: self.leaves_machine }
    }

    fn knows(&self, from: &str, to: &str) -> bool {
        from != "xx" && to == "en"
    }

    fn translate(&self, segments: &[&str], _: &str, _: &str, _: Duration) -> Result<Vec<String>, TranslateFault> {
        self.calls.fetch_add(1, Ordering::Relaxed);
        if self.fails {
            return Err(TranslateFault::Failed { engine: self.name.to_owned(), reason: "it is tired".to_owned() });
        }
        self.asked.lock().unwrap().extend(segments.iter().map(|&text| text.to_owned()));
        Ok(segments.iter().map(|text| (self.says)(text)).collect())
    }
}

fn what(text: &str) -> ToTranslate<'_> {
    let today = jiff::civil::date(2026, 11, 26);
    ToTranslate { text, from: "pt", to: "en", source_id: "news", tlp: Tlp::Amber, today }
}

fn engines(fake: &Arc<Fake>) -> Engines {
    Engines::default().with(Arc::clone(fake) as Arc<dyn Translator>, Allowance::default())
}

fn translated(text: &str, engines: &Engines, glossary: &Glossary) -> Translated {
    match translate_text(&what(text), engines, glossary, &NoMemory).unwrap() {
        Outcome::Translated(translated) => *translated,
        Outcome::NotTranslated(reason) => panic!("not translated: {reason}"),
    }
}

fn said(text: &str, says: impl Fn(&str) -> String + Send + Sync + 'static) -> Translated {
    translated(text, &engines(&Arc::new(Fake::new(says))), &Glossary::empty())
}

fn term(id: &str, form: &str, target: &str) -> GlossaryEntry {
    GlossaryEntry {
        id: id.to_owned(),
        forms: vec![form.to_owned()],
        language: None,
        target: target.to_owned(),
        to: "en".to_owned(),
        also: Vec::new(),
    }
}

/// What each segment of the translation stands for.
fn pairs<'a>(original: &'a str, done: &'a Translated) -> Vec<(&'a str, &'a str)> {
    let of = |text: &'a str, [start, end]: [u32; 2]| &text[start as usize..end as usize];
    done.segments.iter().map(|segment| (of(original, segment.source), of(&done.text, segment.target))).collect()
}

#[test]
fn lines_blank_lines_and_sentences_keep_their_places() {
    let text = "  O museu abre. A chuva passou!\n\n— Halden\r\n";
    let done = translated(text, &engines(&Arc::new(Fake::upper())), &Glossary::empty());
    assert_eq!(done.text, "  O MUSEU ABRE. A CHUVA PASSOU!\n\n— HALDEN\r\n");
    assert_eq!(
        pairs(text, &done),
        [("O museu abre.", "O MUSEU ABRE."), ("A chuva passou!", "A CHUVA PASSOU!"), ("— Halden", "— HALDEN")]
    );
}

#[test]
fn a_wrapped_sentence_is_sent_whole_and_ends_its_lines_about_there() {
    let text = "a biblioteca da cidade velha fica aberta até a noite quando\na chuva passa e o museu da cidade fecha";
    let fake = Arc::new(Fake::upper());
    let done = translated(text, &engines(&fake), &Glossary::empty());
    assert_eq!(fake.asked(), [text.replace('\n', " ")]);
    assert_eq!(done.text, text.to_uppercase());
}

#[test]
fn addresses_mentions_and_hashtags_come_through_any_engine() {
    let text = "#Halden @museu veja https://example.org/a agora https://example.org/b";
    let done = said(text, |sent| sent.to_uppercase().replace("VEJA", "SEE"));
    assert_eq!(done.text, "#Halden @museu SEE https://example.org/a AGORA https://example.org/b");
    // An engine that drops the address in the middle.
    let done = said(text, |_| "see now".to_owned());
    assert_eq!(done.text, "#Halden @museu see now https://example.org/a https://example.org/b");
    assert!(done.notes[0].said.contains("https://example.org/a"), "{:?}", done.notes);
}

#[test]
fn text_without_words_is_kept_and_never_sent() {
    let fake = Arc::new(Fake::upper());
    let text =
        "12/05/2026\n🕯🕯\nhttps://example.org/\nO museu abre.\nThe museum of the town is open today and tomorrow.";
    let done = translated(text, &engines(&fake), &Glossary::empty());
    let origins: Vec<SegmentOrigin> = done.segments.iter().map(|segment| segment.origin).collect();
    use SegmentOrigin::{Kept, Machine};
    assert_eq!(origins, [Kept, Kept, Kept, Machine, Kept]);
    assert_eq!(fake.asked(), ["O museu abre."]);
}

#[test]
fn a_lost_number_is_asked_for_again_and_noted_when_it_stays_lost() {
    // The first answer loses the number, the second copies the made-up name.
    let done =
        said("Vieram 1.250 pessoas.", |sent| if sent.contains("QZ") { sent.to_owned() } else { "People.".to_owned() });
    assert_eq!(done.text, "Vieram 1.250 pessoas.");
    assert!(done.notes.is_empty(), "{:?}", done.notes);
    let done = said("Vieram 1.250 pessoas.", |_| "Many people came.".to_owned());
    assert_eq!(done.text, "Many people came.");
    assert!(done.notes[0].said.contains("1.250"), "{:?}", done.notes);
}

#[test]
fn a_term_that_the_engine_translates_is_put_right_by_a_second_question() {
    let glossary = Glossary::new(vec![term("order", "Lanterna Cinzenta", "Grey Lantern")]);
    let fake = Arc::new(Fake::new(|sent| sent.replace("Lanterna Cinzenta", "ash lamp").replace("abriu", "opened")));
    let done = translated("Ontem a Lanterna Cinzenta abriu.", &engines(&fake), &glossary);
    assert_eq!(done.text, "Ontem a Grey Lantern opened.");
    assert_eq!(fake.calls.load(Ordering::Relaxed), 2);
    let used = &done.segments[0].terms[0];
    assert_eq!((used.source, used.target, used.enforced), ([8, 25], [8, 20], true));
    assert_eq!(used.entry, "order");
}

#[test]
fn a_term_that_no_question_brings_is_noted_and_nothing_is_forced() {
    let glossary = Glossary::new(vec![term("order", "Lanterna Cinzenta", "Grey Lantern")]);
    let fake = Arc::new(Fake::new(|_| "It opened.".to_owned()));
    let done = translated("A Lanterna Cinzenta abriu.", &engines(&fake), &glossary);
    assert_eq!(done.text, "It opened.");
    let used = &done.segments[0].terms[0];
    assert_eq!((used.target, used.enforced), ([10, 10], false));
    assert!(done.notes[0].said.contains("Grey Lantern"), "{:?}", done.notes);
}

#[test]
fn what_was_said_before_is_not_asked_again() {
    let fake = Arc::new(Fake::upper());
    let engines = engines(&fake);
    let first = translated("O museu abre. A chuva passou.", &engines, &Glossary::empty());
    assert_eq!((first.from_cache, first.sent.words, fake.calls.load(Ordering::Relaxed)), (0, 6, 1));
    let second = translated("A chuva passou. O dia é longo.", &engines, &Glossary::empty());
    assert_eq!((second.from_cache, second.sent.words), (1, 4));
    assert_eq!(fake.asked(), ["O museu abre.", "A chuva passou.", "O dia é longo."]);
    // A term that a segment holds is part of its key: only that segment is asked for anew.
    let glossary = Glossary::new(vec![term("rain", "chuva", "CHUVA")]);
    let third = translated("O museu abre. A chuva passou.", &engines, &glossary);
    assert_eq!(third.from_cache, 1);
    assert_eq!(fake.calls.load(Ordering::Relaxed), 3);
}

#[test]
fn a_person_is_asked_before_an_engine() {
    let fake = Arc::new(Fake::upper());
    let memory = SegmentMemory::default();
    let revised = Remembered { text: "The museum opens.".to_owned(), author: "mira".to_owned() };
    memory.remember("O museu abre.", "pt", "en", revised);
    let outcome = translate_text(&what("O museu abre. Chove."), &engines(&fake), &Glossary::empty(), &memory);
    let Outcome::Translated(done) = outcome.unwrap() else { panic!("not translated") };
    assert_eq!(done.text, "The museum opens. CHOVE.");
    assert_eq!(done.segments[0].origin, SegmentOrigin::Memory);
    assert_eq!(fake.asked(), ["Chove."]);
}

#[test]
fn no_translation_is_a_normal_state_with_its_reason() {
    let reason = |what: &ToTranslate<'_>, engines: &Engines| match translate_text(
        what,
        engines,
        &Glossary::empty(),
        &NoMemory,
    ) {
        Ok(Outcome::NotTranslated(reason)) => reason,
        other => panic!("{other:?}"),
    };
    let local = engines(&Arc::new(Fake::upper()));
    assert_eq!(reason(&what("museu"), &Engines::default()), NotTranslated::NoEngine);
    assert_eq!(reason(&what("12:30 🕯"), &local), NotTranslated::NoWords);
    assert_eq!(reason(&ToTranslate { from: "en", ..what("museum") }, &local), NotTranslated::SameLanguage);
    assert_eq!(reason(&ToTranslate { from: "und", ..what("museu") }, &local), NotTranslated::UnknownLanguage);
    let no_pair = NotTranslated::NoPair { from: "xx".to_owned(), to: "en".to_owned() };
    assert_eq!(reason(&ToTranslate { from: "xx", ..what("museu") }, &local), no_pair);
    let away = engines(&Arc::new(Fake { leaves_machine: true, ..Fake::upper() }));
    assert!(matches!(reason(&what("museu"), &away), NotTranslated::NotAllowed { .. }));
}

#[test]
fn the_first_engine_that_knows_and_may_and_can_is_the_one() {
    let away = Arc::new(Fake { leaves_machine: true, name: "away", ..Fake::upper() });
    let broken = Arc::new(Fake { fails: true, name: "broken", ..Fake::upper() });
    let good = Arc::new(Fake { name: "good", ..Fake::upper() });
    let list = [&away, &broken, &good];
    let engines = list.into_iter().fold(Engines::default(), |engines, fake| {
        engines.with(Arc::clone(fake) as Arc<dyn Translator>, Allowance::default())
    });
    let done = translated("O museu abre.", &engines, &Glossary::empty());
    assert_eq!(done.engine.name, "good");
    assert!(away.asked().is_empty());
    // What went wrong on the way is said.
    assert_eq!(done.notes[0].said, "broken failed: it is tired");
    let only_broken = self::engines(&broken);
    assert!(translate_text(&what("museu"), &only_broken, &Glossary::empty(), &NoMemory).is_err());
}

#[test]
fn the_allowance_of_the_day_ends_and_another_engine_takes_over() {
    let paid = Arc::new(Fake { leaves_machine: true, name: "paid", ..Fake::upper() });
    let policy = Policy {
        leave_up_to: Some(Tlp::Amber),
        leave_sources: ["news".to_owned()].into(),
        keep_sources: Default::default(),
    };
    let few = Allowance { words_a_day: Some(4), ..Allowance::default() };
    let ledger = Arc::new(MemoryLedger::default());
    let engines = Engines::new(policy, Arc::new(MemoryCache::default()), ledger)
        .with(Arc::clone(&paid) as Arc<dyn Translator>, few);
    assert_eq!(translated("O museu abre.", &engines, &Glossary::empty()).engine.name, "paid");
    let outcome = translate_text(&what("A chuva passou."), &engines, &Glossary::empty(), &NoMemory).unwrap();
    assert!(matches!(outcome, Outcome::NotTranslated(NotTranslated::OverBudget { .. })), "{outcome:?}");
    // What is in the cache costs nothing.
    assert_eq!(translated("O museu abre.", &engines, &Glossary::empty()).from_cache, 1);
    let engines = engines.with(Arc::new(Fake { name: "free", ..Fake::upper() }), Allowance::default());
    assert_eq!(translated("A chuva passou.", &engines, &Glossary::empty()).engine.name, "free");
}

#[test]
fn an_engine_that_answers_nonsense_has_failed() {
    let long = Arc::new(Fake::new(|_| "la ".repeat(10_000)));
    let fault = translate_text(&what("museu"), &engines(&long), &Glossary::empty(), &NoMemory);
    assert!(matches!(fault, Err(TranslateFault::Failed { .. })), "{fault:?}");
    let none = said("O museu abre.", |_| String::new());
    assert_eq!((none.text.as_str(), none.segments[0].origin), ("O museu abre.", SegmentOrigin::Kept));
    assert_eq!(none.notes.len(), 1);
    let marks = said("O museu abre.", |_| "the\u{202e} museum\n\u{0}opens".to_owned());
    assert_eq!(marks.text, "the museum opens");
}

#[test]
fn an_engine_that_repeats_itself_is_noted() {
    let noted = |answer: &'static str| said("O museu abre.", move |_| answer.to_owned()).notes.len();
    assert_eq!(noted("the the the the the the museum"), 1);
    assert_eq!(noted("the old museum the old museum the old museum the old museum"), 1);
    assert_eq!(noted("ha ha ha, the museum opens, the museum opens"), 0);
}

proptest! {
    #[test]
    fn spans_cover_in_order_and_the_skeleton_stays(
        text in "(?s)([a-zA-Zà-ü ]|[ء-ي ]|[0-9.!?؟۔،,@#\n\r\t ]|QZ|https://a\\.org/|museu |.){0,200}",
        mode in 0usize..5,
    ) {
        let glossary = Glossary::new(vec![term("m", "museu", "Museum"), term("a", "متحف", "Museum")]);
        let done = match mode {
            0 => Fake::upper(),
            1 => Fake::new(|_| "x".to_owned()),
            2 => Fake::new(|_| String::new()),
            3 => Fake::new(|sent| sent.chars().rev().collect()),
            _ => Fake::new(|sent| sent.replace("QZ", "QZA QZ")),
        };
        let outcome = translate_text(&what(&text), &engines(&Arc::new(done)), &glossary, &NoMemory).unwrap();
        let Outcome::Translated(done) = outcome else { return Ok(()) };
        let (mut at, mut to) = (0, 0);
        for segment in &done.segments {
            let [source_start, source_end] = segment.source.map(|byte| byte as usize);
            let [target_start, target_end] = segment.target.map(|byte| byte as usize);
            let gap = text.get(at..source_start);
            prop_assert!(gap.is_some_and(|gap| gap.trim().is_empty()));
            prop_assert_eq!(gap, done.text.get(to..target_start));
            prop_assert!(text.get(source_start..source_end).is_some_and(|inside| !inside.is_empty()));
            prop_assert!(done.text.get(target_start..target_end).is_some_and(|inside| !inside.is_empty()));
            for term in &segment.terms {
                let [from, until] = term.source.map(|byte| byte as usize);
                prop_assert!(source_start <= from && until <= source_end && text.get(from..until).is_some());
                let [from, until] = term.target.map(|byte| byte as usize);
                prop_assert!(target_start <= from && until <= target_end);
                let written = done.text.get(from..until);
                prop_assert!(written.is_some_and(|form| form.is_empty() || form.eq_ignore_ascii_case("Museum")), "{:?}", written);
            }
            (at, to) = (source_end, target_end);
        }
        prop_assert_eq!(text.get(at..), done.text.get(to..));
    }
}
