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
            assert!(listing.date.as_ref().is_some_and(|date| date.parse::<Date>().is_ok()), "{}", entry.id);
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
