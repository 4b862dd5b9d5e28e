//! What tests share: a clock that only sleeping moves, a source to collect, and a desk that keeps what it is handed.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use jiff::Timestamp;
use vedette_core::{
    Authorisation, AuthorityKind, Cursor, Found, Haul, NewSource, Source, SourceHealth, SourceId, SourceKind,
    SourceState,
};

use crate::guard::{Pace, pace_later};
use crate::{CollectError, Connector, Env};

/// A world without real time: what was slept and which names were looked up.
#[derive(Clone)]
pub(crate) struct World {
    pub(crate) now: Arc<Mutex<Timestamp>>,
    pub(crate) slept: Arc<Mutex<Vec<Duration>>>,
    pub(crate) lookups: Arc<Mutex<Vec<String>>>,
    pub(crate) names: Arc<Mutex<BTreeMap<String, Vec<SocketAddr>>>>,
}

impl World {
    pub(crate) fn new() -> Self {
        Self {
            now: Arc::new(Mutex::new(Timestamp::now())),
            slept: Arc::default(),
            lookups: Arc::default(),
            names: Arc::default(),
        }
    }

    pub(crate) fn env(&self) -> Env {
        let (now, clock, slept) = (self.now.clone(), self.now.clone(), self.slept.clone());
        let (lookups, names) = (self.lookups.clone(), self.names.clone());
        Env {
            now: Arc::new(move || *now.lock().unwrap()),
            sleep: Arc::new(move |time| {
                let mut clock = clock.lock().unwrap();
                *clock = pace_later(*clock, time);
                slept.lock().unwrap().push(time);
                true
            }),
            lookup: Arc::new(move |host, _| {
                lookups.lock().unwrap().push(host.to_owned());
                Ok(names.lock().unwrap().get(host).cloned().unwrap_or_default())
            }),
            pace: Arc::new(Pace::default()),
            board: Arc::default(),
            browsers: Arc::default(),
        }
    }

    pub(crate) fn name(&self, host: &str, address: SocketAddr) {
        self.names.lock().unwrap().insert(host.to_owned(), vec![address]);
    }

    pub(crate) fn slept_ms(&self) -> u64 {
        self.slept.lock().unwrap().iter().map(|time| u64::try_from(time.as_millis()).unwrap()).sum()
    }
}

pub(crate) fn source(kind: SourceKind, address: &str, room: Option<&str>) -> Source {
    Source {
        id: SourceId(3),
        asked: NewSource {
            kind,
            address: address.to_owned(),
            room: room.map(str::to_owned),
            name: "Lantern Media".to_owned(),
            outlet: None,
            countries: Vec::new(),
            allow_private: vec!["127.0.0.1".to_owned()],
            secret: None,
            authorisation: Authorisation {
                authorised_by: "A. Supervisor".to_owned(),
                basis: "public channel".to_owned(),
                kind: AuthorityKind::Public,
                recorded_at: Timestamp::UNIX_EPOCH,
                until: None,
            },
            reach: vedette_core::Reach::default(),
            keeping: vedette_core::Keeping::default(),
        },
        state: SourceState::Active,
        added_at: Timestamp::UNIX_EPOCH,
        health: SourceHealth::default(),
    }
}

/// Keeps hauls the way the desk does: the cursor counts only with its haul.
#[derive(Default)]
pub(crate) struct Kept {
    pub(crate) hauls: Vec<Haul>,
    pub(crate) cursor: Option<Cursor>,
}

impl Kept {
    /// One round; hauls and cursor of earlier rounds stay.
    pub(crate) fn round(&mut self, connector: &mut dyn Connector) -> Result<(), CollectError> {
        let cursor = self.cursor.clone();
        connector.collect(cursor.as_ref(), &mut |haul| {
            self.cursor = haul.cursor.clone().or(self.cursor.take());
            self.hauls.push(haul);
            Ok(())
        })
    }

    pub(crate) fn found(&self) -> Vec<&Found> {
        self.hauls.iter().flat_map(|haul| &haul.found).collect()
    }

    pub(crate) fn texts(&self) -> Vec<&str> {
        self.found().into_iter().map(|found| found.text.as_str()).collect()
    }

    pub(crate) fn notes(&self) -> Vec<&str> {
        self.hauls.iter().flat_map(|haul| &haul.notes).map(String::as_str).collect()
    }

    pub(crate) fn forget_hauls(&mut self) {
        self.hauls.clear();
    }
}
