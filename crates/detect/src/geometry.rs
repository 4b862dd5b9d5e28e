//! A line of text in a picture: a middle, a slant, a length, a thickness and a bend.

/// Where a line of text stands. Places and lengths are in pixels of the picture, y grows downwards.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TextLine {
    /// The middle.
    pub middle: (f32, f32),
    /// Slant in radians, from -π/2 to π/2 as the detector gives it, half a turn more when turned; positive turns clockwise.
    pub slant: f32,
    /// Along the slant.
    pub length: f32,
    /// Across the slant, marks and descenders included.
    pub thickness: f32,
    /// How far the middle line stands below its ends' chord in the middle (above it when negative).
    pub bend: f32,
    /// How sure the detector is, 0 to 1.
    pub score: f32,
}

impl TextLine {
    /// The point at `along` the line from its middle and `across` from its middle line, both in pixels.
    pub fn point(&self, along: f32, across: f32) -> (f32, f32) {
        let (sin, cos) = self.slant.sin_cos();
        let across = across + self.sag(along);
        (self.middle.0 + along * cos - across * sin, self.middle.1 + along * sin + across * cos)
    }

    /// How far the bent middle line stands off the straight one: the mean over the line is 0.
    fn sag(&self, along: f32) -> f32 {
        let share = (2.0 * along / self.length.max(1.0)).clamp(-1.2, 1.2);
        self.bend * (1.0 / 3.0 - share * share)
    }

    /// The smallest upright box around it: left, top, right, bottom.
    pub fn bounds(&self) -> [f32; 4] {
        let (length, thickness) = (self.length / 2.0, self.thickness / 2.0);
        self.bounds_of((-length, length), (-thickness, thickness))
    }

    /// The smallest upright box around a part of it, from where to where along and across: left, top, right, bottom.
    pub fn bounds_of(&self, along: (f32, f32), across: (f32, f32)) -> [f32; 4] {
        let mut bounds = [f32::INFINITY, f32::INFINITY, f32::NEG_INFINITY, f32::NEG_INFINITY];
        for along in [along.0, (along.0 + along.1) / 2.0, along.1] {
            for across in [across.0, across.1] {
                let (x, y) = self.point(along, across);
                bounds = [bounds[0].min(x), bounds[1].min(y), bounds[2].max(x), bounds[3].max(y)];
            }
        }
        bounds
    }

    /// The same line read from its other end, head down.
    pub fn turned(&self) -> Self {
        Self { slant: self.slant + std::f32::consts::PI, bend: -self.bend, ..*self }
    }

    /// The same line of a picture `scale` times as large whose left upper corner is at (`left`, `top`).
    pub(crate) fn scaled(self, scale: f32, left: f32, top: f32) -> Self {
        Self {
            middle: (self.middle.0 * scale + left, self.middle.1 * scale + top),
            length: self.length * scale,
            thickness: self.thickness * scale,
            bend: self.bend * scale,
            ..self
        }
    }

    /// (`x`, `y`) as places along and across the line, from its middle.
    pub fn place_of(&self, (x, y): (f32, f32)) -> (f32, f32) {
        let (sin, cos) = self.slant.sin_cos();
        let (dx, dy) = (x - self.middle.0, y - self.middle.1);
        let along = dx * cos + dy * sin;
        (along, dy * cos - dx * sin - self.sag(along))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_and_places_are_each_others_inverse() {
        let line =
            TextLine { middle: (400.0, 300.0), slant: 0.2, length: 500.0, thickness: 40.0, bend: 12.0, score: 1.0 };
        for (along, across) in [(0.0, 0.0), (-250.0, 20.0), (130.0, -7.0)] {
            let (there_along, there_across) = line.place_of(line.point(along, across));
            assert!((there_along - along).abs() < 2.0 && (there_across - across).abs() < 2.0, "{along} {across}");
            // Turned, the same point is as far along and across on the other side.
            let (x, y) = line.turned().point(-along, -across);
            let (there_x, there_y) = line.point(along, across);
            assert!((x - there_x).abs() < 0.1 && (y - there_y).abs() < 0.1, "{x} {y}");
        }
    }
}
