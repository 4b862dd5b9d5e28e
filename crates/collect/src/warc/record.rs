//! The records of a WARC stream, one at a time. A record that lies about its length is told, and reading goes on at the
//! next line that begins a record.

use std::io::{BufRead, Read};

/// Bytes of one record's own header lines.
const HEADER_BYTES_MAX: usize = 64 * 1024;
/// Header lines of one record: the standard names about twenty.
const HEADERS_MAX: usize = 200;
/// Bytes of one record's block that are taken into memory: a magazine issue or a picture fits, a film does not.
const BLOCK_BYTES_MAX: u64 = 64 * 1024 * 1024;
/// Bytes between two records that are searched for the next one.
const JUNK_BYTES_MAX: u64 = 64 * 1024 * 1024;

/// A record whose block was read whole.
#[derive(Debug)]
pub(super) struct Record {
    /// Where it begins in the unpacked stream.
    pub(super) at: u64,
    headers: Vec<(String, String)>,
    /// Its block.
    pub(super) block: Vec<u8>,
}

impl Record {
    /// A header of the record, whatever the case of its name.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(has, _)| has.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }
}

/// What comes next in a stream.
#[derive(Debug)]
pub(super) enum Outcome {
    /// A record.
    Record(Record),
    /// Something that is no whole record; reading goes on behind it.
    Broken {
        /// Where.
        at: u64,
        /// What is wrong.
        why: String,
    },
    /// The stream cannot be read further.
    Stop {
        /// Where.
        at: u64,
        /// What is wrong.
        why: String,
    },
    /// The stream ends where it should.
    End,
}

/// Reads records.
pub(super) struct Records<'a> {
    stream: &'a mut dyn BufRead,
    at: u64,
}

impl<'a> Records<'a> {
    pub(super) fn new(stream: &'a mut dyn BufRead) -> Self {
        Self { stream, at: 0 }
    }

    /// The next record. After `End` and `Stop` there is nothing more to ask for.
    pub(super) fn next(&mut self) -> Outcome {
        let (junk_from, junk_bytes) = match self.find_begin() {
            Ok(Some(junk)) => junk,
            Ok(None) => return Outcome::End,
            Err(why) => return Outcome::Stop { at: self.at, why },
        };
        if junk_bytes > 0 {
            return Outcome::Broken {
                at: junk_from,
                why: format!("{junk_bytes} bytes belong to no record: the length of the record before is wrong"),
            };
        }
        let at = self.at;
        match self.read_record(at) {
            Ok(outcome) => outcome,
            Err(why) => Outcome::Stop { at, why },
        }
    }

    /// Passes blank lines and whatever is no record. `None` at the end; else where and how much junk there was.
    fn find_begin(&mut self) -> Result<Option<(u64, u64)>, String> {
        let (mut from, mut junk) = (self.at, 0u64);
        loop {
            let head = self.stream.fill_buf().map_err(|error| told(&error))?;
            match head.first().copied() {
                None if junk > 0 => return Ok(Some((from, junk))),
                None => return Ok(None),
                Some(b'\r' | b'\n') => {
                    self.stream.consume(1);
                    self.at += 1;
                    continue;
                }
                Some(first) => {
                    if first == b'W' && self.begins_record()? {
                        return Ok(Some((from, junk)));
                    }
                }
            }
            if junk == 0 {
                from = self.at;
            }
            junk += self.pass_line()?;
            if junk > JUNK_BYTES_MAX {
                return Err(format!("no record within {JUNK_BYTES_MAX} bytes: it is no WARC file"));
            }
        }
    }

    /// Whether `WARC/` stands here. A mark cut in two by the end of the buffer is taken for one: reading its line tells.
    fn begins_record(&mut self) -> Result<bool, String> {
        let head = self.stream.fill_buf().map_err(|error| told(&error))?;
        let length = head.len().min(5);
        Ok(head.get(..length) == b"WARC/".get(..length))
    }

    fn pass_line(&mut self) -> Result<u64, String> {
        let mut passed = 0u64;
        loop {
            let available = self.stream.fill_buf().map_err(|error| told(&error))?;
            let end = memchr::memchr(b'\n', available);
            let length = end.map_or(available.len(), |at| at + 1);
            self.stream.consume(length);
            self.at += length as u64;
            passed += length as u64;
            if end.is_some() || length == 0 || passed > JUNK_BYTES_MAX {
                return Ok(passed);
            }
        }
    }

    fn read_record(&mut self, at: u64) -> Result<Outcome, String> {
        let version = self.line(HEADER_BYTES_MAX)?;
        if !matches!(version.as_str(), "WARC/1.0" | "WARC/1.1" | "WARC/0.17" | "WARC/0.18") {
            return Ok(Outcome::Broken { at, why: "it begins with no version of WARC that is known".to_owned() });
        }
        let mut headers: Vec<(String, String)> = Vec::new();
        let mut left = HEADER_BYTES_MAX;
        loop {
            let line = self.line(left)?;
            left = left.saturating_sub(line.len() + 1);
            if line.is_empty() {
                break;
            }
            if line.starts_with([' ', '\t'])
                && let Some((_, value)) = headers.last_mut()
            {
                value.push(' ');
                value.push_str(line.trim());
            } else if let Some((name, value)) = line.split_once(':')
                && headers.len() < HEADERS_MAX
            {
                headers.push((name.trim().to_owned(), value.trim().to_owned()));
            }
        }
        let mut record = Record { at, headers, block: Vec::new() };
        let Some(length) = record.header("Content-Length").and_then(|length| length.parse::<u64>().ok()) else {
            return Ok(Outcome::Broken { at, why: "its length is missing or no number".to_owned() });
        };
        if length > BLOCK_BYTES_MAX {
            self.pass(length)?;
            return Ok(Outcome::Broken {
                at,
                why: format!("it has {length} bytes, more than the {BLOCK_BYTES_MAX} that are taken: left out"),
            });
        }
        let taken = (&mut self.stream).take(length).read_to_end(&mut record.block).map_err(|error| told(&error))?;
        self.at += taken as u64;
        if (taken as u64) < length {
            return Err(format!("the last record has {taken} of its {length} bytes and was left out"));
        }
        Ok(Outcome::Record(record))
    }

    fn pass(&mut self, length: u64) -> Result<(), String> {
        let passed =
            std::io::copy(&mut (&mut self.stream).take(length), &mut std::io::sink()).map_err(|error| told(&error))?;
        self.at += passed;
        if passed < length {
            return Err(format!("the last record has {passed} of its {length} bytes and was left out"));
        }
        Ok(())
    }

    /// A header line without its end.
    fn line(&mut self, bytes_max: usize) -> Result<String, String> {
        let mut line = Vec::new();
        (&mut self.stream).take(bytes_max as u64 + 1).read_until(b'\n', &mut line).map_err(|error| told(&error))?;
        self.at += line.len() as u64;
        if line.len() > bytes_max {
            return Err(format!("its header is longer than {HEADER_BYTES_MAX} bytes"));
        }
        if !line.ends_with(b"\n") {
            return Err("the file ends inside a header".to_owned());
        }
        Ok(String::from_utf8_lossy(&line).trim_end().to_owned())
    }
}

fn told(error: &std::io::Error) -> String {
    match error.kind() {
        std::io::ErrorKind::UnexpectedEof => "the compressed data ends early".to_owned(),
        std::io::ErrorKind::InvalidInput | std::io::ErrorKind::InvalidData => {
            format!("the compressed data is damaged ({error})")
        }
        _ => error.to_string(),
    }
}
