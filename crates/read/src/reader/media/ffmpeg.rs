//! ffmpeg and ffprobe on one recording, in a temporary folder of its own, with what they may touch named in every call.

use std::ffi::OsString;
use std::path::Path;

use tempfile::TempDir;
use vedette_core::FileFault;
use vedette_core::opened::one_line;

use super::probe::{self, Probe};
use crate::launcher::{ToolPlan, ToolRun};
use crate::{ReadError, Tools};

/// Containers that are opened. Playlists are not among them: they name other files and addresses.
const CONTAINERS: &str =
    "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,mpegts,mpeg,flv,asf,ogg,mp3,aac,flac,wav,aiff,amr,amrnb,amrwb";
/// Pixels of a decoded frame; 8K video has 33 million.
const FRAME_PIXELS_MAX: &str = "36000000";
/// Bytes of one allocation of ffmpeg; a frame of the largest kind takes 200 MB.
const ALLOCATION_BYTES_MAX: &str = "268435456";
/// Bytes of address space; decoders keep up to sixteen reference frames.
const MEMORY_BYTES_MAX: u64 = 1536 * 1024 * 1024;
/// Processor seconds in which a recording's head must be understood.
const PROBE_SECONDS_MAX: u64 = 10;
/// Bytes that ffprobe may say: 32 streams take 60 KB.
const PROBE_BYTES_MAX: u64 = 4 * 1024 * 1024;
/// The recording's name in its folder, which says nothing of its kind.
const INPUT: &str = "in.bin";

/// A recording in its folder.
pub(super) struct Recording<'a> {
    tools: &'a Tools,
    folder: TempDir,
    /// What is in it.
    pub probe: Probe,
    /// Version of ffmpeg.
    pub version: &'a str,
}

/// What one call may use.
#[derive(Debug, Clone, Copy)]
pub(super) struct Allowed {
    /// Processor seconds.
    pub seconds: u64,
    /// Bytes of one file that it writes.
    pub file_bytes: u64,
    /// Bytes on stdout.
    pub stdout_bytes: u64,
}

impl<'a> Recording<'a> {
    /// Puts `bytes` into a folder and asks what they are.
    ///
    /// # Errors
    /// `ToolMissing`, and what [`Recording::run`] says.
    pub(super) fn open(tools: &'a Tools, bytes: &[u8]) -> Result<Self, ReadError> {
        let (Some(ffmpeg), Some(ffprobe)) = (tools.ffmpeg(), tools.ffprobe()) else {
            return Err(ReadError::File(FileFault::ToolMissing(
                "ffmpeg, which reads recordings and videos: apt-get install ffmpeg".to_owned(),
            )));
        };
        let folder = tempfile::tempdir().map_err(ReadError::machine("make a temporary folder"))?;
        std::fs::write(folder.path().join(INPUT), bytes).map_err(ReadError::machine("write a temporary file"))?;
        let mut recording = Self { tools, folder, probe: Probe::default(), version: &ffmpeg.version };
        let allowed = Allowed { seconds: PROBE_SECONDS_MAX, file_bytes: 0, stdout_bytes: PROBE_BYTES_MAX };
        let asked = ["-v", "error", "-print_format", "json", "-show_format", "-show_streams", INPUT];
        let mut arguments = restrictions(&["-max_pixels", FRAME_PIXELS_MAX]);
        arguments.extend(asked.map(OsString::from));
        let said = recording.start(&ffprobe.path, &arguments, allowed)?;
        let probe = probe::read(&said.stdout).filter(|_| said.status.success());
        recording.probe = probe.ok_or_else(|| fault(&said.stderr))?;
        Ok(recording)
    }

    /// Its folder, in which calls leave their files.
    pub(super) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Runs ffmpeg: options of the input, then of the output. What it wrote before it failed stays in the folder.
    ///
    /// # Errors
    /// `Damaged`, `Truncated`, `TooLarge`, `Unsupported` as ffmpeg says, and those of the launcher.
    pub(super) fn run(&self, input: &[&str], output: &[&str], allowed: Allowed) -> Result<ToolRun, ReadError> {
        let path = self.tools.ffmpeg().map(|tool| tool.path.as_path()).unwrap_or_else(|| Path::new("ffmpeg"));
        let mut arguments: Vec<OsString> = ["-nostdin", "-hide_banner", "-v", "error"].map(OsString::from).into();
        arguments.extend(["-max_alloc", ALLOCATION_BYTES_MAX].map(OsString::from));
        arguments.extend(restrictions(&["-max_pixels", FRAME_PIXELS_MAX, "-threads", "1"]));
        arguments.extend(input.iter().map(OsString::from));
        arguments.extend(["-i", INPUT].map(OsString::from));
        arguments.extend(["-threads", "1", "-filter_threads", "1"].map(OsString::from));
        arguments.extend(output.iter().map(OsString::from));
        self.start(path, &arguments, allowed)
    }

    fn start(&self, tool: &Path, arguments: &[OsString], allowed: Allowed) -> Result<ToolRun, ReadError> {
        // Since version 5 ffmpeg has a thread for each output, whatever it is told.
        let mut plan = ToolPlan::new(self.folder.path(), allowed.seconds, MEMORY_BYTES_MAX).with_threads();
        plan.file_bytes_max = allowed.file_bytes;
        plan.stdout_bytes_max = allowed.stdout_bytes;
        self.tools.launcher().run(&plan, tool, arguments, &[])
    }
}

/// What an input may be: files alone, containers of the list alone.
fn restrictions(more: &[&str]) -> Vec<OsString> {
    let rules = ["-protocol_whitelist", "file,pipe", "-format_whitelist", CONTAINERS];
    rules.iter().chain(more).map(OsString::from).collect()
}

/// The class of what ffmpeg says.
pub(super) fn fault(stderr: &str) -> ReadError {
    let said = |words: &[&str]| words.iter().any(|word| stderr.contains(word));
    let last = stderr.lines().map(str::trim).rfind(|line| !line.is_empty()).unwrap_or("ffmpeg gives no reason");
    // The address of a part of the program in brackets says nothing.
    let last = one_line(last.rsplit("] ").next().unwrap_or(last));
    ReadError::File(if said(&["moov atom not found", "End of file", "partial file"]) {
        FileFault::Truncated(last)
    } else if said(&["Cannot allocate memory", "Picture size", "exceeds", "too large", "max_pixels"]) {
        FileFault::TooLarge(last)
    } else if said(&["Decoder not found", "Unknown decoder", "no decoder", "not in whitelist", "Could not find codec"])
    {
        FileFault::Unsupported(last)
    } else {
        FileFault::Damaged(last)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_ffmpeg_says_is_classified() {
        for (said, class) in [
            ("[mov,mp4 @ 0x55d] moov atom not found\nin.bin: Invalid data found when processing input\n", "truncated"),
            ("in.bin: Invalid data found when processing input", "damaged"),
            ("[h264 @ 0x5] Picture size 60000x60000 is invalid\n", "too-large"),
            ("Decoder not found", "unsupported"),
            ("", "damaged"),
        ] {
            let ReadError::File(fault) = fault(said) else { panic!("{said}") };
            assert_eq!(fault.class(), class, "{said}");
            assert!(!fault.to_string().contains("0x5"), "{fault}");
        }
    }
}
