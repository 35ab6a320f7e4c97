//! Records to write: the least that the others refer to.

use campaigns::{
    CampaignId, CampaignState, CaseId, CaseState, DeadlinePhrase, DeviceId, DirectiveId, ReceiptId,
    ReceiverRole, ReportId, SightingId, SiteId, SourceId, UnitId, UserId,
};
use jiff::{Timestamp, civil::date};
use reports::{Content, ReportState};
use storage::campaigns::CampaignRecord;
use storage::cases::CaseRecord;
use storage::devices::DeviceRecord;
use storage::directives::{DirectiveRecord, ReceiptRecord};
use storage::reports::ReportRecord;
use storage::sightings::{SightingRecord, SourceRecord};
use storage::units::UnitRecord;
use storage::users::UserRecord;
use storage::{Database, StorageError, Write};
use uuid::Uuid;

/// The id of this number.
pub(crate) fn id<Id: From<Uuid>>(number: u8) -> Id {
    Uuid::from_bytes([number; 16]).into()
}

/// A moment with every digit that is kept.
pub(crate) fn at(second: i64) -> Timestamp {
    Timestamp::from_microsecond((1_790_000_000 + second) * 1_000_000 + 123_456).unwrap()
}

/// Whether the value was taken.
pub(crate) fn is_taken<T>(done: &Result<T, StorageError>) -> bool {
    matches!(done, Err(StorageError::Taken(_)))
}

/// With nothing that may be absent.
pub(crate) fn unit(number: u8) -> UnitRecord {
    UnitRecord {
        id: id(number),
        code: format!("H90.{number:02}"),
        name: format!("Ủy ban nhân dân xã Số {number}"),
        name_key: format!("uy ban nhan dan xa so {number}"),
        kind: "commune".to_owned(),
        place: String::new(),
        headcount: None,
        valid_from: None,
        valid_to: None,
        created_at: at(0),
    }
}

pub(crate) fn user(number: u8) -> UserRecord {
    UserRecord {
        id: id(number),
        login: format!("can.bo.{number}"),
        name: "Trần Mận".to_owned(),
        position: "Cán bộ".to_owned(),
        password_hash: None,
        language: "vi".to_owned(),
        is_active: true,
        created_at: at(0),
        signed_in_at: None,
        home_unit_id: None,
    }
}

pub(crate) fn campaign(number: u8) -> CampaignRecord {
    CampaignRecord {
        id: id(number),
        owner_id: id(1),
        slug: format!("lam-sach-{number}"),
        title: "Làm sạch mã độc".to_owned(),
        letter_number: "12/MH".to_owned(),
        letter_on: Some(date(2026, 8, 23)),
        letter_place: "Đông Lam".to_owned(),
        legal_basis: "Thực hiện “Kế hoạch”;\nvà 'văn bản'".to_owned(),
        subject: "V/v triển khai".to_owned(),
        aim: String::new(),
        tasks: vec!["Phát động".to_owned(), "Báo cáo".to_owned()],
        contact_line: String::new(),
        signer: "KT. GIÁM ĐỐC\nPHÓ GIÁM ĐỐC".to_owned(),
        period_from: None,
        period_to: Some(date(2026, 10, 31)),
        deadline_phrase: Some(DeadlinePhrase::Before),
        deadline_on: Some(date(2026, 9, 22)),
        zone: "Asia/Ho_Chi_Minh".to_owned(),
        form_id: "letter-2022".to_owned(),
        form_version: 1,
        line: "territorial".to_owned(),
        state: CampaignState::Draft,
        is_public: true,
        created_by: id(1),
        created_at: at(0),
        launched_at: None,
        closed_at: None,
        version: 1,
    }
}

pub(crate) fn directive(number: u8) -> DirectiveRecord {
    DirectiveRecord {
        id: id(number),
        campaign_id: id(1),
        from_unit_id: id(1),
        letter_number: String::new(),
        cover_text: "Đề nghị thực hiện".to_owned(),
        deadline_phrase: None,
        deadline_on: None,
        sent_by: id(1),
        sent_at: at(i64::from(number)),
    }
}

pub(crate) fn receipt(number: u8, directive_id: DirectiveId, unit_id: UnitId) -> ReceiptRecord {
    ReceiptRecord {
        id: id::<ReceiptId>(number),
        campaign_id: id(1),
        directive_id,
        unit_id,
        parent_id: id(1),
        role: ReceiverRole::Action,
        is_counting: true,
        delivered_at: at(i64::from(number)),
        opened_at: None,
        acknowledged_at: None,
        acknowledged_by: None,
        launched_at: None,
    }
}

