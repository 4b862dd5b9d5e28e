//! Pictures that are small on disk and large for whoever believes them.

use image::ImageFormat;

use super::encoded;
use super::packing::{png, png_chunk, zlib, zlib_zeros};

/// A PNG of 16,384 × 16,384 pixels, all there: 268 million pixels in 40 KB.
pub fn real_256_megapixels() -> Vec<u8> {
    let side = 16_384;
    // One bit a pixel and a filter byte a row.
    let rows = vec![0; side * (side / 8 + 1)];
    png(side as u32, side as u32, 1, 0, &[png_chunk(b"IDAT", &zlib(&rows))])
}

/// A PNG just below a limit of 100 million pixels, with 64 bits for each: 800 MB decoded.
pub fn deep_colours() -> Vec<u8> {
    png(9_999, 9_999, 16, 6, &[png_chunk(b"IDAT", &zlib_zeros(48))])
}

/// A PNG of one pixel whose profile is 1 GiB.
pub fn profile_of_1_gib() -> Vec<u8> {
    let profile = [b"profile\0\0", &zlib_zeros(64)[..]].concat();
    png(1, 1, 8, 2, &[png_chunk(b"iCCP", &profile), png_chunk(b"IDAT", &zlib(&[0; 4]))])
}

/// A PNG of one pixel with a packed text of 1 GiB.
pub fn text_of_1_gib() -> Vec<u8> {
    let text = [b"Comment\0\0", &zlib_zeros(64)[..]].concat();
    png(1, 1, 8, 2, &[png_chunk(b"zTXt", &text), png_chunk(b"IDAT", &zlib(&[0; 4]))])
}

/// A PNG whose pixels are 1 GiB longer than its header says.
pub fn pixels_without_end() -> Vec<u8> {
    png(64, 64, 8, 2, &[png_chunk(b"IDAT", &zlib_zeros(64))])
}

/// A PNG that says 2³¹ − 1 in both directions.
pub fn png_of_2_to_62() -> Vec<u8> {
    png(i32::MAX as u32, i32::MAX as u32, 8, 2, &[png_chunk(b"IDAT", &zlib(&[0; 64]))])
}

/// An animated PNG of 10,000 frames.
pub fn animated_png() -> Vec<u8> {
    let pixels = zlib(&vec![0; 512 * (512 * 3 + 1)]);
    let control = |number: u32| {
        let sides = [512_u32, 512, 0, 0].map(u32::to_be_bytes).concat();
        png_chunk(b"fcTL", &[&number.to_be_bytes()[..], &sides, &[0, 1, 0, 25, 0, 0]].concat())
    };
    let mut chunks = vec![png_chunk(b"acTL", &[0, 0, 0x27, 0x10, 0, 0, 0, 0]), control(0), png_chunk(b"IDAT", &pixels)];
    for frame in 1..10_000_u32 {
        chunks.push(control(2 * frame - 1));
        chunks.push(png_chunk(b"fdAT", &[&(2 * frame).to_be_bytes()[..], &pixels].concat()));
    }
    png(512, 512, 8, 2, &chunks)
}

/// The head of a GIF with a palette of two colours.
fn gif_head(side: u16) -> Vec<u8> {
    [b"GIF89a", &side.to_le_bytes()[..], &side.to_le_bytes(), &[0x80, 0, 0, 0, 0, 0, 255, 255, 255]].concat()
}

/// A frame of one pixel.
const GIF_FRAME: &[u8] = &[0x2c, 0, 0, 0, 0, 1, 0, 1, 0, 0, 2, 2, 0x44, 1, 0];

/// A GIF of 10,000 frames on a canvas of 4,000 × 4,000: 640 GB for whoever keeps each.
pub fn animated_gif() -> Vec<u8> {
    [gif_head(4_000), GIF_FRAME.repeat(10_000), vec![0x3b]].concat()
}

/// A GIF of 65,535 × 65,535, the most that its header can say.
pub fn largest_gif() -> Vec<u8> {
    let frame = [&[0x2c, 0, 0, 0, 0, 255, 255, 255, 255, 0, 2, 2][..], &[0x44, 1, 0, 0x3b]].concat();
    [gif_head(u16::MAX), frame].concat()
}

