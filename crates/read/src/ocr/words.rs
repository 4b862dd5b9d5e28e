//! What the recogniser says, word by word: its table is parsed, weighed and made into lines of text.

use vedette_core::{Place, Whereabouts};

/// Places are told in ten-thousandths of a picture's sides.
const PLACE_UNITS: f32 = 10_000.0;
/// Words below this confidence are dropped, of 100; below it the recogniser is mostly wrong.
const CONFIDENCE_MIN: f32 = 30.0;
/// Confidence from which a word speaks for the model that read it. Models of the wrong script stay below on nearly all words.
const CONFIDENCE_SURE: f32 = 60.0;
/// Signs without a letter or digit are mostly edges of the picture; they need more confidence.
const CONFIDENCE_SIGN_MIN: f32 = 80.0;
/// Mean confidence, 0 to 1, below which a pass is mostly noise: posters are at 0.85 and more, photographs without text at 0.4 to 0.6.
const CONFIDENCE_CLEAN: f32 = 0.70;
/// Confidence and characters from which a word among noise is kept.
const CONFIDENCE_AMID_NOISE: f32 = 80.0;
const CHARACTERS_AMID_NOISE: usize = 3;
/// Confidence from which a word adds to the weight of its pass.
const CONFIDENCE_WEIGHED: f32 = 50.0;
/// Sure letters that a line of a second script must have.
const LETTERS_WON_MIN: usize = 3;
/// Rows of the table that are read; a dense page has 2,000 words.
const ROWS_MAX: usize = 50_000;
/// Bytes of one word.
const WORD_BYTES_MAX: usize = 400;

/// A writing system that models are grouped by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Script {
    /// Latin letters.
    Latin,
    /// Arabic letters, also Persian, Urdu, Pashto and Uyghur ones.
    Arabic,
    /// Cyrillic letters.
    Cyrillic,
}

impl Script {
    /// The script of an ISO 15924 code.
    pub fn from_code(code: &str) -> Option<Self> {
        match code {
            "Latn" => Some(Self::Latin),
            "Arab" => Some(Self::Arabic),
            "Cyrl" => Some(Self::Cyrillic),
            _ => None,
        }
    }

    fn has(self, c: char) -> bool {
        match self {
            Self::Latin => c.is_alphabetic() && matches!(c, 'A'..='Z' | 'a'..='z' | '\u{c0}'..='\u{24f}'),
            Self::Arabic => {
                c.is_alphabetic()
                    && matches!(c, '\u{600}'..='\u{6ff}' | '\u{750}'..='\u{77f}' | '\u{fb50}'..='\u{fefc}')
            }
            Self::Cyrillic => matches!(c, '\u{400}'..='\u{52f}'),
        }
    }

    /// Written from right to left.
    pub fn is_right_to_left(self) -> bool {
        self == Self::Arabic
    }

    /// Letters of this script in `text`.
    pub fn letters(self, text: &str) -> usize {
        text.chars().filter(|&c| self.has(c)).count()
    }
}

/// One word.
#[derive(Debug, Clone, PartialEq)]
pub struct Word {
    pub(super) page: u32,
    line: (u32, u32, u32),
    pub(super) left: i64,
    pub(super) top: i64,
    pub(super) width: i64,
    pub(super) height: i64,
    pub(super) confidence: f32,
    pub(super) text: String,
}

/// Whether a word read as surely as `confidence`, of 100, is kept.
pub(super) fn is_kept(text: &str, confidence: f32) -> bool {
    let has_letter = text.chars().any(char::is_alphanumeric);
    confidence >= if has_letter { CONFIDENCE_MIN } else { CONFIDENCE_SIGN_MIN }
}

/// The letters of `script` in a word, each counted by how surely it was read: from 0 at 50 to 1 at 100.
pub(super) fn weight(text: &str, confidence: f32, script: Script) -> f32 {
    let share = ((confidence - CONFIDENCE_WEIGHED) / (100.0 - CONFIDENCE_WEIGHED)).max(0.0);
    share * script.letters(text) as f32
}

impl Word {
    fn is_kept(&self) -> bool {
        is_kept(&self.text, self.confidence)
    }

    fn weight(&self, script: Script) -> f32 {
        weight(&self.text, self.confidence, script)
    }

