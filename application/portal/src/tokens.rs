//! Programs of a unit: tokens they sign in with.

use std::time::Duration;

use ::campaigns::{Action, TokenId, UnitId};
use serde_json::json;
use storage::tokens::{self, TokenRecord};

use crate::{Actor, Portal, PortalError, Problem, access, audit, secrets};

/// What a token of a unit's programs may do: send what they saw.
pub const SEND_SIGHTINGS: &str = "sightings:write";

/// How long a token holds.
const LASTS: Duration = Duration::from_hours(24 * 365);

/// Who sends something to the API.
#[derive(Clone, Debug)]
pub enum Sender {
    /// A signed-in person.
    Person(Actor),
    /// A program of a unit.
    Program(TokenRecord),
}

/// Makes a token for a unit's programs. The secret is given once.
pub async fn create(
    portal: &Portal,
    actor: &Actor,
    unit: UnitId,
    label: &str,
) -> Result<String, PortalError> {
    access::require(portal, actor, Action::ManageTokens, unit).await?;
    let label = label.split_whitespace().collect::<Vec<_>>().join(" ");
    if label.is_empty() || label.chars().count() > 100 {
        return Err(Problem::new("label", "problem-token-label").into());
    }
    let token = secrets::new_token("lmst_")?;
    let now = portal.now();
    let record = TokenRecord {
        id: portal.new_id::<TokenId>(),
        token_hash: token.hash,
        unit_id: unit,
        label,
        scope: SEND_SIGHTINGS.to_owned(),
        created_by: actor.user_id,
        created_at: now,
        expires_at: now + LASTS,
        used_at: None,
        revoked_at: None,
    };
    let mut write = portal.database.write().await?;
    tokens::insert(&mut write, &record).await?;
    audit::record(
        portal,
        &mut write,
        Some(actor),
        Some(unit),
        "token.create",
        record.id,
        json!({}),
    )
    .await?;
    write.commit().await?;
    Ok(token.secret)
}

/// Tokens of a unit, newest first.
pub async fn list(
    portal: &Portal,
    actor: &Actor,
    unit: UnitId,
) -> Result<Vec<TokenRecord>, PortalError> {
    access::require(portal, actor, Action::ManageTokens, unit).await?;
    let mut read = portal.database.read().await?;
    Ok(tokens::of_unit(&mut read, unit).await?)
}

/// Takes a token back.
pub async fn revoke(
    portal: &Portal,
    actor: &Actor,
    unit: UnitId,
    id: TokenId,
) -> Result<(), PortalError> {
    access::require(portal, actor, Action::ManageTokens, unit).await?;
    let mut write = portal.database.write().await?;
    tokens::revoke(&mut write, unit, id, portal.now()).await?;
    audit::record(portal, &mut write, Some(actor), Some(unit), "token.revoke", id, json!({}))
        .await?;
    Ok(write.commit().await?)
}

/// The token behind a secret, if it holds and may do this.
///
/// # Errors
/// [`PortalError::SignedOut`] when it does not hold; [`PortalError::Denied`] when it may not.
pub async fn sign_in(
    portal: &Portal,
    secret: &str,
    scope: &str,
) -> Result<TokenRecord, PortalError> {
    let now = portal.now();
    let mut read = portal.database.read().await?;
    let token = tokens::find(&mut read, &secrets::token_hash(secret)).await?;
    drop(read);
    let token = token
        .filter(|it| it.revoked_at.is_none() && now < it.expires_at)
        .ok_or(PortalError::SignedOut)?;
    if token.scope != scope {
        return Err(PortalError::Denied);
    }
    let mut write = portal.database.write().await?;
    tokens::touch(&mut write, token.id, now).await?;
    write.commit().await?;
    Ok(token)
}