pub(crate) fn source(number: u8, site_id: SiteId) -> SourceRecord {
    SourceRecord {
        id: id::<SourceId>(number),
        campaign_id: id(1),
        unit_id: id(1),
        site_id,
        sha256: format!("{number:064x}"),
        name: "nhật ký.log".to_owned(),
        format: None,
        lines_read: i64::MAX,
        lines_matched: 2,
        lines_not_parsed: 0,
        is_complete: true,
        summary: "{}".to_owned(),
        sent_by: None,
        sent_by_token: None,
        created_at: at(i64::from(number)),
    }
}

pub(crate) fn device(number: u8, site_id: SiteId) -> DeviceRecord {
    DeviceRecord {
        id: id::<DeviceId>(number),
        unit_id: id(1),
        site_id,
        label: "Máy kế toán".to_owned(),
        kind: "unknown".to_owned(),
        merged_into: None,
        created_at: at(0),
        stands_as: Some("proxy".to_owned()),
    }
}

pub(crate) fn case(number: u8, device_id: DeviceId) -> CaseRecord {
    CaseRecord {
        id: id::<CaseId>(number),
        number: i64::from(number),
        campaign_id: id(1),
        unit_id: id(1),
        device_id,
        state: CaseState::Opened,
        opened_at: at(0),
        changed_at: at(0),
        declared_at: None,
        verified_at: None,
        closed_at: None,
        remedy: String::new(),
        reinfections: 0,
        merged_into: None,
        version: 1,
    }
}

pub(crate) fn sighting(number: u8, source_id: SourceId, device_id: DeviceId) -> SightingRecord {
    SightingRecord {
        id: id::<SightingId>(number),
        source_id,
        campaign_id: id(1),
        unit_id: id(1),
        device_id,
        case_id: None,
        indicator: format!("m{number}.example"),
        indicator_type: "domain".to_owned(),
        family: None,
        list: "danh sách.csv".to_owned(),
        destination: "a.m.example".to_owned(),
        verdict: "dns-queried".to_owned(),
        is_finding: true,
        contacts: 3,
        first_at: None,
        last_at: None,
        evidence_file: "nhật ký.log".to_owned(),
        evidence_offset: 0,
        evidence_line_number: 1,
        evidence_line: None,
        evidence_line_until: None,
        warning: Some("Tranco".to_owned()),
        name_source: Some("dhcp-lease".to_owned()),
        name_confidence: Some("high".to_owned()),
        intermediary: None,
        intermediary_source: None,
    }
}

pub(crate) fn report(number: u8, unit_id: UnitId) -> ReportRecord {
    ReportRecord {
        id: id::<ReportId>(number),
        campaign_id: id(1),
        unit_id,
        form_id: "letter-2022".to_owned(),
        form_version: 1,
        state: ReportState::Draft,
        revision: 1,
        content: Content::default(),
        content_version: 1,
        author_id: None,
        approver_id: None,
        updated_at: at(0),
        approved_at: None,
        submitted_at: None,
        is_late: false,
        noted_at: None,
        noted_by: None,
        locked_at: None,
    }
}

/// Units 1 to 3, people 1 and 2, campaign 1 of unit 1.
pub(crate) async fn base(database: &Database) -> Write {
    let mut write = database.write().await.unwrap();
    for number in 1..=3 {
        storage::units::insert(&mut write, &unit(number)).await.unwrap();
    }
    for number in 1..=2 {
        storage::users::insert(&mut write, &user(number)).await.unwrap();
    }
    storage::campaigns::insert(&mut write, &campaign(1)).await.unwrap();
    write
}

/// [`base`] with a site of unit 1, source 1 and devices 1 and 2 there.
pub(crate) async fn watched(database: &Database) -> (Write, SiteId) {
    let mut write = base(database).await;
    let site = storage::devices::site(&mut write, id(1), id(1), "Trụ sở").await.unwrap();
    storage::sightings::insert_source(&mut write, &source(1, site)).await.unwrap();
    for number in 1..=2 {
        storage::devices::insert_device(&mut write, &device(number, site)).await.unwrap();
    }
    (write, site)
}

/// The ids of people, for those who need only that.
pub(crate) fn person(number: u8) -> UserId {
    id(number)
}

/// The id of the campaign of [`base`].
pub(crate) fn the_campaign() -> CampaignId {
    id(1)
}
