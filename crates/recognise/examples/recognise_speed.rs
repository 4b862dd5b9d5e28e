//! Measures how fast names are found and posts are recognised, on text built here: no data is needed.
//!
//! `cargo run --release -p vedette-recognise --example recognise_speed`

use std::hint::black_box;
use std::time::Instant;

use vedette_core::Language;
use vedette_recognise::{NameMatcher, Options, Recogniser, Register, Watchlist};

const ROUNDS: usize = 7;
const POST_BYTES: usize = 400;

const POSTS: &[(&str, &str, &str)] = &[
    (
        "en",
        "Latn",
        "The ferry to the islands was late again this morning, and nobody on the quay could say when the next one would leave. My sister waited two hours with the children in the rain before somebody from the harbour office came with blankets and hot tea. We will try again on Saturday at 8:30 if the weather holds, from Nairobi.",
    ),
    (
        "en",
        "Latn",
        "We will attack the town on 12 March 2026, and nobody who stands at the gates will go home. The order has been given; count your nights. Find us again at https://mirror.example/new and pass it on to everyone you trust before this room is gone.",
    ),
    (
        "ar",
        "Arab",
        "وصلت العبارة متأخرة مرة أخرى هذا الصباح، ولم يعرف أحد متى تغادر العبارة التالية. انتظرت أختي ساعتين مع الأطفال تحت المطر، ثم جاء موظف من الميناء ومعه بطانيات وشاي ساخن. سنحاول مرة أخرى يوم السبت إن شاء الله من القاهرة.",
    ),
    (
        "ru",
        "Cyrl",
        "Паром сегодня утром опять опоздал, и никто на причале не мог сказать, когда отойдёт следующий. Сестра два часа ждала с детьми под дождём, пока из конторы порта не принесли одеяла и горячий чай. Попробуем ещё раз в субботу.",
    ),
    (
        "fa",
        "Arab",
        "کشتی امروز صبح باز هم دیر کرد و هیچ‌کس در اسکله نمی‌دانست بعدی چه وقت حرکت می‌کند. خواهرم دو ساعت با بچه‌ها زیر باران منتظر ماند تا از دفتر بندر پتو و چای داغ آوردند. شنبه دوباره از تهران امتحان می‌کنیم.",
    ),
    (
        "de",
        "Latn",
        "Die Fähre kam heute Morgen wieder zu spät, und niemand am Kai konnte sagen, wann die nächste fährt. Meine Schwester wartete zwei Stunden mit den Kindern im Regen, bis jemand aus dem Hafenbüro mit Decken und Tee kam. Am Samstag versuchen wir es noch einmal.",
    ),
];

/// Names made of syllables, so that they begin like words of the text now and then.
fn names(count: usize) -> String {
    const SYLLABLES: &[&str] =
        &["ka", "ri", "mo", "te", "su", "lan", "ver", "dor", "mi", "sha", "bel", "qu", "ost", "an", "fer", "th"];
    let mut state = 0x2545_f491_4f6c_dd1du64;
    let mut next = |limit: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state % limit as u64) as usize
    };
    let mut list = String::from("term,lang\n");
    for _ in 0..count {
        let words: Vec<String> =
            (0..1 + next(3)).map(|_| (0..2 + next(3)).map(|_| SYLLABLES[next(SYLLABLES.len())]).collect()).collect();
        list.push_str(&words.join(" "));
        list.push_str(",en\n");
    }
    list
}

fn best(mut work: impl FnMut() -> usize) -> f64 {
    let mut fastest = f64::MAX;
    for _ in 0..ROUNDS {
        let start = Instant::now();
        black_box(work());
        fastest = fastest.min(start.elapsed().as_secs_f64());
    }
    fastest
}

fn main() {
    let latin: String = POSTS.iter().filter(|post| post.1 == "Latn").map(|post| post.2).collect::<Vec<_>>().join("\n");
    let folded = latin.to_lowercase().replace(['ä', 'ö', 'ü'], "a").replace("8:30", "later");
    let text = folded.repeat(4_000_000 / folded.len());
    for count in [10_000, 100_000] {
        let list = Watchlist::from_csv(&names(count)).expect("the list was made here");
        let start = Instant::now();
        let matcher = NameMatcher::new(&Register::default(), &list);
        let build = start.elapsed().as_secs_f64();
        let posts: Vec<&str> =
            text.as_bytes().chunks(POST_BYTES).filter_map(|post| std::str::from_utf8(post).ok()).collect();
        let seconds = best(|| posts.iter().map(|post| matcher.find(post).len()).sum());
        let bytes: usize = posts.iter().map(|post| post.len()).sum();
        println!(
            "matcher, {count} names: {:.0} MB/s in posts of {POST_BYTES} bytes (folding, words and matches), list loaded in {build:.3} s",
            bytes as f64 / 1e6 / seconds
        );
    }
    let start = Instant::now();
    let recogniser = Recogniser::new(Register::starter(), Options::default());
    let built = start.elapsed().as_secs_f64();
    let posted_at = jiff::civil::date(2026, 3, 1).at(12, 0, 0, 0);
    let start = Instant::now();
    let english = Language { code: "en".to_owned(), script: "Latn".to_owned(), confidence: 1.0 };
    black_box(recogniser.recognise("Nairobi", &english, posted_at));
    println!("recogniser built in {:.1} ms, first text in {:.1} ms", built * 1e3, start.elapsed().as_secs_f64() * 1e3);
    for (code, script, post) in POSTS {
        let language = Language { code: (*code).to_owned(), script: (*script).to_owned(), confidence: 1.0 };
        let seconds =
            best(|| (0..2_000).map(|_| recogniser.recognise(post, &language, posted_at).mentions.len()).sum())
                / 2_000.0;
        println!("{code}: {} bytes, {:.1} µs", post.len(), seconds * 1e6);
    }
}
