//! A picture read as a page: which script, which language, then the best model for it.
//!
//! One pass for each script with one model; the pass whose letters are read most surely wins (on posters the right one is
//! read at 85 to 97 of 100, wrong ones at 20 to 60). The language of what was read chooses the model of the second pass.
//! Lines that another script's pass reads more surely become a reading of their own: many posters are written in two scripts.
//! Pictures on which all this finds little are tried as scattered text and with light and dark exchanged.

use std::ffi::OsString;
use std::path::Path;

use vedette_core::FileFault;

use super::models::{Model, installed_trials, own_model};
use super::words::{Pass, Script};
use super::{OcrReading, OcrText};
use crate::{GrayImage, ReadError, Tools};

/// Processor seconds of one pass; a dense page of 12 million pixels takes about 10.
const PASS_SECONDS_MAX: u64 = 20;
/// Pixels from which scripts are tried on a picture of half the size.
const TRIAL_PIXELS_MAX: u64 = 3_000_000;
/// Mean confidence from which a picture counts as read.
const CONFIDENCE_SETTLED: f32 = 0.80;
/// Share of unsure characters up to which a picture counts as read.
const UNSURE_SETTLED: f32 = 0.10;
/// Below this weight a picture is tried in other ways.
const WEIGHT_POOR: f32 = 8.0;
/// Sure letters below which there is no reading.
const LETTERS_MIN: usize = 3;
/// Sure letters from which words that another pass did not read are worth keeping.
const LETTERS_SECOND_MIN: usize = 5;
/// The pass with the language's own model may weigh this much less and is still preferred: it knows the language's letters.
const OWN_MODEL_BONUS: f32 = 0.97;

/// Reads `desk`'s picture as a page. `hints` decide the order in which scripts are tried.
pub(super) fn read_page(desk: &Desk<'_>, hints: &[Script]) -> Result<OcrText, ReadError> {
    let tools = desk.tools;
    let (trials, absent) = installed_trials(tools, hints)?;
    let mut found = OcrText::default();
    let mut passes = desk.try_scripts(trials)?.into_iter();
    let Some((first, model)) = passes.next() else { return Ok(found) };
    if first.mean_confidence() < CONFIDENCE_SETTLED || first.unsure_share() > UNSURE_SETTLED {
        // What was not read surely may be of a script that no model is installed for.
        found.missing = absent;
    }
    let (first, file) = desk.other_ways(first, &model)?;
    let first = first.without_noise();
    if first.sure_letters() < LETTERS_MIN {
        return Ok(found);
    }
    let own = own_model(&first, tools, &mut found.missing).unwrap_or_else(|| model.clone());
    let (mut best, model) = desk.once_more((first, model), file, own)?;
    let mut seconds = Vec::new();
    for (pass, model) in passes {
        let second = pass.lines_won_from(&best);
        if second.sure_letters() < LETTERS_SECOND_MIN {
            continue;
        }
        let own = own_model(&second, tools, &mut found.missing).unwrap_or_else(|| model.clone());
        let (again, model) = desk.once_more((second.clone(), model), file, own)?;
        // The second model saw the whole picture again.
        let won = again.lines_won_from(&best);
        let won = if won.weight() >= second.weight() * OWN_MODEL_BONUS { won } else { second };
        best = best.without(&won);
        seconds.push(desk.reading(&won, model));
    }
    found.readings.push(desk.reading(&best, model));
    found.readings.extend(seconds);
    Ok(found)
}

/// What a model read, and the model.
type Trial = (Pass, String);

/// A file in the temporary folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum File {
    /// For finding the script: the picture, or half of it when it is large.
    Trial,
    /// The same with light and dark exchanged.
    Inverted,
    /// The whole picture.
    Full,
    /// The whole picture with light and dark exchanged.
    FullInverted,
}

impl File {
    fn name(self) -> &'static str {
        match self {
            Self::Trial => "trial.pgm",
            Self::Inverted => "inverted.pgm",
            Self::Full => "full.pgm",
            Self::FullInverted => "full-inverted.pgm",
        }
    }
}

/// A picture in a temporary folder, and the recogniser.
pub(super) struct Desk<'a> {
    pub(super) tools: &'a Tools,
    tesseract: &'a Path,
    pub(super) image: &'a GrayImage,
    is_large: bool,
    folder: tempfile::TempDir,
}

