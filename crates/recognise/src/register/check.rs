//! What a person should mend in a register: it can be used as it is, and would be better otherwise.

mod spelling;

use super::common::key;
use super::{Entry, Register};
use crate::names::NameMatcher;
use crate::watchlist::Watchlist;
use jiff::civil::Date;
use rustc_hash::FxHashMap;
use std::fmt;
use vedette_core::MentionKind;

/// Something to mend in one field of one entry.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Finding {
    /// File that the entry stands in.
    pub file: String,
    /// Kind of entry, such as `actor`; empty where the file itself is wrong.
    pub kind: &'static str,
    /// Id of the entry; empty where the file itself is wrong.
    pub id: String,
    /// Field to mend.
    pub field: &'static str,
    /// What is wrong.
    pub problem: String,
    /// What to do.
    pub remedy: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.file)?;
        if !self.kind.is_empty() {
            write!(f, "{} `{}`, ", self.kind, self.id)?;
        }
        write!(f, "{}: {}; {}", self.field, self.problem, self.remedy)
    }
}

impl From<&super::RegisterError> for Finding {
    fn from(error: &super::RegisterError) -> Self {
        use super::RegisterError as E;
        let (file, kind, id, field, problem, remedy) = match error {
            E::Syntax { file, message } => (file, "", "", "syntax", message.clone(), "mend the TOML at this place"),
            E::Field { file, kind, id, field, message } => {
                (file, *kind, id.as_str(), *field, message.clone(), "until then the file is not loaded")
            }
            E::TooLarge { file, bytes, limit } => {
                (file, "", "", "size", format!("{bytes} bytes, the limit is {limit}"), "split the file")
            }
        };
        Self { file: file.clone(), kind, id: id.to_owned(), field, problem, remedy: remedy.to_owned() }
    }
}

/// Findings of one entry, as they come up.
struct Notes<'a> {
    entry: &'a Entry,
    list: &'a mut Vec<Finding>,
}

impl Notes<'_> {
    fn say(&mut self, field: &'static str, problem: String, remedy: &str) {
        let Entry { file, kind, id, .. } = self.entry;
        let (file, id, remedy) = (file.clone(), id.clone(), remedy.to_owned());
        self.list.push(Finding { file, kind: kind.word(), id, field, problem, remedy });
    }
}

pub(super) fn check(register: &Register) -> Vec<Finding> {
    let mut list = Vec::new();
    for (kind, id, file) in &register.repeated {
        list.push(Finding {
            file: file.clone(),
            kind: kind.word(),
            id: id.clone(),
            field: "id",
            problem: "is given twice, and only the later entry is used".to_owned(),
            remedy: "join the two entries, or give one another id".to_owned(),
        });
    }
    let owners = owners(register);
    for entry in register.entries() {
        let mut notes = Notes { entry, list: &mut list };
        source(&mut notes);
        spelling::check(&mut notes);
        collisions(&owners, register, &mut notes);
        vetoes(&mut notes);
        dates(&mut notes);
        designations(&mut notes);
        references(register, &mut notes);
    }
    list
}

/// Categories are lists of plain words; everything else names one thing.
fn is_category(kind: MentionKind) -> bool {
    matches!(kind, MentionKind::Target | MentionKind::Method)
}

fn source(notes: &mut Notes<'_>) {
    let entry = notes.entry;
    if !is_category(entry.kind) && entry.source.as_deref().is_none_or(|source| source.trim().is_empty()) {
        notes.say("source", "is missing".to_owned(), "name the public page or report that the entry rests on");
    }
}

/// Who else is called so: entries by the key of each of their spellings.
fn owners(register: &Register) -> FxHashMap<String, Vec<(usize, bool)>> {
    let mut owners: FxHashMap<String, Vec<(usize, bool)>> = FxHashMap::default();
    for (number, entry) in register.entries().iter().enumerate() {
        for alias in &entry.aliases {
            // Exact case tells `IS` from `is`, so a key alone is no collision there.
            let exact = if alias.case_sensitive { alias.text.clone() } else { key(&alias.text) };
            let all = owners.entry(exact).or_default();
            if !all.iter().any(|(owner, _)| *owner == number) {
                all.push((number, alias.case_sensitive));
            }
        }
    }
    owners
}

/// Kinds that are told apart by their names alone. A place, its stadium and the cup played there may share a name.
fn must_differ(a: MentionKind, b: MentionKind) -> bool {
    use MentionKind::{Actor, Outlet, Platform, Series};
    let named = |kind| matches!(kind, Actor | Outlet | Series | Platform);
    a == b && !matches!(a, MentionKind::Place | MentionKind::Venue | MentionKind::Event) || named(a) && named(b)
}

