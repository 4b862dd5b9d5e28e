//! Recordings and moving pictures, and still pictures that only a tool decodes, to readings.
//!
//! The tools (ffmpeg, avifdec) run in the launcher's sandbox: no network, one temporary folder, limits. What they make of a
//! hostile file is hostile still: frames and subtitles go through the openers like any file of a post.
//!
//! | of a video | module | becomes |
//! |---|---|---|
//! | what is in it | [`probe`] | duration, streams |
//! | key frames | [`frames`], [`lines`] | one reading of kind OCR with times; the picture of the first good frame |
//! | subtitles inside | [`captions`] | readings of kind subtitles |
//! | sound | [`sound`] | transcripts, where something listens |
//!
//! A still picture (AVIF, HEIC) is turned into PNG by [`still`] and then read as an image.

mod captions;
mod ffmpeg;
mod frames;
mod lines;
mod probe;
mod sound;
mod still;

use vedette_core::opened::MediaFacts;

use self::ffmpeg::Recording;
use super::{FileReadings, FileToRead, Reader};
use crate::{Memo, ReadError};

impl Reader {
    pub(super) fn media(&self, facts: &MediaFacts, file: &FileToRead<'_>, memo: &dyn Memo, found: &mut FileReadings) {
        let read = match facts.class.as_str() {
            "image" => self.still(facts, file, memo, found),
            _ => self.recording(file, memo, found),
        };
        if let Err(error) = read {
            found.failed(&error);
        }
    }

    /// What a part fails at does not keep the others from being read.
    fn recording(&self, file: &FileToRead<'_>, memo: &dyn Memo, found: &mut FileReadings) -> Result<(), ReadError> {
        let recording = Recording::open(&self.tools, file.bytes)?;
        let mut failures = Vec::new();
        if recording.probe.video.is_some() {
            failures.extend(self.frames(&recording, file, memo, found).err());
        }
        failures.extend(self.captions(&recording, file, memo, found).err());
        if recording.probe.sound.is_some() {
            failures.extend(self.sound(&recording, file, memo, found).err());
        }
        if recording.probe.video.is_none() && recording.probe.sound.is_none() {
            found.problems.push("it holds neither pictures nor sound that are known: look at it outside".to_owned());
        }
        if recording.probe.left_out > 0 {
            found.problems.push(format!(
                "{} more streams in it were not read: look at it outside, on a machine for hostile files",
                recording.probe.left_out
            ));
        }
        let mut told = Vec::new();
        for error in failures {
            // One cause often stops all parts; it is said once.
            if !told.contains(&error) {
                found.failed(&error);
                told.push(error);
            }
        }
        Ok(())
    }
}
