//! Flow records that exporters send.

use std::io;
use std::time::{Duration, Instant};

use jiff::tz::TimeZone;
use listeners::DatagramListener;
use log_check::{Gain, LiveFlows};

use super::Input;
use crate::Desk;

/// How often connections are told of whose other direction has not been heard of.
const SETTLE: Duration = Duration::from_secs(30);

/// A listener for `NetFlow` 5, 7, 9 and IPFIX.
#[derive(Debug)]
pub struct FlowInput {
    name: String,
    listener: DatagramListener,
    zone: TimeZone,
}

impl FlowInput {
    /// Messages to a bound listener.
    pub fn new(listener: DatagramListener, zone: TimeZone) -> Self {
        Self { name: format!("netflow {}", listener.address()), listener, zone }
    }
}

impl Input for FlowInput {
    fn name(&self) -> &str {
        &self.name
    }

    fn run(self: Box<Self>, desk: &Desk) -> io::Result<()> {
        let mut flows = LiveFlows::new(self.name.clone(), self.zone);
        let mut settled = Instant::now();
        self.listener.run_together(&|| desk.is_stopping(), &mut |datagrams, dropped| {
            flows.set_names(desk.names());
            if !datagrams.is_empty() || dropped > 0 {
                let messages = datagrams.iter().map(|(sender, message)| (*sender, &message[..]));
                let gain = flows.read(&desk.layers(), messages, desk.now());
                desk.hand_in(&self.name, Gain { dropped, ..gain });
            }
            if settled.elapsed() >= SETTLE {
                settled = Instant::now();
                desk.hand_in(&self.name, flows.settle(&desk.layers(), desk.now()));
            }
        })?;
        desk.hand_in(&self.name, flows.finish(&desk.layers(), desk.now()));
        Ok(())
    }
}
