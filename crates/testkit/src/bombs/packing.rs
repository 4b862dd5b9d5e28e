//! Containers made by hand, so that they can lie: chunks, deflate without end, ZIP and TAR with any size in their headers, PDF.

use std::io::Write;

use flate2::{Compress, Compression, FlushCompress, Status};

/// Bytes of zeros in one block of [`deflated_zeros`].
const BLOCK_BYTES: usize = 16 << 20;

/// A deflate stream of `blocks` times 16 MiB of zeros: about 16 KiB a block, made once and repeated.
pub fn deflated_zeros(blocks: usize) -> Vec<u8> {
    let zeros = vec![0; BLOCK_BYTES];
    let mut block = Vec::with_capacity(1 << 20);
    let mut machine = Compress::new(Compression::default(), false);
    // A full flush forgets what came before, so that the block may stand behind itself.
    let done = machine.compress_vec(&zeros, &mut block, FlushCompress::Full).expect("memory is enough");
    assert!(done == Status::Ok && machine.total_in() == BLOCK_BYTES as u64, "the block is whole");
    let mut stream = block.repeat(blocks);
    stream.extend([3, 0]);
    stream
}

/// The same as a zlib stream with its checksum.
pub fn zlib_zeros(blocks: usize) -> Vec<u8> {
    let sum = ((blocks * BLOCK_BYTES % 65_521) as u32) << 16 | 1;
    [&[0x78, 0x9c][..], &deflated_zeros(blocks), &sum.to_be_bytes()].concat()
}

/// The same as a gzip file; its checksum is wrong, which a reader learns too late.
pub fn gzip_zeros(blocks: usize) -> Vec<u8> {
    [b"\x1f\x8b\x08\0\0\0\0\0\0\x03", &deflated_zeros(blocks)[..], &[0; 8]].concat()
}

/// `bytes` as a zlib stream.
pub fn zlib(bytes: &[u8]) -> Vec<u8> {
    let mut writer = flate2::write::ZlibEncoder::new(Vec::new(), Compression::default());
    writer.write_all(bytes).and_then(|()| writer.finish()).expect("writing to memory")
}

/// `bytes` as a gzip file.
pub fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut writer = flate2::write::GzEncoder::new(Vec::new(), Compression::default());
    writer.write_all(bytes).and_then(|()| writer.finish()).expect("writing to memory")
}

fn deflate(bytes: &[u8]) -> Vec<u8> {
    let mut writer = flate2::write::DeflateEncoder::new(Vec::new(), Compression::default());
    writer.write_all(bytes).and_then(|()| writer.finish()).expect("writing to memory")
}

/// CRC-32 of PNG and ZIP.
pub fn crc32(bytes: &[u8]) -> u32 {
    let mut crc = flate2::Crc::new();
    crc.update(bytes);
    crc.sum()
}

/// A ZIP file under construction.
#[derive(Debug, Default)]
pub struct Zip {
    bytes: Vec<u8>,
    directory: Vec<u8>,
    entries: u64,
}

impl Zip {
    /// With a member that is honestly packed.
    pub fn with(mut self, name: &str, content: &[u8]) -> Self {
        let packed = deflate(content);
        self.member(name, 8, &packed, content.len() as u32, crc32(content), 0);
        self
    }

    /// With a member that is stored as it is: the first of a document names its type.
    pub fn with_stored(mut self, name: &str, content: &[u8]) -> Self {
        self.member(name, 0, content, content.len() as u32, crc32(content), 0);
        self
    }

    /// With a member of `blocks` times 16 MiB of zeros.
    pub fn with_zeros(mut self, name: &str, blocks: usize) -> Self {
        let size = u32::try_from(blocks * BLOCK_BYTES).unwrap_or(u32::MAX);
        self.member(name, 8, &deflated_zeros(blocks), size, 0, 0);
        self
    }

    /// With a member whose header says `size`, whatever its content is.
    pub fn with_lie(mut self, name: &str, content: &[u8], size: u32) -> Self {
        self.member(name, 0, content, size, crc32(content), 0);
        self
    }

    /// With a symbolic link.
    pub fn with_link(mut self, name: &str, target: &str) -> Self {
        // Unix mode of a link in the upper half of the attributes.
        self.member(name, 0, target.as_bytes(), target.len() as u32, crc32(target.as_bytes()), 0o120_777 << 16);
        self
    }

    /// With `times` more entries in the directory that all point to the member which begins at `offset`.
    pub fn with_echoes(mut self, times: u32, packed: u32, size: u32, offset: u32) -> Self {
        for number in 0..times {
            self.entry(&format!("echo{number}"), 8, [0, packed, size], 0, offset);
        }
        self
    }

