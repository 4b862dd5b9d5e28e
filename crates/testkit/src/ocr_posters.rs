//! Posters whose text is known, for measuring text recognition: neutral sentences of eight languages on grounds that look like
//! photographs, with outlines, shadows, little contrast, turned, bent and small letters, grain and JPEG. The same number and
//! part give the same poster on every machine with the same fonts.
//!
//! There are two parts that share no sentence and no seed. What is tuned is tuned on [`Part::Dev`]; [`Part::Test`] also has
//! fonts that the other never shows.
//!
//! Fonts (SIL Open Font License): Debian's `fonts-noto-core` and `fonts-hosny-amiri`.

mod chance;
mod ground;
mod lettering;
mod score;
mod words;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use image::RgbImage;
use image::imageops::{self, FilterType};
use resvg::usvg::fontdb::Database;

use crate::TestkitError;
use crate::posters::{Picture, as_jpeg};
use chance::Chance;
use ground::{Ground, add_grain, brightness_of, draw, tint};
pub use score::character_errors;

use lettering::{Line, Relief, Style, brightness_near};

/// Where Debian's font packages lie.
pub const FONT_FOLDERS: &[&str] = &["/usr/share/fonts/truetype/noto", "/usr/share/fonts/opentype/fonts-hosny-amiri"];
/// Letters smaller than this many pixels are not drawn: with grain and JPEG, people no longer tell the dots of Arabic letters.
const LETTER_SIZE_MIN: f32 = 24.0;
/// Letters below this size in pixels have at least this contrast, in steps of 255.
const SMALL: f32 = 34.0;
const CONTRAST_SMALL: f32 = 120.0;

/// Pixels between two lines, at least.
const GAP_MIN: f32 = 10.0;

/// Which half of the set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Part {
    /// For tuning.
    Dev,
    /// Held out; measured, never tuned on.
    Test,
}

/// Fonts of a script: for sentences, and for headlines.
struct Faces {
    dev: &'static [&'static str],
    test: &'static [&'static str],
    headlines: &'static [&'static str],
}

const ARABIC: Faces = Faces {
    dev: &["Noto Naskh Arabic", "Noto Sans Arabic"],
    test: &["Noto Naskh Arabic", "Noto Sans Arabic", "Amiri"],
    headlines: &["Noto Kufi Arabic", "Noto Naskh Arabic", "Noto Sans Arabic"],
};
const NASTALIQ: Faces =
    Faces { dev: &["Noto Nastaliq Urdu"], test: &["Noto Nastaliq Urdu"], headlines: &["Noto Nastaliq Urdu"] };
const LATIN: Faces = Faces {
    dev: &["Noto Sans", "Noto Serif"],
    test: &["Noto Sans", "Noto Serif", "Noto Sans Display", "Noto Serif Display", "Noto Sans Mono"],
    headlines: &["Noto Sans", "Noto Serif", "Noto Sans Display"],
};

/// Classes of posters: language, Nastaliq or not, and how many posters each part has.
const CLASSES: &[(&str, bool, usize, usize)] = &[
    ("ar", false, 8, 22),
    ("fa", false, 8, 22),
    ("ur", false, 8, 20),
    ("ps", false, 8, 20),
    ("ur", true, 6, 14),
    ("ru", false, 7, 16),
    ("en", false, 6, 14),
    ("de", false, 6, 14),
    ("fr", false, 6, 14),
];

/// A poster and what it says.
#[derive(Debug, Clone)]
pub struct OcrPoster {
    /// `test-fa-07`.
    pub name: String,
    /// Main language.
    pub language: &'static str,
    /// Written in Nastaliq.
    pub nastaliq: bool,
    /// Language of its last lines, when it has two.
    pub second: Option<&'static str>,
    /// Its lines from the top.
    pub lines: Vec<String>,
    /// The picture.
    pub picture: Picture,
}

/// A poster that can be drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Order {
    part: Part,
    class: usize,
    number: usize,
}

impl Order {
    /// Every poster of a part, in order.
    pub fn all(part: Part) -> Vec<Self> {
        let counted = |&(_, _, dev, test): &(_, _, usize, usize)| if part == Part::Dev { dev } else { test };
        let of_class = |(class, row)| (0..counted(row)).map(move |number| Self { part, class, number });
        CLASSES.iter().enumerate().flat_map(of_class).collect()
    }

    /// Its name, such as `dev-ur-nastaliq-03`.
    pub fn name(&self) -> String {
        let (language, nastaliq, ..) = CLASSES[self.class];
        let part = if self.part == Part::Dev { "dev" } else { "test" };
        format!("{part}-{language}{}-{:02}", if nastaliq { "-nastaliq" } else { "" }, self.number)
    }
}

/// Fonts, loaded once.
pub struct Workshop {
    fonts: Arc<Database>,
}

