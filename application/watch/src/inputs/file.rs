//! A log file that grows.

use std::io;
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use files::{EventMark, FollowedTo, Follower, Piece, Units, open_regular};
use jiff::tz::TimeZone;
use log_check::{EventFileKind, Gain, LiveEvents, LiveLog};

use super::event_log::EventLog;
use super::{Input, LogFormat};
use crate::tally::Tally;
use crate::{Desk, Note};

/// How often a file without news is looked at.
const PAUSE: Duration = Duration::from_millis(200);
/// A file that cannot be read, for want of rights for one, is tried again after this.
const PAUSE_AFTER_FAILURE: Duration = Duration::from_secs(2);
/// How long what still comes is read when the watch ends.
const LAST_LOOK: Duration = Duration::from_secs(2);
/// So many bytes tell what a file is.
const START_BYTES: usize = 64;

/// A log file that grows, is renamed, emptied and written anew.
#[derive(Debug)]
pub struct FileInput {
    name: String,
    file: Kind,
    /// Questions whose answers an earlier watch waited for.
    questions: Vec<u64>,
    format: Option<LogFormat>,
    zone: TimeZone,
}

/// What a file is, as far as it is known.
#[derive(Debug)]
enum Kind {
    /// Nothing was there yet to tell by.
    Unknown(Follower),
    Lines(Follower),
    Frames(Follower),
    EventLog(EventLog),
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
        let file = match position {
            Some(FollowedTo { event: Some(mark), .. }) => {
                Kind::EventLog(EventLog::after(path, *mark))
            }
            Some(position) => {
                let follower = Follower::resume(path, position)?;
                match position.units {
                    Units::Lines => Kind::Lines(follower),
                    Units::Frames => Kind::Frames(follower),
                }
            }
            None if format.is_some() && from_end => {
                Kind::Lines(Follower::from_end(path, Units::Lines)?)
            }
            None if format.is_some() => Kind::Lines(Follower::new(path, Units::Lines)),
            None if from_end => match kind_of(path)? {
                Some(EventFileKind::Evtx) => Kind::EventLog(EventLog::from_end(path)?),
                Some(EventFileKind::Dnstap) => {
                    Kind::Frames(Follower::from_end(path, Units::Frames)?)
                }
                None => {
                    let follower = Follower::from_end(path, Units::Lines)?;
                    let has_begun = follower.position().files.iter().any(|it| it.offset > 0);
                    if has_begun { Kind::Lines(follower) } else { Kind::Unknown(follower) }
                }
            },
            None => Kind::Unknown(Follower::new(path, Units::Lines)),
        };
        let questions = position.map(|it| it.questions.clone()).unwrap_or_default();
        Ok(Self { name: Self::name_of(path), file, questions, format, zone })
    }

    /// The name of a file as an input: its whole path, so that it is the same wherever the program is
    /// started.
    pub fn name_of(path: &Path) -> String {
        std::path::absolute(path).unwrap_or_else(|_| PathBuf::from(path)).display().to_string()
    }
}

/// What a file is that may not be there.
fn kind_of(path: &Path) -> io::Result<Option<EventFileKind>> {
    let Some((file, _)) = open_regular(path)? else { return Ok(None) };
    let mut start = [0; START_BYTES];
    let read = file.read_at(&mut start, 0)?;
    Ok(EventFileKind::of(start.get(..read).unwrap_or_default()))
}

/// Reads what there is to read.
enum Reader {
    Unknown(Follower),
    Lines(Follower, Box<LiveLog>),
    Frames(Follower, Box<LiveEvents>),
    EventLog(EventLog, Box<LiveEvents>),
}

impl Reader {
    fn new(file: Kind, new: &New) -> Self {
        match file {
            Kind::Unknown(follower) => Self::Unknown(follower),
            Kind::Lines(follower) => {
                let mut log = new.log();
                log.begins_with(&follower.start());
                Self::Lines(follower, Box::new(log))
            }
            Kind::Frames(follower) => {
                Self::Frames(follower, Box::new(new.events(EventFileKind::Dnstap)))
            }
            Kind::EventLog(log) => Self::EventLog(log, Box::new(new.events(EventFileKind::Evtx))),
        }
    }

    /// Looks what a file is whose first bytes have come.
    fn tell(mut follower: Follower, new: &New) -> io::Result<Self> {
        let mut start = [0; START_BYTES];
        let read = follower.first_bytes(&mut start)?;
        let start = start.get(..read).unwrap_or_default();
        let file = match EventFileKind::of(start) {
            Some(EventFileKind::Evtx) => {
                Kind::EventLog(EventLog::after(&new.path, EventMark::default()))
            }
            Some(EventFileKind::Dnstap) => {
                follower.set_units(Units::Frames);
                Kind::Frames(follower)
            }
            None if start.is_empty() || may_become_events(start) => Kind::Unknown(follower),
            None => Kind::Lines(follower),
        };
        Ok(Self::new(file, new))
    }

