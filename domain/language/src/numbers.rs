//! Numbers as people write them.

use crate::Language;

/// A whole number with thousands separators: `1.234.567` in Vietnamese, `1,234,567` in English.
pub fn number(language: Language, value: i64) -> String {
    let separator = match language {
        Language::Vi => '.',
        Language::En => ',',
    };
    let digits = value.unsigned_abs().to_string();
    let mut grouped = String::with_capacity(digits.len() + digits.len() / 3 + 1);
    if value < 0 {
        grouped.push('-');
    }
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push(separator);
        }
        grouped.push(digit);
    }
    grouped
}

/// A number with one decimal: `1.234,5` in Vietnamese, `1,234.5` in English.
pub fn decimal(language: Language, value: f64) -> String {
    #[expect(clippy::cast_possible_truncation, reason = "shown figures stay far below 2^53")]
    let tenths = (value * 10.0).round() as i64;
    let sign = if tenths < 0 { "-" } else { "" };
    let whole = i64::try_from(tenths.unsigned_abs() / 10).unwrap_or(i64::MAX);
    let fraction = tenths.unsigned_abs() % 10;
    let point = match language {
        Language::Vi => ',',
        Language::En => '.',
    };
    format!("{sign}{}{point}{fraction}", number(language, whole))
}

/// Why a typed count was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CountError {
    /// A minus sign: a count is 0 or more.
    Negative,
    /// A fraction, or separators that do not group by three.
    NotWhole,
    /// Something else than digits and separators.
    NotANumber,
    /// More than 15 digits.
    TooLarge,
}

/// Reads a count a person typed: `1234`, `1.234` and `1 234` (Vietnamese), `1,234` (both mean
/// one thousand two hundred thirty-four). Blank gives `None`: blank and 0 are not the same.
///
/// A count has no decimals, so a separator before three digits can only group them, whichever
/// language a person thinks in. Whatever could also be a fraction (`1.5`, `12.34`, `0.500`) and
/// `-3` are refused with the reason, never guessed at.
pub fn parse_count(typed: &str) -> Result<Option<i64>, CountError> {
    let typed = typed.trim();
    if typed.is_empty() {
        return Ok(None);
    }
    if typed.starts_with(['-', '−']) {
        return Err(CountError::Negative);
    }
    let is_separator = |c: char| matches!(c, '.' | ',' | ' ' | '\u{a0}' | '\u{202f}');
    if !typed.chars().all(|c| c.is_ascii_digit() || is_separator(c)) {
        return Err(CountError::NotANumber);
    }
    let groups: Vec<&str> = typed.split(is_separator).collect();
    let same_separator = typed.chars().filter(|c| is_separator(*c)).collect::<Vec<_>>();
    if same_separator.windows(2).any(|pair| pair.first() != pair.last()) {
        return Err(CountError::NotWhole);
    }
    if let [first, rest @ ..] = groups.as_slice()
        && !rest.is_empty()
        && (first.is_empty()
            || first.len() > 3
            // `0.500` is a fraction in one language and no number in the other.
            || first.starts_with('0')
            || rest.iter().any(|group| group.len() != 3))
    {
        return Err(CountError::NotWhole);
    }
    let digits: String = groups.concat();
    if digits.is_empty() {
        return Err(CountError::NotANumber);
    }
    if digits.len() > 15 {
        return Err(CountError::TooLarge);
    }
    digits.parse().map(Some).map_err(|_| CountError::NotANumber)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_read_as_people_type_them() {
        let check = |typed, expected| assert_eq!(parse_count(typed), expected, "{typed}");
        check("", Ok(None));
        check("  ", Ok(None));
        check("0", Ok(Some(0)));
        check("1234", Ok(Some(1234)));
        check("1.234", Ok(Some(1234)));
        check("1,234", Ok(Some(1234)));
        check("1 234 567", Ok(Some(1_234_567)));
        check("1.5", Err(CountError::NotWhole));
        check("0.500", Err(CountError::NotWhole));
        check("0,123", Err(CountError::NotWhole));
        check("01.234", Err(CountError::NotWhole));
        check("12.34", Err(CountError::NotWhole));
        check("1.234,567", Err(CountError::NotWhole));
        check("1234.567", Err(CountError::NotWhole));
        check("-3", Err(CountError::Negative));
        check("ba", Err(CountError::NotANumber));
        check("1e9", Err(CountError::NotANumber));
        check(".", Err(CountError::NotWhole));
        check("9999999999999999", Err(CountError::TooLarge));
    }

    #[test]
    fn numbers_are_grouped_by_three() {
        assert_eq!(number(Language::Vi, 0), "0");
        assert_eq!(number(Language::Vi, -1000), "-1.000");
        assert_eq!(number(Language::En, 12_345), "12,345");
        assert_eq!(decimal(Language::Vi, 1234.5), "1.234,5");
        assert_eq!(decimal(Language::En, -0.25), "-0.3");
    }

    proptest::proptest! {
        #[test]
        fn what_we_write_we_read(value in 0_i64..1_000_000_000_000) {
            for language in Language::ALL {
                proptest::prop_assert_eq!(parse_count(&number(language, value)), Ok(Some(value)));
            }
        }
    }
}
