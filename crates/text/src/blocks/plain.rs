//! Plain code, which compilers turn into whatever vectors the target is sure to have.

use super::{BLOCK, Eyes, bits, is, within};
use std::array::from_fn;

#[derive(Debug, Clone, Copy)]
pub(super) struct Plain;

impl Eyes for Plain {
    type Bytes = [u8; BLOCK];
    type Mask = [u8; BLOCK];

    #[inline(always)]
    fn load(self, block: &[u8; BLOCK]) -> Self::Bytes {
        *block
    }

    #[inline(always)]
    fn lower(self, bytes: Self::Bytes) -> Self::Bytes {
        bytes.map(|byte| byte | 0x20)
    }

    #[inline(always)]
    fn within(self, bytes: Self::Bytes, first: u8, count: u8) -> Self::Mask {
        bytes.map(|byte| within(byte, first, count))
    }

    #[inline(always)]
    fn is(self, bytes: Self::Bytes, wanted: u8) -> Self::Mask {
        bytes.map(|byte| is(byte, wanted))
    }

    #[inline(always)]
    fn and(self, a: Self::Mask, b: Self::Mask) -> Self::Mask {
        from_fn(|at| a[at] & b[at])
    }

    #[inline(always)]
    fn or(self, a: Self::Mask, b: Self::Mask) -> Self::Mask {
        from_fn(|at| a[at] | b[at])
    }

    #[inline(always)]
    fn bits(self, mask: Self::Mask) -> u64 {
        bits(&mask)
    }
}
