//! Page capture: a page as a reader would have seen it, its scripts run, in a browser that reaches nothing by itself.
//!
//! Chromium runs in a cage without a network ([`cage`]); it is spoken to over two pipes ([`devtools`]). Whatever a page
//! asks for is judged and fetched by the guarded client of its source ([`fetching`]), so that the rules of the house hold
//! for each picture, script and frame, and the archive holds exactly what the page was given. One browser is kept warm; each
//! capture gets a context of its own, which is thrown away.

mod archive;
mod cage;
mod capture;
mod devtools;
mod error;
mod fetching;
mod log;
mod process;
mod taken;

#[cfg(test)]
mod tests;

use std::fmt;
use std::sync::{Mutex, PoisonError};

pub(crate) use archive::archive;
pub use cage::Programs;
pub(crate) use capture::Order;
pub use error::BrowserError;
pub(crate) use fetching::client;
pub(crate) use taken::Taken;

use self::cage::Inner;
use self::capture::{CAPTURE, Visit};
use self::process::Running;

/// The browser of this program: at most one runs, and it makes one capture at a time, for it may use a gigabyte.
pub struct Browsers {
    programs: Result<Programs, BrowserError>,
    slot: Mutex<Slot>,
}

#[derive(Default)]
struct Slot {
    running: Option<Running>,
    captures: u64,
}

impl Default for Browsers {
    fn default() -> Self {
        Self::with(Programs::find())
    }
}

impl Browsers {
    /// Of given programs, or of none.
    pub fn with(programs: Result<Programs, BrowserError>) -> Self {
        Self { programs, slot: Mutex::default() }
    }

    /// Whether the programs are installed. Says nothing about whether they start; that is [`Browsers::check`].
    pub fn installed(&self) -> Result<(), BrowserError> {
        self.programs.as_ref().map(|_| ()).map_err(Clone::clone)
    }

    /// Starts the browser and says which it is and what holds it, in one line.
    pub fn check(&self) -> Result<String, BrowserError> {
        let programs = self.programs.clone()?;
        let mut slot = self.slot.lock().unwrap_or_else(PoisonError::into_inner);
        if slot.running.as_ref().is_none_or(|running| running.reason().is_some()) {
            slot.running = Some(Running::start(&programs)?);
        }
        Ok(slot.running.as_ref().map_or_else(String::new, |running| {
            running.release();
            format!("{}, {}", running.version, sandbox_of(running))
        }))
    }

    /// Captures a page. The browser is ended when the capture fails: whatever went wrong in it is gone with it.
    pub(crate) fn capture(&self, order: &Order<'_>) -> Result<Taken, BrowserError> {
        let programs = self.programs.clone()?;
        let mut slot = self.slot.lock().unwrap_or_else(PoisonError::into_inner);
        let warm = slot.running.take().and_then(|mut warm| warm.claim(CAPTURE).then_some(warm));
        let mut running = match warm {
            Some(warm) => warm,
            None => {
                let mut cold = Running::start(&programs)?;
                if !cold.claim(CAPTURE) {
                    return Err(BrowserError::lost("it ended at once"));
                }
                cold
            }
        };
        slot.captures += 1;
        match captured(&mut running, order, slot.captures) {
            Ok((mut taken, is_clean)) => {
                taken.log.browser.clone_from(&running.version);
                sandbox_of(&running).clone_into(&mut taken.log.sandbox);
                if is_clean {
                    running.release();
                    slot.running = Some(running);
                }
                Ok(taken)
            }
            Err(error) => Err(match (running.reason(), error) {
                (Some(what), BrowserError::Lost { .. }) => BrowserError::Limit { what },
                (_, error) => error,
            }),
        }
    }
}

/// The page, and whether the browser is as it was before.
fn captured(running: &mut Running, order: &Order<'_>, number: u64) -> Result<(Taken, bool), BrowserError> {
    let mut visit = Visit::open(&mut running.tools, order, number)?;
    visit.load()?;
    let taken = taken::take(&mut visit)?;
    Ok((taken, visit.close().is_ok()))
}

fn sandbox_of(running: &Running) -> &'static str {
    match running.inner {
        Inner::Sandboxed => "bubblewrap without network, and Chromium's own sandbox inside",
        Inner::CageOnly => "bubblewrap without network; Chromium's own sandbox is refused by this kernel",
    }
}

impl fmt::Debug for Browsers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Browsers").field("programs", &self.programs).finish_non_exhaustive()
    }
}
