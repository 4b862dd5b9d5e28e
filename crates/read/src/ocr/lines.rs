//! The lines that the detector saw, read one by one: all strips of a run go to the recogniser as one list.
//!
//! A few lines tell script and language: every script is tried on them, then every model of the script that won. The rest is
//! read with that model. Lines that it does not read are tried in the other scripts, then prepared in other ways; what is read
//! most surely is kept.

use std::collections::HashMap;

use vedette_detect::TextLine;

use super::models::{Model, has_model, installed_trials, language_of_model, models_of};
use super::page::Desk;
use super::strips::{Strip, Way};
use super::words::{PlacedText, Script, Word, words_by_page};
use super::{OcrReading, OcrText};
use crate::ReadError;

/// Lines on which scripts and models are tried.
const PROBES: usize = 3;
/// Mean confidence, of 100, below which a line is tried in the other scripts.
const OTHER_SCRIPT_BELOW: f32 = 72.0;
/// Mean confidence, of 100, below which a line is prepared in other ways.
const OTHER_WAY_BELOW: f32 = 90.0;
/// Ways beside the usual one, in the order in which they help.
const OTHER_WAYS: &[Way] = &[Way::Whole, Way::TwoTone, Way::Closer, Way::Exchanged];
/// Share of a line's length that its words take, below which some are missing.
const COVERED_MIN: f32 = 0.78;
/// A model whose language the text reads like may weigh this much less than another.
const LANGUAGE_BONUS: f32 = 1.06;
/// The same for Urdu and Pashto, whose own letters other models read surely, and wrong.
const OWN_LETTERS_BONUS: f32 = 1.35;
/// The model of the picture's language may weigh less than another by this factor and is still preferred.
const OWN_MODEL_BONUS: f32 = 1.25;
/// The Arabic model, where the Persian one does not find Arabic, must weigh this much more than the others.
const ARABIC_MALUS: f32 = 0.8;
/// A line in another way must weigh this much more than in the usual one: chance likes the longer list.
const OTHER_WAY_MALUS: f32 = 0.97;
/// Letters of a line, each counted by how surely it was read, below which the line is noise.
const LINE_WEIGHT_MIN: f32 = 1.2;
/// Mean confidence, of 100, below which a line is noise.
const LINE_CONFIDENCE_MIN: f32 = 42.0;
/// Lines overlap in height by this share when they stand side by side.
const BESIDE_SHARE: f32 = 0.5;
/// Reads a strip as one line. Taking it as it is was worse: .129 against .065 on four posters of the tuning part.
const ONE_LINE: &str = "7";
/// Takes a strip as it is.
const WHOLE_STRIP: &str = "13";

/// A line that was read.
#[derive(Debug, Clone)]
struct LineRead {
    script: Script,
    model: String,
    words: Vec<Word>,
    bounds: Vec<[f32; 4]>,
}

impl LineRead {
    fn weight(&self) -> f32 {
        self.words.iter().map(|word| word.weight(self.script)).sum()
    }

    /// Mean confidence of its words, of 100, each weighing as many characters as it has.
    fn confidence(&self) -> f32 {
        let (mut sum, mut characters) = (0.0, 0.0);
        for word in &self.words {
            let length = word.text.chars().count() as f32;
            sum += word.confidence * length;
            characters += length;
        }
        if characters > 0.0 { sum / characters } else { 0.0 }
    }

    fn text(&self) -> String {
        self.words.iter().map(|word| word.text.as_str()).collect::<Vec<_>>().join(" ")
    }

    fn is_noise(&self) -> bool {
        self.weight() < LINE_WEIGHT_MIN && self.confidence() < 80.0 || self.confidence() < LINE_CONFIDENCE_MIN
    }
}

/// What a model made of the probes.
struct Probe<'a> {
    model: &'a str,
    weight: f32,
    reads_like: String,
}

impl<'a> Probe<'a> {
    fn of(model: &'a str, read: &[LineRead]) -> Self {
        let text = read.iter().map(LineRead::text).collect::<Vec<_>>().join("\n");
        let reads_like = vedette_text::language::identify(&text).code;
        Self { model, weight: read.iter().map(LineRead::weight).sum(), reads_like }
    }

