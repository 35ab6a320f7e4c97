//! Logs of a unit against a campaign's lists: matched as a stream, never stored.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use ::campaigns::{
    Action, CampaignId, CampaignState, CaseId, DeviceId, SightingId, SiteId, SourceId, UnitId,
};
use jiff::{SignedDuration, Timestamp, civil::Date};
use log_check::Settings;
pub use log_check::{FileSummary, LogInput, Names, Problem as LogProblem, Progress};
pub use matching::{Evidence, Intermediary, NameConfidence, NameSource, Sighting, ToldBy, Verdict};
use observables::Observable;
use serde::{Deserialize, Serialize};
use serde_json::json;
use sha2::{Digest, Sha256};
use storage::cases;
use storage::sightings::{self, SightingRecord, SourceRecord};
use storage::tokens::TokenRecord;
use storage::{StorageError, Write, campaigns};
use tokio::sync::mpsc;

use crate::devices::Devices;
use crate::index_shelf::{index_if_any, index_of};
use crate::letters::{receipts_of, require_running};
use crate::looking_back::{self, SideCarShelf, SideCars};
use crate::tokens::{self, Scope, Sender};
use crate::{Actor, Portal, PortalError, Problem, access, audit, devices};

/// How long a log line is kept as evidence, in days.
pub const LINE_DAYS: i64 = 90;
/// How long a log line is kept as evidence.
const LINE_LIFETIME: SignedDuration = SignedDuration::from_hours(24 * LINE_DAYS);
/// The most logs one message may carry.
pub const MOST_LOGS: usize = 200;
/// The most sightings one message may carry.
pub const MOST_SIGHTINGS: usize = 50_000;
/// The longest text of a sighting that is taken, in characters: a URL of usual length.
const LONGEST_TEXT_TAKEN: usize = 2_048;
/// The longest text of a sighting that is kept, in characters.
const LONGEST_TEXT: usize = 500;
/// The most contacts of one sighting that are believed: sums must stay sums.
const MOST_CONTACTS: u64 = 1_000_000_000_000;
/// The longest name of a log, in characters.
const LONGEST_FILE: usize = 300;
/// The longest name of a format, in characters.
const LONGEST_CODE: usize = 50;
/// The longest name of a site, in characters.
const LONGEST_SITE: usize = 100;
/// How far a clock of a unit may be ahead of ours.
const CLOCK_AHEAD: SignedDuration = SignedDuration::from_hours(24);

/// What became of a log.
#[derive(Clone, Debug)]
pub struct Checked {
    /// The source, as kept.
    pub source: SourceRecord,
    /// Whether this very log had been sent before: nothing was added.
    pub is_repeat: bool,
    /// Whether it also said the same as before: nothing at all was changed.
    pub is_unchanged: bool,
    /// Sightings that are findings.
    pub findings: usize,
    /// Devices with findings.
    pub devices: usize,
    /// Sightings that are not.
    pub others: usize,
    /// Cases opened or opened again.
    pub cases: usize,
    /// Sightings that were sent and not taken: their indicators are in none of the campaign's lists.
    pub refused: Vec<RefusedSighting>,
}

/// A sighting that was sent and not taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefusedSighting {
    /// The device.
    pub device: String,
    /// The indicator that is in none of the campaign's lists.
    pub indicator: String,
}

/// One log with what was seen in it, from wherever it was matched.
#[derive(Clone, Debug)]
pub struct CheckResult {
    /// The log.
    pub summary: FileSummary,
    /// What was seen in it.
    pub sightings: Vec<Sighting>,
    /// Whether the log was whole; lines that were not understood are counted apart.
    pub is_whole: bool,
    /// What it is known by, when it is still being watched: it then has no SHA-256.
    pub live: Option<Live>,
    /// What was kept of it to look back in, when the portal itself matched it.
    pub side_cars: Option<SideCars>,
}

/// One day of an input that is watched: each message holds all of it so far and takes the place of the
/// one before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Live {
    /// Who watches.
    pub sensor: String,
    /// The day on which it came.
    pub day: Date,
    /// Grows with every change: what is older than what is kept changes nothing.
    pub revision: u64,
    /// Lines or packets that came and were not read.
    pub dropped: u64,
}

impl Live {
    /// What stands in the place of a log's SHA-256: the same for the same input of a sensor, at the same
    /// site, on the same day.
    fn key(&self, site: &str, input: &str) -> String {
        let mut hash = Sha256::new();
        let day = self.day.to_string();
        for text in ["lamsach live source", &self.sensor, site, input, &day] {
            hash.update(text);
            hash.update([0]);
        }
        hex::encode(hash.finalize())
    }
}

