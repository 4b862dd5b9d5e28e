//! Cryptocurrency addresses, told from other long codes by their checksums where the format has one we can compute.
//!
//! Bitcoin: base58check (two rounds of SHA-256) and bech32 / bech32m (BIP 173, BIP 350). Ethereum: `0x` and 40 hex digits.
//! Monero: shape only (95 or 106 base-58 characters), its checksum needs another hash.

use sha2::{Digest, Sha256};

/// The longest address of any kind known here: Monero's integrated form.
pub(super) const CHARS_MAX: usize = 106;

const BASE58: &[u8; 58] = b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
const BECH32: &[u8; 32] = b"qpzry9x8gf2tvdw0s3jn54khce6mua7l";

pub(super) fn is_wallet(run: &str) -> bool {
    let bytes = run.as_bytes();
    match bytes {
        [b'1' | b'3', ..] if (26..=35).contains(&bytes.len()) => base58check(bytes),
        [b'b' | b'B', b'c' | b'C', b'1', data @ ..] if bytes.len() <= 90 => bech32(bytes, data),
        [b'0', b'x', hex @ ..] => hex.len() == 40 && hex.iter().all(u8::is_ascii_hexdigit),
        [b'4' | b'8', ..] if bytes.len() == 95 || bytes.len() == 106 => {
            bytes.iter().all(|byte| BASE58.contains(byte)) && bytes.iter().any(u8::is_ascii_lowercase)
        }
        _ => false,
    }
}

/// 25 bytes: version, hash, and the first four bytes of the double SHA-256 of both.
fn base58check(text: &[u8]) -> bool {
    let mut decoded = [0u8; 25];
    for byte in text {
        let Some(value) = BASE58.iter().position(|known| known == byte) else { return false };
        let mut carry = value as u32;
        for slot in decoded.iter_mut().rev() {
            carry += u32::from(*slot) * 58;
            *slot = (carry & 0xff) as u8;
            carry >>= 8;
        }
        if carry != 0 {
            return false;
        }
    }
    let (body, sum) = decoded.split_at(21);
    let twice = Sha256::digest(Sha256::digest(body));
    matches!(body.first(), Some(0 | 5)) && twice.iter().take(4).eq(sum)
}

fn bech32(whole: &[u8], data: &[u8]) -> bool {
    let mixed = whole.iter().any(u8::is_ascii_lowercase) && whole.iter().any(u8::is_ascii_uppercase);
    if mixed || data.len() < 8 {
        return false;
    }
    // The human-readable part "bc", expanded: high bits, a zero, low bits.
    let mut sum = [3u32, 3, 0, 2, 3].into_iter().fold(1, polymod);
    for byte in data {
        let Some(value) = BECH32.iter().position(|known| *known == byte.to_ascii_lowercase()) else { return false };
        sum = polymod(sum, value as u32);
    }
    matches!(sum, 1 | 0x2bc8_30a3)
}

fn polymod(sum: u32, value: u32) -> u32 {
    const GENERATOR: [u32; 5] = [0x3b6a_57b2, 0x2650_8e6d, 0x1ea1_19fa, 0x3d42_33dd, 0x2a14_62b3];
    let top = sum >> 25;
    let shifted = ((sum & 0x01ff_ffff) << 5) ^ value;
    GENERATOR.iter().enumerate().filter(|(bit, _)| (top >> bit) & 1 == 1).fold(shifted, |sum, (_, word)| sum ^ word)
}
