//! Starts a tool (text recognition, PDF text) inside a sandbox: the hidden subcommand `vedette run-tool`.
//!
//! The tools are large C++ programs that read hostile files. Before one starts, this process gives up: processor time and
//! memory beyond a limit; every path but the system's libraries (read) and one temporary folder (write), by Landlock;
//! the network, new processes, tracing and signals to others, by a filter of system calls. Then it becomes the tool.
//!
//! The filter is a list of what is refused, because tools of other distributions need other calls; refused calls fail
//! with "not permitted" and the tool goes on or gives up.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use landlock::{
    ABI, Access, AccessFs, AccessNet, CompatLevel, Compatible, Ruleset, RulesetAttr, RulesetCreatedAttr, Scope,
    path_beneath_rules,
};
use rustix::process::{Resource, Rlimit, Signal, setrlimit};
use seccompiler::{
    BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter, SeccompRule, TargetArch,
};

/// The hidden subcommand.
pub(crate) const RUN_TOOL: &str = "run-tool";
/// The launcher could not build the sandbox or start the tool.
pub(crate) const EXIT_NOT_LAUNCHED: u8 = 71;
/// Begins the launcher's own lines on stderr, to tell them from the tool's.
pub(crate) const LAUNCHER_SAYS: &str = "run-tool: ";

/// Paths that tools read: programs, libraries, their data.
const READABLE: &[&str] = &["/usr", "/lib", "/lib64", "/bin", "/etc/ld.so.cache", "/etc/fonts", "/nix/store"];
/// Bytes of one file that a tool may write.
const FILE_BYTES_MAX: u64 = 64 * 1024 * 1024;
/// Open files of a tool.
const FILES_MAX: u64 = 64;

/// What a tool may use and where.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Plan {
    folder: PathBuf,
    cpu_seconds: u64,
    memory_bytes: u64,
    readable: Vec<PathBuf>,
    tool: PathBuf,
    arguments: Vec<OsString>,
}

/// The arguments behind `run-tool`, as [`run_tool`] reads them.
pub(crate) fn arguments(folder: &Path, cpu_seconds: u64, memory_bytes: u64, readable: &[PathBuf]) -> Vec<OsString> {
    let mut arguments = vec![folder.into(), cpu_seconds.to_string().into(), memory_bytes.to_string().into()];
    arguments.extend(readable.iter().map(OsString::from));
    arguments.push("--".into());
    arguments
}

/// What `vedette run-tool` does with the arguments behind it: `FOLDER CPU_SECONDS MEMORY_BYTES [READABLE]... -- TOOL [ARG]...`.
/// Returns only when the tool could not be started. Must be called before the program starts a thread.
pub fn run_tool(arguments: &[OsString]) -> ExitCode {
    let reason = match plan(arguments) {
        None => "it is started by vedette itself".to_owned(),
        Some(plan) => match confine(&plan) {
            Err(reason) => reason,
            // Replaces this process; comes back only with an error.
            Ok(()) => Command::new(&plan.tool).args(&plan.arguments).current_dir(&plan.folder).exec().to_string(),
        },
    };
    eprintln!("{LAUNCHER_SAYS}{reason}");
    ExitCode::from(EXIT_NOT_LAUNCHED)
}

fn plan(arguments: &[OsString]) -> Option<Plan> {
    let (head, rest) = arguments.split_at_checked(arguments.iter().position(|argument| argument == "--")?)?;
    let ([folder, cpu, memory], readable) = head.split_first_chunk::<3>()?;
    let [_, tool, arguments @ ..] = rest else { return None };
    Some(Plan {
        folder: folder.into(),
        cpu_seconds: cpu.to_str()?.parse().ok()?,
        memory_bytes: memory.to_str()?.parse().ok()?,
        readable: readable.iter().map(PathBuf::from).collect(),
        tool: tool.into(),
        arguments: arguments.to_vec(),
    })
}

