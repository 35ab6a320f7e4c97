//! A unit's report: write, approve, submit; and for the one that collects: take note, ask for a
//! supplement, answer proposals, roll up.

use std::collections::{BTreeMap, BTreeSet};

use ::campaigns::{
    Action, CampaignId, CampaignState, Deadline, ReportEventId, ReportId, UnitId, UserId,
};
use ::reports::{
    CheckProblem, Content, Form, ReportState, ReportStep, RollUp, Submission, check, roll_up,
};
use jiff::Timestamp;
use serde_json::json;
use storage::campaigns::CampaignRecord;
use storage::reports::{
    self, ProposalAnswerRecord, ReportEventRecord, ReportRecord, ReportStanding, RevisionRecord,
};
use storage::units::UnitRecord;
use storage::{StorageError, Write, users};

use crate::campaigns::{find, form_of, zone_of};
use crate::letters::{binding_deadline, receipts_of, require_running};
use crate::progress::{Picture, require_collector, require_node};
use crate::{Actor, Portal, PortalError, Problem, access, audit, measures, units};

/// A report with everything a person needs to work on it.
#[derive(Clone, Debug)]
pub struct ReportView {
    /// The campaign.
    pub campaign: CampaignRecord,
    /// The unit.
    pub unit: UnitRecord,
    /// The body above the unit, as its documents name it; empty where there is none.
    pub governing_body: String,
    /// The unit that runs the campaign.
    pub owner: UnitRecord,
    /// The unit it reports to.
    pub collector: UnitRecord,
    /// The form.
    pub form: Form,
    /// The report.
    pub report: ReportRecord,
    /// What keeps it from going on.
    pub problems: Vec<CheckProblem>,
    /// What was done, oldest first, with the name of who did it.
    pub events: Vec<(ReportEventRecord, Option<String>)>,
    /// Name of its author.
    pub author: Option<String>,
    /// Who approved it.
    pub approver: Option<Approver>,
    /// The answer to its proposals.
    pub answer: Option<ProposalAnswerRecord>,
    /// The deadline that binds the unit.
    pub deadline: Option<Deadline>,
    /// What this person may do with it now.
    pub steps: BTreeSet<ReportStep>,
}

/// The leader who approved a report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Approver {
    /// Name.
    pub name: String,
    /// Their post.
    pub position: String,
}

/// The report of a unit, begun when there is none and the person writes it, with the measured
/// figures of now.
pub async fn open(
    portal: &Portal,
    actor: &Actor,
    campaign_id: CampaignId,
    unit: UnitId,
) -> Result<ReportView, PortalError> {
    let may_begin = access::allows(portal, actor, Action::EditReport, unit).await?;
    open_or_begin(portal, actor, campaign_id, unit, may_begin).await
}

/// The report of a unit, if it was begun.
pub async fn read(
    portal: &Portal,
    actor: &Actor,
    campaign_id: CampaignId,
    unit: UnitId,
) -> Result<ReportView, PortalError> {
    open_or_begin(portal, actor, campaign_id, unit, false).await
}

async fn open_or_begin(
    portal: &Portal,
    actor: &Actor,
    campaign_id: CampaignId,
    unit: UnitId,
    may_begin: bool,
) -> Result<ReportView, PortalError> {
    let may_see = access::allows(portal, actor, Action::SeeReport, unit).await?;
    let is_own = may_see && actor.grants.iter().any(|it| it.unit == unit);
    let campaign = find(portal, campaign_id).await?;
    if !may_see {
        require_parent(portal, actor, campaign_id, unit).await?;
    }
    let report = match of_unit(portal, campaign_id, unit).await? {
        Some(report) => report,
        None if may_begin => begin(portal, &campaign, unit).await?,
        None => return Err(PortalError::NotFound),
    };
    // People above see a draft's state, not its figures: they are not the unit's word yet.
    if !is_own {
        let report = handed_in(portal, report).await?;
        return view(portal, actor, campaign, report).await;
    }
    let report = measure(portal, report, true).await?;
    view(portal, actor, campaign, report).await
}