impl Workshop {
    /// Loads the fonts of [`FONT_FOLDERS`].
    ///
    /// # Errors
    /// When a font that the posters need is not installed.
    pub fn open() -> Result<Self, TestkitError> {
        let mut fonts = Database::new();
        let mut files: Vec<PathBuf> = Vec::new();
        for folder in FONT_FOLDERS {
            let folder = Path::new(folder);
            for entry in std::fs::read_dir(folder).map_err(TestkitError::file(folder))? {
                let path = entry.map_err(TestkitError::file(folder))?.path();
                let name = path.file_name().unwrap_or_default().to_string_lossy();
                let wanted =
                    ["NotoSans-", "NotoSerif-", "NotoSansDisplay-", "NotoSerifDisplay-", "NotoSansMono-", "Amiri-"];
                if wanted.iter().any(|start| name.starts_with(start))
                    || name.contains("Arabic-")
                    || name.contains("Nastaliq")
                {
                    files.push(path);
                }
            }
        }
        // The order of a folder is the file system's; the fallback font is chosen by order.
        files.sort();
        for file in files {
            fonts.load_font_data(std::fs::read(&file).map_err(TestkitError::file(&file))?);
        }
        Ok(Self { fonts: Arc::new(fonts) })
    }

    /// Draws a poster.
    ///
    /// # Errors
    /// When a line cannot be drawn: its font is missing.
    pub fn draw(&self, order: Order) -> Result<OcrPoster, TestkitError> {
        let (language, nastaliq, ..) = CLASSES[order.class];
        let part = if order.part == Part::Dev { 1 } else { 2 };
        let mut chance =
            Chance::new(0x5eed_0000 + part * 1_000_003 + order.class as u64 * 10_007 + order.number as u64);
        let second = (order.number % 6 == 5).then(|| if language == "en" { "ar" } else { "en" });
        let text = lines_of(order.part, language, second, &mut chance);
        let (image, drawn) = self.poster(order, nastaliq, &text, &mut chance);
        if drawn < text.len() {
            let reason = "a line was not drawn: install fonts-noto-core and fonts-hosny-amiri".to_owned();
            return Err(TestkitError::Poster { name: order.name(), reason });
        }
        let quality = chance.between(38.0, 85.0) as u8;
        Ok(OcrPoster {
            name: order.name(),
            language,
            nastaliq,
            second,
            lines: text.into_iter().map(|(_, line, _)| line).collect(),
            picture: as_jpeg(&image.into(), quality),
        })
    }

    /// The picture, and how many lines were drawn onto it.
    fn poster(&self, order: Order, nastaliq: bool, text: &[Text], chance: &mut Chance) -> (RgbImage, usize) {
        let width = chance.between(900.0, 1_300.0);
        let height = width * chance.between(0.95, 1.4);
        let scale = match order.number % 7 {
            // Seen on a phone, and as the printer's file.
            2 => 0.72,
            4 => 2.0,
            _ => 1.0,
        };
        let dark = chance.happens(0.65);
        let ground = *chance.pick(&Ground::ALL);
        let mut once_more = chance.clone();
        let mut image = draw(ground, width as u32, height as u32, dark, chance);
        let turned = if chance.happens(0.5) { chance.between(-7.0, 7.0) } else { 0.0 };
        let look = Look::choose(chance);
        let lines: Vec<Line> = text
            .iter()
            .filter_map(|text| {
                let style =
                    look.style(faces(order.part, text.0, nastaliq, text.2, chance), text.2, (turned, scale), chance);
                Line::draw(&text.1, style, width * 0.84, &self.fonts)
            })
            .collect();
        let tall: f32 = lines.iter().map(Line::height).sum();
        let needed = (tall + (lines.len() as f32 + 1.0) * GAP_MIN) / 0.92;
        let height = if needed > height {
            // What stands below the edge cannot be read.
            image = draw(ground, width as u32, needed as u32, dark, &mut once_more);
            needed
        } else {
            height
        };
        let gap = ((height * 0.92 - tall) / (lines.len() as f32 + 1.0)).max(2.0);
        let mut y = height * 0.04 + gap.min(height * 0.06);
        let mut drawn = 0;
        for (line, (_, words, headline)) in lines.iter().zip(text) {
            let (tall, shift) = (line.height(), width * 0.03 * (chance.unit() - 0.5));
            let behind = brightness_near(&image, y + tall / 2.0, tall / 2.0);
            let inked = look.inked(line.style(), *headline, behind);
            let fits = y + tall <= image.height() as f32 + 1.0;
            if let Some(inked) = Line::draw(words, inked, width * 0.84, &self.fonts).filter(|_| fits) {
                inked.lay(&mut image, width / 2.0 + shift, y + tall / 2.0);
                drawn += 1;
            }
            y += tall + gap.min(height * 0.09);
        }
        (finished(image, scale, chance), drawn)
    }
}

/// What the lines of one poster have in common.
struct Look {
    relief: Relief,
    outline: f32,
    /// Steps of brightness, of 255, between letters and ground.
    contrast: f32,
    headline: [f32; 3],
    body: [f32; 3],
    bent: f32,
}

