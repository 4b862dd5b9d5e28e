//! Messages of an mbox file, one at a time: a line `From … 12:34:56 …` after an empty line begins the next.
//!
//! The four customs: mboxo and mboxrd quote such lines in a text with `>`, mboxcl counts the bytes too, mboxcl2 only
//! counts them. A count is believed when a message or the end of the file follows where it says.

use std::io::BufRead;

/// Bytes of one message: the largest that mail servers take is about 50 MB.
pub(super) const MESSAGE_BYTES_MAX: usize = 64 * 1024 * 1024;
/// Lines in a text that look like the beginning of a message while a count says that they are none.
const CANDIDATES_MAX: usize = 100_000;
/// Line ends that may follow the counted bytes.
const SLACK_BYTES: usize = 4;

/// What comes next.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Next {
    /// The exact bytes of a message, without the line that separates it.
    Message(Vec<u8>),
    /// A message longer than the limit was passed over.
    TooLong,
}

/// Messages of a stream.
pub(super) struct Messages<R> {
    reader: R,
    ready: std::collections::VecDeque<Next>,
    message: Growing,
    begun: bool,
    ended: bool,
    /// Bytes before the first message.
    pub(super) passed_before: u64,
}

#[derive(Default)]
struct Growing {
    bytes: Vec<u8>,
    too_long: bool,
    /// Where the text begins and how long a count says that it is.
    counted: Option<(usize, Option<usize>)>,
    candidates: Vec<usize>,
}

impl<R: BufRead> Messages<R> {
    pub(super) fn new(reader: R) -> Self {
        Self {
            reader,
            ready: std::collections::VecDeque::new(),
            message: Growing::default(),
            begun: false,
            ended: false,
            passed_before: 0,
        }
    }

    /// The next message, or `None` at the end.
    pub(super) fn next(&mut self) -> std::io::Result<Option<Next>> {
        let (mut line, mut after_blank) = (Vec::new(), !self.begun);
        while self.ready.is_empty() && !self.ended {
            line.clear();
            let read = next_line(&mut self.reader, &mut line)?;
            if read == 0 {
                self.ended = true;
                if self.begun {
                    std::mem::take(&mut self.message).close(&mut self.ready);
                }
            } else if after_blank && is_separator(&line) {
                if !self.begun {
                    self.begun = true;
                } else if self.message.is_inside() {
                    self.message.candidate();
                    self.message.push(&line);
                } else {
                    std::mem::take(&mut self.message).close(&mut self.ready);
                }
            } else if self.begun {
                self.message.push(&line);
            } else {
                self.passed_before += read as u64;
            }
            after_blank = line.iter().all(u8::is_ascii_whitespace);
        }
        Ok(self.ready.pop_front())
    }
}

impl Growing {
    fn push(&mut self, line: &[u8]) {
        if self.too_long || self.bytes.len() + line.len() > MESSAGE_BYTES_MAX {
            self.too_long = true;
            return;
        }
        self.bytes.extend_from_slice(line);
        if self.counted.is_none() && line.iter().all(u8::is_ascii_whitespace) {
            self.counted = Some((self.bytes.len(), stated_length(&self.bytes)));
        }
    }

    /// Whether a count says that the text goes on here.
    fn is_inside(&self) -> bool {
        match self.counted {
            Some((from, Some(length))) => {
                !self.too_long
                    && self.candidates.len() < CANDIDATES_MAX
                    && self.bytes.len().saturating_sub(from) < length
            }
            _ => false,
        }
    }

    fn candidate(&mut self) {
        self.candidates.push(self.bytes.len());
    }

    /// Whether the message ends where its count says.
    fn is_as_counted(&self) -> bool {
        let Some((from, Some(length))) = self.counted else { return false };
        let text = self.bytes.len().saturating_sub(from);
        !self.too_long && text >= length && text <= length + SLACK_BYTES
    }

    fn close(self, ready: &mut std::collections::VecDeque<Next>) {
        if self.candidates.is_empty() || self.is_as_counted() {
            ready.push_back(if self.too_long { Next::TooLong } else { Next::Message(self.bytes) });
            return;
        }
        // The count was wrong: what looked like a beginning was one.
        let mut from = 0;
        for to in self.candidates.iter().copied().chain([self.bytes.len()]) {
            let part = self.bytes.get(from..to).unwrap_or_default();
            let part = if from == 0 {
                part
            } else {
                part.get(memchr::memchr(b'\n', part).map_or(part.len(), |at| at + 1)..).unwrap_or_default()
            };
            ready.push_back(Next::Message(part.to_vec()));
            from = to;
        }
        if self.too_long {
            ready.push_back(Next::TooLong);
        }
    }
}

