//! How fast names are found in news, beside the libraries that others use for it, in the same run and on one core.
//!
//! `cargo run --release -p vedette-recognise --example match_speed -- DATA [PEER…]`
//!
//! `DATA` holds `news/` and `names/`. Text: English and Arabic news in turn, folded, cut into documents of 1 KB. Names: those of
//! `names/`, folded, 10,000 and 100,000 of them. Each `PEER` is a program of `evals/peers/*_speed.*`; one
//! that is not given has no row. The peers look for the names as literals anywhere in the text; ours at words only, through clitics and endings. "in disguise"
//! adds misspelled names and those in another alphabet, "from the original" the folding.

use aho_corasick::AhoCorasick;
use daachorse::DoubleArrayAhoCorasick;
use std::collections::BTreeSet;
use std::hint::black_box;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, ExitCode, Stdio};
use std::time::{Duration, Instant};
use vedette_recognise::{NameMatcher, Register, Search, Watchlist};
use vedette_text::fold::{fold, fold_plain};

const DOCUMENT_BYTES: usize = 1_000;
const TEXT_BYTES: usize = 4_000_000;
/// Each way is run again and again for this long; the fastest pass counts.
const TIME: Duration = Duration::from_millis(1_500);

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let Some(data) = arguments.first() else {
        eprintln!("usage: match_speed DATA [PEER…]");
        return ExitCode::from(2);
    };
    match measure(Path::new(data), arguments.get(1..).unwrap_or_default()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("error: {message}");
            ExitCode::from(2)
        }
    }
}

/// Lines of a gzip file, read by the system's `gzip`.
fn gunzip(path: &Path) -> Result<String, String> {
    let fail = |error: std::io::Error| format!("cannot read `{}`: {error}", path.display());
    std::fs::metadata(path).map_err(fail)?;
    let out = Command::new("gzip").arg("-dc").arg(path).stderr(Stdio::null()).output().map_err(fail)?;
    String::from_utf8(out.stdout).map_err(|error| error.to_string())
}

/// Documents of about 1 KB, from one text in each language in turn.
fn documents(data: &Path) -> Result<Vec<String>, String> {
    let mut texts = Vec::new();
    for file in ["reuters21578_en.jsonl.gz", "saudinewsnet_ar.jsonl.gz"] {
        let mut pieces: Vec<String> = Vec::new();
        let mut size = 0;
        for line in gunzip(&data.join("news").join(file))?.lines() {
            let row: serde_json::Value = serde_json::from_str(line).map_err(|error| error.to_string())?;
            let text = row.get("text").and_then(serde_json::Value::as_str).unwrap_or_default();
            let mut rest = text;
            while rest.len() >= DOCUMENT_BYTES && size < TEXT_BYTES / 2 {
                let (piece, after) = rest.split_at(rest.floor_char_boundary(DOCUMENT_BYTES));
                pieces.push(piece.to_owned());
                size += piece.len();
                rest = after;
            }
        }
        texts.push(pieces);
    }
    let mut texts = texts.into_iter();
    let (english, arabic) = (texts.next().unwrap_or_default(), texts.next().unwrap_or_default());
    Ok(english.into_iter().zip(arabic).flat_map(|(english, arabic)| [english, arabic]).collect())
}