    fn overlaps(&self, other: &Self) -> bool {
        self.left < other.left + other.width
            && other.left < self.left + self.width
            && self.top < other.top + other.height
            && other.top < self.top + self.height
    }
}

/// The words of one pass with models of one script.
#[derive(Debug, Clone, PartialEq)]
pub struct Pass {
    script: Script,
    words: Vec<Word>,
}

impl Pass {
    /// Reads the recogniser's TSV (columns level, page, block, paragraph, line, word, left, top, width, height, conf, text).
    /// Rows of another form are passed over. `scale` brings places of a shrunk picture to those of the whole.
    pub fn parse(tsv: &str, script: Script, scale: i64) -> Self {
        let mut words: Vec<Word> = tsv.lines().take(ROWS_MAX).filter_map(word_in).collect();
        for word in &mut words {
            for place in [&mut word.left, &mut word.top, &mut word.width, &mut word.height] {
                *place *= scale;
            }
        }
        Self { script, words }
    }

    /// The script of the models that read it.
    pub fn script(&self) -> Script {
        self.script
    }

    /// Letters of the script, each counted by how sure its word is: from 0 at 50 to 1 at 100. Compares passes: a model of the
    /// wrong script, and noise, weigh next to nothing.
    pub fn weight(&self) -> f32 {
        self.words.iter().map(|word| word.weight(self.script)).sum()
    }

    /// Letters of the script in words that are surely read.
    pub fn sure_letters(&self) -> usize {
        self.words
            .iter()
            .filter(|word| word.confidence >= CONFIDENCE_SURE)
            .map(|word| self.script.letters(&word.text))
            .sum()
    }

    /// Mean confidence of the kept words, 0 to 1, each weighing as many characters as it has.
    pub fn mean_confidence(&self) -> f32 {
        let (mut sum, mut characters) = (0.0, 0.0);
        for word in self.words.iter().filter(|word| word.is_kept()) {
            let length = word.text.chars().count() as f32;
            sum += word.confidence.min(100.0) * length;
            characters += length;
        }
        if characters > 0.0 { sum / characters / 100.0 } else { 0.0 }
    }

    /// Share, 0 to 1, of characters in words that are not surely read: perhaps another script.
    pub fn unsure_share(&self) -> f32 {
        let characters = |word: &Word| word.text.chars().count();
        let all: usize = self.words.iter().map(characters).sum();
        let unsure: usize = self.words.iter().filter(|word| word.confidence < CONFIDENCE_SURE).map(characters).sum();
        if all == 0 { 0.0 } else { unsure as f32 / all as f32 }
    }

    /// The surely read words of this pass's script that stand where `other` read nothing surely.
    pub fn beside(&self, other: &Self) -> Self {
        let taken: Vec<&Word> = other.words.iter().filter(|word| word.confidence >= CONFIDENCE_SURE).collect();
        let is_new = |word: &&Word| {
            word.confidence >= CONFIDENCE_SURE
                && self.script.letters(&word.text) * 2 > word.text.chars().count()
                && !taken.iter().any(|other| other.overlaps(word))
        };
        Self { script: self.script, words: self.words.iter().filter(is_new).cloned().collect() }
    }

    /// The lines that this pass reads more surely than `other` reads the same place: text in this pass's script.
    pub fn lines_won_from(&self, other: &Self) -> Self {
        let mut words = Vec::new();
        for line in self.words.chunk_by(|a, b| a.line == b.line) {
            let here = Self { script: self.script, words: line.to_vec() };
            let taken = |word: &&Word| line.iter().any(|own| own.overlaps(word));
            let there = Self { script: other.script, words: other.words.iter().filter(taken).cloned().collect() };
            if here.sure_letters() >= LETTERS_WON_MIN && here.weight() > there.weight() {
                words.extend(here.words);
            }
        }
        Self { script: self.script, words }
    }

    /// The same without the words that stand where `taken` has some.
    pub fn without(mut self, taken: &Self) -> Self {
        self.words.retain(|word| !taken.words.iter().any(|other| other.overlaps(word)));
        self
    }

