//! Words in the Arabic script: consonants by their letter, long vowels by theirs, short vowels by marks, by a list of names, or by rule.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use rustc_hash::FxHashMap;

use crate::fold::letter_key;

/// Names with their vowels: `languages <tab> word <tab> Latin`, our own list.
const NAMES: &str = include_str!("names.txt");
/// The Arabic article, and the fewest letters behind it.
const ARTICLE: &str = "ال";
const NOUN_CHARS_MIN: usize = 3;

/// For each language, from folded word to spelling.
static LISTED: LazyLock<BTreeMap<&'static str, FxHashMap<String, &'static str>>> = LazyLock::new(|| {
    let mut listed: BTreeMap<_, FxHashMap<_, _>> = BTreeMap::new();
    for line in NAMES.lines().filter(|line| !line.starts_with('#')) {
        let mut fields = line.split('\t');
        let (Some(languages), Some(word), Some(latin)) = (fields.next(), fields.next(), fields.next()) else {
            continue;
        };
        for language in languages.split(' ') {
            listed.entry(language).or_default().entry(letter_key(word)).or_insert(latin);
        }
    }
    listed
});

/// A sound of a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sound {
    /// A consonant; empty for one that is not written (ع, ء).
    Consonant(&'static str),
    Vowel(&'static str),
    /// The long a: in Arabic the pattern of `Khalid` begins with it.
    LongA,
    /// A mark that says that no vowel follows.
    Nothing,
}

/// Appends a word.
pub(super) fn push(word: &str, language: &str, out: &mut String) {
    let language = match language {
        "fa" | "ur" | "ps" => language,
        "prs" | "tg" => "fa",
        _ => "ar",
    };
    if let Some(latin) = listed(word, language) {
        out.push_str(latin);
        return;
    }
    let noun = word.strip_prefix(ARTICLE).filter(|noun| language == "ar" && noun.chars().count() >= NOUN_CHARS_MIN);
    if let Some(noun) = noun {
        out.push_str("al-");
        match listed(noun, language) {
            Some(latin) => out.push_str(latin),
            None => super::push_capitalised(&spelled(noun, language), out),
        }
        return;
    }
    super::push_capitalised(&spelled(word, language), out);
}

fn listed(word: &str, language: &str) -> Option<&'static str> {
    // Who writes the vowels means them.
    if word.chars().any(is_vowel_mark) {
        return None;
    }
    LISTED.get(language)?.get(&letter_key(word)).copied()
}

fn is_vowel_mark(ch: char) -> bool {
    matches!(ch, '\u{64b}'..='\u{650}' | '\u{652}' | '\u{670}')
}

fn spelled(word: &str, language: &str) -> String {
    let sounds = sounds(word, language);
    let marked = word.chars().any(is_vowel_mark);
    let mut out = String::with_capacity(word.len() * 2);
    let mut at = 0;
    while let Some(sound) = sounds.get(at) {
        match sound {
            Sound::Vowel(vowel) => out.push_str(vowel),
            Sound::LongA => out.push('a'),
            Sound::Nothing => {}
            Sound::Consonant(_) => {
                let run: Vec<&str> = sounds
                    .get(at..)
                    .unwrap_or_default()
                    .iter()
                    .map_while(|sound| if let Sound::Consonant(letter) = sound { Some(*letter) } else { None })
                    .collect();
                let before = at.checked_sub(1).and_then(|before| sounds.get(before));
                let after = sounds.get(at + run.len());
                // Persian says `Khaled` where Arabic says `Khalid`.
                let participle = if language == "fa" { "e" } else { "i" };
                push_run(&run, [before, after], participle, marked, &mut out);
                at += run.len();
                continue;
            }
        }
        at += 1;
    }
    out
}

