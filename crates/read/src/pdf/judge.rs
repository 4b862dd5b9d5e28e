//! Is the text layer of a page what the page says? In: its text in logical order. Out: whether it can be used, how it can be
//! mended, or why it must be read from the picture of the page instead.
//!
//! A layer is wrong in few ways, and each leaves marks: glyphs mapped to nothing (private-use characters, U+FFFD), to the
//! letters of many scripts at once, or to other letters of the same script (no language has such a share of vowels or of
//! common letters); bytes of one code page taken for another; Arabic whose letters run backwards. Nothing is judged on fewer
//! than [`LETTERS_MIN`] letters, and letters that merely are of an unknown language are never enough.

use std::collections::BTreeMap;

use unicode_normalization::UnicodeNormalization;

use super::order::is_right_to_left;

/// Letters below which a page counts as having no text of its own.
pub(crate) const LETTERS_THIN: usize = 25;
/// Letters from which statistics say something.
const LETTERS_MIN: usize = 60;
/// Share of characters that mean nothing from which a layer is broken.
const MEANINGLESS_SHARE: f32 = 0.05;
/// Share of words whose letters are of two scripts; names of products and formulas have fewer.
const MIXED_WORDS_SHARE: f32 = 0.20;
/// Scripts with a tenth of the letters of a page each; a page in four scripts is a title in many languages at most.
const SCRIPTS_MAX: usize = 4;
/// Share of signs and letters of the upper half of Latin-1 among all letters: Vietnamese and Icelandic have up to .25.
const LATIN_1_SHARE: f32 = 0.40;
/// Least and most vowels among Latin letters, as a share, in any language: of ordinary texts .36 to .50.
const VOWELS_LATIN: (f32, f32) = (0.24, 0.66);
/// The same of Cyrillic letters: of ordinary texts .38 to .46, fewer in the languages of the western Caucasus.
const VOWELS_CYRILLIC: (f32, f32) = (0.33, 0.66);
/// Likeness of the numbers of Arabic letters to the usual ones, as the cosine of both: of Arabic, Persian, Urdu and Pashto
/// texts .83 to .95, of Uyghur and Kurdish ones .67 and more; after exchanging letters .40 to .71.
const ARABIC_LIKENESS: f32 = 0.70;
/// Arabic letters from which their numbers say something.
const ARABIC_LETTERS_MIN: usize = 150;
/// Share of words that are among the commonest of a language from which nothing else is asked.
const KNOWN_WORDS_SHARE: f32 = 0.06;
/// Words read backwards that are known, from which, with few known ones forwards, letters run backwards.
const BACKWARD_MIN: usize = 4;
/// So many times more words are known backwards than forwards.
const BACKWARD_RATIO: usize = 3;
/// And such a share of all words.
const BACKWARD_SHARE: f32 = 0.10;

