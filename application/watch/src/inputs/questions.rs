//! Questions to a name server that answers for listed names itself.

use std::io;
use std::net::IpAddr;
use std::sync::atomic::{AtomicU32, Ordering};

use jiff::tz::TimeZone;
use listeners::{Judge, Sinkhole};
use log_check::{Gain, LiveQuestions};

use super::Input;
use crate::{Desk, Note};

/// After so many questions without an answer, one behind the other, the server above is away: one name
/// alone may have servers that are.
const FAILURES: u32 = 5;

/// A sinkhole: the device that asked for a listed name is seen as one whose question was blocked.
#[derive(Debug)]
pub struct SinkholeInput {
    name: String,
    sinkhole: Sinkhole,
    zone: TimeZone,
}

impl SinkholeInput {
    /// The questions to a bound name server.
    pub fn new(sinkhole: Sinkhole, zone: TimeZone) -> Self {
        Self { name: format!("dns {}", sinkhole.address()), sinkhole, zone }
    }
}

struct Asked<'d> {
    desk: &'d Desk,
    name: &'d str,
    questions: LiveQuestions,
    failures: AtomicU32,
}

impl Asked<'_> {
    fn note(&self, client: IpAddr, name: &[u8], answers: &[IpAddr]) {
        self.questions.set_names(self.desk.names());
        let gain =
            self.questions.passed_on(&self.desk.layers(), client, name, answers, self.desk.now());
        self.desk.hand_in(self.name, gain);
    }
}

impl Judge for Asked<'_> {
    fn is_stopping(&self) -> bool {
        self.desk.is_stopping()
    }

    fn is_listed(&self, client: IpAddr, name: &[u8]) -> bool {
        self.questions.set_names(self.desk.names());
        let gain = self.questions.blocked(&self.desk.layers(), client, name, self.desk.now());
        let is_listed = gain.is_some();
        if let Some(gain) = gain {
            self.desk.hand_in(self.name, gain);
        }
        is_listed
    }

    fn answered(&self, client: IpAddr, name: &[u8], addresses: &[IpAddr]) {
        if self.failures.swap(0, Ordering::Relaxed) >= FAILURES {
            self.desk.note(Note::ForwarderBack { input: self.name.to_owned() });
        }
        self.note(client, name, addresses);
    }

    fn failed(&self, client: IpAddr, name: &[u8]) {
        if self.failures.fetch_add(1, Ordering::Relaxed) + 1 == FAILURES {
            self.desk.note(Note::ForwarderAway { input: self.name.to_owned() });
        }
        self.note(client, name, &[]);
    }

    fn refused(&self) {
        let gain = Gain { lines_read: 1, lines_not_parsed: 1, ..Gain::default() };
        self.desk.hand_in(self.name, gain);
    }

    fn dropped(&self, count: u64) {
        self.desk.hand_in(self.name, Gain { dropped: count, ..Gain::default() });
    }
}

impl Input for SinkholeInput {
    fn name(&self) -> &str {
        &self.name
    }

    fn run(self: Box<Self>, desk: &Desk) -> io::Result<()> {
        let questions = LiveQuestions::new(self.name.clone(), self.zone);
        let asked = Asked { desk, name: &self.name, questions, failures: AtomicU32::new(0) };
        self.sinkhole.run(&asked)
    }
}
