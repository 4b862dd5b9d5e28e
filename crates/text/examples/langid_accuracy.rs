//! How often the language is right, by language and length of text, beside the crate `whatlang`, and how many texts a second.
//!
//! `langid_accuracy DATA_DIR [MORE…]` where each folder holds `CODE/single-words.txt`, `word-pairs.txt` and `sentences.txt`, one text a line
//! (`CODE` may end in a script: `uz-Cyrl`). The data are not part of this project; without them the program says so and stops. Of the
//! first folder the even lines were looked at when choices were made (development), the odd ones were not (held out); of the others,
//! such as the `held-out` folder of `tools/language_corpus.py`, every line is held out. Other detectors: `evals/peers/langid.py`.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::ExitCode;
use vedette_text::language::identify;

const FILES: [(&str, &str); 3] = [("single-words", "words"), ("word-pairs", "pairs"), ("sentences", "sentences")];
/// Languages of the Arabic script.
const GROUP: [&str; 6] = ["ar", "fa", "ur", "ps", "ug", "ckb"];
/// What `whatlang` calls the languages of the data.
const WHATLANG: &[(&str, &str)] = &[
    ("ara", "ar"),
    ("aze", "az"),
    ("ben", "bn"),
    ("deu", "de"),
    ("eng", "en"),
    ("spa", "es"),
    ("pes", "fa"),
    ("fra", "fr"),
    ("heb", "he"),
    ("hin", "hi"),
    ("ind", "id"),
    ("ita", "it"),
    ("nld", "nl"),
    ("pan", "pa"),
    ("por", "pt"),
    ("rus", "ru"),
    ("tgl", "tl"),
    ("tur", "tr"),
    ("ukr", "uk"),
    ("urd", "ur"),
    ("uzb", "uz"),
    ("tuk", "tk"),
    ("mkd", "mk"),
    ("bul", "bg"),
    ("srp", "sr"),
    ("bel", "be"),
];

/// Right answers and texts, even and odd lines apart.
#[derive(Default, Clone, Copy)]
struct Count {
    right: [usize; 2],
    all: [usize; 2],
}

impl Count {
    fn add(&mut self, other: Self) {
        for half in 0..2 {
            self.right[half] += other.right[half];
            self.all[half] += other.all[half];
        }
    }

    fn percent(&self, half: Option<usize>) -> f64 {
        let sum = |counts: [usize; 2]| half.map_or(counts[0] + counts[1], |half| counts[half]) as f64;
        100.0 * sum(self.right) / sum(self.all).max(1.0)
    }
}

/// Answers by confidence: how many, and how many right, in ten steps.
#[derive(Default)]
struct Calibration([(f64, usize, usize); 10]);

impl Calibration {
    fn add(&mut self, confidence: f32, right: bool) {
        let step = ((confidence * 10.0) as usize).min(9);
        let (sum, all, hits) = &mut self.0[step];
        *sum += f64::from(confidence);
        *all += 1;
        *hits += usize::from(right);
    }

    /// The mean distance of confidence and share right.
    fn error(&self) -> f64 {
        let all: usize = self.0.iter().map(|step| step.1).sum();
        self.0.iter().map(|(sum, _, right)| (sum - *right as f64).abs()).sum::<f64>() / all.max(1) as f64
    }
}

#[derive(Default)]
struct Totals {
    /// Texts and seconds, by kind of text.
    speed: [(usize, f64); 3],
    calibration: Calibration,
}

/// Seconds this thread was at work, as Linux counts them: other programs on the machine do not count.
fn seconds_at_work() -> f64 {
    let spent = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    spent.split(' ').next().and_then(|number| number.parse::<f64>().ok()).unwrap_or(f64::NAN) / 1e9
}

fn whatlang_says(text: &str) -> Option<&'static str> {
    let code = whatlang::detect(text)?.lang().code();
    WHATLANG.iter().find(|(long, _)| *long == code).map(|(_, short)| *short)
}

/// One file: ours, the peer's, and what ours was confused with.
fn measure(
    path: &Path,
    code: &str,
    at: usize,
    totals: &mut Totals,
    confused: &mut BTreeMap<String, usize>,
) -> Option<(Count, Count)> {
    let text = std::fs::read_to_string(path).ok()?;
    let lines: Vec<&str> = text.lines().collect();
    let (mut ours, mut theirs) = (Count::default(), Count::default());
    let started = seconds_at_work();
    let answers: Vec<_> = lines.iter().map(|line| identify(line)).collect();
    totals.speed[at].0 += lines.len();
    totals.speed[at].1 += seconds_at_work() - started;
    for (number, (line, answer)) in
        lines.iter().zip(&answers).enumerate().filter(|(_, (line, _))| !line.trim().is_empty())
    {
        let half = number % 2;
        ours.all[half] += 1;
        theirs.all[half] += 1;
        let right = answer.code == code;
        ours.right[half] += usize::from(right);
        theirs.right[half] += usize::from(whatlang_says(line) == Some(code));
        if half == 0 && answer.code != "und" {
            totals.calibration.add(answer.confidence, right);
        }
        if !right && half == 1 {
            *confused.entry(answer.code.clone()).or_default() += 1;
        }
    }
    Some((ours, theirs))
}

