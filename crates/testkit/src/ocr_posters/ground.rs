//! What lies behind the letters: pictures that look enough like photographs to make reading hard.

use image::{Rgb, RgbImage};

use super::chance::Chance;

/// Kinds of ground.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ground {
    /// One colour with a faint grain.
    Plain,
    /// Evening sky over the outline of a town.
    Skyline,
    /// Lights out of focus.
    Bokeh,
    /// Hills behind hills in mist.
    Hills,
    /// Clouds or stone.
    Clouds,
    /// Planks or woven cloth.
    Weave,
}

impl Ground {
    /// All kinds.
    pub const ALL: [Self; 6] = [Self::Plain, Self::Skyline, Self::Bokeh, Self::Hills, Self::Clouds, Self::Weave];
}

/// Draws a ground. `dark` grounds stay below, light ones above the middle for most of their area.
pub fn draw(ground: Ground, width: u32, height: u32, dark: bool, chance: &mut Chance) -> RgbImage {
    let base = tint(if dark { chance.between(18.0, 80.0) } else { chance.between(165.0, 235.0) }, 0.5, chance);
    let other = tint(if dark { chance.between(50.0, 120.0) } else { chance.between(130.0, 200.0) }, 0.6, chance);
    let field = Field::new(chance);
    let mut image = RgbImage::from_fn(width, height, |x, y| {
        let (u, v) = (x as f32 / width as f32, y as f32 / height as f32);
        let share = match ground {
            Ground::Plain => 0.15 * v,
            Ground::Skyline | Ground::Hills => v,
            Ground::Bokeh => 0.3 * field.clouds(u * 2.0, v * 2.0),
            Ground::Clouds => field.clouds(u * 4.0, v * 4.0),
            Ground::Weave => 0.5 + 0.5 * (u * 90.0 + 3.0 * field.clouds(u * 3.0, v * 9.0)).sin(),
        };
        mixed(base, other, share)
    });
    match ground {
        Ground::Skyline => skyline(&mut image, dark, chance),
        Ground::Bokeh => bokeh(&mut image, dark, chance),
        Ground::Hills => hills(&mut image, other, base, chance),
        Ground::Plain | Ground::Clouds | Ground::Weave => {}
    }
    image
}

/// Grain of a sensor or of paper: `deviation` in steps of 255.
pub fn add_grain(image: &mut RgbImage, deviation: f32, chance: &mut Chance) {
    for pixel in image.pixels_mut() {
        let all = chance.bell() * deviation;
        for value in &mut pixel.0 {
            *value = (f32::from(*value) + all + chance.bell() * deviation * 0.4).clamp(0.0, 255.0) as u8;
        }
    }
}

/// A colour of about the given brightness.
pub fn tint(brightness: f32, colourfulness: f32, chance: &mut Chance) -> [f32; 3] {
    let raw: [f32; 3] = std::array::from_fn(|_| 1.0 + colourfulness * (chance.unit() - 0.5) * 2.0);
    let luma = brightness_of(raw).max(0.1);
    raw.map(|part| (part / luma * brightness).clamp(0.0, 255.0))
}

/// Brightness as the eye weighs it (ITU-R BT.601).
pub fn brightness_of([red, green, blue]: [f32; 3]) -> f32 {
    0.299 * red + 0.587 * green + 0.114 * blue
}

fn mixed(a: [f32; 3], b: [f32; 3], share: f32) -> Rgb<u8> {
    let share = share.clamp(0.0, 1.0);
    Rgb(std::array::from_fn(|part| (a[part] + (b[part] - a[part]) * share) as u8))
}

fn blend(pixel: &mut Rgb<u8>, colour: [f32; 3], share: f32) {
    for (value, part) in pixel.0.iter_mut().zip(colour) {
        *value = (f32::from(*value) + (part - f32::from(*value)) * share).clamp(0.0, 255.0) as u8;
    }
}

