//! What of a page is its text.

use super::*;

const WORDS: &str = "The Order of the Grey Lantern has printed the third issue of The Wick, and the Marrow Valley Courier reports that it was handed out in Tessgate on the eve of the Meridian Cup.";

fn of(page: &str) -> MainText {
    read(page, &Url::parse("https://press.example/news/1").unwrap()).unwrap()
}

#[test]
fn menus_scripts_and_advertisements_are_not_the_text() {
    let page = |noise: &str| {
        format!(
            "<html lang=en><head><title>The Wick 3</title><script nonce='{noise}'>var a = '{noise}';</script></head><body class='has-sidebar {noise}'>\
             <nav><a href='/{noise}'>{noise}</a></nav><div class='ad-box'>{noise}</div><article><h1>The Wick</h1>\
             <p data-v='{noise}'>{WORDS} <a href='/x?utm_source={noise}'>Read on</a></p><div class=\"social share\">{noise} likes</div>\
             <p style='display: none'>{noise}</p><time datetime='2026-11-01'>{noise}</time></article><aside>{noise}</aside><footer>{noise}</footer></body></html>"
        )
    };
    let (first, second) = (of(&page("111")), of(&page("222")));
    assert_eq!(first.html, second.html);
    assert_eq!(
        first.html,
        format!(
            "<h1>The Wick</h1>\n<p>{WORDS} <a href=\"https://press.example/x\">Read on</a></p>\n<p>2026-11-01</p>\n"
        )
    );
    assert_eq!((first.title.as_deref(), first.lang.as_deref()), (Some("The Wick 3"), Some("en")));
}

#[test]
fn a_page_that_marks_nothing_is_read_where_its_paragraphs_are() {
    let page = format!(
        "<body><div><ul><li><a href=/a>one</a><li><a href=/b>two</a></ul></div><div id=text><p>{WORDS}</p><p>{WORDS}</p></div><div><p>short</p></div></body>"
    );
    assert_eq!(of(&page).html, format!("<p>{WORDS}</p>\n<p>{WORDS}</p>\n"));
    assert_eq!(
        of("<p>short & <b>bold</b> words<br>second line").html,
        "<p>short &amp; bold words</p>\n<p>second line</p>\n"
    );
}

#[test]
fn a_list_of_articles_is_read_whole() {
    let page = format!("<main><article><p>{WORDS}</p></article><article><p>second {WORDS}</p></article></main>");
    assert!(of(&page).html.contains("second"));
}

#[test]
fn files_of_the_text_are_named_and_others_are_not() {
    let page = format!(
        "<img src=/logo.png><article><p>{WORDS}</p><img src='/p/poster.jpg'><img src='data:image/png;base64,AA' data-src='late.png'>\
         <video><source src='//cdn.example/film.mp4'></video><a href='/wick.PDF?x=1'>PDF</a></article>"
    );
    let files: Vec<String> = of(&page).files.iter().map(Url::to_string).collect();
    assert_eq!(
        files,
        [
            "https://press.example/p/poster.jpg",
            "https://press.example/news/late.png",
            "https://cdn.example/film.mp4",
            "https://press.example/wick.PDF?x=1"
        ]
    );
}

#[test]
fn hostile_pages_are_bounded() {
    assert!(read(&"<b>".repeat(TAGS_MAX + 1), &Url::parse("https://a.example").unwrap()).is_err());
    let deep = format!("{}{WORDS}", "<div>".repeat(20_000));
    assert!(of(&deep).html.contains("Grey Lantern"));
}
