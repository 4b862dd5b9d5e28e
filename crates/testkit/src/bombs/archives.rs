//! Archives that grow, climb out of their folder, or lie about what is in them.

use super::Canary;
use super::packing::{Zip, gzip, gzip_zeros, octal, tar_member};

/// Blocks of 16 MiB in 1 GiB.
pub(super) const GIB: usize = 64;

/// A ZIP with one member of 1 GiB.
pub fn zip_of_1_gib() -> Vec<u8> {
    Zip::default().with_zeros("readme.txt", GIB).finish()
}

/// A ZIP in a ZIP, a hundred deep, two at each depth but sharing their bytes after packing; 1 GiB at the bottom.
pub fn zip_of_zips() -> Vec<u8> {
    let mut inner = zip_of_1_gib();
    for depth in 0..100 {
        inner = Zip::default().with_stored(&format!("{depth}.zip"), &inner).finish();
    }
    inner
}

/// A ZIP whose directory points 60,000 times to the same member of 1 GiB: 60 TB in 5 MB.
pub fn zip_of_echoes() -> Vec<u8> {
    let packed = super::packing::deflated_zeros(GIB).len() as u32;
    Zip::default().with_zeros("one", GIB).with_echoes(60_000, packed, 1 << 30, 0).finish()
}

/// A ZIP with 60,000 small members.
pub fn zip_of_60_000() -> Vec<u8> {
    (0..60_000).fold(Zip::default(), |zip, number| zip.with_stored(&format!("{number}.txt"), b"lamp")).finish()
}

/// A ZIP that would write outside of its folder: names that climb, names from the root, a drive, a link to the canary.
pub fn zip_slip(canary: &Canary) -> Vec<u8> {
    let target = canary.path.display().to_string();
    Zip::default()
        .with(&format!("{}{target}", "../".repeat(12)), b"slipped")
        .with(&target, b"slipped")
        .with("C:\\windows\\lamp.txt", b"slipped")
        .with("..\\..\\lamp.txt", b"slipped")
        .with("inside/../../lamp.txt", b"slipped")
        .with("nul\0hidden.txt", b"slipped")
        .with_link("link", &target)
        .with("link", b"slipped through the link")
        .finish()
}

/// A ZIP whose members say other sizes than they have.
pub fn zip_of_lies() -> Vec<u8> {
    Zip::default().with_lie("small", b"lamp", u32::MAX).with_lie("none", &[b'x'; 5_000], 0).finish()
}

/// A ZIP without members whose end says 65,535 of them.
pub fn zip_without_members() -> Vec<u8> {
    b"PK\x05\x06\0\0\0\0\xff\xff\xff\xff\xff\xff\xff\x7f\0\0\0\0\0\0".to_vec()
}

/// A gzip file of 1 GiB.
pub fn gzip_of_1_gib() -> Vec<u8> {
    gzip_zeros(GIB)
}

/// A gzip file in itself, fifty deep.
pub fn gzip_of_gzips() -> Vec<u8> {
    (0..50).fold(gzip_zeros(GIB), |inner, _| gzip(&inner))
}

/// A TAR whose members say sizes that nobody has: the most in octal digits, the most in base 256, a negative one, no digits.
pub fn tar_of_lies() -> Vec<u8> {
    let negative = [0xff; 12];
    let most = [0x80, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff];
    [b"77777777777\0", &most, &negative, b"lamp lamp la"]
        .map(|size| tar_member("lamp.txt", b'0', b"lamp", size))
        .concat()
}

/// A TAR with one member that says 8 GiB, and ends.
pub fn tar_of_8_gib() -> Vec<u8> {
    tar_member("lamp.txt", b'0', b"lamp", b"77777777777\0")
}

/// A TAR with 60,000 members, names that climb and links among them.
pub fn tar_of_60_000(canary: &Canary) -> Vec<u8> {
    let mut link = tar_member("link", b'2', b"", &octal(0));
    let target = canary.path.display().to_string();
    let place = target.len().min(99);
    link[157..157 + place].copy_from_slice(&target.as_bytes()[..place]);
    let mut tar = [link, tar_member(&format!("../../../..{target}"), b'0', b"slipped", &octal(7))].concat();
    for number in 0..60_000 {
        tar.extend(tar_member(&format!("{number}.txt"), b'0', b"lamp", &octal(4)));
    }
    [tar, vec![0; 1_024]].concat()
}

/// A TAR whose long name, which comes as a member before it, says 1 GiB.
pub fn tar_of_a_long_name() -> Vec<u8> {
    [tar_member("././@LongLink", b'L', &[b'a'; 5_000], &octal(1 << 30)), tar_member("x", b'0', b"lamp", &octal(4))]
        .concat()
}
