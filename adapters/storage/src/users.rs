//! People, their grants, their sessions and invitations.

use std::collections::BTreeMap;

use ::campaigns::{CampaignId, Role, UnitId, UserId};
use jiff::Timestamp;
use sqlx::{AnyConnection, any::AnyRow};

use crate::{StorageError, Write, columns::Columns};

/// A person who can sign in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserRecord {
    /// Id.
    pub id: UserId,
    /// What they type to sign in, lower case.
    pub login: String,
    /// Name shown beside what they did.
    pub name: String,
    /// Their post in the unit: `Phó Giám đốc`.
    pub position: String,
    /// Argon2id; `None` until an invitation was used.
    pub password_hash: Option<String>,
    /// `vi` or `en`.
    pub language: String,
    /// Whether they may sign in.
    pub is_active: bool,
    /// When the account was made.
    pub created_at: Timestamp,
    /// Last sign-in.
    pub signed_in_at: Option<Timestamp>,
    /// The unit whose administrators decide about the account.
    pub home_unit_id: Option<UnitId>,
}

/// A role over a unit and everything below it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GrantRecord {
    /// To whom.
    pub user_id: UserId,
    /// Over which unit.
    pub unit_id: UnitId,
    /// As what.
    pub role: Role,
}

/// A browser that is signed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionRecord {
    /// SHA-256 of the cookie's token, in hex.
    pub token_hash: String,
    /// Whose.
    pub user_id: UserId,
    /// Since when.
    pub created_at: Timestamp,
    /// Last request.
    pub seen_at: Timestamp,
    /// Until when at the latest.
    pub expires_at: Timestamp,
}

/// A one-time way in for a new person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvitationRecord {
    /// SHA-256 of the token, in hex.
    pub token_hash: String,
    /// For whom.
    pub user_id: UserId,
    /// By whom.
    pub created_by: Option<UserId>,
    /// Since when.
    pub created_at: Timestamp,
    /// Until when.
    pub expires_at: Timestamp,
    /// When it was used.
    pub used_at: Option<Timestamp>,
}

/// Adds a person; [`StorageError::Taken`] when the login exists.
pub async fn insert(db: &mut AnyConnection, user: &UserRecord) -> Result<(), StorageError> {
    sqlx::query(
        "INSERT INTO users
           (id, login, name, position, password_hash, language, is_active, created_at,
            signed_in_at, home_unit_id)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
    )
    .bind(user.id.to_string())
    .bind(&user.login)
    .bind(&user.name)
    .bind(&user.position)
    .bind(user.password_hash.as_deref())
    .bind(&user.language)
    .bind(i64::from(user.is_active))
    .bind(user.created_at.as_microsecond())
    .bind(user.signed_in_at.map(Timestamp::as_microsecond))
    .bind(user.home_unit_id.map(|id| id.to_string()))
    .execute(db)
    .await
    .map_err(StorageError::from_write)?;
    Ok(())
}

/// Keeps changes of who may do what one after the other until this transaction ends: a second
/// one waits here, and then reads what the first one left.
pub async fn hold_roles(write: &mut Write) -> Result<(), StorageError> {
    if !write.is_sqlite() {
        // SQLite's writers already wait for each other when they begin.
        sqlx::query("SELECT pg_advisory_xact_lock(7022)").execute(&mut **write).await?;
    }
    Ok(())
}

/// Keeps a person as they are until this transaction ends: a second writer waits here. `false`
/// when there is none.
pub async fn hold(db: &mut AnyConnection, id: UserId) -> Result<bool, StorageError> {
    let done = sqlx::query("UPDATE users SET is_active = is_active WHERE id = $1")
        .bind(id.to_string())
        .execute(db)
        .await?;
    Ok(done.rows_affected() == 1)
}

/// Changes what a person says about themself, and nothing else of them.
pub async fn set_profile(
    db: &mut AnyConnection,
    id: UserId,
    name: &str,
    position: &str,
    language: &str,
) -> Result<(), StorageError> {
    sqlx::query("UPDATE users SET name = $2, position = $3, language = $4 WHERE id = $1")
        .bind(id.to_string())
        .bind(name)
        .bind(position)
        .bind(language)
        .execute(db)
        .await?;
    Ok(())
}

/// Changes the password, and nothing else of a person.
pub async fn set_password(
    db: &mut AnyConnection,
    id: UserId,
    password_hash: &str,
) -> Result<(), StorageError> {
    sqlx::query("UPDATE users SET password_hash = $2 WHERE id = $1")
        .bind(id.to_string())
        .bind(password_hash)
        .execute(db)
        .await?;
    Ok(())
}

