//! Vietnamese first, English second: messages, numbers, dates, search keys.
//!
//! Every sentence a user reads stands in `messages/<language>/<area>.ftl` (Fluent). A key is
//! `area-what`, such as `match-list-refused`; both languages have the same keys with the same
//! variables, which a test proves.
//!
//! ```
//! use language::{Language, number, text, text_with};
//!
//! assert_eq!(number(Language::Vi, 1234567), "1.234.567");
//! assert_eq!(text(Language::En, "language-name"), "English");
//! assert_eq!(text_with(Language::Vi, "language-files", &[("count", 3.into())]), "3 tệp");
//! ```
//!
//! What it deliberately does not do: read the environment or the clock to choose a language or a
//! day; hold the form's labels, which are versioned data of `reports`.

mod dates;
mod messages;
mod numbers;
mod search;

pub use dates::{date, date_time, day_phrase};
pub use messages::{Value, has_text, text, text_with};
pub use numbers::{CountError, decimal, number, parse_count};
pub use search::{search_key, without_marks};

use serde::{Deserialize, Serialize};

/// A language the product speaks; Vietnamese unless the user chose otherwise.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    /// Tiếng Việt.
    #[default]
    Vi,
    /// English.
    En,
}

impl Language {
    /// Both, Vietnamese first.
    pub const ALL: [Self; 2] = [Self::Vi, Self::En];

    /// The BCP 47 tag: `vi` or `en`.
    pub fn tag(self) -> &'static str {
        match self {
            Self::Vi => "vi",
            Self::En => "en",
        }
    }

    /// The language with this tag (`vi`, `en`, `en-US`, …), if we speak it.
    pub fn from_tag(tag: &str) -> Option<Self> {
        let primary = tag.split(['-', '_']).next().unwrap_or_default();
        Self::ALL.into_iter().find(|language| language.tag().eq_ignore_ascii_case(primary))
    }
}
