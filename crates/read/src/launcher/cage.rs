//! The walls around a tool: the hidden subcommand `vedette run-tool PLAN TOOL [ARG]...`, which confines itself and becomes it.
//!
//! It gives up: processor time, memory and sizes of files beyond the plan; every inherited file; every path but the tool, its
//! libraries, what the plan lets it read and the one folder that it may write, by Landlock; the network, new processes,
//! tracing, signals and changes of rights, by a filter of system calls.
//!
//! The filter is a list of what is refused, because tools of other distributions need other calls; refused calls fail
//! with "not permitted" and the tool goes on or gives up.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::os::unix::process::CommandExt;
use std::process::{Command, ExitCode};

use landlock::{
    ABI, Access, AccessFs, AccessNet, CompatLevel, Compatible, Ruleset, RulesetAttr, RulesetCreatedAttr, RulesetStatus,
    Scope, path_beneath_rules,
};
use rustix::process::{Resource, Rlimit, Signal, getrlimit, setrlimit};
use seccompiler::{
    BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter, SeccompRule, TargetArch,
};

use super::ToolPlan;

/// The launcher could not build the sandbox or start the tool.
pub(super) const EXIT_NOT_LAUNCHED: u8 = 71;
/// Begins the launcher's own lines on stderr, to tell them from the tool's.
pub(super) const LAUNCHER_SAYS: &str = "run-tool: ";

/// What every tool may read: where libraries are, and what the locale `C.UTF-8` is.
const COMMON: &[&str] = &["/etc/ld.so.cache", "/usr/lib/locale/C.utf8", "/usr/lib/locale/C.UTF-8"];
/// Open files of a tool.
const FILES_MAX: u64 = 64;
/// Bytes of an image of a crashed tool's memory. One byte is no image, and the kernel then also gives nothing to a program that
/// collects such images, which it does when the limit is none at all (core(5)).
const CORE_BYTES_MAX: u64 = 1;
/// The first file descriptor behind stdin, stdout and stderr.
const FIRST_INHERITED: libc::c_int = 3;

/// What `vedette run-tool` does with the arguments behind it: a [`ToolPlan`] as JSON, the tool and its arguments.
/// Returns only when the tool could not be started. Must be called before the program starts a thread.
pub fn run_tool(arguments: &[OsString]) -> ExitCode {
    let reason = match given(arguments) {
        None => "it is started by vedette itself".to_owned(),
        Some((plan, tool, arguments)) => match confine(&plan) {
            Err(reason) if !plan.unsandboxed => reason,
            // Replaces this process; comes back only with an error.
            _ => Command::new(tool)
                .args(arguments)
                .env_clear()
                .envs(plan.environment.iter().map(|(name, value)| (name, value)))
                .current_dir(&plan.folder)
                .exec()
                .to_string(),
        },
    };
    eprintln!("{LAUNCHER_SAYS}{reason}");
    ExitCode::from(EXIT_NOT_LAUNCHED)
}

fn given(arguments: &[OsString]) -> Option<(ToolPlan, &OsStr, &[OsString])> {
    let [plan, tool, arguments @ ..] = arguments else { return None };
    Some((serde_json::from_str(plan.to_str()?).ok()?, tool, arguments))
}

/// Builds every wall that can be built; the first that cannot is the error.
fn confine(plan: &ToolPlan) -> Result<(), String> {
    // A file that was open when this program was started would go through to the tool, whatever Landlock says.
    close_fds::set_fds_cloexec(FIRST_INHERITED, &[]);
    let limits = limit_resources(plan);
    let rights = rustix::process::set_parent_process_death_signal(Some(Signal::KILL))
        .and_then(|()| rustix::thread::set_no_new_privs(true))
        .map_err(|error| format!("privileges: {error}"));
    let paths = match restrict_paths(plan) {
        Ok(RulesetStatus::PartiallyEnforced | RulesetStatus::FullyEnforced) => Ok(()),
        Ok(RulesetStatus::NotEnforced) => Err("landlock: this kernel does not know it".to_owned()),
        Err(error) => Err(format!("landlock: {error}")),
    };
    limits.and(rights).and(paths).and(restrict_calls(plan.threads))
}

fn limit_resources(plan: &ToolPlan) -> Result<(), String> {
    for (resource, most) in [
        (Resource::Cpu, plan.cpu_seconds),
        (Resource::As, plan.memory_bytes),
        (Resource::Fsize, plan.file_bytes_max),
        (Resource::Nofile, FILES_MAX),
        (Resource::Core, CORE_BYTES_MAX),
    ] {
        // A stricter limit of the surroundings stays.
        let most = getrlimit(resource).maximum.map_or(most, |theirs| theirs.min(most));
        setrlimit(resource, Rlimit { current: Some(most), maximum: Some(most) })
            .map_err(|error| format!("limits: {error}"))?;
    }
    Ok(())
}