/// A line with its end, cut at the limit of a message so that a file without line ends is not read whole.
fn next_line(reader: &mut impl BufRead, line: &mut Vec<u8>) -> std::io::Result<usize> {
    let mut read = 0;
    loop {
        let available = reader.fill_buf()?;
        let end = memchr::memchr(b'\n', available);
        let length = end.map_or(available.len(), |at| at + 1);
        line.extend_from_slice(available.get(..length).unwrap_or_default());
        reader.consume(length);
        read += length;
        if end.is_some() || length == 0 || line.len() >= MESSAGE_BYTES_MAX {
            return Ok(read);
        }
    }
}

/// `From name@host Sat Nov  1 10:00:00 2026`: a sentence that begins with the word has no clock in it.
pub(super) fn is_separator(line: &[u8]) -> bool {
    let Some(rest) = line.strip_prefix(b"From ") else { return false };
    let rest = rest.get(..rest.len().min(512)).unwrap_or_default();
    let clock = rest.windows(5).any(|part| match part {
        [a, b, b':', c, d] => [a, b, c, d].into_iter().all(u8::is_ascii_digit),
        _ => false,
    });
    clock && rest.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty()).count() >= 4
}

fn stated_length(header: &[u8]) -> Option<usize> {
    header.split(|byte| *byte == b'\n').find_map(|line| {
        let line = std::str::from_utf8(line).ok()?;
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse::<usize>().ok()).flatten()
    })
}

/// The message without the quotes of `>From `, for reading; the exhibit keeps them.
pub(super) fn unquoted(message: &[u8]) -> std::borrow::Cow<'_, [u8]> {
    let is_quoted = |line: &[u8]| {
        let marks = line.iter().take_while(|byte| **byte == b'>').count();
        marks > 0 && line.get(marks..).is_some_and(|rest| rest.starts_with(b"From "))
    };
    if memchr::memmem::find(message, b">From ").is_none() {
        return std::borrow::Cow::Borrowed(message);
    }
    let mut plain = Vec::with_capacity(message.len());
    for line in message.split_inclusive(|byte| *byte == b'\n') {
        plain.extend_from_slice(if is_quoted(line) { line.get(1..).unwrap_or_default() } else { line });
    }
    std::borrow::Cow::Owned(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINE: &str = "From lamp@lantern.example Sat Nov  1 10:00:00 2026\n";

    fn messages(text: &str) -> Vec<String> {
        let mut messages = Messages::new(std::io::BufReader::with_capacity(7, text.as_bytes()));
        let mut all = Vec::new();
        while let Some(next) = messages.next().unwrap() {
            match next {
                Next::Message(bytes) => all.push(String::from_utf8(bytes).unwrap()),
                Next::TooLong => all.push("too long".to_owned()),
            }
        }
        all
    }

    #[test]
    fn a_mailbox_is_cut_into_its_messages() {
        let text = format!("{LINE}A: b\n\none\n\n{LINE}C: d\n\nFrom the hill we saw it\n{LINE}two\n");
        // The last separator does not follow an empty line, so it is text.
        assert_eq!(
            messages(&text),
            ["A: b\n\none\n\n".to_owned(), format!("C: d\n\nFrom the hill we saw it\n{LINE}two\n")]
        );
        assert_eq!(messages(""), Vec::<String>::new());
        assert_eq!(messages("no mailbox\n"), Vec::<String>::new());
        assert_eq!(messages(LINE), [""]);
    }

    #[test]
    fn a_count_is_believed_only_where_a_message_ends() {
        let inner = format!("see\n\n{LINE}quoted\n");
        let counted = format!("{LINE}Content-Length: {}\n\n{inner}\n{LINE}A: b\n\nlast\n", inner.len());
        assert_eq!(messages(&counted).len(), 2, "mboxcl2: the inner line is text");
        for wrong in ["999999999", "7", "18446744073709551616"] {
            let lying = format!("{LINE}Content-Length: {wrong}\n\n{inner}\n{LINE}A: b\n\nlast\n");
            let found = messages(&lying);
            assert_eq!(found.len(), 3, "{wrong}: {found:?}");
            assert_eq!(found[2], "A: b\n\nlast\n");
        }
    }

    #[test]
    fn quotes_of_separators_are_taken_off_for_reading() {
        assert_eq!(&*unquoted(b"a\n>From x\n>>From y\n> From z\n"), b"a\nFrom x\n>From y\n> From z\n");
    }
}
