//! Files that tell which device an address was.

use contacts::TimeReading;
use jiff::{Timestamp, tz::TimeZone};
use naming::NamesBuilder;

/// What is taken and refused is no more than what was read, and whatever is claimed can be asked
/// for.
pub fn names(bytes: &[u8]) {
    let written = Timestamp::from_second(1_795_780_722).ok();
    let times = TimeReading { zone: TimeZone::UTC, written };
    for site in [None, Some("tru so")] {
        let mut builder = NamesBuilder::new(site);
        let report = builder.read(bytes, &times);
        // A block of several lines is refused once; a lease file is no table.
        assert!(report.claims + report.refused_total() <= report.lines.max(1) * 2);
        assert!(report.refused.len() as u64 <= report.refused_total());
        let names = builder.build();
        for address in ["192.0.2.10", "192.0.2.20", "2001:db8::15"] {
            let Ok(address) = address.parse() else { continue };
            for at in [None, written, Timestamp::from_second(1_795_478_400).ok()] {
                if let Some(claim) = names.resolve(address, at) {
                    names.describe(claim.device);
                }
            }
        }
    }
}
