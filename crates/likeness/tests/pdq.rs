//! The hashes of pictures made from a few lines of arithmetic, against those of the reference.

use proptest::prelude::*;
use vedette_likeness::{
    LikenessError, Luma, Machine, PdqHash, Rgb, pdq, pdq_dihedral, pdq_on, pdq_unresized, pdq_unresized_on,
    pdq_with_dihedral,
};

struct Picture {
    width: u32,
    height: u32,
    pixels: Vec<u8>,
}

impl Picture {
    fn new(width: u32, height: u32, mut pixel: impl FnMut(u32, u32) -> [u8; 3]) -> Self {
        let places = (0..height).flat_map(|y| (0..width).map(move |x| (x, y)));
        let pixels = places.flat_map(|(x, y)| pixel(x, y)).collect();
        Picture { width, height, pixels }
    }

    /// The picture whose pixel at a place is the one of this picture at another.
    fn seen(&self, (width, height): (u32, u32), from: impl Fn(u32, u32) -> (u32, u32)) -> Self {
        Picture::new(width, height, |x, y| {
            let (x, y) = from(x, y);
            self.pixels.as_chunks().0[(y * self.width + x) as usize]
        })
    }

    /// The eight views in Meta's order, made from the pixels; turns are counterclockwise.
    fn views(&self) -> [Picture; 8] {
        let (w, h) = (self.width, self.height);
        let (right, bottom) = (w - 1, h - 1);
        [
            self.seen((w, h), |x, y| (x, y)),
            self.seen((h, w), |x, y| (right - y, x)),
            self.seen((w, h), |x, y| (right - x, bottom - y)),
            self.seen((h, w), |x, y| (y, bottom - x)),
            self.seen((w, h), |x, y| (x, bottom - y)),
            self.seen((w, h), |x, y| (right - x, y)),
            self.seen((h, w), |x, y| (y, x)),
            self.seen((h, w), |x, y| (right - y, bottom - x)),
        ]
    }

    fn rgb(&self) -> Rgb<'_> {
        Rgb { width: self.width, height: self.height, pixels: &self.pixels }
    }
}

/// Bytes of a linear congruential generator (Knuth's MMIX constants).
fn bytes(mut state: u64) -> impl FnMut() -> u8 {
    move || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 56) as u8
    }
}

fn gradient(width: u32, height: u32) -> Picture {
    let (right, bottom) = (width - 1, height - 1);
    Picture::new(width, height, |x, y| {
        [(x * 255 / right) as u8, (y * 255 / bottom) as u8, ((x + y) * 255 / (right + bottom)) as u8]
    })
}

fn checker(width: u32, height: u32) -> Picture {
    Picture::new(width, height, |x, y| if (x / 13 + y / 17) % 2 == 1 { [230, 210, 40] } else { [20, 30, 90] })
}

fn noise(width: u32, height: u32, seed: u64) -> Picture {
    let mut byte = bytes(seed);
    Picture::new(width, height, |_, _| [byte(), byte(), byte()])
}

fn blocks(width: u32, height: u32, side: u32, seed: u64) -> Picture {
    let mut byte = bytes(seed);
    let columns = width.div_ceil(side);
    let colours: Vec<[u8; 3]> = (0..columns * height.div_ceil(side)).map(|_| [byte(), byte(), byte()]).collect();
    Picture::new(width, height, |x, y| colours[(y / side * columns + x / side) as usize])
}

fn check(picture: &Picture, hash: &str, quality: u8) {
    for machine in Machine::ALL.into_iter().filter(|machine| machine.is_here()) {
        let found = pdq_on(machine, picture.rgb()).expect("the picture is sound");
        assert_eq!(
            (found.hash.to_string().as_str(), found.quality),
            (hash, quality),
            "{} x {} with {machine}",
            picture.width,
            picture.height
        );
    }
}

