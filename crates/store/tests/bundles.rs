//! A bundle made from a real workspace proves what it shows, and nothing else.
#![allow(clippy::unwrap_used)] // Helpers of tests fail as tests do.

mod common;

use common::*;
use vedette_core::ports::CustodyLog;
use vedette_core::*;
use vedette_preserve::bundle::{self, BundleFile, Evidence, Parts, Prover};
use vedette_preserve::sha256;

/// A bundle about one post with a file that came with it, one that came late, and an edit.
fn made() -> Vec<BundleFile> {
    let desk = Desk::signed();
    desk.take(1, &[post("m0", "something else")]);
    let (poster, late) = (b"a poster".to_vec(), b"a late poster".to_vec());
    let mut first = with_missing_file("m1");
    first.attachments.push(NewAttachment {
        name: "early.png".to_owned(),
        media_type: None,
        url: None,
        exhibit: Some((sha256(&poster), poster.len() as u64)),
        error: None,
    });
    let mut early = intake(desk.source, 2, &[first]);
    early.exhibits.push(inline(&poster, false));
    let item = desk.records.take_in(&[early]).unwrap()[0].versions[0].item;
    desk.take(3, &[edited("m1", "to Ardun Bay", 3)]);
    let file = desk.records.pending_files(desk.source, 9).unwrap().remove(0);
    desk.records.file_arrived(&file, Ok(inline(&late, false)), at(4)).unwrap();

    desk.log().seal(at(5)).unwrap();
    let view = desk.records.item(item).unwrap();
    let entry = |leaf: u64| desk.records.log_entries(leaf, 1).unwrap().remove(0);
    let mut leaves = desk.records.leaves_of(item).unwrap();
    leaves.extend(desk.log().keys().unwrap().iter().map(|key| key.leaf));
    let mut exhibits: Vec<(Sha256, Vec<u8>)> = Vec::new();
    for version in &view.versions {
        let files = version.version.attachments.iter().filter_map(|file| file.exhibit);
        for name in std::iter::once(version.version.exhibit).chain(files) {
            exhibits.push((name, desk.blobs.get(name).unwrap().unwrap()));
        }
    }
    let draft = bundle::draft(Parts {
        items: &[view],
        exhibits,
        entries: leaves.into_iter().map(entry).collect(),
        growth: vec![3],
        vouched: vec![],
    });
    let record = format!(r#"{{"leaf":"export","files":"{}"}}"#, draft.digest);
    let export = entry(desk.records.log(LeafKind::Export, &record, at(6)).unwrap());
    let checkpoint = desk.log().seal(at(7)).unwrap();
    let evidence = Evidence {
        checkpoint: &checkpoint,
        keys: desk.log().keys().unwrap().into_iter().map(|key| key.verifier).collect(),
        witnesses: vec![],
        export,
        vouched: vec![],
    };
    bundle::finish(draft, evidence, &Tiles(&*desk.log(), checkpoint.size)).unwrap()
}

/// Proofs from the tiles of the log.
struct Tiles<'l>(&'l dyn CustodyLog, u64);

impl Prover for Tiles<'_> {
    type Error = StoreError;

    fn inclusion(&self, index: u64) -> StoreResult<Vec<Sha256>> {
        self.0.inclusion_proof(index, self.1)
    }

    fn growth(&self, size: u64) -> StoreResult<(Sha256, Vec<Sha256>)> {
        Ok((self.0.root_at(size)?, self.0.consistency_proof(size, self.1)?))
    }
}

fn wrong(files: &[BundleFile]) -> Vec<String> {
    bundle::verify(files).findings.into_iter().map(|finding| format!("{}: {}", finding.what, finding.found)).collect()
}

#[test]
fn a_bundle_of_a_real_item_verifies() {
    let files = made();
    assert_eq!(wrong(&files), Vec::<String>::new());
    assert_eq!(bundle::verify(&files).exhibits, 4);
}

#[test]
fn items_that_say_something_else_than_the_leaves_are_found() {
    for (from, to) in [
        ("to Ardun Bay", "to Port Hessel"),
        ("early.png", "other.png"),
        (sha256(b"a poster").hex().as_str(), sha256(b"forged").hex().as_str()),
    ] {
        let mut files = made();
        let items = files.iter_mut().find(|file| file.name == bundle::ITEMS).unwrap();
        items.bytes = String::from_utf8(items.bytes.clone()).unwrap().replace(from, to).into_bytes();
        assert!(!wrong(&files).is_empty(), "{from}");
    }
}

#[test]
fn a_late_file_needs_its_own_leaf() {
    let mut files = made();
    let manifest = files.iter_mut().find(|file| file.name == bundle::MANIFEST).unwrap();
    let mut read: bundle::Manifest = serde_json::from_slice(&manifest.bytes).unwrap();
    read.leaves.retain(|leaf| !leaf.record.starts_with(r#"{"leaf":"file""#));
    manifest.bytes = serde_json::to_vec(&read).unwrap();
    assert!(wrong(&files).contains(&"exhibit: none".to_owned()), "{:?}", wrong(&files));
}
