//! What a line of Latin letters says. In: grey pixels of one straightened line. Out: its characters, where each stands and how
//! surely it was read. A neural recogniser with a CTC head (PP-OCR, ONNX); lines of scripts that it was not taught come out
//! empty or unsure, so that it also tells which lines are Latin.
//!
//! The head answers column by column; what it repeats is one character and what it calls blank is none (Graves et al.,
//! *Connectionist temporal classification*, ICML 2006).

use std::sync::Arc;

use rten::{Model, RunOptions, ThreadPool};
use rten_tensor::NdTensor;
use rten_tensor::prelude::*;

use crate::{DetectError, Pixels, loaded};

/// Height in pixels of what the network sees.
const HEIGHT: u32 = 48;
/// Width in pixels at most: 3,200 are about 130 letters.
const WIDTH_MAX: u32 = 3_200;
/// Name under which the model's file carries its characters, one a line.
const CHARACTERS: &str = "character";

/// A character of a line.
#[derive(Debug, Clone, PartialEq)]
pub struct Letter {
    /// The character; a space between words.
    pub text: String,
    /// Its middle, as a share of the line's length from the left.
    pub at: f32,
    /// How sure the network is, 0 to 1.
    pub sure: f32,
}

/// A loaded recogniser.
pub struct LineReader {
    model: Model,
    /// By the network's class; class 0 is blank.
    characters: Vec<String>,
    pool: Arc<ThreadPool>,
}

impl std::fmt::Debug for LineReader {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("LineReader").field("characters", &self.characters.len()).finish_non_exhaustive()
    }
}

impl LineReader {
    /// Loads an ONNX model whose SHA-256 the caller has checked; it runs on at most `threads` threads.
    ///
    /// # Errors
    /// [`DetectError::Model`] when it is none, or does not say which characters it knows.
    pub fn load(model: Vec<u8>, threads: usize) -> Result<Self, DetectError> {
        let model = loaded(model)?;
        let said = model.metadata().get(CHARACTERS).unwrap_or_default();
        if said.is_empty() {
            return Err(DetectError::Model("it does not say which characters it knows".to_owned()));
        }
        let blank = std::iter::once(String::new());
        let characters = blank.chain(said.split('\n').map(str::to_owned)).chain([" ".to_owned()]).collect();
        Ok(Self { model, characters, pool: Arc::new(ThreadPool::with_num_threads(threads.max(1))) })
    }

    /// The characters of `line`, a picture that holds one straight line and little else, from the left.
    ///
    /// # Errors
    /// [`DetectError::Answer`] when the model is no recogniser.
    pub fn read(&self, line: Pixels<'_>) -> Result<Vec<Letter>, DetectError> {
        let answer = |error: String| DetectError::Answer(error);
        let options = RunOptions::default().with_thread_pool(Some(Arc::clone(&self.pool)));
        let value = self.model.run_one(input(line).into(), Some(options)).map_err(|error| answer(error.to_string()))?;
        let table: NdTensor<f32, 3> = value.try_into().map_err(|_| answer("not a table of numbers".to_owned()))?;
        let [_, columns, classes] = table.shape();
        if classes != self.characters.len() {
            return Err(answer(format!("{classes} classes for {} characters", self.characters.len())));
        }
        let scores = table.to_vec();
        Ok(letters(&self.characters, scores.chunks_exact(classes.max(1)), columns))
    }
}

/// The letters of a table with a row for each of `columns` columns and a score for each of `characters`.
fn letters<'a>(characters: &[String], table: impl Iterator<Item = &'a [f32]>, columns: usize) -> Vec<Letter> {
    let mut letters: Vec<Letter> = Vec::new();
    let (mut before, mut run) = (0, 0);
    for (column, scores) in table.enumerate() {
        let (class, sure) = scores
            .iter()
            .copied()
            .enumerate()
            .fold((0, f32::MIN), |best, (class, score)| if score > best.1 { (class, score) } else { best });
        let at = (column as f32 + 0.5) / columns as f32;
        match letters.last_mut() {
            Some(letter) if class == before && class != 0 => {
                run += 1;
                letter.at += (at - letter.at) / run as f32;
                letter.sure = letter.sure.max(sure);
            }
            _ if class != 0 => {
                run = 1;
                let text = characters.get(class).cloned().unwrap_or_default();
                letters.push(Letter { text, at, sure: sure.clamp(0.0, 1.0) });
            }
            _ => {}
        }
        before = class;
    }
    letters
}

/// The line as the network takes it: three equal planes of [`HEIGHT`] rows, from -1 to 1.
fn input(line: Pixels<'_>) -> NdTensor<f32, 4> {
    let width = (line.width as f32 * HEIGHT as f32 / line.height as f32).ceil().clamp(8.0, WIDTH_MAX as f32) as u32;
    let (x_step, y_step) = (line.width as f32 / width as f32, line.height as f32 / HEIGHT as f32);
    let mut plane = Vec::with_capacity((width * HEIGHT) as usize);
    for y in 0..HEIGHT {
        for x in 0..width {
            let value = line.between((x as f32 + 0.5) * x_step - 0.5, (y as f32 + 0.5) * y_step - 0.5);
            plane.push(value / 127.5 - 1.0);
        }
    }
    let planes = [plane.as_slice(), &plane, &plane].concat();
    NdTensor::from_data([1, 3, HEIGHT as usize, width as usize], planes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_model_is_refused() {
        assert!(matches!(LineReader::load(b"not a model".to_vec(), 1), Err(DetectError::Model(_))));
    }

    #[test]
    fn columns_become_letters_where_they_stand() {
        let characters: Vec<String> = ["", "n", "o", " "].map(str::to_owned).to_vec();
        // n n - o o n: repeats are one, a blank parts two.
        let classes = [1, 1, 0, 2, 2, 1, 0, 1];
        let row = |class: usize| (0..4).map(|at| if at == class { 0.9 } else { 0.03 }).collect::<Vec<f32>>();
        let table: Vec<Vec<f32>> = classes.into_iter().map(row).collect();
        let letters = letters(&characters, table.iter().map(Vec::as_slice), classes.len());
        let text: String = letters.iter().map(|letter| letter.text.as_str()).collect();
        assert_eq!(text, "nonn");
        let places: Vec<f32> = letters.iter().map(|letter| (letter.at * 16.0).round()).collect();
        assert_eq!(places, [2.0, 8.0, 11.0, 15.0]);
        assert!(letters.iter().all(|letter| letter.sure == 0.9));
    }
}
