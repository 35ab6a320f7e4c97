//! People: invitations, roles within one's own units, locking, passwords, the log of deeds.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot be set up must fail")]
#![allow(clippy::large_futures, reason = "test bodies run once")]

use campaigns::{Role, UnitId};
use jiff::SignedDuration;
use portal::accounts::{self, FirstRun};
use portal::audit::{self, Chain};
use portal::people::{self, AcceptForm, InviteForm, Person, PersonState};
use portal::units::{self, UnitForm};
use portal::{Actor, Portal, PortalError, sign_in, tree_import};
use test_support::{TestPortal, on_both_portals};

const PASSWORD: &str = "mật khẩu rất dài";

struct Place {
    top: Actor,
    root: UnitId,
    commune: UnitId,
    school: UnitId,
}

/// `H59` with `H59.2` below it and `H59.2.1` below that, and the administrator of `H59`.
async fn place(portal: &Portal) -> Place {
    let given = FirstRun {
        unit_name: "Tỉnh Đông Lam".to_owned(),
        unit_code: "H59".to_owned(),
        name: "Người Quản Trị".to_owned(),
        login: "quan.tri".to_owned(),
        password: PASSWORD.to_owned(),
    };
    let session = accounts::first_run(portal, given).await.unwrap();
    let top = sign_in::actor_of(portal, &session.secret).await.unwrap();
    let root = top.home_unit().unwrap();
    let form = |code: &str| UnitForm {
        code: code.to_owned(),
        name: format!("Đơn vị {code}"),
        ..UnitForm::default()
    };
    let commune = units::add(portal, &top, root, &form("H59.2")).await.unwrap();
    let school = units::add(portal, &top, commune, &form("H59.2.1")).await.unwrap();
    Place { top, root, commune, school }
}

fn invite(name: &str, role: Role) -> InviteForm {
    InviteForm { name: name.to_owned(), role: role.to_string(), ..InviteForm::default() }
}

/// Invites somebody and accepts for them; the login is the name.
async fn join(portal: &Portal, by: &Actor, unit: UnitId, name: &str, role: Role) -> Actor {
    let invitation = people::invite(portal, by, unit, &invite(name, role)).await.unwrap();
    accept(portal, &invitation.code, name).await.unwrap()
}

async fn accept(portal: &Portal, code: &str, login: &str) -> Result<Actor, PortalError> {
    let form = AcceptForm {
        name: login.to_owned(),
        login: login.to_owned(),
        password: PASSWORD.to_owned(),
    };
    let session = people::accept(portal, code, form).await?;
    sign_in::actor_of(portal, &session.secret).await
}

fn message<T: std::fmt::Debug>(done: Result<T, PortalError>) -> &'static str {
    match done {
        Err(PortalError::Invalid(problems)) => problems.first().unwrap().message,
        other => panic!("{other:?}"),
    }
}

async fn person(portal: &Portal, actor: &Actor, unit: UnitId, login: &str) -> Person {
    let found = people::list(portal, actor, unit, login, 1).await.unwrap();
    found.people.into_iter().next().unwrap()
}

#[tokio::test]
async fn an_invitation_works_once_and_brings_its_role() {
    on_both_portals(async |test: &TestPortal| {
        let portal = &test.portal;
        let Place { top, commune, .. } = place(portal).await;
        let form = invite("Lê Văn Mẫu", Role::Officer);
        let invitation = people::invite(portal, &top, commune, &form).await.unwrap();
        let waiting = person(portal, &top, commune, "le van").await;
        assert_eq!((waiting.state, waiting.login.as_str()), (PersonState::Pending, ""));

        let invited = people::invited(portal, &invitation.code.to_lowercase()).await.unwrap();
        assert_eq!((invited.name.as_str(), invited.login), ("Lê Văn Mẫu", None));
        assert!(matches!(people::invited(portal, "").await, Err(PortalError::NotFound)));
        let short = AcceptForm { password: "ngắn".to_owned(), ..AcceptForm::default() };
        let refused = people::accept(portal, &invitation.code, short).await;
        assert!(matches!(refused.map(|_| ()), Err(PortalError::Invalid(it)) if it.len() == 3));
        assert_eq!(
            message(accept(portal, &invitation.code, "Quan.Tri").await),
            "problem-login-taken"
        );
        let actor = accept(portal, &invitation.code, "le.mau").await.unwrap();
        let grants: Vec<_> = actor.grants.iter().map(|it| (it.unit, it.role)).collect();
        assert_eq!(grants, [(commune, Role::Officer)]);
        let again = accept(portal, &invitation.code, "khac").await;
        assert!(matches!(again, Err(PortalError::NotFound)));
        assert!(sign_in::sign_in(portal, "LE.MAU", PASSWORD.to_owned()).await.is_ok());
    })
    .await;
}