fn skyline(image: &mut RgbImage, dark: bool, chance: &mut Chance) {
    let (width, height) = image.dimensions();
    let colour = tint(if dark { 12.0 } else { 95.0 }, 0.3, chance);
    let lights = tint(if dark { 190.0 } else { 230.0 }, 0.3, chance);
    let mut x = 0;
    while x < width {
        let wide = (width as f32 * chance.between(0.04, 0.12)) as u32 + 1;
        let top = (height as f32 * chance.between(0.45, 0.85)) as u32;
        for px in x..(x + wide).min(width) {
            for py in top..height {
                let window = (px - x) % 14 > 8 && (py - top) % 20 > 12 && (px / 14 + py / 20 * 7 + x) % 3 == 0;
                let (to, share) = if window { (lights, 0.3) } else { (colour, 0.85) };
                blend(image.get_pixel_mut(px, py), to, share);
            }
        }
        x += wide;
    }
}

fn bokeh(image: &mut RgbImage, dark: bool, chance: &mut Chance) {
    let (width, height) = image.dimensions();
    for _ in 0..30 {
        let (cx, cy) = (chance.between(0.0, width as f32), chance.between(0.0, height as f32));
        let radius = chance.between(0.02, 0.11) * width as f32;
        let colour = tint(if dark { chance.between(110.0, 200.0) } else { chance.between(190.0, 250.0) }, 0.9, chance);
        let strength = chance.between(0.15, 0.45);
        for y in (cy - radius).max(0.0) as u32..((cy + radius) as u32).min(height) {
            for x in (cx - radius).max(0.0) as u32..((cx + radius) as u32).min(width) {
                let far = ((x as f32 - cx).powi(2) + (y as f32 - cy).powi(2)).sqrt() / radius;
                blend(image.get_pixel_mut(x, y), colour, strength * ((1.0 - far) * 8.0).clamp(0.0, 1.0));
            }
        }
    }
}

fn hills(image: &mut RgbImage, near: [f32; 3], far: [f32; 3], chance: &mut Chance) {
    let (width, height) = image.dimensions();
    for layer in 0..4u8 {
        let field = Field::new(chance);
        let depth = f32::from(layer) / 3.0;
        let colour = mixed(far, near.map(|part| part * 0.7), depth).0.map(f32::from);
        for x in 0..width {
            let rise = field.clouds(x as f32 / width as f32 * (2.0 + 3.0 * depth), depth * 7.0);
            let top = (height as f32 * (0.3 + 0.2 * depth + 0.3 * (1.0 - rise))) as u32;
            for y in top.min(height)..height {
                blend(image.get_pixel_mut(x, y), colour, 0.8);
            }
        }
    }
}

/// Smooth noise in the plane.
struct Field(u32);

impl Field {
    fn new(chance: &mut Chance) -> Self {
        Self(chance.below(1 << 30) as u32)
    }

    fn at(&self, x: i32, y: i32) -> f32 {
        let mut mixed = self.0 ^ (x as u32).wrapping_mul(0x9e37_79b1) ^ (y as u32).wrapping_mul(0x85eb_ca77);
        mixed = (mixed ^ (mixed >> 15)).wrapping_mul(0x2c1b_3c6d);
        mixed = (mixed ^ (mixed >> 12)).wrapping_mul(0x297a_2d39);
        ((mixed ^ (mixed >> 15)) & 0xffff) as f32 / 65_535.0
    }

    fn smooth(&self, x: f32, y: f32) -> f32 {
        let (left, top) = (x.floor(), y.floor());
        let ease = |t: f32| t * t * (3.0 - 2.0 * t);
        let (u, v) = (ease(x - left), ease(y - top));
        let (left, top) = (left as i32, top as i32);
        let row = |y: i32| self.at(left, y) + (self.at(left + 1, y) - self.at(left, y)) * u;
        row(top) + (row(top + 1) - row(top)) * v
    }

    /// Five octaves, 0 to 1.
    fn clouds(&self, x: f32, y: f32) -> f32 {
        let (mut sum, mut weight, mut scale) = (0.0, 0.5, 1.0);
        for _ in 0..5 {
            sum += weight * self.smooth(x * scale, y * scale);
            weight *= 0.5;
            scale *= 2.1;
        }
        sum
    }
}
