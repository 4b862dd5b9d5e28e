//! What posts do to words: lost diacritics, a neighbour's letters, slips; and Arabic in Latin letters.

use super::Dice;
use unicode_normalization::UnicodeNormalization;

/// The form of the tables: marks and stretching dropped (the word lists have it already, the drawn words have not).
pub fn in_form(word: &str) -> String {
    word.nfkc()
        .nfc()
        .filter(|ch| {
            !matches!(ch, '\u{300}'..='\u{36f}' | '\u{640}' | '\u{64b}'..='\u{65f}' | '\u{670}' | '\u{6d6}'..='\u{6dc}' | '\u{200c}'..='\u{200f}')
        })
        .flat_map(char::to_lowercase)
        .filter(|ch| !matches!(ch, '\u{300}'..='\u{36f}'))
        .collect()
}

/// What happens to a whole text.
#[derive(Clone, Copy, PartialEq)]
pub enum Damage {
    None,
    /// Latin letters without diacritics.
    Bare,
    /// The forms of the Arabic keyboard.
    ArabicKeys,
    /// The forms of the Persian keyboard.
    PersianKeys,
    /// Letters that the Arabic alphabet lacks, written with the nearest that it has.
    NearestArabic,
    /// Hamza and madda left out.
    NoHamza,
}

impl Damage {
    pub fn draw(script: &str, dice: &mut Dice) -> Self {
        let share = dice.share();
        match script {
            "Latn" if share < 0.15 => Self::Bare,
            "Arab" if share < 0.05 => Self::ArabicKeys,
            "Arab" if share < 0.09 => Self::PersianKeys,
            "Arab" if share < 0.10 => Self::NearestArabic,
            "Arab" if share < 0.18 => Self::NoHamza,
            _ => Self::None,
        }
    }

    /// The word after it.
    pub fn on(self, word: &str) -> String {
        match self {
            Self::None => word.to_owned(),
            Self::Bare => bare(word),
            Self::ArabicKeys => word.chars().map(arabic_key).collect(),
            Self::PersianKeys => word.chars().map(persian_key).collect(),
            Self::NearestArabic => word.chars().map(|ch| nearest_arabic(arabic_key(ch))).collect(),
            Self::NoHamza => word.chars().map(no_hamza).collect(),
        }
    }
}

fn bare(word: &str) -> String {
    let mut made = String::new();
    for ch in word.nfd().filter(|ch| !('\u{300}'..='\u{36f}').contains(ch)) {
        match ch {
            'ı' => made.push('i'),
            'ß' => made.push_str("ss"),
            'ø' => made.push('o'),
            'đ' | 'ɗ' | 'ð' => made.push('d'),
            'ł' => made.push('l'),
            'ə' => made.push('e'),
            'æ' => made.push_str("ae"),
            'œ' => made.push_str("oe"),
            'ɓ' => made.push('b'),
            'ƙ' => made.push('k'),
            'ƴ' => made.push('y'),
            'þ' => made.push_str("th"),
            'ħ' => made.push('h'),
            '\u{2bb}' => {}
            _ => made.push(ch),
        }
    }
    made
}

fn arabic_key(ch: char) -> char {
    match ch {
        'ی' | 'ې' | 'ۍ' | 'ێ' | 'ے' => 'ي',
        'ک' => 'ك',
        'ہ' | 'ھ' | 'ە' => 'ه',
        'ۀ' | 'ۂ' => 'ة',
        _ => ch,
    }
}

fn persian_key(ch: char) -> char {
    match ch {
        'ي' | 'ى' | 'ې' => 'ی',
        'ك' | 'ګ' => 'ک',
        'ە' | 'ہ' | 'ة' => 'ه',
        'ۇ' | 'ۆ' | 'ۈ' => 'و',
        _ => ch,
    }
}