/// Where logs come from that a person brings.
#[derive(Clone, Debug)]
pub struct Origin<'o> {
    /// The campaign they are checked for.
    pub campaign: CampaignId,
    /// The unit whose logs they are.
    pub unit: UnitId,
    /// The place whose addresses are in them.
    pub site: &'o str,
    /// Which device an address was there, and when.
    pub names: Arc<Names>,
}

/// One log of a file that was checked, and what became of it.
#[derive(Debug)]
pub struct CheckedLog {
    /// Its name: of a member of an archive, behind the archive's.
    pub file: String,
    /// What was kept, or why nothing was.
    pub outcome: Result<(Checked, FileSummary), PortalError>,
}

/// Matches one log of a unit, which is no archive, and keeps what was seen: [`check_file`].
pub async fn check_log(
    portal: &Portal,
    actor: &Actor,
    campaign_id: CampaignId,
    unit: UnitId,
    site: &str,
    log: LogInput,
    progress: Arc<dyn Progress + Send + Sync>,
) -> Result<(Checked, FileSummary), PortalError> {
    let origin = Origin { campaign: campaign_id, unit, site, names: Arc::default() };
    let checked = check_file(portal, actor, &origin, log, progress).await?;
    let first = checked.into_iter().next().map(|it| it.outcome);
    first.unwrap_or_else(|| Err(PortalError::Internal("log check: no log".to_owned())))
}

/// Matches a file of a unit and keeps what was seen in it, log by log: a zip holds several. Reads the
/// file on a thread of its own until it ends, and stores no byte of it.
///
/// # Errors
/// What keeps the whole file from being looked at; what is wrong with one log stands with that log.
pub async fn check_file(
    portal: &Portal,
    actor: &Actor,
    origin: &Origin<'_>,
    log: LogInput,
    progress: Arc<dyn Progress + Send + Sync>,
) -> Result<Vec<CheckedLog>, PortalError> {
    let (campaign_id, unit, site) = (origin.campaign, origin.unit, origin.site);
    access::require(portal, actor, Action::CheckLogs, unit).await?;
    require_running(portal, campaign_id).await?;
    receipts_of(portal, campaign_id, unit).await?;
    let lists = looking_back::lists_of(portal, campaign_id).await?;
    let index = index_of(portal, campaign_id).await?;
    let shelf = Arc::new(SideCarShelf::new(portal));
    let settings = Settings {
        hash_logs: true,
        archive: Some(shelf.clone()),
        names: origin.names.clone(),
        ..Settings::new(portal.zone.clone())
    };
    // What was seen in one member of an archive is kept before the next but one is read.
    let (read, mut logs) = mpsc::channel(1);
    let matching = {
        let shelf = shelf.clone();
        tokio::task::spawn_blocking(move || {
            // What is on the shelf by now is of this log.
            let mut each = |file: &FileSummary, sightings| {
                let log = (file.clone(), sightings, shelf.take(lists.clone()));
                // Nobody takes it where keeping an earlier one failed.
                read.blocking_send(log).unwrap_or_default();
            };
            log_check::check_logs_one_by_one(&index, vec![log], &settings, &*progress, &mut each);
        })
    };
    let sender = Sender::Person(actor.clone());
    let mut checked = Vec::new();
    while let Some((mut summary, sightings, side_cars)) = logs.recv().await {
        let file = summary.file.clone();
        let files = side_cars.files.clone();
        // The log was read all the same; it only cannot be looked back into.
        summary.problem = summary.problem.filter(|it| !it.is_of_archive());
        let outcome = if let (None, Some(problem)) = (&summary.sha256, &summary.problem) {
            let mut said = Problem::new("log", problem.message());
            said.values = problem.values();
            Err(said.into())
        } else {
            let result = CheckResult {
                summary: summary.clone(),
                sightings,
                is_whole: summary.problem.is_none(),
                live: None,
                side_cars: Some(side_cars),
            };
            let kept = keep(portal, &sender, campaign_id, unit, site, result).await;
            kept.map(|checked| (checked, summary))
        };
        // Those of a log that was not taken, or was known already.
        looking_back::forget(portal, files).await?;
        checked.push(CheckedLog { file, outcome });
    }
    matching.await.map_err(|error| PortalError::Internal(format!("log check: {error}")))?;
    // Of a log that was not read to its end.
    looking_back::forget(portal, shelf.take(String::new()).files).await?;
    Ok(checked)
}

