//! The register edited by proposals: what is proposed is checked, a second act writes it, and the program reads with it when it
//! starts next.
#![allow(clippy::unwrap_used)] // a test may panic

mod kit;

use std::path::Path;
use std::sync::Arc;

use jiff::Timestamp;
use kit::Desk as Folder;
use vedette_core::MentionKind;
use vedette_desk::{Analyst, Desk, DeskConfig, Ports, ProposalState, Role, Rooms, TranslationRoom, Who};
use vedette_read::Reader;
use vedette_recognise::{Options, Recogniser, Register};
use vedette_store::{OpenMode, Workspace};

const ENTRY: &str =
    "[[actor]]\r\nid = \"grey-lantern\"\r\nname = \"Order of the Grey Lantern\"\r\nsource = \"invented\"\r\n";

/// A desk over a workspace, as a process that starts reads it.
fn open(dir: &Path) -> (Desk, Workspace) {
    let store = Workspace::open(dir, OpenMode::Create).unwrap();
    let file = std::fs::read_to_string(dir.join("knowledge/pages.toml")).unwrap_or_default();
    let register = Register::starter().merge(Register::load(&[("pages.toml", &file)]).unwrap());
    let rooms = Rooms {
        analyst: Analyst::new(Recogniser::new(register, Options::default())),
        reader: Reader::new(Path::new(env!("CARGO_BIN_EXE_vedette")).to_owned()),
        translation: TranslationRoom::default(),
        names_key: store.names_key().unwrap(),
        clock: Arc::new(Timestamp::now),
        env: vedette_collect::Env::real(),
    };
    let ports = Ports {
        blobs: store.blobs(),
        records: store.records(),
        queue: store.queue(),
        index: store.index(),
        log: store.log(),
        judgements: store.judgements(),
        kinship: store.kinship(),
        translations: store.translations(),
    };
    (Desk::open(ports, rooms, DeskConfig { read_threads: 1, ..DeskConfig::default() }).unwrap(), store)
}

fn analyst() -> Who {
    Who::new("A. Analyst", Role::Analyst).unwrap()
}

#[test]
fn an_entry_is_proposed_accepted_by_a_second_act_and_read_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let (desk, store) = open(folder.path());
    let who = analyst();
    assert!(desk.register_entry(MentionKind::Actor, "grey-lantern").is_err());
    let proposal = desk.propose_entry(&who, ENTRY, "public list").unwrap();
    assert_eq!(desk.proposals().unwrap()[0].state, ProposalState::Open);
    assert!(!folder.path().join("knowledge/pages.toml").exists(), "nothing is written before it is accepted");
    assert!(!desk.register_waits().unwrap());
    desk.accept_proposal(&who, proposal.number).unwrap();
    assert!(desk.accept_proposal(&who, proposal.number).unwrap_err().to_string().contains("decided already"));
    assert!(desk.register_waits().unwrap());
    let written = std::fs::read_to_string(folder.path().join("knowledge/pages.toml")).unwrap();
    assert!(written.starts_with("# Written by the pages") && written.contains("id = \"grey-lantern\""), "{written}");
    drop((desk, store));

    let (desk, store) = open(folder.path());
    assert!(!desk.register_waits().unwrap());
    let view = desk.register_entry(MentionKind::Actor, "grey-lantern").unwrap();
    assert_eq!(view.row.unwrap().name, "Order of the Grey Lantern");
    assert_eq!(desk.register_entries("GREY lantern", None).unwrap().1, 1);
    // A change of it replaces it in the file.
    let changed = view.toml.replace("source =", "aliases = [\"Grey Lantern\"]\nsource =");
    let proposal = desk.propose_entry(&who, &changed, "another spelling").unwrap();
    desk.accept_proposal(&who, proposal.number).unwrap();
    let rejected = desk.propose_entry(&who, ENTRY, "back again").unwrap();
    assert!(desk.reject_proposal(&who, rejected.number, " ").is_err());
    desk.reject_proposal(&who, rejected.number, "the alias is right").unwrap();
    let written = std::fs::read_to_string(folder.path().join("knowledge/pages.toml")).unwrap();
    assert_eq!(written.matches("[[actor]]").count(), 1, "{written}");
    assert!(written.contains("aliases = [\"Grey Lantern\"]"), "{written}");
    // A file that was lost, or cut off by a crash, is made again from what was accepted.
    std::fs::remove_file(folder.path().join("knowledge/pages.toml")).unwrap();
    drop((desk, store));
    let (desk, _store) = open(folder.path());
    assert_eq!(std::fs::read_to_string(folder.path().join("knowledge/pages.toml")).unwrap(), written);
    assert!(desk.verify(&mut |_, _| {}).unwrap().ok);
}

