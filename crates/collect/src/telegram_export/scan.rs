//! JSON read as a stream: an export of half a gigabyte is walked value by value, and only the slice of one message is in
//! memory. Nesting is counted, not recursed into, so depth costs nothing.

use std::io::BufRead;

/// Bytes of a key or of a name beside the messages: names are short.
const STRING_BYTES_MAX: usize = 64 * 1024;

/// Why the stream cannot be read further, with the byte where it broke.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ScanError {
    /// The file could not be read.
    #[error("{0}")]
    Io(#[from] std::io::Error),
    /// The file ends inside a value.
    #[error("the file ends early, at byte {0}")]
    Ended(u64),
    /// Something else stands where a value should be.
    #[error("it is no JSON at byte {0}")]
    NotJson(u64),
}

/// What a slice became.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Slice {
    /// The exact bytes of the value.
    Bytes(Vec<u8>),
    /// It is longer than the limit and was read past.
    TooLong,
}

/// A reader of JSON values.
pub(crate) struct Scanner<R> {
    reader: R,
    at: u64,
}

impl<R: BufRead> Scanner<R> {
    /// Reads from the beginning; a byte order mark is passed over.
    pub(crate) fn new(reader: R) -> Result<Self, ScanError> {
        let mut scanner = Self { reader, at: 0 };
        if scanner.peek_raw()? == Some(0xef) {
            for _ in 0..3 {
                scanner.next_raw()?;
            }
        }
        Ok(scanner)
    }

    /// The first byte of the next value or mark, blanks passed over.
    pub(crate) fn peek(&mut self) -> Result<u8, ScanError> {
        loop {
            match self.peek_raw()? {
                None => return Err(ScanError::Ended(self.at)),
                Some(b' ' | b'\n' | b'\r' | b'\t') => self.step(1),
                Some(byte) => return Ok(byte),
            }
        }
    }

    /// Steps over one mark that must stand here.
    pub(crate) fn expect(&mut self, mark: u8) -> Result<(), ScanError> {
        if self.peek()? == mark {
            self.step(1);
            return Ok(());
        }
        Err(ScanError::NotJson(self.at))
    }

    /// Steps into the next key of an object whose `{` was passed; `None` after its `}`.
    pub(crate) fn next_key(&mut self, first: &mut bool) -> Result<Option<String>, ScanError> {
        if !self.next_in(b'}', first)? {
            return Ok(None);
        }
        let key = self.string()?.unwrap_or_default();
        self.expect(b':')?;
        Ok(Some(key))
    }

    /// Whether another value of an array follows whose `[` was passed.
    pub(crate) fn next_element(&mut self, first: &mut bool) -> Result<bool, ScanError> {
        self.next_in(b']', first)
    }

    fn next_in(&mut self, end: u8, first: &mut bool) -> Result<bool, ScanError> {
        if self.peek()? == end {
            self.step(1);
            return Ok(false);
        }
        if !std::mem::take(first) {
            self.expect(b',')?;
        }
        Ok(true)
    }

    /// The next value when it is text or a number, as text; anything else is passed over.
    pub(crate) fn word(&mut self) -> Result<Option<String>, ScanError> {
        match self.peek()? {
            b'"' => self.string(),
            b'-' | b'0'..=b'9' => match self.slice(64)? {
                Slice::Bytes(bytes) => Ok(Some(String::from_utf8_lossy(&bytes).into_owned())),
                Slice::TooLong => Ok(None),
            },
            _ => {
                self.slice(0)?;
                Ok(None)
            }
        }
    }

    fn string(&mut self) -> Result<Option<String>, ScanError> {
        if self.peek()? != b'"' {
            return Err(ScanError::NotJson(self.at));
        }
        match self.slice(STRING_BYTES_MAX)? {
            Slice::Bytes(bytes) => Ok(serde_json::from_str(&String::from_utf8_lossy(&bytes)).ok()),
            Slice::TooLong => Ok(None),
        }
    }

    /// The exact bytes of the next value, up to `bytes_max` of them; a longer one is read past.
    pub(crate) fn slice(&mut self, bytes_max: usize) -> Result<Slice, ScanError> {
        let first = self.peek()?;
        let mut kept = Kept { bytes: Vec::new(), bytes_max, too_long: false };
        match first {
            b'"' => self.pass_string(&mut kept)?,
            b'{' | b'[' => self.pass_nested(&mut kept)?,
            b'-' | b'0'..=b'9' | b't' | b'f' | b'n' => self.pass_plain(&mut kept)?,
            _ => return Err(ScanError::NotJson(self.at)),
        }
        Ok(if kept.too_long { Slice::TooLong } else { Slice::Bytes(kept.bytes) })
    }

