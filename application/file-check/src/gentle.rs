//! Leaving the computer to the person in front of it.

use std::time::{Duration, Instant};

/// Work may take this part of the time, so that it stays below 30 % with what the system does for
/// it.
const SHARE: u32 = 4;
/// Sleeping for less is not worth it.
const SHORTEST: Duration = Duration::from_millis(5);

/// Sleeps three times as long as the work before took.
#[derive(Debug)]
pub(crate) struct Pace {
    is_gentle: bool,
    since: Instant,
}

impl Pace {
    pub(crate) fn new(is_gentle: bool) -> Self {
        Self { is_gentle, since: Instant::now() }
    }

    /// Called after each piece of work.
    pub(crate) fn rest(&mut self) {
        if !self.is_gentle {
            return;
        }
        let worked = self.since.elapsed();
        if worked >= SHORTEST {
            std::thread::sleep(worked * (SHARE - 1));
            self.since = Instant::now();
        }
    }
}
