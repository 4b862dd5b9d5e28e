//! Which place a name means, and whether it means one: by inhabitants, by what stands beside it, by the other places of the text
//! and by where the source writes from.

use super::table::{Named, Place, PlaceKind};
use super::{Candidate, Hints, PlaceHit, Text};
use crate::words::{Script, how};
use rustc_hash::{FxHashMap, FxHashSet};

/// Inhabitants from which a name needs no sign that a place is meant, by how it is written.
const KNOWN_POPULATION: u32 = 15_000;
const KNOWN_POPULATION_ARABIC: u32 = 250_000;
const KNOWN_POPULATION_ALTERNATE: u32 = 150_000;
/// Arabic has no capitals: a town of this size needs a word such as `in` before it.
const CUED_POPULATION: u32 = 50_000;
/// Below this a place is a village: it needs a country or division beside it, or a cue and its country in the text.
const VILLAGE_POPULATION: u32 = 5_000;
/// Below this a name beside another capitalised word is taken for part of a person's or company's name.
const NAME_PART_POPULATION: u32 = 2_000_000;
/// Names of fewer letters than four count from here on.
const SHORT_NAME_POPULATION: u32 = 1_000_000;
/// A town whose name is an adjective (`Северный`) counts from here on.
const ADJECTIVE_POPULATION: u32 = 100_000;
/// A transcribed name counts from the first on, after a word such as `in` from the second on if it has the letters.
const FOREIGN_POPULATION: u32 = 1_000_000;
const FOREIGN_CUED_POPULATION: u32 = 300_000;
const FOREIGN_LETTERS_MIN: usize = 5;
/// A name without its capital counts from here on, after a word such as `in`.
const LOWER_CASE_POPULATION: u32 = 300_000;
/// A name that only one country has, of a city of this size, says that the text is about that country.
const SURE_POPULATION: u32 = 500_000;
/// A city of this size is meant before a division of its name: New York, Washington.
const CITY_BEFORE_DIVISION: u32 = 500_000;

/// Points beside the logarithm of the inhabitants: a factor of e is one point.
mod points {
    /// The name that a place is shown by, not another of its names.
    pub const MAIN: f64 = 1.0;
    pub const COUNTRY: f64 = 4.0;
    pub const DIVISION: f64 = 2.0;
    /// A division whose name a great city has.
    pub const DIVISION_OF_CITY: f64 = -4.0;
    /// `Victoria, British Columbia`.
    pub const QUALIFIED: f64 = 10.0;
    /// Its country, or division, is named in the text.
    pub const COUNTRY_NAMED: f64 = 3.0;
    pub const DIVISION_NAMED: f64 = 2.0;
    /// The source writes from its country.
    pub const HINTED: f64 = 3.0;
    /// At most, for a place right beside another of the text.
    pub const NEAR: f64 = 3.0;
}
/// Where nearness stops counting.
const NEAR_KM: f64 = 400.0;
/// One reading of a name leads the next by this much: it is sure enough to judge others by.
const SURE_LEAD: f64 = 3.0;

/// What a text is about.
#[derive(Default)]
struct Context {
    countries: FxHashSet<[u8; 2]>,
    divisions: FxHashSet<u16>,
    /// Degrees of places that are sure, with the candidate they come from.
    anchors: Vec<(usize, f64, f64)>,
}

