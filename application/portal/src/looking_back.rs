//! A list that grows is held against the logs that were matched before it grew.
//!
//! Of a log that the portal matches it keeps side-cars, for [`KEPT_DAYS`] days: which device
//! contacted what, and when, in a few per cent of the log. docs/decisions/0017-looking-back.md says
//! why. A log that was matched elsewhere leaves none here.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{self, Read as _};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use ::campaigns::{CampaignId, CampaignState, ListId, SourceId};
use files::ContentStore;
use indicators::ReadOptions;
use jiff::SignedDuration;
use log_check::{
    About, Archive, LogInput, Logs, Progress, Settings, SideCarBuilder, SideCarInput, Wanted, hunt,
};
use matching::{Index, Sighting};
use serde_json::json;
use sha2::{Digest as _, Sha256};
use storage::Write;
use storage::campaigns::{self, ListRecord};
use storage::side_cars::{self, SideCarRecord};

use crate::campaigns::newest_lists;
use crate::checks::add_found;
use crate::index_shelf::{GUARD, inputs};
use crate::tree_import::moment;
use crate::{Portal, PortalError, audit};

/// How long a side-car is kept, in days.
pub const KEPT_DAYS: i64 = 90;
/// How long one run goes on before it leaves the rest to the next: a portal's lease on the work is
/// longer.
const LONGEST_RUN: Duration = Duration::from_mins(5);

/// How long a side-car may lie there without a log before it goes: a log that is being uploaded has no row
/// yet.
const UNCLAIMED: SignedDuration = SignedDuration::from_hours(24);

/// Where side-cars lie: apart, so that what no row names can be told.
fn shelf(files: &ContentStore) -> ContentStore {
    files.part("side-cars")
}

/// Opens a file of the portal, which may be a side-car. Those that came with a backup lie among the others.
pub(crate) fn open(files: &ContentStore, sha256: &str) -> io::Result<File> {
    match shelf(files).open(sha256) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => files.open(sha256),
        opened => opened,
    }
}

/// Side-cars of a log that was just matched.
#[derive(Clone, Debug)]
pub struct SideCars {
    /// SHA-256 of each part.
    pub(crate) files: Vec<String>,
    /// The lists it was matched against, as they stand in the database.
    lists: String,
}

/// Takes the side-cars of one log while it is matched.
#[derive(Debug)]
pub(crate) struct SideCarShelf {
    files: ContentStore,
    /// When the log came.
    now: SystemTime,
    /// SHA-256 by the side-car's name, which ends in the number of its part.
    kept: Mutex<BTreeMap<String, String>>,
}

impl SideCarShelf {
    pub(crate) fn new(portal: &Portal) -> Self {
        let (files, now) = (shelf(&portal.files), moment(portal.now()));
        Self { files, now, kept: Mutex::default() }
    }

    /// Takes off the shelf what is on it: the side-cars of the log matched last.
    pub(crate) fn take(&self, lists: String) -> SideCars {
        let kept = std::mem::take(&mut *self.kept.lock().unwrap_or_else(PoisonError::into_inner));
        SideCars { files: kept.into_values().collect(), lists }
    }
}

impl Archive for SideCarShelf {
    fn store(&self, name: &str, about: About, side_car: SideCarBuilder) -> io::Result<()> {
        let bytes = side_car.finish(&about);
        let sha256 = hex::encode(Sha256::digest(&bytes));
        self.files.put(&sha256, &bytes)?;
        // It may have lain there for long, of a log that is gone.
        self.files.touch(&sha256, self.now)?;
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.insert(name.to_owned(), sha256);
        Ok(())
    }

    /// The shelf holds one log at a time, and the portal knows a log by its whole content.
    fn drop_shorter(&self, _: &str) -> io::Result<()> {
        Ok(())
    }
}

/// The newest lists of a campaign, as side-cars note what they were held against.
pub(crate) async fn lists_of(portal: &Portal, id: CampaignId) -> Result<String, PortalError> {
    let mut read = portal.database.read().await?;
    Ok(noted(&newest_lists(campaigns::lists(&mut read, id).await?)))
}

fn noted(lists: &[ListRecord]) -> String {
    let ids: BTreeSet<ListId> = lists.iter().map(|it| it.id).collect();
    json!(ids).to_string()
}