/// Consonants in a row, with the short vowels that a syllable needs between them.
fn push_run(
    run: &[&str],
    [before, after]: [Option<&Sound>; 2],
    participle: &'static str,
    marked: bool,
    out: &mut String,
) {
    let mut rest = run;
    if !marked && before.is_none() && rest.len() > 1 {
        // No Arabic syllable begins with two consonants.
        out.push_str(rest.first().copied().unwrap_or_default());
        out.push('a');
        rest = rest.get(1..).unwrap_or_default();
    }
    // The diphthong of `Haydar`: its second half closes the syllable.
    let diphthong = matches!(before, Some(Sound::LongA | Sound::Vowel("a"))) && matches!(rest, ["y" | "w", _, ..]);
    if diphthong {
        out.push_str(rest.first().copied().unwrap_or_default());
        rest = rest.get(1..).unwrap_or_default();
    }
    let before = if diphthong { Some(&Sound::Vowel("a")) } else { before };
    let ends = after.is_none();
    for (at, letter) in rest.iter().enumerate() {
        out.push_str(letter);
        let left = rest.len() - at - 1;
        if marked || left == 0 {
            continue;
        }
        let liquid = matches!(rest.get(at + 1), Some(&("r" | "l" | "y" | "w")));
        let vowel = match (ends, left) {
            // `Khalid`.
            (true, 1) if rest.len() == 2 && before == Some(&Sound::LongA) => participle,
            // `Bulk`: a long i or u before two consonants is a short one in a foreign name.
            (true, 1) if rest.len() == 2 && matches!(before, Some(Sound::Vowel("i" | "u"))) => "",
            (true, _) if left % 2 == 1 => "a",
            (false, 1) if rest.len() > 2 && !liquid => "a",
            _ => "",
        };
        out.push_str(vowel);
    }
}

fn sounds(word: &str, language: &str) -> Vec<Sound> {
    let letters: Vec<char> = word.chars().filter(|ch| *ch != '\u{640}' && !super::is_mark(*ch)).collect();
    let mut out: Vec<Sound> = Vec::with_capacity(letters.len());
    let mut at = 0;
    while let Some(&letter) = letters.get(at) {
        let next = letters.get(at + 1).copied();
        let after_next = letters.get(at + 2).copied();
        at += 1;
        match letter {
            '\u{64e}' => out.push(Sound::Vowel("a")),
            '\u{650}' => out.push(Sound::Vowel(if language == "fa" { "e" } else { "i" })),
            '\u{64f}' => out.push(Sound::Vowel(if language == "fa" { "o" } else { "u" })),
            '\u{64b}' => out.push(Sound::Vowel("an")),
            '\u{64c}' => out.push(Sound::Vowel("un")),
            '\u{64d}' => out.push(Sound::Vowel("in")),
            '\u{652}' => out.push(Sound::Nothing),
            '\u{651}' => {
                // Written behind its letter, sometimes behind the vowel of it.
                let at = out.iter().rposition(|sound| matches!(sound, Sound::Consonant(_)));
                if let Some((at, &doubled)) = at.and_then(|at| Some((at, out.get(at)?))) {
                    out.insert(at, doubled);
                }
            }
            'ا' | 'أ' | 'ٱ' if out.is_empty() => match next {
                // "او" and "اي" at the start are vowels, unless another vowel follows.
                Some('و') if after_next.is_some_and(|ch| !is_vowel_letter(ch)) => {
                    out.push(Sound::Vowel("u"));
                    at += 1;
                }
                Some('ي' | 'ی') if after_next.is_some_and(|ch| !is_vowel_letter(ch)) => {
                    out.push(Sound::Vowel("i"));
                    at += 1;
                }
                Some(mark) if is_vowel_mark(mark) => {}
                _ => out.push(Sound::Vowel("a")),
            },
            'إ' => {
                if !matches!(next, Some('ي' | '\u{650}')) {
                    out.push(Sound::Vowel("i"));
                }
            }
            // A long vowel lengthens the mark before it.
            'ا' | 'ى' | 'ٰ' if out.last() == Some(&Sound::Vowel("a")) => {
                if let Some(last) = out.last_mut() {
                    *last = Sound::LongA;
                }
            }
            'ا' | 'آ' | 'أ' | 'ٱ' => out.push(Sound::LongA),
            'ى' if language == "ar" => out.push(Sound::LongA),
            'ء' => {}
            'ئ' => {
                if language == "ps" && next.is_none() {
                    out.push(Sound::Vowel("ey"));
                } else if matches!(next, Some('ي' | 'ی')) {
                    out.push(Sound::Vowel("i"));
                    at += 1;
                } else if !next.is_some_and(is_vowel_letter) {
                    out.push(Sound::Vowel("i"));
                }
            }
            'ؤ' => {
                at += usize::from(next == Some('و'));
                if next == Some('و') || !next.is_some_and(is_vowel_letter) {
                    out.push(Sound::Vowel("u"));
                }
            }
            // The و of خواب is not spoken.
            'و' if language == "fa" && next == Some('ا') && out.last() == Some(&Sound::Consonant("kh")) => {}
            'و' => waw(&mut out, next, language),
            'ي' | 'ی' | 'ى' => ya(&mut out, next),
            'ے' | 'ې' => out.push(Sound::Vowel("e")),
            'ۍ' => out.push(Sound::Vowel("ey")),
            'ة' | 'ۃ' => match out.last() {
                Some(Sound::LongA) => out.push(Sound::Consonant("t")),
                _ => feminine(&mut out),
            },
            'ه' | 'ہ' | 'ۀ' | 'ە' if next.is_none() && matches!(out.last(), Some(Sound::Consonant(_))) => {
                out.push(Sound::Vowel(match language {
                    "fa" => "eh",
                    "ar" => "ah",
                    _ => "a",
                }));
            }
            other => out.extend(consonant(other, language).map(Sound::Consonant)),
        }
    }
    out
}

