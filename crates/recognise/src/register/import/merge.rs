//! Rows of a list joined to what the register knows, and written as a file for a person to review.

use super::{BySpelling, ImportOptions, ImportReport, Imported, LeftOut, Row, Rows, SPELLING_BYTES_MAX, SPELLINGS_MAX};
use crate::register::common::{bare, is_common, is_country, key};
use crate::register::{Alias, Designation, Entry, Register};
use rustc_hash::{FxHashMap, FxHashSet};
use std::fmt::Write as _;
use vedette_core::MentionKind;

/// Letters of the shortest spelling that is taken in unseen. Of shorter ones nearly all mean other things too.
const SPELLING_CHARS_MIN: usize = 4;
/// Words that tell nothing in a name.
const FUNCTION_WORDS: &[&str] =
    &["of", "the", "and", "for", "in", "on", "to", "de", "la", "del", "du", "des", "et", "y", "al", "el"];
/// Letters of the longest id made from a name.
const ID_CHARS_MAX: usize = 60;

pub(super) fn merge(register: &Register, rows: Rows, options: &ImportOptions) -> Imported {
    let mut report = ImportReport {
        rows: rows.read,
        persons: rows.persons,
        other_things: rows.other_things,
        nameless: rows.nameless,
        ..ImportReport::default()
    };
    let mut known = Known::new(register);
    let mut out: Vec<(Entry, Vec<LeftOut>)> = Vec::new();
    let mut places: FxHashMap<String, usize> = FxHashMap::default();
    for mut row in rows.list {
        let id = match known.find(&row) {
            Found::One(id) => id,
            Found::BySpelling(id, spelling) => {
                report.by_spelling.push(BySpelling { name: row.name.clone(), id: id.clone(), spelling });
                row.aliases.insert(0, row.name.clone());
                id
            }
            Found::Several(ids) => {
                report.ambiguous.push((row.name, ids));
                continue;
            }
            Found::None => known.fresh_id(&row.name),
        };
        // A row may come twice, for instance in two data sets: the second adds to what the first one gave.
        let at = *places.entry(id.clone()).or_insert_with(|| {
            let entry = register.entry(MentionKind::Actor, &id).cloned();
            out.push((entry.unwrap_or_else(|| known.start(&id, &row)), Vec::new()));
            out.len() - 1
        });
        if let Some((entry, left_out)) = out.get_mut(at) {
            known.add(entry, row, left_out);
        }
    }
    let mut toml = String::new();
    for (entry, left_out) in &out {
        let old = register.entry(MentionKind::Actor, &entry.id);
        if old == Some(entry) {
            report.unchanged += 1;
        } else {
            let ids = if old.is_some() { &mut report.extended } else { &mut report.added };
            ids.push(entry.id.clone());
            let joined: Vec<&BySpelling> = report.by_spelling.iter().filter(|one| one.id == entry.id).collect();
            write(&mut toml, entry, old, left_out, &joined);
            report.left_out.extend(left_out.iter().cloned());
        }
    }
    Imported { toml: format!("{}{toml}", heading(&report, options)), report }
}

fn heading(report: &ImportReport, options: &ImportOptions) -> String {
    format!(
        "# From `{}`, for a person to review before it is used: {} new entries, {} with something new. Put the reviewed file into\n\
         # the folder `knowledge` of the workspace. An entry here replaces the one with the same id; what was known stands in it.\n",
        options.file.replace(['\n', '\r'], " "),
        report.added.len(),
        report.extended.len()
    )
}

fn write(toml: &mut String, entry: &Entry, old: Option<&Entry>, left_out: &[LeftOut], joined: &[&BySpelling]) {
    toml.push('\n');
    for one in joined {
        let plain = |text: &str| text.replace(|ch: char| ch.is_control(), " ");
        let (name, spelling) = (plain(&one.name), plain(&one.spelling));
        writeln!(toml, "# the list calls it {name}; joined by the spelling {spelling}: is it the same?").ok();
    }
    if let Some(old) = old {
        let new: Vec<&str> = entry.aliases.iter().skip(old.aliases.len()).map(|alias| alias.text.as_str()).collect();
        let listings = entry.designations.len() - old.designations.len();
        let spellings = if new.is_empty() { String::new() } else { format!("; new spellings: {}", new.join(" · ")) };
        // Writing into a string cannot fail.
        writeln!(toml, "# Known from {}. New listings: {listings}{spellings}", old.file).ok();
    }
    for one in left_out {
        let spelling = one.spelling.replace(|ch: char| ch.is_control(), " ");
        writeln!(toml, "# left out: {spelling} ({})", one.why).ok();
    }
    toml.push_str(&entry.to_toml());
}

enum Found {
    None,
    One(String),
    /// The entry that no name but another spelling of the row points to, and that spelling.
    BySpelling(String, String),
    Several(Vec<String>),
}

