//! What sketches and the index promise, on made-up texts.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;

/// Numbers that look random and are always the same (splitmix64).
fn numbers(mut state: u64) -> impl FnMut(usize) -> usize {
    move |below| {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut word = state;
        word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((word ^ (word >> 31)) >> 33) as usize % below
    }
}

fn text(words: usize, next: &mut impl FnMut(usize) -> usize) -> Vec<String> {
    (0..words).map(|_| format!("w{}", next(5_000))).collect()
}

fn sketch(words: &[String]) -> Sketch {
    Sketch::of(&words.join(" ")).expect("enough words")
}

fn edited(words: &[String], edits: usize, next: &mut impl FnMut(usize) -> usize) -> Vec<String> {
    let mut words = words.to_vec();
    for _ in 0..edits {
        let at = next(words.len());
        words[at] = format!("e{}", next(5_000));
    }
    words
}

#[test]
fn a_text_of_four_words_has_no_sketch_and_one_of_five_has() {
    for text in ["", "...", "the wick", "the wick is out"] {
        assert_eq!(Sketch::of(text), None, "{text}");
    }
    assert!(Sketch::of("the wick is out now").is_some());
    assert!(Sketch::of("灯火在港口").is_some());
}

#[test]
fn punctuation_and_spacing_do_not_matter_but_the_order_of_words_does() {
    let plain = Sketch::of("the wick is out now in kelmora").unwrap();
    assert_eq!(Sketch::of("  the wick, is out: now\n(in kelmora)!"), Some(plain));
    assert_ne!(Sketch::of("kelmora in now out is wick the"), Some(plain));
    assert_eq!(jaccard("a b c d", "d c b a"), 0.0);
}

#[test]
fn jaccard_and_containment_count_shared_triples() {
    let text = "one two three four five six";
    for (a, b, measure, contained) in [
        (text, text, 1.0, 1.0),
        (text, "one two three four five", 0.75, 0.75),
        ("one two three four five", text, 0.75, 1.0),
        (text, "seven eight nine ten", 0.0, 0.0),
        ("one two", "one two", 1.0, 1.0),
        ("one two", "two one", 0.0, 0.0),
        ("one", "two", 0.0, 0.0),
        ("one", "one two", 0.0, 0.0),
        ("", "", 0.0, 0.0),
        ("", text, 0.0, 0.0),
        ("港口灯火", "港口灯火", 1.0, 1.0),
        ("港口灯火", "港口灯", 0.5, 0.5),
    ] {
        assert_eq!((jaccard(a, b), containment(a, b)), (measure, contained), "{a:?} {b:?}");
    }
}

#[test]
fn the_sketch_of_a_text_stays_what_it_was() {
    // Stored sketches must stay comparable: if this fails, the recipe changed and needs another version.
    let bytes = Sketch::of("the wick is out now in kelmora and in ardun bay").unwrap().to_bytes();
    let sum = bytes.iter().fold(0u64, |sum, &byte| sum.wrapping_mul(257).wrapping_add(byte.into()));
    assert_eq!((bytes[0], sum), (1, 15_873_906_375_516_458_968));
}

#[test]
fn a_sketch_survives_being_stored_and_other_bytes_are_refused() {
    let sketch = Sketch::of("the wick is out now in kelmora").unwrap();
    let bytes = sketch.to_bytes();
    assert_eq!(Sketch::from_bytes(&bytes), Ok(sketch));
    let mut other_version = bytes;
    other_version[0] += 1;
    for wrong in [&bytes[..128], &[&bytes[..], &[0]].concat(), &other_version, &[]] {
        assert!(matches!(Sketch::from_bytes(wrong), Err(LikenessError::NotASketch { .. })));
    }
}

#[test]
fn estimates_scatter_around_the_measure_as_much_as_theory_says() {
    let mut next = numbers(11);
    let (mut bias, mut square, mut expected) = (0.0, 0.0, 0.0);
    let pairs = 2_000u32;
    for pair in 0..pairs {
        let words = text(45, &mut next);
        let other = edited(&words, pair as usize % 8, &mut next);
        let measure = f64::from(jaccard(&words.join(" "), &other.join(" ")));
        let error = f64::from(sketch(&words).jaccard(&sketch(&other))) - measure;
        bias += error;
        square += error * error;
        expected += measure * (1.0 - measure) / 128.0;
    }
    let (bias, spread) = (bias / f64::from(pairs), (square / expected).sqrt());
    assert!(bias.abs() < 0.004, "bias {bias}");
    assert!((0.9..1.1).contains(&spread), "spread {spread} times the theory's");
}

