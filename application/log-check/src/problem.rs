//! Why a log was not read, or not to its end.

use serde::{Deserialize, Serialize};

/// Why a log was not read, or not to its end. Each has a message `log-check-problem-<code>`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(tag = "code", rename_all = "kebab-case")]
pub enum Problem {
    /// It cannot be opened.
    #[error("the log cannot be opened: {detail}")]
    Unreadable {
        /// What the system says.
        detail: String,
    },
    /// Reading stopped on the way.
    #[error("reading stopped after {bytes} bytes: {detail}")]
    Interrupted {
        /// Decompressed bytes read.
        bytes: u64,
        /// What the system or the decompressor says.
        detail: String,
    },
    /// The option names no format.
    #[error("`{name}` is not a log format")]
    UnknownFormat {
        /// The name given.
        name: String,
    },
    /// No format understands its lines.
    #[error("no known format understands its lines")]
    NoFormat,
    /// It is UTF-16, which log programs do not write.
    #[error("the log is UTF-16: save it as UTF-8 or take the original")]
    Utf16,
    /// It is not text.
    #[error("the log is not text")]
    Binary,
    /// The user stopped the run.
    #[error("the run was stopped")]
    Cancelled,
}

impl Problem {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Unreadable { .. } => "unreadable",
            Self::Interrupted { .. } => "interrupted",
            Self::UnknownFormat { .. } => "unknown-format",
            Self::NoFormat => "no-format",
            Self::Utf16 => "utf16",
            Self::Binary => "binary",
            Self::Cancelled => "cancelled",
        }
    }

    /// What its message takes.
    pub fn values(&self) -> Vec<(&'static str, String)> {
        match self {
            Self::Unreadable { detail } => vec![("detail", detail.clone())],
            Self::Interrupted { bytes, detail } => {
                vec![("bytes", bytes.to_string()), ("detail", detail.clone())]
            }
            Self::UnknownFormat { name } => vec![("name", name.clone())],
            Self::NoFormat | Self::Utf16 | Self::Binary | Self::Cancelled => Vec::new(),
        }
    }
}
