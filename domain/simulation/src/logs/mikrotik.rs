//! MikroTik RouterOS through syslog: firewall rules with `log=yes`, and questions.

use super::Writer;
use super::event::{Ending, Event, Flow};
use crate::random::Random;

pub(super) fn write(writer: &mut Writer, event: &Event<'_>, time_us: i64, random: &mut Random) {
    let time = writer.local(time_us).strftime("%b %e %H:%M:%S").to_string();
    let source = &event.source;
    let port = 1024 + random.below(64_000);
    let end = |address: &str, port: u64| {
        if address.contains(':') {
            format!("[{address}]:{port}")
        } else {
            format!("{address}:{port}")
        }
    };
    let mut packet = |from: &str, to: &str, state: &str, flags: &str, prefix: &str| {
        writer.line(format_args!(
            "{time} MikroTik firewall,info {prefix}forward: in:bridge1 out:ether1, \
             connection-state:{state} src-mac 02:00:00:00:00:07, proto TCP ({flags}), {from}->{to}, len 52"
        ));
    };
    let prefix = |ending: Ending| if ending == Ending::Served { "" } else { "DROP_C2 " };
    match &event.flow {
        Flow::Connection { address, port: to, ending } => {
            let (from, to) = (end(source, port), end(address, u64::from(*to)));
            packet(&from, &to, "new", "SYN", prefix(*ending));
            match random.below(10) {
                0 => packet(&to, &from, "established", "SYN,ACK", ""),
                1 => packet(&from, &to, "established,snat", "ACK,FIN", ""),
                _ => {}
            }
        }
        Flow::Inbound { from, ending } => {
            let (from, to) = (end(&from.to_string(), port), end(source, 3389));
            packet(&from, &to, "new,dnat", "SYN", prefix(*ending));
            if random.per_mille(500) {
                packet(&to, &from, "established", "SYN,ACK", "");
            }
        }
        Flow::Dns { name, .. } => {
            let (number, kind) = (random.below(90_000), random.word(&["A", "A", "AAAA"]));
            writer.line(format_args!(
                "{time} MikroTik dns query from {source}: #{number} {name}. {kind}"
            ));
        }
        Flow::Tls { .. } | Flow::Web { .. } => {}
    }
}
