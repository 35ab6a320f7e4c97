//! People of the units: invitations, roles, locking, passwords.
//!
//! Who may give what to whom: docs/decisions, "delegated administration".

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use ::campaigns::{Action, Role, UnitId, UserId, may};
use jiff::Timestamp;
use language::{Language, search_key};
use serde::{Deserialize, Serialize};
use serde_json::json;
use storage::units::{self, MembershipRecord, UnitRecord};
use storage::users::{self, GrantRecord, InvitationRecord, UserRecord};
use storage::{StorageError, Write};

use crate::accounts::{account_problems, password_problem};
use crate::sign_in::{NewSession, actor_with, begin_session, normal_login};
use crate::tree_change::{holds, reach, reach_above};
use crate::{Actor, Portal, PortalError, Problem, access, audit, secrets};

/// How long an invitation holds.
const INVITATION_LASTS: Duration = Duration::from_hours(24 * 14);
/// People a page shows.
pub const PEOPLE_A_PAGE: usize = 50;
/// First character of the login of a person who has not accepted yet; no login begins with it.
const PENDING: char = '~';

/// How far an account is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PersonState {
    /// Invited, not there yet.
    Pending,
    /// Can sign in.
    Active,
    /// May not sign in.
    Locked,
}

impl PersonState {
    /// The code in message keys (`person-state-…`).
    pub fn code(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Active => "active",
            Self::Locked => "locked",
        }
    }
}

/// A person with their roles in somebody's own units.
#[derive(Clone, Debug)]
pub struct Person {
    /// Id.
    pub id: UserId,
    /// Login; empty until the invitation is accepted.
    pub login: String,
    /// Name.
    pub name: String,
    /// Post.
    pub position: String,
    /// How far the account is.
    pub state: PersonState,
    /// Last sign-in.
    pub signed_in_at: Option<Timestamp>,
    /// Roles over the units asked for.
    pub roles: Vec<(UnitRecord, Role)>,
    /// Whether the account is at home in the own units of the person who asks: only then may they
    /// lock it or make a new invitation for it.
    pub is_own: bool,
    /// Whether they also have a role over a unit outside the own units of the person who asks.
    pub has_roles_elsewhere: bool,
}

/// A page of people.
#[derive(Clone, Debug)]
pub struct PeoplePage {
    /// People, by name.
    pub people: Vec<Person>,
    /// How many there are on all pages.
    pub total: usize,
    /// This page, from 1.
    pub page: usize,
    /// The last page.
    pub pages: usize,
}

/// An invitation as it is handed over: shown once, printed, and kept nowhere.
#[derive(Clone, Debug)]
pub struct Invitation {
    /// The code to type, in groups of five.
    pub code: String,
    /// For whom.
    pub name: String,
    /// Their login, when the account is there already.
    pub login: Option<String>,
    /// Roles it brings.
    pub roles: Vec<(UnitRecord, Role)>,
    /// Until when.
    pub expires_at: Timestamp,
}

/// The people with a role over a unit or one below it.
pub async fn list(
    portal: &Portal,
    actor: &Actor,
    unit: UnitId,
    typed: &str,
    page: usize,
) -> Result<PeoplePage, PortalError> {
    access::require(portal, actor, Action::ManageUsers, unit).await?;
    let today = portal.today();
    let mut read = portal.database.read().await?;
    let memberships = units::memberships(&mut read).await?;
    let below = units::unit_and_descendants(&mut read, unit, today).await?;
    let own = reach(&actor.grants, Action::ManageUsers, &memberships, today);
    let records: BTreeMap<UnitId, UnitRecord> =
        units::list(&mut read).await?.into_iter().map(|unit| (unit.id, unit)).collect();
    let granted = users::list_granted(&mut read).await?;
    drop(read);
    let mut people: BTreeMap<UserId, Person> = BTreeMap::new();
    let mut outside: BTreeSet<UserId> = BTreeSet::new();
    let mut homes: BTreeMap<UserId, Option<UnitId>> = BTreeMap::new();
    for (user, unit_id, role) in granted {
        if !own.contains(&unit_id) {
            outside.insert(user.id);
        }
        homes.insert(user.id, standing(user.home_unit_id, &memberships, today));
        if !below.contains(&unit_id) {
            continue;
        }
        let Some(unit) = records.get(&unit_id) else { continue };
        let id = user.id;
        let person = people.entry(id).or_insert_with(|| person(user));
        person.roles.push((unit.clone(), role));
    }
    let key = search_key(typed);
    let fits = |it: &Person| {
        let texts = [&it.name, &it.login, &it.position].map(|it| search_key(it));
        key.split(' ').all(|word| texts.iter().any(|text| text.contains(word)))
    };
    let mut found: Vec<Person> = people.into_values().filter(fits).collect();
    for person in &mut found {
        person.has_roles_elsewhere = outside.contains(&person.id);
        person.is_own = match homes.get(&person.id).copied().flatten() {
            Some(home) => own.contains(&home),
            None => !person.has_roles_elsewhere,
        };
    }
    found.sort_by_cached_key(|it| (search_key(&it.name), it.id));
    let (total, pages) = (found.len(), found.len().div_ceil(PEOPLE_A_PAGE).max(1));
    let page = page.clamp(1, pages);
    let people = found.into_iter().skip((page - 1) * PEOPLE_A_PAGE).take(PEOPLE_A_PAGE).collect();
    Ok(PeoplePage { people, total, page, pages })
}

