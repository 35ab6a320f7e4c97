//! Lists and logs for a demonstration: every malicious destination is under `.example` or in a
//! range for documentation (RFC 5737).

use jiff::tz::Offset;
use jiff::{SignedDuration, Timestamp};

use crate::{LogKind, LogSettings, Targets, Truth, write_log};

/// The logs of one unit of a demonstration.
#[derive(Clone, Copy, Debug)]
pub struct DemoUnit {
    /// Tells this unit from the others: other devices, other contacts.
    pub seed: u64,
    /// When its logs begin.
    pub start: Timestamp,
    /// How many days they go on.
    pub days: u16,
    /// How many devices it has.
    pub devices: u32,
    /// How many of them talk to malicious destinations.
    pub infected_devices: u32,
}

/// The indicator list of a demonstration, as CSV.
pub fn demo_list(seed: u64) -> Vec<u8> {
    let mut list = Vec::new();
    // Writing into memory cannot fail.
    Targets::demo(seed).write_csv(&mut list).unwrap_or_default();
    list
}

/// One log of a unit, against the list of the same `list_seed`: about 40 lines a device, at least
/// 500, and at least six contacts of each infected device on average. What must be found in it is
/// entered into the truth.
pub fn demo_log(kind: LogKind, list_seed: u64, unit: &DemoUnit, truth: &mut Truth) -> Vec<u8> {
    let lines = (u64::from(unit.devices) * 40).max(500);
    let contacts = u64::from(unit.infected_devices) * 12;
    let settings = LogSettings {
        seed: unit.seed,
        start: unit.start,
        span: SignedDuration::from_hours(24 * i64::from(unit.days.max(1))),
        offset: Offset::constant(7),
        devices: unit.devices,
        infected_devices: unit.infected_devices,
        lines,
        planted_per_100k: (contacts * 100_000 / lines).min(20_000),
    };
    let mut log = Vec::new();
    // Writing into memory cannot fail.
    write_log(kind, &settings, &Targets::demo(list_seed), truth, &mut log).unwrap_or_default();
    log
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_infected_device_of_a_unit_shows_in_its_logs_and_no_other() {
        for seed in 0..50 {
            let infected_devices = u32::try_from(seed % 6).unwrap();
            let start = "2026-11-02T00:00:00Z".parse().unwrap();
            let unit = DemoUnit { seed, start, days: 7, devices: 40, infected_devices };
            let mut truth = Truth::default();
            for kind in [LogKind::Bind, LogKind::Fortigate] {
                let log = demo_log(kind, 1, &unit, &mut truth);
                assert!(log.len() > 50_000, "{}", log.len());
            }
            let sightings = truth.sightings();
            let findings = sightings.iter().filter(|it| it.verdict.is_finding());
            let devices: BTreeSet<_> = findings.map(|it| &it.device).collect();
            assert_eq!(devices.len(), infected_devices as usize, "{seed}");
        }
    }
}
