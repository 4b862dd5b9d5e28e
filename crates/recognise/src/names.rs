//! Names of the register and of a watch-list in a text: hits of the matcher become mentions, with what the register knows.

use crate::matcher::{Hit, Matcher, MatcherBuilder};
use crate::register::Register;
use crate::watchlist::Watchlist;
use crate::words::{Words, how, read_words};
use vedette_core::{Mention, MentionKind};
use vedette_text::fold::{Folded, fold};

/// Single words shorter than this do not lose an `s` to become a name.
const PLURAL_NAME_CHARS_MIN: usize = 6;

#[derive(Debug)]
struct Name {
    kind: MentionKind,
    /// Number of the entry, for phrases that take a name back.
    entry: u32,
    id: String,
    name: String,
    /// The spelling, as registered.
    alias: String,
    one_word: bool,
    case_sensitive: bool,
    /// A phrase that contains a name of the entry and means something else.
    veto: bool,
    lat: Option<f64>,
    lon: Option<f64>,
    country: Option<String>,
}

/// Finds registered names.
#[derive(Debug)]
pub struct NameMatcher {
    matcher: Matcher,
    names: Vec<Name>,
}

impl NameMatcher {
    /// All spellings of a register's entries and the terms of a watch-list.
    pub fn new(register: &Register, watchlist: &Watchlist) -> Self {
        let mut builder = MatcherBuilder::new();
        let mut names = Vec::new();
        for (number, entry) in register.entries().iter().enumerate() {
            // A venue without a country stands in that of its place.
            let place = entry.places.iter().find_map(|id| register.entry(MentionKind::Place, id));
            let base = |alias: String, case_sensitive: bool, veto: bool| Name {
                kind: entry.kind,
                entry: number as u32,
                id: entry.id.clone(),
                name: entry.name.clone(),
                one_word: !alias.trim().contains(char::is_whitespace),
                alias,
                case_sensitive,
                veto,
                lat: entry.lat.or_else(|| place.and_then(|place| place.lat)),
                lon: entry.lon.or_else(|| place.and_then(|place| place.lon)),
                country: entry.country.clone().or_else(|| place.and_then(|place| place.country.clone())),
            };
            for alias in &entry.aliases {
                add(&mut builder, &mut names, base(alias.text.clone(), alias.case_sensitive, false));
                if let Some(joined) = joined_article(&alias.text) {
                    add(&mut builder, &mut names, base(joined, false, false));
                }
            }
            for phrase in &entry.not {
                add(&mut builder, &mut names, base(phrase.clone(), false, true));
            }
        }
        let entries = register.entries().len();
        for (number, term) in watchlist.terms().iter().enumerate() {
            let name = Name {
                kind: MentionKind::Actor,
                entry: (entries + number) as u32,
                id: format!("watchlist:{}", term.line),
                name: term.term.clone(),
                one_word: !term.term.contains(char::is_whitespace),
                alias: term.term.clone(),
                case_sensitive: false,
                veto: false,
                lat: None,
                lon: None,
                country: None,
            };
            add(&mut builder, &mut names, name);
        }
        Self { matcher: builder.build(), names }
    }

    /// Number of spellings.
    pub fn len(&self) -> usize {
        self.matcher.len()
    }

    /// True when there is nothing to find.
    pub fn is_empty(&self) -> bool {
        self.matcher.len() == 0
    }

    /// The names in a text, in order of their first byte.
    pub fn find(&self, text: &str) -> Vec<Mention> {
        let folded = fold(text);
        self.find_in(text, &folded, &read_words(text, &folded))
    }

    pub(crate) fn find_in(&self, text: &str, folded: &Folded, words: &Words) -> Vec<Mention> {
        let mut hits = Vec::new();
        self.matcher.find(words, &mut hits);
        let mut found: Vec<Found<'_>> = hits.iter().filter_map(|hit| self.accept(hit, text, folded, words)).collect();
        drop_shadowed(&mut found);
        found.iter().filter(|found| !found.name.veto).map(|found| self.mention(found, text, folded)).collect()
    }

