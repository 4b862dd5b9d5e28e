//! A folder that tells when something in it has changed (inotify), so that a file is taken in as soon as it is written
//! and not with the next round.

use std::collections::HashMap;
use std::mem::MaybeUninit;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fd::OwnedFd;
use rustix::fs::inotify::{self, CreateFlags, ReadFlags, WatchFlags};
use rustix::io::Errno;

use super::folder_error;
use super::walk::DEPTH_MAX;
use crate::CollectError;

/// Milliseconds without news after which what was written is taken for whole.
const QUIET_MS: u64 = 500;
/// Milliseconds after which a folder that is written to without pause is read all the same.
const WAIT_MS_MAX: u64 = 10_000;
/// Milliseconds between two looks whether to stop.
const STEP_MS: u64 = 100;
/// Folders that are watched: the kernel's own limit is often 8,192 for each user.
const FOLDERS_MAX: usize = 8_000;
/// Bytes of news read at once.
const NEWS_BYTES: usize = 16 * 1024;

/// Watches a folder and all below it until `stop` says so. `changed` is called once when the watch stands, for whatever
/// came before, and then after each change has settled: files closed after writing, moved or removed, quiet for half a
/// second. News that were lost are a change like any other: the whole folder is walked anyway.
///
/// An error says that the folder is gone or cannot be watched; rounds go on without it.
pub fn watch(path: &Path, stop: &dyn Fn() -> bool, changed: &mut dyn FnMut()) -> Result<(), CollectError> {
    let failed = |error: Errno| folder_error(path, &why(error));
    let inotify = inotify::init(CreateFlags::NONBLOCK | CreateFlags::CLOEXEC).map_err(failed)?;
    let mut watched = Watched { inotify, folders: HashMap::new() };
    watched.add_below(path, 0).map_err(failed)?;
    changed();
    let mut first_at: Option<Instant> = None;
    let mut last_at = Instant::now();
    while !stop() {
        watched
            .wait(first_at.map_or(Duration::from_millis(STEP_MS), |_| Duration::from_millis(STEP_MS / 2)))
            .map_err(failed)?;
        match watched.read_news().map_err(failed)? {
            News::None => {}
            News::Changed => {
                last_at = Instant::now();
                first_at.get_or_insert(last_at);
            }
            News::RootGone => {
                return Err(folder_error(path, "it was moved away or removed: mount it again, or pause the source"));
            }
        }
        let settled = last_at.elapsed() >= Duration::from_millis(QUIET_MS);
        let waited = first_at.is_some_and(|at| at.elapsed() >= Duration::from_millis(WAIT_MS_MAX));
        if first_at.is_some() && (settled || waited) {
            first_at = None;
            changed();
        }
    }
    Ok(())
}

enum News {
    None,
    Changed,
    RootGone,
}

struct Watched {
    inotify: OwnedFd,
    /// Number of the watch to its folder and how deep it lies.
    folders: HashMap<i32, (PathBuf, usize)>,
}

