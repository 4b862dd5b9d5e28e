//! Tests of the forms: what readers see, what they must never see, and what hostile text becomes.

use expect_test::expect;
use proptest::prelude::*;
use vedette_core::{Audience, Block, BlockKind, ReportStatus};

use crate::test_world::{cleared, poster_item, report, signed_world};
use crate::{cite, note_translations, preview, release};

#[test]
fn the_public_fragment_is_the_excerpt_with_three_lines_and_its_proofs() {
    let shown = release(&cleared(report()), Audience::Public);
    expect![[r##"
        <article class="report report-public">
        <header>
        <p class="report-series"><bdi>Special Announcements No. 1205</bdi></p>
        <h1 class="report-title" dir="auto">Lantern Media Threatens Stadium In Kelmora</h1>
        <p class="report-byline">By A. Editor · November 14, 2026 · TLP:CLEAR</p>
        </header>
        <section class="report-block report-lead">
        <p dir="auto">On November 12, 2026, Lantern Media posted a poster that says “No lamp will burn in Halden Stadium”<sup class="report-ref" id="r7-ref-1"><a href="#r7-fn-1">1</a></sup>.</p>
        </section>
        <blockquote class="report-block report-quote" dir="auto">
        <p dir="auto">No lamp will burn in Halden Stadium.<br>
        We will be there.<sup class="report-ref"><a href="#r7-fn-1">1</a></sup></p>
        </blockquote>
        <div class="report-more">
        <p>The full text of this report is available to subscribers.</p>
        <p>To subscribe, write to the desk that published this report.</p>
        <p>Subscribers sign in to read the full text.</p>
        </div>
        <section class="report-footnotes">
        <h2>Footnotes</h2>
        <ol>
        <li id="r7-fn-1" value="1"><bdi>lantern-media at chat[.]lantern[.]example, Lantern Media, November 12, 2026; captured 2026-11-12 09:14:07 UTC.</bdi> <bdi>hxxps://chat[.]lantern[.]example/channel/lantern-media?msg=n12</bdi> SHA-256 <code>0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c</code>, log leaf 32 of 64 (i12, v12). <a href="#r7-ref-1">back</a></li>
        </ol>
        <p class="report-verify">How to check a footnote offline: ask the desk for the bundle of this report and run the command below. It hashes the exhibit anew, compares it with the SHA-256 printed here, and proves that its record stands in the log at the leaf printed here, under the checkpoint that the bundle states. <code>vedette verify BUNDLE</code></p>
        </section>
        </article>
    "##]].assert_eq(&shown.html_fragment);
}

#[test]
fn the_public_markdown_is_the_same_excerpt() {
    let shown = release(&cleared(report()), Audience::Public);
    expect![[r#"
        *Special Announcements No. 1205*

        # Lantern Media Threatens Stadium In Kelmora

        By A. Editor · November 14, 2026 · TLP:CLEAR

        On November 12, 2026, Lantern Media posted a poster that says “No lamp will burn in Halden Stadium”[^1].

        > No lamp will burn in Halden Stadium.\
        > We will be there.[^1]

        ---

        The full text of this report is available to subscribers.  
        To subscribe, write to the desk that published this report.  
        Subscribers sign in to read the full text.

        [^1]: lantern-media at chat\[.\]lantern\[.\]example, Lantern Media, November 12, 2026; captured 2026-11-12 09:14:07 UTC. hxxps://chat\[.\]lantern\[.\]example/channel/lantern-media?msg=n12 SHA-256 `0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c`, log leaf 32 of 64 (i12, v12).

        How to check a footnote offline: ask the desk for the bundle of this report and run the command below. It hashes the exhibit anew, compares it with the SHA-256 printed here, and proves that its record stands in the log at the leaf printed here, under the checkpoint that the bundle states. `vedette verify BUNDLE`
    "#]].assert_eq(&shown.markdown);
}

#[test]
fn the_full_markdown_has_the_subscribers_blocks_and_not_the_desks_own() {
    let shown = release(&cleared(report()), Audience::Subscriber);
    expect![[r#"
        *Special Announcements No. 1205*

        # Lantern Media Threatens Stadium In Kelmora

        By A. Editor · November 14, 2026 · TLP:AMBER

        On November 12, 2026, Lantern Media posted a poster that says “No lamp will burn in Halden Stadium”[^1].

        > No lamp will burn in Halden Stadium.\
        > We will be there.[^1]

        The stadium “opens at noon”[^2] on that day.

        ## Assessment

        Further posters are very likely; an act is unlikely.

        [^1]: lantern-media at chat\[.\]lantern\[.\]example, Lantern Media, November 12, 2026; captured 2026-11-12 09:14:07 UTC. hxxps://chat\[.\]lantern\[.\]example/channel/lantern-media?msg=n12 SHA-256 `0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c`, log leaf 32 of 64 (i12, v12).
        [^2]: lantern-media at chat\[.\]lantern\[.\]example, Lantern Media, November 12, 2026; captured 2026-11-12 09:14:07 UTC. hxxps://chat\[.\]lantern\[.\]example/channel/lantern-media?msg=n13 SHA-256 `0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d`, log leaf 33 of 64 (i13, v13).

        How to check a footnote offline: ask the desk for the bundle of this report and run the command below. It hashes the exhibit anew, compares it with the SHA-256 printed here, and proves that its record stands in the log at the leaf printed here, under the checkpoint that the bundle states. `vedette verify BUNDLE`
    "#]].assert_eq(&shown.markdown);
    assert!(release(&cleared(report()), Audience::Restricted).markdown.contains("cooperates"));
}

#[test]
fn the_page_stands_alone() {
    let page = release(&cleared(report()), Audience::Public).html_page;
    assert!(page.starts_with("<!doctype html>\n<html lang=\"en\">"), "{page}");
    assert_eq!(page.matches("<style>").count(), 1);
    for forbidden in ["<script", "src=", "url(", "@import", "<link", "style=\"", "http:", "https:", "<img", "onclick"] {
        assert!(!page.contains(forbidden), "{forbidden} in {page}");
    }
    let addresses: Vec<&str> = page.split("href=\"").skip(1).collect();
    assert!(!addresses.is_empty() && addresses.iter().all(|rest| rest.starts_with("#r7-")), "{page}");
}

#[test]
fn a_preview_says_draft_on_every_form_and_a_release_does_not() {
    for audience in [Audience::Public, Audience::Subscriber, Audience::Restricted] {
        let shown = preview(&report(), audience);
        for form in [&shown.html_fragment, &shown.html_page, &shown.markdown] {
            assert!(shown.draft && form.contains("DRAFT"), "{form}");
        }
        let shown = release(&cleared(report()), audience);
        for form in [&shown.html_fragment, &shown.html_page, &shown.markdown] {
            assert!(!shown.draft && !form.contains("DRAFT"), "{form}");
        }
    }
    let mut taken_back = report();
    taken_back.status = ReportStatus::Withdrawn;
    assert!(release(&cleared(taken_back), Audience::Public).markdown.contains("WITHDRAWN"));
}

#[test]
fn the_reviewer_and_the_reason_stay_in_the_house() {
    for audience in [Audience::Public, Audience::Subscriber, Audience::Restricted] {
        let shown = release(&cleared(report()), audience);
        for form in [&shown.html_page, &shown.markdown] {
            assert!(!form.contains("Rita") && !form.contains("internal reason"), "{form}");
        }
    }
}

#[test]
fn hostile_text_does_nothing_anywhere() {
    let mut hostile = report();
    let evil = "<script>alert(1)</script> \u{202e}gnp.exe [x](javascript:alert(1)) ![p](https://lantern.example/p) \
                ![](//lantern.example) <img src=x onerror=alert(1)> & \"q\" 'a' `c` www.lantern.example";
    hostile.title = format!("\"'><script>{evil}");
    hostile.series = evil.to_owned();
    hostile.authors = vec![evil.to_owned()];
    hostile.footnotes[0].source = evil.to_owned();
    hostile.footnotes[0].outlet = Some(evil.to_owned());
    hostile.footnotes[0].url = Some("javascript:alert('https://lantern.example')".to_owned());
    for kind in [BlockKind::Lead, BlockKind::Quote, BlockKind::Note, BlockKind::Assessment] {
        let text = format!("{evil}[^1][^99]\n# head\n- list\n1. one\n===\n    code\n> {evil}");
        hostile.blocks.push(Block { kind, audience: Audience::Public, text });
    }
    let shown = preview(&hostile, Audience::Public);
    for form in [&shown.html_page, &shown.html_fragment, &shown.markdown] {
        for live in ["<script", "<img", "javascript:", "https://", "http://", "\u{202e}", "//lantern.example"] {
            assert!(!form.contains(live), "{live:?} in {form}");
        }
    }
    let unescaped = shown.markdown.replace("\\[", "").replace("\\]", "");
    assert!(!unescaped.contains("]("), "{unescaped}");
    assert!(shown.html_page.contains("&lt;script&gt;alert(1)&lt;/script&gt; [U+202E]gnp.exe"), "{}", shown.html_page);
    for line in shown.markdown.lines().map(|line| line.trim_start_matches("> ")) {
        assert!(!line.starts_with("- ") && !line.starts_with("1. ") && !line.starts_with("==="), "{line}");
        assert!(!line.starts_with("# ") || line.contains("script"), "{line}");
    }
}

#[test]
fn quotations_in_other_scripts_find_their_own_direction() {
    let mut rtl = report();
    rtl.blocks[1].text = "لن يضيء مصباح في ملعب هالدن[^1]".to_owned();
    let shown = preview(&rtl, Audience::Public).html_fragment;
    assert!(shown.contains("<blockquote class=\"report-block report-quote\" dir=\"auto\">"), "{shown}");
    assert!(shown.contains("<p dir=\"auto\">لن يضيء"), "{shown}");
}

fn a_block(number: usize) -> impl Strategy<Value = Block> {
    let kinds = [
        BlockKind::Lead,
        BlockKind::Context,
        BlockKind::Quote,
        BlockKind::Assessment,
        BlockKind::Outlook,
        BlockKind::Note,
    ];
    let audiences = [Audience::Public, Audience::Subscriber, Audience::Restricted];
    (0..kinds.len(), 0..audiences.len(), "[ “”.\n*<\\[\\]^]{0,4}", 1u32..6).prop_map(
        move |(kind, audience, noise, note)| {
            let word = ["open", "paid", "desk"][audience];
            let text = format!("{noise}{word}word{number}x{noise}[^{note}]");
            Block { kind: kinds[kind], audience: audiences[audience], text }
        },
    )
}

fn a_report() -> impl Strategy<Value = vedette_core::Report> {
    let blocks: Vec<_> = (0..6).map(a_block).collect();
    blocks.prop_map(|blocks| {
        let mut written = report();
        written.blocks = blocks;
        written.footnotes.clear();
        for number in 1..5 {
            let mut item = poster_item(number);
            item.source.asked.name = format!("place{number}x");
            let version = item.content().unwrap().clone();
            cite(&mut written, &item, &version, 64);
        }
        written
    })
}

proptest! {
    #[test]
    fn no_form_holds_a_word_or_a_footnote_of_blocks_its_audience_may_not_read(written in a_report()) {
        for audience in [Audience::Public, Audience::Subscriber, Audience::Restricted] {
            let may_read: Vec<&Block> = written.blocks.iter().filter(|b| b.audience <= audience).collect();
            for shown in [release(&cleared(written.clone()), audience), preview(&written, audience)] {
                for form in [&shown.html_fragment, &shown.html_page, &shown.markdown] {
                    for (number, block) in written.blocks.iter().enumerate() {
                        let word = format!("word{number}x");
                        prop_assert_eq!(form.contains(&word), block.audience <= audience, "{} in {}", word, form);
                    }
                    for n in 1..5 {
                        let cited = may_read.iter().any(|b| b.text.contains(&format!("[^{n}]")));
                        prop_assert_eq!(form.contains(&format!("place{n}x")), cited, "footnote {} in {}", n, form);
                    }
                }
            }
        }
    }
}

#[test]
fn a_footnote_says_that_its_words_are_translated_to_those_who_read_them_quoted() {
    let mut report = report();
    report.blocks.push(Block {
        kind: BlockKind::Quote,
        audience: Audience::Subscriber,
        text: "We count the lamps.[^1]".to_owned(),
    });
    note_translations(&mut report, &signed_world);
    let shown = release(&cleared(report.clone()), Audience::Subscriber);
    assert!(
        shown.html_fragment.contains(
            "<span class=\"report-translation\"><bdi>“We count the lamps.”: translation signed by T. Signer on November 20, \
             2026; original (ar):</bdi> <bdi dir=\"auto\" lang=\"ar\">نحن نعد المصابيح.</bdi></span>"
        ),
        "{}",
        shown.html_fragment
    );
    assert!(shown.markdown.contains("signed by T. Signer on November 20, 2026; original (ar): نحن نعد المصابيح."));
    // The public does not read the quotation, and nothing about it.
    let public = release(&cleared(report), Audience::Public);
    for text in [public.html_page, public.markdown] {
        assert!(!text.contains("T. Signer") && !text.contains("المصابيح"), "{text}");
    }
}