/// Keeps results that a unit's own program matched and sent. Everything is checked before the
/// first result is kept; each result is kept whole or not at all.
pub async fn receive(
    portal: &Portal,
    sender: &Sender,
    campaign_id: CampaignId,
    unit: UnitId,
    site: &str,
    mut results: Vec<CheckResult>,
) -> Result<Vec<Checked>, PortalError> {
    match sender {
        Sender::Person(actor) => access::require(portal, actor, Action::CheckLogs, unit).await?,
        Sender::Program(token) if token.unit_id == unit && may_send(token) => {}
        Sender::Program(_) => return Err(PortalError::Denied),
    }
    require_running(portal, campaign_id).await?;
    receipts_of(portal, campaign_id, unit).await?;
    for result in &mut results {
        if let Some(live) = &result.live {
            result.summary.sha256 = Some(live.key(&site_name(site), &result.summary.file));
        }
    }
    let mut problems = problems_of(&results, portal.now());
    problems.extend(too_long("site", site, LONGEST_SITE));
    let mut read = portal.database.read().await?;
    for (number, result) in results.iter().enumerate() {
        let at = format!("results[{number}].log.sha256");
        problems.extend(at_other_site(portal, &mut read, unit, site, result, &at).await?);
    }
    drop(read);
    if !problems.is_empty() {
        return Err(PortalError::Invalid(problems));
    }
    let mut refused = refuse_unlisted(portal, campaign_id, &mut results).await?.into_iter();
    let mut kept = Vec::with_capacity(results.len());
    for mut result in results {
        // Raw lines are the unit's own: what is sent carries none, and none is taken.
        for sighting in &mut result.sightings {
            sighting.evidence.line.clear();
        }
        let mut checked = keep(portal, sender, campaign_id, unit, site, result).await?;
        checked.refused = refused.next().unwrap_or_default();
        kept.push(checked);
    }
    Ok(kept)
}

/// Takes out of results what was seen of indicators that are in none of the campaign's lists: the
/// program that matched had lists of its own. Gives what was taken out, result by result.
async fn refuse_unlisted(
    portal: &Portal,
    campaign_id: CampaignId,
    results: &mut [CheckResult],
) -> Result<Vec<Vec<RefusedSighting>>, PortalError> {
    if results.iter().all(|it| it.sightings.is_empty()) {
        return Ok(Vec::new());
    }
    let index = index_if_any(portal, campaign_id).await?;
    let is_listed = |sighting: &Sighting| {
        let indicator = Observable::parse(&sighting.indicator).ok();
        indicator.zip(index.as_ref()).is_some_and(|(indicator, index)| index.holds(&indicator))
    };
    // Who matched may have had no guard.
    let warning = |sighting: &Sighting| {
        let (indicator, index) = (Observable::parse(&sighting.indicator).ok()?, index.as_ref()?);
        Some(index.describe(index.find(&indicator)?)?.warning?.to_owned())
    };
    let mut refused = Vec::with_capacity(results.len());
    for result in results {
        let (listed, others) =
            std::mem::take(&mut result.sightings).into_iter().partition(is_listed);
        result.sightings = listed;
        for sighting in &mut result.sightings {
            sighting.warning = sighting.warning.take().or_else(|| warning(sighting));
        }
        let others: Vec<Sighting> = others;
        let told = others.into_iter().map(|it| RefusedSighting {
            device: short(&it.device, LONGEST_TEXT),
            indicator: short(&it.indicator, LONGEST_TEXT),
        });
        refused.push(told.collect());
    }
    Ok(refused)
}

/// The same log under the name of another site would make a second device of every one in it.
async fn at_other_site(
    portal: &Portal,
    db: &mut storage::Connection,
    unit: UnitId,
    site: &str,
    result: &CheckResult,
    field: &str,
) -> Result<Option<Problem>, PortalError> {
    let Some(sha256) = result.summary.sha256.as_deref().filter(|_| !is_empty(result)) else {
        // Every empty log has the same content.
        return Ok(None);
    };
    let site = site_name(site);
    let Some((earlier, its_site)) = sightings::find_at_other_site(db, unit, sha256, &site).await?
    else {
        return Ok(None);
    };
    let day = earlier.created_at.to_zoned_datetime(portal.zone.clone()).date();
    let problem = Problem::new(field, "problem-log-other-site")
        .with("name", &result.summary.file)
        .with("earlier", earlier.name)
        .with("site", its_site)
        .with("given", site)
        .with("day", language::date(language::Language::Vi, day));
    Ok(Some(problem))
}

/// Whether a log had nothing in it: that proves nothing about the days it might be of.
fn is_empty(result: &CheckResult) -> bool {
    let is_said = result.summary.problem == Some(LogProblem::Empty);
    is_said || (result.summary.lines_read == 0 && result.sightings.is_empty())
}

/// The name of a site as it is kept.
pub(crate) fn site_name(given: &str) -> String {
    let name = short(given, LONGEST_SITE).split_whitespace().collect::<Vec<_>>().join(" ");
    if name.is_empty() { "–".to_owned() } else { name }
}

fn may_send(token: &TokenRecord) -> bool {
    tokens::scopes_of(token).contains(&Scope::SendSightings)
}

