//! Timestamps by an authority (RFC 3161): the request, and what an answer proves. The imprint is SHA-256 over the text of
//! a checkpoint note, so that the whole log up to there existed when the authority says.
//!
//! An answer is checked as far as it can be on its own: that it is about this text, that its signed attributes fit, and
//! that a certificate inside it made the signature. Whether that certificate is an authority's is for a chain of trust to
//! say: `openssl ts -verify -in token.tsr -data text -CAfile ca.pem`.

use jiff::Timestamp;
use ring::signature::{
    ECDSA_P256_SHA256_ASN1, ECDSA_P384_SHA384_ASN1, RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_2048_8192_SHA384,
    RSA_PKCS1_2048_8192_SHA512, UnparsedPublicKey, VerificationAlgorithm,
};
use vedette_core::Sha256;

use crate::{PreserveError, PreserveResult, sha256};

/// Bytes of an answer: a token with a chain of certificates has a few thousand.
pub const ANSWER_BYTES_MAX: usize = 256 * 1024;

const SHA256_ID: &[u8] = &[0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01];
const SHA384_ID: &[u8] = &[0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x02];
const SHA512_ID: &[u8] = &[0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x03];
const SIGNED_DATA_ID: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x02];
const TST_INFO_ID: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, 0x10, 0x01, 0x04];
const MESSAGE_DIGEST_ID: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, 0x04];
const EC_KEY_ID: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01];

const INTEGER: u8 = 0x02;
const OCTETS: u8 = 0x04;
const OBJECT_ID: u8 = 0x06;
const TIME: u8 = 0x18;
const SEQUENCE: u8 = 0x30;
const SET: u8 = 0x31;
const EXPLICIT_0: u8 = 0xa0;

/// A request for a stamp over `imprint`, with a random number that the answer must repeat; asks for the certificate.
pub fn request(imprint: &Sha256, nonce: u64) -> Vec<u8> {
    let algorithm = der(SEQUENCE, &[der(OBJECT_ID, SHA256_ID), vec![0x05, 0x00]].concat());
    let message = der(SEQUENCE, &[algorithm, der(OCTETS, &imprint.0)].concat());
    // A leading zero keeps the number positive.
    let nonce = der(INTEGER, &[&[0x01][..], &nonce.to_be_bytes()].concat());
    der(SEQUENCE, &[der(INTEGER, &[1]), message, nonce, vec![0x01, 0x01, 0xff]].concat())
}

fn der(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = content.len();
    let mut bytes = vec![tag];
    match length {
        0..0x80 => bytes.push(length as u8),
        0x80..0x100 => bytes.extend([0x81, length as u8]),
        _ => bytes.extend([0x82, (length >> 8) as u8, length as u8]),
    }
    bytes.extend_from_slice(content);
    bytes
}

/// What an answer says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stamped {
    /// The time that the authority states.
    pub at: Timestamp,
    /// Whether the request's number stands in it.
    pub nonce: Option<u64>,
    /// SHA-256 of the certificate that signed; `None` when the kind of signature is unknown here.
    pub signer: Option<Sha256>,
}

/// Reads an answer about a text.
pub fn read(answer: &[u8], text: &[u8]) -> PreserveResult<Stamped> {
    if answer.len() > ANSWER_BYTES_MAX {
        return Err(PreserveError::Timestamp("the answer is longer than 256 KiB"));
    }
    read_der(answer, text).ok_or(PreserveError::Timestamp("the answer is not the DER of RFC 3161"))?
}

fn read_der(answer: &[u8], text: &[u8]) -> Option<PreserveResult<Stamped>> {
    let wrong = |why| Some(Err(PreserveError::Timestamp(why)));
    let mut whole = Der(answer);
    let mut response = Der(whole.take(SEQUENCE)?);
    if !whole.0.is_empty() {
        return wrong("bytes follow the answer");
    }
    let status = Der(response.take(SEQUENCE)?).take(INTEGER)?;
    if !matches!(status, [0 | 1]) {
        return wrong("the authority did not grant it");
    }
    let mut content = Der(response.take(SEQUENCE)?);
    if content.take(OBJECT_ID)? != SIGNED_DATA_ID {
        return wrong("it holds no signed data");
    }
    let mut signed = Der(Der(content.take(EXPLICIT_0)?).take(SEQUENCE)?);
    signed.take(INTEGER)?;
    signed.take(SET)?;
    let mut inner = Der(signed.take(SEQUENCE)?);
    if inner.take(OBJECT_ID)? != TST_INFO_ID {
        return wrong("it signs something else than a timestamp");
    }
    let info_bytes = Der(inner.take(EXPLICIT_0)?).take(OCTETS)?;
    let (imprint, at, nonce) = info(info_bytes)?;
    if imprint != sha256(text).0 {
        return wrong("it is about another text");
    }
    let certificates = signed.optional(EXPLICIT_0).unwrap_or_default();
    signed.optional(0xa1);
    let signer = signed.take(SET)?;
    match check_signature(signer, info_bytes, certificates)? {
        Ok(signer) => Some(Ok(Stamped { at, nonce, signer })),
        Err(why) => wrong(why),
    }
}