    /// The same, or, when most of it is noise, only the words that stand out of it.
    pub fn without_noise(mut self) -> Self {
        if self.mean_confidence() < CONFIDENCE_CLEAN {
            self.words.retain(|word| {
                let characters = word.text.chars().filter(|c| c.is_alphanumeric()).count();
                word.confidence >= CONFIDENCE_AMID_NOISE && characters >= CHARACTERS_AMID_NOISE
            });
        }
        self
    }

    /// The kept words, one line of the picture a line.
    #[cfg(test)]
    pub fn text(&self) -> String {
        self.text_with_places(1, 1).0
    }

    /// The kept words, one line of the picture a line, and where each stands in a picture of `width` x `height` pixels.
    pub fn text_with_places(&self, width: u32, height: u32) -> (String, Vec<Place>) {
        let mut text = PlacedText::new(width, height);
        let mut line = None;
        for word in self.words.iter().filter(|word| word.is_kept()) {
            if line.is_some() {
                text.push_gap(line != Some(word.line));
            }
            line = Some(word.line);
            let (left, top) = (word.left as f32, word.top as f32);
            let bounds = [left, top, left + word.width as f32, top + word.height as f32];
            text.push_word(&word.text, word.confidence, bounds);
        }
        (text.text, text.places)
    }
}

/// Text that is put together word by word, with the place of each word.
pub(super) struct PlacedText {
    pub text: String,
    pub places: Vec<Place>,
    width: f32,
    height: f32,
}

impl PlacedText {
    pub fn new(width: u32, height: u32) -> Self {
        let (width, height) = (width.max(1) as f32, height.max(1) as f32);
        Self { text: String::new(), places: Vec::new(), width, height }
    }

    pub fn push_gap(&mut self, new_line: bool) {
        self.text.push(if new_line { '\n' } else { ' ' });
    }

    /// `bounds`: left, top, right, bottom in pixels.
    pub fn push_word(&mut self, word: &str, confidence: f32, [left, top, right, bottom]: [f32; 4]) {
        let start = self.text.len();
        self.text.push_str(word);
        let part = |pixels: f32, side: f32| (pixels / side * PLACE_UNITS).clamp(0.0, PLACE_UNITS) as u16;
        let (left, top) = (part(left, self.width), part(top, self.height));
        let (right, bottom) = (part(right, self.width), part(bottom, self.height));
        let sides = [left, top, right.saturating_sub(left), bottom.saturating_sub(top)];
        let (Ok(start), Ok(end)) = (u32::try_from(start), u32::try_from(self.text.len())) else { return };
        let confidence = Some(confidence.clamp(0.0, 100.0) as u8);
        self.places.push(Place { start, end, confidence, at: Whereabouts::Box(sides) });
    }
}

/// The words of a list of pictures, picture by picture: the recogniser numbers them from 1.
pub(super) fn words_by_page(table: &str, pages: usize) -> Vec<Vec<Word>> {
    let mut found = vec![Vec::new(); pages];
    for word in table.lines().take(ROWS_MAX).filter_map(word_in) {
        if let Some(page) = (word.page as usize).checked_sub(1).and_then(|index| found.get_mut(index)) {
            page.push(word);
        }
    }
    found
}

