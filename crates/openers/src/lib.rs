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
//! | PDF: from outside, and its pages drawn | [`pdf`] |
//!
//! Architecture invariant: nothing here opens a path, a socket or a process; `open` is a function from bytes to data.

mod child;
pub mod decode;
pub mod gray;
pub mod html;
pub mod limits;
pub mod pdf;
pub mod picture;
pub mod sandbox;
pub mod self_test;
pub mod sniff;
pub mod wire;

pub use child::read_one;
pub use vedette_core::opened::{FileFault, Request};

use vedette_core::opened::{INPUT_BYTES_MAX, MediaFacts, PdfFacts, Task};

use crate::sniff::{Sniffed, sniff};

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
}

/// Opens one file. Its bytes choose the decoder; the request's type only tells a fragment of HTML from plain text.
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
    match sniff(bytes) {
        Sniffed::Image(format) => Ok(Opened::Image(Box::new(picture::open_picture(bytes, format)?))),
        Sniffed::Pdf(offset) => open_pdf(bytes, offset, request.task),
        Sniffed::Media(class, format) => {
            Ok(Opened::Media(MediaFacts { class: class.to_owned(), format: format.to_owned() }))
        }
        Sniffed::Html => Ok(Opened::Html(html::read_html(bytes))),
        Sniffed::Other(kind) => Err(FileFault::Unsupported(kind.to_owned())),
        Sniffed::Unknown => {
            let text = decode::decode_text(bytes)
                .ok_or_else(|| FileFault::Unsupported("its bytes are neither text nor a known format".to_owned()))?;
            let said_html = request.media_type.as_deref().is_some_and(|said| {
                let said = said.to_ascii_lowercase();
                said.starts_with("text/html") || said.starts_with("application/xhtml")
            });
            Ok(if said_html { Opened::Html(html::read_html(bytes)) } else { Opened::Text(text) })
        }
    }
}

fn open_pdf(bytes: &[u8], offset: usize, task: Task) -> Result<Opened, FileFault> {
    Ok(match task {
        Task::Pages { first, count, dpi } => Opened::Pages(pdf::draw_pages(bytes, first, count, dpi)?),
        Task::Cover => Opened::Image(Box::new(pdf::draw_cover(bytes)?)),
        Task::Open | Task::Members { .. } => Opened::Pdf(pdf::look(bytes, offset)),
    })
}

#[cfg(test)]
mod tests;
