//! tar, gzip, bzip2 and xz: files inside, handed on as bytes.

use std::io::Cursor;

use vedette_core::opened::Task;

use super::packed::settled;
use super::unpack::Unpacker;
use super::{Container, Holder, Wanted};
use crate::FileFault;
use crate::limits::{ENTRIES_SEEN_MAX, LZMA_MEMORY_BYTES_MAX, UNPACKED_BYTES_MAX};

/// How a single stream is packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Packing {
    /// RFC 1952.
    Gzip,
    /// bzip2.
    Bzip2,
    /// The .xz file format, version 1.2.
    Xz,
}

impl Packing {
    /// Names of the format alone and around a tar, and the ending of file names.
    fn names(self) -> [&'static str; 3] {
        match self {
            Self::Gzip => ["gzip", "tar.gz", ".gz"],
            Self::Bzip2 => ["bzip2", "tar.bz2", ".bz2"],
            Self::Xz => ["xz", "tar.xz", ".xz"],
        }
    }
}

/// Whether `bytes` begin as a tar does: its first header carries the mark of POSIX or GNU, or at least its sum (POSIX.1, pax).
pub(crate) fn is_tar(bytes: &[u8]) -> bool {
    let Some(header) = bytes.get(..512) else { return false };
    if header.get(257..262) == Some(b"ustar") {
        return true;
    }
    let said = header.get(148..156).unwrap_or_default();
    let said = String::from_utf8_lossy(said);
    let said = u32::from_str_radix(said.trim_matches([' ', '\0']), 8).ok();
    let sum: u32 =
        (0..).zip(header).map(|(at, &byte)| if (148..156).contains(&at) { 32 } else { u32::from(byte) }).sum();
    header.first() != Some(&0) && said == Some(sum)
}

/// Opens a tar.
pub(crate) fn open_tar(bytes: &[u8], task: Task) -> Result<Container, FileFault> {
    settled(tar_members(bytes, "tar", task, None)?)
}

/// Opens a packed stream: the files of the tar in it, or the one file that it is.
pub(crate) fn open_packed(
    bytes: &[u8],
    packing: Packing,
    name: Option<&str>,
    task: Task,
) -> Result<Container, FileFault> {
    let mut unpacker = Unpacker::new();
    let [alone, with_tar, ending] = packing.names();
    let packed = bytes.len() as u64;
    let most = UNPACKED_BYTES_MAX as usize;
    let (unpacked, fault) = match packing {
        Packing::Gzip => unpacker.up_to_fault(&mut flate2::bufread::MultiGzDecoder::new(bytes), packed, most),
        Packing::Bzip2 => unpacker.up_to_fault(&mut bzip2::bufread::MultiBzDecoder::new(bytes), packed, most),
        Packing::Xz => {
            let memory_kb = (LZMA_MEMORY_BYTES_MAX / 1024) as u32;
            unpacker.up_to_fault(&mut lzma_rust2::XzReader::new_mem_limit(bytes, true, memory_kb), packed, most)
        }
    };
    if unpacked.is_empty()
        && let Some(fault) = fault
    {
        return Err(fault);
    }
    if is_tar(&unpacked) {
        return settled(tar_members(&unpacked, with_tar, task, fault)?);
    }
    let mut holder = Holder::new(alone, task);
    if let Some(fault) = &fault {
        holder.note(&format!("not all of it could be unpacked: {fault}"));
    }
    if holder.wanted() == Wanted::Now {
        holder.member(&inner_name(name, ending), None, Ok(unpacked));
    }
    settled(holder.finish())
}

/// The name without the ending of the packing.
fn inner_name(name: Option<&str>, ending: &str) -> String {
    let name = name.unwrap_or_default();
    let file = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let is_packed = file.len() > ending.len() && file.to_ascii_lowercase().ends_with(ending);
    let inner = if is_packed { file.get(..file.len() - ending.len()).unwrap_or_default() } else { "" };
    if inner.is_empty() { "content".to_owned() } else { inner.to_owned() }
}

fn tar_members(bytes: &[u8], format: &str, task: Task, cut: Option<FileFault>) -> Result<Container, FileFault> {
    let mut holder = Holder::new(format, task);
    if let Some(fault) = cut {
        holder.note(&format!("not all of it could be unpacked: {fault}"));
    }
    let mut archive = tar::Archive::new(Cursor::new(bytes));
    let mut unpacker = Unpacker::new();
    let entries = archive.entries().map_err(|error| super::unpack::classified(&error))?;
    for entry in entries.take(ENTRIES_SEEN_MAX) {
        let mut entry = match entry {
            Ok(entry) => entry,
            Err(error) => {
                holder.note(&format!("the archive breaks off: {}", super::unpack::classified(&error)));
                break;
            }
        };
        let kind = entry.header().entry_type();
        if kind.is_dir() || kind.is_pax_global_extensions() {
            continue;
        }
        match holder.wanted() {
            Wanted::Before => continue,
            Wanted::NoMore => break,
            Wanted::Now => {}
        }
        let path = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
        let content = if kind.is_file() || kind.is_gnu_sparse() {
            // A sparse file is as long as it says without any bytes in the archive.
            let packed = entry.header().entry_size().unwrap_or(0);
            let whole = entry.size();
            unpacker.member(&mut entry, packed).and_then(|bytes| match bytes.len() as u64 {
                length if length < whole => Err(FileFault::Truncated(format!("{length} of {whole} bytes"))),
                _ => Ok(bytes),
            })
        } else {
            Err(FileFault::Unsupported("a link or device, which is not followed".to_owned()))
        };
        let is_cut = matches!(content, Err(FileFault::Truncated(_)));
        holder.member(&path, None, content);
        if is_cut || unpacker.is_spent() {
            break;
        }
    }
    Ok(holder.finish())
}