    fn pass_nested(&mut self, kept: &mut Kept) -> Result<(), ScanError> {
        let mut depth = 0u64;
        loop {
            match self.peek_raw()? {
                None => return Err(ScanError::Ended(self.at)),
                Some(b'"') => {
                    self.pass_string(kept)?;
                    continue;
                }
                Some(byte) => {
                    kept.push(&[byte]);
                    self.step(1);
                    match byte {
                        b'{' | b'[' => depth += 1,
                        b'}' | b']' => depth -= 1,
                        _ => {}
                    }
                }
            }
            if depth == 0 {
                return Ok(());
            }
        }
    }

    fn pass_string(&mut self, kept: &mut Kept) -> Result<(), ScanError> {
        kept.push(b"\"");
        self.step(1);
        loop {
            let available = self.reader.fill_buf()?;
            if available.is_empty() {
                return Err(ScanError::Ended(self.at));
            }
            let end = memchr::memchr2(b'"', b'\\', available);
            let plain = end.unwrap_or(available.len());
            kept.push(available.get(..plain).unwrap_or_default());
            let mark = end.and_then(|at| available.get(at)).copied();
            self.step(plain);
            match mark {
                None => {}
                Some(b'"') => {
                    kept.push(b"\"");
                    self.step(1);
                    return Ok(());
                }
                Some(mark) => {
                    self.step(1);
                    let escaped = self.next_raw()?.ok_or(ScanError::Ended(self.at))?;
                    kept.push(&[mark, escaped]);
                }
            }
        }
    }

    fn pass_plain(&mut self, kept: &mut Kept) -> Result<(), ScanError> {
        while let Some(byte) = self.peek_raw()? {
            if matches!(byte, b',' | b'}' | b']' | b' ' | b'\n' | b'\r' | b'\t' | b':' | b'{' | b'[' | b'"') {
                break;
            }
            kept.push(&[byte]);
            self.step(1);
        }
        Ok(())
    }

    fn peek_raw(&mut self) -> Result<Option<u8>, ScanError> {
        Ok(self.reader.fill_buf()?.first().copied())
    }

    fn next_raw(&mut self) -> Result<Option<u8>, ScanError> {
        let byte = self.peek_raw()?;
        if byte.is_some() {
            self.step(1);
        }
        Ok(byte)
    }

    fn step(&mut self, bytes: usize) {
        self.reader.consume(bytes);
        self.at += bytes as u64;
    }
}

struct Kept {
    bytes: Vec<u8>,
    bytes_max: usize,
    too_long: bool,
}

impl Kept {
    fn push(&mut self, bytes: &[u8]) {
        if self.too_long || self.bytes.len() + bytes.len() > self.bytes_max {
            self.too_long = true;
            self.bytes = Vec::new();
        } else {
            self.bytes.extend_from_slice(bytes);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn elements(text: &[u8], bytes_max: usize) -> Result<Vec<Slice>, ScanError> {
        // A buffer of three bytes: every value is met in pieces.
        let mut scanner = Scanner::new(std::io::BufReader::with_capacity(3, text))?;
        scanner.expect(b'[')?;
        let (mut first, mut slices) = (true, Vec::new());
        while scanner.next_element(&mut first)? {
            slices.push(scanner.slice(bytes_max)?);
        }
        Ok(slices)
    }

    #[test]
    fn each_value_is_its_exact_slice() {
        let values = ["1", "-2.5e9", "\"a\\\"]\\\\\"", "{ \"x\" : [1,{}] }", "[]", "true", "null"];
        let slices = elements(format!(" [ {} ] ", values.join(" ,\n")).as_bytes(), 100).unwrap();
        let expected: Vec<Slice> = values.iter().map(|value| Slice::Bytes(value.as_bytes().to_vec())).collect();
        assert_eq!(slices, expected);
    }

    #[test]
    fn a_value_over_the_limit_is_read_past() {
        let slices = elements(b"[\"0123456789\",{\"a\":\"0123456789\"},1]", 5).unwrap();
        assert_eq!(slices, [Slice::TooLong, Slice::TooLong, Slice::Bytes(b"1".to_vec())]);
    }

    #[test]
    fn broken_files_end_with_the_byte_where_they_broke() {
        for (text, told) in [
            (&b""[..], "ends early, at byte 0"),
            (b"[1,", "ends early, at byte 3"),
            (b"[\"abc", "ends early, at byte 5"),
            (b"[{\"a\":[", "ends early, at byte 7"),
            (b"[1 2]", "no JSON at byte 3"),
            (b"[x]", "no JSON at byte 1"),
            (b"{}", "no JSON at byte 0"),
            (b"[\"\\", "ends early, at byte 3"),
        ] {
            let error = elements(text, 100).unwrap_err().to_string();
            assert!(error.contains(told), "{error} for {text:?}");
        }
    }

    #[test]
    fn depth_of_a_million_costs_no_stack() {
        let text = [vec![b'['; 1_000_000], vec![b']'; 1_000_000]].concat();
        assert_eq!(elements(&text, 10).unwrap(), [Slice::TooLong]);
    }
}
