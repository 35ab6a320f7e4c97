//! Times as logs write them.

use jiff::civil::{Date, DateTime, Time};
use jiff::{Timestamp, tz::TimeZone};

use crate::fields::before;

/// What a log's times need from outside: the zone of local times, and the day the file was last
/// written, which gives the year to formats that leave it out.
#[derive(Clone, Debug)]
pub struct TimeReading {
    /// Zone of local times.
    pub zone: TimeZone,
    /// Last moment the log was written; `None` when it is unknown, as for standard input.
    pub written: Option<Timestamp>,
}

impl TimeReading {
    /// The moment that a line of syslog begins with, also as it goes over the network.
    pub fn of_syslog_line(&self, line: &[u8]) -> Option<Timestamp> {
        header_moment(syslog_time(line), self)
    }

    /// The moment of a text in any of the forms that programs use; local without an offset.
    pub fn of_text(&self, text: &[u8]) -> Option<Timestamp> {
        any_moment(text, self)
    }

    /// The moment of a local time.
    pub fn moment(&self, local: DateTime) -> Option<Timestamp> {
        self.zone.to_ambiguous_zoned_datetime(local).compatible().ok().map(|it| it.timestamp())
    }

    /// The moment of a local time without a year: the latest year in which it is not after the
    /// file was written, a day of clock difference allowed. In a log written on 2 January,
    /// 31 December is of the year before.
    pub(crate) fn moment_without_year(&self, month: i8, day: i8, time: Time) -> Option<Timestamp> {
        let written = self.written?.to_zoned_datetime(self.zone.clone()).datetime();
        let latest = written.checked_add(jiff::SignedDuration::from_hours(24)).ok()?;
        (0..=4)
            .filter_map(|back| Date::new(written.year() - back, month, day).ok())
            .map(|date| date.to_datetime(time))
            .find(|local| *local <= latest)
            .and_then(|local| self.moment(local))
    }
}

/// The time that syslog or dnsmasq put at the start of a line: `Nov 24 08:00:01`, or RFC 3339 as
/// newer syslog daemons write it.
pub(crate) fn header_time(line: &[u8]) -> &[u8] {
    if line.get(10) == Some(&b'T') && line.first().is_some_and(u8::is_ascii_digit) {
        return before(line, b' ');
    }
    line.get(..15).unwrap_or_default()
}

/// The time of a syslog header, also as it goes over the network: `<13>Nov 24 08:00:01`, or
/// `<13>1 2026-11-24T08:00:01Z`. Empty when there is none.
pub(crate) fn syslog_time(line: &[u8]) -> &[u8] {
    let behind_priority =
        line.strip_prefix(b"<").and_then(|rest| crate::fields::split_once(rest, b'>'));
    let rest = behind_priority.map_or(line, |(_, rest)| rest);
    let time = header_time(rest.strip_prefix(b"1 ").unwrap_or(rest));
    let is_time =
        time.get(10) == Some(&b'T') || time.get(..3).is_some_and(|it| month(it).is_some());
    if is_time { time } else { b"" }
}

/// The moment that [`header_time`] found. A year that is missing comes from the file.
pub(crate) fn header_moment(text: &[u8], reading: &TimeReading) -> Option<Timestamp> {
    if text.get(10) == Some(&b'T') {
        let text = std::str::from_utf8(text).ok()?;
        return match text.parse::<Timestamp>() {
            Ok(moment) => Some(moment),
            Err(_) => reading.moment(text.parse().ok()?),
        };
    }
    let month = month(text.get(..3)?)?;
    let day = text.get(4..6)?.trim_ascii_start();
    let day = i8::try_from(number(day)?).ok()?;
    reading.moment_without_year(month, day, clock(text.get(7..15)?)?)
}

