//! A unit and the letter: open, acknowledge, launch, pass on, tell others.

use ::campaigns::{
    Action, CampaignId, CampaignState, Deadline, DeadlinePhrase, DirectiveId, ReceiptId,
    ReceiptMoments, ReceiptStage, ReceiverRole, ToldId, UnitId,
};
use ::reports::ReportState;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use serde_json::json;
use storage::campaigns::CampaignRecord;
use storage::directives::{self, DirectiveRecord, ReceiptRecord, ReminderRecord, ToldRecord};
use storage::reports as report_store;
use storage::units::UnitRecord;

use crate::campaigns::{CampaignView, deadline, deadline_of, find, whole, zone_of};
use crate::{Actor, Portal, PortalError, Problem, access, audit, units};

/// A campaign as one of a unit's receipts.
#[derive(Clone, Debug)]
pub struct Received {
    /// The campaign.
    pub campaign: CampaignRecord,
    /// The receipt that counts, or the first one.
    pub receipt: ReceiptRecord,
    /// How far the unit is.
    pub stage: ReceiptStage,
    /// The deadline that binds the unit.
    pub deadline: Option<Deadline>,
    /// Whether its report is late.
    pub is_late: bool,
    /// Where its report stands, if it began one.
    pub report: Option<ReportState>,
}

/// The letter as a unit sees it.
#[derive(Clone, Debug)]
pub struct Letter {
    /// The unit that reads it.
    pub unit: UnitRecord,
    /// The campaign with everything beside it.
    pub view: CampaignView,
    /// The unit's receipts: the counting one first.
    pub receipts: Vec<ReceiptRecord>,
    /// The directives behind them, in the same order, with the unit that sent each.
    pub directives: Vec<(DirectiveRecord, UnitRecord)>,
    /// How far the unit is.
    pub stage: ReceiptStage,
    /// The deadline that binds the unit.
    pub deadline: Option<Deadline>,
    /// Whether its report is late.
    pub is_late: bool,
    /// Reminders the unit got, newest first.
    pub reminders: Vec<ReminderRecord>,
    /// Organisations outside the system that the unit told.
    pub told: Vec<ToldRecord>,
    /// The unit it reports to, if it owes a report.
    pub collector: Option<UnitRecord>,
    /// The same letter from other units: for information, since it is carried out for the collector.
    pub once_more: Vec<OnceMore>,
    /// Units below it that it can pass the letter on to and has not yet.
    pub can_pass_to: Vec<Below>,
    /// Units it passed the letter on to.
    pub passed_to: Vec<Below>,
}

/// A letter that a unit has for action already, as another unit passed it on.
#[derive(Clone, Debug)]
pub struct OnceMore {
    /// The unit that passed it on.
    pub from: UnitRecord,
    /// The deadline it gave, where that is not the one that binds the unit.
    pub deadline: Option<Deadline>,
}

/// A unit below the one that passes the letter on.
#[derive(Clone, Debug)]
pub struct Below {
    /// The unit.
    pub unit: UnitRecord,
    /// The other unit from which it has the letter for action. What is passed on to it is then for
    /// information.
    pub acts_for: Option<UnitRecord>,
    /// The deadline that binds it, as the other unit gave it.
    pub deadline: Option<Deadline>,
}

/// What a unit adds when it passes the letter on.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct PassOn {
    /// Number of the unit's own letter.
    pub letter_number: String,
    /// Its own words.
    pub cover_text: String,
    /// `before` or `at-latest`.
    pub deadline_phrase: String,
    /// Its own deadline, `YYYY-MM-DD`; empty keeps the upper one.
    pub deadline_on: String,
    /// Units to pass it on to.
    pub units: Vec<UnitId>,
}

