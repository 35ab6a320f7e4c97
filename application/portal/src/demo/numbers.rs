//! When what happens, in days before the day the demonstration is made on.

use simulation::Random;

/// The campaign is launched.
pub(super) const LAUNCHED: i64 = -26;
/// The week of which logs are checked first begins.
pub(super) const FIRST_LOGS: i64 = -26;
/// Days of logs that are checked first.
pub(super) const FIRST_LOGS_DAYS: u16 = 7;
/// Logs are checked and devices worked on.
pub(super) const CHECKED: i64 = -18;
/// Devices are declared clean.
pub(super) const DECLARED: i64 = -17;
/// Days of logs after that in which a cleaned device stays quiet.
pub(super) const QUIET_DAYS: u16 = 16;
/// Logs begin in which a device that was declared clean is seen again.
pub(super) const SEEN_AGAIN_LOGS: i64 = -9;
/// Reports are written from this day on.
pub(super) const REPORTS: i64 = -7;
/// Everybody is to report before this day at the earliest: in 2022, the letter's own, 22/9.
pub(super) const DEADLINE: i64 = 2;
/// Units further down are to report before this day.
pub(super) const INNER_DEADLINE: i64 = -4;
/// The unit above looks at reports.
pub(super) const NOTED: i64 = -2;
/// The newcomer's logs begin so many days after the launch.
pub(super) const NEWCOMER_LOGS_FROM: i64 = 19;
/// The campaign before is launched, and closed.
pub(super) const BEFORE_LAUNCHED: i64 = -230;
/// See [`BEFORE_LAUNCHED`].
pub(super) const BEFORE_CLOSED: i64 = -180;

/// Minutes from the beginning of the day the demonstration is made on; all in the past.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Moment(pub(super) i64);

const DAY: i64 = 24 * 60;

impl Moment {
    /// An hour and minute of a day.
    pub(super) fn on(day: i64, hour: i64, minute: i64) -> Self {
        Self(day * DAY + hour * 60 + minute)
    }

    /// A moment in office hours of the day so many days after this moment, and after it.
    pub(super) fn later(self, days: i64, random: &mut Random) -> Self {
        let day = self.0.div_euclid(DAY) + days;
        let minute = i64::try_from(random.below(8 * 60)).unwrap_or(0);
        let there = Self::on(day, 8, minute);
        if there > self { there } else { Self(self.0 + 7 + minute / 16) }
    }

    /// So many minutes later.
    pub(super) fn plus(self, minutes: i64) -> Self {
        Self(self.0 + minutes)
    }

    /// Not before the day.
    pub(super) fn not_before(self, day: i64) -> Self {
        self.max(Self::on(day, 8, 0))
    }
}

/// Seed of a unit's own logs and fortunes.
pub(super) fn seed_of(seed: u64, code: &str) -> u64 {
    Random::for_part(seed, code).bits()
}