/// Notes the side-cars of a log in place of those it had; gives the files of those, to be forgotten
/// once this is committed.
pub(crate) async fn replace(
    portal: &Portal,
    write: &mut Write,
    source_id: SourceId,
    new: &SideCars,
) -> Result<Vec<String>, PortalError> {
    let gone = side_cars::delete_of_source(write, source_id).await?;
    let kept_until = portal.now() + SignedDuration::from_hours(24 * KEPT_DAYS);
    for (number, sha256) in (0..).zip(&new.files) {
        let record = SideCarRecord {
            source_id,
            number,
            sha256: sha256.clone(),
            lists: new.lists.clone(),
            is_unsure: false,
            kept_until,
        };
        side_cars::insert(write, &record).await?;
    }
    Ok(gone)
}

/// Notes side-cars under the new id of their log.
pub(crate) async fn hand_on(
    write: &mut Write,
    before: &[SideCarRecord],
    source_id: SourceId,
) -> Result<(), PortalError> {
    for record in before {
        side_cars::insert(write, &SideCarRecord { source_id, ..record.clone() }).await?;
    }
    Ok(())
}

/// Deletes files of side-cars that no log has any more.
pub(crate) async fn forget(portal: &Portal, files: Vec<String>) -> Result<(), PortalError> {
    if files.is_empty() {
        return Ok(());
    }
    let mut read = portal.database.read().await?;
    for sha256 in files {
        if !side_cars::is_kept(&mut read, &sha256).await? {
            // Another portal may have been first; those that came with a backup lie among the others.
            shelf(&portal.files).remove(&sha256).unwrap_or_default();
            portal.files.remove(&sha256).unwrap_or_default();
        }
    }
    Ok(())
}

/// Deletes side-cars that have lain there for a day and are no log's: the program was killed between a file
/// and its row, or an upload broke off. Gives how many.
async fn sweep(portal: &Portal) -> Result<u64, PortalError> {
    // The rows first: what a log claims after they were read was touched since.
    let kept = side_cars::all_files(&mut *portal.database.read().await?).await?;
    let shelf = shelf(&portal.files);
    let before = moment(portal.now() - UNCLAIMED);
    let old = tokio::task::spawn_blocking(move || shelf.older_than(before));
    let old = old.await.map_err(|error| PortalError::Internal(format!("side-cars: {error}")))??;
    let mut read = portal.database.read().await?;
    let shelf = self::shelf(&portal.files);
    let mut swept = 0;
    for sha256 in old.iter().filter(|it| !kept.contains(*it)) {
        // A log may have claimed it since.
        let is_kept = side_cars::is_kept(&mut read, sha256).await?;
        swept += u64::from(!is_kept && shelf.remove(sha256).is_ok());
    }
    Ok(swept)
}

/// Deletes side-cars whose time has come, those of closed campaigns and those of no log; gives how many.
pub(crate) async fn delete_old(portal: &Portal) -> Result<u64, PortalError> {
    let mut write = portal.database.write().await?;
    let gone = side_cars::delete_outlived(&mut write, portal.now()).await?;
    let count = gone.len() as u64;
    if count > 0 {
        let detail = json!({ "side_cars": count });
        audit::record(portal, &mut write, None, None, "side-cars.delete-old", "", detail).await?;
    }
    write.commit().await?;
    forget(portal, gone).await?;
    Ok(count + sweep(portal).await?)
}

/// Holds every list that grew against the logs matched before; gives how many logs were looked into.
/// What it does not come to is left to the next run.
pub(crate) async fn run(portal: &Portal) -> Result<u64, PortalError> {
    let begun = Instant::now();
    let mut looked_into = 0;
    let mut read = portal.database.read().await?;
    let all = campaigns::list(&mut read).await?;
    for campaign in all.into_iter().filter(|it| it.state == CampaignState::Launched) {
        let lists = campaigns::lists(&mut read, campaign.id).await?;
        let newest = noted(&newest_lists(lists.clone()));
        // Logs that were held against the same lists lack the same indicators.
        let mut wanted_since: BTreeMap<String, Arc<Vec<Wanted>>> = BTreeMap::new();
        for source in side_cars::behind(&mut read, campaign.id, &newest).await? {
            if begun.elapsed() > LONGEST_RUN {
                return Ok(looked_into);
            }
            let side_cars = side_cars::of_source(&mut read, source).await?;
            let Some(before) = side_cars.first().map(|it| it.lists.clone()) else { continue };
            let wanted = if let Some(known) = wanted_since.get(&before) {
                known.clone()
            } else {
                let wanted = Arc::new(added_since(portal, &lists, &before).await?);
                wanted_since.insert(before, wanted.clone());
                wanted
            };
            look_into(portal, source, side_cars, wanted, &newest).await?;
            looked_into += 1;
        }
    }
    Ok(looked_into)
}

