//! How fast and how well PDF files are read, beside the plain tools: `measure_pdf [speed|quality|all] [MODELS]`, with the text
//! detector in the folder MODELS. Needs the example
//! `read_one` beside it, poppler-utils and tesseract; the files are those of `tests/pdf`.
//!
//! Speed: a file of 50 dense pages made here, and the longest magazine, each five times; wall and processor time (children
//! too) of the best. `pdftotext` and `pdftoppm` run outside the sandbox in the same minute. Quality: character error rate of every broken file after repair.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use pdf_writer::{Content, Finish, Name, Pdf, Rect, Ref, Str};
use unicode_normalization::UnicodeNormalization;
use vedette_models::Models;
use vedette_read::{FileReadings, FileToRead, NoMemo, Reader};

type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

/// Runs of each; the best counts, because other work slows some.
const ROUNDS: usize = 5;

fn main() -> Outcome<()> {
    let program = std::env::current_exe()?.with_file_name("read_one");
    let mut reader = Reader::new(program);
    if let Some(folder) = std::env::args_os().nth(2) {
        reader = reader.with_models(&Models::open(&[PathBuf::from(folder)]));
    }
    let what = std::env::args().nth(1).unwrap_or_else(|| "all".to_owned());
    if what != "quality" {
        speed(&reader)?;
    }
    if what != "speed" {
        quality(&reader)?;
    }
    Ok(())
}

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/pdf").join(name)
}

/// Wall and processor seconds.
#[derive(Clone, Copy)]
struct Took(f64, f64);

impl std::fmt::Display for Took {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:.2} s (processor {:.2} s)", self.0, self.1)
    }
}

fn best(mut act: impl FnMut() -> Outcome<()>) -> Outcome<Took> {
    let mut best = Took(f64::MAX, f64::MAX);
    for _ in 0..ROUNDS {
        let (begun, used) = (Instant::now(), processor_seconds()?);
        act()?;
        best = Took(best.0.min(begun.elapsed().as_secs_f64()), best.1.min(processor_seconds()? - used));
    }
    Ok(best)
}

/// Processor time of this process and of its ended children (proc(5), fields 14 to 17, in hundredths).
fn processor_seconds() -> Outcome<f64> {
    let line = std::fs::read_to_string("/proc/self/stat")?;
    let (_, fields) = line.rsplit_once(')').ok_or("the line of /proc/self/stat has no name")?;
    let ticks = fields.split_whitespace().skip(11).take(4).map(str::parse::<f64>).sum::<Result<f64, _>>()?;
    Ok(ticks / 100.0)
}

fn speed(reader: &Reader) -> Outcome<()> {
    let folder = tempfile::tempdir()?;
    let dense = folder.path().join("dense.pdf");
    std::fs::write(&dense, fifty_dense_pages())?;
    for (name, path) in [("50 dense pages", dense), ("magazine-en, 10 pages", fixture("magazine-en.pdf"))] {
        let bytes = std::fs::read(&path)?;
        let file = FileToRead::new(&bytes);
        let read = best(|| {
            let found = reader.read_file(&file, &NoMemo);
            if found.readings.is_empty() { Err(found.problems.join("; ").into()) } else { Ok(()) }
        })?;
        let tool = |program: &str, arguments: &[&str]| {
            best(|| {
                let mut command = Command::new(program);
                command.args(arguments).current_dir(folder.path()).stdout(Stdio::null()).stderr(Stdio::null());
                if command.status()?.success() { Ok(()) } else { Err(format!("{program} failed").into()) }
            })
        };
        let path = path.to_string_lossy();
        let plain = tool("pdftotext", &[&path, "-"])?;
        let boxes = tool("pdftotext", &["-bbox-layout", &path, "-"])?;
        let images = tool("pdftoppm", &["-r", "170", "-gray", &path, "x"])?;
        let total = reader.opener().draw_pages(&bytes, 1, 1, 170)?.total;
        let drawn = best(|| {
            for first in (1..=total).step_by(4) {
                reader.opener().draw_pages(&bytes, first, 4, 170)?;
            }
            Ok(())
        })?;
        println!("{name}: read {read}; pdftotext {plain}, with boxes {boxes}");
        println!("{name}: drawn at 170 dpi {drawn}; pdftoppm {images}");
    }
    Ok(())
}

