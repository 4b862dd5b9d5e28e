//! RTF (Rich Text Format Specification 1.9.1): the text of the body in one part, embedded pictures as members. Groups that
//! hold settings, or that a reader does not know and may skip, are skipped.

use encoding_rs::{Encoding, WINDOWS_1252};
use vedette_core::opened::Task;

use super::office::Lines;
use super::{Container, Holder, Wanted};
use crate::FileFault;
use crate::limits::{DOCUMENT_TEXT_BYTES_MAX, MEMBER_BYTES_MAX, XML_DEPTH_MAX};

/// Groups without text of the body.
const SETTINGS: &[&str] = &[
    "fonttbl",
    "colortbl",
    "stylesheet",
    "listtable",
    "listoverridetable",
    "rsidtbl",
    "generator",
    "info",
    "filetbl",
    "revtbl",
    "xmlnstbl",
    "themedata",
    "colorschememapping",
    "latentstyles",
    "datastore",
    "object",
    "fldinst",
    "pgdsctbl",
    "mmathPr",
    "bkmkstart",
    "bkmkend",
    "nonshppict",
];
/// Picture formats that an image opener reads, and their endings.
const PICTURES: &[(&str, &str)] = &[("pngblip", "png"), ("jpegblip", "jpg")];

/// What a group inherits from the one around it.
#[derive(Clone, Copy)]
struct Group {
    skipped: bool,
    in_picture: bool,
    /// Bytes of another encoding that stand behind each `\u` for older readers.
    fallback: usize,
}

struct Reader<'a> {
    rest: &'a [u8],
    group: Group,
    around: Vec<Group>,
    encoding: &'static Encoding,
    /// Bytes of the text in `encoding` that are not decoded yet.
    raw: Vec<u8>,
    /// The first half of a character that `\u` gives in two.
    surrogate: Option<u16>,
    passed: usize,
    lines: Lines,
    picture: Vec<u8>,
    nibble: Option<u8>,
    ending: Option<&'static str>,
    pictures: Vec<(&'static str, Vec<u8>)>,
    /// Pictures in formats of drawing programs.
    unread: usize,
}

/// Opens an RTF document.
pub(crate) fn open_rtf(bytes: &[u8], task: Task) -> Result<Container, FileFault> {
    let mut reader = Reader {
        rest: bytes,
        group: Group { skipped: false, in_picture: false, fallback: 1 },
        around: Vec::new(),
        encoding: WINDOWS_1252,
        raw: Vec::new(),
        surrogate: None,
        passed: 0,
        lines: Lines::default(),
        picture: Vec::new(),
        nibble: None,
        ending: None,
        pictures: Vec::new(),
        unread: 0,
    };
    let whole = reader.read()?;
    let mut holder = Holder::new("rtf", task);
    if !whole {
        holder.note("it breaks off before its last group ends: what comes before is read");
    }
    if reader.unread > 0 {
        holder.note(&format!("{} drawings (WMF, EMF) are not read: save them as PNG and import those", reader.unread));
    }
    holder.part(None, None, &reader.lines.take());
    for (number, (ending, picture)) in (1..).zip(reader.pictures) {
        match holder.wanted() {
            Wanted::Before => {}
            Wanted::NoMore => break,
            Wanted::Now => holder.member(&format!("picture {number}.{ending}"), None, Ok(picture)),
        }
    }
    Ok(holder.finish())
}

