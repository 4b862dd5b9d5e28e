//! Sound to the picture of it that Whisper looks at: logarithms of loudness in bands of the mel scale, a column each 10 ms. As
//! in the paper (Radford and others 2022, section 2.2) and the published code: a Hann window of 25 ms, Slaney's mel scale.

use std::f64::consts::PI;
use std::sync::Arc;

use rustfft::num_complex::Complex;
use rustfft::{Fft, FftPlanner};

use crate::{SAMPLE_RATE, WINDOW_SAMPLES_MAX};

/// Samples under one Hann window.
const WINDOW: usize = 400;
/// Samples from one column to the next.
const HOP: usize = 160;
/// Columns of half a minute.
pub(crate) const COLUMNS: usize = WINDOW_SAMPLES_MAX / HOP;
/// Frequencies of a spectrum.
const BINS: usize = WINDOW / 2 + 1;
/// Decades below the loudest that are kept.
const DECADES: f32 = 8.0;

/// Makes the pictures for a model with a given number of bands.
pub(crate) struct Mel {
    bands: Vec<Vec<(usize, f32)>>,
    hann: Vec<f32>,
    fft: Arc<dyn Fft<f32>>,
}

impl std::fmt::Debug for Mel {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Mel({} bands)", self.bands.len())
    }
}

impl Mel {
    /// For `bands` bands: 80, or 128 of the largest model.
    pub(crate) fn new(bands: usize) -> Self {
        let hann = (0..WINDOW).map(|at| (0.5 - 0.5 * (2.0 * PI * at as f64 / WINDOW as f64).cos()) as f32).collect();
        Self { bands: filters(bands), hann, fft: FftPlanner::new().plan_fft_forward(WINDOW) }
    }

    /// The picture of at most half a minute, band by band; what is missing is silence.
    pub(crate) fn picture(&self, samples: &[i16]) -> Vec<f32> {
        let sound = |at: isize| {
            // Mirrored at the start, silent behind the end.
            samples.get(at.unsigned_abs()).map_or(0.0, |&sample| f32::from(sample) / 32_768.0)
        };
        let mut picture = vec![0.0; self.bands.len() * COLUMNS];
        let mut buffer = vec![Complex::default(); WINDOW];
        let mut scratch = vec![Complex::default(); self.fft.get_inplace_scratch_len()];
        let mut loudest = f32::MIN;
        for column in 0..COLUMNS {
            let first = (column * HOP) as isize - (WINDOW / 2) as isize;
            for (at, (place, hann)) in buffer.iter_mut().zip(&self.hann).enumerate() {
                *place = Complex::new(sound(first + at as isize) * hann, 0.0);
            }
            self.fft.process_with_scratch(&mut buffer, &mut scratch);
            for (band, weights) in self.bands.iter().enumerate() {
                let power: f32 =
                    weights.iter().map(|&(bin, weight)| buffer.get(bin).map_or(0.0, |c| c.norm_sqr()) * weight).sum();
                let value = power.max(1e-10).log10();
                loudest = loudest.max(value);
                if let Some(cell) = picture.get_mut(band * COLUMNS + column) {
                    *cell = value;
                }
            }
        }
        for cell in &mut picture {
            *cell = (cell.max(loudest - DECADES) + 4.0) / 4.0;
        }
        picture
    }
}

/// Triangles on Slaney's mel scale (linear below 1,000 Hz, logarithmic above), each of area one: bin and weight.
fn filters(bands: usize) -> Vec<Vec<(usize, f32)>> {
    let top = mel_of(SAMPLE_RATE as f64 / 2.0);
    let edges: Vec<f64> = (0..bands + 2).map(|at| hertz_of(top * at as f64 / (bands + 1) as f64)).collect();
    let bin_hertz = SAMPLE_RATE as f64 / WINDOW as f64;
    let triangle = |edges: &[f64]| match *edges {
        [low, middle, high] => (0..BINS)
            .filter_map(|bin| {
                let at = bin as f64 * bin_hertz;
                let height = ((at - low) / (middle - low)).min((high - at) / (high - middle));
                (height > 0.0).then_some((bin, (height * 2.0 / (high - low)) as f32))
            })
            .collect(),
        _ => Vec::new(),
    };
    edges.windows(3).map(triangle).collect()
}

/// Above this the scale is logarithmic.
const LOG_FROM_HERTZ: f64 = 1_000.0;
/// Hertz of a mel below.
const LINEAR_HERTZ: f64 = 200.0 / 3.0;
/// Natural logarithm of the ratio of one mel above: 27 mels make a factor of 6.4.
fn log_step() -> f64 {
    6.4f64.ln() / 27.0
}

fn mel_of(hertz: f64) -> f64 {
    if hertz < LOG_FROM_HERTZ {
        hertz / LINEAR_HERTZ
    } else {
        LOG_FROM_HERTZ / LINEAR_HERTZ + (hertz / LOG_FROM_HERTZ).ln() / log_step()
    }
}

fn hertz_of(mel: f64) -> f64 {
    let knee = LOG_FROM_HERTZ / LINEAR_HERTZ;
    if mel < knee { mel * LINEAR_HERTZ } else { LOG_FROM_HERTZ * ((mel - knee) * log_step()).exp() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tone_lights_the_band_of_its_pitch() {
        let mel = Mel::new(80);
        let tone: Vec<i16> = (0..SAMPLE_RATE)
            .map(|at| ((at as f64 / SAMPLE_RATE as f64 * 1_000.0 * 2.0 * PI).sin() * 9_000.0) as i16)
            .collect();
        let picture = mel.picture(&tone);
        let column = |band: usize| picture[band * COLUMNS + 50];
        let brightest = (0..80).max_by(|&a, &b| column(a).total_cmp(&column(b))).unwrap();
        let band_hertz = hertz_of(mel_of(8_000.0) * (brightest + 1) as f64 / 81.0);
        assert!((band_hertz - 1_000.0).abs() < 60.0, "{band_hertz}");
        // Behind the tone all is as dark as eight decades below allow.
        assert!((picture[brightest * COLUMNS + 2_000] - (column(brightest) - 2.0)).abs() < 0.01);
    }

    #[test]
    fn the_mel_scale_turns_back() {
        for hertz in [0.0, 440.0, 1_000.0, 7_999.0] {
            assert!((hertz_of(mel_of(hertz)) - hertz).abs() < 1e-6);
        }
        assert_eq!(filters(80).len(), 80);
    }
}
