//! Packets of an interface.

use std::io;
use std::thread;
use std::time::{Duration, Instant};

use capture::Capture;
use jiff::tz::TimeZone;
use log_check::{Gain, LivePackets};

use super::Input;
use crate::{Desk, Note};

/// How long a packet is waited for before other things are looked at.
const PERIOD: Duration = Duration::from_millis(100);
/// How often the system is asked for packets that it had no room for.
const COUNT: Duration = Duration::from_secs(1);
/// How often what waits for an answer is looked at.
const SETTLE: Duration = Duration::from_secs(5);
/// How long what still comes is read when the watch ends.
const LAST_LOOK: Duration = Duration::from_secs(2);

/// An interface whose packets are read.
#[derive(Debug)]
pub struct InterfaceInput {
    name: String,
    capture: Capture,
    zone: TimeZone,
}

impl InterfaceInput {
    /// The packets of an open interface.
    pub fn new(capture: Capture, zone: TimeZone) -> Self {
        Self { name: format!("interface {}", capture.name()), capture, zone }
    }
}

impl Input for InterfaceInput {
    fn name(&self) -> &str {
        &self.name
    }

    fn run(mut self: Box<Self>, desk: &Desk) -> io::Result<()> {
        let mut packets = LivePackets::new(self.name.clone(), self.zone, self.capture.link_type());
        let (mut counted, mut settled) = (Instant::now(), Instant::now());
        let (mut is_failing, mut end) = (false, None);
        loop {
            let has_read = match self.capture.wait(PERIOD) {
                Ok(false) => false,
                Ok(true) => {
                    is_failing = false;
                    let Some(block) = self.capture.take() else { continue };
                    packets.set_names(desk.names());
                    let gain = packets.read(&desk.layers(), desk.now(), |piece| {
                        block.for_each(|frame, nanos| piece.packet(frame, nanos));
                    });
                    desk.hand_in(&self.name, gain);
                    true
                }
                Err(error) if !self.capture.is_there() => return Err(error),
                // It went down, and may come up again.
                Err(error) => {
                    if !std::mem::replace(&mut is_failing, true) {
                        let (input, why) = (self.name.clone(), error.to_string());
                        desk.note(Note::InputFailed { input, why });
                    }
                    thread::sleep(PERIOD);
                    false
                }
            };
            if end.is_none() && desk.is_stopping() {
                end = Some(Instant::now() + LAST_LOOK);
            }
            let is_end = end.is_some_and(|end| !has_read || Instant::now() > end);
            if is_end || counted.elapsed() >= COUNT {
                counted = Instant::now();
                let dropped = self.capture.counts()?.dropped;
                if dropped > 0 {
                    desk.hand_in(&self.name, Gain { dropped, ..Gain::default() });
                }
            }
            if is_end {
                desk.hand_in(&self.name, packets.finish(&desk.layers(), desk.now()));
                return Ok(());
            }
            if settled.elapsed() >= SETTLE {
                settled = Instant::now();
                desk.hand_in(&self.name, packets.settle(&desk.layers(), desk.now()));
            }
        }
    }
}
