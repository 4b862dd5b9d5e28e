//! Tests of the text form: what it looks like, that it comes back whole, and what it says of mistakes.

use expect_test::expect;
use proptest::prelude::*;

use super::*;
use crate::test_world::report;

#[test]
fn the_text_form_is_readable_and_comes_back_whole() {
    let report = report();
    let source = to_source(&report);
    expect![[r#"
        title: Lantern Media Threatens Stadium In Kelmora
        series: Special Announcements
        number: 1205
        author: A. Editor
        tlp: AMBER

        ## lead [public]
        On November 12, 2026, Lantern Media posted a poster that says “No lamp will burn in Halden Stadium”[^1].

        ## quote [public]
        No lamp will burn in Halden Stadium.
        We will be there.[^1]

        ## context [subscriber]
        The stadium “opens at noon”[^2] on that day.

        ## assessment [subscriber]
        Further posters are very likely; an act is unlikely.

        ## note [restricted]
        The room's owner cooperates.

        [^1]: v12
        [^2]: v13
    "#]]
    .assert_eq(&source);
    assert_eq!(from_source(&source, &report).unwrap(), report);
    assert_eq!(from_source(&source.replace('\n', "\r\n"), &report).unwrap(), report, "a browser sends CRLF");
}

#[test]
fn footnotes_may_be_renumbered_and_left_out() {
    let report = report();
    let source = "title: T\nseries: S\nnumber: 2\ntlp: TLP:clear\n\n## lead [public]\nx[^5]\n\n[^5]: v13\n";
    let edited = from_source(source, &report).unwrap();
    assert_eq!(edited.footnotes.len(), 1);
    assert_eq!(edited.footnotes[0], Footnote { number: 5, ..report.footnotes[1].clone() });
    assert_eq!((edited.tlp, edited.id, edited.authors.len()), (Tlp::Clear, report.id, 0));
    assert_eq!(edited.releases, report.releases);
}

#[test]
fn every_mistake_is_named_with_its_line() {
    let front = "title: T\nseries: S\nnumber: 1\ntlp: RED\n";
    let mut said = String::new();
    for source in [
        "title: T\nhello\n".to_owned(),
        "title: T\nstatus: published\n".to_owned(),
        "title: T\ntitle: U\n".to_owned(),
        "title:  \n".to_owned(),
        "title: T\nnumber: -1\n".to_owned(),
        "title: T\ntlp: PURPLE\n".to_owned(),
        "title: T\nseries: S\ntlp: RED\n\n## lead [public]\n".to_owned(),
        format!("{front}## lead\nx"),
        format!("{front}## lead []\nx"),
        format!("{front}## lead [publik]\nx"),
        format!("{front}## headline [public]\nx"),
        format!("{front}##lead [public]\nx"),
        format!("{front}## lead [public]\nx\n[^1]: v99"),
        format!("{front}## lead [public]\nx\n[^1]: v12\n[^1]: v13"),
        format!("{front}## lead [public]\nx\n[^one]: v12"),
        format!("{front}## lead [public]\nx\n[^0]: v12"),
        format!("{front}## lead [public]\nx\n[^1]: i12"),
    ] {
        let error = from_source(&source, &report()).expect_err(&source);
        assert!(error.to_string().starts_with(&format!("line {}: ", error.line())), "{error}");
        said.push_str(&format!("{error}\n"));
    }
    expect![[r#"
        line 2: `hello` is no field; expected `title:`, `series:`, `number:`, `author:` or `tlp:`, then blocks that begin with `## `
        line 2: `status: published` is no field; expected `title:`, `series:`, `number:`, `author:` or `tlp:`, then blocks that begin with `## `
        line 2: `title` stands here for the second time; keep one
        line 1: `title:` is missing or empty; write it above the first block
        line 2: `-1` is no value for `number`; expected a whole number from 0 to 4294967295
        line 2: `PURPLE` is no value for `tlp`; expected CLEAR, GREEN, AMBER, AMBER+STRICT or RED
        line 5: `number:` is missing or empty; write it above the first block
        line 5: the block does not say who may read it; add [public], [subscriber] or [restricted]
        line 5: the block does not say who may read it; add [public], [subscriber] or [restricted]
        line 5: `## lead [publik]` is no block; write `## KIND [AUDIENCE]` with KIND one of lead, context, quote, assessment, outlook, note and AUDIENCE one of public, subscriber, restricted
        line 5: `## headline [public]` is no block; write `## KIND [AUDIENCE]` with KIND one of lead, context, quote, assessment, outlook, note and AUDIENCE one of public, subscriber, restricted
        line 5: `##lead [public]` is no block; write `## KIND [AUDIENCE]` with KIND one of lead, context, quote, assessment, outlook, note and AUDIENCE one of public, subscriber, restricted
        line 7: this report has no proof for v99 yet; cite the item first, then number it here
        line 8: footnote 1 stands here for the second time; number it anew
        line 7: `[^one]: v12` is no footnote; write `[^1]: v12`, with a number from 1 and the version that it cites
        line 7: `[^0]: v12` is no footnote; write `[^1]: v12`, with a number from 1 and the version that it cites
        line 7: `[^1]: i12` is no footnote; write `[^1]: v12`, with a number from 1 and the version that it cites
    "#]].assert_eq(&said);
    let long = "x".repeat(SOURCE_BYTES_MAX + 1);
    assert!(matches!(from_source(&long, &report()), Err(SourceError::TooLong { .. })));
    let many = format!("{front}{}", "## note [public]\n".repeat(BLOCKS_MAX + 1));
    assert!(matches!(from_source(&many, &report()), Err(SourceError::TooMany { what: "blocks", .. })));
}

fn a_block() -> impl Strategy<Value = Block> {
    let text = "([\\\\#\\[^\\]: v1a\n]|## lead \\[public\\]|\\[\\^1\\]: v12|“|é|ف){0,30}";
    (0..KINDS.len(), 0..AUDIENCES.len(), text).prop_map(|(kind, audience, text)| Block {
        kind: KINDS[kind].0,
        audience: AUDIENCES[audience].0,
        text: trimmed(&text).to_owned(),
    })
}

proptest! {
    #[test]
    fn any_report_comes_back_from_its_text_form(
        blocks in proptest::collection::vec(a_block(), 0..5),
        title in "[A-Z:#\\[][a-z:# “é]{0,20}[a-z]",
        authors in proptest::collection::vec("[A-Z]\\. [A-Z][a-z:]{1,8}", 0..3),
        tlp in 0..TLPS.len(),
    ) {
        let base = report();
        let title = field_line(&title);
        let written = Report { blocks, title, authors, tlp: TLPS[tlp].0, ..base.clone() };
        let source = to_source(&written);
        prop_assert_eq!(from_source(&source, &base).unwrap(), written, "{}", source);
    }

    #[test]
    fn no_text_whatever_makes_the_reader_fail_without_a_line(source in "\\PC{0,80}|[a-z:#\\[\\]^v0-9\n ]{0,80}") {
        if let Err(error) = from_source(&source, &report()) {
            prop_assert!(error.line() >= 1 && error.line() <= source.split('\n').count());
        }
    }
}
