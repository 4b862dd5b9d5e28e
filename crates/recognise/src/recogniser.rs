//! The recogniser: everything that is found in one text, in one call. Cheap to share: build once, put it behind an `Arc`.

use crate::lexicon::Lexicons;
use crate::names::NameMatcher;
use crate::places::{self, Hints, PlaceHit};
use crate::register::Register;
use crate::statements::{self, Input};
use crate::watchlist::Watchlist;
use crate::wording::Features;
use crate::words::{self, Words, how, read_words};
use jiff::civil::DateTime;
use std::borrow::Cow;
use vedette_core::limits::READING_BYTES_MAX;
use vedette_core::{DateMention, Findings, Language, LinkKind, LinkMention, Mention, MentionKind};
use vedette_text::fold::{Folded, fold};
use vedette_text::{dates, links};

/// What to look for beside the register.
#[derive(Debug, Clone)]
pub struct Options {
    /// A desk's own names.
    pub watchlist: Watchlist,
    /// Look places up in the bundled gazetteer.
    pub gazetteer: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self { watchlist: Watchlist::default(), gazetteer: true }
    }
}

/// Recognises names, places, dates, links and statements.
#[derive(Debug)]
pub struct Recogniser {
    register: Register,
    names: NameMatcher,
    lexicons: Lexicons,
    gazetteer: bool,
    version: String,
}

/// The rules and lexicons of this crate; goes up when they change what is found.
const RULES_VERSION: u32 = 4;

impl Recogniser {
    /// Prepares the register and the options for matching.
    pub fn new(register: Register, options: Options) -> Self {
        let names = NameMatcher::new(&register, &options.watchlist);
        let terms = options
            .watchlist
            .terms()
            .iter()
            .fold(0, |so_far, term| words::join(so_far, words::hash(term.term.as_bytes())));
        let version = format!("recognise/{RULES_VERSION} register/{} watchlist/{terms:016x}", register.version());
        Self { register, names, lexicons: Lexicons::bundled(), gazetteer: options.gazetteer, version }
    }

    /// The register that is matched.
    pub fn register(&self) -> &Register {
        &self.register
    }

    /// Names the rules, the register and the watch-list: what was found with another version can be found again.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// Everything found in a text that was posted at `posted_at` (local to the writer). A text beyond the limit of a reading
    /// is read up to there.
    pub fn recognise(&self, text: &str, language: &Language, posted_at: DateTime) -> Findings {
        self.recognise_with(text, language, posted_at, &Hints::default())
    }

    /// As [`Self::recognise`], with what is known about where the text comes from.
    pub fn recognise_with(&self, text: &str, language: &Language, posted_at: DateTime, hints: &Hints) -> Findings {
        self.read(text, language, posted_at, hints, None)
    }

    /// What the name of a file says about an issue of a series: `The_Wick_Issue_07.pdf`.
    pub fn issue_of_name(&self, name: &str) -> crate::NamedIssue {
        let spaced = crate::issues::spaced(cut_to(name, NAME_BYTES_MAX));
        let folded = fold(&spaced);
        let mentions = self.names.find_in(&spaced, &folded, &read_words(&spaced, &folded));
        crate::issues::of_name(&spaced, &mentions)
    }

    /// What the model of [`crate::wording`] looks at in a post: features and how much each counts. For training it; no part of the
    /// interface.
    #[doc(hidden)]
    pub fn features(&self, text: &str, language: &Language, posted_at: DateTime, rules: bool) -> Vec<(u64, f32)> {
        let mut features = Features::default();
        self.read(text, language, posted_at, &Hints::default(), Some(&mut features));
        features.scaled(rules)
    }