fn person(user: UserRecord) -> Person {
    let is_pending = user.login.starts_with(PENDING);
    let state = match (user.is_active, is_pending) {
        (false, _) => PersonState::Locked,
        (true, true) => PersonState::Pending,
        (true, false) => PersonState::Active,
    };
    Person {
        id: user.id,
        login: if is_pending { String::new() } else { user.login },
        name: user.name,
        position: user.position,
        state,
        signed_in_at: user.signed_in_at,
        roles: Vec::new(),
        is_own: false,
        has_roles_elsewhere: false,
    }
}

/// The unit whose administrators decide about an account; `None` when it stands nowhere any more,
/// or never did: then those decide who administer every unit over which its person has a role.
fn standing(
    home: Option<UnitId>,
    memberships: &[MembershipRecord],
    today: jiff::civil::Date,
) -> Option<UnitId> {
    home.filter(|home| memberships.iter().any(|it| it.unit_id == *home && holds(it, today)))
}

/// Whom to invite, and as what.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct InviteForm {
    /// Name.
    pub name: String,
    /// Post.
    pub position: String,
    /// Code of the role.
    pub role: String,
}

/// Makes an account that waits for its person, with a role over a unit.
pub async fn invite(
    portal: &Portal,
    actor: &Actor,
    unit: UnitId,
    form: &InviteForm,
) -> Result<Invitation, PortalError> {
    access::require(portal, actor, Action::ManageUsers, unit).await?;
    let (name, position, mut problems) = name_and_position(&form.name, &form.position);
    let role = form.role.parse::<Role>();
    let (Ok(role), true) = (role, problems.is_empty()) else {
        if role.is_err() {
            problems.push(Problem::new("role", "problem-role"));
        }
        return Err(PortalError::Invalid(problems));
    };
    let now = portal.now();
    let id = portal.new_id::<UserId>();
    let user = UserRecord {
        id,
        login: format!("{PENDING}{id}"),
        name,
        position,
        password_hash: None,
        language: Language::Vi.tag().to_owned(),
        is_active: true,
        created_at: now,
        signed_in_at: None,
        home_unit_id: Some(unit),
    };
    let (mut write, _) = begin_change(portal, actor, unit).await?;
    users::insert(&mut write, &user).await?;
    users::grant(&mut write, GrantRecord { user_id: id, unit_id: unit, role }, now).await?;
    let invitation = new_invitation(&mut write, portal, actor, &user).await?;
    let detail = json!({ "role": role });
    audit::record(portal, &mut write, Some(actor), Some(unit), "person.invite", id, detail).await?;
    write.commit().await?;
    Ok(invitation)
}

/// A new invitation for a person who lost theirs, or their password. Earlier ones end; the old
/// password holds until the new one is chosen.
///
/// Roles over units that the actor does not administer end: whoever holds the invitation could
/// otherwise use them. The units that gave them can give them again.
pub async fn invite_again(
    portal: &Portal,
    actor: &Actor,
    unit: UnitId,
    id: UserId,
) -> Result<Invitation, PortalError> {
    let (mut write, now_actor) = begin_change(portal, actor, unit).await?;
    let own = own_person(&mut write, portal, &now_actor, unit, id).await?;
    if !own.user.is_active {
        return Err(Problem::new("", "problem-person-locked").into());
    }
    for record in &own.elsewhere {
        users::revoke(&mut write, *record).await?;
        if own.administered.contains(&record.unit_id) {
            require_administrator(&mut write, portal, &[record.unit_id]).await?;
        }
    }
    let invitation = new_invitation(&mut write, portal, actor, &own.user).await?;
    for record in own.elsewhere {
        let (at, detail) = (Some(record.unit_id), json!({ "role": record.role }));
        audit::record(portal, &mut write, Some(actor), at, "person.revoke", id, detail).await?;
    }
    let detail = json!({});
    audit::record(portal, &mut write, Some(actor), Some(unit), "person.invite-again", id, detail)
        .await?;
    write.commit().await?;
    Ok(invitation)
}

