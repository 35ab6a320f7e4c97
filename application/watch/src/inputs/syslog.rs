//! Messages that others send.

use std::collections::HashMap;
use std::io;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use jiff::tz::TimeZone;
use listeners::{SyslogListener, SyslogReceiver, TurnedAway};
use log_check::{Gain, LiveLog};

use super::{Input, LogFormat};
use crate::{Desk, Note};

/// Senders whose formats are told apart; all further ones are read as one log, which costs speed and
/// nothing else.
const MOST_SENDERS: usize = 1_024;
/// Senders that are turned away are told of no more often than this.
const BETWEEN_NOTES: Duration = Duration::from_mins(1);

/// A syslog listener: each sender is a log of its own, whose format is told from its lines.
#[derive(Debug)]
pub struct SyslogInput {
    name: String,
    listener: SyslogListener,
    format: Option<LogFormat>,
    zone: TimeZone,
}

impl SyslogInput {
    /// Messages of a bound listener.
    pub fn new(listener: SyslogListener, format: Option<LogFormat>, zone: TimeZone) -> Self {
        Self { name: format!("syslog {}", listener.address()), listener, format, zone }
    }
}

/// A log, and how many bytes of it were read.
type Sender = Arc<Mutex<(LiveLog, u64)>>;

struct Receiver<'d> {
    desk: &'d Desk,
    input: SyslogSettings<'d>,
    /// `None` stands for all those that there is no room for.
    senders: Mutex<HashMap<Option<IpAddr>, Sender>>,
    last_note: Mutex<Option<Instant>>,
}

struct SyslogSettings<'d> {
    name: &'d str,
    format: Option<LogFormat>,
    zone: TimeZone,
}

impl Receiver<'_> {
    fn log_of(&self, sender: IpAddr) -> Sender {
        let mut senders = self.senders.lock().unwrap_or_else(PoisonError::into_inner);
        let is_known = senders.contains_key(&Some(sender));
        let key = (is_known || senders.len() < MOST_SENDERS).then_some(sender);
        let SyslogSettings { name, format, zone } = &self.input;
        let new = || {
            let evidence = key.map_or_else(|| (*name).to_owned(), |it| format!("{name} {it}"));
            Arc::new(Mutex::new((LiveLog::new(evidence, format.clone(), zone.clone()), 0)))
        };
        Arc::clone(senders.entry(key).or_insert_with(new))
    }
}

impl SyslogReceiver for Receiver<'_> {
    fn is_stopping(&self) -> bool {
        self.desk.is_stopping()
    }

    fn lines(&self, sender: IpAddr, lines: &[u8]) {
        let log = self.log_of(sender);
        let mut log = log.lock().unwrap_or_else(PoisonError::into_inner);
        let (log, offset) = &mut *log;
        log.set_sender(sender);
        log.set_names(self.desk.names());
        let gain = log.read(&self.desk.layers(), *offset, lines, self.desk.now());
        *offset += lines.len() as u64;
        self.desk.hand_in(self.input.name, gain);
    }

    fn lost(&self, count: u64) {
        self.desk.hand_in(self.input.name, Gain { dropped: count, ..Gain::default() });
    }

    fn turned_away(&self, sender: IpAddr, why: TurnedAway) {
        let mut last = self.last_note.lock().unwrap_or_else(PoisonError::into_inner);
        if last.is_none_or(|at| at.elapsed() >= BETWEEN_NOTES) {
            *last = Some(Instant::now());
            let input = self.input.name.to_owned();
            self.desk.note(Note::TurnedAway { input, sender, why });
        }
    }
}

impl Input for SyslogInput {
    fn name(&self) -> &str {
        &self.name
    }

    fn run(self: Box<Self>, desk: &Desk) -> io::Result<()> {
        let Self { name, listener, format, zone } = *self;
        let receiver = Receiver {
            desk,
            input: SyslogSettings { name: &name, format, zone },
            senders: Mutex::default(),
            last_note: Mutex::default(),
        };
        listener.run(&receiver)
    }
}
