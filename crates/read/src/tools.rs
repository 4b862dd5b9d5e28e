//! The tools that read what the openers do not: which are installed, how they are run, and what is lost without them.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use vedette_models::Models;

use crate::ReadError;
use crate::launcher::{Launcher, ToolPlan, ToolRun};
use crate::media_tools::MediaTools;
use crate::ocr::{Eye, Sight};

/// Folders in which tools are looked for; never the current folder, never a search path that a user may write.
const TOOL_FOLDERS: &[&str] = &["/usr/bin", "/usr/local/bin", "/bin", "/run/current-system/sw/bin"];
/// Bytes of memory of a tool; the recogniser takes 400 MB for a large scan.
const TOOL_MEMORY_BYTES_MAX: u64 = 1536 * 1024 * 1024;
/// What the tools read beside their libraries: models of the recogniser, tables of Asian PDF encodings.
const TOOL_DATA: &[&str] = &[
    "/usr/share/tesseract-ocr",
    "/usr/share/tessdata",
    "/usr/local/share/tessdata",
    "/usr/share/poppler",
    "/run/current-system/sw/share/tessdata",
];
/// Seconds in which a tool must say its version.
const VERSION_SECONDS_MAX: u64 = 10;
/// What the recogniser's package provides beside languages.
const NOT_LANGUAGES: &[&str] = &["osd", "equ"];
/// Languages that the desk expects, with their packages.
const WANTED_LANGUAGES: &[(&str, &str)] = &[
    ("eng", "English"),
    ("ara", "Arabic"),
    ("fas", "Persian"),
    ("rus", "Russian"),
    ("deu", "German"),
    ("fra", "French"),
];

/// A tool that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundTool {
    /// Where it lies.
    pub path: PathBuf,
    /// Its version, such as `5.3.0`.
    pub version: String,
}

/// One line of `vedette doctor`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tool {
    /// Its name.
    pub name: String,
    /// Its version, when found.
    pub found: Option<String>,
    /// What it is for.
    pub needed_for: &'static str,
    /// What is lost without it.
    pub lost_without: String,
    /// The command that installs it.
    pub install: String,
}

/// The installed tools.
#[derive(Debug, Clone)]
pub struct Tools {
    launcher: Launcher,
    tesseract: Option<FoundTool>,
    languages: Vec<String>,
    pdftotext: Option<FoundTool>,
    pdfinfo: Option<FoundTool>,
    media: MediaTools,
    eye: Option<Arc<Eye>>,
}

impl Tools {
    /// Looks for the tools and asks each for its version. `program` is this program itself, or another that knows `run-tool`.
    pub fn discover(program: impl Into<PathBuf>) -> Self {
        Self::discover_by(Launcher::new(program))
    }

    /// [`Tools::discover`] by a launcher of the caller's choice.
    pub fn discover_by(launcher: Launcher) -> Self {
        Self::find_all(launcher, &TOOL_FOLDERS.iter().map(PathBuf::from).collect::<Vec<_>>())
    }

    /// [`Tools::discover`] in folders of the caller's choice.
    pub fn discover_in(program: impl Into<PathBuf>, folders: &[PathBuf]) -> Self {
        Self::find_all(Launcher::new(program), folders)
    }

    fn find_all(launcher: Launcher, folders: &[PathBuf]) -> Self {
        let mut tools = Self {
            launcher,
            tesseract: None,
            languages: Vec::new(),
            pdftotext: None,
            pdfinfo: None,
            media: MediaTools::default(),
            eye: None,
        };
        tools.tesseract = tools.find("tesseract", "--version", folders);
        tools.pdftotext = tools.find("pdftotext", "-v", folders);
        tools.pdfinfo = tools.find("pdfinfo", "-v", folders);
        tools.media = MediaTools::discover(|name, flag| tools.find(name, flag, folders));
        if let Some(tesseract) = &tools.tesseract {
            tools.languages =
                tools.ask(&tesseract.path, "--list-langs").map(|said| languages_in(&said)).unwrap_or_default();
        }
        tools
    }

