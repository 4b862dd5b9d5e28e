//! Key frames of a video: taken out by ffmpeg, opened in the sandbox one by one, told apart, and read where they show text.

use vedette_core::opened::one_line;
use vedette_core::{FileFault, Reading, ReadingKind};

use super::super::{FileReadings, FileToRead, ImageFacts, OPENERS, Reader, language_of};
use super::ffmpeg::{Allowed, Recording, fault};
use super::lines::{Shown, merge};
use crate::wire::{Hint, Opened, OpenedImage};
use crate::{GrayImage, Memo, MemoKey, ReadError, ocr, recall_or};

/// Frames of one video that are looked at: one a second of reading time, and a minute of it is enough for one post.
const FRAMES_MAX: usize = 60;
/// Milliseconds from one frame to the next at least: about thirty a minute, so that a line that stands for two seconds is seen.
const GAP_MS_MIN: u32 = 1_900;
/// Longer side of a frame in pixels; recognition gains nothing from more.
const SIDE_MAX: u32 = 1_920;
/// Videos up to this long are decoded whole when they have few key frames.
const SHORT_MS_MAX: u32 = 120_000;
/// Milliseconds between key frames above which text between them is missed.
const SPARSE_MS: u32 = 5_000;
/// Processor seconds for key frames, and for decoding a short video whole.
const SECONDS_MAX: u64 = 60;
/// Bytes of one frame as PNG: 1,920 by 1,920 pixels of noise.
const FRAME_BYTES_MAX: u64 = 16 * 1024 * 1024;
/// PDQ quality from which on a frame is a picture; black frames and fades have less.
const GOOD_QUALITY: u8 = 50;
/// Columns and rows in which two frames are compared.
const GRID: (u32, u32) = (64, 36);
/// Difference of mean brightness of a cell that counts.
const CELL_DIFFERENCE: u8 = 24;
/// Cells that must differ before two frames are two: half a line of small text.
const CELLS_DIFFERENT: usize = 6;

/// A frame that was opened.
struct Frame {
    at_ms: u32,
    image: OpenedImage,
}

impl Reader {
    /// Reads the key frames of a video.
    pub(super) fn frames(
        &self,
        recording: &Recording<'_>,
        file: &FileToRead<'_>,
        memo: &dyn Memo,
        found: &mut FileReadings,
    ) -> Result<(), ReadError> {
        let times = taken(recording, found)?;
        let method = self.frame_method(recording, file);
        let mut shown: Vec<Shown> = Vec::new();
        let mut last_grid = Vec::new();
        let mut read_with = None;
        let mut can_read = true;
        for &at_ms in &times {
            let frame = match self.open_frame(recording, at_ms) {
                Ok(frame) => frame,
                Err(error) => {
                    told_once(found, format!("a frame was not opened: {}", error.problem()));
                    continue;
                }
            };
            let grid = grid(&frame.image.gray, frame.image.inverted);
            if let Some(last) = shown.last_mut()
                && !differ(&last_grid, &grid)
            {
                last.to_ms = at_ms;
                continue;
            }
            last_grid = grid;
            if let Some(last) = shown.last_mut() {
                last.to_ms = at_ms;
            }
            let key = MemoKey { file: file.sha256, part: format!("frame {at_ms}"), method: method.clone() };
            let readings = if can_read {
                match recall_or(memo, &key, || self.frame_text(&frame, file, found)) {
                    Ok(readings) => readings,
                    Err(error) => {
                        // Without the recogniser no frame fares better.
                        can_read = !matches!(error, ReadError::File(FileFault::ToolMissing(_)));
                        found.try_again |= error.is_passing();
                        told_once(found, error.problem());
                        Vec::new()
                    }
                }
            } else {
                Vec::new()
            };
            read_with = read_with.or_else(|| readings.first().map(|reading| reading.method.clone()));
            let lines = readings.iter().flat_map(|reading| {
                reading.text.lines().map(|line| (line.trim().to_owned(), reading.quality)).collect::<Vec<_>>()
            });
            shown.push(Shown { from_ms: at_ms, to_ms: at_ms, lines: lines.collect() });
            keep_poster(found, frame.image);
        }
        if let Some(last) = shown.last_mut() {
            last.to_ms = recording.probe.duration_ms.unwrap_or(last.to_ms).max(last.to_ms);
        }
        let merged = merge(&shown);
        if merged.cut {
            found.problems.push("the video shows more text than is kept: look at it outside".to_owned());
        }
        if !merged.text.is_empty() {
            let method = format!("ffmpeg {}, {}", recording.version, read_with.unwrap_or_default());
            found.readings.push(Reading {
                language: language_of(&merged.text),
                quality: merged.quality,
                places: merged.places,
                ..Reading::new(ReadingKind::Ocr, method, merged.text)
            });
        }
        Ok(())
    }

