//! How far every unit is: for the one that collects.

use std::collections::{BTreeMap, BTreeSet};

use ::campaigns::{
    Action, CampaignId, CampaignState, Deadline, ReceiptId, ReceiptStage, ReminderId, UnitId,
    UnitTree,
};
use ::reports::ReportState;
use jiff::Timestamp;
use serde_json::json;
use storage::campaigns::CampaignRecord;
use storage::directives::{self, DirectiveRecord, ReceiptRecord, ReminderRecord};
use storage::reports::{self as report_store, ReportStanding};
use storage::units::UnitRecord;
use storage::users;

use crate::campaigns::{find, zone_of};
use crate::letters::{binding_deadline, moments, receipts_of};
use crate::{Actor, Portal, PortalError, Problem, access, audit, units};

/// How far one unit is.
#[derive(Clone, Debug)]
pub struct UnitProgress {
    /// The unit.
    pub unit: UnitRecord,
    /// Its counting receipt, or the one it got for coordination or information.
    pub receipt: ReceiptRecord,
    /// Name of who acknowledged it.
    pub acknowledged_by: Option<String>,
    /// How far it is.
    pub stage: ReceiptStage,
    /// The deadline that binds it.
    pub deadline: Option<Deadline>,
    /// Whether its report is late.
    pub is_late: bool,
    /// Its report's state, if it began one.
    pub report: Option<ReportState>,
    /// When its report was submitted.
    pub submitted_at: Option<Timestamp>,
    /// Cases with work left.
    pub open_cases: i64,
    /// Cases handled.
    pub handled_cases: i64,
    /// Units below it that received the letter through it, at any depth.
    pub below: usize,
    /// Of these, units that acknowledged.
    pub below_acknowledged: usize,
    /// Of these, units that reported.
    pub below_reported: usize,
    /// When it was last reminded.
    pub reminded_at: Option<Timestamp>,
}

/// The units that report to one node.
#[derive(Clone, Debug)]
pub struct Board {
    /// The campaign.
    pub campaign: CampaignRecord,
    /// The node.
    pub unit: UnitRecord,
    /// Units that owe a report to it, by code.
    pub action: Vec<UnitProgress>,
    /// Units that got the letter for coordination or information.
    pub others: Vec<UnitProgress>,
    /// How many of `action` are at each stage or further.
    pub reached: BTreeMap<ReceiptStage, usize>,
    /// How many of `action` are late.
    pub late: usize,
}

/// Everything of a campaign that progress and roll-up look at, read once.
pub(crate) struct Picture {
    pub(crate) campaign: CampaignRecord,
    pub(crate) units: BTreeMap<UnitId, UnitRecord>,
    pub(crate) directives: Vec<DirectiveRecord>,
    pub(crate) receipts: Vec<ReceiptRecord>,
    pub(crate) reports: BTreeMap<UnitId, ReportStanding>,
    /// Who reports to whom, by the counting receipts.
    pub(crate) tree: UnitTree,
    /// Units that owe a report.
    pub(crate) counting: BTreeSet<UnitId>,
    /// Units that acknowledged, along any line.
    acknowledged: BTreeSet<UnitId>,
    /// When each receipt was last reminded of.
    reminded: BTreeMap<ReceiptId, Timestamp>,
    /// Cases with work left, and cases handled, by unit.
    cases: BTreeMap<UnitId, (i64, i64)>,
}

