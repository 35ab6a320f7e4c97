//! What became of a file of names.

use std::collections::BTreeMap;

use crate::NamesFormat;

/// How many refused lines of a file are listed one by one; all are counted.
const LISTED: usize = 1_000;
/// How much of a refused line is shown, in characters.
const SHOWN: usize = 200;

/// What became of a file of names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NamesReport {
    /// The format found; `None` when it is none of them.
    pub format: Option<NamesFormat>,
    /// Lines, or rows, read.
    pub lines: u64,
    /// Claims taken.
    pub claims: u64,
    /// Rows of an inventory that are of another site than the run's.
    pub of_other_sites: u64,
    /// Refused lines, by the code of the reason.
    pub refused_counts: BTreeMap<&'static str, u64>,
    /// The first of them.
    pub refused: Vec<Refused>,
    /// Why nothing more was read.
    pub problem: Option<NamesProblem>,
}

/// A line that was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// From 1.
    pub line: u64,
    /// Its beginning.
    pub text: String,
    /// Why.
    pub reason: Reason,
}

/// Why a line was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// It is none of the format.
    NotUnderstood,
    /// What should be an address is none, or one of no device.
    BadAddress,
    /// What should be a hardware address is none.
    BadMac,
    /// A time cannot be read.
    BadTime,
    /// It ends before it begins.
    BadInterval,
    /// Neither hardware address nor name.
    NoDevice,
    /// It names a site, several sites are named, and the run names none.
    NeedsSite,
    /// It is longer than any line of a format.
    TooLong,
    /// What a device is there for is not understood; what else the row says is taken.
    UnknownRole,
}

impl Reason {
    /// Every reason.
    pub const ALL: [Self; 9] = [
        Self::NotUnderstood,
        Self::BadAddress,
        Self::BadMac,
        Self::BadTime,
        Self::BadInterval,
        Self::NoDevice,
        Self::NeedsSite,
        Self::TooLong,
        Self::UnknownRole,
    ];

    /// The stable code.
    pub fn code(self) -> &'static str {
        match self {
            Self::NotUnderstood => "not-understood",
            Self::BadAddress => "bad-address",
            Self::BadMac => "bad-mac",
            Self::BadTime => "bad-time",
            Self::BadInterval => "bad-interval",
            Self::NoDevice => "no-device",
            Self::NeedsSite => "needs-site",
            Self::TooLong => "too-long",
            Self::UnknownRole => "unknown-role",
        }
    }
}

/// Why a file was not read, or not to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NamesProblem {
    /// It is of no known format.
    UnknownFormat,
    /// More claims than are held.
    TooMany,
}

impl NamesProblem {
    /// Every problem.
    pub const ALL: [Self; 2] = [Self::UnknownFormat, Self::TooMany];

    /// The stable code.
    pub fn code(self) -> &'static str {
        match self {
            Self::UnknownFormat => "unknown-format",
            Self::TooMany => "too-many",
        }
    }
}

impl NamesReport {
    /// How many lines were refused.
    pub fn refused_total(&self) -> u64 {
        self.refused_counts.values().sum()
    }

    pub(crate) fn refuse(&mut self, line: u64, text: &[u8], reason: Reason) {
        *self.refused_counts.entry(reason.code()).or_default() += 1;
        if self.refused.len() < LISTED {
            let text = text.get(..SHOWN * 4).unwrap_or(text);
            let text = String::from_utf8_lossy(text).chars().take(SHOWN).collect();
            self.refused.push(Refused { line, text, reason });
        }
    }
}
