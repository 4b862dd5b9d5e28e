//! Videos, recordings and pictures that only a tool decodes, made by ffmpeg itself, through the whole reader.

#![allow(clippy::unwrap_used)] // a test may panic

mod common;

use std::path::Path;
use std::process::Command;
use std::sync::{Arc, Mutex};

use vedette_core::{ReadingKind, Whereabouts};
use vedette_read::{FileReadings, FileToRead, NoMemo, Reader};
use vedette_speech::{Heard, Listener, Said, SpeechFault, Wanted};

const FONT: &str = "/usr/share/fonts/truetype/noto/NotoSans-Bold.ttf";

/// Runs ffmpeg in `folder`, outside of any sandbox: it makes the samples.
fn ffmpeg(folder: &Path, arguments: &[&str]) {
    let made =
        Command::new("ffmpeg").args(["-nostdin", "-v", "error", "-y"]).args(arguments).current_dir(folder).output();
    let made = made.expect("ffmpeg is installed: tools/install.sh test");
    assert!(made.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&made.stderr));
}

/// A video of `seconds` with two lines of text one after the other, a tone, and subtitles.
fn video(folder: &Path, seconds: u32) -> Vec<u8> {
    let half = seconds / 2;
    let text = |words: &str, enable: &str| {
        format!("drawtext=fontfile={FONT}:text='{words}':fontsize=54:fontcolor=white:x=60:y=150:enable='{enable}'")
    };
    let filter = format!(
        "{},{}",
        text("The library opens today", &format!("lt(t,{half})")),
        text("The museum is closed", &format!("gte(t,{half})"))
    );
    std::fs::write(folder.join("s.srt"), "1\n00:00:01,000 --> 00:00:03,000\nRain over Kelmora\n").unwrap();
    let colour = format!("color=c=0x204060:size=800x360:rate=10:duration={seconds}");
    let tone = format!("sine=frequency=440:duration={seconds}:sample_rate=16000");
    ffmpeg(
        folder,
        &[
            "-f",
            "lavfi",
            "-i",
            &colour,
            "-f",
            "lavfi",
            "-i",
            &tone,
            "-i",
            "s.srt",
            "-vf",
            &filter,
            "-map",
            "0:v",
            "-map",
            "1:a",
            "-map",
            "2:s",
            "-c:v",
            "libx264",
            "-preset",
            "ultrafast",
            "-g",
            "20",
            "-c:a",
            "aac",
            "-c:s",
            "srt",
            "-metadata:s:s:0",
            "language=eng",
            "v.mkv",
        ],
    );
    std::fs::read(folder.join("v.mkv")).unwrap()
}

fn read(reader: &Reader, bytes: &[u8]) -> FileReadings {
    reader.read_file(&FileToRead::new(bytes), &NoMemo)
}

/// Says one thing about every window, and notes how many samples it was given.
#[derive(Debug, Default)]
struct Parrot(Mutex<Vec<usize>>);

impl Listener for Parrot {
    fn name(&self) -> String {
        "parrot 1".to_owned()
    }

    fn listen(&self, samples: &[i16], _: Wanted) -> Result<Heard, SpeechFault> {
        self.0.lock().unwrap().push(samples.len());
        let said = Said { from_ms: 100, to_ms: 900, text: "lantern".to_owned(), confidence: Some(0.9) };
        Ok(Heard { language: "en".to_owned(), probability: 0.4, said: vec![said] })
    }
}

