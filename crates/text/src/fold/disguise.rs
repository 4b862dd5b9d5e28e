//! Undoes what people do to a word so that a filter misses it: letters of another script that look the same, digits for letters,
//! letters spaced apart, letters repeated.
//!
//! Each rule looks at a whole token and leaves honest text alone: real Russian has no Latin letters in its words, `2026` no
//! letters, `area 51` no letter next to its digits, `III` nothing but Roman numerals.

use super::letters::{Class, class_of};
use super::{CONFUSABLE, Folds, LEET, REPEAT, SEPARATOR, Unit};
use rustc_hash::FxHashMap;
use std::sync::LazyLock;

/// Fewer single letters than this are initials or a list, not a word spaced apart.
pub(super) const SPACED_LETTERS_MIN: usize = 4;
/// A digit at the edge of a word with fewer letters is a unit or an ordinal: `3pm`, `5th`, `m16`.
const EDGE_LEET_LETTERS_MIN: usize = 3;
/// Longer runs of digits between letters are numbers in a code, not letters.
const LEET_RUN_MAX: usize = 3;
/// This many equal letters in a row are folded to one.
pub(super) const REPEAT_MIN: usize = 3;

/// From a letter of a rarer script to the Latin one it looks like.
static LOOK_ALIKES: LazyLock<FxHashMap<char, char>> = LazyLock::new(|| {
    let lines = include_str!("look_alikes.txt").lines().filter(|line| !line.starts_with('#'));
    let pairs = lines.filter_map(|line| line.split_once('\t'));
    pairs.flat_map(|(latin, others)| others.chars().zip(latin.chars().cycle())).collect()
});

/// What a first look at the characters found: whether the slower rules need to run at all. It may see too much, never too little.
#[derive(Debug, Default)]
pub(super) struct Signs {
    mixed: bool,
    leet: bool,
    repeats: bool,
    pub(super) spaced: bool,
    scripts: u8,
    digits: bool,
    last: char,
    same: usize,
    token_chars: usize,
    gap_chars: usize,
    singles: usize,
}

impl Signs {
    #[inline]
    pub(super) fn see(&mut self, ch: char, class: Class) {
        let script = match class {
            Class::Latin => 1u8,
            Class::Greek => 2,
            Class::Cyrillic => 4,
            Class::Arabic => 8,
            Class::Letter => 16,
            Class::Digit | Class::Sign => 0,
            Class::Newline | Class::Other => return self.see_gap(),
        };
        if self.token_chars == 0 {
            self.singles = if self.gap_chars == 1 { self.singles + 1 } else { 1 };
            self.spaced |= self.singles >= SPACED_LETTERS_MIN;
        }
        self.token_chars += 1;
        self.scripts |= script;
        self.digits |= script == 0;
        self.leet |= self.digits && self.scripts != 0;
        self.mixed |= (self.scripts & 7).count_ones() > 1 || self.scripts & 17 == 17;
        self.same = if ch == self.last { self.same + 1 } else { 1 };
        self.repeats |= self.same >= REPEAT_MIN;
        self.last = ch;
    }

    fn see_gap(&mut self) {
        if self.token_chars > 0 {
            if self.token_chars > 1 {
                self.singles = 0;
            }
            self.token_chars = 0;
            self.gap_chars = 0;
            self.scripts = 0;
            self.digits = false;
            self.same = 0;
            self.last = '\0';
        }
        self.gap_chars += 1;
    }
}

/// Rewrites the units in place; `text` is the original, for look-alikes that depend on its case.
pub(super) fn undo(text: &str, units: &mut [Unit], signs: Signs, on: Folds) {
    let joined = signs.spaced && on.allow(SEPARATOR) && join_spaced(units);
    // Look-alikes may become equal letters and so does leet: whatever ran before can make repeats.
    if !(joined || signs.mixed || signs.leet || signs.repeats) {
        return;
    }
    let mut at = 0;
    while at < units.len() {
        let rest = units.get(at..).unwrap_or_default();
        let skip = rest.iter().take_while(|unit| !in_word(unit)).count();
        let size = rest.iter().skip(skip).take_while(|unit| in_word(unit) || unit.gone).count();
        let address = is_address(rest.get(skip + size..).unwrap_or_default());
        if let Some(token) = units.get_mut(at + skip..at + skip + size) {
            undo_token(text, token, address, on);
        }
        at += skip + size.max(1);
    }
}

fn in_word(unit: &Unit) -> bool {
    !unit.gone && (unit.class.is_letter() || matches!(unit.class, Class::Digit | Class::Sign))
}

/// True when what follows a token makes it the front of a host name.
fn is_address(after: &[Unit]) -> bool {
    matches!(after, [dot, next, ..] if dot.ch == '.' && next.class.is_letter())
}

