//! Names of the register and of a watch-list in a text: hits of the matcher become mentions, with what the register knows.

use crate::loose::{Text, slip};
use crate::matcher::{Disguise, Hit, Matcher, MatcherBuilder, Scratch};
use crate::register::{Entry, Register};
use crate::watchlist::Watchlist;
use crate::words::{Words, how};
use std::borrow::Cow;
use std::cell::RefCell;
use std::hint::black_box;
use vedette_core::{Mention, MentionKind};
use vedette_text::fold::{Folded, fold};
use vedette_text::tokens::Spots;

/// Single words shorter than this do not lose an `s` to become a name.
const PLURAL_NAME_CHARS_MIN: usize = 6;
/// The same for the terms of a watch-list, which are often common nouns.
const LISTED_PLURAL_CHARS_MIN: usize = 4;
/// Letters of the shortest single word of the register that is recognised in disguise; a watch-list's own terms may be shorter,
/// because the desk chose them.
const DISGUISED_CHARS_MIN: usize = 7;
/// Letters of the shortest single word that is recognised by its sound.
const SOUNDED_CHARS_MIN: usize = 5;
/// Letters of the shortest name of several words that is recognised in disguise.
const DISGUISED_NAME_CHARS_MIN: usize = 8;

/// What a name is a name of.
#[derive(Debug)]
struct Owner {
    id: String,
    name: String,
    lat: Option<f64>,
    lon: Option<f64>,
    country: Option<String>,
}

#[derive(Debug)]
struct Name {
    /// In `NameMatcher::owners`: an entry of the register or a term of the watch-list. Also tells which phrases take a name back.
    owner: u32,
    kind: MentionKind,
    /// The spelling, as registered.
    alias: Box<str>,
    one_word: bool,
    case_sensitive: bool,
    /// A phrase that contains a name of the entry and means something else.
    veto: bool,
    /// Of a watch-list.
    listed: bool,
    letters: u16,
    /// Line of the watch-list, 0 for a name of the register.
    line: u32,
}

/// Finds registered names.
#[derive(Debug)]
pub struct NameMatcher {
    matcher: Matcher,
    names: Vec<Name>,
    /// Entries of the register.
    owners: Vec<Owner>,
}

/// A name found in a folded text, before it is looked at more closely.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NameSpan {
    /// Folded bytes, half-open.
    pub start: usize,
    /// Byte after the last.
    pub end: usize,
    /// Number of the spelling.
    pub name: usize,
}

/// Memory of a search, kept for the next one.
#[derive(Debug, Default)]
pub struct Search {
    spots: Spots,
    scratch: Scratch,
    hits: Vec<Hit>,
}

thread_local! {
    /// Of callers that keep none of their own: one a thread.
    static SEARCH: RefCell<Search> = RefCell::default();
}

impl NameMatcher {
    /// All spellings of a register's entries and the terms of a watch-list.
    pub fn new(register: &Register, watchlist: &Watchlist) -> Self {
        let mut builder = MatcherBuilder::new();
        let mut names = Vec::new();
        let mut add = |name: Name| {
            // A target or a method is a common noun: its misspellings are nobody's disguise.
            let category = matches!(name.kind, MentionKind::Target | MentionKind::Method);
            let disguise = match name.listed {
                _ if name.veto || name.case_sensitive || category => Disguise::None,
                true => Disguise::Listed,
                false => Disguise::Registered,
            };
            if builder.add(&name.alias, names.len() as u32, disguise) > 0 {
                names.push(name);
            }
        };
        for (number, entry) in register.entries().iter().enumerate() {
            let name = |alias: &str, case_sensitive: bool, veto: bool| Name {
                case_sensitive,
                veto,
                ..Name::new(number, entry.kind, alias, false)
            };
            for alias in &entry.aliases {
                add(name(&alias.text, alias.case_sensitive, false));
                if let Some(joined) = joined_article(&alias.text) {
                    add(name(&joined, false, false));
                }
            }
            for phrase in &entry.not {
                add(name(phrase, false, true));
            }
        }
        let owners: Vec<Owner> = register.entries().iter().map(|entry| Owner::of(entry, register)).collect();
        for (number, term) in watchlist.terms().iter().enumerate() {
            // The owners of a watch-list's terms have numbers above those of the register.
            let name = Name::new(owners.len() + number, MentionKind::Actor, &term.term, true);
            add(Name { line: term.line as u32, ..name });
        }
        names.shrink_to_fit();
        Self { matcher: builder.build(), names, owners }
    }

    /// Number of spellings.
    pub fn len(&self) -> usize {
        self.matcher.len()
    }

