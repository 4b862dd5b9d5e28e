//! An HTTP answer as an archive holds it: header, then the body as it went over the wire. The body is put together from
//! its chunks and unpacked, within limits.

use std::io::Read;

use flate2::read::{DeflateDecoder, MultiGzDecoder, ZlibDecoder};

/// Header lines of one answer.
const HEADERS_MAX: usize = 256;
/// Bytes of a body after unpacking.
const BODY_BYTES_MAX: u64 = 64 * 1024 * 1024;
/// Digits of a chunk's length: more than sixteen say more than any file has.
const CHUNK_DIGITS_MAX: usize = 16;

/// An answer.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Answer<'a> {
    pub(super) status: u16,
    headers: Vec<(String, String)>,
    /// The body as it went over the wire; what a payload digest is over.
    pub(super) wire: &'a [u8],
}

impl<'a> Answer<'a> {
    /// Reads the header of an answer.
    pub(super) fn parse(block: &'a [u8]) -> Result<Self, String> {
        let mut headers = [httparse::EMPTY_HEADER; HEADERS_MAX];
        let mut answer = httparse::Response::new(&mut headers);
        let mut config = httparse::ParserConfig::default();
        // Archives hold what servers really sent.
        config
            .allow_spaces_after_header_name_in_responses(true)
            .allow_obsolete_multiline_headers_in_responses(true)
            .ignore_invalid_headers_in_responses(true);
        match config.parse_response(&mut answer, block) {
            Ok(httparse::Status::Complete(length)) => Ok(Self {
                status: answer.code.unwrap_or(0),
                headers: answer
                    .headers
                    .iter()
                    .map(|header| (header.name.to_owned(), String::from_utf8_lossy(header.value).trim().to_owned()))
                    .collect(),
                wire: block.get(length..).unwrap_or_default(),
            }),
            Ok(httparse::Status::Partial) => Err("its HTTP header has no end".to_owned()),
            Err(error) => Err(format!("its HTTP header cannot be read ({error})")),
        }
    }

    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(has, _)| has.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// The body as the reader of the page had it, and what was wrong with it.
    pub(super) fn body(&self) -> (Vec<u8>, Option<String>) {
        let chunked = self.header("Transfer-Encoding").is_some_and(|how| how.to_ascii_lowercase().contains("chunked"));
        let (mut body, mut wrong) = if chunked { unchunked(self.wire) } else { (self.wire.to_vec(), None) };
        let encodings = self.header("Content-Encoding").unwrap_or_default().to_ascii_lowercase();
        // The last one was applied last. Nobody sends more than two.
        for encoding in encodings.split(',').map(str::trim).rev().take(3) {
            match unpacked(encoding, &body) {
                Ok(Some(unpacked)) => body = unpacked,
                Ok(None) => {}
                Err((part, why)) => {
                    body = part;
                    wrong = Some(why);
                }
            }
        }
        (body, wrong)
    }
}

/// A body put together from its chunks (RFC 9112, 7.1). One that is not in chunks is taken as it is.
fn unchunked(wire: &[u8]) -> (Vec<u8>, Option<String>) {
    let (mut body, mut rest) = (Vec::with_capacity(wire.len()), wire);
    loop {
        let Some((length, after)) = chunk_length(rest) else {
            if body.is_empty() && !wire.is_empty() {
                return (wire.to_vec(), Some("it says it is in chunks and is not: taken as it is".to_owned()));
            }
            return (body, Some("its chunks are broken: what came before is taken".to_owned()));
        };
        if length == 0 {
            return (body, None);
        }
        match after.get(..length) {
            Some(chunk) => body.extend_from_slice(chunk),
            None => {
                body.extend_from_slice(after);
                return (body, Some("its last chunk is cut off: what is there is taken".to_owned()));
            }
        }
        let after = after.get(length..).unwrap_or_default();
        rest = after.strip_prefix(b"\r\n").or_else(|| after.strip_prefix(b"\n")).unwrap_or(after);
    }
}

fn chunk_length(rest: &[u8]) -> Option<(usize, &[u8])> {
    let end = memchr::memchr(b'\n', rest.get(..rest.len().min(4096))?)?;
    let line = std::str::from_utf8(rest.get(..end)?).ok()?;
    let digits = line.split(';').next()?.trim();
    if digits.is_empty() || digits.len() > CHUNK_DIGITS_MAX {
        return None;
    }
    Some((usize::from_str_radix(digits, 16).ok()?, rest.get(end + 1..)?))
}

