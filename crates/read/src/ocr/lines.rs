//! The lines that the detector saw, read one by one: all strips of a run go to the recogniser as one list.
//!
//! Latin lines are read first, by what the detector brought along ([`latin`]); the rest is the recogniser's. A few lines tell script and
//! language: every script is tried on them, head down too where that is doubtful, then every model of the script that won. Lines that
//! it does not read are tried in the other scripts, then prepared in other ways; of each word the surest reading is kept.

use std::collections::{BTreeMap, HashMap};

use vedette_detect::TextLine;

use super::line_read::{LineRead, LineWord};
use super::models::{Model, has_model, has_own_letter, installed_trials, language_of_model, models_of};
use super::order::{in_order, one_way, reading};
use super::page::Desk;
use super::strips::{Strip, Way};
use super::words::{PlacedText, Script, Word, words_by_page};
use super::{LETTERS, OcrReading, OcrText, latin, numbers};
use crate::ReadError;

/// Mean confidence of the longest lines, of 100, below which a picture is tried head down, and by how much surer it must be so.
const HEAD_DOWN_BELOW: f32 = 80.0;
const HEAD_DOWN_SURER_BY: f32 = 15.0;
/// Lines on which scripts and models are tried.
const PROBES: usize = 3;
/// Mean confidence, of 100, below which a line is tried in the other scripts.
const OTHER_SCRIPT_BELOW: f32 = 72.0;
/// Ways beside the usual one, in the order in which they help, and the mean confidence, of 100, below which a line is read so.
const OTHER_WAYS: &[(Way, f32)] = &[
    (Way::Ground, 90.0),
    (Way::TwoTone, 90.0),
    (Way::Whole, 80.0),
    (Way::Closer, 80.0),
    (Way::GroundExchanged, 60.0),
    (Way::Exchanged, 60.0),
];
/// Share of a line's length that its words take, below which some are missing.
const COVERED_MIN: f32 = 0.78;
/// A model whose language the text reads like may weigh this much less than another.
const LANGUAGE_BONUS: f32 = 1.06;
/// The same for Urdu and Pashto, whose own letters other models read surely, and wrong.
const OWN_LETTERS_BONUS: f32 = 1.35;
/// Confidence, of 100, from which a word with a letter that only one language has speaks for that language, and how many it takes.
const OWN_WORD_SURE: f32 = 85.0;
const OWN_WORDS_MIN: usize = 3;
/// What is worth as much less than another reading and still preferred when such words are in it.
const OWN_WORD_BONUS: f32 = 1.6;
/// The model of the picture's language may weigh less than another by this factor and is still preferred.
const OWN_MODEL_BONUS: f32 = 1.25;
/// The Arabic model, where the Persian one does not find Arabic, must weigh this much more than the others.
const ARABIC_MALUS: f32 = 0.8;
/// A line in another way must weigh this much more than in the usual one: chance likes the longer list.
const OTHER_WAY_MALUS: f32 = 0.97;
/// Reads a strip as one line. Taking it as it is was worse: .129 against .065 on four posters of the tuning part.
const ONE_LINE: &str = "7";
/// Takes a strip as it is.
const WHOLE_STRIP: &str = "13";

/// What a model made of the probes.
struct Probe<'a> {
    model: &'a str,
    weight: f32,
    reads_like: String,
    /// Words, surely read, with a letter that only this model's language has.
    own_words: usize,
}

impl<'a> Probe<'a> {
    fn of(model: &'a str, read: &[LineRead]) -> Self {
        let text = read.iter().map(LineRead::text).collect::<Vec<_>>().join("\n");
        let reads_like = vedette_text::language::identify(&text).code;
        let words = read.iter().flat_map(|line| &line.words);
        let own_words = words.filter(|word| is_own_word(word, model));
        Self { model, weight: read.iter().map(LineRead::weight).sum(), reads_like, own_words: own_words.count() }
    }

    /// Its weight, more when the text is of the model's language. The Arabic model writes whatever it sees with Arabic's letters,
    /// so that its text proves nothing: the trial model's counts, which knows the letters that Persian has more.
    fn worth(&self, trial: &Probe<'_>) -> f32 {
        let own = language_of_model(self.model);
        let is_own = own == Some(self.reads_like.as_str());
        let factor = match own {
            Some("ar") if trial.reads_like == "ar" => LANGUAGE_BONUS,
            Some("ar") => ARABIC_MALUS,
            Some("ur" | "ps") if self.own_words > OWN_WORDS_MIN => OWN_WORD_BONUS,
            Some("ur" | "ps") if is_own || self.own_words >= OWN_WORDS_MIN => OWN_LETTERS_BONUS,
            _ if is_own => LANGUAGE_BONUS,
            _ => 1.0,
        };
        self.weight * factor
    }
}

