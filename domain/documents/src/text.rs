//! Words of people on their way into a file.

use unicode_normalization::UnicodeNormalization;

/// The text in NFC, without the control characters that XML 1.0 cannot hold.
pub(crate) fn clean(text: &str) -> String {
    text.nfc().filter(|c| !c.is_control() || matches!(c, '\n' | '\t')).collect()
}

/// The text for a CSV cell: what a spreadsheet would run as a formula is quoted with `'`.
pub(crate) fn csv_safe(text: &str) -> String {
    let text = clean(text);
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{text}") } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hostile_names_lose_their_teeth_and_nothing_else() {
        assert_eq!(csv_safe("=cmd|' /C calc'!A0"), "'=cmd|' /C calc'!A0");
        assert_eq!(csv_safe("Xã Bến Sen"), "Xã Bến Sen");
        assert_eq!(clean("a\u{0}b\u{1b}c\nd"), "abc\nd");
        assert_eq!(clean("Ho\u{300}a"), "Hòa");
    }
}
