//! How fast pages become text and how well their main text is found, on pages that the test kit builds: megabytes a second of
//! processor time on one core, beside a peer that builds a tree (`scraper`), and precision and recall by words.
//!
//! `cargo run --release -p vedette-openers --example html_speed [ROUNDS]`

use std::hint::black_box;

use vedette_openers::html::{read_html, read_page};
use vedette_testkit::pages::{Page, Words, pages};

fn main() {
    let rounds = std::env::args().nth(1).and_then(|rounds| rounds.parse().ok()).unwrap_or(5);
    let pages = pages(20_261_126, 120);
    let bytes: usize = pages.iter().map(|page| page.html.len()).sum();
    println!("{} pages, {} KB each, {rounds} rounds", pages.len(), bytes / pages.len() / 1024);
    for (name, read) in [
        ("whole text", (|page| read_html(page.html.as_bytes()).text.len()) as fn(&Page) -> usize),
        ("main text", |page| read_page(page.html.as_bytes()).text.len()),
        ("scraper, whole text", |page| {
            scraper::Html::parse_document(&page.html).root_element().text().map(str::len).sum()
        }),
    ] {
        for (script, arabic) in [("Latin", false), ("Arabic", true)] {
            let chosen: Vec<&Page> = pages.iter().filter(|page| page.arabic == arabic).collect();
            let bytes: usize = chosen.iter().map(|page| page.html.len()).sum();
            let begun = processor_ns();
            for _ in 0..rounds {
                chosen.iter().for_each(|page| {
                    black_box(read(page));
                });
            }
            let seconds = (processor_ns() - begun) as f64 / 1e9;
            println!("{name:20} {script:7} {:7.1} MB/s", (bytes * rounds) as f64 / 1e6 / seconds);
        }
    }
    let mut layouts: Vec<&str> = pages.iter().map(|page| page.layout).collect();
    layouts.sort_unstable();
    layouts.dedup();
    for layout in layouts {
        let of: Vec<&Page> = pages.iter().filter(|page| page.layout == layout).collect();
        let main = quality(&of, |page| read_page(page.html.as_bytes()).text);
        let whole = quality(&of, |page| read_html(page.html.as_bytes()).text);
        println!(
            "{layout:10} main text: precision {:.3} recall {:.3}; whole text: precision {:.3} recall {:.3}",
            main.precision(),
            main.recall(),
            whole.precision(),
            whole.recall()
        );
    }
}

/// Nanoseconds that this thread has run (proc(5), `schedstat`): other work on the machine does not count.
fn processor_ns() -> u64 {
    let stat = std::fs::read_to_string("/proc/thread-self/schedstat").expect("Linux tells how long a thread ran");
    stat.split(' ').next().and_then(|ns| ns.parse().ok()).expect("the first number is nanoseconds")
}

fn quality(pages: &[&Page], read: impl Fn(&Page) -> String) -> Words {
    let mut words = Words::default();
    pages.iter().for_each(|page| words.count(page, &read(page)));
    words
}