    /// True when there is nothing to find.
    pub fn is_empty(&self) -> bool {
        self.matcher.len() == 0
    }

    /// Bytes of memory that the names take.
    pub fn bytes(&self) -> usize {
        let names =
            self.names.len() * size_of::<Name>() + self.names.iter().map(|name| name.alias.len()).sum::<usize>();
        self.matcher.bytes() + names + self.owners.len() * size_of::<Owner>()
    }

    /// The names in a text, in order of their first byte.
    pub fn find(&self, text: &str) -> Vec<Mention> {
        self.find_folded(text, &fold(text))
    }

    /// The names in a text that was folded before, in order of their first byte. Each thread keeps the memory of its searches, some
    /// megabytes.
    pub fn find_folded(&self, text: &str, folded: &Folded) -> Vec<Mention> {
        SEARCH.with_borrow_mut(|search| self.find_with(text, folded, search))
    }

    /// [`NameMatcher::find_folded`] with memory that is kept from text to text.
    pub fn find_with(&self, text: &str, folded: &Folded, search: &mut Search) -> Vec<Mention> {
        search.spots.read(&folded.text);
        search.hits.clear();
        let seen = Text { folded: &folded.text, spots: &search.spots, written: Some((text, folded)) };
        self.matcher.find(seen, true, &mut search.scratch, &mut search.hits);
        // All names first, because the processor waits for several readings of memory at once.
        let name = |hit: &Hit| self.names.get(hit.name as usize);
        black_box(search.hits.iter().fold(0, |seen, hit| seen ^ name(hit).map_or(0, |name| name.line)));
        let letter = |hit: &Hit| name(hit)?.alias.as_bytes().first().copied();
        black_box(search.hits.iter().fold(0, |seen, hit| seen ^ letter(hit).unwrap_or_default()));
        let mut found: Vec<Found<'_>> = Vec::with_capacity(search.hits.len());
        found.extend(search.hits.iter().filter_map(|hit| self.accept(hit, text, folded)));
        drop_shadowed(&mut found);
        let mut mentions = Vec::with_capacity(found.len());
        mentions.extend(found.iter().filter(|found| !found.name.veto).map(|found| self.mention(found, text, folded)));
        mentions
    }

    /// Calls `take` with each name in a folded text: only where they stand, without a [`Mention`]. `disguised`: also misspelled ones and
    /// those in another alphabet. Exact case, phrases that take a name back and names inside names are not looked at.
    pub fn scan_folded(&self, folded: &str, disguised: bool, search: &mut Search, mut take: impl FnMut(NameSpan)) {
        search.spots.read(folded);
        search.hits.clear();
        let seen = Text { folded, spots: &search.spots, written: None };
        self.matcher.find(seen, disguised, &mut search.scratch, &mut search.hits);
        for hit in &search.hits {
            let plain = hit.loose == 0 && hit.how & how::PLURAL == 0;
            if plain || self.names.get(hit.name as usize).is_some_and(|name| name.takes(hit)) {
                take(NameSpan { start: hit.start as usize, end: hit.end as usize, name: hit.name as usize });
            }
        }
    }

    pub(crate) fn find_in(&self, text: &str, folded: &Folded, _words: &Words) -> Vec<Mention> {
        self.find_folded(text, folded)
    }

    fn accept(&self, hit: &Hit, text: &str, folded: &Folded) -> Option<Found<'_>> {
        let name = self.names.get(hit.name as usize).filter(|name| name.takes(hit))?;
        let inner = (hit.start as usize, hit.end as usize);
        let (start, end) = folded.original_span(inner.0, inner.1);
        let written = text.get(start..end)?;
        if name.case_sensitive && !is_in_case(written, &name.alias) {
            return None;
        }
        Some(Found { name, start, end, inner, how: hit.how, loose: hit.loose, same: written == &*name.alias })
    }

    fn mention(&self, found: &Found<'_>, text: &str, folded: &Folded) -> Mention {
        let name = found.name;
        let owner = self.owners.get(name.owner as usize);
        let written = text.get(found.start..found.end).unwrap_or_default();
        Mention {
            start: found.start,
            end: found.end,
            text: written.to_owned(),
            kind: name.kind,
            id: owner.map_or_else(|| format!("watchlist:{}", name.line), |owner| owner.id.clone()),
            name: owner.map_or_else(|| name.alias.to_string(), |owner| owner.name.clone()),
            folds: folds_of(found, written, folded),
            lat: owner.and_then(|owner| owner.lat),
            lon: owner.and_then(|owner| owner.lon),
            country: owner.and_then(|owner| owner.country.clone()),
        }
    }
}

