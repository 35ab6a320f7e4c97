//! What people do with a campaign, one function each: authorise, load, decide, save.
//!
//! Pages, the API and commands call these functions with a [`Portal`] and an [`Actor`]; none of
//! them decides anything itself. The way in for a reader: [`sign_in`], then [`access`], the one
//! place that answers "may this person do this to that unit?", then the module of the noun at hand.
//!
//! What it deliberately does not do: SQL (that is `storage`), rules (`campaigns`, `reports`),
//! HTML, HTTP.

pub mod access;
pub mod accounts;
pub mod audit;
pub mod backup;
pub mod campaigns;
pub mod cases;
pub mod checks;
pub mod demo;
pub mod device_names;
pub mod devices;
mod error;
pub mod exports;
pub mod file_names;
mod index_shelf;
pub mod letter_text;
pub mod letters;
pub mod local_checks;
pub mod looking_back;
pub mod measures;
pub mod other_scanners;
pub mod packs;
pub mod people;
pub mod progress;
pub mod public;
pub mod reports;
pub mod scans;
mod secrets;
pub mod sign_in;
pub mod sources;
pub mod tokens;
mod tree_change;
pub mod tree_import;
pub mod units;
pub mod upkeep;
pub mod work;

use std::sync::Arc;

use ::campaigns::{Grant, UnitId, UserId};
use files::ContentStore;
use jiff::{Timestamp, tz::TimeZone};
use language::Language;
use storage::Database;

/// Plain records that pages show.
pub mod records {
    pub use storage::campaigns::{AttachmentRecord, CampaignRecord, ListRecord};
    pub use storage::cases::{CaseEventRecord, CaseRecord};
    pub use storage::directives::{DirectiveRecord, ReceiptRecord, ReminderRecord, ToldRecord};
    pub use storage::reports::{
        ProposalAnswerRecord, ReportEventRecord, ReportRecord, ReportStanding,
    };
    pub use storage::scans::{EnrolmentRecord, ScanRecord};
    pub use storage::sightings::{SightingRecord, SourceRecord};
    pub use storage::tokens::TokenRecord;
    pub use storage::units::UnitRecord;
    pub use storage::users::UserRecord;
}

pub use error::{PortalError, Problem};
pub use observables::Readable;

/// Tells the time; a test gives its own.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// One running portal: its database, its folder, its clock.
#[derive(Clone)]
pub struct Portal {
    /// The database.
    pub database: Database,
    /// Files that are kept by content.
    pub files: ContentStore,
    /// Tells the time.
    pub clock: Clock,
    /// Zone of days and deadlines unless a campaign says otherwise.
    pub zone: TimeZone,
    /// Whether everything shown is invented and must be marked so.
    pub is_demo: bool,
}

impl Portal {
    /// Now, by this portal's clock.
    pub fn now(&self) -> Timestamp {
        (self.clock)()
    }

    /// Today, in the portal's zone.
    pub fn today(&self) -> jiff::civil::Date {
        self.now().to_zoned_datetime(self.zone.clone()).date()
    }

    /// A new id: time-ordered, its random half from the operating system.
    pub fn new_id<Id: From<uuid::Uuid>>(&self) -> Id {
        secrets::new_uuid(self.now()).into()
    }
}

/// Who is doing something: a signed-in person with their grants.
#[derive(Clone, Debug)]
pub struct Actor {
    /// Id.
    pub user_id: UserId,
    /// What they sign in with.
    pub login: String,
    /// Name shown beside what they do.
    pub name: String,
    /// Their post.
    pub position: String,
    /// The language they chose.
    pub language: Language,
    /// Roles over unit subtrees.
    pub grants: Vec<Grant>,
}

impl Actor {
    /// The unit they work for: that of their first grant.
    pub fn home_unit(&self) -> Option<UnitId> {
        self.grants.first().map(|grant| grant.unit)
    }
}