async fn begin(
    portal: &Portal,
    campaign: &CampaignRecord,
    unit: UnitId,
) -> Result<ReportRecord, PortalError> {
    let receipts = receipts_of(portal, campaign.id, unit).await?;
    if !receipts.iter().any(|it| it.is_counting) {
        return Err(Problem::new("", "problem-no-report-owed").into());
    }
    let over = || PortalError::from(Problem::new("", "problem-report-too-late"));
    if campaign.state == CampaignState::Closed {
        return Err(over());
    }
    let report = ReportRecord {
        id: portal.new_id::<ReportId>(),
        campaign_id: campaign.id,
        unit_id: unit,
        form_id: campaign.form_id.clone(),
        form_version: campaign.form_version,
        state: ReportState::Draft,
        revision: 1,
        content: Content::default(),
        content_version: 1,
        author_id: None,
        approver_id: None,
        updated_at: portal.now(),
        approved_at: None,
        submitted_at: None,
        is_late: false,
        noted_at: None,
        noted_by: None,
        locked_at: None,
    };
    let mut write = portal.database.write().await?;
    if !storage::campaigns::hold_running(&mut write, campaign.id).await? {
        return Err(over());
    }
    match reports::insert(&mut write, &report).await {
        Ok(()) => {
            write.commit().await?;
            Ok(report)
        }
        // Two people opened it at once: the other one's is as good.
        Err(StorageError::Taken(_)) => {
            drop(write);
            of_unit(portal, campaign.id, unit).await?.ok_or(PortalError::NotFound)
        }
        Err(error) => Err(error.into()),
    }
}

/// A report as those above may read it: what was submitted last, never what is being written.
async fn handed_in(portal: &Portal, mut report: ReportRecord) -> Result<ReportRecord, PortalError> {
    if report.submitted_at.is_none() {
        return Err(PortalError::NotFound);
    }
    if matches!(report.state, ReportState::Draft | ReportState::Approved) {
        let mut read = portal.database.read().await?;
        let revisions = reports::newest_revisions(&mut read, report.campaign_id).await?;
        let submitted = revisions.into_iter().find(|it| it.report_id == report.id);
        let submitted = submitted.ok_or(PortalError::NotFound)?;
        (report.content, report.approver_id) = (submitted.content, submitted.approver_id);
    }
    Ok(report)
}

/// Sets the measured figures of now beside the declared ones, while the report is being written.
/// A declared figure that nobody wrote takes the measured one: that is the prefilling. One that the
/// unit emptied stays blank.
async fn measure(
    portal: &Portal,
    mut report: ReportRecord,
    follows: bool,
) -> Result<ReportRecord, PortalError> {
    if !matches!(report.state, ReportState::Draft | ReportState::SupplementAsked) {
        return Ok(report);
    }
    let measured = measures::of_unit(portal, report.campaign_id, report.unit_id).await?;
    let form = form_of_report(&report);
    for row in &form.rows {
        let Some(value) = row.measure.and_then(|measure| measured.get(&measure)) else { continue };
        let cell = report.content.cells.entry(row.key.clone()).or_default();
        // As long as the unit left the figure as it was filled in, it follows the measured one;
        // but what a person just typed is theirs, whatever was measured before.
        let is_untouched = cell.declared.is_none() && !cell.is_left_blank;
        let was_filled_in = cell.declared.is_some() && cell.declared == cell.measured;
        if is_untouched || (follows && was_filled_in) {
            cell.declared = Some(*value);
        }
        cell.measured = Some(*value);
    }
    Ok(report)
}

