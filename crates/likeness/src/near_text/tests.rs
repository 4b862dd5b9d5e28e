//! What sketches and the index promise, on made-up texts.

use std::collections::{BTreeMap, BTreeSet};

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
    assert_eq!(Sketch::of("  the wick, is out: now\n(in kelmora)!"), Some(plain.clone()));
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
    assert_eq!((bytes[0], sum), (2, 18_183_355_292_494_172_071));
}

#[test]
fn a_sketch_survives_being_stored_and_other_bytes_are_refused() {
    let sketch = Sketch::of("the wick is out now in kelmora").unwrap();
    let bytes = sketch.to_bytes();
    assert_eq!(Sketch::from_bytes(&bytes), Ok(sketch));
    let changed = |at: usize, byte: u8| {
        let mut changed = bytes.clone();
        changed[at] = byte;
        changed
    };
    let short = bytes[..bytes.len() - 1].to_vec();
    let unordered = [&bytes[..2], &bytes[6..10], &bytes[2..6]].concat();
    let sample_of_two = changed(1, 0);
    for wrong in
        [short, [&bytes[..], &[0]].concat(), changed(0, 1), changed(1, 2), unordered, sample_of_two, vec![2, 1], vec![]]
    {
        assert!(matches!(Sketch::from_bytes(&wrong), Err(LikenessError::NotASketch { .. })), "{wrong:?}");
    }
    let first_recipe = Sketch::from_bytes(&[1; 129]).unwrap_err().to_string();
    assert_eq!(
        first_recipe,
        "a text sketch of today's recipe begins with 2, and these 129 bytes with 1 are not one: sketch the text again"
    );
    for words in [5, 129, 131, 400, 600, 20_000] {
        let sketch = Sketch::of(&text(words, &mut numbers(3)).join(" ")).unwrap();
        let bytes = sketch.to_bytes();
        assert!(bytes.len() <= Sketch::BYTES_MAX);
        assert_eq!(Sketch::from_bytes(&bytes), Ok(sketch), "{words}");
    }
}

#[test]
fn texts_of_up_to_130_words_are_compared_exactly() {
    let mut next = numbers(10);
    for pair in 0..500 {
        let words = text(5 + pair % 110, &mut next);
        let mut other = edited(&words, pair % 12, &mut next);
        other.splice(0..0, text(pair % 15, &mut next));
        let (a, b) = (words.join(" "), other.join(" "));
        assert_eq!(sketch(&words).jaccard(&sketch(&other)), jaccard(&a, &b), "{a:?} {b:?}");
        assert_eq!(sketch(&words).contained_in(&sketch(&other)), containment(&a, &b), "{a:?} {b:?}");
    }
}

#[test]
fn estimates_scatter_around_the_measure_as_much_as_theory_says() {
    let mut next = numbers(11);
    let (mut bias, mut square, mut expected) = (0.0, 0.0, 0.0);
    let pairs = 600u32;
    for pair in 0..pairs {
        let words = text(400, &mut next);
        let other = edited(&words, 8 * (pair as usize % 8), &mut next);
        let measure = f64::from(jaccard(&words.join(" "), &other.join(" ")));
        let error = f64::from(sketch(&words).jaccard(&sketch(&other))) - measure;
        bias += error;
        square += error * error;
        expected += measure * (1.0 - measure) / 128.0;
    }
    let (bias, spread) = (bias / f64::from(pairs), (square / expected).sqrt());
    assert!(bias.abs() < 0.005, "bias {bias}");
    // A third of the two texts' shingles are in the samples, and these are drawn without putting back.
    assert!((0.6..1.05).contains(&spread), "spread {spread} times the theory's");
}

#[test]
fn an_index_finds_edited_reposts_and_leaves_strangers_alone() {
    let mut next = numbers(5);
    let posts: Vec<_> = (0..6_000).map(|_| text(45, &mut next)).collect();
    let mut index = TextIndex::new();
    posts.iter().enumerate().for_each(|(id, words)| index.insert(id as u64, &sketch(words)));
    let (mut alike, mut found, mut strangers) = (0, 0, 0);
    for (id, words) in posts.iter().enumerate().step_by(3) {
        let repost = edited(words, 1 + id % 5, &mut next);
        let near = index.similar(&sketch(&repost), 0.5);
        strangers += near.iter().filter(|(other, _)| *other != id as u64).count();
        if jaccard(&words.join(" "), &repost.join(" ")) >= 0.5 {
            alike += 1;
            found += usize::from(near.iter().any(|(other, _)| *other == id as u64));
        }
    }
    assert!(alike > 1_500, "{alike}");
    assert!(found * 1_000 >= alike * 999, "{found} of {alike}");
    assert_eq!(strangers, 0);
}