/// Whether `word` is surely read and has a letter that, of the models tried, only `model` knows.
fn is_own_word(word: &LineWord, model: &str) -> bool {
    word.confidence >= OWN_WORD_SURE && has_own_letter(&word.text, model)
}

/// Lines of a picture, and the best reading of each so far.
struct Lines<'a> {
    desk: &'a Desk<'a>,
    lines: Vec<TextLine>,
    /// Scripts that the recogniser tries, with the model that it tries them with.
    trials: Vec<Model>,
    /// Latin lines need no recogniser.
    knows_latin: bool,
    best: Vec<Option<LineRead>>,
    /// Lines that the recogniser need not read.
    settled: Vec<bool>,
    /// What was read once, by line, way and model.
    read: HashMap<(usize, Way, String), LineRead>,
}

/// Reads `lines` of `desk`'s picture; head down, when they are read more surely so.
pub(super) fn read_lines(desk: &Desk<'_>, lines: &[TextLine], hints: &[Script]) -> Result<OcrText, ReadError> {
    let lines = one_way(lines);
    let (trials, absent) = installed_trials(desk.tools, hints)?;
    let mut at_work = Lines::new(desk, lines, trials.clone());
    let mut scripts = at_work.begin()?;
    let sureness = at_work.sureness();
    if sureness < HEAD_DOWN_BELOW && !at_work.lines.is_empty() {
        let turned = at_work.lines.iter().map(TextLine::turned).collect();
        let mut head_down = Lines::new(desk, turned, trials);
        let other_scripts = head_down.begin()?;
        if head_down.sureness() > sureness + HEAD_DOWN_SURER_BY {
            (at_work, scripts) = (head_down, other_scripts);
        }
    }
    if let Some((main, others)) = scripts {
        at_work.read_open(main, others)?;
    }
    let mut text = OcrText::default();
    if at_work.below(OTHER_SCRIPT_BELOW).len() * 2 > at_work.lines.len() {
        // What was not read surely may be of a script that no model is installed for.
        text.missing = absent.into_iter().filter(|code| !at_work.knows_latin || code != "eng").collect();
    }
    at_work.finish(&mut text);
    Ok(text)
}

/// The script that reads best, with its trial model, and the others.
type Scripts = (Model, Vec<Model>);

impl<'a> Lines<'a> {
    fn new(desk: &'a Desk<'a>, lines: Vec<TextLine>, trials: Vec<Model>) -> Self {
        let count = lines.len();
        let (best, settled) = (vec![None; count], vec![false; count]);
        Self { desk, lines, trials, knows_latin: false, best, settled, read: HashMap::new() }
    }

    /// Reads Latin lines, and tries the scripts on the others, when there are any.
    fn begin(&mut self) -> Result<Option<Scripts>, ReadError> {
        self.read_latin();
        if self.open().is_empty() { Ok(None) } else { self.main_script().map(Some) }
    }

    /// Reads Latin lines, when there is what reads them.
    fn read_latin(&mut self) {
        let Some(reader) = self.desk.tools.sight().and_then(|sight| sight.letters.as_ref()) else { return };
        for (index, line) in self.lines.iter().enumerate() {
            if let Some(latin) = latin::read(reader, self.desk.image, line) {
                self.settled[index] = latin.is_settled;
                self.best[index] = Some(latin.read).filter(|read| !read.is_noise());
            }
        }
        self.knows_latin = true;
        if self.trials.len() > 1 {
            self.trials.retain(|(script, _)| *script != Script::Latin);
        }
    }

    /// How surely, of 100, the longest lines are read so far.
    fn sureness(&self) -> f32 {
        let mut longest: Vec<usize> = (0..self.lines.len()).collect();
        longest.sort_by(|&a, &b| self.letters(b).total_cmp(&self.letters(a)));
        longest.truncate(PROBES);
        let sure = |&index: &usize| self.best[index].as_ref().map_or(0.0, LineRead::confidence);
        longest.iter().map(sure).sum::<f32>() / longest.len().max(1) as f32
    }

    /// Reads the lines that are not settled with the recogniser.
    fn read_open(&mut self, main: Model, others: Vec<Model>) -> Result<(), ReadError> {
        let open = self.open();
        let model = self.model_of(main.0, &self.probes(), &main.1)?;
        self.read_with_own(&open, main.0, &model)?;
        for (script, trial) in others {
            let unsure = self.below(OTHER_SCRIPT_BELOW);
            self.read(&unsure, Way::Usual, script, &trial)?;
            let own: Vec<usize> = open.iter().copied().filter(|&index| self.script(index) == Some(script)).collect();
            if !own.is_empty() {
                let model = self.model_of(script, &own, &trial)?;
                self.read_with_own(&own, script, &model)?;
            }
        }
        self.other_ways(&(main.0, model))?;
        self.numbers(&open)
    }

