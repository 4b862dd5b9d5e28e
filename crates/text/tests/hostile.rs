//! Whatever an adversary writes: nothing panics, every span lies on character boundaries of the original, order is kept.

use jiff::civil::{DateTime, date};
use proptest::prelude::*;
use vedette_text::{dates, fold, language, links, sentences, shape, tokens};

/// Pieces that meet the special cases more often than random characters do.
const PIECES: &[&str] = &[
    "a",
    "A",
    "é",
    "e\u{301}",
    "ß",
    "İ",
    "ﷺ",
    "ﬃ",
    "\u{200b}",
    "\u{200c}",
    "\u{202e}",
    "ـ",
    "َ",
    "ء",
    "ك",
    "ة",
    "а",
    "В",
    "4",
    "@",
    "$",
    "0",
    ".",
    "-",
    " ",
    "\n",
    "\r\n",
    "aaaa",
    "١٢",
    "۱۴۰۴",
    "/",
    ":",
    "//",
    "https://",
    "hxxp[:]//",
    "[.]",
    "t.me/",
    "#r:",
    "!",
    "?",
    "؟",
    "“",
    "”",
    "«",
    "\"",
    "'",
    "’",
    "‘",
    "12",
    "March",
    "مارس",
    "رمضان",
    "اسفند",
    "Saturday",
    "next",
    "in",
    "days",
    "ago",
    "tomorrow",
    "at",
    "5",
    "pm",
    "14:30",
    "2026",
    "9999",
    "99999999",
    "years",
    "قبل",
    "بعد",
    "أسبوعين",
    "every",
    "weekend",
    "🅰",
    "👩‍👩‍👧",
    "한",
    "\u{1161}",
    "か\u{3099}",
    "bc1q",
    "0x",
    "1Bv",
    "\u{0}",
    "\u{10ffff}",
];

fn hostile() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        3 => prop::sample::select(PIECES).prop_map(str::to_owned),
        1 => any::<char>().prop_map(String::from),
        1 => (0x600u32..0x700).prop_map(|code| char::from_u32(code).map(String::from).unwrap_or_default()),
    ];
    prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

fn references() -> impl Strategy<Value = DateTime> {
    prop_oneof![
        4 => (1900i16..2200, 1i8..=12, 1i8..=28, 0i8..24).prop_map(|(year, month, day, hour)| date(year, month, day).at(hour, 0, 0, 0)),
        1 => Just(DateTime::MAX),
        1 => Just(DateTime::MIN),
    ]
}

