//! The unit tree: importing a table, changing units by hand, and whose units they are.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::format_push_string,
    reason = "a test that cannot be set up must fail"
)]

use campaigns::tree_import::RowReason;
use campaigns::{Grant, Role, UnitId, UserId};
use language::Language;
use portal::accounts::{self, FirstRun};
use portal::tree_import::{self, Confirmed, Imported, Preview};
use portal::units::{self, UnitForm};
use portal::{Actor, Portal, PortalError, sign_in};
use test_support::{TestPortal, on_both_portals};

/// The first unit `H59` and its administrator.
async fn administrator(portal: &Portal) -> Actor {
    let given = FirstRun {
        unit_name: "Tỉnh Đông Lam".to_owned(),
        unit_code: "H59".to_owned(),
        name: "Người Quản Trị".to_owned(),
        login: "quan.tri".to_owned(),
        password: "mật khẩu rất dài".to_owned(),
    };
    let session = accounts::first_run(portal, given).await.unwrap();
    sign_in::actor_of(portal, &session.secret).await.unwrap()
}

/// The same person as if they had only this role over this unit.
fn with_role(actor: &Actor, unit: UnitId, role: Role) -> Actor {
    let user: UserId = actor.user_id;
    Actor { grants: vec![Grant { user, unit, role }], ..actor.clone() }
}

async fn preview(portal: &Portal, actor: &Actor, csv: &str) -> Preview {
    tree_import::preview(portal, actor, csv.as_bytes().to_vec()).await.unwrap()
}

async fn import(portal: &Portal, actor: &Actor, csv: &str) -> Imported {
    let shown = preview(portal, actor, csv).await;
    match tree_import::confirm(portal, actor, &shown.file, &shown.fingerprint).await.unwrap() {
        Confirmed::Done(done) => done,
        Confirmed::Changed(_) => panic!("the tree changed by itself"),
    }
}

async fn codes(portal: &Portal, actor: &Actor, typed: &str) -> Vec<String> {
    let found = units::search(portal, actor, typed, 1).await.unwrap();
    found.units.into_iter().map(|it| it.unit.code).collect()
}

async fn id(portal: &Portal, actor: &Actor, code: &str) -> UnitId {
    let found = units::search(portal, actor, code, 1).await.unwrap();
    found.units.into_iter().find(|it| it.unit.code == code).unwrap().unit.id
}

const TREE: &str = "mã;tên;loại;cấp trên;tuyến;số người\r\n\
    H59.1;Sở Giáo dục;sở;H59;;40\r\n\
    H59.2;Xã Bến Sen;xã;H59;;1.234\r\n\
    H59.2.1;Trường Hòa Bình;trường;H59.2;;25\r\n\
    H59.2.1;Trường Hòa Bình;trường;H59.1;giáo dục;25\r\n\
    H59.9;Lạc;xã;H60;;\r\n";

#[tokio::test]
async fn an_import_is_shown_first_and_then_done_as_shown() {
    on_both_portals(async |test: &TestPortal| {
        let portal = &test.portal;
        let actor = administrator(portal).await;
        let shown = preview(portal, &actor, TREE).await;
        assert_eq!((shown.plan.add.len(), shown.plan.change.len()), (3, 0));
        let refused: Vec<_> = shown.plan.refused.iter().map(|it| it.number).collect();
        assert_eq!(refused, [6]);
        assert_eq!(codes(portal, &actor, "").await, ["H59"], "a preview writes nothing");

        let done = tree_import::confirm(portal, &actor, &shown.file, &shown.fingerprint).await;
        let Confirmed::Done(done) = done.unwrap() else { panic!("the tree changed by itself") };
        assert_eq!(done, Imported { added: 3, changed: 0 });
        assert_eq!(codes(portal, &actor, "").await, ["H59", "H59.1", "H59.2", "H59.2.1"]);
        assert_eq!(codes(portal, &actor, "truong HOA").await, ["H59.2.1"]);
        let school = id(portal, &actor, "H59.2.1").await;
        let view = units::view(portal, &actor, school).await.unwrap();
        let lines: Vec<_> = view.places.iter().map(|it| it.line.as_str()).collect();
        assert_eq!(lines, ["territorial", "education"]);
        assert_eq!(view.unit.headcount, Some(25));
        let commune = id(portal, &actor, "H59.2").await;
        let view = units::view(portal, &actor, commune).await.unwrap();
        assert_eq!((view.unit.headcount, view.below), (Some(1234), 1));

        // The same table again changes nothing.
        let again = preview(portal, &actor, TREE).await;
        assert!(again.plan.is_empty());
        assert_eq!(again.plan.unchanged.len(), 3);
    })
    .await;
}

