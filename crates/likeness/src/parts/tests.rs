//! Laws of signatures, comparisons and the index, on made-up pictures.

use std::sync::LazyLock;

use proptest::prelude::*;

use super::*;
use crate::{LikenessError, Luma};

const WIDTH: u32 = 320;
const HEIGHT: u32 = 240;

/// Blobs of all sizes on a slope: some hundred points.
fn scene(seed: u64) -> Vec<u8> {
    let mut random = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    let mut next = |below: u64| {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        (random >> 20) % below
    };
    let mut pixels: Vec<i64> = (0..WIDTH * HEIGHT).map(|at| i64::from(at % WIDTH / 4 + at / WIDTH / 4)).collect();
    for _ in 0..220 {
        let (x, y, radius) = (next(u64::from(WIDTH)) as i64, next(u64::from(HEIGHT)) as i64, 2 + next(14) as i64);
        let (shade, stretch) = (next(160) as i64 - 80, 1 + next(3) as i64);
        for (at, pixel) in (0i64..).zip(pixels.iter_mut()) {
            let (dx, dy) = (at % i64::from(WIDTH) - x, (at / i64::from(WIDTH) - y) * stretch);
            if dx * dx + dy * dy < radius * radius {
                *pixel += shade;
            }
        }
    }
    pixels.into_iter().map(|value| value.clamp(0, 255) as u8).collect()
}

fn sign(width: u32, height: u32, pixels: &[u8]) -> Signature {
    Signature::of(Luma { width, height, pixels }).expect("a picture")
}

fn signed(seed: u64) -> Signature {
    sign(WIDTH, HEIGHT, &scene(seed))
}

/// A rectangle of a scene.
fn cut(pixels: &[u8], (left, top): (u32, u32), (width, height): (u32, u32)) -> Vec<u8> {
    let rows = (top..top + height).map(|y| &pixels[(y * WIDTH + left) as usize..][..width as usize]);
    rows.flatten().copied().collect()
}

fn flipped(pixels: &[u8]) -> Vec<u8> {
    pixels.chunks(WIDTH as usize).flat_map(|row| row.iter().rev().copied()).collect()
}

#[test]
fn a_picture_is_a_copy_of_itself() {
    let picture = signed(1);
    let shared = picture.shared_with(&picture).expect("the same");
    assert_eq!(shared.kind, SharedKind::Copy);
    assert!(!shared.mirrored && shared.points > 60 && shared.same == 1.0, "{shared:?}");
    assert!(shared.of_query > 0.99 && shared.of_known > 0.99, "{shared:?}");
}

#[test]
fn different_scenes_share_nothing() {
    let pictures: Vec<Signature> = (1..14).map(signed).collect();
    for (at, one) in pictures.iter().enumerate() {
        for other in &pictures[..at] {
            assert_eq!(one.shared_with(other), None);
        }
    }
}

#[test]
fn the_region_of_a_crop_is_told() {
    let pixels = scene(2);
    let crop = sign(160, 120, &cut(&pixels, (96, 60), (160, 120)));
    let shared = crop.shared_with(&sign(WIDTH, HEIGHT, &pixels)).expect("a crop");
    assert_eq!(shared.kind, SharedKind::Copy);
    let Region { left, top, right, bottom } = shared.in_known;
    let expected = [96.0 / 320.0, 60.0 / 240.0, 256.0 / 320.0, 180.0 / 240.0];
    for (edge, expected) in [left, top, right, bottom].into_iter().zip(expected) {
        assert!((edge - expected).abs() < 0.03, "{shared:?}");
    }
    assert!((shared.of_known - 0.25).abs() < 0.03 && shared.of_query > 0.97, "{shared:?}");
}

#[test]
fn a_mirror_image_is_found_as_one() {
    let pixels = scene(3);
    let (straight, mirror) = (sign(WIDTH, HEIGHT, &pixels), sign(WIDTH, HEIGHT, &flipped(&pixels)));
    let shared = mirror.shared_with(&straight).expect("a mirror image");
    assert!(shared.mirrored && shared.kind == SharedKind::Copy, "{shared:?}");
    // Without the mirror there is nothing: the control of this test.
    let again = mirror.mirrored().shared_with(&straight).expect("mirrored twice");
    assert!(!again.mirrored, "{again:?}");
}

#[test]
fn the_region_of_a_mirrored_crop_is_told_in_the_query_as_it_is_seen() {
    let pixels = scene(4);
    // The left half of the query is the mirrored right half of the known picture, the right half of it is grey.
    let mut query = flipped(&pixels);
    query.chunks_mut(WIDTH as usize).for_each(|row| row[160..].fill(128));
    let known = sign(160, HEIGHT, &cut(&pixels, (160, 0), (160, HEIGHT)));
    let shared = sign(WIDTH, HEIGHT, &query).shared_with(&known).expect("a part");
    assert!(shared.mirrored, "{shared:?}");
    assert!(shared.in_query.left < 0.03 && (shared.in_query.right - 0.5).abs() < 0.04, "{shared:?}");
}

#[test]
fn a_collage_shares_a_part_with_each_of_its_pictures() {
    let (one, other) = (scene(5), scene(6));
    let mut collage = one.clone();
    let half = (WIDTH * HEIGHT / 2) as usize;
    collage[half..].copy_from_slice(&other[half..]);
    let collage = sign(WIDTH, HEIGHT, &collage);
    for pixels in [&one, &other] {
        let shared = collage.shared_with(&sign(WIDTH, HEIGHT, pixels)).expect("half of it");
        assert_eq!(shared.kind, SharedKind::Part);
        assert!((0.3..0.7).contains(&shared.same), "{shared:?}");
    }
}

