//! Documents a second on one core through everything that `vedette analyze` does with a text: language, names, places, dates, links,
//! statements, level. Peak memory is that of this process, texts included.

use std::hint::black_box;
use std::path::Path;
use std::time::Instant;

use vedette_recognise::Register;

use crate::{Failure, analyst, news, posted_at, row};

/// Documents of one collection: enough for a second or more.
const DOCUMENTS_MAX: usize = 8_000;
const ROUNDS: usize = 3;

/// Measures each collection, best of three rounds, after one document that loads the tables.
pub(crate) fn measure(data: &Path) -> Result<(), Failure> {
    let started = Instant::now();
    let analyst = analyst(Register::default());
    analyst.analyze(0.into(), "The ferry to Nairobi leaves on Saturday.".to_owned(), None, posted_at(), 30);
    println!("ready after {:.0} ms", 1e3 * started.elapsed().as_secs_f64());
    for collection in &news::COLLECTIONS {
        let documents: Vec<_> = news::read(data, collection)?.into_iter().take(DOCUMENTS_MAX).collect();
        let bytes: usize = documents.iter().map(|document| document.text.len()).sum();
        let mut best = f64::INFINITY;
        for _ in 0..ROUNDS {
            let started = Instant::now();
            for document in &documents {
                black_box(analyst.analyze(0.into(), document.text.clone(), None, posted_at(), 30));
            }
            best = best.min(started.elapsed().as_secs_f64());
        }
        row(
            &format!("analyze, one core: {}, {} bytes on average", collection.name, bytes / documents.len().max(1)),
            &format!("{:.0} documents/s, {:.1} MB/s", documents.len() as f64 / best, bytes as f64 / 1e6 / best),
            if collection.articles { "≥ 500/s" } else { "≥ 3,000/s" },
            "best of three",
        );
    }
    if let Some(peak) = peak_mb() {
        row("analyze: peak memory, texts of the set included", &format!("{peak:.0} MB"), "≤ 400 MB", "");
    }
    Ok(())
}

/// Peak of this process's memory in MB, where the system tells it.
fn peak_mb() -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    line.split_whitespace().nth(1)?.parse::<f64>().ok().map(|kib| kib * 1_024.0 / 1e6)
}
