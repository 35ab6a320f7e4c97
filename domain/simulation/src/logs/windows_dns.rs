//! Windows DNS Server debug log, of a server set up in Vietnamese or in American English.

use std::fmt::Write as _;

use super::Writer;
use super::event::{Answer, Event, Flow};
use crate::random::Random;

pub(super) fn write_header(writer: &mut Writer) {
    for line in [
        "DNS Server log file creation at 24/11/2026 08:00:00",
        "",
        "Message logging key (for packets - other items use a subset of these fields):",
        "\tField #  Information         Values",
        "\t-------  -----------         ------",
        "\t   1     Date",
        "\t  10     Query/Response      R = Response",
        "\t                             blank = Query",
        "\t  16     Question Name",
        "",
    ] {
        writer.line(format_args!("{line}"));
    }
}

/// Says how many lines name the device.
pub(super) fn write(
    writer: &mut Writer,
    event: &Event<'_>,
    time_us: i64,
    random: &mut Random,
) -> u64 {
    let Flow::Dns { name, answer } = &event.flow else { return 0 };
    let format =
        if writer.run.is_multiple_of(2) { "%d/%m/%Y %H:%M:%S" } else { "%-m/%-d/%Y %-I:%M:%S %p" };
    let time = writer.local(time_us).strftime(format).to_string();
    let (source, id) = (&event.source, random.below(65_536));
    let kind = random.word(&["A", "A", "A", "AAAA", "HTTPS"]);
    let counted = counted(name);
    let head = format!("{time} {:04X} PACKET  {:016X} UDP", 0x0e70, 0x0333_97a0 + (id << 4));
    writer.line(format_args!(
        "{head} Rcv {source:<15} {id:04x}   Q [0001   D   NOERROR] {kind:<6} {counted}"
    ));
    if random.per_mille(100) {
        writer.line(format_args!(
            "{head} Snd 203.0.113.253   {id:04x}   Q [0001   D   NOERROR] {kind:<6} {counted}"
        ));
        writer.line(format_args!(
            "{head} Rcv 203.0.113.253   {id:04x} R Q [8081   DR  NOERROR] {kind:<6} {counted}"
        ));
    }
    let code = match answer {
        Answer::Blocked => "REFUSED",
        Answer::Address(_) => "NOERROR",
        Answer::None => "NXDOMAIN",
    };
    writer.line(format_args!(
        "{head} Snd {source:<15} {id:04x} R Q [8081   DR {code:>8}] {kind:<6} {counted}"
    ));
    2
}

/// `(3)www(7)example(0)`.
fn counted(name: &str) -> String {
    let mut text = String::with_capacity(name.len() + 16);
    for label in name.split('.').filter(|label| !label.is_empty()) {
        // Writing into a `String` cannot fail.
        write!(text, "({}){label}", label.len()).unwrap_or_default();
    }
    text + "(0)"
}