    /// The text recogniser.
    pub fn tesseract(&self) -> Option<&FoundTool> {
        self.tesseract.as_ref()
    }

    /// Languages that the recogniser has models of, by its own codes (`eng`, `ara`).
    pub fn languages(&self) -> &[String] {
        &self.languages
    }

    /// The PDF text tool.
    pub fn pdftotext(&self) -> Option<&FoundTool> {
        self.pdftotext.as_ref()
    }

    /// The PDF facts tool.
    pub fn pdfinfo(&self) -> Option<&FoundTool> {
        self.pdfinfo.as_ref()
    }

    /// The tools and their versions in a line.
    pub(crate) fn made_with(&self) -> String {
        let named = |name: &str, tool: &Option<FoundTool>| {
            tool.as_ref().map_or_else(|| format!("no {name}"), |tool| format!("{name} {}", tool.version))
        };
        let media = [
            named("ffmpeg", &self.media.ffmpeg),
            named("avifdec", &self.media.avifdec),
            named("heif-convert", &self.media.heif_convert),
        ];
        let pdf = [named("pdftotext", &self.pdftotext), named("pdfinfo", &self.pdfinfo)];
        [self.recogniser(), pdf.join("; "), media.join("; ")].join("; ")
    }

    /// What text in pictures is read with: the recogniser, its languages, the text detector.
    pub(crate) fn recogniser(&self) -> String {
        let tesseract = self.tesseract.as_ref().map_or("none", |tool| tool.version.as_str());
        format!("tesseract {tesseract} [{}], text detector {}", self.languages.join(" "), self.sight_name())
    }

    /// What takes videos and recordings apart.
    pub fn ffmpeg(&self) -> Option<&FoundTool> {
        self.media.ffmpeg.as_ref()
    }

    /// What says what a video holds.
    pub fn ffprobe(&self) -> Option<&FoundTool> {
        self.media.ffprobe.as_ref()
    }

    /// What decodes AVIF pictures.
    pub fn avifdec(&self) -> Option<&FoundTool> {
        self.media.avifdec.as_ref()
    }

    /// What decodes HEIC pictures.
    pub fn heif_convert(&self) -> Option<&FoundTool> {
        self.media.heif_convert.as_ref()
    }

    /// The same with the text detector among `models`, which finds the lines of posters.
    pub fn with_models(self, models: &Models) -> Self {
        Self { eye: Eye::among(models).map(Arc::new), ..self }
    }

    /// The text detector, and what reads Latin lines.
    pub(crate) fn sight(&self) -> Option<&Sight> {
        self.eye.as_ref()?.sight()
    }

    /// Name and version of the pack that [`Tools::sight`] is of.
    pub(crate) fn sight_name(&self) -> &str {
        self.eye.as_ref().map_or("none", |eye| eye.name())
    }

    /// Every tool and model, found or not, with what is lost without it and how to get it.
    pub fn doctor(&self) -> Vec<Tool> {
        let version = |tool: &Option<FoundTool>| tool.as_ref().map(|tool| tool.version.clone());
        let mut report = vec![
            Tool {
                name: "tesseract".to_owned(),
                found: version(&self.tesseract),
                needed_for: "the text of posters and scans",
                lost_without: "images are hashed and compared, their text stays unread".to_owned(),
                install: "apt-get install tesseract-ocr".to_owned(),
            },
            Tool {
                name: "pdftotext".to_owned(),
                found: version(&self.pdftotext),
                needed_for: "the text of PDF files",
                lost_without: "PDF files are kept, their text stays unread".to_owned(),
                install: "apt-get install poppler-utils".to_owned(),
            },
            Tool {
                name: "pdfinfo".to_owned(),
                found: version(&self.pdfinfo),
                needed_for: "the number of pages of PDF files",
                lost_without: "a PDF of more than 500 pages is cut without saying how many are left".to_owned(),
                install: "apt-get install poppler-utils".to_owned(),
            },
        ];
        report.extend(self.media.doctor());
        report.extend(WANTED_LANGUAGES.iter().map(|(code, name)| Tool {
            name: format!("tesseract model {code}"),
            found: self.languages.iter().any(|found| found == code).then(|| "installed".to_owned()),
            needed_for: "text recognition",
            lost_without: format!("{name} text in images is misread or unread"),
            install: install_language(code),
        }));
        report
    }

