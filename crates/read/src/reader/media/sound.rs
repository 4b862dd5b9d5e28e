//! Sound to transcripts: decoded by ffmpeg ten minutes at a time, cut into windows of half a minute where it is quiet, each
//! listened to once and remembered.

use vedette_core::opened::TEXT_BYTES_MAX;
use vedette_core::{FileFault, Language, Place, Reading, ReadingKind, Whereabouts};
use vedette_speech::{Heard, LANGUAGE_SURE, Listener, SAMPLE_RATE, Wanted, is_silent, windows};

use super::super::{FileReadings, FileToRead, Reader};
use super::ffmpeg::{Allowed, Recording, fault};
use super::frames::clock;
use crate::{Memo, MemoKey, ReadError, recall_or};

/// Milliseconds that are decoded at once: 19 MB of samples.
const CHUNK_MS: u32 = 600_000;
/// Milliseconds of a recording that are listened to; a long sermon has two hours.
const SOUND_MS_MAX: u32 = 4 * 3_600_000;
/// Processor seconds for each half minute of sound that is decoded, and for beginning.
const SECONDS_PER_WINDOW: u64 = 1;
/// Processor seconds for finding the place in a long file.
const SECONDS_TO_SEEK: u64 = 10;
/// Bytes of a sample.
const SAMPLE_BYTES: usize = 2;
/// Stretches that a problem names.
const NAMED_MAX: usize = 5;

impl Reader {
    /// Writes down what is said in a recording, one reading a language.
    pub(super) fn sound(
        &self,
        recording: &Recording<'_>,
        file: &FileToRead<'_>,
        memo: &dyn Memo,
        found: &mut FileReadings,
    ) -> Result<(), ReadError> {
        let Some(listener) = self.listener.as_deref() else {
            return Err(ReadError::File(FileFault::ToolMissing(not_transcribed())));
        };
        let mut heard = Vec::new();
        let mut start_ms = 0;
        let end_ms = recording.probe.duration_ms.unwrap_or(SOUND_MS_MAX).min(SOUND_MS_MAX);
        let mut failed = None;
        while start_ms < end_ms && failed.is_none() {
            let samples = match decoded(recording, start_ms) {
                Ok(samples) => samples,
                Err(error) if start_ms == 0 => return Err(error),
                Err(error) => {
                    found.problems.push(format!("heard only up to {}: {}", clock(start_ms), error.problem()));
                    break;
                }
            };
            // What a header promises beyond the last sample is not there.
            if samples.is_empty() {
                break;
            }
            let is_whole = milliseconds(samples.len()) + 1_000 >= CHUNK_MS;
            let mut cut = windows(&samples);
            // The last window of a whole chunk goes on in the next.
            let next = if is_whole && cut.len() > 1 { cut.pop().map(|window| window.start) } else { None };
            for window in cut {
                let at_ms = start_ms + milliseconds(window.start);
                let samples = samples.get(window).unwrap_or_default();
                let key = MemoKey { file: file.sha256, part: format!("speech {at_ms}"), method: listener.name() };
                match recall_or(memo, &key, || listened(listener, samples, at_ms)) {
                    Ok(readings) => heard.extend(readings),
                    Err(error) => {
                        failed = Some(error);
                        break;
                    }
                }
            }
            start_ms += next.map_or(milliseconds(samples.len()).max(1_000), milliseconds);
        }
        if recording.probe.duration_ms.is_some_and(|duration| duration > SOUND_MS_MAX) {
            found.problems.push(format!(
                "only the first {} hours of it are listened to: cut it and import the rest",
                SOUND_MS_MAX / 3_600_000
            ));
        }
        found.problems.extend(doubts(&heard));
        found.readings.extend(by_language(heard));
        failed.map_or(Ok(()), Err)
    }
}

fn not_transcribed() -> String {
    if vedette_speech::BUILT_IN {
        "not transcribed, no model of speech is installed".to_owned()
    } else {
        "not transcribed, this build does not listen in process and no program for it is set".to_owned()
    }
}

fn milliseconds(samples: usize) -> u32 {
    u32::try_from(samples * 1_000 / SAMPLE_RATE).unwrap_or(u32::MAX)
}