fn collisions(owners: &FxHashMap<String, Vec<(usize, bool)>>, register: &Register, notes: &mut Notes<'_>) {
    let entry = notes.entry;
    let mut seen: Vec<&str> = Vec::new();
    for alias in &entry.aliases {
        if seen.contains(&alias.text.as_str()) {
            notes.say("aliases", format!("`{}` is given twice", alias.text), "remove one");
            continue;
        }
        seen.push(&alias.text);
        let exact = if alias.case_sensitive { alias.text.clone() } else { key(&alias.text) };
        let others = owners.get(&exact).into_iter().flatten().filter_map(|(number, _)| register.entries().get(*number));
        for other in others.filter(|other| (other.kind, &other.id) != (entry.kind, &entry.id)) {
            if must_differ(entry.kind, other.kind) {
                notes.say(
                    "aliases",
                    format!("`{}` is also a spelling of {} `{}`", alias.text, other.kind.word(), other.id),
                    "keep it in one of the two, or make it longer",
                );
            }
        }
    }
}

/// A phrase under `not` must hold a name of the entry, and more than it.
fn vetoes(notes: &mut Notes<'_>) {
    let entry = notes.entry;
    if entry.not.is_empty() {
        return;
    }
    let mut only = Register::default();
    only.put(Entry { not: Vec::new(), places: Vec::new(), ..entry.clone() });
    let matcher = NameMatcher::new(&only, &Watchlist::default());
    for phrase in &entry.not {
        if entry.aliases.iter().any(|alias| key(&alias.text) == key(phrase)) {
            notes.say("not", format!("`{phrase}` is a name of the entry itself"), "remove it here or there");
        } else if matcher.find(phrase).is_empty() {
            notes.say(
                "not",
                format!("`{phrase}` holds no name of the entry, so it takes nothing back"),
                "write the whole phrase in which the name means something else",
            );
        }
    }
}

fn dates(notes: &mut Notes<'_>) {
    let entry = notes.entry;
    if let (Some(from), Some(until)) = (entry.valid_from, entry.valid_until)
        && until < from
    {
        let problem = format!("`{until}` is before `valid_from`, `{from}`");
        notes.say("valid_until", problem, "it is the last day; exchange or mend the two");
    }
}

fn designations(notes: &mut Notes<'_>) {
    for listing in &notes.entry.designations {
        let (of, code) = (&listing.list, &listing.jurisdiction);
        if code.len() != 2 || !code.bytes().all(|byte| byte.is_ascii_uppercase()) {
            let problem = format!("`{code}` is no jurisdiction");
            notes.say("designations", problem, "two capital letters: a country code, `UN` or `EU`");
        }
        if of.trim().is_empty() {
            notes.say("designations", "a listing has no list".to_owned(), "name the public list");
        }
        let day = |text: &Option<String>| text.as_ref().map(|text| text.parse::<Date>().map_err(|_| text.clone()));
        let days = (day(&listing.date), day(&listing.delisted));
        for wrong in [&days.0, &days.1].into_iter().flatten().filter_map(|day| day.as_ref().err()) {
            notes.say("designations", format!("`{wrong}` is no date"), "write it like 2026-12-04");
        }
        match days {
            (Some(Ok(listed)), Some(Ok(delisted))) if delisted < listed => {
                let problem = format!("taken off `{of}` on {delisted}, before it was listed on {listed}");
                notes.say("designations", problem, "exchange or mend the two dates");
            }
            (None, Some(_)) => {
                let problem = format!("taken off `{of}`, with no date of listing");
                notes.say("designations", problem, "give `date` too");
            }
            _ => {}
        }
    }
}