    fn read(
        &self,
        text: &str,
        language: &Language,
        posted_at: DateTime,
        hints: &Hints,
        features: Option<&mut Features>,
    ) -> Findings {
        let text = cut(text);
        let folded = fold(text);
        let words = read_words(text, &folded);
        let mut mentions = self.names.find_in(text, &folded, &words);
        let found_links = links_of(text);
        if self.gazetteer {
            let found = places::find(&words, text, &folded.text, &language.code, hints);
            add_places(&mut mentions, &found, text, &folded, &words);
        }
        // A name inside a link is an address, not a mention of it.
        mentions.retain(|mention| {
            let after = found_links.partition_point(|link| link.start <= mention.start);
            let link = after.checked_sub(1).and_then(|before| found_links.get(before));
            link.is_none_or(|link| mention.end > link.end)
        });
        mentions.sort_by_key(|mention| (mention.start, std::cmp::Reverse(mention.end), mention.kind));
        let dates = dates_of(text, &language.code, posted_at);
        let marked = self.lexicons.mark(&language.code, &language.script, text, &words, &folded.text);
        let statements = match marked {
            Some((lexicon, marks)) => {
                let (text, folded, language) = (text, folded.text.as_str(), language.code.as_str());
                let input = Input { text, language, folded, words: &words, mentions: &mentions, dates: &dates };
                let (found, seen) = statements::find(input, lexicon, marks);
                if let (Some(features), Some(seen)) = (features, seen) {
                    *features = seen;
                }
                found
            }
            None => Vec::new(),
        };
        let issues = crate::issues::find(text, &mentions);
        Findings { mentions, dates, links: found_links, statements, attacks: Vec::new(), issues }
    }
}

fn cut(text: &str) -> &str {
    cut_to(text, READING_BYTES_MAX)
}

fn cut_to(text: &str, bytes_max: usize) -> &str {
    if text.len() <= bytes_max {
        return text;
    }
    let mut end = bytes_max;
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or_default()
}

fn links_of(text: &str) -> Vec<LinkMention> {
    let kind = |word: &str| match word {
        "invite" => LinkKind::Invite,
        "onion" => LinkKind::Onion,
        "channel" => LinkKind::Channel,
        "wallet" => LinkKind::Wallet,
        _ => LinkKind::Url,
    };
    let link = |link: links::LinkFound| LinkMention {
        start: link.start,
        end: link.end,
        text: link.defanged,
        kind: kind(link.kind),
    };
    links::find_links(text).into_iter().map(link).collect()
}

fn dates_of(text: &str, language: &str, posted_at: DateTime) -> Vec<DateMention> {
    let date = |date: dates::DateFound| DateMention {
        start: date.start,
        end: date.end,
        text: date.text,
        kind: date.kind.to_owned(),
        value: date.value,
        from: date.from,
        to: date.to,
        calendar: date.calendar.to_owned(),
    };
    dates::find_dates(text, language, posted_at).into_iter().map(date).collect()
}

/// Bytes of the longest registered name: what begins earlier does not reach a place.
const NAME_BYTES_MAX: usize = 2_048;