async fn view(
    portal: &Portal,
    actor: &Actor,
    campaign: CampaignRecord,
    report: ReportRecord,
) -> Result<ReportView, PortalError> {
    let unit_id = report.unit_id;
    let receipts = receipts_of(portal, campaign.id, unit_id).await?;
    let steps = steps(portal, actor, &campaign, &report).await?;
    let mut read = portal.database.read().await?;
    let unit = storage::units::find(&mut read, unit_id).await?.ok_or(PortalError::NotFound)?;
    let governing_body = units::governing_body(portal, &mut read, &unit).await?;
    let owner = storage::units::find(&mut read, campaign.owner_id).await?;
    let receipt = receipts.first().ok_or(PortalError::NotFound)?;
    let collector = storage::units::find(&mut read, receipt.parent_id).await?;
    let sent = storage::directives::of_campaign(&mut read, campaign.id).await?;
    let answers = reports::answers(&mut read, campaign.id).await?;
    let mut people_found: BTreeMap<UserId, Approver> = BTreeMap::new();
    let events = reports::events(&mut read, report.id).await?;
    let people = events.iter().filter_map(|it| it.user_id);
    let people: BTreeSet<UserId> =
        people.chain(report.author_id).chain(report.approver_id).collect();
    for user in people {
        if let Some(found) = users::find(&mut read, user).await? {
            people_found.insert(user, Approver { name: found.name, position: found.position });
        }
    }
    let person = |user: Option<UserId>| user.and_then(|user| people_found.get(&user));
    let name = |user: Option<UserId>| person(user).map(|it| it.name.clone());
    let form = form_of_report(&report);
    Ok(ReportView {
        problems: check(&form, &report.content, unit.headcount),
        events: events.into_iter().map(|it| (it.clone(), name(it.user_id))).collect(),
        author: name(report.author_id),
        approver: person(report.approver_id).cloned(),
        answer: answers.into_iter().find(|it| it.report_id == report.id),
        deadline: binding_deadline(&campaign, &sent, receipt),
        form,
        unit,
        governing_body,
        owner: owner.ok_or(PortalError::NotFound)?,
        collector: collector.ok_or(PortalError::NotFound)?,
        steps,
        report,
        campaign,
    })
}

/// What this person may do with the report now.
async fn steps(
    portal: &Portal,
    actor: &Actor,
    campaign: &CampaignRecord,
    report: &ReportRecord,
) -> Result<BTreeSet<ReportStep>, PortalError> {
    let mut steps = BTreeSet::new();
    if campaign.state != CampaignState::Launched {
        return Ok(steps);
    }
    for step in ReportStep::ALL {
        if report.state.after(step).is_err() {
            continue;
        }
        let action = match step {
            ReportStep::Edit => Action::EditReport,
            ReportStep::Approve | ReportStep::HandBack => Action::ApproveReport,
            ReportStep::Submit => Action::SubmitReport,
            ReportStep::Note | ReportStep::AskSupplement => {
                if require_parent(portal, actor, campaign.id, report.unit_id).await.is_ok() {
                    steps.insert(step);
                }
                continue;
            }
            ReportStep::Lock => continue,
        };
        let is_author = report.author_id == Some(actor.user_id);
        if access::allows(portal, actor, action, report.unit_id).await?
            && !(step == ReportStep::Approve && is_author)
        {
            steps.insert(step);
        }
    }
    Ok(steps)
}

/// Saves what a unit wrote. A row that is not there keeps to the measured figure; one that is there
/// and says that it was left blank stays blank. Nobody's words are overwritten: when somebody else saved since
/// `version`, nothing is changed and the caller can show both.
pub async fn save(
    portal: &Portal,
    actor: &Actor,
    id: ReportId,
    version: i64,
    mut content: Content,
) -> Result<ReportView, PortalError> {
    let before = by_id(portal, id).await?;
    access::require(portal, actor, Action::EditReport, before.unit_id).await?;
    let campaign = require_running(portal, before.campaign_id).await?;
    let state = step_to(&before, ReportStep::Edit)?;
    let form = form_of_report(&before);
    // Beyond that no count is real, and spreadsheets round.
    let too_large = content.cells.iter().filter(|(_, it)| it.declared.is_some_and(is_too_large));
    let problems: Vec<Problem> = too_large
        .map(|(key, cell)| {
            let value = cell.declared.unwrap_or_default().to_string();
            Problem::new(key, "problem-count-too-large").with("value", value)
        })
        .collect();
    if !problems.is_empty() {
        return Err(PortalError::Invalid(problems));
    }
    // What the system measured is not the unit's to write.
    for row in &form.rows {
        let cell = content.cells.entry(row.key.clone()).or_default();
        cell.measured = before.content.cell(&row.key).measured;
        // Where nothing is measured, nothing would fill it in.
        cell.is_left_blank &= cell.declared.is_none() && row.measure.is_some();
    }
    content.cells.retain(|key, _| form.row(key).is_some());
    let is_next_revision = before.state == ReportState::SupplementAsked;
    let report = ReportRecord {
        state,
        content,
        content_version: version,
        revision: before.revision + i64::from(is_next_revision),
        author_id: Some(actor.user_id),
        approver_id: None,
        approved_at: None,
        updated_at: portal.now(),
        ..before
    };
    let report = measure(portal, report, false).await?;
    let mut write = portal.database.write().await?;
    if !reports::update(&mut write, &report).await? {
        return Err(PortalError::Conflict);
    }
    write.commit().await?;
    let report = ReportRecord { content_version: version + 1, ..report };
    view(portal, actor, campaign, report).await
}

