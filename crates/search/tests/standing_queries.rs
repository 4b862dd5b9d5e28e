//! Standing queries: the set answers as each query alone would, and each query as a plain reading of the text would.
#![allow(clippy::unwrap_used)] // Helpers of tests fail as tests do.

use jiff::Timestamp;
use proptest::prelude::*;
use vedette_core::ports::IndexDocument;
use vedette_core::{Clause, FieldName, ItemId, Level, Query, Watch, WatchId};
use vedette_search::{WatchSet, matches, parse};

fn now() -> Timestamp {
    "2026-11-20T12:00:00Z".parse().unwrap()
}

fn document(original: &str, ocr: &str) -> IndexDocument {
    IndexDocument {
        item: ItemId(1),
        source: "s1".to_owned(),
        source_name: "Marrow Valley Courier".to_owned(),
        outlet: Some("lantern-media".to_owned()),
        posted_at: "2026-11-18T08:00:00Z".parse().unwrap(),
        language: "en".to_owned(),
        level: Level::Medium,
        tier: Some(4),
        state: "deleted-inferred".to_owned(),
        family: Some("f1".to_owned()),
        entities: vec!["actor:grey-lantern".to_owned(), "venue:kelmora-stadium".to_owned()],
        statements: vec!["threat".to_owned()],
        original: original.to_owned(),
        ocr: ocr.to_owned(),
        translation: String::new(),
        earlier: String::new(),
    }
}

fn watch(id: i64, query: &str, level_min: Level) -> Watch {
    Watch {
        id: WatchId(id),
        name: format!("watch {id}"),
        query: query.to_owned(),
        level_min,
        by: "A. Editor".to_owned(),
        at: now(),
    }
}

#[test]
fn a_document_is_found_by_what_it_says_and_what_is_known_of_it() {
    let poster = document("Soon in Kelmora: the Meridian Cup", "remember the l4ntern");
    for (query, wanted) in [
        ("kelmora", true),
        ("KELMORA lantern", true),
        ("kelm*", true),
        ("\"meridian cup\"", true),
        ("\"cup meridian\"", false),
        // A phrase does not run from the text into the picture.
        ("\"cup remember\"", false),
        ("tessgate", false),
        ("tessgate OR kelmora", true),
        ("tessgate OR ardun", false),
        ("kelmora -lantern", false),
        ("-tessgate", true),
        ("lang:en", true),
        ("lang:ar,en", true),
        ("source:s1", true),
        ("source:\"marrow valley courier\"", true),
        ("source:s2", false),
        ("outlet:lantern-media", true),
        ("actor:grey-lantern", true),
        ("place:kelmora-stadium", true),
        ("entity:grey-lantern", true),
        ("entity:venue:kelmora-stadium", true),
        ("entity:actor:kelmora-stadium", false),
        ("level>=medium", true),
        ("level>medium", false),
        ("level<=medium", true),
        ("tier:4 statement:threat family:f1", true),
        ("state:deleted", true),
        ("state:posted", false),
        ("from:2026-11-18 to:2026-11-19", true),
        ("to:2026-11-18", false),
        ("from:-2d", true),
        ("from:-1d", false),
        ("", true),
    ] {
        assert_eq!(matches(&parse(query, now()).unwrap(), &poster), wanted, "{query}");
    }
}

#[test]
fn a_watch_keeps_to_its_level_and_a_broken_one_harms_no_other() {
    let set = WatchSet::new(
        &[
            watch(1, "kelmora", Level::None),
            watch(2, "kelmora", Level::HighSpecific),
            watch(3, "level:", Level::None),
            watch(4, "", Level::None),
            watch(5, "lang:en", Level::None),
        ],
        now(),
    );
    let matched: Vec<i64> = set.matching(&document("to Kelmora", "")).iter().map(|watch| watch.id.0).collect();
    assert_eq!(matched, [1, 5]);
    assert_eq!(set.broken().len(), 1);
}

