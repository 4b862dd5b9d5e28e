//! What the starter register promises.

use super::{Entry, Register};
use jiff::civil::Date;
use vedette_core::MentionKind;

fn of_kind(register: &Register, kind: MentionKind) -> Vec<&Entry> {
    register.entries().iter().filter(|entry| entry.kind == kind).collect()
}

fn is_arabic(text: &str) -> bool {
    text.chars().any(|ch| ('\u{620}'..='\u{6ff}').contains(&ch))
}

fn is_cyrillic(text: &str) -> bool {
    text.chars().any(|ch| ('\u{400}'..='\u{52f}').contains(&ch))
}

#[test]
fn every_organisation_is_listed_with_a_date_and_spelled_in_three_scripts() {
    let register = Register::starter();
    let actors = of_kind(&register, MentionKind::Actor);
    assert!(actors.len() >= 60, "{}", actors.len());
    for entry in actors {
        assert!(!entry.designations.is_empty(), "{}", entry.id);
        for listing in &entry.designations {
            // Annex II is printed anew at each review and the Schedule is one list: neither tells since when.
            let undated = listing.date.is_none() && matches!(listing.jurisdiction.as_str(), "EU" | "GB");
            let dated = listing.date.as_ref().is_some_and(|date| date.parse::<Date>().is_ok());
            assert!(undated || dated, "{}", entry.id);
            assert!(listing.jurisdiction != "CA" || listing.entry.is_some(), "{}", entry.id);
        }
        let ours = |is: fn(&str) -> bool| entry.aliases.iter().any(|alias| alias.ours && is(&alias.text));
        assert!(ours(is_arabic), "{} has no spelling in Arabic script", entry.id);
        assert!(ours(is_cyrillic), "{} has no spelling in Cyrillic", entry.id);
    }
}

#[test]
fn outlets_series_and_platforms_name_their_source() {
    let register = Register::starter();
    let (outlets, series) = (of_kind(&register, MentionKind::Outlet), of_kind(&register, MentionKind::Series));
    let platforms = of_kind(&register, MentionKind::Platform);
    assert!(outlets.len() + series.len() >= 40, "{} and {}", outlets.len(), series.len());
    for entry in outlets.iter().chain(&series).chain(&platforms) {
        assert!(entry.source.is_some(), "{}", entry.id);
    }
    for entry in outlets.iter().chain(&series) {
        assert!(entry.aliases.iter().any(|alias| is_arabic(&alias.text)), "{} is not in Arabic script", entry.id);
    }
}

#[test]
fn categories_have_words_in_three_scripts_and_no_person_stands_in_the_starter() {
    let register = Register::starter();
    for kind in [MentionKind::Target, MentionKind::Method] {
        for entry in of_kind(&register, kind) {
            for is in [is_arabic, is_cyrillic] {
                assert!(entry.aliases.iter().any(|alias| is(&alias.text)), "{}", entry.id);
            }
        }
    }
    assert_eq!(of_kind(&register, MentionKind::Leader).len(), 0);
}

#[test]
fn listings_of_the_european_union_and_the_united_kingdom_are_there_and_what_was_not_checked_says_so() {
    let register = Register::starter();
    let actors = of_kind(&register, MentionKind::Actor);
    let listed = |code: &str| {
        let on = |entry: &&&Entry| entry.designations.iter().any(|one| one.jurisdiction == code);
        actors.iter().filter(on).count()
    };
    assert!(listed("EU") >= 18 && listed("GB") >= 31, "{} and {}", listed("EU"), listed("GB"));
    let unverified = actors.iter().flat_map(|entry| entry.designations.iter().map(move |one| (&entry.id, one)));
    let unverified: Vec<String> =
        unverified.filter(|(_, one)| one.unverified).map(|(id, one)| format!("{id}: {}", one.in_words())).collect();
    assert_eq!(
        unverified,
        [
            "abu-nidal: US, Foreign Terrorist Organizations (1997-10-08 to 2017-06-01)",
            "ansarallah: US, Foreign Terrorist Organizations (2025-03-05)",
            "farc: US, Foreign Terrorist Organizations (1997-10-08 to 2021-12-01)",
            "hts: US, Foreign Terrorist Organizations (2014-05-15 to 2025-07-08)",
            "bla: US, Foreign Terrorist Organizations (2025-08-11)",
            "khatiba-al-tawhid: UN, ISIL (Da'esh) and Al-Qaida Sanctions List (2022-03-07)",
        ]
    );
    let again = Register::load(&[("f", &register.entry(MentionKind::Actor, "hts").unwrap().to_toml())]).unwrap();
    assert!(
        again.entries()[0].designations.iter().any(|one| one.unverified),
        "an entry keeps the mark when it is written"
    );
}
