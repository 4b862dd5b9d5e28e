//! What was collected as a web archive: WARC 1.1 (ISO 28500:2017), each record compressed as a member of its own, so
//! that every tool of web archiving reads it. The same items always give the same bytes.
//!
//! An item with its HTTP exchange is a `response`, with the `request` before it where that is known; one without is a
//! `resource`. After each stands a `metadata` record with its SHA-256 and its place in the log, by which the archive is
//! tied to the workspace it came from.

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;
use jiff::Timestamp;
use sha2::{Digest, Sha256};

use super::digest;

/// What stands at the head of the archive.
#[derive(Debug, Clone, Copy)]
pub struct WarcInfo<'a> {
    /// The program and its version.
    pub software: &'a str,
    /// What this archive is, in words.
    pub description: &'a str,
    /// Who made it, if that is to be told.
    pub operator: Option<&'a str>,
    /// File name of the archive, as it will be stored.
    pub file_name: &'a str,
    /// When it is made.
    pub made_at: Timestamp,
}

/// An exhibit to write.
#[derive(Debug, Clone, Copy)]
pub struct WarcItem<'a> {
    /// Where it was captured. Something without an address gets one, such as `urn:vedette:s3:p17`.
    pub url: &'a str,
    /// When it was captured.
    pub captured_at: Timestamp,
    /// Media type of the bytes.
    pub media_type: &'a str,
    /// The exhibit.
    pub bytes: &'a [u8],
    /// The HTTP exchange that brought it, when it is known. The bytes are then the body as it was read, without chunks
    /// and unpacked.
    pub http: Option<&'a WarcHttp>,
    /// Index of its leaf in the log.
    pub leaf: Option<u64>,
    /// Size of the tree that the leaf is proved against.
    pub tree_size: Option<u64>,
}

/// The answer that brought an exhibit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WarcHttp {
    /// Status.
    pub status: u16,
    /// Header lines to keep. Those of length, chunks and packing are written anew: the body is stored as it was read.
    pub headers: Vec<(String, String)>,
    /// The request that it answers, when it is known.
    pub request: Option<WarcRequest>,
}

/// A request as it was sent. Cookies and credentials are never written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WarcRequest {
    /// `GET`, …
    pub method: String,
    /// Header lines; that of the host is written from the address.
    pub headers: Vec<(String, String)>,
}

/// What was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WarcWritten {
    /// Records of items (`response` and `resource`).
    pub items: u64,
    /// All records.
    pub records: u64,
}

/// Writes an archive. Nothing is read but the items; `out` gets one gzip member a record.
pub fn write<'a, W: Write>(
    info: &WarcInfo<'_>,
    items: impl IntoIterator<Item = WarcItem<'a>>,
    out: &mut W,
) -> std::io::Result<WarcWritten> {
    let mut written = WarcWritten { items: 0, records: 1 };
    let info_id = write_info(info, out)?;
    for item in items {
        let id = write_item(&item, &info_id, out)?;
        if let Some(request) = item.http.and_then(|http| http.request.as_ref()) {
            write_request(request, &item, &id, &info_id, out)?;
            written.records += 1;
        }
        write_metadata(&item, &id, &info_id, out)?;
        written.items += 1;
        written.records += 2;
    }
    Ok(written)
}

fn write_info<W: Write>(info: &WarcInfo<'_>, out: &mut W) -> std::io::Result<String> {
    let mut fields = Fields(String::new());
    fields.add("software", info.software);
    fields.add("format", "WARC File Format 1.1");
    fields.add("conformsTo", "https://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/");
    fields.add("description", info.description);
    if let Some(operator) = info.operator {
        fields.add("operator", operator);
    }
    let date = date(info.made_at);
    let id = record_id(&["warcinfo", &date, info.file_name], fields.0.as_bytes());
    let mut header = Fields("WARC/1.1\r\n".to_owned());
    header.add("WARC-Type", "warcinfo");
    header.add("WARC-Record-ID", &id);
    header.add("WARC-Date", &date);
    header.add("WARC-Filename", info.file_name);
    header.add("Content-Type", "application/warc-fields");
    write_record(header, fields.0.as_bytes(), out)?;
    Ok(id)
}