/// Imprint, time and number of a TSTInfo.
fn info(bytes: &[u8]) -> Option<(Vec<u8>, Timestamp, Option<u64>)> {
    let mut info = Der(Der(bytes).take(SEQUENCE)?);
    info.take(INTEGER)?;
    info.take(OBJECT_ID)?;
    let mut message = Der(info.take(SEQUENCE)?);
    let algorithm = Der(message.take(SEQUENCE)?).take(OBJECT_ID)?;
    let imprint = if algorithm == SHA256_ID { message.take(OCTETS)?.to_vec() } else { Vec::new() };
    info.take(INTEGER)?;
    let at = time(info.take(TIME)?)?;
    info.optional(SEQUENCE);
    info.optional(0x01);
    let nonce = info.optional(INTEGER).and_then(|bytes| {
        let tail = bytes.get(bytes.len().saturating_sub(8)..)?;
        Some(tail.iter().fold(0u64, |number, byte| number << 8 | u64::from(*byte)))
    });
    Some((imprint, at, nonce))
}

/// `YYYYMMDDhhmmss[.f]Z`.
fn time(bytes: &[u8]) -> Option<Timestamp> {
    let text = std::str::from_utf8(bytes).ok()?.strip_suffix('Z')?;
    let (digits, fraction) = text.split_once('.').unwrap_or((text, "0"));
    if digits.len() != 14 || !digits.bytes().chain(fraction.bytes()).all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let part = |range: std::ops::Range<usize>| digits.get(range);
    let (year, month, day) = (part(0..4)?, part(4..6)?, part(6..8)?);
    let (hour, minute, second) = (part(8..10)?, part(10..12)?, part(12..14)?);
    format!("{year}-{month}-{day}T{hour}:{minute}:{second}.{fraction}Z").parse().ok()
}

/// Checks the one signer's attributes and signature against the certificates: the certificate's hash, or what is wrong.
fn check_signature(signers: &[u8], info: &[u8], certificates: &[u8]) -> Option<Result<Option<Sha256>, &'static str>> {
    let mut signer = Der(Der(signers).take(SEQUENCE)?);
    signer.take(INTEGER)?;
    signer.any()?;
    let digest_id = Der(signer.take(SEQUENCE)?).take(OBJECT_ID)?;
    let attributes = signer.take(EXPLICIT_0)?;
    signer.take(SEQUENCE)?;
    let signature = signer.take(OCTETS)?;
    let digest = match digest_id {
        SHA256_ID => sha256(info).0.to_vec(),
        SHA384_ID => ring::digest::digest(&ring::digest::SHA384, info).as_ref().to_vec(),
        SHA512_ID => ring::digest::digest(&ring::digest::SHA512, info).as_ref().to_vec(),
        _ => return Some(Ok(None)),
    };
    if attribute(attributes, MESSAGE_DIGEST_ID)? != digest {
        return Some(Err("its signed attributes do not fit what it states"));
    }
    // The signature is over the attributes as a set, which they are not written as.
    let message = der(SET, attributes);
    let mut rest = Der(certificates);
    let mut tried = false;
    while let Some((certificate, whole)) = rest.element(SEQUENCE) {
        let Some((key, algorithm)) = key_of(certificate, digest_id) else { continue };
        tried = true;
        if UnparsedPublicKey::new(algorithm, key).verify(&message, signature).is_ok() {
            return Some(Ok(Some(sha256(whole))));
        }
    }
    Some(if tried { Err("no certificate in it made its signature") } else { Ok(None) })
}

fn attribute<'a>(attributes: &'a [u8], wanted: &[u8]) -> Option<&'a [u8]> {
    let mut rest = Der(attributes);
    while let Some(attribute) = rest.take(SEQUENCE) {
        let mut attribute = Der(attribute);
        if attribute.take(OBJECT_ID)? == wanted {
            return Der(attribute.take(SET)?).take(OCTETS);
        }
    }
    None
}

