//! The real engines: the Portuguese and English models in this process, Apertium as a command, and programs that misbehave.

#![allow(clippy::unwrap_used)] // a test may panic

mod common;

use std::sync::Arc;
use std::time::{Duration, Instant};

use vedette_core::Tlp;
use vedette_core::translation::{TranslateFault, Translator};
use vedette_models::{Adding, Kind, Models};
use vedette_translate::{
    Allowance, Command, CommandSettings, Engines, Firefox, Glossary, NoMemory, Outcome, Separator, SetupFault,
    ToTranslate, Translated, translate_text,
};

const MINUTE: Duration = Duration::from_secs(60);

fn firefox() -> Firefox {
    Firefox::open(&[common::models()]).unwrap()
}

fn words(text: &str) -> Vec<String> {
    text.to_lowercase()
        .split(|ch: char| !ch.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect()
}

#[track_caller]
fn holds(text: &str, wanted: &[&str]) {
    let words = words(text);
    for word in wanted {
        assert!(words.iter().any(|said| said == word), "`{word}` is not in `{text}`");
    }
}

fn translated(engine: Arc<dyn Translator>, text: &str, from: &str, to: &str) -> Translated {
    let engines = Engines::default().with(engine, Allowance::default());
    let today = jiff::civil::date(2026, 11, 26);
    let what = ToTranslate { text, from, to, source_id: "news", tlp: Tlp::Red, today };
    match translate_text(&what, &engines, &Glossary::empty(), &NoMemory).unwrap() {
        Outcome::Translated(translated) => *translated,
        Outcome::NotTranslated(reason) => panic!("{reason}"),
    }
}

#[test]
fn portuguese_becomes_english_in_this_process() {
    let engine = firefox();
    let said =
        engine.translate(&["A biblioteca da cidade abre amanhã.", "Choveu muito ontem."], "pt", "en", MINUTE).unwrap();
    holds(&said[0], &["library", "city", "tomorrow", "opens"]);
    holds(&said[1], &["rained", "yesterday"]);
    let version = engine.engine_for("pt", "en").version;
    assert!(version.starts_with("fxtranslate 0.5.0, pt-en ") && !engine.engine().leaves_machine, "{version}");
    assert_ne!(version, engine.engine_for("en", "pt").version);
}

#[test]
fn a_pair_without_a_model_goes_through_english() {
    // The same models under other names: what is Portuguese to the first model is English to the second.
    let folder = tempfile::tempdir().unwrap();
    for (name, kept) in [("enpt-1693087644", "en-xx"), ("pten-1693087646", "pt-en")] {
        let place = folder.path().join(kept);
        std::fs::create_dir(&place).unwrap();
        for file in std::fs::read_dir(common::models().join(name)).unwrap().map(Result::unwrap) {
            let name = file.file_name().into_string().unwrap().replace("enpt", "student");
            std::fs::copy(file.path(), place.join(name)).unwrap();
        }
    }
    let engine = Firefox::open(&[folder.path().to_owned()]).unwrap();
    assert!(engine.knows("pt", "xx") && !engine.knows("xx", "pt"));
    let said = engine.translate(&["A biblioteca abre amanhã."], "pt", "xx", MINUTE).unwrap();
    holds(&said[0], &["biblioteca", "amanhã"]);
    let version = engine.engine_for("pt", "xx").version;
    assert!(version.contains("pt-en ") && version.contains("en-xx "), "{version}");
}

#[test]
fn packs_are_used_as_long_as_their_files_are_those_that_were_added() {
    let folder = tempfile::tempdir().unwrap();
    let adding = Adding { paths: vec![common::wheel()], ..Adding::default() };
    let added = vedette_models::add(&adding, folder.path()).unwrap();
    let packs = Models::open(&[folder.path().to_owned()]);
    let engine = Firefox::open_with(&packs, &[]).unwrap();
    assert!(engine.knows("pt", "en") && engine.knows("en", "pt"));
    holds(&engine.translate(&["Choveu ontem."], "pt", "en", MINUTE).unwrap()[0], &["yesterday"]);
    let vocabulary = packs.of(Kind::Translation).next().unwrap().path("vocabulary").unwrap();
    std::fs::write(&vocabulary, b"another").unwrap();
    let refused = Firefox::open_with(&packs, &[]).map(|_| ());
    assert!(matches!(refused, Err(SetupFault::Pack(_))), "{refused:?} {}", added.len());
}

#[test]
fn an_answer_does_not_depend_on_what_is_asked_with_it() {
    let engine = firefox();
    let texts = ["O museu abre.", "A chuva passou e o rio voltou ao leito depois de três dias.", "Bom dia!", ""];
    let together = engine.translate(&texts, "pt", "en", MINUTE).unwrap();
    for (text, said) in texts.iter().zip(&together) {
        assert_eq!(&engine.translate(&[text], "pt", "en", MINUTE).unwrap()[0], said, "{text}");
    }
}

#[test]
fn a_text_longer_than_the_model_reads_is_translated_to_its_end() {
    let text = "A biblioteca da cidade velha, que foi construída no século passado por um arquiteto de Kelmora, abre às nove \
                horas da manhã, fecha ao meio-dia para o almoço dos funcionários, reabre às duas da tarde, recebe escolas às \
                quartas-feiras, empresta livros, discos e filmes a quem tem um cartão de leitor, oferece cursos de pintura e de \
                música no segundo andar, guarda no porão mapas antigos e jornais de todas as regiões, mostra na sala grande uma \
                exposição de fotografias do rio, vende no pátio café, bolos e flores, aluga uma sala para reuniões de vizinhos, e \
                nas noites de verão o último ônibus para o porto espera na praça até a meia-noite";
    let done = translated(Arc::new(firefox()), text, "pt", "en");
    assert!(done.segments.len() > 1);
    holds(&done.text, &["library", "architect", "photographs", "flowers", "last", "bus", "midnight"]);
    // The engine itself cuts what is too long for its model.
    let said = firefox().translate(&[text], "pt", "en", MINUTE).unwrap();
    holds(&said[0], &["library", "architect", "photographs", "flowers", "last", "bus", "midnight"]);
}

#[test]
fn whatever_is_written_the_engine_survives_it() {
    let engine = firefox();
    let hostile = [
        "\u{0}\u{1}\u{fffe}\u{10ffff}".to_owned(),
        "a\u{301}".repeat(300),
        "🕯".repeat(200),
        "م".repeat(400),
        "0".repeat(400),
        "\u{202e}\u{2066}".repeat(100),
        "<unk></s><s>▁▁▁</s>".repeat(10),
        "x ".repeat(300),
    ];
    let texts: Vec<&str> = hostile.iter().map(String::as_str).collect();
    let said = engine.translate(&texts, "pt", "en", MINUTE).unwrap();
    assert_eq!(said.len(), texts.len());
    // And is as good as before.
    holds(&engine.translate(&["Choveu ontem."], "pt", "en", MINUTE).unwrap()[0], &["yesterday"]);
}

#[test]
fn the_engine_stops_when_its_time_is_over() {
    let engine = firefox();
    let many = vec!["A biblioteca da cidade velha fica aberta até a noite."; 3_000];
    let began = Instant::now();
    let fault = engine.translate(&many, "pt", "en", Duration::from_millis(1_000));
    assert!(matches!(fault, Err(TranslateFault::TimedOut { .. })), "{fault:?}");
    assert!(began.elapsed() < Duration::from_secs(10));
    assert!(engine.translate(&["Choveu."], "pt", "en", MINUTE).is_ok());
}

fn apertium() -> CommandSettings {
    let list = |parts: &[&str]| parts.iter().map(|&part| part.to_owned()).collect();
    CommandSettings {
        name: "apertium".to_owned(),
        run: list(&["apertium", "-u", "{from}-{to}"]),
        version: list(&["apertium", "-V"]),
        pairs: list(&["es-en"]),
        codes: [("es".to_owned(), "spa".to_owned()), ("en".to_owned(), "eng".to_owned())].into(),
        ..CommandSettings::default()
    }
}

#[test]
fn spanish_becomes_english_by_apertium() {
    let engine = Command::open(apertium()).unwrap();
    assert!(engine.engine().version.starts_with("Apertium 3."), "{:?}", engine.engine());
    let done =
        translated(Arc::new(engine), "La biblioteca está cerrada.\n\nEl museo abre a las 10:30. Llueve.", "es", "en");
    assert_eq!(done.segments.len(), 3);
    holds(&done.text, &["library", "closed", "museum", "opens", "10", "30"]);
    assert!(done.text.contains(".\n\n"), "{:?}", done.text);
}

/// A program of one line of shell.
fn shell(script: &str) -> Command {
    let run = ["sh", "-c", script].map(str::to_owned).to_vec();
    let settings = CommandSettings { run, pairs: vec!["pt-en".to_owned()], ..CommandSettings::default() };
    Command::open(settings).unwrap()
}

#[test]
fn segments_may_also_end_with_a_zero_byte() {
    let run = ["tr", "a-z", "A-Z"].map(str::to_owned).to_vec();
    let pairs = vec!["pt-en".to_owned()];
    let engine =
        Command::open(CommandSettings { run, pairs, separator: Separator::Nul, ..Default::default() }).unwrap();
    assert_eq!(engine.translate(&["a b", "c\0d", ""], "pt", "en", MINUTE).unwrap(), ["A B", "C D", ""]);
}

#[track_caller]
fn fails(script: &str, reason: &str) {
    let fault = shell(script).translate(&["a", "b"], "pt", "en", MINUTE).unwrap_err();
    assert!(matches!(fault, TranslateFault::Failed { .. }) && fault.to_string().contains(reason), "{fault}");
}

#[test]
fn a_program_that_misbehaves_has_failed_and_says_how() {
    // The control: a program that copies does well.
    assert_eq!(shell("cat").translate(&["a", "b\nc"], "pt", "en", MINUTE).unwrap(), ["a", "b c"]);
    fails("head -n 1", "2 segments were sent, 1 came back");
    fails("cat; echo c", "2 segments were sent, 3 came back");
    fails("cat >/dev/null", "2 segments were sent, 1 came back");
    fails("echo the dictionary is missing >&2; exit 3", "the dictionary is missing");
    fails("printf '\\377\\376\\n\\n'", "not UTF-8");
    fails("yes", "it wrote more than");
    let missing =
        CommandSettings { run: vec!["/nonexistent".to_owned()], pairs: vec!["pt-en".to_owned()], ..Default::default() };
    let fault = Command::open(missing).unwrap().translate(&["a"], "pt", "en", MINUTE);
    assert!(matches!(fault, Err(TranslateFault::Failed { .. })), "{fault:?}");
}

#[test]
fn a_program_that_takes_too_long_is_killed_with_all_it_started() {
    let folder = tempfile::tempdir().unwrap();
    let mark = folder.path().join("mark");
    let began = Instant::now();
    let script = format!("(sleep 3; touch {}) & sleep 600", mark.display());
    let fault = shell(&script).translate(&["a"], "pt", "en", Duration::from_millis(300));
    assert!(matches!(fault, Err(TranslateFault::TimedOut { .. })), "{fault:?}");
    assert!(began.elapsed() < Duration::from_secs(3));
    std::thread::sleep(Duration::from_millis(3_500).saturating_sub(began.elapsed()));
    assert!(!mark.exists(), "what the program started went on");
}

#[test]
fn a_program_finds_no_setting_of_ours() {
    let said = shell("cat >/dev/null; env | cut -d= -f1 | grep -v -e PWD -e SHLVL -e '^_$' | sort | tr '\\n' ' '");
    assert_eq!(said.translate(&["a"], "pt", "en", MINUTE).unwrap(), ["LC_ALL PATH "]);
}

#[test]
fn settings_that_make_no_sense_are_refused() {
    let settings = |run: &[&str], pairs: &[&str], version: &[&str]| CommandSettings {
        run: run.iter().map(|&part| part.to_owned()).collect(),
        pairs: pairs.iter().map(|&part| part.to_owned()).collect(),
        version: version.iter().map(|&part| part.to_owned()).collect(),
        ..CommandSettings::default()
    };
    assert!(Command::open(settings(&["cat"], &["pt-en"], &[])).is_ok());
    assert!(Command::open(settings(&[], &["pt-en"], &[])).is_err());
    assert!(Command::open(settings(&["cat"], &[], &[])).is_err());
    assert!(Command::open(settings(&["cat"], &["pten"], &[])).is_err());
    assert!(Command::open(settings(&["cat"], &["pt-en"], &["/nonexistent"])).is_err());
    assert!(Command::open(settings(&["cat"], &["pt-en"], &["yes"])).is_err());
}
