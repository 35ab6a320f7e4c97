//! A capture of the invented network: what its events look like on the wire.

mod frames;
mod messages;

use std::io;
use std::net::IpAddr;

use jiff::Timestamp;

use self::frames::{Frames, Sides};
pub(super) use self::messages::dns;
use super::event::{Answer, Ending, Event, Flow};
use super::planting::Planting;
use super::zeek::{ZeekLog, ZeekWriter};
use super::{LogKind, LogSettings, good_event, infected};
use crate::lists::Targets;
use crate::names::{GoodNames, devices};
use crate::random::Random;
use crate::truth::Truth;

/// Who answers questions for names.
const RESOLVER: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(10, 255, 0, 53));

/// The logs whose events happen on the wire: of each, everything that can be planted.
const KINDS: [LogKind; 4] = [
    LogKind::Zeek(ZeekLog::Dns, ZeekWriter::Json),
    LogKind::Zeek(ZeekLog::Conn, ZeekWriter::Json),
    LogKind::Zeek(ZeekLog::Ssl, ZeekWriter::Json),
    LogKind::Zeek(ZeekLog::Http, ZeekWriter::Json),
];

/// Writes a capture (pcap, Ethernet) and enters what must be found in it into the truth.
///
/// [`LogSettings::lines`] are packets here, of which the truth counts each as a line. Names stand in
/// messages over UDP and TCP, in fragments, and in TLS and HTTP that takes several segments.
pub fn write_capture(
    settings: &LogSettings,
    targets: &Targets,
    truth: &mut Truth,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    let devices = devices(settings.seed, settings.devices);
    let mut random = Random::for_part(settings.seed, "capture");
    let mut plantings =
        KINDS.map(|kind| Planting::new(kind, targets, infected(&devices, settings)));
    let good_names = GoodNames::new();
    let mut unique = String::new();
    let mut frames = Frames::new();
    let wanted = settings.lines.max(1);
    let span_us = settings.span.as_micros().max(1);
    let start_us = settings.start.as_microsecond();
    while frames.count < wanted {
        let done = i128::from(frames.count) * span_us / i128::from(wanted);
        let time_us = start_us + i64::try_from(done).unwrap_or_default();
        frames.time_us = time_us;
        let at = usize::try_from(random.below(KINDS.len() as u64)).unwrap_or_default();
        let (Some(kind), Some(planting)) = (KINDS.get(at), plantings.get_mut(at)) else { continue };
        // Events are of about 12 packets.
        let is_planted = random.below(100_000) < settings.planted_per_100k.saturating_mul(24);
        let planted = if is_planted { planting.draw(&mut random) } else { None };
        if let Some(mut planted) = planted {
            // What is refused says no name on the wire.
            serve(&mut planted.event.flow);
            write(&mut frames, &planted.event, &mut random);
            // Within the span of a capture there is no moment that cannot be written.
            let time = Timestamp::from_microsecond(time_us).unwrap_or_default();
            match planted.expected {
                None => truth.add_near_miss(),
                Some(expected) => {
                    let verdict = planting.verdict(planted.plant, &planted.event.flow);
                    truth.add(&expected.device, &expected.indicator, verdict, time, 1);
                }
            }
        } else {
            let event = good_event(*kind, &devices, &good_names, &mut unique, &mut random);
            write(&mut frames, &event, &mut random);
        }
        if frames.bytes.len() > 1 << 20 {
            out.write_all(&frames.bytes)?;
            frames.bytes.clear();
        }
    }
    out.write_all(&frames.bytes)?;
    truth.add_lines(frames.count);
    Ok(())
}

fn serve(flow: &mut Flow<'_>) {
    if let Flow::Tls { ending, .. } | Flow::Web { ending, .. } = flow {
        *ending = Ending::Served;
    }
}