/// Where the units of the character at `at` end: `ß` folds to two.
fn character_end(units: &[Unit], at: usize) -> usize {
    let same = units.get(at..).unwrap_or_default();
    at + same.iter().take_while(|unit| same.first().is_some_and(|first| first.start == unit.start)).count()
}

/// Where a letter that stands alone ends.
fn single_end(units: &[Unit], at: usize) -> Option<usize> {
    units.get(at).filter(|unit| in_word(unit) && unit.class != Class::Letter)?;
    let end = character_end(units, at);
    (!units.get(end).is_some_and(in_word)).then_some(end)
}

/// Joins single letters that stand apart with the same sign between them: `a.t.t.a.c.k`.
fn join_spaced(units: &mut [Unit]) -> bool {
    let mut joined = false;
    let mut at = 0;
    while at < units.len() {
        let starts = at == 0 || !units.get(at - 1).is_some_and(in_word);
        let end = starts.then(|| single_end(units, at)).flatten();
        let sign_at = |at: usize| units.get(at).filter(|unit| unit.class == Class::Other && unit.ch != '\'');
        let Some((mut end, sign)) = end.and_then(|end| Some((end, sign_at(end)?.ch))) else {
            at += 1;
            continue;
        };
        while units.get(end).is_some_and(|unit| unit.ch == sign) {
            let Some(next) = single_end(units, end + 1) else { break };
            end = next;
        }
        let word = units.get(at..end).unwrap_or_default();
        let letters = word.iter().filter(|unit| unit.class.is_letter()).count();
        // `a.b.c.d.example` is a host name and `1,2,a,b,…` a list that goes on.
        let goes_on = matches!(sign, '.' | ',' | '/' | ':')
            && matches!(units.get(end..), Some([next, after, ..]) if next.ch == sign && in_word(after));
        if letters >= SPACED_LETTERS_MIN && !goes_on {
            let word = units.get_mut(at..end).unwrap_or_default();
            for unit in word.iter_mut().filter(|unit| unit.class == Class::Other && unit.ch == sign) {
                unit.gone = true;
                unit.folds |= SEPARATOR;
            }
            joined = true;
        }
        at = end;
    }
    joined
}

fn undo_token(text: &str, token: &mut [Unit], address: bool, on: Folds) {
    let (mut latin, mut greek, mut cyrillic, mut letters, mut figures) = (0usize, 0usize, 0usize, 0usize, 0usize);
    let mut others = 0usize;
    for unit in token.iter().filter(|unit| !unit.gone) {
        match unit.class {
            Class::Latin => latin += 1,
            Class::Greek => greek += 1,
            Class::Cyrillic => cyrillic += 1,
            Class::Digit | Class::Sign => figures += 1,
            Class::Letter => others += 1,
            _ => {}
        }
        letters += usize::from(unit.class.is_letter());
    }
    let mut script = if latin > 0 && latin >= greek && latin >= cyrillic {
        Class::Latin
    } else if cyrillic >= greek {
        Class::Cyrillic
    } else {
        Class::Greek
    };
    if on.allow(CONFUSABLE)
        && ([latin, greek, cyrillic].iter().filter(|count| **count > 0).count() > 1 || latin > 0 && others > 0)
    {
        // A tie goes to the script in which the whole word can be written.
        let odd = |unit: &Unit| unit.class == Class::Cyrillic && look_alike(text, unit, Class::Latin).is_none();
        if latin == cyrillic && token.iter().any(odd) {
            script = Class::Cyrillic;
        }
        unmix(text, token, script);
    }
    if figures > 0 && letters >= 2 && on.allow(LEET) {
        undo_leet(token, letters, script, address);
    }
    if on.allow(REPEAT) {
        collapse_repeats(token);
    }
}

fn unmix(text: &str, token: &mut [Unit], script: Class) {
    for unit in token.iter_mut().filter(|unit| unit.class.is_letter() && unit.class != Class::Arabic) {
        if unit.class != script
            && let Some(ch) = look_alike(text, unit, script)
        {
            unit.ch = ch;
            unit.class = script;
            unit.folds |= CONFUSABLE;
        }
    }
}