impl<'a> Desk<'a> {
    pub(super) fn new(tools: &'a Tools, image: &'a GrayImage) -> Result<Self, ReadError> {
        let tesseract = tools.tesseract().ok_or_else(|| {
            ReadError::File(FileFault::ToolMissing("tesseract, which reads text in images".to_owned()))
        })?;
        let folder = tempfile::tempdir().map_err(ReadError::machine("make a temporary folder"))?;
        let is_large = u64::from(image.width) * u64::from(image.height) > TRIAL_PIXELS_MAX;
        Ok(Self { tools, tesseract: &tesseract.path, image, is_large, folder })
    }

    /// A pass for each script; the weightiest first, of two that weigh the same the one tried first.
    fn try_scripts(&self, models: Vec<Model>) -> Result<Vec<Trial>, ReadError> {
        let mut passes = Vec::new();
        for (script, model) in models {
            passes.push((self.pass(File::Trial, script, &model, "3")?, model));
        }
        passes.sort_by(|(a, _), (b, _)| b.weight().total_cmp(&a.weight()));
        Ok(passes)
    }

    /// Where `first` found little: as scattered text, and with light and dark exchanged.
    fn other_ways(&self, first: Pass, model: &str) -> Result<(Pass, File), ReadError> {
        let (mut best, mut file) = (first, File::Trial);
        for (other_file, mode) in [(File::Trial, "11"), (File::Inverted, "3")] {
            if best.weight() >= WEIGHT_POOR {
                break;
            }
            let other = self.pass(other_file, best.script(), model, mode)?;
            if other.weight() > best.weight() {
                (best, file) = (other, other_file);
            }
        }
        Ok((best, file))
    }

    /// With the language's own model, and of large pictures every pixel; as a page, and where that loses words that the first
    /// pass had, as scattered text.
    fn once_more(&self, first: Trial, file: File, own: String) -> Result<Trial, ReadError> {
        if !self.is_large && own == first.1 {
            return Ok(first);
        }
        let file = match (self.is_large, file) {
            (true, File::Inverted) => File::FullInverted,
            (true, _) => File::Full,
            (false, file) => file,
        };
        for mode in ["3", "11"] {
            let again = self.pass(file, first.0.script(), &own, mode)?.without_noise();
            let lost = first.0.beside(&again).sure_letters();
            if again.weight() >= first.0.weight() * OWN_MODEL_BONUS && lost < LETTERS_SECOND_MIN {
                return Ok((again, own));
            }
        }
        Ok(first)
    }

    fn reading(&self, pass: &Pass, model: String) -> OcrReading {
        let (text, places) = pass.text_with_places(self.image.width, self.image.height);
        OcrReading {
            text,
            places,
            mean_confidence: pass.mean_confidence(),
            languages: vec![model],
            script: pass.script(),
            by_line: false,
        }
    }

    fn pass(&self, file: File, script: Script, model: &str, mode: &str) -> Result<Pass, ReadError> {
        self.put(file)?;
        let said = self.run(file.name(), model, mode)?;
        let scale = if self.is_large && matches!(file, File::Trial | File::Inverted) { 2 } else { 1 };
        Ok(Pass::parse(&said, script, scale))
    }

    /// The recogniser's table for `file`, a picture in the folder or a list of such.
    pub(super) fn run(&self, file: &str, model: &str, mode: &str) -> Result<String, ReadError> {
        let arguments = [file, "stdout", "-l", model, "--psm", mode, "-c", "tessedit_create_tsv=1"].map(OsString::from);
        let finished = self.tools.run(self.tesseract, &arguments, self.folder.path(), PASS_SECONDS_MAX)?;
        if !finished.status.success() {
            let said: String = finished.stderr.chars().filter(|c| !c.is_control()).take(200).collect();
            return Err(ReadError::File(FileFault::Damaged(format!("tesseract says: {said}"))));
        }
        Ok(String::from_utf8_lossy(&finished.stdout).into_owned())
    }

    /// Writes a file into the folder that the recogniser reads.
    pub(super) fn write(&self, name: &str, bytes: &[u8]) -> Result<(), ReadError> {
        std::fs::write(self.folder.path().join(name), bytes).map_err(ReadError::machine("write a temporary file"))
    }

    fn put(&self, file: File) -> Result<(), ReadError> {
        let path = self.folder.path().join(file.name());
        if path.is_file() {
            return Ok(());
        }
        let pgm = match file {
            File::Trial if self.is_large => self.image.halved().to_pgm(),
            File::Trial | File::Full => self.image.to_pgm(),
            File::Inverted if self.is_large => self.image.halved().inverted().to_pgm(),
            File::Inverted | File::FullInverted => self.image.inverted().to_pgm(),
        };
        std::fs::write(path, pgm).map_err(ReadError::machine("write a temporary file"))
    }
}
