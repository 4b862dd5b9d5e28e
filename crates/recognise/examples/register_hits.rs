//! Measures which names of the starter register news mentions most, so that a person sees which of them are ambiguous.
//!
//! `cargo run --release -p vedette-recognise --example register_hits -- DATA [--top N] [--kinds actor,outlet] [--show ID|all] [--odd]`
//!
//! DATA holds `news/*.jsonl.gz`; it is not part of the repository, and without it the program says so and exits with 2. Files are read
//! through `gzip -dc`. Even lines (the first is line 0) were looked at while spellings were mended; of the odd ones a sample was judged once.
//! `--show ID` prints what stands around the mentions of an entry (or of all) on even lines; with `--odd` on odd lines instead, to judge
//! what is found there and never to mend by it.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, ExitCode};

use serde_json::Value;
use vedette_recognise::{MentionKind, NameMatcher, Register, Watchlist};

const FILES: &[(&str, &str)] = &[
    ("English, Reuters 1987", "reuters21578_en"),
    ("English, newswire", "newswire_tempeval_en"),
    ("Arabic, Saudi news 2015", "saudinewsnet_ar"),
    ("Persian news", "farsi_news_fa"),
    ("Russian news", "factrueval_ru"),
    ("short texts, 75 languages", "short_posts_75langs"),
];
const TOP: usize = 12;
const AROUND_CHARS: usize = 40;

struct Asked {
    top: usize,
    kinds: Option<Vec<String>>,
    show: Option<String>,
    odd: bool,
}

/// Mentions of one spelling of an entry, on even and odd lines.
type Counts = BTreeMap<(String, String), [usize; 2]>;

/// Mentions of one entry, on even and odd lines, and by spelling.
type ByEntry<'a> = BTreeMap<&'a str, ([usize; 2], Vec<(&'a str, usize)>)>;

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let Some(data) = args.first().filter(|folder| Path::new(folder).join("news").is_dir()) else {
        eprintln!(
            "usage: register_hits DATA [--top N] [--kinds actor,outlet] [--show ID|all] [--odd]: DATA/news is missing; nothing was measured"
        );
        return ExitCode::from(2);
    };
    let value = |flag: &str| args.iter().position(|arg| arg == flag).and_then(|at| args.get(at + 1)).cloned();
    let asked = Asked {
        top: value("--top").and_then(|text| text.parse().ok()).unwrap_or(TOP),
        kinds: value("--kinds").map(|text| text.split(',').map(str::to_owned).collect()),
        show: value("--show"),
        odd: args.iter().any(|arg| arg == "--odd"),
    };
    let register = Register::starter();
    let matcher = NameMatcher::new(&register, &Watchlist::default());
    println!("{} entries, {} spellings", register.entries().len(), matcher.len());
    for (what, file) in FILES {
        let path = Path::new(data).join("news").join(format!("{file}.jsonl.gz"));
        match Command::new("gzip").arg("-dc").arg(&path).output() {
            Ok(output) if output.status.success() => measure(what, &output.stdout, &matcher, &asked),
            _ => {
                eprintln!("cannot read {}; nothing was measured", path.display());
                return ExitCode::from(2);
            }
        }
    }
    ExitCode::SUCCESS
}

fn measure(what: &str, bytes: &[u8], matcher: &NameMatcher, asked: &Asked) {
    let mut counts = Counts::new();
    let (mut documents, mut with) = ([0usize; 2], [0usize; 2]);
    for (number, line) in bytes.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()).enumerate() {
        let Ok(document) = serde_json::from_slice::<Value>(line) else { continue };
        let part = |field: &str| document.get(field).and_then(Value::as_str).unwrap_or_default();
        let text = format!("{}\n{}", part("title"), part("text"));
        let half = number % 2;
        documents[half] += 1;
        let mut named = false;
        for mention in matcher.find(&text) {
            let category = matches!(mention.kind, MentionKind::Target | MentionKind::Method);
            let wanted = match &asked.kinds {
                Some(kinds) => kinds.iter().any(|kind| kind == mention.kind.word()),
                None => !category,
            };
            if !wanted {
                continue;
            }
            named = true;
            let shown = asked.show.as_deref().is_some_and(|show| show == "all" || show == mention.id);
            if shown && (half == 1) == asked.odd {
                println!("  {}: {}", mention.id, around(&text, mention.start, mention.end));
            }
            let id = format!("{} {}", mention.kind.word(), mention.id);
            counts.entry((id, mention.text.to_lowercase())).or_default()[half] += 1;
        }
        with[half] += usize::from(named);
    }
    if asked.show.is_some() {
        return;
    }
    let mut by_id = ByEntry::new();
    for ((id, spelling), [even, odd]) in &counts {
        let entry = by_id.entry(id).or_default();
        entry.0[0] += even;
        entry.0[1] += odd;
        entry.1.push((spelling, even + odd));
    }
    let rate = |count: usize, half: usize| count as f64 * 10_000.0 / documents[half].max(1) as f64;
    let kinds = asked.kinds.as_ref().map_or("a name".to_owned(), |kinds| kinds.join(" or "));
    println!(
        "\n| {what}: documents of 10,000 that mention {kinds} | even {:.0}, odd {:.0} (of {} documents) | – | even lines: development; odd lines: held out but for one sample |",
        rate(with[0], 0),
        rate(with[1], 1),
        documents[0] + documents[1]
    );
    let mut list: Vec<_> = by_id.into_iter().collect();
    list.sort_by_key(|(_, (halves, _))| std::cmp::Reverse(halves[0] + halves[1]));
    for (id, (halves, mut spellings)) in list.into_iter().take(asked.top) {
        spellings.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        let shown: Vec<String> = spellings
            .iter()
            .take(4)
            .map(|(spelling, count)| format!("{} {count}", spelling.replace('\n', " ")))
            .collect();
        println!("  {id}: even {:.1}, odd {:.1}; {}", rate(halves[0], 0), rate(halves[1], 1), shown.join(" · "));
    }
}

fn around(text: &str, start: usize, end: usize) -> String {
    let before: String = text[..start].chars().rev().take(AROUND_CHARS).collect::<Vec<_>>().into_iter().rev().collect();
    let after: String = text[end..].chars().take(AROUND_CHARS).collect();
    format!("{before}[{}]{after}", &text[start..end]).replace('\n', " ")
}
