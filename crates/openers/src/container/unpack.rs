//! Unpacking with a limit on what one file may become, all its members together.

use std::io::{ErrorKind, Read};

use super::too_large;
use crate::FileFault;
use crate::limits::{MEMBER_BYTES_MAX, RATIO_FREE_BYTES, RATIO_MAX, UNPACKED_BYTES_MAX};

/// Bytes that are unpacked at once.
const STEP_BYTES: usize = 64 * 1024;

/// Counts what is unpacked from one file.
pub(super) struct Unpacker {
    left: u64,
}

impl Unpacker {
    pub(super) fn new() -> Self {
        Self { left: UNPACKED_BYTES_MAX }
    }

    /// All bytes of `source`, which are `packed` bytes long before, or those up to a fault: `Hostile` for a bomb, `TooLarge`
    /// above `bytes_max`, `Truncated` and `Damaged` as the unpacker says.
    pub(super) fn up_to_fault(
        &mut self,
        source: &mut dyn Read,
        packed: u64,
        bytes_max: usize,
    ) -> (Vec<u8>, Option<FileFault>) {
        let mut bytes = Vec::new();
        let mut step = vec![0; STEP_BYTES];
        loop {
            let length = match source.read(&mut step) {
                Ok(0) => return (bytes, None),
                Ok(length) => length,
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                Err(error) => return (bytes, Some(classified(&error))),
            };
            if let Err(fault) = self.count(length as u64) {
                return (bytes, Some(fault));
            }
            bytes.extend_from_slice(step.get(..length).unwrap_or_default());
            let unpacked = bytes.len() as u64;
            if unpacked > RATIO_FREE_BYTES && unpacked / RATIO_MAX > packed {
                let fault = FileFault::Hostile(format!("{packed} packed bytes become over {unpacked}"));
                return (Vec::new(), Some(fault));
            }
            if bytes.len() > bytes_max {
                return (bytes, Some(too_large(unpacked)));
            }
        }
    }

    /// All bytes of `source`, or its fault.
    pub(super) fn all(&mut self, source: &mut dyn Read, packed: u64, bytes_max: usize) -> Result<Vec<u8>, FileFault> {
        match self.up_to_fault(source, packed, bytes_max) {
            (bytes, None) => Ok(bytes),
            (_, Some(fault)) => Err(fault),
        }
    }

    /// A member of an archive.
    pub(super) fn member(&mut self, source: &mut dyn Read, packed: u64) -> Result<Vec<u8>, FileFault> {
        self.all(source, packed, MEMBER_BYTES_MAX)
    }

    /// Unpacks the rest of `source` and keeps nothing of it; whether that was possible.
    pub(super) fn passes_over(&mut self, source: &mut dyn Read) -> bool {
        let mut step = vec![0; STEP_BYTES];
        loop {
            match source.read(&mut step) {
                Ok(0) => return true,
                Ok(length) if self.count(length as u64).is_ok() => {}
                Ok(_) | Err(_) => return false,
            }
        }
    }

    fn count(&mut self, bytes: u64) -> Result<(), FileFault> {
        let left = self.left.checked_sub(bytes);
        self.left = left.unwrap_or(0);
        left.map(drop).ok_or_else(|| FileFault::TooLarge(format!("unpacked it has over {UNPACKED_BYTES_MAX} bytes")))
    }

    /// Whether nothing more may be unpacked.
    pub(super) fn is_spent(&self) -> bool {
        self.left == 0
    }
}

/// What an unpacker's error says of the file.
pub(super) fn classified(error: &std::io::Error) -> FileFault {
    let text = error.to_string();
    match error.kind() {
        ErrorKind::UnexpectedEof => FileFault::Truncated(text),
        ErrorKind::OutOfMemory => FileFault::TooLarge(text),
        _ if text.contains("end of file") || text.contains("EOF") => FileFault::Truncated(text),
        _ => FileFault::Damaged(text),
    }
}
