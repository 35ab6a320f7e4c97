//! Shapes that several answers share.

use campaigns::Deadline;
use jiff::{Timestamp, civil::Date, tz::TimeZone};
use portal::records::UnitRecord;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// A unit, as it is named beside a figure.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Unit)]
pub(crate) struct UnitWire {
    /// Id.
    pub(crate) id: Uuid,
    /// Code of the organisation.
    #[schema(example = "H59.12.03")]
    pub(crate) code: String,
    /// Name.
    #[schema(example = "Ủy ban nhân dân xã Minh Hòa")]
    pub(crate) name: String,
    /// `people-committee`, `department`, `commune`, `school`, `health`, `enterprise` or `other`.
    #[schema(example = "commune")]
    pub(crate) kind: String,
}

impl From<&UnitRecord> for UnitWire {
    fn from(unit: &UnitRecord) -> Self {
        Self {
            id: unit.id.into(),
            code: unit.code.clone(),
            name: unit.name.clone(),
            kind: unit.kind.clone(),
        }
    }
}

/// A deadline as the letter phrases it, and the instant that follows from it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Deadline)]
pub(crate) struct DeadlineWire {
    /// `before` (the day itself is too late) or `at-latest` (the day itself is in time).
    #[schema(example = "before")]
    phrase: String,
    /// The day the letter names.
    #[schema(value_type = String, format = Date)]
    day: Date,
    /// The first instant that is too late, in UTC.
    #[schema(value_type = String, format = DateTime)]
    ends_at: Timestamp,
}

impl DeadlineWire {
    /// A deadline in the zone of its campaign.
    pub(crate) fn of(deadline: Deadline, zone: &TimeZone) -> Self {
        Self {
            phrase: deadline.phrase.to_string(),
            day: deadline.day,
            ends_at: deadline.ends_at(zone),
        }
    }
}

/// The zone of a campaign's days.
pub(crate) fn zone(name: &str) -> TimeZone {
    TimeZone::get(name).unwrap_or(TimeZone::UTC)
}
