//! The child's life: confine itself, read one file, open it, answer, end.

use std::io::{Read, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;

use vedette_core::opened::{TASK_CPU_SECONDS_MAX, UNIT_CPU_SECONDS};

use crate::sandbox::Walls;
use crate::wire::{read_request, write_answer};
use crate::{FileFault, open, sandbox, self_test};

/// The cage could not be built.
const EXIT_NO_SANDBOX: u8 = 70;
/// Nobody reads the answer.
const EXIT_NO_READER: u8 = 74;
/// The arguments name no such test.
const EXIT_USAGE: u8 = 2;

/// What `vedette read-one` does with the arguments behind it. It opens the file on stdin, with 5 seconds of processor time
/// or what `--cpu-seconds N` says, and reads nothing without a sandbox unless told `--unsandboxed`. `--self-test ACT` tries a
/// forbidden act inside the sandbox, `--self-test-outside ACT...` tries acts without building it: in a control, or in the
/// sandbox of tools.
///
/// Must be called before the program starts a thread.
pub fn read_one(arguments: &[String]) -> ExitCode {
    match arguments {
        [flag, act] if flag == "--self-test" => return self_test::run(act),
        [flag, acts @ ..] if flag == "--self-test-outside" => return self_test::run_outside(acts),
        _ => {}
    }
    let (mut seconds, mut walls) = (UNIT_CPU_SECONDS, Walls::All);
    let mut rest = arguments;
    loop {
        rest = match rest {
            [] => break,
            [flag, rest @ ..] if flag == "--unsandboxed" => {
                walls = Walls::AsManyAsThereAre;
                rest
            }
            [flag, number, rest @ ..] if flag == "--cpu-seconds" && number.parse::<u64>().is_ok() => {
                seconds = number.parse().unwrap_or(UNIT_CPU_SECONDS);
                rest
            }
            _ => {
                eprintln!("error: `read-one` is started by vedette itself, with one file on stdin");
                return ExitCode::from(EXIT_USAGE);
            }
        };
    }
    let seconds = seconds.clamp(1, TASK_CPU_SECONDS_MAX);
    run_child(seconds, walls, std::io::stdin().lock(), std::io::stdout().lock())
}

/// Confines this process, reads one request from `stdin` and writes one answer to `stdout`. Nothing is read before the
/// sandbox stands. A panic of a decoder becomes an answer of class `damaged`.
fn run_child(cpu_seconds: u64, walls: Walls, mut stdin: impl Read, mut stdout: impl Write) -> ExitCode {
    // Printing a panic would look for symbol files, which the sandbox punishes with death.
    std::panic::set_hook(Box::new(|_| {}));
    let state = match sandbox::confine(cpu_seconds, walls) {
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
