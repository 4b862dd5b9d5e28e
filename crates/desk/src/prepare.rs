//! Haul to Intake: bytes get their SHA-256 and become durable, account names become keyed hashes, and each post gets
//! the key that makes two sightings of one state the same version. After this no plain account name is left in a row.

use vedette_core::limits::{ATTACHMENTS_MAX, INLINE_EXHIBIT_BYTES_MAX};
use vedette_core::ports::Blobs;
use vedette_core::{
    CAPTURE_FILE, Found, FoundFile, Haul, Intake, Markup, NewAttachment, NewCapture, NewExhibit, NewVersion, PageKeep,
    Sha256, Source, SourceKind, StoreResult,
};
use vedette_preserve::{names, sha256};

/// Prepares one haul; large bytes are durable in `blobs` when this returns.
pub(crate) fn intake(source: &Source, haul: Haul, names_key: &[u8; 32], blobs: &dyn Blobs) -> StoreResult<Intake> {
    let mut exhibits = Vec::with_capacity(haul.found.len() + 1);
    let page = sha256(&haul.page);
    let page_size_bytes = haul.page.len() as u64;
    if haul.page_keep == PageKeep::Sealed {
        keep(&mut exhibits, blobs, page, haul.page, "application/octet-stream", true)?;
    }
    let mut versions = Vec::with_capacity(haul.found.len());
    for found in haul.found {
        versions.push(version(source, found, names_key, blobs, &mut exhibits)?);
    }
    Ok(Intake {
        source: source.id,
        capture: NewCapture {
            url: haul.request.url,
            connector: haul.request.connector,
            status: haul.request.status,
            fetched_at: haul.request.fetched_at,
            page,
            page_size_bytes,
            page_keep: haul.page_keep,
        },
        exhibits,
        versions,
        cursor: haul.cursor,
        notes: haul.notes,
        gaps: haul.gaps,
    })
}

fn version(
    source: &Source,
    found: Found,
    names_key: &[u8; 32],
    blobs: &dyn Blobs,
    exhibits: &mut Vec<NewExhibit>,
) -> StoreResult<NewVersion> {
    let server = source.asked.address.as_str();
    let exhibit = sha256(&found.exhibit);
    keep(exhibits, blobs, exhibit, found.exhibit, &found.exhibit_type, false)?;
    let mut attachments = Vec::with_capacity(found.files.len());
    for mut file in found.files.into_iter().take(ATTACHMENTS_MAX) {
        // Files of a capture are not read: no chat, feed or import may call its own files so.
        let captures = matches!(source.asked.kind, SourceKind::Web | SourceKind::Section);
        file.url = file.url.filter(|url| captures || !url.starts_with(CAPTURE_FILE));
        attachments.push(attachment(file, blobs, exhibits)?);
    }
    // Chats are full of people's handles, and so are exports of chats and mail, which name them; a newspaper's `@` is the
    // desk's own finding aid.
    let text = if source.asked.kind.is_chat() || !found.handles.is_empty() {
        names::replace_handles(&found.text, &found.handles, names_key, server)
    } else {
        found.text
    };
    let mut version = NewVersion {
        native_id: found.native_id,
        key: Sha256::default(),
        state: found.state,
        exhibit,
        title: found.title,
        text,
        markup: found.markup,
        url: found.url,
        posted_at: found.posted_at,
        edited_at: found.edited_at,
        author_key: found.author.map(|name| names::pseudonym(names_key, server, &name)),
        thread_of: found.thread_of,
        lang: found.lang,
        attachments,
        needs_job: !found.state.is_gone() && found.markup == Markup::Html,
    };
    version.key = vedette_preserve::canonical::version_key(&version);
    Ok(version)
}

fn attachment(file: FoundFile, blobs: &dyn Blobs, exhibits: &mut Vec<NewExhibit>) -> StoreResult<NewAttachment> {
    let (exhibit, error) = match file.bytes {
        Ok(bytes) => {
            let digest = sha256(&bytes);
            let size_bytes = bytes.len() as u64;
            let media_type = file.media_type.as_deref().unwrap_or("application/octet-stream");
            keep(exhibits, blobs, digest, bytes, media_type, false)?;
            (Some((digest, size_bytes)), None)
        }
        Err(why) => (None, Some(why)),
    };
    Ok(NewAttachment { name: file.name, media_type: file.media_type, url: file.url, exhibit, error })
}

/// Adds bytes to the exhibits of an intake: small ones ride in its transaction, large ones are durable before it.
pub(crate) fn keep(
    exhibits: &mut Vec<NewExhibit>,
    blobs: &dyn Blobs,
    sha256: Sha256,
    bytes: Vec<u8>,
    media_type: &str,
    sealed: bool,
) -> StoreResult<()> {
    let size_bytes = bytes.len() as u64;
    let inline = if bytes.len() <= INLINE_EXHIBIT_BYTES_MAX {
        Some(bytes)
    } else {
        blobs.put(sha256, &bytes)?;
        None
    };
    exhibits.push(NewExhibit { sha256, size_bytes, media_type: media_type.to_owned(), inline, sealed });
    Ok(())
}
