//! The child's life: confine itself, read one file, open it, answer, end.

use std::io::{Read, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;

use crate::wire::{read_request, write_answer};
use crate::{FileFault, open, sandbox, self_test};

/// The cage could not be built.
const EXIT_NO_SANDBOX: u8 = 70;
/// Nobody reads the answer.
const EXIT_NO_READER: u8 = 74;
/// The arguments name no such test.
const EXIT_USAGE: u8 = 2;

/// What `vedette read-one` does with the arguments behind it: nothing behind it opens the file on stdin; `--self-test ACT`
/// tries a forbidden act inside the sandbox, `--self-test-outside ACT` the same act without it, as a control.
///
/// Must be called before the program starts a thread.
pub fn read_one(arguments: &[String]) -> ExitCode {
    match arguments {
        [] => run_child(std::io::stdin().lock(), std::io::stdout().lock()),
        [flag, act] if flag == "--self-test" => self_test::run(act, true),
        [flag, act] if flag == "--self-test-outside" => self_test::run(act, false),
        _ => {
            eprintln!("error: `read-one` is started by vedette itself, with one file on stdin");
            ExitCode::from(EXIT_USAGE)
        }
    }
}

/// Confines this process, reads one request from `stdin` and writes one answer to `stdout`. Nothing is read before the
/// sandbox stands. A panic of a decoder becomes an answer of class `damaged`.
pub fn run_child(mut stdin: impl Read, mut stdout: impl Write) -> ExitCode {
    // Printing a panic would look for symbol files, which the sandbox punishes with death.
    std::panic::set_hook(Box::new(|_| {}));
    let state = match sandbox::confine() {
        Ok(state) => state,
        Err(error) => {
            eprintln!("{error}");
            return ExitCode::from(EXIT_NO_SANDBOX);
        }
    };
    let outcome = read_request(&mut stdin).and_then(|(request, bytes)| {
        catch_unwind(AssertUnwindSafe(|| open(&bytes, &request)))
            .unwrap_or_else(|_| Err(FileFault::Damaged("its decoder gave up".to_owned())))
    });
    match write_answer(&mut stdout, Some(state), &outcome) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::from(EXIT_NO_READER),
    }
}