/// Chooses among the places of each name by what the text is about, and drops what is no place.
pub(super) fn weigh(candidates: &[Candidate], text: Text<'_>, hints: &Hints) -> Vec<PlaceHit> {
    if candidates.is_empty() {
        return Vec::new();
    }
    let pairs: Vec<bool> = (0..candidates.len()).map(|number| is_followed_by_comma(candidates, number, text)).collect();
    let mut context = named(candidates, hints);
    context.anchors = anchors(candidates, &pairs, &context, hints);
    let persons = persons(candidates);
    let mut hits = Vec::new();
    for (number, candidate) in candidates.iter().enumerate() {
        let Some((best, _)) = best_of(candidates, &pairs, number, &context, hints) else { continue };
        let qualified = qualifier(candidates, &pairs, number)
            .is_some_and(|next| next.options.iter().any(|other| contains(&other.place, &best.place)));
        let person = persons.contains(&candidate.sequence);
        if is_meant(candidate, &best, &context, qualified, person) {
            hits.push(PlaceHit {
                first: candidate.first,
                count: candidate.count,
                cut_front: candidate.cut_front,
                cut_back: candidate.cut_back,
                how: candidate.how & !how::ARTICLE,
                place: best.place,
            });
        }
    }
    hits
}

/// The name after a comma that may say where this one lies.
fn qualifier<'a>(candidates: &'a [Candidate], pairs: &[bool], number: usize) -> Option<&'a Candidate> {
    pairs.get(number).filter(|pair| **pair).and_then(|_| candidates.get(number + 1))
}

/// Whether one place lies in another by the table.
fn contains(outer: &Place, inner: &Place) -> bool {
    let same_country = outer.country == inner.country;
    match outer.kind {
        PlaceKind::Country => same_country && inner.kind != PlaceKind::Country,
        PlaceKind::State => {
            same_country
                && matches!(inner.kind, PlaceKind::City | PlaceKind::District)
                && (outer.division == 0 || outer.division == inner.division)
        }
        PlaceKind::District => same_country && inner.kind == PlaceKind::City && outer.division == inner.division,
        PlaceKind::City => false,
    }
}

/// How likely a name means a place before anything around it is asked.
fn prior(candidate: &Candidate, place: &Place, main: bool) -> f64 {
    let inhabitants = f64::from(place.population.max(1)).ln() + if main { points::MAIN } else { 0.0 };
    let great_city = || {
        candidate.options.iter().any(|Named { place: other, main, .. }| {
            other.kind == PlaceKind::City
                && (*main || other.country == place.country)
                && other.population >= CITY_BEFORE_DIVISION
        })
    };
    inhabitants
        + match place.kind {
            PlaceKind::City => 0.0,
            PlaceKind::Country => points::COUNTRY,
            PlaceKind::State | PlaceKind::District if great_city() => points::DIVISION_OF_CITY,
            PlaceKind::State => points::DIVISION,
            PlaceKind::District => 0.0,
        }
}

fn score(
    candidates: &[Candidate],
    pairs: &[bool],
    number: usize,
    option: &Named,
    context: &Context,
    hints: &Hints,
) -> f64 {
    let Named { place, main, .. } = option;
    let Some(candidate) = candidates.get(number) else { return 0.0 };
    let mut score = prior(candidate, place, *main);
    if place.kind != PlaceKind::Country {
        if context.countries.contains(&place.country) {
            score += points::COUNTRY_NAMED;
        }
        if hints.countries.contains(&place.country) {
            score += points::HINTED;
        }
        if place.kind != PlaceKind::State && context.divisions.contains(&place.division) {
            score += points::DIVISION_NAMED;
        }
        score += nearness(number, place, context);
    }
    let next = qualifier(candidates, pairs, number);
    if next.is_some_and(|next| next.options.iter().any(|other| contains(&other.place, place))) {
        score += points::QUALIFIED;
    }
    let before = number
        .checked_sub(1)
        .filter(|before| pairs.get(*before) == Some(&true))
        .and_then(|before| candidates.get(before));
    if before.is_some_and(|before| before.options.iter().any(|other| contains(place, &other.place))) {
        score += points::QUALIFIED / 2.0;
    }
    score
}

/// Points for standing near a sure place of the text.
fn nearness(number: usize, place: &Place, context: &Context) -> f64 {
    let (lat, lon) = (f64::from(place.lat), f64::from(place.lon));
    let others = context.anchors.iter().filter(|(from, ..)| *from != number);
    let nearest = others.map(|(_, a, b)| distance_km(lat, lon, *a, *b)).fold(f64::MAX, f64::min);
    points::NEAR * (1.0 - nearest / NEAR_KM).max(0.0)
}

