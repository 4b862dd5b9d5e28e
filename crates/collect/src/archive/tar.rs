//! TAR: entry after entry, read as a stream. Long names come in entries of their own, which are read here with a limit.

use std::io::Read;

use tar::{Archive, EntryType, PaxExtensions};

use super::{Go, Unpacked};

/// Bytes of an entry that only carries a name.
const NAME_ENTRY_BYTES_MAX: u64 = 64 * 1024;

pub(super) fn unpack(stream: impl Read, name: &str, unpacked: &mut Unpacked) {
    // Headers and the rounding to blocks come on top of what is kept.
    let stream_max = unpacked.total_max().saturating_mul(2).saturating_add(unpacked.limits.entries as u64 * 2048);
    let mut archive = Archive::new(stream.take(stream_max));
    let entries = match archive.entries() {
        Ok(entries) => entries.raw(true),
        Err(error) => {
            unpacked.notes.push(format!("`{name}` is no tar file that can be read ({error}) and was left out"));
            return;
        }
    };
    let mut long_name = None;
    for entry in entries {
        if unpacked.next(name) == Go::Stop {
            return;
        }
        let mut entry = match entry {
            Ok(entry) => entry,
            Err(error) => {
                unpacked.stop(name, &format!("it is damaged or cut off ({error})"));
                return;
            }
        };
        let go = match entry.header().entry_type() {
            EntryType::Regular | EntryType::Continuous => {
                let path = long_name.take().unwrap_or_else(|| entry.path_bytes().into_owned());
                // Old programs mark a folder only by the slash at its end.
                if path.ends_with(b"/") { Go::On } else { keep_whole(name, &path, &mut entry, unpacked) }
            }
            EntryType::GNULongName => {
                long_name = name_entry(&mut entry)
                    .map(|bytes| bytes.split(|byte| *byte == 0).next().unwrap_or_default().to_vec());
                Go::On
            }
            EntryType::XHeader => {
                long_name = name_entry(&mut entry).and_then(|bytes| pax_path(&bytes));
                Go::On
            }
            EntryType::XGlobalHeader | EntryType::Directory => Go::On,
            EntryType::Symlink | EntryType::Link | EntryType::GNULongLink => {
                long_name = None;
                unpacked.refuse("they are links")
            }
            EntryType::Char | EntryType::Block | EntryType::Fifo => {
                long_name = None;
                unpacked.refuse("they are devices, pipes or sockets")
            }
            _ => {
                long_name = None;
                unpacked.refuse("they are of a kind that is not read")
            }
        };
        if go == Go::Stop {
            return;
        }
    }
}

/// A file that ends before its stated length was cut off: it is not kept.
fn keep_whole(name: &str, path: &[u8], entry: &mut tar::Entry<'_, impl Read>, unpacked: &mut Unpacked) -> Go {
    let stated = entry.header().entry_size().unwrap_or(0);
    let mut whole = Whole { inner: entry, left: stated };
    unpacked.keep(name, path, &mut whole)
}

struct Whole<R> {
    inner: R,
    left: u64,
}

impl<R: Read> Read for Whole<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let length = self.inner.read(buffer)?;
        self.left = self.left.saturating_sub(length as u64);
        if length == 0 && self.left > 0 && !buffer.is_empty() {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        Ok(length)
    }
}

fn name_entry(entry: &mut impl Read) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    let read = entry.take(NAME_ENTRY_BYTES_MAX).read_to_end(&mut bytes).ok()?;
    ((read as u64) < NAME_ENTRY_BYTES_MAX).then_some(bytes)
}

fn pax_path(bytes: &[u8]) -> Option<Vec<u8>> {
    PaxExtensions::new(bytes)
        .filter_map(Result::ok)
        .find(|pair| pair.key().is_ok_and(|key| key == "path"))
        .map(|pair| pair.value_bytes().to_vec())
}