    /// Starts tools, those beside the ones listed here too.
    pub fn launcher(&self) -> &Launcher {
        &self.launcher
    }

    /// Runs `tool` in its sandbox with `folder` as its only writable place.
    pub(crate) fn run(
        &self,
        tool: &Path,
        given: &[OsString],
        folder: &Path,
        seconds: u64,
    ) -> Result<ToolRun, ReadError> {
        let plan = ToolPlan::new(folder, seconds, TOOL_MEMORY_BYTES_MAX).reading(TOOL_DATA);
        self.launcher.run(&plan, tool, given, &[])
    }

    fn find(&self, name: &str, version_flag: &str, folders: &[PathBuf]) -> Option<FoundTool> {
        let path = folders.iter().map(|folder| folder.join(name)).find(|path| path.is_file())?;
        let said = self.ask(&path, version_flag)?;
        Some(FoundTool { path, version: version_in(&said) })
    }

    fn ask(&self, tool: &Path, flag: &str) -> Option<String> {
        let folder = tempfile::tempdir().ok()?;
        match self.run(tool, &[flag.into()], folder.path(), VERSION_SECONDS_MAX) {
            Ok(finished) => Some(String::from_utf8_lossy(&finished.stdout).into_owned() + &finished.stderr),
            Err(error) => {
                tracing::warn!(tool = %tool.display(), %error, "a tool does not answer");
                None
            }
        }
    }
}

/// The command that installs the model of a language.
pub(crate) fn install_language(code: &str) -> String {
    format!("apt-get install tesseract-ocr-{}", code.replace('_', "-"))
}

/// The first word that looks like a version.
fn version_in(said: &str) -> String {
    let versions = said.split_whitespace().map(|word| word.trim_start_matches('v'));
    let is_version = |word: &&str| word.contains('.') && word.starts_with(|c: char| c.is_ascii_digit());
    versions.clone().find(is_version).unwrap_or("unknown").to_owned()
}

fn languages_in(said: &str) -> Vec<String> {
    let is_code = |line: &&str| {
        !line.is_empty() && line.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'/')
    };
    said.lines()
        .map(str::trim)
        .filter(is_code)
        .filter(|line| !NOT_LANGUAGES.contains(line))
        .map(str::to_owned)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_and_languages_are_read_from_what_tools_say() {
        assert_eq!(version_in("tesseract 5.3.0\n leptonica-1.82.0"), "5.3.0");
        assert_eq!(version_in("pdftotext version 22.12.0\nCopyright 2005-2022"), "22.12.0");
        assert_eq!(version_in("tesseract v5.4.1.2024"), "5.4.1.2024");
        assert_eq!(version_in(""), "unknown");
        let said = "List of available languages in \"/usr/share/tessdata/\" (4):\nara\neng\nosd\nscript/Arabic\n";
        assert_eq!(languages_in(said), ["ara", "eng", "script/Arabic"]);
    }

    #[test]
    fn a_machine_without_tools_is_told_how_to_get_them() {
        let report = Tools::discover_in("/nonexistent", &[PathBuf::from("/nonexistent")]).doctor();
        assert!(report.iter().all(|tool| tool.found.is_none() && tool.install.starts_with("apt-get install ")));
        assert!(report.iter().any(|tool| tool.install == "apt-get install tesseract-ocr-ara"));
    }
}
