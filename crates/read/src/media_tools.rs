//! The tools for recordings, videos and the still pictures that no opener decodes: what each is for, and how to get it.

use crate::tools::{FoundTool, Tool};

/// The installed ones.
#[derive(Debug, Clone, Default)]
pub(crate) struct MediaTools {
    pub ffmpeg: Option<FoundTool>,
    pub ffprobe: Option<FoundTool>,
    pub avifdec: Option<FoundTool>,
    pub heif_convert: Option<FoundTool>,
}

impl MediaTools {
    /// Looks for them; `find` takes a name and what makes it say its version.
    pub(crate) fn discover(find: impl Fn(&str, &str) -> Option<FoundTool>) -> Self {
        Self {
            ffmpeg: find("ffmpeg", "-version"),
            ffprobe: find("ffprobe", "-version"),
            avifdec: find("avifdec", "--version"),
            heif_convert: find("heif-convert", "--help"),
        }
    }

    /// A line each.
    pub(crate) fn doctor(&self) -> Vec<Tool> {
        let line = |name: &str, found: &Option<FoundTool>, needed_for, lost_without: &str, install: &str| Tool {
            name: name.to_owned(),
            found: found.as_ref().map(|tool| tool.version.clone()),
            needed_for,
            lost_without: lost_without.to_owned(),
            install: format!("apt-get install {install}"),
        };
        let lost = "videos and recordings are kept, not looked at and not listened to";
        vec![
            line("ffmpeg", &self.ffmpeg, "frames, subtitles and sound of videos", lost, "ffmpeg"),
            line("ffprobe", &self.ffprobe, "what a video holds", lost, "ffmpeg"),
            line("avifdec", &self.avifdec, "AVIF pictures", "AVIF pictures are kept, not looked at", "libavif-bin"),
            line(
                "heif-convert",
                &self.heif_convert,
                "HEIC pictures of phones",
                "HEIC pictures are kept, not looked at",
                "libheif-examples",
            ),
        ]
    }
}
