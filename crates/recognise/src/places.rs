//! Places: names of countries, cities and states in a text, told apart from common words and from each other.
//!
//! The gazetteer (GeoNames, see `data/README.md`) knows far more names than a text means. A name counts when it is written
//! like one (a capital, or a script without capitals and a sign that a place follows), is no common word, and is large or
//! near enough to the other places of the text. Among places of one name, population and the countries of the
//! text decide. Places and venues of the register always win over the gazetteer; that is settled by the caller.

mod common;
mod table;
mod weigh;

pub use table::pack as pack_gazetteer;

use crate::words::{Alt, Script, Word, Words, hash, how, join, read_words};
use std::sync::OnceLock;
use table::{Named, PLACE_WORDS_MAX, Place, PlaceKind, SEQUENCE, Table, place_key};
use vedette_core::Mention;
use vedette_text::fold::fold;

static BYTES: &[u8] = include_bytes!("../data/gazetteer.bin");

/// Readings of one name that are weighed against each other, the largest: no name has more that matter.
const OPTIONS_MAX: usize = 24;
/// Places of one name that are looked at for them; San Antonio has some three hundred.
const SAME_NAME_MAX: usize = 512;

/// What is known about where a text comes from.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Hints {
    /// Countries that the source writes from or about, ISO 3166-1 alpha-2. Among places of one name those there come first.
    pub countries: Vec<[u8; 2]>,
}

impl Hints {
    /// Hints from country codes; what is none is left out.
    pub fn of_countries<'a>(codes: impl IntoIterator<Item = &'a str>) -> Self {
        let code = |code: &str| {
            <[u8; 2]>::try_from(code.as_bytes()).ok().filter(|code| code.iter().all(u8::is_ascii_uppercase))
        };
        Self { countries: codes.into_iter().filter_map(code).collect() }
    }
}

/// Places of the bundled gazetteer in a text, as mentions; the register is not asked. `language` is a code such as `en`.
pub fn find_places(text: &str, language: &str, hints: &Hints) -> Vec<Mention> {
    let folded = fold(text);
    let words = read_words(text, &folded);
    let mut mentions = Vec::new();
    crate::recogniser::add_places(
        &mut mentions,
        &find(&words, text, &folded.text, language, hints),
        text,
        &folded,
        &words,
    );
    mentions
}

/// A place found: words `first..first + count`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct PlaceHit {
    pub first: usize,
    pub count: usize,
    pub cut_front: u8,
    pub cut_back: u8,
    pub how: u8,
    pub place: Place,
}

impl PlaceHit {
    /// Its id in mentions.
    pub fn id(&self) -> String {
        if self.place.geonames_id != 0 {
            return format!("geonames-{}", self.place.geonames_id);
        }
        // Regions of our own table have no number there.
        let slug: String =
            self.name().chars().map(|ch| if ch.is_alphanumeric() { ch.to_ascii_lowercase() } else { '-' }).collect();
        format!("region-{slug}")
    }

    /// The name it is shown by.
    pub fn name(&self) -> &'static str {
        table().map_or("", |table| table.name(&self.place))
    }
}

fn table() -> Option<&'static Table> {
    static TABLE: OnceLock<Option<Table>> = OnceLock::new();
    TABLE.get_or_init(|| Table::open(BYTES)).as_ref()
}

/// A name that may be a place, before it is weighed.
struct Candidate {
    first: usize,
    count: usize,
    cut_front: u8,
    cut_back: u8,
    how: u8,
    /// Hash of its words.
    sequence: u64,
    /// A word such as `in` or `city` before it.
    cue: bool,
    /// Beside another capitalised word that is not part of it.
    name_part: bool,
    /// A title before it, a first name before it, or a word of speech after it: a person.
    person: bool,
    /// A word of the language rather than a place, mostly.
    doubtful: bool,
    /// Written without the capital that names have.
    lower: bool,
    script: Script,
    /// Letters of its first word.
    letters: usize,
    /// Written in capitals throughout, as `UK` is.
    capitals: bool,
    options: Vec<Named>,
}