/// Samples from `start_ms` on, at most [`CHUNK_MS`] of them.
fn decoded(recording: &Recording<'_>, start_ms: u32) -> Result<Vec<i16>, ReadError> {
    let (from, length) = (format!("{}ms", start_ms), format!("{CHUNK_MS}ms"));
    let rate = SAMPLE_RATE.to_string();
    let output = ["-map", "0:a:0", "-vn", "-sn", "-dn", "-ac", "1", "-ar", &rate, "-t", &length, "-f", "s16le", "-"];
    let bytes_max = (CHUNK_MS as usize / 1_000 + 1) * SAMPLE_RATE * SAMPLE_BYTES;
    let allowed = Allowed {
        seconds: SECONDS_TO_SEEK + SECONDS_PER_WINDOW * u64::from(CHUNK_MS / 30_000),
        file_bytes: 0,
        stdout_bytes: bytes_max as u64,
    };
    let ran = recording.run(&["-ss", &from], &output, allowed)?;
    if !ran.status.success() && ran.stdout.is_empty() {
        return Err(fault(&ran.stderr));
    }
    Ok(ran.stdout.as_chunks::<SAMPLE_BYTES>().0.iter().map(|&bytes| i16::from_le_bytes(bytes)).collect())
}

/// What is said in a window that begins at `at_ms`; an empty list where nothing is said.
fn listened(listener: &dyn Listener, samples: &[i16], at_ms: u32) -> Result<Vec<Reading>, ReadError> {
    if is_silent(samples) {
        return Ok(Vec::new());
    }
    let heard = listener
        .listen(samples, Wanted::Transcript)
        .map_err(|error| ReadError::Machine { what: "write down speech", reason: error.to_string() })?;
    Ok(reading_of(&heard, &listener.name(), at_ms).into_iter().collect())
}

/// A window as a reading, a line for each stretch; `None` when nothing was said.
fn reading_of(heard: &Heard, method: &str, at_ms: u32) -> Option<Reading> {
    let mut text = String::new();
    let mut places = Vec::new();
    let mut quality = Vec::new();
    for said in &heard.said {
        let line: String = said.text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        let line = line.trim();
        if line.is_empty() || text.len() + line.len() + 1 > TEXT_BYTES_MAX {
            continue;
        }
        if !text.is_empty() {
            text.push('\n');
        }
        let start = text.len();
        text.push_str(line);
        let offset = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        let time = |ms: u32| at_ms.saturating_add(ms);
        let confidence = said.confidence.map(|sure| sure.clamp(0.0, 1.0));
        quality.extend(confidence);
        places.push(Place {
            start: offset(start),
            end: offset(text.len()),
            confidence: confidence.map(|sure| (sure * 100.0) as u8),
            at: Whereabouts::Time([time(said.from_ms), time(said.to_ms.max(said.from_ms))]),
        });
    }
    if text.is_empty() {
        return None;
    }
    let probability = if heard.probability.is_finite() { heard.probability.clamp(0.0, 1.0) } else { 0.0 };
    let script = vedette_text::language::identify(&text).script.to_string();
    let mean = quality.iter().sum::<f32>() / quality.len().max(1) as f32;
    Some(Reading {
        language: Language { code: code(&heard.language), script, confidence: probability },
        // Words of a language that was guessed are guessed too.
        quality: if quality.is_empty() { probability } else { mean.min(probability.max(mean / 2.0)) },
        places,
        ..Reading::new(ReadingKind::Transcript, method, text)
    })
}

/// A language code, or `und`: an engine's word is not trusted to be one.
fn code(said: &str) -> String {
    let is_code = (2..=3).contains(&said.len()) && said.bytes().all(|byte| byte.is_ascii_lowercase());
    if is_code { said.to_owned() } else { "und".to_owned() }
}