#[tokio::test]
async fn invitations_expire_and_end_with_a_newer_one_or_a_lock() {
    let test = TestPortal::sqlite().await;
    let portal = &test.portal;
    let Place { top, commune, .. } = place(portal).await;
    let form = invite("a", Role::Officer);
    let first = people::invite(portal, &top, commune, &form).await.unwrap();
    let id = person(portal, &top, commune, "a").await.id;
    let second = people::invite_again(portal, &top, commune, id).await.unwrap();
    assert!(people::invited(portal, &first.code).await.is_err());
    assert!(people::invited(portal, &second.code).await.is_ok());
    test.clock.advance(SignedDuration::from_hours(24 * 14));
    assert!(people::invited(portal, &second.code).await.is_err());
    let third = people::invite_again(portal, &top, commune, id).await.unwrap();
    people::set_locked(portal, &top, commune, id, true).await.unwrap();
    assert!(people::invited(portal, &third.code).await.is_err());
    let again = people::invite_again(portal, &top, commune, id).await;
    assert_eq!(message(again), "problem-person-locked");
}

#[tokio::test]
async fn a_forgotten_password_is_reset_by_a_new_invitation() {
    let test = TestPortal::sqlite().await;
    let portal = &test.portal;
    let Place { top, commune, .. } = place(portal).await;
    join(portal, &top, commune, "can.bo", Role::Officer).await;
    let old = sign_in::sign_in(portal, "can.bo", PASSWORD.to_owned()).await.unwrap();
    let id = person(portal, &top, commune, "can.bo").await.id;
    let invitation = people::invite_again(portal, &top, commune, id).await.unwrap();
    assert_eq!(invitation.login.as_deref(), Some("can.bo"));
    let form = AcceptForm {
        login: "quan.tri".to_owned(),
        password: "một câu khác hẳn".to_owned(),
        ..AcceptForm::default()
    };
    let session = people::accept(portal, &invitation.code, form).await.unwrap();
    let actor = sign_in::actor_of(portal, &session.secret).await.unwrap();
    assert_eq!(actor.login, "can.bo", "the login stays");
    let ended = sign_in::actor_of(portal, &old.secret).await;
    assert!(matches!(ended, Err(PortalError::SignedOut)));
    assert!(sign_in::sign_in(portal, "can.bo", PASSWORD.to_owned()).await.is_err());
}

#[tokio::test]
async fn nobody_gives_or_takes_roles_outside_their_own_units() {
    let test = TestPortal::sqlite().await;
    let portal = &test.portal;
    let Place { top, root, commune, school } = place(portal).await;
    let own = join(portal, &top, commune, "xa.hai", Role::Administrator).await;
    for role in [Role::Coordinator, Role::Approver, Role::Officer, Role::Auditor] {
        let other = join(portal, &top, root, role.code(), role).await;
        let form = invite("x", Role::Officer);
        let denied = people::invite(portal, &other, school, &form).await;
        assert!(matches!(denied, Err(PortalError::Denied)), "{role}");
        let denied = people::list(portal, &other, school, "", 1).await;
        assert!(matches!(denied, Err(PortalError::Denied)), "{role}");
    }
    let form = invite("x", Role::Auditor);
    let denied = people::invite(portal, &own, root, &form).await;
    assert!(matches!(denied, Err(PortalError::Denied)));
    let denied = people::grant(portal, &own, root, "officer", "officer").await;
    assert!(matches!(denied, Err(PortalError::Denied)));
    let denied = people::revoke(portal, &own, root, top.user_id, Role::Administrator).await;
    assert!(matches!(denied, Err(PortalError::Denied)));
    assert!(people::invite(portal, &own, school, &invite("y", Role::Approver)).await.is_ok());
    let own_role = people::grant(portal, &own, commune, "xa.hai", "officer").await;
    assert_eq!(message(own_role), "problem-own-role");
    // The rows that are seen are those of the own units.
    let seen = people::list(portal, &own, commune, "", 1).await.unwrap();
    let logins: Vec<_> = seen.people.iter().map(|it| it.login.as_str()).collect();
    assert_eq!(logins, ["xa.hai", ""]);
}