    /// Numbers in Arabic script, by the model that knows its digits; the others mix them up or turn them round.
    fn numbers(&mut self, open: &[usize]) -> Result<(), ReadError> {
        let knows = |code: &str| has_model(self.desk.tools, code);
        if !knows(numbers::MODEL) {
            return Ok(());
        }
        let doubtful = |index: &usize| self.best[*index].as_ref().is_some_and(numbers::are_doubtful);
        let lines: Vec<usize> = open.iter().copied().filter(doubtful).collect();
        for way in numbers::WAYS {
            let read = self.pass(&lines, *way, Script::Arabic, numbers::MODEL)?;
            for (&index, read) in lines.iter().zip(read) {
                if let Some(best) = &mut self.best[index] {
                    numbers::put(best, &read);
                }
            }
        }
        Ok(())
    }

    /// Lines that are not settled.
    fn open(&self) -> Vec<usize> {
        (0..self.lines.len()).filter(|&index| !self.settled[index]).collect()
    }

    /// About how many letters a line has room for.
    fn letters(&self, index: usize) -> f32 {
        self.lines[index].length / self.lines[index].thickness.max(1.0)
    }

    /// The lines with the most letters, which tell script and language.
    fn probes(&self) -> Vec<usize> {
        let mut probes = self.open();
        probes.sort_by(|&a, &b| self.letters(b).total_cmp(&self.letters(a)));
        probes.truncate(PROBES);
        probes
    }

    /// The script that reads the probes most surely, and the others.
    fn main_script(&mut self) -> Result<Scripts, ReadError> {
        let probes = self.probes();
        let mut weighed = Vec::new();
        for (script, model) in self.trials.clone() {
            let read = self.pass(&probes, Way::Usual, script, &model)?;
            weighed.push((read.iter().map(LineRead::weight).sum::<f32>(), (script, model)));
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
            let has_own = read.words.iter().any(|word| is_own_word(word, model));
            let bonus = if has_own { OWN_WORD_BONUS } else { OWN_MODEL_BONUS };
            if known.is_none_or(|known| known.weight() < read.weight() * bonus) {
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

    /// Prepares lines that are not read surely or wholly in other ways, and takes from each reading what is surest.
    fn other_ways(&mut self, main: &Model) -> Result<(), ReadError> {
        let model_of = |best: &Option<LineRead>| match best {
            Some(read) if read.model != LETTERS => (read.script, read.model.clone()),
            _ => main.clone(),
        };
        for (way, below) in OTHER_WAYS {
            let mut unsure = self.below(*below);
            unsure.extend(self.incomplete().into_iter().filter(|index| !unsure.contains(index)).collect::<Vec<_>>());
            let mut by_model: BTreeMap<String, (Script, Vec<usize>)> = BTreeMap::new();
            for index in unsure {
                let (script, model) = model_of(&self.best[index]);
                by_model.entry(model).or_insert((script, Vec::new())).1.push(index);
            }
            for (model, (script, own)) in by_model {
                self.read(&own, *way, script, &model)?;
            }
        }
        for (index, best) in self.best.iter_mut().enumerate() {
            let Some(best) = best else { continue };
            for (way, _) in [(Way::Usual, 0.0)].iter().chain(OTHER_WAYS) {
                if let Some(other) = self.read.get(&(index, *way, best.model.clone())) {
                    best.take_surer_words(other);
                }
            }
        }
        Ok(())
    }

    /// Lines that are not read as surely as `confidence`.
    fn below(&self, confidence: f32) -> Vec<usize> {
        let unsure = |index: &usize| self.best[*index].as_ref().is_none_or(|read| read.confidence() < confidence);
        self.open().into_iter().filter(unsure).collect()
    }

    /// Lines of which words seem to be missing.
    fn incomplete(&self) -> Vec<usize> {
        let is_short = |index: &usize| {
            let Some(read) = &self.best[*index] else { return true };
            let line = &self.lines[*index];
            read.reach() < (line.length - line.thickness) * COVERED_MIN
        };
        self.open().into_iter().filter(is_short).collect()
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
            let placed = |word: Word| {
                let (span, bounds) = strip.place([word.left, word.top, word.width, word.height]);
                LineWord { text: word.text, confidence: word.confidence, span, bounds }
            };
            LineRead { script, model: model.to_owned(), words: words.into_iter().map(placed).collect() }
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
        && !reading.languages.iter().any(|code| code == LETTERS)
        && !has_model(desk.tools, model)
        && !missing.iter().any(|known| known == model)
    {
        missing.push(model.to_owned());
    }
}
