//! The verdict on two pictures: what they share, where, and how much of that looks the same.

use super::agree::{Agreement, agreement};
use super::matching::matches;
use super::place::{Affine, place};
use super::{PLACE_STEPS, Signature};

/// Points that must agree on a map before anything else is looked at.
const POINTS_MIN: usize = 5;
/// A map on which only few points agree is believed if the pictures look the same under it: this correlation,
const FEW_CORRELATION_MIN: f32 = 0.92;
/// this share of fields,
const FEW_FIELDS_MIN: f32 = 0.7;
/// this share of one of the pictures,
const FEW_OVERLAP_MIN: f32 = 0.5;
/// and no less than this of the other: any dim corner looks like any dim picture.
const FEW_OVERLAP_OF_OTHER_MIN: f32 = 0.1;
/// From this many points on,
const MANY_POINTS_MIN: usize = 8;
/// this share of fields is enough,
const MANY_FIELDS_MIN: f32 = 0.3;
/// if points times share is no less than this, so that 8 points ask for 0.63 and 17 for the least,
const MANY_WEIGHT_MIN: f32 = 5.0;
/// and this share of one of the pictures is covered.
const MANY_OVERLAP_MIN: f32 = 0.25;
/// A copy looks the same in nearly all fields of the overlap; posters of one outlet do not.
const COPY_FIELDS_MIN: f32 = 0.85;
/// And the overlap is most of one of the two.
const COPY_OVERLAP_MIN: f32 = 0.5;

/// A rectangle in a picture, as shares of its width and height from the top left, 0 to 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Region {
    /// Left edge.
    pub left: f32,
    /// Upper edge.
    pub top: f32,
    /// Right edge.
    pub right: f32,
    /// Lower edge.
    pub bottom: f32,
}

/// How two pictures belong together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SharedKind {
    /// One is nearly all in the other, and what lies on each other looks the same nearly everywhere.
    Copy,
    /// They share something, such as a photograph, a logo, a frame; the rest differs, or is covered.
    Part,
}

/// What two pictures share.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Shared {
    /// Copy or part.
    pub kind: SharedKind,
    /// Whether one is the other's mirror image.
    pub mirrored: bool,
    /// Points, apart from one another, that lie where the map puts them: at least 5.
    pub points: usize,
    /// Of the fields of the overlap that show something, the share that looks the same, 0 to 1.
    pub same: f32,
    /// Correlation of brightness over the whole overlap, -1 to 1.
    pub correlation: f32,
    /// Share of the query's area that lies on the known picture, 0 to 1.
    pub of_query: f32,
    /// Share of the known picture's area that lies on the query, 0 to 1.
    pub of_known: f32,
    /// Where that is in the query: the smallest upright rectangle around it.
    pub in_query: Region,
    /// Where that is in the known picture.
    pub in_known: Region,
}

impl Signature {
    /// What this picture (the query) shares with a known one; `None` when nothing was found that holds.
    ///
    /// Both ways round are tried for mirror images. Some 1 ms.
    pub fn shared_with(&self, known: &Signature) -> Option<Shared> {
        let straight = Found::of(self, known);
        let mirrored = Found::of(&self.mirrored(), known);
        let (found, is_mirrored) = match (straight, mirrored) {
            (Some(straight), Some(mirrored)) if mirrored.weight() > straight.weight() => (mirrored, true),
            (Some(straight), _) => (straight, false),
            (None, mirrored) => (mirrored?, true),
        };
        Some(found.shared(known, is_mirrored))
    }
}

/// A map that holds.
struct Found {
    map: Affine,
    points: usize,
    agreement: Agreement,
    /// Width and height of the query in units.
    query: (f32, f32),
}

impl Found {
    fn of(query: &Signature, known: &Signature) -> Option<Found> {
        let matches = matches(&query.points, &known.points);
        let placed = place(query, known, &matches, POINTS_MIN)?;
        let agreement = agreement(query, known, &placed.map);
        let found = Found { map: placed.map, points: placed.followers.len(), agreement, query: query.sides() };
        found.holds().then_some(found)
    }

    fn holds(&self) -> bool {
        let Agreement { correlation, fields, .. } = self.agreement;
        let overlap = self.overlap();
        let few = correlation >= FEW_CORRELATION_MIN
            && fields >= FEW_FIELDS_MIN
            && overlap >= FEW_OVERLAP_MIN
            && self.agreement.of_query.min(self.agreement.of_known) >= FEW_OVERLAP_OF_OTHER_MIN;
        let many = self.points >= MANY_POINTS_MIN
            && fields >= MANY_FIELDS_MIN
            && self.weight() >= MANY_WEIGHT_MIN
            && overlap >= MANY_OVERLAP_MIN;
        few || many
    }

    /// Of the picture that overlaps more.
    fn overlap(&self) -> f32 {
        self.agreement.of_query.max(self.agreement.of_known)
    }

    fn weight(&self) -> f32 {
        self.points as f32 * self.agreement.fields
    }

    fn shared(self, known: &Signature, mirrored: bool) -> Shared {
        let Agreement { correlation, fields, of_query, of_known, in_query: [left, top, right, bottom] } =
            self.agreement;
        let is_copy = fields >= COPY_FIELDS_MIN && self.overlap() >= COPY_OVERLAP_MIN;
        let seen = Region { left, top, right, bottom };
        Shared {
            kind: if is_copy { SharedKind::Copy } else { SharedKind::Part },
            mirrored,
            points: self.points,
            same: fields,
            correlation,
            of_query,
            of_known,
            in_query: if mirrored { Region { left: 1.0 - right, right: 1.0 - left, ..seen } } else { seen },
            in_known: seen.mapped(&self.map, self.query, known.sides()),
        }
    }
}

impl Region {
    /// Around where the corners come to lie.
    fn mapped(self, map: &Affine, from: (f32, f32), to: (f32, f32)) -> Region {
        let corners =
            [(self.left, self.top), (self.right, self.top), (self.left, self.bottom), (self.right, self.bottom)];
        let corners = corners.map(|(x, y)| {
            let (x, y) = map.apply((x * from.0, y * from.1));
            ((x / to.0).clamp(0.0, 1.0), (y / to.1).clamp(0.0, 1.0))
        });
        corners.into_iter().fold(Region { left: 1.0, top: 1.0, right: 0.0, bottom: 0.0 }, |all, (x, y)| Region {
            left: all.left.min(x),
            top: all.top.min(y),
            right: all.right.max(x),
            bottom: all.bottom.max(y),
        })
    }
}

impl Signature {
    /// Width and height in units.
    fn sides(&self) -> (f32, f32) {
        (f32::from(self.width) / PLACE_STEPS, f32::from(self.height) / PLACE_STEPS)
    }
}