    fn open_frame(&self, recording: &Recording<'_>, at_ms: u32) -> Result<Frame, ReadError> {
        let path = recording.folder().join(format!("f-{at_ms}.png"));
        let png = std::fs::read(&path).map_err(ReadError::machine("read a temporary file"))?;
        match self.opener.open(&png, &Hint { media_type: None, name: None })? {
            Opened::Image(image) => Ok(Frame { at_ms, image: *image }),
            _ => Err(ReadError::File(FileFault::Hostile("a frame of it is no picture".to_owned()))),
        }
    }

    fn frame_text(
        &self,
        frame: &Frame,
        file: &FileToRead<'_>,
        found: &mut FileReadings,
    ) -> Result<Vec<Reading>, ReadError> {
        if !frame.image.text_likely {
            return Ok(Vec::new());
        }
        let text = ocr::read_image(&self.tools, &frame.image.gray, file.scripts)?;
        let mut recognised = FileReadings::default();
        self.recognised(text, &mut recognised);
        found.try_again |= recognised.try_again;
        for problem in recognised.problems {
            told_once(found, format!("{} in: {problem}", clock(frame.at_ms)));
        }
        Ok(recognised.readings)
    }

    /// Everything that the text of a frame depends on.
    fn frame_method(&self, recording: &Recording<'_>, file: &FileToRead<'_>) -> String {
        let (recogniser, hints) = (self.tools.recogniser(), file.scripts);
        format!("{OPENERS} frame ffmpeg {} {recogniser} {hints:?}", recording.version)
    }
}

/// Takes frames out and returns their times, in order.
fn taken(recording: &Recording<'_>, found: &mut FileReadings) -> Result<Vec<u32>, ReadError> {
    let duration = recording.probe.duration_ms;
    let gap = duration.map_or(GAP_MS_MIN, |duration| (duration / FRAMES_MAX as u32).max(GAP_MS_MIN));
    let key_frames = take(recording, &["-skip_frame", "nokey"], gap);
    let mut times = listed(recording);
    let is_short = duration.is_some_and(|duration| duration <= SHORT_MS_MAX);
    let is_sparse = duration.is_some_and(|duration| (times.len() as u32) < duration / SPARSE_MS);
    let mut failed = key_frames.err();
    if times.is_empty() || is_short && is_sparse {
        failed = take(recording, &[], gap).err().or(failed);
        times = listed(recording);
    }
    match failed {
        Some(error) if times.is_empty() => return Err(error),
        Some(error) => found.problems.push(format!("not all of the video was seen: {}", error.problem())),
        None if times.is_empty() => {
            return Err(ReadError::File(FileFault::Damaged("no frame of the video can be decoded".to_owned())));
        }
        None => {}
    }
    Ok(times)
}

/// Has ffmpeg write frames that lie at least `gap_ms` apart, each named by its time in milliseconds.
fn take(recording: &Recording<'_>, input: &[&str], gap_ms: u32) -> Result<(), ReadError> {
    let filter = format!(
        "select='isnan(prev_selected_t)+gte(t-prev_selected_t\\,{:.3})',\
         scale=w='min({SIDE_MAX}\\,iw)':h='min({SIDE_MAX}\\,ih)':force_original_aspect_ratio=decrease,\
         format=rgb24,settb=1/1000",
        f64::from(gap_ms) / 1_000.0
    );
    let most = FRAMES_MAX.to_string();
    // `V` leaves covers out.
    let output = [
        "-map",
        "0:V:0",
        "-an",
        "-sn",
        "-dn",
        "-vf",
        &filter,
        "-fps_mode",
        "passthrough",
        "-enc_time_base",
        "1:1000",
        "-frames:v",
        &most,
        "-compression_level",
        "1",
        "-f",
        "image2",
        "-frame_pts",
        "1",
        "f-%d.png",
    ];
    let allowed = Allowed { seconds: SECONDS_MAX, file_bytes: FRAME_BYTES_MAX, stdout_bytes: 1_024 };
    let ran = recording.run(input, &output, allowed)?;
    if ran.status.success() { Ok(()) } else { Err(fault(&ran.stderr)) }
}

