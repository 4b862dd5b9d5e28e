//! Subtitles: SubRip, WebVTT, (Advanced) SubStation Alpha. In: a text. Out: what is said, a cue after the other, with the time
//! of each; marks of style are left out.

use vedette_core::opened::CUES_MAX;

use crate::decode::truncate;
use crate::limits::TEXT_BYTES_MAX;

/// Bytes at the start in which a file of subtitles shows its first time.
const SNIFF_WITHIN: usize = 8 * 1024;

/// Text of subtitles.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Subtitles {
    /// `srt`, `vtt` or `ass`.
    pub format: &'static str,
    /// WHATWG name of the encoding.
    pub encoding: &'static str,
    /// What is said, one cue after the other.
    pub text: String,
    /// For each cue: start and end of its text in bytes, from and to in milliseconds.
    pub cues: Vec<[u32; 4]>,
    /// It was longer than the limit.
    pub cut: bool,
}

/// The kind of subtitles that `text` is.
pub fn kind_of(text: &str) -> Option<&'static str> {
    let text = text.trim_start_matches(['\u{feff}', '\r', '\n', ' ']);
    if text.starts_with("WEBVTT") {
        return Some("vtt");
    }
    let head = text.get(..text.floor_char_boundary(SNIFF_WITHIN)).unwrap_or(text);
    if head.starts_with("[Script Info]") || head.contains("\n[Events]") && head.contains("\nDialogue:") {
        return Some("ass");
    }
    // A number alone on its line, then the times: a text that merely mentions an arrow has no such lines.
    let mut lines = head.lines().map(str::trim).filter(|line| !line.is_empty());
    let first = lines.next()?;
    let times = if first.bytes().all(|byte| byte.is_ascii_digit()) { lines.next()? } else { first };
    times_of(times).map(|_| "srt")
}

/// Reads `text` as subtitles of `format`.
pub fn read(text: &str, format: &'static str, encoding: &'static str) -> Subtitles {
    let mut found = Subtitles { format, encoding, ..Subtitles::default() };
    let text = text.trim_start_matches('\u{feff}');
    if format == "ass" {
        dialogues(text, &mut found)
    } else {
        blocks(text, &mut found)
    }
    found
}

impl Subtitles {
    fn cue(&mut self, times: [u32; 2], words: &str) {
        let words = words.trim();
        if words.is_empty() || self.cut {
            return;
        }
        if self.cues.len() >= CUES_MAX || self.text.len() + words.len() + 1 > TEXT_BYTES_MAX {
            self.cut = true;
            return;
        }
        if !self.text.is_empty() {
            self.text.push('\n');
        }
        let start = self.text.len();
        self.text.push_str(words);
        let place = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        self.cues.push([place(start), place(self.text.len()), times[0], times[1]]);
    }
}

/// SubRip and WebVTT (W3C, section 4): a line of times, then lines of text up to an empty one.
fn blocks(text: &str, found: &mut Subtitles) {
    let mut times = None;
    let mut words = String::new();
    let mut is_note = false;
    // The number of the next cue stands on a line of its own before its times; until those come it may be text.
    let mut number = None::<&str>;
    for line in text.lines().map(str::trim).chain([""]) {
        if let Some(next) = times_of(line) {
            if let Some(before) = times.replace(next) {
                found.cue(before, &words);
            }
            words.clear();
            (number, is_note) = (None, false);
            continue;
        }
        if let Some(number) = number.take() {
            words.push_str(number);
            words.push('\n');
        }
        if line.is_empty() {
            if let Some(times) = times.take() {
                found.cue(times, &words);
            }
            words.clear();
            is_note = false;
        } else if times.is_some() && !is_note {
            if line.bytes().all(|byte| byte.is_ascii_digit()) {
                number = Some(line);
            } else {
                words.push_str(&without_marks(line));
                words.push('\n');
            }
        } else {
            is_note = matches!(line.split_whitespace().next(), Some("NOTE" | "STYLE" | "REGION"));
        }
    }
}

/// SubStation Alpha: lines `Dialogue: Layer, Start, End, …, Text`; the fields are named in the line `Format:` before them.
fn dialogues(text: &str, found: &mut Subtitles) {
    let (mut from, mut to, mut fields) = (1, 2, 10);
    let mut in_events = false;
    let mut cues = Vec::new();
    for line in text.lines().map(str::trim) {
        if line.starts_with('[') {
            in_events = line.eq_ignore_ascii_case("[Events]");
        } else if let Some(format) = line.strip_prefix("Format:").filter(|_| in_events) {
            let names: Vec<String> = format.split(',').map(|name| name.trim().to_ascii_lowercase()).collect();
            let place = |name: &str, usual: usize| names.iter().position(|known| known == name).unwrap_or(usual);
            (from, to, fields) = (place("start", from), place("end", to), names.len().max(1));
        } else if let Some(dialogue) = line.strip_prefix("Dialogue:").filter(|_| in_events) {
            let values: Vec<&str> = dialogue.splitn(fields, ',').collect();
            let time = |at: usize| values.get(at).and_then(|time| milliseconds(time.trim()));
            if let (Some(from), Some(to), Some(words)) = (time(from), time(to), values.get(fields - 1)) {
                cues.push(([from, to], without_overrides(words)));
            }
        }
        if cues.len() > CUES_MAX {
            break;
        }
    }
    // Programs write lines by layer; a reader sees them by time.
    cues.sort_by_key(|(times, _)| times[0]);
    for (times, words) in cues {
        found.cue(times, &words);
    }
}