#[test]
fn an_index_finds_edited_reposts_and_leaves_strangers_alone() {
    let mut next = numbers(5);
    let posts: Vec<_> = (0..6_000).map(|_| text(45, &mut next)).collect();
    let mut index = TextIndex::new();
    posts.iter().enumerate().for_each(|(id, words)| index.insert(id as u64, sketch(words)));
    let (mut alike, mut found, mut strangers) = (0, 0, 0);
    for (id, words) in posts.iter().enumerate().step_by(3) {
        let repost = edited(words, 1 + id % 5, &mut next);
        let near = index.similar(&sketch(&repost), 0.4);
        strangers += near.iter().filter(|(other, _)| *other != id as u64).count();
        if jaccard(&words.join(" "), &repost.join(" ")) >= 0.5 {
            alike += 1;
            found += usize::from(near.iter().any(|(other, _)| *other == id as u64));
        }
    }
    assert!(alike > 1_500, "{alike}");
    assert!(found * 100 >= alike * 97, "{found} of {alike}");
    assert_eq!(strangers, 0);
}

#[test]
fn a_text_removed_or_replaced_is_not_found_again() {
    let mut next = numbers(6);
    let posts: Vec<_> = (0..5_000).map(|_| sketch(&text(20, &mut next))).collect();
    let mut index = TextIndex::new();
    assert!(index.is_empty());
    assert!(index.similar(&posts[0], 0.0).is_empty());
    posts.iter().enumerate().for_each(|(id, sketch)| index.insert(id as u64, *sketch));
    index.insert(17, posts[18]);
    assert_eq!(index.similar(&posts[17], 0.9), []);
    assert_eq!(index.similar(&posts[18], 0.9), [(17, 1.0), (18, 1.0)]);
    // Most are removed, so the index is rebuilt on the way.
    (0..5_000).filter(|id| id % 10 != 0).for_each(|id| assert!(index.remove(id)));
    assert!(!index.remove(1));
    assert_eq!(index.len(), 500);
    for (id, sketch) in posts.iter().enumerate() {
        let expected: &[(u64, f32)] = if id % 10 == 0 { &[(id as u64, 1.0)] } else { &[] };
        assert_eq!(index.similar(sketch, 0.9), expected, "{id}");
    }
}

#[test]
fn replacing_one_text_for_ever_does_not_fill_the_memory() {
    let mut next = numbers(7);
    let mut index = TextIndex::new();
    (0..20_000).for_each(|_| index.insert(1, sketch(&text(6, &mut next))));
    assert_eq!(index.len(), 1);
    assert!(index.memory_bytes() < 1_000_000, "{}", index.memory_bytes());
}

#[test]
fn of_a_boilerplate_posted_very_often_the_newest_are_found_and_the_answer_says_so() {
    let mut next = numbers(8);
    let boilerplate = sketch(&text(30, &mut next));
    let mut index = TextIndex::new();
    (0..20_000).for_each(|id| index.insert(id, boilerplate));
    let rare = text(30, &mut next);
    index.insert(50_000, sketch(&rare));
    let answer = index.search(&boilerplate, 0.5);
    assert!(answer.cut);
    assert!(answer.matches.len() >= TextIndex::LOOKED_AT_MAX - 1);
    assert!(answer.matches.iter().all(|&(id, _)| id >= 19_000));
    let answer = index.search(&sketch(&rare), 0.5);
    assert_eq!(answer.matches, [(50_000, 1.0)]);
}

#[test]
fn an_endless_text_is_read_to_the_limit() {
    let long = "w ".repeat(WORDS_MAX);
    let more = text(100, &mut numbers(9)).join(" ");
    assert_eq!(Sketch::of(&format!("{long} {more}")), Sketch::of(&long));
    assert_ne!(Sketch::of(&format!("{more} {long}")), Sketch::of(&long));
}

proptest! {
    #[test]
    fn jaccard_is_that_of_the_sets_of_triples(a in "[abc]( [abc]){2,12}", b in "[abc]( [abc]){2,12}") {
        let triples = |text: &str| -> BTreeSet<Vec<char>> {
            let words: Vec<char> = text.chars().filter(|c| *c != ' ').collect();
            words.windows(3).map(<[char]>::to_vec).collect()
        };
        let (x, y) = (triples(&a), triples(&b));
        let both = x.intersection(&y).count() as f32;
        prop_assert_eq!(jaccard(&a, &b), both / x.union(&y).count() as f32);
        prop_assert_eq!(containment(&a, &b), both / x.len() as f32);
    }

    #[test]
    fn any_text_is_taken(text in "\\PC*", other in any::<String>()) {
        for measure in [jaccard(&text, &other), containment(&text, &other)] {
            prop_assert!((0.0..=1.0).contains(&measure));
        }
        if let Some(sketch) = Sketch::of(&text) {
            prop_assert_eq!(sketch.jaccard(&sketch), 1.0);
            prop_assert_eq!(Sketch::from_bytes(&sketch.to_bytes()), Ok(sketch));
        }
    }
}