async fn new_invitation(
    write: &mut Write,
    portal: &Portal,
    actor: &Actor,
    user: &UserRecord,
) -> Result<Invitation, PortalError> {
    let token = secrets::new_code()?;
    let now = portal.now();
    let expires_at = now + INVITATION_LASTS;
    users::delete_open_invitations(write, user.id).await?;
    let record = InvitationRecord {
        token_hash: token.hash,
        user_id: user.id,
        created_by: Some(actor.user_id),
        created_at: now,
        expires_at,
        used_at: None,
    };
    users::insert_invitation(write, &record).await?;
    Ok(Invitation {
        code: token.secret,
        name: user.name.clone(),
        login: (!user.login.starts_with(PENDING)).then(|| user.login.clone()),
        roles: roles_of(write, user.id).await?,
        expires_at,
    })
}

async fn roles_of(write: &mut Write, id: UserId) -> Result<Vec<(UnitRecord, Role)>, PortalError> {
    let mut roles = Vec::new();
    for grant in users::grants_of(write, id).await? {
        if let Some(unit) = units::find(write, grant.unit_id).await? {
            roles.push((unit, grant.role));
        }
    }
    Ok(roles)
}

/// Gives a person who has an account a role over a unit; invitations still open to set a new
/// password end.
pub async fn grant(
    portal: &Portal,
    actor: &Actor,
    unit: UnitId,
    login: &str,
    role: &str,
) -> Result<(), PortalError> {
    access::require(portal, actor, Action::ManageUsers, unit).await?;
    let role: Role = role.parse().map_err(|_| Problem::new("role", "problem-role"))?;
    let login = normal_login(login);
    let (mut write, _) = begin_change(portal, actor, unit).await?;
    let user = users::find_by_login(&mut write, &login).await?;
    let user = user.filter(|it| !it.login.starts_with(PENDING));
    let user = user.ok_or_else(|| Problem::new("login", "problem-no-such-login"))?;
    if user.id == actor.user_id {
        return Err(Problem::new("login", "problem-own-role").into());
    }
    let record = GrantRecord { user_id: user.id, unit_id: unit, role };
    users::grant(&mut write, record, portal.now()).await?;
    // Whoever made an invitation before must not gain this role by it.
    users::delete_open_invitations(&mut write, user.id).await?;
    settle_home(&mut write, portal, user.id).await?;
    let detail = json!({ "role": role });
    audit::record(portal, &mut write, Some(actor), Some(unit), "person.grant", user.id, detail)
        .await?;
    Ok(write.commit().await?)
}

/// Takes a role over a unit away. An account that has no role left where it is at home is from
/// then on at home where its oldest role is.
///
/// # Errors
/// [`PortalError::Invalid`] when the unit would be left without an administrator.
pub async fn revoke(
    portal: &Portal,
    actor: &Actor,
    unit: UnitId,
    id: UserId,
    role: Role,
) -> Result<(), PortalError> {
    let (mut write, _) = begin_change(portal, actor, unit).await?;
    let record = GrantRecord { user_id: id, unit_id: unit, role };
    if !users::grants_of(&mut write, id).await?.contains(&record) {
        return Err(PortalError::NotFound);
    }
    users::revoke(&mut write, record).await?;
    require_administrator(&mut write, portal, &[unit]).await?;
    settle_home(&mut write, portal, id).await?;
    let detail = json!({ "role": role });
    audit::record(portal, &mut write, Some(actor), Some(unit), "person.revoke", id, detail).await?;
    Ok(write.commit().await?)
}

