//! What was contacted, as people read it.

use std::fmt;

use crate::DomainName;

/// A name, URL or address as a log or list writes it, in the form that is shown to people: the name
/// in lower case, without a trailing dot, in its own letters.
///
/// Where a name has A-labels (RFC 5890), they stand beside it: letters of several scripts look
/// alike, and A-labels are what a log or firewall is searched for. What is no name, and what stands
/// behind the name in a URL, stays as it is.
///
/// ```
/// use observables::Readable;
///
/// assert_eq!(Readable::of("EVIL.Example.").to_string(), "evil.example");
/// let name = Readable::of("XN--LMSCH-RQA5344C.example");
/// assert_eq!(name.to_string(), "làmsạch.example (xn--lmsch-rqa5344c.example)");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Readable {
    text: String,
    a_labels: Option<String>,
}

impl Readable {
    /// Reads what a log, a list or a sighting names.
    pub fn of(written: &str) -> Self {
        let as_it_is = Self { text: written.to_owned(), a_labels: None };
        let (scheme, rest) = match written.split_once("://") {
            Some((scheme, rest)) => (format!("{}://", scheme.to_ascii_lowercase()), rest),
            None => (String::new(), written),
        };
        let (star, rest) = match rest.strip_prefix("*.") {
            Some(rest) => ("*.", rest),
            None => ("", rest),
        };
        let (host, behind) = rest.split_at(rest.find([':', '/', '?', '#']).unwrap_or(rest.len()));
        let Ok(name) = DomainName::parse(host.as_bytes()) else { return as_it_is };
        let letters = name.unicode();
        Self {
            a_labels: (letters != name.as_str()).then(|| name.to_string()),
            text: format!("{scheme}{star}{letters}{behind}"),
        }
    }

    /// Without the A-labels.
    pub fn text(&self) -> &str {
        &self.text
    }
}

impl fmt::Display for Readable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)?;
        match &self.a_labels {
            Some(a_labels) => write!(f, " ({a_labels})"),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_name_is_shown_in_its_own_letters_with_a_labels_beside() {
        let check = |written: &str, shown: &str| {
            assert_eq!(Readable::of(written).to_string(), shown, "{written}");
        };
        check("evil.example", "evil.example");
        check("EVIL.Example.", "evil.example");
        check("_dmarc.Evil.example", "_dmarc.evil.example");
        check("xn--lmsch-rqa5344c.example.", "làmsạch.example (xn--lmsch-rqa5344c.example)");
        check("LÀMSẠCH.example", "làmsạch.example (xn--lmsch-rqa5344c.example)");
        // Only the name is folded.
        check("HTTPS://Evil.Example/Path?Q=A.B", "https://evil.example/Path?Q=A.B");
        check("Evil.Example:8443", "evil.example:8443");
        check("*.Evil.Example", "*.evil.example");
        // A-labels that decode to nothing stay.
        check("xn--999999999.example", "xn--999999999.example");
        for as_it_is in
            ["192.0.2.1:443", "2001:db8::1", "[2001:db8::1]:443", "", "-", "Local", "a b.c"]
        {
            check(as_it_is, as_it_is);
        }
    }

    #[test]
    fn a_letter_of_another_script_is_told_by_the_a_labels() {
        let shown = Readable::of("ev\u{456}l.example").to_string();
        assert!(shown.starts_with("ev\u{456}l.example (xn--"), "{shown}");
    }

    proptest! {
        #[test]
        fn what_is_readable_stays_so(written in "\\PC{0,40}") {
            let once = Readable::of(&written);
            let twice = Readable::of(once.text());
            prop_assert_eq!(twice.text(), once.text());
        }
    }
}
