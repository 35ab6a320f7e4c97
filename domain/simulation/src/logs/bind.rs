//! BIND 9 query log, with category and severity, as `print-category yes` writes it.

use super::Writer;
use super::event::{Event, Flow};
use crate::random::Random;

pub(super) fn write(writer: &mut Writer, event: &Event<'_>, time_us: i64, random: &mut Random) {
    let Flow::Dns { name, .. } = &event.flow else { return };
    let time = writer.local(time_us).strftime("%d-%b-%Y %H:%M:%S%.3f").to_string();
    let object = 0x7f00_0000_0000 + (writer.run << 24) + (random.below(64) << 12) + 0x168;
    let (source, port) = (&event.source, 1024 + random.below(64_000));
    let kind = random.word(&["A", "A", "A", "AAAA", "AAAA", "HTTPS", "MX", "TXT"]);
    let flags = random.word(&["+E(0)K", "+", "+E(0)DC", "+T"]);
    writer.line(format_args!(
        "{time} queries: info: client @0x{object:x} {source}#{port} ({name}): query: {name} IN \
         {kind} {flags} (10.0.0.1)"
    ));
}
