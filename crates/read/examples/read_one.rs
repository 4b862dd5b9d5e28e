//! A program that knows only the two hidden subcommands, for tests: what `vedette read-one` and `vedette run-tool` are.

use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<std::ffi::OsString> = std::env::args_os().skip(1).collect();
    match arguments.split_first() {
        Some((command, rest)) if command == "read-one" => {
            let rest: Vec<String> = rest.iter().map(|argument| argument.to_string_lossy().into_owned()).collect();
            vedette_openers::read_one(&rest)
        }
        Some((command, rest)) if command == "run-tool" => vedette_read::launcher::run_tool(rest),
        _ => {
            eprintln!("usage: read_one read-one | run-tool ...");
            ExitCode::from(2)
        }
    }
}
