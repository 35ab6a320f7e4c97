//! Why something was not done.

use storage::StorageError;

/// Why something was not done; pages and the API turn it into a status and a sentence.
#[derive(Debug, thiserror::Error)]
pub enum PortalError {
    /// Nobody is signed in, or the session ended. Signing in helps.
    #[error("nobody is signed in")]
    SignedOut,
    /// The person may not do this to that unit. Trying again does not help.
    #[error("this person may not do this to that unit")]
    Denied,
    /// There is no such thing, or the person may not know of it.
    #[error("there is no such thing")]
    NotFound,
    /// What was given cannot be taken; nothing was changed.
    #[error("{} problem(s) in what was given", .0.len())]
    Invalid(Vec<Problem>),
    /// Somebody else changed it first; nothing was lost or overwritten.
    #[error("somebody else changed it first")]
    Conflict,
    /// Too many tries; waiting helps.
    #[error("too many tries, wait {wait_seconds} s")]
    TooMany {
        /// How long.
        wait_seconds: i64,
    },
    /// The database failed; trying again may help.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// A file could not be kept or read; trying again may help.
    #[error("cannot use a file of the portal")]
    File(#[from] std::io::Error),
    /// A fault of ours.
    #[error("internal fault: {0}")]
    Internal(String),
}

/// One thing that is wrong with what was given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Name of the field, row or cell it is about; empty for the whole.
    pub field: String,
    /// Message key, such as `problem-required`.
    pub message: &'static str,
    /// Values for the message.
    pub values: Vec<(&'static str, String)>,
}

impl Problem {
    /// A problem whose message takes no values.
    pub fn new(field: impl Into<String>, message: &'static str) -> Self {
        Self { field: field.into(), message, values: Vec::new() }
    }

    /// Adds a value for the message.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.values.push((name, value.into()));
        self
    }
}

impl From<Problem> for PortalError {
    fn from(problem: Problem) -> Self {
        Self::Invalid(vec![problem])
    }
}
