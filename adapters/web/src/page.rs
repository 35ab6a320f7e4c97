//! What every page shows: language, who is signed in, where one is, what was just done.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{StatusCode, Uri};
use axum::response::{Html, IntoResponse, Response};
use jiff::{Timestamp, civil::Date, tz::TimeZone};
use language::{Language, Value};
use portal::Actor;

use crate::error::PageError;
use crate::session::{self, MaybeSignedIn};
use crate::{AppState, session::cookie_of};

/// Frame of a page, handed to every template as `page`.
#[derive(Clone, Debug)]
pub(crate) struct Page {
    /// Language of the page.
    pub(crate) language: Language,
    /// Who is signed in.
    pub(crate) actor: Option<Actor>,
    /// Path and query of this request, for the language switch.
    pub(crate) here: String,
    /// Path alone, for marking the current tab.
    pub(crate) path: String,
    /// Whether everything shown is invented.
    pub(crate) is_demo: bool,
    /// Message key of what was just done, from `?notice=`.
    pub(crate) notice: Option<String>,
    /// Zone of the moments shown.
    zone: TimeZone,
}

impl Page {
    /// The sentence behind a key.
    pub(crate) fn t(&self, key: &str) -> String {
        language::text(self.language, key)
    }

    /// The sentence behind a key with one text set in.
    pub(crate) fn t1(&self, key: &str, name: &'static str, value: &str) -> String {
        language::text_with(self.language, key, &[(name, Value::from(value))])
    }

    /// The sentence behind a key with two texts set in.
    pub(crate) fn t2(
        &self,
        key: &str,
        (first, first_value): (&'static str, &str),
        (second, second_value): (&'static str, &str),
    ) -> String {
        let values = [(first, Value::from(first_value)), (second, Value::from(second_value))];
        language::text_with(self.language, key, &values)
    }

    /// The sentence behind a key with one count set in.
    pub(crate) fn tn(&self, key: &str, name: &'static str, count: impl TryInto<i64>) -> String {
        let count = count.try_into().unwrap_or(i64::MAX);
        language::text_with(self.language, key, &[(name, Value::Count(count))])
    }

    /// A whole number as the language writes it.
    pub(crate) fn number(&self, value: impl TryInto<i64>) -> String {
        language::number(self.language, value.try_into().unwrap_or(i64::MAX))
    }

    /// A day as the language writes it.
    pub(crate) fn date(&self, date: &Date) -> String {
        language::date(self.language, *date)
    }

    /// A moment in the campaign's zone as the language writes it.
    pub(crate) fn moment(&self, at: &Timestamp) -> String {
        language::date_time(self.language, *at, &self.zone)
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

/// One section of the portal.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Tab {
    /// Where it starts.
    pub(crate) path: &'static str,
    /// Message key of its name.
    pub(crate) label: &'static str,
}

const TABS: &[Tab] = &[Tab { path: "/", label: "home-title" }];

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
            here: parts.uri.path_and_query().map_or("/", |it| it.as_str()).to_owned(),
            path: parts.uri.path().to_owned(),
            is_demo: state.portal.is_demo,
            notice: notice_of(&parts.uri),
            zone: TimeZone::get("Asia/Ho_Chi_Minh").unwrap_or(TimeZone::UTC),
        })
    }
}

/// `?notice=KEY`: only message keys of notices, so that a link cannot put words on our page.
fn notice_of(uri: &Uri) -> Option<String> {
    let query = uri.query()?;
    let value = query.split('&').find_map(|pair| pair.strip_prefix("notice="))?;
    let is_key = value.chars().all(|c| c.is_ascii_lowercase() || c == '-');
    is_key.then(|| format!("notice-{value}"))
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