/// Pairs of words of random letters, by a linear congruential generator: the share called `und`.
fn unknown_found() -> f64 {
    let mut state = 1u64;
    let mut below = |count: u64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % count
    };
    let texts = 1_000;
    let found = (0..texts).filter(|_| {
        let mut text = String::new();
        for _ in 0..2 {
            text.extend((0..4 + below(6)).map(|_| char::from(b'a' + below(26) as u8)));
            text.push(' ');
        }
        identify(&text).code == "und"
    });
    100.0 * found.count() as f64 / f64::from(texts)
}

fn folder(name: &str, first: bool, totals: &mut Totals, rows: &mut Vec<String>) -> std::io::Result<()> {
    let mut names: Vec<String> =
        std::fs::read_dir(name)?.flatten().filter_map(|entry| entry.file_name().into_string().ok()).collect();
    names.sort();
    println!("\n{name}: ours even/odd lines (whatlang), percent right");
    let mut groups: BTreeMap<(usize, &str), (Count, Count)> = BTreeMap::new();
    for language in names.iter().filter(|language| Path::new(name).join(language).is_dir()) {
        let code = language.split('-').next().unwrap_or(language);
        let mut line = format!("{language:<8}");
        for (at, (file, _)) in FILES.iter().enumerate() {
            let mut confused = BTreeMap::new();
            let path = Path::new(name).join(language).join(format!("{file}.txt"));
            let Some((ours, theirs)) = measure(&path, code, at, totals, &mut confused) else { continue };
            line += &format!(
                "  {:5.1}/{:5.1} ({:5.1})",
                ours.percent(Some(0)),
                ours.percent(Some(1)),
                theirs.percent(None)
            );
            for group in ["all", if GROUP.contains(&code) { "Arabic script" } else { "other scripts" }] {
                let (mine, peer) = groups.entry((at, group)).or_default();
                mine.add(ours);
                peer.add(theirs);
            }
            let mut confused: Vec<_> = confused.into_iter().collect();
            confused.sort_by_key(|(_, count)| usize::MAX - count);
            if at == 1 {
                let most: Vec<String> =
                    confused.iter().take(3).map(|(code, count)| format!("{code} {count}")).collect();
                line += &format!(" [{}]", most.join(" "));
            }
        }
        println!("{line}");
    }
    let set = Path::new(name).file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
    for ((at, group), (ours, theirs)) in groups {
        let (figure, kind) =
            if first { (ours.percent(Some(1)), "held out (odd lines)") } else { (ours.percent(None), "held out") };
        let peer = theirs.percent(if first { Some(1) } else { None });
        rows.push(format!(
            "| language, {set}, {group}, {} | {figure:.1} % | whatlang {peer:.1} % | {kind} |",
            FILES[at].1
        ));
    }
    Ok(())
}

fn main() -> ExitCode {
    let folders: Vec<String> = std::env::args().skip(1).collect();
    if folders.is_empty() {
        eprintln!("error: name the folder with the language data: langid_accuracy DATA_DIR [MORE…]");
        return ExitCode::from(2);
    }
    identify("the tables are read once");
    let (mut totals, mut rows) = (Totals::default(), Vec::new());
    for (at, name) in folders.iter().enumerate() {
        if folder(name, at == 0, &mut totals, &mut rows).is_err() {
            eprintln!(
                "error: there is no folder `{name}`; the language data are not part of this project, so nothing was measured"
            );
            return ExitCode::from(2);
        }
    }
    println!("\nconfidence: answers, mean confidence, share right (even lines)");
    for (sum, all, right) in totals.calibration.0.iter().filter(|step| step.1 > 0) {
        println!("{all:>7}  {:.2}  {:.2}", sum / *all as f64, *right as f64 / *all as f64);
    }
    println!();
    rows.push(format!("| language, calibration error | {:.3} | ≤ 0.05 | development |", totals.calibration.error()));
    rows.push(format!("| language, chance strings called `und` | {:.1} % | – | held out |", unknown_found()));
    for ((texts, seconds), (_, kind)) in totals.speed.iter().zip(FILES) {
        let each = *texts as f64 / seconds.max(1e-9);
        rows.push(format!("| language, {kind} a second on one core | {each:.0} | ≥ 100,000 | speed |"));
    }
    rows.iter().for_each(|row| println!("{row}"));
    ExitCode::SUCCESS
}
