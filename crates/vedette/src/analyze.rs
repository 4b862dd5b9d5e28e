//! `analyze`: text or JSON lines in, findings out, streaming and in order. Needs no workspace.

use std::io::{BufRead, BufReader, Read};

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;
use vedette_collect::folder::written_date;
use vedette_core::Analysis;
use vedette_core::limits::READING_BYTES_MAX;
use vedette_desk::{Analyst, DeskConfig};

use crate::cli::AnalyzeArgs;
use crate::commands::brief;
use crate::io::{Failure, Io};
use crate::workspace;

/// Bytes of one JSON line.
const LINE_BYTES_MAX: usize = 2 * READING_BYTES_MAX;
/// Lines that are analysed together: enough to keep every core busy, few enough to stay small and prompt.
const LINES_AT_ONCE: usize = 256;
/// Bytes of lines that are analysed together.
const BYTES_AT_ONCE: usize = 8 * 1024 * 1024;

/// One line of input.
#[derive(Debug, Deserialize)]
struct Line {
    #[serde(default)]
    id: Value,
    text: String,
    #[serde(default)]
    date: Option<String>,
    #[serde(default)]
    lang: Option<String>,
}

/// One text to analyse.
struct Input {
    line: Line,
    at: Timestamp,
    problem: Option<String>,
}

/// `vedette analyze`.
pub fn run(args: &AnalyzeArgs, io: &mut Io) -> Result<u8, Failure> {
    let analyst = Analyst::new(workspace::recogniser(None, &args.register, args.watchlist.as_deref())?);
    let mut reader: Box<dyn BufRead> = if args.file.as_os_str() == "-" {
        Box::new(BufReader::with_capacity(1 << 20, std::io::stdin()))
    } else {
        let path = io.path(&args.file);
        let file = std::fs::File::open(&path).map_err(|error| Failure::file("open", &path, &error))?;
        Box::new(BufReader::with_capacity(1 << 20, file))
    };
    let unreadable = |error: std::io::Error| Failure::file("read", &args.file, &error);
    let first = reader.fill_buf().map_err(unreadable)?;
    let now = Timestamp::now();
    if first.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'{') {
        return lines(&analyst, reader, now, io);
    }
    let mut bytes = Vec::new();
    reader.take(READING_BYTES_MAX as u64 + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    if bytes.len() > READING_BYTES_MAX {
        return Err(Failure::usage(format!("the text is longer than {READING_BYTES_MAX} bytes"))
            .hint("give long material as JSON lines, one text each"));
    }
    let text = String::from_utf8(bytes).map_err(|error| {
        Failure::usage(format!("the text is not UTF-8: byte {} is wrong", error.utf8_error().valid_up_to()))
            .hint("convert it first, for instance with iconv")
    })?;
    let analysis = analyst.analyze(Value::Null, text.clone(), None, now, DeskConfig::default().event_window_days);
    if args.json {
        io.json(&analysis)?;
    } else {
        print(&analysis, io)?;
    }
    Ok(0)
}

fn lines(analyst: &Analyst, mut reader: Box<dyn BufRead>, now: Timestamp, io: &mut Io) -> Result<u8, Failure> {
    let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let mut number = 0u64;
    let mut failed = 0u64;
    let mut output = Vec::new();
    loop {
        let mut batch: Vec<Result<Input, String>> = Vec::with_capacity(LINES_AT_ONCE);
        let mut bytes_read = 0;
        let mut ended = false;
        while batch.len() < LINES_AT_ONCE && bytes_read < BYTES_AT_ONCE {
            let Some(line) = next_line(&mut reader)? else {
                ended = true;
                break;
            };
            number += 1;
            bytes_read += line.len();
            if !line.iter().all(u8::is_ascii_whitespace) {
                batch.push(parse(&line, now).map_err(|why| format!("line {number}: {why}")));
            }
        }
        output.clear();
        for (input, found) in batch.iter().zip(analyse(analyst, &batch, threads)) {
            match (input, found) {
                (_, Some(found)) => {
                    output.extend_from_slice(&found);
                    output.push(b'\n');
                }
                (Err(why), None) => {
                    failed += 1;
                    io.say(format!("error: {why}"));
                    let line = serde_json::json!({ "id": null, "error": why }).to_string();
                    output.extend_from_slice(line.as_bytes());
                    output.push(b'\n');
                }
                (Ok(_), None) => {}
            }
        }
        std::io::Write::write_all(&mut io.out, &output)
            .and_then(|()| std::io::Write::flush(&mut io.out))
            .map_err(|error| Failure { code: 0, ..Failure::usage(error.to_string()) })?;
        if ended {
            break;
        }
    }
    if failed > 0 {
        io.say(format!(
            "hint: {failed} of {number} lines are not of the form {{\"id\":…,\"text\":\"…\"}}; the others were analysed"
        ));
    }
    Ok(u8::from(failed > 0))
}

