//! Pages of a PDF as pictures, drawn in the sandbox.

mod common;

use vedette_core::FileFault;
use vedette_read::{GrayImage, Opener, ReadError};

fn opener() -> Opener {
    Opener::new(common::program()).with_wall(std::time::Duration::from_secs(60))
}

/// Share of dark pixels in a stripe of a tenth of the height, from the top down.
fn ink(image: &GrayImage) -> Vec<f32> {
    let stripe = image.pixels.len() / 10;
    let dark = |pixels: &[u8]| pixels.iter().filter(|&&value| value < 128).count() as f32 / pixels.len() as f32;
    image.pixels.chunks_exact(stripe).map(dark).collect()
}

const ONE_PAGE: [&str; 3] = [
    "<< /Type /Catalog /Pages 2 0 R >>",
    "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
    "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R >>",
];

fn lines(objects: &[&str]) -> Vec<u8> {
    common::pdf_of(&objects.iter().map(|object| object.as_bytes().to_vec()).collect::<Vec<_>>())
}

#[test]
fn arabic_pages_are_drawn_in_order_and_at_the_size_asked_for() {
    let drawn = opener().draw_pages(&common::fixture("clean-ar.pdf"), 1, 4, 200).expect("it is drawn");
    assert_eq!((drawn.total, drawn.failed.as_slice()), (2, &[][..]));
    assert_eq!(drawn.pages.iter().map(|page| page.page).collect::<Vec<_>>(), [1, 2]);
    for page in &drawn.pages {
        // A5 is 5.83 by 8.27 inches.
        assert!(page.gray.width.abs_diff(1_166) < 4 && page.gray.height.abs_diff(1_654) < 4, "{}", page.gray.width);
        let ink = ink(&page.gray);
        assert!(page.text_likely && ink[1] > 0.02 && ink[9] == 0.0, "text stands on top, nothing at the foot: {ink:?}");
    }
}

#[test]
fn a_cover_is_an_image_with_a_hash_and_previews() {
    let cover = opener().draw_cover(&common::fixture("magazine-en.pdf")).expect("it is drawn");
    assert_eq!((cover.format.as_str(), cover.height), ("pdf", 1_024));
    assert!(cover.quality > 50 && cover.preview_png.starts_with(b"\x89PNG") && cover.pdq.len() == 64);
}

#[test]
fn a_page_that_is_not_there_and_a_file_that_is_no_pdf_are_named() {
    let clean = common::fixture("clean-en.pdf");
    for (bytes, first) in [(clean.as_slice(), 3), (&clean, 0), (b"%PDF-1.7\nnothing here\n%%EOF", 1)] {
        let refused = opener().draw_pages(bytes, first, 1, 100);
        assert!(matches!(refused, Err(ReadError::File(FileFault::Damaged(_)))), "{refused:?}");
    }
    // The standard security handler with arbitrary entries, so that every password is wrong.
    let keys = "<5f3a19c07be24d886601fa93cc12be7745d0a1e8379b4c62f08e5d21b7aa9034>";
    let handler = format!(
        "trailer\n<< /Encrypt << /Filter /Standard /V 1 /R 2 /Length 40 /P -44 /O {keys} /U {keys} >> /ID [<00> <00>]"
    );
    let locked = String::from_utf8(lines(&ONE_PAGE)).expect("it is ASCII").replace("trailer\n<<", &handler);
    let refused = opener().draw_pages(locked.as_bytes(), 1, 1, 100);
    assert!(matches!(refused, Err(ReadError::File(FileFault::Encrypted(_)))), "{refused:?}");
}

#[test]
fn an_empty_page_shows_nothing_and_a_huge_one_is_drawn_smaller() {
    let drawn = opener().draw_pages(
        &lines(&[
            "<< /Type /Catalog /Pages 2 0 R >>",
            "<< /Type /Pages /Kids [3 0 R 4 0 R] /Count 2 >>",
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>",
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 14400 14400] >>",
        ]),
        1,
        2,
        200,
    );
    let drawn = drawn.expect("both have a size");
    assert!(drawn.pages.iter().all(|page| !page.text_likely));
    assert!(drawn.pages[1].gray.pixels.len() <= 12_000_000);
}

#[test]
fn pages_that_hold_themselves_and_streams_without_end_are_refused_in_time() {
    let looped = lines(&[
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [2 0 R 3 0 R] /Count 2 >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>",
    ]);
    let began = std::time::Instant::now();
    match opener().draw_pages(&looped, 1, 16, 72) {
        Ok(drawn) => assert!(drawn.total <= 2, "{}", drawn.total),
        Err(refused) => assert!(matches!(refused, ReadError::File(_)), "{refused:?}"),
    }
    let content = common::zeros_stream(1 << 30);
    let objects: Vec<Vec<u8>> = ONE_PAGE.iter().map(|object| object.as_bytes().to_vec()).chain([content]).collect();
    match opener().draw_pages(&common::pdf_of(&objects), 1, 1, 72) {
        Ok(drawn) => assert!(drawn.pages.iter().all(|page| !page.text_likely)),
        Err(refused) => assert!(matches!(refused, ReadError::File(FileFault::TooLarge(_))), "{refused:?}"),
    }
    assert!(began.elapsed().as_secs() < 60, "{:?}", began.elapsed());
}
