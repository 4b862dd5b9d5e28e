//! From 64 x 64 samples to 16 x 16 frequencies, their rotations and mirror images, and bits.

use std::f64::consts::PI;
use std::sync::LazyLock;

use super::PdqHash;
use super::filter::{SIDE, Samples};
use super::machine::{Lanes, Work};

/// Frequencies kept along each axis: numbers 1 to 16, without the mean.
const KEPT: usize = 16;

/// Frequencies of a picture: row, then column.
pub(super) type Frequencies = [[f32; KEPT]; KEPT];

/// `COSINES[k][i]`: how much sample `k` counts in frequency `i + 1`.
static COSINES: LazyLock<[[f32; KEPT]; SIDE]> = LazyLock::new(|| {
    // The reference rounds the factor to float32 first, multiplies in float64, and rounds the product again.
    let factor = (2.0 / SIDE as f64).sqrt() as f32;
    let step = PI / 2.0 / SIDE as f64;
    std::array::from_fn(|k| {
        std::array::from_fn(|i| (f64::from(factor) * (step * (i as f64 + 1.0) * (2 * k + 1) as f64).cos()) as f32)
    })
});

/// The low frequencies along both axes. Every sum runs over its samples in order, as in the reference, because another order
/// rounds otherwise; what runs side by side are different sums.
pub(super) struct Transform<'a>(pub(super) &'a Samples);

/// Sums whose chains of additions run side by side: enough to hide their latency, few enough for the registers.
const CHAINS: usize = 8;

impl Work for Transform<'_> {
    type Output = Frequencies;

    #[inline(always)]
    fn run<M: Lanes<N>, const N: usize>(self, lanes: M) -> Frequencies {
        let cosines = &*COSINES;
        let mut along_columns = [[0.0f32; SIDE]; KEPT];
        for block in 0..SIDE / N {
            for first in (0..KEPT).step_by(CHAINS) {
                let mut sums = [lanes.splat(0.0); CHAINS];
                for (row, weights) in self.0.iter().zip(cosines) {
                    let samples = lanes.load(&row.as_chunks().0[block]);
                    for (sum, &weight) in sums.iter_mut().zip(&weights[first..]) {
                        *sum = lanes.add(*sum, lanes.mul(lanes.splat(weight), samples));
                    }
                }
                for (row, sum) in along_columns[first..].iter_mut().zip(sums) {
                    lanes.store(sum, &mut row.as_chunks_mut().0[block]);
                }
            }
        }
        let mut both = [[0.0f32; KEPT]; KEPT];
        for block in 0..KEPT / N {
            for first in (0..KEPT).step_by(CHAINS) {
                let mut sums = [lanes.splat(0.0); CHAINS];
                for (k, weights) in cosines.iter().enumerate() {
                    let weights = lanes.load(&weights.as_chunks().0[block]);
                    for (sum, row) in sums.iter_mut().zip(&along_columns[first..]) {
                        *sum = lanes.add(*sum, lanes.mul(lanes.splat(row[k]), weights));
                    }
                }
                for (row, sum) in both[first..].iter_mut().zip(sums) {
                    lanes.store(sum, &mut row.as_chunks_mut().0[block]);
                }
            }
        }
        both
    }
}

/// A bit for each frequency above the median (the 128th of 256), the last frequency first.
pub(super) fn to_bits(frequencies: &Frequencies) -> PdqHash {
    let mut sorted = *frequencies.as_flattened().as_array::<256>().expect("16 x 16 is 256");
    let (_, &mut median, _) = sorted.select_nth_unstable_by(127, f32::total_cmp);
    let mut hash = PdqHash::default();
    let bytes = frequencies.as_flattened().as_chunks::<8>().0;
    for (byte, eight) in hash.0.iter_mut().rev().zip(bytes) {
        for (bit, &frequency) in eight.iter().enumerate() {
            *byte |= u8::from(frequency > median) << bit;
        }
    }
    hash
}

/// The hashes of the picture turned and flipped. Turning a picture only transposes its frequencies and changes signs of those
/// with an odd number in a row, in a column, or in their sum.
pub(super) fn dihedral(f: &Frequencies) -> [PdqHash; 8] {
    let sign = |negative: bool, value: f32| if negative { -value } else { value };
    let view = |at: &dyn Fn(usize, usize) -> f32| -> PdqHash {
        to_bits(&std::array::from_fn(|row| std::array::from_fn(|column| at(row, column))))
    };
    let even = |n: usize| n.is_multiple_of(2);
    [
        to_bits(f),
        view(&|r, c| sign(even(r), f[c][r])),
        view(&|r, c| sign(!even(r + c), f[r][c])),
        view(&|r, c| sign(even(c), f[c][r])),
        view(&|r, c| sign(even(r), f[r][c])),
        view(&|r, c| sign(even(c), f[r][c])),
        view(&|r, c| f[c][r]),
        view(&|r, c| sign(!even(r + c), f[c][r])),
    ]
}