/// The one running campaign whose letter a unit received, for a program that names none.
///
/// # Errors
/// [`PortalError::Invalid`] when there is none or more than one; the problem lists them.
pub async fn only_campaign(portal: &Portal, unit: UnitId) -> Result<CampaignId, PortalError> {
    let mut read = portal.database.read().await?;
    let mut running = Vec::new();
    for receipt in storage::directives::receipts_of_unit(&mut read, unit).await? {
        let campaign = campaigns::find(&mut read, receipt.campaign_id).await?;
        let campaign = campaign.filter(|it| it.state == CampaignState::Launched);
        running.extend(campaign.map(|it| (it.id, it.title)));
    }
    running.sort();
    running.dedup();
    match running.as_slice() {
        [(id, _)] => Ok(*id),
        [] => Err(Problem::new("campaign", "problem-no-campaign-runs").into()),
        several => {
            let choices: Vec<_> =
                several.iter().map(|(id, title)| format!("{id} ({title})")).collect();
            let problem = Problem::new("campaign", "problem-several-campaigns")
                .with("campaigns", choices.join("; "));
            Err(problem.into())
        }
    }
}

/// Everything that keeps results from being taken, by the place it stands at.
fn problems_of(results: &[CheckResult], now: Timestamp) -> Vec<Problem> {
    /// Enough to find the fault; a broken program would have thousands.
    const MOST_PROBLEMS: usize = 50;
    let mut problems = Vec::new();
    let sightings: usize = results.iter().map(|it| it.sightings.len()).sum();
    if results.is_empty() || results.len() > MOST_LOGS || sightings > MOST_SIGHTINGS {
        let problem = Problem::new("results", "problem-too-many-results");
        let problem = problem.with("logs", MOST_LOGS.to_string());
        return vec![problem.with("sightings", MOST_SIGHTINGS.to_string())];
    }
    let latest = now + CLOCK_AHEAD;
    for (number, result) in results.iter().enumerate() {
        let log = format!("results[{number}]");
        if !result.summary.sha256.as_deref().is_some_and(is_sha256) {
            problems.push(Problem::new(format!("{log}.log.sha256"), "problem-log-sha256"));
        }
        let format = result.summary.format.as_deref().unwrap_or_default();
        let compression = result.summary.compression.as_deref().unwrap_or_default();
        problems.extend(too_long(&format!("{log}.log.file"), &result.summary.file, LONGEST_FILE));
        problems.extend(too_long(&format!("{log}.log.format"), format, LONGEST_CODE));
        problems.extend(too_long(&format!("{log}.log.compression"), compression, LONGEST_CODE));
        if let Some(live) = &result.live {
            let sensor = format!("{log}.log.live.sensor");
            problems.extend(too_long(&sensor, &live.sensor, LONGEST_SITE));
            if live.sensor.trim().is_empty() {
                problems.push(Problem::new(sensor, "problem-sighting-empty"));
            }
            if live.day > latest_day(latest) {
                problems
                    .push(Problem::new(format!("{log}.log.live.day"), "problem-sighting-future"));
            }
        }
        for (_, value) in result.summary.problem.iter().flat_map(LogProblem::values) {
            problems.extend(too_long(&format!("{log}.log.problem"), &value, LONGEST_TEXT));
        }
        if result.summary.days.iter().any(|day| *day > latest_day(latest)) {
            problems.push(Problem::new(format!("{log}.log.days"), "problem-sighting-future"));
        }
        for (at, sighting) in result.sightings.iter().enumerate() {
            let mut add = |field: &str, message| {
                problems.push(Problem::new(format!("{log}.sightings[{at}].{field}"), message));
            };
            let required = [
                ("device", &sighting.device),
                ("indicator", &sighting.indicator),
                ("indicator_type", &sighting.indicator_type),
            ];
            for (field, text) in required {
                if text.trim().is_empty() {
                    add(field, "problem-sighting-empty");
                }
            }
            let texts = [
                ("device", Some(&sighting.device)),
                ("device_name", sighting.device_name.as_ref()),
                ("indicator", Some(&sighting.indicator)),
                ("indicator_type", Some(&sighting.indicator_type)),
                ("family", sighting.family.as_ref()),
                ("list", Some(&sighting.list)),
                ("destination", Some(&sighting.destination)),
                ("warning", sighting.warning.as_ref()),
                ("device_mac", sighting.device_mac.as_ref()),
            ];
            for (field, text) in texts {
                // PostgreSQL takes no NUL in a text, and none of these has one.
                let is_fit = |it: &String| {
                    !it.contains('\0') && it.chars().nth(LONGEST_TEXT_TAKEN).is_none()
                };
                if text.is_some_and(|it| !is_fit(it)) {
                    add(field, "problem-sighting-too-long");
                }
            }
            if !(1..=MOST_CONTACTS).contains(&sighting.count) {
                add("count", "problem-sighting-count");
            }
            if sighting.first_seen.or(sighting.last_seen) > sighting.last_seen {
                add("last_seen", "problem-sighting-order");
            }
            if sighting.last_seen.is_some_and(|at| at > latest) {
                add("last_seen", "problem-sighting-future");
            }
        }
        if problems.len() >= MOST_PROBLEMS {
            problems.truncate(MOST_PROBLEMS);
            break;
        }
    }
    problems
}

