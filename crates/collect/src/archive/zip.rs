//! ZIP: the list at its end names the files; sizes that it states are not believed.

use std::fs::File;
use std::io::BufReader;

use zip::ZipArchive;

use super::{BUFFER_BYTES, Go, Unpacked};

pub(super) fn unpack(file: File, name: &str, unpacked: &mut Unpacked) {
    let mut zip = match ZipArchive::new(BufReader::with_capacity(BUFFER_BYTES, file)) {
        Ok(zip) => zip,
        Err(error) => {
            unpacked.notes.push(format!("`{name}` is no zip file that can be read ({error}) and was left out"));
            return;
        }
    };
    for number in 0..zip.len() {
        if unpacked.next(name) == Go::Stop || entry(&mut zip, number, name, unpacked) == Go::Stop {
            return;
        }
    }
}

fn entry(zip: &mut ZipArchive<BufReader<File>>, number: usize, name: &str, unpacked: &mut Unpacked) -> Go {
    match zip.by_index_raw(number) {
        Ok(entry) if entry.encrypted() => return unpacked.refuse("they are locked with a password"),
        Ok(entry) if entry.is_symlink() => return unpacked.refuse("they are links"),
        Ok(entry) if entry.is_dir() => return Go::On,
        // The high bits of the mode are the kind of file; none means that none was written.
        Ok(entry) if entry.unix_mode().is_some_and(|mode| !matches!(mode & 0o170_000, 0 | 0o100_000)) => {
            return unpacked.refuse("they are devices, pipes or sockets");
        }
        Ok(_) => {}
        Err(_) => return unpacked.refuse("they are damaged"),
    }
    match zip.by_index(number) {
        Ok(mut entry) => {
            let path = entry.name_raw().to_vec();
            unpacked.keep(name, &path, &mut entry)
        }
        Err(_) => unpacked.refuse("they are packed in a way that is not read"),
    }
}