/// Locks or unlocks an account, and changes nothing else of it.
pub async fn set_active(
    db: &mut AnyConnection,
    id: UserId,
    is_active: bool,
) -> Result<(), StorageError> {
    sqlx::query("UPDATE users SET is_active = $2 WHERE id = $1")
        .bind(id.to_string())
        .bind(i64::from(is_active))
        .execute(db)
        .await?;
    Ok(())
}

/// Changes whose administrators decide about an account.
pub async fn set_home(
    db: &mut AnyConnection,
    id: UserId,
    unit_id: UnitId,
) -> Result<(), StorageError> {
    sqlx::query("UPDATE users SET home_unit_id = $2 WHERE id = $1")
        .bind(id.to_string())
        .bind(unit_id.to_string())
        .execute(db)
        .await?;
    Ok(())
}

/// Notes when a person signed in, and changes nothing else of them.
pub async fn set_signed_in(
    db: &mut AnyConnection,
    id: UserId,
    at: Timestamp,
) -> Result<(), StorageError> {
    sqlx::query("UPDATE users SET signed_in_at = $2 WHERE id = $1")
        .bind(id.to_string())
        .bind(at.as_microsecond())
        .execute(db)
        .await?;
    Ok(())
}

/// Whether anybody exists: an empty portal shows its first-run page.
pub async fn any_exists(db: &mut AnyConnection) -> Result<bool, StorageError> {
    Ok(sqlx::query("SELECT id FROM users LIMIT 1").fetch_optional(db).await?.is_some())
}

/// The person with this id.
pub async fn find(db: &mut AnyConnection, id: UserId) -> Result<Option<UserRecord>, StorageError> {
    let row = sqlx::query("SELECT * FROM users WHERE id = $1")
        .bind(id.to_string())
        .fetch_optional(db)
        .await?;
    row.as_ref().map(user).transpose()
}

/// Names of those who acknowledged a campaign's letter to units that report to `parent`.
pub async fn names_of_acknowledgers(
    db: &mut AnyConnection,
    campaign_id: CampaignId,
    parent: UnitId,
) -> Result<BTreeMap<UserId, String>, StorageError> {
    let rows = sqlx::query(
        "SELECT DISTINCT users.id, users.name FROM users
         JOIN receipts ON receipts.acknowledged_by = users.id
         WHERE receipts.campaign_id = $1 AND receipts.parent_id = $2",
    )
    .bind(campaign_id.to_string())
    .bind(parent.to_string())
    .fetch_all(db)
    .await?;
    rows.iter().map(|row| Ok((row.parsed("id")?, row.text("name")?))).collect()
}

/// The person with this login, in lower case.
pub async fn find_by_login(
    db: &mut AnyConnection,
    login: &str,
) -> Result<Option<UserRecord>, StorageError> {
    let row =
        sqlx::query("SELECT * FROM users WHERE login = $1").bind(login).fetch_optional(db).await?;
    row.as_ref().map(user).transpose()
}

/// People with a grant on exactly this unit, by name.
pub async fn list_of_unit(
    db: &mut AnyConnection,
    unit_id: UnitId,
) -> Result<Vec<(UserRecord, Role)>, StorageError> {
    let rows = sqlx::query(
        "SELECT users.*, grants.role AS granted_role FROM users
         JOIN grants ON grants.user_id = users.id
         WHERE grants.unit_id = $1 ORDER BY users.name, users.login",
    )
    .bind(unit_id.to_string())
    .fetch_all(db)
    .await?;
    rows.iter().map(|row| Ok((user(row)?, row.parsed("granted_role")?))).collect()
}

/// Every person with every role over every unit.
pub async fn list_granted(
    db: &mut AnyConnection,
) -> Result<Vec<(UserRecord, UnitId, Role)>, StorageError> {
    let rows = sqlx::query(
        "SELECT users.*, grants.unit_id AS granted_unit, grants.role AS granted_role
         FROM users JOIN grants ON grants.user_id = users.id
         ORDER BY users.id, grants.created_at, grants.role",
    )
    .fetch_all(db)
    .await?;
    let line =
        |row: &AnyRow| Ok((user(row)?, row.parsed("granted_unit")?, row.parsed("granted_role")?));
    rows.iter().map(line).collect()
}

/// Changes the login; [`StorageError::Taken`] when it exists.
pub async fn set_login(
    db: &mut AnyConnection,
    id: UserId,
    login: &str,
) -> Result<(), StorageError> {
    sqlx::query("UPDATE users SET login = $2 WHERE id = $1")
        .bind(id.to_string())
        .bind(login)
        .execute(db)
        .await
        .map_err(StorageError::from_write)?;
    Ok(())
}

