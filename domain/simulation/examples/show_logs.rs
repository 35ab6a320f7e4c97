//! Prints the first lines of every log, to look at: `cargo run -p simulation --example show_logs`.

use std::io::{self, Write as _};

use jiff::{SignedDuration, Timestamp, tz::Offset};
use simulation::{LogKind, LogSettings, Targets, Truth, write_log};

fn main() -> io::Result<()> {
    let start = Timestamp::from_second(1_793_577_600).unwrap_or_default();
    let mut out = io::stdout().lock();
    for kind in LogKind::ALL {
        let settings = LogSettings {
            seed: 1,
            start,
            span: SignedDuration::from_hours(24),
            offset: Offset::constant(7),
            devices: 200,
            infected_devices: 10,
            lines: 20,
            planted_per_100k: 20_000,
        };
        writeln!(out, "== {}", kind.file_name())?;
        let mut truth = Truth::default();
        write_log(kind, &settings, &Targets::new(1, 20), &mut truth, &mut out)?;
        for sighting in truth.sightings() {
            writeln!(
                out,
                "-> {} {} {}",
                sighting.device,
                sighting.indicator,
                sighting.verdict.code()
            )?;
        }
    }
    Ok(())
}
