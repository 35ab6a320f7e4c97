//! pfSense filterlog: packets that rules pass or block, answers among them.

use super::Writer;
use super::event::{Ending, Event, Flow};
use crate::random::Random;

pub(super) fn write(writer: &mut Writer, event: &Event<'_>, time_us: i64, random: &mut Random) {
    let time = writer.local(time_us).strftime("%b %e %H:%M:%S").to_string();
    let (run, source) = (writer.run, &event.source);
    let port = 1024 + random.below(64_000);
    let id = random.below(65_536);
    let mut packet = |from: &str,
                      from_port: u64,
                      to: &str,
                      to_port: u64,
                      flags: &str,
                      action: &str| {
        let ip = if to.contains(':') {
            format!("6,0x00,0x00000,64,TCP,6,40,{from},{to}")
        } else {
            format!("4,0x0,,64,{id},0,DF,6,tcp,60,{from},{to}")
        };
        writer.line(format_args!(
            "{time} pfSense filterlog[{run}]: 81,,,1700000001,igb1,match,{action},in,{ip},{from_port},\
             {to_port},0,{flags},123456789,,64240,,mss;nop;wscale"
        ));
    };
    let action = |ending: Ending| if ending == Ending::Served { "pass" } else { "block" };
    match &event.flow {
        Flow::Connection { address, port: to, ending } => {
            let to = u64::from(*to);
            packet(source, port, address, to, random.word(&["S", "S", "SEC"]), action(*ending));
            // Late packets of either side open nothing.
            match random.below(10) {
                0 => packet(address, to, source, port, random.word(&["SA", "RA", "FA"]), "block"),
                1 => packet(source, port, address, to, random.word(&["FA", "R", "PA"]), "block"),
                _ => {}
            }
        }
        Flow::Inbound { from, ending } => {
            let from = from.to_string();
            packet(&from, port, source, 3389, "S", action(*ending));
            if random.per_mille(500) {
                packet(source, 3389, &from, port, random.word(&["SA", "RA"]), "block");
            }
        }
        Flow::Dns { .. } | Flow::Tls { .. } | Flow::Web { .. } => {}
    }
}
