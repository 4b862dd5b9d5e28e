//! What Whisper answers: a list of tokens, of which some are times and most are letters in the alphabet of GPT-2. In: tokens.
//! Out: stretches of speech.

use crate::Said;

/// Steps of Whisper's clock: 20 ms.
const STEP_MS: f32 = 1_000.0;

/// Stretches between two times. A stretch that the model did not close ends with the window, at `end_ms`.
pub fn said(tokens: &[String], end_ms: u32, confidence: Option<f32>) -> Vec<Said> {
    let mut all: Vec<Said> = Vec::new();
    let mut from_ms = 0;
    let mut letters = Vec::new();
    let mut close = |letters: &mut Vec<u8>, from_ms: u32, to_ms: u32| {
        let text = String::from_utf8_lossy(letters).trim().to_owned();
        letters.clear();
        // Times beyond the window are invented; so are those that run backwards.
        let from_ms = from_ms.min(end_ms);
        if !text.is_empty() {
            all.push(Said { from_ms, to_ms: to_ms.clamp(from_ms, end_ms), text, confidence });
        }
    };
    for token in tokens {
        if let Some(time) = time_ms(token) {
            close(&mut letters, from_ms, time);
            from_ms = time;
        } else if !is_special(token) {
            letters.extend(token.chars().filter_map(byte_of));
        }
    }
    close(&mut letters, from_ms, end_ms);
    all
}

/// The language of a token such as `<|ru|>`.
pub fn language_of(token: &str) -> Option<&str> {
    token.strip_prefix("<|")?.strip_suffix("|>").filter(|code| code.bytes().all(|byte| byte.is_ascii_lowercase()))
}

/// Share of word triples that are no repetition, 0 to 1; a model that invents repeats itself.
pub fn variety(text: &str) -> f32 {
    let words: Vec<&str> = text.split_whitespace().collect();
    let triples: Vec<_> = words.windows(3).collect();
    let different: std::collections::BTreeSet<_> = triples.iter().collect();
    if triples.len() < 8 { 1.0 } else { different.len() as f32 / triples.len() as f32 }
}

fn is_special(token: &str) -> bool {
    token.starts_with("<|") && token.ends_with("|>")
}

fn time_ms(token: &str) -> Option<u32> {
    let seconds: f32 = token.strip_prefix("<|")?.strip_suffix("|>")?.parse().ok()?;
    (0.0..=30.0).contains(&seconds).then_some((seconds * STEP_MS).round() as u32)
}

/// GPT-2 writes every byte as a visible letter: those that are visible as themselves, the others from U+0100 on.
fn byte_of(letter: char) -> Option<u8> {
    let visible = |byte: u8| matches!(byte, 0x21..=0x7e | 0xa1..=0xac | 0xae..=0xff);
    match u32::from(letter) {
        code @ 0..=0xff => u8::try_from(code).ok().filter(|&byte| visible(byte)),
        code => (0..=255u8).filter(|&byte| !visible(byte)).nth((code - 0x100) as usize),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The inverse of [`byte_of`], to build tokens.
    fn written(text: &str) -> String {
        let letter = |byte: u8| (0..0x200).filter_map(char::from_u32).find(|&c| byte_of(c) == Some(byte));
        text.bytes().map(|byte| letter(byte).expect("every byte has a letter")).collect()
    }

    #[test]
    fn tokens_become_stretches_with_times() {
        let tokens = [
            "<|0.00|>",
            &written(" Вы перешли"),
            &written(" сюда."),
            "<|2.50|>",
            "<|3.00|>",
            &written(" Да"),
            "<|endoftext|>",
        ];
        let said = said(&tokens.map(str::to_owned), 7_500, Some(0.75));
        assert_eq!(
            said.iter().map(|said| (said.from_ms, said.to_ms, said.text.as_str())).collect::<Vec<_>>(),
            [(0, 2_500, "Вы перешли сюда."), (3_000, 7_500, "Да")]
        );
    }

    #[test]
    fn times_that_run_backwards_or_beyond_the_end_are_held_in() {
        let tokens = ["<|29.00|>", &written("a"), "<|1.00|>", &written("b"), "<|30.00|>", "<|99.00|>"];
        for said in said(&tokens.map(str::to_owned), 5_000, None) {
            assert!(said.from_ms <= said.to_ms && said.to_ms <= 5_000, "{said:?}");
        }
    }

    #[test]
    fn every_byte_has_one_letter_and_languages_are_told_from_times() {
        assert_eq!(written(" é"), "ĠÃ©");
        assert_eq!(byte_of('\u{1ff}'), None);
        assert_eq!(language_of("<|ru|>"), Some("ru"));
        assert_eq!(language_of("<|1.00|>"), None);
    }

    #[test]
    fn a_text_that_repeats_itself_has_little_variety() {
        assert!(variety("the lamp is lit ".repeat(20).as_str()) < 0.1);
        assert!(
            (variety("rain in the north, sun in the south, and fog over the two old harbours at dawn") - 1.0).abs()
                < 0.01
        );
    }
}
