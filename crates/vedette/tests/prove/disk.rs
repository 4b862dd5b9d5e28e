//! A small disk of one's own: an ext4 file system in a file, which can lose its power and fill up. It needs root, loop
//! devices and Python; where they are missing, the harness says so loudly and proves nothing.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// `EXT4_IOC_SHUTDOWN` with `NOLOGFLUSH`: from now on nothing reaches the disk, not even the journal in memory.
const CUT: &str = "import fcntl,os,struct,sys\nfd=os.open(sys.argv[1],os.O_RDONLY)\nprint('ready',flush=True)\n\
    sys.stdin.read(1)\nfcntl.ioctl(fd,0x8004587d,struct.pack('I',2))\nprint('cut',flush=True)\n";

/// The disk.
pub struct Disk {
    image: PathBuf,
    at: PathBuf,
    mounted: bool,
    _folder: tempfile::TempDir,
}

fn run(program: &str, args: &[&str]) -> Result<(), String> {
    let output = Command::new(program).args(args).output().map_err(|error| format!("no `{program}`: {error}"))?;
    if output.status.success() {
        return Ok(());
    }
    Err(format!("`{program} {}`: {}", args.join(" "), String::from_utf8_lossy(&output.stderr).trim()))
}

impl Disk {
    /// Makes and mounts a disk of this many megabytes, or says why that cannot be.
    pub fn new(megabytes: u64) -> Result<Self, String> {
        let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
        let (image, at) = (folder.path().join("disk.img"), folder.path().join("disk"));
        std::fs::create_dir(&at).map_err(|error| error.to_string())?;
        let file = std::fs::File::create(&image).map_err(|error| error.to_string())?;
        file.set_len(megabytes << 20).map_err(|error| error.to_string())?;
        // No blocks are kept back for root: full is full.
        run("mkfs.ext4", &["-q", "-F", "-m", "0", &image.display().to_string()])?;
        run("python3", &["--version"])?;
        let mut disk = Self { image, at, mounted: false, _folder: folder };
        disk.mount()?;
        Ok(disk)
    }

    /// Where it is mounted.
    pub fn path(&self) -> &Path {
        &self.at
    }

    /// Mounts it; the journal is replayed.
    pub fn mount(&mut self) -> Result<(), String> {
        run("mount", &["-o", "loop", &self.image.display().to_string(), &self.at.display().to_string()])?;
        self.mounted = true;
        Ok(())
    }

    /// Unmounts it.
    pub fn unmount(&mut self) -> Result<(), String> {
        run("umount", &[&self.at.display().to_string()])?;
        self.mounted = false;
        Ok(())
    }

    /// Someone who will cut the power at a word.
    pub fn cutter(&self) -> Cutter {
        let mut child = Command::new("python3")
            .args(["-c", CUT, &self.at.display().to_string()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut cutter = Cutter { lines: std::io::BufReader::new(child.stdout.take().unwrap()), child };
        cutter.hear("ready");
        cutter
    }

    /// Leaves about this many bytes free.
    pub fn fill(&self, free: u64) {
        let mut file = std::fs::File::create(self.at.join("filler")).unwrap();
        let block = vec![0xa5; 64 * 1024];
        // Written, not allocated: what is reserved for a file could still be given to others.
        while self.free() > free && file.write_all(&block).is_ok() {}
        // A file system that is too full to tell is full.
        file.sync_all().ok();
    }

    /// Makes room again.
    pub fn make_room(&self) {
        std::fs::remove_file(self.at.join("filler")).unwrap();
    }

    fn free(&self) -> u64 {
        let output = Command::new("stat").args(["-f", "-c", "%a %S"]).arg(&self.at).output().unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        text.split_whitespace().map(|word| word.parse::<u64>().unwrap()).product()
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        if self.mounted {
            run("umount", &["-l", &self.at.display().to_string()]).ok();
        }
    }
}

/// Waits to cut the power.
pub struct Cutter {
    child: Child,
    lines: std::io::BufReader<std::process::ChildStdout>,
}

impl Cutter {
    fn hear(&mut self, word: &str) {
        use std::io::BufRead;
        let mut line = String::new();
        self.lines.read_line(&mut line).unwrap();
        assert_eq!(line.trim(), word, "the power cut itself failed");
    }

    /// Cuts the power.
    pub fn cut(mut self) {
        self.child.stdin.take().unwrap().write_all(b"x").unwrap();
        self.hear("cut");
        assert!(self.child.wait().unwrap().success());
    }
}

/// Says loudly that a harness proved nothing, and why.
pub fn skipped(harness: &str, why: &str) {
    let line = format!("{harness}: SKIPPED, nothing is proved: {why}");
    println!("{line}");
    eprintln!("{line}");
}