/// Campaigns whose letter a unit received, newest first.
pub async fn received(
    portal: &Portal,
    actor: &Actor,
    unit: UnitId,
) -> Result<Vec<Received>, PortalError> {
    access::require(portal, actor, Action::SeeLetter, unit).await?;
    let now = portal.now();
    let mut read = portal.database.read().await?;
    let mut found: Vec<Received> = Vec::new();
    for receipt in directives::receipts_of_unit(&mut read, unit).await? {
        if found.iter().any(|it| it.campaign.id == receipt.campaign_id) {
            continue;
        }
        let campaign = storage::campaigns::find(&mut read, receipt.campaign_id).await?;
        let campaign = campaign.ok_or(PortalError::NotFound)?;
        let sent = directives::of_campaign(&mut read, campaign.id).await?;
        let report = report_store::find_of_unit(&mut read, campaign.id, unit).await?;
        let moments = moments(&receipt, report.as_ref().and_then(|it| it.submitted_at));
        let deadline = binding_deadline(&campaign, &sent, &receipt);
        let is_late = receipt.role.owes_report()
            && moments.is_late(deadline, &zone_of(portal, &campaign), now);
        let (stage, report) = (moments.stage(), report.map(|it| it.state));
        found.push(Received { campaign, receipt, stage, deadline, is_late, report });
    }
    found.sort_by_key(|it| std::cmp::Reverse(it.receipt.delivered_at));
    Ok(found)
}

/// Opens the letter for a unit. The first time one of the unit's own people does, that is proof
/// of receipt.
pub async fn open(
    portal: &Portal,
    actor: &Actor,
    campaign_id: CampaignId,
    unit: UnitId,
) -> Result<Letter, PortalError> {
    access::require(portal, actor, Action::SeeLetter, unit).await?;
    let is_own = actor.grants.iter().any(|grant| grant.unit == unit);
    let mut receipts = receipts_of(portal, campaign_id, unit).await?;
    if is_own && receipts.iter().any(|it| it.opened_at.is_none()) {
        let now = portal.now();
        let mut write = portal.database.write().await?;
        for receipt in receipts.iter_mut().filter(|it| it.opened_at.is_none()) {
            receipt.opened_at = Some(now);
            if !directives::fill_receipt(&mut write, receipt).await? {
                continue;
            }
            let (id, unit) = (receipt.id, Some(unit));
            audit::record(portal, &mut write, Some(actor), unit, "letter.open", id, json!({}))
                .await?;
        }
        write.commit().await?;
    }
    let campaign = find(portal, campaign_id).await?;
    let known = units::by_id(portal).await?;
    let tree_lines = [campaign.line.clone()];
    let mut below: Vec<UnitRecord> = Vec::new();
    for line in &tree_lines {
        let tree = units::tree(portal, line).await?;
        below.extend(tree.children(unit).filter_map(|id| known.get(&id).cloned()));
    }
    // A sector's head passes on along its own line too.
    for line in units::other_lines(portal, &campaign.line).await? {
        let tree = units::tree(portal, &line).await?;
        below.extend(tree.children(unit).filter_map(|id| known.get(&id).cloned()));
    }
    below.sort_by(|a, b| a.code.cmp(&b.code));
    below.dedup_by(|a, b| a.id == b.id);

    let mut read = portal.database.read().await?;
    let all_directives = directives::of_campaign(&mut read, campaign_id).await?;
    let all_receipts = directives::receipts(&mut read, campaign_id).await?;
    let report = report_store::find_of_unit(&mut read, campaign_id, unit).await?;
    let reminders = directives::reminders(&mut read, campaign_id).await?;
    let told = directives::told(&mut read, campaign_id, unit).await?;
    drop(read);

    let counting = receipts.first().ok_or(PortalError::NotFound)?;
    let moments = moments(counting, report.and_then(|it| it.submitted_at));
    let deadline = binding_deadline(&campaign, &all_directives, counting);
    let zone = zone_of(portal, &campaign);
    let is_late = counting.role.owes_report() && moments.is_late(deadline, &zone, portal.now());
    let mine: Vec<DirectiveId> =
        all_directives.iter().filter(|it| it.from_unit_id == unit).map(|it| it.id).collect();
    let passed: Vec<UnitId> = all_receipts
        .iter()
        .filter(|it| mine.contains(&it.directive_id))
        .map(|it| it.unit_id)
        .collect();
    let directives = receipts
        .iter()
        .filter_map(|receipt| all_directives.iter().find(|it| it.id == receipt.directive_id))
        .filter_map(|it| Some((it.clone(), known.get(&it.from_unit_id)?.clone())))
        .collect();
    let collector = if counting.is_counting { known.get(&counting.parent_id) } else { None };
    let again = receipts.iter().filter(|it| !it.is_counting && collector.is_some());
    let once_more = again
        .filter_map(|receipt| {
            let from = known.get(&receipt.parent_id)?.clone();
            let given = binding_deadline(&campaign, &all_directives, receipt);
            let is_other = given.map(Deadline::last_day) != deadline.map(Deadline::last_day);
            Some(OnceMore { from, deadline: given.filter(|_| is_other) })
        })
        .collect();
    let acts_for = |below: UnitRecord| {
        let counts = |it: &&ReceiptRecord| it.unit_id == below.id && it.is_counting;
        let elsewhere = all_receipts.iter().find(counts).filter(|it| it.parent_id != unit);
        Below {
            acts_for: elsewhere.and_then(|it| known.get(&it.parent_id).cloned()),
            deadline: elsewhere.and_then(|it| binding_deadline(&campaign, &all_directives, it)),
            unit: below,
        }
    };
    let below = below.into_iter().map(acts_for);
    let (passed_to, can_pass_to) = below.partition(|it| passed.contains(&it.unit.id));
    Ok(Letter {
        unit: known.get(&unit).cloned().ok_or(PortalError::NotFound)?,
        view: whole(portal, campaign).await?,
        stage: moments.stage(),
        deadline,
        is_late,
        reminders: reminders
            .into_iter()
            .filter(|it| receipts.iter().any(|receipt| receipt.id == it.receipt_id))
            .collect(),
        told,
        collector: collector.cloned(),
        once_more,
        can_pass_to,
        passed_to,
        directives,
        receipts,
    })
}