#[test]
fn a_video_gives_its_text_with_times_its_subtitles_and_a_poster() {
    let folder = tempfile::tempdir().unwrap();
    let reader = common::reader();
    let found = read(&reader, &video(folder.path(), 12));
    let shown = found.readings.iter().find(|reading| reading.kind == ReadingKind::Ocr).expect("text is shown");
    let lines: Vec<&str> = shown.text.lines().collect();
    assert_eq!(lines, ["The library opens today", "The museum is closed"], "{found:?}");
    assert!(shown.method.contains("ffmpeg") && shown.method.contains("tesseract"), "{}", shown.method);
    let times: Vec<_> = shown.places.iter().map(|place| place.at).collect();
    let [Whereabouts::Time([begin, change]), Whereabouts::Time([from, end])] = times[..] else { panic!("{times:?}") };
    // The encoder of the sound delays the picture by a few hundredths of a second.
    assert!(begin < 200 && (6_000..6_200).contains(&change) && from == change, "{times:?}");
    assert!((11_900..12_300).contains(&end), "{end}");

    let inside = found.readings.iter().find(|reading| reading.member.is_some()).expect("subtitles are inside");
    assert_eq!(inside.member.as_deref(), Some("subtitles 1 eng"));
    assert!(inside.text.contains("Rain over Kelmora"), "{inside:?}");
    let poster = found.image.expect("a frame stands for it");
    assert_eq!((poster.width, poster.height), (800, 360));
    // Nobody listens here, and that is said.
    assert!(found.try_again && found.problems.iter().any(|problem| problem.contains("not transcribed")));
}

#[test]
fn sound_is_listened_to_by_windows_and_unsure_languages_are_said() {
    let folder = tempfile::tempdir().unwrap();
    ffmpeg(folder.path(), &["-f", "lavfi", "-i", "sine=frequency=300:duration=70", "-c:a", "libmp3lame", "a.mp3"]);
    let parrot = Arc::new(Parrot::default());
    let reader = common::reader().with_listener(parrot.clone());
    let found = read(&reader, &std::fs::read(folder.path().join("a.mp3")).unwrap());
    let given = parrot.0.lock().unwrap().clone();
    assert_eq!(given.len(), 3, "{given:?}");
    assert!(given.iter().all(|&samples| samples <= 30 * 16_000));
    assert!((70 * 16_000..71 * 16_000).contains(&given.iter().sum::<usize>()), "{given:?}");
    let [transcript] = &found.readings[..] else { panic!("{found:?}") };
    assert_eq!((transcript.kind, transcript.text.lines().count()), (ReadingKind::Transcript, 3));
    let Whereabouts::Time([second, _]) = transcript.places[1].at else { panic!() };
    assert!((25_000..=30_200).contains(&second), "{second}");
    assert!(found.problems.iter().any(|problem| problem.contains("needs a person's ears")), "{:?}", found.problems);
}

#[test]
fn silence_is_not_listened_to() {
    let folder = tempfile::tempdir().unwrap();
    ffmpeg(folder.path(), &["-f", "lavfi", "-i", "anullsrc=r=8000:cl=mono", "-t", "5", "a.flac"]);
    let parrot = Arc::new(Parrot::default());
    let reader = common::reader().with_listener(parrot.clone());
    let found = read(&reader, &std::fs::read(folder.path().join("a.flac")).unwrap());
    assert_eq!((found.readings.len(), parrot.0.lock().unwrap().len()), (0, 0), "{found:?}");
    assert_eq!(found.problems, Vec::<String>::new());
}

#[test]
fn a_picture_that_only_a_tool_decodes_is_read_as_an_image() {
    let folder = tempfile::tempdir().unwrap();
    let filter = format!("drawtext=fontfile={FONT}:text='Museum':fontsize=120:fontcolor=black:x=60:y=60");
    ffmpeg(
        folder.path(),
        &["-f", "lavfi", "-i", "color=c=white:size=640x240", "-vf", &filter, "-frames:v", "1", "p.png"],
    );
    let made = Command::new("avifenc").args(["--speed", "9", "p.png", "p.avif"]).current_dir(folder.path()).output();
    assert!(made.expect("libavif-bin is installed: tools/install.sh test").status.success());
    let avif = std::fs::read(folder.path().join("p.avif")).unwrap();
    let reader = common::reader();
    let found = read(&reader, &avif);
    assert_eq!(found.problems, Vec::<String>::new());
    assert_eq!(found.image.as_ref().map(|image| (image.width, image.height)), Some((640, 240)));
    assert_eq!(found.readings.first().map(|reading| reading.text.trim()), Some("Museum"));
    // Cut off: classified, and no picture.
    let cut = read(&reader, &avif[..avif.len() / 2]);
    assert!(cut.image.is_none() && cut.problems.iter().any(|problem| problem.contains("damaged")), "{cut:?}");
}

