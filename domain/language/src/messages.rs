//! Sentences from the message files.

use std::borrow::Cow;
use std::collections::HashMap;

use fluent_templates::fluent_bundle::FluentValue;
use fluent_templates::{LanguageIdentifier, Loader, langid, static_loader};
use intl_memoizer::concurrent::IntlLangMemoizer;

use crate::Language;

static_loader! {
    static MESSAGES = {
        locales: "./messages",
        fallback_language: "vi",
        customise: |bundle| {
            // Bidirectional marks around variables would end up in documents and in copied text.
            bundle.set_use_isolating(false);
            let is_vietnamese = bundle.locales.first().is_some_and(|tag| *tag == VI);
            bundle.set_formatter(Some(if is_vietnamese { write_vi } else { write_en }));
        },
    };
}

fn write_vi(value: &FluentValue<'_>, _: &IntlLangMemoizer) -> Option<String> {
    write_number(Language::Vi, value)
}

fn write_en(value: &FluentValue<'_>, _: &IntlLangMemoizer) -> Option<String> {
    write_number(Language::En, value)
}

fn write_number(language: Language, value: &FluentValue<'_>) -> Option<String> {
    let FluentValue::Number(number) = value else { return None };
    #[expect(clippy::cast_possible_truncation, reason = "set in from an i64 below 2^53")]
    Some(crate::number(language, number.value as i64))
}

static VI: LanguageIdentifier = langid!("vi");
static EN: LanguageIdentifier = langid!("en");

/// A value set into a sentence: text or a whole number, formatted as the language writes it.
#[derive(Clone, Debug)]
pub enum Value<'a> {
    /// Text, set in as it is.
    Text(Cow<'a, str>),
    /// A count: chooses the plural form and is written with thousands separators.
    Count(i64),
    /// Text that is another one in each language.
    InEach {
        /// In Vietnamese.
        vi: Cow<'a, str>,
        /// In English.
        en: Cow<'a, str>,
    },
}

/// Variables that are always counts, by name.
const COUNTS: [&str; 8] =
    ["bytes", "count", "line", "logs", "longest", "members", "most", "sightings"];

impl<'a> Value<'a> {
    /// The value of a variable that travelled as text: a count where the variable's name says that
    /// it is one, else the text as it is, even where it has nothing but digits.
    ///
    /// ```
    /// use language::{Language, Value, text_with};
    ///
    /// let values = [("count", Value::of_variable("count", "1234"))];
    /// assert_eq!(text_with(Language::Vi, "language-files", &values), "1.234 tệp");
    /// ```
    pub fn of_variable(name: &str, text: &'a str) -> Self {
        match text.parse() {
            Ok(count) if COUNTS.contains(&name) => Self::Count(count),
            _ => Self::Text(text.into()),
        }
    }
}

impl<'a> From<&'a str> for Value<'a> {
    fn from(text: &'a str) -> Self {
        Self::Text(text.into())
    }
}

impl From<String> for Value<'_> {
    fn from(text: String) -> Self {
        Self::Text(text.into())
    }
}

impl From<i64> for Value<'_> {
    fn from(count: i64) -> Self {
        Self::Count(count)
    }
}

impl From<i32> for Value<'_> {
    fn from(count: i32) -> Self {
        Self::Count(count.into())
    }
}

impl From<usize> for Value<'_> {
    fn from(count: usize) -> Self {
        Self::Count(i64::try_from(count).unwrap_or(i64::MAX))
    }
}

impl From<u64> for Value<'_> {
    fn from(count: u64) -> Self {
        Self::Count(i64::try_from(count).unwrap_or(i64::MAX))
    }
}

/// The sentence behind `key`, without variables.
///
/// An unknown key gives the key itself between `⟦` and `⟧`, so that a page still opens and a test
/// finds it.
pub fn text(language: Language, key: &str) -> String {
    look_up(language, key, None)
}

/// The sentence behind `key` with its variables set in.
///
/// A [`Value::Count`] is written with thousands separators as the language writes them.
pub fn text_with(language: Language, key: &str, values: &[(&'static str, Value<'_>)]) -> String {
    let mut arguments: HashMap<Cow<'static, str>, FluentValue<'_>> = HashMap::new();
    for (name, value) in values {
        let value = match value {
            Value::Text(text) => FluentValue::from(text.as_ref()),
            Value::InEach { vi, en } => FluentValue::from(match language {
                Language::Vi => vi.as_ref(),
                Language::En => en.as_ref(),
            }),
            Value::Count(count) => FluentValue::from(*count),
        };
        arguments.insert(Cow::Borrowed(*name), value);
    }
    look_up(language, key, Some(&arguments))
}

/// Whether there is a sentence behind `key`.
pub fn has_text(language: Language, key: &str) -> bool {
    MESSAGES.try_lookup(identifier(language), key).is_some()
}

fn identifier(language: Language) -> &'static LanguageIdentifier {
    match language {
        Language::Vi => &VI,
        Language::En => &EN,
    }
}

fn look_up(
    language: Language,
    key: &str,
    arguments: Option<&HashMap<Cow<'static, str>, FluentValue<'_>>>,
) -> String {
    let tag = identifier(language);
    let found = match arguments {
        Some(arguments) => MESSAGES.try_lookup_with_args(tag, key, arguments),
        None => MESSAGES.try_lookup(tag, key),
    };
    found.unwrap_or_else(|| format!("⟦{key}⟧"))
}