fn references(register: &Register, notes: &mut Notes<'_>) {
    let entry = notes.entry;
    for (field, kind, id) in
        [("actor", MentionKind::Actor, &entry.actor), ("outlet", MentionKind::Outlet, &entry.outlet)]
    {
        if let Some(id) = id
            && register.entry(kind, id).is_none()
        {
            let problem = format!("the register has no {} `{id}`", kind.word());
            notes.say(field, problem, "add that entry, or mend the id");
        }
    }
    for id in &entry.places {
        // A place may also stand in the gazetteer, under its number there.
        let known = register.entry(MentionKind::Place, id).is_some()
            || register.entry(MentionKind::Venue, id).is_some()
            || id.starts_with("geonames-");
        if !known {
            let problem = format!("the register has no place or venue `{id}`");
            notes.say("places", problem, "add that entry, or name the gazetteer's, such as `geonames-98182`");
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::Register;

    fn found(file: &str) -> Vec<String> {
        let register = Register::load(&[("f", file)]).unwrap();
        register.check().iter().map(ToString::to_string).collect()
    }

    #[test]
    fn every_fault_is_named_once() {
        let file = r#"
            [[actor]]
            id = "grey-lantern"
            name = "Order of the Grey Lantern"
            aliases = ["GL", "x."]
            [[actor]]
            id = "grey-lantern"
            name = "Order of the Grey Lantern"
            aliases = ["GL", "x."]
            [[outlet]]
            id = "lantern-media"
            name = "Lantern Media"
            source = "invented"
            actor = "varn-front"
        "#;
        expect_test::expect![[r#"
            f: actor `grey-lantern`, id: is given twice, and only the later entry is used; join the two entries, or give one another id
            f: actor `grey-lantern`, source: is missing; name the public page or report that the entry rests on
            f: actor `grey-lantern`, aliases: `x.` has fewer than 3 letters and would match too much; remove it, or put it under `abbreviations`
            f: outlet `lantern-media`, actor: the register has no actor `varn-front`; add that entry, or mend the id"#]]
        .assert_eq(&found(file).join("\n"));
    }

    #[test]
    fn an_entry_without_fault_is_not_named() {
        let file = r#"
            [[actor]]
            id = "grey-lantern"
            name = "Order of the Grey Lantern"
            abbreviations = ["OGL", "GL"]
            aliases = ["Grey Lantern", "جماعة الفانوس الرمادي"]
            ours = ["Орден Серого Фонаря", "نظام فانوس خاکستری"]
            not = ["Grey Lantern Street"]
            valid_from = "2014"
            valid_until = "2014"
            source = "invented"
            designations = [{ jurisdiction = "XX", list = "Invented list", entry = "7", date = "2014-02-01", delisted = "2015-03-01" }]
        "#;
        assert_eq!(found(file), Vec::<String>::new());
    }

    /// The fields of one entry, and the one finding that they must give.
    fn one(fields: &str, wanted: &str) {
        let kept = "id='a'\nname='Varn Front'\nsource='invented'\n";
        let file = format!("[[actor]]\n{kept}{fields}\n[[actor]]\nid='b'\nname='Kelmora League'\nsource='invented'");
        assert_eq!(found(&file), [format!("f: actor `a`, {wanted}")], "{fields}");
    }

    #[test]
    fn phrases_dates_and_listings_are_checked() {
        one(
            "not=['Lantern Street']",
            "not: `Lantern Street` holds no name of the entry, so it takes nothing back; write the whole phrase in which the name means something else",
        );
        one("not=['varn front']", "not: `varn front` is a name of the entry itself; remove it here or there");
        one(
            "valid_from='2016'\nvalid_until='2015-06'",
            "valid_until: `2015-06-30` is before `valid_from`, `2016-01-01`; it is the last day; exchange or mend the two",
        );
        let listed = |fields: &str| format!("designations=[{{ jurisdiction='XX', list='L', {fields} }}]");
        one(&listed("date='2020-02-30'"), "designations: `2020-02-30` is no date; write it like 2026-12-04");
        one(
            &listed("date='2020-02-03', delisted='2019-02-03'"),
            "designations: taken off `L` on 2019-02-03, before it was listed on 2020-02-03; exchange or mend the two dates",
        );
        one(&listed("delisted='2019-02-03'"), "designations: taken off `L`, with no date of listing; give `date` too");
        one(
            "designations=[{ jurisdiction='Varn', list='L' }]",
            "designations: `Varn` is no jurisdiction; two capital letters: a country code, `UN` or `EU`",
        );
        one("aliases=['Varn-Front', 'Varn-Front']", "aliases: `Varn-Front` is given twice; remove one");
    }

    #[test]
    fn one_spelling_of_two_entries_is_named_at_both() {
        let file = "[[actor]]\nid='a'\nname='Varn Front'\nsource='x'\n[[outlet]]\nid='b'\nname='varn-FRONT'\nsource='x'\n\
            [[venue]]\nid='c'\nname='Varn Front'\nsource='x'";
        let both = found(file);
        assert_eq!(both.len(), 2, "{both:?}");
        assert!(both[0].contains("outlet `b`") && both[1].contains("actor `a`"), "{both:?}");
    }

    #[test]
    fn a_wrong_field_is_named_with_file_entry_and_what_is_expected() {
        for (file, message) in [
            (
                "[[event]]\nid='cup'\nname='Cup'\nfrom='{day:+11}'",
                "register file `f`: event `cup`: field `from` `{day:+11}` is not a date such as 2026-12-04",
            ),
            (
                "[[place]]\nid='kelmora'\nname='Kelmora'",
                "register file `f`: place `kelmora`: field `lat` and `lon` are needed for a place, in degrees",
            ),
            (
                "[[actor]]\nid='Grey'\nname='x'",
                "register file `f`: actor `Grey`: field `id` must be kebab-case: lower-case letters, digits and hyphens",
            ),
            (
                "[[leader]]\nid='x'\nname='x'",
                "register file `f`: leader `x`: field `role` and `actor` are needed: a leader is a name, a role and a designation",
            ),
            (
                "[[actor]]\nid='a'\nname='x'\nvalid_from='2014-13'",
                "register file `f`: actor `a`: field `valid_from` `2014-13` is not a date such as 2014, 2014-06 or 2014-06-29",
            ),
        ] {
            assert_eq!(Register::load(&[("f", file)]).unwrap_err().to_string(), message);
        }
        let unknown = Register::load(&[("f", "[[actor]]\nid='a'\nname='b'\nnick='c'")]).unwrap_err().to_string();
        assert!(unknown.contains("`f`") && unknown.contains("nick"), "{unknown}");
    }

    #[test]
    fn the_starter_register_has_nothing_to_mend() {
        let found: Vec<String> = Register::starter().check().iter().map(ToString::to_string).collect();
        assert_eq!(found, Vec::<String>::new(), "{}", found.join("\n"));
    }
}