/// The unit's leader approves: another person than the author, and only a whole report.
pub async fn approve(
    portal: &Portal,
    actor: &Actor,
    id: ReportId,
    version: i64,
) -> Result<(), PortalError> {
    let before = by_id(portal, id).await?;
    access::require(portal, actor, Action::ApproveReport, before.unit_id).await?;
    require_running(portal, before.campaign_id).await?;
    // The figures that the leader saw: filled in and measured as the page shows them.
    let before = measure(portal, before, true).await?;
    if before.author_id == Some(actor.user_id) {
        return Err(Problem::new("", "problem-own-report").into());
    }
    let state = step_to(&before, ReportStep::Approve)?;
    let mut read = portal.database.read().await?;
    let unit = storage::units::find(&mut read, before.unit_id).await?;
    drop(read);
    let headcount = unit.and_then(|it| it.headcount);
    if !check(&form_of_report(&before), &before.content, headcount).is_empty() {
        return Err(Problem::new("", "problem-report-not-whole").into());
    }
    let now = portal.now();
    let report = ReportRecord {
        state,
        approver_id: Some(actor.user_id),
        approved_at: Some(now),
        content_version: version,
        ..before
    };
    finish(portal, actor, report, ReportStep::Approve, "", now, None).await
}

/// The unit's leader hands an approved report back to its author.
pub async fn hand_back(
    portal: &Portal,
    actor: &Actor,
    id: ReportId,
    version: i64,
    comment: &str,
) -> Result<(), PortalError> {
    let before = by_id(portal, id).await?;
    access::require(portal, actor, Action::ApproveReport, before.unit_id).await?;
    let state = step_to(&before, ReportStep::HandBack)?;
    let report = ReportRecord {
        state,
        approver_id: None,
        approved_at: None,
        content_version: version,
        ..before
    };
    finish(portal, actor, report, ReportStep::HandBack, comment, portal.now(), None).await
}

/// Sends an approved report on. `received_at` is when the request arrived: a report sent in the
/// last second is in time however long the work behind it takes.
pub async fn submit(
    portal: &Portal,
    actor: &Actor,
    id: ReportId,
    version: i64,
    received_at: Timestamp,
) -> Result<(), PortalError> {
    let before = by_id(portal, id).await?;
    access::require(portal, actor, Action::SubmitReport, before.unit_id).await?;
    let campaign = require_running(portal, before.campaign_id).await?;
    let state = step_to(&before, ReportStep::Submit)?;
    let receipts = receipts_of(portal, campaign.id, before.unit_id).await?;
    let mut read = portal.database.read().await?;
    let sent = storage::directives::of_campaign(&mut read, campaign.id).await?;
    drop(read);
    let deadline = receipts.first().and_then(|it| binding_deadline(&campaign, &sent, it));
    let zone = zone_of(portal, &campaign);
    let is_late = match before.submitted_at {
        // A supplement that was asked for does not make a report late.
        Some(_) => before.is_late,
        None => deadline.is_some_and(|it| !it.is_on_time(received_at, &zone)),
    };
    let revision = RevisionRecord {
        report_id: id,
        revision: before.revision,
        content: before.content.clone(),
        author_id: before.author_id,
        approver_id: before.approver_id,
        submitted_at: received_at,
    };
    let report = ReportRecord {
        state,
        is_late,
        submitted_at: Some(before.submitted_at.unwrap_or(received_at)),
        content_version: version,
        ..before
    };
    finish(portal, actor, report, ReportStep::Submit, "", received_at, Some(revision)).await
}