#[tokio::test]
async fn an_account_with_a_role_elsewhere_cannot_be_taken_over() {
    let test = TestPortal::sqlite().await;
    let portal = &test.portal;
    let Place { top, root, commune, school } = place(portal).await;
    let own = join(portal, &top, commune, "xa.hai", Role::Administrator).await;
    join(portal, &top, root, "tinh", Role::Coordinator).await;
    // The commune gives the province's officer a role, to get at the account.
    people::grant(portal, &own, school, "tinh", "officer").await.unwrap();
    let target = person(portal, &own, commune, "tinh").await;
    assert!(!target.is_own);
    let reset = people::invite_again(portal, &own, commune, target.id).await;
    assert_eq!(message(reset), "problem-person-elsewhere");
    let lock = people::set_locked(portal, &own, commune, target.id, true).await;
    assert_eq!(message(lock), "problem-person-elsewhere");
    // Not by naming a unit of theirs for somebody who has no role there, either.
    let other = people::invite_again(portal, &own, commune, top.user_id).await;
    assert!(matches!(other, Err(PortalError::NotFound)));
    people::revoke(portal, &own, school, target.id, Role::Officer).await.unwrap();
    people::set_locked(portal, &top, root, target.id, true).await.unwrap();
    assert!(sign_in::sign_in(portal, "tinh", PASSWORD.to_owned()).await.is_err());
    people::set_locked(portal, &top, root, target.id, false).await.unwrap();
    assert!(sign_in::sign_in(portal, "tinh", PASSWORD.to_owned()).await.is_ok());
}

/// A second authority, which stands below nobody, and its only administrator.
async fn stranger(portal: &Portal, top: &Actor, root: UnitId) -> (UnitId, Actor) {
    let form =
        UnitForm {
            code: "H60".to_owned(), name: "Đơn vị H60".to_owned(), ..UnitForm::default()
        };
    let other = units::add(portal, top, root, &form).await.unwrap();
    let stranger = join(portal, top, other, "nguoi.la", Role::Administrator).await;
    let mut write = portal.database.write().await.unwrap();
    let memberships = storage::units::memberships(&mut write).await.unwrap();
    let place = memberships.into_iter().find(|it| it.unit_id == other).unwrap();
    storage::units::update_membership(&mut write, &place.id, None, None, None).await.unwrap();
    write.commit().await.unwrap();
    (other, stranger)
}

