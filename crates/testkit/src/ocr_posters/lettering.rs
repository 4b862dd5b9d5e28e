//! Lines of letters on a ground: drawn by the same shaper for every script, with outline, shadow or panel, turned and bent.

use std::sync::Arc;

use image::RgbImage;
use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::fontdb::Database;
use resvg::usvg::{Options, Tree};

use super::ground::brightness_of;

/// Room around a line's ink, in parts of the letter size, for outline and shadow.
const ROOM: f32 = 0.45;

/// What sets the letters off from the ground.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Relief {
    /// Nothing.
    Bare,
    /// A line around every letter.
    Outline,
    /// A soft shadow.
    Shadow,
    /// A half-transparent bar behind the line.
    Panel,
}

/// How a line is drawn.
#[derive(Debug, Clone)]
pub struct Style {
    /// Font family.
    pub font: String,
    /// Bold letters.
    pub bold: bool,
    /// Letter size in pixels.
    pub size: f32,
    /// Colour of the letters.
    pub ink: [f32; 3],
    /// Colour of outline, shadow or panel.
    pub counter: [f32; 3],
    /// What sets them off.
    pub relief: Relief,
    /// Width of an outline in parts of the letter size.
    pub outline: f32,
    /// Degrees, clockwise.
    pub turned: f32,
    /// How far the middle stands above the ends, in parts of the line's width.
    pub bent: f32,
}

/// A drawn line, ink and transparency.
pub struct Line {
    pixmap: Pixmap,
    style: Style,
}

impl Line {
    /// Draws `text`, made smaller where it would be wider than `width_max` pixels.
    pub fn draw(text: &str, mut style: Style, width_max: f32, fonts: &Arc<Database>) -> Option<Self> {
        let natural = ink_box(text, &style, fonts)?;
        style.size *= (width_max / natural.2).min(1.0);
        let (left, top, width, height) = ink_box(text, &style, fonts)?;
        let room = style.size * ROOM;
        let svg = svg(text, &style, room - left, room - top, (width + 2.0 * room, height + 2.0 * room));
        let tree = tree(&svg, fonts)?;
        let size = tree.size().to_int_size();
        let mut pixmap = Pixmap::new(size.width(), size.height())?;
        resvg::render(&tree, Transform::identity(), &mut pixmap.as_mut());
        Some(Self { pixmap, style })
    }

    /// How it is drawn, at the size that fitted.
    pub fn style(&self) -> &Style {
        &self.style
    }

    /// Height that the line takes when it is turned and bent, in pixels.
    pub fn height(&self) -> f32 {
        let (width, height) = (self.pixmap.width() as f32, self.pixmap.height() as f32);
        let angle = self.style.turned.to_radians();
        height * angle.cos() + width * angle.sin().abs() + width * self.style.bent.abs() - self.style.size * ROOM
    }

    /// Lays the line onto `image`, its middle at (`x`, `y`).
    pub fn lay(&self, image: &mut RgbImage, x: f32, y: f32) {
        let (width, height) = (self.pixmap.width() as f32, self.pixmap.height() as f32);
        let (sin, cos) = self.style.turned.to_radians().sin_cos();
        let reach_x = width / 2.0 * cos + height * sin.abs();
        let reach_y = self.height() / 2.0 + self.style.size;
        let range = |middle: f32, reach: f32, side: u32| {
            (middle - reach).max(0.0) as u32..((middle + reach).max(0.0) as u32).min(side)
        };
        for py in range(y, reach_y, image.height()) {
            for px in range(x, reach_x, image.width()) {
                let (dx, dy) = (px as f32 - x, py as f32 - y);
                let (along, across) = (dx * cos + dy * sin, dy * cos - dx * sin);
                let lift = self.style.bent * width * (0.5 - (2.0 * along / width).powi(2));
                if let Some((colour, cover)) = self.at(along + width / 2.0, across + lift + height / 2.0) {
                    for (value, part) in image.get_pixel_mut(px, py).0.iter_mut().zip(colour) {
                        *value = (f32::from(*value) * (1.0 - cover) + part).clamp(0.0, 255.0) as u8;
                    }
                }
            }
        }
    }

