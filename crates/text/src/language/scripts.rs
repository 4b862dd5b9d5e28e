//! Scripts by their code points, and the names of languages.

/// Scripts that are told apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Script {
    None,
    Latin,
    Cyrillic,
    Arabic,
    Devanagari,
    Greek,
    Hebrew,
    Armenian,
    Georgian,
    Syriac,
    Thaana,
    Bengali,
    Gurmukhi,
    Gujarati,
    Oriya,
    Tamil,
    Telugu,
    Kannada,
    Malayalam,
    Sinhala,
    Thai,
    Lao,
    Tibetan,
    Myanmar,
    Ethiopic,
    Khmer,
    Mongolian,
    Japanese,
    Han,
    Hangul,
    Other,
}

const SCRIPTS: usize = Script::Other as usize + 1;

/// All of them, in the order that breaks ties.
const ALL: [Script; 30] = [
    Script::Latin,
    Script::Cyrillic,
    Script::Arabic,
    Script::Devanagari,
    Script::Greek,
    Script::Hebrew,
    Script::Armenian,
    Script::Georgian,
    Script::Syriac,
    Script::Thaana,
    Script::Bengali,
    Script::Gurmukhi,
    Script::Gujarati,
    Script::Oriya,
    Script::Tamil,
    Script::Telugu,
    Script::Kannada,
    Script::Malayalam,
    Script::Sinhala,
    Script::Thai,
    Script::Lao,
    Script::Tibetan,
    Script::Myanmar,
    Script::Ethiopic,
    Script::Khmer,
    Script::Mongolian,
    Script::Japanese,
    Script::Han,
    Script::Hangul,
    Script::Other,
];

impl Script {
    /// ISO 15924.
    pub(super) fn code(self) -> &'static str {
        self.names().0
    }

    /// The language that practically alone uses the script.
    pub(super) fn only_language(self) -> &'static str {
        self.names().1
    }

    fn names(self) -> (&'static str, &'static str) {
        match self {
            Self::None => ("Zyyy", "und"),
            Self::Latin => ("Latn", "und"),
            Self::Cyrillic => ("Cyrl", "und"),
            Self::Arabic => ("Arab", "und"),
            Self::Devanagari => ("Deva", "und"),
            Self::Greek => ("Grek", "el"),
            Self::Hebrew => ("Hebr", "he"),
            Self::Armenian => ("Armn", "hy"),
            Self::Georgian => ("Geor", "ka"),
            Self::Syriac => ("Syrc", "syr"),
            Self::Thaana => ("Thaa", "dv"),
            Self::Bengali => ("Beng", "bn"),
            Self::Gurmukhi => ("Guru", "pa"),
            Self::Gujarati => ("Gujr", "gu"),
            Self::Oriya => ("Orya", "or"),
            Self::Tamil => ("Taml", "ta"),
            Self::Telugu => ("Telu", "te"),
            Self::Kannada => ("Knda", "kn"),
            Self::Malayalam => ("Mlym", "ml"),
            Self::Sinhala => ("Sinh", "si"),
            Self::Thai => ("Thai", "th"),
            Self::Lao => ("Laoo", "lo"),
            Self::Tibetan => ("Tibt", "bo"),
            Self::Myanmar => ("Mymr", "my"),
            Self::Ethiopic => ("Ethi", "am"),
            Self::Khmer => ("Khmr", "km"),
            Self::Mongolian => ("Mong", "mn"),
            Self::Japanese => ("Jpan", "ja"),
            Self::Han => ("Hani", "zh"),
            Self::Hangul => ("Hang", "ko"),
            Self::Other => ("Zzzz", "und"),
        }
    }
}

