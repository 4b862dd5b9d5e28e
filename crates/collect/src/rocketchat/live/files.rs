//! Files of posts that were heard live. They are fetched at once, because a deletion takes them away, but beside the
//! connection, which has pings to answer: the post itself is handed over first, and again when its files have come.

use std::sync::mpsc::{Receiver, Sender, TryRecvError, channel};

use vedette_core::{Found, FoundFile, NewSource};

use super::super::api::Api;
use super::super::message::WantedFile;
use super::rooms::Tuned;
use crate::guard::shown;
use crate::{CollectError, Env, Secret};

/// Posts whose files wait; more of them are fetched in the next round.
const WAITING_MAX: usize = 256;

/// A post whose files are wanted.
pub(crate) struct Order {
    pub(crate) room: Tuned,
    pub(crate) frame: String,
    pub(crate) found: Found,
    pub(crate) wanted: Vec<WantedFile>,
}

/// Fetches files in a thread of its own, which ends with it.
pub(crate) struct Fetcher {
    orders: Sender<Order>,
    done: Receiver<Order>,
    waiting: usize,
}

impl Fetcher {
    pub(crate) fn start(source: &NewSource, secret: &Secret, env: Env) -> Result<Self, CollectError> {
        let mut api = Api::new(source, Some(secret), env)?;
        let (orders, taken) = channel::<Order>();
        let (send, done) = channel();
        let work = move || {
            for mut order in taken {
                order.found.files = order.wanted.drain(..).map(|file| fetch(&mut api, file)).collect();
                if send.send(order).is_err() {
                    return;
                }
            }
        };
        std::thread::Builder::new().name("live files".to_owned()).spawn(work).map_err(|error| {
            CollectError::Stopped(format!("no thread for fetching files could be started: {error}"))
        })?;
        Ok(Self { orders, done, waiting: 0 })
    }

    /// Has the files of a post fetched; with too many waiting they stay for the next round.
    pub(crate) fn order(&mut self, order: Order) {
        if self.waiting < WAITING_MAX && self.orders.send(order).is_ok() {
            self.waiting += 1;
        }
    }

    /// A post whose files have come.
    pub(crate) fn fetched(&mut self) -> Option<Order> {
        match self.done.try_recv() {
            Ok(order) => {
                self.waiting -= 1;
                Some(order)
            }
            Err(TryRecvError::Empty | TryRecvError::Disconnected) => None,
        }
    }
}

/// What a file looks like before it is fetched.
pub(crate) fn unfetched(api: &Api, file: &WantedFile) -> FoundFile {
    let url = api.resolve(&file.link).ok().map(|url| shown(&url));
    let (name, media_type) = (file.name.clone(), file.media_type.clone());
    FoundFile { name, media_type, url, bytes: Err("being fetched".to_owned()) }
}

fn fetch(api: &mut Api, file: WantedFile) -> FoundFile {
    let bytes = api.file(&file.link).map_err(|error| error.to_string());
    FoundFile { bytes, ..unfetched(api, &file) }
}
