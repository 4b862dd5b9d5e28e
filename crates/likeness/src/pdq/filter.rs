//! From brightness to 64 x 64 samples: the tent filter (two rounds of a box along rows, then along columns) and the quality.
//!
//! A running sum adds what enters the window and then subtracts what leaves it, so what it holds depends on the whole way
//! there: to be bit-exact, every sum must be carried over every value. Three things make it quick all the same. Several rows (or
//! columns) run side by side, which compilers turn into vector instructions; the second round divides and keeps only what is
//! sampled; and the first round down the columns feeds the second along the rows, eight rows at a time, while they are warm.

/// Samples along each axis.
pub(super) const SIDE: usize = 64;
/// Samples of a picture: row, then column.
pub(super) type Samples = [[f32; SIDE]; SIDE];

/// Rows whose sums run side by side.
const LANES: usize = 8;

/// Values of eight rows, column by column.
type Strip = Vec<[f32; LANES]>;

/// Filters a picture of `columns` x `rows` values, both at least 5, and samples it. `read` writes the brightness of a row.
pub(super) fn samples(columns: usize, rows: usize, read: impl Fn(usize, &mut [f32])) -> Samples {
    let mut samples = [[0.0; SIDE]; SIDE];
    if columns == SIDE && rows == SIDE {
        // A picture of this very size is taken as it is.
        samples.iter_mut().enumerate().for_each(|(at, row)| read(at, row));
        return samples;
    }
    let first = along_rows(columns, rows, read);
    let second = down_and_along(&first, columns, rows);
    let mut wanted = picks(rows).zip(&mut samples).peekable();
    down(&second, SIDE, rows, |row, sums, inside| {
        // A picture of under 64 rows is sampled more than once a row.
        while let Some((_, sample)) = wanted.next_if(|(picked, _)| *picked == row) {
            means(sums, inside, sample.iter_mut());
        }
    });
    samples
}

/// The first box along every row.
fn along_rows(columns: usize, rows: usize, read: impl Fn(usize, &mut [f32])) -> Vec<f32> {
    let mut filtered = vec![0.0; columns * rows];
    let mut row = vec![0.0; columns];
    let mut strip: Strip = vec![[0.0; LANES]; columns];
    let mut result: Strip = strip.clone();
    for (number, block) in filtered.chunks_mut(columns * LANES).enumerate() {
        for lane in 0..block.len() / columns {
            read(number * LANES + lane, &mut row);
            strip.iter_mut().zip(&row).for_each(|(cell, value)| cell[lane] = *value);
        }
        along(&strip, |column, sums, inside| means(sums, inside, result[column].iter_mut()));
        for (lane, row) in block.chunks_exact_mut(columns).enumerate() {
            row.iter_mut().zip(&result).for_each(|(value, cell)| *value = cell[lane]);
        }
    }
    filtered
}

/// The first box down every column and the second along every row, of which the 64 sampled columns are kept.
fn down_and_along(values: &[f32], columns: usize, rows: usize) -> Vec<f32> {
    let picked: Vec<usize> = picks(columns).collect();
    let mut strip: Strip = vec![[0.0; LANES]; columns];
    let mut kept = vec![0.0; SIDE * rows];
    let mut blocks = kept.chunks_mut(SIDE * LANES);
    down(values, columns, rows, |row, sums, inside| {
        let lane = row % LANES;
        means(sums, inside, strip.iter_mut().map(|cell| &mut cell[lane]));
        if lane + 1 < LANES && row + 1 < rows {
            return;
        }
        let Some(block) = blocks.next() else { return };
        let mut wanted = picked.iter().enumerate().peekable();
        along(&strip, |column, sums, inside| {
            while let Some((to, _)) = wanted.next_if(|(_, picked)| **picked == column) {
                let mut eight = [0.0; LANES];
                means(sums, inside, eight.iter_mut());
                block.iter_mut().skip(to).step_by(SIDE).zip(eight).for_each(|(kept, mean)| *kept = mean);
            }
        });
    });
    kept
}

