//! Which libraries a tool needs: the dynamic linker itself is asked, once for each tool and its date of change.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use super::{ToolPlan, launch};

/// Makes the dynamic linker of glibc and of musl list what it would load, instead of running the program.
const LIST_ONLY: &str = "LD_TRACE_LOADED_OBJECTS";
/// Where libraries lie when nothing better is known.
const LIBRARY_FOLDERS: &[&str] = &["/usr/lib", "/usr/lib64", "/usr/local/lib", "/lib", "/lib64", "/nix/store"];
/// Paths of libraries of one tool; ffmpeg, the largest, has about 220.
const LIBRARIES_MAX: usize = 1_000;
/// Seconds that listing may take.
const LIST_SECONDS_MAX: u64 = 5;
/// Bytes of memory that listing may take: the libraries are mapped.
const LIST_MEMORY_BYTES_MAX: u64 = 4 << 30;

/// A tool as it was at some time.
type Dated = (PathBuf, Option<SystemTime>);

/// What was found so far; clones share it.
#[derive(Debug, Clone, Default)]
pub(super) struct Libraries {
    known: Arc<Mutex<HashMap<Dated, Vec<PathBuf>>>>,
}

impl Libraries {
    /// The tool itself and every file that the dynamic linker loads for it; the system's folders of libraries when the
    /// linker does not say.
    pub fn of(&self, program: &Path, tool: &Path) -> Vec<PathBuf> {
        let changed = tool.metadata().and_then(|facts| facts.modified()).ok();
        let key = (tool.to_owned(), changed);
        if let Some(known) = self.known.lock().unwrap_or_else(PoisonError::into_inner).get(&key) {
            return known.clone();
        }
        let found = listed(program, tool);
        self.known.lock().unwrap_or_else(PoisonError::into_inner).insert(key, found.clone());
        found
    }
}

fn listed(program: &Path, tool: &Path) -> Vec<PathBuf> {
    let all: Vec<PathBuf> = LIBRARY_FOLDERS.iter().map(PathBuf::from).chain([tool.to_owned()]).collect();
    let Ok(folder) = tempfile::tempdir() else { return all };
    let mut plan = ToolPlan::new(folder.path(), LIST_SECONDS_MAX, LIST_MEMORY_BYTES_MAX).with_variable(LIST_ONLY, "1");
    plan.runnable = all.clone();
    // A tool without a dynamic linker runs now instead, harmlessly: in its sandbox, without arguments or input.
    match launch(program, &plan, tool, &[], &[]) {
        Ok(ran) if ran.status.success() => {
            let mut files = paths_in(&String::from_utf8_lossy(&ran.stdout));
            if files.is_empty() {
                return all;
            }
            files.push(tool.to_owned());
            files
        }
        _ => all,
    }
}

/// Absolute paths in lines such as `libc.so.6 => /lib/x86_64-linux-gnu/libc.so.6 (0x00007f…)` and `/lib64/ld-linux.so.2 (0x…)`.
fn paths_in(said: &str) -> Vec<PathBuf> {
    let path_of = |line: &str| {
        let what = line.rsplit_once("=>").map_or(line, |(_, path)| path).trim();
        let path = what.rsplit_once(" (0x").map_or(what, |(path, _)| path);
        path.starts_with('/').then(|| PathBuf::from(path))
    };
    said.lines().filter_map(path_of).take(LIBRARIES_MAX).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_linkers_lines_are_read() {
        let said = "\tlinux-vdso.so.1 (0x00007ffd)\n\tlibc.so.6 => /lib/x/libc.so.6 (0x00007f1)\n\t/lib64/ld-linux.so.2 (0x1)\n\
                    \tlibgone.so => not found\n";
        assert_eq!(paths_in(said), [PathBuf::from("/lib/x/libc.so.6"), PathBuf::from("/lib64/ld-linux.so.2")]);
        assert_eq!(paths_in("\tstatically linked\n"), Vec::<PathBuf>::new());
    }
}