fn restrict_calls(threads: bool) -> Result<(), String> {
    let failed = |error: &dyn std::fmt::Display| format!("system calls: {error}");
    for filter in [refused_calls(threads), unknown_calls()] {
        let filter = filter.map_err(|error| failed(&error))?;
        seccompiler::apply_filter_all_threads(&filter).map_err(|error| failed(&error))?;
    }
    Ok(())
}

fn restrict_paths(plan: &ToolPlan) -> Result<RulesetStatus, landlock::RulesetError> {
    let abi = ABI::V6;
    let run = AccessFs::from_read(abi);
    // Models are read, not run; so is what the tool wrote.
    let read = run & !AccessFs::Execute;
    // No links and no pipes: whoever reads the folder afterwards must not be led out of it or made to wait.
    let write = read
        | AccessFs::WriteFile
        | AccessFs::MakeReg
        | AccessFs::MakeDir
        | AccessFs::RemoveFile
        | AccessFs::RemoveDir
        | AccessFs::Truncate;
    let readable = plan.readable.iter().map(|path| path.as_os_str()).chain(COMMON.iter().map(OsStr::new));
    Ruleset::default()
        .set_compatibility(CompatLevel::BestEffort)
        .handle_access(AccessFs::from_all(abi))?
        .handle_access(AccessNet::from_all(abi))?
        .scope(Scope::from_all(abi))?
        .create()?
        .add_rules(path_beneath_rules(&plan.runnable, run))?
        .add_rules(path_beneath_rules(readable, read))?
        .add_rules(path_beneath_rules([&plan.folder], write))?
        .restrict_self()
        .map(|status| status.ruleset)
}

/// Refused whatever their arguments.
const REFUSED: &[libc::c_long] = &[
    libc::SYS_socket,
    libc::SYS_socketpair,
    libc::SYS_connect,
    libc::SYS_bind,
    libc::SYS_listen,
    libc::SYS_accept,
    libc::SYS_accept4,
    libc::SYS_sendto,
    libc::SYS_sendmsg,
    libc::SYS_sendmmsg,
    libc::SYS_ptrace,
    libc::SYS_process_vm_readv,
    libc::SYS_process_vm_writev,
    libc::SYS_process_madvise,
    libc::SYS_pidfd_open,
    libc::SYS_pidfd_getfd,
    libc::SYS_pidfd_send_signal,
    libc::SYS_kill,
    libc::SYS_tkill,
    libc::SYS_rt_sigqueueinfo,
    libc::SYS_rt_tgsigqueueinfo,
    libc::SYS_unshare,
    libc::SYS_setns,
    libc::SYS_mount,
    libc::SYS_umount2,
    libc::SYS_move_mount,
    libc::SYS_open_tree,
    libc::SYS_fsopen,
    libc::SYS_pivot_root,
    libc::SYS_chroot,
    libc::SYS_bpf,
    libc::SYS_perf_event_open,
    libc::SYS_userfaultfd,
    libc::SYS_io_uring_setup,
    libc::SYS_io_uring_enter,
    libc::SYS_io_uring_register,
    libc::SYS_keyctl,
    libc::SYS_add_key,
    libc::SYS_request_key,
    libc::SYS_open_by_handle_at,
    libc::SYS_init_module,
    libc::SYS_finit_module,
    libc::SYS_delete_module,
    libc::SYS_kexec_load,
    libc::SYS_reboot,
    libc::SYS_swapon,
    libc::SYS_swapoff,
    libc::SYS_quotactl,
    libc::SYS_personality,
    libc::SYS_setuid,
    libc::SYS_setgid,
    // Landlock does not hold these back from files outside.
    libc::SYS_fchmod,
    libc::SYS_fchmodat,
    libc::SYS_fchown,
    libc::SYS_fchownat,
    libc::SYS_setxattr,
    libc::SYS_lsetxattr,
    libc::SYS_fsetxattr,
    libc::SYS_removexattr,
    libc::SYS_lremovexattr,
    libc::SYS_fremovexattr,
    libc::SYS_utimensat,
    libc::SYS_linkat,
    libc::SYS_symlinkat,
    libc::SYS_mknodat,
    // Ways to other processes of the same user.
    libc::SYS_setpriority,
    libc::SYS_ioprio_set,
    libc::SYS_sched_setattr,
    libc::SYS_sched_setparam,
    libc::SYS_sched_setscheduler,
    libc::SYS_shmget,
    libc::SYS_shmat,
    libc::SYS_shmctl,
    libc::SYS_msgget,
    libc::SYS_msgctl,
    libc::SYS_semget,
    libc::SYS_semctl,
    libc::SYS_mq_open,
    libc::SYS_mq_unlink,
    libc::SYS_kcmp,
    // Ways to run what was made up in memory.
    libc::SYS_execveat,
    libc::SYS_memfd_create,
    libc::SYS_inotify_init1,
    libc::SYS_fanotify_init,
];

