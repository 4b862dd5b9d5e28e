//! Measures a model of speech on prompts whose words are known: word error rate, seconds and memory. For each language:
//!
//! `speech_quality PACK LANGUAGE SOUNDS TEXTS [MOST]`, where `SOUNDS` is a folder of recordings that ffmpeg reads and `TEXTS` has
//! lines `NAME: WORDS`, as Debian's packages `asterisk-core-sounds-*` have them.

use std::path::Path;
use std::process::Command;
use std::time::Instant;

use vedette_speech::whisper::Whisper;
use vedette_speech::{Listener, Wanted};

/// Words of a prompt that are worth a measurement.
const WORDS_MIN: usize = 8;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [pack, language, sounds, texts, rest @ ..] = arguments.as_slice() else {
        return Err("speech_quality PACK LANGUAGE SOUNDS TEXTS [MOST]".into());
    };
    let most: usize = rest.first().map_or(Ok(20), |most| most.parse())?;
    let packs = vedette_models::Models::open(&[Path::new(pack).parent().unwrap_or(Path::new(".")).to_owned()]);
    let pack = packs.packs().iter().find(|known| known.dir == Path::new(pack)).ok_or("no such pack")?;
    let whisper = Whisper::new(pack, 1)?;
    let (mut wrong, mut words, mut sure, mut count, mut sound_seconds) = (0, 0, 0.0, 0, 0.0);
    let (mut right_language, mut clock) = (0, None);
    for (name, text) in std::fs::read_to_string(texts)?.lines().filter_map(|line| line.split_once(": ")) {
        let text = folded(text);
        let path = Path::new(sounds).join(format!("{}.gsm", name.trim_start_matches(';').trim()));
        if text.len() < WORDS_MIN || !path.is_file() || count >= most {
            continue;
        }
        let samples = samples(&path)?;
        if clock.is_none() {
            // The first sound loads the model, which is measured by itself.
            let begun = Instant::now();
            whisper.listen(&samples, Wanted::Transcript)?;
            println!(
                "model loaded and first sound heard in {:.1} s, {:.1} CPU-s",
                begun.elapsed().as_secs_f32(),
                cpu()
            );
            clock = Some((Instant::now(), cpu()));
        }
        let heard = whisper.listen(&samples, Wanted::Transcript)?;
        let said: Vec<&str> = heard.said.iter().map(|said| said.text.as_str()).collect();
        let distance = edits(&text, &folded(&said.join(" ")));
        println!("{:>3}/{:<3} {} {:.2} {}", distance, text.len(), heard.language, heard.probability, said.join(" "));
        (wrong, words, count) = (wrong + distance, words + text.len(), count + 1);
        sure += heard.probability;
        right_language += usize::from(heard.language == *language);
        sound_seconds += samples.len() as f32 / 16_000.0;
    }
    let (_, before) = clock.ok_or("no prompt fits")?;
    let spent = cpu() - before;
    println!(
        "{language}: {count} prompts, {words} words, WER {:.3}, language right {right_language}/{count}, mean probability \
         {:.2}, {sound_seconds:.0} s of sound, {:.2} CPU-s a prompt, {:.2} CPU-s for 30 s of sound, peak memory {}",
        wrong as f32 / words as f32,
        sure / count as f32,
        spent / count as f32,
        spent / sound_seconds * 30.0,
        peak_memory()
    );
    Ok(())
}

fn samples(path: &Path) -> Result<Vec<i16>, Box<dyn std::error::Error>> {
    let ran = Command::new("ffmpeg")
        .args(["-nostdin", "-v", "error", "-i"])
        .arg(path)
        .args(["-ac", "1", "-ar", "16000", "-f", "s16le", "-"])
        .output()?;
    Ok(ran.stdout.as_chunks::<2>().0.iter().map(|&bytes| i16::from_le_bytes(bytes)).collect())
}

/// Words in lower case without marks.
fn folded(text: &str) -> Vec<String> {
    let plain: String =
        text.to_lowercase().replace('ё', "е").chars().map(|c| if c.is_alphanumeric() { c } else { ' ' }).collect();
    plain.split_whitespace().map(str::to_owned).collect()
}

/// Words that must be changed, added or taken away (Levenshtein).
fn edits(a: &[String], b: &[String]) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, left) in a.iter().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, right) in b.iter().enumerate() {
            let best = (diagonal + usize::from(left != right)).min(row[j] + 1).min(row[j + 1] + 1);
            diagonal = row[j + 1];
            row[j + 1] = best;
        }
    }
    row[b.len()]
}

/// Processor seconds of this process (ticks of 10 ms on Linux).
fn cpu() -> f32 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields: Vec<&str> = stat.rsplit(") ").next().unwrap_or_default().split(' ').collect();
    let ticks = |at: usize| fields.get(at).and_then(|field| field.parse::<f32>().ok()).unwrap_or(0.0);
    (ticks(11) + ticks(12)) / 100.0
}

fn peak_memory() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))
        .map_or("unknown".to_owned(), |said| said.trim().to_owned())
}
