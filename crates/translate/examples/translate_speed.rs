//! How fast the engine in this process is, and how much memory it takes: words a processor second, and the most memory held.
//!
//! `cargo run --release -p vedette-translate --example translate_speed -- MODELS pt en < text`, where MODELS is a folder of models.

use std::io::Read;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use vedette_core::translation::Translator;
use vedette_translate::{Firefox, TEXT_BYTES_MAX, pieces};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [models, from, to] = arguments.as_slice() else {
        return Err("usage: translate_speed MODELS FROM TO < text".into());
    };
    let mut text = String::new();
    std::io::stdin().take(TEXT_BYTES_MAX as u64).read_to_string(&mut text)?;
    let segments: Vec<&str> = pieces(&text, TEXT_BYTES_MAX).spans.iter().map(|span| span.of(&text)).collect();
    let words: usize = segments.iter().map(|segment| segment.split_whitespace().count()).sum();
    let engine = Firefox::open(&[PathBuf::from(models)])?;
    let first = segments.first().copied().unwrap_or_default();
    let load = Instant::now();
    engine.translate(&[first], from, to, Duration::from_secs(60))?;
    let load = load.elapsed();
    let (began, used) = (Instant::now(), processor_seconds());
    let said = engine.translate(&segments, from, to, Duration::from_secs(3_600))?;
    let (wall, used) = (began.elapsed().as_secs_f64(), processor_seconds() - used);
    for (segment, said) in segments.iter().zip(&said).take(3) {
        eprintln!("{segment}\n  {said}");
    }
    println!("{} segments, {words} words", segments.len());
    println!("load and first segment {:.2} s", load.as_secs_f64());
    println!("{used:.2} processor seconds, {wall:.2} s: {:.0} words a processor second", words as f64 / used);
    println!("most memory {:.1} MB", most_memory_bytes() as f64 / 1e6);
    Ok(())
}

/// Of all threads of this process (Linux: fields 14 and 15 of /proc/self/stat, in hundredths of a second).
fn processor_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields: Vec<u64> =
        stat.rsplit(')').next().unwrap_or_default().split_whitespace().skip(11).take(2).flat_map(str::parse).collect();
    fields.iter().sum::<u64>() as f64 / 100.0
}

fn most_memory_bytes() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or_default();
    line.split_whitespace().next().and_then(|kilobytes| kilobytes.parse::<u64>().ok()).unwrap_or(0) * 1024
}