    /// Its weight, more when the text is of the model's language. The Arabic model writes whatever it sees with Arabic's letters,
    /// so that its text proves nothing: the trial model's counts, which knows the letters that Persian has more.
    fn worth(&self, trial: &Probe<'_>) -> f32 {
        let own = language_of_model(self.model);
        let is_own = own == Some(self.reads_like.as_str());
        let factor = match own {
            Some("ar") if trial.reads_like == "ar" => LANGUAGE_BONUS,
            Some("ar") => ARABIC_MALUS,
            Some("ur" | "ps") if is_own => OWN_LETTERS_BONUS,
            _ if is_own => LANGUAGE_BONUS,
            _ => 1.0,
        };
        self.weight * factor
    }
}

/// Lines of a picture, and the best reading of each so far.
struct Lines<'a> {
    desk: &'a Desk<'a>,
    lines: &'a [TextLine],
    best: Vec<Option<LineRead>>,
    /// What was read once, by line, way and model.
    read: HashMap<(usize, Way, String), LineRead>,
}

/// Reads `lines` of `desk`'s picture.
pub(super) fn read_lines(desk: &Desk<'_>, lines: &[TextLine], hints: &[Script]) -> Result<OcrText, ReadError> {
    let (trials, absent) = installed_trials(desk.tools, hints)?;
    let mut text = OcrText::default();
    let mut at_work = Lines { desk, lines, best: vec![None; lines.len()], read: HashMap::new() };
    if lines.is_empty() {
        return Ok(text);
    }
    let (main, others) = at_work.main_script(&trials)?;
    let model = at_work.model_of(main.0, &at_work.probes(|_| true), &main.1)?;
    let rest: Vec<usize> = (0..lines.len()).collect();
    at_work.read_with_own(&rest, main.0, &model)?;
    for (script, trial) in others {
        let unsure = at_work.below(OTHER_SCRIPT_BELOW);
        at_work.read(&unsure, Way::Usual, script, &trial)?;
        let own: Vec<usize> = (0..lines.len()).filter(|&index| at_work.script(index) == Some(script)).collect();
        if !own.is_empty() {
            let model = at_work.model_of(script, &own, &trial)?;
            at_work.read_with_own(&own, script, &model)?;
        }
    }
    at_work.other_ways()?;
    if at_work.below(OTHER_SCRIPT_BELOW).len() * 2 > lines.len() {
        // What was not read surely may be of a script that no model is installed for.
        text.missing = absent;
    }
    at_work.finish(&mut text);
    Ok(text)
}