/// The focal unit takes note of a report.
pub async fn note(
    portal: &Portal,
    actor: &Actor,
    id: ReportId,
    comment: &str,
) -> Result<(), PortalError> {
    let before = by_id(portal, id).await?;
    require_parent(portal, actor, before.campaign_id, before.unit_id).await?;
    let state = step_to(&before, ReportStep::Note)?;
    let now = portal.now();
    let report =
        ReportRecord { state, noted_at: Some(now), noted_by: Some(actor.user_id), ..before };
    finish(portal, actor, report, ReportStep::Note, comment, now, None).await
}

/// The focal unit asks for a supplement, and says what is missing.
pub async fn ask_supplement(
    portal: &Portal,
    actor: &Actor,
    id: ReportId,
    comment: &str,
) -> Result<(), PortalError> {
    if comment.trim().is_empty() {
        return Err(Problem::new("comment", "problem-comment-needed").into());
    }
    let before = by_id(portal, id).await?;
    require_parent(portal, actor, before.campaign_id, before.unit_id).await?;
    require_running(portal, before.campaign_id).await?;
    let state = step_to(&before, ReportStep::AskSupplement)?;
    let report = ReportRecord { state, noted_at: None, noted_by: None, ..before };
    finish(portal, actor, report, ReportStep::AskSupplement, comment, portal.now(), None).await
}

/// Gives a unit's proposals an owner and an answer.
pub async fn answer(
    portal: &Portal,
    actor: &Actor,
    id: ReportId,
    owner: &str,
    answer: &str,
) -> Result<(), PortalError> {
    let report = by_id(portal, id).await?;
    require_parent(portal, actor, report.campaign_id, report.unit_id).await?;
    let answer = ProposalAnswerRecord {
        report_id: id,
        owner: owner.trim().chars().take(300).collect(),
        answer: answer.trim().chars().take(4_000).collect(),
        answered_by: Some(actor.user_id),
        answered_at: Some(portal.now()),
    };
    let mut write = portal.database.write().await?;
    reports::put_answer(&mut write, &answer).await?;
    Ok(write.commit().await?)
}

/// Locks every report that was handed in, with the campaign.
pub(crate) async fn lock_all(
    portal: &Portal,
    write: &mut Write,
    actor: &Actor,
    id: CampaignId,
) -> Result<(), PortalError> {
    let now = portal.now();
    for report in reports::of_campaign(write, id).await? {
        let Ok(state) = report.state.after(ReportStep::Lock) else { continue };
        let report = ReportRecord { state, locked_at: Some(now), ..report };
        if !reports::update(write, &report).await? {
            return Err(PortalError::Conflict);
        }
        let event = event(portal, &report, actor, ReportStep::Lock, "", now);
        reports::insert_event(write, &event).await?;
    }
    Ok(())
}

/// What the units below a node handed in, added up.
#[derive(Clone, Debug)]
pub struct RollUpView {
    /// The campaign.
    pub campaign: CampaignRecord,
    /// The node.
    pub unit: UnitRecord,
    /// The body above the node, as its documents name it; empty where there is none.
    pub governing_body: String,
    /// The unit that runs the campaign.
    pub owner: UnitRecord,
    /// The unit the node reports to; `None` for the unit that runs the campaign.
    pub collector: Option<UnitRecord>,
    /// The form.
    pub form: Form,
    /// Sums, missing and late units.
    pub sums: RollUp,
    /// Units that acknowledged the letter, owe no report and are counted in nobody's: named beside
    /// the sums of the unit that runs the campaign.
    pub informed_beside: BTreeSet<UnitId>,
    /// Organisations outside the system that several of the units that reported listed as told, by
    /// name: the sums count each of them as often, for a name alone does not tell whether two are
    /// one.
    pub told_by_several: Vec<(String, BTreeSet<UnitId>)>,
    /// Units by id.
    pub units: BTreeMap<UnitId, UnitRecord>,
    /// Newest submitted content of each unit.
    pub contents: BTreeMap<UnitId, Content>,
    /// How far each unit's report is.
    pub reports: BTreeMap<UnitId, ReportStanding>,
    /// Answers to proposals, by report.
    pub answers: BTreeMap<ReportId, ProposalAnswerRecord>,
}

