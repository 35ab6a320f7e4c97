//! A small world with a running campaign.

use std::collections::BTreeSet;
use std::sync::Arc;

use campaigns::{
    AttachmentId, CampaignId, CaseId, ListId, MembershipId, ReceiverRole, ReportId, Role, SourceId,
    UnitId, UserId,
};
use jiff::Timestamp;
use language::Language;
use portal::campaigns::CampaignForm;
use portal::checks::{LogInput, Progress};
use portal::tokens::{self, Scope};
use portal::{Actor, Portal, sign_in};
use sha2::{Digest, Sha256};
use storage::units::{MembershipRecord, UnitRecord};
use storage::users::{GrantRecord, SessionRecord, UserRecord};

use crate::TestPortal;

/// A small world: unit A runs a campaign, B received its letter and passed it on to C; S is a
/// stranger. B stands below A and C below B.
///
/// Every unit has one person for each role; their login is `officer.b`, their session's secret
/// `session-of-officer.b`. B has one matched log with one finding, a case, and a report begun.
pub struct World {
    /// The portal.
    pub test: TestPortal,
    /// The unit that runs the campaign.
    pub a: UnitId,
    /// Received the letter from A.
    pub b: UnitId,
    /// Received the letter from B.
    pub c: UnitId,
    /// A stranger.
    pub s: UnitId,
    /// The campaign, launched.
    pub campaign: CampaignId,
    /// Last part of its public address.
    pub slug: String,
    /// Its indicator list: `c2.malware.example` and `203.0.113.9`.
    pub list: ListId,
    /// A file beside its letter.
    pub attachment: AttachmentId,
    /// B's case.
    pub case: CaseId,
    /// B's log, as it was matched.
    pub source: SourceId,
    /// B's report, a draft.
    pub report: ReportId,
    /// B's officer.
    pub officer: UserId,
}

/// One hit: `c2.malware.example` resolved by 192.0.2.17.
pub const LOG: &str = "20-Aug-2026 08:00:01.000 queries: info: client @0x7f 192.0.2.17#5000 \
    (c2.malware.example): query: c2.malware.example IN A + (192.0.2.53)\n";

struct Quiet;

impl Progress for Quiet {
    fn advanced(&self, _: u64, _: u64) {}
    fn is_cancelled(&self) -> bool {
        false
    }
}

impl World {
    /// A world on SQLite.
    pub async fn new() -> Self {
        Self::on(TestPortal::sqlite().await).await
    }

    /// A world in this portal.
    pub async fn on(test: TestPortal) -> Self {
        let portal = test.portal.clone();
        let a = unit(&portal, "H59", "Sở A", None).await;
        let b = unit(&portal, "H59.1", "Ủy ban nhân dân xã B", Some(a)).await;
        let c = unit(&portal, "H59.1.1", "Trường C", Some(b)).await;
        let s = unit(&portal, "H60", "Sở S", None).await;
        for (letter, unit) in [("a", a), ("b", b), ("c", c), ("s", s)] {
            for role in Role::ALL {
                person(&portal, &format!("{role}.{letter}"), unit, role).await;
            }
        }
        let coordinator = actor(&portal, "coordinator.a").await;
        let form = CampaignForm {
            title: "Làm sạch mã độc".to_owned(),
            tasks: "Kiểm tra máy tính".to_owned(),
            deadline_on: "2026-09-22".to_owned(),
            deadline_phrase: "before".to_owned(),
            is_public: "on".to_owned(),
            form: "letter-2022@1".to_owned(),
            ..CampaignForm::default()
        };
        let campaign = portal::campaigns::create(&portal, &coordinator, a, &form).await.unwrap();
        let receivers = [(b, ReceiverRole::Action)];
        portal::campaigns::set_receivers(&portal, &coordinator, campaign, &receivers)
            .await
            .unwrap();
        let list = b"c2.malware.example\n203.0.113.9\n".to_vec();
        let list = portal::campaigns::add_list(&portal, &coordinator, campaign, "list.txt", list)
            .await
            .unwrap();
        portal::campaigns::attach(&portal, &coordinator, campaign, "mau.txt", b"x".to_vec())
            .await
            .unwrap();
        portal::campaigns::launch(&portal, &coordinator, campaign).await.unwrap();
        let view = portal::campaigns::view(&portal, &coordinator, campaign).await.unwrap();
        let officer = actor(&portal, "officer.b").await;
        let pass_on = portal::letters::PassOn { units: vec![c], ..Default::default() };
        portal::letters::pass_on(&portal, &officer, campaign, b, &pass_on).await.unwrap();
        let log = LogInput {
            name: "bind.log".to_owned(),
            modified: None,
            size_bytes: None,
            bytes: Ok(Box::new(LOG.as_bytes())),
        };
        test.clock.set("2026-08-21T09:00:00+07:00");
        let checked =
            portal::checks::check_log(&portal, &officer, campaign, b, "", log, Arc::new(Quiet));
        let (checked, _) = checked.await.unwrap();
        let cases = portal::cases::list(&portal, &officer, campaign, b).await.unwrap();
        let report = portal::reports::open(&portal, &officer, campaign, b).await.unwrap();
        Self {
            case: cases.first().unwrap().case.id,
            source: checked.source.id,
            report: report.report.id,
            officer: officer.user_id,
            slug: view.campaign.slug,
            list: list.id,
            attachment: view.attachments.first().unwrap().id,
            test,
            a,
            b,
            c,
            s,
            campaign,
        }
    }