/// The organisations that the register or an earlier row has.
struct Known {
    /// Ids by the key of their name, and of every spelling.
    by_name: FxHashMap<String, Vec<String>>,
    by_spelling: FxHashMap<String, Vec<String>>,
    /// Ids by jurisdiction, list and entry.
    by_listing: FxHashMap<(String, String, String), String>,
    ids: FxHashSet<String>,
    /// Lists that an entry of the register is on, by its id; what an import starts is not among them.
    lists: FxHashMap<String, FxHashSet<(String, String)>>,
    /// The number that comes after an id made from a name: names in scripts without Latin letters all give the same one.
    numbers: FxHashMap<String, usize>,
}

impl Known {
    fn new(register: &Register) -> Self {
        let mut known = Self {
            by_name: FxHashMap::default(),
            by_spelling: FxHashMap::default(),
            by_listing: FxHashMap::default(),
            ids: FxHashSet::default(),
            lists: FxHashMap::default(),
            numbers: FxHashMap::default(),
        };
        for entry in register.entries() {
            // Outlets and platforms keep their spellings from going to organisations too.
            let id = match entry.kind {
                MentionKind::Actor => entry.id.clone(),
                MentionKind::Outlet | MentionKind::Series | MentionKind::Platform => {
                    format!("{} {}", entry.kind.word(), entry.id)
                }
                _ => continue,
            };
            for alias in &entry.aliases {
                put(&mut known.by_spelling, &alias.text, &id);
            }
            if entry.kind == MentionKind::Actor {
                put(&mut known.by_name, &entry.name, &id);
                for listing in &entry.designations {
                    known.by_listing.extend(listing_key(listing).map(|key| (key, id.clone())));
                }
                let lists = entry.designations.iter().map(|one| (one.jurisdiction.clone(), one.list.clone()));
                known.lists.insert(id.clone(), lists.collect());
                known.ids.insert(id);
            }
        }
        known
    }

    /// The entry of the same listing, else the one of that name, else the one with that spelling, else the one that the
    /// row's other spellings point to.
    fn find(&self, row: &Row) -> Found {
        for listing in row.listings.iter().filter_map(listing_key) {
            if let Some(id) = self.by_listing.get(&listing) {
                return Found::One(id.clone());
            }
        }
        let name = plain_key(&row.name);
        for names in [&self.by_name, &self.by_spelling] {
            let organisations = names.get(&name).into_iter().flatten().filter(|id| self.ids.contains(*id));
            match organisations.cloned().collect::<Vec<_>>().as_slice() {
                [] => {}
                [one] => return Found::One(one.clone()),
                several => return Found::Several(several.to_vec()),
            }
        }
        self.by_other_spelling(row)
    }

    /// The one entry of the register that the row's other spellings point to: lists of different authorities call an
    /// organisation by different ones of its names. An entry that is on this very list already is another organisation.
    fn by_other_spelling(&self, row: &Row) -> Found {
        let mut found: Option<(&String, &String)> = None;
        for spelling in row.aliases.iter().chain(&row.abbreviations) {
            let own = |id: &&String| self.lists.contains_key(*id);
            for id in self.by_spelling.get(&plain_key(spelling)).into_iter().flatten().filter(own) {
                match found {
                    None if self.doubt(&key(spelling), false, id).is_none() => found = Some((id, spelling)),
                    Some((other, _)) if other != id => return Found::None,
                    _ => {}
                }
            }
        }
        let Some((id, spelling)) = found else { return Found::None };
        let lists = self.lists.get(id);
        let listed = |one: &Designation| {
            lists.is_some_and(|lists| lists.contains(&(one.jurisdiction.clone(), one.list.clone())))
        };
        if row.listings.iter().any(listed) { Found::None } else { Found::BySpelling(id.clone(), spelling.clone()) }
    }

    /// An id made from a name that no entry has.
    fn fresh_id(&mut self, name: &str) -> String {
        let mut id = String::new();
        for ch in vedette_text::transliterate::transliterate(name, "").chars() {
            let plain = vedette_text::fold::fold_plain(&ch.to_string());
            match plain.chars().next() {
                Some(letter) if letter.is_ascii_alphanumeric() => {
                    id.extend(plain.chars().filter(char::is_ascii_alphanumeric))
                }
                _ if !id.is_empty() && !id.ends_with('-') && !matches!(ch, '\'' | '’' | '`' | 'ʿ' | 'ʾ') => {
                    id.push('-')
                }
                _ => {}
            }
            if id.len() >= ID_CHARS_MAX {
                break;
            }
        }
        let id = match id.trim_matches('-') {
            "" => "organisation",
            id => id,
        };
        let number = self.numbers.entry(id.to_owned()).or_insert(2);
        let mut fresh = id.to_owned();
        while self.ids.contains(&fresh) {
            fresh = format!("{id}-{number}");
            *number += 1;
        }
        fresh
    }

