//! The one place that answers "may this person do this to that unit?".

use std::collections::BTreeSet;

use ::campaigns::{Action, UnitId, may};
use storage::units;

use crate::{Actor, Portal, PortalError};

/// Checks a right over a unit: the person needs a fitting role on the unit or on any unit above
/// it, in any line, today.
///
/// # Errors
/// [`PortalError::Denied`] when they have none.
pub async fn require(
    portal: &Portal,
    actor: &Actor,
    action: Action,
    unit: UnitId,
) -> Result<(), PortalError> {
    if allows(portal, actor, action, unit).await? { Ok(()) } else { Err(PortalError::Denied) }
}

/// As [`require`], as a question: for showing or hiding what a person could do.
pub async fn allows(
    portal: &Portal,
    actor: &Actor,
    action: Action,
    unit: UnitId,
) -> Result<bool, PortalError> {
    let mut read = portal.database.read().await?;
    let above: BTreeSet<UnitId> =
        units::unit_and_ancestors(&mut read, unit, portal.today()).await?;
    Ok(may(&actor.grants, action, unit, &above).is_ok())
}