fn write(frames: &mut Frames, event: &Event<'_>, random: &mut Random) {
    let source = event.source.parse().unwrap_or(IpAddr::V4(event.device.v4));
    let sides = |address: IpAddr, port: u16, random: &mut Random| {
        let is_same = source.is_ipv4() == address.is_ipv4();
        let from = if is_same { source } else { event.device.v6.into() };
        let client_port = 32_768 + u16::try_from(random.below(28_000)).unwrap_or_default();
        Sides { client: from, server: address, client_port, server_port: port }
    };
    frames.is_tagged = event.device.v4.octets().last().is_some_and(|it| it % 8 == 0);
    match &event.flow {
        Flow::Dns { name, answer } => {
            let sides = sides(RESOLVER, 53, random);
            let id = u16::try_from(random.below(1 << 16)).unwrap_or_default();
            let query = messages::dns(id, name, None);
            let answers = match answer {
                Answer::None => Vec::new(),
                Answer::Blocked => vec![IpAddr::V4(std::net::Ipv4Addr::UNSPECIFIED)],
                Answer::Address(address) => vec![*address],
            };
            let response = messages::dns(id, name, Some(&answers));
            match random.below(32) {
                0 => {
                    let mut connection = frames.connect(sides, random);
                    let cut = usize::try_from(random.below(20)).unwrap_or_default();
                    connection.send_in_parts(true, &with_length(&query), 1 + cut);
                    connection.send(false, &with_length(&response));
                    connection.close();
                }
                1 => {
                    frames.udp_in_fragments(sides, &query, random);
                    frames.udp(sides.turned(), &response);
                }
                _ => {
                    frames.udp(sides, &query);
                    frames.udp(sides.turned(), &response);
                }
            }
        }
        Flow::Connection { address, port, ending } => {
            // The generator writes addresses only.
            let Ok(address) = address.parse() else { return };
            // What is said is no DNS.
            let port = if *port == 53 { 853 } else { *port };
            connect_and_talk(frames, sides(address, port, random), *ending, random);
        }
        Flow::Inbound { from, ending } => {
            let turned = sides(*from, 22, random);
            let sides = Sides { client: turned.server, server: turned.client, ..turned };
            connect_and_talk(frames, sides, *ending, random);
        }
        Flow::Tls { name, address, ending } => {
            let sides = sides(*address, 443, random);
            if *ending == Ending::Refused {
                return frames.refuse(sides, random);
            }
            let hello = messages::client_hello(name, random);
            let mut connection = frames.connect(sides, random);
            connection.send_in_parts(true, &hello, segment_size(hello.len(), random));
            talk(&mut connection, random);
            connection.close();
        }
        Flow::Web { host, address, path, query, ending } => {
            let sides = sides(*address, 80, random);
            if *ending == Ending::Refused {
                return frames.refuse(sides, random);
            }
            let request = messages::request(host, path, query);
            let mut connection = frames.connect(sides, random);
            connection.send_in_parts(true, &request, segment_size(request.len(), random));
            talk(&mut connection, random);
            connection.close();
        }
    }
}

fn with_length(message: &[u8]) -> Vec<u8> {
    let length = u16::try_from(message.len()).unwrap_or_default().to_be_bytes();
    [&length[..], message].concat()
}

/// One segment mostly, else pieces that begin as the message does.
fn segment_size(length: usize, random: &mut Random) -> usize {
    if random.per_mille(700) {
        return length;
    }
    8 + usize::try_from(random.below(120)).unwrap_or_default()
}

fn connect_and_talk(frames: &mut Frames, sides: Sides, ending: Ending, random: &mut Random) {
    if ending == Ending::Refused {
        return frames.refuse(sides, random);
    }
    let mut connection = frames.connect(sides, random);
    talk(&mut connection, random);
    connection.close();
}

/// Records that nobody can read, in both directions.
fn talk(connection: &mut frames::Connection<'_>, random: &mut Random) {
    for _ in 0..2 + random.rank(60) {
        let is_client = random.per_mille(300);
        let size = if is_client { 60 + random.below(200) } else { 400 + random.below(1_000) };
        let size = usize::try_from(size).unwrap_or_default();
        connection.send(is_client, &messages::sealed(size));
        if random.per_mille(400) {
            connection.acknowledge(!is_client);
        }
    }
}
