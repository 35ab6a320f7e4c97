//! PowerDNS Recursor with `quiet=no` and structured logging, and dnsdist before it.

use super::Writer;
use super::event::{Event, Flow};
use crate::random::Random;

pub(super) fn write(writer: &mut Writer, event: &Event<'_>, time_us: i64, random: &mut Random) {
    let Flow::Dns { name, .. } = &event.flow else { return };
    let (source, port) = (&event.source, 1024 + random.below(64_000));
    let kind = random.word(&["A", "A", "A", "AAAA", "HTTPS"]);
    let (seconds, milliseconds) = (time_us / 1_000_000, time_us / 1000 % 1000);
    if random.per_mille(300) {
        return writer.line(format_args!(
            "[{seconds}.{milliseconds:03}000000] Packet from {source}:{port} for {name}. {kind} with \
             id {}",
            random.below(65_536)
        ));
    }
    let time = writer.local(time_us).strftime("%b %d %H:%M:%S").to_string();
    let (thread, number) = (1 + random.below(3), 1 + random.below(90));
    let head = format!(
        "subsystem=\"syncres\" level=\"0\" prio=\"Info\" tid=\"{thread}\" \
         ts=\"{seconds}.{milliseconds:03}\""
    );
    writer.line(format_args!(
        "{time} msg=\"Question\" {head} ecs=\"\" mtid=\"{number}\" proto=\"udp\" qname=\"{name}\" \
         qtype=\"{kind}\" remote=\"{source}:{port}\""
    ));
    writer.line(format_args!(
        "{time} msg=\"Answer\" {head} additional=\"1\" answers=\"1\" dotout=\"0\" ecs=\"\" \
         mtid=\"{number}\" netms=\"0.457000\" outqueries=\"2\" proto=\"udp\" qname=\"{name}\" \
         qtype=\"{kind}\" rcode=\"0\" rd=\"1\" remote=\"{source}:{port}\" tcpout=\"0\" throttled=\"0\""
    ));
}
