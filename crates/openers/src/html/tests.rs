//! What of a page or fragment is text, and what of a page its main text.

use vedette_testkit::pages::{Words, pages};

use super::*;

fn check(html: &str, expected: &str) {
    assert_eq!(read_html(html.as_bytes()).text, expected, "{html}");
}

#[test]
fn the_names_of_blocks_are_in_order() {
    assert!(BLOCKS.is_sorted());
}

#[test]
fn blocks_stand_on_lines_of_their_own() {
    check("<p>One <b>two</b>\n three</p><p>four<br>five", "One two three\nfour\nfive");
    check("<ul><li>a<li>b</ul>after", "a\nb\nafter");
    check("<table><tr><td>1<td>2<tr><td>3</table>", "1 2\n3");
    check("a<pre>x\n  y</pre>b", "a\nx\ny\nb");
    check("wo<wbr>rd &amp; co&shy;py &#x41;", "word & copy A");
    check("just text", "just text");
    check("", "");
}

#[test]
fn what_a_reader_does_not_see_is_left_out() {
    check("a<script>if (1 < 2) { x = '<p>no</p>' }</script>b", "ab");
    check("<style>p { }</style>a<template><p>no</p></template>", "a");
    check("<div hidden>no<div>no</div>no</div>yes", "yes");
    check("<p style='display: none'>no<p>yes", "yes");
    check("<span style='visibility:hidden'>no</span>yes<!-- no -->", "yes");
    check("<noscript>shown without scripts</noscript>", "shown without scripts");
    let found = read_html(b"<div hidden>secret</div>");
    assert_eq!(found.hidden_bytes, 6);
}

#[test]
fn title_language_and_links_are_told_apart_from_the_text() {
    let found = read_html(
        b"<html lang=fr><title>The\n Wick </title><a href='https://a.example/x'>read</a>\
          <a href='javascript:alert(1)'>no</a><a href='/here'>near</a><a href='https://a.example/x'>again</a><img alt='a lamp'>",
    );
    assert_eq!(found.title.as_deref(), Some("The Wick"));
    assert_eq!(found.lang.as_deref(), Some("fr"));
    assert_eq!(found.links, ["https://a.example/x"]);
    assert_eq!(found.text, "readnonearagaina lamp");
}

#[test]
fn the_declared_encoding_is_used() {
    let page = encoding_rs::WINDOWS_1251.encode("<meta charset=\"windows-1251\"><p>Фонарь").0.into_owned();
    let found = read_html(&page);
    assert_eq!((found.text.as_str(), found.encoding), ("Фонарь", "windows-1251"));
    assert_eq!(read_html("<meta charset=utf-16><p>Фонарь".as_bytes()).text, "Фонарь");
}

#[test]
fn depth_costs_nothing() {
    let bomb = "<div>".repeat(400_000) + "the end";
    let found = read_html(bomb.as_bytes());
    assert_eq!(found.text, "the end");
    assert!(!found.cut);
}

#[test]
fn a_page_over_the_limit_is_cut_and_says_so() {
    let found = read_html("word ".repeat(1_000_000).as_bytes());
    assert!(found.cut);
    assert!(found.text.len() <= TEXT_BYTES_MAX);
}

#[test]
fn a_page_is_read_without_what_stands_around_its_text() {
    let words = "The lamp burns in the harbour of Kelmora, and the library is open until nine. ".repeat(3);
    let menu = "<li><a href='/a'>one menu item</a>".repeat(6);
    let page = format!(
        "<html><body class=has-sidebar><nav>menu</nav><ul>{menu}</ul><div class='post'><h1>The lamp</h1><p>{words}<p>Short <a href='https://a.example/pdf'>the magazine</a></div>\
         <div class='related-posts'><p>{words}</p></div><p aria-hidden=true>icon</p><footer>all rights</footer></body></html>"
    );
    let found = read_page(page.as_bytes());
    assert_eq!(found.text, format!("The lamp\n{}\nShort the magazine", words.trim()));
    assert_eq!(found.around_bytes + found.text.len(), read_html(page.as_bytes()).text.len());
    assert!(found.links.contains(&"https://a.example/pdf".to_owned()));
}

#[test]
fn a_fragment_and_a_page_that_marks_all_of_itself_keep_their_whole_text() {
    let fragment = b"<nav>menu</nav><div class=sidebar>The lamp</div>";
    assert_eq!(read_page(fragment).text, "menu\nThe lamp");
    let page = b"<html><body><nav>The lamp burns<p>and nothing closes";
    assert_eq!(
        (read_page(page).text.as_str(), read_page(page).around_bytes),
        ("The lamp burns\nand nothing closes", 0)
    );
    // Four links are a menu, the links of a text are not.
    check("<body><p><a href=x>one</a><p><a href=y>two</a>", "one\ntwo");
}

#[test]
fn what_a_page_marks_as_its_text_is_taken_at_its_word_when_it_is_long_enough() {
    let words = "The lamp burns in the harbour of Kelmora, and the library is open until nine. ".repeat(3);
    let words = words.trim();
    let page = format!("<html><body><p>{words} before</p><article><p>{words}</p></article></body></html>");
    assert_eq!(read_page(page.as_bytes()).text, words);
    let page = format!("<html><body><p>{} before</p><article><p>{words}</p></article></body></html>", words.repeat(9));
    assert!(read_page(page.as_bytes()).text.ends_with(words) && read_page(page.as_bytes()).around_bytes == 0);
}

#[test]
fn the_main_text_of_built_pages_is_found_and_the_whole_text_would_fail_the_same_bar() {
    let (mut main, mut whole) = (Words::default(), Words::default());
    for page in pages(7, 42) {
        main.count(&page, &read_page(page.html.as_bytes()).text);
        whole.count(&page, &read_html(page.html.as_bytes()).text);
    }
    assert!(main.recall() > 0.98 && main.precision() > 0.9, "{main:?}");
    assert!(whole.recall() > 0.98 && whole.precision() < 0.8, "the control: {whole:?}");
}
