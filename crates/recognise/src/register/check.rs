//! What a person should mend in a register: it can be used as it is, and would be better otherwise.

use super::{Entry, Register};
use vedette_core::MentionKind;
use vedette_text::fold::fold_plain;

/// Fewer folded letters than this match too much; abbreviations in exact case may be shorter.
const ALIAS_CHARS_MIN: usize = 3;

pub(super) fn check(register: &Register) -> Vec<String> {
    let mut problems: Vec<String> = register
        .repeated
        .iter()
        .map(|(kind, id, file)| format!("{file}: {} `{id}` is given twice; the later one is used", kind.word()))
        .collect();
    for entry in register.entries() {
        let at = format!("{}: {} `{}`", entry.file, entry.kind.word(), entry.id);
        let needs_source = !matches!(entry.kind, MentionKind::Target | MentionKind::Method);
        if needs_source && entry.source.as_deref().is_none_or(|source| source.trim().is_empty()) {
            problems.push(format!("{at} has no source: name the public page that the entry rests on"));
        }
        for alias in &entry.aliases {
            let letters = fold_plain(&alias.text).chars().filter(|ch| ch.is_alphanumeric()).count();
            if letters < ALIAS_CHARS_MIN && !alias.case_sensitive {
                problems.push(format!(
                    "{at}: alias `{}` has fewer than {ALIAS_CHARS_MIN} letters and would match too much",
                    alias.text
                ));
            }
        }
        problems.extend(dangling(register, entry).into_iter().map(|message| format!("{at} {message}")));
    }
    problems
}

fn dangling(register: &Register, entry: &Entry) -> Vec<String> {
    let mut problems = Vec::new();
    let mut refer = |kind: MentionKind, id: &Option<String>| {
        if let Some(id) = id
            && register.entry(kind, id).is_none()
        {
            problems.push(format!("refers to {} `{id}`, which the register does not have", kind.word()));
        }
    };
    refer(MentionKind::Actor, &entry.actor);
    refer(MentionKind::Outlet, &entry.outlet);
    for id in &entry.places {
        // A place may also stand in the gazetteer, under its number there.
        let known = register.entry(MentionKind::Place, id).is_some()
            || register.entry(MentionKind::Venue, id).is_some()
            || id.starts_with("geonames-");
        if !known {
            problems.push(format!("refers to place or venue `{id}`, which the register does not have"));
        }
    }
    problems
}

#[cfg(test)]
mod tests {
    use crate::Register;

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
        let register = Register::load(&[("demo.toml", file)]).unwrap();
        expect_test::expect![[r#"
            demo.toml: actor `grey-lantern` is given twice; the later one is used
            demo.toml: actor `grey-lantern` has no source: name the public page that the entry rests on
            demo.toml: actor `grey-lantern`: alias `x.` has fewer than 3 letters and would match too much
            demo.toml: outlet `lantern-media` refers to actor `varn-front`, which the register does not have"#]]
        .assert_eq(&register.check().join("\n"));
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
        ] {
            assert_eq!(Register::load(&[("f", file)]).unwrap_err().to_string(), message);
        }
        let unknown = Register::load(&[("f", "[[actor]]\nid='a'\nname='b'\nnick='c'")]).unwrap_err().to_string();
        assert!(unknown.contains("`f`") && unknown.contains("nick"), "{unknown}");
    }

    #[test]
    fn the_starter_register_has_nothing_to_mend() {
        let register = Register::starter();
        assert_eq!(register.check(), Vec::<String>::new());
    }
}
