//! Linux kernel log of iptables: packets that rules log, TCP and UDP, answers among them.

use super::Writer;
use super::event::{Ending, Event, Flow};
use crate::random::Random;

pub(super) fn write(writer: &mut Writer, event: &Event<'_>, time_us: i64, random: &mut Random) {
    let time = writer.local(time_us).strftime("%b %e %H:%M:%S").to_string();
    let source = &event.source;
    let port = 1024 + random.below(64_000);
    let (uptime, id) = (random.below(900_000), random.below(65_536));
    let is_udp = random.per_mille(300);
    let mut packet = |prefix: &str, from: (&str, u64), to: (&str, u64), flags: &str| {
        let ip = if to.0.contains(':') {
            "LEN=80 TC=0 HOPLIMIT=63 FLOWLBL=7001".to_owned()
        } else {
            format!("LEN=60 TOS=0x00 PREC=0x00 TTL=63 ID={id} DF")
        };
        let (from, from_port) = from;
        let (to, to_port) = to;
        let transport = if is_udp {
            format!("PROTO=UDP SPT={from_port} DPT={to_port} LEN=51 ")
        } else {
            format!("PROTO=TCP SPT={from_port} DPT={to_port} WINDOW=64240 RES=0x00 {flags} URGP=0 ")
        };
        writer.line(format_args!(
            "{time} router kernel: [{uptime:6}.123456] {prefix}IN=br-lan OUT=eth0 \
             MAC=02:00:00:00:00:01:02:00:00:00:00:07:08:00 SRC={from} DST={to} {ip} {transport}"
        ));
    };
    let prefix = |ending: Ending| if ending == Ending::Served { "NEW " } else { "[UFW BLOCK] " };
    match &event.flow {
        Flow::Connection { address, port: to, ending } => {
            let (from, to) = ((source.as_ref(), port), (address.as_ref(), u64::from(*to)));
            packet(prefix(*ending), from, to, "SYN");
            // Of UDP, only answers of services can be told from questions.
            if !is_udp {
                match random.below(10) {
                    0 => packet("ALL ", to, from, "ACK SYN"),
                    1 => packet("ALL ", from, to, "ACK FIN"),
                    _ => {}
                }
            }
        }
        Flow::Inbound { from, ending } => {
            let from = from.to_string();
            let service = if is_udp { 161 } else { 3389 };
            packet(prefix(*ending), (&from, port), (source, service), "SYN");
            if random.per_mille(500) {
                packet("ALL ", (source, service), (&from, port), "ACK RST");
            }
        }
        Flow::Dns { .. } | Flow::Tls { .. } | Flow::Web { .. } => {}
    }
}
