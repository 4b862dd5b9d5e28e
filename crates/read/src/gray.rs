//! The grey picture that text recognition reads.

/// Eight-bit grey pixels, dark letters on light ground.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GrayImage {
    /// Width in pixels, at least 1.
    pub width: u32,
    /// Height in pixels, at least 1.
    pub height: u32,
    /// `width * height` bytes, rows from the top.
    pub pixels: Vec<u8>,
}

impl GrayImage {
    /// The same with light and dark exchanged.
    pub fn inverted(&self) -> Self {
        Self { pixels: self.pixels.iter().map(|value| 255 - value).collect(), ..*self }
    }

    /// Half as wide and half as high; each pixel is the mean of four.
    pub fn halved(&self) -> Self {
        let (width, height) = ((self.width / 2).max(1), (self.height / 2).max(1));
        let at = |x: u32, y: u32| {
            let (x, y) = (x.min(self.width - 1) as usize, y.min(self.height - 1) as usize);
            u32::from(self.pixels.get(y * self.width as usize + x).copied().unwrap_or(255))
        };
        let mut pixels = Vec::with_capacity(width as usize * height as usize);
        for y in 0..height {
            for x in 0..width {
                let sum = at(2 * x, 2 * y) + at(2 * x + 1, 2 * y) + at(2 * x, 2 * y + 1) + at(2 * x + 1, 2 * y + 1);
                pixels.push(u8::try_from(sum / 4).unwrap_or(u8::MAX));
            }
        }
        Self { width, height, pixels }
    }

    /// As a PGM file (netpbm, type P5).
    pub fn to_pgm(&self) -> Vec<u8> {
        let mut bytes = format!("P5\n{} {}\n255\n", self.width, self.height).into_bytes();
        bytes.extend(&self.pixels);
        bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn halving_takes_means() {
        let image = GrayImage { width: 3, height: 2, pixels: vec![0, 100, 9, 100, 200, 9] };
        assert_eq!(image.halved(), GrayImage { width: 1, height: 1, pixels: vec![100] });
        assert_eq!(image.inverted().inverted(), image);
        assert_eq!(GrayImage { width: 1, height: 1, pixels: vec![7] }.to_pgm(), b"P5\n1 1\n255\n\x07");
    }
}
