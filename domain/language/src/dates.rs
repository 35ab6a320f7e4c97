//! Dates and times as people write them.

use jiff::{Timestamp, civil::Date, tz::TimeZone};

use crate::Language;

/// A date: `23/08/2022` in Vietnamese, `23 August 2022` in English.
pub fn date(language: Language, date: Date) -> String {
    match language {
        Language::Vi => date.strftime("%d/%m/%Y").to_string(),
        Language::En => date.strftime("%-d %B %Y").to_string(),
    }
}

/// A moment in a zone: `14:05 23/08/2022` in Vietnamese, `23 August 2022 14:05` in English.
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
    let month =
        if date.month() <= 2 { format!("{:02}", date.month()) } else { date.month().to_string() };
    format!("ngày {:02} tháng {month} năm {}", date.day(), date.year())
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
}
