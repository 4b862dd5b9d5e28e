//! A picture as the filter reads it: row by row, as large as it is or resized by nearest neighbour.

/// Bytes of a picture and the size in which it is seen.
pub(super) struct Source<'a> {
    width: usize,
    height: usize,
    /// 1 (brightness) or 3 (red, green, blue).
    pub(super) channels: usize,
    pixels: &'a [u8],
    /// Columns and rows as seen.
    pub(super) columns: usize,
    pub(super) rows: usize,
    /// Where the pixels begin that a resized row shows.
    places: Option<Vec<usize>>,
}

impl<'a> Source<'a> {
    /// `pixels` are `width * height * channels` bytes.
    pub(super) fn new(
        (width, height): (usize, usize),
        channels: usize,
        pixels: &'a [u8],
        (columns, rows): (usize, usize),
    ) -> Self {
        let places = (columns != width).then(|| (0..columns).map(|at| at * width / columns * channels).collect());
        Source { width, height, channels, pixels, columns, rows, places }
    }

    /// The bytes of a row as seen; `gathered` is where they are brought together if they have to be.
    #[inline(always)]
    pub(super) fn row<'b>(&'b self, row: usize, gathered: &'b mut Vec<u8>) -> &'b [u8] {
        let stride = self.width * self.channels;
        let bytes = &self.pixels[row * self.height / self.rows * stride..][..stride];
        let Some(places) = &self.places else { return bytes };
        gathered.resize(self.columns * self.channels, 0);
        if self.channels == 1 {
            gathered.iter_mut().zip(places).for_each(|(to, &at)| *to = bytes[at]);
        } else {
            for (to, &at) in gathered.as_chunks_mut::<3>().0.iter_mut().zip(places) {
                if let Some(pixel) = bytes[at..].first_chunk::<3>() {
                    *to = *pixel;
                }
            }
        }
        gathered
    }
}