impl Owner {
    fn of(entry: &Entry, register: &Register) -> Self {
        // A venue without a country stands in that of its place.
        let place = entry.places.iter().find_map(|id| register.entry(MentionKind::Place, id));
        Self {
            id: entry.id.clone(),
            name: entry.name.clone(),
            lat: entry.lat.or_else(|| place.and_then(|place| place.lat)),
            lon: entry.lon.or_else(|| place.and_then(|place| place.lon)),
            country: entry.country.clone().or_else(|| place.and_then(|place| place.country.clone())),
        }
    }
}

impl Name {
    fn new(owner: usize, kind: MentionKind, alias: &str, listed: bool) -> Self {
        Self {
            owner: owner as u32,
            kind,
            alias: alias.into(),
            one_word: !alias.trim().contains(char::is_whitespace),
            case_sensitive: false,
            veto: false,
            listed,
            letters: alias.chars().filter(|letter| letter.is_alphabetic()).count() as u16,
            line: 0,
        }
    }

    /// Whether the name may be spelled as far from its own spelling as this.
    fn takes(&self, hit: &Hit) -> bool {
        let category = matches!(self.kind, MentionKind::Target | MentionKind::Method);
        let letters = usize::from(self.letters);
        let plural_min = if self.listed { LISTED_PLURAL_CHARS_MIN } else { PLURAL_NAME_CHARS_MIN };
        if hit.how & how::PLURAL != 0 && self.one_word && !category && letters < plural_min {
            return false;
        }
        if hit.loose == 0 {
            return true;
        }
        if hit.loose & slip::SINGULAR != 0 && !self.listed {
            return false;
        }
        let sounded = hit.loose & (slip::TRANSLIT | slip::ARABIZI) == 0 || letters >= SOUNDED_CHARS_MIN;
        match self.one_word {
            true => sounded && (self.listed || letters >= DISGUISED_CHARS_MIN),
            false => letters >= DISGUISED_NAME_CHARS_MIN,
        }
    }
}

struct Found<'a> {
    name: &'a Name,
    start: usize,
    end: usize,
    inner: (usize, usize),
    how: u8,
    loose: u8,
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

/// `al-Qaida` is also written `alqaida`.
fn joined_article(alias: &str) -> Option<String> {
    let (article, rest) = alias.split_once(['-', ' '])?;
    let short = matches!(article.to_lowercase().as_str(), "al" | "el" | "аль" | "ас" | "аш");
    (short && rest.chars().count() >= 4 && !rest.contains([' ', '-'])).then(|| format!("{article}{rest}"))
}

/// How a spelling differs from the registered one.
fn folds_of(found: &Found<'_>, written: &str, folded: &Folded) -> Vec<Cow<'static, str>> {
    let mut folds: Vec<Cow<'static, str>> = Vec::new();
    if found.same && found.loose == 0 {
        return folds;
    }
    folds.extend(folded.folds_at(found.inner.0, found.inner.1).map(Cow::Borrowed));
    // A category word begins a sentence like any other word.
    if matches!(found.name.kind, MentionKind::Target | MentionKind::Method) {
        folds.retain(|fold| fold != "case");
    }
    // A capital letter in the registered spelling is no disguise of the written one.
    let case = folds.iter().any(|fold| fold == "case");
    let other = || written.to_lowercase() != found.name.alias.to_lowercase();
    if case && (written.starts_with(|ch: char| ch.is_uppercase()) || other()) {
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
            folds.push(Cow::Borrowed(word));
        }
    }
    for (bit, word) in [
        (slip::EDIT, "edit"),
        (slip::TRANSLIT, "translit"),
        (slip::ARABIZI, "arabizi"),
        (slip::JOINED, "joined"),
        (slip::SPLIT, "split"),
        (slip::MASK, "mask"),
        (slip::SINGULAR, "plural"),
    ] {
        if found.loose & bit != 0 {
            folds.push(Cow::Borrowed(word));
        }
    }
    folds
}