/// Refused besides on x86-64, whose old calls ARM64 never had.
#[cfg(target_arch = "x86_64")]
const REFUSED_OLD: &[libc::c_long] = &[
    libc::SYS_fork,
    libc::SYS_vfork,
    libc::SYS_chmod,
    libc::SYS_chown,
    libc::SYS_lchown,
    libc::SYS_utime,
    libc::SYS_utimes,
    libc::SYS_futimesat,
    libc::SYS_link,
    libc::SYS_symlink,
    libc::SYS_mknod,
    libc::SYS_inotify_init,
];

/// Added to a number by programs of the x32 kind (x86-64 only), which the filter would else not know.
#[cfg(target_arch = "x86_64")]
const X32: i64 = 0x4000_0000;

fn refused_calls(threads: bool) -> Result<BpfProgram, seccompiler::BackendError> {
    let mut rules: BTreeMap<i64, Vec<SeccompRule>> = REFUSED.iter().map(|&call| (call, Vec::new())).collect();
    #[cfg(target_arch = "x86_64")]
    rules.extend(REFUSED_OLD.iter().map(|&call| (call, Vec::new())));
    let condition =
        |argument, operator, value| SeccompCondition::new(argument, SeccompCmpArgLen::Dword, operator, value);
    let word = |argument, operator, value| SeccompCondition::new(argument, SeccompCmpArgLen::Qword, operator, value);
    let thread = libc::CLONE_THREAD as u64;
    // Processes are never made. The arguments of clone3 cannot be looked at; see `unknown_calls`.
    let no_process = vec![SeccompRule::new(vec![condition(0, SeccompCmpOp::MaskedEq(thread), 0)?])?];
    rules.insert(libc::SYS_clone, if threads { no_process } else { Vec::new() });
    // Ending by abort signals the own process; the number stays when this process becomes the tool.
    let own = u64::from(std::process::id());
    rules.insert(libc::SYS_tgkill, vec![SeccompRule::new(vec![condition(0, SeccompCmpOp::Ne, own)?])?]);
    // Own limits may be looked at and lowered, those of others not.
    let not_own = || -> Result<_, seccompiler::BackendError> {
        Ok(vec![SeccompRule::new(vec![condition(0, SeccompCmpOp::Ne, 0)?, condition(0, SeccompCmpOp::Ne, own)?])?])
    };
    rules.insert(libc::SYS_prlimit64, not_own()?);
    // The tool ends with its parent, whatever it wishes.
    let death = word(0, SeccompCmpOp::Eq, libc::PR_SET_PDEATHSIG as u64)?;
    rules.insert(libc::SYS_prctl, vec![SeccompRule::new(vec![death])?]);
    #[cfg(target_arch = "x86_64")]
    {
        let twins: Vec<_> = rules.iter().map(|(call, rules)| (call | X32, rules.clone())).collect();
        rules.extend(twins);
    }
    let arch = TargetArch::try_from(std::env::consts::ARCH)?;
    SeccompFilter::new(rules, SeccompAction::Allow, SeccompAction::Errno(libc::EPERM as u32), arch)?.try_into()
}

/// clone3 must look unknown, so that the C library falls back to clone, which can be judged.
fn unknown_calls() -> Result<BpfProgram, seccompiler::BackendError> {
    let rules = BTreeMap::from([(libc::SYS_clone3, Vec::new())]);
    let arch = TargetArch::try_from(std::env::consts::ARCH)?;
    SeccompFilter::new(rules, SeccompAction::Allow, SeccompAction::Errno(libc::ENOSYS as u32), arch)?.try_into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_launcher_reads_the_plan_that_it_is_given() {
        let plan = ToolPlan::new("/tmp/x", 20, 1 << 30).reading(["/opt/models"]).with_threads();
        let words = serde_json::to_string(&plan).expect("it is plain data");
        let arguments = [words.as_str(), "/usr/bin/tool", "--", "-x"].map(OsString::from);
        let (read, tool, rest) = given(&arguments).expect("they are complete");
        assert_eq!((read, tool), (plan, OsStr::new("/usr/bin/tool")));
        assert_eq!(rest, ["--", "-x"]);
    }

    #[test]
    fn incomplete_arguments_start_nothing() {
        for arguments in [&[][..], &["{}"], &["{}", "/bin/true"], &["/tmp", "1", "1", "--", "/bin/true"]] {
            let arguments: Vec<OsString> = arguments.iter().map(OsString::from).collect();
            assert!(given(&arguments).is_none(), "{arguments:?}");
        }
    }

    #[test]
    fn both_filters_can_be_built() {
        for threads in [false, true] {
            assert!(refused_calls(threads).is_ok());
        }
        assert!(unknown_calls().is_ok());
    }
}
