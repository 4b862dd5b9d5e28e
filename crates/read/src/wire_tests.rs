//! Answers of a child that was taken over.

use serde_json::{Value, json};

use super::*;

fn answer(header: &Value, sections: &[u8]) -> Vec<u8> {
    let header = header.to_string();
    [ANSWER_MAGIC.as_slice(), &(header.len() as u32).to_le_bytes(), header.as_bytes(), sections].concat()
}

fn text_header() -> Value {
    json!({ "sections": [4], "opened": { "kind": "text", "encoding": "UTF-8", "guessed": false, "lossy": false, "cut": false,
        "title": null, "lang": null, "links": [], "hidden_bytes": 0 } })
}

fn png(width: u32, height: u32, extra: &[u8]) -> Vec<u8> {
    let chunk = |kind: &[u8], data: &[u8]| [&(data.len() as u32).to_be_bytes(), kind, data, &[0; 4]].concat();
    let head = [&width.to_be_bytes()[..], &height.to_be_bytes(), &[8, 2, 0, 0, 0]].concat();
    let parts = [chunk(b"IHDR", &head), extra.to_vec(), chunk(b"IDAT", b"xx"), chunk(b"IEND", b"")];
    [b"\x89PNG\r\n\x1a\n".to_vec(), parts.concat()].concat()
}

fn image_header(preview_bytes: usize) -> Value {
    let hash = "0a".repeat(32);
    json!({ "sections": [6, preview_bytes, preview_bytes], "opened": { "kind": "image", "format": "png", "width": 3, "height": 2,
        "pdq": hash, "quality": 80, "dihedral": vec![hash.clone(); 8], "truncated": false, "text_likely": true,
        "gray_width": 3, "gray_height": 2, "inverted": false, "scale": 1.0 } })
}

fn image_answer(change: impl FnOnce(&mut Value), preview: &[u8]) -> Vec<u8> {
    let mut header = image_header(preview.len());
    change(&mut header);
    answer(&header, &[b"123456", preview, preview].concat())
}

#[test]
fn an_honest_answer_is_taken() {
    assert!(matches!(read_answer(&answer(&text_header(), b"lamp")), Ok(Opened::Text(text)) if text.text == "lamp"));
    let image = read_answer(&image_answer(|_| {}, &png(3, 2, b"")));
    assert!(matches!(image, Ok(Opened::Image(image)) if image.gray.pixels == b"123456"), "the control must pass");
}

#[test]
fn an_answer_that_lies_is_refused() {
    type Change = fn(&mut Value);
    let lies: &[(&str, Change)] = &[
        ("width", |header| header["opened"]["width"] = json!(50_000_001)),
        ("no height", |header| header["opened"]["height"] = json!(0)),
        ("grey size", |header| header["opened"]["gray_width"] = json!(4)),
        ("hash letters", |header| header["opened"]["pdq"] = json!("0A".repeat(32))),
        ("hash length", |header| header["opened"]["pdq"] = json!("0a")),
        ("seven hashes", |header| header["opened"]["dihedral"] = json!(vec!["0a".repeat(32); 7])),
        ("quality", |header| header["opened"]["quality"] = json!(101)),
        ("format", |header| header["opened"]["format"] = json!("svg")),
        ("section length", |header| header["sections"][0] = json!(u64::MAX)),
        ("section count", |header| header["sections"] = json!(vec![1; SECTIONS_MAX + 1])),
        ("kind", |header| header["opened"]["kind"] = json!("program")),
        ("sections of another kind", |header| {
            header["opened"] = json!({ "kind": "pdf", "version": "1.7", "encrypted": false, "truncated": false })
        }),
    ];
    for (name, lie) in lies {
        let answer = read_answer(&image_answer(lie, &png(3, 2, b"")));
        assert!(matches!(answer, Err(ReadError::File(FileFault::Hostile(_)))), "{name}");
    }
}

