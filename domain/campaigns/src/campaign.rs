//! The state of a campaign, and what a unit did with the letter.

use std::fmt;
use std::str::FromStr;

use jiff::{Timestamp, tz::TimeZone};
use serde::{Deserialize, Serialize};

use crate::Deadline;

/// Where a campaign stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CampaignState {
    /// Being written; only its own unit sees it.
    Draft,
    /// Sent to its receivers.
    Launched,
    /// Over; figures are locked.
    Closed,
}

impl CampaignState {
    /// The code kept in the database and in message keys.
    pub fn code(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Launched => "launched",
            Self::Closed => "closed",
        }
    }
}

impl fmt::Display for CampaignState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// The text names no state or role of a campaign.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a word of a campaign")]
pub struct UnknownCampaignWord;

impl FromStr for CampaignState {
    type Err = UnknownCampaignWord;

    fn from_str(code: &str) -> Result<Self, UnknownCampaignWord> {
        [Self::Draft, Self::Launched, Self::Closed]
            .into_iter()
            .find(|it| it.code() == code)
            .ok_or(UnknownCampaignWord)
    }
}

/// Why a letter goes to a unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ReceiverRole {
    /// "để thực hiện": owes receipt and report.
    Action,
    /// "để phối hợp": owes nothing.
    Coordination,
    /// "để biết": owes nothing.
    Information,
}

impl ReceiverRole {
    /// Every role.
    pub const ALL: [Self; 3] = [Self::Action, Self::Coordination, Self::Information];

    /// The code kept in the database and in message keys.
    pub fn code(self) -> &'static str {
        match self {
            Self::Action => "action",
            Self::Coordination => "coordination",
            Self::Information => "information",
        }
    }

    /// Whether a report is expected.
    pub fn owes_report(self) -> bool {
        self == Self::Action
    }
}

impl fmt::Display for ReceiverRole {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl FromStr for ReceiverRole {
    type Err = UnknownCampaignWord;

    fn from_str(code: &str) -> Result<Self, UnknownCampaignWord> {
        Self::ALL.into_iter().find(|it| it.code() == code).ok_or(UnknownCampaignWord)
    }
}

/// How far a unit is with the letter, from the moments on its receipt and report. The order is
/// the order of the work.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ReceiptStage {
    /// Đã gửi.
    Delivered,
    /// Đã mở.
    Opened,
    /// Đã tiếp nhận.
    Acknowledged,
    /// Đã phát động.
    Launched,
    /// Đã gửi báo cáo.
    Reported,
}

impl ReceiptStage {
    /// Every stage, in the order of the work.
    pub const ALL: [Self; 5] =
        [Self::Delivered, Self::Opened, Self::Acknowledged, Self::Launched, Self::Reported];

    /// The code used in message keys.
    pub fn code(self) -> &'static str {
        match self {
            Self::Delivered => "delivered",
            Self::Opened => "opened",
            Self::Acknowledged => "acknowledged",
            Self::Launched => "launched",
            Self::Reported => "reported",
        }
    }
}

impl fmt::Display for ReceiptStage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// The moments of a receipt; a later one implies the earlier ones.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ReceiptMoments {
    /// Somebody of the unit opened the letter.
    pub opened_at: Option<Timestamp>,
    /// A named person acknowledged it.
    pub acknowledged_at: Option<Timestamp>,
    /// The unit launched the campaign at its own place.
    pub launched_at: Option<Timestamp>,
    /// The unit submitted its report.
    pub reported_at: Option<Timestamp>,
}

impl ReceiptMoments {
    /// How far the unit is.
    pub fn stage(&self) -> ReceiptStage {
        if self.reported_at.is_some() {
            ReceiptStage::Reported
        } else if self.launched_at.is_some() {
            ReceiptStage::Launched
        } else if self.acknowledged_at.is_some() {
            ReceiptStage::Acknowledged
        } else if self.opened_at.is_some() {
            ReceiptStage::Opened
        } else {
            ReceiptStage::Delivered
        }
    }

    /// Whether a report is late: handed in after the deadline, or not yet though it has passed.
    pub fn is_late(&self, deadline: Option<Deadline>, zone: &TimeZone, now: Timestamp) -> bool {
        let Some(deadline) = deadline else { return false };
        !deadline.is_on_time(self.reported_at.unwrap_or(now), zone)
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::DeadlinePhrase;

    #[test]
    fn the_furthest_moment_is_the_stage() {
        let at = Some(Timestamp::UNIX_EPOCH);
        let mut moments = ReceiptMoments::default();
        assert_eq!(moments.stage(), ReceiptStage::Delivered);
        moments.opened_at = at;
        assert_eq!(moments.stage(), ReceiptStage::Opened);
        moments.launched_at = at;
        assert_eq!(moments.stage(), ReceiptStage::Launched);
        moments.reported_at = at;
        assert_eq!(moments.stage(), ReceiptStage::Reported);
    }

    #[test]
    fn late_is_after_the_deadline_reported_or_not() {
        let zone = TimeZone::get("Asia/Ho_Chi_Minh").unwrap();
        let deadline = Some(Deadline { phrase: DeadlinePhrase::Before, day: date(2022, 9, 22) });
        let check = |reported: Option<&str>, now: &str, expected| {
            let reported_at = reported.map(|it| it.parse().unwrap());
            let moments = ReceiptMoments { reported_at, ..ReceiptMoments::default() };
            let now = now.parse().unwrap();
            assert_eq!(moments.is_late(deadline, &zone, now), expected, "{reported:?}");
        };
        check(None, "2022-09-21T16:00:00Z", false);
        check(None, "2022-09-21T17:00:00Z", true);
        check(Some("2022-09-21T16:59:59Z"), "2022-10-01T00:00:00Z", false);
        check(Some("2022-09-21T17:00:00Z"), "2022-10-01T00:00:00Z", true);
    }
}
