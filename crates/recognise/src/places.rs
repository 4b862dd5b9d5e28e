//! Places: names of countries, cities and states in a text, told apart from common words and from each other.
//!
//! The gazetteer (GeoNames, see `data/README.md`) knows far more names than a text means. A name counts when it is written
//! like one (a capital, or a script without capitals and a sign that a place follows), is no common word, and is large or
//! near enough to the other places of the text. Among places of one name, population and the countries of the
//! text decide. Places and venues of the register always win over the gazetteer; that is settled by the caller.

mod common;
mod table;

pub use table::pack as pack_gazetteer;

use crate::words::{Alt, Script, Word, Words, how, join};
use std::sync::OnceLock;
use table::{PLACE_WORDS_MAX, Place, PlaceKind, SEQUENCE, Table, place_key};

static BYTES: &[u8] = include_bytes!("../data/gazetteer.bin");

/// Inhabitants from which a name needs no sign that a place is meant, by how it is written.
const KNOWN_POPULATION: u32 = 15_000;
const KNOWN_POPULATION_ARABIC: u32 = 250_000;
const KNOWN_POPULATION_ALTERNATE: u32 = 150_000;
/// Arabic has no capitals: a town of this size needs a word such as `in` before it.
const CUED_POPULATION: u32 = 50_000;
/// Below this a name beside another capitalised word is taken for part of a person's or company's name.
const NAME_PART_POPULATION: u32 = 2_000_000;
/// Names of fewer letters than four count from here on.
const SHORT_NAME_POPULATION: u32 = 1_000_000;
/// A name without its capital counts from here on, after a word such as `in`.
const LOWER_CASE_POPULATION: u32 = 300_000;
/// Readings of one name that are weighed against each other; no name has more that matter.
const OPTIONS_MAX: usize = 24;

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
    /// A word such as `in` or `city` before it.
    cue: bool,
    /// Beside another capitalised word that is not part of it.
    name_part: bool,
    /// Written without the capital that names have.
    lower: bool,
    script: Script,
    /// Letters of its first word.
    letters: usize,
    /// Written in capitals throughout, as `UK` is.
    capitals: bool,
    options: Vec<(Place, bool)>,
}

/// Finds places. `text` is the original, `folded` the folded text of the words, `language` the text's language code.
pub(crate) fn find(words: &Words, text: &str, folded: &str, language: &str) -> Vec<PlaceHit> {
    let Some(table) = table() else { return Vec::new() };
    let mut candidates = Vec::new();
    let mut at = 0;
    while at < words.list.len() {
        match candidate_at(table, words, text, folded, language, at) {
            Some(candidate) => {
                at += candidate.count;
                candidates.push(candidate);
            }
            None => at += 1,
        }
    }
    weigh(&candidates, words, text)
}

fn candidate_at(
    table: &Table,
    words: &Words,
    text: &str,
    folded: &str,
    language: &str,
    at: usize,
) -> Option<Candidate> {
    let word = words.list.get(at)?;
    if matches!(word.script, Script::Digits | Script::Other) {
        return None;
    }
    let written = folded.get(word.start as usize..word.end as usize)?;
    let mut best: Option<Candidate> = None;
    for alt in words.alts(word) {
        if alt.how & how::PLURAL != 0 {
            continue;
        }
        let sequence = join(SEQUENCE, place_key(alt.key, alt.how & how::ARTICLE != 0));
        if !table.begins(sequence) {
            continue;
        }
        let Some((count, cut_back, all, options)) = longest(table, words, at, alt, sequence) else { continue };
        if best.as_ref().is_some_and(|best| best.count >= count) {
            continue;
        }
        let name =
            written.get(usize::from(alt.cut_front)..written.len() - usize::from(alt.cut_back)).unwrap_or_default();
        let lower = is_lower(text, word, alt);
        let cue = at
            .checked_sub(1)
            .and_then(|before| words.list.get(before))
            .is_some_and(|before| folded.get(before.start as usize..before.end as usize).is_some_and(common::is_cue));
        let plain = (at..at + count).filter_map(|at| words.list.get(at)).all(|word| {
            folded
                .get(word.start as usize..word.end as usize)
                .is_some_and(|word| common::is_common(word) || common::is_cue(word))
        });
        let abbreviation = count == 1 && name.len() <= 3 && word.script == Script::Latin;
        if plain && !abbreviation
            || count == 1 && common::is_common(name) && !abbreviation
            || lower && !(cue && name.len() > 4)
        {
            continue;
        }
        best = Some(Candidate {
            first: at,
            count,
            cut_front: alt.cut_front,
            cut_back,
            how: all,
            cue,
            name_part: language != "de" && count == 1 && word.capital && beside_a_name(words, text, folded, at),
            lower,
            script: word.script,
            letters: name.chars().count(),
            capitals: text
                .get(word.from as usize..word.to as usize)
                .is_some_and(|word| word.chars().all(char::is_uppercase)),
            options,
        });
    }
    best
}

type Longest = (usize, u8, u8, Vec<(Place, bool)>);

