//! What became of a list.

use std::collections::BTreeMap;
use std::fmt;

use observables::{AddressError, DomainNameError, ObservableError, ObservableKind, WebUrlError};
use serde::Serialize;

/// How many refused lines are listed one by one; all are counted.
const LISTED: usize = 1_000;

/// What became of a list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ListReport {
    /// The format found: `plain`, `csv`, `hosts`.
    pub format: Option<&'static str>,
    /// Lines of the list, empty ones and comments too.
    pub lines: u64,
    /// Indicators taken, by kind code.
    pub accepted: BTreeMap<&'static str, u64>,
    /// The first 1,000 refused values.
    pub refused: Vec<Refused>,
    /// All refused values, by reason code.
    pub refused_counts: BTreeMap<&'static str, u64>,
    /// Indicators taken with a warning, by the name of the warning list.
    pub warned: BTreeMap<String, u64>,
    /// Why the list as a whole could not be read, or not to its end.
    pub problem: Option<ListProblem>,
}

/// A value that was not taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// Its line, from 1.
    pub line: u64,
    /// The value, its first 200 characters.
    pub text: String,
    /// Why.
    pub reason: Reason,
}

/// Why a value was not taken. Each has a message `lists-refused-<code>` that says what to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reason {
    /// A URL without a host would match on every host.
    UrlWithoutHost,
    /// Not an address, though it looks like one.
    BadAddress,
    /// The prefix length does not fit.
    BadPrefix,
    /// Not a port of 1–65535.
    BadPort,
    /// Not a URL.
    BadUrl,
    /// Not a domain name.
    BadName,
    /// One label: a top-level domain or a local name.
    SingleLabel,
    /// Words behind the value that are not a comment.
    ExtraText,
    /// The cell is empty.
    EmptyValue,
    /// A kind that logs cannot show: a hash, a mail address.
    UnsupportedType,
    /// The scope is neither `subdomains` nor `exact`.
    BadScope,
    /// The date is not `YYYY-MM-DD` or `DD/MM/YYYY`.
    BadDate,
    /// No longer valid on the day of reading.
    Expired,
    /// The line is longer than 8 KiB.
    LineTooLong,
    /// The name is of this machine itself.
    LocalName,
    /// The record is not well-formed CSV.
    BadRecord,
    /// An address of private networks, which is another device at every place.
    PrivateAddress,
    /// An address of this machine, of one link, of many receivers.
    ReservedAddress,
    /// An address for documents and tests.
    ExampleAddress,
    /// An open DNS resolver.
    PublicDns,
    /// A suffix below which anybody has names.
    PublicSuffix,
}

impl Reason {
    /// Every reason.
    pub const ALL: [Self; 21] = [
        Self::UrlWithoutHost,
        Self::BadAddress,
        Self::BadPrefix,
        Self::BadPort,
        Self::BadUrl,
        Self::BadName,
        Self::SingleLabel,
        Self::ExtraText,
        Self::EmptyValue,
        Self::UnsupportedType,
        Self::BadScope,
        Self::BadDate,
        Self::Expired,
        Self::LineTooLong,
        Self::LocalName,
        Self::BadRecord,
        Self::PrivateAddress,
        Self::ReservedAddress,
        Self::ExampleAddress,
        Self::PublicDns,
        Self::PublicSuffix,
    ];

    /// The stable code.
    pub fn code(self) -> &'static str {
        match self {
            Self::UrlWithoutHost => "url-without-host",
            Self::BadAddress => "bad-address",
            Self::BadPrefix => "bad-prefix",
            Self::BadPort => "bad-port",
            Self::BadUrl => "bad-url",
            Self::BadName => "bad-name",
            Self::SingleLabel => "single-label",
            Self::ExtraText => "extra-text",
            Self::EmptyValue => "empty-value",
            Self::UnsupportedType => "unsupported-type",
            Self::BadScope => "bad-scope",
            Self::BadDate => "bad-date",
            Self::Expired => "expired",
            Self::LineTooLong => "line-too-long",
            Self::LocalName => "local-name",
            Self::BadRecord => "bad-record",
            Self::PrivateAddress => "private-address",
            Self::ReservedAddress => "reserved-address",
            Self::ExampleAddress => "example-address",
            Self::PublicDns => "public-dns",
            Self::PublicSuffix => "public-suffix",
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl From<ObservableError> for Reason {
    fn from(error: ObservableError) -> Self {
        match error {
            ObservableError::Empty => Self::EmptyValue,
            ObservableError::UrlWithoutHost | ObservableError::Url(WebUrlError::NoHost) => {
                Self::UrlWithoutHost
            }
            ObservableError::Address(AddressError::PrefixLength) => Self::BadPrefix,
            ObservableError::Address(AddressError::Port)
            | ObservableError::Url(WebUrlError::Port) => Self::BadPort,
            ObservableError::Address(_) => Self::BadAddress,
            ObservableError::Url(_) => Self::BadUrl,
            ObservableError::Domain(DomainNameError::SingleLabel) => Self::SingleLabel,
            ObservableError::Domain(_) => Self::BadName,
        }
    }
}

/// Why a list as a whole could not be read, or not to its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ListProblem {
    /// The CSV header names no column of indicators.
    NoIndicatorColumn {
        /// The columns it names.
        found: Vec<String>,
    },
    /// The bytes are not text.
    Binary,
    /// Reading stopped: the disk, the network.
    Read(String),
}

impl ListReport {
    /// How many indicators were taken.
    pub fn accepted_total(&self) -> u64 {
        self.accepted.values().sum()
    }

    /// How many values were refused.
    pub fn refused_total(&self) -> u64 {
        self.refused_counts.values().sum()
    }

    /// How many indicators were taken with a warning.
    pub fn warned_total(&self) -> u64 {
        self.warned.values().sum()
    }

    /// Counts an indicator that a warning list names.
    pub fn warn(&mut self, list: &str) {
        if let Some(count) = self.warned.get_mut(list) {
            *count += 1;
        } else {
            self.warned.insert(list.to_owned(), 1);
        }
    }

    /// Counts an indicator that was taken.
    pub fn accept(&mut self, kind: ObservableKind) {
        *self.accepted.entry(kind.code()).or_default() += 1;
    }

    /// Counts a value that was not taken, and lists it as long as there is room.
    pub fn refuse(&mut self, line: u64, text: &str, reason: Reason) {
        *self.refused_counts.entry(reason.code()).or_default() += 1;
        if self.refused.len() < LISTED {
            let text = text.chars().take(200).collect();
            self.refused.push(Refused { line, text, reason });
        }
    }
}
