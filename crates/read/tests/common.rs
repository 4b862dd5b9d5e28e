//! What the tests of this crate share: the program with the hidden subcommands, and small files.

use std::io::{Cursor, Write};
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

/// A file of `tests/pdf`.
#[allow(dead_code)]
pub fn fixture(name: &str) -> Vec<u8> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/pdf").join(name);
    std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// A PDF of these objects, numbered from 1; the first is its catalogue.
#[allow(dead_code)]
pub fn pdf_of(objects: &[Vec<u8>]) -> Vec<u8> {
    let mut pdf = b"%PDF-1.4\n".to_vec();
    let mut table = format!("xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1);
    for (number, object) in (1..).zip(objects) {
        table += &format!("{:010} 00000 n \n", pdf.len());
        pdf.extend(format!("{number} 0 obj\n").into_bytes());
        pdf.extend(object);
        pdf.extend(b"\nendobj\n");
    }
    let at = pdf.len();
    pdf.extend(
        format!("{table}trailer\n<< /Size {} /Root 1 0 R >>\nstartxref\n{at}\n%%EOF\n", objects.len() + 1).bytes(),
    );
    pdf
}

/// A stream of so many zeros, deflated.
#[allow(dead_code)]
pub fn zeros_stream(count: usize) -> Vec<u8> {
    let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
    let block = vec![0; 1 << 20];
    (0..count >> 20).for_each(|_| encoder.write_all(&block).expect("writing to memory"));
    let stream = encoder.finish().expect("writing to memory");
    let head = format!("<< /Length {} /Filter /FlateDecode >>\nstream\n", stream.len());
    [head.as_bytes(), &stream, b"\nendstream"].concat()
}