    /// The portal.
    pub fn portal(&self) -> &Portal {
        &self.test.portal
    }

    /// A token of a unit, made by its officer.
    pub async fn token(&self, officer: &str, unit: UnitId, scopes: &[Scope]) -> String {
        let actor = actor(self.portal(), officer).await;
        let scopes: BTreeSet<Scope> = scopes.iter().copied().collect();
        tokens::create_with(self.portal(), &actor, unit, "thử", &scopes).await.unwrap()
    }
}

/// A person as the portal knows them by their session.
pub async fn actor(portal: &Portal, login: &str) -> Actor {
    sign_in::actor_of(portal, &format!("session-of-{login}")).await.unwrap()
}

async fn unit(portal: &Portal, code: &str, name: &str, parent: Option<UnitId>) -> UnitId {
    let unit = UnitRecord {
        id: portal.new_id::<UnitId>(),
        code: code.to_owned(),
        name: name.to_owned(),
        name_key: language::search_key(name),
        kind: "department".to_owned(),
        place: String::new(),
        headcount: None,
        valid_from: None,
        valid_to: None,
        created_at: portal.now(),
    };
    let membership = MembershipRecord {
        id: portal.new_id::<MembershipId>().to_string(),
        unit_id: unit.id,
        line: portal::units::TERRITORIAL.to_owned(),
        parent_id: parent,
        valid_from: None,
        valid_to: None,
    };
    let mut write = portal.database.write().await.unwrap();
    storage::units::insert(&mut write, &unit).await.unwrap();
    storage::units::insert_membership(&mut write, &membership).await.unwrap();
    write.commit().await.unwrap();
    unit.id
}

/// A person with one role and a session that holds.
pub async fn person(portal: &Portal, login: &str, unit: UnitId, role: Role) {
    let now = portal.now();
    let user = UserRecord {
        id: portal.new_id::<UserId>(),
        login: login.to_owned(),
        name: login.to_owned(),
        position: String::new(),
        password_hash: None,
        language: Language::Vi.tag().to_owned(),
        is_active: true,
        created_at: now,
        signed_in_at: None,
        home_unit_id: Some(unit),
    };
    let mut write = portal.database.write().await.unwrap();
    storage::users::insert(&mut write, &user).await.unwrap();
    let grant = GrantRecord { user_id: user.id, unit_id: unit, role };
    storage::users::grant(&mut write, grant, now).await.unwrap();
    let far: Timestamp = "2030-01-01T00:00:00Z".parse().unwrap();
    let secret = format!("session-of-{login}");
    let session = SessionRecord {
        token_hash: hex::encode(Sha256::digest(secret.as_bytes())),
        user_id: user.id,
        created_at: now,
        // Sessions of this world do not go idle while the clock is set on.
        seen_at: far,
        expires_at: far,
    };
    storage::users::insert_session(&mut write, &session).await.unwrap();
    write.commit().await.unwrap();
}
