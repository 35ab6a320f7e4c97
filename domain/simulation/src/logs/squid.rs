//! Squid's native access log.

use super::Writer;
use super::event::{Ending, Event, Flow};
use crate::random::Random;

pub(super) fn write(writer: &mut Writer, event: &Event<'_>, time_us: i64, random: &mut Random) {
    let (method, url, address, ending) = match &event.flow {
        Flow::Web { host, address, path, query, ending } => {
            let mark = if query.is_empty() { "" } else { "?" };
            let method = random.word(&["GET", "GET", "GET", "POST"]);
            (method, format!("http://{host}{path}{mark}{query}"), address, *ending)
        }
        Flow::Tls { name, address, ending } => ("CONNECT", format!("{name}:443"), address, *ending),
        Flow::Dns { .. } | Flow::Connection { .. } | Flow::Inbound { .. } => return,
    };
    let (code, peer) = match (ending, method) {
        (Ending::Refused, _) => ("TCP_DENIED/403", "HIER_NONE/-".to_owned()),
        (Ending::Served, "CONNECT") => ("TCP_TUNNEL/200", format!("HIER_DIRECT/{address}")),
        (Ending::Served, _) if random.per_mille(200) => ("TCP_HIT/200", "HIER_NONE/-".to_owned()),
        (Ending::Served, _) => ("TCP_MISS/200", format!("HIER_DIRECT/{address}")),
    };
    let kind = if method == "CONNECT" { "-" } else { "text/html" };
    let (seconds, milliseconds) = (time_us / 1_000_000, time_us / 1000 % 1000);
    let (elapsed, bytes) = (random.below(4000), random.below(1 << 18) + 300);
    let source = &event.source;
    writer.line(format_args!(
        "{seconds}.{milliseconds:03} {elapsed:6} {source} {code} {bytes} {method} {url} - {peer} {kind}"
    ));
}
