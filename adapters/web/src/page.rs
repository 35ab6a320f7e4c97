//! What every page shows: language, who is signed in, where one is, what was just done.

use std::fmt::Display;

use axum::extract::FromRequestParts;
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{Html, IntoResponse, Response};
use jiff::{Timestamp, civil::Date, tz::TimeZone};
use language::{Language, Value};
use portal::{Actor, Readable};

use crate::error::PageError;
use crate::notice::Notice;
use crate::session::{self, MaybeSignedIn};
use crate::{AppState, session::cookie_of};

/// Frame of a page, handed to every template as `page`.
#[derive(Clone, Debug)]
pub(crate) struct Page {
    /// Language of the page.
    pub(crate) language: Language,
    /// Who is signed in.
    pub(crate) actor: Option<Actor>,
    /// Path and query to come back to, for the language switch.
    pub(crate) here: String,
    /// Path alone, for marking the current tab.
    pub(crate) path: String,
    /// Whether everything shown is invented.
    pub(crate) is_demo: bool,
    /// What was just done.
    pub(crate) notice: Option<Notice>,
    /// Zone of the moments shown.
    zone: TimeZone,
}

impl Page {
    /// The sentence behind a key.
    pub(crate) fn t(&self, key: &str) -> String {
        language::text(self.language, key)
    }

    /// The sentence behind `prefix-code`: for states, roles and other closed sets of words.
    pub(crate) fn tk(&self, prefix: &str, code: impl Display) -> String {
        language::text(self.language, &format!("{prefix}-{code}"))
    }

    /// As [`Self::tk`] for a set that data may extend: a code without a word stands for itself.
    pub(crate) fn word(&self, prefix: &str, code: impl Display) -> String {
        let code = code.to_string();
        let found = self.tk(prefix, &code);
        if found.starts_with('⟦') { code } else { found }
    }

    /// The sentence behind a key with one text set in.
    pub(crate) fn t1(&self, key: &str, name: &'static str, value: impl Display) -> String {
        language::text_with(self.language, key, &[(name, Value::from(value.to_string()))])
    }

    /// The sentence behind a key with two texts set in.
    pub(crate) fn t2(
        &self,
        key: &str,
        first: &'static str,
        first_value: impl Display,
        second: &'static str,
        second_value: impl Display,
    ) -> String {
        let values = [
            (first, Value::from(first_value.to_string())),
            (second, Value::from(second_value.to_string())),
        ];
        language::text_with(self.language, key, &values)
    }

    /// The sentence behind a key with one count set in.
    pub(crate) fn tn(&self, key: &str, name: &'static str, count: impl Count) -> String {
        language::text_with(self.language, key, &[(name, Value::Count(count.count()))])
    }

    /// Why a log was not read, or not to its end.
    pub(crate) fn log_problem(&self, problem: &portal::checks::LogProblem) -> String {
        let key = format!("log-check-problem-{}", problem.code());
        let values = problem.values();
        let values: Vec<_> =
            values.iter().map(|(name, value)| (*name, Value::of_variable(name, value))).collect();
        language::text_with(self.language, &key, &values)
    }

    /// The mark of a demonstration: the official one, in other languages with its meaning.
    pub(crate) fn demo_mark(&self) -> String {
        let mark = language::text(Language::Vi, "demo-mark");
        match self.language {
            Language::Vi => mark,
            Language::En => format!("{} ({mark})", self.t("demo-mark")),
        }
    }

    /// What a device contacted, or a list names, as people read it. The line of the log beside it
    /// stays as it is.
    #[expect(clippy::unused_self, reason = "templates ask the page")]
    pub(crate) fn contacted(&self, written: &str) -> Readable {
        Readable::of(written)
    }

    /// A letter's subject line: "V/v …", whether or not the author wrote the "V/v".
    #[expect(clippy::unused_self, reason = "templates ask the page")]
    pub(crate) fn subject(&self, subject: &str) -> String {
        let subject = subject.trim();
        let rest = subject.strip_prefix("V/v").or_else(|| subject.strip_prefix("v/v"));
        format!("V/v {}", rest.unwrap_or(subject).trim_start_matches([':', ' ']))
    }

