//! Spellings that match too much, or that hide letters which look like others.

use super::super::common::{bare, is_common, is_country, key};
use super::{Notes, is_category};
use crate::register::Alias;

/// Fewer folded letters than this match too much; abbreviations in exact case may be shorter.
const ALIAS_CHARS_MIN: usize = 3;
/// One letter is never an abbreviation that tells anything.
const ABBREVIATION_CHARS_MIN: usize = 2;
/// Longer abbreviations are names.
const ABBREVIATION_CHARS_MAX: usize = 12;

pub(super) fn check(notes: &mut Notes<'_>) {
    let entry = notes.entry;
    for (at, alias) in entry.aliases.iter().enumerate() {
        let field = match (at, alias) {
            (0, _) => "name",
            (_, Alias { abbreviation: true, .. }) => "abbreviations",
            _ if entry.exact.contains(&alias.text) => "exact",
            (_, Alias { ours: true, .. }) => "ours",
            _ => "aliases",
        };
        let text = &alias.text;
        letters(notes, field, text);
        for phrase_of in [scripts_in_words(text), scripts_of_words(text), odd_characters(text)].into_iter().flatten() {
            notes.say(field, phrase_of.0, phrase_of.1);
        }
        if alias.abbreviation {
            abbreviation(notes, text);
        } else if !alias.case_sensitive {
            length(notes, field, text);
        }
        // The common words are what a category consists of.
        let key = key(text);
        let word = bare(&key);
        if is_category(entry.kind) || alias.case_sensitive {
            continue;
        }
        let remedy = "remove it, write a longer name, or ask for exact case (`exact`, `abbreviations`)";
        let places = matches!(entry.kind, vedette_core::MentionKind::Place);
        if is_common(word) {
            notes.say(field, format!("`{text}` is a common word and would match ordinary prose"), remedy);
        } else if is_country(word) && !places {
            notes.say(field, format!("`{text}` is the name of a country"), remedy);
        }
    }
}

/// Something that can be matched at all.
fn letters(notes: &mut Notes<'_>, field: &'static str, text: &str) {
    if key(text).is_empty() {
        notes.say(field, format!("`{text}` holds no letter or digit to match"), "remove it");
    }
    if text.trim() != text || text.contains("  ") {
        notes.say(field, format!("`{text}` has spaces too many"), "remove them");
    }
}

fn length(notes: &mut Notes<'_>, field: &'static str, text: &str) {
    let letters = key(text).chars().filter(|ch| ch.is_alphanumeric()).count();
    if (1..ALIAS_CHARS_MIN).contains(&letters) {
        let problem = format!("`{text}` has fewer than {ALIAS_CHARS_MIN} letters and would match too much");
        notes.say(field, problem, "remove it, or put it under `abbreviations`");
    }
}

fn abbreviation(notes: &mut Notes<'_>, text: &str) {
    let letters = text.chars().filter(|ch| ch.is_alphanumeric()).count();
    if letters < ABBREVIATION_CHARS_MIN {
        let problem = format!("`{text}` has fewer than {ABBREVIATION_CHARS_MIN} letters");
        notes.say("abbreviations", problem, "remove it");
    } else if letters > ABBREVIATION_CHARS_MAX || text.contains(char::is_whitespace) {
        notes.say("abbreviations", format!("`{text}` is no abbreviation"), "put it under `aliases`");
    } else if !text.chars().any(|ch| ch.is_uppercase() || ch.is_alphabetic() && !ch.is_lowercase()) {
        let problem = format!("`{text}` has no capital, so exact case tells nothing");
        notes.say("abbreviations", problem, "write it as it is printed, or put it under `aliases`");
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Script {
    Latin,
    Greek,
    Cyrillic,
    Hebrew,
    Arabic,
    Other,
}

impl Script {
    fn of(ch: char) -> Option<Self> {
        ch.is_alphabetic().then_some(match ch as u32 {
            // `ª`, `º` and `×` aside, these are Latin; modifier letters such as the Uzbek apostrophe belong to any script.
            0x02B0..=0x02FF => return None,
            0x0041..=0x024F | 0x1E00..=0x1EFF | 0xFF21..=0xFF5A => Self::Latin,
            0x0370..=0x03FF | 0x1F00..=0x1FFF => Self::Greek,
            0x0400..=0x052F => Self::Cyrillic,
            0x0590..=0x05FF => Self::Hebrew,
            0x0600..=0x06FF | 0x0750..=0x077F | 0x08A0..=0x08FF | 0xFB50..=0xFDFF | 0xFE70..=0xFEFC => Self::Arabic,
            _ => Self::Other,
        })
    }

    fn word(self) -> &'static str {
        match self {
            Self::Latin => "Latin",
            Self::Greek => "Greek",
            Self::Cyrillic => "Cyrillic",
            Self::Hebrew => "Hebrew",
            Self::Arabic => "Arabic",
            Self::Other => "another script",
        }
    }
}

type Problem = Option<(String, &'static str)>;

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|ch: char| !ch.is_alphanumeric() && !matches!(ch, '\'' | '’' | '\u{200c}'))
        .filter(|word| !word.is_empty())
}

/// A Latin `a` in a Cyrillic word looks right and matches nothing that people write.
fn scripts_in_words(text: &str) -> Problem {
    for word in words(text) {
        let scripts: Vec<(char, Script)> = word.chars().filter_map(|ch| Some((ch, Script::of(ch)?))).collect();
        let most = scripts
            .iter()
            .map(|(_, script)| *script)
            .max_by_key(|script| scripts.iter().filter(|(_, other)| other == script).count())?;
        if let Some((odd, script)) = scripts.iter().find(|(_, script)| *script != most) {
            let (code, script, most) = (*odd as u32, script.word(), most.word());
            let problem =
                format!("`{word}` mixes scripts: `{odd}` (U+{code:04X}) is {script} in a word of {most} letters");
            return Some((problem, "type the letter that belongs there"));
        }
        if let Some(problem) = arabic_keyboards(word) {
            return Some(problem);
        }
    }
    None
}