/// A named person of the unit acknowledges the letter, along every line it came by.
pub async fn acknowledge(
    portal: &Portal,
    actor: &Actor,
    campaign_id: CampaignId,
    unit: UnitId,
) -> Result<(), PortalError> {
    step(portal, actor, campaign_id, unit, "letter.acknowledge", |receipt, now| {
        receipt.opened_at.get_or_insert(now);
        if receipt.acknowledged_at.is_none() {
            receipt.acknowledged_at = Some(now);
            receipt.acknowledged_by = Some(actor.user_id);
        }
    })
    .await
}

/// The unit launches the campaign at its own place; that acknowledges the letter too.
pub async fn launch(
    portal: &Portal,
    actor: &Actor,
    campaign_id: CampaignId,
    unit: UnitId,
) -> Result<(), PortalError> {
    step(portal, actor, campaign_id, unit, "letter.launch", |receipt, now| {
        receipt.opened_at.get_or_insert(now);
        if receipt.acknowledged_at.is_none() {
            receipt.acknowledged_at = Some(now);
            receipt.acknowledged_by = Some(actor.user_id);
        }
        receipt.launched_at.get_or_insert(now);
    })
    .await
}

async fn step(
    portal: &Portal,
    actor: &Actor,
    campaign_id: CampaignId,
    unit: UnitId,
    action: &str,
    change: impl Fn(&mut ReceiptRecord, Timestamp),
) -> Result<(), PortalError> {
    access::require(portal, actor, Action::Acknowledge, unit).await?;
    require_running(portal, campaign_id).await?;
    let now = portal.now();
    let mut receipts = receipts_of(portal, campaign_id, unit).await?;
    let mut write = portal.database.write().await?;
    for receipt in &mut receipts {
        change(receipt, now);
        directives::fill_receipt(&mut write, receipt).await?;
    }
    let subject = campaign_id;
    audit::record(portal, &mut write, Some(actor), Some(unit), action, subject, json!({})).await?;
    Ok(write.commit().await?)
}

