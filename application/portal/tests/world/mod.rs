//! A small invented province: units in two lines, people with a role each, a running campaign.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    dead_code,
    reason = "test helpers may panic; each test uses some"
)]

use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::Arc;

use ::reports::Content;
use campaigns::{CampaignId, Grant, MembershipId, ReceiverRole, Role, UnitId, UnitKind, UserId};
use jiff::civil::Date;
use language::{Language, search_key};
use portal::campaigns::CampaignForm;
use portal::checks::{Checked, LogInput, Progress};
use portal::letters::{self, PassOn};
use portal::reports::{self, ReportView};
use portal::{Actor, Portal, PortalError};
use simulation::demo_list;
use storage::units::{MembershipRecord, UnitRecord};
use storage::users::UserRecord;
use test_support::TestPortal;

/// The province, its portal and the campaign of its department.
pub(crate) struct World<'a> {
    pub(crate) test: &'a TestPortal,
    pub(crate) portal: Portal,
    units: BTreeMap<&'static str, UnitId>,
}

/// Another line, and the unit above in it.
type Other = Option<(&'static str, &'static str)>;

/// Name in tests, code, kind, unit above in the territorial line, unit above in another line.
const UNITS: [(&str, &str, UnitKind, &str, Other); 9] = [
    ("province", "H90", UnitKind::PeopleCommittee, "", None),
    ("department", "H90.1", UnitKind::Department, "province", None),
    ("education", "H90.2", UnitKind::Department, "province", None),
    ("centre", "H90.3", UnitKind::Other, "department", None),
    ("sen", "H90.11", UnitKind::Commune, "province", None),
    ("lau", "H90.12", UnitKind::Commune, "province", None),
    ("school", "H90.11.1", UnitKind::School, "sen", Some(("education", "education"))),
    ("library", "H90.11.2", UnitKind::Other, "sen", None),
    ("company", "0100000001", UnitKind::Enterprise, "sen", None),
];

impl<'a> World<'a> {
    /// Units and nothing else. Today is 05/08/2026.
    pub(crate) async fn new(test: &'a TestPortal) -> Self {
        let portal = test.portal.clone();
        let mut units = BTreeMap::new();
        let mut write = portal.database.write().await.unwrap();
        for (name, code, kind, above, other) in UNITS {
            let id = portal.new_id::<UnitId>();
            let record = UnitRecord {
                id,
                code: code.to_owned(),
                name: format!("Đơn vị {name}"),
                name_key: search_key(name),
                kind: kind.to_string(),
                place: "Đông Lam".to_owned(),
                headcount: Some(32),
                valid_from: None,
                valid_to: None,
                created_at: portal.now(),
            };
            storage::units::insert(&mut write, &record).await.unwrap();
            let lines = [Some(("territorial", above)), other].into_iter().flatten();
            for (line, above) in lines {
                let membership = MembershipRecord {
                    id: portal.new_id::<MembershipId>().to_string(),
                    unit_id: id,
                    line: line.to_owned(),
                    parent_id: units.get(above).copied(),
                    valid_from: None,
                    valid_to: None,
                };
                storage::units::insert_membership(&mut write, &membership).await.unwrap();
            }
            units.insert(name, id);
        }
        write.commit().await.unwrap();
        Self { test, portal, units }
    }

    pub(crate) fn unit(&self, name: &str) -> UnitId {
        self.units[name]
    }

    /// A new person with one role over a unit.
    pub(crate) async fn person(&self, role: Role, unit: &str) -> Actor {
        let id = self.portal.new_id::<UserId>();
        let record = UserRecord {
            id,
            login: id.to_string(),
            name: format!("{role} {unit}"),
            position: String::new(),
            password_hash: None,
            language: "vi".to_owned(),
            is_active: true,
            created_at: self.portal.now(),
            signed_in_at: None,
            home_unit_id: Some(self.unit(unit)),
        };
        let mut write = self.portal.database.write().await.unwrap();
        storage::users::insert(&mut write, &record).await.unwrap();
        write.commit().await.unwrap();
        Actor {
            user_id: id,
            login: record.login,
            name: record.name,
            position: String::new(),
            language: Language::Vi,
            grants: vec![Grant { user: id, unit: self.unit(unit), role }],
        }
    }

    pub(crate) async fn officer(&self, unit: &str) -> Actor {
        self.person(Role::Officer, unit).await
    }

    pub(crate) async fn approver(&self, unit: &str) -> Actor {
        self.person(Role::Approver, unit).await
    }

    pub(crate) async fn coordinator(&self, unit: &str) -> Actor {
        self.person(Role::Coordinator, unit).await
    }

    /// The department's campaign as a draft: "trước ngày 22/9/2026".
    pub(crate) async fn draft(&self, coordinator: &Actor, form: CampaignForm) -> CampaignId {
        let department = self.unit("department");
        portal::campaigns::create(&self.portal, coordinator, department, &form).await.unwrap()
    }

    /// A launched campaign with these receivers.
    pub(crate) async fn launched(
        &self,
        coordinator: &Actor,
        receivers: &[(&str, ReceiverRole)],
    ) -> CampaignId {
        let id = self.draft(coordinator, letter()).await;
        let list = simulation::demo_list(1);
        let portal = &self.portal;
        portal::campaigns::add_list(portal, coordinator, id, "danh-sach.csv", list).await.unwrap();
        let receivers: Vec<_> = receivers.iter().map(|(it, role)| (self.unit(it), *role)).collect();
        portal::campaigns::set_receivers(portal, coordinator, id, &receivers).await.unwrap();
        portal::campaigns::launch(portal, coordinator, id).await.unwrap();
        id
    }

