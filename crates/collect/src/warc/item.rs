//! A record becomes a post: its address is its identity, the day the archive was made its date.

use serde_json::{Map, Value, json};
use vedette_core::{Found, FoundFile};

use super::digest::{self, Checked};
use super::http::Answer;
use super::record::Record;
use crate::CollectError;
use crate::connector::Take;
use crate::folder::{cut_text, text_of_bytes};
use crate::gather::{Gather, empty, media_type_of};

/// Bytes of an address: browsers follow about 2,000, archives hold longer ones by mistake.
const ADDRESS_BYTES_MAX: usize = 8 * 1024;

/// What a record holds of its page.
struct Payload {
    bytes: Vec<u8>,
    media_type: Option<String>,
    status: Option<u16>,
    wrong: Option<String>,
}

/// Adds what a record holds, if it is of a kind that is taken in.
pub(super) fn add(record: Record, name: &str, gather: &mut Gather<'_>, take: Take<'_>) -> Result<(), CollectError> {
    let kind = record.header("WARC-Type").unwrap_or_default().to_ascii_lowercase();
    match kind.as_str() {
        "response" | "resource" => {}
        "warcinfo" | "request" | "metadata" => return Ok(()),
        "revisit" => {
            gather.count("records say that a page was seen again unchanged: its content is in the record they name");
            return Ok(());
        }
        _ => {
            let kind: String = kind.chars().filter(char::is_ascii_alphanumeric).take(40).collect();
            gather.count(&format!("records of type `{kind}` were left out"));
            return Ok(());
        }
    }
    let address = address(&record);
    if address.is_empty() || address.len() > ADDRESS_BYTES_MAX || address.starts_with("dns:") {
        gather.count("records without a usable address were left out");
        return Ok(());
    }
    let note_of = |what: &str| format!("`{name}`, {address}: {what}");
    if let Some(Checked::Differs) =
        record.header("WARC-Block-Digest").map(|stated| digest::check(stated, &record.block))
    {
        gather.note(note_of("its block digest is not that of its bytes: the archive was changed or damaged"));
    }
    let payload = match payload(&record, &kind) {
        Ok(payload) => payload,
        Err(why) => {
            gather.note(note_of(&why));
            return Ok(());
        }
    };
    if let Some(why) = digest_wrong(&record, &payload) {
        gather.note(note_of(&why));
    }
    if record.header("WARC-Truncated").is_some() {
        gather.note(note_of("the archive says that it was cut off when it was fetched"));
    }
    if let Some(why) = &payload.wrong {
        gather.note(note_of(why));
    }
    if let Some(status) = payload.status.filter(|status| !(200..300).contains(status) || *status == 206) {
        gather.count(&format!("answers with status {status} were left out"));
        return Ok(());
    }
    let besides = besides(&record, &kind, &payload);
    match found(&address, &record, payload, gather) {
        Some(found) => gather.add(found, besides, take),
        None => Ok(()),
    }
}

/// The address of a record; some crawlers write it in angle brackets.
fn address(record: &Record) -> String {
    let address = record.header("WARC-Target-URI").unwrap_or_default().trim();
    address.strip_prefix('<').and_then(|inner| inner.strip_suffix('>')).unwrap_or(address).to_owned()
}

fn payload(record: &Record, kind: &str) -> Result<Payload, String> {
    let block_type = record.header("Content-Type").unwrap_or_default();
    if kind == "resource" || !block_type.to_ascii_lowercase().starts_with("application/http") {
        let media_type = (!block_type.is_empty()).then(|| block_type.to_owned());
        return Ok(Payload { bytes: record.block.clone(), media_type, status: None, wrong: None });
    }
    let answer = Answer::parse(&record.block)?;
    let (bytes, wrong) = answer.body();
    let media_type = answer.header("Content-Type").map(str::to_owned);
    Ok(Payload { bytes, media_type, status: Some(answer.status), wrong })
}

/// Whether the payload digest fits neither the body as it went over the wire nor as it was read.
fn digest_wrong(record: &Record, payload: &Payload) -> Option<String> {
    let stated = record.header("WARC-Payload-Digest")?;
    let wire = Answer::parse(&record.block).map_or(record.block.as_slice(), |answer| answer.wire);
    match digest::check(stated, wire) {
        Checked::Differs if digest::check(stated, &payload.bytes) == Checked::Differs => {
            Some("its payload digest is not that of its content: the archive was changed or damaged".to_owned())
        }
        _ => None,
    }
}

fn besides(record: &Record, kind: &str, payload: &Payload) -> Map<String, Value> {
    let mut besides = Map::new();
    besides.insert("record".to_owned(), json!(kind));
    besides.insert("at_byte".to_owned(), json!(record.at));
    if let Some(status) = payload.status {
        besides.insert("status".to_owned(), json!(status));
    }
    for (name, header) in [
        ("record_id", "WARC-Record-ID"),
        ("fetched_at", "WARC-Date"),
        ("payload_digest", "WARC-Payload-Digest"),
        ("ip", "WARC-IP-Address"),
    ] {
        if let Some(value) = record.header(header) {
            besides.insert(name.to_owned(), json!(cut_text(value.to_owned(), 512)));
        }
    }
    besides
}

fn found(address: &str, record: &Record, payload: Payload, gather: &mut Gather<'_>) -> Option<Found> {
    let path = address.split(['?', '#']).next().unwrap_or(address);
    let stated = payload.media_type.as_deref().unwrap_or_default().split(';').next().unwrap_or_default();
    let stated = stated.trim().to_ascii_lowercase();
    let media_type = match stated.as_str() {
        "" | "application/octet-stream" | "application/x-unknown-content-type" => {
            media_type_of(path).unwrap_or_default().to_owned()
        }
        _ => stated,
    };
    let fetched_at = record.header("WARC-Date").and_then(|date| date.parse().ok());
    if fetched_at.is_none() {
        gather.count("records have no date that can be read");
    }
    let mut found = Found {
        exhibit_type: media_type.clone(),
        url: Some(address.to_owned()),
        posted_at: fetched_at,
        ..empty(address)
    };
    match media_type.as_str() {
        "text/plain" | "text/markdown" => found.text = text_of_bytes(&payload.bytes),
        "text/html" | "application/xhtml+xml" | "application/pdf" => {}
        image if image.starts_with("image/") && image != "image/svg+xml" => {}
        other => {
            let other: String =
                other.chars().filter(|ch| ch.is_ascii_alphanumeric() || "/+-.".contains(*ch)).take(60).collect();
            let other = if other.is_empty() { "no known type".to_owned() } else { other };
            gather.count(&format!("answers of {other} were left out: pages, texts, pictures and PDF are taken in"));
            return None;
        }
    }
    if found.text.is_empty() {
        let name = path.trim_end_matches('/').rsplit('/').next().filter(|name| !name.is_empty()).unwrap_or("page");
        found.files = vec![FoundFile {
            name: cut_text(name.to_owned(), 255),
            media_type: Some(media_type),
            url: Some(address.to_owned()),
            bytes: Ok(payload.bytes.clone()),
        }];
    }
    found.exhibit = payload.bytes;
    Some(found)
}