/// The longest name that begins at a word read as `alt`.
fn longest(table: &Table, words: &Words, at: usize, alt: &Alt, sequence: u64) -> Option<Longest> {
    let mut best: Option<Longest> = None;
    let mut note = |sequence: u64, count: usize, cut_back: u8, how: u8| {
        let options: Vec<(Place, bool)> = table.named(sequence).take(OPTIONS_MAX).collect();
        if !options.is_empty() {
            best = Some((count, cut_back, how, options));
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
    best
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
fn beside_a_name(words: &Words, text: &str, folded: &str, at: usize) -> bool {
    let spaced = |left: &Word, right: &Word| text.get(left.to as usize..right.from as usize) == Some(" ");
    let Some(word) = words.list.get(at) else { return false };
    let plain = |other: &Word| {
        folded
            .get(other.start as usize..other.end as usize)
            .is_some_and(|name| !common::is_cue(name) && !common::is_common(name))
    };
    let before = at.checked_sub(1).and_then(|before| words.list.get(before));
    let after = words.list.get(at + 1);
    before.is_some_and(|before| before.capital && before.script == word.script && spaced(before, word) && plain(before))
        || after
            .is_some_and(|after| after.capital && after.script == word.script && spaced(word, after) && plain(after))
}

/// Chooses among the places of each name by the countries that the text is about, and drops what is no place.
fn weigh(candidates: &[Candidate], words: &Words, text: &str) -> Vec<PlaceHit> {
    let countries = context(candidates);
    let mut hits = Vec::new();
    for (number, candidate) in candidates.iter().enumerate() {
        let beside = candidates.get(number + 1).filter(|next| follows_by_comma(candidate, next, words, text));
        let score = |(place, main): &(Place, bool)| {
            let mut score = f64::from(place.population.max(1)).ln() + if *main { 1.0 } else { 0.0 };
            if place.kind == PlaceKind::Country {
                score += 2.0;
            }
            if place.kind == PlaceKind::State {
                score += 15.0;
            }
            if countries.contains(&place.country) && place.kind == PlaceKind::City {
                score += 3.0;
            }
            let qualified = |next: &Candidate| {
                next.options.iter().any(|(other, _)| other.kind != PlaceKind::City && other.country == place.country)
            };
            if beside.is_some_and(qualified) && place.kind == PlaceKind::City {
                score += 10.0;
            }
            score
        };
        let Some(best) = candidate.options.iter().max_by(|a, b| score(a).total_cmp(&score(b))) else { continue };
        if is_meant(candidate, best, &countries, beside.is_some()) {
            hits.push(PlaceHit {
                first: candidate.first,
                count: candidate.count,
                cut_front: candidate.cut_front,
                cut_back: candidate.cut_back,
                how: candidate.how & !how::ARTICLE,
                place: best.0,
            });
        }
    }
    hits
}

/// Countries that the text is about: those it names, and those of names that only one country has.
fn context(candidates: &[Candidate]) -> Vec<[u8; 2]> {
    let mut countries: Vec<[u8; 2]> = Vec::new();
    for candidate in candidates {
        let Some((first, _)) = candidate.options.first() else { continue };
        let alone = candidate.options.iter().all(|(place, _)| place.country == first.country);
        let largest = candidate.options.iter().map(|(place, _)| place.population).max().unwrap_or_default();
        let sure = candidate.options.iter().any(|(place, _)| place.kind == PlaceKind::Country)
            || alone && largest >= NAME_PART_POPULATION / 4;
        if sure && !countries.contains(&first.country) {
            countries.push(first.country);
        }
    }
    countries
}

fn follows_by_comma(candidate: &Candidate, next: &Candidate, words: &Words, text: &str) -> bool {
    let end = candidate.first + candidate.count;
    if next.first != end {
        return false;
    }
    let last = end.checked_sub(1).and_then(|last| words.list.get(last));
    match (last, words.list.get(next.first)) {
        (Some(last), Some(first)) => {
            matches!(text.get(last.to as usize..first.from as usize).map(str::trim), Some("," | "،"))
        }
        _ => false,
    }
}

fn is_meant(candidate: &Candidate, best: &(Place, bool), countries: &[[u8; 2]], qualified: bool) -> bool {
    let (place, main) = best;
    if place.kind != PlaceKind::City {
        // `Us`, `Uk` are no countries; `U.S.` comes as two words.
        let short = candidate.count == 1 && candidate.letters < 4 && candidate.script == Script::Latin;
        return !short || candidate.capitals;
    }
    if qualified {
        return true;
    }
    if candidate.lower {
        return *main && place.population >= LOWER_CASE_POPULATION;
    }
    if candidate.count == 1 && candidate.letters < 4 && place.population < SHORT_NAME_POPULATION {
        return false;
    }
    if candidate.name_part && place.population < NAME_PART_POPULATION && !candidate.cue {
        return false;
    }
    let near = countries.contains(&place.country);
    let known = match candidate.script {
        Script::Arabic => KNOWN_POPULATION_ARABIC,
        _ if *main => KNOWN_POPULATION,
        _ => KNOWN_POPULATION_ALTERNATE,
    };
    if candidate.script == Script::Arabic && candidate.count == 1 && place.population < known {
        return candidate.cue && (near || place.population >= CUED_POPULATION);
    }
    place.population >= known || candidate.cue || near || candidate.count > 1 && *main
}

#[cfg(test)]
mod tests;