/// `00:00:01,000 --> 00:00:02,000` with whatever stands behind it.
fn times_of(line: &str) -> Option<[u32; 2]> {
    let (from, rest) = line.split_once("-->")?;
    let to = rest.split_whitespace().next()?;
    let times = [milliseconds(from.trim())?, milliseconds(to)?];
    (times[0] <= times[1]).then_some(times)
}

/// `1:02:03.45`, `00:00:01,000` or `02:03.450` in milliseconds.
fn milliseconds(time: &str) -> Option<u32> {
    let (whole, part) = time.split_once(['.', ',']).unwrap_or((time, "0"));
    let part: String = part.chars().chain("00".chars()).take(3).collect();
    let mut seconds = 0_u32;
    let steps: Vec<&str> = whole.split(':').collect();
    if !(2..=3).contains(&steps.len()) {
        return None;
    }
    for step in steps {
        let value: u32 = step.parse().ok()?;
        seconds = seconds.checked_mul(60)?.checked_add(value)?;
    }
    seconds.checked_mul(1_000)?.checked_add(part.parse().ok()?)
}

/// A line without `<i>`, `<v Name>`, `{\an8}` and entities.
fn without_marks(line: &str) -> String {
    let mut words = String::with_capacity(line.len());
    let mut rest = line;
    while let Some(at) = rest.find(['<', '{']) {
        let (before, mark) = rest.split_at(at);
        words.push_str(before);
        let close = if mark.starts_with('<') { '>' } else { '}' };
        let is_mark = mark.starts_with("{\\")
            || mark.get(1..2).is_some_and(|next| next == "/" || next.chars().all(|c| c.is_ascii_alphanumeric()))
                && mark.starts_with('<');
        match mark.find(close).filter(|_| is_mark) {
            Some(end) => rest = mark.get(end + 1..).unwrap_or_default(),
            None => {
                words.push_str(mark.get(..1).unwrap_or_default());
                rest = mark.get(1..).unwrap_or_default();
            }
        }
    }
    words.push_str(rest);
    let entities =
        [("&lt;", "<"), ("&gt;", ">"), ("&nbsp;", " "), ("&lrm;", "\u{200e}"), ("&rlm;", "\u{200f}"), ("&amp;", "&")];
    entities.iter().fold(words, |words, (entity, sign)| words.replace(entity, sign))
}

/// Text of a dialogue without `{\…}`, with `\N` and `\n` as line ends.
fn without_overrides(words: &str) -> String {
    let mut plain = String::with_capacity(words.len());
    let mut depth = 0_u32;
    for c in words.chars() {
        match c {
            '{' => depth += 1,
            '}' => depth = depth.saturating_sub(1),
            c if depth == 0 => plain.push(c),
            _ => {}
        }
    }
    let mut plain = plain.replace("\\N", "\n").replace("\\n", "\n").replace("\\h", " ");
    truncate(&mut plain, TEXT_BYTES_MAX);
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str) -> Vec<(u32, u32, String)> {
        let format = kind_of(text).expect("they are subtitles");
        let found = read(text, format, "UTF-8");
        let words = |cue: &[u32; 4]| found.text[cue[0] as usize..cue[1] as usize].to_owned();
        found.cues.iter().map(|cue| (cue[2], cue[3], words(cue))).collect()
    }

    #[test]
    fn subrip_is_read_with_its_times() {
        let srt = "1\r\n00:00:01,000 --> 00:00:02,500\r\n<i>The lamp</i>\r\nburns &amp; burns\r\n\r\n2\r\n00:01:00,5 --> 00:01:02,000 X1:1\r\n1984\r\n{\\an8}a < b\r\n3\r\n00:02:00,000 --> 00:02:01,000\r\nlast";
        let expected = [
            (1_000, 2_500, "The lamp\nburns & burns".to_owned()),
            (60_500, 62_000, "1984\na < b".to_owned()),
            (120_000, 121_000, "last".to_owned()),
        ];
        assert_eq!(told(srt), expected);
    }

    #[test]
    fn webvtt_leaves_notes_and_styles_out() {
        let vtt = "WEBVTT - lamp\n\nSTYLE\n::cue { color: red }\n\nNOTE\nnot said\n\nintro\n01:02.000 --> 01:03.000 align:start\n<v Speaker>مصباح</v>\n";
        assert_eq!(told(vtt), [(62_000, 63_000, "مصباح".to_owned())]);
    }

    #[test]
    fn substation_lines_come_by_time() {
        let ass = "[Script Info]\nTitle: x\n[Events]\nFormat: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text\nDialogue: 0,0:00:05.00,0:00:06.00,Default,,0,0,0,,{\\pos(1,2)}second, with a comma\\Nand a line\nDialogue: 0,0:00:01.50,0:00:02.00,Default,,0,0,0,,first\nComment: 0,0:00:00.00,0:00:01.00,Default,,0,0,0,,no\n";
        let expected =
            [(1_500, 2_000, "first".to_owned()), (5_000, 6_000, "second, with a comma\nand a line".to_owned())];
        assert_eq!(told(ass), expected);
    }

    #[test]
    fn other_texts_are_no_subtitles() {
        for text in
            ["a --> b", "1\n2\n3", "2026-11-26\n10:00 --> the stadium", "", "The lamp\n00:00:01,000 --> 00:00:02,000"]
        {
            assert_eq!(kind_of(text), None, "{text}");
        }
    }

    #[test]
    fn more_than_the_limit_is_cut_and_said_so() {
        let many: String = (0..CUES_MAX + 10).map(|_| "00:00:01,000 --> 00:00:02,000\nx\n\n").collect();
        let found = read(&many, "srt", "UTF-8");
        assert!(found.cut && found.cues.len() == CUES_MAX);
    }
}
