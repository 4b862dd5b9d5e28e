//! Character error rate of text recognition on the test kit's posters, by language.
//!
//! `cargo run --release -p vedette-read --example ocr_quality -- dev|test [--models FOLDER] [--only PART_OF_NAME]
//! [--every N] [--from N] [--folder CACHE] [--ways psm3,psm11,page,final] [--say]`
//!
//! `psm3` and `psm11` are the plain recogniser on the file, told the language; `page` is this program without a detector and
//! `final` with it, both told nothing.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::{Command, ExitCode};

use vedette_models::Models;
use vedette_read::{FileToRead, NoMemo, Opener, Reader, Tools, launcher};
use vedette_testkit::ocr_posters::{OcrPoster, Order, Part, Workshop, character_errors};

type Failure = Box<dyn std::error::Error>;

struct Wanted {
    part: Part,
    models: Option<PathBuf>,
    only: String,
    every: usize,
    from: usize,
    folder: PathBuf,
    ways: Vec<String>,
    say: bool,
}

fn main() -> ExitCode {
    let arguments: Vec<std::ffi::OsString> = std::env::args_os().skip(1).collect();
    match arguments.first().and_then(|first| first.to_str()) {
        Some("run-tool") => launcher::run_tool(&arguments[1..]),
        Some("read-one") => {
            let rest: Vec<String> = arguments[1..].iter().map(|rest| rest.to_string_lossy().into_owned()).collect();
            vedette_openers::read_one(&rest)
        }
        _ => match measure() {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => {
                eprintln!("error: {error}");
                ExitCode::from(2)
            }
        },
    }
}

fn wanted() -> Result<Wanted, Failure> {
    let mut given = std::env::args().skip(1);
    let part = match given.next().as_deref() {
        Some("dev") => Part::Dev,
        Some("test") => Part::Test,
        _ => return Err("say `dev` or `test`".into()),
    };
    let folder = std::env::temp_dir().join("vedette-ocr-posters");
    let ways = ["psm3", "psm11", "page", "final"].map(str::to_owned).to_vec();
    let mut wanted = Wanted { part, models: None, only: String::new(), every: 1, from: 0, folder, ways, say: false };
    while let Some(option) = given.next() {
        let mut value = || given.next().ok_or("a value is missing");
        match option.as_str() {
            "--models" => wanted.models = Some(value()?.into()),
            "--only" => wanted.only = value()?,
            "--every" => wanted.every = value()?.parse()?,
            "--from" => wanted.from = value()?.parse()?,
            "--folder" => wanted.folder = value()?.into(),
            "--ways" => wanted.ways = value()?.split(',').map(str::to_owned).collect(),
            "--say" => wanted.say = true,
            other => return Err(format!("unknown option {other}").into()),
        }
    }
    Ok(wanted)
}

/// Errors, characters, posters and CPU-seconds.
#[derive(Debug, Default, Clone, Copy)]
struct Sum(usize, usize, usize, f64);

fn measure() -> Result<(), Failure> {
    let wanted = wanted()?;
    let workshop = Workshop::open()?;
    let program = std::env::current_exe()?;
    let page = Reader::with(Opener::new(&program), Tools::discover(&program));
    let whole = match &wanted.models {
        Some(folder) => page.clone().with_models(&Models::open(std::slice::from_ref(folder))),
        None => page.clone(),
    };
    std::fs::create_dir_all(&wanted.folder)?;
    let mut sums: BTreeMap<(String, String), Sum> = BTreeMap::new();
    for (number, order) in Order::all(wanted.part).into_iter().enumerate() {
        if number % wanted.every != wanted.from || !order.name().contains(&wanted.only) {
            continue;
        }
        let poster = workshop.draw(order)?;
        let file = wanted.folder.join(format!("{}.jpg", poster.name));
        std::fs::write(&file, &poster.picture.bytes)?;
        for way in &wanted.ways {
            let started = cpu_seconds();
            let (text, problems) = match way.as_str() {
                "psm3" | "psm11" => (plain(&poster, &file, way.trim_start_matches("psm"))?, Vec::new()),
                "page" => read(&page, &poster),
                _ => read(&whole, &poster),
            };
            let seconds = cpu_seconds() - started;
            let (errors, characters) = character_errors(&poster.lines, &text);
            println!("{way:6} {} {:.3} {seconds:.2}s", poster.name, errors as f64 / characters as f64);
            if wanted.say {
                println!("--- says\n{}\n--- read\n{text}\n{problems:?}", poster.lines.join("\n"));
            }
            let class = format!("{}{}", poster.language, if poster.nastaliq { " Nastaliq" } else { "" });
            let script = match poster.language {
                _ if poster.nastaliq => "~ Nastaliq",
                "ar" | "fa" | "ur" | "ps" => "~ Arabic script",
                _ => "~ Latin and Cyrillic",
            };
            for class in [class, script.to_owned()] {
                let sum = sums.entry((class, way.clone())).or_default();
                *sum = Sum(sum.0 + errors, sum.1 + characters, sum.2 + 1, sum.3 + seconds);
            }
        }
    }
    print_table(&wanted.ways, &sums);
    Ok(())
}

/// Processor seconds of this process and of the children that it has waited for (proc(5): fields 14 to 17 of `stat`).
fn cpu_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let behind_name = stat.rsplit(')').next().unwrap_or_default();
    let ticks: f64 =
        behind_name.split_whitespace().skip(11).take(4).filter_map(|field| field.parse::<f64>().ok()).sum();
    ticks / 100.0
}

fn print_table(ways: &[String], sums: &BTreeMap<(String, String), Sum>) {
    println!("\n| | posters | {} |\n|---|---|{}", ways.join(" | "), "---|".repeat(ways.len()));
    let mut classes: Vec<&String> = sums.keys().map(|(class, _)| class).collect();
    classes.dedup();
    for class in classes {
        let of = |way: &String| sums.get(&(class.clone(), way.clone())).copied().unwrap_or_default();
        let cells: Vec<String> = ways
            .iter()
            .map(|way| {
                let Sum(errors, characters, posters, seconds) = of(way);
                let rate = errors as f64 / characters.max(1) as f64;
                format!("{rate:.3} ({:.1} s)", seconds / posters.max(1) as f64)
            })
            .collect();
        println!("| {class} | {} | {} |", ways.first().map_or(0, |way| of(way).2), cells.join(" | "));
    }
}

fn read(reader: &Reader, poster: &OcrPoster) -> (String, Vec<String>) {
    let found = reader.read_file(&FileToRead::new(&poster.picture.bytes).named("poster.jpg"), &NoMemo);
    let texts: Vec<String> = found.readings.into_iter().map(|reading| reading.text).collect();
    (texts.join("\n"), found.problems)
}

/// The recogniser on the file as it is, told the poster's languages.
fn plain(poster: &OcrPoster, file: &std::path::Path, mode: &str) -> Result<String, Failure> {
    let model = |language: &str| match language {
        "ar" => "ara",
        "fa" => "fas",
        "ur" => "urd",
        "ps" => "pus",
        "ru" => "rus",
        "de" => "deu",
        "fr" => "fra",
        _ => "eng",
    };
    let mut models = model(poster.language).to_owned();
    if let Some(second) = poster.second {
        models = format!("{models}+{}", model(second));
    }
    let mut command = Command::new("tesseract");
    command.arg(file).args(["stdout", "-l", &models, "--psm", mode]).env("OMP_THREAD_LIMIT", "1");
    Ok(String::from_utf8_lossy(&command.output()?.stdout).into_owned())
}