/// The letter of `script` that looks like this one as it was written (upper case differs: В looks like B, в does not).
fn look_alike(text: &str, unit: &Unit, script: Class) -> Option<char> {
    let written = text.get(unit.start as usize..)?.chars().next()?;
    let written = if class_of(written) == unit.class { written } else { unit.ch };
    let (from, to) = match (unit.class, script) {
        (Class::Letter, Class::Latin) => return LOOK_ALIKES.get(&written).copied(),
        (Class::Cyrillic, Class::Latin) => {
            ("аеорсухѕіјԁԛԝһӏкмтвнгпиьяёАВЕКМНОРСТУХЅІЈЁЗ", "aeopcyxsijdqwhlkmtbhrnubreabekmhopctyxsijee")
        }
        (Class::Greek, Class::Latin) => ("αβεικνορτυχηωγκσςΑΒΕΖΗΙΚΜΝΟΡΤΥΧΣ", "abeikvoptuxnwykooabezhikmnoptyxe"),
        (Class::Latin, Class::Cyrillic) => ("aeopcyxkmtbhnruwisdABEKMHOPCTYXIS", "аеорсухкмтьнпгишіѕдавекмнорстухіѕ"),
        (Class::Latin, Class::Greek) => ("aovikptuxenwABEZHIKMNOPTYX", "αονικρτυχεηωαβεζηικμνορτυχ"),
        _ => return None,
    };
    from.chars().position(|ch| ch == written).and_then(|at| to.chars().nth(at))
}

fn undo_leet(token: &mut [Unit], letters: usize, script: Class, address: bool) {
    let live: Vec<usize> = (0..token.len()).filter(|at| token.get(*at).is_some_and(|unit| !unit.gone)).collect();
    let is_figure =
        |token: &[Unit], at: usize| token.get(at).is_some_and(|unit| matches!(unit.class, Class::Digit | Class::Sign));
    let mut from = 0;
    while from < live.len() {
        let run: Vec<usize> = live.iter().skip(from).copied().take_while(|at| is_figure(token, *at)).collect();
        let to = from + run.len();
        if let [first, ..] = run.as_slice() {
            let inside = from > 0 && to < live.len();
            let sign = token.get(*first).map_or(' ', |unit| unit.ch);
            let allowed = if inside {
                // `name@host.example` is an address.
                run.len() <= LEET_RUN_MAX && !(address && sign == '@')
            } else {
                // `@name` is a handle.
                run.len() == 1 && letters >= EDGE_LEET_LETTERS_MIN && !(from == 0 && sign == '@')
            };
            let read = |at: &usize| token.get(*at).and_then(|unit| leet(unit.ch, script));
            if allowed && run.iter().all(|at| read(at).is_some()) {
                for at in &run {
                    if let Some(unit) = token.get_mut(*at)
                        && let Some(ch) = leet(unit.ch, script)
                    {
                        unit.ch = ch;
                        unit.class = script;
                        unit.folds |= LEET;
                    }
                }
            }
        }
        from = to.max(from + 1);
    }
}

fn leet(sign: char, script: Class) -> Option<char> {
    Some(match (script, sign) {
        (Class::Latin, '4' | '@') => 'a',
        (Class::Latin, '3') => 'e',
        (Class::Latin, '1') => 'i',
        (Class::Latin, '0') => 'o',
        (Class::Latin, '5' | '$') => 's',
        (Class::Latin, '7') => 't',
        (Class::Cyrillic, '@') => 'а',
        (Class::Cyrillic, '0') => 'о',
        (Class::Cyrillic, '3') => 'з',
        (Class::Cyrillic, '4') => 'ч',
        (Class::Cyrillic, '6') => 'б',
        _ => return None,
    })
}

fn collapse_repeats(token: &mut [Unit]) {
    // Roman numerals repeat letters by nature, and three equal letters alone (`www`) are no stretched word.
    if token.iter().all(|unit| unit.gone || matches!(unit.ch, 'i' | 'v' | 'x' | 'l' | 'c' | 'd' | 'm')) {
        return;
    }
    if token.len() == REPEAT_MIN && token.windows(2).all(|pair| matches!(pair, [a, b] if a.ch == b.ch)) {
        return;
    }
    let mut at = 0;
    while at < token.len() {
        let Some(first) = token.get(at).copied() else { return };
        let same = |unit: &Unit| unit.ch == first.ch || unit.gone;
        let size = token.get(at..).unwrap_or_default().iter().take_while(|unit| same(unit)).count();
        let run = token.get_mut(at..at + size).unwrap_or_default();
        let live = run.iter().filter(|unit| !unit.gone).count();
        let stretchable = first.class.is_letter() && first.class != Class::Letter && !first.gone;
        if stretchable && live >= REPEAT_MIN {
            let end = run.iter().rev().find(|unit| !unit.gone).map_or(first.end, |unit| unit.end);
            let inside = run.iter().skip(1).fold(0u16, |folds, unit| folds | unit.before | unit.folds);
            for unit in run.iter_mut().skip(1) {
                unit.gone = true;
                unit.before = 0;
                unit.folds = REPEAT;
            }
            if let Some(kept) = run.first_mut() {
                kept.end = end;
                kept.folds |= REPEAT | inside;
            }
        }
        at += size.max(1);
    }
}
