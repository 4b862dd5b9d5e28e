//! Packs the lines of `tools/build_common_words.py` into `crates/text/data/common_words.bin`.
//!
//! `cargo run --release -p vedette-text --example pack_words -- LINES.tsv OUT.bin`

use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [lines, out] = arguments.as_slice() else {
        eprintln!("usage: pack_words LINES.tsv OUT.bin");
        return ExitCode::from(2);
    };
    let packed = std::fs::read_to_string(lines)
        .map_err(|error| format!("cannot read `{lines}`: {error}"))
        .and_then(|lines| vedette_text::common::pack(&lines))
        .and_then(|bytes| std::fs::write(out, bytes).map_err(|error| format!("cannot write `{out}`: {error}")));
    match packed {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("error: {message}");
            ExitCode::FAILURE
        }
    }
}