/// The indicators of the newest lists that the lists of `before` did not hold.
async fn added_since(
    portal: &Portal,
    lists: &[ListRecord],
    before: &str,
) -> Result<Vec<Wanted>, PortalError> {
    let known: BTreeSet<ListId> = serde_json::from_str(before).unwrap_or_default();
    let (old, _): (Vec<ListRecord>, Vec<_>) =
        lists.iter().cloned().partition(|it| known.contains(&it.id));
    let mut new = newest_lists(lists.to_vec());
    new.retain(|it| !known.contains(&it.id));
    let files = portal.files.clone();
    let options = ReadOptions { format: None, today: Some(portal.today()) };
    let added = tokio::task::spawn_blocking(move || added(&files, options, old, &new)).await;
    let failed = |error: &dyn std::fmt::Display| PortalError::Internal(format!("lists: {error}"));
    added.map_err(|error| failed(&error))?.map_err(|error| failed(&error))
}

fn added(
    files: &ContentStore,
    options: ReadOptions,
    old: Vec<ListRecord>,
    new: &[ListRecord],
) -> Result<Vec<Wanted>, Box<dyn std::error::Error + Send + Sync>> {
    if new.is_empty() {
        return Ok(Vec::new());
    }
    // Lists that could not be read then were not held against anything.
    let known: Index = log_check::load_guarded(inputs(files, old), options, &GUARD)?.index;
    let (mut wanted, reports) =
        log_check::load_wanted_guarded(inputs(files, new.to_vec()), options, &GUARD);
    for (name, report) in reports {
        if let Some(log_check::ListProblem::Read(why)) = report.problem {
            return Err(format!("{name}: {why}").into());
        }
    }
    wanted.retain(|it| !known.holds(&it.indicator.observable));
    Ok(wanted)
}

/// Looks for indicators in one log and keeps what is found.
async fn look_into(
    portal: &Portal,
    source: SourceId,
    side_cars: Vec<SideCarRecord>,
    wanted: Arc<Vec<Wanted>>,
    lists: &str,
) -> Result<(), PortalError> {
    let files = portal.files.clone();
    let settings = Settings::new(portal.zone.clone());
    let found = tokio::task::spawn_blocking(move || {
        let inputs = side_cars.into_iter().map(|it| SideCarInput {
            bytes: read(&files, &it.sha256).map(|it| Box::new(it) as _),
            name: it.sha256,
        });
        hunt(&wanted, inputs, &NotKept, &settings, &Unwatched)
    });
    let found = found.await.map_err(|error| PortalError::Internal(format!("hunt: {error}")))?;
    // A web address is known by its host only, a damaged side-car by nothing, and more web addresses
    // than an index holds by neither: the log itself has to tell. One log keeps no other one waiting.
    let (sightings, is_unsure): (Vec<Sighting>, bool) = match found {
        Ok(found) => (found.sightings, found.summary.files.iter().any(|it| it.problem.is_some())),
        Err(_) => (Vec::new(), true),
    };
    let mut write = portal.database.write().await?;
    if let Some(found) = add_found(portal, &mut write, source, &sightings).await? {
        side_cars::held_against(&mut write, source, lists, is_unsure).await?;
        if found.findings > 0 {
            let detail = json!({ "findings": found.findings, "cases": found.cases });
            let unit = Some(found.source.unit_id);
            audit::record(portal, &mut write, None, unit, "log.look-back", source, detail).await?;
        }
    }
    Ok(write.commit().await?)
}

fn read(files: &ContentStore, sha256: &str) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    open(files, sha256)?.read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Logs are matched and not kept.
struct NotKept;

impl Logs for NotKept {
    fn open(&self, log: &About) -> LogInput {
        LogInput {
            name: log.log.clone(),
            modified: None,
            size_bytes: None,
            bytes: Err(io::ErrorKind::NotFound.into()),
        }
    }
}

/// Nobody waits.
struct Unwatched;

impl Progress for Unwatched {
    fn advanced(&self, _: u64, _: u64) {}

    fn is_cancelled(&self) -> bool {
        false
    }
}
