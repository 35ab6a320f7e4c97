//! Where one is inside a campaign, and where else one can go.

use campaigns::{Action, CampaignId, UnitId};
use portal::PortalError;
use portal::{Actor, Portal, access, letters, progress, reports};

/// The sections of one campaign for one unit.
#[derive(Clone, Debug)]
pub(crate) struct CampaignNav {
    /// Title of the campaign.
    pub(crate) title: String,
    /// Name of the unit.
    pub(crate) unit_name: String,
    /// Sections this person can open.
    pub(crate) tabs: Vec<NavTab>,
    /// The board of the unit that collects from this one, for its people.
    pub(crate) up: Option<String>,
}

/// One section.
#[derive(Clone, Debug)]
pub(crate) struct NavTab {
    /// Where.
    pub(crate) path: String,
    /// Message key of its name.
    pub(crate) label: &'static str,
    /// Whether one is there.
    pub(crate) is_current: bool,
}

/// The sections a person can open, for a unit in a campaign.
pub(crate) async fn of(
    portal: &Portal,
    actor: &Actor,
    campaign: CampaignId,
    unit: UnitId,
    title: &str,
    unit_name: &str,
    current: &str,
) -> Result<CampaignNav, PortalError> {
    let allows = async |action, unit| access::allows(portal, actor, action, unit).await;
    let has_letter = letters::has_letter(portal, campaign, unit).await?;
    let owns = letters::owner_of(portal, campaign).await? == unit;
    let has_below = owns || progress::has_below(portal, campaign, unit).await?;
    let collector = letters::collector_of(portal, campaign, unit).await?;
    let collects = match collector {
        Some(collector) => allows(Action::CollectReports, collector).await?,
        None => false,
    };
    let sees_cases = has_letter && allows(Action::SeeCases, unit).await?;
    let sees_letter = has_letter && allows(Action::SeeLetter, unit).await?;
    let sees_report = has_letter
        && (collects || allows(Action::SeeReport, unit).await?)
        && reports::can_open(portal, campaign, unit).await?;
    let sees_below = has_below && (collects || allows(Action::SeeProgress, unit).await?);
    let edits = owns && allows(Action::RunCampaigns, unit).await?;
    let sections = [
        ("edit", "nav-edit", edits),
        ("letter", "nav-letter", sees_letter),
        ("logs", "nav-logs", sees_cases),
        ("scans", "nav-scans", sees_cases),
        ("cases", "nav-cases", sees_cases),
        ("report", "nav-report", sees_report),
        ("board", "nav-board", sees_below),
        ("roll-up", "nav-roll-up", sees_below),
    ];
    let tabs = sections
        .into_iter()
        .filter(|(_, _, is_there)| *is_there)
        .map(|(section, label, _)| NavTab {
            path: format!("/campaigns/{campaign}/{section}/{unit}"),
            label,
            is_current: section == current,
        })
        .collect();
    let up = collector.filter(|_| collects).map(|it| format!("/campaigns/{campaign}/board/{it}"));
    Ok(CampaignNav { title: title.to_owned(), unit_name: unit_name.to_owned(), tabs, up })
}
