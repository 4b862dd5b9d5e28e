//! A video on its whole way through the program: imported, looked at, listened to by a program of the desk, found.

#![allow(clippy::unwrap_used)] // a test may panic

mod kit;

use std::os::unix::fs::PermissionsExt;
use std::process::Command;

use kit::Desk;

#[test]
fn what_a_video_shows_and_says_is_found_by_search() {
    let desk = Desk::new();
    let clips = desk.path("clips");
    std::fs::create_dir(&clips).unwrap();
    let shown = "drawtext=fontfile=/usr/share/fonts/truetype/noto/NotoSans-Bold.ttf:text='Museum closed Wednesday':\
                 fontsize=48:fontcolor=white:x=40:y=120";
    let made = Command::new("ffmpeg")
        .args(["-nostdin", "-v", "error", "-f", "lavfi", "-i", "color=c=0x203050:size=800x300:rate=5:duration=4"])
        .args(["-f", "lavfi", "-i", "sine=frequency=330:duration=4", "-vf", shown, "-c:v", "libx264", "-g", "10"])
        .args(["-c:a", "aac"])
        .arg(clips.join("clip.mp4"))
        .status();
    assert!(made.expect("ffmpeg is installed: tools/install.sh test").success());

    let ears = desk.path("ears");
    let line =
        r#"{"start_ms":0,"end_ms":3000,"text":"the ferry to Kelmora leaves","language":"en","probability":0.97}"#;
    std::fs::write(&ears, format!("#!/bin/sh\ntest -s \"$1\" && echo '{line}'\n")).unwrap();
    std::fs::set_permissions(&ears, std::fs::Permissions::from_mode(0o755)).unwrap();
    let settings = desk.path("desk/vedette.toml");
    let text = std::fs::read_to_string(&settings).unwrap();
    std::fs::write(&settings, text.replace("command = []", &format!("command = [{:?}]", ears.to_str().unwrap())))
        .unwrap();
    assert!(desk.ok(&["doctor"]).contains("speech   command"));

    desk.ok(&["import", "clips"]);
    desk.ok(&["worker", "--once"]);
    for words in ["Wednesday", "ferry"] {
        assert_eq!(desk.json(&["search", words, "--json"]).len(), 1, "{words}");
    }
    let shown = desk.ok(&["show", "i1", "--json"]);
    for part in ["transcript", "ffmpeg", "language en 0.97"] {
        assert!(shown.contains(part), "{part} is not in {shown}");
    }
}
