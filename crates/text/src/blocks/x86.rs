//! AVX2 and AVX-512.
//!
//! No closure may stand around an instruction: it does not inherit the right to use it, and is then called for each.

use super::{BLOCK, Eyes, Look};
use pulp::x86::{V3, V4};
use pulp::{NullaryFnOnce, cast};
use std::arch::x86_64::{__m256i, __m512i};
use std::sync::LazyLock;

/// 32 bytes at once.
#[derive(Clone, Copy)]
pub(super) struct Avx2(V3);

/// 64 bytes at once.
#[derive(Clone, Copy)]
pub(super) struct Avx512(V4);

struct Run<E, L>(E, L);

impl<L: Look> NullaryFnOnce for Run<Avx2, L> {
    type Output = ();

    #[inline(always)]
    fn call(self) {
        self.1.run(self.0);
    }
}

impl<L: Look> NullaryFnOnce for Run<Avx512, L> {
    type Output = ();

    #[inline(always)]
    fn call(self) {
        self.1.run(self.0);
    }
}

impl Avx2 {
    pub(super) fn here() -> Option<Self> {
        static HERE: LazyLock<Option<V3>> = LazyLock::new(V3::try_new);
        (*HERE).map(Self)
    }

    pub(super) fn vectorize(self, look: impl Look) {
        self.0.vectorize(Run(self, look));
    }
}

impl Avx512 {
    pub(super) fn here() -> Option<Self> {
        static HERE: LazyLock<Option<V4>> = LazyLock::new(V4::try_new);
        (*HERE).map(Self)
    }

    pub(super) fn vectorize(self, look: impl Look) {
        self.0.vectorize(Run(self, look));
    }
}

impl Eyes for Avx2 {
    type Bytes = [__m256i; 2];
    type Mask = [__m256i; 2];

    #[inline(always)]
    fn load(self, block: &[u8; BLOCK]) -> Self::Bytes {
        cast(*block)
    }

    #[inline(always)]
    fn lower(self, [low, high]: Self::Bytes) -> Self::Bytes {
        let bit = self.0.avx._mm256_set1_epi8(0x20);
        [self.0.avx2._mm256_or_si256(low, bit), self.0.avx2._mm256_or_si256(high, bit)]
    }

    #[inline(always)]
    fn within(self, [low, high]: Self::Bytes, first: u8, count: u8) -> Self::Mask {
        let (avx, avx2) = (self.0.avx, self.0.avx2);
        let (first, last) = (avx._mm256_set1_epi8(first as i8), avx._mm256_set1_epi8(count.wrapping_sub(1) as i8));
        let (low, high) = (avx2._mm256_sub_epi8(low, first), avx2._mm256_sub_epi8(high, first));
        let (least_low, least_high) = (avx2._mm256_min_epu8(low, last), avx2._mm256_min_epu8(high, last));
        [avx2._mm256_cmpeq_epi8(least_low, low), avx2._mm256_cmpeq_epi8(least_high, high)]
    }

    #[inline(always)]
    fn is(self, [low, high]: Self::Bytes, wanted: u8) -> Self::Mask {
        let wanted = self.0.avx._mm256_set1_epi8(wanted as i8);
        [self.0.avx2._mm256_cmpeq_epi8(low, wanted), self.0.avx2._mm256_cmpeq_epi8(high, wanted)]
    }

    #[inline(always)]
    fn and(self, a: Self::Mask, b: Self::Mask) -> Self::Mask {
        [self.0.avx2._mm256_and_si256(a[0], b[0]), self.0.avx2._mm256_and_si256(a[1], b[1])]
    }

    #[inline(always)]
    fn or(self, a: Self::Mask, b: Self::Mask) -> Self::Mask {
        [self.0.avx2._mm256_or_si256(a[0], b[0]), self.0.avx2._mm256_or_si256(a[1], b[1])]
    }

    #[inline(always)]
    fn bits(self, [low, high]: Self::Mask) -> u64 {
        let (low, high) = (self.0.avx2._mm256_movemask_epi8(low), self.0.avx2._mm256_movemask_epi8(high));
        u64::from(low as u32) | u64::from(high as u32) << 32
    }
}

impl Eyes for Avx512 {
    type Bytes = __m512i;
    type Mask = u64;

    #[inline(always)]
    fn load(self, block: &[u8; BLOCK]) -> __m512i {
        cast(*block)
    }

    #[inline(always)]
    fn lower(self, bytes: __m512i) -> __m512i {
        self.0.avx512f._mm512_or_si512(bytes, self.0.avx512f._mm512_set1_epi8(0x20))
    }

    #[inline(always)]
    fn within(self, bytes: __m512i, first: u8, count: u8) -> u64 {
        let avx = self.0.avx512f;
        let from_first = self.0.avx512bw._mm512_sub_epi8(bytes, avx._mm512_set1_epi8(first as i8));
        self.0.avx512bw._mm512_cmplt_epu8_mask(from_first, avx._mm512_set1_epi8(count as i8))
    }

    #[inline(always)]
    fn is(self, bytes: __m512i, wanted: u8) -> u64 {
        self.0.avx512bw._mm512_cmpeq_epi8_mask(bytes, self.0.avx512f._mm512_set1_epi8(wanted as i8))
    }

    #[inline(always)]
    fn and(self, a: u64, b: u64) -> u64 {
        a & b
    }

    #[inline(always)]
    fn or(self, a: u64, b: u64) -> u64 {
        a | b
    }

    #[inline(always)]
    fn bits(self, mask: u64) -> u64 {
        mask
    }

    #[inline(always)]
    fn places(self, base: u32, bits: u64, places: &mut [u32]) -> usize {
        const SIXTEEN: [u32; 16] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15];
        let avx = self.0.avx512f;
        let mut place = avx._mm512_add_epi32(cast(SIXTEEN), avx._mm512_set1_epi32(base as i32));
        let mut count = 0;
        for number in 0..BLOCK / 16 {
            let some = (bits >> (16 * number)) as u16;
            let Some(out) = places.get_mut(count..).and_then(<[u32]>::first_chunk_mut::<16>) else { break };
            *out = cast(avx._mm512_maskz_compress_epi32(some, place));
            place = avx._mm512_add_epi32(place, avx._mm512_set1_epi32(16));
            count += some.count_ones() as usize;
        }
        count
    }
}