#[tokio::test]
async fn a_role_that_a_stranger_gives_changes_nothing_about_whose_account_it_is() {
    on_both_portals(async |test: &TestPortal| {
        let portal = &test.portal;
        let Place { top, root, commune, .. } = place(portal).await;
        let own = join(portal, &top, commune, "xa.hai", Role::Administrator).await;
        let officer = join(portal, &own, commune, "can.bo", Role::Officer).await.user_id;
        let (other, stranger) = stranger(portal, &top, root).await;
        for role in ["officer", "administrator"] {
            people::grant(portal, &stranger, other, "can.bo", role).await.unwrap();
        }

        // The stranger takes their own role away, and nothing more.
        assert!(!person(portal, &stranger, other, "can.bo").await.is_own);
        let lock = people::set_locked(portal, &stranger, other, officer, true).await;
        assert_eq!(message(lock), "problem-person-elsewhere");
        let reset = people::invite_again(portal, &stranger, other, officer).await;
        assert_eq!(message(reset), "problem-person-elsewhere");
        let theirs = people::revoke(portal, &stranger, commune, officer, Role::Officer).await;
        assert!(matches!(theirs, Err(PortalError::Denied)));
        let foreign = people::revoke(portal, &own, other, officer, Role::Officer).await;
        assert!(matches!(foreign, Err(PortalError::Denied)));

        // A person of ours is no administrator on whom the stranger's unit may rest.
        let me = stranger.user_id;
        let leave = people::revoke(portal, &stranger, other, me, Role::Administrator).await;
        assert_eq!(message(leave), "problem-last-administrator");
        let seen = person(portal, &own, commune, "can.bo").await;
        assert!(seen.is_own && seen.has_roles_elsewhere);
        people::set_locked(portal, &own, commune, officer, true).await.unwrap();
        assert!(sign_in::sign_in(portal, "can.bo", PASSWORD.to_owned()).await.is_err());
        people::set_locked(portal, &own, commune, officer, false).await.unwrap();
        let session = sign_in::sign_in(portal, "can.bo", PASSWORD.to_owned()).await.unwrap();
        let actor = sign_in::actor_of(portal, &session.secret).await.unwrap();
        assert_eq!(actor.grants.len(), 3);
    })
    .await;
}