/// The body unpacked; `None` when it is not packed; else what could be unpacked and why not more.
fn unpacked(encoding: &str, body: &[u8]) -> Result<Option<Vec<u8>>, (Vec<u8>, String)> {
    match encoding {
        "gzip" | "x-gzip" if body.starts_with(&[0x1f, 0x8b]) => read_all(MultiGzDecoder::new(body)),
        "deflate" => match read_all(ZlibDecoder::new(body)) {
            // Some servers send the bare stream without its envelope.
            Err((part, _)) if part.is_empty() => read_all(DeflateDecoder::new(body)),
            done => done,
        },
        "br" => read_all(brotli_decompressor::Decompressor::new(body, 16 * 1024)),
        "zstd" | "compress" | "x-compress" => {
            Err((body.to_vec(), format!("it is packed by {encoding}, which is not read: taken as it is")))
        }
        // `identity`, none, or a server that names gzip and sends the page itself, as crawlers often store it.
        _ => Ok(None),
    }
}

fn read_all(packed: impl Read) -> Result<Option<Vec<u8>>, (Vec<u8>, String)> {
    let mut body = Vec::new();
    let mut packed = packed.take(BODY_BYTES_MAX);
    match packed.read_to_end(&mut body) {
        Ok(_) if packed.limit() == 0 => {
            Err((body, format!("it unpacks to more than {BODY_BYTES_MAX} bytes: that much is taken")))
        }
        Ok(_) => Ok(Some(body)),
        Err(error) => Err((body, format!("it is packed and damaged ({error}): what could be unpacked is taken"))),
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn body(header: &str, wire: &[u8]) -> (String, bool) {
        let block = [format!("HTTP/1.1 200 OK\r\n{header}\r\n\r\n").as_bytes(), wire].concat();
        let (body, wrong) = Answer::parse(&block).unwrap().body();
        (String::from_utf8_lossy(&body).into_owned(), wrong.is_some())
    }

    #[test]
    fn bodies_are_put_together_from_their_chunks() {
        for (wire, expected) in [
            (&b"3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\n"[..], ("abcde", false)),
            (b"3\nabc\n0\n\n", ("abc", false)),
            (b"3\r\nabc\r\n", ("abc", true)),
            (b"ff\r\nabc", ("abc", true)),
            (b"ffffffffffffffff\r\nabc", ("abc", true)),
            (b"fffffffffffffffffff\r\nabc", ("fffffffffffffffffff\r\nabc", true)),
            (b"<html>", ("<html>", true)),
            (b"", ("", true)),
        ] {
            let (body, wrong) = body("Transfer-Encoding: chunked", wire);
            assert_eq!((body.as_str(), wrong), expected, "{wire:?}");
        }
    }

    #[test]
    fn packed_bodies_are_unpacked_and_damage_is_told() {
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        gzip.write_all(b"the lamp").unwrap();
        let gzip = gzip.finish().unwrap();
        let mut zlib = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::default());
        zlib.write_all(b"the lamp").unwrap();
        let mut bare = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::default());
        bare.write_all(b"the lamp").unwrap();
        // `the lamp` by the reference encoder of RFC 7932: a meta-block of bytes as they are, then the last, empty one.
        let brotli = b"\x8b\x03\x80the lamp\x03";
        for (encoding, wire, expected) in [
            ("gzip", gzip.clone(), ("the lamp", false)),
            ("deflate", zlib.finish().unwrap(), ("the lamp", false)),
            ("deflate", bare.finish().unwrap(), ("the lamp", false)),
            ("br", brotli.to_vec(), ("the lamp", false)),
            ("gzip", b"the lamp".to_vec(), ("the lamp", false)),
            ("identity", b"the lamp".to_vec(), ("the lamp", false)),
            ("zstd", b"the lamp".to_vec(), ("the lamp", true)),
        ] {
            let (body, wrong) = body(&format!("Content-Encoding: {encoding}"), &wire);
            assert_eq!((body.as_str(), wrong), expected, "{encoding}");
        }
        assert!(body("Content-Encoding: gzip", &gzip[..gzip.len() / 2]).1);
    }

    #[test]
    fn a_body_that_unpacks_without_end_is_cut_at_the_limit() {
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        for _ in 0..70 {
            gzip.write_all(&vec![b'a'; 1 << 20]).unwrap();
        }
        let (body, wrong) = body("Content-Encoding: gzip", &gzip.finish().unwrap());
        assert_eq!((body.len() as u64, wrong), (BODY_BYTES_MAX, true));
    }

    #[test]
    fn headers_that_are_none_are_told() {
        for block in [&b""[..], b"HTTP/1.1 200 OK\r\nA: b\r\n", b"\xff\xff", b"HTTP/9.9 xyz\r\n\r\n"] {
            assert!(Answer::parse(block).is_err(), "{block:?}");
        }
    }
}