#[test]
fn a_preview_holds_a_small_picture_and_nothing_else() {
    assert!(is_plain_png(&png(480, 480, b"")));
    assert!(!is_plain_png(&png(481, 10, b"")));
    assert!(!is_plain_png(&png(10, 10, b"\0\0\0\x01iCCPx\0\0\0\0")));
    assert!(!is_plain_png(&[png(10, 10, b""), b"<script>".to_vec()].concat()));
    assert!(!is_plain_png(b"GIF89a"));
    assert!(!is_plain_png(b"\x89PNG\r\n\x1a\n\xff\xff\xff\xffIDAT"));
}

#[test]
fn text_that_is_no_text_is_refused() {
    assert!(matches!(read_answer(&answer(&text_header(), b"la\xffp")), Err(ReadError::File(FileFault::Hostile(_)))));
    assert!(matches!(
        read_answer(&answer(&text_header(), b"lamp and more")),
        Err(ReadError::File(FileFault::Hostile(_)))
    ));
    let mut header = text_header();
    header["opened"]["title"] = json!("a\u{1b}[31m");
    assert!(matches!(read_answer(&answer(&header, b"lamp")), Err(ReadError::File(FileFault::Hostile(_)))));
}

#[test]
fn no_prefix_of_an_answer_panics() {
    let whole = image_answer(|_| {}, &png(3, 2, b""));
    for end in 0..whole.len() {
        assert!(read_answer(&whole[..end]).is_err());
    }
}

#[test]
fn an_error_of_the_child_keeps_its_class() {
    let error = |class: &str| answer(&json!({ "fault": { "class": class, "detail": "x" }, "sections": [] }), b"");
    assert_eq!(read_answer(&error("truncated")), Err(ReadError::File(FileFault::Truncated("x".to_owned()))));
    assert_eq!(read_answer(&error("too-large")), Err(ReadError::File(FileFault::TooLarge("x".to_owned()))));
    assert!(matches!(read_answer(&error("sudo")), Err(ReadError::File(FileFault::Hostile(_)))));
}

#[test]
fn a_request_keeps_to_its_limit() {
    use vedette_core::opened::REQUEST_HEADER_BYTES_MAX;
    let long = "x".repeat(HINT_BYTES_MAX);
    let head = request_head(&Hint { media_type: Some(&long), name: Some(&long) }, Task::Open, 9);
    assert!(head.len() < REQUEST_HEADER_BYTES_MAX as usize);
}

/// Two pages of three by two and of one by four pixels.
fn pages_answer(change: impl FnOnce(&mut Value)) -> Vec<u8> {
    let page = |number: u32, width: u32, height: u32| json!({ "page": number, "width": width, "height": height, "text_likely": true });
    let mut header = json!({ "sections": [6, 4], "opened": { "kind": "pages", "total": 9, "failed": [5],
        "pages": [page(4, 3, 2), page(6, 1, 4)] } });
    change(&mut header);
    answer(&header, b"123456abcd")
}

#[test]
fn drawn_pages_are_taken_when_their_numbers_and_sizes_fit() {
    let Ok(Opened::Pages(drawn)) = read_answer(&pages_answer(|_| {})) else { panic!("the control must pass") };
    assert_eq!((drawn.total, drawn.failed, drawn.pages[1].page), (9, vec![5], 6));
    assert_eq!(drawn.pages[1].gray, GrayImage { width: 1, height: 4, pixels: b"abcd".to_vec() });
    type Change = fn(&mut Value);
    let lies: &[(&str, Change)] = &[
        ("size", |header| header["opened"]["pages"][0]["width"] = json!(2)),
        ("no size", |header| header["opened"]["pages"][0]["height"] = json!(0)),
        ("order", |header| header["opened"]["pages"][0]["page"] = json!(6)),
        ("a page that is not there", |header| header["opened"]["total"] = json!(5)),
        ("page nought", |header| header["opened"]["failed"] = json!([0])),
        ("drawn and failed", |header| header["opened"]["failed"] = json!([6])),
        ("too many", |header| header["opened"]["failed"] = json!([7, 8, 9, 1, 2, 3, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1])),
        ("sections", |header| header["sections"] = json!([10])),
    ];
    for (lie, change) in lies {
        let refused = read_answer(&pages_answer(change));
        assert!(matches!(refused, Err(ReadError::File(FileFault::Hostile(_)))), "{lie}: {refused:?}");
    }
}