/// `Jan` … `Dec`, any case, as 1 … 12.
pub(crate) fn month(name: &[u8]) -> Option<i8> {
    const MONTHS: [&[u8; 3]; 12] = [
        b"jan", b"feb", b"mar", b"apr", b"may", b"jun", b"jul", b"aug", b"sep", b"oct", b"nov",
        b"dec",
    ];
    let at = MONTHS.iter().position(|it| name.eq_ignore_ascii_case(&it[..]))?;
    i8::try_from(at + 1).ok()
}

/// `HH:MM:SS` with an optional fraction.
pub(crate) fn clock(text: &[u8]) -> Option<Time> {
    let (whole, fraction) = crate::fields::split_once(text, b'.').unwrap_or((text, b""));
    let [h1, h2, b':', m1, m2, b':', s1, s2] = whole else { return None };
    let two = |a: &u8, b: &u8| number(&[*a, *b]).and_then(|it| i8::try_from(it).ok());
    // A leap second is read as the last one.
    let second = two(s1, s2)?.min(59);
    Time::new(two(h1, h2)?, two(m1, m2)?, second, nanoseconds(fraction)?).ok()
}

/// `24/Nov/2026:08:00:01 +0700`, as web servers write it; without the offset it is local.
pub(crate) fn web_moment(text: &[u8], reading: &TimeReading) -> Option<Timestamp> {
    let [d1, d2, b'/', name @ .., b'/', y1, y2, y3, y4] = text.get(..11)? else { return None };
    let day = i8::try_from(number(&[*d1, *d2])?).ok()?;
    let year = i16::try_from(number(&[*y1, *y2, *y3, *y4])?).ok()?;
    let date = Date::new(year, month(name)?, day).ok()?;
    let rest = text.get(11..)?.strip_prefix(b":")?;
    let (time, offset) = crate::fields::split_once(rest, b' ').unwrap_or((rest, b""));
    let local = date.to_datetime(clock(time)?);
    match offset {
        b"" => reading.moment(local),
        [sign @ (b'+' | b'-'), h1, h2, m1, m2] => {
            let minutes = number(&[*h1, *h2])? * 60 + number(&[*m1, *m2])?;
            let seconds = i32::try_from(minutes * 60).ok()?;
            let seconds = if *sign == b'-' { -seconds } else { seconds };
            jiff::tz::Offset::from_seconds(seconds).ok()?.to_timestamp(local).ok()
        }
        _ => None,
    }
}

/// RFC 3339 and what programs make of it: a space for the `T`, an offset without its colon, none
/// at all, which is local.
pub(crate) fn iso_moment(text: &[u8], reading: &TimeReading) -> Option<Timestamp> {
    let text = std::str::from_utf8(text).ok()?;
    text.parse().ok().or_else(|| reading.moment(text.parse().ok()?))
}

/// A time in any of the forms that programs use: RFC 3339, ISO 8601 with a space, with slashes, day
/// first, as web servers or syslog write it, or since 1970 in seconds to nanoseconds. Without an
/// offset it is local.
pub(crate) fn any_moment(text: &[u8], reading: &TimeReading) -> Option<Timestamp> {
    let text = text.trim_ascii();
    if text.iter().all(|b| b.is_ascii_digit() || *b == b'.') {
        return since_1970(text);
    }
    iso_moment(text, reading)
        .or_else(|| web_moment(text, reading))
        .or_else(|| numbered_moment(text, reading))
        .or_else(|| header_moment(text, reading))
}

/// Seconds, milli-, micro- or nanoseconds, by how many digits there are; 1973 is the earliest year.
fn since_1970(text: &[u8]) -> Option<Timestamp> {
    if text.contains(&b'.') {
        return if text.len() > 10 { epoch(text) } else { None };
    }
    let number = std::str::from_utf8(text).ok()?.parse::<i64>().ok()?;
    match text.len() {
        9..=11 => Timestamp::from_second(number).ok(),
        12..=14 => Timestamp::from_millisecond(number).ok(),
        15..=17 => Timestamp::from_microsecond(number).ok(),
        18.. => Timestamp::from_nanosecond(i128::from(number)).ok(),
        _ => None,
    }
}

