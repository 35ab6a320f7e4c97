//! What an organisation of the tree is called.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// An organisation's code: groups of digits and capital letters with dots between them, 35
/// characters at the most (QĐ 20/2020/QĐ-TTg). An enterprise uses its enterprise number.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct UnitCode(String);

/// Why a text is not a unit's code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UnitCodeError {
    /// Nothing there.
    #[error("the code is empty")]
    Empty,
    /// More than 35 characters.
    #[error("the code has more than 35 characters")]
    TooLong,
    /// Something else than digits, capital letters and single dots between groups.
    #[error("the code has characters other than 0-9, A-Z and dots between groups")]
    Characters,
}

impl UnitCode {
    /// The code as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for UnitCode {
    type Err = UnitCodeError;

    /// Surrounding spaces are dropped and small letters raised: people type both.
    fn from_str(text: &str) -> Result<Self, UnitCodeError> {
        let code = text.trim().to_ascii_uppercase();
        if code.is_empty() {
            return Err(UnitCodeError::Empty);
        }
        if code.len() > 35 {
            return Err(UnitCodeError::TooLong);
        }
        let is_group = |group: &str| {
            !group.is_empty() && group.bytes().all(|b| b.is_ascii_digit() || b.is_ascii_uppercase())
        };
        if code.split('.').all(is_group) { Ok(Self(code)) } else { Err(UnitCodeError::Characters) }
    }
}

impl TryFrom<String> for UnitCode {
    type Error = UnitCodeError;

    fn try_from(text: String) -> Result<Self, UnitCodeError> {
        text.parse()
    }
}

impl From<UnitCode> for String {
    fn from(code: UnitCode) -> Self {
        code.0
    }
}

impl fmt::Display for UnitCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What a unit is; decides in which figures it counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum UnitKind {
    /// Ủy ban nhân dân tỉnh, thành phố, huyện.
    PeopleCommittee,
    /// Sở, ban, ngành, bộ, cục.
    Department,
    /// Ủy ban nhân dân xã, phường, đặc khu.
    Commune,
    /// Trường học.
    School,
    /// Bệnh viện, trung tâm y tế.
    Health,
    /// Doanh nghiệp.
    Enterprise,
    /// Cơ quan, tổ chức khác.
    Other,
}

impl UnitKind {
    /// Every kind.
    pub const ALL: [Self; 7] = [
        Self::PeopleCommittee,
        Self::Department,
        Self::Commune,
        Self::School,
        Self::Health,
        Self::Enterprise,
        Self::Other,
    ];

    /// The code kept in the database, in import files and in message keys (`units-kind-…`).
    pub fn code(self) -> &'static str {
        match self {
            Self::PeopleCommittee => "people-committee",
            Self::Department => "department",
            Self::Commune => "commune",
            Self::School => "school",
            Self::Health => "health",
            Self::Enterprise => "enterprise",
            Self::Other => "other",
        }
    }

    /// Whether row 2 of the letter's form leaves it out: it counts agencies and organisations only.
    pub fn is_enterprise(self) -> bool {
        self == Self::Enterprise
    }
}

impl fmt::Display for UnitKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// The text names no kind of unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a kind of unit")]
pub struct UnknownUnitKind;

impl FromStr for UnitKind {
    type Err = UnknownUnitKind;

    fn from_str(code: &str) -> Result<Self, UnknownUnitKind> {
        Self::ALL.into_iter().find(|kind| kind.code() == code).ok_or(UnknownUnitKind)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_groups_of_digits_and_capitals() {
        let check = |text: &str, expected: Result<&str, UnitCodeError>| {
            let read = text.parse::<UnitCode>();
            assert_eq!(read.as_ref().map(UnitCode::as_str).map_err(|e| *e), expected, "{text}");
        };
        check("H59.12.03", Ok("H59.12.03"));
        check(" h59 ", Ok("H59"));
        check("0123456789", Ok("0123456789"));
        check("", Err(UnitCodeError::Empty));
        check("H59..1", Err(UnitCodeError::Characters));
        check("H59.", Err(UnitCodeError::Characters));
        check("H59-1", Err(UnitCodeError::Characters));
        check("Đ01", Err(UnitCodeError::Characters));
        check(&"A".repeat(36), Err(UnitCodeError::TooLong));
    }
}
