//! One id type per noun, all version 7 UUIDs: text in the database and on the wire.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Uuid);

        impl $name {
            /// The id of this moment (Unix milliseconds) and these random bytes.
            pub fn from_parts(unix_millis: u64, random: &[u8; 10]) -> Self {
                Self(uuid::Builder::from_unix_timestamp_millis(unix_millis, random).into_uuid())
            }
        }

        impl From<Uuid> for $name {
            fn from(uuid: Uuid) -> Self {
                Self(uuid)
            }
        }

        impl From<$name> for Uuid {
            fn from(id: $name) -> Self {
                id.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.parse().map(Self)
            }
        }
    )+};
}

ids! {
    /// An organisation of the tree.
    UnitId,
    /// Where a unit stands in one line, for a time.
    MembershipId,
    /// A place of a unit with its own private addresses.
    SiteId,
    /// A person who can sign in.
    UserId,
    /// A secret a program signs in with.
    TokenId,
    /// A code that a unit's tools sign with.
    EnrolmentId,
    /// The result of one scan of a PC.
    ScanId,
    /// A pack for the tools.
    PackId,
    /// A campaign.
    CampaignId,
    /// The letter as one level passes it on.
    DirectiveId,
    /// What a unit did with a directive.
    ReceiptId,
    /// A reminder.
    ReminderId,
    /// A file beside a letter.
    AttachmentId,
    /// One revision of an indicator list.
    ListId,
    /// An organisation outside the system that a unit told.
    ToldId,
    /// One log that was matched.
    SourceId,
    /// A device of a unit.
    DeviceId,
    /// A dated name of a device.
    DeviceNameId,
    /// Contacts of one device with one indicator.
    SightingId,
    /// The work on one device.
    CaseId,
    /// A step of that work.
    CaseEventId,
    /// A unit's report in a campaign.
    ReportId,
    /// A step of that report.
    ReportEventId,
    /// Work in the background.
    JobId,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_a_version_7_uuid_and_reads_back() {
        let id = UnitId::from_parts(1_661_212_800_000, &[7; 10]);
        assert_eq!(Uuid::from(id).get_version_num(), 7);
        assert_eq!(id.to_string().parse::<UnitId>().unwrap(), id);
        assert!("x".parse::<UnitId>().is_err());
    }
}
