//! The cage that a child builds around itself before it reads the first hostile byte.
//!
//! Four walls, each enough against most harm: limits on processor, memory and files; no new privileges; Landlock without a
//! single permitted path, port or signal; and a short list of system calls, where any other ends the process at once.
//! Landlock is used as far as the kernel knows it and what was reached is reported; without the list of calls nothing is read.

use std::collections::BTreeMap;

use landlock::{ABI, Access, AccessFs, AccessNet, CompatLevel, Compatible, Ruleset, RulesetAttr, RulesetStatus, Scope};
use rustix::process::{Resource, Rlimit, Signal, setrlimit};
use seccompiler::{
    BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter, SeccompRule, TargetArch,
};
use vedette_core::opened::SandboxState;

use crate::limits::{CHILD_ADDRESS_BYTES_MAX, CHILD_CPU_SECONDS_MAX, CHILD_FILES_MAX};

/// The cage could not be built; nothing was read.
#[derive(Debug, thiserror::Error)]
#[error("the sandbox cannot be set up: {wall}: {reason}; Linux 5.13 or newer on x86-64 or ARM64 is needed")]
pub struct SandboxError {
    wall: &'static str,
    reason: String,
}

fn wall<E: std::fmt::Display>(wall: &'static str) -> impl Fn(E) -> SandboxError {
    move |error| SandboxError { wall, reason: error.to_string() }
}

/// Confines this process, for good. Must be called before a second thread exists.
///
/// # Errors
/// When limits or the list of system calls are refused, or another thread runs already.
pub fn confine() -> Result<SandboxState, SandboxError> {
    // A thread that runs already would keep its freedom under Landlock.
    let threads = std::fs::read_dir("/proc/self/task").map(Iterator::count).unwrap_or(1);
    if threads != 1 {
        return Err(wall("threads")(format!("{threads} threads run already")));
    }
    // When the parent is gone, nobody reads the answer.
    rustix::process::set_parent_process_death_signal(Some(Signal::KILL)).map_err(wall("parent"))?;
    limit_resources()?;
    rustix::thread::set_no_new_privs(true).map_err(wall("privileges"))?;
    let landlock = restrict_paths()?;
    let filter = system_calls().map_err(wall("system calls"))?;
    seccompiler::apply_filter_all_threads(&filter).map_err(wall("system calls"))?;
    Ok(SandboxState { landlock, seccomp: true })
}

fn limit_resources() -> Result<(), SandboxError> {
    for (resource, most) in [
        (Resource::Cpu, CHILD_CPU_SECONDS_MAX),
        (Resource::As, CHILD_ADDRESS_BYTES_MAX),
        (Resource::Fsize, 0),
        (Resource::Nofile, CHILD_FILES_MAX),
        (Resource::Core, 0),
    ] {
        setrlimit(resource, Rlimit { current: Some(most), maximum: Some(most) }).map_err(wall("limits"))?;
    }
    Ok(())
}

/// Landlock with all rights handled and none granted.
fn restrict_paths() -> Result<String, SandboxError> {
    let abi = ABI::V6;
    let status = Ruleset::default()
        .set_compatibility(CompatLevel::BestEffort)
        .handle_access(AccessFs::from_all(abi))
        .and_then(|rules| rules.handle_access(AccessNet::from_all(abi)))
        .and_then(|rules| rules.scope(Scope::from_all(abi)))
        .and_then(|rules| rules.create())
        .and_then(|rules| rules.restrict_self())
        .map_err(wall("landlock"))?;
    Ok(match status.ruleset {
        RulesetStatus::FullyEnforced => "full",
        RulesetStatus::PartiallyEnforced => "partial",
        RulesetStatus::NotEnforced => "none",
    }
    .to_owned())
}

/// Calls that reading pipes, computing and ending need, whatever their arguments.
const CALLS: &[libc::c_long] = &[
    libc::SYS_read,
    libc::SYS_write,
    libc::SYS_writev,
    libc::SYS_close,
    libc::SYS_munmap,
    libc::SYS_mremap,
    libc::SYS_brk,
    libc::SYS_madvise,
    libc::SYS_futex,
    libc::SYS_sched_yield,
    libc::SYS_clock_gettime,
    libc::SYS_getrandom,
    libc::SYS_getpid,
    libc::SYS_gettid,
    libc::SYS_rt_sigaction,
    libc::SYS_rt_sigprocmask,
    libc::SYS_rt_sigreturn,
    libc::SYS_sigaltstack,
    libc::SYS_restart_syscall,
    libc::SYS_exit,
    libc::SYS_exit_group,
];

fn system_calls() -> Result<BpfProgram, seccompiler::BackendError> {
    let mut rules: BTreeMap<i64, Vec<SeccompRule>> = CALLS.iter().map(|&call| (call, Vec::new())).collect();
    // Memory may be mapped and its protection changed, never to run what was written into it.
    let not_executable = || -> Result<Vec<SeccompRule>, seccompiler::BackendError> {
        let executable = libc::PROT_EXEC as u64;
        Ok(vec![SeccompRule::new(vec![SeccompCondition::new(
            2,
            SeccompCmpArgLen::Dword,
            SeccompCmpOp::MaskedEq(executable),
            0,
        )?])?])
    };
    rules.insert(libc::SYS_mmap, not_executable()?);
    rules.insert(libc::SYS_mprotect, not_executable()?);
    // Ending by abort, as Rust does when memory runs out, signals the own process; no other may be signalled.
    let own = u64::from(std::process::id());
    rules.insert(
        libc::SYS_tgkill,
        vec![SeccompRule::new(vec![SeccompCondition::new(0, SeccompCmpArgLen::Dword, SeccompCmpOp::Eq, own)?])?],
    );
    let arch = TargetArch::try_from(std::env::consts::ARCH)?;
    SeccompFilter::new(rules, SeccompAction::KillProcess, SeccompAction::Allow, arch)?.try_into()
}
