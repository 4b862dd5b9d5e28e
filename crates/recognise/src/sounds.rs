//! How a word sounds, whatever script it is written in: Khorasan, Khurasan, خراسان, Хорасан are one name.
//!
//! A word becomes its consonants by class, in order, with the vowels that stand or may stand between them. The order of the consonants
//! is the key by which words are found; [`alike`] then compares the vowels: the Arabic script writes only long ones, so a vowel that it
//! writes must be there in the other spelling, and one it leaves out may be. In: folded words. Out: [`Sounds`].

use crate::words::Script;

/// Consonants of the longest word that is compared: what fits in 64 bits with the vowels around them.
const CONSONANTS_MAX: usize = 9;

const A: u64 = 1;
const I: u64 = 2;
const U: u64 = 4;
/// A letter without a sound of its own (ع, ه, h): any vowel may go with it.
const SILENT: u64 = 8;
/// Number of vowel letters, up to three, in the two bits from here.
const LETTERS_SHIFT: u32 = 4;
const GAP_BITS: u32 = 6;

/// A word as it sounds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Sounds {
    /// Classes of the consonants, four bits each behind a 1.
    key: u64,
    /// What may sound before each consonant and after the last, [`GAP_BITS`] each.
    gaps: u64,
    len: u8,
    /// Only long vowels are written.
    long_only: bool,
    /// The last vowel is a case ending and may have been taken off.
    cases: bool,
    overflow: bool,
}

/// One of the gaps.
#[derive(Debug, Clone, Copy)]
struct Gap(u64);

impl Gap {
    fn may(self) -> u64 {
        self.0 & (A | I | U)
    }

    fn silent(self) -> bool {
        self.0 & SILENT != 0
    }

    fn letters(self) -> u64 {
        self.0 >> LETTERS_SHIFT
    }
}

impl Sounds {
    fn new(script: Script) -> Self {
        let (long_only, cases) = (script == Script::Arabic, script == Script::Cyrillic);
        Self { key: 1, gaps: 0, len: 0, long_only, cases, overflow: false }
    }

    fn gap(&self, at: usize) -> Gap {
        Gap(self.gaps >> (at as u32 * GAP_BITS) & ((1 << GAP_BITS) - 1))
    }

    /// Reads a folded word; `None` for scripts without a reading and words without two consonants. Some letters have a second
    /// reading (х is kh or h, `v` is و or ف, ج is j or g).
    pub fn of(word: &str, script: Script, second: bool) -> Option<Self> {
        let mut sounds = Self::new(script);
        match script {
            Script::Latin => sounds.read_latin(word.as_bytes(), second),
            Script::Arabic => sounds.read_arabic(word, second),
            Script::Cyrillic => sounds.read_cyrillic(word, second),
            Script::Digits | Script::Other => return None,
        }
        (sounds.len >= 2 && !sounds.overflow).then_some(sounds)
    }

    /// The first reading, and the second where it differs.
    pub fn all(word: &str, script: Script) -> [Option<Self>; 2] {
        let first = Self::of(word, script, false);
        let two_ways = |letter: char| match script {
            Script::Latin => matches!(letter, 'v' | 'g' | 'h'),
            Script::Arabic => matches!(letter, 'ج' | 'ث' | 'ذ' | 'ظ'),
            Script::Cyrillic => matches!(letter, 'х' | 'г'),
            Script::Digits | Script::Other => false,
        };
        let second = if word.chars().any(two_ways) { Self::of(word, script, true) } else { None };
        [first, second.filter(|second| Some(*second) != first)]
    }

    /// More consonants no reading of a word has: for a first look, which takes no reading.
    pub fn len_max(word: &str) -> usize {
        let most = |ch: char| MOST.get(ch as usize).copied().unwrap_or_default();
        word.chars().map(|ch| usize::from(most(ch))).sum()
    }

    /// Number of consonants.
    pub fn len(&self) -> usize {
        usize::from(self.len)
    }

    /// The consonants as one number.
    pub fn key(&self) -> u64 {
        self.key
    }

    fn consonant(&mut self, class: u8) {
        let gap = self.gap(self.len());
        // Doubled letters are one sound.
        if self.len > 0 && self.key & 15 == u64::from(class) && gap.letters() == 0 && !gap.silent() {
            return;
        }
        if self.len() == CONSONANTS_MAX {
            self.overflow = true;
            return;
        }
        self.key = self.key << 4 | u64::from(class);
        self.len += 1;
    }

    fn add(&mut self, bits: u64) {
        self.gaps |= bits << (u32::from(self.len) * GAP_BITS);
    }

    fn vowel(&mut self, may: u64) {
        let letters = (self.gap(self.len()).letters() + 1).min(3);
        let clear = 3u64 << (u32::from(self.len) * GAP_BITS + LETTERS_SHIFT);
        self.gaps &= !clear;
        self.add(may | letters << LETTERS_SHIFT);
    }

    fn silent(&mut self) {
        self.add(SILENT);
    }