    /// Passes the letter on from one unit to others.
    pub(crate) async fn pass_on(
        &self,
        campaign: CampaignId,
        from: &str,
        to: &[&str],
    ) -> Result<usize, PortalError> {
        let officer = self.officer(from).await;
        let units = to.iter().map(|it| self.unit(it)).collect();
        let given = PassOn { units, ..PassOn::default() };
        letters::pass_on(&self.portal, &officer, campaign, self.unit(from), &given).await
    }

    /// Matches a log of a unit.
    pub(crate) async fn check(
        &self,
        campaign: CampaignId,
        unit: &str,
        site: &str,
        log: &[u8],
    ) -> Result<Checked, PortalError> {
        let officer = self.officer(unit).await;
        let input = LogInput {
            name: "nhật-ký.log".to_owned(),
            modified: Some(self.portal.now()),
            size_bytes: None,
            bytes: Ok(Box::new(std::io::Cursor::new(log.to_vec()))),
        };
        let unit = self.unit(unit);
        let quiet = Arc::new(Quiet);
        let done =
            portal::checks::check_log(&self.portal, &officer, campaign, unit, site, input, quiet);
        done.await.map(|(checked, _)| checked)
    }

    /// Opens a unit's report as a new officer of it.
    pub(crate) async fn report(&self, campaign: CampaignId, unit: &str) -> ReportView {
        let officer = self.officer(unit).await;
        reports::open(&self.portal, &officer, campaign, self.unit(unit)).await.unwrap()
    }

    /// Writes, approves and submits a unit's report with these figures; missing ones stay as the
    /// system filled them in.
    pub(crate) async fn hand_in(
        &self,
        campaign: CampaignId,
        unit: &str,
        figures: &[(&str, i64)],
    ) -> ReportView {
        let view = self.report(campaign, unit).await;
        let mut content = view.report.content.clone();
        content.assessment = format!("Đánh giá của {unit}");
        for (key, declared) in figures {
            let cell = content.cells.entry((*key).to_owned()).or_default();
            cell.declared = Some(*declared);
            if cell.differs() {
                "Thống kê bằng văn bản giấy".clone_into(&mut cell.reason);
            }
        }
        let saved = self.save(&view, unit, content).await.unwrap();
        self.approve_and_submit(&saved, unit).await.unwrap();
        self.report(campaign, unit).await
    }

    /// Saves content as a new officer of the unit.
    pub(crate) async fn save(
        &self,
        view: &ReportView,
        unit: &str,
        content: Content,
    ) -> Result<ReportView, PortalError> {
        let officer = self.officer(unit).await;
        let (id, version) = (view.report.id, view.report.content_version);
        reports::save(&self.portal, &officer, id, version, content).await
    }

    /// The unit's leader approves and an officer submits.
    pub(crate) async fn approve_and_submit(
        &self,
        view: &ReportView,
        unit: &str,
    ) -> Result<(), PortalError> {
        let portal = &self.portal;
        let (id, version) = (view.report.id, view.report.content_version);
        reports::approve(portal, &self.approver(unit).await, id, version).await?;
        let officer = self.officer(unit).await;
        reports::submit(portal, &officer, id, version + 1, portal.now()).await
    }
}

/// The letter as a coordinator types it.
pub(crate) fn letter() -> CampaignForm {
    CampaignForm {
        title: "Chiến dịch làm sạch mã độc trên không gian mạng năm 2026".to_owned(),
        letter_number: "12/SKHCN-CĐS".to_owned(),
        letter_on: "2026-08-05".to_owned(),
        letter_place: "Đông Lam".to_owned(),
        subject: "V/v triển khai chiến dịch làm sạch mã độc".to_owned(),
        tasks: "Phát động chiến dịch\nGiám sát, xử lý thiết bị\nBáo cáo kết quả".to_owned(),
        signer: "KT. GIÁM ĐỐC\nPHÓ GIÁM ĐỐC".to_owned(),
        deadline_phrase: "before".to_owned(),
        deadline_on: "2026-09-22".to_owned(),
        form: "letter-2022@1".to_owned(),
        is_public: "on".to_owned(),
        version: 1,
        ..CampaignForm::default()
    }
}

/// Message keys of what was refused.
pub(crate) fn problems<T: std::fmt::Debug>(result: Result<T, PortalError>) -> Vec<&'static str> {
    match result {
        Err(PortalError::Invalid(problems)) => problems.iter().map(|it| it.message).collect(),
        other => panic!("not refused as invalid: {other:?}"),
    }
}

pub(crate) struct Quiet;

impl Progress for Quiet {
    fn advanced(&self, _raw_bytes: u64, _lines: u64) {}

    fn is_cancelled(&self) -> bool {
        false
    }
}

/// A domain that the campaign's list holds.
pub(crate) fn listed_name() -> String {
    let list = String::from_utf8(demo_list(1)).unwrap();
    list.lines().nth(1).unwrap().split(',').next().unwrap().to_owned()
}

/// A BIND query log: day, device, name.
pub(crate) fn bind_log(queries: &[(Date, &str, &str)]) -> Vec<u8> {
    let mut log = String::new();
    for (day, device, name) in queries {
        let day = day.strftime("%d-%b-%Y");
        writeln!(
            log,
            "{day} 08:00:00.000 queries: info: client @0x7f0000000000 {device}#40000 ({name}): \
             query: {name} IN A +E(0)K (10.0.0.1)"
        )
        .unwrap();
    }
    log.into_bytes()
}
