//! Time and names from outside: the clock, sleeping and the look-up of host names are handed in, so that tests neither
//! sleep nor ask a name server.

use std::fmt;
use std::io;
use std::net::{SocketAddr, ToSocketAddrs};
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;

use crate::CollectError;
use crate::browser::Browsers;
use crate::guard::Pace;
use crate::rocketchat::Board;

/// The time now.
pub type Now = Arc<dyn Fn() -> Timestamp + Send + Sync>;
/// Sleeps; `false` means that the program wants to stop and the round must end.
pub type Sleep = Arc<dyn Fn(Duration) -> bool + Send + Sync>;
/// Addresses of a host and port.
pub type Lookup = Arc<dyn Fn(&str, u16) -> io::Result<Vec<SocketAddr>> + Send + Sync>;

/// What connectors need from the world besides the source itself. Clones share the pace towards each server.
#[derive(Clone)]
pub struct Env {
    /// The clock.
    pub now: Now,
    /// How to wait.
    pub sleep: Sleep,
    /// How names become addresses.
    pub lookup: Lookup,
    /// When each server may be asked again.
    pub pace: Arc<Pace>,
    /// What connectors of one chat server tell each other.
    pub board: Arc<Board>,
    /// What captures pages.
    pub browsers: Arc<Browsers>,
}

impl Env {
    /// The machine's own clock, sleep and name look-up.
    pub fn real() -> Self {
        Self {
            now: Arc::new(Timestamp::now),
            sleep: Arc::new(|time| {
                std::thread::sleep(time);
                true
            }),
            lookup: Arc::new(|host, port| Ok((host, port).to_socket_addrs()?.collect())),
            pace: Arc::new(Pace::default()),
            board: Arc::new(Board::default()),
            browsers: Arc::default(),
        }
    }

    /// The time now.
    pub fn now(&self) -> Timestamp {
        (self.now)()
    }

    /// Waits, or says that the round must end.
    pub fn wait(&self, time: Duration) -> Result<(), CollectError> {
        if time.is_zero() || (self.sleep)(time) {
            return Ok(());
        }
        Err(CollectError::Stopped("the program is ending; the source goes on from here next time".to_owned()))
    }
}

impl fmt::Debug for Env {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Env").finish_non_exhaustive()
    }
}
