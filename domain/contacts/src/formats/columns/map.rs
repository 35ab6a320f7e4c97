//! The map of columns, as a person writes it.

use std::str::FromStr;

/// What a column means.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Role {
    #[default]
    Other,
    Device,
    DeviceName,
    Name,
    Url,
    Path,
    Query,
    Address,
    Port,
    Answers,
    Time,
    Outcome,
}

const ROLES: [(&str, Role); 11] = [
    ("device", Role::Device),
    ("device-name", Role::DeviceName),
    ("name", Role::Name),
    ("url", Role::Url),
    ("path", Role::Path),
    ("query", Role::Query),
    ("address", Role::Address),
    ("port", Role::Port),
    ("answers", Role::Answers),
    ("time", Role::Time),
    ("outcome", Role::Outcome),
];

/// Which column of an unknown program's log is what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Columns {
    pub(super) columns: Vec<(String, Role)>,
    pub(super) delimiter: u8,
}

/// Why a map of columns cannot be used. Each has a message `columns-<code>`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ColumnsError {
    /// A part is not `meaning=column`.
    #[error("`{0}` is not meaning=column")]
    NoColumn(String),
    /// There is no such meaning.
    #[error("`{0}` is no meaning of a column")]
    UnknownMeaning(String),
    /// A column has two meanings, or a meaning two columns: one of them would be lost.
    #[error("`{0}` is given twice")]
    Twice(String),
    /// Nothing says what was contacted.
    #[error("no column for name, url, address or answers")]
    NoDestination,
}

impl Columns {
    /// Every meaning a column can have.
    pub fn meanings() -> impl Iterator<Item = &'static str> {
        ROLES.into_iter().map(|(name, _)| name)
    }

    /// What stands between the columns of a CSV.
    pub(crate) fn delimiter(&self) -> u8 {
        self.delimiter
    }

    /// The same map for a CSV whose columns stand between `delimiter`.
    #[must_use]
    pub fn delimited_by(self, delimiter: u8) -> Self {
        Self { delimiter, ..self }
    }

    /// Names of the columns, as they were given.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.columns.iter().map(|(name, _)| name.as_str())
    }

    /// Whether a CSV has no line with the names of its columns.
    pub(super) fn are_numbers(&self) -> bool {
        self.names().all(|name| name.parse::<u16>().is_ok_and(|it| it > 0))
    }
}

impl FromStr for Columns {
    type Err = ColumnsError;

    fn from_str(text: &str) -> Result<Self, ColumnsError> {
        let mut columns: Vec<(String, Role)> = Vec::new();
        for part in text.split(',') {
            let (meaning, column) = part
                .split_once('=')
                .map(|(meaning, column)| (meaning.trim(), column.trim()))
                .filter(|(_, column)| !column.is_empty())
                .ok_or_else(|| ColumnsError::NoColumn(part.to_owned()))?;
            let role = ROLES.iter().find(|(name, _)| *name == meaning).map(|it| it.1);
            let role = role.ok_or_else(|| ColumnsError::UnknownMeaning(meaning.to_owned()))?;
            for (known, its_role) in &columns {
                if known == column {
                    return Err(ColumnsError::Twice(column.to_owned()));
                }
                if *its_role == role {
                    return Err(ColumnsError::Twice(meaning.to_owned()));
                }
            }
            columns.push((column.to_owned(), role));
        }
        let is_destination =
            |role: Role| matches!(role, Role::Name | Role::Url | Role::Address | Role::Answers);
        if !columns.iter().any(|it| is_destination(it.1)) {
            return Err(ColumnsError::NoDestination);
        }
        Ok(Self { columns, delimiter: b',' })
    }
}
