//! People, roles, sessions, invitations, failed sign-ins.

use campaigns::Role;
use storage::users::{self, GrantRecord, InvitationRecord, SessionRecord, UserRecord};
use test_support::on_both_databases;

use crate::world::{at, base, id, is_taken, person, user};

#[tokio::test]
async fn a_person_is_read_as_written_and_a_login_is_there_once() {
    on_both_databases(async |database| {
        let mut write = database.write().await.unwrap();
        assert!(!users::any_exists(&mut write).await.unwrap());
        let full = UserRecord {
            password_hash: Some("$argon2id$v=19$…".to_owned()),
            is_active: false,
            signed_in_at: Some(at(5)),
            ..user(2)
        };
        for record in [&user(1), &full] {
            users::insert(&mut write, record).await.unwrap();
            assert_eq!(users::find(&mut write, record.id).await.unwrap().as_ref(), Some(record));
            let by_login = users::find_by_login(&mut write, &record.login).await.unwrap();
            assert_eq!(by_login.as_ref(), Some(record));
        }
        assert!(users::any_exists(&mut write).await.unwrap());
        users::set_login(&mut write, person(1), "moi").await.unwrap();
        assert!(users::find_by_login(&mut write, "moi").await.unwrap().is_some());
        write.commit().await.unwrap();

        // A refused statement ends a transaction on PostgreSQL, so each gets its own.
        let mut write = database.write().await.unwrap();
        assert!(is_taken(&users::set_login(&mut write, person(2), "moi").await));
        drop(write);
        let mut write = database.write().await.unwrap();
        let same_login = UserRecord { id: id(3), ..user(2) };
        assert!(is_taken(&users::insert(&mut write, &same_login).await));
    })
    .await;
}

/// Each change keeps what another one wrote a moment ago.
#[tokio::test]
async fn a_change_of_a_person_touches_nothing_else_of_them() {
    on_both_databases(async |database| {
        let mut write = base(&database).await;
        let mut expected = users::find(&mut write, person(1)).await.unwrap().unwrap();
        assert_eq!(expected.home_unit_id, None);

        users::set_password(&mut write, person(1), "$argon2id$mới").await.unwrap();
        users::set_active(&mut write, person(1), false).await.unwrap();
        users::set_profile(&mut write, person(1), "Tên Mới", "Phó Giám đốc", "en").await.unwrap();
        users::set_signed_in(&mut write, person(1), at(9)).await.unwrap();
        users::set_home(&mut write, person(1), id(2)).await.unwrap();
        assert!(users::hold(&mut write, person(1)).await.unwrap());
        assert!(!users::hold(&mut write, person(99)).await.unwrap());
        expected = UserRecord {
            name: "Tên Mới".to_owned(),
            position: "Phó Giám đốc".to_owned(),
            password_hash: Some("$argon2id$mới".to_owned()),
            language: "en".to_owned(),
            is_active: false,
            signed_in_at: Some(at(9)),
            home_unit_id: Some(id(2)),
            ..expected
        };
        assert_eq!(users::find(&mut write, person(1)).await.unwrap(), Some(expected));
        assert_eq!(users::find(&mut write, person(2)).await.unwrap(), Some(user(2)));
    })
    .await;
}

#[tokio::test]
async fn roles_are_given_once_and_taken_away() {
    on_both_databases(async |database| {
        let mut write = base(&database).await;
        let grant = |unit, role| GrantRecord { user_id: person(1), unit_id: id(unit), role };
        for (second, record) in
            [grant(2, Role::Officer), grant(1, Role::Approver), grant(2, Role::Officer)]
                .into_iter()
                .enumerate()
        {
            users::grant(&mut write, record, at(i64::try_from(second).unwrap())).await.unwrap();
        }
        let expected = [grant(2, Role::Officer), grant(1, Role::Approver)];
        assert_eq!(users::grants_of(&mut write, person(1)).await.unwrap(), expected);
        let of_unit = users::list_of_unit(&mut write, id(2)).await.unwrap();
        assert_eq!(of_unit, [(user(1), Role::Officer)]);
        assert_eq!(users::list_granted(&mut write).await.unwrap().len(), 2);
        users::revoke(&mut write, grant(2, Role::Officer)).await.unwrap();
        assert_eq!(users::grants_of(&mut write, person(1)).await.unwrap(), expected[1..]);
    })
    .await;
}

