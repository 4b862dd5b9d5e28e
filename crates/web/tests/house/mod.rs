//! The pages over the invented desk, asked as a browser asks.

use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode};
use tower::ServiceExt;
use vedette_web::{Settings, router_over};

use crate::fake::FakeDesk;

pub const HOST: &str = "127.0.0.1:8460";
pub const ORIGIN: &str = "http://127.0.0.1:8460";

/// The pages over an invented desk.
pub struct House {
    router: Router,
    /// The desk.
    pub desk: Arc<FakeDesk>,
}

/// What a browser gets.
pub struct Answer {
    pub status: StatusCode,
    pub headers: axum::http::HeaderMap,
    pub body: String,
}

pub fn house() -> House {
    house_of(FakeDesk::default())
}

pub fn house_of(desk: FakeDesk) -> House {
    let desk = Arc::new(desk);
    let settings = Settings { listen: HOST.parse().unwrap(), who: "A. Analyst".to_owned() };
    House { router: router_over(desk.clone(), settings), desk }
}

impl House {
    pub fn send(&self, request: Request<Body>) -> Answer {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let response = self.router.clone().oneshot(request).await.unwrap();
            let (parts, body) = response.into_parts();
            let bytes = to_bytes(body, 16 << 20).await.unwrap();
            let body = String::from_utf8_lossy(&bytes).into_owned();
            Answer { status: parts.status, headers: parts.headers, body }
        })
    }

    pub fn get(&self, address: &str) -> Answer {
        self.send(Request::get(address).header("host", HOST).body(Body::empty()).unwrap())
    }

    pub fn post(&self, address: &str, form: &str) -> Answer {
        let request = Request::post(address)
            .header("host", HOST)
            .header("origin", ORIGIN)
            .header("content-type", "application/x-www-form-urlencoded");
        self.send(request.body(Body::from(form.to_owned())).unwrap())
    }

    pub fn written(&self) -> Vec<String> {
        self.desk.written.lock().unwrap().clone()
    }
}

impl Answer {
    pub fn location(&self) -> &str {
        self.headers.get("location").map_or("", |value| value.to_str().unwrap())
    }
}