fn nearest_arabic(ch: char) -> char {
    match ch {
        'پ' => 'ب',
        'چ' | 'څ' => 'ج',
        'ژ' | 'ځ' | 'ږ' => 'ز',
        'گ' | 'ګ' => 'ك',
        'ٹ' | 'ټ' => 'ت',
        'ڈ' | 'ډ' => 'د',
        'ڑ' | 'ړ' | 'ڕ' => 'ر',
        'ں' | 'ڼ' => 'ن',
        'ښ' => 'ش',
        'ڵ' => 'ل',
        'ڤ' => 'ف',
        'ۆ' | 'ۇ' | 'ۈ' | 'ۋ' => 'و',
        'ڭ' => 'ك',
        _ => ch,
    }
}

fn no_hamza(ch: char) -> char {
    match ch {
        'أ' | 'إ' | 'آ' | 'ٱ' => 'ا',
        'ؤ' => 'و',
        'ئ' => 'ي',
        'ة' => 'ه',
        'ى' => 'ي',
        _ => ch,
    }
}

/// A typing slip: a letter lost, doubled, or two changed about.
pub fn slip(word: &str, dice: &mut Dice) -> String {
    let mut letters: Vec<char> = word.chars().collect();
    if letters.len() < 4 {
        return word.to_owned();
    }
    let at = dice.below(letters.len() - 1);
    match dice.below(3) {
        0 => drop(letters.remove(at)),
        1 => letters.insert(at, letters[at]),
        _ => letters.swap(at, at + 1),
    }
    letters.into_iter().collect()
}

/// Arabic as typed in Latin letters: consonants by one of their usual signs, short vowels guessed between them.
pub fn arabizi(word: &str, dice: &mut Dice) -> String {
    let (word, article) = word.strip_prefix("ال").map_or((word, false), |rest| (rest, true));
    let mut made = String::from(if article { ["al", "el", "il", "l"][dice.below(4)] } else { "" });
    let mut after_consonant = false;
    let letters: Vec<char> = word.chars().collect();
    for (at, letter) in letters.iter().enumerate() {
        let signs: &[&str] = match letter {
            'ا' | 'أ' | 'آ' | 'ى' => &["a", "a", "a", "e"],
            'إ' => &["i", "e"],
            'ء' | 'ئ' | 'ؤ' => &["2", "2", ""],
            'و' => {
                if after_consonant {
                    &["o", "ou", "oo", "u"]
                } else {
                    &["w", "w", "o"]
                }
            }
            'ي' => {
                if after_consonant {
                    &["i", "ee", "y", "i"]
                } else {
                    &["y", "y", "i"]
                }
            }
            'ة' => &["a", "a", "e", "eh", "ah"],
            'ب' => &["b"],
            'ت' | 'ط' => &["t", "t", "6"],
            'ث' => &["th", "t", "s"],
            'ج' => &["j", "g"],
            'ح' => &["7", "7", "h"],
            'خ' => &["kh", "5", "7'", "kh"],
            'د' | 'ض' => &["d", "d"],
            'ذ' => &["z", "th", "d"],
            'ر' => &["r"],
            'ز' => &["z"],
            'س' => &["s"],
            'ش' => &["sh", "ch", "sh"],
            'ص' => &["s", "9"],
            'ظ' => &["z", "th"],
            'ع' => &["3", "3", "a"],
            'غ' => &["gh", "gh", "3'"],
            'ف' => &["f"],
            'ق' => &["q", "2", "9", "k"],
            'ك' => &["k"],
            'ل' => &["l"],
            'م' => &["m"],
            'ن' => &["n"],
            'ه' => &["h"],
            _ => return String::new(),
        };
        let sign = signs[dice.below(signs.len())].trim_end_matches('\'');
        made.push_str(sign);
        let consonant =
            !matches!(letter, 'ا' | 'أ' | 'آ' | 'ى' | 'إ' | 'ة') && !sign.ends_with(['o', 'u', 'i', 'e', 'a']);
        let next_consonant =
            letters.get(at + 1).is_some_and(|next| !matches!(next, 'ا' | 'أ' | 'آ' | 'ى' | 'و' | 'ي' | 'ة'));
        if consonant && next_consonant && dice.chance(if after_consonant { 0.8 } else { 0.62 }) {
            made.push_str(["a", "a", "e", "i", "u"][dice.below(5)]);
            after_consonant = false;
        } else {
            after_consonant = consonant;
        }
    }
    made
}
