//! `dhcpd.leases` of ISC DHCP (dhcpd.leases(5)): the server appends a block for everything that
//! happens to a lease, so the file tells the past as well. Times are UTC.

use std::net::IpAddr;

use jiff::Timestamp;
use jiff::civil::DateTime;

use super::address;
use crate::builder::{Reading, Said, Told};
use crate::{Mac, Reason, identity};

/// One `lease … { … }` while it is read.
#[derive(Default)]
pub(super) struct Block {
    /// The line it began on, and what stood there.
    start: Option<(u64, Vec<u8>)>,
    address: Option<IpAddr>,
    starts: Option<Timestamp>,
    ends: Option<Timestamp>,
    state: State,
    told: Told,
    wrong: Option<Reason>,
    /// In a block that is no lease.
    depth: usize,
}

#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum State {
    #[default]
    Active,
    Over,
    /// Reserved for no device, or found in use by a stranger.
    NoDevice,
}

pub(super) fn is_start(line: &[u8]) -> bool {
    start(line).is_some()
}

/// The line that the server itself puts at the start.
pub(super) fn is_mark(line: &[u8]) -> bool {
    line.starts_with(b"# This lease file was written by isc-dhcp")
}

fn start(line: &[u8]) -> Option<IpAddr> {
    address(line.strip_prefix(b"lease ")?.strip_suffix(b"{")?)
}

impl Block {
    pub(super) fn read_line(
        &mut self,
        (number, line): (u64, &[u8]),
        reading: &mut Reading<'_>,
    ) -> Result<(), Reason> {
        if let Some(address) = start(line) {
            // The last block breaks off where the server was stopped.
            self.end(reading);
            *self = Self {
                start: Some((number, line.to_vec())),
                address: Some(address),
                ..Self::default()
            };
            return Ok(());
        }
        if line == b"}" {
            if self.depth > 0 {
                self.depth -= 1;
            } else {
                self.end(reading);
            }
            return Ok(());
        }
        if line.ends_with(b"{") {
            self.depth += usize::from(self.start.is_some());
            return if line.starts_with(b"lease ") { Err(Reason::BadAddress) } else { Ok(()) };
        }
        if self.start.is_some() && self.depth == 0 {
            self.statement(line.strip_suffix(b";").unwrap_or(line));
        }
        Ok(())
    }

    fn statement(&mut self, line: &[u8]) {
        if let Some(text) = line.strip_prefix(b"starts ") {
            self.starts = self.moment(text);
        } else if let Some(text) = line.strip_prefix(b"ends ") {
            self.ends = if text == b"never" { Some(Timestamp::MAX) } else { self.moment(text) };
        } else if let Some(text) = line.strip_prefix(b"binding state ") {
            self.state = match text {
                b"active" | b"bootp" => State::Active,
                b"abandoned" | b"reserved" => State::NoDevice,
                _ => State::Over,
            };
        } else if let Some(text) = line.strip_prefix(b"hardware ethernet ") {
            self.told.mac = Mac::parse(text);
            if self.told.mac.is_none() {
                self.wrong = Some(Reason::BadMac);
            }
        } else if let Some(text) = line.strip_prefix(b"uid ") {
            self.told.client = Some(String::from_utf8_lossy(text).chars().take(400).collect());
        } else if let Some(text) = line.strip_prefix(b"client-hostname ") {
            self.told.name = identity::name(text.trim_ascii().trim_quotes());
        }
    }

    /// `4 2026/11/26 23:58:46`, the day of the week first, or `epoch 1795780722`.
    fn moment(&mut self, text: &[u8]) -> Option<Timestamp> {
        let text = std::str::from_utf8(text).ok();
        let read = text.and_then(|text| {
            if let Some(rest) = text.strip_prefix("epoch ") {
                let seconds = rest.split(|c: char| !c.is_ascii_digit()).next()?;
                return Timestamp::from_second(seconds.parse().ok()?).ok();
            }
            let (_, rest) = text.split_once(' ')?;
            let local = DateTime::strptime("%Y/%m/%d %H:%M:%S", rest.trim()).ok()?;
            jiff::tz::TimeZone::UTC.to_timestamp(local).ok()
        });
        if read.is_none() {
            self.wrong = Some(Reason::BadTime);
        }
        read
    }

    /// Takes the block that is open.
    pub(super) fn end(&mut self, reading: &mut Reading<'_>) {
        let block = std::mem::take(self);
        let Some((number, line)) = block.start else { return };
        let wrong = block.wrong.or_else(|| block.starts.is_none().then_some(Reason::BadTime));
        if block.state == State::NoDevice {
            return;
        }
        // A lease that nobody had yet has a state and nothing else.
        if block.starts.is_none() && block.told.mac.is_none() && block.told.client.is_none() {
            return;
        }
        if let Some(wrong) = wrong {
            return reading.report.refuse(number, &line, wrong);
        }
        let Some(at) = block.starts else { return };
        let until = block.ends.unwrap_or(Timestamp::MAX);
        let is_over = block.state == State::Over;
        reading.take(
            (number, &line),
            block.address,
            block.told,
            Said::Granted { at, until, is_told: true, is_over },
        );
    }
}

trait TrimQuotes {
    fn trim_quotes(&self) -> &[u8];
}

impl TrimQuotes for [u8] {
    fn trim_quotes(&self) -> &[u8] {
        self.strip_prefix(b"\"").and_then(|it| it.strip_suffix(b"\"")).unwrap_or(self)
    }
}
