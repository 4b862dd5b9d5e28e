//! The register of the invented world, and what people propose for it.

use vedette_core::MentionKind;
use vedette_desk::{EntryRow, EntryView, Proposal, ProposalState};

use super::views::{HOSTILE, at};

const TOML: &str = "[[actor]]\nid = \"grey-lantern\"\nname = \"Order of the Grey Lantern\"\naliases = [\"Grey Lantern\"]\nsource = \"invented\"\n";

pub fn rows(text: &str, kind: Option<MentionKind>) -> Vec<EntryRow> {
    let row = |kind, id: &str, name: &str, aliases: &[&str]| EntryRow {
        kind,
        id: id.to_owned(),
        name: name.to_owned(),
        aliases: aliases.iter().map(|alias| (*alias).to_owned()).collect(),
        source: Some("https://lantern-media.example/who".to_owned()),
        file: "desk/knowledge/world.toml".to_owned(),
        unverified: if id == "grey-lantern" { vec!["XX, Invented list (2015-01-01)".to_owned()] } else { Vec::new() },
    };
    let mut rows = vec![
        row(
            MentionKind::Actor,
            "grey-lantern",
            "Order of the Grey Lantern",
            &["Grey Lantern", "جماعة الفانوس الرمادي", "Орден Серого Фонаря"],
        ),
        row(MentionKind::Actor, "varn-front", HOSTILE, &["VF", "a", "b", "c", "d", "e", "f", "g"]),
        row(MentionKind::Outlet, "lantern-media", "Lantern Media", &[]),
    ];
    rows.retain(|row| kind.is_none_or(|kind| kind == row.kind) && row.id.contains(text));
    rows
}

pub fn proposals() -> Vec<Proposal> {
    let proposal = |number, state, toml: &str| Proposal {
        number,
        kind: MentionKind::Actor,
        id: "grey-lantern".to_owned(),
        toml: toml.to_owned(),
        reason: HOSTILE.to_owned(),
        by: "A. Analyst".to_owned(),
        at: at("2026-11-19T08:00:00Z"),
        state,
        decided: (state != ProposalState::Open)
            .then(|| ("B. Analyst".to_owned(), at("2026-11-19T09:00:00Z"), "no source".to_owned())),
    };
    let changed = TOML.replace("[\"Grey Lantern\"]", &format!("[\"Grey Lantern\", \"Lanterns\", {HOSTILE:?}]"));
    vec![proposal(12, ProposalState::Open, &changed), proposal(7, ProposalState::Rejected, TOML)]
}

pub fn view(kind: MentionKind, id: &str) -> Option<EntryView> {
    let row = rows(id, Some(kind)).into_iter().find(|row| row.id == id)?;
    Some(EntryView { row: Some(row), toml: TOML.to_owned(), proposals: proposals() })
}