fn too_long(field: &str, text: &str, longest: usize) -> Option<Problem> {
    let is_long = text.chars().nth(longest).is_some();
    is_long.then(|| Problem::new(field, "problem-too-long").with("longest", longest.to_string()))
}

fn latest_day(latest: Timestamp) -> jiff::civil::Date {
    latest.to_zoned_datetime(jiff::tz::TimeZone::UTC).date()
}

async fn keep(
    portal: &Portal,
    sender: &Sender,
    campaign_id: CampaignId,
    unit: UnitId,
    site: &str,
    mut result: CheckResult,
) -> Result<Checked, PortalError> {
    if is_empty(&result) && result.summary.problem.is_none() {
        result.summary.problem = Some(LogProblem::Empty);
    }
    result.is_whole &= result.summary.problem.is_none();
    let summary = &result.summary;
    let Some(sha256) = summary.sha256.clone().filter(|it| is_sha256(it)) else {
        return Err(Problem::new("log", "problem-log-unread").with("name", &summary.file).into());
    };
    if result.sightings.len() > MOST_SIGHTINGS {
        return Err(Problem::new("log", "problem-too-many-sightings").into());
    }
    let site = site_name(site);
    let now = portal.now();
    let mut write = portal.database.write().await?;
    let site_id =
        storage::devices::site(&mut write, portal.new_id::<SiteId>(), unit, &site).await?;
    let (sent_by, sent_by_token) = match sender {
        Sender::Person(actor) => (Some(actor.user_id), None),
        Sender::Program(token) => (None, Some(token.id)),
    };
    let count = |value: u64| i64::try_from(value.min(MOST_CONTACTS)).unwrap_or(i64::MAX);
    let mut source = SourceRecord {
        id: portal.new_id::<SourceId>(),
        campaign_id,
        unit_id: unit,
        site_id,
        sha256,
        name: short(&summary.file, LONGEST_FILE),
        format: summary.format.as_deref().map(|it| short(it, LONGEST_CODE)),
        lines_read: count(summary.lines_read),
        lines_matched: count(summary.lines_matched),
        lines_not_parsed: count(summary.lines_not_parsed),
        is_complete: result.is_whole
            && summary.lines_not_parsed == 0
            && result.live.as_ref().is_none_or(|it| it.dropped == 0),
        summary: summary_text(&result),
        sent_by,
        sent_by_token,
        created_at: now,
    };
    let findings = result.sightings.iter().filter(|it| it.verdict.is_finding()).count();
    let others = result.sightings.len() - findings;
    storage::units::hold(&mut write, unit).await?;
    if let Some(problem) = at_other_site(portal, &mut write, unit, &site, &result, "log").await? {
        return Err(problem.into());
    }
    let before = sightings::find_source(&mut write, campaign_id, site_id, &source.sha256).await?;
    let mut lines = KeptLines::new();
    let (mut side_cars_before, mut side_cars_gone) = (Vec::new(), Vec::new());
    let mut is_news = true;
    if let Some(before) = &before {
        let known = sightings::of_source(&mut write, before.id).await?;
        let findings_before = known.iter().filter(|it| it.is_finding).count();
        // Of a source that is watched, only what it found anew is worth an entry.
        is_news = result.live.is_none() || findings_before != findings;
        if is_outdated(&result, before)
            || says_the_same(portal, &mut write, (&source, &result.sightings), (before, &known))
                .await?
        {
            if let Some(side_cars) = &result.side_cars {
                side_cars_gone =
                    looking_back::replace(portal, &mut write, before.id, side_cars).await?;
            }
            let mut devices = BTreeSet::new();
            for sighting in known.iter().filter(|it| it.is_finding) {
                devices.insert(devices::root_of(&mut write, sighting.device_id).await?.id);
            }
            write.commit().await?;
            looking_back::forget(portal, side_cars_gone).await?;
            return Ok(Checked {
                source: before.clone(),
                is_repeat: true,
                is_unchanged: true,
                findings,
                devices: devices.len(),
                others,
                cases: 0,
                refused: Vec::new(),
            });
        }
        lines = known.into_iter().filter_map(kept_line).collect();
        // The same log again replaces what it gave: the lists may have grown since.
        side_cars_before = sightings::delete_source(&mut write, before.id).await?;
    }
    if result.live.is_some()
        && let Some(before) = &before
    {
        // It is the same source all day long.
        source.id = before.id;
    }
    // A contact without a time was seen when its log first came, not when it comes again.
    let received_at = before.as_ref().map_or(now, |it| it.created_at);
    match sightings::insert_source(&mut write, &source).await {
        Err(StorageError::Taken(_)) => return Err(PortalError::Conflict),
        done => done?,
    }
    // A log that was not read to its end proves nothing about the days in it.
    let days = summary.days.iter().copied().take(if result.is_whole { 3_660 } else { 0 });
    sightings::insert_coverage(&mut write, source.id, site_id, days).await?;
    let mut cases = 0;
    let mut case_ids = BTreeSet::new();
    for sighting in &result.sightings {
        let added = add(portal, &mut write, &source, sighting, received_at, &lines).await?;
        cases += usize::from(added.is_news);
        // One case a device.
        case_ids.extend(added.case);
    }
    match &result.side_cars {
        Some(side_cars) => {
            looking_back::replace(portal, &mut write, source.id, side_cars).await?;
        }
        // The same log, matched elsewhere: what was kept of it still holds.
        None => looking_back::hand_on(&mut write, &side_cars_before, source.id).await?,
    }
    let actor = match sender {
        Sender::Person(actor) => Some(actor),
        Sender::Program(_) => None,
    };
    let detail = json!({ "findings": findings, "lines": source.lines_read });
    if is_news {
        audit::record(portal, &mut write, actor, Some(unit), "log.check", source.id, detail)
            .await?;
    }
    write.commit().await?;
    let gone = side_cars_before.into_iter().map(|it| it.sha256);
    looking_back::forget(portal, gone.collect()).await?;
    Ok(Checked {
        source,
        is_repeat: before.is_some(),
        is_unchanged: false,
        findings,
        devices: case_ids.len(),
        others,
        cases,
        refused: Vec::new(),
    })
}

