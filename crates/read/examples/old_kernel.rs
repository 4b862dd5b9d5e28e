//! A machine without Landlock, for tests: takes the kernel's Landlock away from itself by a filter of system calls, as an old
//! kernel would not have it, then knows the hidden subcommands, or becomes the program behind `exec`.

use std::collections::BTreeMap;
use std::os::unix::process::CommandExt;
use std::process::ExitCode;

use seccompiler::{BpfProgram, SeccompAction, SeccompFilter, TargetArch};

fn main() -> ExitCode {
    let arguments: Vec<std::ffi::OsString> = std::env::args_os().skip(1).collect();
    if let Err(error) = forget_landlock() {
        eprintln!("cannot take Landlock away: {error}");
        return ExitCode::from(3);
    }
    match arguments.split_first() {
        Some((command, rest)) if command == "read-one" => {
            let rest: Vec<String> = rest.iter().map(|argument| argument.to_string_lossy().into_owned()).collect();
            vedette_openers::read_one(&rest)
        }
        Some((command, rest)) if command == "run-tool" => vedette_read::launcher::run_tool(rest),
        Some((command, [program, rest @ ..])) if command == "exec" => {
            eprintln!("{}", std::process::Command::new(program).args(rest).exec());
            ExitCode::from(3)
        }
        _ => {
            eprintln!("usage: old_kernel read-one | run-tool ... | exec PROGRAM [ARG]...");
            ExitCode::from(2)
        }
    }
}

fn forget_landlock() -> Result<(), Box<dyn std::error::Error>> {
    let calls = [libc::SYS_landlock_create_ruleset, libc::SYS_landlock_add_rule, libc::SYS_landlock_restrict_self];
    let rules: BTreeMap<i64, Vec<_>> = calls.into_iter().map(|call| (call, Vec::new())).collect();
    let arch = TargetArch::try_from(std::env::consts::ARCH)?;
    let unknown = SeccompAction::Errno(libc::ENOSYS as u32);
    let filter: BpfProgram = SeccompFilter::new(rules, SeccompAction::Allow, unknown, arch)?.try_into()?;
    seccompiler::apply_filter(&filter)?;
    Ok(())
}
