//! The pages and the small JSON API of a desk: server-rendered, readable without script, and reachable from this machine
//! only. Every rule of the domain (who may decide what, what is audited) is the desk's; a page shows and asks.
//!
//! What was collected is hostile: all of it is escaped by the templates, addresses are shown defanged and never as
//! links, pictures are blurred until a person clicks and are drawn anew by the desk, and the exhibits' own bytes are
//! never sent to a browser.

mod api;
mod app;
mod assets;
mod door;
mod error;
mod fields;
mod guard;
mod highlight;
mod pages;
mod word_diff;
mod words;

use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::from_fn_with_state;
use vedette_desk::Desk;

pub use door::Door;
pub use error::WebError;

/// Bytes of a form: the longest report that is edited on a page fits many times.
pub const FORM_BYTES_MAX: usize = 1024 * 1024;

/// Where the pages answer and who sits at the machine.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The address that is listened on; its port is the only one accepted in the Host header.
    pub listen: SocketAddr,
    /// Name of the local person: decisions are recorded under it, with the role the desk gives it.
    pub who: String,
}

/// The pages and the API over a desk.
pub fn router(desk: Arc<Desk>, settings: Settings) -> Router {
    router_over(desk, settings)
}

/// The same over anything that answers like a desk.
pub fn router_over(door: Arc<dyn Door>, settings: Settings) -> Router {
    let app = app::App::new(door, &settings.who);
    Router::new()
        .merge(pages::routes())
        .merge(api::routes())
        .merge(assets::routes())
        .fallback(app::nothing_here)
        .with_state(app)
        .layer(DefaultBodyLimit::max(FORM_BYTES_MAX))
        .layer(from_fn_with_state(guard::Doors::at(settings.listen.port()), guard::guard))
}

/// Serves until `shutdown` is done; requests that are being answered are finished.
pub async fn serve(
    listener: tokio::net::TcpListener,
    router: Router,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    axum::serve(listener, router).with_graceful_shutdown(shutdown).await
}