/// Locks an account, which signs its person out everywhere, or unlocks it.
///
/// # Errors
/// [`PortalError::Invalid`] when a unit would be left without an administrator.
pub async fn set_locked(
    portal: &Portal,
    actor: &Actor,
    unit: UnitId,
    id: UserId,
    is_locked: bool,
) -> Result<(), PortalError> {
    let (mut write, now_actor) = begin_change(portal, actor, unit).await?;
    let own = own_person(&mut write, portal, &now_actor, unit, id).await?;
    users::set_active(&mut write, id, !is_locked).await?;
    if is_locked {
        users::delete_sessions_of(&mut write, id).await?;
        users::delete_open_invitations(&mut write, id).await?;
        require_administrator(&mut write, portal, &own.administered).await?;
    }
    let action = if is_locked { "person.lock" } else { "person.unlock" };
    audit::record(portal, &mut write, Some(actor), Some(unit), action, id, json!({})).await?;
    Ok(write.commit().await?)
}

/// Begins a change of who may do what in a unit. Such changes come one after the other, and each
/// is judged by the roles that the actor has by then: of two administrators who take each other's
/// role at the same moment, one comes second and has none any more. Gives the actor as of now.
async fn begin_change(
    portal: &Portal,
    actor: &Actor,
    unit: UnitId,
) -> Result<(Write, Actor), PortalError> {
    // Who may not do it does not make others wait.
    access::require(portal, actor, Action::ManageUsers, unit).await?;
    let mut write = portal.database.write().await?;
    users::hold_roles(&mut write).await?;
    let user = users::find(&mut write, actor.user_id).await?.filter(|it| it.is_active);
    let user = user.ok_or(PortalError::SignedOut)?;
    let grants = users::grants_of(&mut write, user.id).await?;
    let actor = actor_with(user, grants);
    let above = units::unit_and_ancestors(&mut write, unit, portal.today()).await?;
    may(&actor.grants, Action::ManageUsers, unit, &above).map_err(|_| PortalError::Denied)?;
    Ok((write, actor))
}

/// An account about which the actor may decide.
struct OwnPerson {
    user: UserRecord,
    /// Units of which it is one of the administrators that count, see [`require_administrator`].
    administered: Vec<UnitId>,
    /// Roles that others gave, over units that the actor does not administer.
    elsewhere: Vec<GrantRecord>,
}

/// A person whose account is at home in a unit that the actor administers. Roles that other units
/// gave do not change whose account it is; who gives a role to somebody else's person does not get
/// hold of the account.
async fn own_person(
    write: &mut Write,
    portal: &Portal,
    actor: &Actor,
    unit: UnitId,
    id: UserId,
) -> Result<OwnPerson, PortalError> {
    let user = users::find(write, id).await?.ok_or(PortalError::NotFound)?;
    let grants = users::grants_of(write, id).await?;
    let today = portal.today();
    let below = units::unit_and_descendants(write, unit, today).await?;
    if !grants.iter().any(|grant| below.contains(&grant.unit_id)) {
        return Err(PortalError::NotFound);
    }
    let memberships = units::memberships(write).await?;
    let own = reach(&actor.grants, Action::ManageUsers, &memberships, today);
    let home = standing(user.home_unit_id, &memberships, today);
    let above_home = home.map(|it| reach_above(it, &memberships, today));
    let is_counted = |it: &&GrantRecord| {
        it.role == Role::Administrator
            && above_home.as_ref().is_none_or(|above| above.contains(&it.unit_id))
    };
    let administered = grants.iter().filter(is_counted).map(|it| it.unit_id).collect();
    let elsewhere: Vec<GrantRecord> =
        grants.into_iter().filter(|grant| !own.contains(&grant.unit_id)).collect();
    if home.map_or(elsewhere.is_empty(), |home| own.contains(&home)) {
        Ok(OwnPerson { user, administered, elsewhere })
    } else {
        Err(Problem::new("", "problem-person-elsewhere").into())
    }
}

/// Moves the home of an account that has no role left there to where its oldest role is.
async fn settle_home(write: &mut Write, portal: &Portal, id: UserId) -> Result<(), PortalError> {
    let Some(home) = users::find(write, id).await?.and_then(|it| it.home_unit_id) else {
        return Ok(());
    };
    let grants = users::grants_of(write, id).await?;
    let at_home = units::unit_and_descendants(write, home, portal.today()).await?;
    let above_home = units::unit_and_ancestors(write, home, portal.today()).await?;
    let is_of =
        |it: &GrantRecord| at_home.contains(&it.unit_id) || above_home.contains(&it.unit_id);
    match grants.first() {
        Some(oldest) if !grants.iter().any(is_of) => {
            Ok(users::set_home(write, id, oldest.unit_id).await?)
        }
        _ => Ok(()),
    }
}

