//! What the tests of this crate share: the program with the hidden subcommands, and small files.

use std::io::Cursor;
use std::path::PathBuf;

use image::{DynamicImage, ImageFormat};
use vedette_read::{Reader, Tools};

/// The example `read_one`, which a full test build puts beside the folder of the tests.
pub fn program() -> PathBuf {
    let tests = std::env::current_exe().expect("a test knows where it lies");
    let folder = tests
        .ancestors()
        .find(|folder| folder.join("examples").is_dir())
        .expect("examples are built into the target folder");
    let program = folder.join("examples/read_one");
    assert!(program.is_file(), "{} is missing: run `cargo build -p vedette-read --examples`", program.display());
    program
}

/// A reader with the tools of this machine; fails, and says what to install, when they are missing.
#[allow(dead_code)]
pub fn reader() -> Reader {
    let tools = Tools::discover(program());
    let missing: Vec<String> =
        tools.doctor().into_iter().filter(|tool| tool.found.is_none()).map(|tool| tool.install).collect();
    assert!(missing.is_empty(), "tools are missing, `make test` installs them: {}", missing.join("; "));
    Reader::with(vedette_read::Opener::new(program()).with_wall(std::time::Duration::from_secs(60)), tools)
}

/// `image` as a file.
#[allow(dead_code)]
pub fn encoded(image: &DynamicImage, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    image.write_to(&mut bytes, format).expect("writing to memory");
    bytes.into_inner()
}