    fn accept(&self, hit: &Hit, text: &str, folded: &Folded, words: &Words) -> Option<Found<'_>> {
        let name = self.names.get(hit.name as usize)?;
        let first = words.list.get(hit.first as usize)?;
        let last = words.list.get((hit.first + hit.count - 1) as usize)?;
        let inner = (first.start as usize + usize::from(hit.cut_front), last.end as usize - usize::from(hit.cut_back));
        let (start, end) = match (hit.cut_front, hit.cut_back) {
            (0, 0) => (first.from as usize, last.to as usize),
            _ => folded.original_span(inner.0, inner.1),
        };
        let written = text.get(start..end)?;
        if name.case_sensitive && !is_in_case(written, &name.alias) {
            return None;
        }
        let category = matches!(name.kind, MentionKind::Target | MentionKind::Method);
        let short = name.one_word && !category && name.alias.chars().count() < PLURAL_NAME_CHARS_MIN;
        if hit.how & how::PLURAL != 0 && short {
            return None;
        }
        Some(Found { name, start, end, inner, how: hit.how, same: written == name.alias })
    }

    fn mention(&self, found: &Found<'_>, text: &str, folded: &Folded) -> Mention {
        let name = found.name;
        let written = text.get(found.start..found.end).unwrap_or_default();
        Mention {
            start: found.start,
            end: found.end,
            text: written.to_owned(),
            kind: name.kind,
            id: name.id.clone(),
            name: name.name.clone(),
            folds: folds_of(found, written, folded),
            lat: name.lat,
            lon: name.lon,
            country: name.country.clone(),
        }
    }
}

struct Found<'a> {
    name: &'a Name,
    start: usize,
    end: usize,
    inner: (usize, usize),
    how: u8,
    /// Written exactly as registered.
    same: bool,
}

/// Whether a spelling stands in the case it is registered in. Several words may be broken over lines, and a headline in
/// capitals still names them; one word in capitals (`SIGNAL`) tells nothing.
fn is_in_case(written: &str, alias: &str) -> bool {
    if written == alias {
        return true;
    }
    let words = || written.split_whitespace();
    let capitals = alias.to_uppercase();
    alias.contains(char::is_whitespace)
        && (words().eq(alias.split_whitespace()) || words().eq(capitals.split_whitespace()))
}

fn add(builder: &mut MatcherBuilder, names: &mut Vec<Name>, name: Name) {
    if builder.add(&name.alias, names.len() as u32) > 0 {
        names.push(name);
    }
}

/// `al-Qaida` is also written `alqaida`.
fn joined_article(alias: &str) -> Option<String> {
    let (article, rest) = alias.split_once(['-', ' '])?;
    let short = matches!(article.to_lowercase().as_str(), "al" | "el" | "аль" | "ас" | "аш");
    (short && rest.chars().count() >= 4 && !rest.contains([' ', '-'])).then(|| format!("{article}{rest}"))
}

/// How a spelling differs from the registered one.
fn folds_of(found: &Found<'_>, written: &str, folded: &Folded) -> Vec<String> {
    let mut folds: Vec<String> = Vec::new();
    if found.same {
        return folds;
    }
    folds.extend(folded.folds_in(found.inner.0, found.inner.1).into_iter().map(str::to_owned));
    // A category word begins a sentence like any other word.
    if matches!(found.name.kind, MentionKind::Target | MentionKind::Method) {
        folds.retain(|fold| fold != "case");
    }
    // A capital letter in the registered spelling is no disguise of the written one.
    if written.to_lowercase() != found.name.alias.to_lowercase() || written.starts_with(|ch: char| ch.is_uppercase()) {
        let capitals = |text: &str| text.chars().filter(|ch| ch.is_uppercase()).count();
        if capitals(written) == capitals(&found.name.alias) {
            folds.retain(|fold| fold != "case");
        }
    }
    for (bit, word) in [
        (how::CLITIC, "clitic"),
        (how::ENDING, "ending"),
        (how::POSSESSIVE, "possessive"),
        (how::PLURAL, "plural"),
        (how::ELISION, "elision"),
    ] {
        if found.how & bit != 0 {
            folds.push(word.to_owned());
        }
    }
    folds
}

/// Keeps the longest name of each kind where several cover the same words, drops what a `not` phrase covers and category
/// words that are part of a name.
fn drop_shadowed(found: &mut Vec<Found<'_>>) {
    found.sort_by(|a, b| {
        let key = |found: &Found<'_>| {
            (found.start, std::cmp::Reverse(found.end), found.name.kind, found.name.entry, !found.same)
        };
        key(a).cmp(&key(b))
    });
    found.dedup_by(|b, a| {
        a.start == b.start
            && a.end == b.end
            && a.name.kind == b.name.kind
            && a.name.id == b.name.id
            && a.name.veto == b.name.veto
    });
    let covers = |outer: &Found<'_>, inner: &Found<'_>| {
        let inside = outer.start <= inner.start && inner.end <= outer.end;
        let larger = outer.end - outer.start > inner.end - inner.start;
        if outer.name.veto {
            return inside && outer.name.entry == inner.name.entry && !inner.name.veto;
        }
        let category = matches!(inner.name.kind, MentionKind::Target | MentionKind::Method);
        let a_name = !matches!(outer.name.kind, MentionKind::Target | MentionKind::Method | MentionKind::Venue);
        inside && larger && (outer.name.kind == inner.name.kind || category && a_name)
    };
    // The list is sorted by start, so what covers an entry stands close before or at it; texts have few hits.
    let drop: Vec<bool> = (0..found.len())
        .map(|at| {
            let inner = &found[at];
            let from = found.partition_point(|other| other.start + COVER_BYTES_MAX < inner.start);
            found[from..].iter().take_while(|other| other.start <= inner.start).any(|outer| covers(outer, inner))
        })
        .collect();
    let mut drop = drop.into_iter();
    found.retain(|_| !drop.next().unwrap_or_default());
}

