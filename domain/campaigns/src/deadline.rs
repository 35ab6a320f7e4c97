//! Deadlines as letters phrase them.

use std::fmt;
use std::str::FromStr;

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan, tz::TimeZone};
use serde::{Deserialize, Serialize};

/// How a letter phrases its deadline.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DeadlinePhrase {
    /// "trước ngày D": the last moment is the end of the day before.
    Before,
    /// "chậm nhất ngày D": the last moment is the end of that day.
    AtLatest,
}

impl DeadlinePhrase {
    /// The code kept in the database and in message keys.
    pub fn code(self) -> &'static str {
        match self {
            Self::Before => "before",
            Self::AtLatest => "at-latest",
        }
    }
}

impl fmt::Display for DeadlinePhrase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// The text names no phrase.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a deadline's phrase")]
pub struct UnknownPhrase;

impl FromStr for DeadlinePhrase {
    type Err = UnknownPhrase;

    fn from_str(code: &str) -> Result<Self, UnknownPhrase> {
        [Self::Before, Self::AtLatest]
            .into_iter()
            .find(|phrase| phrase.code() == code)
            .ok_or(UnknownPhrase)
    }
}

/// A deadline: the phrase is kept, the instant follows from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Deadline {
    /// As the letter says it.
    pub phrase: DeadlinePhrase,
    /// The day the letter names.
    pub day: Date,
}

impl Deadline {
    /// The last day on which a report is in time: shown as "Hạn: hết ngày …".
    pub fn last_day(self) -> Date {
        match self.phrase {
            DeadlinePhrase::Before => self.day.saturating_sub(1.day()),
            DeadlinePhrase::AtLatest => self.day,
        }
    }

    /// The instant at which it is too late: 24:00 of the last day in the campaign's zone.
    pub fn ends_at(self, zone: &TimeZone) -> Timestamp {
        let after = self.last_day().saturating_add(1.day());
        zone.to_ambiguous_zoned_datetime(after.at(0, 0, 0, 0))
            .compatible()
            .map_or(Timestamp::MAX, |it| it.timestamp())
    }

    /// Whether what the server received at this instant is in time.
    pub fn is_on_time(self, received_at: Timestamp, zone: &TimeZone) -> bool {
        received_at < self.ends_at(zone)
    }

    /// Whether a deadline further down leaves the level above its own time.
    pub fn is_within(self, upper: Self) -> bool {
        self.last_day() <= upper.last_day()
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn before_a_day_ends_the_day_before_at_midnight_in_the_zone_of_the_campaign() {
        let zone = TimeZone::get("Asia/Ho_Chi_Minh").unwrap();
        let check = |phrase, received: &str, expected| {
            let deadline = Deadline { phrase, day: date(2022, 9, 22) };
            let received: Timestamp = received.parse().unwrap();
            assert_eq!(deadline.is_on_time(received, &zone), expected, "{phrase} {received}");
        };
        check(DeadlinePhrase::Before, "2022-09-21T16:59:59.999999Z", true);
        check(DeadlinePhrase::Before, "2022-09-21T17:00:00Z", false);
        check(DeadlinePhrase::AtLatest, "2022-09-22T16:59:59Z", true);
        check(DeadlinePhrase::AtLatest, "2022-09-22T17:00:00Z", false);
    }

    #[test]
    fn a_lower_deadline_is_not_later_than_the_upper_one() {
        let before = |d| Deadline { phrase: DeadlinePhrase::Before, day: date(2022, 9, d) };
        let at_latest = |d| Deadline { phrase: DeadlinePhrase::AtLatest, day: date(2022, 9, d) };
        assert!(at_latest(21).is_within(before(22)));
        assert!(!at_latest(22).is_within(before(22)));
        assert!(before(20).is_within(before(22)));
    }
}