/// Gives a role; giving it again changes nothing.
pub async fn grant(
    db: &mut AnyConnection,
    grant: GrantRecord,
    at: Timestamp,
) -> Result<(), StorageError> {
    sqlx::query(
        "INSERT INTO grants (user_id, unit_id, role, created_at) VALUES ($1, $2, $3, $4)
         ON CONFLICT (user_id, unit_id, role) DO NOTHING",
    )
    .bind(grant.user_id.to_string())
    .bind(grant.unit_id.to_string())
    .bind(grant.role.to_string())
    .bind(at.as_microsecond())
    .execute(db)
    .await?;
    Ok(())
}

/// Takes a role away.
pub async fn revoke(db: &mut AnyConnection, grant: GrantRecord) -> Result<(), StorageError> {
    sqlx::query("DELETE FROM grants WHERE user_id = $1 AND unit_id = $2 AND role = $3")
        .bind(grant.user_id.to_string())
        .bind(grant.unit_id.to_string())
        .bind(grant.role.to_string())
        .execute(db)
        .await?;
    Ok(())
}

/// All grants of a person.
pub async fn grants_of(
    db: &mut AnyConnection,
    user_id: UserId,
) -> Result<Vec<GrantRecord>, StorageError> {
    let rows = sqlx::query(
        "SELECT user_id, unit_id, role FROM grants WHERE user_id = $1 ORDER BY created_at, role",
    )
    .bind(user_id.to_string())
    .fetch_all(db)
    .await?;
    rows.iter()
        .map(|row| {
            Ok(GrantRecord {
                user_id: row.parsed("user_id")?,
                unit_id: row.parsed("unit_id")?,
                role: row.parsed("role")?,
            })
        })
        .collect()
}

/// Adds a session.
pub async fn insert_session(
    db: &mut AnyConnection,
    session: &SessionRecord,
) -> Result<(), StorageError> {
    sqlx::query(
        "INSERT INTO sessions (token_hash, user_id, created_at, seen_at, expires_at)
         VALUES ($1, $2, $3, $4, $5)",
    )
    .bind(&session.token_hash)
    .bind(session.user_id.to_string())
    .bind(session.created_at.as_microsecond())
    .bind(session.seen_at.as_microsecond())
    .bind(session.expires_at.as_microsecond())
    .execute(db)
    .await?;
    Ok(())
}

/// The session behind a token's hash, expired or not.
pub async fn find_session(
    db: &mut AnyConnection,
    token_hash: &str,
) -> Result<Option<SessionRecord>, StorageError> {
    let row = sqlx::query("SELECT * FROM sessions WHERE token_hash = $1")
        .bind(token_hash)
        .fetch_optional(db)
        .await?;
    row.map(|row| {
        Ok(SessionRecord {
            token_hash: row.text("token_hash")?,
            user_id: row.parsed("user_id")?,
            created_at: row.moment("created_at")?,
            seen_at: row.moment("seen_at")?,
            expires_at: row.moment("expires_at")?,
        })
    })
    .transpose()
}

/// Notes that a session was used.
pub async fn touch_session(
    db: &mut AnyConnection,
    token_hash: &str,
    at: Timestamp,
) -> Result<(), StorageError> {
    sqlx::query("UPDATE sessions SET seen_at = $2 WHERE token_hash = $1")
        .bind(token_hash)
        .bind(at.as_microsecond())
        .execute(db)
        .await?;
    Ok(())
}

/// Ends one session.
pub async fn delete_session(db: &mut AnyConnection, token_hash: &str) -> Result<(), StorageError> {
    sqlx::query("DELETE FROM sessions WHERE token_hash = $1").bind(token_hash).execute(db).await?;
    Ok(())
}

/// Ends every session of a person: after a change of password or a lock.
pub async fn delete_sessions_of(
    db: &mut AnyConnection,
    user_id: UserId,
) -> Result<(), StorageError> {
    sqlx::query("DELETE FROM sessions WHERE user_id = $1")
        .bind(user_id.to_string())
        .execute(db)
        .await?;
    Ok(())
}

/// Deletes sessions that ended, or were not used since `idle_since`; gives how many.
pub async fn delete_old_sessions(
    db: &mut AnyConnection,
    now: Timestamp,
    idle_since: Timestamp,
) -> Result<u64, StorageError> {
    let done = sqlx::query("DELETE FROM sessions WHERE expires_at <= $1 OR seen_at <= $2")
        .bind(now.as_microsecond())
        .bind(idle_since.as_microsecond())
        .execute(db)
        .await?;
    Ok(done.rows_affected())
}

