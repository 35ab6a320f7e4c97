//! Coming in and going out.

use std::time::Duration;

use ::campaigns::Grant;
use jiff::Timestamp;
use language::Language;
use storage::users::{self, GrantRecord, SessionRecord, UserRecord};

use crate::{Actor, Portal, PortalError, Problem, secrets};

/// How long a session lasts without a request.
pub(crate) const IDLE: Duration = Duration::from_hours(12);
/// How long a session lasts at the most.
const LONGEST: Duration = Duration::from_hours(24 * 7);
/// Failures after which each further try has to wait.
const FREE_FAILURES: i64 = 5;
/// The longest wait between tries.
const LONGEST_WAIT_SECONDS: i64 = 15 * 60;

/// A session that was just begun: the secret goes into the cookie and nowhere else.
pub struct NewSession {
    /// The cookie's value.
    pub secret: String,
    /// How long the browser keeps it.
    pub lasts: Duration,
}

/// Signs a person in by login and password.
///
/// # Errors
/// [`PortalError::Invalid`] with `problem-sign-in` whatever was wrong, so that nobody learns which
/// logins exist; [`PortalError::TooMany`] after several failures in a row.
pub async fn sign_in(
    portal: &Portal,
    login: &str,
    password: String,
) -> Result<NewSession, PortalError> {
    let login = normal_login(login);
    let now = portal.now();
    let refused = || Err(Problem::new("password", "problem-sign-in").into());
    if !is_login(&login) {
        // Nobody has such a login: nothing of it is kept, and it takes as long as any other.
        secrets::verify_password(password, None).await?;
        return refused();
    }
    // The try counts before it is judged, so that many at once cannot share one permission.
    let mut write = portal.database.write().await?;
    check_wait(users::failures_of(&mut write, &login).await?, now)?;
    users::add_failure(&mut write, &login, now).await?;
    let user = users::find_by_login(&mut write, &login).await?;
    write.commit().await?;
    let stored = user.as_ref().filter(|user| user.is_active).and_then(|u| u.password_hash.clone());
    let fits = secrets::verify_password(password, stored.clone()).await?;
    let Some(user) = user.filter(|_| fits) else { return refused() };
    let mut write = portal.database.write().await?;
    // Judging takes a while: an account locked, or a password changed, in the meantime stays so.
    let user = users::find(&mut write, user.id).await?;
    let Some(user) = user.filter(|it| it.is_active && it.password_hash == stored) else {
        return refused();
    };
    users::clear_failures(&mut write, &login).await?;
    users::set_signed_in(&mut write, user.id, now).await?;
    let session = begin_session(&mut write, &user, now).await?;
    write.commit().await?;
    Ok(session)
}

/// Whether another try at a password may be made now.
pub(crate) fn check_wait(
    failures: Option<(i64, Timestamp)>,
    now: Timestamp,
) -> Result<(), PortalError> {
    let Some((count, last)) = failures else { return Ok(()) };
    let wait_seconds = wait_after(count) - (now.as_second() - last.as_second());
    if wait_seconds > 0 { Err(PortalError::TooMany { wait_seconds }) } else { Ok(()) }
}

/// Begins a session for a person whose identity is already proven.
pub(crate) async fn begin_session(
    write: &mut storage::Write,
    user: &UserRecord,
    now: Timestamp,
) -> Result<NewSession, PortalError> {
    let token = secrets::new_token("lmss_")?;
    let session = SessionRecord {
        token_hash: token.hash,
        user_id: user.id,
        created_at: now,
        seen_at: now,
        expires_at: now + LONGEST,
    };
    users::insert_session(write, &session).await?;
    Ok(NewSession { secret: token.secret, lasts: LONGEST })
}

/// The person behind a cookie, with their grants of today.
///
/// # Errors
/// [`PortalError::SignedOut`] when the session is unknown, expired or idle for too long, or the
/// person was locked.
pub async fn actor_of(portal: &Portal, secret: &str) -> Result<Actor, PortalError> {
    let hash = secrets::token_hash(secret);
    let now = portal.now();
    let mut read = portal.database.read().await?;
    let session = users::find_session(&mut read, &hash).await?.ok_or(PortalError::SignedOut)?;
    if now >= session.expires_at || now >= session.seen_at + IDLE {
        return Err(PortalError::SignedOut);
    }
    let user = users::find(&mut read, session.user_id).await?.filter(|user| user.is_active);
    let user = user.ok_or(PortalError::SignedOut)?;
    let actor = actor(&mut read, user).await?;
    drop(read);
    // Once in ten minutes is enough for the idle limit, and spares a write a request.
    if now >= session.seen_at + Duration::from_mins(10) {
        let mut write = portal.database.write().await?;
        users::touch_session(&mut write, &hash, now).await?;
        write.commit().await?;
    }
    Ok(actor)
}

/// Ends the session behind a cookie.
pub async fn sign_out(portal: &Portal, secret: &str) -> Result<(), PortalError> {
    let mut write = portal.database.write().await?;
    users::delete_session(&mut write, &secrets::token_hash(secret)).await?;
    Ok(write.commit().await?)
}

/// Whether a text can be a login: 3 to 100 letters, digits and a few signs.
pub(crate) fn is_login(login: &str) -> bool {
    let is_allowed =
        |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | '@' | '+');
    (3..=100).contains(&login.len()) && login.chars().all(is_allowed)
}

/// Logins are compared without regard to case and surrounding spaces.
pub(crate) fn normal_login(login: &str) -> String {
    login.trim().to_lowercase()
}

pub(crate) async fn actor(db: &mut storage::Read, user: UserRecord) -> Result<Actor, PortalError> {
    let grants = users::grants_of(db, user.id).await?;
    Ok(actor_with(user, grants))
}

/// A person with these roles.
pub(crate) fn actor_with(user: UserRecord, grants: Vec<GrantRecord>) -> Actor {
    Actor {
        user_id: user.id,
        login: user.login,
        name: user.name,
        position: user.position,
        language: Language::from_tag(&user.language).unwrap_or_default(),
        grants: grants
            .into_iter()
            .map(|grant| Grant { user: grant.user_id, unit: grant.unit_id, role: grant.role })
            .collect(),
    }
}

/// Seconds to wait after this many failures in a row: none for the first few, then doubling.
fn wait_after(failures: i64) -> i64 {
    if failures < FREE_FAILURES {
        return 0;
    }
    let doublings = u32::try_from(failures - FREE_FAILURES).unwrap_or(u32::MAX).min(10);
    (5 * 2_i64.pow(doublings)).min(LONGEST_WAIT_SECONDS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wait_grows_and_is_bounded() {
        let check = |failures, expected| assert_eq!(wait_after(failures), expected);
        check(0, 0);
        check(4, 0);
        check(5, 5);
        check(6, 10);
        check(12, 640);
        check(13, 900);
        check(i64::MAX, 900);
    }
}