/// Adds the gazetteer's places where the register names nothing: a registered place, or a name that contains one, wins.
pub(crate) fn add_places(mentions: &mut Vec<Mention>, places: &[PlaceHit], text: &str, folded: &Folded, words: &Words) {
    let registered = mentions.len();
    let mut added = Vec::new();
    for hit in places {
        let (Some(first), Some(last)) = (words.list.get(hit.first), words.list.get(hit.first + hit.count - 1)) else {
            continue;
        };
        let inner = (first.start as usize + usize::from(hit.cut_front), last.end as usize - usize::from(hit.cut_back));
        let (start, end) = match (hit.cut_front, hit.cut_back) {
            (0, 0) => (first.from as usize, last.to as usize),
            _ => folded.original_span(inner.0, inner.1),
        };
        // The last stop of `U.S.` belongs to the name.
        let stopped =
            text.get(start..end).is_some_and(|name| name.contains('.')) && text.as_bytes().get(end) == Some(&b'.');
        let end = end + usize::from(stopped);
        // Folding leaves a last hamza out; it belongs to the name.
        let end = end + if text.get(end..).is_some_and(|rest| rest.starts_with('ء')) { 'ء'.len_utf8() } else { 0 };
        let close = mentions.partition_point(|mention| mention.start + NAME_BYTES_MAX < start).min(registered);
        let near = mentions.get(close..registered).unwrap_or_default().iter().take_while(|mention| mention.start < end);
        let mut names = near.filter(|mention| !matches!(mention.kind, MentionKind::Target | MentionKind::Method));
        if names.any(|mention| start < mention.end) {
            continue;
        }
        let mut folds: Vec<Cow<'static, str>> = folded.folds_at(inner.0, inner.1).map(Cow::Borrowed).collect();
        folds.retain(|fold| !matches!(&**fold, "case" | "mark" | "arabic-letter"));
        for (bit, word) in [
            (how::CLITIC, "clitic"),
            (how::ENDING, "ending"),
            (how::POSSESSIVE, "possessive"),
            (how::ELISION, "elision"),
        ] {
            if hit.how & bit != 0 {
                folds.push(Cow::Borrowed(word));
            }
        }
        added.push(Mention {
            start,
            end,
            text: text.get(start..end).unwrap_or_default().to_owned(),
            kind: MentionKind::Place,
            id: hit.id(),
            name: hit.name().to_owned(),
            folds,
            lat: Some(f64::from(hit.place.lat)),
            lon: Some(f64::from(hit.place.lon)),
            country: String::from_utf8(hit.place.country.to_vec()).ok(),
        });
    }
    mentions.append(&mut added);
}

#[cfg(test)]
mod tests {
    use super::*;

    const WORLD: &str = r#"
        [[actor]]
        id = "nairobi-circle"
        name = "Nairobi Circle"
        source = "invented"
        [[place]]
        id = "cairo-on-marrow"
        name = "Cairo"
        lat = -38.0
        lon = -21.0
        country = "XX"
        source = "invented"
    "#;

    fn recognise(text: &str, options: Options) -> Findings {
        let recogniser = Recogniser::new(Register::load(&[("world", WORLD)]).unwrap(), options);
        let english = Language { code: "en".to_owned(), script: "Latn".to_owned(), confidence: 1.0 };
        recogniser.recognise(text, &english, jiff::civil::date(2026, 11, 23).at(12, 0, 0, 0))
    }

    #[test]
    fn a_registered_place_or_name_wins_over_the_gazetteer() {
        let found = recognise("From Cairo to the Nairobi Circle in Baghdad", Options::default());
        let all: Vec<_> = found.mentions.iter().map(|mention| (mention.kind.word(), mention.id.as_str())).collect();
        assert_eq!(all, [("place", "cairo-on-marrow"), ("actor", "nairobi-circle"), ("place", "geonames-98182")]);
        let without = recognise("in Baghdad", Options { gazetteer: false, ..Options::default() });
        assert_eq!(without.mentions, []);
    }

    #[test]
    fn a_name_inside_a_link_is_an_address() {
        let found = recognise("see https://cairo.example/baghdad on Friday", Options::default());
        assert_eq!(found.mentions, []);
        assert_eq!(found.links.len(), 1);
        assert_eq!(found.links[0].text, "hxxps://cairo[.]example/baghdad");
        assert_eq!(found.dates[0].value, "2026-11-27");
    }

    #[test]
    fn the_version_changes_with_the_register_and_the_watchlist() {
        let version = |register: &str, list: &str| {
            let options = Options { watchlist: Watchlist::from_csv(list).unwrap(), ..Options::default() };
            Recogniser::new(Register::load(&[("world", register)]).unwrap(), options).version().to_owned()
        };
        assert_eq!(version(WORLD, "a b,en"), version(WORLD, "a b,en"));
        assert_ne!(version(WORLD, "a b,en"), version(WORLD, "a c,en"));
        assert_ne!(version(WORLD, ""), version("", ""));
    }

    #[test]
    fn a_text_beyond_the_limit_is_read_up_to_it() {
        let mut text = "я".repeat(READING_BYTES_MAX / 2 + 10);
        text.push_str(" Baghdad");
        assert!(cut(&text).len() <= READING_BYTES_MAX);
        assert_eq!(cut("short"), "short");
    }
}
