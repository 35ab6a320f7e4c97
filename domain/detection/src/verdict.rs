//! What findings amount to.

use serde::{Deserialize, Serialize};

/// What is found to be there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Category {
    /// Software that one may want to keep, and that does harm in many cases: cracks, activators.
    Risk,
    /// It looks like malware to a rule that is often wrong.
    Suspicious,
    /// Malware, by everything that is known of it.
    Malware,
}

impl Category {
    /// All of them, the least first.
    pub const ALL: [Self; 3] = [Self::Risk, Self::Suspicious, Self::Malware];

    /// The code used in outputs: `risk`, `suspicious`, `malware`.
    pub fn code(self) -> &'static str {
        match self {
            Self::Risk => "risk",
            Self::Suspicious => "suspicious",
            Self::Malware => "malware",
        }
    }
}

/// What a scan says of all it looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// Everything was scanned and nothing was found.
    Clean,
    /// Nothing was found, and not everything was scanned.
    Incomplete,
    /// Nothing worse than a risk was found.
    Risky,
    /// Nothing worse than something suspicious was found.
    Suspicious,
    /// Malware was found.
    Infected,
}

impl Verdict {
    /// All of them, the best first.
    pub const ALL: [Self; 5] =
        [Self::Clean, Self::Incomplete, Self::Risky, Self::Suspicious, Self::Infected];

    /// Of the worst that was found, and whether everything was scanned.
    pub fn of(worst: Option<Category>, is_complete: bool) -> Self {
        match worst {
            Some(Category::Malware) => Self::Infected,
            Some(Category::Suspicious) => Self::Suspicious,
            Some(Category::Risk) => Self::Risky,
            None if is_complete => Self::Clean,
            None => Self::Incomplete,
        }
    }

    /// The code used in outputs.
    pub fn code(self) -> &'static str {
        match self {
            Self::Clean => "clean",
            Self::Incomplete => "incomplete",
            Self::Risky => "risky",
            Self::Suspicious => "suspicious",
            Self::Infected => "infected",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_was_not_scanned_is_clean() {
        let check = |worst, is_complete, expected| {
            assert_eq!(Verdict::of(worst, is_complete), expected);
        };
        check(None, true, Verdict::Clean);
        check(None, false, Verdict::Incomplete);
        check(Some(Category::Risk), false, Verdict::Risky);
        check(Some(Category::Suspicious), true, Verdict::Suspicious);
        check(Some(Category::Malware), false, Verdict::Infected);
    }
}
