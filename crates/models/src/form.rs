//! Forms: which files in a folder make a model that an engine reads. In: names. Out: the form, and each file's role.

use crate::Kind;
use crate::manifest::is_plain_name;

/// A model that was recognised among the files of one folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Recognised {
    /// What it is for.
    pub kind: Kind,
    /// Its form, as in [`crate::Manifest`].
    pub form: &'static str,
    /// Of a translation whose file names say it.
    pub from_to: Option<(String, String)>,
    /// Role and index in the list of names.
    pub files: Vec<(&'static str, usize)>,
}

/// The model that the files named `names` (of one folder, without its path) make.
pub(crate) fn recognise(names: &[&str], wanted: Option<Kind>) -> Option<Recognised> {
    let forms = [firefox(names), ctranslate2(names), detector(names), e5(names), onnx_embedding(names)];
    forms.into_iter().flatten().find(|found| wanted.is_none_or(|kind| found.kind == kind))
}

fn place(names: &[&str], fits: impl Fn(&str) -> bool) -> Option<usize> {
    names.iter().position(|name| is_plain_name(name) && fits(name))
}

/// Adds every file of `names` that fits one of `rest` under its role, and the licences.
fn with(
    names: &[&str],
    mut files: Vec<(&'static str, usize)>,
    rest: &[(&'static str, &[&str])],
) -> Vec<(&'static str, usize)> {
    for (role, wanted) in rest {
        files.extend(wanted.iter().filter_map(|wanted| place(names, |name| name == *wanted)).map(|at| (*role, at)));
    }
    files
}

/// Firefox Translations: `model.enpt.intgemm.alphas.bin`, `vocab.enpt.spm` (or one a side), `lex.….bin`.
fn firefox(names: &[&str]) -> Option<Recognised> {
    let model = place(names, |name| name.starts_with("model.") && name.contains("intgemm") && name.ends_with(".bin"))?;
    let is_vocabulary = |name: &str| name.ends_with(".spm");
    let first = place(names, is_vocabulary)?;
    let pair = names[model].split('.').nth(1).filter(|pair| pair.len() == 4 && pair.is_ascii());
    let mut files = vec![("model", model)];
    let sides: Vec<usize> =
        (0..names.len()).filter(|&at| is_plain_name(names[at]) && is_vocabulary(names[at])).collect();
    if sides.len() >= 2 {
        let of = |start: &str| sides.iter().copied().find(|&at| names[at].starts_with(start));
        files.push(("source-vocabulary", of("src").unwrap_or(first)));
        files.push(("target-vocabulary", of("trg").unwrap_or_else(|| *sides.last().unwrap_or(&first))));
    } else {
        files.push(("vocabulary", first));
    }
    files.extend(place(names, |name| name.starts_with("lex") && name.ends_with(".bin")).map(|at| ("lexicon", at)));
    files.extend(place(names, |name| name.starts_with("config.") && name.ends_with(".yml")).map(|at| ("config", at)));
    Some(Recognised {
        kind: Kind::Translation,
        form: "firefox",
        from_to: pair.and_then(|pair| Some((pair.get(..2)?.to_owned(), pair.get(2..)?.to_owned()))),
        files,
    })
}

/// CTranslate2: `model.bin` and what stands beside it; Whisper has one vocabulary and a tokenizer, translation a shared one or
/// one a side.
fn ctranslate2(names: &[&str]) -> Option<Recognised> {
    let model = place(names, |name| name == "model.bin")?;
    let exact = |wanted: &'static [&'static str]| wanted.iter().find_map(|wanted| place(names, |name| name == *wanted));
    let files = vec![("model", model)];
    if let Some(vocabulary) = exact(&["vocabulary.json", "vocabulary.txt"]) {
        let rest: &[(&'static str, &[&str])] = &[
            ("config", &["config.json"]),
            ("tokenizer", &["tokenizer.json"]),
            ("preprocessor", &["preprocessor_config.json"]),
        ];
        let files = [files, vec![("vocabulary", vocabulary)]].concat();
        let files = with(names, files, rest);
        return Some(Recognised { kind: Kind::Speech, form: "ctranslate2-whisper", from_to: None, files });
    }
    let shared = exact(&["shared_vocabulary.json", "shared_vocabulary.txt"]);
    let source = exact(&["source_vocabulary.json", "source_vocabulary.txt"]);
    let target = exact(&["target_vocabulary.json", "target_vocabulary.txt"]);
    let vocabularies = match (shared, source, target) {
        (Some(shared), _, _) => vec![("vocabulary", shared)],
        (None, Some(source), Some(target)) => vec![("source-vocabulary", source), ("target-vocabulary", target)],
        _ => return None,
    };
    let rest: &[(&'static str, &[&str])] = &[
        ("config", &["config.json"]),
        ("tokenizer", &["tokenizer.json", "sentencepiece.bpe.model", "source.spm"]),
        ("target-tokenizer", &["target.spm"]),
    ];
    let files = with(names, [files, vocabularies].concat(), rest);
    Some(Recognised { kind: Kind::Translation, form: "ctranslate2", from_to: None, files })
}

/// A detector of text lines with the DB head (PP-OCR), ONNX: `….onnx` with `det` in its name, or the only one; beside it, with
/// `rec` in its name, what reads the lines.
fn detector(names: &[&str]) -> Option<Recognised> {
    let is_onnx = |name: &str| name.ends_with(".onnx");
    // Beside a tokenizer stands an encoder of sentences.
    let alone = || if names.contains(&"tokenizer.json") { None } else { place(names, is_onnx) };
    let model = place(names, |name| is_onnx(name) && name.contains("det")).or_else(alone)?;
    let letters = place(names, |name| is_onnx(name) && name.contains("rec")).filter(|&letters| letters != model);
    let files = [("model", Some(model)), ("letters", letters)];
    let files = files.into_iter().filter_map(|(role, at)| Some((role, at?))).collect();
    Some(Recognised { kind: Kind::TextDetector, form: "onnx-db", from_to: None, files })
}

/// The four-bit form of multilingual-e5 that `e5.c` reads: `e5-….bin` with its tokenizer inside.
fn e5(names: &[&str]) -> Option<Recognised> {
    let model = place(names, |name| name.starts_with("e5-") && name.ends_with(".bin"))?;
    Some(Recognised { kind: Kind::Embedding, form: "e5-q4", from_to: None, files: vec![("model", model)] })
}

/// A sentence encoder in ONNX beside its `tokenizer.json`.
fn onnx_embedding(names: &[&str]) -> Option<Recognised> {
    let model = place(names, |name| name.ends_with(".onnx"))?;
    let tokenizer = place(names, |name| name == "tokenizer.json")?;
    let files = with(names, vec![("model", model), ("tokenizer", tokenizer)], &[("config", &["config.json"])]);
    Some(Recognised { kind: Kind::Embedding, form: "onnx", from_to: None, files })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Kind, form, and role and name of each file.
    type Expected<'a> = Option<(Kind, &'a str, &'a [(&'a str, &'a str)])>;

    #[track_caller]
    fn check(names: &[&str], expected: Expected<'_>) {
        let found = recognise(names, None);
        let found = found.as_ref().map(|found| {
            (found.kind, found.form, found.files.iter().map(|&(role, at)| (role, names[at])).collect::<Vec<_>>())
        });
        assert_eq!(found, expected.map(|(kind, form, files)| (kind, form, files.to_vec())));
    }

    #[test]
    fn the_files_of_a_folder_say_what_it_is() {
        check(
            &["model.arben.intgemm.alphas.bin", "srcvocab.arben.spm", "trgvocab.arben.spm"],
            Some((
                Kind::Translation,
                "firefox",
                &[
                    ("model", "model.arben.intgemm.alphas.bin"),
                    ("source-vocabulary", "srcvocab.arben.spm"),
                    ("target-vocabulary", "trgvocab.arben.spm"),
                ],
            )),
        );
        check(
            &["config.json", "model.bin", "tokenizer.json", "vocabulary.txt"],
            Some((
                Kind::Speech,
                "ctranslate2-whisper",
                &[
                    ("model", "model.bin"),
                    ("vocabulary", "vocabulary.txt"),
                    ("config", "config.json"),
                    ("tokenizer", "tokenizer.json"),
                ],
            )),
        );
        check(
            &["model.bin", "shared_vocabulary.json", "source.spm", "target.spm"],
            Some((
                Kind::Translation,
                "ctranslate2",
                &[
                    ("model", "model.bin"),
                    ("vocabulary", "shared_vocabulary.json"),
                    ("tokenizer", "source.spm"),
                    ("target-tokenizer", "target.spm"),
                ],
            )),
        );
        let both: &[(&str, &str)] = &[("model", "det.onnx"), ("letters", "rec.onnx")];
        check(&["rec.onnx", "det.onnx"], Some((Kind::TextDetector, "onnx-db", both)));
        check(
            &["model.onnx", "tokenizer.json"],
            Some((Kind::Embedding, "onnx", &[("model", "model.onnx"), ("tokenizer", "tokenizer.json")])),
        );
        check(&["e5-small-q4.bin"], Some((Kind::Embedding, "e5-q4", &[("model", "e5-small-q4.bin")])));
        check(&["model.bin", "readme.md"], None);
        check(&["weather.txt"], None);
    }

    #[test]
    fn the_languages_stand_in_the_names_of_a_translation() {
        let of = |names: &[&str]| recognise(names, None).unwrap().from_to;
        let pair = |from: &str, to: &str| Some((from.to_owned(), to.to_owned()));
        assert_eq!(of(&["model.aren.intgemm.alphas.bin", "vocab.aren.spm"]), pair("ar", "en"));
        assert_eq!(of(&["model.intgemm.alphas.bin", "vocab.spm"]), None);
    }
}
