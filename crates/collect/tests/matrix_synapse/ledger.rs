//! Keeps hauls the way the desk does: a version is told by its content, the cursor counts only with its haul.

use std::collections::BTreeMap;

use vedette_collect::{CollectError, Connector, Env, Secret, connector_for};
use vedette_core::{Cursor, Found, GapNote, Haul, PageKeep, Source, VersionState};

/// What makes two sightings the same version, as `preserve::canonical` has it.
type Key = (VersionState, String, Option<jiff::Timestamp>, Vec<Option<Vec<u8>>>);

#[derive(Default)]
pub struct Ledger {
    /// Versions of each post, in the order in which they were stored.
    pub posts: BTreeMap<String, Vec<Found>>,
    pub cursor: Option<Cursor>,
    pub notes: Vec<String>,
    pub gaps: Vec<GapNote>,
    pub pages: Vec<(String, PageKeep)>,
    /// Versions that were new in the last round.
    pub new: usize,
}

fn key(found: &Found) -> Key {
    let files = found.files.iter().map(|file| file.bytes.clone().ok()).collect();
    (found.state, found.text.clone(), found.edited_at, files)
}

impl Ledger {
    fn take(&mut self, haul: Haul) {
        for found in haul.found {
            let versions = self.posts.entry(found.native_id.clone()).or_default();
            if !versions.iter().any(|known| key(known) == key(&found)) {
                versions.push(found);
                self.new += 1;
            }
        }
        self.cursor = haul.cursor.or(self.cursor.take());
        self.notes.extend(haul.notes);
        self.gaps.extend(haul.gaps);
        self.pages.push((String::from_utf8(haul.page).unwrap(), haul.page_keep));
    }

    pub fn round(&mut self, source: &Source, secret: &Secret) -> Result<(), CollectError> {
        self.new = 0;
        let cursor = self.cursor.clone();
        let mut connector = connector(source, secret);
        connector.collect(cursor.as_ref(), &mut |haul| {
            self.take(haul);
            Ok(())
        })
    }

    /// A round that ends like a crash at its haul number `at`, before it is stored or just after. `false` when the round
    /// had fewer hauls.
    pub fn crashing_round(&mut self, source: &Source, secret: &Secret, at: usize, stored: bool) -> bool {
        let (cursor, mut count) = (self.cursor.clone(), 0);
        let outcome = connector(source, secret).collect(cursor.as_ref(), &mut |haul| {
            count += 1;
            if count > at {
                if stored {
                    self.take(haul);
                }
                return Err(CollectError::Stopped("the power went out".to_owned()));
            }
            self.take(haul);
            Ok(())
        });
        outcome.is_err()
    }

    /// The states and texts of a post, oldest first.
    pub fn states(&self, id: &str) -> Vec<(VersionState, &str)> {
        self.posts.get(id).into_iter().flatten().map(|found| (found.state, found.text.as_str())).collect()
    }

    /// Everything that counts as evidence, without the order in which it came.
    pub fn evidence(&self) -> BTreeMap<String, (Vec<String>, String)> {
        let all = self.posts.iter().map(|(id, versions)| {
            let mut keys: Vec<String> = versions.iter().map(|found| format!("{:?}", key(found))).collect();
            let last = keys.last().cloned().unwrap_or_default();
            keys.sort();
            (id.clone(), (keys, last))
        });
        all.collect()
    }
}

pub fn connector(source: &Source, secret: &Secret) -> Box<dyn Connector> {
    connector_for(source, Some(secret), Env::real()).unwrap()
}