/// Kilometres between two points, on a plane: good enough for a few hundred of them.
fn distance_km(lat: f64, lon: f64, other_lat: f64, other_lon: f64) -> f64 {
    const KM_PER_DEGREE: f64 = 111.2;
    let wide = (lon - other_lon).abs();
    let wide = if wide > 180.0 { 360.0 - wide } else { wide };
    let east = wide * ((lat + other_lat) / 2.0).to_radians().cos();
    KM_PER_DEGREE * (east * east + (lat - other_lat) * (lat - other_lat)).sqrt()
}

/// The best reading of a name, and its lead over the next.
fn best_of(
    candidates: &[Candidate],
    pairs: &[bool],
    number: usize,
    context: &Context,
    hints: &Hints,
) -> Option<(Named, f64)> {
    let candidate = candidates.get(number)?;
    if let [only] = candidate.options.as_slice() {
        return Some((*only, f64::MAX));
    }
    let mut best: Option<(Named, f64)> = None;
    let mut second = f64::MIN;
    for option in &candidate.options {
        let score = score(candidates, pairs, number, option, context, hints);
        match best {
            Some((_, highest)) if score <= highest => second = second.max(score),
            _ => {
                second = best.map_or(second, |(_, highest)| highest);
                best = Some((*option, score));
            }
        }
    }
    best.map(|(option, score)| (option, score - second))
}

/// Countries and divisions that the text is about: those it names, and those of names that only one country has.
fn named(candidates: &[Candidate], _hints: &Hints) -> Context {
    let mut context = Context::default();
    for candidate in candidates.iter().filter(|candidate| !candidate.person) {
        let Some(Named { place: first, .. }) = candidate.options.first() else { continue };
        let alone = candidate.options.iter().all(|Named { place, .. }| place.country == first.country);
        let largest = candidate.options.iter().map(|option| option.place.population).max().unwrap_or_default();
        let country = candidate.options.iter().find(|option| option.place.kind == PlaceKind::Country);
        match country {
            Some(country) => {
                context.countries.insert(country.place.country);
            }
            None if alone && largest >= SURE_POPULATION => {
                context.countries.insert(first.country);
            }
            None => {}
        }
        let division = candidate.options.iter().find(|option| option.place.kind == PlaceKind::State);
        if let Some(Named { place: division, .. }) = division {
            if division.division != 0 {
                context.divisions.insert(division.division);
            }
            if country.is_none() {
                context.countries.insert(division.country);
            }
        }
    }
    context
}

/// Places of the text that are sure: one reading leads all others.
fn anchors(candidates: &[Candidate], pairs: &[bool], context: &Context, hints: &Hints) -> Vec<(usize, f64, f64)> {
    let mut anchors = Vec::new();
    let mut seen = FxHashSet::default();
    for (number, candidate) in candidates.iter().enumerate() {
        if candidate.person
            || candidate.name_part
            || candidate.lower
            || !seen.insert(candidate.sequence)
            || anchors.len() >= ANCHORS_MAX
        {
            continue;
        }
        if let Some((Named { place, .. }, lead)) = best_of(candidates, pairs, number, context, hints)
            && lead >= SURE_LEAD
            && place.population >= KNOWN_POPULATION
            && !matches!(place.kind, PlaceKind::Country | PlaceKind::State)
        {
            anchors.push((number, f64::from(place.lat), f64::from(place.lon)));
        }
    }
    anchors
}

/// Sure places that others are measured against; a text of more is a list.
const ANCHORS_MAX: usize = 64;