/// Fifty pages of two columns with 60 lines each.
fn fifty_dense_pages() -> Vec<u8> {
    let mut pdf = Pdf::new();
    let (catalog, tree, font) = (Ref::new(1), Ref::new(2), Ref::new(3));
    let ids: Vec<(Ref, Ref)> = (0..50).map(|page| (Ref::new(10 + 2 * page), Ref::new(11 + 2 * page))).collect();
    pdf.catalog(catalog).pages(tree);
    pdf.pages(tree).kids(ids.iter().map(|(page, _)| *page)).count(50);
    pdf.type1_font(font).base_font(Name(b"Helvetica"));
    for (number, (page_id, content_id)) in ids.iter().enumerate() {
        let mut page = pdf.page(*page_id);
        page.media_box(Rect::new(0.0, 0.0, 595.0, 842.0)).parent(tree).contents(*content_id);
        page.resources().fonts().pair(Name(b"F1"), font);
        page.finish();
        let mut content = Content::new();
        content.begin_text().set_font(Name(b"F1"), 9.0);
        for line in 0..120 {
            let (column, row) = (line / 60, line % 60);
            let text = format!("The library in the harbour keeps map {number} of bay {line} in a box.");
            content.set_text_matrix([1.0, 0.0, 0.0, 1.0, 40.0 + 265.0 * column as f32, 800.0 - 12.5 * row as f32]);
            content.show(Str(text.as_bytes()));
        }
        content.end_text();
        pdf.stream(*content_id, &content.finish());
    }
    pdf.finish()
}

fn quality(reader: &Reader) -> Outcome<()> {
    println!("file, pages: character error rate of each page, how it was read");
    for kind in ["clean", "forms", "reversed", "pua", "nomap", "shifted", "mojibake", "outlines", "scan"] {
        for language in ["en", "de", "fr", "ru", "ar", "fa", "ur"] {
            let path = fixture(&format!("{kind}-{language}.pdf"));
            if !path.is_file() {
                continue;
            }
            let truth = std::fs::read_to_string(fixture(&format!("{language}.txt")))?;
            let begun = Instant::now();
            let found = reader.read_file(&FileToRead::new(&std::fs::read(path)?), &NoMemo);
            let seconds = begun.elapsed().as_secs_f32();
            let pages = (1..).zip(truth.split('\u{c}')).filter(|(page, _)| *page == 1 || kind != "outlines");
            let rates: Vec<String> =
                pages.map(|(page, truth)| format!("{:.3}", error_rate(truth, &page_text(&found, page)))).collect();
            let method = found.readings.last().map_or("nothing", |reading| reading.method.as_str());
            println!("{kind}-{language}: {} ({seconds:.1} s) {method} {}", rates.join(" "), found.problems.join("; "));
        }
    }
    Ok(())
}

fn page_text(found: &FileReadings, page: u32) -> String {
    let on_page = found.readings.iter().filter(|reading| reading.page == Some(page));
    on_page.map(|reading| reading.text.as_str()).collect::<Vec<_>>().join("\n")
}

/// Letters without marks, joiners and the shape of white space; the two ways to write Arabic yeh and kaf are one.
fn plain(text: &str) -> Vec<char> {
    let is_mark = |c: &char| matches!(c, '\u{200c}' | '\u{640}' | '\u{64b}'..='\u{655}');
    let one = |c: char| {
        if matches!(c, 'ي' | 'ى') {
            'ی'
        } else if c == 'ك' {
            'ک'
        } else {
            c
        }
    };
    let text: String = text.nfkc().filter(|c| !is_mark(c)).map(one).collect();
    text.split_whitespace().collect::<Vec<_>>().join(" ").chars().collect()
}

/// Edit distance by the length of the truth.
fn error_rate(truth: &str, read: &str) -> f32 {
    let (truth, read) = (plain(truth), plain(read));
    let mut row: Vec<usize> = (0..=read.len()).collect();
    for (at, wanted) in truth.iter().enumerate() {
        let mut before = at + 1;
        let mut diagonal = std::mem::replace(&mut row[0], before);
        for (column, found) in read.iter().enumerate() {
            let here = (diagonal + usize::from(wanted != found)).min(before + 1).min(row[column + 1] + 1);
            diagonal = std::mem::replace(&mut row[column + 1], here);
            before = here;
        }
    }
    row[read.len()] as f32 / truth.len().max(1) as f32
}
