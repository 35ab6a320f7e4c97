//! A log file that grows.

use std::io;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use files::{FollowedTo, Follower, Piece};
use jiff::tz::TimeZone;
use log_check::{Gain, LiveLog};

use super::{Input, LogFormat};
use crate::tally::Tally;
use crate::{Desk, Note};

/// How often a file without news is looked at.
const PAUSE: Duration = Duration::from_millis(200);
/// A file that cannot be read, for want of rights for one, is tried again after this.
const PAUSE_AFTER_FAILURE: Duration = Duration::from_secs(2);
/// How long what still comes is read when the watch ends.
const LAST_LOOK: Duration = Duration::from_secs(2);

/// A log file that grows, is renamed, emptied and written anew.
#[derive(Debug)]
pub struct FileInput {
    name: String,
    follower: Follower,
    format: Option<LogFormat>,
    zone: TimeZone,
}

impl FileInput {
    /// Follows a file from where an earlier watch was; without that from its first line or, when asked,
    /// from the line that is written next.
    pub fn new(
        path: &Path,
        position: Option<&FollowedTo>,
        from_end: bool,
        format: Option<LogFormat>,
        zone: TimeZone,
    ) -> io::Result<Self> {
        let follower = match position {
            Some(position) => Follower::resume(path, position)?,
            None if from_end => Follower::from_end(path)?,
            None => Follower::new(path),
        };
        Ok(Self { name: Self::name_of(path), follower, format, zone })
    }

    /// The name of a file as an input: its whole path, so that it is the same wherever the program is
    /// started.
    pub fn name_of(path: &Path) -> String {
        std::path::absolute(path).unwrap_or_else(|_| PathBuf::from(path)).display().to_string()
    }
}

impl Input for FileInput {
    fn name(&self) -> &str {
        &self.name
    }

    fn run(mut self: Box<Self>, desk: &Desk) -> io::Result<()> {
        let mut log = LiveLog::new(self.name.clone(), self.format.clone(), self.zone.clone());
        log.begins_with(&self.follower.start());
        let (mut is_failing, mut end) = (false, None);
        loop {
            let layers = desk.layers();
            log.set_names(desk.names());
            let now = desk.now();
            let mut tally = Tally::default();
            let read = self.follower.poll(&mut |piece| match piece {
                Piece::Lines(offset, lines) => {
                    tally.add_gain(log.read(&layers, offset, lines, now));
                }
                // Lines are counted from the start of the file that is read.
                Piece::Restart => log.set_lines(0),
                Piece::Gap => tally.add_gain(Gain { gaps: 1, ..Gain::default() }),
            });
            if desk.is_stopping() && end.is_none() {
                end = Some(Instant::now() + LAST_LOOK);
            }
            match read {
                Ok(has_read) => {
                    is_failing = false;
                    if has_read || !tally.is_empty() {
                        desk.hand_in_read(&self.name, tally, Some(self.follower.position()));
                    }
                    if end.is_some_and(|end| !has_read || Instant::now() > end) {
                        return Ok(());
                    }
                    if !has_read {
                        thread::sleep(PAUSE);
                    }
                }
                Err(error) if end.is_some() => return Err(error),
                Err(error) => {
                    if !std::mem::replace(&mut is_failing, true) {
                        let (input, why) = (self.name.clone(), error.to_string());
                        desk.note(Note::InputFailed { input, why });
                    }
                    thread::sleep(PAUSE_AFTER_FAILURE);
                }
            }
        }
    }
}
