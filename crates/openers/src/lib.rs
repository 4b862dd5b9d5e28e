//! Every decoder and hostile parser. In: the bytes of one file that an adversary made. Out: pixels, text, facts.
//!
//! This crate runs only inside `vedette read-one`, a child process that confines itself before it reads anything
//! ([`sandbox`]), opens one file ([`open`]) and ends. What it says is checked again by its parent, the crate `vedette-read`.
//!
//! | file | module |
//! |---|---|
//! | what is it, by its bytes | [`sniff`](mod@sniff) |
//! | PNG, JPEG, WebP, GIF, BMP, TIFF | [`picture`], prepared for text recognition by [`gray`] |
//! | HTML | [`html`] |
//! | plain text in any usual encoding | [`decode`] |
//! | subtitles | [`subtitles`] |
//! | documents, mails, archives | [`container`] |
//! | PDF: from outside, and its pages drawn | [`pdf`] |
//!
//! Architecture invariant: nothing here opens a path, a socket or a process; `open` is a function from bytes to data.

mod child;
pub mod container;
pub mod decode;
pub mod gray;
pub mod html;
pub mod limits;
pub mod pdf;
pub mod picture;
pub mod sandbox;
pub mod self_test;
pub mod sniff;
pub mod subtitles;
pub mod wire;

pub use child::read_one;
pub use vedette_core::opened::{FileFault, Request};

use vedette_core::opened::{INPUT_BYTES_MAX, MediaFacts, PdfFacts, Task};

use crate::sniff::{Packed, Sniffed, sniff};

/// An opened file.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Opened {
    /// An image.
    Image(Box<picture::Picture>),
    /// A page.
    Html(html::HtmlText),
    /// A plain text.
    Text(decode::Decoded),
    /// A PDF; its text is taken by a tool.
    Pdf(PdfFacts),
    /// A recording or moving picture, or a still picture that a tool decodes; told by its first bytes.
    Media(MediaFacts),
    /// Drawn pages of a PDF.
    Pages(pdf::DrawnPages),
    /// A document, mail or archive.
    Container(Box<container::Container>),
    /// Subtitles.
    Subtitles(subtitles::Subtitles),
}

/// Opens one file. Its bytes choose the decoder; the request's type and name only tell HTML and mail from plain text.
///
/// # Errors
/// Classified, see [`FileFault`].
pub fn open(bytes: &[u8], request: &Request) -> Result<Opened, FileFault> {
    if bytes.len() as u64 > INPUT_BYTES_MAX {
        return Err(FileFault::TooLarge(format!("{} bytes, the limit is {INPUT_BYTES_MAX}", bytes.len())));
    }
    if bytes.is_empty() {
        return Err(FileFault::Truncated("it has no bytes".to_owned()));
    }
    if request.task == Task::Fragment {
        return Ok(Opened::Html(html::read_html(bytes)));
    }
    match sniff(bytes) {
        Sniffed::Image(format) => Ok(Opened::Image(Box::new(picture::open_picture(bytes, format)?))),
        Sniffed::Pdf(offset) => open_pdf(bytes, offset, request.task),
        Sniffed::Media(class, format) => {
            Ok(Opened::Media(MediaFacts { class: class.to_owned(), format: format.to_owned() }))
        }
        Sniffed::Packed(kind) => Ok(Opened::Container(Box::new(open_container(bytes, kind, request)?))),
        Sniffed::Html => Ok(Opened::Html(html::read_page(bytes))),
        Sniffed::Other(kind) => Err(FileFault::Unsupported(kind.to_owned())),
        Sniffed::Locked(kind) => Err(FileFault::Encrypted(kind.to_owned())),
        Sniffed::Unknown => open_text(bytes, request),
    }
}

fn open_pdf(bytes: &[u8], offset: usize, task: Task) -> Result<Opened, FileFault> {
    Ok(match task {
        Task::Pages { first, count, dpi } => Opened::Pages(pdf::draw_pages(bytes, first, count, dpi)?),
        Task::Cover => Opened::Image(Box::new(pdf::draw_cover(bytes)?)),
        Task::Open | Task::Members { .. } | Task::Fragment => Opened::Pdf(pdf::look(bytes, offset)),
    })
}

fn open_container(bytes: &[u8], kind: Packed, request: &Request) -> Result<container::Container, FileFault> {
    match kind {
        Packed::Zip => container::packed::open_zip(bytes, request.task),
        Packed::SevenZip => container::seven::open_7z(bytes, request.task),
        Packed::Tar => container::archive::open_tar(bytes, request.task),
        Packed::Stream(packing) => {
            container::archive::open_packed(bytes, packing, request.name.as_deref(), request.task)
        }
        Packed::Rtf => container::rtf::open_rtf(bytes, request.task),
        Packed::Mail => container::mail::open_mail(bytes, request.task),
    }
}

/// Opens what has no mark of its own: a page or fragment whose source says so, subtitles, or plain text.
fn open_text(bytes: &[u8], request: &Request) -> Result<Opened, FileFault> {
    let said = request.media_type.as_deref().unwrap_or_default().to_ascii_lowercase();
    if said.starts_with("message/rfc822") {
        return Ok(Opened::Container(Box::new(container::mail::open_mail(bytes, request.task)?)));
    }
    let text = decode::decode_text(bytes)
        .ok_or_else(|| FileFault::Unsupported("its bytes are neither text nor a known format".to_owned()))?;
    let named_html = request.name.as_deref().is_some_and(|name| {
        let name = name.to_ascii_lowercase();
        [".html", ".htm", ".xhtml"].iter().any(|ending| name.ends_with(ending))
    });
    if said.starts_with("text/html") || said.starts_with("application/xhtml") || said.is_empty() && named_html {
        return Ok(Opened::Html(html::read_page(bytes)));
    }
    Ok(match subtitles::kind_of(&text.text) {
        Some(format) => Opened::Subtitles(subtitles::read(&text.text, format, text.encoding)),
        None => Opened::Text(text),
    })
}

#[cfg(test)]
mod tests;