/// Passes the letter on to units below. A unit that already reports along another line gets it
/// for information, so that it counts once.
pub async fn pass_on(
    portal: &Portal,
    actor: &Actor,
    campaign_id: CampaignId,
    unit: UnitId,
    given: &PassOn,
) -> Result<usize, PortalError> {
    access::require(portal, actor, Action::PassOn, unit).await?;
    require_running(portal, campaign_id).await?;
    let letter = open(portal, actor, campaign_id, unit).await?;
    let deadline_on = match given.deadline_on.trim() {
        "" => None,
        text => Some(
            text.parse::<Date>()
                .map_err(|_| Problem::new("deadline_on", "problem-date").with("value", text))?,
        ),
    };
    let phrase =
        deadline_on.map(|_| given.deadline_phrase.parse().unwrap_or(DeadlinePhrase::AtLatest));
    let upper = letter.deadline;
    if let (Some(inner), Some(upper)) = (deadline(phrase, deadline_on), upper)
        && !inner.is_within(upper)
    {
        return Err(Problem::new("deadline_on", "problem-deadline-later").into());
    }
    let now = portal.now();
    let mut write = portal.database.write().await?;
    // One at a time: two officers passing on at once give a unit one receipt that counts, not two.
    if !storage::campaigns::hold_running(&mut write, campaign_id).await? {
        return Err(Problem::new("", "problem-campaign-closed").into());
    }
    let existing = directives::receipts(&mut write, campaign_id).await?;
    let has_it_from_us =
        |id: UnitId| existing.iter().any(|it| it.unit_id == id && it.parent_id == unit);
    let chosen: Vec<UnitId> = letter
        .can_pass_to
        .iter()
        .map(|it| it.unit.id)
        .filter(|id| given.units.contains(id) && !has_it_from_us(*id))
        .collect();
    if chosen.is_empty() {
        return Err(Problem::new("units", "problem-no-units").into());
    }
    let directive = DirectiveRecord {
        id: portal.new_id::<DirectiveId>(),
        campaign_id,
        from_unit_id: unit,
        letter_number: given.letter_number.trim().chars().take(100).collect(),
        cover_text: given.cover_text.trim().chars().take(4_000).collect(),
        deadline_phrase: phrase.or(upper.map(|it| it.phrase)),
        deadline_on: deadline_on.or(upper.map(|it| it.day)),
        sent_by: actor.user_id,
        sent_at: now,
    };
    directives::insert(&mut write, &directive).await?;
    for unit_id in &chosen {
        let counts_elsewhere = existing.iter().any(|it| it.unit_id == *unit_id && it.is_counting);
        let receipt = ReceiptRecord {
            id: portal.new_id::<ReceiptId>(),
            campaign_id,
            directive_id: directive.id,
            unit_id: *unit_id,
            parent_id: unit,
            role: if counts_elsewhere { ReceiverRole::Information } else { ReceiverRole::Action },
            is_counting: !counts_elsewhere,
            delivered_at: now,
            opened_at: None,
            acknowledged_at: None,
            acknowledged_by: None,
            launched_at: None,
        };
        directives::insert_receipt(&mut write, &receipt).await?;
    }
    let detail = json!({ "units": chosen.len() });
    let subject = directive.id;
    audit::record(portal, &mut write, Some(actor), Some(unit), "letter.pass-on", subject, detail)
        .await?;
    write.commit().await?;
    Ok(chosen.len())
}

/// Lists an organisation outside the system as told.
pub async fn tell(
    portal: &Portal,
    actor: &Actor,
    campaign_id: CampaignId,
    unit: UnitId,
    name: &str,
    is_enterprise: bool,
    has_launched: bool,
) -> Result<(), PortalError> {
    access::require(portal, actor, Action::PassOn, unit).await?;
    receipts_of(portal, campaign_id, unit).await?;
    require_running(portal, campaign_id).await?;
    let name = name.split_whitespace().collect::<Vec<_>>().join(" ");
    if name.is_empty() || name.chars().count() > 300 {
        return Err(Problem::new("name", "problem-unit-name").into());
    }
    let told = ToldRecord {
        id: portal.new_id::<ToldId>(),
        campaign_id,
        unit_id: unit,
        name_key: language::search_key(&name),
        name,
        is_enterprise,
        has_launched,
        created_at: portal.now(),
    };
    let mut write = portal.database.write().await?;
    directives::put_told(&mut write, &told).await?;
    Ok(write.commit().await?)
}

/// Takes an organisation off the list of those told.
pub async fn untell(
    portal: &Portal,
    actor: &Actor,
    campaign_id: CampaignId,
    unit: UnitId,
    id: ToldId,
) -> Result<(), PortalError> {
    access::require(portal, actor, Action::PassOn, unit).await?;
    receipts_of(portal, campaign_id, unit).await?;
    require_running(portal, campaign_id).await?;
    let mut write = portal.database.write().await?;
    directives::delete_told(&mut write, campaign_id, unit, id).await?;
    Ok(write.commit().await?)
}