impl Look {
    fn choose(chance: &mut Chance) -> Self {
        let relief = *chance.pick(&[
            Relief::Bare,
            Relief::Bare,
            Relief::Outline,
            Relief::Outline,
            Relief::Shadow,
            Relief::Panel,
        ]);
        let contrast = if relief == Relief::Bare { chance.between(95.0, 170.0) } else { chance.between(80.0, 170.0) };
        let bent = if chance.happens(0.4) { chance.between(0.025, 0.07) } else { 0.0 };
        Self {
            relief,
            outline: chance.between(0.06, 0.14),
            contrast,
            headline: tint(100.0, 0.8, chance),
            body: tint(100.0, 0.25, chance),
            bent: if chance.happens(0.5) { bent } else { -bent },
        }
    }

    fn style(&self, font: &str, headline: bool, (turned, scale): (f32, f32), chance: &mut Chance) -> Style {
        let size = if headline { chance.between(64.0, 110.0) } else { chance.between(26.0, 46.0) };
        Style {
            font: font.to_owned(),
            bold: headline || chance.happens(0.35),
            size: size.max(LETTER_SIZE_MIN / scale),
            ink: [255.0; 3],
            counter: [0.0; 3],
            relief: self.relief,
            // A wide outline closes the eyes of small letters.
            outline: if headline { self.outline } else { self.outline * 0.75 },
            turned,
            bent: if headline { self.bent } else { 0.0 },
        }
    }

    /// The style in colours that stand out from a ground that is as dark and as light as `behind` says.
    fn inked(&self, style: &Style, headline: bool, behind: (f32, f32)) -> Style {
        let (darkest, lightest) = behind;
        // Small letters are lost to people first.
        let contrast = self.contrast.max(if style.size < SMALL { CONTRAST_SMALL } else { 0.0 });
        // Where the ground leaves no room on either side, posters put a bar behind the letters.
        let room = (250.0 - lightest).max(darkest - 5.0);
        let relief = if room < contrast * 0.75 { Relief::Panel } else { style.relief };
        let up = 250.0 - lightest > darkest - 5.0;
        let ink = match relief {
            Relief::Panel => {
                if up {
                    235.0
                } else {
                    15.0
                }
            }
            _ => {
                if up {
                    lightest + contrast
                } else {
                    darkest - contrast
                }
            }
        }
        .clamp(8.0, 250.0);
        let counter = match relief {
            Relief::Panel => ink + if up { -1.25 * contrast } else { 1.25 * contrast },
            _ => {
                if up {
                    darkest - 50.0
                } else {
                    lightest + 50.0
                }
            }
        }
        .clamp(5.0, 250.0);
        let base = if headline { self.headline } else { self.body };
        let shade = brightness_of(base).max(1.0);
        Style {
            ink: base.map(|part| (part / shade * ink).clamp(0.0, 255.0)),
            counter: [counter; 3],
            relief,
            ..style.clone()
        }
    }
}

fn faces(part: Part, language: &str, nastaliq: bool, headline: bool, chance: &mut Chance) -> &'static str {
    let faces = match language {
        "ur" if nastaliq => &NASTALIQ,
        "ar" | "fa" | "ur" | "ps" => &ARABIC,
        _ => &LATIN,
    };
    let names: &'static [&'static str] = match (headline, part) {
        (true, _) => faces.headlines,
        (false, Part::Dev) => faces.dev,
        (false, Part::Test) => faces.test,
    };
    names[chance.below(names.len())]
}

/// What a camera and servers do to the picture.
fn finished(image: RgbImage, scale: f32, chance: &mut Chance) -> RgbImage {
    let soft = chance.between(0.0, 0.9);
    let grain = chance.between(2.0, 11.0);
    let mut image = if scale == 1.0 {
        image
    } else {
        let side = |side: u32| (side as f32 * scale) as u32;
        imageops::resize(&image, side(image.width()), side(image.height()), FilterType::CatmullRom)
    };
    if soft > 0.35 {
        image = imageops::fast_blur(&image, soft);
    }
    add_grain(&mut image, grain, chance);
    image
}

/// Language, words, and whether they are a headline.
type Text = (&'static str, String, bool);

fn lines_of(part: Part, language: &'static str, second: Option<&'static str>, chance: &mut Chance) -> Vec<Text> {
    let own = words::words(language, part);
    let mut text = vec![(language, (*chance.pick(&own.headlines)).to_owned(), true)];
    let mut left = own.sentences.clone();
    for _ in 0..3 + chance.below(4) {
        let index = chance.below(left.len());
        text.push((language, left.swap_remove(index).to_owned(), false));
    }
    if chance.happens(0.5) {
        text.push((language, words::moment(language, own.when, chance), false));
    }
    if let Some(second) = second {
        let other = words::words(second, part);
        text.push((second, (*chance.pick(&other.headlines)).to_owned(), true));
        text.push((second, (*chance.pick(&other.sentences)).to_owned(), false));
    }
    text
}
