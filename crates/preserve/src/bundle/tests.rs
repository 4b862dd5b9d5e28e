//! A bundle of a small made-up log: good as it is, and named wherever it is bent. The program's tests bend real ones.

use vedette_core::{LeafKind, LogEntry, SealedCheckpoint, Sha256};

use super::write::Prover;
use super::*;
use crate::note::{CheckpointText, Note, SigningKey};
use crate::tree::{Levels, consistency_proof, inclusion_proof, root_at};
use crate::{leaf, sha256};

struct All(Levels, u64);

impl Prover for All {
    type Error = ();
    fn inclusion(&self, index: u64) -> Result<Vec<Sha256>, ()> {
        inclusion_proof(&self.0, index, self.1).ok_or(())
    }
    fn growth(&self, size: u64) -> Result<(Sha256, Vec<Sha256>), ()> {
        root_at(&self.0, size).zip(consistency_proof(&self.0, size, self.1)).ok_or(())
    }
}

fn entry(index: u64, kind: LeafKind, record: String) -> LogEntry {
    let salt = [index as u8; 16];
    let commitment = leaf::commitment(&salt, &record);
    LogEntry { index, kind, record, salt: Some(salt), commitment }
}

/// A bundle without items: a late file, the key, the export.
fn made() -> Vec<BundleFile> {
    let key = SigningKey::from_seed("vedette.invalid/0011223344556677", &[5; 32]);
    let witness = SigningKey::from_seed("witness.invalid/w1", &[6; 32]);
    let bytes = b"a lantern".to_vec();
    let mut log: Vec<LogEntry> =
        (0..9).map(|n| entry(n, LeafKind::Cursor, format!("{{\"leaf\":\"cursor\",\"n\":{n}}}"))).collect();
    log[0] = entry(0, LeafKind::Key, format!(r#"{{"leaf":"key","key":"{}"}}"#, key.verifier()));
    log[4] = entry(
        4,
        LeafKind::File,
        format!(r#"{{"leaf":"file","attachment":"f1","version":"v1","exhibit":"{}"}}"#, sha256(&bytes)),
    );
    let draft = draft(Parts {
        items: &[],
        exhibits: vec![(sha256(&bytes), bytes)],
        entries: vec![log[4].clone(), log[0].clone()],
        growth: vec![5],
        vouched: vec![6],
    });
    let export = entry(9, LeafKind::Export, format!(r#"{{"leaf":"export","files":"{}"}}"#, draft.digest));
    log.push(export.clone());
    let levels = Levels::of(log.iter().map(|entry| leaf::leaf_hash(&entry.commitment)).collect());
    let sealed = |size: u64, cosigned: bool| {
        let root = root_at(&levels, size).unwrap();
        let text = CheckpointText { origin: key.name().to_owned(), size, root }.to_string();
        let mut note = Note::signed(text.clone(), &key);
        if cosigned {
            note.add(&[witness.cosign(&text, 1_800_000_000)], &[witness.cosigner()]).unwrap();
        }
        SealedCheckpoint { size, root, note: note.to_string() }
    };
    let evidence = Evidence {
        checkpoint: &sealed(10, false),
        keys: vec![key.verifier().to_string()],
        witnesses: vec![witness.cosigner().to_string()],
        export,
        vouched: vec![VouchedCheckpoint { sealed: sealed(6, true), tokens: vec![] }],
    };
    finish(draft, evidence, &All(levels, 10)).unwrap()
}

fn bent(change: impl Fn(&mut Manifest)) -> Vec<String> {
    let mut files = made();
    let manifest = files.iter_mut().find(|file| file.name == MANIFEST).unwrap();
    let mut read: Manifest = serde_json::from_slice(&manifest.bytes).unwrap();
    change(&mut read);
    manifest.bytes = json(&read);
    verify(&files).findings.into_iter().map(|finding| finding.what).collect()
}

#[test]
fn an_untouched_bundle_is_well_and_says_who_vouches_for_it() {
    let report = verify(&made());
    assert_eq!(report.findings, []);
    assert!(report.ok);
    assert_eq!((report.exhibits, report.leaves), (1, 3));
    let told = report.vouched.join("\n");
    assert!(told.contains("10 leaves signed by vedette.invalid/"), "{told}");
    assert!(told.contains("6 leaves cosigned by witness.invalid/w1"), "{told}");
}

#[test]
fn whatever_is_changed_is_named() {
    for (wanted, found) in [
        ("leaf record", bent(|m| m.leaves[0].record.push(' '))),
        ("leaf record", bent(|m| m.leaves[0].salt = Some("00".repeat(15) + "01"))),
        ("leaf salt", bent(|m| m.leaves[0].salt = None)),
        ("inclusion proof", bent(|m| m.leaves[0].index += 1)),
        ("inclusion proof", bent(|m| m.leaves[1].commitment = Sha256([0; 32]))),
        ("inclusion proof", bent(|m| m.leaves[2].proof.truncate(1))),
        ("claims", bent(|m| m.leaves.swap(0, 1))),
        ("claims", bent(|m| drop(m.leaves.remove(0)))),
        ("claims", bent(|m| m.growth.clear())),
        ("claims", bent(|m| m.vouched.clear())),
        ("consistency proof", bent(|m| m.growth[0].root.0[0] ^= 1)),
        ("consistency proof", bent(|m| m.growth[0].proof.clear())),
        ("consistency proof", bent(|m| m.vouched[0].proof.truncate(1))),
        ("checkpoint", bent(|m| m.vouched[0].note.push('\n'))),
        ("checkpoint signature", bent(|m| m.witnesses.clear())),
        ("key", bent(|m| m.keys.push(m.witnesses[0].clone()))),
        ("checkpoint signature", bent(|m| m.keys.clear())),
        ("file list", bent(|m| m.export = 4)),
        ("manifest", bent(|m| m.format = "other".to_owned())),
    ] {
        assert!(found.iter().any(|what| what == wanted), "{wanted}: {found:?}");
    }
}

#[test]
fn another_log_under_a_key_of_its_own_does_not_pass_for_the_one_that_is_trusted() {
    let files = made();
    let trusted = SigningKey::from_seed("vedette.invalid/0011223344556677", &[5; 32]).verifier();
    let stranger = SigningKey::from_seed("vedette.invalid/0011223344556677", &[7; 32]).verifier();
    assert!(verify_trusting(&files, &[trusted]).ok);
    assert!(!verify_trusting(&files, &[stranger]).ok);
}

#[test]
fn every_flipped_byte_and_every_lost_added_or_renamed_file_is_found() {
    let files = made();
    for (number, file) in files.iter().enumerate() {
        let step = (file.bytes.len() / 60).max(1);
        for at in (0..file.bytes.len()).step_by(step) {
            let mut bent = files.clone();
            bent[number].bytes[at] ^= 1;
            assert!(!verify(&bent).ok, "{} byte {at}", file.name);
            bent[number].bytes.truncate(at);
            assert!(!verify(&bent).ok, "{} cut at {at}", file.name);
        }
        let mut lost = files.clone();
        lost.remove(number);
        assert!(!verify(&lost).ok, "{}", file.name);
        let mut renamed = files.clone();
        renamed[number].name.push('x');
        assert!(!verify(&renamed).ok, "{}", file.name);
    }
    for name in ["exhibits/other", "more.txt", "timestamps/9.tsr", "contents/v9.json"] {
        let mut added = files.clone();
        added.push(BundleFile { name: name.to_owned(), bytes: vec![] });
        assert!(!verify(&added).ok, "{name}");
    }
    assert!(!verify(&[]).ok);
}