/// Vowels of Latin and Cyrillic script without their accents.
const VOWEL_LETTERS: &str = "aeiouyæøœəıаеёиоуыэюяіїєөүәұў";
/// Letters of the Arabic script and how many of a hundred they are in the mean of its languages; forms of one letter together.
const ARABIC_LETTERS: &[(&str, f32)] = &[
    ("ا", 13.0),
    ("یيىېے", 10.0),
    ("ل", 8.0),
    ("نں", 7.0),
    ("ر", 6.5),
    ("وۇۆ", 6.5),
    ("م", 6.0),
    ("هہھةە", 6.5),
    ("ت", 5.0),
    ("د", 5.0),
    ("ب", 4.0),
    ("کك", 3.5),
    ("س", 3.0),
    ("ش", 2.0),
    ("ع", 2.0),
    ("قفحجگخ", 7.0),
];
/// The commonest words of languages that are often met, all scripts together. Only those that say something backwards too.
const KNOWN_WORDS: &[&str] = &[
    // Arabic, Persian, Urdu, Pashto, Uyghur
    "في",
    "من",
    "على",
    "إلى",
    "هذا",
    "هذه",
    "التي",
    "الذي",
    "كان",
    "أن",
    "عن",
    "مع",
    "كل",
    "بعد",
    "از",
    "در",
    "که",
    "این",
    "را",
    "است",
    "برای",
    "می",
    "با",
    "آن",
    "شده",
    "تا",
    "بود",
    "کے",
    "کی",
    "میں",
    "سے",
    "ہے",
    "کا",
    "اور",
    "پر",
    "یہ",
    "کو",
    "نے",
    "په",
    "چې",
    "له",
    "ته",
    "دی",
    "ۋە",
    "بىلەن",
    "بۇ",
    "ئۇ",
    // English, German, French, Spanish, Italian, Portuguese, Dutch, Turkish, Polish, Swedish, Indonesian, Uzbek
    "the",
    "of",
    "and",
    "to",
    "in",
    "is",
    "for",
    "that",
    "with",
    "der",
    "die",
    "und",
    "das",
    "ist",
    "von",
    "mit",
    "den",
    "für",
    "le",
    "la",
    "les",
    "des",
    "et",
    "est",
    "une",
    "dans",
    "que",
    "el",
    "los",
    "las",
    "por",
    "con",
    "una",
    "il",
    "che",
    "di",
    "per",
    "não",
    "uma",
    "com",
    "het",
    "een",
    "van",
    "ve",
    "bir",
    "bu",
    "için",
    "nie",
    "się",
    "jest",
    "och",
    "att",
    "som",
    "yang",
    "dan",
    "untuk",
    "va",
    "bilan",
    "uchun",
    // Russian, Ukrainian, Bulgarian, Kazakh
    "и",
    "в",
    "не",
    "на",
    "что",
    "с",
    "по",
    "из",
    "это",
    "та",
    "що",
    "за",
    "се",
    "от",
    "және",
    "бір",
];

/// What is thought of a text layer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// It can be used.
    Sound,
    /// It has (nearly) no letters; whether the page has any, its picture says.
    Thin,
    /// Its letters run backwards; turning every line around mends it.
    Backward,
    /// It is not what the page says.
    Garbled(&'static str),
}

/// Judges the text of a page.
pub(crate) fn judge(text: &str) -> Verdict {
    let text: String = text.replace("(cid:", "\u{fffd}");
    let (seen, meaningless) = text
        .chars()
        .filter(|c| !c.is_whitespace())
        .fold((0usize, 0usize), |(seen, bad), c| (seen + 1, bad + usize::from(is_meaningless(c))));
    if seen > 0 && share(meaningless, seen) >= MEANINGLESS_SHARE && meaningless >= 3 {
        return Verdict::Garbled("characters without meaning");
    }
    let letters: Vec<char> = text.chars().filter(|c| c.is_alphabetic()).collect();
    if letters.len() < LETTERS_THIN {
        return Verdict::Thin;
    }
    let words = || text.split(|c: char| !c.is_alphanumeric()).filter(|word| word.chars().any(char::is_alphabetic));
    let count = words().count();
    let (forward, backward) = words().fold((0, 0), |(forward, backward), word| {
        (forward + usize::from(is_known(word)), backward + usize::from(is_known_backward(word)))
    });
    if backward >= BACKWARD_MIN && backward > BACKWARD_RATIO * forward && share(backward, count) >= BACKWARD_SHARE {
        // Replaced letters can look like words that run backwards.
        return letters_fit(&text, &letters).map_or(Verdict::Backward, Verdict::Garbled);
    }
    if letters.len() < LETTERS_MIN || share(forward, count) >= KNOWN_WORDS_SHARE {
        return Verdict::Sound;
    }
    if share(words().filter(|word| is_mixed(word)).count(), count) >= MIXED_WORDS_SHARE {
        return Verdict::Garbled("letters of several scripts in one word");
    }
    letters_fit(&text, &letters).map_or(Verdict::Sound, Verdict::Garbled)
}