/// Checks that somebody who can sign in administers each unit, at the unit or above it. A person
/// of other units does not count: their own administrators may lock them at any time.
async fn require_administrator(
    write: &mut Write,
    portal: &Portal,
    administered: &[UnitId],
) -> Result<(), PortalError> {
    if administered.is_empty() {
        return Ok(());
    }
    let today = portal.today();
    let memberships = units::memberships(write).await?;
    let granted = users::list_granted(write).await?;
    let counts = |user: &UserRecord, unit: UnitId| {
        let home = standing(user.home_unit_id, &memberships, today);
        user.is_active
            && user.password_hash.is_some()
            && home
                .is_none_or(|it| it == unit || reach_above(it, &memberships, today).contains(&unit))
    };
    for unit in administered {
        let above = reach_above(*unit, &memberships, today);
        let is_administered = granted.iter().any(|(user, at, role)| {
            *role == Role::Administrator && above.contains(at) && counts(user, *at)
        });
        if !is_administered {
            return Err(Problem::new("", "problem-last-administrator").into());
        }
    }
    Ok(())
}

/// What an invitation is for, shown to the person who holds it.
#[derive(Clone, Debug)]
pub struct Invited {
    /// Name the inviter typed.
    pub name: String,
    /// Login, when the account is there and only the password is new.
    pub login: Option<String>,
    /// Roles.
    pub roles: Vec<(UnitRecord, Role)>,
    /// Until when.
    pub expires_at: Timestamp,
}

/// What an invitation is for.
///
/// # Errors
/// [`PortalError::NotFound`] when it is unknown, used, expired or withdrawn.
pub async fn invited(portal: &Portal, code: &str) -> Result<Invited, PortalError> {
    let mut write = portal.database.write().await?;
    let (invitation, user) = open_invitation(&mut write, portal, code).await?;
    Ok(Invited {
        name: user.name.clone(),
        login: (!user.login.starts_with(PENDING)).then_some(user.login),
        roles: roles_of(&mut write, invitation.user_id).await?,
        expires_at: invitation.expires_at,
    })
}

async fn open_invitation(
    write: &mut Write,
    portal: &Portal,
    code: &str,
) -> Result<(InvitationRecord, UserRecord), PortalError> {
    let hash = secrets::code_hash(code);
    let invitation = users::find_invitation(write, &hash).await?;
    let invitation = invitation
        .filter(|it| it.used_at.is_none() && portal.now() < it.expires_at)
        .ok_or(PortalError::NotFound)?;
    let user = users::find(write, invitation.user_id).await?;
    let user = user.filter(|it| it.is_active).ok_or(PortalError::NotFound)?;
    Ok((invitation, user))
}

/// What an invited person chooses.
#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub struct AcceptForm {
    /// Name; only of a new account.
    pub name: String,
    /// Login; only of a new account.
    pub login: String,
    /// Password.
    pub password: String,
}

/// Accepts an invitation and signs its person in. A new password ends every other session.
///
/// # Errors
/// [`PortalError::NotFound`] as [`invited`]; [`PortalError::Invalid`] with every field that
/// cannot be taken, and the invitation stays open.
pub async fn accept(
    portal: &Portal,
    code: &str,
    form: AcceptForm,
) -> Result<NewSession, PortalError> {
    let mut write = portal.database.write().await?;
    let (_, user) = open_invitation(&mut write, portal, code).await?;
    drop(write);
    let is_new = user.login.starts_with(PENDING);
    let problems = if is_new {
        account_problems(&form.login, &form.name, &form.password)
    } else {
        password_problem(&user.login, &form.password).into_iter().collect()
    };
    if !problems.is_empty() {
        return Err(PortalError::Invalid(problems));
    }
    // Hashing takes a while: the database is not held meanwhile, and all is looked up again.
    let password_hash = secrets::hash_password(form.password).await?;
    let now = portal.now();
    let mut write = portal.database.write().await?;
    // What others change about the account meanwhile comes before or after, never in between.
    users::hold(&mut write, user.id).await?;
    let (invitation, mut user) = open_invitation(&mut write, portal, code).await?;
    if !users::use_invitation(&mut write, &invitation.token_hash, now).await? {
        return Err(PortalError::NotFound);
    }
    if user.login.starts_with(PENDING) {
        if !is_new {
            return Err(PortalError::Conflict);
        }
        user.login = normal_login(&form.login);
        user.name = one_line(&form.name);
        users::set_profile(&mut write, user.id, &user.name, &user.position, &user.language).await?;
        match users::set_login(&mut write, user.id, &user.login).await {
            Err(StorageError::Taken(_)) => {
                return Err(Problem::new("login", "problem-login-taken").into());
            }
            done => done?,
        }
    }
    users::set_password(&mut write, user.id, &password_hash).await?;
    users::set_signed_in(&mut write, user.id, now).await?;
    users::delete_sessions_of(&mut write, user.id).await?;
    users::clear_failures(&mut write, &user.login).await?;
    let session = begin_session(&mut write, &user, now).await?;
    let unit = users::grants_of(&mut write, user.id).await?.first().map(|grant| grant.unit_id);
    let actor = Actor {
        user_id: user.id,
        login: user.login,
        name: user.name,
        position: user.position,
        language: Language::from_tag(&user.language).unwrap_or_default(),
        grants: Vec::new(),
    };
    let action = if is_new { "person.accept" } else { "person.reset-password" };
    audit::record(portal, &mut write, Some(&actor), unit, action, actor.user_id, json!({})).await?;
    write.commit().await?;
    Ok(session)
}