/// The feminine ending; behind the long a and two consonants it is that of `Fatima`.
fn feminine(out: &mut Vec<Sound>) {
    if let [.., Sound::LongA, Sound::Consonant(first), Sound::Consonant(_)] = out.as_slice()
        && !matches!(*first, "y" | "w")
    {
        let last = out.len() - 1;
        out.insert(last, Sound::Vowel("i"));
    }
    out.push(Sound::Vowel("a"));
}

fn is_vowel_letter(letter: char) -> bool {
    matches!(letter, 'ا' | 'أ' | 'آ' | 'ى' | 'و' | 'ي' | 'ی' | 'ة' | 'ے' | 'ې')
}

fn waw(out: &mut Vec<Sound>, next: Option<char>, language: &str) {
    let consonant = if matches!(language, "fa" | "ur") { "v" } else { "w" };
    let opens = next.is_some_and(|ch| {
        matches!(ch, 'ا' | 'أ' | 'آ' | 'ى' | 'ة' | 'ي' | 'ی' | '\u{64e}' | '\u{650}' | '\u{64f}' | '\u{651}' | 'ے')
    });
    match out.last() {
        Some(Sound::Vowel("u" | "o")) => {}
        Some(Sound::Vowel("a")) if !opens && out.len() > 1 => out.push(Sound::Consonant("w")),
        None => out.push(Sound::Consonant(consonant)),
        _ if opens => out.push(Sound::Consonant(consonant)),
        Some(Sound::LongA | Sound::Vowel(_)) => out.push(Sound::Consonant(consonant)),
        Some(_) => out.push(Sound::Vowel("u")),
    }
}

fn ya(out: &mut Vec<Sound>, next: Option<char>) {
    let opens = next.is_some_and(|ch| {
        matches!(ch, 'ا' | 'أ' | 'آ' | 'ى' | 'ة' | 'و' | '\u{64e}' | '\u{650}' | '\u{64f}' | '\u{651}')
    });
    match out.last() {
        Some(Sound::Vowel("i" | "e")) if !opens => {}
        None => out.push(Sound::Consonant("y")),
        Some(Sound::LongA | Sound::Vowel(_)) => out.push(Sound::Consonant("y")),
        Some(_) if opens => {
            out.push(Sound::Vowel("i"));
            out.push(Sound::Consonant("y"));
        }
        Some(_) => out.push(Sound::Vowel("i")),
    }
}

fn consonant(letter: char, language: &str) -> Option<&'static str> {
    let persian = language != "ar";
    Some(match letter {
        'ب' => "b",
        'پ' => "p",
        'ت' | 'ط' | 'ٹ' | 'ټ' => "t",
        'ث' => {
            if persian {
                "s"
            } else {
                "th"
            }
        }
        'ج' => "j",
        'چ' => "ch",
        'ح' | 'ه' | 'ہ' | 'ھ' | 'ۀ' | 'ە' => "h",
        'خ' => "kh",
        'د' | 'ڈ' | 'ډ' => "d",
        'ذ' => {
            if persian {
                "z"
            } else {
                "dh"
            }
        }
        'ر' | 'ڑ' | 'ړ' => "r",
        'ز' | 'ظ' => "z",
        'ژ' | 'ږ' => "zh",
        'س' | 'ص' => "s",
        'ش' | 'ښ' => "sh",
        'ض' => {
            if persian {
                "z"
            } else {
                "d"
            }
        }
        'ع' => "",
        'غ' => "gh",
        'ف' => "f",
        'ڤ' => "v",
        'ق' => "q",
        'ك' | 'ک' => "k",
        'گ' | 'ګ' => "g",
        'ل' => "l",
        'م' => "m",
        'ن' | 'ں' | 'ڼ' => "n",
        'څ' => "ts",
        'ځ' => "dz",
        _ => return None,
    })
}