#[test]
fn who_does_not_work_alone_has_somebody_else_look() {
    let folder = tempfile::tempdir().unwrap();
    let (desk, _store) = open(folder.path());
    let proposal = desk.propose_entry(&analyst(), ENTRY, "public list").unwrap();
    let admin = Who::new("A. Admin", Role::Admin).unwrap();
    desk.put_user(&admin, "A. Admin", Role::Admin).unwrap();
    desk.put_user(&admin, "R. Reader", Role::Reader).unwrap();
    let said = desk.accept_proposal(&analyst(), proposal.number).unwrap_err().to_string();
    assert!(said.contains("A. Admin") && said.contains("yourself"), "{said}");
    desk.accept_proposal(&admin, proposal.number).unwrap();
    // The administrator is the only one who could: readers may not.
    let own = desk.propose_entry(&admin, &ENTRY.replace("lantern", "lantern-two"), "another list").unwrap();
    desk.accept_proposal(&admin, own.number).unwrap();
}

#[test]
fn what_a_check_would_find_is_not_proposed() {
    let folder = tempfile::tempdir().unwrap();
    let (desk, _store) = open(folder.path());
    let who = analyst();
    let starter = Register::starter();
    let known = starter.entries().iter().find(|entry| entry.kind == MentionKind::Actor).unwrap();
    for (toml, hint) in [
        ("", "one entry"),
        ("[[actor]]\nname = \"x\"", "id"),
        ("[[actor]]\nid = \"x\"\nname = \"Xander\"\nnick = \"y\"\nsource = \"invented\"", "nick"),
        ("[[actor]]\nid = \"x\"\nname = \"Xander\"", "source"),
        ("[[outlet]]\nid = \"x\"\nname = \"Xander News\"\nactor = \"nobody\"\nsource = \"invented\"", "nobody"),
        (&format!("{ENTRY}\n{ENTRY}"), "given twice"),
    ] {
        let said = desk.propose_entry(&who, toml, "why").unwrap_err().to_string();
        assert!(said.contains(hint), "{toml}: {said}");
    }
    assert!(desk.propose_entry(&who, ENTRY, " ").unwrap_err().to_string().contains("reason"));
    let reader = Who::new("R. Reader", Role::Reader).unwrap();
    assert!(desk.propose_entry(&reader, ENTRY, "why").is_err());
    assert!(desk.accept_proposal(&who, 1).is_err());
    // An entry of the starter register can be changed from its own text.
    let view = desk.register_entry(known.kind, &known.id).unwrap();
    desk.propose_entry(&who, &view.toml, "as it is").unwrap();
    assert_eq!(desk.proposals().unwrap().len(), 1);
}

#[test]
fn the_program_reads_what_was_accepted_when_it_starts() {
    let folder = Folder::new();
    {
        let (desk, _store) = open(&folder.path("desk"));
        let proposal = desk.propose_entry(&analyst(), ENTRY, "public list").unwrap();
        desk.accept_proposal(&analyst(), proposal.number).unwrap();
    }
    let posts = folder.write("posts.jsonl", r#"{"id":"1","text":"The Order of the Grey Lantern meets."}"#);
    folder.ok(&["import", &posts]);
    let shown = &folder.json(&["show", "i1", "--json"])[0];
    assert_eq!(shown["mentions"][0]["id"], "grey-lantern", "{shown}");
}
