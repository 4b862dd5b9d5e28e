//! Images: decoded under limits, turned as their camera says, hashed, and prepared for text recognition and for preview.

use std::io::{BufReader, Cursor};

use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use image::imageops::FilterType as Resample;
use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageError, ImageFormat, ImageReader, Limits, RgbImage};
use vedette_likeness::{Pdq, PdqHash, Rgb, pdq::pdq_with_dihedral};

use crate::FileFault;
use crate::gray::{Gray, prepare};
use crate::limits::{IMAGE_ALLOC_BYTES_MAX, IMAGE_PIXELS_MAX, PREVIEW_SIDE_MAX};
use crate::sniff::find;

/// Longer side of the picture that the blurred preview is made from: shapes remain, faces and letters do not.
const BLUR_SIDE: u32 = 24;
/// Bytes at the end of a JPEG in which its end marker is looked for; servers append small blocks.
const JPEG_END_WITHIN: usize = 64 * 1024;

/// An opened image.
#[derive(Debug, Clone, PartialEq)]
pub struct Picture {
    /// `png`, `jpeg`, `webp`, `gif`, `bmp` or `tiff`; `pdf` for the first page of a document.
    pub format: &'static str,
    /// Width in pixels, as a viewer shows it.
    pub width: u32,
    /// Height in pixels, as a viewer shows it.
    pub height: u32,
    /// PDQ hash and quality of the stored pixels, before the camera's orientation is applied: what other hashers compute.
    pub pdq: Pdq,
    /// Hashes of their rotations and mirror images, among them the picture as a viewer shows it.
    pub dihedral: [PdqHash; 8],
    /// The end of the file is missing; the lower part of the picture may be empty.
    pub truncated: bool,
    /// Edges enough for letters. `false` only for flat pictures.
    pub text_likely: bool,
    /// Prepared for text recognition.
    pub gray: Gray,
    /// PNG of at most 480 pixels, encoded here.
    pub preview_png: Vec<u8>,
    /// The same, blurred beyond recognition.
    pub blurred_png: Vec<u8>,
}

/// Decodes an image of `format`.
pub fn open_picture(bytes: &[u8], format: ImageFormat) -> Result<Picture, FileFault> {
    let name = format_name(format)?;
    let (decoded, orientation) = decode(bytes, format, name)?;
    let truncated = format == ImageFormat::Jpeg && {
        let tail = bytes.get(bytes.len().saturating_sub(JPEG_END_WITHIN)..).unwrap_or(bytes);
        find(tail, b"\xff\xd9").is_none()
    };
    finished(on_white(decoded), orientation, name, truncated)
}

/// Hashes a decoded image, turns it as its camera says and prepares what is shown and read of it.
pub(crate) fn finished(
    rgb: RgbImage,
    orientation: Orientation,
    name: &'static str,
    truncated: bool,
) -> Result<Picture, FileFault> {
    let pixels = Rgb { width: rgb.width(), height: rgb.height(), pixels: rgb.as_raw() };
    let (pdq, dihedral) = pdq_with_dihedral(pixels)
        .map_err(|error| FileFault::Damaged(format!("the {name} image cannot be hashed: {error}")))?;
    let mut image = DynamicImage::ImageRgb8(rgb);
    image.apply_orientation(orientation);
    let preview = image.thumbnail(PREVIEW_SIDE_MAX.min(image.width()), PREVIEW_SIDE_MAX.min(image.height()));
    let (gray, text_likely) = prepare(&image);
    Ok(Picture {
        format: name,
        width: image.width(),
        height: image.height(),
        pdq,
        dihedral,
        truncated,
        text_likely,
        gray,
        preview_png: png(&preview)?,
        blurred_png: png(&blurred(&preview))?,
    })
}