impl Picture {
    pub(crate) async fn of(portal: &Portal, id: CampaignId) -> Result<Self, PortalError> {
        let campaign = find(portal, id).await?;
        let units = units::by_id(portal).await?;
        let mut read = portal.database.read().await?;
        let directives = directives::of_campaign(&mut read, id).await?;
        let receipts = directives::receipts(&mut read, id).await?;
        let reports = report_store::standings(&mut read, id).await?;
        // Newest first: the first of a receipt is its last.
        let mut reminded = BTreeMap::new();
        for reminder in directives::reminders(&mut read, id).await? {
            reminded.entry(reminder.receipt_id).or_insert(reminder.sent_at);
        }
        let mut cases: BTreeMap<UnitId, (i64, i64)> = BTreeMap::new();
        for (unit, state, count) in storage::cases::device_counts(&mut read, id).await? {
            let (open, handled) = cases.entry(unit).or_default();
            *open += if state.is_open() { count } else { 0 };
            *handled += if state.counts_as_handled() { count } else { 0 };
        }
        // Along the receipt it counts by; a unit that only knows of the campaign stands where it
        // first heard of it, so that those it passed the letter on to are not lost.
        let mut edges: Vec<&ReceiptRecord> = receipts.iter().collect();
        edges.sort_by_key(|it| (!it.is_counting, it.delivered_at));
        let edges = edges.into_iter().map(|it| (it.unit_id, Some(it.parent_id)));
        let (tree, _) = UnitTree::from_edges(edges);
        Ok(Self {
            campaign,
            units,
            directives,
            reports: reports.into_iter().map(|it| (it.unit_id, it)).collect(),
            tree,
            counting: receipts.iter().filter(|it| it.is_counting).map(|it| it.unit_id).collect(),
            acknowledged: receipts
                .iter()
                .filter(|it| it.acknowledged_at.is_some())
                .map(|it| it.unit_id)
                .collect(),
            receipts,
            reminded,
            cases,
        })
    }

    /// When a unit handed its report in; a report sent back for a supplement stays handed in.
    pub(crate) fn submitted_at(&self, unit: UnitId) -> Option<Timestamp> {
        self.reports.get(&unit).and_then(|it| it.submitted_at)
    }

    fn progress(&self, portal: &Portal, receipt: &ReceiptRecord) -> Option<UnitProgress> {
        let unit = self.units.get(&receipt.unit_id)?.clone();
        let moments = moments(receipt, self.submitted_at(unit.id));
        let deadline = binding_deadline(&self.campaign, &self.directives, receipt);
        let zone = zone_of(portal, &self.campaign);
        // The unit that runs the campaign may write a report of its own: all stand below it then,
        // but not by that receipt.
        let below: Vec<UnitId> = if receipt.parent_id == unit.id {
            Vec::new()
        } else {
            let below = self.tree.subtree(unit.id).into_iter().skip(1);
            below.filter(|it| self.counting.contains(it)).collect()
        };
        let (open_cases, handled_cases) = self.cases.get(&unit.id).copied().unwrap_or_default();
        Some(UnitProgress {
            acknowledged_by: None,
            stage: moments.stage(),
            deadline,
            is_late: receipt.role.owes_report() && moments.is_late(deadline, &zone, portal.now()),
            report: self.reports.get(&unit.id).map(|it| it.state),
            submitted_at: self.submitted_at(unit.id),
            open_cases,
            handled_cases,
            below: below.len(),
            below_acknowledged: below.iter().filter(|id| self.acknowledged.contains(id)).count(),
            below_reported: below.iter().filter(|id| self.submitted_at(**id).is_some()).count(),
            reminded_at: self.reminded.get(&receipt.id).copied(),
            receipt: receipt.clone(),
            unit,
        })
    }
}

/// The units that report to a node, and how far each is.
pub async fn board(
    portal: &Portal,
    actor: &Actor,
    id: CampaignId,
    unit: UnitId,
) -> Result<Board, PortalError> {
    require_node(portal, actor, id, unit).await?;
    let picture = Picture::of(portal, id).await?;
    let mut read = portal.database.read().await?;
    let names = users::names_of_acknowledgers(&mut read, id, unit).await?;
    drop(read);
    let mut action = Vec::new();
    let mut others = Vec::new();
    for receipt in picture.receipts.iter().filter(|it| it.parent_id == unit) {
        let Some(mut progress) = picture.progress(portal, receipt) else { continue };
        progress.acknowledged_by = receipt.acknowledged_by.and_then(|it| names.get(&it).cloned());
        if receipt.is_counting { action.push(progress) } else { others.push(progress) }
    }
    for list in [&mut action, &mut others] {
        list.sort_by(|a, b| a.unit.code.cmp(&b.unit.code));
    }
    let reached = ReceiptStage::ALL
        .into_iter()
        .map(|stage| (stage, action.iter().filter(|it| it.stage >= stage).count()))
        .collect();
    let late = action.iter().filter(|it| it.is_late).count();
    let unit = picture.units.get(&unit).cloned().ok_or(PortalError::NotFound)?;
    Ok(Board { campaign: picture.campaign, unit, action, others, reached, late })
}

