//! Dates and times as people write them.

use jiff::{Timestamp, civil::Date, tz::TimeZone};

use crate::Language;

/// A date: `23/8/2022` in Vietnamese, with the zeros of [`day_phrase`]; `23 August 2022` in English.
pub fn date(language: Language, date: Date) -> String {
    match language {
        Language::Vi => format!("{:02}/{}/{}", date.day(), month(date), date.year()),
        Language::En => date.strftime("%-d %B %Y").to_string(),
    }
}

/// A moment in a zone: `14:05 23/8/2022` in Vietnamese, `23 August 2022 14:05` in English.
pub fn date_time(language: Language, at: Timestamp, zone: &TimeZone) -> String {
    let local = at.to_zoned_datetime(zone.clone());
    let day = date(language, local.date());
    let time = local.strftime("%H:%M");
    match language {
        Language::Vi => format!("{time} {day}"),
        Language::En => format!("{day} {time}"),
    }
}

/// The date of an official document: `ngày 05 tháng 01 năm 2026`, days below 10 and the months 1
/// and 2 with a leading zero (Decree 30/2020/NĐ-CP, appendix I, element 4).
pub fn day_phrase(date: Date) -> String {
    format!("ngày {:02} tháng {} năm {}", date.day(), month(date), date.year())
}

/// A month as official documents write it: 1 and 2 with a zero, which nobody can make 11 or 12 of.
fn month(date: Date) -> String {
    if date.month() <= 2 { format!("{:02}", date.month()) } else { date.month().to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn official_documents_write_small_days_with_a_zero() {
        let check =
            |y, m, d, expected| assert_eq!(day_phrase(Date::new(y, m, d).unwrap()), expected);
        check(2026, 1, 5, "ngày 05 tháng 01 năm 2026");
        check(2022, 8, 23, "ngày 23 tháng 8 năm 2022");
        check(2022, 12, 1, "ngày 01 tháng 12 năm 2022");
    }

    #[test]
    fn short_dates_have_the_same_zeros() {
        let check = |y, m, d, expected| {
            assert_eq!(super::date(Language::Vi, Date::new(y, m, d).unwrap()), expected);
        };
        check(2022, 9, 22, "22/9/2022");
        check(2026, 1, 5, "05/01/2026");
        check(2026, 12, 1, "01/12/2026");
    }
}