/// `2026/11/24 08:00:01`, or day first: `24/11/2026 08:00:01`, `24-11-2026 08:00:01`.
fn numbered_moment(text: &[u8], reading: &TimeReading) -> Option<Timestamp> {
    let (date, rest) = text.split_at_checked(10)?;
    let part = |from: usize, to: usize| number(date.get(from..to)?);
    let is_mark = |at: usize| matches!(date.get(at), Some(b'/' | b'-' | b'.'));
    let (year, month, day) = if is_mark(4) && is_mark(7) {
        (part(0, 4)?, part(5, 7)?, part(8, 10)?)
    } else if is_mark(2) && is_mark(5) {
        (part(6, 10)?, part(3, 5)?, part(0, 2)?)
    } else {
        return None;
    };
    let small = |it: i64| i8::try_from(it).ok();
    let date = Date::new(i16::try_from(year).ok()?, small(month)?, small(day)?).ok()?;
    let time = rest.strip_prefix(b" ").or_else(|| rest.strip_prefix(b"T"))?;
    reading.moment(date.to_datetime(clock(time.trim_ascii())?))
}

/// Seconds since 1970 with an optional fraction: `1661212800.123456`.
pub(crate) fn epoch(text: &[u8]) -> Option<Timestamp> {
    let (whole, fraction) = crate::fields::split_once(text, b'.').unwrap_or((text, b""));
    Timestamp::new(number(whole)?, nanoseconds(fraction)?).ok()
}

/// A number of at most 18 digits.
pub(crate) fn number(text: &[u8]) -> Option<i64> {
    if text.is_empty() || text.len() > 18 || !text.iter().all(u8::is_ascii_digit) {
        return None;
    }
    Some(text.iter().fold(0, |value, digit| value * 10 + i64::from(digit - b'0')))
}

/// The digits behind a decimal point as nanoseconds; those beyond the ninth are cut.
fn nanoseconds(fraction: &[u8]) -> Option<i32> {
    if !fraction.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let digits = fraction.iter().copied().chain(std::iter::repeat(b'0')).take(9);
    i32::try_from(digits.fold(0_i64, |value, digit| value * 10 + i64::from(digit - b'0'))).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_year_comes_from_the_file() {
        let check = |written: &str, month: i8, day: i8, expected: Option<&str>| {
            let reading = TimeReading {
                zone: TimeZone::get("Asia/Ho_Chi_Minh").unwrap(),
                written: written.parse().ok(),
            };
            let moment = reading.moment_without_year(month, day, Time::new(7, 0, 0, 0).unwrap());
            assert_eq!(moment.map(|it| it.to_string()).as_deref(), expected, "{written}");
        };
        check("2026-11-24T10:00:00Z", 11, 23, Some("2026-11-23T00:00:00Z"));
        check("2026-01-02T10:00:00Z", 12, 31, Some("2025-12-31T00:00:00Z"));
        check("2026-01-02T10:00:00Z", 1, 3, Some("2026-01-03T00:00:00Z"));
        check("2026-01-02T10:00:00Z", 1, 5, Some("2025-01-05T00:00:00Z"));
        check("2026-03-01T10:00:00Z", 2, 29, Some("2024-02-29T00:00:00Z"));
        check("", 11, 23, None);
    }

    #[test]
    fn clocks_and_epochs_are_read_exactly() {
        assert_eq!(clock(b"23:59:60").unwrap().to_string(), "23:59:59");
        assert_eq!(clock(b"08:00:01.250").unwrap().to_string(), "08:00:01.25");
        assert_eq!(clock(b"8:00:01"), None);
        assert_eq!(epoch(b"1661212800.5").unwrap().to_string(), "2022-08-23T00:00:00.5Z");
        assert_eq!(epoch(b"1661212800x"), None);
    }
}