    /// A form's label in the page's language.
    pub(crate) fn label<'l>(&self, labels: &'l reports::Labels) -> &'l str {
        labels.get(self.language)
    }

    /// A whole number as the language writes it.
    pub(crate) fn number(&self, value: impl Count) -> String {
        language::number(self.language, value.count())
    }

    /// A day as the language writes it.
    pub(crate) fn date(&self, date: &Date) -> String {
        language::date(self.language, *date)
    }

    /// A moment in the campaign's zone as the language writes it.
    pub(crate) fn moment(&self, at: &Timestamp) -> String {
        language::date_time(self.language, *at, &self.zone)
    }

    /// The date of an official document, which stays Vietnamese in every language.
    #[expect(clippy::unused_self, reason = "templates ask the page")]
    pub(crate) fn day_phrase(&self, date: &Date) -> String {
        language::day_phrase(*date)
    }

    /// The last day on which a report is in time.
    pub(crate) fn last_day(&self, deadline: &campaigns::Deadline) -> String {
        self.date(&deadline.last_day())
    }

    /// "Hạn: hết ngày …": the last day on which a report is in time.
    pub(crate) fn deadline(&self, deadline: &campaigns::Deadline) -> String {
        let day = language::date(self.language, deadline.last_day());
        self.t1("deadline-shown", "day", &day)
    }

    /// The sections in the order of a campaign's work.
    #[expect(clippy::unused_self, reason = "templates ask the page")]
    pub(crate) fn tabs(&self) -> &'static [Tab] {
        TABS
    }

    /// Whether `prefix` is the current section or above the current page.
    pub(crate) fn is_under(&self, prefix: &str) -> bool {
        self.path == prefix || self.path.strip_prefix(prefix).is_some_and(|r| r.starts_with('/'))
    }
}

/// Anything that templates count with, by value or by reference.
pub(crate) trait Count {
    /// The count.
    fn count(self) -> i64;
}

macro_rules! counts {
    ($($number:ty),+) => {$(
        impl Count for $number {
            fn count(self) -> i64 {
                i64::try_from(self).unwrap_or(i64::MAX)
            }
        }

    )+};
}

counts!(i64, u64, usize);

impl<T: Count + Copy> Count for &T {
    fn count(self) -> i64 {
        (*self).count()
    }
}

/// One section of the portal.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Tab {
    /// Where it starts.
    pub(crate) path: &'static str,
    /// Message key of its name.
    pub(crate) label: &'static str,
}

const TABS: &[Tab] = &[
    Tab { path: "/", label: "home-title" },
    Tab { path: "/units", label: "units-title" },
    Tab { path: "/tokens", label: "tokens-title" },
];

impl FromRequestParts<AppState> for Page {
    type Rejection = PageError;

    async fn from_request_parts(
        parts: &mut Parts,
        state: &AppState,
    ) -> Result<Self, Self::Rejection> {
        let MaybeSignedIn(actor) = MaybeSignedIn::from_request_parts(parts, state).await?;
        let chosen = cookie_of(&parts.headers, session::LANGUAGE_COOKIE)
            .and_then(Language::from_tag)
            .or_else(|| actor.as_ref().map(|actor| actor.language));
        Ok(Self {
            language: chosen.unwrap_or_default(),
            actor,
            here: session::reachable_path(parts),
            path: parts.uri.path().to_owned(),
            is_demo: state.portal.is_demo,
            notice: parts.uri.query().and_then(Notice::of_query),
            zone: TimeZone::get("Asia/Ho_Chi_Minh").unwrap_or(TimeZone::UTC),
        })
    }
}

/// Renders a template, or fails as our own fault.
pub(crate) fn show(template: &impl askama::Template) -> Result<Response, PageError> {
    show_with(StatusCode::OK, template)
}

/// Renders a template with a status: 422 for a form that was not taken.
pub(crate) fn show_with(
    status: StatusCode,
    template: &impl askama::Template,
) -> Result<Response, PageError> {
    let html = template.render().map_err(PageError::Template)?;
    Ok((status, Html(html)).into_response())
}
