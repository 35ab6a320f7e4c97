//! Windows Firewall of one file server: what it lets through and what it drops.

use super::Writer;
use super::event::{Ending, Event, Flow};
use crate::random::Random;

pub(super) fn write_header(writer: &mut Writer) {
    for line in [
        "#Version: 1.5",
        "#Software: Microsoft Windows Firewall",
        "#Time Format: Local",
        "#Fields: date time action protocol src-ip dst-ip src-port dst-port size tcpflags tcpsyn \
         tcpack tcpwin icmptype icmpcode info path pid",
        "",
    ] {
        writer.line(format_args!("{line}"));
    }
}

pub(super) fn write(writer: &mut Writer, event: &Event<'_>, time_us: i64, random: &mut Random) {
    let time = writer.local(time_us).strftime("%Y-%m-%d %H:%M:%S").to_string();
    let source = &event.source;
    let port = 1024 + random.below(64_000);
    let mut line = |ending: Ending, flags: &str, from: (&str, u64), to: (&str, u64), path: &str| {
        let (action, size, flags) = match ending {
            Ending::Served => ("ALLOW", 0, "-"),
            Ending::Refused => ("DROP", 52, flags),
        };
        let ((from, from_port), (to, to_port)) = (from, to);
        writer.line(format_args!(
            "{time} {action} TCP {from} {to} {from_port} {to_port} {size} {flags} 0 0 0 - - - {path} 4"
        ));
    };
    match &event.flow {
        Flow::Connection { address, port: to, ending } => {
            let (from, to) = ((source.as_ref(), port), (address.as_ref(), u64::from(*to)));
            line(*ending, "S", from, to, "SEND");
            if random.per_mille(100) {
                line(Ending::Refused, random.word(&["A", "RA", "SA"]), to, from, "RECEIVE");
            }
        }
        Flow::Inbound { from, ending } => {
            let from = from.to_string();
            line(*ending, "S", (&from, port), (source, 3389), "RECEIVE");
            if random.per_mille(100) {
                line(Ending::Refused, "RA", (source, 3389), (&from, port), "SEND");
            }
        }
        Flow::Dns { .. } | Flow::Tls { .. } | Flow::Web { .. } => {}
    }
}