proptest! {
    // A failure prints its smallest input; no file is left behind.
    #![proptest_config(ProptestConfig { cases: 600, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn folding_keeps_the_way_back(text in hostile(), a in 0usize..200, b in 0usize..200) {
        let folded = fold::fold(&text);
        prop_assert_eq!(&fold::fold_plain(&text), &folded.text);
        let (start, end) = folded.original_span(a.min(b), a.max(b));
        prop_assert!(start <= end && text.get(start..end).is_some(), "{:?} {:?}", start, end);
        folded.folds_in(a, b);
        let mut last = 0;
        for token in tokens::tokens(&folded.text) {
            let word = folded.text.get(token.start..token.end);
            prop_assert!(word.is_some_and(|word| !word.is_empty()));
            let (start, end) = folded.original_span(token.start, token.end);
            prop_assert!(start < end && start >= last && text.get(start..end).is_some());
            last = start;
            // Where nothing folded, the original has the very same letters (apostrophes are one sign whatever their shape).
            if folded.folds_in(token.start, token.end).is_empty() && word.is_some_and(|word| word.is_ascii() && !word.contains('\'')) {
                prop_assert_eq!(text.get(start..end), word);
            }
        }
        let whole = folded.original_span(0, folded.text.len());
        prop_assert!(text.get(whole.0..whole.1).is_some());
    }

    #[test]
    fn a_fold_that_is_off_never_fires(text in hostile(), off in prop::collection::vec(prop::sample::select(fold::Folds::names()), 1..5)) {
        let on = off.iter().fold(fold::Folds::all(), |on, name| on.without(name));
        let folded = fold::fold_with(&text, on);
        let fired = folded.folds_in(0, folded.text.len());
        prop_assert!(!off.iter().any(|name| fired.contains(name)), "{:?} of {:?} in {:?}", fired, off, folded.text);
        for token in tokens::tokens(&folded.text) {
            let (start, end) = folded.original_span(token.start, token.end);
            prop_assert!(start < end && text.get(start..end).is_some());
        }
        prop_assert_eq!(fold::fold_with(&text, fold::Folds::all()), fold::fold(&text));
    }

    #[test]
    fn folding_twice_changes_little(text in "[a-zA-Z0-9éß@$ .,'\\-\u{430}-\u{44f}\u{621}-\u{64a}]{0,60}") {
        // What one pass joins, reads or shortens may be a disguise again; after a few passes nothing is left.
        let mut folded = fold::fold_plain(&text);
        for _ in 0..4 {
            folded = fold::fold_plain(&folded);
        }
        prop_assert_eq!(fold::fold_plain(&folded), folded);
    }

    #[test]
    fn dates_never_panic_and_keep_their_spans(
        text in hostile(),
        now in references(),
        lang in prop::sample::select(&["en", "ar", "fa", "ur", "ru", "tr", "de", "fr", "es", "und", "xx-YY"]),
    ) {
        let mut last = 0;
        for found in dates::find_dates(&text, lang, now) {
            prop_assert!(found.start >= last && found.start < found.end);
            prop_assert_eq!(text.get(found.start..found.end), Some(found.text.as_str()));
            prop_assert!(found.from.is_none_or(|from| found.to.is_some_and(|to| from < to)));
            last = found.end;
        }
    }

    #[test]
    fn links_sentences_and_quotations_keep_their_spans(text in hostile()) {
        let mut last = 0;
        for link in links::find_links(&text) {
            prop_assert!(link.start >= last && link.start < link.end);
            prop_assert_eq!(text.get(link.start..link.end), Some(link.text.as_str()));
            last = link.end;
        }
        last = 0;
        for span in sentences::sentences(&text) {
            prop_assert!(span.start >= last && span.start < span.end && text.get(span.start..span.end).is_some());
            last = span.end;
        }
        for quote in sentences::quotations(&text) {
            // A line that begins with `>` ends where its inside ends.
            prop_assert!(quote.start < quote.inside.start && quote.inside.end <= quote.end);
            prop_assert!(text.get(quote.start..quote.end).is_some() && text.get(quote.inside.start..quote.inside.end).is_some());
        }
        let found = language::identify(&text);
        prop_assert!((0.0..=1.0).contains(&found.confidence) && !found.code.is_empty());
        let mut end = 0;
        for run in language::runs(&text) {
            prop_assert!(run.bytes.start == end && run.bytes.end > end && text.get(run.bytes.clone()).is_some());
            end = run.bytes.end;
        }
        prop_assert!(end == 0 || end == text.len());
        shape::is_rtl(&text);
    }

    #[test]
    fn templates_of_any_text_expand(text in hostile()) {
        dates::expand_days(&text, date(2026, 3, 3));
    }
}

/// A megabyte of the worst: each must take time in proportion to its length, not to the square of it.
#[test]
fn long_monotonous_texts_are_read_in_linear_time() {
    let started = std::time::Instant::now();
    for piece in [
        "a", ".", "a.", "a ", "1 ", "1.", "@", "a@", "(", "[.]", "\"", "“", "«a", "\n", "! ", "# ", "#a", "https://",
        "next ", "in ", "12 ", "ي", "\u{301}", "e\u{301}", "ﷺ", "0x", "a-",
    ] {
        let text = piece.repeat(200_000 / piece.len());
        let folded = fold::fold(&text);
        assert!(folded.original_span(0, folded.text.len()).1 <= text.len());
        dates::find_dates(&text, "en", date(2026, 3, 3).at(0, 0, 0, 0));
        links::find_links(&text);
        sentences::sentences(&text);
        sentences::quotations(&text);
        language::identify(&text);
    }
    let spent = started.elapsed();
    assert!(spent.as_secs() < 60, "took {spent:?}");
}
