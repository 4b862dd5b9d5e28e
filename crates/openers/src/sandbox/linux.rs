//! The walls on Linux.

use std::collections::BTreeMap;

use landlock::{ABI, Access, AccessFs, AccessNet, CompatLevel, Compatible, Ruleset, RulesetAttr, RulesetStatus, Scope};
use rustix::process::{DumpableBehavior, Resource, Rlimit, Signal, getrlimit, setrlimit};
use seccompiler::{
    BackendError, BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter,
    SeccompRule, TargetArch,
};
use vedette_core::opened::SandboxState;

use super::{SandboxError, wall};
use crate::limits::{CHILD_ADDRESS_BYTES_MAX, CHILD_CORE_BYTES_MAX, CHILD_FILES_MAX};

/// Builds every wall that can be built; also the first that cannot.
pub(super) fn build(cpu_seconds: u64) -> (SandboxState, Option<SandboxError>) {
    let first = [one_thread(), limit_resources(cpu_seconds), hide()];
    let (landlock, no_landlock) = match restrict_paths() {
        Ok(RulesetStatus::FullyEnforced) => ("full", None),
        Ok(RulesetStatus::PartiallyEnforced) => ("partial", None),
        Ok(RulesetStatus::NotEnforced) => ("none", Some(wall("landlock")("this kernel does not know it"))),
        Err(error) => ("none", Some(error)),
    };
    // Last, because the other walls need system calls that are not on the list.
    let no_calls = restrict_calls().err();
    let state = SandboxState { landlock: landlock.to_owned(), seccomp: no_calls.is_none() };
    (state, first.into_iter().filter_map(Result::err).chain(no_landlock).chain(no_calls).next())
}

/// A thread that runs already would keep its freedom under Landlock.
fn one_thread() -> Result<(), SandboxError> {
    let threads = std::fs::read_dir("/proc/self/task").map(Iterator::count).map_err(wall("threads"))?;
    if threads == 1 { Ok(()) } else { Err(wall("threads")(format!("{threads} threads run already"))) }
}

fn limit_resources(cpu_seconds: u64) -> Result<(), SandboxError> {
    for (resource, most) in [
        (Resource::Cpu, cpu_seconds),
        (Resource::As, CHILD_ADDRESS_BYTES_MAX),
        (Resource::Fsize, 0),
        (Resource::Nofile, CHILD_FILES_MAX),
        (Resource::Core, CHILD_CORE_BYTES_MAX),
    ] {
        // A stricter limit of the surroundings stays.
        let most = getrlimit(resource).maximum.map_or(most, |theirs| theirs.min(most));
        setrlimit(resource, Rlimit { current: Some(most), maximum: Some(most) }).map_err(wall("limits"))?;
    }
    Ok(())
}

/// From the parent's death and from others' eyes: ends with the parent, leaves no image of its memory, gains no rights.
fn hide() -> Result<(), SandboxError> {
    // A parent that died before this line closed the other end of stdin, which ends this process too.
    rustix::process::set_parent_process_death_signal(Some(Signal::KILL)).map_err(wall("parent"))?;
    rustix::process::set_dumpable_behavior(DumpableBehavior::NotDumpable).map_err(wall("memory image"))?;
    rustix::thread::set_no_new_privs(true).map_err(wall("privileges"))
}

/// Landlock with all rights handled and none granted.
fn restrict_paths() -> Result<RulesetStatus, SandboxError> {
    let abi = ABI::V6;
    let status = Ruleset::default()
        .set_compatibility(CompatLevel::BestEffort)
        .handle_access(AccessFs::from_all(abi))
        .and_then(|rules| rules.handle_access(AccessNet::from_all(abi)))
        .and_then(|rules| rules.scope(Scope::from_all(abi)))
        .and_then(|rules| rules.create())
        .and_then(|rules| rules.restrict_self())
        .map_err(wall("landlock"))?;
    Ok(status.ruleset)
}

fn restrict_calls() -> Result<(), SandboxError> {
    let filter = system_calls().map_err(wall("system calls"))?;
    seccompiler::apply_filter_all_threads(&filter).map_err(wall("system calls"))
}

/// Calls that computing and ending need, whatever their arguments.
const CALLS: &[libc::c_long] = &[
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

/// A rule with one condition on the lower half of an argument.
fn only(argument: u8, operator: SeccompCmpOp, value: u64) -> Result<SeccompRule, BackendError> {
    SeccompRule::new(vec![SeccompCondition::new(argument, SeccompCmpArgLen::Dword, operator, value)?])
}

fn system_calls() -> Result<BpfProgram, BackendError> {
    use SeccompCmpOp::{Eq, MaskedEq};
    let mut rules: BTreeMap<i64, Vec<SeccompRule>> = CALLS.iter().map(|&call| (call, Vec::new())).collect();
    // Files that were open when the program started may have come along; only the three pipes are used.
    rules.insert(libc::SYS_read, vec![only(0, Eq, 0)?]);
    for write in [libc::SYS_write, libc::SYS_writev] {
        rules.insert(write, vec![only(0, Eq, 1)?, only(0, Eq, 2)?]);
    }
    // Memory may be mapped and its protection changed, never to run what was written into it, and never from a file.
    let condition = |argument, value, of| SeccompCondition::new(argument, SeccompCmpArgLen::Dword, MaskedEq(of), value);
    let (executable, anonymous) = (libc::PROT_EXEC as u64, libc::MAP_ANONYMOUS as u64);
    let mapped = SeccompRule::new(vec![condition(2, 0, executable)?, condition(3, anonymous, anonymous)?])?;
    rules.insert(libc::SYS_mmap, vec![mapped]);
    rules.insert(libc::SYS_mprotect, vec![only(2, MaskedEq(executable), 0)?]);
    // Ending by abort, as Rust does when memory runs out, signals the own process; no other may be signalled.
    rules.insert(libc::SYS_tgkill, vec![only(0, Eq, u64::from(std::process::id()))?]);
    let arch = TargetArch::try_from(std::env::consts::ARCH)?;
    SeccompFilter::new(rules, SeccompAction::KillProcess, SeccompAction::Allow, arch)?.try_into()
}
