//! What kind of file each is: by its name, and for exports and mailboxes by what stands beside it.

use super::walk::Listed;
use crate::archive::Packing;
use crate::telegram_export::{self, Export};

/// What kind of file it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FileKind {
    /// A post as it stands.
    Text,
    /// A post with the file attached.
    Attached(&'static str),
    /// A post in each line.
    Lines,
    /// A web archive.
    Warc,
    /// A zip of web archives.
    Wacz,
    /// A single message.
    Mail,
    /// Many messages.
    Mbox,
    /// An archive of files.
    Packed(Packing),
    /// Stands for an export of Telegram Desktop: by its number among the exports.
    Telegram(usize),
    /// Belongs to the export with this number and is read with it.
    Part(usize),
    /// Not read.
    Other,
}

/// The endings that are taken in, for messages.
pub(super) const TAKEN_IN: &str = "txt, md, html, pdf, jsonl, png, jpg, webp, gif, bmp, tiff, avif, heic, mp4, mov, mkv, webm, avi, 3gp, mp3, m4a, ogg, opus, wav, flac, amr, eml, mbox, Maildir, warc, warc.gz, wacz, zip, tar, tar.gz, tgz, Telegram's result.json and messages.html";

/// The kind of a file by the ending of its name.
pub(crate) fn kind_of(path: &str) -> FileKind {
    let name = path.rsplit('/').next().unwrap_or(path).to_lowercase();
    if name.ends_with(".warc.gz") {
        return FileKind::Warc;
    }
    if name.ends_with(".tar.gz") {
        return FileKind::Packed(Packing::TarGz);
    }
    match name.rsplit_once('.').map_or("", |(_, ending)| ending) {
        "txt" | "md" | "text" | "markdown" => FileKind::Text,
        "jsonl" | "ndjson" => FileKind::Lines,
        "html" | "htm" | "xhtml" => FileKind::Attached("text/html"),
        "pdf" => FileKind::Attached("application/pdf"),
        "png" => FileKind::Attached("image/png"),
        "jpg" | "jpeg" => FileKind::Attached("image/jpeg"),
        "webp" => FileKind::Attached("image/webp"),
        "gif" => FileKind::Attached("image/gif"),
        "bmp" => FileKind::Attached("image/bmp"),
        "tif" | "tiff" => FileKind::Attached("image/tiff"),
        "avif" => FileKind::Attached("image/avif"),
        "heic" | "heif" => FileKind::Attached("image/heic"),
        "mp4" | "m4v" => FileKind::Attached("video/mp4"),
        "mov" => FileKind::Attached("video/quicktime"),
        "mkv" => FileKind::Attached("video/x-matroska"),
        "webm" => FileKind::Attached("video/webm"),
        "avi" => FileKind::Attached("video/x-msvideo"),
        "3gp" => FileKind::Attached("video/3gpp"),
        "mp3" => FileKind::Attached("audio/mpeg"),
        "m4a" => FileKind::Attached("audio/mp4"),
        "ogg" | "oga" | "opus" => FileKind::Attached("audio/ogg"),
        "wav" => FileKind::Attached("audio/wav"),
        "flac" => FileKind::Attached("audio/flac"),
        "amr" => FileKind::Attached("audio/amr"),
        "warc" => FileKind::Warc,
        "wacz" => FileKind::Wacz,
        "eml" => FileKind::Mail,
        "mbox" | "mbx" => FileKind::Mbox,
        "zip" => FileKind::Packed(Packing::Zip),
        "tar" => FileKind::Packed(Packing::Tar),
        "tgz" => FileKind::Packed(Packing::TarGz),
        _ => FileKind::Other,
    }
}

/// The files of a walk with their kinds.
pub(crate) struct Sorted {
    /// One for each file, in order.
    pub(crate) kinds: Vec<FileKind>,
    /// Exports among them.
    pub(crate) exports: Vec<Export>,
}

impl Sorted {
    /// Looks at every file.
    pub(crate) fn of(files: &[Listed]) -> Self {
        let exports = telegram_export::exports(files);
        let kinds = files
            .iter()
            .enumerate()
            .map(|(number, file)| {
                // The export that lies deepest has a file: one export may have been put into the folder of another.
                let export = exports.iter().enumerate().rfind(|(_, export)| export.holds(&file.name));
                match export {
                    Some((at, export)) if export.lead() == Some(number) => FileKind::Telegram(at),
                    Some((at, _)) => FileKind::Part(at),
                    None if is_in_maildir(file) => FileKind::Mail,
                    None => kind_of(&file.name),
                }
            })
            .collect();
        Self { kinds, exports }
    }

    /// Whether nothing is taken in.
    pub(crate) fn is_empty(&self) -> bool {
        self.kinds.iter().all(|kind| *kind == FileKind::Other)
    }
}

/// Maildir: messages lie in `cur/` and `new/` beside a folder `tmp/`, whatever their names are.
fn is_in_maildir(file: &Listed) -> bool {
    let Some(folder) = file.path.parent() else { return false };
    folder.file_name().is_some_and(|name| name == "cur" || name == "new")
        && folder.parent().is_some_and(|mailbox| mailbox.join("tmp").is_dir())
}