#[test]
fn a_text_removed_or_replaced_is_not_found_again() {
    let mut next = numbers(6);
    let posts: Vec<_> = (0..5_000).map(|_| sketch(&text(20, &mut next))).collect();
    let mut index = TextIndex::new();
    assert!(index.is_empty());
    assert!(index.similar(&posts[0], 0.0).is_empty());
    posts.iter().enumerate().for_each(|(id, sketch)| index.insert(id as u64, sketch));
    index.insert(17, &posts[18]);
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
    (0..20_000).for_each(|_| index.insert(1, &sketch(&text(6, &mut next))));
    assert_eq!(index.len(), 1);
    assert!(index.memory_bytes() < 1_000_000, "{}", index.memory_bytes());
}

#[test]
fn of_a_boilerplate_posted_very_often_the_newest_are_found_and_the_answer_says_so() {
    let mut next = numbers(8);
    let boilerplate = sketch(&text(30, &mut next));
    let mut index = TextIndex::new();
    (0..20_000).for_each(|id| index.insert(id, &boilerplate));
    let rare = text(30, &mut next);
    index.insert(50_000, &sketch(&rare));
    let answer = index.search(&boilerplate, 0.5);
    assert!(answer.cut);
    assert_eq!(answer.matches.len(), TextIndex::MATCHES_MAX);
    assert!(answer.matches.iter().all(|&(id, _)| id >= 20_000 - 128));
    let answer = index.search(&sketch(&rare), 0.5);
    assert_eq!(answer.matches, [(50_000, 1.0)]);
}

#[test]
fn a_quote_is_found_in_short_and_long_posts() {
    let mut next = numbers(12);
    for (words, posts) in [(45, 2_000), (300, 500), (1_500, 200)] {
        let posts: Vec<_> = (0..posts).map(|_| text(words, &mut next)).collect();
        let mut index = TextIndex::new();
        posts.iter().enumerate().for_each(|(id, words)| index.insert(id as u64, &sketch(words)));
        let mut found = 0;
        for (id, post) in posts.iter().enumerate() {
            let from = next(words - 20);
            let quote = sketch(&post[from..from + 20]);
            found += usize::from(index.quoting(&quote, 0.5).matches.iter().any(|(other, _)| *other == id as u64));
            // The quote is much too short to be like the post.
            assert!(index.similar(&quote, 0.5).is_empty());
        }
        assert!(found * 100 >= posts.len() * 97, "{found} of {} posts of {words} words", posts.len());
        assert!(index.quoting(&sketch(&text(20, &mut next)), 0.5).matches.is_empty());
    }
}

#[test]
fn a_copy_cut_short_turned_round_or_with_a_caption_is_found() {
    let mut next = numbers(13);
    let post = text(45, &mut next);
    let mut index = TextIndex::new();
    index.insert(1, &sketch(&post));
    (2..3_000).for_each(|id| index.insert(id, &sketch(&text(45, &mut next))));
    let cut = post[..30].to_vec();
    let turned = [&post[20..], &post[..20]].concat();
    let caption = [text(8, &mut next), post.clone()].concat();
    for copy in [cut, turned, caption] {
        let expected = jaccard(&post.join(" "), &copy.join(" "));
        assert_eq!(index.similar(&sketch(&copy), 0.5), [(1, expected)]);
    }
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

    /// Of up to 12 shingles, and no more texts than a shingle keeps: nothing may be missed while texts come, change and go.
    #[test]
    fn an_index_answers_as_comparing_with_all_does(
        acts in prop::collection::vec((0..8u64, "[ab]( [abc]){4,13}", 0..4u8), 1..16),
        least in prop::sample::select(vec![0.1f32, 0.3, 0.4, 0.5, 0.8, 1.0]),
    ) {
        let (mut index, mut all) = (TextIndex::new(), BTreeMap::<u64, Sketch>::new());
        for (id, text, act) in acts {
            let sketch = Sketch::of(&text).expect("enough words");
            let measured = all.iter().map(|(id, known)| (*id, known.jaccard(&sketch)));
            let mut near: Vec<_> = measured.filter(|(_, measure)| *measure >= least).collect();
            near.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
            prop_assert_eq!(index.similar(&sketch, least), near.clone());
            match act {
                0 => prop_assert_eq!(index.remove(id), all.remove(&id).is_some()),
                1 => {
                    index.insert(id, &sketch);
                    all.insert(id, sketch);
                }
                _ => {
                    near.retain(|(other, _)| *other != id);
                    prop_assert_eq!(index.search_and_insert(id, &sketch, least).matches, near);
                    all.insert(id, sketch);
                }
            }
            prop_assert_eq!(index.len(), all.len());
        }
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
