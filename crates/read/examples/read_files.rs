//! Reads files and prints what was found, with the time it took: `read_files FILE...`. Needs the example `read_one` beside it.

use std::time::Instant;

use vedette_read::Reader;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let program = std::env::current_exe()?.with_file_name("read_one");
    if !program.is_file() {
        return Err(format!(
            "{} is missing: build it with `cargo build -p vedette-read --examples`",
            program.display()
        )
        .into());
    }
    let reader = Reader::new(program);
    for path in std::env::args_os().skip(1) {
        let bytes = std::fs::read(&path)?;
        let begun = Instant::now();
        let found = reader.read_file(&vedette_read::FileToRead::new(&bytes), &vedette_read::NoMemo);
        println!("== {} {} ms", path.to_string_lossy(), begun.elapsed().as_millis());
        if let Some(image) = &found.image {
            println!("{} x {}, PDQ {} quality {}", image.width, image.height, image.pdq, image.quality);
        }
        for reading in &found.readings {
            let page = reading.page.map(|page| format!("page {page} ")).unwrap_or_default();
            let place = reading.member.as_deref().unwrap_or_default();
            let heading = reading.heading.as_deref().map(|heading| format!("[{heading}] ")).unwrap_or_default();
            println!(
                "-- {place} {page}{heading}{} {} {:.2}\n{}",
                reading.method, reading.language.code, reading.quality, reading.text
            );
        }
        for image in &found.member_images {
            println!("-- {} {} x {}, PDQ {}", image.member, image.facts.width, image.facts.height, image.facts.pdq);
        }
        found.problems.iter().for_each(|problem| println!("!! {problem}"));
    }
    Ok(())
}