/// Letters of the Arabic keyboard, and those of the Persian and Urdu ones, that stand for the same sounds.
fn arabic_keyboards(word: &str) -> Problem {
    let arabic = word.chars().find(|ch| matches!(ch, 'ك' | 'ي' | 'ى'));
    let persian = word.chars().find(|ch| matches!(ch, 'ک' | 'ی' | 'ہ' | 'ے' | 'ں' | 'ھ' | 'ٹ' | 'ڈ' | 'ڑ'));
    let (arabic, persian) = (arabic?, persian?);
    let problem = format!(
        "`{word}` mixes keyboards: `{arabic}` (U+{:04X}) is Arabic, `{persian}` (U+{:04X}) Persian or Urdu",
        arabic as u32, persian as u32
    );
    Some((problem, "write the word as one of the languages writes it"))
}

/// A spelling is of one script: a word of another beside it is another name.
fn scripts_of_words(text: &str) -> Problem {
    let mut scripts = words(text).filter_map(|word| word.chars().find_map(Script::of));
    let first = scripts.next()?;
    let other = scripts.find(|script| *script != first)?;
    let problem = format!("`{text}` has words in {} and in {}", first.word(), other.word());
    Some((problem, "write it wholly in one script, as two spellings"))
}

/// Characters that cannot be seen, and forms of letters that only fonts use.
fn odd_characters(text: &str) -> Problem {
    let odd = text.chars().find(|ch| {
        let invisible =
            matches!(*ch as u32, 0xAD | 0x200B | 0x200D..=0x200F | 0x202A..=0x202E | 0x2060..=0x2069 | 0xFEFF);
        let stretched = *ch == '\u{640}';
        let forms = matches!(*ch as u32, 0xFB50..=0xFDFF | 0xFE70..=0xFEFC | 0xFF01..=0xFF5E);
        invisible || stretched || forms || ch.is_control()
    })?;
    let problem = format!("`{text}` holds U+{:04X}, which cannot be seen or is a form that only fonts use", odd as u32);
    Some((problem, "type the spelling anew, with plain letters"))
}

#[cfg(test)]
mod tests {
    use crate::Register;

    /// The one field and problem of an alias; nothing when it is right.
    fn about(field: &str, alias: &str) -> Option<String> {
        let file = format!(
            "[[actor]]\nid='a'\nname='Varn Front'\nsource='invented'\n{field}=[{}]",
            toml::Value::String(alias.to_owned())
        );
        let found = Register::load(&[("f", &file)]).unwrap().check();
        assert!(found.len() < 2, "{found:?}");
        found.first().map(|one| format!("{}: {}", one.field, one.problem))
    }

    #[test]
    fn a_right_spelling_passes_in_every_script() {
        for alias in [
            "Kelmora Guard",
            "Келморская гвардия",
            "حرس كلمورا",
            "نگهبانان کلمورا",
            "کیلمورا گارڈ",
            "O'zbekiston Islomiy",
            "C18 Watch",
        ] {
            assert_eq!(about("aliases", alias), None, "{alias}");
        }
        for short in ["VF", "ВФ", "3%VF", "VFc", "MS-13"] {
            assert_eq!(about("abbreviations", short), None, "{short}");
        }
    }

    #[test]
    fn spellings_that_match_too_much_are_named() {
        for (field, alias, wanted) in [
            ("aliases", "Unity", "aliases: `Unity` is a common word and would match ordinary prose"),
            ("ours", "قاعدة", "ours: `قاعدة` is a common word and would match ordinary prose"),
            ("aliases", "Syrien", "aliases: `Syrien` is the name of a country"),
            ("aliases", "vf", "aliases: `vf` has fewer than 3 letters and would match too much"),
            ("abbreviations", "V", "abbreviations: `V` has fewer than 2 letters"),
            ("abbreviations", "Varn Watch", "abbreviations: `Varn Watch` is no abbreviation"),
            ("abbreviations", "vfk", "abbreviations: `vfk` has no capital, so exact case tells nothing"),
            ("aliases", "…", "aliases: `…` holds no letter or digit to match"),
            ("aliases", "Varn  Watch", "aliases: `Varn  Watch` has spaces too many"),
        ] {
            assert_eq!(about(field, alias).as_deref(), Some(wanted));
        }
        assert_eq!(about("abbreviations", "Unity"), None, "exact case makes a common word usable");
    }

    #[test]
    fn look_alike_and_hidden_letters_are_named() {
        for (alias, wanted) in [
            ("Кельмoра", "`Кельмoра` mixes scripts: `o` (U+006F) is Latin in a word of Cyrillic letters"),
            ("Kеlmora", "`Kеlmora` mixes scripts: `е` (U+0435) is Cyrillic in a word of Latin letters"),
            ("كلموری", "`كلموری` mixes keyboards: `ك` (U+0643) is Arabic, `ی` (U+06CC) Persian or Urdu"),
            ("журнал Kelmora", "`журнал Kelmora` has words in Cyrillic and in Latin"),
            ("كلمــورا", "`كلمــورا` holds U+0640, which cannot be seen or is a form that only fonts use"),
            (
                "Kel\u{200b}mora",
                "`Kel\u{200b}mora` holds U+200B, which cannot be seen or is a form that only fonts use",
            ),
        ] {
            assert_eq!(about("aliases", alias), Some(format!("aliases: {wanted}")));
        }
    }
}
