//! Cisco ASA: connections built and torn down, denied packets, URLs.

use std::fmt::Arguments;

use super::Writer;
use super::event::{Ending, Event, Flow};
use crate::random::Random;

/// Says how many lines name the device.
pub(super) fn write(
    writer: &mut Writer,
    event: &Event<'_>,
    time_us: i64,
    random: &mut Random,
) -> u64 {
    let time = writer.local(time_us).strftime("%b %d %Y %H:%M:%S").to_string();
    let mut message = |message: Arguments<'_>| {
        writer.line(format_args!("<166>{time} fw-example : %ASA-{message}"));
    };
    let source = &event.source;
    let number = random.below(1 << 31);
    // What systems give to the side that opens.
    let ephemeral = 32_768 + random.below(28_000);
    let bytes = random.below(1 << 20) + 40;
    match &event.flow {
        Flow::Connection { address, port, ending: Ending::Served } => {
            if random.per_mille(100) {
                message(format_args!(
                    "6-305011: Built dynamic TCP translation from inside:{source}/{ephemeral} to \
                     outside:203.0.113.254/{ephemeral}"
                ));
            }
            message(format_args!(
                "6-302013: Built outbound TCP connection {number} for outside:{address}/{port} \
                 ({address}/{port}) to inside:{source}/{ephemeral} (203.0.113.254/{ephemeral})"
            ));
            message(format_args!(
                "6-302014: Teardown TCP connection {number} for outside:{address}/{port} to \
                 inside:{source}/{ephemeral} duration 0:00:00 bytes {bytes} TCP FINs"
            ));
            2
        }
        Flow::Connection { address, port, ending: Ending::Refused } if random.per_mille(500) => {
            message(format_args!(
                "6-302013: Built outbound TCP connection {number} for outside:{address}/{port} \
                 ({address}/{port}) to inside:{source}/{ephemeral} (203.0.113.254/{ephemeral})"
            ));
            message(format_args!(
                "6-302014: Teardown TCP connection {number} for outside:{address}/{port} to \
                 inside:{source}/{ephemeral} duration 0:00:30 bytes 0 SYN Timeout"
            ));
            2
        }
        Flow::Connection { address, port, ending: Ending::Refused } => {
            message(format_args!(
                "4-106023: Deny tcp src inside:{source}/{ephemeral} dst outside:{address}/{port} by \
                 access-group \"inside_in\" [0x0, 0x0]"
            ));
            1
        }
        Flow::Inbound { from, ending: Ending::Served } => {
            // Scanners use any port for their own.
            let own = 1 + random.below(65_000);
            message(format_args!(
                "6-302013: Built inbound TCP connection {number} for outside:{from}/{own} \
                 ({from}/{own}) to dmz:{source}/3389 (203.0.113.254/3389)"
            ));
            message(format_args!(
                "6-302014: Teardown TCP connection {number} for outside:{from}/{own} to \
                 dmz:{source}/3389 duration 0:00:00 bytes {bytes} TCP Reset-O"
            ));
            // What the target sends afterwards belongs to no connection.
            message(format_args!(
                "6-106015: Deny TCP (no connection) from {source}/3389 to {from}/{own} flags RST ACK  \
                 on interface dmz"
            ));
            2
        }
        Flow::Inbound { from, ending: Ending::Refused } => {
            message(format_args!(
                "4-106023: Deny tcp src outside:{from}/{ephemeral} dst dmz:{source}/3389 by access-group \
                 \"outside_in\" [0x0, 0x0]"
            ));
            1
        }
        Flow::Web { host, address, path, query, ending } => {
            let mark = if query.is_empty() { "" } else { "?" };
            let url = format!("http://{host}{path}{mark}{query}");
            match ending {
                Ending::Served => {
                    message(format_args!("5-304001: {source} Accessed URL {address}:{url}"));
                }
                Ending::Refused => message(format_args!(
                    "5-304002: Access denied URL {url} SRC {source} DEST {address}: on interface inside"
                )),
            }
            1
        }
        Flow::Dns { .. } | Flow::Tls { .. } => 0,
    }
}