/// The words of a text with all that the rules ask about them.
#[derive(Clone, Copy)]
struct Text<'a> {
    words: &'a Words,
    /// The original.
    text: &'a str,
    folded: &'a str,
    language: &'a str,
}

impl<'a> Text<'a> {
    fn word(&self, at: usize) -> Option<&'a Word> {
        self.words.list.get(at)
    }

    fn before(&self, at: usize) -> Option<&'a Word> {
        self.word(at.checked_sub(1)?)
    }

    /// What stands between two words.
    fn between(&self, left: &Word, right: &Word) -> &'a str {
        self.text.get(left.to as usize..right.from as usize).unwrap_or_default()
    }
}

/// Finds places. `text` is the original, `folded` the folded text of the words, `language` the text's language code.
pub(crate) fn find(words: &Words, text: &str, folded: &str, language: &str, hints: &Hints) -> Vec<PlaceHit> {
    let Some(table) = table() else { return Vec::new() };
    let text = Text { words, text, folded, language };
    let mut candidates = Vec::new();
    let mut at = 0;
    while let Some(word) = words.list.get(at) {
        match may_begin(text, word, at).then(|| candidate_at(table, text, word, at)).flatten() {
            Some(candidate) => {
                at += candidate.count;
                candidates.push(candidate);
            }
            None => at += 1,
        }
    }
    weigh::weigh(&candidates, text, hints)
}

/// Letters of the shortest name that may lack its capital.
const LOWER_BYTES_MIN: u32 = 5;

/// Whether a word is worth looking up: one without its capital only after a word such as `in`. Most words of a text end here.
#[inline]
fn may_begin(text: Text<'_>, word: &Word, at: usize) -> bool {
    match word.script {
        Script::Digits | Script::Other => false,
        Script::Arabic => true,
        Script::Latin | Script::Cyrillic if word.capital => true,
        Script::Latin | Script::Cyrillic => {
            word.end - word.start >= LOWER_BYTES_MIN
                && (text.before(at).is_some_and(|before| common::sort_of(before.exact).is_cue())
                    || text.words.alts(word).iter().any(|alt| alt.how & how::ELISION != 0))
        }
    }
}

fn candidate_at(table: &Table, text: Text<'_>, word: &Word, at: usize) -> Option<Candidate> {
    let written = text.folded.get(word.start as usize..word.end as usize)?;
    let mut best: Option<Candidate> = None;
    for alt in text.words.alts(word) {
        if alt.how & how::PLURAL != 0 {
            continue;
        }
        let sequence = join(SEQUENCE, place_key(alt.key, alt.how & how::ARTICLE != 0));
        if !table.begins(sequence) {
            continue;
        }
        let Some(mut found) = longest(table, text.words, at, alt, sequence) else { continue };
        if word.script == Script::Cyrillic && !drop_adjectives(&mut found, text, at) {
            continue;
        }
        if let Some(best) = &mut best
            && best.count >= found.count
        {
            // `Китая` is a case of `Китай` and could be one of `Кито`: both are weighed.
            if best.count == found.count && word.script == Script::Cyrillic {
                best.options.append(&mut found.options);
            }
            continue;
        }
        let (from, to) = (usize::from(alt.cut_front), written.len() - usize::from(alt.cut_back));
        let name = written.get(from..to).unwrap_or_default();
        let lower = is_lower(text.text, word, alt);
        let cue = text.before(at).is_some_and(|before| common::sort_of(before.exact).is_cue());
        if !is_name(text, word, at, &found, name, lower, cue) || is_arabic_adjective(text, at, alt, &found, name) {
            continue;
        }
        best = Some(Candidate {
            first: at,
            count: found.count,
            cut_front: alt.cut_front,
            cut_back: found.cut_back,
            how: found.how,
            sequence: found.sequence,
            cue,
            name_part: text.language != "de" && found.count == 1 && word.capital && beside_a_name(text, at, word),
            person: is_person(text, at, found.count, word),
            doubtful: found.count == 1 && common::sort_of(hash(name.as_bytes())).is_doubtful(text.language),
            lower,
            script: word.script,
            letters: name.chars().count(),
            capitals: text
                .text
                .get(word.from as usize..word.to as usize)
                .is_some_and(|word| word.chars().all(char::is_uppercase)),
            options: found.options,
        });
    }
    best
}

