//! Blocks of 64 bytes as bit masks, one bit a byte: what lets a text be looked at many bytes at a time.
//!
//! Written so that the compiler turns each loop over a block into vector instructions.

pub(crate) const BLOCK: usize = 64;

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
}