#[tokio::test]
async fn a_tree_that_changed_since_the_preview_is_shown_anew() {
    let test = TestPortal::sqlite().await;
    let portal = &test.portal;
    let actor = administrator(portal).await;
    let shown = preview(portal, &actor, TREE).await;
    import(portal, &actor, "mã,tên,cấp trên\nH59.1,Sở Khác,H59").await;
    let done = tree_import::confirm(portal, &actor, &shown.file, &shown.fingerprint).await;
    let Confirmed::Changed(anew) = done.unwrap() else { panic!("written unseen") };
    assert_eq!((anew.plan.add.len(), anew.plan.change.len()), (2, 1));
    assert_eq!(codes(portal, &actor, "").await, ["H59", "H59.1"]);
    let done = tree_import::confirm(portal, &actor, &anew.file, &anew.fingerprint).await;
    assert!(matches!(done.unwrap(), Confirmed::Done(Imported { added: 2, changed: 1 })));
    // A fingerprint that nobody was shown writes nothing; nor does a file nobody sent.
    let made_up = tree_import::confirm(portal, &actor, &anew.file, "00").await.unwrap();
    assert!(matches!(made_up, Confirmed::Changed(_)));
    let unknown = tree_import::confirm(portal, &actor, &"a".repeat(64), "00").await;
    let Err(PortalError::Invalid(problems)) = unknown else { panic!("{unknown:?}") };
    assert_eq!(problems.first().unwrap().message, "problem-table-gone");
    let no_hash = tree_import::confirm(portal, &actor, "../x", "00").await;
    assert!(matches!(no_hash, Err(PortalError::NotFound)));
}

#[tokio::test]
async fn the_template_holds_the_tree_and_reads_back_without_a_change() {
    let test = TestPortal::sqlite().await;
    let portal = &test.portal;
    let actor = administrator(portal).await;
    import(portal, &actor, TREE).await;
    for language in Language::ALL {
        let sheet = tree_import::template(portal, &actor, language).await.unwrap();
        assert_eq!(sheet.rows.len(), 5);
        for bytes in [sheet.to_csv(), sheet.to_xlsx().unwrap()] {
            let shown = tree_import::preview(portal, &actor, bytes).await.unwrap();
            assert!(shown.plan.is_empty(), "{:?}", shown.plan);
            assert_eq!(shown.plan.refused, []);
            assert_eq!(shown.plan.unchanged.len(), 4);
            assert_eq!(shown.ignored, Vec::<String>::new());
        }
    }
}

#[tokio::test]
async fn files_that_are_no_table_of_units_say_why() {
    let test = TestPortal::sqlite().await;
    let portal = &test.portal;
    let actor = administrator(portal).await;
    let check = async |bytes: &[u8], expected: &str| match tree_import::preview(
        portal,
        &actor,
        bytes.to_vec(),
    )
    .await
    {
        Err(PortalError::Invalid(problems)) => {
            assert_eq!(problems.first().unwrap().message, expected);
        }
        other => panic!("{expected}: {other:?}"),
    };
    check(b"", "problem-table-empty").await;
    check(b"\n \n", "problem-table-empty").await;
    check(b"a,b\n1,2", "problem-table-columns-missing").await;
    check("mã,mã,tên,cấp trên\n".as_bytes(), "problem-table-columns-twice").await;
    check(b"ma,ten,cap tren\nH1,\xd0\xf5n v\xf2,H59\n", "problem-table-not-utf8").await;
    check(b"ma,ten,cap tren\nH1,\"x,H59\n", "problem-table-open-quote").await;
    check(b"PK\x03\x04 broken", "problem-table-broken-workbook").await;
    check(&[0xd0, 0xcf, 0x11, 0xe0], "problem-table-old-workbook").await;
    check(&[1, 0, 255], "problem-table-binary").await;
    check(&vec![b'a'; (8 << 20) + 1], "problem-table-too-large").await;
    let many = format!("mã,tên,cấp trên\n{}", "H1,x,H59\n".repeat(20_100));
    check(many.as_bytes(), "problem-table-too-many-rows").await;
}

