//! Files that were made to hurt, and files that are merely broken.

use std::io::Cursor;

use image::{DynamicImage, ImageFormat, Rgb, RgbImage, Rgba, RgbaImage};

use crate::{FileFault, Opened, Request, open};

fn picture(width: u32, height: u32) -> DynamicImage {
    DynamicImage::ImageRgb8(RgbImage::from_fn(width, height, |x, y| {
        Rgb([(x * 7 + y) as u8, (y * 5) as u8, ((x / 9 + y / 7) % 2 * 200) as u8])
    }))
}

fn encoded(image: &DynamicImage, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    image.write_to(&mut bytes, format).expect("writing to memory");
    bytes.into_inner()
}

fn opened_image(bytes: &[u8]) -> crate::picture::Picture {
    match open(bytes, &Request::default()).expect("it opens") {
        Opened::Image(picture) => *picture,
        other => panic!("{other:?} is no image"),
    }
}

/// A PNG that ends behind its header, which says it has these dimensions.
fn png_header(width: u32, height: u32) -> Vec<u8> {
    let mut chunk = b"IHDR".to_vec();
    chunk.extend(width.to_be_bytes());
    chunk.extend(height.to_be_bytes());
    chunk.extend([8, 2, 0, 0, 0]);
    let mut bytes = b"\x89PNG\r\n\x1a\n\0\0\0\x0d".to_vec();
    bytes.extend(&chunk);
    bytes.extend(crc32(&chunk).to_be_bytes());
    bytes.extend(b"\0\0\x04\0IDAT");
    bytes.extend([0u8; 1024]);
    bytes
}

fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0u32, |crc, &byte| {
        (0..8).fold(crc ^ u32::from(byte), |crc, _| if crc & 1 == 1 { 0xedb8_8320 ^ (crc >> 1) } else { crc >> 1 })
    })
}

#[test]
fn every_format_opens_with_the_same_size() {
    for format in
        [ImageFormat::Png, ImageFormat::Jpeg, ImageFormat::WebP, ImageFormat::Gif, ImageFormat::Bmp, ImageFormat::Tiff]
    {
        let opened = opened_image(&encoded(&picture(97, 61), format));
        assert_eq!((opened.width, opened.height), (97, 61), "{format:?}");
        assert_eq!((opened.gray.width, opened.gray.height), (194, 122));
        assert_eq!(opened.dihedral[0], opened.pdq.hash);
        assert!(!opened.truncated);
        let preview = image::load_from_memory(&opened.preview_png).expect("the preview is a PNG");
        assert_eq!((preview.width(), preview.height()), (97, 61));
    }
}

#[test]
fn a_large_picture_gets_a_small_preview() {
    let opened = opened_image(&encoded(&picture(1_200, 600), ImageFormat::Png));
    for png in [&opened.preview_png, &opened.blurred_png] {
        let preview = image::load_from_memory(png).expect("it is a PNG");
        assert_eq!((preview.width(), preview.height()), (480, 240));
    }
    assert_ne!(opened.preview_png, opened.blurred_png);
}

#[test]
fn the_name_does_not_choose_the_decoder() {
    let hint = Request {
        media_type: Some("application/pdf".to_owned()),
        name: Some("report.html".to_owned()),
        ..Request::default()
    };
    assert!(matches!(open(&encoded(&picture(30, 30), ImageFormat::Png), &hint), Ok(Opened::Image(_))));
}

#[test]
fn a_fragment_is_html_when_its_source_says_so() {
    let said = Request { media_type: Some("text/html; charset=utf-8".to_owned()), ..Request::default() };
    assert!(matches!(open(b"<p>One<p>two", &said), Ok(Opened::Html(page)) if page.text == "One\ntwo"));
    assert!(
        matches!(open(b"<p>One<p>two", &Request::default()), Ok(Opened::Text(text)) if text.text == "<p>One<p>two")
    );
}

#[test]
fn a_picture_of_3_600_million_pixels_is_refused_by_its_header() {
    for (width, height) in [(60_000, 60_000), (100_001, 1_000), (u32::MAX >> 1, 1)] {
        assert!(
            matches!(open(&png_header(width, height), &Request::default()), Err(FileFault::TooLarge(_))),
            "{width} x {height}"
        );
    }
}

#[test]
fn a_cut_picture_is_named_as_cut() {
    let png = encoded(&picture(200, 200), ImageFormat::Png);
    assert!(matches!(open(&png[..png.len() / 2], &Request::default()), Err(FileFault::Truncated(_))));
    let jpeg = encoded(&picture(200, 200), ImageFormat::Jpeg);
    match open(&jpeg[..jpeg.len() / 2], &Request::default()) {
        Ok(Opened::Image(picture)) => assert!(picture.truncated),
        Err(FileFault::Truncated(_)) => {}
        other => panic!("{other:?}"),
    }
    assert!(matches!(open(b"", &Request::default()), Err(FileFault::Truncated(_))));
}

#[test]
fn a_picture_whose_middle_was_overwritten_does_no_harm() {
    for format in
        [ImageFormat::Png, ImageFormat::Jpeg, ImageFormat::WebP, ImageFormat::Gif, ImageFormat::Bmp, ImageFormat::Tiff]
    {
        let whole = encoded(&picture(120, 90), format);
        for seed in 0..40u32 {
            let mut bytes = whole.clone();
            for step in 0..8u32 {
                let random = (seed * 8 + step).wrapping_mul(2_654_435_761);
                let at = 12 + random as usize % (bytes.len() - 12);
                bytes[at] = (random >> 13) as u8;
            }
            // Any outcome but a panic will do.
            drop(open(&bytes, &Request::default()));
        }
    }
}

#[test]
fn the_orientation_of_the_camera_is_applied() {
    let upright = encoded(&picture(80, 40), ImageFormat::Jpeg);
    // An APP1 segment with one entry: orientation (0x0112) 6, turn by 90 degrees.
    let exif = b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0";
    let mut turned = upright[..2].to_vec();
    turned.extend([0xff, 0xe1]);
    turned.extend((exif.len() as u16 + 2).to_be_bytes());
    turned.extend(exif);
    turned.extend(&upright[2..]);
    let opened = opened_image(&turned);
    assert_eq!((opened.width, opened.height), (40, 80));
}

#[test]
fn what_is_transparent_shows_white() {
    let clear = RgbaImage::from_fn(60, 60, |x, _| if x < 30 { Rgba([0, 0, 0, 0]) } else { Rgba([0, 0, 0, 255]) });
    let opened = opened_image(&encoded(&DynamicImage::ImageRgba8(clear), ImageFormat::Png));
    let preview = image::load_from_memory(&opened.preview_png).expect("it is a PNG").to_rgb8();
    assert_eq!((preview.get_pixel(5, 5).0, preview.get_pixel(50, 5).0), ([255; 3], [0; 3]));
}

#[test]
fn other_kinds_are_named() {
    let error = open(b"Rar!\x1a\x07\x00...", &Request::default()).expect_err("it is not read");
    assert_eq!(error.to_string(), "the file is of a kind that is not read: a RAR archive");
    assert_eq!(error.advice(), "convert it to PDF, PNG or text and import the copy");
}
