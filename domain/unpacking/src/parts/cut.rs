//! Pieces of archives.

/// A name as people see it: never empty.
pub(crate) fn name(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    let text = text.trim_end_matches('\0');
    if text.is_empty() { "?".to_owned() } else { text.chars().take(1_000).collect() }
}