fn word_in(row: &str) -> Option<Word> {
    let mut columns = row.split('\t');
    let mut number = || columns.next()?.parse::<u32>().ok();
    // Level 5 is a word.
    let (5, Some(page), Some(block), Some(paragraph), Some(line), Some(_word)) =
        (number()?, number(), number(), number(), number(), number())
    else {
        return None;
    };
    let (left, top, width, height) = (number()?, number()?, number()?, number()?);
    let confidence = columns.next()?.parse::<f32>().ok().filter(|confidence| (0.0..=100.0).contains(confidence))?;
    // Marks of direction are the recogniser's, not the picture's. The joiners of Persian spelling stay.
    let text: String = columns
        .next()?
        .chars()
        .filter(|&c| {
            !c.is_control() && !c.is_whitespace() && !matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}')
        })
        .collect();
    let fits = !text.is_empty() && text.len() <= WORD_BYTES_MAX;
    fits.then(|| Word {
        page,
        line: (block, paragraph, line),
        left: left.into(),
        top: top.into(),
        width: width.into(),
        height: height.into(),
        confidence,
        text,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const LATIN: &str = "level\tpage_num\tblock_num\tpar_num\tline_num\tword_num\tleft\ttop\twidth\theight\tconf\ttext\n\
        4\t1\t1\t1\t1\t0\t0\t0\t200\t20\t-1\t\n\
        5\t1\t1\t1\t1\t1\t0\t0\t90\t20\t96.1\tNo\n\
        5\t1\t1\t1\t1\t2\t100\t0\t90\t20\t94\tlamp\n\
        5\t1\t1\t1\t2\t1\t0\t30\t90\t20\t20\tqzx\n\
        5\t1\t1\t1\t2\t2\t100\t30\t90\t20\t45\t|\n\
        5\t1\t1\t1\t2\t3\t200\t30\t90\t20\t92\tburns\n\
        5\t1\t1\t1\t2\t4\tleft\t30\t90\t20\t92\tbroken\n\
        5\t1\t1\t1\t2\t5\t300\t30\t90\t20\tnan\tnan\n\
        5\t1\t1\t1\t2\t6\t300\t30\t90\t20\t900\tloud\n";

    #[test]
    fn lines_are_kept_and_doubtful_words_dropped() {
        let pass = Pass::parse(LATIN, Script::Latin, 1);
        assert_eq!(pass.text(), "No lamp\nburns");
        assert_eq!(pass.sure_letters(), 11);
        assert!((pass.mean_confidence() - 0.934).abs() < 0.01, "{}", pass.mean_confidence());
        assert!((pass.unsure_share() - 4.0 / 15.0).abs() < 0.001);
    }

    #[test]
    fn a_pass_of_the_wrong_script_weighs_nothing() {
        assert!(Pass::parse(LATIN, Script::Latin, 1).weight() > 8.0);
        assert_eq!(Pass::parse(LATIN, Script::Cyrillic, 1).weight(), 0.0);
        assert_eq!(Pass::parse("", Script::Latin, 1).mean_confidence(), 0.0);
    }

    #[test]
    fn only_words_that_stand_out_of_noise_are_kept() {
        let noise = "5\t1\t1\t1\t1\t1\t0\t0\t9\t9\t35\twe\n5\t1\t1\t1\t2\t1\t0\t9\t9\t9\t85\tie\n5\t1\t1\t1\t3\t1\t0\t20\t9\t9\t90\tLantern\n\
            5\t1\t1\t1\t4\t1\t0\t40\t9\t9\t41\tqwrtzpsd,\n";
        assert_eq!(Pass::parse(noise, Script::Latin, 1).without_noise().text(), "Lantern");
        assert_eq!(Pass::parse(LATIN, Script::Latin, 1).without_noise().text(), "No lamp\nburns");
    }

    #[test]
    fn a_line_belongs_to_the_script_that_reads_it_most_surely() {
        // The Arabic model reads the third line; where the Latin lines stand it sees one doubtful word.
        let arabic = Pass::parse(
            "5\t1\t1\t1\t1\t1\t0\t0\t150\t20\t61\tفانوس\n\
             5\t1\t1\t1\t3\t1\t0\t90\t150\t20\t90\tكلمورا\u{200e}\n5\t1\t1\t1\t3\t2\t160\t90\t40\t20\t93\t12\n",
            Script::Arabic,
            1,
        );
        let latin = Pass::parse(
            &format!("{LATIN}5\t1\t1\t1\t3\t1\t0\t90\t150\t20\t65\tgls\n5\t1\t1\t1\t3\t2\t160\t90\t40\t20\t95\t12\n"),
            Script::Latin,
            1,
        );
        let won = arabic.lines_won_from(&latin);
        assert_eq!(won.text(), "كلمورا 12");
        assert_eq!(latin.without(&won).text(), "No lamp\nburns");
        assert_eq!(arabic.beside(&Pass::parse(LATIN, Script::Latin, 1)).text(), "كلمورا");
    }

    #[test]
    fn scripts_know_their_letters() {
        assert_eq!(Script::Latin.letters("Straße 12 жук"), 6);
        assert_eq!(Script::Cyrillic.letters("жук x"), 3);
        assert_eq!(Script::Arabic.letters("چراغ ۱۲"), 4);
        assert_eq!(Script::from_code("Arab"), Some(Script::Arabic));
        assert_eq!(Script::from_code("Hans"), None);
    }
}
