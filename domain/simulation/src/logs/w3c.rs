//! W3C extended logs: a proxy's main format of `ProxySG`, and that of IIS.

use super::event::{Ending, Event, Flow};
use super::{LogKind, Writer};
use crate::random::Random;

pub(super) fn write_header(writer: &mut Writer) {
    let begun = jiff::Timestamp::from_microsecond(writer.last_us).unwrap_or_default();
    let begun = begun.strftime("%Y-%m-%d %H:%M:%S").to_string();
    let (software, fields) = match writer.kind {
        LogKind::W3cProxy => (
            "SGOS 6.7.5.1",
            "date time time-taken c-ip sc-status s-action sc-bytes cs-bytes cs-method \
             cs-uri-scheme cs-host cs-uri-port cs-uri-path cs-uri-query cs-username s-hierarchy \
             s-supplier-ip rs(Content-Type) cs(User-Agent) sc-filter-result cs-categories s-ip",
        ),
        _ => (
            "Microsoft Internet Information Services 10.0",
            "date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip \
             cs(User-Agent) cs(Referer) sc-status sc-substatus sc-win32-status time-taken",
        ),
    };
    writer.line(format_args!("#Software: {software}"));
    writer.line(format_args!("#Version: 1.0"));
    writer.line(format_args!("#Date: {begun}"));
    writer.line(format_args!("#Fields: {fields}"));
}

/// Both write UTC.
fn time(time_us: i64) -> String {
    let time = jiff::Timestamp::from_microsecond(time_us).unwrap_or_default();
    time.strftime("%Y-%m-%d %H:%M:%S").to_string()
}

pub(super) fn write_proxied(
    writer: &mut Writer,
    event: &Event<'_>,
    time_us: i64,
    random: &mut Random,
) {
    let (method, scheme, host, port, path, query, address, ending) = match &event.flow {
        Flow::Web { host, address, path, query, ending } => {
            ("GET", "http", host, 80, path.as_ref(), query.as_ref(), address, *ending)
        }
        Flow::Tls { name, address, ending } => {
            ("CONNECT", "tcp", name, 443, "/", "", address, *ending)
        }
        Flow::Dns { .. } | Flow::Connection { .. } | Flow::Inbound { .. } => return,
    };
    let query = if query.is_empty() { "-".to_owned() } else { format!("?{query}") };
    let (status, action, filter, address) = match ending {
        Ending::Served if method == "CONNECT" => {
            (200, "TCP_TUNNELED", "OBSERVED", address.to_string())
        }
        Ending::Served => (200, "TCP_NC_MISS", "OBSERVED", address.to_string()),
        Ending::Refused => (403, "TCP_DENIED", "DENIED", "-".to_owned()),
    };
    let (time, source) = (time(time_us), &event.source);
    let (taken, received, sent) = (random.below(4000), random.below(1 << 18), random.below(4096));
    writer.line(format_args!(
        "{time} {taken} {source} {status} {action} {received} {sent} {method} {scheme} {host} \
         {port} {path} {query} - DIRECT {address} text/html \"Mozilla/5.0 (Windows NT 10.0)\" \
         {filter} \"Technology/Internet;Web Ads\" 10.0.0.3"
    ));
}

/// A request to a server of ours, as in [`super::web::write_served`].
pub(super) fn write_served(
    writer: &mut Writer,
    event: &Event<'_>,
    time_us: i64,
    random: &mut Random,
) {
    let (time, source, taken) = (time(time_us), &event.source, random.below(4000));
    match &event.flow {
        Flow::Web { host, path, query, .. } => {
            let query = if query.is_empty() { "-" } else { query };
            writer.line(format_args!(
                "{time} 10.0.0.80 GET {path} {query} 443 - {source} \
                 Mozilla/5.0+(Windows+NT+10.0;+Win64;+x64) http://{host}{path} 200 0 0 {taken}"
            ));
        }
        Flow::Inbound { from, ending } => {
            let status = if *ending == Ending::Served { 200 } else { 404 };
            writer.line(format_args!(
                "{time} {source} GET /owa/ - 443 - {from} curl/7.88.1 - {status} 0 2 {taken}"
            ));
        }
        Flow::Dns { .. } | Flow::Connection { .. } | Flow::Tls { .. } => {}
    }
}