#[tokio::test]
async fn sessions_come_and_go() {
    on_both_databases(async |database| {
        let mut write = base(&database).await;
        let session = |hash: &str, user, seen| SessionRecord {
            token_hash: hash.to_owned(),
            user_id: person(user),
            created_at: at(0),
            seen_at: at(seen),
            expires_at: at(1_000),
        };
        for (hash, user, seen) in [("a", 1, 10), ("b", 1, 20), ("c", 2, 30), ("d", 2, 500)] {
            users::insert_session(&mut write, &session(hash, user, seen)).await.unwrap();
        }
        let found = users::find_session(&mut write, "c").await.unwrap();
        assert_eq!(found, Some(session("c", 2, 30)));
        users::touch_session(&mut write, "a", at(400)).await.unwrap();
        assert_eq!(users::delete_old_sessions(&mut write, at(500), at(20)).await.unwrap(), 1);
        assert_eq!(users::find_session(&mut write, "b").await.unwrap(), None);
        users::delete_session(&mut write, "c").await.unwrap();
        users::delete_sessions_of(&mut write, person(1)).await.unwrap();
        assert_eq!(users::find_session(&mut write, "a").await.unwrap(), None);
        assert_eq!(users::delete_old_sessions(&mut write, at(1_000), at(0)).await.unwrap(), 1);
    })
    .await;
}

#[tokio::test]
async fn an_invitation_is_used_once() {
    on_both_databases(async |database| {
        let mut write = base(&database).await;
        let invitation = |hash: &str, by| InvitationRecord {
            token_hash: hash.to_owned(),
            user_id: person(1),
            created_by: by,
            created_at: at(0),
            expires_at: at(100),
            used_at: None,
        };
        for (hash, by) in [("a", None), ("b", Some(person(2)))] {
            let record = invitation(hash, by);
            users::insert_invitation(&mut write, &record).await.unwrap();
            assert_eq!(users::find_invitation(&mut write, hash).await.unwrap(), Some(record));
        }
        assert!(users::use_invitation(&mut write, "a", at(7)).await.unwrap());
        assert!(!users::use_invitation(&mut write, "a", at(8)).await.unwrap());
        assert!(!users::use_invitation(&mut write, "none", at(8)).await.unwrap());
        let used = users::find_invitation(&mut write, "a").await.unwrap().unwrap();
        assert_eq!(used.used_at, Some(at(7)));
        users::delete_open_invitations(&mut write, person(1)).await.unwrap();
        assert_eq!(users::find_invitation(&mut write, "b").await.unwrap(), None);
    })
    .await;
}

#[tokio::test]
async fn failed_sign_ins_are_counted_and_forgotten() {
    on_both_databases(async |database| {
        let mut write = database.write().await.unwrap();
        for second in 1..=3 {
            users::add_failure(&mut write, "ai.do", at(second)).await.unwrap();
        }
        assert_eq!(users::failures_of(&mut write, "ai.do").await.unwrap(), Some((3, at(3))));
        assert_eq!(users::delete_old_failures(&mut write, at(2)).await.unwrap(), 0);
        assert_eq!(users::delete_old_failures(&mut write, at(3)).await.unwrap(), 1);
        users::add_failure(&mut write, "ai.do", at(9)).await.unwrap();
        users::clear_failures(&mut write, "ai.do").await.unwrap();
        assert_eq!(users::failures_of(&mut write, "ai.do").await.unwrap(), None);
    })
    .await;
}
