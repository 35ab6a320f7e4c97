//! What the program says: Vietnamese first, English second.

use language::{Language, Value, text_with};

/// A sentence in both languages, one below the other.
pub fn lines(key: &str, values: &[(&'static str, Value<'_>)]) -> String {
    let [vi, en] = both(key, values);
    format!("{vi}\n{en}")
}

/// A short phrase in both languages, beside each other.
pub fn phrase(key: &str) -> String {
    let [vi, en] = both(key, &[]);
    format!("{vi} · {en}")
}

/// A failure that says what happened and what to do next, in both languages.
pub fn failure(key: &str, values: &[(&'static str, Value<'_>)]) -> anyhow::Error {
    anyhow::Error::msg(lines(key, values))
}

fn both(key: &str, values: &[(&'static str, Value<'_>)]) -> [String; 2] {
    [Language::Vi, Language::En].map(|language| text_with(language, key, values))
}