/// Times of the frames that lie in the folder. A last one that was not finished is refused by its opener.
fn listed(recording: &Recording<'_>) -> Vec<u32> {
    let Ok(listing) = std::fs::read_dir(recording.folder()) else { return Vec::new() };
    let mut times: Vec<u32> = listing
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.strip_prefix("f-")?.strip_suffix(".png")?.parse().ok())
        .collect();
    times.sort_unstable();
    times.truncate(FRAMES_MAX);
    times
}

/// The first good picture of a video stands for it.
fn keep_poster(found: &mut FileReadings, image: OpenedImage) {
    let better = found.image.as_ref().is_none_or(|kept| kept.quality < GOOD_QUALITY && image.quality > kept.quality);
    if better {
        found.image = Some(ImageFacts {
            pdq: image.pdq,
            quality: image.quality,
            dihedral: image.dihedral,
            width: image.width,
            height: image.height,
            preview_png: image.preview_png,
            blurred_png: image.blurred_png,
        });
    }
}

/// Mean brightness of each cell of a grid, as the frame shows it.
fn grid(gray: &GrayImage, inverted: bool) -> Vec<u8> {
    let (columns, rows) = GRID;
    let mut cells = Vec::with_capacity((columns * rows) as usize);
    for row in 0..rows {
        for column in 0..columns {
            let (left, right) = (gray.width * column / columns, (gray.width * (column + 1) / columns).max(1));
            let (top, bottom) = (gray.height * row / rows, (gray.height * (row + 1) / rows).max(1));
            let (mut sum, mut count) = (0u64, 0u64);
            for y in top..bottom {
                let start = y as usize * gray.width as usize;
                let line = gray.pixels.get(start + left as usize..start + right as usize).unwrap_or_default();
                sum += line.iter().map(|&value| u64::from(value)).sum::<u64>();
                count += line.len() as u64;
            }
            let mean = u8::try_from(sum / count.max(1)).unwrap_or(u8::MAX);
            cells.push(if inverted { 255 - mean } else { mean });
        }
    }
    cells
}

/// Whether two frames show something else.
fn differ(a: &[u8], b: &[u8]) -> bool {
    a.len() != b.len() || a.iter().zip(b).filter(|(a, b)| a.abs_diff(**b) > CELL_DIFFERENCE).count() >= CELLS_DIFFERENT
}

fn told_once(found: &mut FileReadings, problem: String) {
    let problem = one_line(&problem);
    if !found.problems.contains(&problem) {
        found.problems.push(problem);
    }
}

/// `83000` as `1:23`.
pub(super) fn clock(ms: u32) -> String {
    format!("{}:{:02}", ms / 60_000, ms / 1_000 % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A grey frame with a bright bar of `width` pixels.
    fn frame(width: u32) -> Vec<u8> {
        let mut pixels = vec![90u8; 640 * 360];
        for y in 150..170 {
            for x in 0..width {
                pixels[(y * 640 + x) as usize] = 250;
            }
        }
        grid(&GrayImage { width: 640, height: 360, pixels }, false)
    }

    #[test]
    fn frames_differ_by_a_line_of_text_and_not_by_noise() {
        assert!(differ(&frame(0), &frame(200)));
        assert!(!differ(&frame(100), &frame(110)));
        assert!(!differ(&frame(0), &frame(0)));
        let noisy: Vec<u8> = frame(0).iter().map(|value| value + 5).collect();
        assert!(!differ(&frame(0), &noisy));
    }

    #[test]
    fn a_tiny_frame_has_a_grid_too() {
        let tiny = GrayImage { width: 1, height: 1, pixels: vec![7] };
        assert_eq!(grid(&tiny, true).len(), (GRID.0 * GRID.1) as usize);
        assert_eq!(clock(83_000), "1:23");
    }
}
