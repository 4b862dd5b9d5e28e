//! An entry as the text of a register file: what is read again is the same entry.

use super::{Alias, Designation, Entry};
use jiff::civil::Date;
use std::fmt::Write as _;

impl Entry {
    /// The entry as a block of a register file, with every field that it has.
    pub fn to_toml(&self) -> String {
        let mut out = format!("[[{}]]\n", self.kind.word());
        let mut put = |key: &str, value: String| {
            // Writing into a string cannot fail.
            writeln!(out, "{key} = {value}").ok();
        };
        put("id", text(&self.id));
        put("name", text(&self.name));
        let spelled = |wanted: &dyn Fn(&Alias) -> bool| {
            let rest = self.aliases.iter().skip(1);
            rest.filter(|alias| wanted(alias)).map(|alias| text(&alias.text)).collect::<Vec<_>>()
        };
        let lists = [
            ("abbreviations", spelled(&|alias| alias.abbreviation)),
            ("aliases", spelled(&|alias| !alias.abbreviation && !alias.ours && !self.exact.contains(&alias.text))),
            ("exact", self.exact.iter().map(|spelling| text(spelling)).collect()),
            ("ours", spelled(&|alias| alias.ours && !self.exact.contains(&alias.text))),
            ("not", self.not.iter().map(|phrase| text(phrase)).collect()),
        ];
        for (key, list) in lists.into_iter().filter(|(_, list)| !list.is_empty()) {
            put(key, format!("[{}]", list.join(", ")));
        }
        if self.case_sensitive {
            put("case_sensitive", "true".to_owned());
        }
        let strings = [
            ("actor", &self.actor),
            ("outlet", &self.outlet),
            ("role", &self.role),
            ("country", &self.country),
            ("note", &self.note),
        ];
        for (key, value) in strings {
            if let Some(value) = value {
                put(key, text(value));
            }
        }
        for (key, value) in [("lat", self.lat), ("lon", self.lon)] {
            if let Some(value) = value {
                put(key, format!("{value:?}"));
            }
        }
        if !self.places.is_empty() {
            put("places", format!("[{}]", self.places.iter().map(|id| text(id)).collect::<Vec<_>>().join(", ")));
        }
        let days: [(&str, Option<Date>); 4] =
            [("from", self.from), ("to", self.to), ("valid_from", self.valid_from), ("valid_until", self.valid_until)];
        for (key, day) in days {
            if let Some(day) = day {
                put(key, text(&day.to_string()));
            }
        }
        if let Some(recurs) = &self.recurs_written {
            put("recurs", recurs.clone());
        }
        if let Some(source) = &self.source {
            put("source", text(source));
        }
        match self.designations.as_slice() {
            [] => {}
            [one] => put("designations", format!("[{}]", listing(one))),
            several => {
                let lines: Vec<String> = several.iter().map(|one| format!("    {},\n", listing(one))).collect();
                put("designations", format!("[\n{}]", lines.concat()));
            }
        }
        out
    }
}

fn listing(one: &Designation) -> String {
    let mut fields = vec![format!("jurisdiction = {}", text(&one.jurisdiction)), format!("list = {}", text(&one.list))];
    for (key, value) in [("entry", &one.entry), ("date", &one.date), ("delisted", &one.delisted)] {
        fields.extend(value.as_ref().map(|value| format!("{key} = {}", text(value))));
    }
    if one.unverified {
        fields.push("unverified = true".to_owned());
    }
    format!("{{ {} }}", fields.join(", "))
}

/// A string of TOML on one line, whatever it holds.
pub(super) fn text(value: &str) -> String {
    let mut out = String::from("\"");
    for ch in value.chars() {
        match ch {
            '"' | '\\' => out.extend(['\\', ch]),
            ch if ch.is_control() => {
                write!(out, "\\u{:04X}", ch as u32).ok();
            }
            ch => out.push(ch),
        }
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use crate::Register;
    use proptest::prelude::*;

    #[test]
    fn every_entry_of_the_starter_is_read_again_as_it_was() {
        let starter = Register::starter();
        let entries = starter.entries();
        let files: Vec<(String, String)> = entries.iter().map(|entry| (entry.file.clone(), entry.to_toml())).collect();
        for (entry, (name, file)) in entries.iter().zip(&files) {
            let again = Register::load(&[(name, file)]).unwrap();
            assert_eq!(again.entries(), std::slice::from_ref(entry), "{file}");
        }
    }

    proptest! {
        #[test]
        fn any_text_survives(name in "[^ ].{0,40}", note in ".{0,40}", alias in ".{0,20}") {
            prop_assume!(!name.trim().is_empty());
            let file = format!(
                "[[place]]\nid='a'\nname={}\nnote={}\naliases=[{}]\nlat=1.5\nlon=-0.0\nvalid_until='2014'",
                super::text(&name), super::text(&note), super::text(&alias)
            );
            let read = Register::load(&[("f", &file)]).unwrap();
            prop_assert_eq!(&read.entries()[0].name, &name);
            let again = Register::load(&[("f", &read.entries()[0].to_toml())]).unwrap();
            prop_assert_eq!(again.entries(), read.entries());
        }
    }
}
