//! Blocks of 64 bytes as bit masks, one bit a byte: what lets a text be looked at many bytes at a time.
//!
//! The instructions are chosen when the program runs; every machine sees the same.
//!
//! Architecture invariant: no unsafe code. `pulp` proves with a token that the instructions are there.

mod plain;
#[cfg(target_arch = "x86_64")]
mod x86;

pub(crate) const BLOCK: usize = 64;

/// Looks at the bytes of a block at once.
pub(crate) trait Eyes: Copy {
    /// The bytes.
    type Bytes: Copy;
    /// Yes or no for each of them.
    type Mask: Copy;

    fn load(self, block: &[u8; BLOCK]) -> Self::Bytes;
    /// Each byte with the bit that lower-case letters of ASCII have.
    fn lower(self, bytes: Self::Bytes) -> Self::Bytes;
    /// Where the byte is one of `count` from `first` on.
    fn within(self, bytes: Self::Bytes, first: u8, count: u8) -> Self::Mask;
    /// Where the byte is `wanted`.
    fn is(self, bytes: Self::Bytes, wanted: u8) -> Self::Mask;
    fn and(self, a: Self::Mask, b: Self::Mask) -> Self::Mask;
    fn or(self, a: Self::Mask, b: Self::Mask) -> Self::Mask;
    /// One bit a byte, the first one lowest.
    fn bits(self, mask: Self::Mask) -> u64;

    /// Writes the places of the bits, counted from `base`, and something behind the last of them: `places` has [`PLACES`] or nothing is
    /// written. Returns how many there are.
    #[inline(always)]
    fn places(self, base: u32, bits: u64, places: &mut [u32]) -> usize {
        let (mut rest, mut out) = (bits, places);
        // Eight at a time, so that the processor seldom guesses wrongly how many there are.
        while rest != 0 {
            let Some((eight, behind)) = out.split_first_chunk_mut::<8>() else { break };
            for slot in eight {
                *slot = base + rest.trailing_zeros();
                rest &= rest.wrapping_sub(1);
            }
            out = behind;
        }
        bits.count_ones() as usize
    }
}

/// Room for the places of the bits of a block.
pub(crate) const PLACES: usize = BLOCK + 16;

/// What can run on every machine.
pub(crate) trait Look {
    fn run<E: Eyes>(self, eyes: E);
}

/// Runs on the quickest machine of this processor.
pub(crate) fn run(look: impl Look) {
    #[cfg(target_arch = "x86_64")]
    {
        if let Some(eyes) = x86::Avx512::here() {
            return eyes.vectorize(look);
        }
        if let Some(eyes) = x86::Avx2::here() {
            return eyes.vectorize(look);
        }
    }
    look.run(plain::Plain);
}

/// All bits set where the byte is one of `count` from `first` on.
#[inline]
pub(crate) fn within(byte: u8, first: u8, count: u8) -> u8 {
    u8::from(byte.wrapping_sub(first) < count).wrapping_neg()
}

/// All bits set where the byte is `wanted`.
#[inline]
pub(crate) fn is(byte: u8, wanted: u8) -> u8 {
    u8::from(byte == wanted).wrapping_neg()
}

/// The highest bit of each byte.
#[inline]
pub(crate) fn bits(bytes: &[u8; BLOCK]) -> u64 {
    let (eights, _) = bytes.as_chunks::<8>();
    let mut out = 0;
    for (number, eight) in eights.iter().enumerate() {
        let high = (u64::from_le_bytes(*eight) >> 7) & 0x0101_0101_0101_0101;
        // Each byte's bit is carried to the top byte, the first one lowest.
        out |= (high.wrapping_mul(0x0102_0408_1020_4080) >> 56) << (8 * number);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_byte_has_its_bit() {
        for at in 0..BLOCK {
            let mut bytes = [0x7fu8; BLOCK];
            bytes[at] = 0x80;
            assert_eq!(bits(&bytes), 1 << at);
            assert_eq!(bits(&bytes.map(|byte| !byte)), !(1 << at));
        }
    }

    fn seen<E: Eyes>(eyes: E, block: &[u8; BLOCK]) -> Vec<u64> {
        let bytes = eyes.load(block);
        let (one, some) = (eyes.is(bytes, b'e'), eyes.within(eyes.lower(bytes), b'a', 26));
        let all = eyes.within(bytes, 0xdc, 0x24);
        let mut seen = [one, some, all, eyes.and(one, some), eyes.or(one, all)].map(|mask| eyes.bits(mask)).to_vec();
        let mut places = [0; PLACES];
        let count = eyes.places(1_000, seen[1], &mut places);
        seen.extend(places.iter().take(count).map(|place| u64::from(*place)));
        seen
    }

    #[test]
    fn every_machine_sees_the_same() {
        for start in 0..=255u8 {
            let mut block = [start; BLOCK];
            block.iter_mut().enumerate().for_each(|(at, byte)| *byte = byte.wrapping_add((at * at / 3) as u8));
            let plain = seen(plain::Plain, &block);
            let lower = |byte: u8| byte.is_ascii_alphabetic();
            assert!((0..BLOCK).all(|at| plain[1] >> at & 1 == u64::from(lower(block[at]))), "{block:?}");
            #[cfg(target_arch = "x86_64")]
            {
                assert!(x86::Avx2::here().is_none_or(|eyes| seen(eyes, &block) == plain), "{block:?}");
                assert!(x86::Avx512::here().is_none_or(|eyes| seen(eyes, &block) == plain), "{block:?}");
            }
        }
    }
}
