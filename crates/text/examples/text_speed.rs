//! Texts a second of each function, on one core, over an invented corpus of posts of about 300 bytes in six languages.

use jiff::civil::date;
use std::hint::black_box;
use std::time::Instant;
use vedette_text::{dates, fold, language, links, sentences, tokens};

const SEEDS: &[(&str, &str)] = &[
    (
        "en",
        "The Order of the Grey Lantern will be in Kelmora on Saturday, 14 March 2026 at 5 pm. Wait for the next issue of The Wick! ",
    ),
    (
        "en",
        "ok lads the meridian cup starts in eleven days and nobody at port hessel has sold a single ticket yet, see https://courier.example/cup ",
    ),
    (
        "ar",
        "ستكون مجموعة الفانوس الرمادي في كلمورا يوم السبت القادم. تابعوا قناة الفانوس للإعلام خلال الأيام القادمة @lantern_media! ",
    ),
    (
        "fa",
        "گروه فانوس خاکستری شنبه آینده در کلمورا خواهد بود. شماره تازه فتیله را در روزهای آینده منتشر می‌کنیم، ۱۲ اسفند ۱۴۰۴. ",
    ),
    (
        "ru",
        "Орден Серого Фонаря будет в Келморе в субботу, 14 марта 2026 года. Ждите новый выпуск «Фитиля» в ближайшие дни! ",
    ),
    (
        "de",
        "Der Orden der Grauen Laterne wird am Samstag, dem 14. März in Kelmora sein. Die nächste Ausgabe von „Der Docht“ kommt bald. ",
    ),
    (
        "fr",
        "L'Ordre de la Lanterne grise sera à Kelmora samedi prochain. Le prochain numéro de «La Mèche» paraîtra dans trois jours. ",
    ),
    (
        "en",
        "Th3 a.t.t.4.c.k on Т\u{435}ssgate is coooming, join t.me/+AbCdEf123 before tonight, wallet 0x52908400098527886E0F7030069857D2E4169EE7 ",
    ),
];
const POSTS: usize = 4_000;
const POST_BYTES: usize = 300;

fn main() {
    let posts: Vec<(&str, String)> = (0..POSTS)
        .map(|number| {
            let (lang, seed) = SEEDS[number % SEEDS.len()];
            let mut post = format!("{number} ");
            while post.len() < POST_BYTES {
                post.extend(seed.chars().take((POST_BYTES - post.len()).max(8)));
            }
            (lang, post)
        })
        .collect();
    let bytes: usize = posts.iter().map(|(_, post)| post.len()).sum();
    println!("{} posts, {} bytes each on average", posts.len(), bytes / posts.len());
    let now = date(2026, 3, 3).at(10, 0, 0, 0);
    let mut total = 0.0;
    let mut measure = |name: &str, counts: bool, work: &dyn Fn(&str, &str)| {
        let mut best = f64::MAX;
        for _ in 0..5 {
            let started = Instant::now();
            for (lang, post) in &posts {
                work(lang, post);
            }
            best = best.min(started.elapsed().as_secs_f64());
        }
        let each = best / posts.len() as f64;
        total += if counts { each } else { 0.0 };
        println!(
            "{name:<12} {:>9.0} posts/s  {:6.2} µs  {:7.1} MB/s",
            1.0 / each,
            each * 1e6,
            bytes as f64 / best / 1e6
        );
    };
    measure("fold", true, &|_, post| drop(black_box(fold::fold(post))));
    measure("language", true, &|_, post| drop(black_box(language::identify(post))));
    measure("dates", true, &|lang, post| drop(black_box(dates::find_dates(post, lang, now))));
    measure("links", true, &|_, post| drop(black_box(links::find_links(post))));
    measure("sentences", true, &|_, post| drop(black_box(sentences::sentences(post))));
    measure("fold_plain", false, &|_, post| drop(black_box(fold::fold_plain(post))));
    measure("tokens", false, &|_, post| {
        black_box(tokens::tokens(post).count());
    });
    measure("quotations", false, &|_, post| drop(black_box(sentences::quotations(post))));
    println!("fold + language + dates + links + sentences: {:.1} µs a post", total * 1e6);
}
