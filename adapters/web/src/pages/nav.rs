//! Where one is inside a campaign, and where else one can go.

use campaigns::{CampaignId, UnitId};
use portal::PortalError;
use portal::{Actor, Portal, access, letters, progress};

/// The sections of one campaign for one unit.
#[derive(Clone, Debug)]
pub(crate) struct CampaignNav {
    /// Title of the campaign.
    pub(crate) title: String,
    /// Name of the unit.
    pub(crate) unit_name: String,
    /// Sections this person can open.
    pub(crate) tabs: Vec<NavTab>,
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
    let has_letter = letters::has_letter(portal, campaign, unit).await?;
    let has_below = progress::has_below(portal, campaign, unit).await?;
    let sees_cases =
        access::allows(portal, actor, campaigns::Action::SeeCases, unit).await? && has_letter;
    let owns = letters::owner_of(portal, campaign).await? == unit;
    let edits =
        owns && access::allows(portal, actor, campaigns::Action::RunCampaigns, unit).await?;
    let sections = [
        ("edit", "nav-edit", edits),
        ("letter", "nav-letter", has_letter),
        ("logs", "nav-logs", sees_cases),
        ("cases", "nav-cases", sees_cases),
        ("report", "nav-report", has_letter),
        ("board", "nav-board", has_below || owns),
        ("roll-up", "nav-roll-up", has_below || owns),
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
    Ok(CampaignNav { title: title.to_owned(), unit_name: unit_name.to_owned(), tabs })
}