/// What became of a sighting.
struct Added {
    /// The case of its device, when it is a finding.
    case: Option<CaseId>,
    /// Whether that case was opened by it, or opened again.
    is_news: bool,
}

/// Adds a sighting of a source, with its device and the case it opens. One without a time was seen
/// when its log came.
async fn add(
    portal: &Portal,
    write: &mut Write,
    source: &SourceRecord,
    sighting: &Sighting,
    log_came_at: Timestamp,
    lines: &KeptLines,
) -> Result<Added, PortalError> {
    let now = portal.now();
    let device =
        devices::of_sighting(portal, write, source.unit_id, source.site_id, sighting, now).await?;
    let mut added = Added { case: None, is_news: false };
    if sighting.verdict.is_finding() {
        let seen_at = sighting.last_seen.unwrap_or(log_came_at);
        let (case, is_news) =
            case_of(portal, write, source.campaign_id, device, seen_at, now).await?;
        added = Added { case: Some(case), is_news };
    }
    let mut record = record_of(portal, source, device, added.case, sighting, now);
    if record.evidence_line.is_none()
        && let Some((line, until)) = lines.get(&line_key(&record))
    {
        // The unit's own copy of the line outlives a program's copy that came without it.
        (record.evidence_line, record.evidence_line_until) = (Some(line.clone()), *until);
    }
    sightings::insert_sighting(write, &record).await?;
    Ok(added)
}

/// Adds what looking back found in a log; what it gave before is not added again. Gives how many
/// findings are new and how many cases they opened; `None` when the log is gone by now.
pub(crate) async fn add_found(
    portal: &Portal,
    write: &mut Write,
    id: SourceId,
    found: &[Sighting],
) -> Result<Option<Found>, PortalError> {
    let Some(source) = sightings::find_source_by_id(write, id).await? else { return Ok(None) };
    storage::units::hold(write, source.unit_id).await?;
    if !campaigns::hold_running(write, source.campaign_id).await? {
        return Ok(None);
    }
    let key = |device: DeviceId, indicator: &str| (device, indicator.to_owned());
    let known = sightings::of_source(write, id).await?;
    let mut known: BTreeSet<_> = known.iter().map(|it| key(it.device_id, &it.indicator)).collect();
    let (mut findings, mut cases) = (0, 0);
    for sighting in found {
        let now = portal.now();
        let (unit, site) = (source.unit_id, source.site_id);
        let device = devices::of_sighting(portal, write, unit, site, sighting, now).await?;
        if !known.insert(key(device, &short(&sighting.indicator, LONGEST_TEXT))) {
            continue;
        }
        let lines = KeptLines::new();
        let added = add(portal, write, &source, sighting, source.created_at, &lines).await?;
        findings += usize::from(added.case.is_some());
        cases += usize::from(added.is_news);
    }
    Ok(Some(Found { source, findings, cases }))
}