#[tokio::test]
async fn an_administrator_reaches_their_own_subtree_and_nothing_else() {
    let test = TestPortal::sqlite().await;
    let portal = &test.portal;
    let top = administrator(portal).await;
    import(portal, &top, TREE).await;
    let commune = id(portal, &top, "H59.2").await;
    let department = id(portal, &top, "H59.1").await;
    let school = id(portal, &top, "H59.2.1").await;
    let root = id(portal, &top, "H59").await;
    let own = with_role(&top, commune, Role::Administrator);

    let shown = preview(
        portal,
        &own,
        "mã,tên,cấp trên\nH59.2.2,Trạm y tế,H59.2\nH59.3,Xã Lấn,H59\nH59.1,Tên khác,\nH59.2,,H59.1\n",
    )
    .await;
    assert_eq!(shown.plan.add.len(), 1);
    let reasons: Vec<_> = shown.plan.refused.iter().map(|it| it.reason.clone()).collect();
    let parent_outside = RowReason::ParentOutside { parent: "H59".to_owned() };
    let own_parent = RowReason::ParentOutside { parent: "H59.1".to_owned() };
    assert_eq!(reasons, [parent_outside, RowReason::UnitOutside, own_parent]);

    let form = |code: &str| UnitForm {
        code: code.to_owned(),
        name: "Đơn vị mới".to_owned(),
        ..UnitForm::default()
    };
    assert!(units::add(portal, &own, commune, &form("H59.2.7")).await.is_ok());
    let denied = units::add(portal, &own, department, &form("H59.1.7")).await;
    assert!(matches!(denied, Err(PortalError::Denied)));
    let denied = units::edit(portal, &own, root, &form("")).await;
    assert!(matches!(denied, Err(PortalError::Denied)));
    // The school stands below the department too: its place there is not the commune's to end.
    let end = UnitForm { to: "31/12/2026".to_owned(), ..UnitForm::default() };
    let refused = units::end(portal, &own, school, &end).await;
    assert!(matches!(refused, Err(PortalError::Invalid(_))), "{refused:?}");

    for role in [Role::Coordinator, Role::Approver, Role::Officer, Role::Auditor] {
        let other = with_role(&top, root, role);
        let bytes = TREE.as_bytes().to_vec();
        let denied = tree_import::preview(portal, &other, bytes).await;
        assert!(matches!(denied, Err(PortalError::Denied)), "{role}");
        assert!(matches!(
            tree_import::confirm(portal, &other, &shown.file, &shown.fingerprint).await,
            Err(PortalError::Denied)
        ));
        assert!(matches!(
            tree_import::template(portal, &other, Language::Vi).await,
            Err(PortalError::Denied)
        ));
        let denied = [
            units::add(portal, &other, commune, &form("H59.2.8")).await.map(|_| ()),
            units::edit(portal, &other, commune, &form("")).await,
            units::move_below(portal, &other, commune, &form("")).await,
            units::end(portal, &other, commune, &end).await,
        ];
        assert!(denied.iter().all(|it| matches!(it, Err(PortalError::Denied))), "{role}");
        assert!(units::view(portal, &other, school).await.is_ok(), "{role}");
    }
    let stranger = with_role(&top, department, Role::Administrator);
    assert!(matches!(units::view(portal, &stranger, commune).await, Err(PortalError::Denied)));
    assert_eq!(codes(portal, &stranger, "").await, ["H59.1", "H59.2.1"]);
}

#[tokio::test]
async fn units_are_changed_moved_and_ended_by_hand() {
    let test = TestPortal::sqlite().await;
    let portal = &test.portal;
    let actor = administrator(portal).await;
    import(portal, &actor, TREE).await;
    let commune = id(portal, &actor, "H59.2").await;
    let edited = UnitForm {
        name: "Xa\u{303} Bê\u{301}n  Mới".to_owned(),
        kind: "commune".to_owned(),
        ..UnitForm::default()
    };
    units::edit(portal, &actor, commune, &edited).await.unwrap();
    let view = units::view(portal, &actor, commune).await.unwrap();
    assert_eq!(view.unit.name, "Xã Bến Mới");
    assert_eq!(view.unit.headcount, None, "an emptied field is empty");
    let problem = async |done: Result<(), PortalError>| match done {
        Err(PortalError::Invalid(problems)) => problems.first().unwrap().message,
        other => panic!("{other:?}"),
    };
    let ring = UnitForm { parent: "H59.2.1".to_owned(), ..UnitForm::default() };
    let ring = units::move_below(portal, &actor, commune, &ring).await;
    assert_eq!(problem(ring).await, "problem-row-ring");
    let taken = UnitForm { code: "h59.1".to_owned(), name: "x".to_owned(), ..UnitForm::default() };
    let taken = units::add(portal, &actor, commune, &taken).await.map(|_| ());
    assert_eq!(problem(taken).await, "problem-unit-code-taken");
    let end = UnitForm { to: "31/12/2026".to_owned(), ..UnitForm::default() };
    let has_below = units::end(portal, &actor, commune, &end).await;
    assert_eq!(problem(has_below).await, "problem-unit-has-below");

    let school = id(portal, &actor, "H59.2.1").await;
    let to_root =
        UnitForm { parent: "H59".to_owned(), from: "1/9/2026".to_owned(), ..UnitForm::default() };
    units::move_below(portal, &actor, school, &to_root).await.unwrap();
    assert_eq!(units::view(portal, &actor, commune).await.unwrap().below, 1, "not yet");
    test.clock.set("2026-09-01T08:00:00+07:00");
    assert_eq!(units::view(portal, &actor, commune).await.unwrap().below, 0);
    units::end(portal, &actor, commune, &end).await.unwrap();
    test.clock.set("2027-01-01T08:00:00+07:00");
    assert_eq!(codes(portal, &actor, "").await, ["H59", "H59.1", "H59.2.1"]);
}

#[tokio::test]
async fn a_whole_country_of_communes_is_imported_in_one_go() {
    let test = TestPortal::sqlite().await;
    let portal = &test.portal;
    let actor = administrator(portal).await;
    let mut csv = "mã,tên,cấp trên\n".to_owned();
    for n in 0..3_500 {
        let parent = if n < 100 { "H59".to_owned() } else { format!("U{}", n % 100) };
        csv.push_str(&format!("U{n},Đơn vị số {n},{parent}\n"));
    }
    assert_eq!(import(portal, &actor, &csv).await, Imported { added: 3_500, changed: 0 });
    let found = units::search(portal, &actor, "so 34", 2).await.unwrap();
    assert_eq!((found.total, found.page, found.units.len()), (174, 2, 50));
}