fn confine(plan: &Plan) -> Result<(), String> {
    rustix::process::set_parent_process_death_signal(Some(Signal::KILL)).map_err(|error| error.to_string())?;
    for (resource, most) in [
        (Resource::Cpu, plan.cpu_seconds),
        (Resource::As, plan.memory_bytes),
        (Resource::Fsize, FILE_BYTES_MAX),
        (Resource::Nofile, FILES_MAX),
        (Resource::Core, 0),
    ] {
        setrlimit(resource, Rlimit { current: Some(most), maximum: Some(most) })
            .map_err(|error| format!("limits: {error}"))?;
    }
    rustix::thread::set_no_new_privs(true).map_err(|error| format!("privileges: {error}"))?;
    restrict_paths(plan).map_err(|error| format!("landlock: {error}"))?;
    let filter = refused_calls().map_err(|error| format!("system calls: {error}"))?;
    let unknown = unknown_calls().map_err(|error| format!("system calls: {error}"))?;
    for filter in [filter, unknown] {
        seccompiler::apply_filter_all_threads(&filter).map_err(|error| format!("system calls: {error}"))?;
    }
    Ok(())
}

fn restrict_paths(plan: &Plan) -> Result<(), landlock::RulesetError> {
    let abi = ABI::V6;
    let readable = READABLE.iter().map(PathBuf::from).chain(plan.readable.iter().cloned());
    // A tool may run itself and its libraries, never a file that it wrote.
    let writable = AccessFs::from_all(abi) & !AccessFs::Execute;
    Ruleset::default()
        .set_compatibility(CompatLevel::BestEffort)
        .handle_access(AccessFs::from_all(abi))?
        .handle_access(AccessNet::from_all(abi))?
        .scope(Scope::from_all(abi))?
        .create()?
        .add_rules(path_beneath_rules(readable, AccessFs::from_read(abi)))?
        .add_rules(path_beneath_rules([&plan.folder], writable))?
        .restrict_self()
        .map(drop)
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
];

/// Added to a number by programs of the x32 kind (x86-64 only), which the filter would else not know.
#[cfg(target_arch = "x86_64")]
const X32: i64 = 0x4000_0000;

fn refused_calls() -> Result<BpfProgram, seccompiler::BackendError> {
    let mut rules: BTreeMap<i64, Vec<SeccompRule>> = REFUSED.iter().map(|&call| (call, Vec::new())).collect();
    #[cfg(target_arch = "x86_64")]
    {
        rules.insert(libc::SYS_fork, Vec::new());
        rules.insert(libc::SYS_vfork, Vec::new());
    }
    let condition =
        |argument, operator, value| SeccompCondition::new(argument, SeccompCmpArgLen::Dword, operator, value);
    // Threads are made, processes are not. The arguments of clone3 cannot be looked at; see `unknown_calls`.
    let thread = libc::CLONE_THREAD as u64;
    rules.insert(libc::SYS_clone, vec![SeccompRule::new(vec![condition(0, SeccompCmpOp::MaskedEq(thread), 0)?])?]);
    // Ending by abort signals the own process; the number stays when this process becomes the tool.
    let own = u64::from(std::process::id());
    rules.insert(libc::SYS_tgkill, vec![SeccompRule::new(vec![condition(0, SeccompCmpOp::Ne, own)?])?]);
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
    fn the_launcher_reads_the_arguments_it_is_given() {
        let mut given = arguments(Path::new("/tmp/x"), 20, 1 << 30, &[PathBuf::from("/opt/models")]);
        given.extend(["/usr/bin/tool", "--", "-x"].map(OsString::from));
        let plan = plan(&given).expect("they are complete");
        assert_eq!((plan.folder, plan.cpu_seconds, plan.memory_bytes), (PathBuf::from("/tmp/x"), 20, 1 << 30));
        assert_eq!((plan.readable, plan.tool), (vec![PathBuf::from("/opt/models")], PathBuf::from("/usr/bin/tool")));
        assert_eq!(plan.arguments, ["--", "-x"]);
    }

    #[test]
    fn incomplete_arguments_start_nothing() {
        for given in
            [&[][..], &["--"], &["/tmp", "1", "--", "x"], &["/tmp", "1", "many", "--", "x"], &["/tmp", "1", "1", "--"]]
        {
            let given: Vec<OsString> = given.iter().map(OsString::from).collect();
            assert_eq!(plan(&given), None, "{given:?}");
        }
    }
}