/// A bitmap that says 46,341 × 46,341 pixels: 2³¹ and a little more.
pub fn bmp_of_2_to_31() -> Vec<u8> {
    let side = 46_341_u32.to_le_bytes();
    let head = [b"BM\x36\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0", &side[..], &side, &[1, 0, 24, 0]].concat();
    [head, vec![0; 24 + 64]].concat()
}

/// A run-length bitmap of 9,000 × 9,000 with moves beyond its edges.
pub fn bmp_of_runs() -> Vec<u8> {
    let side = 9_000_u32.to_le_bytes();
    let head = [b"BM\0\0\0\0\0\0\0\0\x36\x04\0\0\x28\0\0\0", &side[..], &side, &[1, 0, 8, 0, 1, 0, 0, 0]].concat();
    [head, vec![0; 20 + 1_024], b"\xff\x01\x00\x02\xff\xff".repeat(10_000)].concat()
}

/// A TIFF of one image; `next` is where its list of fields says that the next image stands.
fn tiff(width: u32, height: u32, strips: u32, next: u32) -> Vec<u8> {
    let fields: [(u16, u32, u32); 9] = [
        (256, 1, width),
        (257, 1, height),
        (258, 1, 8),
        (259, 1, 1),
        (262, 1, 1),
        (273, strips, 8),
        (277, 1, 1),
        (278, 1, height / strips.max(1)),
        (279, strips, 8),
    ];
    let mut tiff = b"II*\0\x08\0\0\0".to_vec();
    tiff.extend((fields.len() as u16).to_le_bytes());
    for (tag, count, value) in fields {
        tiff.extend(tag.to_le_bytes());
        tiff.extend(4_u16.to_le_bytes());
        tiff.extend(count.to_le_bytes());
        tiff.extend(value.to_le_bytes());
    }
    tiff.extend(next.to_le_bytes());
    tiff.resize(tiff.len() + 64, 0);
    tiff
}

/// A TIFF that says 46,341 × 46,341 pixels.
pub fn tiff_of_2_to_31() -> Vec<u8> {
    tiff(46_341, 46_341, 1, 0)
}

/// A TIFF with four billion strips.
pub fn tiff_of_strips() -> Vec<u8> {
    tiff(1_000, 1_000, u32::MAX, 0)
}

/// A TIFF whose next image is itself.
pub fn tiff_loop() -> Vec<u8> {
    tiff(8, 8, 1, 8)
}

fn webp(kind: &[u8; 4], data: &[u8]) -> Vec<u8> {
    let chunk = [&kind[..], &(data.len() as u32).to_le_bytes(), data].concat();
    [b"RIFF", &(chunk.len() as u32 + 4).to_le_bytes()[..], b"WEBP", &chunk].concat()
}

/// A WebP of 16,383 × 16,383, the most that its lossless header can say.
pub fn largest_webp() -> Vec<u8> {
    webp(b"VP8L", &[&[0x2f, 0xff, 0xff, 0xff, 0x0f][..], &[0; 64]].concat())
}

/// A WebP whose canvas is 2²⁴ × 2²⁴, animated.
pub fn webp_canvas() -> Vec<u8> {
    webp(b"VP8X", &[2, 0, 0, 0, 255, 255, 255, 255, 255, 255])
}

/// A JPEG that says 65,500 × 65,500 over the pixels of a small one.
pub fn jpeg_of_4_gigapixels() -> Vec<u8> {
    let mut bytes = encoded(ImageFormat::Jpeg);
    let frame = bytes.windows(2).position(|mark| mark == [0xff, 0xc0]).expect("a baseline JPEG has a frame header");
    bytes[frame + 5..frame + 9].copy_from_slice(&[0xff, 0xdc, 0xff, 0xdc]);
    bytes
}

/// A JPEG whose scan stands in it 5,000 times.
pub fn jpeg_of_scans() -> Vec<u8> {
    let bytes = encoded(ImageFormat::Jpeg);
    let scan = bytes.windows(2).position(|mark| mark == [0xff, 0xda]).expect("a JPEG has a scan");
    let (head, rest) = bytes.split_at(scan);
    let (pixels, end) = rest.split_at(rest.len() - 2);
    [head, &pixels.repeat(5_000), end].concat()
}
