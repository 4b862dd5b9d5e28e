//! How often the language is right, by language and length of text, and how many texts a second.
//!
//! `langid_accuracy DATA_DIR` where `DATA_DIR/CODE/word-pairs.txt` and `DATA_DIR/CODE/sentences.txt` hold one text a line. The data
//! are not part of this project; without them the program says so and stops.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Instant;
use vedette_text::language::identify;

fn main() -> std::process::ExitCode {
    let Some(folder) = std::env::args().nth(1) else {
        eprintln!("error: name the folder with the language data: langid_accuracy DATA_DIR");
        return std::process::ExitCode::from(2);
    };
    let Ok(entries) = std::fs::read_dir(&folder) else {
        eprintln!(
            "error: there is no folder `{folder}`; the language data are not part of this project, so nothing was measured"
        );
        return std::process::ExitCode::from(2);
    };
    let mut codes: Vec<String> = entries.flatten().filter_map(|entry| entry.file_name().into_string().ok()).collect();
    codes.sort();
    println!("lang  words  pairs  sentences  confused with (pairs)");
    let (mut texts, mut seconds) = (0usize, 0f64);
    for code in &codes {
        let mut row = format!("{code:<5}");
        let mut confused: BTreeMap<String, usize> = BTreeMap::new();
        for file in ["single-words.txt", "word-pairs.txt", "sentences.txt"] {
            let Ok(text) = std::fs::read_to_string(Path::new(&folder).join(code).join(file)) else { continue };
            let lines: Vec<&str> = text.lines().filter(|line| !line.trim().is_empty()).collect();
            let started = Instant::now();
            let answers: Vec<String> = lines.iter().map(|line| identify(line).code).collect();
            seconds += started.elapsed().as_secs_f64();
            texts += lines.len();
            let right = answers.iter().filter(|answer| *answer == code).count();
            if file == "word-pairs.txt" {
                for wrong in answers.iter().filter(|answer| *answer != code) {
                    *confused.entry(wrong.clone()).or_default() += 1;
                }
            }
            row += &format!("  {:5.1}", 100.0 * right as f64 / lines.len().max(1) as f64);
        }
        let mut confused: Vec<_> = confused.into_iter().collect();
        confused.sort_by_key(|(_, count)| usize::MAX - count);
        let confused: Vec<String> = confused.iter().take(4).map(|(code, count)| format!("{code} {count}")).collect();
        println!("{row}      {}", confused.join(", "));
    }
    println!("{texts} texts, {:.0} a second", texts as f64 / seconds.max(1e-9));
    std::process::ExitCode::SUCCESS
}
