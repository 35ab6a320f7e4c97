//! A small authority with units below it, and people who work there.

use std::collections::BTreeMap;

use axum::Router;
use campaigns::{MembershipId, Role, UnitId, UserId};
use storage::units::{MembershipRecord, UnitRecord};
use storage::users::{GrantRecord, UserRecord};
use test_support::TestPortal;

use crate::visitor::Visitor;

pub(crate) const PASSWORD: &str = "một câu dài dễ nhớ";

/// Code, name, kind, code of the unit above.
const UNITS: [(&str, &str, &str, &str); 5] = [
    ("H90.21", "Sở Khoa học và Công nghệ", "department", "H90"),
    ("H90.22", "Sở Giáo dục và Đào tạo", "department", "H90"),
    ("H90.61", "Ủy ban nhân dân phường Bình Minh", "commune", "H90"),
    ("H90.62", "Ủy ban nhân dân xã Tân Lập", "commune", "H90"),
    ("H90.61.1", "Trường Tiểu học Bình Minh", "school", "H90.61"),
];

/// Login, name, unit, role.
const PEOPLE: [(&str, &str, &str, Role); 7] = [
    ("dieu.phoi", "Trần Thị Điều Phối", "H90.21", Role::Coordinator),
    ("can.bo", "Lê Văn Cán Bộ", "H90.61", Role::Officer),
    ("can.bo.2", "Phạm Văn Cán Bộ", "H90.61", Role::Officer),
    ("lanh.dao", "Nguyễn Thị Lãnh Đạo", "H90.61", Role::Approver),
    ("giam.sat", "Hoàng Văn Giám Sát", "H90.61", Role::Auditor),
    ("giao.duc", "Bùi Thị Giáo Dục", "H90.22", Role::Officer),
    ("truong", "Đỗ Thị Nhà Trường", "H90.61.1", Role::Officer),
];

/// A portal that nobody has an account of, and somebody in front of it.
pub(crate) struct Empty {
    pub(crate) visitor: Visitor,
    pub(crate) test: TestPortal,
}

/// The portal with its units and people.
pub(crate) struct World {
    pub(crate) router: Router,
    units: BTreeMap<&'static str, UnitId>,
    // Keeps the database and folder.
    test: TestPortal,
}

impl World {
    /// A portal that nobody has an account of.
    pub(crate) async fn empty() -> Empty {
        let test = TestPortal::sqlite().await;
        let state = web::AppState {
            portal: test.portal.clone().into(),
            secure_cookies: false,
            module: None,
            tools: web::Tools::default(),
        };
        Empty { visitor: Visitor::new(web::router(state)), test }
    }

    /// An authority set up by its first-run page, its units and people entered.
    pub(crate) async fn new() -> Self {
        let Empty { test, visitor: mut first } = Self::empty().await;
        let portal = test.portal.clone();
        let router = first.router();
        let done = first
            .post(
                "/first-run",
                &[
                    ("unit_name", "Ủy ban nhân dân tỉnh Minh Hà"),
                    ("unit_code", "H90"),
                    ("name", "Vũ Thị Quản Trị"),
                    ("login", "quan.tri"),
                    ("password", PASSWORD),
                ],
            )
            .await;
        assert_eq!(done.location, "/?notice=first-run-done", "{}", done.text);

        let mut write = portal.database.write().await.unwrap();
        let root = storage::units::find_by_code(&mut write, "H90").await.unwrap().unwrap();
        let admin = storage::users::find_by_login(&mut write, "quan.tri").await.unwrap().unwrap();
        let mut units = BTreeMap::from([("H90", root.id)]);
        for (code, name, kind, above) in UNITS {
            let unit = UnitRecord {
                id: portal.new_id::<UnitId>(),
                code: code.to_owned(),
                name: name.to_owned(),
                name_key: language::search_key(name),
                kind: kind.to_owned(),
                headcount: Some(32),
                ..root.clone()
            };
            storage::units::insert(&mut write, &unit).await.unwrap();
            let membership = MembershipRecord {
                id: portal.new_id::<MembershipId>().to_string(),
                unit_id: unit.id,
                line: "territorial".to_owned(),
                parent_id: Some(units[above]),
                valid_from: None,
                valid_to: None,
            };
            storage::units::insert_membership(&mut write, &membership).await.unwrap();
            units.insert(code, unit.id);
        }
        // The school stands in the line of education too.
        let other_line = MembershipRecord {
            id: portal.new_id::<MembershipId>().to_string(),
            unit_id: units["H90.61.1"],
            line: "education".to_owned(),
            parent_id: Some(units["H90.22"]),
            valid_from: None,
            valid_to: None,
        };
        storage::units::insert_membership(&mut write, &other_line).await.unwrap();
        for (login, name, unit, role) in PEOPLE {
            let user = UserRecord {
                id: portal.new_id::<UserId>(),
                login: login.to_owned(),
                name: name.to_owned(),
                home_unit_id: Some(units[unit]),
                ..admin.clone()
            };
            storage::users::insert(&mut write, &user).await.unwrap();
            let grant = GrantRecord { user_id: user.id, unit_id: units[unit], role };
            storage::users::grant(&mut write, grant, portal.now()).await.unwrap();
        }
        write.commit().await.unwrap();
        Self { router, units, test }
    }

    /// It is this moment now.
    pub(crate) fn set_clock(&self, at: &str) {
        self.test.clock.set(at);
    }

    /// The id of the unit with this code.
    pub(crate) fn unit(&self, code: &str) -> String {
        self.units[code].to_string()
    }

    /// A person who has signed in.
    pub(crate) async fn visitor(&self, login: &str) -> Visitor {
        let mut visitor = Visitor::new(self.router.clone());
        let fields = [("login", login), ("password", PASSWORD), ("then", "/")];
        let done = visitor.post("/sign-in", &fields).await;
        assert_eq!(done.location, "/", "{}", done.text);
        visitor
    }
}
