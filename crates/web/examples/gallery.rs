//! Serves every page over an invented desk, to be looked at in a browser: `cargo run -p vedette-web --example gallery`.
//! With a folder named, writes the pages there instead: `… --example gallery -- OUT_DIR`.

#![allow(clippy::unwrap_used, reason = "the invented desk is shared with the tests")]

#[path = "../tests/fake/mod.rs"]
mod fake;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::Request;
use tower::ServiceExt;

/// Where the gallery answers.
const LISTEN: &str = "127.0.0.1:8469";
/// Pages written, with the name of their file.
const PAGES: [(&str, &str); 33] = [
    ("/register", "register"),
    ("/register/new", "register-new"),
    ("/register/actor/grey-lantern", "register-entry"),
    ("/campaigns", "campaigns"),
    ("/campaigns/k3", "campaign"),
    ("/campaigns/i42", "campaign-suggested"),
    ("/item/i42/points", "points"),
    ("/calibration", "calibration"),
    ("/", "inbox"),
    ("/item/i42", "item"),
    ("/item/i31", "item-translated"),
    ("/item/i31/translation/3131313131313131313131313131313131313131313131313131313131313131", "translation"),
    ("/search", "search-empty"),
    ("/search?q=stadium", "search"),
    ("/families", "families"),
    ("/family/f12", "family"),
    ("/family/f12/diff?a=i12&b=i42", "family-diff"),
    ("/family/f12/diff?a=i31&b=i42", "family-diff-translated"),
    ("/series", "series"),
    ("/series/the-wick", "series-one"),
    ("/sources", "sources"),
    ("/source/s3", "source-failing"),
    ("/source/s2", "source-ended"),
    ("/alerts", "alerts"),
    ("/timeline", "timeline"),
    ("/timeline?days=90", "timeline-90"),
    ("/reports", "reports"),
    ("/report/r7", "report"),
    ("/report/r7/edit", "report-edit"),
    ("/help", "help"),
    ("/item/i99", "not-found"),
    ("/assets/app.css", "assets/app.css"),
    ("/assets/logo.svg", "assets/logo.svg"),
];

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let listen: SocketAddr = LISTEN.parse()?;
    let settings = vedette_web::Settings { listen, who: "A. Analyst".to_owned() };
    let router = vedette_web::router_over(Arc::new(fake::FakeDesk::default()), settings);
    match std::env::args().nth(1) {
        Some(dir) => write(&router, &PathBuf::from(dir)).await,
        None => {
            let listener = tokio::net::TcpListener::bind(listen).await?;
            println!("serving http://{listen}");
            Ok(vedette_web::serve(listener, router, std::future::pending()).await?)
        }
    }
}

async fn write(router: &Router, dir: &Path) -> Result<(), Box<dyn std::error::Error>> {
    std::fs::create_dir_all(dir.join("assets"))?;
    for (address, name) in PAGES {
        let request = Request::get(address).header("host", LISTEN).body(Body::empty())?;
        let body = to_bytes(router.clone().oneshot(request).await?.into_body(), 16 << 20).await?;
        let name = if name.contains('.') { name.to_owned() } else { format!("{name}.html") };
        // Opened as files, the pages find their style beside them.
        let text = String::from_utf8(body.to_vec())?.replace("=\"/assets/", "=\"assets/");
        std::fs::write(dir.join(&name), text)?;
        println!("{}", dir.join(name).display());
    }
    Ok(())
}