#[test]
fn a_blank_picture_has_no_points_and_shares_nothing() {
    let blank = sign(64, 64, &[90; 64 * 64]);
    assert!(blank.is_blank() && blank.points() == 0);
    assert_eq!(blank.shared_with(&blank), None);
    assert!(!signed(1).is_blank());
}

#[test]
fn a_picture_of_any_shape_has_a_signature_within_the_limit() {
    for (width, height) in [(1, 1), (1, 5000), (5000, 1), (3, 7), (13, 12), (2600, 40), (40, 2600)] {
        let pixels: Vec<u8> = (0..width * height).map(|at| (at * 7919 % 251) as u8).collect();
        let signature = sign(width, height, &pixels);
        let bytes = signature.to_bytes();
        assert!(bytes.len() <= SIGNATURE_BYTES_MAX && signature.points() <= POINTS_MAX);
        assert_eq!(Signature::from_bytes(&bytes).expect("its own bytes"), signature);
        signature.shared_with(&signed(1));
    }
}

#[test]
fn pixels_that_do_not_fit_are_refused() {
    let refused = |width, height, pixels: &[u8]| Signature::of(Luma { width, height, pixels }).expect_err("refused");
    assert!(matches!(refused(0, 4, &[]), LikenessError::EmptyPicture { .. }));
    assert!(matches!(refused(4, 4, &[0; 15]), LikenessError::WrongBufferLength { expected: 16, found: 15 }));
    assert!(matches!(refused(u32::MAX, 9, &[0; 15]), LikenessError::PictureTooLarge { .. }));
}

/// The bytes of a signature are stored: should they change, `VERSION` must.
#[test]
fn the_bytes_of_a_scene_are_those_of_this_version() {
    let bytes = signed(7).to_bytes();
    let sum =
        bytes.iter().fold(0xCBF2_9CE4_8422_2325u64, |sum, &byte| (sum ^ u64::from(byte)).wrapping_mul(0x100_0000_01B3));
    assert_eq!((bytes.len(), format!("{sum:016x}")), (GOLDEN_LENGTH, GOLDEN_SUM.to_owned()));
}

const GOLDEN_LENGTH: usize = 10111;
const GOLDEN_SUM: &str = "544593066c4b8620";

#[test]
fn an_index_proposes_the_picture_a_crop_or_mirror_image_is_of() {
    let mut index = PartIndex::new();
    for seed in 1..30 {
        index.insert(seed, &signed(seed)).expect("room");
    }
    let pixels = scene(17);
    for query in [sign(200, 160, &cut(&pixels, (60, 40), (200, 160))), sign(WIDTH, HEIGHT, &flipped(&pixels))] {
        let candidates = index.candidates(&query, 3);
        assert_eq!(candidates[0].0, 17, "{candidates:?}");
        assert!(candidates.len() <= 3 && candidates.is_sorted_by(|a, b| a.1 >= b.1));
    }
    assert!(index.remove(17) && !index.remove(17));
    assert!(index.candidates(&sign(WIDTH, HEIGHT, &pixels), 29).iter().all(|candidate| candidate.0 != 17));
}

#[test]
fn inserting_again_replaces() {
    let mut index = PartIndex::new();
    index.insert(7, &signed(1)).expect("room");
    index.insert(7, &signed(2)).expect("room");
    assert_eq!(index.len(), 1);
    let mut anew = PartIndex::new();
    anew.insert(7, &signed(2)).expect("room");
    for query in [signed(1), signed(2)] {
        assert_eq!(index.candidates(&query, 5), anew.candidates(&query, 5));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn mirroring_twice_changes_nothing(seed in 1u64..1000) {
        let signature = signed(seed);
        prop_assert_eq!(signature.mirrored().mirrored(), signature);
    }

    #[test]
    fn an_index_depends_on_its_content_only(steps in prop::collection::vec((0u64..6, any::<bool>()), 1..24)) {
        static SIGNATURES: LazyLock<Vec<Signature>> = LazyLock::new(|| (40..46).map(signed).collect());
        let signatures = &*SIGNATURES;
        let mut index = PartIndex::new();
        let mut content = std::collections::BTreeSet::new();
        for (id, is_inserted) in steps {
            if is_inserted {
                index.insert(id, &signatures[id as usize]).expect("room");
                content.insert(id);
            } else {
                prop_assert_eq!(index.remove(id), content.remove(&id));
            }
        }
        let mut anew = PartIndex::new();
        for &id in &content {
            anew.insert(id, &signatures[id as usize]).expect("room");
        }
        prop_assert_eq!(index.len(), content.len());
        for signature in signatures {
            prop_assert_eq!(index.candidates(signature, 6), anew.candidates(signature, 6));
        }
    }

    #[test]
    fn foreign_bytes_are_refused_or_read_and_never_panic(
        at in 0usize..4000, value in any::<u8>(), length in 0usize..4000, seed in 1u64..4
    ) {
        let mut bytes = signed(seed).to_bytes();
        let at = at % bytes.len();
        bytes[at] = value;
        if let Ok(read) = Signature::from_bytes(&bytes) {
            prop_assert_eq!(read.to_bytes(), bytes.clone());
            read.shared_with(&signed(seed));
        }
        bytes.truncate(length.min(bytes.len() - 1));
        let is_refused = matches!(Signature::from_bytes(&bytes), Err(LikenessError::NotASignature { .. }));
        prop_assert!(is_refused);
    }
}