/// Every hostile sample ends with a class, without a reading that nobody wrote, and soon.
#[track_caller]
fn check_fault(bytes: &[u8], classes: &[&str]) {
    let begun = std::time::Instant::now();
    let parrot = Arc::new(Parrot::default());
    let found = read(&common::reader().with_listener(parrot), bytes);
    let said = found.problems.join("\n");
    assert!(classes.iter().any(|class| said.contains(class)), "{classes:?} are not in: {said}");
    assert!(begun.elapsed().as_secs() < 120, "it took {:?}", begun.elapsed());
}

#[test]
fn broken_and_lying_media_are_classified() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    let tone = "sine=frequency=440:duration=4";
    ffmpeg(
        path,
        &["-f", "lavfi", "-i", "testsrc=size=320x180:rate=10:duration=4", "-c:v", "libx264", "-g", "10", "v.mp4"],
    );
    ffmpeg(path, &["-f", "lavfi", "-i", tone, "a.wav"]);
    let mp4 = std::fs::read(path.join("v.mp4")).unwrap();
    let wav = std::fs::read(path.join("a.wav")).unwrap();

    // The index of a recording stands at its end.
    check_fault(&mp4[..mp4.len() * 2 / 3], &["cut off"]);
    check_fault(&mp4[..40], &["cut off", "damaged"]);
    let mut noise = mp4.clone();
    noise.iter_mut().skip(48).step_by(3).for_each(|byte| *byte ^= 0x5a);
    check_fault(&noise, &["cut off", "damaged", "neither pictures nor sound"]);

    // A head that promises frames of 60,000 x 60,000 pixels.
    ffmpeg(
        path,
        &[
            "-f",
            "lavfi",
            "-i",
            "testsrc=size=320x180:rate=5:duration=1",
            "-c:v",
            "rawvideo",
            "-pix_fmt",
            "bgr24",
            "w.avi",
        ],
    );
    let mut wide = std::fs::read(path.join("w.avi")).unwrap();
    let head = wide.windows(4).position(|part| part == b"strf").expect("the head of its pictures") + 12;
    wide[head..head + 8].copy_from_slice(&[60_000i32.to_le_bytes(), 60_000i32.to_le_bytes()].concat());
    check_fault(&wide, &["too large", "damaged"]);

    // Ten hours in the head, four seconds in the file.
    let mut long = wav.clone();
    let promised = (10u32 * 3_600 * 44_100 * 2).to_le_bytes();
    let length = long.windows(4).position(|part| part == b"data").expect("the head of its samples") + 4;
    long[length..length + 4].copy_from_slice(&promised);
    let parrot = Arc::new(Parrot::default());
    let found = read(&common::reader().with_listener(parrot.clone()), &long);
    assert_eq!(parrot.0.lock().unwrap().len(), 1, "{found:?}");
}

#[test]
fn a_playlist_in_disguise_opens_no_other_file() {
    let folder = tempfile::tempdir().unwrap();
    let secret = folder.path().join("secret.wav");
    ffmpeg(folder.path(), &["-f", "lavfi", "-i", "sine=duration=2", "secret.wav"]);
    let reader = common::reader().with_listener(Arc::new(Parrot::default()));
    for playlist in [
        format!("ffconcat version 1.0\nfile '{}'\n", secret.display()),
        format!("#EXTM3U\n#EXTINF:2,\n{}\n#EXT-X-ENDLIST\n", secret.display()),
    ] {
        // As text, which it is.
        let found = read(&reader, playlist.as_bytes());
        assert!(found.readings.iter().all(|reading| reading.kind == ReadingKind::Text), "{found:?}");
        // Behind the first bytes of a recording: whatever it is taken for, nothing of the other file is heard.
        let disguised = [b"ID3\x04\0\0\0\0\0\0", playlist.as_bytes()].concat();
        let found = read(&reader, &disguised);
        assert!(found.readings.iter().all(|reading| reading.kind != ReadingKind::Transcript), "{found:?}");
    }
}
