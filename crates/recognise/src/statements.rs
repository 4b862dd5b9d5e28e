//! Statements: which sentences threaten, call, claim, praise, recruit, warn, deny or report, and who, whom, where, when, how.
//!
//! Read sentence by sentence from the classes of its words (see [`crate::lexicon`]), the mentions and dates in it and what
//! stands around it. Rules, not a trained model: each statement can be explained by its words. The same words mean
//! nothing in a match report, and report in a news text; an idiom is no attack.

mod composed;
mod frame;
mod hashtags;
mod institutions;
mod intent;
mod rules;
mod slots;
mod whole;

use crate::lexicon::{Lexicon, Marks, class};
use crate::wording::{self, Features, Signs};
use crate::words::{Script, Words};
use vedette_core::{DateMention, Mention, MentionKind, Statement};
use vedette_text::Span;
use vedette_text::sentences::{Quotation, quotations, sentences};

/// Statements of one text; a magazine issue has fewer.
const STATEMENTS_MAX: usize = 2_000;
/// Words of the longest piece that is read as one sentence.
const SENTENCE_WORDS_MAX: usize = 250;
/// A post up to this length is about one thing: a word of sport anywhere in it counts.
const SHORT_TEXT_BYTES: usize = 500;

/// Words outside the quotation of a poster: the author's name, a date.
const POSTER_WORDS_MAX: usize = 10;

/// A text of this length in which somebody is quoted is an article.
const ARTICLE_BYTES: usize = 1_500;

/// Everything that the rules look at.
pub(super) struct Scene<'a> {
    text: &'a str,
    folded: &'a str,
    words: &'a Words,
    lexicon: &'a Lexicon,
    marks: Marks,
    mentions: &'a [Mention],
    dates: &'a [DateMention],
    sentences: Vec<Span>,
    ranges: Vec<Sentence>,
    quotations: Vec<Quotation>,
    /// Index of the mention that a word is part of, by word.
    named: Vec<Option<u32>>,
    /// The text names an organisation, outlet or series of the register.
    knows_actor: bool,
    /// The text as a whole reads like news.
    news: bool,
    /// Words of harm or death anywhere in the text.
    grim: bool,
    /// Words of killing anywhere in the text.
    deadly: bool,
    /// More than one phrase hints at a threat.
    hints: bool,
    /// Somebody is invited in more than one word.
    invites: bool,
    /// Advice on security in more than one phrase.
    warns: bool,
    /// Somebody is addressed.
    addresses: bool,
    /// A word for an armed group.
    groups: bool,
    /// The text laughs about itself.
    joking: bool,
    /// The text is a quotation with its author's name, as posters are: his own words.
    poster: bool,
    sporting: Vec<bool>,
}

/// One sentence as a range of words.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sentence {
    number: usize,
    span: Span,
    first: usize,
    end: usize,
}

/// What statements are found in.
#[derive(Clone, Copy)]
pub(crate) struct Input<'a> {
    pub text: &'a str,
    /// Code of its language.
    pub language: &'a str,
    pub folded: &'a str,
    pub words: &'a Words,
    pub mentions: &'a [Mention],
    pub dates: &'a [DateMention],
}

/// The statements of a text, in order, and what the model of its wording looked at.
pub(crate) fn find(input: Input<'_>, lexicon: &Lexicon, marks: Marks) -> (Vec<Statement>, Option<Features>) {
    let mut features = wording::is_post(input.text, input.words.list.len()).then(|| Features::read(&input, &marks));
    let mut found = Vec::new();
    if input.text.len() <= SHORT_TEXT_BYTES && input.text.contains('#') {
        hashtags::find(input.text, lexicon, &mut found);
    }
    // Most posts say nothing of the kind: no word that could carry a statement, no work.
    let carries = marks.at.iter().any(|at| at & rules::CARRIERS != 0);
    if features.is_none() && !carries {
        return (found, None);
    }
    let scene = Scene::new(&input, lexicon, marks);
    if carries {
        by_rules(&scene, &mut found);
    }
    if let Some(features) = features.as_mut() {
        features.add_rules(input.language, scene.signs(), &found);
        whole::revise(&scene, features, &mut found);
    }
    found.sort_by_key(|statement| statement.start);
    (found, features)
}

/// What the rules read, sentence by sentence.
fn by_rules(scene: &Scene<'_>, found: &mut Vec<Statement>) {
    for sentence in scene.ranges.iter().copied() {
        if found.len() >= STATEMENTS_MAX {
            break;
        }
        if let Some(reading) = rules::read(scene, sentence) {
            found.push(slots::fill(scene, sentence, &reading));
            let claim = rules::claims_too(scene, sentence, &reading);
            found.extend(claim.map(|claim| slots::fill(scene, sentence, &claim)));
        }
    }
}