const WORDS: [&str; 5] = ["ab", "abc", "cd", "ce", "ف"];

fn text() -> impl Strategy<Value = String> {
    proptest::collection::vec(proptest::sample::select(WORDS.to_vec()), 0..8).prop_map(|words| words.join(" "))
}

fn clause() -> impl Strategy<Value = Clause> {
    let word = || proptest::sample::select(WORDS.to_vec()).prop_map(str::to_owned);
    prop_oneof![
        4 => word().prop_map(Clause::Word),
        1 => Just(Clause::Prefix("c".to_owned())),
        2 => proptest::collection::vec(word(), 2..4).prop_map(Clause::Phrase),
        1 => proptest::sample::select(vec!["en", "ar"]).prop_map(|lang| Clause::Field(FieldName::Language, lang.to_owned())),
    ]
}

fn query() -> impl Strategy<Value = Query> {
    let clauses = |most| proptest::collection::vec(clause(), 0..most);
    (clauses(3), proptest::collection::vec(proptest::collection::vec(clause(), 1..3), 0..2), clauses(2))
        .prop_map(|(must, any, not)| Query { must, any, not })
}

/// A plain reading: spaces around words make every question one about a part of a string.
fn plainly(query: &Query, original: &str, ocr: &str) -> bool {
    let texts = [format!(" {original} "), format!(" {ocr} ")];
    let holds = |clause: &Clause| match clause {
        Clause::Word(word) => texts.iter().any(|text| text.contains(&format!(" {word} "))),
        Clause::Prefix(stem) => texts.iter().any(|text| text.contains(&format!(" {stem}"))),
        Clause::Phrase(words) => texts.iter().any(|text| text.contains(&format!(" {} ", words.join(" ")))),
        Clause::Field(_, value) => value == "en",
        _ => unreachable!("not made here"),
    };
    query.must.iter().all(holds)
        && query.any.iter().all(|group| group.iter().any(holds))
        && !query.not.iter().any(holds)
}

fn written(query: &Query) -> String {
    let clause = |clause: &Clause| match clause {
        Clause::Word(word) => word.clone(),
        Clause::Prefix(stem) => format!("{stem}*"),
        Clause::Phrase(words) => format!("\"{}\"", words.join(" ")),
        Clause::Field(_, value) => format!("lang:{value}"),
        _ => unreachable!("not made here"),
    };
    let must = query.must.iter().map(clause);
    let any = query.any.iter().map(|group| group.iter().map(clause).collect::<Vec<_>>().join(" OR "));
    let not = query.not.iter().map(|one| format!("-{}", clause(one)));
    must.chain(any).chain(not).collect::<Vec<_>>().join(" ")
}

proptest! {
    #[test]
    fn a_query_answers_as_a_plain_reading_would(query in query(), original in text(), ocr in text()) {
        prop_assert_eq!(matches(&query, &document(&original, &ocr)), plainly(&query, &original, &ocr));
    }

    #[test]
    fn the_set_answers_as_each_query_alone(queries in proptest::collection::vec(query(), 1..12), original in text(), ocr in text()) {
        let queries: Vec<Query> = queries
            .into_iter()
            // One-letter beginnings are refused by the language.
            .filter(|query| !written(query).contains("c*") && *query != Query::default())
            .collect();
        let watches: Vec<Watch> =
            (1..).zip(&queries).map(|(id, query)| watch(id, &written(query), Level::None)).collect();
        let set = WatchSet::new(&watches, now());
        prop_assert_eq!(set.broken().len(), 0);
        let document = document(&original, &ocr);
        let alone: Vec<i64> = (1..).zip(&queries).filter(|(_, query)| matches(query, &document)).map(|(id, _)| id).collect();
        let together: Vec<i64> = set.matching(&document).iter().map(|watch| watch.id.0).collect();
        prop_assert_eq!(together, alone);
    }
}
