//! Keeping live connections and folder watches up while sources come and go: one thread for each server and account, one
//! for each folder. What they hear makes a round due at once.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{Scope, ScopedJoinHandle};
use std::time::{Duration, Instant};

use vedette_core::{Source, SourceId, SourceKind};
use vedette_desk::{Desk, Who};

use crate::commands::sources::secret_of;
use crate::following::Following;

/// Time before a connection that ended with an error is tried again: a person may have to act.
const REST: Duration = Duration::from_secs(120);
/// Live connections and folder watches at a time; sources beyond are followed by rounds alone.
const EARS_MAX: usize = 64;
/// Stack of a listening thread.
const STACK_BYTES: usize = 1024 * 1024;

/// One thread that listens.
struct Ear<'scope> {
    ids: Vec<SourceId>,
    stop: Arc<AtomicBool>,
    hand: Option<ScopedJoinHandle<'scope, ()>>,
    rest_until: Option<Instant>,
}

/// All threads that listen, by what they listen to.
#[derive(Default)]
pub struct Listening<'scope> {
    ears: BTreeMap<String, Ear<'scope>>,
}

impl<'scope> Listening<'scope> {
    /// Starts what should be listened to and is not, ends what should no longer be.
    pub fn keep<'env>(
        &mut self,
        scope: &'scope Scope<'scope, 'env>,
        following: &'env Following,
        desk: &'env Desk,
        who: &'env Who,
        sources: &[Source],
    ) {
        let mut wanted: BTreeMap<String, Vec<&Source>> = BTreeMap::new();
        for source in sources {
            let key = match source.asked.kind {
                SourceKind::Folder => Some(format!("folder {}", source.asked.address)),
                _ => vedette_collect::live_key(source),
            };
            if let Some(key) = key {
                wanted.entry(key).or_default().push(source);
            }
        }
        for (key, ear) in &mut self.ears {
            let ids = wanted.get(key).map(|sources| sources.iter().map(|source| source.id).collect::<Vec<_>>());
            if ids.as_ref() != Some(&ear.ids) {
                ear.stop.store(true, Ordering::SeqCst);
            }
            if ear.hand.as_ref().is_some_and(ScopedJoinHandle::is_finished) {
                ear.hand = None;
                ear.rest_until = Some(Instant::now() + REST);
            }
        }
        // What was told to end makes room at once; what ended by itself rests first.
        self.ears.retain(|_, ear| {
            let over = ear.stop.load(Ordering::SeqCst) || ear.rest_until.is_some_and(|until| until <= Instant::now());
            ear.hand.is_some() || !over
        });
        for (key, sources) in wanted {
            if self.ears.len() >= EARS_MAX {
                break;
            }
            self.ears.entry(key).or_insert_with(|| Ear::start(scope, following, desk, who, &sources));
        }
    }

    /// Ends all of them.
    pub fn stop(&self) {
        for ear in self.ears.values() {
            ear.stop.store(true, Ordering::SeqCst);
        }
    }
}

impl<'scope> Ear<'scope> {
    fn start<'env>(
        scope: &'scope Scope<'scope, 'env>,
        following: &'env Following,
        desk: &'env Desk,
        who: &'env Who,
        sources: &[&Source],
    ) -> Self {
        let ids: Vec<SourceId> = sources.iter().map(|source| source.id).collect();
        let stop = Arc::new(AtomicBool::new(false));
        let (ending, listened) = (stop.clone(), ids.clone());
        let first = sources.first().map(|source| (*source).clone());
        let hand = std::thread::Builder::new().name("listen".to_owned()).stack_size(STACK_BYTES).spawn_scoped(
            scope,
            move || {
                let stop = || ending.load(Ordering::SeqCst);
                let Some(first) = first else { return };
                if first.asked.kind == SourceKind::Folder {
                    let path = Path::new(&first.asked.address);
                    let changed = &mut || listened.iter().for_each(|id| following.hurry(*id));
                    if let Err(error) = vedette_collect::folder::watch(path, &stop, changed) {
                        tracing::warn!(%error, "the folder is followed by rounds alone");
                    }
                    return;
                }
                let secret = match secret_of(&first) {
                    Ok(secret) => secret,
                    Err(failure) => {
                        tracing::warn!(error = failure.message, "cannot use the secret to listen");
                        return;
                    }
                };
                let catch_up = |id: SourceId, why: &str| {
                    tracing::debug!(source.id = %id, why, "a round is due");
                    following.hurry(id);
                };
                if let Err(error) = desk.listen(who, &listened, secret.as_ref(), &stop, &catch_up) {
                    tracing::warn!(source.id = %first.id, %error, "cannot listen; rounds go on");
                }
            },
        );
        if let Err(error) = &hand {
            tracing::error!(%error, "cannot start a listening thread");
        }
        Self { ids, stop, hand: hand.ok(), rest_until: None }
    }
}
