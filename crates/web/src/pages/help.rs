//! Help: the keys, the query language, what the words mean.

use askama::Template;
use axum::extract::State;

use crate::app::{App, Shown, show};
use crate::pages::Top;

#[derive(Template)]
#[template(path = "help.html")]
struct Page {
    top: Top,
}

pub(crate) async fn page(State(app): State<App>) -> Shown {
    show(&Page { top: app.top("help") })
}
