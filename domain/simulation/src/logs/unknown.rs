//! The log of a program that nobody knows.

use super::Writer;
use super::event::{Event, Flow};

pub(super) fn write(writer: &mut Writer, event: &Event<'_>, time_us: i64) {
    let time = writer.local(time_us).strftime("%Y-%m-%d %H:%M:%S").to_string();
    let source = &event.source;
    match &event.flow {
        Flow::Dns { name, .. } => {
            writer.line(format_args!("{time} [resolver] {source} wants <{name}>, v2.1 in 1.5s"));
        }
        Flow::Connection { address, port, .. } if address.contains(':') => {
            writer.line(format_args!("{time} [gate] {source} -> [{address}]:{port} took 00:00:07"));
        }
        Flow::Connection { address, port, .. } => {
            writer.line(format_args!("{time} [gate] {source} -> {address}:{port} took 00:00:07"));
        }
        Flow::Tls { name, .. } => {
            writer.line(format_args!(
                "{time} [gate] peer={source} sni=\"{name}\" mac=02:00:5e:00:53:01"
            ));
        }
        Flow::Web { host, path, query, .. } => {
            let mark = if query.is_empty() { "" } else { "?" };
            writer.line(format_args!(
                "{time} [web] {source} fetched http://{host}{path}{mark}{query} ok"
            ));
        }
        Flow::Inbound { from, .. } => {
            writer.line(format_args!("{time} [gate] {from} knocked at {source}:3389"));
        }
    }
}
