//! Recordings and moving pictures, and still pictures that only a tool decodes, to readings.

use vedette_core::FileFault;
use vedette_core::opened::MediaFacts;

use super::{FileReadings, FileToRead, Reader};
use crate::{Memo, ReadError};

impl Reader {
    pub(super) fn media(&self, facts: &MediaFacts, _file: &FileToRead<'_>, _memo: &dyn Memo, found: &mut FileReadings) {
        let what = format!("{} in the format {}", facts.class, facts.format);
        found.failed(&ReadError::File(FileFault::Unsupported(what)));
    }
}