/// The mention that each word is part of, by word; a named word loses its classes.
fn name_words(words: &Words, mentions: &[Mention], marks: &mut Marks) -> Vec<Option<u32>> {
    let mut named = vec![None; words.list.len()];
    let mut word = 0;
    for (number, mention) in mentions.iter().enumerate() {
        // A category word (`attack`, `stadium`) is still a word of the sentence; a name is not.
        if matches!(mention.kind, MentionKind::Target | MentionKind::Method) {
            continue;
        }
        while words.list.get(word).is_some_and(|at| (at.to as usize) <= mention.start) {
            word += 1;
        }
        for (at, inside) in words.list.iter().enumerate().skip(word) {
            if inside.from as usize >= mention.end {
                break;
            }
            if let (Some(named), Some(classes)) = (named.get_mut(at), marks.at.get_mut(at)) {
                *named = Some(number as u32);
                *classes = 0;
            }
        }
    }
    named
}

/// The sentences as ranges of words.
fn ranges(words: &Words, sentences: &[Span]) -> Vec<Sentence> {
    let mut first = 0;
    let mut all = Vec::with_capacity(sentences.len());
    for (number, span) in sentences.iter().enumerate() {
        while words.list.get(first).is_some_and(|word| (word.from as usize) < span.start) {
            first += 1;
        }
        let mut end = first;
        while words.list.get(end).is_some_and(|word| (word.from as usize) < span.end) {
            end += 1;
        }
        // Text without stops is read in pieces: no rule looks further than that.
        while end - first > SENTENCE_WORDS_MAX {
            let piece = first + SENTENCE_WORDS_MAX;
            let bounds = (words.list.get(first), words.list.get(piece - 1));
            let (Some(left), Some(right)) = bounds else { break };
            let span = Span { start: left.from as usize, end: right.to as usize };
            all.push(Sentence { number, span, first, end: piece });
            first = piece;
        }
        let start = match words.list.get(first) {
            Some(word) if all.last().is_some_and(|before| before.number == number) => word.from as usize,
            _ => span.start,
        };
        all.push(Sentence { number, span: Span { start, end: span.end }, first, end });
        first = end;
    }
    all
}

impl<'a> Scene<'a> {
    fn new(input: &Input<'a>, lexicon: &'a Lexicon, mut marks: Marks) -> Self {
        let Input { text, folded, words, mentions, dates, .. } = *input;
        let named = name_words(words, mentions, &mut marks);
        let sentences = sentences(text);
        let count = |bits: u64| marks.at.iter().filter(|at| **at & bits != 0).count();
        let said = count(class::SAY);
        let news = said >= 2 && said >= count(class::WE) || said >= 1 && text.len() > ARTICLE_BYTES;
        let grim = count(
            class::LETHAL | class::HARM_INF | class::HARM_FUT | class::THREAT | class::HARM_IMP | class::HARM_NOUN,
        ) > 0;
        let deadly = count(class::LETHAL) > 0;
        let twice = |bits: u64| marks.list.iter().filter(|mark| mark.classes & bits != 0).take(2).count() == 2;
        let (hints, invites, warns) =
            (twice(class::HINT), twice(class::RECRUITMENT), twice(class::WARNING | class::SECRET));
        let (addresses, groups) = (count(class::ADDRESS) > 0, count(class::GROUP) > 0);
        let group =
            |mention: &Mention| matches!(mention.kind, MentionKind::Actor | MentionKind::Outlet | MentionKind::Series);
        let mut scene = Self {
            text,
            folded,
            words,
            lexicon,
            marks,
            mentions,
            dates,
            ranges: ranges(words, &sentences),
            sentences,
            quotations: quotations(text),
            named,
            knows_actor: mentions.iter().any(group),
            news,
            grim,
            deadly,
            hints,
            invites,
            warns,
            addresses,
            groups,
            joking: false,
            poster: false,
            sporting: Vec::new(),
        };
        scene.joking = scene.is_joking();
        scene.poster = scene.is_poster();
        let mut sporting = vec![false; scene.sentences.len()];
        for sentence in &scene.ranges {
            if let Some(sport) = sporting.get_mut(sentence.number) {
                *sport |= scene.has_sport(sentence);
            }
        }
        scene.sporting = sporting;
        scene
    }

    /// What the model of the wording is told of the rules' view.
    fn signs(&self) -> Signs {
        let any = |holds: &dyn Fn(Sentence) -> bool| self.ranges.iter().copied().any(holds);
        [
            self.news,
            self.joking,
            self.poster,
            self.knows_actor,
            self.sporting.iter().any(|sport| *sport),
            self.grim,
            self.addresses,
            self.groups,
            any(&|sentence| frame::is_framed(self, sentence)),
            any(&|sentence| frame::is_question(self, sentence)),
            any(&|sentence| self.any(sentence, class::UNREAL)),
            !self.quotations.is_empty(),
        ]
    }

    /// Whether a short text laughs about itself. Who names an armed group, a weapon or blood is taken at his word.
    fn is_joking(&self) -> bool {
        self.text.len() <= SHORT_TEXT_BYTES
            && self.text.contains(['😂', '🤣', '😅', '😹', '😜', '😝', '🙈', '😆', '🤪'])
            && !self.knows_actor
            && !self.marks.at.iter().any(|at| at & (class::GROUP | class::WEAPON | class::LETHAL) != 0)
    }

