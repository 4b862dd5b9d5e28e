//! Which models of the recogniser are tried on which script, and which one a language has.

use vedette_core::FileFault;

use super::words::{Pass, Script};
use crate::{ReadError, Tools};

/// Sure letters from which a language is asked for.
const LETTERS_FOR_LANGUAGE: usize = 12;
/// Confidence in a language from which its own model is used.
const LANGUAGE_SURE: f32 = 0.5;

/// Scripts and the models of the first pass; the first that is installed is taken. The Persian model comes before the Arabic
/// one: it keeps the letters by which the two languages are told apart, where the Arabic one writes all as Arabic.
const TRIALS: &[(Script, &[&str])] = &[
    (Script::Latin, &["eng", "deu", "fra", "spa", "tur"]),
    (Script::Arabic, &["fas", "ara", "urd"]),
    (Script::Cyrillic, &["rus", "ukr"]),
];
/// Language codes of readings and the recogniser's codes of their models.
const MODELS: &[(&str, &str)] = &[
    ("en", "eng"),
    ("de", "deu"),
    ("fr", "fra"),
    ("es", "spa"),
    ("it", "ita"),
    ("pt", "por"),
    ("nl", "nld"),
    ("tr", "tur"),
    ("pl", "pol"),
    ("sv", "swe"),
    ("id", "ind"),
    ("uz", "uzb"),
    ("ar", "ara"),
    ("fa", "fas"),
    ("ur", "urd"),
    ("ps", "pus"),
    ("ug", "uig"),
    ("ru", "rus"),
    ("uk", "ukr"),
    ("be", "bel"),
    ("bg", "bul"),
    ("kk", "kaz"),
    ("ky", "kir"),
    ("tg", "tgk"),
];

/// A script and the model that it is tried with.
pub(super) type Model = (Script, String);

/// Scripts with their installed models, hinted ones first; and the codes of those that are not installed.
pub(super) fn installed_trials(tools: &Tools, hints: &[Script]) -> Result<(Vec<Model>, Vec<String>), ReadError> {
    let (mut trials, mut missing) = (Vec::new(), Vec::new());
    for (script, wanted) in TRIALS {
        match wanted.iter().find(|code| has_model(tools, code)) {
            Some(code) => trials.push((*script, (*code).to_owned())),
            None => missing.extend(wanted.first().map(|code| (*code).to_owned())),
        }
    }
    if trials.is_empty() {
        return Err(ReadError::File(FileFault::ToolMissing("tesseract has no language models".to_owned())));
    }
    trials.sort_by_key(|(script, _)| hints.iter().position(|hint| hint == script).unwrap_or(hints.len()));
    Ok((trials, missing))
}

/// The model of the language that `text` is surely of, installed or not.
pub(super) fn wanted_model(text: &str) -> Option<&'static str> {
    let language = vedette_text::language::identify(text);
    if language.confidence < LANGUAGE_SURE {
        return None;
    }
    MODELS.iter().find(|(code, _)| *code == language.code).map(|(_, model)| *model)
}

pub(super) fn has_model(tools: &Tools, code: &str) -> bool {
    tools.languages().iter().any(|installed| installed == code)
}

/// The installed model of the language that `pass` reads like.
pub(super) fn own_model(pass: &Pass, tools: &Tools, missing: &mut Vec<String>) -> Option<String> {
    if pass.sure_letters() < LETTERS_FOR_LANGUAGE {
        return None;
    }
    let model = wanted_model(&pass.text_with_places(1, 1).0)?;
    if has_model(tools, model) {
        return Some(model.to_owned());
    }
    if !missing.iter().any(|known| known == model) {
        missing.push(model.to_owned());
    }
    None
}

/// Installed models of the languages that are written in `script`.
pub(super) fn models_of(script: Script, tools: &Tools) -> Vec<&'static str> {
    let wanted: &[&str] = match script {
        Script::Latin => &["eng", "deu", "fra", "spa", "tur"],
        Script::Arabic => &["ara", "fas", "urd", "pus"],
        Script::Cyrillic => &["rus", "ukr"],
    };
    wanted.iter().copied().filter(|code| has_model(tools, code)).collect()
}

/// The language that a model was made for, by the code of readings.
pub(super) fn language_of_model(model: &str) -> Option<&'static str> {
    MODELS.iter().find(|(_, code)| *code == model).map(|(language, _)| *language)
}

/// Whether `word` has a letter that only the language of `model` has among those written alike.
pub(super) fn has_own_letter(word: &str, model: &str) -> bool {
    let letters = match model {
        "urd" => "ٹڈڑں",
        "pus" => "ټډړږښڼځڅېۍ",
        _ => "",
    };
    word.contains(|c| letters.contains(c))
}