    fn member(&mut self, name: &str, method: u16, packed: &[u8], size: u32, crc: u32, attributes: u32) {
        let offset = self.bytes.len() as u32;
        let numbers = [crc, packed.len() as u32, size];
        self.bytes.extend(b"PK\x03\x04\x14\0\0\x08");
        self.bytes.extend(method.to_le_bytes());
        self.bytes.extend([0; 4]);
        numbers.iter().for_each(|number| self.bytes.extend(number.to_le_bytes()));
        self.bytes.extend((name.len() as u16).to_le_bytes());
        self.bytes.extend([0; 2]);
        self.bytes.extend(name.as_bytes());
        self.bytes.extend(packed);
        self.entry(name, method, numbers, attributes, offset);
    }

    fn entry(&mut self, name: &str, method: u16, numbers: [u32; 3], attributes: u32, offset: u32) {
        let directory = &mut self.directory;
        // Made on Unix, so that the attributes count.
        directory.extend(b"PK\x01\x02\x14\x03\x14\0\0\x08");
        directory.extend(method.to_le_bytes());
        directory.extend([0; 4]);
        numbers.iter().for_each(|number| directory.extend(number.to_le_bytes()));
        directory.extend((name.len() as u16).to_le_bytes());
        directory.extend([0; 8]);
        directory.extend(attributes.to_le_bytes());
        directory.extend(offset.to_le_bytes());
        directory.extend(name.as_bytes());
        self.entries += 1;
    }

    /// The file.
    pub fn finish(self) -> Vec<u8> {
        let entries = (self.entries as u16).to_le_bytes();
        let (size, offset) = ((self.directory.len() as u32).to_le_bytes(), (self.bytes.len() as u32).to_le_bytes());
        let end = [b"PK\x05\x06\0\0\0\0", &entries[..], &entries, &size, &offset, &[0; 2]].concat();
        [self.bytes, self.directory, end].concat()
    }
}

/// One member of a TAR file whose header says `size` in octal digits, or in base 256 where it is not octal.
pub fn tar_member(name: &str, kind: u8, content: &[u8], size: &[u8; 12]) -> Vec<u8> {
    let mut header = [0_u8; 512];
    let place = name.len().min(100);
    header[..place].copy_from_slice(&name.as_bytes()[..place]);
    header[100..108].copy_from_slice(b"0000644\0");
    header[108..116].copy_from_slice(b"0000000\0");
    header[116..124].copy_from_slice(b"0000000\0");
    header[124..136].copy_from_slice(size);
    header[136..148].copy_from_slice(b"00000000000\0");
    header[148..156].copy_from_slice(b"        ");
    header[156] = kind;
    header[257..265].copy_from_slice(b"ustar\x0000");
    let sum: u32 = header.iter().map(|byte| u32::from(*byte)).sum();
    header[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    let mut member = header.to_vec();
    member.extend(content);
    member.resize(member.len().next_multiple_of(512), 0);
    member
}

/// `length` as TAR writes it.
pub fn octal(length: usize) -> [u8; 12] {
    let digits = format!("{length:011o}\0");
    digits.as_bytes().try_into().unwrap_or([b'7'; 12])
}

/// A PDF of these objects, numbered from 1; the first is the catalogue.
pub fn pdf(objects: &[Vec<u8>], more_trailer: &str) -> Vec<u8> {
    let mut pdf = b"%PDF-1.5\n".to_vec();
    let mut offsets = Vec::new();
    for (number, object) in objects.iter().enumerate() {
        offsets.push(pdf.len());
        pdf.extend(format!("{} 0 obj\n", number + 1).as_bytes());
        pdf.extend(object);
        pdf.extend(b"\nendobj\n");
    }
    let table = pdf.len();
    pdf.extend(format!("xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1).as_bytes());
    for offset in offsets {
        pdf.extend(format!("{offset:010} 00000 n \n").as_bytes());
    }
    let trailer = format!(
        "trailer\n<< /Size {} /Root 1 0 R {} >>\nstartxref\n{table}\n%%EOF\n",
        objects.len() + 1,
        more_trailer.replace("THIS", &table.to_string())
    );
    pdf.extend(trailer.as_bytes());
    pdf
}

/// A stream object of a PDF.
pub fn pdf_stream(dictionary: &str, content: &[u8]) -> Vec<u8> {
    let head = format!("<< /Length {} {dictionary} >>\nstream\n", content.len());
    [head.as_bytes(), content, b"\nendstream"].concat()
}

/// A chunk of a PNG.
pub fn png_chunk(name: &[u8; 4], data: &[u8]) -> Vec<u8> {
    let named = [&name[..], data].concat();
    [&(data.len() as u32).to_be_bytes()[..], &named, &crc32(&named).to_be_bytes()].concat()
}

/// A PNG of these chunks behind a header that says width, height, bits a channel and kind of colour.
pub fn png(width: u32, height: u32, bits: u8, colour: u8, chunks: &[Vec<u8>]) -> Vec<u8> {
    let header = [&width.to_be_bytes()[..], &height.to_be_bytes(), &[bits, colour, 0, 0, 0]].concat();
    [b"\x89PNG\r\n\x1a\n".to_vec(), png_chunk(b"IHDR", &header), chunks.concat(), png_chunk(b"IEND", &[])].concat()
}
