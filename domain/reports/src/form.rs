//! Forms as versioned data: the authority's real rows drop in without a change of code.

use std::collections::BTreeSet;

use language::Language;
use serde::{Deserialize, Serialize};

use crate::Measure;

/// A form: what a report asks, row by row. An old version stays readable for ever.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Form {
    /// Which form: `letter-2022`.
    pub id: String,
    /// Its version, from 1.
    pub version: u32,
    /// Its title.
    pub title: Labels,
    /// Whose form it is.
    pub origin: Origin,
    /// Where its words come from.
    pub source: String,
    /// Its rows, in order.
    pub rows: Vec<Row>,
    /// What must hold between rows.
    #[serde(default)]
    pub rules: Vec<Rule>,
}

/// A text in both languages.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Labels {
    /// Vietnamese: the text that counts.
    pub vi: String,
    /// English: for reading along.
    pub en: String,
}

/// Whose form it is: ours is never presented as the authority's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Origin {
    /// The authority's own.
    Authority,
    /// Ours.
    Lamsach,
}

/// One row: a count.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Row {
    /// Stable key of the row.
    pub key: String,
    /// What stands in the column TT.
    pub number: String,
    /// What stands in the column Nội dung.
    pub label: Labels,
    /// The measure whose figure stands beside the declared one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub measure: Option<Measure>,
    /// A figure of the unit that this one is a part of, shown as `25/32`: `headcount`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub of: Option<String>,
}

/// What must hold between declared figures. A rule whose figures are not all there says nothing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Rule {
    /// One row is at most another, or at most the unit's head count (`headcount`).
    AtMost {
        /// The smaller row.
        row: String,
        /// The larger row.
        limit: String,
    },
    /// Several rows together are at most another.
    SumAtMost {
        /// The rows that are added.
        rows: Vec<String>,
        /// The larger row.
        limit: String,
    },
}

/// Why data is not a form.
#[derive(Debug, thiserror::Error)]
pub enum FormError {
    /// Not the JSON of a form.
    #[error("the form is not readable")]
    Json(#[from] serde_json::Error),
    /// Two rows have one key.
    #[error("two rows have the key `{0}`")]
    SameKey(String),
    /// A rule names a row that is not there.
    #[error("a rule names the row `{0}`, which the form does not have")]
    UnknownRow(String),
}

const BUILT_IN: [&str; 2] =
    [include_str!("../forms/letter-2022.v1.json"), include_str!("../forms/extended.v1.json")];

impl Form {
    /// Reads a form.
    pub fn from_json(json: &str) -> Result<Self, FormError> {
        let form: Self = serde_json::from_str(json)?;
        let mut keys = BTreeSet::from(["headcount"]);
        for row in &form.rows {
            if !keys.insert(&row.key) {
                return Err(FormError::SameKey(row.key.clone()));
            }
        }
        for named in form.rules.iter().flat_map(Rule::rows) {
            if !keys.contains(named) {
                return Err(FormError::UnknownRow(named.to_owned()));
            }
        }
        Ok(form)
    }

    /// Every form that comes with the program, the letter's first.
    pub fn built_in() -> Vec<Self> {
        // A test reads them all; a form that cannot be read is left out rather than ending a page.
        BUILT_IN.iter().filter_map(|json| Self::from_json(json).ok()).collect()
    }

    /// The form of the letter: the default.
    pub fn letter() -> Self {
        #[expect(clippy::expect_used, reason = "a test reads every built-in form")]
        Self::find("letter-2022", 1).expect("the letter's form is built in")
    }

    /// A form by id and version.
    pub fn find(id: &str, version: u32) -> Option<Self> {
        Self::built_in().into_iter().find(|form| form.id == id && form.version == version)
    }

    /// The row with this key.
    pub fn row(&self, key: &str) -> Option<&Row> {
        self.rows.iter().find(|row| row.key == key)
    }
}

impl Labels {
    /// The text in a language.
    pub fn get(&self, language: Language) -> &str {
        match language {
            Language::Vi => &self.vi,
            Language::En => &self.en,
        }
    }
}

impl Rule {
    /// Every row the rule names.
    pub fn rows(&self) -> impl Iterator<Item = &str> {
        let (rows, limit) = match self {
            Self::AtMost { row, limit } => (std::slice::from_ref(row), limit),
            Self::SumAtMost { rows, limit } => (rows.as_slice(), limit),
        };
        rows.iter().map(String::as_str).chain([limit.as_str()])
    }
}

#[cfg(test)]
mod tests {
    use std::fmt::Write;

    use super::*;

    #[test]
    fn every_built_in_form_is_whole() {
        assert_eq!(Form::built_in().len(), BUILT_IN.len());
        for json in BUILT_IN {
            Form::from_json(json).unwrap();
        }
    }

    #[test]
    fn the_default_is_the_letters_form_to_the_word() {
        let form = Form::letter();
        let labels: Vec<_> = form.rows.iter().map(|row| row.label.vi.as_str()).collect();
        assert_eq!(form.origin, Origin::Authority);
        assert_eq!(
            labels,
            [
                "Tổng số cơ quan, tổ chức, doanh nghiệp nhận được thông tin về chiến dịch",
                "Tổng số cơ quan, tổ chức triển khai chiến dịch",
            ]
        );
        assert_eq!(Form::find("extended", 1).unwrap().origin, Origin::Lamsach);
    }

    /// A report keeps the form and version it was written on: what is released is never changed,
    /// a change is a new version beside it.
    #[test]
    fn a_released_version_stays_as_it_is() {
        let mut text = String::new();
        for form in Form::built_in() {
            writeln!(
                text,
                "{} version {}, {:?}: {}",
                form.id, form.version, form.origin, form.title.vi
            )
            .unwrap();
            for row in &form.rows {
                let measure = row.measure.map_or("-", Measure::code);
                let of = row.of.as_deref().map(|it| format!(" of {it}")).unwrap_or_default();
                writeln!(text, "  {} {} [{measure}{of}] {}", row.number, row.key, row.label.vi)
                    .unwrap();
            }
            for rule in &form.rules {
                writeln!(text, "  {rule:?}").unwrap();
            }
        }
        insta::assert_snapshot!(text);
    }

    #[test]
    fn a_form_that_contradicts_itself_is_refused() {
        let check = |rows: &str, rules: &str, expected: &str| {
            let json = format!(
                r#"{{"id":"x","version":1,"title":{{"vi":"","en":""}},"origin":"lamsach",
                     "source":"","rows":[{rows}],"rules":[{rules}]}}"#
            );
            assert_eq!(Form::from_json(&json).unwrap_err().to_string(), expected);
        };
        let row = r#"{"key":"a","number":"1","label":{"vi":"","en":""}}"#;
        check(&format!("{row},{row}"), "", "two rows have the key `a`");
        check(
            row,
            r#"{"kind":"at-most","row":"a","limit":"b"}"#,
            "a rule names the row `b`, which the form does not have",
        );
        check("{}", "", "the form is not readable");
    }
}