/// Names of the data sets, folded, in an order that does not depend on them.
fn names(data: &Path) -> Result<Vec<String>, String> {
    let read = |file: &str| {
        std::fs::read_to_string(data.join("names").join(file))
            .map_err(|error| format!("cannot read `names/{file}`: {error}"))
    };
    let mut all = BTreeSet::new();
    let mut add = |name: &str| {
        let name = fold_plain(name.trim());
        if name.chars().count() >= 4 && !name.contains(['\n', '"', '\0']) {
            all.insert(name);
        }
    };
    for line in
        ["anetac_train.tsv", "anetac_dev.tsv"].iter().map(|file| read(file)).collect::<Result<String, _>>()?.lines()
    {
        line.split('\t').for_each(&mut add);
    }
    for file in ["wd_arabic_16.tsv", "wd_russian_16.tsv"] {
        for line in read(file)?.lines() {
            let mut fields = line.split('\t');
            fields.next().into_iter().for_each(&mut add);
            fields.next().into_iter().for_each(|spelled| add(&spelled.replace(' ', "")));
        }
    }
    for line in read("cases.csv")?.lines() {
        line.split(',').skip(2).take(2).for_each(&mut add);
    }
    for line in read("group_aliases.jsonl")?.lines() {
        let row: serde_json::Value = serde_json::from_str(line).map_err(|error| error.to_string())?;
        row.get("name").and_then(serde_json::Value::as_str).into_iter().for_each(&mut add);
        for alias in row.get("aliases").and_then(serde_json::Value::as_array).into_iter().flatten() {
            alias.as_str().into_iter().for_each(&mut add);
        }
    }
    let mut all: Vec<String> = all.into_iter().collect();
    let mut state = 0x2545_f491_4f6c_dd1du64;
    for at in (1..all.len()).rev() {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        all.swap(at, (state % (at as u64 + 1)) as usize);
    }
    Ok(all)
}

/// Seconds that this thread has run on a core, so that a busy machine does not blur the figures. (The kernel's `schedstat` would tell
/// them four milliseconds at a time.)
#[cfg(unix)]
fn seconds() -> f64 {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    time.tv_sec as f64 + time.tv_nsec as f64 / 1e9
}

#[cfg(not(unix))]
fn seconds() -> f64 {
    static START: std::sync::LazyLock<Instant> = std::sync::LazyLock::new(Instant::now);
    START.elapsed().as_secs_f64()
}

/// MB/s of the fastest pass, and what a pass counted. A pass of less than 20 ms is repeated within one measurement.
fn speed(bytes: usize, mut pass: impl FnMut() -> usize) -> (f64, usize) {
    let start = seconds();
    let mut count = black_box(pass());
    let rounds = (0.02 / (seconds() - start).max(1e-4)).ceil().max(1.0) as usize;
    let begun = Instant::now();
    let mut best = f64::MAX;
    while begun.elapsed() < TIME {
        let start = seconds();
        for _ in 0..rounds {
            count = black_box(pass());
        }
        best = best.min((seconds() - start) / rounds as f64);
    }
    (bytes as f64 / 1e6 / best, count)
}

fn measure(data: &Path, peers: &[String]) -> Result<(), String> {
    let originals = documents(data)?;
    let folded: Vec<String> = originals.iter().map(|text| fold_plain(text)).collect();
    let [original_bytes, bytes] = [&originals, &folded].map(|texts| texts.iter().map(String::len).sum::<usize>());
    let all = names(data)?;
    println!("{} documents, {bytes} bytes folded ({original_bytes} before); {} names", folded.len(), all.len());
    let (alone, _) = speed(original_bytes, || originals.iter().map(|text| fold(text).text.len()).sum());
    println!("folding alone: {alone:.0} MB/s");
    for count in [10_000, 100_000] {
        if all.len() < count {
            println!("{count} names: only {} there", all.len());
        }
        let names: Vec<&str> = all.iter().take(count).map(String::as_str).collect();
        compare(&names, &originals, &folded, [original_bytes, bytes], peers)?;
    }
    Ok(())
}