/// Reminds units that report to a node. Gives how many.
pub async fn remind(
    portal: &Portal,
    actor: &Actor,
    id: CampaignId,
    unit: UnitId,
    receipts: &[ReceiptId],
    message: &str,
) -> Result<usize, PortalError> {
    let board = board(portal, actor, id, unit).await?;
    require_collector(portal, actor, id, unit).await?;
    let message: String = message.trim().chars().take(2_000).collect();
    let now = portal.now();
    let mut write = portal.database.write().await?;
    let mut reminded = 0;
    for progress in board.action.iter().filter(|it| receipts.contains(&it.receipt.id)) {
        if progress.stage == ReceiptStage::Reported {
            continue;
        }
        let reminder = ReminderRecord {
            id: portal.new_id::<ReminderId>(),
            receipt_id: progress.receipt.id,
            sent_by: actor.user_id,
            sent_at: now,
            message: message.clone(),
        };
        directives::insert_reminder(&mut write, &reminder).await?;
        reminded += 1;
    }
    if reminded == 0 {
        return Err(Problem::new("receipts", "problem-nobody-to-remind").into());
    }
    let detail = json!({ "reminded": reminded });
    audit::record(portal, &mut write, Some(actor), Some(unit), "campaign.remind", id, detail)
        .await?;
    write.commit().await?;
    Ok(reminded)
}

/// A node of a campaign's reporting tree: the unit that runs it, or one that received it.
pub(crate) async fn require_node(
    portal: &Portal,
    actor: &Actor,
    id: CampaignId,
    unit: UnitId,
) -> Result<(), PortalError> {
    let campaign = find(portal, id).await?;
    if campaign.owner_id == unit {
        // What is being written is nobody else's business yet.
        if campaign.state == CampaignState::Draft
            && !access::allows(portal, actor, Action::RunCampaigns, unit).await?
        {
            return Err(PortalError::NotFound);
        }
        return access::require(portal, actor, Action::SeeProgress, unit).await;
    }
    // A campaign that did not reach the unit is none of theirs, whatever its id.
    receipts_of(portal, id, unit).await?;
    if access::allows(portal, actor, Action::SeeProgress, unit).await? {
        return Ok(());
    }
    // The focal unit collects by mandate from units that do not stand below it: it sees the
    // nodes that its campaign reached.
    let picture = Picture::of(portal, id).await?;
    let mut above = picture.tree.ancestors(unit).collect::<Vec<_>>();
    above.retain(|it| *it != unit);
    for node in above {
        if access::allows(portal, actor, Action::CollectReports, node).await? {
            return Ok(());
        }
    }
    Err(PortalError::Denied)
}

/// The right to collect from units that report to a node: remind, take note, ask for more.
pub(crate) async fn require_collector(
    portal: &Portal,
    actor: &Actor,
    id: CampaignId,
    unit: UnitId,
) -> Result<(), PortalError> {
    find(portal, id).await?;
    access::require(portal, actor, Action::CollectReports, unit).await
}

/// Whether units report to a node.
pub async fn has_below(portal: &Portal, id: CampaignId, unit: UnitId) -> Result<bool, PortalError> {
    let mut read = portal.database.read().await?;
    let receipts = directives::receipts(&mut read, id).await?;
    Ok(receipts.iter().any(|it| it.parent_id == unit))
}