    /// Reads what has come since; tells whether there was anything.
    fn poll(&mut self, desk: &Desk, tally: &mut Tally) -> io::Result<bool> {
        let (layers, now) = (desk.layers(), desk.now());
        let gap = || Gain { gaps: 1, ..Gain::default() };
        match self {
            Self::Unknown(_) => Ok(false),
            Self::Lines(follower, log) => {
                log.set_names(desk.names());
                follower.poll(&mut |piece| match piece {
                    Piece::Lines(offset, lines) => {
                        tally.add_gain(log.read(&layers, offset, lines, now));
                    }
                    // Lines are counted from the start of the file that is read.
                    Piece::Restart => log.set_lines(0),
                    Piece::Gap => tally.add_gain(gap()),
                })
            }
            Self::Frames(follower, events) => {
                events.set_names(desk.names());
                follower.poll(&mut |piece| match piece {
                    Piece::Lines(offset, frames) => {
                        tally.add_gain(events.frames(&layers, offset, frames, now));
                    }
                    Piece::Restart => {}
                    Piece::Gap => tally.add_gain(gap()),
                })
            }
            Self::EventLog(log, events) => {
                events.set_names(desk.names());
                log.poll(&mut |chunk| match chunk {
                    Some((after, offset, chunk)) => {
                        tally.add_gain(events.chunk(&layers, after, (offset, chunk), now));
                    }
                    None => tally.add_gain(gap()),
                })
            }
        }
    }

    /// How far it has read; `None` before it is known what the file is.
    fn position(&self) -> Option<FollowedTo> {
        match self {
            Self::Unknown(_) => None,
            Self::Lines(follower, _) => Some(follower.position()),
            Self::Frames(follower, events) => {
                Some(FollowedTo { questions: events.waiting(), ..follower.position() })
            }
            Self::EventLog(log, events) => {
                Some(FollowedTo { questions: events.waiting(), ..log.position() })
            }
        }
    }
}

/// Whether more bytes may make a file of events of one that begins like this.
fn may_become_events(start: &[u8]) -> bool {
    start.len() < START_BYTES && (b"ElfFile\0".starts_with(start) || start.starts_with(&[0]))
}

/// What readers are made with.
struct New {
    name: String,
    path: PathBuf,
    format: Option<LogFormat>,
    zone: TimeZone,
}

impl New {
    fn log(&self) -> LiveLog {
        LiveLog::new(self.name.clone(), self.format.clone(), self.zone.clone())
    }

    fn events(&self, kind: EventFileKind) -> LiveEvents {
        LiveEvents::new(self.name.clone(), kind, self.zone.clone())
    }
}

impl Input for FileInput {
    fn name(&self) -> &str {
        &self.name
    }

    fn run(self: Box<Self>, desk: &Desk) -> io::Result<()> {
        let Self { name, file, questions, format, zone } = *self;
        let new = New { path: PathBuf::from(&name), name, format, zone };
        let mut reader = Reader::new(file, &new);
        if let Reader::Frames(_, events) | Reader::EventLog(_, events) = &mut reader {
            events.wait_for(&desk.layers(), &questions, desk.now());
        }
        if new.path.try_exists().is_ok_and(|is_there| !is_there) {
            desk.note(Note::InputAwaited { input: new.name.clone() });
        }
        let (mut is_failing, mut end) = (false, None);
        loop {
            let mut tally = Tally::default();
            let read = match reader {
                Reader::Unknown(follower) => match Reader::tell(follower, &new) {
                    Ok(it) => {
                        let is_known = !matches!(it, Reader::Unknown(_));
                        reader = it;
                        Ok(is_known)
                    }
                    Err(error) => {
                        reader = Reader::Unknown(Follower::new(&new.path, Units::Lines));
                        Err(error)
                    }
                },
                ref mut reader => reader.poll(desk, &mut tally),
            };
            if desk.is_stopping() && end.is_none() {
                end = Some(Instant::now() + LAST_LOOK);
            }
            match read {
                Ok(has_read) => {
                    is_failing = false;
                    if has_read || !tally.is_empty() {
                        desk.hand_in_read(&new.name, tally, reader.position());
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
                        let (input, why) = (new.name.clone(), error.to_string());
                        desk.note(Note::InputFailed { input, why });
                    }
                    thread::sleep(PAUSE_AFTER_FAILURE);
                }
            }
        }
    }
}