/// Endings that only adjectives have: `Донецкой` is no case of `Донецк`. As folded: `й` is `и`.
const ADJECTIVE_ENDINGS: &[&str] =
    &["ои", "ая", "ую", "ое", "ые", "ыи", "ии", "ого", "ому", "ых", "ыми", "ими", "им", "ым", "их", "ие"];

/// Leaves out readings that take an adjective for a town's name; false when none remains.
fn drop_adjectives(found: &mut Longest, text: Text<'_>, at: usize) -> bool {
    let last = text.word(at + found.count - 1);
    let written = last.and_then(|last| text.folded.get(last.start as usize..last.end as usize)).unwrap_or_default();
    if found.how & how::ENDING != 0 && ADJECTIVE_ENDINGS.iter().any(|ending| written.ends_with(ending)) {
        found.options.retain(|option| !option.consonant);
    }
    !found.options.is_empty()
}

/// Whether a name is the adjective of its country here: `السلطات السعودية` are the Saudi authorities.
fn is_arabic_adjective(text: Text<'_>, at: usize, alt: &Alt, found: &Longest, name: &str) -> bool {
    const ARTICLE: &str = "ال";
    // As folded and as written.
    const FEMININE: [&str; 4] = ["يه", "ية", "یه", "یة"];
    let adjective = found.count == 1
        && alt.how & how::ARTICLE != 0
        && alt.cut_front == 0
        && FEMININE.iter().any(|ending| name.ends_with(ending));
    adjective
        && text.before(at).is_some_and(|before| {
            let written = text.folded.get(before.start as usize..before.end as usize).unwrap_or_default();
            written.starts_with(ARTICLE)
        })
}

/// Whether words can be a name at all: not all of them common, not a short word in lower case.
fn is_name(text: Text<'_>, word: &Word, at: usize, found: &Longest, name: &str, lower: bool, cue: bool) -> bool {
    if found.count == 1 && common::sort_of(hash(name.as_bytes())).is_never(text.language) {
        return false;
    }
    let abbreviation = found.count == 1 && name.len() <= 3 && word.script == Script::Latin;
    if lower {
        return !abbreviation
            && cue
            && name.len() >= LOWER_BYTES_MIN as usize
            && !is_plain(text, at, found.count, name);
    }
    if abbreviation || !is_plain(text, at, found.count, name) {
        return true;
    }
    // Common words are a name where they are written like one and name something large: `Long Beach`, `in Victoria`.
    let cased = matches!(word.script, Script::Latin | Script::Cyrillic);
    let last_capital = text.word(at + found.count - 1).is_some_and(|last| last.capital);
    let large = |Named { place, .. }: &Named| match place.kind {
        PlaceKind::District => found.count > 1,
        PlaceKind::State => found.count > 1 || cue,
        PlaceKind::Country => found.count > 1,
        PlaceKind::City => found.count > 1 && place.population >= PLAIN_POPULATION,
    };
    cased && word.capital && last_capital && found.options.iter().any(large)
}

/// A city of several common words counts from this many inhabitants.
const PLAIN_POPULATION: u32 = 100_000;