/// Keeps the longest name of each kind where several cover the same words, drops what a `not` phrase covers and category
/// words that are part of a name.
fn drop_shadowed(found: &mut Vec<Found<'_>>) {
    found.sort_by(|a, b| {
        let key = |found: &Found<'_>| {
            (found.start, std::cmp::Reverse(found.end), found.name.kind, found.name.owner, !found.same, found.loose)
        };
        key(a).cmp(&key(b))
    });
    found.dedup_by(|b, a| {
        a.start == b.start
            && a.end == b.end
            && a.name.kind == b.name.kind
            && a.name.owner == b.name.owner
            && a.name.veto == b.name.veto
    });
    let covers = |outer: &Found<'_>, inner: &Found<'_>| {
        let inside = outer.start <= inner.start && inner.end <= outer.end;
        let larger = outer.end - outer.start > inner.end - inner.start;
        if outer.name.veto {
            return inside && outer.name.owner == inner.name.owner && !inner.name.veto;
        }
        let category = matches!(inner.name.kind, MentionKind::Target | MentionKind::Method);
        let a_name = !matches!(outer.name.kind, MentionKind::Target | MentionKind::Method | MentionKind::Venue);
        inside && larger && (outer.name.kind == inner.name.kind || category && a_name)
    };
    // The list is sorted by start, so what covers an entry stands close before or at it; texts have few hits.
    if found.len() < 2 {
        return;
    }
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

    /// What a watch-list of these terms finds.
    fn listed(terms: &str, text: &str) -> Vec<String> {
        let matcher = NameMatcher::new(&Register::default(), &Watchlist::from_csv(terms).unwrap());
        let show = |mention: Mention| {
            assert_eq!(text.get(mention.start..mention.end), Some(mention.text.as_str()));
            format!("{} [{}]", mention.text, mention.folds.join(" "))
        };
        matcher.find(text).into_iter().map(show).collect()
    }

    #[test]
    fn a_name_in_disguise_is_found_and_says_how() {
        for (term, text, wanted) in [
            ("Kelmora", "on to Kelmroa now", "Kelmroa [edit]"),
            ("Kelmora", "on to Klmora now", "Klmora [edit]"),
            ("Kelmora", "on to kel*ora now", "kel*ora [mask]"),
            ("Kelmora", "on to kel mora now", "kel mora [split]"),
            ("Kelmora", "on toKelmora now", "Kelmora [joined]"),
            ("Kelmora", "إلى كلمورا الآن", "كلمورا [arabic-letter translit]"),
            ("Kelmora", "до Келморы сейчас", "Келморы [ending translit]"),
            ("كلمورا", "on to Kelmora now", "Kelmora [translit]"),
            ("Grey Lantern", "#GreyLantern", "GreyLantern [joined]"),
            ("Grey Lantern", "the Grey Lantren", "Grey Lantren [edit]"),
            ("الفانوس الرمادي", "of al-Fanus al-Ramadi", "Fanus al-Ramadi [translit]"),
            ("محمورا", "ya Ma7moura", "Ma7moura [leet arabizi]"),
            ("Lanterns", "a lantern", "lantern [plural]"),
        ] {
            let found = listed(term, text);
            let plain = found.iter().map(|found| found.replace("[case ", "[")).collect::<Vec<_>>();
            assert_eq!(plain, [wanted], "{term} in {text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn a_kept_search_finds_what_a_fresh_one_finds(
            texts in proptest::collection::vec("((Kelm[aor]{2,3}|gr3y|Grey|Lantren|kelmora|ال?[فانوس]{4,6}|qu'|and)[ *-]){1,9}", 1..5),
        ) {
            let lists = ["Kelmora\nGrey Lantern\nالفانوس", "Kelmra\nkelmora\nFanous"];
            let of = |list: &str| NameMatcher::new(&Register::default(), &Watchlist::from_csv(list).unwrap());
            let matchers = lists.map(of);
            let mut kept = Search::default();
            for text in texts.iter().chain(&texts) {
                for matcher in &matchers {
                    let folded = fold(text);
                    let fresh = matcher.find_with(text, &folded, &mut Search::default());
                    proptest::prop_assert_eq!(&matcher.find_with(text, &folded, &mut kept), &fresh);
                    // A second time the words are known.
                    proptest::prop_assert_eq!(&matcher.find_with(text, &folded, &mut kept), &fresh);
                }
            }
        }
    }

    #[test]
    fn common_words_and_other_names_are_no_disguise() {
        for (term, text) in [
            ("Hass", "he has it"),
            ("Varn", "varnish on a barn"),
            ("Kelmora", "Kelm or a Kalmiro"),
            ("Khorasan", "الخراشنة"),
            ("Fanous", "فنان"),
        ] {
            assert_eq!(listed(term, text), Vec::<String>::new(), "{term} in {text}");
        }
    }

    #[test]
    fn the_register_is_compared_more_strictly() {
        assert_eq!(found("a trip to Port Hsesel"), ["place:port-hessel `Port Hsesel` [edit]"]);
        assert_eq!(found("the harbuor and the prot"), Vec::<String>::new());
        let many: String =
            (0..20_000).map(|number| format!("name{}\n", number.to_string().replace(char::is_numeric, "q"))).collect();
        assert_eq!(listed(&format!("Hessel\n{many}"), "to Hsesel"), Vec::<String>::new());
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
