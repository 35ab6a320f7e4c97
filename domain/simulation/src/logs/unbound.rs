//! Unbound with `log-queries` and `log-replies`, and `rpz-log` for what it withholds.

use super::Writer;
use super::event::{Answer, Event, Flow};
use crate::random::Random;

/// Says how many lines name the device.
pub(super) fn write(
    writer: &mut Writer,
    event: &Event<'_>,
    time_us: i64,
    random: &mut Random,
) -> u64 {
    let Flow::Dns { name, answer } = &event.flow else { return 0 };
    let (run, source, seconds) = (writer.run, &event.source, time_us / 1_000_000);
    let kind = random.word(&["A", "A", "A", "AAAA", "HTTPS"]);
    let head = format!("[{seconds}] unbound[{run}:{}] info:", random.below(2));
    let question = format!("{source} {name}. {kind} IN");
    writer.line(format_args!("{head} {question}"));
    let (code, cached) = match answer {
        Answer::Blocked => {
            let port = 1024 + random.below(64_000);
            writer.line(format_args!(
                "{head} rpz: applied [chien-dich] {name}. rpz-nxdomain {source}@{port} {name}. {kind} IN"
            ));
            ("NXDOMAIN", 1)
        }
        Answer::Address(_) => ("NOERROR", random.below(2)),
        Answer::None => ("NXDOMAIN", 0),
    };
    let (duration, size) = (random.below(90_000), 40 + random.below(200));
    writer.line(format_args!("{head} {question} {code} 0.{duration:06} {cached} {size}"));
    if *answer == Answer::Blocked { 3 } else { 2 }
}