/// The place in `from` values at the middle of each of the 64 parts.
fn picks(from: usize) -> impl Iterator<Item = usize> {
    (0..SIDE).map(move |at| (2 * at + 1) * from / (2 * SIDE))
}

/// The size of the box along an axis, a 128th rounded up, and how many values it takes in before its first result.
fn window(length: usize) -> (usize, usize) {
    let full = length.div_ceil(2 * SIDE);
    (full, full / 2)
}

/// Slides the box along the rows of a strip. `each` gets the place of a result, the sums there, and how many values are in them.
#[inline]
fn along(strip: &[[f32; LANES]], mut each: impl FnMut(usize, &[f32; LANES], usize)) {
    let (full, ahead) = window(strip.len());
    let mut sums = [0.0; LANES];
    for (at, enters) in strip[..full].iter().enumerate() {
        (0..LANES).for_each(|lane| sums[lane] += enters[lane]);
        if let Some(result) = at.checked_sub(ahead) {
            each(result, &sums, at + 1);
        }
    }
    for (at, (enters, leaves)) in strip[full..].iter().zip(strip).enumerate() {
        (0..LANES).for_each(|lane| sums[lane] = sums[lane] + enters[lane] - leaves[lane]);
        each(at + full - ahead, &sums, full);
    }
    for (at, leaves) in strip[strip.len() - full..].iter().enumerate().take(ahead) {
        (0..LANES).for_each(|lane| sums[lane] -= leaves[lane]);
        each(at + strip.len() - ahead, &sums, full - 1 - at);
    }
}

/// Slides the box down all columns at once; as [`along`], with a sum for each column.
#[inline]
fn down(values: &[f32], columns: usize, rows: usize, mut each: impl FnMut(usize, &[f32], usize)) {
    let (full, ahead) = window(rows);
    let row = |at: usize| &values[at * columns..(at + 1) * columns];
    let mut sums = vec![0.0; columns];
    for at in 0..full {
        sums.iter_mut().zip(row(at)).for_each(|(sum, enters)| *sum += enters);
        if let Some(result) = at.checked_sub(ahead) {
            each(result, &sums, at + 1);
        }
    }
    for at in 0..rows - full {
        for ((sum, enters), leaves) in sums.iter_mut().zip(row(at + full)).zip(row(at)) {
            *sum = *sum + enters - leaves;
        }
        each(at + full - ahead, &sums, full);
    }
    for at in 0..ahead {
        sums.iter_mut().zip(row(rows - full + at)).for_each(|(sum, leaves)| *sum -= leaves);
        each(rows - ahead + at, &sums, full - 1 - at);
    }
}

/// Writes sums over their count. For a power of two the product with the inverse is the same float, and quicker.
#[inline]
fn means<'a>(sums: &[f32], count: usize, to: impl Iterator<Item = &'a mut f32>) {
    let divisor = count as f32;
    if count.is_power_of_two() {
        let factor = 1.0 / divisor;
        to.zip(sums).for_each(|(mean, sum)| *mean = sum * factor);
    } else {
        to.zip(sums).for_each(|(mean, sum)| *mean = sum / divisor);
    }
}

/// How much there is to see, 0 to 100: the steps between neighbouring samples in whole hundredths of the range, so that noise
/// and slow gradients count nothing.
pub(super) fn quality(samples: &Samples) -> u8 {
    let step = |a: f32, b: f32| (((a - b) * 100.0) / 255.0) as i32;
    let mut sum = 0;
    for rows in samples.windows(2) {
        sum += rows[0].iter().zip(&rows[1]).map(|(&a, &b)| step(a, b).abs()).sum::<i32>();
    }
    for row in samples {
        sum += row.windows(2).map(|pair| step(pair[0], pair[1]).abs()).sum::<i32>();
    }
    u8::try_from((sum / 90).min(100)).unwrap_or(100)
}