/// The next line without its end, capped; `None` at the end of the input.
fn next_line(reader: &mut dyn BufRead) -> Result<Option<Vec<u8>>, Failure> {
    let mut line = Vec::new();
    let unreadable = |error: std::io::Error| Failure::usage(format!("cannot read the input: {error}"));
    let read = reader.take(LINE_BYTES_MAX as u64).read_until(b'\n', &mut line).map_err(unreadable)?;
    if read == 0 {
        return Ok(None);
    }
    if line.last() != Some(&b'\n') && read == LINE_BYTES_MAX {
        // Too long: the rest of it is skipped, and the piece that was kept does not parse as JSON, which says so.
        loop {
            let part = reader.fill_buf().map_err(unreadable)?;
            let end = part.iter().position(|byte| *byte == b'\n');
            let used = end.map_or(part.len(), |end| end + 1);
            reader.consume(used);
            if end.is_some() || used == 0 {
                break;
            }
        }
    }
    Ok(Some(line))
}

fn parse(line: &[u8], now: Timestamp) -> Result<Input, String> {
    let parsed: Line = serde_json::from_slice(line).map_err(|error| error.to_string())?;
    if parsed.text.len() > READING_BYTES_MAX {
        return Err(format!("the text is longer than {READING_BYTES_MAX} bytes"));
    }
    let dated = parsed.date.as_deref().map(written_date);
    // A text is worth analysing whatever its date says; only its relative dates then count from now, and it says so.
    let problem = match (&parsed.date, dated) {
        (Some(text), Some(None)) => {
            Some(format!("`{}` is not a date (expected ISO 8601), so relative dates count from now", brief(text, 40)))
        }
        _ => None,
    };
    Ok(Input { at: dated.flatten().unwrap_or(now), line: parsed, problem })
}

fn analyse(analyst: &Analyst, batch: &[Result<Input, String>], threads: usize) -> Vec<Option<Vec<u8>>> {
    let window = DeskConfig::default().event_window_days;
    let one = |input: &Result<Input, String>| -> Option<Vec<u8>> {
        let Input { line, at, problem } = input.as_ref().ok()?;
        let analysis = analyst.analyze(line.id.clone(), line.text.clone(), line.lang.as_deref(), *at, window);
        match problem {
            None => serde_json::to_vec(&analysis).ok(),
            Some(problem) => {
                let mut value = serde_json::to_value(&analysis).ok()?;
                value["problems"] = serde_json::json!([problem]);
                serde_json::to_vec(&value).ok()
            }
        }
    };
    let share = batch.len().div_ceil(threads).max(1);
    std::thread::scope(|scope| {
        let parts: Vec<_> =
            batch.chunks(share).map(|part| scope.spawn(move || part.iter().map(one).collect::<Vec<_>>())).collect();
        parts
            .into_iter()
            .flat_map(|part| part.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
            .collect()
    })
}

fn print(analysis: &Analysis, io: &mut Io) -> Result<(), Failure> {
    let language = &analysis.language;
    io.line(format!("language    {} ({}, {:.0} %)", language.code, language.script, language.confidence * 100.0))?;
    for mention in &analysis.findings.mentions {
        let folds = if mention.folds.is_empty() { String::new() } else { format!(" [{}]", mention.folds.join(", ")) };
        io.line(format!("{:<11} {} → {}{folds}", mention.kind.word(), mention.text, mention.name))?;
    }
    for date in &analysis.findings.dates {
        io.line(format!("date        {} → {}", date.text, date.value))?;
    }
    for link in &analysis.findings.links {
        io.line(format!("{:<11} {}", link.kind.word(), link.text))?;
    }
    for statement in &analysis.findings.statements {
        let reported = if statement.reported { " (reported)" } else { "" };
        let tentative = if statement.tentative { " (tentative)" } else { "" };
        io.line(format!("{:<11} “{}”{reported}{tentative}", statement.kind.word(), brief(&statement.quote, 120)))?;
    }
    let tier = analysis.assessment.tier.map(|tier| format!(", tier {tier}")).unwrap_or_default();
    io.line(format!("assessment  {}{tier}", analysis.assessment.level.word()))?;
    for reason in &analysis.assessment.reasons {
        io.line(format!("  {:+.1} {} “{}”", reason.weight, reason.name, brief(&reason.quote, 100)))?;
    }
    Ok(())
}