/// Adds up what the units below a node handed in, at any depth: each unit counts once, by its own
/// report. The node's own report counts where it is one of the reporting units. A fixed number of
/// queries, however many units there are.
pub async fn rolled_up(
    portal: &Portal,
    actor: &Actor,
    id: CampaignId,
    node: UnitId,
) -> Result<RollUpView, PortalError> {
    require_node(portal, actor, id, node).await?;
    let picture = Picture::of(portal, id).await?;
    let unit = picture.units.get(&node).cloned().ok_or(PortalError::NotFound)?;
    let owner = picture.units.get(&picture.campaign.owner_id).cloned();
    let collector = picture.tree.parent(node).and_then(|it| picture.units.get(&it).cloned());
    let mut read = portal.database.read().await?;
    let revisions = reports::newest_revisions(&mut read, id).await?;
    let answers = reports::answers(&mut read, id).await?;
    let told = storage::directives::told_by_several(&mut read, id).await?;
    let governing_body = units::governing_body(portal, &mut read, &unit).await?;
    // A unit that reports counts those it sent the letter to without asking for a report.
    let beside = if picture.counting.contains(&node) {
        Vec::new()
    } else {
        storage::directives::receipts_without_report(&mut read, id, node).await?
    };
    drop(read);
    let expected: BTreeSet<UnitId> = picture
        .tree
        .subtree(node)
        .into_iter()
        .filter(|unit| picture.counting.contains(unit))
        .collect();
    let by_report: BTreeMap<ReportId, &ReportStanding> =
        picture.reports.values().map(|it| (it.id, it)).collect();
    let submissions: Vec<Submission> = revisions
        .into_iter()
        .filter_map(|revision| {
            let report = by_report.get(&revision.report_id)?;
            let (unit, is_late) = (report.unit_id, report.is_late);
            Some(Submission { unit, content: revision.content, is_late })
        })
        .collect();
    let form = form_of(&picture.campaign);
    let sums = roll_up(&form, &expected, &submissions);
    let contents = submissions
        .into_iter()
        .filter(|it| expected.contains(&it.unit))
        .map(|it| (it.unit, it.content))
        .collect();
    let informed = beside.into_iter().filter(|it| it.acknowledged_at.is_some());
    Ok(RollUpView {
        unit,
        governing_body,
        owner: owner.ok_or(PortalError::NotFound)?,
        collector,
        informed_beside: informed.map(|it| it.unit_id).collect(),
        told_by_several: several(told, &sums.reported),
        units: picture.units,
        reports: picture.reports,
        campaign: picture.campaign,
        answers: answers.into_iter().map(|it| (it.report_id, it)).collect(),
        form,
        sums,
        contents,
    })
}

/// Names that at least two of these units listed, from a list in which those of one name stand
/// beside each other.
fn several(
    told: Vec<(String, String, UnitId)>,
    of: &BTreeSet<UnitId>,
) -> Vec<(String, BTreeSet<UnitId>)> {
    let mut found: Vec<(String, String, BTreeSet<UnitId>)> = Vec::new();
    for (key, name, unit) in told.into_iter().filter(|(_, _, unit)| of.contains(unit)) {
        match found.last_mut().filter(|(last, _, _)| *last == key) {
            Some((_, _, units)) => drop(units.insert(unit)),
            None => found.push((key, name, BTreeSet::from([unit]))),
        }
    }
    let several = found.into_iter().filter(|(_, _, units)| units.len() > 1);
    several.map(|(_, name, units)| (name, units)).collect()
}

