//! Which vector instructions the filter and the transform run on, chosen when the program runs.
//!
//! A machine computes with `N` values at once. Every lane does what the reference does to one value, in the same order and with
//! the same rounding, so all machines give the same bits; none of them fuses a product into a sum.
//!
//! Architecture invariant: no unsafe code. `pulp` proves with a token that the instructions are there.

use std::fmt;
use std::str::FromStr;

mod plain;
#[cfg(target_arch = "x86_64")]
mod x86;

/// `N` values of 32 bits at once.
pub(super) trait Lanes<const N: usize>: Copy {
    /// The values.
    type V: Copy;

    fn load(self, values: &[f32; N]) -> Self::V;
    fn store(self, values: Self::V, to: &mut [f32; N]);
    fn splat(self, value: f32) -> Self::V;
    fn add(self, a: Self::V, b: Self::V) -> Self::V;
    fn sub(self, a: Self::V, b: Self::V) -> Self::V;
    fn mul(self, a: Self::V, b: Self::V) -> Self::V;
    fn div(self, a: Self::V, b: Self::V) -> Self::V;
    /// Exchanges rows and columns.
    fn turn(self, block: &mut [Self::V; N]);
    /// The brightness of `N` pixels of three bytes: [`brightness`] in every lane.
    fn brightness(self, pixels: &[u8]) -> Self::V;
    /// `N` bytes as numbers.
    fn widen(self, bytes: &[u8; N]) -> Self::V;
}

/// ITU-R BT.601 luma, rounded to float32 after every step as the reference's float arithmetic does.
#[inline(always)]
pub(super) fn brightness(&[red, green, blue]: &[u8; 3]) -> f32 {
    0.299 * f32::from(red) + 0.587 * f32::from(green) + 0.114 * f32::from(blue)
}

/// What can run on every machine.
pub(super) trait Work {
    type Output;
    fn run<M: Lanes<N>, const N: usize>(self, lanes: M) -> Self::Output;
}

/// Vector instructions that PDQ can be computed with. The result is the same on each; only measurements and tests choose.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Machine {
    /// What the program was compiled for.
    Plain,
    /// AVX2: 8 values at once.
    Avx2,
    /// AVX-512 (F, BW, DQ, VL): 16 values at once.
    Avx512,
}

impl Machine {
    /// Every machine there is.
    pub const ALL: [Machine; 3] = [Machine::Plain, Machine::Avx2, Machine::Avx512];

    /// The quickest machine of this processor.
    pub fn best() -> Machine {
        Self::ALL.into_iter().rfind(|machine| machine.is_here()).unwrap_or(Machine::Plain)
    }

    /// Whether this processor has the instructions.
    pub fn is_here(self) -> bool {
        match self {
            Machine::Plain => true,
            #[cfg(target_arch = "x86_64")]
            Machine::Avx2 => x86::Avx2::here().is_some(),
            #[cfg(target_arch = "x86_64")]
            Machine::Avx512 => x86::Avx512::here().is_some(),
            #[cfg(not(target_arch = "x86_64"))]
            _ => false,
        }
    }

    /// Runs on this machine, or on the plain one where its instructions are missing.
    pub(super) fn run<W: Work>(self, work: W) -> W::Output {
        #[cfg(target_arch = "x86_64")]
        {
            if self == Machine::Avx512
                && let Some(lanes) = x86::Avx512::here()
            {
                return lanes.vectorize(work);
            }
            if self == Machine::Avx2
                && let Some(lanes) = x86::Avx2::here()
            {
                return lanes.vectorize(work);
            }
        }
        work.run(plain::Plain)
    }
}

impl fmt::Display for Machine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Machine::Plain => "plain",
            Machine::Avx2 => "avx2",
            Machine::Avx512 => "avx512",
        })
    }
}

impl FromStr for Machine {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        let found = Self::ALL.into_iter().find(|machine| machine.to_string() == name);
        found.ok_or_else(|| "a machine is plain, avx2 or avx512".to_owned())
    }
}
