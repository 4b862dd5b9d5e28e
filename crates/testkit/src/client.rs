//! A minimal HTTP client for tests: one request, one connection, no redirects, no cleverness, so that a test sees exactly what a
//! mock server sent.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use crate::TestkitError;

/// How long a mock on loopback may take before a test gives up.
const TIMEOUT: Duration = Duration::from_secs(20);
/// Larger than any answer of the mocks, the 100 MB message included.
const ANSWER_BYTES_MAX: u64 = 256 << 20;

/// What came back.
#[derive(Debug, Clone)]
pub struct Got {
    /// HTTP status.
    pub status: u16,
    /// Headers, names in lower case.
    pub headers: Vec<(String, String)>,
    /// Body bytes.
    pub body: Vec<u8>,
}

impl Got {
    /// The body as JSON; `null` when it is none.
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }

    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The first header of that lower-case name.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_str())
    }
}

/// `GET url`.
pub fn get(url: &str, headers: &[(String, String)]) -> Result<Got, TestkitError> {
    ask("GET", url, headers, &[])
}

/// `POST url` with a JSON body.
pub fn post(url: &str, headers: &[(String, String)], body: &serde_json::Value) -> Result<Got, TestkitError> {
    let mut headers = headers.to_vec();
    headers.push(("content-type".to_owned(), "application/json".to_owned()));
    ask("POST", url, &headers, body.to_string().as_bytes())
}

fn ask(method: &str, url: &str, headers: &[(String, String)], body: &[u8]) -> Result<Got, TestkitError> {
    let wrong = |reason: String| TestkitError::NoAnswer { url: url.to_owned(), reason };
    let address = url.strip_prefix("http://").ok_or_else(|| wrong("only http:// is spoken here".to_owned()))?;
    let (host, path) = address.split_once('/').unwrap_or((address, ""));
    let io = |error: std::io::Error| wrong(error.to_string());
    let mut stream = TcpStream::connect(host).map_err(io)?;
    stream.set_read_timeout(Some(TIMEOUT)).map_err(io)?;
    let mut head =
        format!("{method} /{path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\ncontent-length: {}\r\n", body.len());
    for (name, value) in headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    head.push_str("\r\n");
    stream.write_all(head.as_bytes()).map_err(io)?;
    stream.write_all(body).map_err(io)?;
    let mut raw = Vec::new();
    stream.take(ANSWER_BYTES_MAX).read_to_end(&mut raw).map_err(io)?;
    parsed(raw).map_err(wrong)
}

fn parsed(mut raw: Vec<u8>) -> Result<Got, String> {
    let end = raw.windows(4).position(|four| four == b"\r\n\r\n").ok_or("no end of the headers")?;
    let body = raw.split_off(end + 4);
    let head = String::from_utf8_lossy(&raw);
    let mut lines = head.lines();
    let status = lines.next().and_then(|line| line.split(' ').nth(1)?.parse().ok()).ok_or("no status line")?;
    let headers: Vec<(String, String)> = lines
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
        .collect();
    let announced =
        headers.iter().find(|(name, _)| name == "content-length").and_then(|(_, value)| value.parse::<usize>().ok());
    match announced {
        Some(announced) if body.len() < announced => Err(format!("cut off after {} of {announced} bytes", body.len())),
        _ => Ok(Got { status, headers, body }),
    }
}
