//! Programs of a unit: tokens they sign in with.

use std::collections::BTreeSet;
use std::time::Duration;

use ::campaigns::{Action, Grant, Role, TokenId, UnitId};
use jiff::SignedDuration;
use language::Language;
use serde_json::json;
use storage::tokens::{self, TokenRecord};

use crate::{Actor, Portal, PortalError, Problem, access, audit, secrets};

/// How long a token holds.
const LASTS: Duration = Duration::from_hours(24 * 365);
/// How often the last use of a token is written down: often enough for people, and it spares a
/// write a request.
const TOUCH_EVERY: SignedDuration = SignedDuration::from_mins(10);

/// What a token may do for its unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Scope {
    /// Fetch the indicator lists of the unit's campaigns and send what was seen.
    SendSightings,
    /// Read what an auditor of the unit may: progress, reports, cases, sightings; no log line.
    Read,
}

impl Scope {
    /// Every scope.
    pub const ALL: [Self; 2] = [Self::SendSightings, Self::Read];

    /// The code kept in the database and shown in the API.
    pub fn code(self) -> &'static str {
        match self {
            Self::SendSightings => "sightings:write",
            Self::Read => "read",
        }
    }
}

/// The scopes of a token; words that this version does not know allow nothing.
pub fn scopes_of(token: &TokenRecord) -> BTreeSet<Scope> {
    let words: Vec<&str> = token.scope.split_whitespace().collect();
    Scope::ALL.into_iter().filter(|it| words.contains(&it.code())).collect()
}

/// A program as one who reads: an auditor of its unit, who changes nothing and reads no log line.
/// The caller has checked the scope.
pub fn reader(token: &TokenRecord) -> Actor {
    let grant = Grant { user: token.created_by, unit: token.unit_id, role: Role::Auditor };
    Actor {
        user_id: token.created_by,
        login: String::new(),
        name: token.label.clone(),
        position: String::new(),
        language: Language::Vi,
        grants: vec![grant],
    }
}

/// Who sends something to the API.
#[derive(Clone, Debug)]
pub enum Sender {
    /// A signed-in person.
    Person(Actor),
    /// A program of a unit.
    Program(TokenRecord),
}

/// Makes a token with which a unit's programs send what they saw. The secret is given once.
pub async fn create(
    portal: &Portal,
    actor: &Actor,
    unit: UnitId,
    label: &str,
) -> Result<String, PortalError> {
    create_with(portal, actor, unit, label, &BTreeSet::from([Scope::SendSightings])).await
}

/// Makes a token with these scopes. The secret is given once.
pub async fn create_with(
    portal: &Portal,
    actor: &Actor,
    unit: UnitId,
    label: &str,
    scopes: &BTreeSet<Scope>,
) -> Result<String, PortalError> {
    access::require(portal, actor, Action::ManageTokens, unit).await?;
    if scopes.contains(&Scope::Read) {
        // Nobody gives a program more than they have themselves.
        access::require(portal, actor, Action::SeeCases, unit).await?;
    }
    if scopes.is_empty() {
        return Err(Problem::new("scopes", "problem-token-scopes").into());
    }
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
        scope: scopes.iter().map(|it| it.code()).collect::<Vec<_>>().join(" "),
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

/// The token behind a secret, if it holds.
///
/// # Errors
/// [`PortalError::SignedOut`] when it does not: unknown, taken back or expired.
pub async fn sign_in(portal: &Portal, secret: &str) -> Result<TokenRecord, PortalError> {
    let now = portal.now();
    let mut read = portal.database.read().await?;
    let token = tokens::find(&mut read, &secrets::token_hash(secret)).await?;
    let token = token
        .filter(|it| it.revoked_at.is_none() && now < it.expires_at)
        .ok_or(PortalError::SignedOut)?;
    // A person who was locked reaches nothing by the tokens they made either.
    let maker = storage::users::find(&mut read, token.created_by).await?;
    drop(read);
    if !maker.is_some_and(|it| it.is_active) {
        return Err(PortalError::SignedOut);
    }
    if token.used_at.is_none_or(|used_at| now.duration_since(used_at) >= TOUCH_EVERY) {
        let mut write = portal.database.write().await?;
        tokens::touch(&mut write, token.id, now).await?;
        write.commit().await?;
    }
    Ok(token)
}
