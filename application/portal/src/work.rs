//! What waits for a person in a unit: what their first page says before anything else.

use std::collections::BTreeSet;

use ::campaigns::{Action, CampaignId, CampaignState, UnitId};
use ::reports::{ReportState, ReportStep};
use storage::campaigns::CampaignRecord;
use storage::{campaigns, reports as report_store, units, users};

use crate::letters::Received;
use crate::{Actor, Portal, PortalError, access, cases, reports};

/// Something that waits for a person, in one campaign.
#[derive(Clone, Debug)]
pub struct Task {
    /// The campaign.
    pub campaign: CampaignId,
    /// Its title.
    pub title: String,
    /// What waits.
    pub waiting: Waiting,
}

/// What waits for a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Waiting {
    /// The focal unit asks for a supplement to the unit's report, in these words.
    Supplement {
        /// What is missing.
        comment: String,
    },
    /// The unit's report is whole, and its leader can approve it.
    Approval,
    /// The unit's report is approved, and can be sent.
    Submission,
    /// Devices of the unit that are to be cleaned, or to be looked at again.
    Cases {
        /// How many.
        devices: usize,
    },
    /// Reports of units below that nobody took note of yet.
    Notes {
        /// How many.
        reports: i64,
    },
}

impl Waiting {
    /// The code in message keys (`home-task-…`).
    pub fn code(&self) -> &'static str {
        match self {
            Self::Supplement { .. } => "supplement",
            Self::Approval => "approval",
            Self::Submission => "submission",
            Self::Cases { .. } => "cases",
            Self::Notes { .. } => "notes",
        }
    }
}

/// What waits for a person in a unit, in the campaigns that it received and that it runs; those
/// that are over have nothing left to do.
pub async fn of_unit(
    portal: &Portal,
    actor: &Actor,
    unit: UnitId,
    received: &[Received],
    runs: &[CampaignRecord],
) -> Result<Vec<Task>, PortalError> {
    let mut tasks = Vec::new();
    let is_running = |it: &&CampaignRecord| it.state == CampaignState::Launched;
    for it in received.iter().filter(|it| is_running(&&it.campaign)) {
        if let Some(waiting) = of_report(portal, actor, it, unit).await? {
            tasks.push(task(&it.campaign, waiting));
        }
    }
    if access::allows(portal, actor, Action::WorkCases, unit).await? {
        for it in received.iter().filter(|it| is_running(&&it.campaign)) {
            let devices = cases::count_to_clean(portal, actor, it.campaign.id, unit).await?;
            if devices > 0 {
                tasks.push(task(&it.campaign, Waiting::Cases { devices }));
            }
        }
    }
    if !access::allows(portal, actor, Action::CollectReports, unit).await? {
        return Ok(tasks);
    }
    let mut asked = BTreeSet::new();
    let campaigns = received.iter().map(|it| &it.campaign).chain(runs).filter(is_running);
    let mut read = portal.database.read().await?;
    for campaign in campaigns {
        if !asked.insert(campaign.id) {
            continue;
        }
        let reports = report_store::count_submitted_to(&mut read, campaign.id, unit).await?;
        if reports > 0 {
            tasks.push(task(campaign, Waiting::Notes { reports }));
        }
    }
    Ok(tasks)
}

fn task(campaign: &CampaignRecord, waiting: Waiting) -> Task {
    Task { campaign: campaign.id, title: campaign.title.clone(), waiting }
}

/// What the unit's own report waits for, as far as this person can do it.
async fn of_report(
    portal: &Portal,
    actor: &Actor,
    received: &Received,
    unit: UnitId,
) -> Result<Option<Waiting>, PortalError> {
    let (state, step) = match received.report {
        Some(state @ ReportState::SupplementAsked) => (state, ReportStep::Edit),
        Some(state @ ReportState::Draft) => (state, ReportStep::Approve),
        Some(state @ ReportState::Approved) => (state, ReportStep::Submit),
        _ => return Ok(None),
    };
    let action = match step {
        ReportStep::Approve => Action::ApproveReport,
        ReportStep::Submit => Action::SubmitReport,
        _ => Action::EditReport,
    };
    if !access::allows(portal, actor, action, unit).await? {
        return Ok(None);
    }
    let view = reports::read(portal, actor, received.campaign.id, unit).await?;
    if view.report.state != state || !view.steps.contains(&step) {
        return Ok(None);
    }
    Ok(match step {
        ReportStep::Approve => {
            let is_written = view.report.author_id.is_some() && view.problems.is_empty();
            is_written.then_some(Waiting::Approval)
        }
        ReportStep::Submit => Some(Waiting::Submission),
        _ => {
            let asked = ReportStep::AskSupplement.code();
            let last = view.events.iter().rev().find(|(it, _)| it.kind == asked);
            let comment = last.map(|(it, _)| it.comment.clone()).unwrap_or_default();
            Some(Waiting::Supplement { comment })
        }
    })
}

/// How far a new portal is, before its first campaign goes out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FirstSteps {
    /// Whether units stand below the first one.
    pub has_units: bool,
    /// Whether anybody but this person was invited.
    pub has_people: bool,
    /// The newest campaign that is being written.
    pub draft: Option<CampaignId>,
}

/// The way to the first campaign, for who administers the unit that nothing stands above; `None`
/// for everybody else, and once a campaign went out.
pub async fn first_steps(
    portal: &Portal,
    actor: &Actor,
    unit: UnitId,
) -> Result<Option<FirstSteps>, PortalError> {
    if !access::allows(portal, actor, Action::ManageUnits, unit).await? {
        return Ok(None);
    }
    let today = portal.today();
    let mut read = portal.database.read().await?;
    let all = campaigns::list(&mut read).await?;
    if all.iter().any(|it| it.state != CampaignState::Draft)
        || units::unit_and_ancestors(&mut read, unit, today).await?.len() > 1
    {
        return Ok(None);
    }
    let granted = users::list_granted(&mut read).await?;
    Ok(Some(FirstSteps {
        has_units: units::unit_and_descendants(&mut read, unit, today).await?.len() > 1,
        has_people: granted.iter().any(|(user, _, _)| user.id != actor.user_id),
        draft: all.iter().find(|it| it.owner_id == unit).map(|it| it.id),
    }))
}
