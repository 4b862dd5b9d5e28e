//! Posters: an SVG design with words put into its slots, drawn with the world's own fonts, and the same picture cropped and
//! recompressed as it would be after passing through many hands. The same input gives the same bytes.

use std::io::Cursor;
use std::path::Path;
use std::sync::Arc;

use image::codecs::jpeg::JpegEncoder;
use image::{DynamicImage, ImageFormat, RgbImage};
use jiff::civil::Date;
use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::fontdb::Database;
use resvg::usvg::{Options, Tree};

use crate::TestkitError;
use crate::world::{Poster, Recut, read_capped};
use vedette_text::dates::expand_days;

/// Neither side of a poster may exceed this: a typing mistake in a design must not fill the memory.
const SIDE_PIXELS_MAX: u32 = 4_000;
/// The highest slot number a design may use.
const LINES_MAX: usize = 9;

/// An encoded picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    /// File bytes.
    pub bytes: Vec<u8>,
    /// `image/png` or `image/jpeg`.
    pub media_type: &'static str,
    /// `png` or `jpg`.
    pub ending: &'static str,
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
}

/// Designs and fonts, loaded once.
pub struct Studio {
    designs: std::path::PathBuf,
    fonts: Arc<Database>,
}

impl Studio {
    /// Loads every `.ttf` under `folder/fonts`; no font of the machine is used, so that pictures are the same everywhere.
    pub fn open(folder: &Path) -> Result<Self, TestkitError> {
        let fonts_folder = folder.join("fonts");
        let mut paths = Vec::new();
        for entry in std::fs::read_dir(&fonts_folder).map_err(TestkitError::file(&fonts_folder))? {
            let path = entry.map_err(TestkitError::file(&fonts_folder))?.path();
            if path.extension().is_some_and(|ending| ending == "ttf") {
                paths.push(path);
            }
        }
        // The order of a folder is the file system's; the fallback font is chosen by order.
        paths.sort();
        let mut fonts = Database::new();
        for path in paths {
            fonts.load_font_data(std::fs::read(&path).map_err(TestkitError::file(&path))?);
        }
        Ok(Self { designs: folder.join("posters"), fonts: Arc::new(fonts) })
    }

    /// Draws `poster` with its dates laid out for `today`.
    pub fn draw(&self, poster: &Poster, today: Date) -> Result<DynamicImage, TestkitError> {
        let wrong = |reason: String| TestkitError::Poster { name: poster.name.clone(), reason };
        let design = read_capped(&self.designs.join(format!("{}.svg", poster.design)))?;
        let svg = fill_slots(&design, poster, today);
        let options = Options { fontdb: Arc::clone(&self.fonts), ..Options::default() };
        let tree = Tree::from_str(&svg, &options).map_err(|error| wrong(error.to_string()))?;
        let size = tree.size().to_int_size();
        if size.width() > SIDE_PIXELS_MAX || size.height() > SIDE_PIXELS_MAX {
            return Err(wrong(format!("it is larger than {SIDE_PIXELS_MAX} pixels")));
        }
        let mut canvas = Pixmap::new(size.width(), size.height()).ok_or_else(|| wrong("it has no area".to_owned()))?;
        canvas.fill(resvg::tiny_skia::Color::WHITE);
        resvg::render(&tree, Transform::identity(), &mut canvas.as_mut());
        // The canvas was filled first, so every pixel is opaque and premultiplied colour is plain colour.
        let rgb: Vec<u8> = canvas.data().chunks_exact(4).flat_map(|rgba| [rgba[0], rgba[1], rgba[2]]).collect();
        let drawn = RgbImage::from_raw(size.width(), size.height(), rgb);
        drawn.map(DynamicImage::from).ok_or_else(|| wrong("the pixels do not add up".to_owned()))
    }
}

fn fill_slots(design: &str, poster: &Poster, today: Date) -> String {
    let font = match poster.lang.as_str() {
        "ar" | "fa" => "Noto Naskh Arabic, Noto Sans",
        _ => "Noto Sans, Noto Naskh Arabic",
    };
    let mut svg = design.replace("{{font}}", font);
    svg = svg.replace("{{headline}}", &escaped(&expand_days(&poster.headline, today)));
    svg = svg.replace("{{seal}}", &escaped(&expand_days(&poster.seal, today)));
    for number in 1..=LINES_MAX {
        let line = poster.lines.get(number - 1).map(|line| expand_days(line, today)).unwrap_or_default();
        svg = svg.replace(&format!("{{{{line{number}}}}}"), &escaped(&line));
    }
    svg
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// `picture` as PNG.
pub fn as_png(picture: &DynamicImage) -> Picture {
    let mut bytes = Cursor::new(Vec::new());
    picture.write_to(&mut bytes, ImageFormat::Png).expect("writing to memory, RGB is a PNG colour");
    encoded(picture, bytes.into_inner(), "image/png", "png")
}

/// `picture` as JPEG of `quality` 1 to 100.
pub fn as_jpeg(picture: &DynamicImage, quality: u8) -> Picture {
    let mut bytes = Vec::new();
    let encoder = JpegEncoder::new_with_quality(&mut bytes, quality);
    picture.write_with_encoder(encoder).expect("writing to memory, RGB is a JPEG colour");
    encoded(picture, bytes, "image/jpeg", "jpg")
}

fn encoded(picture: &DynamicImage, bytes: Vec<u8>, media_type: &'static str, ending: &'static str) -> Picture {
    Picture { bytes, media_type, ending, width: picture.width(), height: picture.height() }
}

/// `picture` as it looks after being passed on: cropped, then saved again.
pub fn recut(picture: &DynamicImage, how: &Recut) -> Picture {
    let (width, height) = (picture.width(), picture.height());
    let (cut_x, cut_y) = (width * how.crop_percent / 200, height * how.crop_percent / 200);
    let cropped = picture.crop_imm(cut_x, cut_y, width - 2 * cut_x, height - 2 * cut_y);
    match how.jpeg_quality {
        Some(quality) => as_jpeg(&cropped, quality),
        None => as_png(&cropped),
    }
}

/// `picture` made to fit into `side` pixels, as JPEG: a server's thumbnail, which is never the evidence.
pub fn thumbnail(picture: &DynamicImage, side: u32) -> Picture {
    as_jpeg(&picture.thumbnail(side, side), 70)
}