/// Whether all words of a name are common ones.
fn is_plain(text: Text<'_>, at: usize, count: usize, name: &str) -> bool {
    let common = |exact: u64| {
        let sort = common::sort_of(exact);
        sort.is_common() || sort.is_cue()
    };
    if count == 1 {
        return common(hash(name.as_bytes()));
    }
    (at..at + count).filter_map(|at| text.word(at)).all(|word| common(word.exact))
}

/// The longest name at a word, and the places it may mean.
struct Longest {
    count: usize,
    cut_back: u8,
    how: u8,
    sequence: u64,
    options: Vec<Named>,
}

/// The longest name that begins at a word read as `alt`.
fn longest(table: &Table, words: &Words, at: usize, alt: &Alt, sequence: u64) -> Option<Longest> {
    let mut best: Option<(u64, usize, u8, u8)> = None;
    let mut note = |sequence: u64, count: usize, cut_back: u8, how: u8| {
        if table.named(sequence).next().is_some() {
            best = Some((sequence, count, cut_back, how));
        }
    };
    note(sequence, 1, alt.cut_back, alt.how);
    // Only the last word of a place name is read in other ways; the ones before it are written plainly, or in a case.
    let mut paths = vec![(sequence, alt.how)];
    for (offset, word) in words.list.iter().enumerate().skip(at + 1).take(PLACE_WORDS_MAX - 1) {
        let mut next = Vec::new();
        for (path, so_far) in &paths {
            for more in words.alts(word).iter().filter(|more| more.cut_front == 0 && more.how & how::PLURAL == 0) {
                let longer = join(*path, place_key(more.key, more.how & how::ARTICLE != 0));
                if table.begins(longer) && next.len() < OPTIONS_MAX {
                    note(longer, offset - at + 1, more.cut_back, so_far | more.how);
                    next.push((longer, so_far | more.how));
                }
            }
        }
        if next.is_empty() {
            break;
        }
        paths = next;
    }
    let (sequence, count, cut_back, how) = best?;
    let mut options: Vec<Named> = table.named(sequence).take(SAME_NAME_MAX).collect();
    if options.len() > OPTIONS_MAX {
        options.sort_unstable_by_key(|option| std::cmp::Reverse(option.place.population));
        options.truncate(OPTIONS_MAX);
    }
    Some(Longest { count, cut_back, how, sequence, options })
}

/// Whether a Latin or Cyrillic word lacks the capital that a name has. After an elision (`d'Alep`) the capital follows it.
fn is_lower(text: &str, word: &Word, alt: &Alt) -> bool {
    if !matches!(word.script, Script::Latin | Script::Cyrillic) {
        return false;
    }
    if alt.how & how::ELISION != 0 {
        let written = text.get(word.from as usize..word.to as usize).unwrap_or_default();
        return !written.split(['\'', '’']).nth(1).and_then(|rest| rest.chars().next()).is_some_and(char::is_uppercase);
    }
    !word.capital
}

/// Whether a capitalised word stands directly before or after, joined by nothing but a space, and is no place cue.
fn beside_a_name(text: Text<'_>, at: usize, word: &Word) -> bool {
    let plain = |other: &Word| {
        let sort = common::sort_of(other.exact);
        other.capital && other.script == word.script && !sort.is_cue() && !sort.is_common()
    };
    text.before(at).is_some_and(|before| text.between(before, word) == " " && plain(before))
        || text.word(at + 1).is_some_and(|after| text.between(word, after) == " " && plain(after))
}

/// Whether the words around a name make it a person's.
fn is_person(text: Text<'_>, at: usize, count: usize, word: &Word) -> bool {
    let spaced = |before: &Word| matches!(text.between(before, word), " " | ". ");
    let titled = text.before(at).is_some_and(|before| spaced(before) && common::sort_of(before.exact).is_title());
    let speaks = count == 1
        && text.word(at + 1).is_some_and(|after| {
            text.between(word, after) == " " && !after.capital && common::sort_of(after.exact).is_speech()
        });
    titled || speaks
}

#[cfg(test)]
mod tests;