/// What looking back brought for a log.
pub(crate) struct Found {
    /// The log.
    pub(crate) source: SourceRecord,
    /// Findings that are new.
    pub(crate) findings: usize,
    /// Cases they opened, or opened again.
    pub(crate) cases: usize,
}

/// What is kept of a log besides its figures.
fn summary_text(result: &CheckResult) -> String {
    let summary = &result.summary;
    let mut text = serde_json::Map::new();
    text.insert("compression".to_owned(), json!(summary.compression));
    text.insert("days".to_owned(), json!(summary.days));
    text.insert("problem".to_owned(), json!(summary.problem));
    if let Some(live) = &result.live {
        text.insert("live".to_owned(), json!(live));
    }
    serde_json::Value::Object(text).to_string()
}

/// What a kept log is known by, when it is watched.
pub fn live_of(source: &SourceRecord) -> Option<Live> {
    let summary: serde_json::Value = serde_json::from_str(&source.summary).ok()?;
    serde_json::from_value(summary.get("live")?.clone()).ok()
}

/// Whether a later state of a watched source is kept already: messages may overtake one another.
fn is_outdated(result: &CheckResult, before: &SourceRecord) -> bool {
    let kept = live_of(before).map(|it| it.revision);
    result.live.as_ref().zip(kept).is_some_and(|(live, kept)| live.revision < kept)
}

/// An indicator, its kind and a place in a log.
type LineKey = (String, String, i64);

/// Lines kept as evidence, each with its end.
type KeptLines = HashMap<LineKey, (String, Option<Timestamp>)>;

fn line_key(record: &SightingRecord) -> LineKey {
    (record.indicator.clone(), record.indicator_type.clone(), record.evidence_offset)
}

fn kept_line(record: SightingRecord) -> Option<(LineKey, (String, Option<Timestamp>))> {
    let key = line_key(&record);
    Some((key, (record.evidence_line?, record.evidence_line_until)))
}

/// Whether a log that comes again says what is already kept of it. A line that is new is news; a
/// line that is not sent again is not.
async fn says_the_same(
    portal: &Portal,
    write: &mut Write,
    (source, sent): (&SourceRecord, &[Sighting]),
    (before, known): (&SourceRecord, &[SightingRecord]),
) -> Result<bool, PortalError> {
    let figures = |it: &SourceRecord| {
        (it.lines_read, it.lines_matched, it.lines_not_parsed, it.is_complete, it.summary.clone())
    };
    if figures(source) != figures(before) || sent.len() != known.len() {
        return Ok(false);
    }
    let brings_lines = sent.iter().any(|it| !it.evidence.line.is_empty());
    if brings_lines && known.iter().all(|it| it.evidence_line.is_none()) {
        return Ok(false);
    }
    let mut facts_sent = Vec::with_capacity(sent.len());
    for sighting in sent {
        let device =
            devices::known_of_sighting(write, source.site_id, sighting, before.created_at).await?;
        let Some(device) = device else { return Ok(false) };
        facts_sent.push(facts(record_of(portal, source, device, None, sighting, portal.now())));
    }
    let mut facts_known: Vec<_> = known.iter().cloned().map(facts).collect();
    facts_sent.sort();
    facts_known.sort();
    Ok(facts_sent == facts_known)
}

/// What a sighting says, without when and as what it was kept.
fn facts(record: SightingRecord) -> impl Ord {
    let what = (record.device_id, record.indicator, record.indicator_type, record.family);
    let how = (record.list, record.destination, record.verdict, record.contacts);
    let when = (record.first_at, record.last_at);
    let place = (record.evidence_file, record.evidence_offset, record.evidence_line_number);
    let told = (record.name_source, record.name_confidence, record.warning);
    let role = (record.intermediary, record.intermediary_source);
    (what, how, when, place, told, role)
}

/// The device's case, opened when it has none and opened again when it was seen after it was
/// declared clean. Tells whether that is news.
pub(crate) async fn case_of(
    portal: &Portal,
    write: &mut Write,
    campaign_id: CampaignId,
    device_id: DeviceId,
    seen_at: Timestamp,
    now: Timestamp,
) -> Result<(CaseId, bool), PortalError> {
    let device = devices::root_of(write, device_id).await?;
    if let Some(case) = cases::find_by_device(write, campaign_id, device.id).await? {
        let id = case.id;
        return Ok((id, devices::seen(portal, write, case, seen_at, now).await?));
    }
    let case = devices::open_case(portal, write, campaign_id, &device, now).await?;
    Ok((case.id, true))
}