    /// Colour times cover, and cover, between four pixels.
    fn at(&self, x: f32, y: f32) -> Option<([f32; 3], f32)> {
        if x < 0.0 || y < 0.0 {
            return None;
        }
        let (left, top) = (x as u32, y as u32);
        let (u, v) = (x - left as f32, y - top as f32);
        let mut sum = [0.0f32; 4];
        for (px, py, share) in [
            (left, top, (1.0 - u) * (1.0 - v)),
            (left + 1, top, u * (1.0 - v)),
            (left, top + 1, (1.0 - u) * v),
            (left + 1, top + 1, u * v),
        ] {
            let pixel = self.pixmap.pixel(px, py)?;
            let parts = [pixel.red(), pixel.green(), pixel.blue(), pixel.alpha()];
            sum.iter_mut().zip(parts).for_each(|(sum, part)| *sum += share * f32::from(part));
        }
        (sum[3] > 0.5).then(|| ([sum[0], sum[1], sum[2]], sum[3] / 255.0))
    }
}

/// The darkest and the lightest that `image` is in a band around row `y`, the twentieth part at each end left out.
pub fn brightness_near(image: &RgbImage, y: f32, reach: f32) -> (f32, f32) {
    let rows = (y - reach).max(0.0) as u32..((y + reach).max(1.0) as u32).min(image.height());
    let columns = || (image.width() / 10..image.width() * 9 / 10).step_by(5);
    let mut values: Vec<f32> = rows
        .step_by(3)
        .flat_map(|row| columns().map(move |x| brightness_of(image.get_pixel(x, row).0.map(f32::from))))
        .collect();
    values.sort_by(f32::total_cmp);
    let at = |share: usize| values.get(values.len() * share / 20).copied().unwrap_or(128.0);
    (at(1), at(19))
}

fn tree(svg: &str, fonts: &Arc<Database>) -> Option<Tree> {
    Tree::from_str(svg, &Options { fontdb: Arc::clone(fonts), ..Options::default() }).ok()
}

/// Left, top, width and height of the ink when the text is set at 0, 0.
fn ink_box(text: &str, style: &Style, fonts: &Arc<Database>) -> Option<(f32, f32, f32, f32)> {
    let bare = Style { relief: Relief::Bare, ..style.clone() };
    let bounds = tree(&svg(text, &bare, 0.0, 0.0, (9_000.0, 900.0)), fonts)?.root().abs_bounding_box();
    (bounds.width() > 1.0).then(|| (bounds.left(), bounds.top(), bounds.width(), bounds.height()))
}

fn svg(text: &str, style: &Style, x: f32, y: f32, (width, height): (f32, f32)) -> String {
    let colour = |[red, green, blue]: [f32; 3]| format!("#{:02x}{:02x}{:02x}", red as u8, green as u8, blue as u8);
    let (ink, counter) = (colour(style.ink), colour(style.counter));
    let weight = if style.bold { "700" } else { "400" };
    let letters = |fill: &str, more: &str, dx: f32| {
        format!(
            "<text x='{}' y='{}' font-family='{}' font-weight='{weight}' font-size='{}' fill='{fill}' {more}>{}</text>",
            x + dx,
            y + dx,
            style.font,
            style.size,
            text.replace('&', "&amp;").replace('<', "&lt;")
        )
    };
    let (head, before, more) = match style.relief {
        Relief::Bare => (String::new(), String::new(), String::new()),
        Relief::Outline => {
            let wide = style.size * style.outline;
            let stroke =
                format!("stroke='{counter}' stroke-width='{wide}' stroke-linejoin='round' paint-order='stroke'");
            (String::new(), String::new(), stroke)
        }
        Relief::Shadow => {
            let soft = style.size * 0.05;
            let blur = format!("<filter id='soft'><feGaussianBlur stdDeviation='{soft}'/></filter>");
            (blur, letters(&counter, "filter='url(#soft)'", style.size * 0.05), String::new())
        }
        Relief::Panel => {
            let panel = format!("<rect width='{width}' height='{height}' fill='{counter}' fill-opacity='.7'/>");
            (String::new(), panel, String::new())
        }
    };
    format!(
        "<svg xmlns='http://www.w3.org/2000/svg' width='{width}' height='{height}'><defs>{head}</defs>{before}{}</svg>",
        letters(&ink, &more, 0.0)
    )
}