    fn start(&mut self, id: &str, row: &Row) -> Entry {
        self.ids.insert(id.to_owned());
        put(&mut self.by_name, &row.name, id);
        put(&mut self.by_spelling, &row.name, id);
        Entry {
            kind: MentionKind::Actor,
            id: id.to_owned(),
            name: row.name.clone(),
            aliases: vec![Alias { text: row.name.clone(), ours: false, case_sensitive: false, abbreviation: false }],
            exact: Vec::new(),
            case_sensitive: false,
            not: Vec::new(),
            valid_from: None,
            valid_until: None,
            note: None,
            source: row.source.clone(),
            designations: Vec::new(),
            actor: None,
            outlet: None,
            role: None,
            places: Vec::new(),
            lat: None,
            lon: None,
            country: None,
            from: None,
            to: None,
            recurs: None,
            recurs_written: None,
            file: "import".to_owned(),
        }
    }

    /// Adds what a row has and the entry lacks; what the entry has is not touched.
    fn add(&mut self, entry: &mut Entry, row: Row, left_out: &mut Vec<LeftOut>) {
        for listing in row.listings {
            let same = |old: &&mut Designation| {
                old.jurisdiction == listing.jurisdiction
                    && old.list == listing.list
                    && (old.entry.is_none() || listing.entry.is_none() || old.entry == listing.entry)
            };
            match entry.designations.iter_mut().find(same) {
                Some(old) => {
                    old.entry = old.entry.take().or(listing.entry);
                    old.date = old.date.take().or(listing.date);
                }
                None => {
                    self.by_listing.extend(listing_key(&listing).map(|key| (key, entry.id.clone())));
                    entry.designations.push(listing);
                }
            }
        }
        let abbreviations = row.abbreviations.into_iter().map(|text| (text, true, None));
        let aliases = row.aliases.into_iter().map(|text| (text, false, None));
        let unsure = row.unsure.into_iter().map(|(text, why)| (text, false, Some(why)));
        for (text, abbreviation, doubt) in abbreviations.chain(aliases).chain(unsure).take(SPELLINGS_MAX) {
            let spelled = key(&text);
            if text.len() > SPELLING_BYTES_MAX || entry.aliases.iter().any(|alias| key(&alias.text) == spelled) {
                continue;
            }
            let doubt = doubt.map(str::to_owned).or_else(|| self.doubt(&spelled, abbreviation, &entry.id));
            if let Some(why) = doubt {
                if !left_out.iter().any(|one| one.spelling == text) {
                    left_out.push(LeftOut { id: entry.id.clone(), spelling: text, why });
                }
                continue;
            }
            put(&mut self.by_spelling, &text, &entry.id);
            let alias = Alias { text, ours: false, case_sensitive: abbreviation, abbreviation };
            entry.aliases.push(alias);
        }
    }

    /// Why a spelling is left to a person.
    fn doubt(&self, spelled: &str, abbreviation: bool, id: &str) -> Option<String> {
        let others = self.by_spelling.get(&plain_of_key(spelled)).into_iter().flatten();
        if let Some(other) = others.clone().find(|other| *other != id) {
            return Some(format!("a spelling of {other}"));
        }
        let letters = spelled.chars().filter(|ch| ch.is_alphanumeric()).count();
        if letters < SPELLING_CHARS_MIN {
            return Some("short".to_owned());
        }
        if abbreviation {
            return None;
        }
        if is_common(bare(spelled)) {
            return Some("a common word".to_owned());
        }
        if spelled.split(' ').all(|word| is_common(word) || FUNCTION_WORDS.contains(&word)) {
            return Some("common words only".to_owned());
        }
        is_country(bare(spelled)).then(|| "the name of a country".to_owned())
    }
}

fn put(map: &mut FxHashMap<String, Vec<String>>, name: &str, id: &str) {
    let ids = map.entry(plain_key(name)).or_default();
    if !ids.iter().any(|known| known == id) {
        ids.push(id.to_owned());
    }
}

/// A name without brackets, articles and `and`: lists write them or not.
fn plain_key(name: &str) -> String {
    plain_of_key(&key(&super::names::split_brackets(name).0))
}

fn plain_of_key(key: &str) -> String {
    let words = key.split(' ').filter(|word| !matches!(*word, "the" | "and" | "al" | "el"));
    words.map(|word| word.replace('\'', "")).collect::<Vec<_>>().join(" ")
}

fn listing_key(listing: &Designation) -> Option<(String, String, String)> {
    Some((listing.jurisdiction.clone(), listing.list.clone(), listing.entry.clone()?))
}
