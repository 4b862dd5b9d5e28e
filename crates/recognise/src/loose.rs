//! Reads the words of a text that nobody uses: as a name's word with a slip in it, written together with its neighbours, cut in two,
//! with a sign in place of a letter, or spelled by another alphabet.
//!
//! A common word is what it is ([`vedette_text::common`]); only the others come here, so that honest text costs little and is seldom taken
//! for a name. In: a folded text, its words, the [`Vocabulary`]. Out: [`LooseAlt`]s, more ways to read one or more words.

use crate::edits::{is_slip, stem};
use crate::sounds::Sounds;
use crate::vocabulary::{Entry, Spelling, Vocabulary, WORD_CHARS_MAX};
use crate::words::{Reading, Script, how, readings, script_of};
use vedette_text::common::{is_common_hash, is_piece, quick_hash, quick_hash_joined};
use vedette_text::fold::Folded;
use vedette_text::tokens::Spots;

/// Bits that say how a spelling differs from a name's.
pub(crate) mod slip {
    /// One letter swapped, left out, put in or replaced.
    pub const EDIT: u8 = 1;
    /// Spelled by another alphabet, or by other rules of the same.
    pub const TRANSLIT: u8 = 2;
    /// Written together with other words.
    pub const JOINED: u8 = 4;
    /// Cut in two.
    pub const SPLIT: u8 = 8;
    /// Arabic in Latin letters and digits.
    pub const ARABIZI: u8 = 16;
    /// A sign in place of a letter.
    pub const MASK: u8 = 32;
    /// Sounds like a name's word, but is a common word: counts only beside one that is not.
    pub const BESIDE: u8 = 64;
    /// The plural is registered, the singular written.
    pub const SINGULAR: u8 = 128;
}

/// Bytes of the longest sign that stands inside a word (an emoji of several parts).
pub(crate) const GAP_BYTES_MAX: usize = 16;
/// Ways to read one word loosely; more would let a text make work.
const ALTS_MAX: usize = 24;

/// One more way to read the words `token..token + count`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct LooseAlt {
    pub token: u32,
    pub count: u32,
    pub key: u64,
    pub loose: u8,
    pub how: u8,
    /// The name's part, in folded bytes.
    pub start: u32,
    pub end: u32,
    /// Places of the word in names, one bit each.
    pub places: u32,
}

/// A folded text, its words, and how they were written.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Text<'a> {
    pub folded: &'a str,
    pub spots: &'a Spots,
    /// The original, where it is known.
    pub written: Option<(&'a str, &'a Folded)>,
}

impl<'a> Text<'a> {
    pub fn word(&self, token: usize) -> Option<&'a str> {
        let (start, end) = self.spots.get(token)?;
        self.folded.get(start..end)
    }
}

/// Whether a word of a text is somebody's everyday word, so that it is not read in any other way.
pub(crate) fn is_everyday(word: &str, script: Script) -> bool {
    let mut common = false;
    readings(word, script, true, |reading| {
        common = common
            || word.get(reading.from..reading.to).is_some_and(|part| is_common_hash(quick_hash(part.as_bytes())));
    });
    common
}

/// Adds the loose readings of an unknown word.
pub(crate) fn read_word(vocabulary: &Vocabulary, text: Text<'_>, token: usize, out: &mut Vec<LooseAlt>) {
    let (Some((start, _)), Some(word)) = (text.spots.get(token), text.word(token)) else { return };
    let script = script_of(word);
    let mut found = Found { token, start, bytes: word.len(), first: out.len(), out };
    if script == Script::Other || word.len() > WORD_CHARS_MAX * 4 {
        return;
    }
    readings(word, script, true, |reading| {
        let Some(part) = word.get(reading.from..reading.to) else { return };
        read_edits(vocabulary, part, script, reading, &mut found);
        read_sounds(vocabulary, part, script, reading, slip::TRANSLIT, &mut found);
    });
    if script == Script::Latin {
        read_inside(vocabulary, word, &mut found);
        read_arabizi(vocabulary, text, word, &mut found);
    }
}

/// The readings of a word by its sound, for words beside one that sounds like a name's; common words too.
pub(crate) fn read_beside(vocabulary: &Vocabulary, text: Text<'_>, token: usize, out: &mut Vec<LooseAlt>) {
    let (Some((start, _)), Some(word)) = (text.spots.get(token), text.word(token)) else { return };
    let script = script_of(word);
    let mut found = Found { token, start, bytes: word.len(), first: out.len(), out };
    readings(word, script, false, |reading| {
        if let Some(part) = word.get(reading.from..reading.to) {
            read_sounds(vocabulary, part, script, reading, slip::BESIDE, &mut found);
        }
    });
}

struct Found<'a> {
    token: usize,
    /// Where the word begins, and its size.
    start: usize,
    bytes: usize,
    first: usize,
    out: &'a mut Vec<LooseAlt>,
}