/// Forgets failed sign-ins whose last one was before a moment; gives how many logins.
pub async fn delete_old_failures(
    db: &mut AnyConnection,
    before: Timestamp,
) -> Result<u64, StorageError> {
    let done = sqlx::query("DELETE FROM sign_in_failures WHERE last_at <= $1")
        .bind(before.as_microsecond())
        .execute(db)
        .await?;
    Ok(done.rows_affected())
}

/// Adds an invitation.
pub async fn insert_invitation(
    db: &mut AnyConnection,
    invitation: &InvitationRecord,
) -> Result<(), StorageError> {
    sqlx::query(
        "INSERT INTO invitations
           (token_hash, user_id, created_by, created_at, expires_at, used_at)
         VALUES ($1, $2, $3, $4, $5, $6)",
    )
    .bind(&invitation.token_hash)
    .bind(invitation.user_id.to_string())
    .bind(invitation.created_by.map(|id| id.to_string()))
    .bind(invitation.created_at.as_microsecond())
    .bind(invitation.expires_at.as_microsecond())
    .bind(invitation.used_at.map(Timestamp::as_microsecond))
    .execute(db)
    .await?;
    Ok(())
}

/// Ends every invitation of a person that was not used.
pub async fn delete_open_invitations(
    db: &mut AnyConnection,
    user_id: UserId,
) -> Result<(), StorageError> {
    sqlx::query("DELETE FROM invitations WHERE user_id = $1 AND used_at IS NULL")
        .bind(user_id.to_string())
        .execute(db)
        .await?;
    Ok(())
}

/// The invitation behind a token's hash, used or not.
pub async fn find_invitation(
    db: &mut AnyConnection,
    token_hash: &str,
) -> Result<Option<InvitationRecord>, StorageError> {
    let row = sqlx::query("SELECT * FROM invitations WHERE token_hash = $1")
        .bind(token_hash)
        .fetch_optional(db)
        .await?;
    row.map(|row| {
        Ok(InvitationRecord {
            token_hash: row.text("token_hash")?,
            user_id: row.parsed("user_id")?,
            created_by: row.parsed_opt("created_by")?,
            created_at: row.moment("created_at")?,
            expires_at: row.moment("expires_at")?,
            used_at: row.moment_opt("used_at")?,
        })
    })
    .transpose()
}

/// Marks an invitation used; `false` when it already was.
pub async fn use_invitation(
    db: &mut AnyConnection,
    token_hash: &str,
    at: Timestamp,
) -> Result<bool, StorageError> {
    let done = sqlx::query(
        "UPDATE invitations SET used_at = $2 WHERE token_hash = $1 AND used_at IS NULL",
    )
    .bind(token_hash)
    .bind(at.as_microsecond())
    .execute(db)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Failed sign-ins since the last good one, and when the last was.
pub async fn failures_of(
    db: &mut AnyConnection,
    login: &str,
) -> Result<Option<(i64, Timestamp)>, StorageError> {
    let row = sqlx::query("SELECT failures, last_at FROM sign_in_failures WHERE login = $1")
        .bind(login)
        .fetch_optional(db)
        .await?;
    row.map(|row| Ok((row.number("failures")?, row.moment("last_at")?))).transpose()
}

/// Counts a failed sign-in.
pub async fn add_failure(
    db: &mut AnyConnection,
    login: &str,
    at: Timestamp,
) -> Result<(), StorageError> {
    sqlx::query(
        "INSERT INTO sign_in_failures (login, failures, last_at) VALUES ($1, 1, $2)
         ON CONFLICT (login) DO UPDATE
         SET failures = sign_in_failures.failures + 1, last_at = excluded.last_at",
    )
    .bind(login)
    .bind(at.as_microsecond())
    .execute(db)
    .await?;
    Ok(())
}

/// Forgets failed sign-ins after a good one.
pub async fn clear_failures(db: &mut AnyConnection, login: &str) -> Result<(), StorageError> {
    sqlx::query("DELETE FROM sign_in_failures WHERE login = $1").bind(login).execute(db).await?;
    Ok(())
}

fn user(row: &AnyRow) -> Result<UserRecord, StorageError> {
    Ok(UserRecord {
        id: row.parsed("id")?,
        login: row.text("login")?,
        name: row.text("name")?,
        position: row.text("position")?,
        password_hash: row.text_opt("password_hash")?,
        language: row.text("language")?,
        is_active: row.flag("is_active")?,
        created_at: row.moment("created_at")?,
        signed_in_at: row.moment_opt("signed_in_at")?,
        home_unit_id: row.parsed_opt("home_unit_id")?,
    })
}
