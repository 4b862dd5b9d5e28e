//! A PDQ hash as it is written, stored and compared.

use std::fmt;
use std::str::FromStr;

use serde::de::{self, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::LikenessError;

/// How much of a wrong text an error shows.
const SHOWN_CHARS_MAX: usize = 80;

/// 256 bits in the order in which the reference prints them: 64 lower-case hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct PdqHash(pub [u8; 32]);

impl PdqHash {
    /// In how many of the 256 bits two hashes differ; unrelated pictures differ in about 128.
    #[must_use]
    pub fn distance(&self, other: &Self) -> u32 {
        self.words().iter().zip(other.words()).map(|(a, b)| (a ^ b).count_ones()).sum()
    }

    /// The bits as four words; which bit is where does not matter to a distance.
    pub(crate) fn words(&self) -> [u64; 4] {
        let mut words = [0; 4];
        for (word, bytes) in words.iter_mut().zip(self.0.as_chunks::<8>().0) {
            *word = u64::from_be_bytes(*bytes);
        }
        words
    }
}

impl fmt::Display for PdqHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = [0; 64];
        for (digits, byte) in text.as_chunks_mut::<2>().0.iter_mut().zip(self.0) {
            *digits = [b"0123456789abcdef"[usize::from(byte >> 4)], b"0123456789abcdef"[usize::from(byte & 15)]];
        }
        f.pad(std::str::from_utf8(&text).map_err(|_| fmt::Error)?)
    }
}

impl fmt::Debug for PdqHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PdqHash({self})")
    }
}

impl FromStr for PdqHash {
    type Err = LikenessError;

    fn from_str(text: &str) -> Result<Self, LikenessError> {
        parse(text).ok_or_else(|| LikenessError::NotAPdqHash { found: text.chars().take(SHOWN_CHARS_MAX).collect() })
    }
}

/// Capitals are read too, because some lists are written so.
fn parse(text: &str) -> Option<PdqHash> {
    let digits: &[u8; 64] = text.as_bytes().try_into().ok()?;
    let mut hash = PdqHash::default();
    for (byte, [high, low]) in hash.0.iter_mut().zip(digits.as_chunks::<2>().0) {
        let (high, low) = (char::from(*high).to_digit(16)?, char::from(*low).to_digit(16)?);
        *byte = u8::try_from(high << 4 | low).ok()?;
    }
    Some(hash)
}

impl Serialize for PdqHash {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for PdqHash {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Hexadecimal;

        impl Visitor<'_> for Hexadecimal {
            type Value = PdqHash;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a PDQ hash of 64 hexadecimal digits")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<PdqHash, E> {
                text.parse().map_err(E::custom)
            }
        }

        deserializer.deserialize_str(Hexadecimal)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "80cd62122c4c09651488df13084b5c88b9fa3ce1d9a7bfd73d27d36d37c3973e";

    #[test]
    fn a_hash_survives_being_written_and_read() {
        let hash: PdqHash = TEXT.parse().unwrap();
        assert_eq!(hash.0[0], 0x80);
        assert_eq!(hash.0[31], 0x3e);
        assert_eq!(hash.to_string(), TEXT);
        assert_eq!(TEXT.to_uppercase().parse::<PdqHash>().unwrap(), hash);
        let json = serde_json::to_string(&hash).unwrap();
        assert_eq!(json, format!("\"{TEXT}\""));
        assert_eq!(serde_json::from_str::<PdqHash>(&json).unwrap(), hash);
    }

    #[test]
    fn a_text_that_is_no_hash_is_refused_and_shown_in_part() {
        let long = "0".repeat(100_000);
        for text in
            ["", "80cd", &TEXT[1..], &format!("{TEXT}0"), &TEXT.replace('b', "g"), &TEXT.replace("80", "é"), &long]
        {
            let error = text.parse::<PdqHash>().unwrap_err();
            assert!(error.to_string().len() < 200, "{error}");
        }
        assert!(serde_json::from_str::<PdqHash>("\"80cd\"").is_err());
        assert!(serde_json::from_str::<PdqHash>("7").is_err());
    }

    #[test]
    fn distance_counts_differing_bits() {
        let hash: PdqHash = TEXT.parse().unwrap();
        let mut other = hash;
        other.0[0] ^= 0b1000_0001;
        other.0[17] ^= 0b0000_0100;
        assert_eq!(hash.distance(&hash), 0);
        assert_eq!(hash.distance(&other), 3);
        assert_eq!(PdqHash([0; 32]).distance(&PdqHash([255; 32])), 256);
    }
}