    /// Whether a sentence, or its neighbours, say that nobody means it: a story, a game, a joke, a drill.
    fn is_unreal(&self, sentence: Sentence) -> bool {
        if self.joking {
            return true;
        }
        let from = sentence.number.saturating_sub(1);
        self.ranges
            .iter()
            .copied()
            .filter(|other| other.number >= from && other.number <= sentence.number + 1 || other.number == 0)
            .any(|other| self.any(other, class::UNREAL))
    }

    /// Whether nothing stands outside the quotations but a few words that name who said it.
    fn is_poster(&self) -> bool {
        let outside = |at: usize| !self.quotations.iter().any(|quotation| quotation.start <= at && at < quotation.end);
        if self.quotations.is_empty() {
            return false;
        }
        let (mut words, mut named) = (0, false);
        for (at, word) in self.words.list.iter().enumerate() {
            if !outside(word.from as usize) {
                continue;
            }
            words += 1;
            let frame = class::SAY | class::THREATEN | class::COUNTER | class::BLAME;
            if words > POSTER_WORDS_MAX || self.classes(at) & frame != 0 {
                return false;
            }
            named |= self.mention_at(at).is_some_and(|mention| {
                matches!(mention.kind, MentionKind::Actor | MentionKind::Outlet | MentionKind::Series)
            });
        }
        named
    }

    /// The folded spelling of a word.
    fn word(&self, at: usize) -> &'a str {
        let word = self.words.list.get(at);
        word.and_then(|word| self.folded.get(word.start as usize..word.end as usize)).unwrap_or_default()
    }

    fn classes(&self, word: usize) -> u64 {
        self.marks.at.get(word).copied().unwrap_or_default()
    }

    /// Words of a sentence with any of the classes.
    fn with(&self, sentence: Sentence, classes: u64) -> impl Iterator<Item = usize> + '_ {
        (sentence.first..sentence.end).filter(move |at| self.classes(*at) & classes != 0)
    }

    fn any(&self, sentence: Sentence, classes: u64) -> bool {
        self.with(sentence, classes).next().is_some()
    }

    /// The mention that a word is part of.
    fn mention_at(&self, word: usize) -> Option<&'a Mention> {
        let number = self.named.get(word).copied().flatten()?;
        self.mentions.get(number as usize)
    }

    /// Mentions of some kinds inside a sentence.
    fn mentions_in(&self, span: Span, kinds: &'static [MentionKind]) -> impl Iterator<Item = &'a Mention> + '_ {
        let from = self.mentions.partition_point(|mention| mention.start < span.start);
        let inside = self.mentions.get(from..).unwrap_or_default().iter();
        inside.take_while(move |mention| mention.start < span.end).filter(move |mention| kinds.contains(&mention.kind))
    }

    fn has_sport(&self, sentence: &Sentence) -> bool {
        self.any(*sentence, class::SPORT) || self.has_score(sentence) || self.is_only_fixture(*sentence)
    }

    /// A match is named, and no blood, weapon or organisation; nor is lethal harm aimed at those who come.
    fn is_only_fixture(&self, sentence: Sentence) -> bool {
        if self.knows_actor || !self.any(sentence, class::FIXTURE) || self.any(sentence, class::LETHAL | class::WEAPON)
        {
            return false;
        }
        let lethal = self.any(sentence, class::HARM_INF | class::HARM_FUT | class::HARM_FUT3 | class::HARM_IMP);
        !lethal || !self.any(sentence, class::PEOPLE | class::YOU | class::ADDRESS)
    }

    /// `5-0`, `2:1`: two single digits with nothing but a hyphen or colon between them.
    fn has_score(&self, sentence: &Sentence) -> bool {
        let digits = self.words.list.get(sentence.first..sentence.end).unwrap_or_default();
        digits.windows(2).any(|pair| match pair {
            [left, right] => {
                left.script == Script::Digits
                    && right.script == Script::Digits
                    && left.end - left.start == 1
                    && right.end - right.start == 1
                    && matches!(self.text.get(left.to as usize..right.from as usize), Some("-" | "–" | ":"))
            }
            _ => false,
        })
    }

    /// Whether a sentence stands in talk about a match: words of sport in it or beside it, or anywhere in a short post.
    fn is_sport(&self, sentence: Sentence) -> bool {
        if self.text.len() <= SHORT_TEXT_BYTES {
            return self.sporting.iter().any(|sport| *sport);
        }
        let from = sentence.number.saturating_sub(1);
        self.sporting.iter().skip(from).take(sentence.number + 2 - from).any(|sport| *sport)
    }

    /// Whether a word stands inside a quotation of this sentence that does not fill the whole text.
    fn is_quoted(&self, word: usize) -> bool {
        let Some(at) = self.words.list.get(word).map(|word| word.from as usize) else { return false };
        if self.poster {
            return false;
        }
        self.quotations.iter().any(|quotation| {
            quotation.inside.start <= at
                && at < quotation.inside.end
                && quotation.end - quotation.start + 8 < self.text.trim().len()
        })
    }
}

#[cfg(test)]
mod east_tests;
#[cfg(test)]
mod tests;