/// Bytes of the longest name: nothing that begins earlier can cover a name.
const COVER_BYTES_MAX: usize = 2_048;

#[cfg(test)]
mod tests {
    use super::*;

    const WORLD: &str = r#"
        [[actor]]
        id = "grey-lantern"
        name = "Order of the Grey Lantern"
        aliases = ["Grey Lantern", "GL", "الفانوس الرمادي", "Орден Серого Фонаря", "Al-Fanous"]
        abbreviations = ["OGLAN"]
        exact = ["Shining Lamp"]
        not = ["Grey Lantern Street"]
        case_sensitive = true
        source = "invented"
        [[outlet]]
        id = "lantern-media"
        name = "Lantern Media"
        source = "invented"
        actor = "grey-lantern"
        [[place]]
        id = "port-hessel"
        name = "Port Hessel"
        lat = -38.0
        lon = -21.0
        source = "invented"
        [[target]]
        id = "transport"
        name = "transport"
        aliases = ["port", "harbour"]
    "#;

    fn found(text: &str) -> Vec<String> {
        let register = Register::load(&[("world", WORLD)]).unwrap();
        let matcher = NameMatcher::new(&register, &Watchlist::from_csv("varn front,en").unwrap());
        let show = |mention: Mention| {
            assert_eq!(text.get(mention.start..mention.end), Some(mention.text.as_str()));
            format!("{}:{} `{}` [{}]", mention.kind.word(), mention.id, mention.text, mention.folds.join(" "))
        };
        matcher.find(text).into_iter().map(show).collect()
    }

    #[test]
    fn the_longest_name_wins_and_other_kinds_overlap() {
        assert_eq!(
            found("The Order of the Grey Lantern Media desk"),
            ["actor:grey-lantern `Order of the Grey Lantern` []", "outlet:lantern-media `Lantern Media` []"]
        );
    }

    #[test]
    fn every_way_to_write_a_name_is_told() {
        for (text, wanted) in [
            ("the gr3y l4ntern", "actor:grey-lantern `gr3y l4ntern` [leet]"),
            ("سلام للفـانوس الرمادي", "actor:grey-lantern `فـانوس الرمادي` [arabic-letter tatweel clitic]"),
            ("с Орденом Серого Фонаря", "actor:grey-lantern `Орденом Серого Фонаря` [ending]"),
            ("Lantern Media's room", "outlet:lantern-media `Lantern Media` []"),
            ("LANTERN MEDIA", "outlet:lantern-media `LANTERN MEDIA` [case]"),
            ("alfanous", "actor:grey-lantern `alfanous` []"),
            ("Varn Front", "actor:watchlist:1 `Varn Front` [case]"),
        ] {
            assert_eq!(found(text), [wanted], "{text}");
        }
    }

    #[test]
    fn abbreviations_keep_their_case_and_phrases_take_a_name_back() {
        assert_eq!(found("GL"), ["actor:grey-lantern `GL` []"]);
        assert_eq!(found("gl, Gl"), Vec::<String>::new());
        assert_eq!(found("a shop in Grey Lantern Street"), Vec::<String>::new());
        for (text, wanted) in [
            ("OGLAN's room", Some("actor:grey-lantern `OGLAN` []")),
            ("oglan, Oglan", None),
            ("the Shining\nLamp spoke", Some("actor:grey-lantern `Shining\nLamp` []")),
            ("SHINING LAMP", Some("actor:grey-lantern `SHINING LAMP` [case]")),
            ("under a shining lamp", None),
        ] {
            assert_eq!(found(text), wanted.into_iter().collect::<Vec<_>>(), "{text}");
        }
    }

    #[test]
    fn a_category_word_inside_a_name_is_part_of_the_name() {
        assert_eq!(
            found("the harbour of Port Hessel"),
            ["target:transport `harbour` []", "place:port-hessel `Port Hessel` []"]
        );
    }
}
