//! What a page says when it cannot be shown: what happened, what to do next, and the right status for programs.

use askama::Template;
use axum::Json;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};
use vedette_core::StoreError;
use vedette_desk::DeskError;

use crate::pages::Top;

/// A page or an answer that failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WebError {
    /// There is nothing under this address.
    #[error("there is no {what} `{id}` here")]
    NotFound {
        /// Such as `item`.
        what: &'static str,
        /// As asked for.
        id: String,
    },
    /// The form or address makes no sense.
    #[error("{0}")]
    Bad(String),
    /// The desk could not do it.
    #[error(transparent)]
    Desk(#[from] DeskError),
    /// A page could not be written.
    #[error("cannot write the page: {0}")]
    Render(#[from] askama::Error),
    /// The work on a request ended without an answer.
    #[error("the work on this page was interrupted")]
    Interrupted,
}

impl WebError {
    /// The HTTP status.
    pub(crate) fn status(&self) -> StatusCode {
        match self {
            Self::NotFound { .. } => StatusCode::NOT_FOUND,
            Self::Bad(_) => StatusCode::BAD_REQUEST,
            Self::Render(_) | Self::Interrupted => StatusCode::INTERNAL_SERVER_ERROR,
            Self::Desk(error) => match error {
                DeskError::Store(StoreError::NotFound { .. }) => StatusCode::NOT_FOUND,
                DeskError::Store(StoreError::Refused(_)) => StatusCode::CONFLICT,
                DeskError::Store(StoreError::Full(_)) => StatusCode::INSUFFICIENT_STORAGE,
                DeskError::Forbidden { .. } => StatusCode::FORBIDDEN,
                DeskError::Unusable(_) | DeskError::Query(_) | DeskError::Report(_) => StatusCode::BAD_REQUEST,
                _ => StatusCode::INTERNAL_SERVER_ERROR,
            },
        }
    }

    /// What to do next.
    pub(crate) fn hint(&self) -> &'static str {
        match self.status() {
            StatusCode::NOT_FOUND => {
                "It may never have been here: search for its text, or look at the sources, one may be failing or paused."
            }
            StatusCode::BAD_REQUEST => "Go back, change what the message names, and send it again.",
            StatusCode::FORBIDDEN => "Ask an administrator of the desk for the role, or for the act itself.",
            StatusCode::CONFLICT => "Reload the page: what you saw may have changed meanwhile.",
            StatusCode::INSUFFICIENT_STORAGE => "Make space on the disk; what was collected is intact.",
            _ => "Look at the output of `vedette serve`, and run `vedette doctor`.",
        }
    }

    /// Logged here, where it is answered, and only when the machine is to blame.
    fn note(&self) {
        if self.status().is_server_error() {
            tracing::error!(error = %self, "a page failed");
        }
    }
}

#[derive(Template)]
#[template(path = "error.html")]
struct ErrorPage {
    top: Top,
    status: u16,
    heading: &'static str,
    message: String,
    hint: &'static str,
}

impl IntoResponse for WebError {
    fn into_response(self) -> Response {
        self.note();
        let status = self.status();
        let page = ErrorPage {
            top: Top::new("", "", ""),
            status: status.as_u16(),
            heading: match status {
                StatusCode::NOT_FOUND => "Not here",
                StatusCode::BAD_REQUEST => "That could not be understood",
                StatusCode::FORBIDDEN => "Not allowed",
                StatusCode::CONFLICT => "That does not fit what is stored",
                _ => "Something failed",
            },
            message: self.to_string(),
            hint: self.hint(),
        };
        match page.render() {
            Ok(html) => (status, Html(html)).into_response(),
            Err(_) => (status, self.to_string()).into_response(),
        }
    }
}

/// The same for programs: one JSON object.
#[derive(Debug)]
pub(crate) struct ApiError(pub(crate) WebError);

impl<E: Into<WebError>> From<E> for ApiError {
    fn from(error: E) -> Self {
        Self(error.into())
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        self.0.note();
        let mut body = serde_json::json!({ "error": self.0.to_string(), "hint": self.0.hint() });
        if let WebError::Desk(DeskError::Query(query)) = &self.0 {
            body["column"] = query.column.into();
        }
        (self.0.status(), Json(body)).into_response()
    }
}