fn write_item<W: Write>(item: &WarcItem<'_>, info_id: &str, out: &mut W) -> std::io::Result<String> {
    let kind = if item.http.is_some() { "response" } else { "resource" };
    let (date, url) = (date(item.captured_at), address(item.url));
    let id = record_id(&[kind, &date, &url], item.bytes);
    let mut header = Fields("WARC/1.1\r\n".to_owned());
    header.add("WARC-Type", kind);
    header.add("WARC-Record-ID", &id);
    header.add("WARC-Warcinfo-ID", info_id);
    header.add("WARC-Date", &date);
    header.add("WARC-Target-URI", &url);
    header.add("WARC-Payload-Digest", &digest::sha256(item.bytes));
    match item.http {
        Some(http) => {
            header.add("Content-Type", "application/http; msgtype=response");
            write_record(header, &http_block(http, item), out)?;
        }
        None => {
            header.add("Content-Type", item.media_type);
            write_record(header, item.bytes, out)?;
        }
    }
    Ok(id)
}

fn write_request<W: Write>(
    request: &WarcRequest,
    item: &WarcItem<'_>,
    of: &str,
    info_id: &str,
    out: &mut W,
) -> std::io::Result<()> {
    let (date, url) = (date(item.captured_at), address(item.url));
    let (host, target) = host_and_target(&url);
    let mut head = Fields(format!("{} {target} HTTP/1.1\r\n", request.method));
    head.add("Host", host);
    let secret = ["host", "cookie", "authorization", "proxy-authorization"];
    for (name, value) in
        request.headers.iter().filter(|(name, _)| !secret.contains(&name.to_ascii_lowercase().as_str()))
    {
        head.add(name, value);
    }
    head.0.push_str("\r\n");
    let mut header = Fields("WARC/1.1\r\n".to_owned());
    header.add("WARC-Type", "request");
    header.add("WARC-Record-ID", &record_id(&["request", &date, &url, of], head.0.as_bytes()));
    header.add("WARC-Concurrent-To", of);
    header.add("WARC-Warcinfo-ID", info_id);
    header.add("WARC-Date", &date);
    header.add("WARC-Target-URI", &url);
    header.add("Content-Type", "application/http; msgtype=request");
    write_record(header, head.0.as_bytes(), out)
}

/// Host with its port, and the path with its query, as a request line and its `Host` have them.
fn host_and_target(url: &str) -> (&str, &str) {
    let after = url.split_once("://").map_or(url, |(_, after)| after);
    let after = after.split('#').next().unwrap_or(after);
    match after.find(['/', '?']) {
        Some(at) => after.split_at(at),
        None => (after, "/"),
    }
}

fn write_metadata<W: Write>(item: &WarcItem<'_>, of: &str, info_id: &str, out: &mut W) -> std::io::Result<()> {
    let mut fields = Fields(String::new());
    fields.add("sha256", &crate::gather::sha256_hex(item.bytes));
    if let Some(leaf) = item.leaf {
        fields.add("leaf-index", &leaf.to_string());
    }
    if let Some(tree_size) = item.tree_size {
        fields.add("tree-size", &tree_size.to_string());
    }
    let (date, url) = (date(item.captured_at), address(item.url));
    let mut header = Fields("WARC/1.1\r\n".to_owned());
    header.add("WARC-Type", "metadata");
    header.add("WARC-Record-ID", &record_id(&["metadata", &date, &url, of], fields.0.as_bytes()));
    header.add("WARC-Concurrent-To", of);
    header.add("WARC-Warcinfo-ID", info_id);
    header.add("WARC-Date", &date);
    header.add("WARC-Target-URI", &url);
    header.add("Content-Type", "application/warc-fields");
    write_record(header, fields.0.as_bytes(), out)
}