/// Keeps a report after a step, with its event, and freezes a submitted revision.
async fn finish(
    portal: &Portal,
    actor: &Actor,
    report: ReportRecord,
    step: ReportStep,
    comment: &str,
    at: Timestamp,
    revision: Option<RevisionRecord>,
) -> Result<(), PortalError> {
    let mut write = portal.database.write().await?;
    // A campaign that is being closed locks what was handed in: nothing slips in behind it.
    if !storage::campaigns::hold_running(&mut write, report.campaign_id).await? {
        return Err(Problem::new("", "problem-campaign-closed").into());
    }
    if !reports::update(&mut write, &report).await? {
        return Err(PortalError::Conflict);
    }
    if let Some(revision) = revision {
        reports::insert_revision(&mut write, &revision).await?;
    }
    let comment: String = comment.trim().chars().take(4_000).collect();
    reports::insert_event(&mut write, &event(portal, &report, actor, step, &comment, at)).await?;
    let (unit, detail) = (Some(report.unit_id), json!({ "step": step, "to": report.state }));
    audit::record(portal, &mut write, Some(actor), unit, "report.step", report.id, detail).await?;
    Ok(write.commit().await?)
}

fn event(
    portal: &Portal,
    report: &ReportRecord,
    actor: &Actor,
    step: ReportStep,
    comment: &str,
    at: Timestamp,
) -> ReportEventRecord {
    ReportEventRecord {
        id: portal.new_id::<ReportEventId>(),
        report_id: report.id,
        at,
        user_id: Some(actor.user_id),
        kind: step.to_string(),
        comment: comment.to_owned(),
    }
}

fn is_too_large(count: i64) -> bool {
    count.unsigned_abs() >= 1_000_000_000_000_000
}

fn step_to(report: &ReportRecord, step: ReportStep) -> Result<ReportState, PortalError> {
    report.state.after(step).map_err(|_| Problem::new("", "problem-report-step").into())
}

/// The right of the unit above, along the counting line, over a unit's report.
async fn require_parent(
    portal: &Portal,
    actor: &Actor,
    campaign_id: CampaignId,
    unit: UnitId,
) -> Result<(), PortalError> {
    let receipts = receipts_of(portal, campaign_id, unit).await?;
    let parent = receipts.iter().find(|it| it.is_counting).ok_or(PortalError::Denied)?.parent_id;
    require_collector(portal, actor, campaign_id, parent).await
}

fn form_of_report(report: &ReportRecord) -> Form {
    let version = u32::try_from(report.form_version).unwrap_or(1);
    Form::find(&report.form_id, version).unwrap_or_else(Form::letter)
}

async fn by_id(portal: &Portal, id: ReportId) -> Result<ReportRecord, PortalError> {
    let mut read = portal.database.read().await?;
    reports::find(&mut read, id).await?.ok_or(PortalError::NotFound)
}

async fn of_unit(
    portal: &Portal,
    campaign_id: CampaignId,
    unit: UnitId,
) -> Result<Option<ReportRecord>, PortalError> {
    let mut read = portal.database.read().await?;
    Ok(reports::find_of_unit(&mut read, campaign_id, unit).await?)
}

/// Whether a unit has a report in a campaign, or can still begin one.
pub async fn can_open(
    portal: &Portal,
    campaign_id: CampaignId,
    unit: UnitId,
) -> Result<bool, PortalError> {
    let is_running = find(portal, campaign_id).await?.state == CampaignState::Launched;
    Ok(is_running || of_unit(portal, campaign_id, unit).await?.is_some())
}

/// A report by its id, as [`open`] gives it.
pub async fn reopen(
    portal: &Portal,
    actor: &Actor,
    id: ReportId,
) -> Result<ReportView, PortalError> {
    let report = by_id(portal, id).await?;
    open(portal, actor, report.campaign_id, report.unit_id).await
}

/// Campaign and unit of a report, for a person who may see it.
pub async fn place(
    portal: &Portal,
    actor: &Actor,
    id: ReportId,
) -> Result<(CampaignId, UnitId), PortalError> {
    let report = by_id(portal, id).await?;
    if !access::allows(portal, actor, Action::SeeReport, report.unit_id).await? {
        require_parent(portal, actor, report.campaign_id, report.unit_id).await?;
    }
    Ok((report.campaign_id, report.unit_id))
}
