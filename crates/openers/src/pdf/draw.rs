//! Pages of a PDF as pictures: grey ones for text recognition, the first one in colour as the cover by which a magazine that
//! is posted again is known.

use std::panic::{AssertUnwindSafe, catch_unwind};

use hayro::hayro_interpret::InterpreterSettings;
use hayro::hayro_syntax::page::Page;
use hayro::hayro_syntax::{DecryptionError, LoadPdfError, Pdf};
use hayro::vello_cpu::Pixmap;
use hayro::vello_cpu::color::palette::css::WHITE;
use hayro::{PixmapSettings, RenderCache, RenderSettings, render};
use image::metadata::Orientation;
use image::{DynamicImage, GrayImage, RgbImage};
use vedette_core::opened::{ANSWER_BYTES_MAX, ANSWER_HEADER_BYTES_MAX, GRAY_PIXELS_MAX, PAGE_DPI_MAX, PAGES_DRAWN_MAX};

use crate::FileFault;
use crate::gray::{Gray, prepare};
use crate::limits::GRAY_SIDE_MAX;
use crate::picture::{Picture, finished};

/// Points of a PDF's own measure in an inch (ISO 32000-1, section 8.3.2.3).
const POINTS_PER_INCH: f32 = 72.0;
/// Longer side in pixels of a drawn cover: more than its preview, and enough for its hash, which looks at 512.
const COVER_SIDE: f32 = 1_024.0;
/// Smallest resolution; below it no letter of a page is left.
const DPI_MIN: u32 = 36;

/// A page as a picture.
#[derive(Debug, Clone, PartialEq)]
pub struct DrawnPage {
    /// Its number, from 1.
    pub page: u32,
    /// Prepared for text recognition.
    pub gray: Gray,
    /// It has edges enough for letters; `false` only for empty and flat pages.
    pub text_likely: bool,
}

/// Pages as pictures.
#[derive(Debug, Clone, PartialEq)]
pub struct DrawnPages {
    /// Pages of the whole file.
    pub total: u32,
    /// In order; fewer than asked for when they do not fit into one answer.
    pub pages: Vec<DrawnPage>,
    /// Numbers of pages that cannot be drawn.
    pub failed: Vec<u32>,
}

/// Draws `count` pages from page `first` (from 1) on at `dpi` dots per inch, or fewer dots where a page is very large.
///
/// # Errors
/// `Encrypted` when a password is needed, `Damaged` when the file cannot be opened or has no such page.
pub fn draw_pages(bytes: &[u8], first: u32, count: u32, dpi: u32) -> Result<DrawnPages, FileFault> {
    let pdf = load(bytes)?;
    let pages = pdf.pages();
    let total = u32::try_from(pages.len()).unwrap_or(u32::MAX);
    if first == 0 || first > total {
        return Err(FileFault::Damaged(format!("the PDF has {total} pages and no page {first}")));
    }
    let scale = dpi.clamp(DPI_MIN, PAGE_DPI_MAX) as f32 / POINTS_PER_INCH;
    let mut room = ANSWER_BYTES_MAX - u64::from(ANSWER_HEADER_BYTES_MAX);
    let mut drawn = DrawnPages { total, pages: Vec::new(), failed: Vec::new() };
    for (number, page) in (1..).zip(pages.iter()).skip(first as usize - 1).take(count.min(PAGES_DRAWN_MAX) as usize) {
        // A decoder that gives up on one page says nothing about the next.
        match catch_unwind(AssertUnwindSafe(|| gray_page(page, scale))) {
            Ok(Some((gray, text_likely))) => {
                let length = gray.pixels.len() as u64;
                if length > room {
                    break;
                }
                room -= length;
                drawn.pages.push(DrawnPage { page: number, gray, text_likely });
            }
            Ok(None) | Err(_) => drawn.failed.push(number),
        }
    }
    Ok(drawn)
}

/// Draws the first page as an image of its own.
///
/// # Errors
/// As for [`draw_pages`].
pub fn draw_cover(bytes: &[u8]) -> Result<Picture, FileFault> {
    let pdf = load(bytes)?;
    let page = pdf.pages().first().ok_or_else(|| FileFault::Damaged("the PDF has no pages".to_owned()))?;
    let (width, height) = page.render_dimensions();
    let scale = COVER_SIDE / width.max(height).max(1.0);
    let pixmap = drawn(page, scale).ok_or_else(|| FileFault::Damaged("its first page has no size".to_owned()))?;
    let rgb = pixmap.data().iter().flat_map(|pixel| [pixel.r, pixel.g, pixel.b]).collect();
    let rgb = RgbImage::from_raw(pixmap.width().into(), pixmap.height().into(), rgb)
        .expect("three bytes were made of each pixel");
    finished(rgb, Orientation::NoTransforms, "pdf", false)
}

fn load(bytes: &[u8]) -> Result<Pdf, FileFault> {
    Pdf::new(bytes.to_vec()).map_err(|error| match error {
        LoadPdfError::Decryption(DecryptionError::PasswordProtected) => {
            FileFault::Encrypted("the PDF asks for a password".to_owned())
        }
        LoadPdfError::Decryption(_) => FileFault::Encrypted("the PDF is locked in a way that is not known".to_owned()),
        LoadPdfError::Invalid => FileFault::Damaged("the PDF has no pages that can be found".to_owned()),
    })
}

fn gray_page(page: &Page<'_>, scale: f32) -> Option<(Gray, bool)> {
    let pixmap = drawn(page, scale)?;
    // The ground is white and opaque, so the colours are those that are seen. Weights of ITU-R BT.601.
    let luma = |red: u8, green: u8, blue: u8| {
        u8::try_from((u32::from(red) * 299 + u32::from(green) * 587 + u32::from(blue) * 114) / 1_000).unwrap_or(u8::MAX)
    };
    let pixels = pixmap.data().iter().map(|pixel| luma(pixel.r, pixel.g, pixel.b)).collect();
    let gray = GrayImage::from_raw(pixmap.width().into(), pixmap.height().into(), pixels)?;
    drop(pixmap);
    Some(prepare(&DynamicImage::ImageLuma8(gray)))
}

/// Draws a page, smaller than asked when it would have more pixels than are read. `None` when it has no size.
fn drawn(page: &Page<'_>, scale: f32) -> Option<Pixmap> {
    let (width, height) = page.render_dimensions();
    if !(width.is_finite() && height.is_finite() && width > 0.0 && height > 0.0) {
        return None;
    }
    // A margin of one row and column, because sides are rounded.
    let scale = scale
        .min(((GRAY_PIXELS_MAX as f32 * 0.99) / (width * height)).sqrt())
        .min((GRAY_SIDE_MAX as f32 - 1.0) / width.max(height));
    if width * scale < 1.0 || height * scale < 1.0 {
        return None;
    }
    let settings = PixmapSettings { x_scale: scale, y_scale: scale, bg_color: WHITE };
    let (interpreter, rendering) = (InterpreterSettings::default(), RenderSettings::default());
    Some(render(page, &RenderCache::new(), &interpreter, &rendering, &settings))
}
