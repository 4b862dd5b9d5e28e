//! Digests as archives write them: `sha1:` and 32 letters of base 32, `sha256:` in base 32 or hexadecimal.

use data_encoding::{BASE32, BASE32_NOPAD, HEXLOWER};
use sha1::Sha1;
use sha2::{Digest, Sha256};

/// What checking a digest gave.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Checked {
    /// It is the digest of the bytes.
    Matches,
    /// It is not.
    Differs,
    /// It names a method that is not known, or cannot be read.
    Unknown,
}

/// Compares a stated digest with bytes.
pub(super) fn check(stated: &str, bytes: &[u8]) -> Checked {
    let Some((method, value)) = stated.trim().split_once(':') else { return Checked::Unknown };
    let expected: Vec<u8> = match method.to_ascii_lowercase().replace('-', "").as_str() {
        "sha1" => Sha1::digest(bytes).to_vec(),
        "sha256" => Sha256::digest(bytes).to_vec(),
        _ => return Checked::Unknown,
    };
    match decoded(value.trim(), expected.len()) {
        Some(value) if value == expected => Checked::Matches,
        Some(_) => Checked::Differs,
        None => Checked::Unknown,
    }
}

fn decoded(value: &str, length: usize) -> Option<Vec<u8>> {
    let hexadecimal = HEXLOWER.decode(value.to_ascii_lowercase().as_bytes()).ok().filter(|bytes| bytes.len() == length);
    let base32 = || BASE32_NOPAD.decode(value.trim_end_matches('=').to_ascii_uppercase().as_bytes()).ok();
    hexadecimal.or_else(|| base32().filter(|bytes| bytes.len() == length))
}

/// `sha256:` and base 32 with its padding, as this program writes it: other readers compare it letter by letter.
pub(super) fn sha256(bytes: &[u8]) -> String {
    format!("sha256:{}", BASE32.encode(&Sha256::digest(bytes)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digests_are_read_as_archives_write_them() {
        // The digests of nothing, FIPS 180-4.
        let sha1 = "da39a3ee5e6b4b0d3255bfef95601890afd80709";
        for (stated, expected) in [
            ("sha1:3I42H3S6NNFQ2MSVX7XZKYAYSCX5QBYJ".to_owned(), Checked::Matches),
            (format!("sha1:{sha1}"), Checked::Matches),
            (format!("SHA-1: {}", sha1.to_uppercase()), Checked::Matches),
            ("sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855".to_owned(), Checked::Matches),
            (sha256(b""), Checked::Matches),
            (sha256(b"x"), Checked::Differs),
            ("sha1:AAAA".to_owned(), Checked::Unknown),
            ("md5:d41d8cd98f00b204e9800998ecf8427e".to_owned(), Checked::Unknown),
            ("nonsense".to_owned(), Checked::Unknown),
        ] {
            assert_eq!(check(&stated, b""), expected, "{stated}");
        }
    }
}