    fn read_latin(&mut self, word: &[u8], second: bool) {
        let mut at = 0;
        while let Some(&letter) = word.get(at) {
            let next = word.get(at + 1).copied().unwrap_or(0);
            let mut size = 1;
            match letter {
                b'a' => self.vowel(A),
                b'e' => self.vowel(A | I),
                b'i' | b'y' => self.vowel(I),
                b'o' => self.vowel(U | A),
                b'v' if second => self.consonant(F),
                b'u' | b'w' | b'v' => self.vowel(U),
                b'g' if second && matches!(next, b'e' | b'i' | b'y') => self.consonant(J),
                b'h' | b'\'' => self.silent(),
                b's' if next == b'h' => {
                    self.consonant(SH);
                    size = 2;
                }
                b't' if next == b'h' => {
                    self.consonant(if second { T } else { S });
                    size = 2;
                }
                b'd' if next == b'h' => {
                    self.consonant(if second { D } else { Z });
                    size = 2;
                }
                b'p' if next == b'h' => {
                    self.consonant(F);
                    size = 2;
                }
                b'z' | b'd' | b'c' | b'k' | b'g' if next == if letter == b'd' { b'j' } else { b'h' } => {
                    self.consonant(if matches!(letter, b'z' | b'd') { J } else { latin(letter) });
                    size = 2;
                }
                b'c' if matches!(next, b'e' | b'i' | b'y') => self.consonant(S),
                b'x' => {
                    self.consonant(K);
                    self.consonant(S);
                }
                // Arabic in Latin letters: digits stand for the letters that Latin lacks.
                b'2' | b'3' | b'7' => self.silent(),
                b'5' | b'8' => self.consonant(K),
                b'6' => self.consonant(T),
                b'9' => self.consonant(S),
                _ => match latin(letter) {
                    0 => {}
                    class => self.consonant(class),
                },
            }
            at += size;
        }
    }

    fn read_arabic(&mut self, word: &str, second: bool) {
        for letter in word.chars() {
            match letter {
                'ا' => self.vowel(A),
                'و' => self.vowel(U),
                'ی' | 'ے' => self.vowel(I),
                'ع' | 'ه' | 'ح' => self.silent(),
                'ج' if second => self.consonant(G),
                'ث' if second => self.consonant(T),
                'ذ' | 'ظ' if second => self.consonant(D),
                _ => match arabic(letter) {
                    0 => {}
                    class => self.consonant(class),
                },
            }
        }
    }

    fn read_cyrillic(&mut self, word: &str, second: bool) {
        let mut letters = word.chars().peekable();
        while let Some(letter) = letters.next() {
            match letter {
                'а' => self.vowel(A),
                'е' | 'э' => self.vowel(A | I),
                'и' | 'ы' | 'і' => self.vowel(I),
                'о' => self.vowel(U | A),
                'у' | 'в' | 'ў' => self.vowel(U),
                'х' | 'г' if second => self.silent(),
                'я' => self.vowel(I | A),
                'ю' => self.vowel(I | U),
                'д' if letters.peek() == Some(&'ж') => {
                    letters.next();
                    self.consonant(J);
                }
                'ц' => {
                    self.consonant(T);
                    self.consonant(S);
                }
                _ => match cyrillic(letter) {
                    0 => {}
                    class => self.consonant(class),
                },
            }
        }
    }
}

const K: u8 = 1;
const G: u8 = 2;
const J: u8 = 3;
const S: u8 = 4;
const SH: u8 = 5;
const Z: u8 = 6;
const T: u8 = 7;
const D: u8 = 8;
const B: u8 = 9;
const F: u8 = 10;
const L: u8 = 11;
const M: u8 = 12;
const N: u8 = 13;
const R: u8 = 14;

/// How many consonants a letter may stand for.
const MOST: [u8; 0x800] = {
    let mut most = [0; 0x800];
    let mut code = 0;
    while code < most.len() {
        let letter = match char::from_u32(code as u32) {
            Some(letter) => letter,
            None => ' ',
        };
        let consonant = code < 0x80 && latin(code as u8) != 0 || arabic(letter) != 0 || cyrillic(letter) != 0;
        most[code] = match letter {
            'x' | 'ц' => 2,
            'v' | '5' | '6' | '8' | '9' => 1,
            _ => consonant as u8,
        };
        code += 1;
    }
    most
};

const fn latin(letter: u8) -> u8 {
    match letter {
        b'k' | b'q' | b'c' => K,
        b'g' => G,
        b'j' => J,
        b's' => S,
        b'z' => Z,
        b't' => T,
        b'd' => D,
        b'b' | b'p' => B,
        b'f' => F,
        b'l' => L,
        b'm' => M,
        b'n' => N,
        b'r' => R,
        _ => 0,
    }
}

