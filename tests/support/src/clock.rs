//! A clock that stands still until a test sets it.

use std::sync::{Arc, Mutex};

use jiff::{SignedDuration, Timestamp};
use portal::Clock;

/// A clock that stands still until a test sets it.
#[derive(Clone, Debug)]
pub struct TestClock(Arc<Mutex<Timestamp>>);

impl TestClock {
    /// A clock that shows this moment.
    pub fn at(moment: Timestamp) -> Self {
        Self(Arc::new(Mutex::new(moment)))
    }

    /// The moment it shows.
    pub fn now(&self) -> Timestamp {
        *self.0.lock().unwrap()
    }

    /// Shows another moment, earlier or later: `2026-09-22T00:00:00+07:00`.
    pub fn set(&self, moment: &str) {
        *self.0.lock().unwrap() = moment.parse().expect("a moment as RFC 3339");
    }

    /// Goes on by so much.
    pub fn advance(&self, by: SignedDuration) {
        *self.0.lock().unwrap() += by;
    }

    /// The clock as a portal takes it.
    pub fn as_clock(&self) -> Clock {
        let clock = self.clone();
        Arc::new(move || clock.now())
    }
}
