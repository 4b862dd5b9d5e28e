//! Subtitles inside a video: taken out by ffmpeg as WebVTT, then read by the openers like any file.

use super::super::container::Within;
use super::super::{FileReadings, FileToRead, Reader};
use super::ffmpeg::{Allowed, Recording, fault};
use crate::{Memo, ReadError};

/// Streams of subtitles that are read; films on discs have up to 32, a post has one or two.
const CAPTIONS_MAX: usize = 8;
/// Bytes of one: two hours of dense talk take 200 KB.
const CAPTION_BYTES_MAX: u64 = 4 * 1024 * 1024;
/// Processor seconds for one.
const CAPTION_SECONDS_MAX: u64 = 15;

impl Reader {
    /// Reads subtitles that are text; of those that are pictures it says that they are there.
    pub(super) fn captions(
        &self,
        recording: &Recording<'_>,
        file: &FileToRead<'_>,
        memo: &dyn Memo,
        found: &mut FileReadings,
    ) -> Result<(), ReadError> {
        let drawn = recording.probe.captions.iter().filter(|caption| !caption.is_text).count();
        if drawn > 0 {
            found.problems.push(format!("{drawn} subtitles in it are pictures and were not read: look at it outside"));
        }
        for caption in recording.probe.captions.iter().filter(|caption| caption.is_text).take(CAPTIONS_MAX) {
            let (stream, name) = (format!("0:s:{}", caption.number), format!("s-{}.vtt", caption.number));
            let output = ["-map", &stream, "-c:s", "webvtt", "-f", "webvtt", &name];
            let allowed = Allowed { seconds: CAPTION_SECONDS_MAX, file_bytes: CAPTION_BYTES_MAX, stdout_bytes: 1_024 };
            let ran = recording.run(&[], &output, allowed)?;
            let text = std::fs::read(recording.folder().join(&name)).unwrap_or_default();
            if text.is_empty() {
                return Err(fault(&ran.stderr));
            }
            let mut inside = FileReadings::default();
            let member = format!("subtitles {} {}", caption.number + 1, caption.language).trim().to_owned();
            let inner = FileToRead { scripts: file.scripts, ..FileToRead::new(&text).named("s.vtt") };
            self.read_within(&inner, memo, &mut inside, &mut Within::new());
            found.try_again |= inside.try_again;
            found.problems.extend(inside.problems.into_iter().map(|problem| format!("{member}: {problem}")));
            for mut reading in inside.readings {
                reading.member = Some(member.clone());
                found.readings.push(reading);
            }
        }
        Ok(())
    }
}