impl Watched {
    /// Watches a folder and those below it. One that vanishes meanwhile is no error, except the first.
    fn add_below(&mut self, folder: &Path, depth: usize) -> Result<(), Errno> {
        if depth >= DEPTH_MAX || self.folders.len() >= FOLDERS_MAX {
            return Ok(());
        }
        let news = WatchFlags::CLOSE_WRITE
            | WatchFlags::MOVED_TO
            | WatchFlags::MOVED_FROM
            | WatchFlags::DELETE
            | WatchFlags::CREATE
            | WatchFlags::DELETE_SELF
            | WatchFlags::MOVE_SELF
            | WatchFlags::ONLYDIR;
        // Links are not followed, as in a walk; the folder that was given may be one itself.
        let news = if depth == 0 { news } else { news | WatchFlags::DONT_FOLLOW };
        match inotify::add_watch(&self.inotify, folder, news) {
            Ok(number) => {
                self.folders.insert(number, (folder.to_owned(), depth));
            }
            Err(error) if depth == 0 => return Err(error),
            Err(Errno::NOSPC) => return Err(Errno::NOSPC),
            Err(_) => return Ok(()),
        }
        let Ok(entries) = std::fs::read_dir(folder) else { return Ok(()) };
        for entry in entries.flatten() {
            if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                self.add_below(&entry.path(), depth + 1)?;
            }
        }
        Ok(())
    }

    fn wait(&self, time: Duration) -> Result<(), Errno> {
        let time = Timespec { tv_sec: 0, tv_nsec: i64::from(time.subsec_nanos()) };
        match poll(&mut [PollFd::new(&self.inotify, PollFlags::IN)], Some(&time)) {
            Ok(_) | Err(Errno::INTR) => Ok(()),
            Err(error) => Err(error),
        }
    }

    fn read_news(&mut self) -> Result<News, Errno> {
        let mut buffer = [MaybeUninit::uninit(); NEWS_BYTES];
        let (mut news, mut new_folders) = (News::None, Vec::new());
        {
            let mut reader = inotify::Reader::new(&self.inotify, &mut buffer);
            loop {
                let event = match reader.next() {
                    Ok(event) => event,
                    Err(Errno::WOULDBLOCK) => break,
                    Err(Errno::INTR) => continue,
                    Err(error) => return Err(error),
                };
                let place = self.folders.get(&event.wd()).cloned();
                if event.events().intersects(ReadFlags::DELETE_SELF | ReadFlags::MOVE_SELF | ReadFlags::UNMOUNT)
                    && place.as_ref().is_some_and(|(_, depth)| *depth == 0)
                {
                    return Ok(News::RootGone);
                }
                if event.events().contains(ReadFlags::IGNORED) {
                    self.folders.remove(&event.wd());
                    continue;
                }
                let is_folder = event.events().contains(ReadFlags::ISDIR);
                if let (true, Some((folder, depth)), Some(name)) = (is_folder, place, event.file_name()) {
                    use std::os::unix::ffi::OsStrExt;
                    new_folders.push((folder.join(std::ffi::OsStr::from_bytes(name.to_bytes())), depth + 1));
                }
                // A file that was only begun is told again when it is closed.
                let only_begun = event.events().contains(ReadFlags::CREATE) && !is_folder;
                if !only_begun {
                    news = News::Changed;
                }
            }
        }
        for (folder, depth) in new_folders {
            self.add_below(&folder, depth)?;
        }
        Ok(news)
    }
}

fn why(error: Errno) -> String {
    match error {
        Errno::NOSPC => {
            "the machine allows no more watched folders: raise fs.inotify.max_user_watches, or let rounds do it"
                .to_owned()
        }
        Errno::NOTDIR => "it is not a folder".to_owned(),
        error => error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;
    use std::fs;

    use super::*;

    /// Watches while `act` is called with the count of changes told so far; ends after the last or after ten seconds.
    fn told(root: &Path, acts: &[&dyn Fn()]) -> usize {
        let count = Cell::new(0usize);
        let begun = Instant::now();
        let stop = || count.get() > acts.len() || begun.elapsed() > Duration::from_secs(10);
        watch(root, &stop, &mut || {
            if let Some(act) = acts.get(count.get()) {
                act();
            }
            count.set(count.get() + 1);
        })
        .unwrap();
        count.get()
    }

    #[test]
    fn changes_are_told_when_they_have_settled_also_in_folders_made_meanwhile() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        fs::create_dir(root.join("a")).unwrap();
        let begun = Instant::now();
        let write = || {
            for n in 0..50 {
                fs::write(root.join(format!("a/{n}.txt")), "x").unwrap();
            }
        };
        let make = || fs::create_dir_all(root.join("b/c")).unwrap();
        let deep = || fs::write(root.join("b/c/d.txt"), "x").unwrap();
        let rename = || fs::rename(root.join("b/c/d.txt"), root.join("e.txt")).unwrap();
        let remove = || fs::remove_file(root.join("e.txt")).unwrap();
        assert_eq!(told(root, &[&write, &make, &deep, &rename, &remove]), 6, "one for each act, and the first");
        assert!(begun.elapsed() >= Duration::from_millis(5 * QUIET_MS));
    }

    #[test]
    fn a_folder_that_is_gone_or_none_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().join("mount");
        fs::create_dir(&root).unwrap();
        fs::write(folder.path().join("file"), "x").unwrap();
        let error = watch(&root, &|| false, &mut || fs::remove_dir(&root).unwrap()).unwrap_err().to_string();
        assert!(error.contains("removed"), "{error}");
        assert!(watch(&root, &|| true, &mut || ()).is_err());
        assert!(
            watch(&folder.path().join("file"), &|| true, &mut || ()).unwrap_err().to_string().contains("not a folder")
        );
    }
}
