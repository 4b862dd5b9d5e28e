//! Whisper in process on human speech: prompts of Debian's package `asterisk-core-sounds-ru` (CC BY 3.0), with the model that
//! `tools/models.sh speech` fetches. Only with the feature `whisper`.

#![cfg(feature = "whisper")]
#![allow(clippy::unwrap_used)] // a test may panic

use std::path::{Path, PathBuf};
use std::process::Command;

use vedette_models::{Adding, Kind, Models, add};
use vedette_speech::whisper::Whisper;
use vedette_speech::{Heard, Listener, Wanted};

const SOUNDS: &str = "/usr/share/asterisk/sounds/ru_RU_f_IvrvoiceRU";

fn whisper(folder: &Path) -> Whisper {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tools/models.sh");
    let said = Command::new(script).arg("speech").output().unwrap();
    assert!(said.status.success(), "{}", String::from_utf8_lossy(&said.stderr));
    let paths: Vec<PathBuf> = String::from_utf8(said.stdout).unwrap().lines().map(PathBuf::from).collect();
    add(&Adding { paths, ..Adding::default() }, folder).unwrap();
    let models = Models::open(&[folder.to_owned()]);
    Whisper::new(models.find(Kind::Speech).unwrap(), 1).unwrap()
}

fn prompt(name: &str) -> Vec<i16> {
    let path = format!("{SOUNDS}/{name}.gsm");
    assert!(Path::new(&path).is_file(), "{path} is missing: apt-get install asterisk-core-sounds-ru");
    let arguments = ["-nostdin", "-v", "error", "-i", &path, "-ac", "1", "-ar", "16000", "-f", "s16le", "-"];
    let ran = Command::new("ffmpeg").args(arguments).output().unwrap();
    ran.stdout.as_chunks::<2>().0.iter().map(|&bytes| i16::from_le_bytes(bytes)).collect()
}

fn text(heard: &Heard) -> String {
    heard.said.iter().map(|said| said.text.to_lowercase()).collect::<Vec<_>>().join(" ")
}

#[test]
fn russian_speech_is_written_down_and_translated() {
    let folder = tempfile::tempdir().unwrap();
    let whisper = whisper(folder.path());
    assert!(whisper.name().contains("whisper-base 1.0.0"), "{}", whisper.name());
    let samples = prompt("demo-echotest");
    let heard = whisper.listen(&samples, Wanted::Transcript).unwrap();
    assert_eq!(heard.language, "ru");
    assert!(heard.probability > 0.9, "{heard:?}");
    for word in ["режим", "нажмите"] {
        assert!(text(&heard).contains(word), "{word} is not in {heard:?}");
    }
    let end = u32::try_from(samples.len() / 16).unwrap();
    assert!(heard.said.iter().all(|said| said.from_ms <= said.to_ms && said.to_ms <= end), "{heard:?}");
    let english = whisper.listen(&samples, Wanted::English).unwrap();
    assert!(text(&english).contains("echo") || text(&english).contains("test"), "{english:?}");

    // The control: noise is no Russian text that anybody would believe.
    let noise: Vec<i16> = (0..80_000u32).map(|at| (at.wrapping_mul(2_654_435_761) >> 20) as i16 - 2_048).collect();
    let heard = whisper.listen(&noise, Wanted::Transcript).unwrap();
    assert!(heard.said.is_empty() || heard.probability < 0.9 || text(&heard).len() < 60, "{heard:?}");
}