#[tokio::test]
async fn who_resets_a_password_gains_no_role_that_others_gave() {
    let test = TestPortal::sqlite().await;
    let portal = &test.portal;
    let Place { top, root, commune, school } = place(portal).await;
    let own = join(portal, &top, commune, "xa.hai", Role::Administrator).await;
    let officer = join(portal, &own, school, "can.bo", Role::Officer).await.user_id;
    // The province trusts the school's officer with more.
    people::grant(portal, &top, root, "can.bo", "coordinator").await.unwrap();
    let invitation = people::invite_again(portal, &own, commune, officer).await.unwrap();
    assert_eq!(invitation.roles.len(), 1);
    let form = AcceptForm { password: PASSWORD.to_owned(), ..AcceptForm::default() };
    let session = people::accept(portal, &invitation.code, form).await.unwrap();
    let actor = sign_in::actor_of(portal, &session.secret).await.unwrap();
    let grants: Vec<_> = actor.grants.iter().map(|it| (it.unit, it.role)).collect();
    assert_eq!(grants, [(school, Role::Officer)]);
    let deeds = audit::deeds(portal, &top, root, None).await.unwrap().deeds;
    let revoked = deeds.iter().find(|it| it.action == "person-revoke").unwrap();
    assert_eq!(revoked.detail, r#"{"role":"coordinator"}"#);
    // An invitation made before the role is given is worth nothing once it is.
    let kept = people::invite_again(portal, &own, commune, officer).await.unwrap();
    people::grant(portal, &top, root, "can.bo", "coordinator").await.unwrap();
    let form = AcceptForm { password: PASSWORD.to_owned(), ..AcceptForm::default() };
    assert!(people::accept(portal, &kept.code, form).await.is_err());
    // From above nothing ends.
    let invitation = people::invite_again(portal, &top, root, officer).await.unwrap();
    assert_eq!(invitation.roles.len(), 2);
}

#[tokio::test]
async fn an_account_moves_with_its_last_role_at_home() {
    let test = TestPortal::sqlite().await;
    let portal = &test.portal;
    let Place { top, root, commune, .. } = place(portal).await;
    let own = join(portal, &top, commune, "xa.hai", Role::Administrator).await;
    let officer = join(portal, &own, commune, "can.bo", Role::Officer).await.user_id;
    let (other, stranger) = stranger(portal, &top, root).await;
    people::grant(portal, &stranger, other, "can.bo", "officer").await.unwrap();
    people::revoke(portal, &own, commune, officer, Role::Officer).await.unwrap();
    people::set_locked(portal, &stranger, other, officer, true).await.unwrap();
    people::set_locked(portal, &stranger, other, officer, false).await.unwrap();
    // Back in the first unit by a role, the account stays where it is at home now.
    people::grant(portal, &own, commune, "can.bo", "officer").await.unwrap();
    let lock = people::set_locked(portal, &own, commune, officer, true).await;
    assert_eq!(message(lock), "problem-person-elsewhere");
}

/// Two administrators at once, several times over: one of them stays, each time.
async fn at_once<Done>(portal: &Portal, deed: impl Fn(Portal, Actor, UnitId, Actor) -> Done)
where
    Done: Future<Output = Result<(), PortalError>> + Send + 'static,
{
    let Place { top, root, .. } = place(portal).await;
    for round in 0..6 {
        let mut both = Vec::new();
        for name in ["a", "b"] {
            let login = format!("{name}.{round}");
            both.push(join(portal, &top, root, &login, Role::Administrator).await);
        }
        let [first, second] = both.try_into().unwrap();
        let done = tokio::join!(
            tokio::spawn(deed(portal.clone(), first.clone(), root, second.clone())),
            tokio::spawn(deed(portal.clone(), second, root, first)),
        );
        let done = [done.0.unwrap(), done.1.unwrap()];
        let succeeded = done.iter().filter(|it| it.is_ok()).count();
        assert_eq!(succeeded, 1, "round {round}: {done:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_two_administrators_who_revoke_each_other_at_once_one_stays() {
    on_both_portals(async |test: &TestPortal| {
        at_once(&test.portal, async |portal, by, unit, of| {
            people::revoke(&portal, &by, unit, of.user_id, Role::Administrator).await
        })
        .await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_two_administrators_who_lock_each_other_at_once_one_stays() {
    on_both_portals(async |test: &TestPortal| {
        at_once(&test.portal, async |portal, by, unit, of| {
            people::set_locked(&portal, &by, unit, of.user_id, true).await
        })
        .await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_last_two_administrators_cannot_both_leave_at_once() {
    on_both_portals(async |test: &TestPortal| {
        let portal = &test.portal;
        let Place { top: mut staying, root, .. } = place(portal).await;
        for round in 0..6 {
            let second =
                join(portal, &staying, root, &format!("a.{round}"), Role::Administrator).await;
            let leave = |actor: &Actor| {
                let (portal, actor) = (portal.clone(), actor.clone());
                tokio::spawn(async move {
                    people::revoke(&portal, &actor, root, actor.user_id, Role::Administrator).await
                })
            };
            let done = tokio::join!(leave(&staying), leave(&second));
            let (first_done, second_done) = (done.0.unwrap(), done.1.unwrap());
            assert_ne!(first_done.is_ok(), second_done.is_ok(), "round {round}");
            let refused = if first_done.is_ok() {
                staying = second;
                second_done
            } else {
                first_done
            };
            assert_eq!(message(refused), "problem-last-administrator");
        }
    })
    .await;
}

#[tokio::test]
async fn the_last_administrator_stays() {
    let test = TestPortal::sqlite().await;
    let portal = &test.portal;
    let Place { top, root, commune, .. } = place(portal).await;
    let me = top.user_id;
    let last = "problem-last-administrator";
    assert_eq!(message(people::set_locked(portal, &top, root, me, true).await), last);
    let demote = async || people::revoke(portal, &top, root, me, Role::Administrator).await;
    assert_eq!(message(demote().await), last);
    // Somebody who was invited but never came cannot take over.
    people::invite(portal, &top, root, &invite("b", Role::Administrator)).await.unwrap();
    assert_eq!(message(demote().await), last);
    let second = join(portal, &top, root, "thu.hai", Role::Administrator).await;
    demote().await.unwrap();
    let gone = people::list(portal, &second, root, "quan.tri", 1).await.unwrap();
    assert_eq!(gone.people.first().unwrap().roles.len(), 1, "the coordinator's role is left");
    assert_eq!(
        message(people::set_locked(portal, &second, root, second.user_id, true).await),
        last
    );
    // A commune may lose its own administrator: the province's is above it.
    let commune_admin = join(portal, &second, commune, "xa.hai", Role::Administrator).await;
    people::set_locked(portal, &second, root, commune_admin.user_id, true).await.unwrap();
}

#[tokio::test]
async fn people_change_their_own_password_and_language() {
    let test = TestPortal::sqlite().await;
    let portal = &test.portal;
    let Place { top, .. } = place(portal).await;
    let new = || "một câu khác hẳn".to_owned();
    let wrong = people::change_password(portal, &top, "sai".to_owned(), new()).await;
    assert_eq!(message(wrong.map(|_| ())), "problem-current-password");
    let weak = people::change_password(portal, &top, PASSWORD.to_owned(), "ngắn".to_owned()).await;
    assert_eq!(message(weak.map(|_| ())), "problem-password");
    let old = sign_in::sign_in(portal, "quan.tri", PASSWORD.to_owned()).await.unwrap();
    let session = people::change_password(portal, &top, PASSWORD.to_owned(), new()).await.unwrap();
    assert!(sign_in::actor_of(portal, &old.secret).await.is_err());
    let form = people::ProfileForm {
        name: "Tên  Mới".to_owned(),
        position: "Phó Giám đốc".to_owned(),
        language: "en".to_owned(),
    };
    people::change_profile(portal, &top, &form).await.unwrap();
    let actor = sign_in::actor_of(portal, &session.secret).await.unwrap();
    assert_eq!((actor.name.as_str(), actor.language.tag()), ("Tên Mới", "en"));
    for _ in 0..5 {
        let wrong = people::change_password(portal, &top, "sai".to_owned(), new()).await;
        assert_eq!(message(wrong.map(|_| ())), "problem-current-password");
    }
    let slowed = people::change_password(portal, &top, new(), PASSWORD.to_owned()).await;
    assert!(matches!(slowed.map(|_| ()), Err(PortalError::TooMany { .. })));
}

#[tokio::test]
async fn the_log_shows_each_subtree_its_own_and_a_change_breaks_the_chain() {
    on_both_portals(async |test: &TestPortal| {
        let portal = &test.portal;
        let Place { top, root, commune, school } = place(portal).await;
        let auditor = join(portal, &top, commune, "kiem.tra", Role::Auditor).await;
        people::invite(portal, &top, school, &invite("c", Role::Officer)).await.unwrap();
        let seen = audit::deeds(portal, &auditor, commune, None).await.unwrap();
        let actions: Vec<_> = seen.deeds.iter().map(|it| it.action.as_str()).collect();
        assert_eq!(actions, ["person-invite", "person-accept", "person-invite", "unit-add"]);
        assert_eq!(seen.deeds.first().unwrap().person.as_deref(), Some("Người Quản Trị"));
        let older = seen.deeds.get(1).map(|it| it.number);
        let older = audit::deeds(portal, &auditor, commune, older).await.unwrap();
        assert_eq!((older.deeds.len(), older.older), (2, None));
        let denied = audit::deeds(portal, &auditor, root, None).await;
        assert!(matches!(denied, Err(PortalError::Denied)));
        let officer = join(portal, &top, commune, "can.bo", Role::Officer).await;
        let denied = audit::check(portal, &officer, commune).await;
        assert!(matches!(denied, Err(PortalError::Denied)));

        let whole = audit::check(portal, &auditor, commune).await.unwrap();
        assert!(matches!(whole, Chain::Whole { entries, .. } if entries >= 7), "{whole:?}");
        let mut write = portal.database.write().await.unwrap();
        sqlx::query("UPDATE audit_log SET detail = '{}' WHERE number = 4")
            .execute(&mut *write)
            .await
            .unwrap();
        write.commit().await.unwrap();
        let broken = audit::check(portal, &auditor, commune).await.unwrap();
        assert_eq!(broken, Chain::Broken { number: 4 });
    })
    .await;
}

#[tokio::test]
async fn an_import_stands_in_the_log() {
    let test = TestPortal::sqlite().await;
    let portal = &test.portal;
    let Place { top, root, .. } = place(portal).await;
    let csv = "mã,tên,cấp trên\nH59.7,Xã Bảy,H59\n".as_bytes().to_vec();
    let shown = tree_import::preview(portal, &top, csv).await.unwrap();
    tree_import::confirm(portal, &top, &shown.file, &shown.fingerprint).await.unwrap();
    let deed = audit::deeds(portal, &top, root, None).await.unwrap().deeds.into_iter().next();
    let deed = deed.unwrap();
    assert_eq!(deed.action, "units-import");
    assert_eq!(deed.detail, r#"{"added":1,"changed":0,"refused":0}"#);
}
