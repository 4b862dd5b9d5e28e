//! How often a server is asked. Each endpoint of each server has its next allowed time; connectors of one program share
//! it, because servers count by address, not by room.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

/// Endpoints remembered; past ones are forgotten first.
const ENDPOINTS_MAX: usize = 4_096;

/// When each endpoint may be asked again.
#[derive(Debug, Default)]
pub struct Pace {
    next: Mutex<HashMap<String, Timestamp>>,
}

impl Pace {
    /// Takes the next slot of `key` and says how long to wait for it; a slot farther than `wait_max` is not taken.
    pub(crate) fn take(
        &self,
        key: &str,
        now: Timestamp,
        interval: Duration,
        wait_max: Duration,
    ) -> Result<Duration, Timestamp> {
        let mut next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
        let at = next.get(key).copied().unwrap_or(now).max(now);
        let wait = Duration::try_from(at.duration_since(now)).unwrap_or_default();
        if wait > wait_max {
            return Err(at);
        }
        if next.len() >= ENDPOINTS_MAX {
            next.retain(|_, at| *at > now);
        }
        if interval.is_zero() && at == now {
            next.remove(key);
        } else if next.len() < ENDPOINTS_MAX {
            next.insert(key.to_owned(), later(at, interval));
        }
        Ok(wait)
    }

    /// Nobody asks `key` before `until`.
    pub(crate) fn hold(&self, key: &str, until: Timestamp) {
        let mut next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
        if next.len() < ENDPOINTS_MAX || next.contains_key(key) {
            let at = next.entry(key.to_owned()).or_insert(until);
            *at = (*at).max(until);
        }
    }
}

/// `at` and `time` later; stays at `at` where the calendar ends.
pub(crate) fn later(at: Timestamp, time: Duration) -> Timestamp {
    SignedDuration::try_from(time).ok().and_then(|time| at.checked_add(time).ok()).unwrap_or(at)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn slots_of_one_endpoint_follow_each_other_and_others_do_not_wait() {
        let pace = Pace::default();
        let take = |key: &str, now| pace.take(key, at(now), Duration::from_secs(6), Duration::from_secs(60));
        assert_eq!(take("a", 0), Ok(Duration::ZERO));
        assert_eq!(take("a", 1), Ok(Duration::from_secs(5)));
        assert_eq!(take("a", 1), Ok(Duration::from_secs(11)));
        assert_eq!(take("b", 1), Ok(Duration::ZERO));
        assert_eq!(take("a", 100), Ok(Duration::ZERO));
    }

    #[test]
    fn a_held_endpoint_waits_and_a_wait_over_the_limit_says_until_when() {
        let pace = Pace::default();
        pace.hold("a", at(50));
        pace.hold("a", at(40));
        assert_eq!(pace.take("a", at(0), Duration::ZERO, Duration::from_secs(60)), Ok(Duration::from_secs(50)));
        assert_eq!(pace.take("a", at(0), Duration::ZERO, Duration::from_secs(10)), Err(at(50)));
    }
}