/// Names that the text gives to a person at least as often as to a place.
fn persons(candidates: &[Candidate]) -> FxHashSet<u64> {
    let mut votes: FxHashMap<u64, i32> = FxHashMap::default();
    for candidate in candidates.iter().filter(|candidate| candidate.count == 1) {
        let vote = match candidate {
            Candidate { person: true, .. } => 2,
            Candidate { cue: true, .. } => -2,
            Candidate { name_part: true, .. } => 1,
            _ => 0,
        };
        *votes.entry(candidate.sequence).or_insert(0) += vote;
    }
    votes.into_iter().filter(|(_, votes)| *votes > 0).map(|(name, _)| name).collect()
}

fn is_followed_by_comma(candidates: &[Candidate], number: usize, text: Text<'_>) -> bool {
    let (Some(candidate), Some(next)) = (candidates.get(number), candidates.get(number + 1)) else { return false };
    let end = candidate.first + candidate.count;
    if next.first != end {
        return false;
    }
    match (text.before(end), text.word(end)) {
        (Some(last), Some(first)) => matches!(text.between(last, first).trim(), "," | "،" | "("),
        _ => false,
    }
}

fn is_meant(candidate: &Candidate, best: &Named, context: &Context, qualified: bool, person: bool) -> bool {
    let Named { place, main, adjective, .. } = best;
    if matches!(place.kind, PlaceKind::Country | PlaceKind::State) {
        // `Us`, `Uk` are no countries; `U.S.` comes as two words.
        let short = candidate.count == 1 && candidate.letters < 4 && candidate.script == Script::Latin;
        return !short || candidate.capitals;
    }
    if qualified {
        return true;
    }
    let near = context.countries.contains(&place.country);
    if candidate.doubtful {
        return candidate.cue && near;
    }
    if *adjective && candidate.count == 1 && place.population < ADJECTIVE_POPULATION {
        return false;
    }
    if candidate.lower {
        return *main && place.population >= LOWER_CASE_POPULATION;
    }
    if candidate.count == 1 && candidate.letters < 4 && place.population < SHORT_NAME_POPULATION {
        return false;
    }
    if place.kind == PlaceKind::District {
        return candidate.count > 1 || !candidate.name_part && !person;
    }
    if candidate.person && place.population < NAME_PART_POPULATION {
        return false;
    }
    if (candidate.name_part || person) && place.population < NAME_PART_POPULATION && !candidate.cue {
        return false;
    }
    if place.population < VILLAGE_POPULATION {
        return *main && near && candidate.cue;
    }
    let foreign = is_foreign(candidate.script, place.country) && candidate.count == 1;
    if foreign && place.population < FOREIGN_POPULATION {
        let known = near || place.population >= FOREIGN_CUED_POPULATION && candidate.letters >= FOREIGN_LETTERS_MIN;
        return candidate.cue && known;
    }
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

/// Countries whose towns have names of their own in Arabic script, and in Cyrillic.
const ARABIC_SCRIPT: &[&[u8; 2]] = &[
    b"AE", b"AF", b"BH", b"DJ", b"DZ", b"EG", b"EH", b"ER", b"IL", b"IQ", b"IR", b"JO", b"KM", b"KW", b"LB", b"LY",
    b"MA", b"MR", b"OM", b"PK", b"PS", b"QA", b"SA", b"SD", b"SO", b"SY", b"TD", b"TN", b"YE",
];
const CYRILLIC: &[&[u8; 2]] = &[
    b"AM", b"AZ", b"BA", b"BG", b"BY", b"EE", b"GE", b"KG", b"KZ", b"LT", b"LV", b"MD", b"ME", b"MK", b"MN", b"RS",
    b"RU", b"TJ", b"TM", b"UA", b"UZ",
];

/// Whether a name is a transcription: the town's own country writes in another script. Many common words look like one.
fn is_foreign(script: Script, country: [u8; 2]) -> bool {
    match script {
        Script::Arabic => !ARABIC_SCRIPT.contains(&&country),
        Script::Cyrillic => !CYRILLIC.contains(&&country),
        _ => false,
    }
}
