//! Still pictures that no opener decodes: a tool makes a PNG of them in its sandbox, and the openers read that.

use std::ffi::OsString;

use vedette_core::FileFault;
use vedette_core::opened::{IMAGE_PIXELS_MAX, MediaFacts, one_line};

use super::super::{FileReadings, FileToRead, Reader};
use crate::launcher::ToolPlan;
use crate::wire::{Hint, Opened};
use crate::{Memo, ReadError};

/// Processor seconds for one picture: a photo of 12 Mpx takes one.
const STILL_SECONDS_MAX: u64 = 15;
/// Bytes of address space: the pixels three times over.
const STILL_MEMORY_BYTES_MAX: u64 = 1536 * 1024 * 1024;
/// Bytes of the PNG.
const PNG_BYTES_MAX: u64 = 128 * 1024 * 1024;

impl Reader {
    pub(super) fn still(
        &self,
        facts: &MediaFacts,
        file: &FileToRead<'_>,
        memo: &dyn Memo,
        found: &mut FileReadings,
    ) -> Result<(), ReadError> {
        let png = self.decoded(facts, file.bytes)?;
        match self.opener.open(&png, &Hint { media_type: None, name: None })? {
            Opened::Image(image) => {
                self.image(*image, file, memo, found);
                Ok(())
            }
            _ => Err(ReadError::File(FileFault::Hostile("its decoder made something that is no picture".to_owned()))),
        }
    }

    fn decoded(&self, facts: &MediaFacts, bytes: &[u8]) -> Result<Vec<u8>, ReadError> {
        let avif = facts.format == "avif";
        let (tool, package) = if avif {
            (self.tools.avifdec(), "avifdec, which reads AVIF pictures: apt-get install libavif-bin")
        } else {
            (self.tools.heif_convert(), "heif-convert, which reads HEIC pictures: apt-get install libheif-examples")
        };
        let tool = tool.ok_or_else(|| ReadError::File(FileFault::ToolMissing(package.to_owned())))?;
        let folder = tempfile::tempdir().map_err(ReadError::machine("make a temporary folder"))?;
        std::fs::write(folder.path().join("in.bin"), bytes).map_err(ReadError::machine("write a temporary file"))?;
        let limit = IMAGE_PIXELS_MAX.to_string();
        let arguments: Vec<OsString> = if avif {
            // A depth of eight bits is what the openers compare and read.
            ["--jobs", "1", "--depth", "8", "--png-compress", "1", "--size-limit", &limit, "in.bin", "out.png"]
                .map(OsString::from)
                .into()
        } else {
            ["in.bin", "out.png"].map(OsString::from).into()
        };
        let mut plan = ToolPlan::new(folder.path(), STILL_SECONDS_MAX, STILL_MEMORY_BYTES_MAX).with_threads();
        plan.file_bytes_max = PNG_BYTES_MAX;
        let ran = self.tools.launcher().run(&plan, &tool.path, &arguments, &[])?;
        // Of a file with several pictures, heif-convert numbers them.
        let made =
            ["out.png", "out-1.png"].map(|name| folder.path().join(name)).into_iter().find(|path| path.is_file());
        let Some(path) = made.filter(|_| ran.status.success()) else {
            let said = ran.stderr.lines().next().unwrap_or("its decoder gives no reason").to_owned();
            let too_large = said.contains("too large") || ran.stderr.contains("limit");
            let what = format!("{}: {}", facts.format, one_line(&said));
            return Err(ReadError::File(if too_large { FileFault::TooLarge(what) } else { FileFault::Damaged(what) }));
        };
        std::fs::read(&path).map_err(ReadError::machine("read a temporary file"))
    }
}
