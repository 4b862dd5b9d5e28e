//! AVX2 and AVX-512.
//!
//! No closure may stand around an instruction: it does not inherit the right to use it, and is then called for each.

use std::arch::x86_64::{__m128i, __m256, __m256i, __m512, __m512i};

use pulp::x86::{V3, V4};
use pulp::{NullaryFnOnce, cast};

use super::{Lanes, Work};

/// Eight values at once.
#[derive(Clone, Copy)]
pub(super) struct Avx2(V3);

/// Sixteen values at once.
#[derive(Clone, Copy)]
pub(super) struct Avx512(V4);

struct Run<M, W>(M, W);

impl<W: Work> NullaryFnOnce for Run<Avx2, W> {
    type Output = W::Output;

    #[inline(always)]
    fn call(self) -> W::Output {
        self.1.run(self.0)
    }
}

impl<W: Work> NullaryFnOnce for Run<Avx512, W> {
    type Output = W::Output;

    #[inline(always)]
    fn call(self) -> W::Output {
        self.1.run(self.0)
    }
}

/// Four pixels of three bytes become four numbers of 32 bits, each blue, green, red from its highest byte but one.
const SPREAD: [i8; 16] = [0, 1, 2, -1, 3, 4, 5, -1, 6, 7, 8, -1, 9, 10, 11, -1];
/// The same for pixels that begin at the fifth byte.
const SPREAD_FROM_FIFTH: [i8; 16] = [4, 5, 6, -1, 7, 8, 9, -1, 10, 11, 12, -1, 13, 14, 15, -1];

#[inline(always)]
fn sixteen_bytes(bytes: &[u8], from: usize) -> __m128i {
    cast(*bytes[from..].first_chunk::<16>().expect("a block has sixteen bytes from here on"))
}

impl Avx2 {
    pub(super) fn here() -> Option<Self> {
        V3::try_new().map(Avx2)
    }

    pub(super) fn vectorize<W: Work>(self, work: W) -> W::Output {
        self.0.vectorize(Run(self, work))
    }

    /// Turns four rows: number `j` of the result has columns `j` and `4 + j` of them.
    #[inline(always)]
    fn quarter(self, a: __m256, b: __m256, c: __m256, d: __m256) -> [__m256; 4] {
        let avx = self.0.avx;
        let (ab, cd) = (avx._mm256_unpacklo_ps(a, b), avx._mm256_unpacklo_ps(c, d));
        let (ab_high, cd_high) = (avx._mm256_unpackhi_ps(a, b), avx._mm256_unpackhi_ps(c, d));
        [
            avx._mm256_shuffle_ps::<0x44>(ab, cd),
            avx._mm256_shuffle_ps::<0xee>(ab, cd),
            avx._mm256_shuffle_ps::<0x44>(ab_high, cd_high),
            avx._mm256_shuffle_ps::<0xee>(ab_high, cd_high),
        ]
    }
}

impl Lanes<8> for Avx2 {
    type V = __m256;

    #[inline(always)]
    fn load(self, values: &[f32; 8]) -> __m256 {
        cast(*values)
    }

    #[inline(always)]
    fn store(self, values: __m256, to: &mut [f32; 8]) {
        *to = cast(values);
    }

    #[inline(always)]
    fn splat(self, value: f32) -> __m256 {
        self.0.avx._mm256_set1_ps(value)
    }

    #[inline(always)]
    fn add(self, a: __m256, b: __m256) -> __m256 {
        self.0.avx._mm256_add_ps(a, b)
    }

    #[inline(always)]
    fn sub(self, a: __m256, b: __m256) -> __m256 {
        self.0.avx._mm256_sub_ps(a, b)
    }

    #[inline(always)]
    fn mul(self, a: __m256, b: __m256) -> __m256 {
        self.0.avx._mm256_mul_ps(a, b)
    }

    #[inline(always)]
    fn div(self, a: __m256, b: __m256) -> __m256 {
        self.0.avx._mm256_div_ps(a, b)
    }

    #[inline(always)]
    fn turn(self, block: &mut [__m256; 8]) {
        let avx = self.0.avx;
        let upper = self.quarter(block[0], block[1], block[2], block[3]);
        let lower = self.quarter(block[4], block[5], block[6], block[7]);
        for j in 0..4 {
            block[j] = avx._mm256_permute2f128_ps::<0x20>(upper[j], lower[j]);
            block[4 + j] = avx._mm256_permute2f128_ps::<0x31>(upper[j], lower[j]);
        }
    }

    #[inline(always)]
    fn brightness(self, pixels: &[u8]) -> __m256 {
        let (avx, avx2) = (self.0.avx, self.0.avx2);
        let both: __m256i = cast([sixteen_bytes(pixels, 0), sixteen_bytes(pixels, 8)]);
        let spread = avx2._mm256_shuffle_epi8(both, cast([SPREAD, SPREAD_FROM_FIFTH]));
        let byte = avx._mm256_set1_epi32(0xff);
        let red = avx._mm256_cvtepi32_ps(avx2._mm256_and_si256(spread, byte));
        let green = avx._mm256_cvtepi32_ps(avx2._mm256_and_si256(avx2._mm256_srli_epi32::<8>(spread), byte));
        let blue = avx._mm256_cvtepi32_ps(avx2._mm256_srli_epi32::<16>(spread));
        let (red, green) = (self.mul(self.splat(0.299), red), self.mul(self.splat(0.587), green));
        self.add(self.add(red, green), self.mul(self.splat(0.114), blue))
    }

