//! dnsmasq with `log-queries`: a line for the query, lines for what came of it.

use super::Writer;
use super::event::{Answer, Event, Flow};
use crate::random::Random;

pub(super) fn write(writer: &mut Writer, event: &Event<'_>, time_us: i64, random: &mut Random) {
    let Flow::Dns { name, answer } = &event.flow else { return };
    let time = writer.local(time_us).strftime("%b %e %H:%M:%S").to_string();
    let (run, source) = (writer.run, &event.source);
    let kind = random.word(&["A", "A", "A", "AAAA", "HTTPS"]);
    writer.line(format_args!("{time} dnsmasq[{run}]: query[{kind}] {name} from {source}"));
    let address = match answer {
        Answer::Blocked => {
            return writer.line(format_args!("{time} dnsmasq[{run}]: config {name} is 0.0.0.0"));
        }
        Answer::Address(address) => address.to_string(),
        Answer::None => "NXDOMAIN".to_owned(),
    };
    if random.per_mille(400) {
        return writer.line(format_args!("{time} dnsmasq[{run}]: cached {name} is {address}"));
    }
    writer.line(format_args!("{time} dnsmasq[{run}]: forwarded {name} to 203.0.113.253"));
    writer.line(format_args!("{time} dnsmasq[{run}]: reply {name} is {address}"));
}
