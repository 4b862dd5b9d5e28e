//! Web archives: WARC 1.0 and 1.1 (ISO 28500), plain or compressed, and WACZ, a zip of them with an index.
//!
//! Each page, picture, PDF or text that a server answered with becomes a post of its address; the same address with
//! other content is another version of it. Requests and notes of the crawler are passed over, repeats are counted.
//! [`write`] makes such an archive of what was collected.

mod digest;
mod http;
mod item;
mod record;
mod wacz;
pub mod write;

use std::fs::File;
use std::io::{BufRead, BufReader, Read};

use flate2::bufread::MultiGzDecoder;

use self::record::{Outcome, Records};
use crate::connector::Take;
use crate::folder::{Listed, open_listed};
use crate::gather::Gather;
use crate::{CollectError, Env};

/// Connector and version, as records name it.
const NAME: &str = "warc/1";
/// Bytes read at once.
const BUFFER_BYTES: usize = 256 * 1024;
/// Bytes that one archive may unpack to: crawls are cut into files of about a gigabyte.
const UNPACKED_BYTES_MAX: u64 = 64 * 1024 * 1024 * 1024;
/// Unpacked bytes for each packed one: text packs about tenfold, and a file that unpacks to more is a bomb.
const UNPACKED_RATIO_MAX: u64 = 200;
/// Bytes that may be unpacked before the ratio counts: a short file of one long page is no bomb.
const UNPACKED_FREE_BYTES: u64 = 256 * 1024 * 1024;

/// Reads a WARC file.
pub(crate) fn read(listed: &Listed, env: &Env, take: Take<'_>) -> Result<(), CollectError> {
    let mut gather = Gather::new(listed.shown.clone(), NAME, env);
    match open_listed(listed) {
        Ok(file) => {
            let packed_bytes = packed_length(&file);
            read_stream(file, packed_bytes, &listed.name, &mut gather, take)?;
        }
        Err(why) => gather.note(format!("`{}` cannot be read: {why}", listed.name)),
    }
    gather.finish(take)
}

/// Reads a WACZ file.
pub(crate) fn read_wacz(listed: &Listed, env: &Env, take: Take<'_>) -> Result<(), CollectError> {
    let mut gather = Gather::new(listed.shown.clone(), NAME, env);
    match open_listed(listed) {
        Ok(file) => wacz::read(file, &listed.name, &mut gather, take)?,
        Err(why) => gather.note(format!("`{}` cannot be read: {why}", listed.name)),
    }
    gather.finish(take)
}

/// Reads the records of a stream, compressed or not. What is broken is a note; what came before it stays.
fn read_stream(
    stream: impl Read,
    packed_bytes: u64,
    name: &str,
    gather: &mut Gather<'_>,
    take: Take<'_>,
) -> Result<(), CollectError> {
    let mut stream = BufReader::with_capacity(BUFFER_BYTES, stream);
    let compressed = stream.fill_buf().is_ok_and(|head| head.starts_with(&[0x1f, 0x8b]));
    let unpacked_max = packed_bytes.saturating_mul(UNPACKED_RATIO_MAX).clamp(UNPACKED_FREE_BYTES, UNPACKED_BYTES_MAX);
    if compressed {
        // One member a record or one for the whole file: the decoder goes on from one to the next.
        let unpacked = MultiGzDecoder::new(stream).take(unpacked_max);
        let mut unpacked = BufReader::with_capacity(BUFFER_BYTES, unpacked);
        read_records(&mut unpacked, name, gather, take)?;
        if unpacked.into_inner().limit() == 0 {
            gather.note(format!("`{name}` unpacks to more than {unpacked_max} bytes: the rest was left out"));
        }
        return Ok(());
    }
    read_records(&mut stream, name, gather, take)
}

fn read_records(
    stream: &mut dyn BufRead,
    name: &str,
    gather: &mut Gather<'_>,
    take: Take<'_>,
) -> Result<(), CollectError> {
    let mut records = Records::new(stream);
    loop {
        match records.next() {
            Outcome::End => return Ok(()),
            Outcome::Record(record) => item::add(record, name, gather, take)?,
            Outcome::Broken { at, why } => gather.note(format!("`{name}`, record at byte {at}: {why}")),
            Outcome::Stop { at, why } => {
                gather.note(format!("`{name}` breaks off at byte {at}: {why}; what comes before is taken in"));
                return Ok(());
            }
        }
    }
}

/// Bytes of the file as it lies there, for the ratio.
fn packed_length(file: &File) -> u64 {
    file.metadata().map_or(0, |metadata| metadata.len())
}

#[cfg(test)]
pub(crate) mod tests;
