//! What makes two claims speak of one device.

use unicode_normalization::UnicodeNormalization;

use crate::Mac;

/// The longest name that is kept, in characters.
pub(crate) const LONGEST_NAME: usize = 200;

/// What tells a device from all others, the surest that a claim gives.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Identity {
    /// Its hardware address.
    Mac(Mac),
    /// Its DHCP identifier, in hexadecimal.
    Client(Box<str>),
    /// Its name, as [`host_key`] gives it.
    Name(Box<str>),
}

/// A host name in the form in which two of them are compared: small letters, no dot at its end.
pub fn host_key(name: &str) -> String {
    name.trim().trim_end_matches('.').nfc().flat_map(char::to_lowercase).collect()
}

/// A name as a person reads it: without control characters, of bounded length; `None` for what
/// programs write where there is none.
pub(crate) fn name(text: &[u8]) -> Option<Box<str>> {
    let text = String::from_utf8_lossy(text);
    let text = text.trim().trim_end_matches('.');
    if matches!(text, "" | "*" | "?" | "-" | "N/A") {
        return None;
    }
    let kept = text.nfc().filter(|it| !it.is_control()).take(LONGEST_NAME).collect::<String>();
    (!kept.trim().is_empty()).then(|| kept.into())
}