/// Windows as one reading a language, in order of time.
fn by_language(windows: Vec<Reading>) -> Vec<Reading> {
    let mut all: Vec<(Reading, f32)> = Vec::new();
    for window in windows {
        let weight = window.text.len() as f32;
        let known = all.iter_mut().find(|(reading, _)| {
            reading.language.code == window.language.code && reading.text.len() + window.text.len() < TEXT_BYTES_MAX
        });
        let Some((reading, before)) = known else {
            all.push((window, weight));
            continue;
        };
        let mean = |a: f32, b: f32| (a * *before + b * weight) / (*before + weight).max(1.0);
        reading.quality = mean(reading.quality, window.quality);
        reading.language.confidence = mean(reading.language.confidence, window.language.confidence);
        *before += weight;
        reading.text.push('\n');
        let shift = u32::try_from(reading.text.len()).unwrap_or(u32::MAX);
        reading.text.push_str(&window.text);
        reading.places.extend(window.places.into_iter().map(|place| Place {
            start: place.start.saturating_add(shift),
            end: place.end.saturating_add(shift),
            ..place
        }));
    }
    let named = all.into_iter().map(|(mut reading, _)| {
        reading.method =
            format!("{}, language {} {:.2}", reading.method, reading.language.code, reading.language.confidence);
        reading
    });
    named.collect()
}

/// Where the language is a guess, a person must listen.
fn doubts(windows: &[Reading]) -> Option<String> {
    let unsure: Vec<String> = windows
        .iter()
        .filter(|reading| reading.language.confidence < LANGUAGE_SURE)
        .filter_map(|reading| match reading.places.first().map(|place| place.at) {
            Some(Whereabouts::Time([from, _])) => {
                Some(format!("{} ({} {:.2})", clock(from), reading.language.code, reading.language.confidence))
            }
            _ => None,
        })
        .collect();
    let named = unsure.get(..NAMED_MAX).unwrap_or(&unsure).join(", ");
    let more = if unsure.len() > NAMED_MAX { " and later" } else { "" };
    (!unsure.is_empty()).then(|| {
        format!("the language of what is said is a guess at {named}{more}: the transcript needs a person's ears")
    })
}

#[cfg(test)]
mod tests {
    use vedette_speech::Said;

    use super::*;

    fn heard(language: &str, probability: f32, said: &[(u32, u32, &str)]) -> Heard {
        let said = said.iter().map(|&(from_ms, to_ms, text)| Said {
            from_ms,
            to_ms,
            text: text.to_owned(),
            confidence: Some(0.8),
        });
        Heard { language: language.to_owned(), probability, said: said.collect() }
    }

    #[test]
    fn windows_of_one_language_become_one_transcript_with_times() {
        let windows: Vec<Reading> = [
            (heard("en", 0.9, &[(0, 2_000, "The library opens."), (2_000, 4_000, "At\u{1b} noon.")]), 0),
            (heard("de", 0.4, &[(0, 1_000, "Guten Tag.")]), 30_000),
            (heard("en", 0.7, &[(500, 900, "Rain later.")]), 60_000),
            (heard("en", 0.7, &[(0, 1, " ")]), 90_000),
        ]
        .iter()
        .filter_map(|(heard, at_ms)| reading_of(heard, "test 1", *at_ms))
        .collect();
        assert!(doubts(&windows).unwrap().contains("0:30 (de 0.40)"));
        assert_eq!(doubts(&windows[..1]), None);
        let readings = by_language(windows);
        assert_eq!(readings.len(), 2);
        assert_eq!(readings[0].text, "The library opens.\nAt  noon.\nRain later.");
        assert!(readings[0].method.starts_with("test 1, language en 0.8"), "{}", readings[0].method);
        let last = readings[0].places.last().unwrap();
        assert_eq!(&readings[0].text[last.start as usize..last.end as usize], "Rain later.");
        assert_eq!(last.at, Whereabouts::Time([60_500, 60_900]));
        assert!(readings[1].quality <= 0.4, "{}", readings[1].quality);
    }

    #[test]
    fn what_an_engine_says_is_held_in() {
        let odd = heard("<script>", f32::NAN, &[(9, 3, "x"), (u32::MAX, u32::MAX, "y")]);
        let reading = reading_of(&odd, "test", 40_000).unwrap();
        assert_eq!((reading.language.code.as_str(), reading.language.confidence), ("und", 0.0));
        for place in &reading.places {
            let Whereabouts::Time([from, to]) = place.at else { panic!() };
            assert!(from <= to);
        }
        assert_eq!(reading_of(&Heard::default(), "test", 0), None);
    }
}
