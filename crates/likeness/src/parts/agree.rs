//! Does what lies on each other look the same? The small pictures are compared under the map.

use super::place::Affine;
use super::{PLACE_STEPS, Signature};

/// Side of the fields in which agreement is looked at, in pixels of the small picture.
const FIELD_SIDE: usize = 8;
/// A field of which fewer pixels overlap is not looked at.
const FIELD_PIXELS_MIN: u32 = 24;
/// A field agrees from this correlation on.
const FIELD_CORRELATION_MIN: f32 = 0.7;
/// Fields along each side of the largest small picture.
const FIELDS: usize = super::SMALL_SIDE.div_ceil(FIELD_SIDE);
/// Variance of brightness (squared grey levels) under which there is nothing to correlate.
const VARIANCE_MIN: f64 = 0.25;

/// How far two pictures agree where they overlap.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Agreement {
    /// Correlation of brightness over the overlap, -1 to 1.
    pub(super) correlation: f32,
    /// Of the fields with something in them, the share that agrees.
    pub(super) fields: f32,
    /// Share of the query's area that overlaps.
    pub(super) of_query: f32,
    /// Share of the known picture's area that overlaps.
    pub(super) of_known: f32,
    /// The overlap in the query: left, top, right, bottom as shares of its sides.
    pub(super) in_query: [f32; 4],
}

/// Compares under `map`, which leads from the units of the query to those of the known picture.
pub(super) fn agreement(query: &Signature, known: &Signature, map: &Affine) -> Agreement {
    let (q, k) = (&query.small, &known.small);
    let (q_width, k_width) = (usize::from(q.width), usize::from(k.width));
    let units = |units: u16, pixels: u8| f32::from(units) / PLACE_STEPS / f32::from(pixels);
    let (query_x, query_y) = (units(query.width, q.width), units(query.height, q.height));
    let (known_x, known_y) = (units(known.width, k.width), units(known.height, k.height));
    let mut all = Sums::default();
    let mut fields = [[Sums::default(); FIELDS]; FIELDS];
    let mut edges = [usize::MAX, usize::MAX, 0, 0];
    for (at, &value) in q.values.iter().enumerate() {
        let (x, y) = (at % q_width, at / q_width);
        let (to_x, to_y) = map.apply(((x as f32 + 0.5) * query_x, (y as f32 + 0.5) * query_y));
        let Some(other) = k.at(k_width, to_x / known_x - 0.5, to_y / known_y - 0.5) else { continue };
        all.add(f32::from(value), other);
        fields[y / FIELD_SIDE][x / FIELD_SIDE].add(f32::from(value), other);
        edges = [edges[0].min(x), edges[1].min(y), edges[2].max(x + 1), edges[3].max(y + 1)];
    }
    let looked_at = fields.iter().flatten().filter(|field| field.count >= FIELD_PIXELS_MIN && field.has_content());
    let (agreeing, of) = looked_at.fold((0, 0), |(agreeing, of), field| {
        (agreeing + u32::from(field.correlation() >= FIELD_CORRELATION_MIN), of + 1)
    });
    let of_query = all.count as f32 / q.values.len() as f32;
    let areas = f32::from(query.width) * f32::from(query.height) / (f32::from(known.width) * f32::from(known.height));
    let (wide, high) = (f32::from(q.width), f32::from(q.height));
    Agreement {
        correlation: if all.count >= FIELD_PIXELS_MIN { all.correlation() } else { 0.0 },
        fields: agreeing as f32 / of.max(1) as f32,
        of_query,
        of_known: (of_query * areas * map.area().abs()).min(1.0),
        in_query: if all.count == 0 {
            [0.0; 4]
        } else {
            [edges[0] as f32 / wide, edges[1] as f32 / high, edges[2] as f32 / wide, edges[3] as f32 / high]
        },
    }
}

impl super::Small {
    /// The value between pixels; `None` outside.
    fn at(&self, width: usize, x: f32, y: f32) -> Option<f32> {
        let (right_edge, bottom_edge) = (f32::from(self.width) - 0.5, f32::from(self.height) - 0.5);
        if !(x >= -0.5 && y >= -0.5 && x <= right_edge && y <= bottom_edge) {
            return None;
        }
        let (x, y) = (x.clamp(0.0, right_edge - 0.5), y.clamp(0.0, bottom_edge - 0.5));
        let (left, top) = (x as usize, y as usize);
        let (dx, dy) = (x - left as f32, y - top as f32);
        let (right, bottom) = ((left + 1).min(width - 1), (top + 1).min(usize::from(self.height) - 1));
        let value = |x: usize, y: usize| f32::from(self.values[y * width + x]);
        let above = value(left, top) + (value(right, top) - value(left, top)) * dx;
        let below = value(left, bottom) + (value(right, bottom) - value(left, bottom)) * dx;
        Some(above + (below - above) * dy)
    }
}

/// Running sums of two brightnesses.
#[derive(Clone, Copy, Default)]
struct Sums {
    count: u32,
    a: f64,
    b: f64,
    aa: f64,
    bb: f64,
    ab: f64,
}

impl Sums {
    fn add(&mut self, a: f32, b: f32) {
        let (a, b) = (f64::from(a), f64::from(b));
        self.count += 1;
        (self.a, self.b) = (self.a + a, self.b + b);
        (self.aa, self.bb, self.ab) = (self.aa + a * a, self.bb + b * b, self.ab + a * b);
    }

    /// Variances of both and what they have in common.
    fn variances(&self) -> (f64, f64, f64) {
        let count = f64::from(self.count.max(1));
        let (a, b) = (self.a / count, self.b / count);
        (self.aa / count - a * a, self.bb / count - b * b, self.ab / count - a * b)
    }

    fn has_content(&self) -> bool {
        let (a, b, _) = self.variances();
        a.max(b) >= FIELD_VARIANCE_MIN
    }

    fn correlation(&self) -> f32 {
        let (a, b, both) = self.variances();
        if a < VARIANCE_MIN || b < VARIANCE_MIN { 0.0 } else { (both / (a * b).sqrt()) as f32 }
    }
}

/// A field in which neither picture varies by more (squared grey levels) is background, and says nothing either way.
const FIELD_VARIANCE_MIN: f64 = 9.0;