impl Found<'_> {
    /// Bytes of the word that belong to the name: endings do, clitics do not.
    fn cut_of(&self, reading: Reading) -> (usize, usize) {
        (reading.cut_front, self.bytes - reading.cut_back)
    }

    fn push(&mut self, entry: &Entry, places: u32, loose: u8, reading: Reading, cut: (usize, usize)) {
        let mine = self.out.get(self.first..).unwrap_or_default();
        if mine.len() >= ALTS_MAX || mine.iter().any(|alt| alt.key == entry.key && alt.count == 1) {
            return;
        }
        self.out.push(LooseAlt {
            token: self.token as u32,
            count: 1,
            key: entry.key,
            loose,
            how: reading.how,
            start: (self.start + cut.0) as u32,
            end: (self.start + cut.1) as u32,
            places,
        });
    }
}

fn letters_of(part: &str, letters: &mut [char; WORD_CHARS_MAX]) -> Option<usize> {
    let mut len = 0;
    for letter in part.chars() {
        *letters.get_mut(len)? = letter;
        len += 1;
    }
    Some(len)
}

fn read_edits(vocabulary: &Vocabulary, part: &str, script: Script, reading: Reading, found: &mut Found<'_>) {
    let mut buffer = ['\0'; WORD_CHARS_MAX];
    // No slip takes more than a letter and an ending from a name's word.
    let least = usize::from(vocabulary.least().edited).saturating_sub(2).max(3);
    if part.len() < least {
        return;
    }
    let Some(written) =
        letters_of(part, &mut buffer).and_then(|len| buffer.get(..len)).filter(|word| word.len() >= least)
    else {
        return;
    };
    if vocabulary.spelled(part, quick_hash(part.as_bytes())).is_some() {
        // It is a name's word itself.
        return;
    }
    read_shortened(vocabulary, written, written, script, reading, found);
    if let Some(stem) = stem(written, script) {
        read_shortened(vocabulary, stem, written, script, reading, found);
    }
}

/// Entries that share a spelling with `form` of a written word, compared with the word itself.
fn read_shortened(
    vocabulary: &Vocabulary,
    form: &[char],
    written: &[char],
    script: Script,
    reading: Reading,
    found: &mut Found<'_>,
) {
    let spelling = Spelling::of(form);
    let mut name = ['\0'; WORD_CHARS_MAX];
    for hash in std::iter::once(spelling.whole()).chain(spelling.without_each()) {
        for entry in vocabulary.shortened(hash).filter(|entry| entry.script == script) {
            let name = letters_of(vocabulary.spelling(entry), &mut name).and_then(|len| name.get(..len));
            if name.is_some_and(|name| is_slip(name, written, script)) {
                let cut = found.cut_of(reading);
                found.push(entry, entry.places, slip::EDIT, reading, cut);
            }
        }
    }
}

fn read_sounds(vocabulary: &Vocabulary, part: &str, script: Script, reading: Reading, kind: u8, found: &mut Found<'_>) {
    // A digit that stands for a letter is proof enough of a short name.
    let fewer = u8::from(kind == slip::ARABIZI);
    let least = if kind == slip::BESIDE { 2 } else { usize::from(vocabulary.least().sounded - fewer) };
    // No word has more consonants than letters.
    if part.len() < if script == Script::Latin { least } else { 2 * least } {
        return;
    }
    if Sounds::len_max(part) < least {
        return;
    }
    for sounds in Sounds::all(part, script).into_iter().flatten().filter(|sounds| sounds.len() >= least) {
        for entry in vocabulary.sounding(sounds) {
            let enough = kind == slip::BESIDE || sounds.len() >= usize::from(entry.strict.sounded - fewer);
            let arabic = entry.script == Script::Arabic && script == Script::Arabic;
            if enough && !arabic && crate::words::name_part(vocabulary.spelling(entry)).0 != part {
                let places = if kind == slip::BESIDE { entry.places } else { entry.sound_places };
                let cut = found.cut_of(reading);
                found.push(entry, places, kind, reading, cut);
            }
        }
    }
}

/// `3arab` and `ma7moud`: the digits were read as leet, so the word is read again as it was written.
fn read_arabizi(vocabulary: &Vocabulary, text: Text<'_>, word: &str, found: &mut Found<'_>) {
    let end = found.start + word.len();
    let spelled = match text.written {
        Some((original, folded)) if folded.fired_in(found.start, end, "leet") => {
            let (from, to) = folded.original_span(found.start, end);
            original.get(from..to).map(str::to_lowercase)
        }
        _ => None,
    };
    let spelled = spelled.as_deref().unwrap_or(word);
    let digits = spelled.bytes().filter(u8::is_ascii_digit).count();
    if digits > 0
        && digits * 2 <= spelled.len()
        && spelled.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'\'')
    {
        let whole = Reading { from: 0, to: word.len(), how: 0, cut_front: 0, cut_back: 0 };
        read_sounds(vocabulary, spelled, Script::Latin, whole, slip::ARABIZI, found);
    }
}