/// Why the letters are those of no language, if they are.
fn letters_fit(text: &str, letters: &[char]) -> Option<&'static str> {
    let mut scripts: BTreeMap<u32, usize> = BTreeMap::new();
    letters.iter().for_each(|c| *scripts.entry(script(*c)).or_default() += 1);
    if scripts.values().filter(|count| **count * 20 >= letters.len()).count() > SCRIPTS_MAX {
        return Some("letters of many scripts");
    }
    let upper = text.chars().filter(|c| matches!(c, '\u{a1}'..='\u{ff}')).count();
    if share(upper, letters.len()) >= LATIN_1_SHARE {
        return Some("bytes taken for the wrong code page");
    }
    let of = |wanted: u32| letters.iter().filter(move |c| script(**c) == wanted);
    for (wanted, (least, most)) in [(LATIN, VOWELS_LATIN), (CYRILLIC, VOWELS_CYRILLIC)] {
        let all = of(wanted).count();
        let plain = |c: &char| c.nfd().next().unwrap_or(*c).to_lowercase().next().unwrap_or(*c);
        let vowels = of(wanted).filter(|c| VOWEL_LETTERS.contains(plain(c))).count();
        if all >= LETTERS_MIN && all * 2 > letters.len() && !(least..=most).contains(&share(vowels, all)) {
            return Some("letters that no language has in such numbers");
        }
    }
    let all = of(ARABIC).count();
    if all >= ARABIC_LETTERS_MIN && all * 2 > letters.len() && arabic_likeness(of(ARABIC)) < ARABIC_LIKENESS {
        return Some("letters that no language has in such numbers");
    }
    None
}

/// How like the usual numbers of Arabic letters these are, 0 to 1.
fn arabic_likeness<'a>(letters: impl Iterator<Item = &'a char>) -> f32 {
    let mut seen: BTreeMap<char, f32> = BTreeMap::new();
    for letter in letters {
        let plain = letter.nfd().next().unwrap_or(*letter);
        let known = ARABIC_LETTERS.iter().find(|(forms, _)| forms.contains(plain));
        *seen.entry(known.and_then(|(forms, _)| forms.chars().next()).unwrap_or(plain)).or_default() += 1.0;
    }
    let usual = |(forms, share): &(&str, f32)| forms.chars().next().and_then(|c| seen.get(&c)).unwrap_or(&0.0) * share;
    let both: f32 = ARABIC_LETTERS.iter().map(usual).sum();
    let length = |squares: f32| squares.sqrt().max(f32::EPSILON);
    let (here, there) = (
        length(seen.values().map(|count| count * count).sum()),
        length(ARABIC_LETTERS.iter().map(|(_, share)| share * share).sum()),
    );
    both / here / there
}

fn share(part: usize, whole: usize) -> f32 {
    if whole == 0 { 0.0 } else { part as f32 / whole as f32 }
}

fn is_meaningless(c: char) -> bool {
    c == '\u{fffd}' || c.is_control() || matches!(c, '\u{e000}'..='\u{f8ff}' | '\u{f0000}'..='\u{10ffff}')
}

const LATIN: u32 = 0;
const CYRILLIC: u32 = 1;
const ARABIC: u32 = 2;

/// A number for the script of a letter; of scripts that are seldom met, for its block of 128.
fn script(c: char) -> u32 {
    match c {
        '\u{0}'..='\u{24f}' | '\u{1e00}'..='\u{1eff}' => LATIN,
        '\u{400}'..='\u{52f}' => CYRILLIC,
        '\u{600}'..='\u{6ff}' | '\u{750}'..='\u{77f}' | '\u{8a0}'..='\u{8ff}' | '\u{fb50}'..='\u{fefc}' => ARABIC,
        // Chinese, Japanese and Korean are written together.
        '\u{1100}'..='\u{11ff}' | '\u{2e80}'..='\u{9fff}' | '\u{ac00}'..='\u{d7af}' => 3,
        other => 100 + (u32::from(other) >> 7),
    }
}

fn is_mixed(word: &str) -> bool {
    let mut scripts = word.chars().filter(|c| c.is_alphabetic()).map(script);
    scripts.next().is_some_and(|first| scripts.any(|other| other != first))
}

fn is_known(word: &str) -> bool {
    let has_article = word.chars().count() >= 5 && word.starts_with("ال");
    has_article || KNOWN_WORDS.contains(&word) || KNOWN_WORDS.contains(&word.to_lowercase().as_str())
}

/// Of right-to-left script only: elsewhere nobody turns letters around, and short words are words both ways.
fn is_known_backward(word: &str) -> bool {
    word.chars().all(is_right_to_left) && is_known(&word.chars().rev().collect::<String>())
}