#[test]
fn pictures_of_every_shape_get_the_references_hash_and_quality() {
    check(&gradient(100, 80), "0102a047512fa05001ee015711ab07d71eab85563fef3d5feabc75f5cabe3764", 15);
    check(&checker(200, 300), "80008000803080009fff80109fff85ff9fff84759fff87ff847584358fff84f5", 100);
    check(&noise(512, 512, 7), "22e13f79b8aabba99cd80db6873089eacc1f8e6bd061f53e91149e44bd22c732", 100);
    check(&noise(129, 65, 10), "e05753f6f6eea02be91895312af6b918d24b5997f3cb2dd42305609958a78917", 100);
    check(&blocks(512, 512, 25, 11), "80cd62122c4c09651488df13084b5c88b9fa3ce1d9a7bfd73d27d36d37c3973e", 100);
    check(&blocks(333, 257, 9, 14), "15cce6befbbe0e65046ebbfd65ad10638081efbc532a27482f4e4c44b4a6342d", 100);
}

#[test]
fn a_picture_of_the_sampled_size_is_taken_as_it_is() {
    check(&noise(64, 64, 8), "4aeed1d3b54b24a347ca0ec32f8bc058c51f43e875b064ef472bca869d8763cc", 100);
}

#[test]
fn a_picture_smaller_than_the_samples_is_sampled_more_than_once_a_pixel() {
    check(&noise(5, 7, 9), "398e348dce73cb72c3f0c4f194a560d9c6b19e27394e9b264e5b398c3d0e348d", 100);
}

#[test]
fn a_picture_over_512_pixels_either_way_is_resized_first() {
    let wide = blocks(700, 400, 25, 12);
    check(&wide, "4ddb4d4b49ded0b902c95893c579d6c3280f3b84d61a5c9a35efd8e21c8f99a4", 100);
    check(&blocks(90, 1000, 30, 13), "0cb2d24971c771c76596f1c78e388e3871c78e389a699e79d34d9a692cb28e38", 100);
    let unresized = pdq_unresized(wide.rgb()).unwrap();
    assert_eq!(unresized.hash.to_string(), "4ddb4d4b48ded0b922c95893c579d6c3280f3b84d61a5c9a35efd8e21c8f99a4");
}

#[test]
fn a_picture_too_small_to_hash_has_no_bits_and_no_quality() {
    check(&noise(4, 40, 15), &"0".repeat(64), 0);
    check(&noise(40, 4, 15), &"0".repeat(64), 0);
    assert_eq!(pdq_dihedral(noise(4, 40, 15).rgb()).unwrap(), [PdqHash::default(); 8]);
}

#[test]
fn a_flat_picture_has_quality_zero() {
    let flat = Picture::new(300, 200, |_, _| [90, 120, 30]);
    assert_eq!(pdq(flat.rgb()).unwrap().quality, 0);
}

#[test]
fn brightness_alone_is_hashed_as_the_reference_hashes_grey_pictures() {
    let picture = blocks(333, 257, 9, 14);
    let green: Vec<u8> = picture.pixels.iter().skip(1).step_by(3).copied().collect();
    let found = pdq(Luma { width: 333, height: 257, pixels: &green }).unwrap();
    assert_eq!(found.hash.to_string(), "15c4e636fbbe29752576bb7421a972e600a168ea4baa10697f5e4d44f5a6342d");
    assert_eq!(found.quality, 100);
}

#[test]
fn the_eight_views_come_in_the_references_order() {
    let picture = blocks(333, 257, 9, 14);
    let (pdq_alone, views) = pdq_with_dihedral(picture.rgb()).unwrap();
    assert_eq!(pdq_alone, pdq(picture.rgb()).unwrap());
    assert_eq!(views, pdq_dihedral(picture.rgb()).unwrap());
    assert_eq!(
        views.map(|view| view.to_string()),
        [
            "15cce6befbbe0e65046ebbfd65ad10638081efbc532a27482f4e4c44b4a6342d",
            "64c29d9b665b1adc344c25a074785983e6c262c37fe39bbfee790030692ae87e",
            "40994c14aeeba4cf513b115730f8ba49d5f04516063f85e27a1be6eee1f39687",
            "31973731330ef07661398f0a212df32db397c8692ab63115bb2cab9a3c7f42d4",
            "15cc1941fbbef19a046e440265adef9c80a510435b6ad8b72f4eb3bbb4a6cbd2",
            "4099a3ebaeeb5b30513beea830f84532d5f0bae9063f721d7a1b1811e1f36178",
            "64c26264665ba523344cda5f7478a678e6c29d1c7f636440ee79fe4f692a1781",
            "3197c8ce330e0f89610870f5212d0cd2b29737962ab6ceeabb2c54653c7fbd2b",
        ]
    );
}