fn record_of(
    portal: &Portal,
    source: &SourceRecord,
    device_id: DeviceId,
    case_id: Option<CaseId>,
    sighting: &Sighting,
    now: Timestamp,
) -> SightingRecord {
    let short = |text: &str| short(text, LONGEST_TEXT);
    let has_line = !sighting.evidence.line.is_empty();
    SightingRecord {
        id: portal.new_id::<SightingId>(),
        source_id: source.id,
        campaign_id: source.campaign_id,
        unit_id: source.unit_id,
        device_id,
        case_id,
        indicator: short(&sighting.indicator),
        indicator_type: short(&sighting.indicator_type),
        family: sighting.family.as_deref().map(short),
        list: short(&sighting.list),
        destination: short(&sighting.destination),
        verdict: verdict_code(sighting),
        is_finding: sighting.verdict.is_finding(),
        contacts: i64::try_from(sighting.count).unwrap_or(i64::MAX),
        first_at: sighting.first_seen,
        last_at: sighting.last_seen,
        evidence_file: short(&sighting.evidence.file),
        evidence_offset: i64::try_from(sighting.evidence.offset).unwrap_or(i64::MAX),
        evidence_line_number: i64::try_from(sighting.evidence.line_number).unwrap_or(i64::MAX),
        // The program that matched the line already bounded it.
        evidence_line: has_line.then(|| sighting.evidence.line.chars().take(2_048).collect()),
        evidence_line_until: has_line.then_some(now + LINE_LIFETIME),
        warning: sighting.warning.as_deref().map(short),
        name_source: sighting.name_source.map(|it| it.code().to_owned()),
        name_confidence: sighting.name_confidence.map(|it| it.code().to_owned()),
        intermediary: sighting.intermediary.map(|it| it.code().to_owned()),
        intermediary_source: sighting.intermediary_source.map(|it| it.code().to_owned()),
    }
}

/// The beginning of a text, without NUL, which PostgreSQL does not take.
fn short(text: &str, longest: usize) -> String {
    text.chars().filter(|it| *it != '\0').take(longest).collect()
}

/// The code of a verdict, as it stands in outputs and message keys.
fn verdict_code(sighting: &Sighting) -> String {
    match serde_json::to_value(sighting.verdict) {
        Ok(serde_json::Value::String(code)) => code,
        _ => String::new(),
    }
}

fn is_sha256(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
}

/// What a unit had matched and what was seen.
#[derive(Clone, Debug)]
pub struct Seen {
    /// Logs, newest first.
    pub sources: Vec<SourceRecord>,
    /// Sightings, findings first.
    pub sightings: Vec<SightingRecord>,
    /// The unit's devices.
    pub devices: Devices,
    /// Names of its sites.
    pub sites: BTreeMap<SiteId, String>,
    /// Logs that have to be read again: a web address that a list gained stands in no side-car.
    pub unsure: BTreeSet<SourceId>,
    /// The site whose log came last: most likely that of the next one too.
    pub last_site: Option<SiteId>,
}

impl Seen {
    /// The name of the site that the next log most likely comes from.
    pub fn likely_site(&self) -> Option<&str> {
        let only = self.sites.values().next().filter(|_| self.sites.len() == 1);
        self.last_site.and_then(|id| self.sites.get(&id)).or(only).map(String::as_str)
    }

    /// How many devices have findings, in one log or in all.
    pub fn devices_found(&self, source: Option<SourceId>) -> usize {
        let findings = self.sightings.iter().filter(|it| it.is_finding);
        let findings = findings.filter(|it| source.is_none_or(|id| it.source_id == id));
        let devices = findings.filter_map(|it| self.devices.get(&it.device_id));
        devices.map(|it| it.id).collect::<BTreeSet<_>>().len()
    }
}

/// Why a kept log was not read to its end, if it was not.
pub fn problem_of(source: &SourceRecord) -> Option<LogProblem> {
    let summary: serde_json::Value = serde_json::from_str(&source.summary).ok()?;
    serde_json::from_value(summary.get("problem")?.clone()).ok()
}

/// Logs and sightings of a unit; lines of evidence only for its own people.
pub async fn seen(
    portal: &Portal,
    actor: &Actor,
    campaign_id: CampaignId,
    unit: UnitId,
) -> Result<Seen, PortalError> {
    access::require(portal, actor, Action::SeeCases, unit).await?;
    receipts_of(portal, campaign_id, unit).await?;
    let may_read_lines = access::allows(portal, actor, Action::ReadEvidence, unit).await?;
    let mut read = portal.database.read().await?;
    let mut found = Seen {
        sources: sightings::sources(&mut read, campaign_id, unit).await?,
        sightings: sightings::of_unit(&mut read, campaign_id, unit).await?,
        devices: devices::load(&mut read, unit).await?,
        sites: storage::devices::sites(&mut read, unit).await?,
        unsure: storage::side_cars::unsure(&mut read, campaign_id).await?,
        last_site: storage::devices::last_site(&mut read, unit).await?,
    };
    if !may_read_lines {
        for sighting in &mut found.sightings {
            sighting.evidence_line = None;
        }
    }
    Ok(found)
}
