//! Archives. What no encoder of the house writes was packed once by the usual programs and stands here as base64.

use std::io::{Cursor, Write as _};

use base64::Engine as _;
use flate2::Compression;
use flate2::write::GzEncoder;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

/// `lamp.txt` and an Arabic `lamp-ar.txt` in the folder `box`, written by py7zr.
const SEVEN_ZIP: &str = "N3q8ryccAATnnvu5yAAAAAAAAAAVAAAAAAAAAOP/REkBAETYp9mE2YXYtdio2KfYrSDZiti22YrYoSDZgdmKINin2YTZhdmE2LnYqApUaGUgbGFtcCBidXJucyBpbiBLZWxtb3JhLgoA4ACqAHddAACBMweuD9JnHT1Au5RkHH7rYmP2uZeSKtq1Wfssyds6Na9dHvoAtybH3Nx0exoa0OWgMhVncELIUdwcdjaaEQGYCy9BXla8Z+qUulqfFhlAF1EkFIV7nL0gQaQecNDrUmJpdC0NO6ERdEomFaKNmkiFvXMQAAAAABcGSQEJfwAHCwEAASEhARgMgKsAAA==";
/// The same with a password.
const LOCKED_7Z: &str = "N3q8ryccAAQ6k37d6QAAAAAAAAAWAAAAAAAAAIZ7TxG7w5aMGJxBCw1/sn3p85jpqU8Tt/OhhvclnxdxIwuiaYd9poDPnwPtzG4P+QHwDit82FpyXXNtltaurrEvZFrYxRIVTiFv0pyfg+F3VFE7H+AAwgCRXQAAgTMHrg/SwbJZqNko+w2oULs0HRLJbcjE9qNXUPpRjRWnTeq1SOfEuryeYS0ed1GpfO6s9jOdVOgICgybZWT3UrUVXgWf8BAPYuNL+4ZQ8i9sQv5AoQFLcS5p626AJJkpCZ/T4n75iZ7pLSx9t75pjY7T3a3qvLiZpE50eGtLQ7wMXLAbEGNt3cVmetDiLAAAABcGUAEJgJkABwsBAAEhIQEYDIDDAAA=";
/// `lamp.txt` by xz.
const XZ: &str =
    "/Td6WFoAAATm1rRGAgAhARYAAAB0L+WjAQAaVGhlIGxhbXAgYnVybnMgaW4gS2VsbW9yYS4KAAAzRA/4aAJ0NAABMxv3GYheH7bzfQEAAAAABFla";
/// The folder `box` by tar and xz.
const TAR_XZ: &str = "/Td6WFoAAATm1rRGAgAhARYAAAB0L+Wj4Cf/ANFdADEby3McBJSzSsi80f5CS2Mz1B2ND6UR9wrLBYpXbEjzQpFYY5Af7ahrq6abKI8ho6lCKXpJ6HGezWuw+irLnEmVeOmK9Wtl5qFxgLWlX9qD5zO52wwlwQjQrjcoXF9KFEwU8hFTz2NBOILVPrDqK29Ulxan5gwRr8Xu1rltdHDynXFKSJeR9R4E9OGbHD5tlkn/ftOBGVjZZirxiAUrriA7JihHNEqYmnqYRJwJRR2MeS8pm8UhMe5LqOlKlwx8I2/xp0CBKkLkl+I5HOo39dcAAAAAAHc/9/sJamAYAAHtAYBQAAC6bQrVscRn+wIAAAAABFla";
/// `lamp.txt` by bzip2.
const BZIP2: &str = "QlpoOTFBWSZTWaqfrHwAAAPXgAAQQAEACAQAMmfaACAAIiGhkM0IU0yMTExMMJ7xEkG/mMl0oWCmor4u5IpwoSFVP1j4";
/// `lamp.txt` with a password by zip.
const LOCKED_ZIP: &str = "UEsDBAoACQAAAA1vel3fZH1eJwAAABsAAAAIABwAbGFtcC50eHRVVAkAA4o6CGuLOghrdXgLAAEEAAAAAAQAAAAAKbvWuGyYR1U4i2dO15BBB1N9/z3u1CEEibkwx5RRiHIWQwEVOiyLUEsHCN9kfV4nAAAAGwAAAFBLAQIeAwoACQAAAA1vel3fZH1eJwAAABsAAAAIABgAAAAAAAEAAACkgQAAAABsYW1wLnR4dFVUBQADijoIa3V4CwABBAAAAAAEAAAAAFBLBQYAAAAAAQABAE4AAAB5AAAAAAA=";

fn decoded(base64: &str) -> Vec<u8> {
    base64::engine::general_purpose::STANDARD.decode(base64).expect("the constants are base64")
}

/// A 7z of two texts.
pub fn seven_zip() -> Vec<u8> {
    decoded(SEVEN_ZIP)
}

/// The same with a password.
pub fn locked_7z() -> Vec<u8> {
    decoded(LOCKED_7Z)
}

/// A text in xz.
pub fn xz() -> Vec<u8> {
    decoded(XZ)
}

/// Two texts in a tar in xz.
pub fn tar_xz() -> Vec<u8> {
    decoded(TAR_XZ)
}

/// A text in bzip2.
pub fn bzip2() -> Vec<u8> {
    decoded(BZIP2)
}

/// A zip with a password.
pub fn locked_zip() -> Vec<u8> {
    decoded(LOCKED_ZIP)
}

/// A zip of these paths and contents, deflated.
pub fn zip_of(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (path, bytes) in files {
        // The type of a book or OpenDocument file must stand unpacked at its start.
        let stored = *path == "mimetype";
        let method = if stored { zip::CompressionMethod::Stored } else { zip::CompressionMethod::Deflated };
        let options = SimpleFileOptions::default().compression_method(method);
        zip.start_file(*path, options).expect("writing to memory");
        zip.write_all(bytes).expect("writing to memory");
    }
    zip.finish().expect("writing to memory").into_inner()
}

/// A tar of these paths and contents.
pub fn tar(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut tar = tar::Builder::new(Vec::new());
    for (path, bytes) in files {
        let mut header = tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o644);
        // The builder refuses paths that climb; a hostile one is written into the header itself.
        let name = &mut header.as_old_mut().name;
        for (to, from) in name.iter_mut().zip(path.bytes()) {
            *to = from;
        }
        header.set_cksum();
        tar.append(&header, *bytes).expect("writing to memory");
    }
    tar.into_inner().expect("writing to memory")
}

/// A text in gzip.
pub fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut gzip = GzEncoder::new(Vec::new(), Compression::default());
    gzip.write_all(bytes).expect("writing to memory");
    gzip.finish().expect("writing to memory")
}

/// A tar in gzip.
pub fn tar_gz(files: &[(&str, &[u8])]) -> Vec<u8> {
    gzip(&tar(files))
}
