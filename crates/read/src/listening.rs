//! A program of the operator that writes down speech, as a [`Listener`]: it is given the path of a WAV file (16,000 samples a
//! second, one channel, 16 bits, at most half a minute) behind its own arguments, and prints one JSON object a line:
//! `{"start_ms":0,"end_ms":2500,"text":"…","language":"ru","probability":0.98,"confidence":0.8}`.
//!
//! The program is the operator's and what it reads is made here, so it runs without the tools' sandbox; it gets no
//! environment but a search path, a time limit, and what it prints is capped and checked.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use serde::Deserialize;
use vedette_core::opened::one_line;
use vedette_speech::{Heard, Listener, SAMPLE_RATE, Said, SpeechFault, Wanted};

use crate::process::{Allowance, finish};

/// Seconds for half a minute of sound; a large model on a small machine takes about sixty.
pub const COMMAND_SECONDS: u64 = 120;
/// Bytes that it may print: half a minute of talk is 2 KB.
const STDOUT_BYTES_MAX: u64 = 256 * 1024;
/// Lines of its answer.
const LINES_MAX: usize = 500;
/// Where it finds other programs.
const SEARCH_PATH: &str = "/usr/local/bin:/usr/bin:/bin";

/// A program that listens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommandListener {
    program: PathBuf,
    arguments: Vec<String>,
    wall: Duration,
}

#[derive(Deserialize)]
struct Line {
    start_ms: u32,
    end_ms: u32,
    text: String,
    #[serde(default)]
    language: String,
    #[serde(default)]
    probability: f32,
    #[serde(default)]
    confidence: Option<f32>,
}

impl CommandListener {
    /// `program` is an absolute path; `arguments` stand before the path of the WAV file.
    ///
    /// # Errors
    /// `Model` when the program is not there.
    pub fn new(program: impl Into<PathBuf>, arguments: Vec<String>) -> Result<Self, SpeechFault> {
        let program = program.into();
        if !program.is_absolute() || !program.is_file() {
            return Err(SpeechFault::Model(format!("`{}` is no absolute path of a program", program.display())));
        }
        Ok(Self { program, arguments, wall: Duration::from_secs(COMMAND_SECONDS) })
    }

    /// The same with another time limit for half a minute of sound.
    pub fn within(self, wall: Duration) -> Self {
        Self { wall, ..self }
    }

    fn ask(&self, folder: &Path, samples: &[i16]) -> Result<Heard, String> {
        let path = folder.join("speech.wav");
        std::fs::write(&path, wav(samples)).map_err(|error| error.to_string())?;
        let allowance = Allowance { wall: self.wall, stdout_bytes_max: STDOUT_BYTES_MAX };
        let child = Command::new(&self.program)
            .args(&self.arguments)
            .arg(&path)
            .current_dir(folder)
            .env_clear()
            .env("PATH", SEARCH_PATH)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn();
        let ended = child.and_then(|child| finish(child, &[], allowance)).map_err(|error| error.to_string())?;
        if ended.timed_out {
            return Err(format!("it did not end within {} s", self.wall.as_secs()));
        }
        if ended.overflowed {
            return Err("it prints too much".to_owned());
        }
        if !ended.status.success() {
            let said = ended.stderr.lines().last().unwrap_or("it gives no reason").to_owned();
            return Err(format!("{}: {}", ended.status, one_line(&said)));
        }
        heard_in(&ended.stdout)
    }
}

impl Listener for CommandListener {
    fn name(&self) -> String {
        // What the program itself is made of is its operator's business; another path or argument is another method.
        format!("command {} {}", self.program.display(), self.arguments.join(" ")).trim_end().to_owned()
    }

    fn listen(&self, samples: &[i16], wanted: Wanted) -> Result<Heard, SpeechFault> {
        let failed = |reason: String| SpeechFault::Failed(format!("{}: {reason}", self.program.display()));
        if wanted == Wanted::English {
            return Err(failed("a program writes down only what was said".to_owned()));
        }
        let folder = tempfile::tempdir().map_err(|error| failed(error.to_string()))?;
        self.ask(folder.path(), samples).map_err(failed)
    }
}