/// Changes the own password. Every session ends, and a new one begins.
pub async fn change_password(
    portal: &Portal,
    actor: &Actor,
    current: String,
    new: String,
) -> Result<NewSession, PortalError> {
    let mut read = portal.database.read().await?;
    let user = users::find(&mut read, actor.user_id).await?.ok_or(PortalError::SignedOut)?;
    let now = portal.now();
    let failures = users::failures_of(&mut read, &user.login).await?;
    drop(read);
    crate::sign_in::check_wait(failures, now)?;
    if let Some(problem) = password_problem(&user.login, &new) {
        return Err(problem.into());
    }
    let verified = user.password_hash.clone();
    if !secrets::verify_password(current, user.password_hash).await? {
        let mut write = portal.database.write().await?;
        users::add_failure(&mut write, &user.login, now).await?;
        write.commit().await?;
        return Err(Problem::new("current", "problem-current-password").into());
    }
    let password_hash = secrets::hash_password(new).await?;
    let mut write = portal.database.write().await?;
    users::hold(&mut write, actor.user_id).await?;
    let user = users::find(&mut write, actor.user_id).await?.filter(|it| it.is_active);
    let user = user.ok_or(PortalError::SignedOut)?;
    if user.password_hash != verified {
        return Err(PortalError::Conflict);
    }
    users::set_password(&mut write, user.id, &password_hash).await?;
    users::clear_failures(&mut write, &user.login).await?;
    users::delete_sessions_of(&mut write, user.id).await?;
    users::delete_open_invitations(&mut write, user.id).await?;
    let session = begin_session(&mut write, &user, now).await?;
    audit::record(
        portal,
        &mut write,
        Some(actor),
        actor.home_unit(),
        "person.change-password",
        user.id,
        json!({}),
    )
    .await?;
    write.commit().await?;
    Ok(session)
}

/// What a person says about themself.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct ProfileForm {
    /// Name.
    pub name: String,
    /// Post.
    pub position: String,
    /// Tag of the language.
    pub language: String,
}

/// Changes the own name, post and language.
pub async fn change_profile(
    portal: &Portal,
    actor: &Actor,
    form: &ProfileForm,
) -> Result<Language, PortalError> {
    let (name, position, problems) = name_and_position(&form.name, &form.position);
    if !problems.is_empty() {
        return Err(PortalError::Invalid(problems));
    }
    let language = Language::from_tag(&form.language).unwrap_or(actor.language);
    let mut write = portal.database.write().await?;
    let (id, tag) = (actor.user_id, language.tag());
    users::set_profile(&mut write, id, &name, &position, tag).await?;
    let home = actor.home_unit();
    audit::record(portal, &mut write, Some(actor), home, "person.profile", id, json!({})).await?;
    write.commit().await?;
    Ok(language)
}

/// Name and post in one line each, and what is wrong with them.
fn name_and_position(name: &str, position: &str) -> (String, String, Vec<Problem>) {
    let (name, position) = (one_line(name), one_line(position));
    let mut problems = Vec::new();
    if name.is_empty() || name.chars().count() > 200 {
        problems.push(Problem::new("name", "problem-name"));
    }
    if position.chars().count() > 200 {
        problems.push(Problem::new("position", "problem-position"));
    }
    (name, position, problems)
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