/// The content of an attachment, for a unit that received the letter or runs the campaign.
pub async fn attachment(
    portal: &Portal,
    actor: &Actor,
    campaign_id: CampaignId,
    id: ::campaigns::AttachmentId,
) -> Result<(String, String, Vec<u8>), PortalError> {
    let campaign = find(portal, campaign_id).await?;
    if !may_read(portal, actor, &campaign).await? {
        return Err(PortalError::NotFound);
    }
    let mut read = portal.database.read().await?;
    let all = storage::campaigns::attachments(&mut read, campaign_id).await?;
    let found = all.into_iter().find(|it| it.id == id).ok_or(PortalError::NotFound)?;
    let bytes = portal.files.read(&found.sha256)?;
    Ok((found.name, found.media_type, bytes))
}

/// Whether a person may read a campaign's letter: they run it, their unit sent it, or a unit of
/// theirs received it.
pub(crate) async fn may_read(
    portal: &Portal,
    actor: &Actor,
    campaign: &CampaignRecord,
) -> Result<bool, PortalError> {
    if access::allows(portal, actor, Action::RunCampaigns, campaign.owner_id).await? {
        return Ok(true);
    }
    let is_sent = campaign.state != CampaignState::Draft;
    if is_sent && access::allows(portal, actor, Action::SeeLetter, campaign.owner_id).await? {
        return Ok(true);
    }
    let mut read = portal.database.read().await?;
    for grant in &actor.grants {
        let receipts = directives::receipts_of_unit(&mut read, grant.unit).await?;
        if receipts.iter().any(|it| it.campaign_id == campaign.id) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// A unit's receipts of a campaign, the counting one first.
pub(crate) async fn receipts_of(
    portal: &Portal,
    campaign_id: CampaignId,
    unit: UnitId,
) -> Result<Vec<ReceiptRecord>, PortalError> {
    let mut read = portal.database.read().await?;
    let mut receipts = directives::receipts_of_unit(&mut read, unit).await?;
    receipts.retain(|it| it.campaign_id == campaign_id);
    if receipts.is_empty() { Err(PortalError::NotFound) } else { Ok(receipts) }
}

/// The deadline that binds a unit: that of the directive it counts by, else the campaign's.
pub(crate) fn binding_deadline(
    campaign: &CampaignRecord,
    sent: &[DirectiveRecord],
    receipt: &ReceiptRecord,
) -> Option<Deadline> {
    sent.iter()
        .find(|it| it.id == receipt.directive_id)
        .and_then(|it| deadline(it.deadline_phrase, it.deadline_on))
        .or_else(|| deadline_of(campaign))
}

/// The moments of a receipt with those of the report.
pub(crate) fn moments(receipt: &ReceiptRecord, reported_at: Option<Timestamp>) -> ReceiptMoments {
    ReceiptMoments {
        opened_at: receipt.opened_at,
        acknowledged_at: receipt.acknowledged_at,
        launched_at: receipt.launched_at,
        reported_at,
    }
}

/// Refuses work in a campaign that is not running.
pub(crate) async fn require_running(
    portal: &Portal,
    id: CampaignId,
) -> Result<CampaignRecord, PortalError> {
    let campaign = find(portal, id).await?;
    match campaign.state {
        CampaignState::Launched => Ok(campaign),
        CampaignState::Draft => Err(PortalError::NotFound),
        CampaignState::Closed => Err(Problem::new("", "problem-campaign-closed").into()),
    }
}

/// Whether a unit received a campaign's letter.
pub async fn has_letter(
    portal: &Portal,
    campaign_id: CampaignId,
    unit: UnitId,
) -> Result<bool, PortalError> {
    match receipts_of(portal, campaign_id, unit).await {
        Ok(_) => Ok(true),
        Err(PortalError::NotFound) => Ok(false),
        Err(error) => Err(error),
    }
}

/// The unit that a unit reports to in a campaign, if it owes a report.
pub async fn collector_of(
    portal: &Portal,
    campaign_id: CampaignId,
    unit: UnitId,
) -> Result<Option<UnitId>, PortalError> {
    match receipts_of(portal, campaign_id, unit).await {
        Ok(receipts) => Ok(receipts.iter().find(|it| it.is_counting).map(|it| it.parent_id)),
        Err(PortalError::NotFound) => Ok(None),
        Err(error) => Err(error),
    }
}

/// The unit that runs a campaign.
pub async fn owner_of(portal: &Portal, campaign_id: CampaignId) -> Result<UnitId, PortalError> {
    Ok(find(portal, campaign_id).await?.owner_id)
}
