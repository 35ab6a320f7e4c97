//! Domain names.

use std::fmt;

/// The longest name in octets, dots included (RFC 1035 section 2.3.4).
const LONGEST_NAME: usize = 253;
/// The longest label in octets.
const LONGEST_LABEL: usize = 63;

/// A domain name of two labels or more: lower-case A-labels (RFC 5890), no trailing dot.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DomainName(Box<str>);

/// Why bytes are not a domain name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DomainNameError {
    /// Nothing there.
    #[error("the name is empty")]
    Empty,
    /// One label only: a top-level domain or a local host name.
    #[error("the name has only one label")]
    SingleLabel,
    /// More than 253 octets.
    #[error("the name is longer than 253 octets")]
    TooLong,
    /// A label is empty or has more than 63 octets.
    #[error("a label is empty or longer than 63 octets")]
    Label,
    /// A character that no host name has, or letters that IDNA does not map.
    #[error("the name has a character that names do not have")]
    Character,
    /// Four numbers: an address, or a mistyped one.
    #[error("the last label is a number, as in an address")]
    Numeric,
}

impl DomainName {
    /// Reads a name in any case, with or without a trailing dot, in A-labels or Unicode.
    ///
    /// Underscores are taken: `_dmarc.example.vn` is asked for in real logs.
    pub fn parse(bytes: &[u8]) -> Result<Self, DomainNameError> {
        let text = std::str::from_utf8(bytes).map_err(|_| DomainNameError::Character)?;
        let text = text.strip_suffix('.').unwrap_or(text);
        if text.is_empty() {
            return Err(DomainNameError::Empty);
        }
        let ascii = if text.is_ascii() {
            text.to_ascii_lowercase()
        } else {
            idna::domain_to_ascii(text).map_err(|_| DomainNameError::Character)?
        };
        if ascii.len() > LONGEST_NAME {
            return Err(DomainNameError::TooLong);
        }
        let mut labels = 0_usize;
        let mut last = "";
        for label in ascii.split('.') {
            if label.is_empty() || label.len() > LONGEST_LABEL {
                return Err(DomainNameError::Label);
            }
            let is_name_byte = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_');
            if !label.bytes().all(is_name_byte) {
                return Err(DomainNameError::Character);
            }
            labels += 1;
            last = label;
        }
        if last.bytes().all(|b| b.is_ascii_digit()) {
            return Err(DomainNameError::Numeric);
        }
        if labels < 2 {
            return Err(DomainNameError::SingleLabel);
        }
        Ok(Self(ascii.into()))
    }

    /// Lower-case A-labels, no trailing dot.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The name as people write it, for showing; A-labels that decode to nothing readable stay.
    pub fn unicode(&self) -> String {
        let (text, outcome) = idna::domain_to_unicode(&self.0);
        if outcome.is_ok() { text } else { self.0.to_string() }
    }

    /// Whether this name is `parent` or stands below it, label by label.
    pub fn is_within(&self, parent: &Self) -> bool {
        let Some(left) = self.0.strip_suffix(&*parent.0) else { return false };
        left.is_empty() || left.ends_with('.')
    }
}

impl fmt::Display for DomainName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn names_have_one_form() {
        let check = |text: &str, expected: Result<&str, DomainNameError>| {
            let name = DomainName::parse(text.as_bytes());
            assert_eq!(name.as_ref().map(DomainName::as_str).map_err(|e| *e), expected, "{text}");
        };
        check("Evil.Example", Ok("evil.example"));
        check("evil.example.", Ok("evil.example"));
        check("làmsạch.example", Ok("xn--lmsch-rqa5344c.example"));
        check("LÀMSẠCH.example", Ok("xn--lmsch-rqa5344c.example"));
        check("xn--lmsch-rqa5344c.EXAMPLE", Ok("xn--lmsch-rqa5344c.example"));
        check("_dmarc.evil.example", Ok("_dmarc.evil.example"));
        check("", Err(DomainNameError::Empty));
        check(".", Err(DomainNameError::Empty));
        check("localhost", Err(DomainNameError::SingleLabel));
        check("evil..example", Err(DomainNameError::Label));
        check("evil.example..", Err(DomainNameError::Label));
        check("evil example.com", Err(DomainNameError::Character));
        check("evil.example/x", Err(DomainNameError::Character));
        check("192.0.2.1", Err(DomainNameError::Numeric));
        check("192.0.2.256", Err(DomainNameError::Numeric));
        check(&format!("{}.example", "a".repeat(64)), Err(DomainNameError::Label));
        check(&"a.".repeat(127), Ok("a.".repeat(127).trim_end_matches('.')));
        check(&format!("{}b", "a.".repeat(127)), Err(DomainNameError::TooLong));
    }

    #[test]
    fn a_name_is_within_its_parents_only() {
        let check = |name: &str, parent: &str, expected| {
            let name = DomainName::parse(name.as_bytes()).unwrap();
            let parent = DomainName::parse(parent.as_bytes()).unwrap();
            assert_eq!(name.is_within(&parent), expected, "{name} within {parent}");
        };
        check("evil.com", "evil.com", true);
        check("a.b.evil.com", "evil.com", true);
        check("notevil.com", "evil.com", false);
        check("evil.com.good.vn", "evil.com", false);
        check("evil.com", "a.evil.com", false);
    }

    proptest! {
        #[test]
        fn what_was_parsed_parses_to_itself(text in "[a-zA-Z0-9_.-]{1,40}") {
            if let Ok(name) = DomainName::parse(text.as_bytes()) {
                prop_assert_eq!(DomainName::parse(name.as_str().as_bytes()), Ok(name));
            }
        }

        #[test]
        fn within_is_what_comparing_labels_says(
            name in "[ab]{1,2}(\\.[ab]{1,2}){1,4}", parent in "[ab]{1,2}\\.[ab]{1,2}",
        ) {
            let labels = |it: &str| it.split('.').rev().map(str::to_owned).collect::<Vec<_>>();
            let slow = labels(&name).starts_with(&labels(&parent));
            let name = DomainName::parse(name.as_bytes()).unwrap();
            let parent = DomainName::parse(parent.as_bytes()).unwrap();
            prop_assert_eq!(name.is_within(&parent), slow);
        }
    }
}