impl Lines<'_> {
    /// The lines with the most letters, which tell script and language.
    fn probes(&self, of: impl Fn(usize) -> bool) -> Vec<usize> {
        let letters = |index: &usize| self.lines[*index].length / self.lines[*index].thickness.max(1.0);
        let mut probes: Vec<usize> = (0..self.lines.len()).filter(|&index| of(index)).collect();
        probes.sort_by(|a, b| letters(b).total_cmp(&letters(a)));
        probes.truncate(PROBES);
        probes
    }

    /// The script that reads the probes most surely, with its trial model; and the others.
    fn main_script(&mut self, trials: &[Model]) -> Result<(Model, Vec<Model>), ReadError> {
        let probes = self.probes(|_| true);
        let mut weighed = Vec::new();
        for (script, model) in trials {
            let read = self.pass(&probes, Way::Usual, *script, model)?;
            weighed.push((read.iter().map(LineRead::weight).sum::<f32>(), (*script, model.clone())));
            self.keep(&probes, read, 1.0);
        }
        // Stable: of two that weigh the same the hinted one.
        weighed.sort_by(|(a, _), (b, _)| b.total_cmp(a));
        let mut models = weighed.into_iter().map(|(_, model)| model);
        let main = models.next().expect("installed_trials never gives an empty list");
        Ok((main, models.collect()))
    }

    /// The model of `script` that reads the lines best, the trial one when no other is better.
    fn model_of(&mut self, script: Script, lines: &[usize], trial: &str) -> Result<String, ReadError> {
        let mut probes = lines.to_vec();
        probes.truncate(PROBES);
        let first = Probe::of(trial, &self.pass(&probes, Way::Usual, script, trial)?);
        let own = models_of(script, self.desk.tools).into_iter().filter(|model| *model != trial);
        let own: Vec<&str> = match script {
            // Models of one alphabet read each other's languages well enough for the text to tell which it is.
            Script::Latin | Script::Cyrillic => {
                own.filter(|model| language_of_model(model) == Some(first.reads_like.as_str())).collect()
            }
            // Each language has letters that the others' models do not know: all are tried.
            Script::Arabic => own.collect(),
        };
        let mut tried = vec![first];
        for model in own {
            let read = self.pass(&probes, Way::Usual, script, model)?;
            tried.push(Probe::of(model, &read));
        }
        let best = tried.iter().max_by(|a, b| a.worth(&tried[0]).total_cmp(&b.worth(&tried[0])));
        Ok(best.map_or(trial, |best| best.model).to_owned())
    }

    /// Reads lines and keeps what is surer than what is known.
    fn read(&mut self, lines: &[usize], way: Way, script: Script, model: &str) -> Result<(), ReadError> {
        let malus = if way == Way::Usual { 1.0 } else { OTHER_WAY_MALUS };
        let read = self.pass(lines, way, script, model)?;
        self.keep(lines, read, malus);
        Ok(())
    }

    /// Reads lines with the model of their language, which is kept although the trial model may seem a little surer of letters that
    /// it mistakes.
    fn read_with_own(&mut self, lines: &[usize], script: Script, model: &str) -> Result<(), ReadError> {
        for (&index, read) in lines.iter().zip(self.pass(lines, Way::Usual, script, model)?) {
            let known = self.best[index].as_ref().filter(|known| known.model != model);
            if known.is_none_or(|known| known.weight() < read.weight() * OWN_MODEL_BONUS) {
                self.best[index] = Some(read);
            }
        }
        Ok(())
    }

    fn keep(&mut self, lines: &[usize], read: Vec<LineRead>, malus: f32) {
        for (&index, read) in lines.iter().zip(read) {
            let known = self.best[index].as_ref().map_or(-1.0, LineRead::weight);
            if read.weight() * malus > known {
                self.best[index] = Some(read);
            }
        }
    }

    fn other_ways(&mut self) -> Result<(), ReadError> {
        for way in OTHER_WAYS {
            let mut unsure = self.below(OTHER_WAY_BELOW);
            unsure.extend(self.incomplete().into_iter().filter(|index| !unsure.contains(index)).collect::<Vec<_>>());
            let mut models: Vec<Model> = Vec::new();
            for &index in &unsure {
                if let Some(read) = &self.best[index] {
                    let model = (read.script, read.model.clone());
                    if !models.contains(&model) {
                        models.push(model);
                    }
                }
            }
            for (script, model) in models {
                let own: Vec<usize> = unsure
                    .iter()
                    .copied()
                    .filter(|&index| self.best[index].as_ref().is_some_and(|read| read.model == model))
                    .collect();
                self.read(&own, *way, script, &model)?;
            }
        }
        Ok(())
    }

    /// Lines that are not read as surely as `confidence`.
    fn below(&self, confidence: f32) -> Vec<usize> {
        let unsure = |index: &usize| self.best[*index].as_ref().is_none_or(|read| read.confidence() < confidence);
        (0..self.lines.len()).filter(unsure).collect()
    }

    /// Lines of which words seem to be missing.
    fn incomplete(&self) -> Vec<usize> {
        let is_short = |index: &usize| {
            let Some(read) = &self.best[*index] else { return true };
            let (left, right) = read
                .words
                .iter()
                .zip(&read.bounds)
                .filter(|(word, _)| word.is_kept())
                .fold((f32::INFINITY, f32::NEG_INFINITY), |(left, right), (_, bounds)| {
                    (left.min(bounds[0]), right.max(bounds[2]))
                });
            let [line_left, _, line_right, _] = self.lines[*index].bounds();
            right - left < (line_right - line_left - self.lines[*index].thickness) * COVERED_MIN
        };
        (0..self.lines.len()).filter(is_short).collect()
    }

    fn script(&self, index: usize) -> Option<Script> {
        self.best[index].as_ref().map(|read| read.script)
    }

    /// What `model` reads in strips of `lines`; those that it has not read yet take one run of the recogniser.
    fn pass(&mut self, lines: &[usize], way: Way, script: Script, model: &str) -> Result<Vec<LineRead>, ReadError> {
        let key = |index: usize| (index, way, model.to_owned());
        let new: Vec<usize> = lines.iter().copied().filter(|&index| !self.read.contains_key(&key(index))).collect();
        for (&index, read) in new.iter().zip(self.run(&new, way, script, model)?) {
            self.read.insert(key(index), read);
        }
        Ok(lines.iter().filter_map(|&index| self.read.get(&key(index)).cloned()).collect())
    }

    fn run(&self, lines: &[usize], way: Way, script: Script, model: &str) -> Result<Vec<LineRead>, ReadError> {
        if lines.is_empty() {
            return Ok(Vec::new());
        }
        let strips: Vec<Strip> =
            lines.iter().map(|&index| Strip::cut(self.desk.image, &self.lines[index], way)).collect();
        let mut list = String::new();
        for (number, strip) in strips.iter().enumerate() {
            let name = format!("line-{number}.pgm");
            self.desk.write(&name, &strip.image.to_pgm())?;
            list += &name;
            list.push('\n');
        }
        self.desk.write("lines.txt", list.as_bytes())?;
        let mode = if way == Way::Whole { WHOLE_STRIP } else { ONE_LINE };
        let table = self.desk.run("lines.txt", model, mode)?;
        let words = words_by_page(&table, strips.len());
        let read = |(strip, words): (Strip, Vec<Word>)| {
            let bounds =
                words.iter().map(|word| strip.bounds([word.left, word.top, word.width, word.height])).collect();
            LineRead { script, model: model.to_owned(), words, bounds }
        };
        Ok(strips.into_iter().zip(words).map(read).collect())
    }

    /// The readings, one a script, the weightiest first.
    fn finish(self, text: &mut OcrText) {
        let mut read: Vec<(TextLine, LineRead)> = self
            .lines
            .iter()
            .zip(self.best)
            .filter_map(|(line, read)| read.filter(|read| !read.is_noise()).map(|read| (*line, read)))
            .collect();
        for script in [Script::Latin, Script::Arabic, Script::Cyrillic] {
            let own: Vec<(TextLine, LineRead)> = read.extract_if(.., |(_, read)| read.script == script).collect();
            if !own.is_empty() {
                let (width, height) = (self.desk.image.width, self.desk.image.height);
                text.readings.push(reading(in_order(own, script), script, PlacedText::new(width, height)));
            }
        }
        text.readings.sort_by(|a, b| b.weight().total_cmp(&a.weight()));
        for reading in &text.readings {
            missing_model(reading, self.desk, &mut text.missing);
        }
    }
}