/// A name written together with other words: `tellementlantern`, `#greylanternnow`.
fn read_inside(vocabulary: &Vocabulary, word: &str, found: &mut Found<'_>) {
    let bytes = word.as_bytes();
    let least = usize::from(vocabulary.least().inside);
    if !word.is_ascii() || bytes.len() <= least || bytes.len() > WORD_CHARS_MAX * 2 {
        return;
    }
    for from in 0..=bytes.len() - least {
        for to in from + least..=bytes.len().min(from + WORD_CHARS_MAX) {
            if to - from == bytes.len() {
                continue;
            }
            let Some(part) = bytes.get(from..to) else { continue };
            let quick = quick_hash(part);
            if !vocabulary.may_be_spelled(quick) {
                continue;
            }
            let (Some(part), Some(front), Some(back)) = (word.get(from..to), word.get(..from), word.get(to..)) else {
                continue;
            };
            let Some(entry) = vocabulary.spelled(part, quick) else { continue };
            if part.len() < usize::from(entry.strict.inside) {
                continue;
            }
            let known = [is_pieces(front), is_pieces(back)];
            let long = part.len() >= usize::from(entry.strict.inside_unknown)
                && (from == 0 || to == bytes.len() || known.contains(&true));
            if known == [true, true] || long {
                let reading = Reading { from, to, how: 0, cut_front: from, cut_back: bytes.len() - to };
                found.push(entry, entry.places, slip::JOINED, reading, (from, to));
            }
        }
    }
}

/// Nothing, a common word, or two or three written together.
fn is_pieces(text: &str) -> bool {
    let whole = |text: &str| text.is_empty() || is_piece(text);
    let two = |text: &str| {
        whole(text) || (1..text.len()).any(|at| text.split_at_checked(at).is_some_and(|(a, b)| whole(a) && whole(b)))
    };
    two(text) || (1..text.len()).any(|at| text.split_at_checked(at).is_some_and(|(a, b)| whole(a) && two(b)))
}

/// Adds readings of a word together with the one behind it, `lan tern`, `lan*ern`. `unknown`: one of them is no common word.
pub(crate) fn read_pair(vocabulary: &Vocabulary, text: Text<'_>, token: usize, unknown: bool, out: &mut Vec<LooseAlt>) {
    let (Some((start, end)), Some((next, stop))) = (text.spots.get(token), text.spots.get(token + 1)) else { return };
    let (letters, signs) = (end - start + stop - next, next - end);
    if letters > WORD_CHARS_MAX || letters + 1 < usize::from(vocabulary.least().edited) {
        return;
    }
    let bytes = text.folded.as_bytes();
    let quick = quick_hash_joined(bytes, [start, end], [next, stop]);
    if signs == 1 && bytes.get(end) == Some(&b' ') && !vocabulary.may_be_spelled(quick) {
        return;
    }
    let (Some(front), Some(gap), Some(back)) =
        (text.folded.get(start..end), text.folded.get(end..next), text.folded.get(next..stop))
    else {
        return;
    };
    let inner = gap != " " && gap.len() <= GAP_BYTES_MAX && !gap.contains(char::is_whitespace);
    if !(inner || unknown && gap == " ") {
        return;
    }
    let mut bytes = [0u8; WORD_CHARS_MAX];
    for (slot, byte) in bytes.iter_mut().zip(front.bytes().chain(back.bytes())) {
        *slot = byte;
    }
    let joined = bytes.get(..letters).unwrap_or_default();
    let one_sign = inner && gap.chars().count() == 1 && !matches!(gap, "'" | "." | "/" | ":" | "&");
    if !one_sign && !vocabulary.may_be_spelled(quick) {
        return;
    }
    let Ok(joined) = std::str::from_utf8(joined) else { return };
    let mut push = |entry: &Entry, loose: u8| {
        let (start, end, how) = (start as u32, stop as u32, 0);
        out.push(LooseAlt {
            token: token as u32,
            count: 2,
            key: entry.key,
            loose,
            how,
            start,
            end,
            places: entry.places,
        });
    };
    if let Some(entry) = vocabulary.spelled(joined, quick)
        && entry.chars >= entry.strict.split
    {
        push(entry, slip::SPLIT);
    }
    if one_sign {
        let mut buffer = ['\0'; WORD_CHARS_MAX];
        let Some(letters) = letters_of(joined, &mut buffer).and_then(|len| buffer.get(..len)) else { return };
        for entry in vocabulary.shortened(Spelling::of(letters).whole()) {
            let name = vocabulary.spelling(entry);
            let one = usize::from(entry.chars) == letters.len() + 1;
            if one && name.starts_with(front) && name.ends_with(back) {
                push(entry, slip::MASK);
            }
        }
    }
}

/// Whether a word carries something before the name that a following word of a name may not have.
pub(crate) fn begins_name_only(how: u8) -> bool {
    how & (how::CLITIC | how::ELISION) != 0
}