#[test]
fn a_scaled_copy_is_near_and_another_picture_is_far() {
    let hash = |picture: Picture| pdq(picture.rgb()).unwrap().hash;
    let poster = hash(blocks(600, 400, 40, 21));
    assert!(poster.distance(&hash(blocks(300, 200, 20, 21))) <= 31);
    assert!(poster.distance(&hash(blocks(600, 400, 40, 22))) > 80);
}

#[test]
fn a_buffer_that_does_not_fit_is_refused() {
    let error = |width, height, pixels| pdq(Rgb { width, height, pixels }).unwrap_err();
    assert_eq!(error(0, 9, &[]), LikenessError::EmptyPicture { width: 0, height: 9 });
    assert_eq!(error(9, 9, &[0; 242]), LikenessError::WrongBufferLength { expected: 243, found: 242 });
    assert!(matches!(error(u32::MAX, u32::MAX, &[0; 3]), LikenessError::PictureTooLarge { .. }));
    let large = Luma { width: 4_001, height: 4_000, pixels: &[] };
    assert!(matches!(pdq_unresized(large).unwrap_err(), LikenessError::PictureTooLarge { .. }));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn every_machine_gives_the_same_bits(
        (width, height) in prop_oneof![(1..80u32, 1..80u32), (60..70u32, 60..70u32), (5..700u32, 5..300u32), (5..40u32, 500..2_000u32)],
        side in 1..30u32,
        seed: u64,
    ) {
        let picture = if side < 5 { noise(width, height, seed) } else { blocks(width, height, side, seed) };
        let grey: Vec<u8> = picture.pixels.iter().skip(2).step_by(3).copied().collect();
        let grey = Luma { width, height, pixels: &grey };
        for machine in Machine::ALL.into_iter().filter(|machine| machine.is_here()) {
            let found = [
                pdq_on(machine, picture.rgb()),
                pdq_unresized_on(machine, picture.rgb()),
                pdq_on(machine, grey),
                pdq_unresized_on(machine, grey),
            ];
            let plain = [
                pdq_on(Machine::Plain, picture.rgb()),
                pdq_unresized_on(Machine::Plain, picture.rgb()),
                pdq_on(Machine::Plain, grey),
                pdq_unresized_on(Machine::Plain, grey),
            ];
            prop_assert_eq!(found, plain, "{} x {} with {}", width, height, machine);
        }
    }

    // The samples of a turned picture are not quite the turned samples: the middle of an even number of pixels is rounded up
    // from either side. A picture of 64 x 64 is all samples, there only the order of additions differs.
    #[test]
    fn the_view_of_a_hash_is_the_hash_of_the_view((side, bits) in prop_oneof![Just((64u32, 4u32)), Just((512, 48))], seed: u64) {
        let picture = if side == 64 { noise(side, side, seed) } else { blocks(side, side, 37, seed) };
        let hashes = pdq_dihedral(picture.rgb()).unwrap();
        let of_views = picture.views().map(|view| pdq(view.rgb()).unwrap().hash);
        for (at, (hash, of_view)) in hashes.iter().zip(&of_views).enumerate() {
            let distance = hash.distance(of_view);
            prop_assert!(distance <= bits, "view {at} of {side} x {side}: {distance} bits");
            let other = hash.distance(&of_views[(at + 1) % 8]);
            prop_assert!(other > 60, "view {at} is {other} bits from the next");
        }
    }
}

#[test]
fn a_machine_is_told_by_its_name() {
    for machine in Machine::ALL {
        assert_eq!(machine.to_string().parse(), Ok(machine));
    }
    assert!("avx1024".parse::<Machine>().is_err());
    assert!(Machine::best().is_here());
}