/// The public key of a certificate, and how it signs with that digest.
fn key_of<'a>(certificate: &'a [u8], digest_id: &[u8]) -> Option<(&'a [u8], &'static dyn VerificationAlgorithm)> {
    let mut body = Der(Der(certificate).take(SEQUENCE)?);
    body.optional(EXPLICIT_0);
    body.take(INTEGER)?;
    for _ in 0..4 {
        body.take(SEQUENCE)?;
    }
    let mut key = Der(body.take(SEQUENCE)?);
    let kind = Der(key.take(SEQUENCE)?).take(OBJECT_ID)?;
    // The first byte of a bit string counts unused bits: none.
    let bits = key.take(0x03)?.strip_prefix(&[0])?;
    let algorithm: &'static dyn VerificationAlgorithm = match (kind == EC_KEY_ID, digest_id, bits.len()) {
        (true, SHA256_ID, 65) => &ECDSA_P256_SHA256_ASN1,
        (true, SHA384_ID, 97) => &ECDSA_P384_SHA384_ASN1,
        (true, ..) => return None,
        (false, SHA256_ID, _) => &RSA_PKCS1_2048_8192_SHA256,
        (false, SHA384_ID, _) => &RSA_PKCS1_2048_8192_SHA384,
        (false, SHA512_ID, _) => &RSA_PKCS1_2048_8192_SHA512,
        _ => return None,
    };
    Some((bits, algorithm))
}

/// What is left of some DER.
#[derive(Clone, Copy)]
struct Der<'a>(&'a [u8]);

impl<'a> Der<'a> {
    /// The next element whatever its tag: tag, content, whole.
    fn next(&mut self) -> Option<(u8, &'a [u8], &'a [u8])> {
        let (tag, length) = (*self.0.first()?, usize::from(*self.0.get(1)?));
        let (start, length) = match length {
            0..=0x7f => (2, length),
            0x81..=0x83 => {
                let bytes = self.0.get(2..2 + (length - 0x80))?;
                (2 + bytes.len(), bytes.iter().fold(0, |sum, byte| sum << 8 | usize::from(*byte)))
            }
            _ => return None,
        };
        let (whole, rest) = self.0.split_at_checked(start + length)?;
        self.0 = rest;
        Some((tag, whole.get(start..)?, whole))
    }

    fn any(&mut self) -> Option<&'a [u8]> {
        self.next().map(|(_, content, _)| content)
    }

    fn element(&mut self, tag: u8) -> Option<(&'a [u8], &'a [u8])> {
        let mut ahead = *self;
        let (found, content, whole) = ahead.next()?;
        (found == tag).then(|| *self = ahead)?;
        Some((content, whole))
    }

    fn take(&mut self, tag: u8) -> Option<&'a [u8]> {
        self.element(tag).map(|(content, _)| content)
    }

    fn optional(&mut self, tag: u8) -> Option<&'a [u8]> {
        self.take(tag)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_is_the_der_of_the_specification() {
        let bytes = request(&Sha256([0xab; 32]), 5);
        let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        let imprint = "ab".repeat(32);
        assert_eq!(
            hex,
            format!(
                "3044020101\
                3031300d060960864801650304020105000420{imprint}0209010000000000000005\
                0101ff"
            )
            .replace("3044", &format!("30{:02x}", bytes.len() - 2))
        );
    }

    #[test]
    fn what_is_no_answer_is_refused_whatever_it_is() {
        let mut bytes = request(&Sha256([1; 32]), 9);
        for at in 0..bytes.len() {
            bytes[at] ^= 0x55;
            assert!(read(&bytes, b"text").is_err());
            assert!(read(&bytes[..at], b"text").is_err());
        }
        assert!(read(&[], b"").is_err());
        assert!(read(&[0x30, 0x84, 0xff, 0xff, 0xff, 0xff], b"").is_err());
    }

    #[test]
    fn times_are_read_to_the_fraction() {
        assert_eq!(time(b"20261123121500Z").unwrap().to_string(), "2026-11-23T12:15:00Z");
        assert_eq!(time(b"20261123121500.25Z").unwrap().to_string(), "2026-11-23T12:15:00.25Z");
        for wrong in [&b"20261123121500"[..], b"2026112312150Z", b"20261323121500Z", b"+0261123121500Z", b"\xff"] {
            assert_eq!(time(wrong), None);
        }
    }
}
