//! Words of people on their way into a file.

use unicode_normalization::UnicodeNormalization;

/// The text in NFC, without what a file cannot or should not hold: control characters,
/// noncharacters (XML 1.0 section 2.2), and marks that reorder the line they stand in.
pub(crate) fn clean(text: &str) -> String {
    text.nfc().filter(|c| is_kept(*c)).collect()
}

/// As [`clean`], on one line: runs of white space become one space; spaces that do not break stay.
pub(crate) fn one_line(text: &str) -> String {
    let text = clean(text);
    let words = text.split([' ', '\t', '\n']).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join(" ")
}

/// The text for a CSV cell: what a spreadsheet would run as a formula gets a `'` before it.
pub(crate) fn csv_safe(text: &str) -> String {
    let text = clean(text);
    let is_formula = text.trim_start().starts_with(['=', '+', '-', '@']);
    if is_formula || text.starts_with(['\t', '\n']) { format!("'{text}") } else { text }
}

fn is_kept(c: char) -> bool {
    match c {
        '\n' | '\t' => true,
        '\u{200e}'
        | '\u{200f}'
        | '\u{202a}'..='\u{202e}'
        | '\u{2066}'..='\u{2069}'
        | '\u{fdd0}'..='\u{fdef}' => false,
        c => !c.is_control() && u32::from(c) & 0xfffe != 0xfffe,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hostile_names_lose_their_teeth_and_nothing_else() {
        let check = |text, expected| assert_eq!(csv_safe(text), expected, "{text:?}");
        check("=cmd|' /C calc'!A0", "'=cmd|' /C calc'!A0");
        check("+84", "'+84");
        check("-1+2", "'-1+2");
        check("@SUM(A1)", "'@SUM(A1)");
        check("  =1", "'  =1");
        check("\t=1", "'\t=1");
        check("Xã Bến Sen", "Xã Bến Sen");
        check("1-2", "1-2");
    }

    #[test]
    fn what_no_file_holds_is_left_out() {
        let check = |text, expected| assert_eq!(clean(text), expected, "{text:?}");
        check("a\u{0}b\u{1b}c\r\nd", "abc\nd");
        check("Ho\u{300}a", "Hòa");
        check("a\u{202e}b\u{fffe}c\u{ffff}d\u{1ffff}", "abcd");
        check("tốt 👍", "tốt 👍");
        assert_eq!(one_line(" a\n\tb  c\u{a0}\u{a0}d "), "a b c\u{a0}\u{a0}d");
    }
}