/// One record as a gzip member without name and time, so that the same record is always the same bytes.
fn write_record<W: Write>(mut header: Fields, block: &[u8], out: &mut W) -> std::io::Result<()> {
    header.add("WARC-Block-Digest", &digest::sha256(block));
    header.add("Content-Length", &block.len().to_string());
    let mut member = GzEncoder::new(out, Compression::default());
    member.write_all(header.0.as_bytes())?;
    member.write_all(b"\r\n")?;
    member.write_all(block)?;
    member.write_all(b"\r\n\r\n")?;
    member.finish()?;
    Ok(())
}

/// The HTTP answer whose body is the exhibit. What described the body on the wire (chunks, packing, length) no longer
/// holds for the body as it was read.
fn http_block(http: &WarcHttp, item: &WarcItem<'_>) -> Vec<u8> {
    let mut header = Fields(format!("HTTP/1.1 {} {}\r\n", http.status, reason(http.status)));
    let rewritten = ["content-length", "transfer-encoding", "content-encoding", "set-cookie", "set-cookie2"];
    let kept = http.headers.iter().filter(|(name, _)| !rewritten.contains(&name.to_ascii_lowercase().as_str()));
    let mut has_type = false;
    for (name, value) in kept {
        has_type |= name.eq_ignore_ascii_case("content-type");
        header.add(name, value);
    }
    if !has_type {
        header.add("Content-Type", item.media_type);
    }
    header.add("Content-Length", &item.bytes.len().to_string());
    [header.0.as_bytes(), b"\r\n", item.bytes].concat()
}

fn reason(status: u16) -> &'static str {
    match status {
        200 => "OK",
        206 => "Partial Content",
        301 => "Moved Permanently",
        302 => "Found",
        303 => "See Other",
        307 => "Temporary Redirect",
        308 => "Permanent Redirect",
        304 => "Not Modified",
        403 => "Forbidden",
        404 => "Not Found",
        410 => "Gone",
        _ => "Answered",
    }
}

/// Lines of a name and a value. A value cannot begin a line of its own.
struct Fields(String);

impl Fields {
    fn add(&mut self, name: &str, value: &str) {
        let plain = |text: &str| text.chars().map(|ch| if ch.is_control() { ' ' } else { ch }).collect::<String>();
        let name: String = name.chars().filter(|ch| ch.is_ascii_graphic() && *ch != ':').collect();
        self.0.push_str(&format!("{name}: {}\r\n", plain(value).trim()));
    }
}

/// An address without blanks: they would end it for those who read it.
fn address(url: &str) -> String {
    url.trim()
        .chars()
        .map(|ch| if ch.is_whitespace() || ch.is_control() { "%20".to_owned() } else { ch.to_string() })
        .collect()
}

/// W3C profile of ISO 8601, to the second, as WARC 1.0 readers expect it too.
fn date(time: Timestamp) -> String {
    time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// A name for a record that depends on nothing but what it is: a UUID of version 8 (RFC 9562) from a SHA-256.
fn record_id(what: &[&str], bytes: &[u8]) -> String {
    let mut hasher = Sha256::new();
    for part in what {
        hasher.update((part.len() as u64).to_le_bytes());
        hasher.update(part.as_bytes());
    }
    hasher.update(Sha256::digest(bytes));
    let mut uuid: Vec<u8> = hasher.finalize().iter().copied().take(16).collect();
    for (at, keep, set) in [(6, 0x0f, 0x80), (8, 0x3f, 0x80)] {
        if let Some(byte) = uuid.get_mut(at) {
            *byte = (*byte & keep) | set;
        }
    }
    let hex: String = uuid.iter().map(|byte| format!("{byte:02x}")).collect();
    let part = |from: usize, to: usize| hex.get(from..to).unwrap_or_default();
    format!("<urn:uuid:{}-{}-{}-{}-{}>", part(0, 8), part(8, 12), part(12, 16), part(16, 20), part(20, 32))
}