impl Reader<'_> {
    /// Reads all; whether every group ended.
    fn read(&mut self) -> Result<bool, FileFault> {
        while let Some((&byte, after)) = self.rest.split_first() {
            self.rest = after;
            match byte {
                b'{' => {
                    self.settle();
                    self.around.push(self.group);
                    if self.around.len() > XML_DEPTH_MAX {
                        return Err(FileFault::Hostile(format!("an RTF document nests over {XML_DEPTH_MAX} groups")));
                    }
                }
                b'}' => {
                    self.settle();
                    if self.group.in_picture && !self.around.last().is_some_and(|around| around.in_picture) {
                        self.end_picture();
                    }
                    match self.around.pop() {
                        Some(group) => self.group = group,
                        None => return Ok(true),
                    }
                    if self.around.is_empty() {
                        return Ok(true);
                    }
                }
                b'\\' => self.control(),
                b'\r' | b'\n' => {}
                _ if self.group.in_picture => self.hex(byte),
                byte => self.byte(byte),
            }
        }
        self.settle();
        Ok(false)
    }

    fn byte(&mut self, byte: u8) {
        if self.passed > 0 {
            self.passed -= 1;
        } else if !self.group.skipped && self.raw.len() < DOCUMENT_TEXT_BYTES_MAX {
            self.raw.push(byte);
        }
    }

    /// Decodes the bytes that wait.
    fn settle(&mut self) {
        if !self.raw.is_empty() {
            let text = self.encoding.decode_without_bom_handling(&self.raw).0.into_owned();
            self.raw.clear();
            self.lines.push(&text);
        }
    }

    fn text(&mut self, text: &str) {
        self.settle();
        if !self.group.skipped {
            self.lines.push(text);
        }
    }

    fn hex(&mut self, byte: u8) {
        let Some(value) = (byte as char).to_digit(16).and_then(|value| u8::try_from(value).ok()) else { return };
        match self.nibble.take() {
            None => self.nibble = Some(value),
            Some(high) if self.picture.len() <= MEMBER_BYTES_MAX => self.picture.push(high << 4 | value),
            Some(_) => {}
        }
    }

    fn end_picture(&mut self) {
        self.nibble = None;
        let picture = std::mem::take(&mut self.picture);
        let ending = self.ending.take();
        if picture.is_empty() || self.group.skipped {
            return;
        }
        match ending {
            Some(ending) => self.pictures.push((ending, picture)),
            None => self.unread += 1,
        }
    }

    fn control(&mut self) {
        let Some((&first, after)) = self.rest.split_first() else { return };
        if !first.is_ascii_alphabetic() {
            self.rest = after;
            match first {
                b'\'' => {
                    let code = after.get(..2).and_then(|code| std::str::from_utf8(code).ok());
                    if let Some(byte) = code.and_then(|code| u8::from_str_radix(code, 16).ok()) {
                        self.rest = after.get(2..).unwrap_or_default();
                        self.byte(byte);
                    }
                }
                b'\\' | b'{' | b'}' => self.byte(first),
                b'~' => self.text(" "),
                b'_' => self.text("-"),
                b'*' => self.group.skipped |= !self.rest.starts_with(b"\\shppict"),
                b'\r' | b'\n' => self.text("\n"),
                _ => {}
            }
            return;
        }
        let letters = self.rest.iter().take_while(|byte| byte.is_ascii_alphabetic()).count().min(32);
        let (word, after) = self.rest.split_at(letters);
        let digits =
            after.iter().enumerate().take_while(|&(at, &byte)| byte.is_ascii_digit() || at == 0 && byte == b'-');
        let digits = digits.count().min(11);
        let (number, after) = after.split_at(digits);
        let number: Option<i64> = std::str::from_utf8(number).ok().and_then(|number| number.parse().ok());
        self.rest = after.strip_prefix(b" ").unwrap_or(after);
        let word = std::str::from_utf8(word).unwrap_or_default();
        self.word(word, number);
    }

    fn word(&mut self, word: &str, number: Option<i64>) {
        match word {
            "par" | "line" | "row" | "sect" | "page" => {
                self.text("");
                if !self.group.skipped {
                    self.lines.push("\n");
                }
            }
            "tab" | "cell" | "nestcell" => self.text("\t"),
            "emdash" => self.text("—"),
            "endash" => self.text("–"),
            "lquote" => self.text("‘"),
            "rquote" => self.text("’"),
            "ldblquote" => self.text("“"),
            "rdblquote" => self.text("”"),
            "bullet" => self.text("•"),
            "zwnj" => self.text("\u{200c}"),
            "zwj" => self.text("\u{200d}"),
            "u" => self.unicode(number.unwrap_or(0)),
            "uc" => self.group.fallback = number.and_then(|count| usize::try_from(count).ok()).unwrap_or(1).min(16),
            "ansicpg" => {
                let label = format!("windows-{}", number.unwrap_or(1252));
                self.encoding = Encoding::for_label(label.as_bytes()).unwrap_or(WINDOWS_1252);
            }
            "bin" => {
                // Raw bytes that are no text, braces among them.
                let length = number.and_then(|length| usize::try_from(length).ok()).unwrap_or(0).min(self.rest.len());
                let (raw, after) = self.rest.split_at(length);
                self.rest = after;
                if self.group.in_picture && length <= MEMBER_BYTES_MAX {
                    self.picture.extend_from_slice(raw);
                }
            }
            "pict" => self.group.in_picture = true,
            word if SETTINGS.contains(&word) => self.group.skipped = true,
            word => {
                if let Some((_, ending)) = PICTURES.iter().find(|(name, _)| *name == word) {
                    self.ending = Some(ending);
                }
            }
        }
    }

    /// A character by its number in UTF-16, with bytes for older readers behind it.
    fn unicode(&mut self, number: i64) {
        let unit = (number.rem_euclid(65_536)) as u16;
        let units = self.surrogate.take().into_iter().chain([unit]);
        let units: Vec<u16> = units.collect();
        if let [first] = units.as_slice()
            && (0xd800..0xdc00).contains(first)
        {
            self.surrogate = Some(*first);
        } else {
            let text: String = char::decode_utf16(units).map(|c| c.unwrap_or('\u{fffd}')).collect();
            self.text(&text);
        }
        self.passed = self.group.fallback;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(rtf: &[u8]) -> String {
        open_rtf(rtf, Task::Open).expect("it is RTF").texts.concat()
    }

    #[test]
    fn the_body_is_read_and_settings_are_not() {
        let rtf = br"{\rtf1\ansi\ansicpg1251{\fonttbl{\f0 Arial;}}{\*\generator x;}{\info{\author Nobody}}
\pard The lamp\par burns {\b brightly}\tab now\par \'d4\'ee\'ed\'e0\'f0\'fc \u1605?\u1589?\u1576?\u1575?\u1581?\par \{x\}}";
        assert_eq!(text(rtf), "The lamp\nburns brightly\tnow\nФонарь مصباح\n{x}");
        assert_eq!(text(br"{\rtf1 \u-10179?\u-8704? {\uc0\u233}t\u233?}"), "\u{1f600} ét\u{e9}");
    }

    #[test]
    fn pictures_are_members_and_a_cut_document_says_so() {
        let found =
            open_rtf(br"{\rtf1 a{\pict\pngblip\picw1 89504e47}b{\*\shppict{\pict\jpegblip\bin3 }}{}}c}", Task::Open);
        let found = found.expect("it is RTF");
        assert_eq!(found.texts, ["abc"]);
        assert_eq!(found.members, [b"\x89PNG".to_vec(), b"}}{".to_vec()]);
        let cut = open_rtf(br"{\rtf1 {\b the lamp", Task::Open).expect("it is read");
        assert_eq!((cut.texts.concat().as_str(), cut.facts.notes.len()), ("the lamp", 1));
        assert!(matches!(open_rtf(&b"{\\rtf1".repeat(2_000), Task::Open), Err(FileFault::Hostile(_))));
    }
}
