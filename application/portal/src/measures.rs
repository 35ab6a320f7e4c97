//! Counting the measures of `docs/measures.md`.

use std::collections::BTreeSet;

use ::campaigns::{CampaignId, CaseState, UnitId, UnitKind};
use ::reports::{Measure, Measured};
use storage::directives;

use crate::progress::Picture;
use crate::{Portal, PortalError, cases};

/// Every measure of a unit's own report: the unit itself, the units that got the letter through it
/// and do not report for themselves, and the organisations it listed as told.
pub(crate) async fn of_unit(
    portal: &Portal,
    campaign_id: CampaignId,
    unit: UnitId,
) -> Result<Measured, PortalError> {
    let picture = Picture::of(portal, campaign_id).await?;
    let mut read = portal.database.read().await?;
    let told = directives::told(&mut read, campaign_id).await?;
    drop(read);
    // Units below owe reports of their own, so the unit counts alone.
    let scope = BTreeSet::from([unit]);
    let mut measured: Measured = Measure::ALL.into_iter().map(|it| (it, 0)).collect();
    let mut add = |measure, count: i64| *measured.entry(measure).or_insert(0) += count;
    for id in &scope {
        let receipts = || picture.receipts.iter().filter(|it| it.unit_id == *id);
        let is_enterprise = picture
            .units
            .get(id)
            .and_then(|it| it.kind.parse::<UnitKind>().ok())
            .is_some_and(UnitKind::is_enterprise);
        if receipts().any(|it| it.acknowledged_at.is_some()) {
            add(Measure::UnitsInformed, 1);
        }
        if receipts().any(|it| it.launched_at.is_some()) && !is_enterprise {
            add(Measure::UnitsLaunched, 1);
        }
    }
    for organisation in told.iter().filter(|it| scope.contains(&it.unit_id)) {
        add(Measure::UnitsInformed, 1);
        if organisation.has_launched && !organisation.is_enterprise {
            add(Measure::UnitsLaunched, 1);
        }
    }
    for (of, state, count) in cases::counts_of(portal, campaign_id).await? {
        if !scope.contains(&of) {
            continue;
        }
        if state.counts_as_infected() {
            // Today every case begins with a sighting; scans by the clean-up tool will open others.
            add(Measure::DevicesInfected, count);
            add(Measure::DevicesSeen, count);
        }
        if state.counts_as_handled() {
            add(Measure::DevicesSeenHandled, count);
        }
        if state.counts_as_verified() {
            add(Measure::DevicesVerified, count);
        }
        if state == CaseState::DeclaredClean {
            add(Measure::DevicesDeclared, count);
        }
    }
    Ok(measured)
}
