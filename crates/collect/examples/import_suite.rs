//! What an import takes from files and what it tells of them: posts, notes, time and memory, one line a file.
//! `cargo run -p vedette-collect --example import_suite -- PATH...`

use std::error::Error;
use std::path::PathBuf;
use std::time::Instant;

use vedette_collect::{Env, folder};

fn main() -> Result<(), Box<dyn Error>> {
    let paths: Vec<PathBuf> = std::env::args_os().skip(1).map(PathBuf::from).collect();
    if paths.is_empty() {
        return Err("give files or folders to import".into());
    }
    for path in paths {
        let (begun, mut posts, mut bytes, mut notes) = (Instant::now(), 0usize, 0usize, Vec::new());
        let outcome = folder::import(std::slice::from_ref(&path), &Env::real(), &mut |haul| {
            posts += haul.found.len();
            bytes += haul.found.iter().map(|found| found.exhibit.len()).sum::<usize>();
            notes.extend(haul.notes);
            Ok(())
        });
        println!("{}: {posts} posts, {bytes} bytes of exhibits, {} ms", path.display(), begun.elapsed().as_millis());
        for note in notes {
            println!("    {note}");
        }
        if let Err(error) = outcome {
            println!("    refused: {error}");
        }
    }
    let status = std::fs::read_to_string("/proc/self/status")?;
    println!("{}", status.lines().find(|line| line.starts_with("VmHWM")).unwrap_or("no peak of memory known"));
    Ok(())
}
