//! Files of events of the invented network: what a name server and Windows' own logs note of it.

mod dnstap;
mod evtx;

pub use evtx::{LoggedEvent, event_log};

use std::io;
use std::net::IpAddr;

use jiff::Timestamp;

use super::event::{Answer, Ending, Event, Flow};
use super::planting::Planting;
use super::zeek::{ZeekLog, ZeekWriter};
use super::{LogKind, LogSettings, good_event, infected};
use crate::lists::Targets;
use crate::names::{GoodNames, devices};
use crate::random::Random;
use crate::truth::Truth;

/// A file of events.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EventFile {
    /// dnstap in Frame Streams: each question, and its answer.
    Dnstap,
    /// An event log of Windows with Sysmon's events 3 and 22, forwarded from every device.
    Evtx,
}

impl EventFile {
    /// The logs whose events are in it: of each, everything that can be planted.
    fn kinds(self) -> &'static [LogKind] {
        const DNS: LogKind = LogKind::Zeek(ZeekLog::Dns, ZeekWriter::Json);
        const CONNECTIONS: LogKind = LogKind::Zeek(ZeekLog::Conn, ZeekWriter::Json);
        match self {
            Self::Dnstap => &[DNS],
            Self::Evtx => &[DNS, CONNECTIONS],
        }
    }
}

enum Writer {
    Dnstap(dnstap::Writer),
    Evtx(evtx::Writer),
}

/// Writes a file of events and enters what must be found in it into the truth.
///
/// [`LogSettings::lines`] are records here, of which the truth counts each as a line.
pub fn write_events(
    file: EventFile,
    settings: &LogSettings,
    targets: &Targets,
    truth: &mut Truth,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    let devices = devices(settings.seed, settings.devices);
    let mut random = Random::for_part(settings.seed, "events");
    let kinds = file.kinds();
    let mut plantings: Vec<Planting<'_>> = kinds
        .iter()
        .map(|kind| Planting::new(*kind, targets, infected(&devices, settings)))
        .collect();
    let good_names = GoodNames::new();
    let mut unique = String::new();
    let mut writer = match file {
        EventFile::Dnstap => Writer::Dnstap(dnstap::Writer::new()),
        EventFile::Evtx => Writer::Evtx(evtx::Writer::new()),
    };
    let wanted = settings.lines.max(1);
    let span_us = settings.span.as_micros().max(1);
    let start_us = settings.start.as_microsecond();
    while writer.count() < wanted {
        let done = i128::from(writer.count()) * span_us / i128::from(wanted);
        let time_us = start_us + i64::try_from(done).unwrap_or_default();
        let at = usize::try_from(random.below(kinds.len() as u64)).unwrap_or_default();
        let (Some(kind), Some(planting)) = (kinds.get(at), plantings.get_mut(at)) else { continue };
        let is_planted = random.below(100_000) < settings.planted_per_100k.saturating_mul(2);
        let planted = if is_planted { planting.draw(&mut random) } else { None };
        let Some(mut planted) = planted else {
            let event = good_event(*kind, &devices, &good_names, &mut unique, &mut random);
            writer.write(&event, time_us, &mut random);
            continue;
        };
        if file == EventFile::Evtx {
            // Connections that do not come about are not noted.
            stand(&mut planted.event.flow);
        }
        writer.write(&planted.event, time_us, &mut random);
        // Within the span of a log there is no moment that cannot be written.
        let time = Timestamp::from_microsecond(time_us).unwrap_or_default();
        match planted.expected {
            None => truth.add_near_miss(),
            Some(expected) => {
                let verdict = planting.verdict(planted.plant, &planted.event.flow);
                let is_inbound = matches!(planted.event.flow, Flow::Inbound { .. });
                let device = if file == EventFile::Evtx && !is_inbound {
                    planted.event.device.host_name.to_lowercase()
                } else {
                    expected.device
                };
                truth.add(&device, &expected.indicator, verdict, time, 1);
            }
        }
    }
    truth.add_lines(writer.count());
    out.write_all(&writer.finish())
}

fn stand(flow: &mut Flow<'_>) {
    if let Flow::Connection { ending, .. } = flow {
        *ending = Ending::Served;
    }
}

impl Writer {
    fn count(&self) -> u64 {
        match self {
            Self::Dnstap(writer) => writer.count,
            Self::Evtx(writer) => writer.count,
        }
    }

    fn write(&mut self, event: &Event<'_>, time_us: i64, random: &mut Random) {
        match self {
            Self::Dnstap(writer) => writer.write(event, time_us, random),
            Self::Evtx(writer) => writer.write(event, time_us, random),
        }
    }

    fn finish(self) -> Vec<u8> {
        match self {
            Self::Dnstap(writer) => writer.finish(),
            Self::Evtx(writer) => writer.finish(),
        }
    }
}

/// The addresses of an answer.
fn answers(answer: Answer) -> Vec<IpAddr> {
    match answer {
        Answer::None => Vec::new(),
        Answer::Blocked => vec![IpAddr::V4(std::net::Ipv4Addr::UNSPECIFIED)],
        Answer::Address(address) => vec![address],
    }
}

/// The device's address, of the version that the log writes.
fn source(event: &Event<'_>) -> IpAddr {
    event.source.parse().unwrap_or(IpAddr::V4(event.device.v4))
}