fn compare(
    names: &[&str],
    originals: &[String],
    folded: &[String],
    [original_bytes, bytes]: [usize; 2],
    peers: &[String],
) -> Result<(), String> {
    let count = names.len();
    let mut list = String::from("term,lang\n");
    names.iter().for_each(|name| list.extend(["\"", name, "\",\n"]));
    let list = Watchlist::from_csv(&list).map_err(|error| error.to_string())?;
    let start = seconds();
    let matcher = NameMatcher::new(&Register::default(), &list);
    println!("{count} names: built in {:.3} s, {:.1} MB", seconds() - start, matcher.bytes() as f64 / 1e6);
    // Each pass begins with no memory of the words of these texts.
    let scan = |disguised: bool| {
        speed(bytes, || {
            let (mut found, mut search) = (0, Search::default());
            folded.iter().for_each(|text| matcher.scan_folded(text, disguised, &mut search, |_| found += 1));
            found
        })
    };
    let (ours, found) = scan(false);
    println!("  ours: {ours:.0} MB/s, {found} found");
    let (disguised, more) = scan(true);
    println!("  ours, also in disguise: {disguised:.0} MB/s, {more} found");
    let pass =
        |search: &mut Search| originals.iter().map(|text| matcher.find_with(text, &fold(text), search).len()).sum();
    let (whole, mentions) = speed(original_bytes, || pass(&mut Search::default()));
    println!("  ours, from the original to mentions, all folds and disguises: {whole:.0} MB/s, {mentions} found");
    let mut search = Search::default();
    let (known, _) = speed(original_bytes, || pass(&mut search));
    println!("  the same over texts whose words were seen before: {known:.0} MB/s");
    for program in peers {
        let name = Path::new(program).file_stem().and_then(|name| name.to_str()).unwrap_or(program);
        let name = name.trim_end_matches("_speed");
        let (speed, told) = run_peer(program, names, folded)?;
        let aim = match name {
            "hyperscan" if count > 50_000 => "3 times",
            "hyperscan" => "2 times",
            _ => "",
        };
        println!(
            "| matching, {count} names, {name} in the same run | {ours:.0} against {speed:.1} MB/s: {:.1} times ({told}) | {aim} | speed |",
            ours / speed
        );
    }
    let automaton = AhoCorasick::new(names).map_err(|error| error.to_string())?;
    let (speed_of, found) = speed(bytes, || folded.iter().map(|text| automaton.find_iter(text).count()).sum());
    println!(
        "| matching, {count} names, aho-corasick in the same run | {ours:.0} against {speed_of:.0} MB/s: {:.1} times ({found} found) | | speed |",
        ours / speed_of
    );
    let automaton = DoubleArrayAhoCorasick::<u32>::new(names).map_err(|error| error.to_string())?;
    let (speed_of, found) = speed(bytes, || folded.iter().map(|text| automaton.find_iter(text).count()).sum());
    println!(
        "| matching, {count} names, daachorse in the same run | {ours:.0} against {speed_of:.0} MB/s: {:.1} times ({found} found) | | speed |",
        ours / speed_of
    );
    println!(
        "| folding and matching, {count} names, disguises too | {whole:.0} MB/s ({known:.0} over words seen before) | 60 MB/s | speed |"
    );
    Ok(())
}

/// MB/s that a peer says, and what else.
fn run_peer(program: &str, names: &[&str], folded: &[String]) -> Result<(f64, String), String> {
    let folder = std::env::temp_dir().join(format!("match_speed-{}", std::process::id()));
    let fail = |error: std::io::Error| format!("cannot run `{program}`: {error}");
    std::fs::create_dir_all(&folder).map_err(fail)?;
    let (list, text) = (folder.join("names"), folder.join("documents"));
    let mut file = std::fs::File::create(&list).map_err(fail)?;
    file.write_all((names.join("\n") + "\n").as_bytes()).map_err(fail)?;
    let mut file = std::fs::File::create(&text).map_err(fail)?;
    folded
        .iter()
        .try_for_each(|text| file.write_all(text.replace('\0', " ").as_bytes()).and_then(|()| file.write_all(b"\0")))
        .map_err(fail)?;
    let out = Command::new(program).arg(&list).arg(&text).arg(TIME.as_secs_f64().to_string()).output().map_err(fail)?;
    std::fs::remove_dir_all(&folder).map_err(fail)?;
    let out = String::from_utf8_lossy(&out.stdout).into_owned();
    let fields: Vec<&str> = out.split_whitespace().collect();
    let [speed, found, built, bytes, version] = fields.as_slice() else {
        return Err(format!("`{program}` said `{out}`"));
    };
    let speed = speed.parse().map_err(|_| format!("`{program}` said `{out}`"))?;
    Ok((speed, format!("{found} found; {version}, built in {built} s, {bytes} bytes")))
}