/// The script of a letter; `None` for what is no letter.
#[inline]
pub(super) fn of(ch: char) -> Script {
    match ch as u32 {
        0x41..=0x5a | 0x61..=0x7a => Script::Latin,
        0..=0xa9 => Script::None,
        0x620..=0x64a
        | 0x66e..=0x6d3
        | 0x6d5
        | 0x6fa..=0x6ff
        | 0x750..=0x77f
        | 0x8a0..=0x8c9
        | 0xfb50..=0xfdfb
        | 0xfe70..=0xfefc => Script::Arabic,
        0x400..=0x481 | 0x48a..=0x52f => Script::Cyrillic,
        0x2000..=0x2bff => Script::None,
        _ if !ch.is_alphabetic() => Script::None,
        0xaa..=0x2af | 0x1e00..=0x1eff | 0xff21..=0xff5a => Script::Latin,
        0x370..=0x3ff | 0x1f00..=0x1fff => Script::Greek,
        0x530..=0x58f => Script::Armenian,
        0x590..=0x5ff => Script::Hebrew,
        0x700..=0x74f => Script::Syriac,
        0x780..=0x7bf => Script::Thaana,
        0x900..=0x97f => Script::Devanagari,
        0x980..=0x9ff => Script::Bengali,
        0xa00..=0xa7f => Script::Gurmukhi,
        0xa80..=0xaff => Script::Gujarati,
        0xb00..=0xb7f => Script::Oriya,
        0xb80..=0xbff => Script::Tamil,
        0xc00..=0xc7f => Script::Telugu,
        0xc80..=0xcff => Script::Kannada,
        0xd00..=0xd7f => Script::Malayalam,
        0xd80..=0xdff => Script::Sinhala,
        0xe00..=0xe7f => Script::Thai,
        0xe80..=0xeff => Script::Lao,
        0xf00..=0xfff => Script::Tibetan,
        0x1000..=0x109f => Script::Myanmar,
        0x10a0..=0x10ff => Script::Georgian,
        0x1100..=0x11ff | 0xac00..=0xd7af => Script::Hangul,
        0x1200..=0x139f => Script::Ethiopic,
        0x1780..=0x17ff => Script::Khmer,
        0x1800..=0x18af => Script::Mongolian,
        0x3041..=0x30ff => Script::Japanese,
        0x3400..=0x9fff | 0xf900..=0xfaff | 0x20000..=0x323af => Script::Han,
        _ => Script::Other,
    }
}

/// The script with the most words, by its letters, and how many those are. Web addresses do not count: they are Latin in every language.
pub(super) fn dominant(text: &str) -> (Script, usize) {
    let mut counts = [0usize; SCRIPTS];
    let mut previous = ' ';
    let mut address = false;
    let mut since_space = 0usize;
    for ch in text.chars() {
        if address {
            address = !ch.is_whitespace();
            continue;
        }
        if ch == '/' && previous == '/' {
            // The scheme before it goes too.
            if let Some(latin) = counts.get_mut(Script::Latin as usize) {
                *latin = latin.saturating_sub(since_space);
            }
            address = true;
        }
        address |= ch == '@' && !previous.is_alphanumeric();
        since_space = if ch.is_ascii_alphabetic() {
            since_space + 1
        } else if ch.is_whitespace() {
            0
        } else {
            since_space
        };
        previous = ch;
        if let Some(count) = counts.get_mut(of(ch) as usize) {
            *count += 1;
        }
    }
    let count = |script: Script| counts.get(script as usize).copied().unwrap_or(0);
    // Scripts that leave out vowels need a quarter fewer letters for the same words.
    let weight = |script: Script| match script {
        Script::None => 0,
        Script::Arabic | Script::Hebrew | Script::Syriac => count(script) * 4,
        _ => count(script) * 3,
    };
    let best =
        ALL.into_iter().fold(Script::None, |best, script| if weight(script) > weight(best) { script } else { best });
    let best = (best, count(best));
    // Kana among ideographs make it Japanese.
    if best.0 == Script::Han && count(Script::Japanese) * 8 > best.1 {
        return (Script::Japanese, best.1 + count(Script::Japanese));
    }
    best
}