    #[inline(always)]
    fn widen(self, bytes: &[u8; 8]) -> __m256 {
        let bytes: __m128i = cast([u64::from_le_bytes(*bytes), 0]);
        self.0.avx._mm256_cvtepi32_ps(self.0.avx2._mm256_cvtepu8_epi32(bytes))
    }
}

impl Avx512 {
    pub(super) fn here() -> Option<Self> {
        V4::try_new().map(Avx512)
    }

    pub(super) fn vectorize<W: Work>(self, work: W) -> W::Output {
        self.0.vectorize(Run(self, work))
    }

    /// Turns four rows: number `j` of the result has columns `j`, `4 + j`, `8 + j` and `12 + j` of them.
    #[inline(always)]
    fn quarter(self, a: __m512, b: __m512, c: __m512, d: __m512) -> [__m512; 4] {
        let avx = self.0.avx512f;
        let (ab, cd) = (avx._mm512_unpacklo_ps(a, b), avx._mm512_unpacklo_ps(c, d));
        let (ab_high, cd_high) = (avx._mm512_unpackhi_ps(a, b), avx._mm512_unpackhi_ps(c, d));
        [
            avx._mm512_shuffle_ps::<0x44>(ab, cd),
            avx._mm512_shuffle_ps::<0xee>(ab, cd),
            avx._mm512_shuffle_ps::<0x44>(ab_high, cd_high),
            avx._mm512_shuffle_ps::<0xee>(ab_high, cd_high),
        ]
    }
}

impl Lanes<16> for Avx512 {
    type V = __m512;

    #[inline(always)]
    fn load(self, values: &[f32; 16]) -> __m512 {
        cast(*values)
    }

    #[inline(always)]
    fn store(self, values: __m512, to: &mut [f32; 16]) {
        *to = cast(values);
    }

    #[inline(always)]
    fn splat(self, value: f32) -> __m512 {
        self.0.avx512f._mm512_set1_ps(value)
    }

    #[inline(always)]
    fn add(self, a: __m512, b: __m512) -> __m512 {
        self.0.avx512f._mm512_add_ps(a, b)
    }

    #[inline(always)]
    fn sub(self, a: __m512, b: __m512) -> __m512 {
        self.0.avx512f._mm512_sub_ps(a, b)
    }

    #[inline(always)]
    fn mul(self, a: __m512, b: __m512) -> __m512 {
        self.0.avx512f._mm512_mul_ps(a, b)
    }

    #[inline(always)]
    fn div(self, a: __m512, b: __m512) -> __m512 {
        self.0.avx512f._mm512_div_ps(a, b)
    }

    #[inline(always)]
    fn turn(self, block: &mut [__m512; 16]) {
        let avx = self.0.avx512f;
        let quarters = [
            self.quarter(block[0], block[1], block[2], block[3]),
            self.quarter(block[4], block[5], block[6], block[7]),
            self.quarter(block[8], block[9], block[10], block[11]),
            self.quarter(block[12], block[13], block[14], block[15]),
        ];
        for j in 0..4 {
            let (a, b, c, d) = (quarters[0][j], quarters[1][j], quarters[2][j], quarters[3][j]);
            let even = [avx._mm512_shuffle_f32x4::<0x88>(a, b), avx._mm512_shuffle_f32x4::<0x88>(c, d)];
            let odd = [avx._mm512_shuffle_f32x4::<0xdd>(a, b), avx._mm512_shuffle_f32x4::<0xdd>(c, d)];
            block[j] = avx._mm512_shuffle_f32x4::<0x88>(even[0], even[1]);
            block[4 + j] = avx._mm512_shuffle_f32x4::<0x88>(odd[0], odd[1]);
            block[8 + j] = avx._mm512_shuffle_f32x4::<0xdd>(even[0], even[1]);
            block[12 + j] = avx._mm512_shuffle_f32x4::<0xdd>(odd[0], odd[1]);
        }
    }

    #[inline(always)]
    fn brightness(self, pixels: &[u8]) -> __m512 {
        let (avx, bytes) = (self.0.avx512f, self.0.avx512bw);
        let all = avx._mm512_castsi128_si512(sixteen_bytes(pixels, 0));
        let all = avx._mm512_inserti32x4::<1>(all, sixteen_bytes(pixels, 12));
        let all = avx._mm512_inserti32x4::<2>(all, sixteen_bytes(pixels, 24));
        let all = avx._mm512_inserti32x4::<3>(all, sixteen_bytes(pixels, 32));
        let spread: __m512i = bytes._mm512_shuffle_epi8(all, cast([SPREAD, SPREAD, SPREAD, SPREAD_FROM_FIFTH]));
        let byte = avx._mm512_set1_epi32(0xff);
        let red = avx._mm512_cvtepi32_ps(avx._mm512_and_si512(spread, byte));
        let green = avx._mm512_cvtepi32_ps(avx._mm512_and_si512(avx._mm512_srli_epi32::<8>(spread), byte));
        let blue = avx._mm512_cvtepi32_ps(avx._mm512_srli_epi32::<16>(spread));
        let (red, green) = (self.mul(self.splat(0.299), red), self.mul(self.splat(0.587), green));
        self.add(self.add(red, green), self.mul(self.splat(0.114), blue))
    }

    #[inline(always)]
    fn widen(self, bytes: &[u8; 16]) -> __m512 {
        self.0.avx512f._mm512_cvtepi32_ps(self.0.avx512f._mm512_cvtepu8_epi32(cast(*bytes)))
    }
}
