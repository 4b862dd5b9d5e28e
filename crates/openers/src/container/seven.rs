//! 7z archives (7zFormat.txt of the 7-Zip sources): files inside, handed on as bytes. They are packed one behind the other, so
//! that a file is reached by unpacking those before it.

use std::io::{Cursor, Read};

use sevenz_rust2::{Archive, ArchiveEntry, BlockDecoder, Error, Password};
use vedette_core::opened::Task;

use super::packed::settled;
use super::unpack::{Unpacker, classified};
use super::{Container, Holder, Wanted};
use crate::FileFault;
use crate::limits::{ENTRIES_SEEN_MAX, LZMA_MEMORY_BYTES_MAX};

/// Opens a 7z archive.
pub(crate) fn open_7z(bytes: &[u8], task: Task) -> Result<Container, FileFault> {
    let mut source = Cursor::new(bytes);
    let password = Password::empty();
    let memory_kb = LZMA_MEMORY_BYTES_MAX / 1024;
    let archive =
        Archive::read_with_memory_limit(&mut source, &password, memory_kb).map_err(|error| fault_of(&error))?;
    if archive.files.len() > ENTRIES_SEEN_MAX {
        return Err(FileFault::TooLarge(format!("{} entries in a 7z archive", archive.files.len())));
    }
    let mut walk = Walk { holder: Holder::new("7z", task), unpacker: Unpacker::new(), packed: bytes.len() as u64 };
    let mut fault = None;
    for block in 0..archive.blocks.len() {
        // One thread: the cage allows no other.
        let decoder = BlockDecoder::new_with_memory_limit(1, memory_kb, block, &archive, &password, &mut source);
        match decoder.for_each_entries(&mut |entry, content| Ok(walk.entry(entry, content))) {
            Ok(true) => {}
            Ok(false) => break,
            Err(error) => {
                fault = Some(fault_of(&error));
                break;
            }
        }
    }
    match fault {
        Some(fault) if walk.holder.found.members.is_empty() => return Err(fault),
        Some(fault) => walk.holder.note(&format!("the archive breaks off: {fault}")),
        None => {
            let empty = archive.files.iter().zip(&archive.stream_map.file_block_index);
            for (entry, _) in empty.filter(|(_, block)| block.is_none()) {
                walk.entry(entry, &mut std::io::empty());
            }
        }
    }
    settled(walk.holder.finish())
}

struct Walk {
    holder: Holder,
    unpacker: Unpacker,
    packed: u64,
}

impl Walk {
    /// Takes an entry; whether the next one is wanted and can be reached.
    fn entry(&mut self, entry: &ArchiveEntry, content: &mut dyn Read) -> bool {
        if entry.is_directory() {
            return true;
        }
        match self.holder.wanted() {
            Wanted::Before => self.unpacker.passes_over(content),
            Wanted::NoMore => false,
            Wanted::Now => {
                let bytes = self.unpacker.member(content, self.packed);
                let goes_on = bytes.is_ok() || self.unpacker.passes_over(content);
                self.holder.member(entry.name(), None, bytes);
                goes_on
            }
        }
    }
}

fn fault_of(error: &Error) -> FileFault {
    let locked = || FileFault::Encrypted("a 7z archive with a password".to_owned());
    match error {
        Error::PasswordRequired | Error::MaybeBadPassword(_) => locked(),
        Error::UnsupportedCompressionMethod(method) if method.contains("AES") => locked(),
        Error::MaxMemLimited { max_kb, actaul_kb } => {
            FileFault::TooLarge(format!("unpacking takes {actaul_kb} KiB of memory, the limit is {max_kb}"))
        }
        Error::UnsupportedCompressionMethod(method) => FileFault::Unsupported(format!("7z packed with {method}")),
        Error::Io(io, _) => classified(io),
        other => FileFault::Damaged(other.to_string()),
    }
}