fn format_name(format: ImageFormat) -> Result<&'static str, FileFault> {
    match format {
        ImageFormat::Png => Ok("png"),
        ImageFormat::Jpeg => Ok("jpeg"),
        ImageFormat::WebP => Ok("webp"),
        ImageFormat::Gif => Ok("gif"),
        ImageFormat::Bmp => Ok("bmp"),
        ImageFormat::Tiff => Ok("tiff"),
        other => Err(FileFault::Unsupported(format!("an image of format {other:?}"))),
    }
}

fn decode(bytes: &[u8], format: ImageFormat, name: &str) -> Result<(DynamicImage, Orientation), FileFault> {
    let classify = |error: ImageError| classified(error, name);
    let mut reader = ImageReader::with_format(BufReader::new(Cursor::new(bytes)), format);
    let mut limits = Limits::default();
    limits.max_alloc = Some(IMAGE_ALLOC_BYTES_MAX);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(classify)?;
    let (width, height) = decoder.dimensions();
    if u64::from(width) * u64::from(height) > IMAGE_PIXELS_MAX || decoder.total_bytes() > IMAGE_ALLOC_BYTES_MAX {
        return Err(FileFault::TooLarge(format!("the {name} image says it has {width} x {height} pixels")));
    }
    if width == 0 || height == 0 {
        return Err(FileFault::Damaged(format!("the {name} image has no pixels")));
    }
    // A broken note about the camera must not hide the picture.
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    Ok((DynamicImage::from_decoder(decoder).map_err(classify)?, orientation))
}

fn classified(error: ImageError, name: &str) -> FileFault {
    match error {
        ImageError::Limits(limit) => FileFault::TooLarge(format!("the {name} image: {limit}")),
        ImageError::Unsupported(what) => FileFault::Unsupported(format!("the {name} image: {what}")),
        ImageError::IoError(io) if io.kind() == std::io::ErrorKind::UnexpectedEof => {
            FileFault::Truncated(format!("the {name} image ends before its last pixel"))
        }
        other => {
            let text = other.to_string();
            // Decoders wrap the early end of a file in words of their own.
            let early_end = [
                "unexpected end of file",
                "UnexpectedEof",
                "unexpected EOF",
                "failed to fill whole buffer",
                "No more bytes",
            ];
            if early_end.iter().any(|mark| text.to_ascii_lowercase().contains(&mark.to_ascii_lowercase())) {
                FileFault::Truncated(format!("the {name} image: {text}"))
            } else {
                FileFault::Damaged(format!("the {name} image: {text}"))
            }
        }
    }
}

/// As RGB; what is transparent shows white, as on the page of a viewer.
fn on_white(image: DynamicImage) -> RgbImage {
    if !image.color().has_alpha() {
        return image.into_rgb8();
    }
    let rgba = image.into_rgba8();
    let mut rgb = Vec::with_capacity(rgba.as_raw().len() / 4 * 3);
    for pixel in rgba.as_raw().chunks_exact(4) {
        if let &[red, green, blue, alpha] = pixel {
            let over = |value: u8| {
                let (value, alpha) = (u32::from(value), u32::from(alpha));
                u8::try_from((value * alpha + 255 * (255 - alpha) + 127) / 255).unwrap_or(u8::MAX)
            };
            rgb.extend([over(red), over(green), over(blue)]);
        }
    }
    RgbImage::from_raw(rgba.width(), rgba.height(), rgb).expect("three bytes were made of each four")
}

fn blurred(preview: &DynamicImage) -> DynamicImage {
    let small = preview.thumbnail(BLUR_SIDE.min(preview.width()), BLUR_SIDE.min(preview.height()));
    small.resize_exact(preview.width(), preview.height(), Resample::Triangle)
}

fn png(image: &DynamicImage) -> Result<Vec<u8>, FileFault> {
    let mut bytes = Vec::new();
    image
        .write_with_encoder(PngEncoder::new_with_quality(&mut bytes, CompressionType::Fast, FilterType::Adaptive))
        .map_err(|error| FileFault::Damaged(format!("no preview could be made: {error}")))?;
    Ok(bytes)
}