/// What the program printed. The language of a window is that of most of its text.
fn heard_in(stdout: &[u8]) -> Result<Heard, String> {
    let text = std::str::from_utf8(stdout).map_err(|_| "it prints no UTF-8".to_owned())?;
    let mut heard = Heard::default();
    let mut longest = 0;
    for line in text.lines().filter(|line| !line.trim().is_empty()).take(LINES_MAX) {
        let line: Line = serde_json::from_str(line).map_err(|error| format!("a line is not as agreed: {error}"))?;
        if line.text.len() > longest {
            longest = line.text.len();
            (heard.language, heard.probability) = (line.language, line.probability);
        }
        heard.said.push(Said {
            from_ms: line.start_ms,
            to_ms: line.end_ms,
            text: line.text,
            confidence: line.confidence,
        });
    }
    heard.said.sort_by_key(|said| said.from_ms);
    Ok(heard)
}

/// A WAV file (RIFF, PCM) of one channel.
pub(crate) fn wav(samples: &[i16]) -> Vec<u8> {
    let data = u32::try_from(samples.len() * 2).unwrap_or(u32::MAX);
    let rate = SAMPLE_RATE as u32;
    let mut bytes = Vec::with_capacity(44 + samples.len() * 2);
    bytes.extend(b"RIFF");
    bytes.extend((36 + data).to_le_bytes());
    bytes.extend(b"WAVEfmt ");
    bytes.extend(16u32.to_le_bytes());
    for field in [1u16, 1] {
        bytes.extend(field.to_le_bytes());
    }
    bytes.extend(rate.to_le_bytes());
    bytes.extend((rate * 2).to_le_bytes());
    for field in [2u16, 16] {
        bytes.extend(field.to_le_bytes());
    }
    bytes.extend(b"data");
    bytes.extend(data.to_le_bytes());
    bytes.extend(samples.iter().flat_map(|sample| sample.to_le_bytes()));
    bytes
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    /// A program of one line.
    fn program(folder: &Path, script: &str) -> CommandListener {
        let path = folder.join("listen");
        std::fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
        CommandListener::new(path, vec!["--small".to_owned()]).unwrap()
    }

    #[test]
    fn a_program_is_given_a_wav_file_and_its_lines_are_read() {
        let folder = tempfile::tempdir().unwrap();
        let script = r#"test "$1" = --small && test "$(head -c 4 "$2")" = RIFF && test "$(wc -c < "$2")" = 244 || exit 3
            echo '{"start_ms":900,"end_ms":1200,"text":"at noon","language":"en","probability":0.9}'
            echo '{"start_ms":0,"end_ms":900,"text":"the library opens","language":"en","probability":0.8}'"#;
        let heard = program(folder.path(), script).listen(&[7; 100], Wanted::Transcript).unwrap();
        assert_eq!((heard.language.as_str(), heard.probability), ("en", 0.8));
        assert_eq!(
            heard.said.iter().map(|said| said.text.as_str()).collect::<Vec<_>>(),
            ["the library opens", "at noon"]
        );
    }

    #[test]
    fn a_program_that_fails_hangs_or_babbles_is_said() {
        let folder = tempfile::tempdir().unwrap();
        for (script, said) in [
            ("echo broken >&2; exit 4", "broken"),
            ("echo nonsense", "not as agreed"),
            ("exec sleep 30", "did not end"),
            ("exec yes", "too much"),
            ("printf '\\377'", "no UTF-8"),
        ] {
            let listener = program(folder.path(), script).within(Duration::from_millis(1_500));
            let fault = listener.listen(&[0; 10], Wanted::Transcript).unwrap_err().to_string();
            assert!(fault.contains(said), "{script}: {fault}");
        }
        assert!(program(folder.path(), "true").listen(&[0; 10], Wanted::Transcript).unwrap().said.is_empty());
        assert!(program(folder.path(), "true").listen(&[0; 10], Wanted::English).is_err());
        assert!(CommandListener::new("listen", Vec::new()).is_err());
    }
}