const fn arabic(letter: char) -> u8 {
    match letter {
        'ک' | 'ق' | 'خ' | 'چ' => K,
        'غ' | 'گ' | 'ګ' => G,
        'ج' | 'ژ' => J,
        'س' | 'ص' | 'ث' => S,
        'ش' | 'ښ' => SH,
        'ز' | 'ذ' | 'ظ' => Z,
        'ت' | 'ط' | 'ٹ' | 'ټ' => T,
        'د' | 'ض' | 'ڈ' | 'ډ' => D,
        'ب' | 'پ' => B,
        'ف' => F,
        'ل' => L,
        'م' => M,
        'ن' | 'ں' | 'ڼ' => N,
        'ر' | 'ڑ' | 'ړ' => R,
        _ => 0,
    }
}

const fn cyrillic(letter: char) -> u8 {
    match letter {
        'к' | 'х' | 'ч' | 'қ' | 'ҳ' => K,
        'г' | 'ґ' | 'ғ' => G,
        'ж' | 'ҷ' => J,
        'с' => S,
        'ш' | 'щ' => SH,
        'з' => Z,
        'т' => T,
        'д' => D,
        'б' | 'п' => B,
        'ф' => F,
        'л' => L,
        'м' => M,
        'н' => N,
        'р' => R,
        _ => 0,
    }
}

/// Whether two readings with the same consonants may be one name.
pub(crate) fn alike(one: &Sounds, other: &Sounds) -> bool {
    one.key == other.key
        && (0..=one.len()).all(|at| {
            let (a, b, last) = (one.gap(at), other.gap(at), at == one.len());
            match (one.long_only, other.long_only) {
                (true, true) => a.may() == b.may(),
                (true, false) => long_and_full(a, b, at == 0, last),
                (false, true) => long_and_full(b, a, at == 0, last),
                (false, false) => full_and_full(a, b, last, one.cases || other.cases),
            }
        })
}

/// `long` as the Arabic script writes it, `full` as others do.
fn long_and_full(long: Gap, full: Gap, first: bool, last: bool) -> bool {
    if long.letters() == 0 {
        // A short vowel, or two of a diphthong around ع and ه.
        return full.letters() <= 1 + u64::from(long.silent()) && !(first && full.letters() > 0 && !long.silent());
    }
    if first && long.may() == A {
        // An initial alef carries any vowel.
        return full.letters() > 0;
    }
    // Final ی is also read as a long a.
    let long_may = if last && long.may() == I { full.may() & (A | I) } else { long.may() };
    full.letters() > 0 && long_may != 0 && long_may & !full.may() == 0
}

fn full_and_full(a: Gap, b: Gap, last: bool, cases: bool) -> bool {
    if a.letters() > 0 && b.letters() > 0 {
        return a.may() & b.may() != 0;
    }
    a.letters() == b.letters() || last && a.letters() + b.letters() == 1 && (cases || a.silent() || b.silent())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::script_of;
    use vedette_text::fold::fold_plain;

    fn same(one: &str, other: &str) -> bool {
        let read = |word: &str| {
            // Folding would read the digits of `Ma7moud` as leet.
            let word = if word.is_ascii() { word.to_lowercase() } else { fold_plain(word) };
            Sounds::all(&word, script_of(&word))
        };
        let (one, other) = (read(one), read(other));
        one.iter().flatten().any(|one| other.iter().flatten().any(|other| alike(one, other)))
    }

    #[test]
    fn one_name_in_four_spellings_sounds_alike() {
        for other in ["Khurasan", "Khorassan", "Khorasaan", "خراسان", "Хорасан"] {
            assert!(same("Khorasan", other), "{other}");
        }
        for (one, other) in [
            ("Kelmora", "كلمورا"),
            ("Kelmora", "Келмора"),
            ("Hessel", "هيسيل"),
            ("Fanous", "فانوس"),
            ("Baghdadi", "البغدادي".trim_start_matches("ال")),
            ("Farouk", "Faruq"),
            ("Ibrahim", "إبراهيم"),
            ("Ma7moud", "محمود"),
            ("Багдади", "بغدادي"),
        ] {
            assert!(same(one, other), "{one} {other}");
        }
    }

    #[test]
    fn no_reading_has_more_consonants_than_the_first_look_says() {
        let mut letters: Vec<char> = ('\u{20}'..'\u{7ff}').collect();
        letters.retain(|letter| Sounds::len_max(&letter.to_string()) < 3);
        for script in [Script::Latin, Script::Arabic, Script::Cyrillic] {
            for letter in &letters {
                for word in
                    [format!("b{letter}m"), format!("{letter}b{letter}"), format!("بم{letter}"), format!("бм{letter}")]
                {
                    for sounds in Sounds::all(&word, script).into_iter().flatten() {
                        assert!(sounds.len() <= Sounds::len_max(&word), "{word}");
                    }
                }
            }
        }
    }

    #[test]
    fn other_names_do_not() {
        for (one, other) in
            [("Khorasan", "Kharsin"), ("Kelmora", "كلامير"), ("Martin", "Murtan"), ("Fanous", "فنانس"), ("Salim", "سلام")]
        {
            assert!(!same(one, other), "{one} {other}");
        }
    }
}
