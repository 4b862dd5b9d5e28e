//! What ffprobe says of a recording, believed as little as any hostile text: numbers out of range are unknown, names are held
//! to a list of letters.

use serde::Deserialize;

/// Streams of one file that are looked at; a broadcast recording has about ten.
const STREAMS_MAX: usize = 32;
/// Letters of a codec's name or a language tag.
const WORD_MAX: usize = 24;
/// Milliseconds; a duration beyond a week is a lie, and times are 32 bits wide.
const DURATION_MS_MAX: f64 = 7.0 * 24.0 * 3_600_000.0;
/// Subtitle streams that are texts; others are pictures.
const TEXT_SUBTITLES: &[&str] =
    &["subrip", "srt", "ass", "ssa", "webvtt", "mov_text", "text", "ttml", "sami", "microdvd"];

/// A recording.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Probe {
    /// Milliseconds, as the file says.
    pub duration_ms: Option<u32>,
    /// The first moving picture.
    pub video: Option<Video>,
    /// The first sound: its codec.
    pub sound: Option<String>,
    /// Subtitles.
    pub captions: Vec<Caption>,
    /// Streams that are not read.
    pub left_out: usize,
}

/// A moving picture.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Video {
    /// Its codec.
    pub codec: String,
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
}

/// A stream of subtitles.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Caption {
    /// Its number among the streams of subtitles, from 0.
    pub number: usize,
    /// Its language as the file says, or empty.
    pub language: String,
    /// It is text, not pictures of text.
    pub is_text: bool,
}

#[derive(Deserialize)]
struct Said {
    #[serde(default)]
    streams: Vec<Stream>,
    #[serde(default)]
    format: Format,
}

#[derive(Default, Deserialize)]
struct Format {
    #[serde(default)]
    duration: Option<String>,
}

#[derive(Deserialize)]
struct Stream {
    #[serde(default)]
    codec_type: Option<String>,
    #[serde(default)]
    codec_name: Option<String>,
    #[serde(default)]
    width: Option<i64>,
    #[serde(default)]
    height: Option<i64>,
    #[serde(default)]
    duration: Option<String>,
    #[serde(default)]
    disposition: Disposition,
    #[serde(default)]
    tags: Tags,
}

#[derive(Default, Deserialize)]
struct Disposition {
    #[serde(default)]
    attached_pic: i64,
}

#[derive(Default, Deserialize)]
struct Tags {
    #[serde(default)]
    language: Option<String>,
}

/// Reads the JSON of ffprobe; `None` when it is none.
pub(super) fn read(json: &[u8]) -> Option<Probe> {
    let said: Said = serde_json::from_slice(json).ok()?;
    let mut probe = Probe { left_out: said.streams.len().saturating_sub(STREAMS_MAX), ..Probe::default() };
    let mut captions = 0;
    let mut longest = said.format.duration.as_deref().and_then(milliseconds);
    for stream in said.streams.into_iter().take(STREAMS_MAX) {
        longest = longest.max(stream.duration.as_deref().and_then(milliseconds));
        let codec = word(stream.codec_name.as_deref().unwrap_or_default());
        match stream.codec_type.as_deref() {
            // The cover of a song is no moving picture.
            Some("video") if stream.disposition.attached_pic != 0 => {}
            Some("video") if probe.video.is_none() => {
                let side = |side: Option<i64>| side.and_then(|side| u32::try_from(side).ok()).unwrap_or(0);
                probe.video = Some(Video { codec, width: side(stream.width), height: side(stream.height) });
            }
            Some("audio") if probe.sound.is_none() => probe.sound = Some(codec),
            Some("subtitle") => {
                let language = word(stream.tags.language.as_deref().unwrap_or_default());
                let is_text = TEXT_SUBTITLES.contains(&codec.as_str());
                probe.captions.push(Caption { number: captions, language, is_text });
                captions += 1;
            }
            Some("video" | "audio") => probe.left_out += 1,
            // Data streams hold timecodes and chapters.
            _ => {}
        }
    }
    probe.duration_ms = longest;
    Some(probe)
}

fn milliseconds(seconds: &str) -> Option<u32> {
    let milliseconds = seconds.parse::<f64>().ok()? * 1_000.0;
    (0.0..=DURATION_MS_MAX).contains(&milliseconds).then_some(milliseconds as u32)
}

fn word(text: &str) -> String {
    text.chars().filter(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-')).take(WORD_MAX).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn streams_are_told_apart() {
        let json = br#"{"streams":[
            {"codec_type":"video","codec_name":"mjpeg","width":9,"height":9,"disposition":{"attached_pic":1}},
            {"codec_type":"video","codec_name":"h264","width":640,"height":360,"duration":"12.000000"},
            {"codec_type":"audio","codec_name":"aac"},{"codec_type":"audio","codec_name":"aac"},
            {"codec_type":"subtitle","codec_name":"dvd_subtitle"},
            {"codec_type":"subtitle","codec_name":"subrip","tags":{"language":"ara"}},
            {"codec_type":"data"}],"format":{"duration":"12.5"}}"#;
        let probe = read(json).unwrap();
        assert_eq!(probe.duration_ms, Some(12_500));
        assert_eq!(probe.video, Some(Video { codec: "h264".to_owned(), width: 640, height: 360 }));
        assert_eq!((probe.sound.as_deref(), probe.left_out), (Some("aac"), 1));
        let captions: Vec<_> =
            probe.captions.iter().map(|caption| (caption.number, caption.language.as_str(), caption.is_text)).collect();
        assert_eq!(captions, [(0, "", false), (1, "ara", true)]);
    }

    #[test]
    fn lies_and_nonsense_are_unknown() {
        for json in [&b""[..], b"[]x", b"{\"streams\":7}", b"{\"streams\":[{\"width\":\"wide\"}]}"] {
            assert_eq!(read(json), None, "{}", String::from_utf8_lossy(json));
        }
        let json = br#"{"streams":[{"codec_type":"video","codec_name":"h\n264\u001b[31m","width":-4}],"format":{"duration":"1e300"}}"#;
        let probe = read(json).unwrap();
        assert_eq!(probe.duration_ms, None);
        assert_eq!(probe.video, Some(Video { codec: "h26431m".to_owned(), width: 0, height: 0 }));
        for duration in ["-1", "nan", "inf", ""] {
            assert_eq!(milliseconds(duration), None, "{duration}");
        }
        let many = format!("{{\"streams\":[{}]}}", vec![r#"{"codec_type":"audio"}"#; 900].join(","));
        assert_eq!(read(many.as_bytes()).unwrap().left_out, 899);
    }
}
