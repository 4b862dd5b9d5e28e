//! How a request reaches the desk: on a thread of its own, because the desk's calls wait for disks, and under the name of
//! the person who sits at this machine.

use std::sync::Arc;

use askama::Template;
use axum::http::Uri;
use axum::response::{Html, IntoResponse, Redirect, Response};
use tokio::sync::Semaphore;
use vedette_core::{ParseIdError, Sha256};
use vedette_desk::{DeskResult, Picture, Who};

use crate::door::Door;
use crate::error::WebError;
use crate::pages::Top;

/// Pictures drawn at the same time: each one starts a sandbox, and a family may show a hundred.
const PICTURES_AT_ONCE: usize = 4;

/// What every handler is given.
#[derive(Clone)]
pub(crate) struct App {
    door: Arc<dyn Door>,
    who: Arc<str>,
    pictures: Arc<Semaphore>,
}

impl App {
    pub(crate) fn new(door: Arc<dyn Door>, who: &str) -> Self {
        Self { door, who: who.into(), pictures: Arc::new(Semaphore::new(PICTURES_AT_ONCE)) }
    }

    /// The head of a page.
    pub(crate) fn top(&self, section: &'static str) -> Top {
        Top::new(section, &self.who, "")
    }

    /// Asks the desk.
    pub(crate) async fn ask<T: Send + 'static>(
        &self,
        act: impl FnOnce(&dyn Door) -> DeskResult<T> + Send + 'static,
    ) -> Result<T, WebError> {
        let door = self.door.clone();
        let done = tokio::task::spawn_blocking(move || act(door.as_ref())).await;
        Ok(done.map_err(|_| WebError::Interrupted)??)
    }

    /// Asks the desk for a picture, when one of the places for that is free.
    pub(crate) async fn picture(&self, hash: Sha256) -> Result<Picture, WebError> {
        let place = self.pictures.acquire().await.map_err(|_| WebError::Interrupted)?;
        let picture = self.ask(move |door| door.picture(hash)).await;
        drop(place);
        picture
    }

    /// Asks the desk for something that it records under the person's name.
    pub(crate) async fn act<T: Send + 'static>(
        &self,
        act: impl FnOnce(&dyn Door, &Who) -> DeskResult<T> + Send + 'static,
    ) -> Result<T, WebError> {
        let name = self.who.clone();
        self.ask(move |door| act(door, &door.who(&name)?)).await
    }
}

/// A page that a handler returns.
pub(crate) type Shown = Result<Response, WebError>;

/// Writes a page.
pub(crate) fn show(page: &impl Template) -> Shown {
    Ok(Html(page.render()?).into_response())
}

/// Goes to another page after a write, so that reloading it does not write again.
pub(crate) fn go(to: &str) -> Response {
    Redirect::to(to).into_response()
}

/// An id from an address; what is no id is not found.
pub(crate) fn id<T: std::str::FromStr<Err = ParseIdError>>(what: &'static str, text: &str) -> Result<T, WebError> {
    text.parse().map_err(|_| WebError::NotFound { what, id: text.chars().take(80).collect() })
}

/// Answers addresses that are none of ours.
pub(crate) async fn nothing_here(uri: Uri) -> WebError {
    WebError::NotFound { what: "page", id: uri.path().chars().take(200).collect() }
}