/// Arabic letters in the forms that they take at the start, in the middle and at the end of words, as the letters themselves.
pub(crate) fn without_forms(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for c in text.chars() {
        if matches!(c, '\u{fb50}'..='\u{fdff}' | '\u{fe70}'..='\u{fefc}') {
            plain.extend(std::iter::once(c).nfkc());
        } else {
            plain.push(c);
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    const ARABIC_TEXT: &str = "تفتح المكتبة في الميناء القديم أبوابها من جديد بعد عامين من الإصلاح صارت لقاعة المطالعة نوافذ \
        جديدة ويأتي الضوء الآن من الشمال على الطاولات الطويلة";
    const UYGHUR: &str =
        "كۇتۇپخانا كونا پورتتا ئىككى يىللىق رېمونتتىن كېيىن قايتا ئېچىلدى ئوقۇش زالىنىڭ يېڭى دېرىزىلىرى بار";
    const VIETNAMESE: &str = "Thư viện ở bến cảng cũ mở cửa trở lại sau hai năm sửa chữa phòng đọc có cửa sổ mới và ánh sáng chiếu lên những chiếc bàn dài";

    fn backward(text: &str) -> String {
        text.split(' ').map(|word| word.chars().rev().collect::<String>()).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn texts_of_many_languages_are_sound() {
        for text in [
            ARABIC_TEXT,
            UYGHUR,
            VIETNAMESE,
            "Die Bibliothek am alten Hafen öffnet nach zwei Jahren wieder und das Licht fällt jetzt von Norden auf die Tische",
            "Библиотека в старой гавани снова открывается после двух лет ремонта и свет падает на длинные столы",
            "图书馆在两年的修缮之后重新开放阅览室有了新的窗户光线从北面照在长桌上访客可以借十本书并保留四个星期图书馆在两年的修缮之后",
            "Ukiukkut silaannaq allanngorarpoq nunallu inui oqaluttuaminnik atuakkiorput qangarnitsanik nunaqqatiminnut",
            "ქალაქის ბიბლიოთეკა ორი წლის რემონტის შემდეგ ისევ გაიხსნა და სამკითხველო დარბაზს ახალი ფანჯრები აქვს",
        ] {
            assert_eq!(judge(text), Verdict::Sound, "{text}");
        }
    }

    #[test]
    fn what_a_broken_map_leaves_is_garbled() {
        let private: String = ARABIC_TEXT.chars().map(|c| if c == ' ' { c } else { '\u{e123}' }).collect();
        let later = |by: u32| move |c: char| char::from_u32(if c == ' ' { 32 } else { u32::from(c) + by }).unwrap_or(c);
        let english =
            "the library in the old harbour opens again after two years of repairs and the light falls on long tables";
        let moved: String =
            english.chars().map(|c| if c == ' ' { c } else { char::from((c as u8 - b'a' + 5) % 26 + b'a') }).collect();
        let soup: String = ARABIC_TEXT.chars().enumerate().map(|(at, c)| later(at as u32 % 9 * 300)(c)).collect();
        let bytes = "ÁèáëèîòåêàâñòàðîéãàâàíèñíîâàîòêðûâàåòñÿïîñëåäâóõëåòðåìîíòàÁèáëèîòåêà";
        for text in [private.as_str(), &moved, &soup, bytes, &"(cid:12)(cid:7) ".repeat(9), &"a\u{fffd}".repeat(40)] {
            assert!(matches!(judge(text), Verdict::Garbled(_)), "{text}: {:?}", judge(text));
        }
    }

    #[test]
    fn letters_that_run_backwards_are_told() {
        assert_eq!(judge(&backward(ARABIC_TEXT)), Verdict::Backward);
        let persian = "کتابخانهٔ بندر قدیمی پس از دو سال تعمیر دوباره باز شد و نور از شمال در تالار بر میزها است که این را می گویند";
        assert_eq!((judge(persian), judge(&backward(persian))), (Verdict::Sound, Verdict::Backward));
    }

    #[test]
    fn few_letters_are_thin_and_forms_become_letters() {
        assert_eq!((judge(""), judge("12 / 40 — Harbour Review")), (Verdict::Thin, Verdict::Thin));
        assert_eq!(without_forms("ﺍﻟﻤﻜﺘﺒﺔ ﻻ x ﬁ"), "المكتبة لا x ﬁ");
    }
}
