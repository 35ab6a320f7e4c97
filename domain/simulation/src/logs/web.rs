//! Squid's `combined` and Apache's `vhost_combined` access logs.

use super::Writer;
use super::event::{Ending, Event, Flow};
use crate::random::Random;

const AGENT: &str = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36";

fn time(writer: &Writer, time_us: i64) -> String {
    let local = writer.local(time_us).strftime("%d/%b/%Y:%H:%M:%S").to_string();
    format!("{local} {}", writer.offset_text().replace(':', ""))
}

pub(super) fn write_proxied(
    writer: &mut Writer,
    event: &Event<'_>,
    time_us: i64,
    random: &mut Random,
) {
    let (method, target, ending) = match &event.flow {
        Flow::Web { host, path, query, ending, .. } => {
            let mark = if query.is_empty() { "" } else { "?" };
            (
                random.word(&["GET", "GET", "POST"]),
                format!("http://{host}{path}{mark}{query}"),
                *ending,
            )
        }
        Flow::Tls { name, ending, .. } => ("CONNECT", format!("{name}:443"), *ending),
        Flow::Dns { .. } | Flow::Connection { .. } | Flow::Inbound { .. } => return,
    };
    let (status, code) = match (ending, method) {
        (Ending::Refused, _) => (403, "TCP_DENIED:HIER_NONE"),
        (Ending::Served, "CONNECT") => (200, "TCP_TUNNEL:HIER_DIRECT"),
        // A server's own refusal is an answer.
        (Ending::Served, _) if random.per_mille(100) => (403, "TCP_MISS:HIER_DIRECT"),
        (Ending::Served, _) => (200, "TCP_MISS:HIER_DIRECT"),
    };
    let (time, source, size) = (time(writer, time_us), &event.source, random.below(1 << 18) + 300);
    let referrer = random.word(&["-", "http://cong.thong-tin.example/"]);
    writer.line(format_args!(
        "{source} - - [{time}] \"{method} {target} HTTP/1.1\" {status} {size} \"{referrer}\" \
         \"{AGENT}\" {code}"
    ));
}

/// A request to a server of ours. What an event calls the host is where the client came from; the
/// device is the server.
pub(super) fn write_served(
    writer: &mut Writer,
    event: &Event<'_>,
    time_us: i64,
    random: &mut Random,
) {
    let time = time(writer, time_us);
    let (source, size) = (&event.source, random.below(1 << 18));
    let method = random.word(&["GET", "GET", "POST"]);
    match &event.flow {
        Flow::Web { host, path, query, .. } => {
            let mark = if query.is_empty() { "" } else { "?" };
            writer.line(format_args!(
                "www.portal.example:443 {source} - - [{time}] \"{method} {path}{mark}{query} \
                 HTTP/1.1\" 200 {size} \"http://{host}{path}\" \"{AGENT}\""
            ));
        }
        Flow::Inbound { from, ending } => {
            let status = if *ending == Ending::Served { 200 } else { 404 };
            writer.line(format_args!(
                "{source}:80 {from} - - [{time}] \"GET /wp-login.php HTTP/1.1\" {status} {size} \
                 \"-\" \"curl/7.88.1\""
            ));
        }
        Flow::Dns { .. } | Flow::Connection { .. } | Flow::Tls { .. } => {}
    }
}
