//! The style, the script and the mark, built into the program.

use axum::Router;
use axum::http::header::CONTENT_TYPE;
use axum::routing::get;

use crate::app::App;

const STYLE: &str = include_str!("../assets/app.css");
const SCRIPT: &str = include_str!("../assets/app.js");
const MARK: &str = include_str!("../assets/logo.svg");

pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/assets/app.css", get(|| async { ([(CONTENT_TYPE, "text/css; charset=utf-8")], STYLE) }))
        .route("/assets/app.js", get(|| async { ([(CONTENT_TYPE, "text/javascript; charset=utf-8")], SCRIPT) }))
        .route("/assets/logo.svg", get(|| async { ([(CONTENT_TYPE, "image/svg+xml")], MARK) }))
}
