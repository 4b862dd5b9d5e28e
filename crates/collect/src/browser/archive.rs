//! What a capture fetched, as a web archive: each exchange with its request, as the browser was given it, and the log of the
//! capture, which also says what was refused.

use jiff::Timestamp;

use super::taken::Taken;
use crate::guard::shown;
use crate::warc::write::{WarcHttp, WarcInfo, WarcItem, WarcRequest, write};

/// Address of the capture's own log in the archive.
const LOG_ADDRESS: &str = "urn:vedette:capture:log";

/// The archive, compressed.
pub(crate) fn archive(taken: &Taken, file_name: &str, at: Timestamp) -> std::io::Result<Vec<u8>> {
    let description = format!("a capture of {} by {}", taken.log.asked, taken.log.browser);
    let info = WarcInfo {
        software: concat!("vedette/", env!("CARGO_PKG_VERSION")),
        description: &description,
        operator: None,
        file_name,
        made_at: at,
    };
    let exchanges: Vec<(String, WarcHttp)> = taken
        .exchanges
        .iter()
        .map(|exchange| {
            let request = WarcRequest { method: "GET".to_owned(), headers: exchange.asked.clone() };
            let headers = exchange.headers.clone();
            (shown(&exchange.url), WarcHttp { status: exchange.status, headers, request: Some(request) })
        })
        .collect();
    let log = serde_json::to_vec_pretty(&taken.log).expect("numbers and text always become JSON");
    let items = taken.exchanges.iter().zip(&exchanges).map(|(exchange, (url, http))| WarcItem {
        url,
        captured_at: exchange.at,
        media_type: "application/octet-stream",
        bytes: &exchange.body,
        http: Some(http),
        leaf: None,
        tree_size: None,
    });
    let log = WarcItem {
        url: LOG_ADDRESS,
        captured_at: at,
        media_type: "application/json",
        bytes: &log,
        http: None,
        leaf: None,
        tree_size: None,
    };
    let mut out = Vec::new();
    write(&info, items.chain([log]), &mut out)?;
    Ok(out)
}
