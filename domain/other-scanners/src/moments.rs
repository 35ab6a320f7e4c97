//! Moments as tools and persons write them. Local ones are of the zone that is given.

use jiff::civil::{Date, DateTime, Time};
use jiff::{Timestamp, tz::TimeZone};

/// Reads the moments of one file, whose dates all have one order.
pub(crate) struct Moments<'z> {
    zone: &'z TimeZone,
    is_month_first: bool,
}

impl<'z> Moments<'z> {
    /// The order is told by all of them together. Where nothing tells it, the day stands first, as in
    /// Vietnam; with `AM` or `PM` the month, as Windows writes it in American English.
    pub(crate) fn of<'t>(zone: &'z TimeZone, texts: impl Iterator<Item = &'t str>) -> Self {
        let (mut day_first, mut month_first, mut is_american) = (false, false, false);
        for text in texts {
            let Some((first, second)) = leading_pair(text) else { continue };
            day_first |= first > 12;
            month_first |= second > 12;
            let upper = text.trim().to_uppercase();
            is_american |= upper.ends_with("AM") || upper.ends_with("PM");
        }
        Self { zone, is_month_first: !day_first && (month_first || is_american) }
    }

    pub(crate) fn read(&self, text: &str) -> Option<Timestamp> {
        let text = text.trim();
        if let Some(inner) = text.strip_prefix("/Date(") {
            let number = inner.split_once(')')?.0;
            // `/Date(1764051234567+0700)/` is UTC all the same.
            let digits = number.split('+').next()?;
            return Timestamp::from_millisecond(digits.parse().ok()?).ok();
        }
        if let Ok(at) = text.parse::<Timestamp>() {
            return Some(at);
        }
        if let Ok(local) = text.parse::<DateTime>() {
            return self.local(local);
        }
        let (mut date, mut time, mut half) = (None, None, None);
        for word in text.split([' ', ',', '\u{a0}', '\u{202f}', 'T']).filter(|it| !it.is_empty()) {
            if word.contains(':') {
                time = Some(clock(word)?);
            } else if word.contains(['/', '-', '.']) && word.len() >= 6 {
                date = Some(self.date(word)?);
            } else {
                half = match word.to_lowercase().as_str() {
                    "am" | "sa" => Some(false),
                    "pm" | "ch" => Some(true),
                    // `lúc 10:12`, `ngày 25/11/2026`.
                    "lúc" | "ngày" => half,
                    _ => return None,
                };
            }
        }
        let mut time = time.unwrap_or(Time::midnight());
        if let Some(is_afternoon) = half {
            let hour = time.hour() % 12 + if is_afternoon { 12 } else { 0 };
            time = Time::new(hour, time.minute(), time.second(), 0).ok()?;
        }
        self.local(DateTime::from_parts(date?, time))
    }

    fn local(&self, at: DateTime) -> Option<Timestamp> {
        self.zone.to_timestamp(at).ok()
    }

    fn date(&self, word: &str) -> Option<Date> {
        let parts: Option<Vec<i16>> =
            word.split(['/', '-', '.']).map(|it| it.parse().ok()).collect();
        let [first, second, third] = parts?.try_into().ok()?;
        let (year, month, day) = if first > 31 {
            (first, second, third)
        } else if self.is_month_first {
            (third, first, second)
        } else {
            (third, second, first)
        };
        let year = if (0..100).contains(&year) { year + 2000 } else { year };
        Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
    }
}

/// `10:12`, `10:12:33`, `10:12:33.123`.
fn clock(word: &str) -> Option<Time> {
    let mut parts = word.split([':', '.']);
    let mut next = || parts.next().map(str::parse::<i8>);
    let hour = next()?.ok()?;
    let minute = next()?.ok()?;
    let second = next().and_then(Result::ok).unwrap_or_default();
    Time::new(hour, minute, second, 0).ok()
}

/// The first two numbers of a date whose year stands behind.
fn leading_pair(text: &str) -> Option<(u32, u32)> {
    let date = text.split([' ', ',']).find(|it| it.contains(['/', '-', '.']))?;
    let mut parts = date.split(['/', '-', '.']);
    let pair = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
    (pair.0 <= 31).then_some(pair)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_read_as_they_are_written() {
        let zone = TimeZone::fixed(jiff::tz::offset(7));
        let check = |text: &str, expected: &str| {
            let at = Moments::of(&zone, [text].into_iter()).read(text);
            let at = at.map(|it| it.to_string()).unwrap_or_default();
            assert_eq!(at, expected, "{text}");
        };
        check("/Date(1764051234567)/", "2025-11-25T06:13:54.567Z");
        check("2026-11-25T10:12:33.5+07:00", "2026-11-25T03:12:33.5Z");
        check("2026-11-25T03:12:33Z", "2026-11-25T03:12:33Z");
        check("2026-11-25 10:12:33", "2026-11-25T03:12:33Z");
        check("25/11/2026 10:12:33 SA", "2026-11-25T03:12:33Z");
        check("25/11/2026 10:12:33 CH", "2026-11-25T15:12:33Z");
        check("11/25/2026 10:12:33 PM", "2026-11-25T15:12:33Z");
        check("5/11/2026 7:00", "2026-11-05T00:00:00Z");
        check("5/11/2026 7:00:00 AM", "2026-05-11T00:00:00Z");
        check("10:12 25/11/2026", "2026-11-25T03:12:00Z");
        check("lúc 10:12, ngày 25-11-2026", "2026-11-25T03:12:00Z");
        check("25/11/2026", "2026-11-24T17:00:00Z");
        check("12/25/2026 12:00:00 AM", "2026-12-24T17:00:00Z");
        check("hôm qua", "");
        check("31/02/2026", "");
        check("", "");
        check("/Date(x)/", "");
    }

    #[test]
    fn one_date_tells_the_order_of_all() {
        let zone = TimeZone::UTC;
        let texts = ["5/11/2026", "25/11/2026"];
        let moments = Moments::of(&zone, texts.into_iter());
        assert_eq!(moments.read("5/11/2026").unwrap().to_string(), "2026-11-05T00:00:00Z");
        let texts = ["5/11/2026", "11/25/2026"];
        let moments = Moments::of(&zone, texts.into_iter());
        assert_eq!(moments.read("5/11/2026").unwrap().to_string(), "2026-05-11T00:00:00Z");
    }
}
