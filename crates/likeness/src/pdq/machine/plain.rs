//! Eight values at once in plain code, which compilers turn into whatever vectors the target is sure to have.

use std::array::from_fn;

use super::{Lanes, brightness};

const N: usize = 8;

#[derive(Clone, Copy)]
pub(super) struct Plain;

impl Lanes<N> for Plain {
    type V = [f32; N];

    #[inline(always)]
    fn load(self, values: &[f32; N]) -> [f32; N] {
        *values
    }

    #[inline(always)]
    fn store(self, values: [f32; N], to: &mut [f32; N]) {
        *to = values;
    }

    #[inline(always)]
    fn splat(self, value: f32) -> [f32; N] {
        [value; N]
    }

    #[inline(always)]
    fn add(self, a: [f32; N], b: [f32; N]) -> [f32; N] {
        from_fn(|lane| a[lane] + b[lane])
    }

    #[inline(always)]
    fn sub(self, a: [f32; N], b: [f32; N]) -> [f32; N] {
        from_fn(|lane| a[lane] - b[lane])
    }

    #[inline(always)]
    fn mul(self, a: [f32; N], b: [f32; N]) -> [f32; N] {
        from_fn(|lane| a[lane] * b[lane])
    }

    #[inline(always)]
    fn div(self, a: [f32; N], b: [f32; N]) -> [f32; N] {
        from_fn(|lane| a[lane] / b[lane])
    }

    #[inline(always)]
    fn turn(self, block: &mut [[f32; N]; N]) {
        let rows = *block;
        *block = from_fn(|column| from_fn(|row| rows[row][column]));
    }

    #[inline(always)]
    fn brightness(self, pixels: &[u8]) -> [f32; N] {
        let pixels = pixels.as_chunks::<3>().0;
        from_fn(|lane| brightness(&pixels[lane]))
    }

    #[inline(always)]
    fn widen(self, bytes: &[u8; N]) -> [f32; N] {
        bytes.map(f32::from)
    }
}
