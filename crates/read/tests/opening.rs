//! Hostile and broken files, opened in the child.

mod common;

use std::time::Instant;

use image::{DynamicImage, ImageFormat, Rgb, RgbImage};
use vedette_core::FileFault;
use vedette_read::{Hint, Opened, Opener, ReadError};

fn picture() -> DynamicImage {
    DynamicImage::ImageRgb8(RgbImage::from_fn(320, 240, |x, y| {
        Rgb([(x * 7) as u8, (y * 5) as u8, ((x ^ y) * 3) as u8])
    }))
}

fn open(bytes: &[u8]) -> Result<Opened, ReadError> {
    // Tests of the whole workspace run beside each other; the child's own limit of processor time stays.
    Opener::new(common::program()).with_wall(std::time::Duration::from_secs(60)).open(bytes, &Hint::default())
}

fn png_header(width: u32, height: u32) -> Vec<u8> {
    let chunk = [b"IHDR".as_slice(), &width.to_be_bytes(), &height.to_be_bytes(), &[8, 2, 0, 0, 0]].concat();
    let crc = !chunk.iter().fold(!0u32, |crc, &byte| {
        (0..8).fold(crc ^ u32::from(byte), |crc, _| if crc & 1 == 1 { 0xedb8_8320 ^ (crc >> 1) } else { crc >> 1 })
    });
    [b"\x89PNG\r\n\x1a\n\0\0\0\x0d".as_slice(), &chunk, &crc.to_be_bytes(), b"\0\0\x04\0IDAT", &[0; 1024]].concat()
}

#[test]
fn an_image_comes_back_with_its_facts() {
    for format in
        [ImageFormat::Png, ImageFormat::Jpeg, ImageFormat::Gif, ImageFormat::WebP, ImageFormat::Bmp, ImageFormat::Tiff]
    {
        let Opened::Image(image) = open(&common::encoded(&picture(), format)).expect("it opens") else {
            panic!("no image")
        };
        assert_eq!((image.width, image.height, image.gray.width), (320, 240, 640), "{format:?}");
        assert_eq!((image.pdq.len(), image.dihedral.len()), (64, 8));
    }
}

#[test]
fn bombs_are_refused_quickly() {
    let begun = Instant::now();
    for (width, height) in [(60_000, 60_000), (100_001, 1_000)] {
        assert!(matches!(open(&png_header(width, height)), Err(ReadError::File(FileFault::TooLarge(_)))));
    }
    // Within the limit of pixels: a header alone must not cost the memory it promises.
    assert!(matches!(
        open(&png_header(9_000, 9_000)),
        Err(ReadError::File(FileFault::Damaged(_) | FileFault::Truncated(_) | FileFault::TooLarge(_)))
    ));
    assert!(begun.elapsed().as_secs() < 60);
}

#[test]
fn a_large_flat_picture_is_opened_within_the_limits() {
    let flat = DynamicImage::ImageRgb8(RgbImage::from_pixel(4_000, 3_000, Rgb([9, 9, 9])));
    let Opened::Image(image) = open(&common::encoded(&flat, ImageFormat::Png)).expect("it opens") else {
        panic!("no image")
    };
    assert!(!image.text_likely);
}

#[test]
fn cut_files_are_named_as_cut() {
    let png = common::encoded(&picture(), ImageFormat::Png);
    assert!(matches!(open(&png[..png.len() / 3]), Err(ReadError::File(FileFault::Truncated(_)))));
    assert!(matches!(open(b""), Err(ReadError::File(FileFault::Truncated(_)))));
    let jpeg = common::encoded(&picture(), ImageFormat::Jpeg);
    match open(&jpeg[..jpeg.len() / 2]) {
        Ok(Opened::Image(image)) => assert!(image.truncated),
        Err(ReadError::File(FileFault::Truncated(_))) => {}
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_page_two_hundred_thousand_elements_deep_is_read() {
    let page = format!("<html>{}the end", "<div><b>".repeat(100_000));
    let Opened::Html(page) = open(page.as_bytes()).expect("it opens") else { panic!("no page") };
    assert_eq!(page.text, "the end");
}

#[test]
fn a_page_of_two_million_elements_is_cut_or_given_up() {
    match open(("<html>".to_owned() + &"<div>".repeat(2_000_000)).as_bytes()) {
        Ok(Opened::Html(page)) => assert!(page.cut),
        // Unoptimised builds may run into the limit of processor time.
        Err(ReadError::File(FileFault::TooLarge(_))) => {}
        other => panic!("{other:?}"),
    }
}

#[test]
fn garbage_in_utf_16_is_read_and_marked() {
    let garbage: Vec<u8> = (0..5_000u32).flat_map(|i| (i.wrapping_mul(40_503) as u16 | 0xd800).to_le_bytes()).collect();
    let Opened::Text(text) = open(&[b"\xff\xfe".to_vec(), garbage].concat()).expect("it opens") else {
        panic!("no text")
    };
    assert!(text.lossy);
}

#[test]
fn problems_say_what_to_do() {
    let problem = open(b"Rar!\x1a\x07\x01\x00 and so on").expect_err("it is not read").problem();
    assert_eq!(
        problem,
        "the file is of a kind that is not read: a RAR archive: convert it to PDF, PNG or text and import the copy"
    );
}