/// The model of the language that a reading is of, when it is not installed.
fn missing_model(reading: &OcrReading, desk: &Desk<'_>, missing: &mut Vec<String>) {
    if let Some(model) = super::models::wanted_model(&reading.text)
        && !has_model(desk.tools, model)
        && !missing.iter().any(|known| known == model)
    {
        missing.push(model.to_owned());
    }
}

/// Top to bottom; lines side by side as the script runs.
fn in_order(mut lines: Vec<(TextLine, LineRead)>, script: Script) -> Vec<(TextLine, LineRead)> {
    lines.sort_by(|(a, _), (b, _)| a.middle.1.total_cmp(&b.middle.1));
    let mut ordered: Vec<(TextLine, LineRead)> = Vec::new();
    for (line, read) in lines {
        let follows = |other: &TextLine| {
            let near = line.thickness.min(other.thickness) * BESIDE_SHARE;
            (line.middle.1 - other.middle.1).abs() < near
                && (line.middle.0 > other.middle.0) == script.is_right_to_left()
                && (line.middle.0 - other.middle.0).abs() > (line.length + other.length) * 0.4
        };
        let mut at = ordered.len();
        while at > 0 && follows(&ordered[at - 1].0) {
            at -= 1;
        }
        ordered.insert(at, (line, read));
    }
    ordered
}

fn reading(lines: Vec<(TextLine, LineRead)>, script: Script, mut text: PlacedText) -> OcrReading {
    let (mut languages, mut sum, mut characters) = (Vec::new(), 0.0, 0.0);
    let mut first_line = true;
    for (_, read) in lines {
        let mut first_word = true;
        for (word, bounds) in read.words.iter().zip(&read.bounds).filter(|(word, _)| word.is_kept()) {
            if !(first_line && first_word) {
                text.push_gap(first_word);
            }
            (first_line, first_word) = (false, false);
            text.push_word(&word.text, word.confidence, *bounds);
            let length = word.text.chars().count() as f32;
            sum += word.confidence * length;
            characters += length;
        }
        if !languages.contains(&read.model) {
            languages.push(read.model);
        }
    }
    let mean_confidence = if characters > 0.0 { sum / characters / 100.0 } else { 0.0 };
    OcrReading { text: text.text, places: text.places, mean_confidence, languages, script, by_line: true }
}
