//! Counting the measures of `docs/measures.md`.

use ::campaigns::{CampaignId, CaseState, UnitId, UnitKind};
use ::reports::{Measure, Measured};
use storage::{cases, directives, units};

use crate::{Portal, PortalError};

/// Every measure of a unit's own report: the unit itself, the units it sent the letter to that
/// report nowhere, and the organisations it listed as told.
pub(crate) async fn of_unit(
    portal: &Portal,
    campaign_id: CampaignId,
    unit: UnitId,
) -> Result<Measured, PortalError> {
    let mut measured: Measured = Measure::ALL.into_iter().map(|it| (it, 0)).collect();
    let mut add = |measure, count: i64| *measured.entry(measure).or_insert(0) += count;
    let mut read = portal.database.read().await?;
    let mut receipts = directives::receipts_of_unit(&mut read, unit).await?;
    receipts.retain(|it| it.campaign_id == campaign_id);
    receipts.extend(directives::receipts_without_report(&mut read, campaign_id, unit).await?);
    let mut scope: Vec<UnitId> = vec![unit];
    scope.extend(receipts.iter().map(|it| it.unit_id));
    scope.sort_unstable();
    scope.dedup();
    for id in scope {
        let mine = || receipts.iter().filter(|it| it.unit_id == id);
        let record = units::find(&mut read, id).await?;
        let is_enterprise = record
            .and_then(|it| it.kind.parse::<UnitKind>().ok())
            .is_some_and(UnitKind::is_enterprise);
        if mine().any(|it| it.acknowledged_at.is_some()) {
            add(Measure::UnitsInformed, 1);
        }
        if mine().any(|it| it.launched_at.is_some()) && !is_enterprise {
            add(Measure::UnitsLaunched, 1);
        }
        for (state, count) in cases::counts_of_unit(&mut read, campaign_id, id).await? {
            for measure in of_case(state) {
                add(measure, count);
            }
        }
        for (state, count) in cases::counts_of_seen(&mut read, campaign_id, id).await? {
            for measure in of_seen(state) {
                add(measure, count);
            }
        }
    }
    for organisation in directives::told(&mut read, campaign_id, unit).await? {
        add(Measure::UnitsInformed, 1);
        if organisation.has_launched && !organisation.is_enterprise {
            add(Measure::UnitsLaunched, 1);
        }
    }
    Ok(measured)
}

/// The measures in which a device counts by the state of its case.
fn of_case(state: CaseState) -> Vec<Measure> {
    let mut measures = Vec::new();
    if state.counts_as_infected() {
        measures.push(Measure::DevicesInfected);
    }
    if state.counts_as_verified() {
        measures.push(Measure::DevicesVerified);
    }
    if state == CaseState::DeclaredClean {
        measures.push(Measure::DevicesDeclared);
    }
    measures
}

/// The measures in which a device that contacted a published address counts as well; a case that a
/// scan opened has none.
fn of_seen(state: CaseState) -> Vec<Measure> {
    let mut measures = Vec::new();
    if state.counts_as_infected() {
        measures.push(Measure::DevicesSeen);
    }
    if state.counts_as_handled() {
        measures.push(Measure::DevicesSeenHandled);
    }
    measures
}
