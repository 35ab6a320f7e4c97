//! `roll-up`: reports of many units, added up, in memory and from a database.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use anyhow::{Context as _, ensure};
use campaigns::{
    CampaignId, CampaignState, DeadlinePhrase, DirectiveId, Grant, ReceiptId, ReceiverRole,
    ReportId, Role, UnitId, UserId,
};
use files::ContentStore;
use jiff::tz::TimeZone;
use jiff::{Timestamp, civil::date};
use language::Language;
use portal::exports::{self, Kind};
use portal::{Actor, Portal};
use reports::{Cell, Content, Form, ReportState, Submission, roll_up};
use storage::campaigns::CampaignRecord;
use storage::directives::{DirectiveRecord, ReceiptRecord};
use storage::reports::{ReportRecord, RevisionRecord};
use storage::units::UnitRecord;
use storage::users::UserRecord;
use storage::{Database, Location, Write};

use crate::measure::Measure;
use crate::measured_run::own_cpu_seconds;

const UNITS: u32 = 10_000;
const ROWS: u32 = 30;
/// Units that hand nothing in: one of so many.
const SILENT: u32 = 10;

/// URL of a throw-away PostgreSQL, which `script/bench` starts.
const POSTGRES_VARIABLE: &str = "LAMSACH_TEST_POSTGRES";

pub(crate) fn run(runs: u32) -> anyhow::Result<Vec<Measure>> {
    let form = form()?;
    let units: Vec<UnitId> = (0..UNITS).map(unit_id).collect();
    let expected: BTreeSet<UnitId> = units.iter().copied().collect();
    let submissions: Vec<Submission> = (0..UNITS)
        .zip(&units)
        .filter(|(number, _)| number % SILENT != 0)
        .map(|(number, unit)| Submission { unit: *unit, content: content(number), is_late: false })
        .collect();
    let truth: i64 = (0..UNITS).filter(|it| it % SILENT != 0).map(i64::from).sum();
    let mut in_memory = Best::default();
    for _ in 0..runs {
        let sums = in_memory.measure(|| roll_up(&form, &expected, &submissions))?;
        let first = sums.rows.first().context("a row")?;
        ensure!(first.declared.value == Some(truth), "a wrong sum");
        ensure!(sums.missing.len() == (UNITS / SILENT) as usize, "a wrong number of missing units");
    }
    let mut measures = vec![Measure::new("roll-up/in-memory", in_memory.cpu_seconds, "CPU s")];
    let folder = tempfile::tempdir()?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let mut as_docx = Best::default();
    for (engine, location) in engines(folder.path()) {
        let made = database(&location, folder.path(), &units);
        let (portal, actor, campaign) = runtime.block_on(made)?;
        let mut from_database = Best::default();
        for _ in 0..runs {
            let added = portal::reports::rolled_up(&portal, &actor, campaign, unit_id(UNITS));
            let view = from_database.measure(|| runtime.block_on(added))??;
            let first = view.sums.rows.first().context("a row")?;
            ensure!(first.declared.value == Some(truth), "a wrong sum from {engine}");
            if engine == "sqlite" {
                let export = || exports::roll_up(&portal, &view, Kind::Docx, Language::Vi);
                ensure!(!as_docx.measure(export)??.is_empty(), "an empty document");
            }
        }
        // What the server of PostgreSQL takes stands in the time by the clock alone.
        let (cpu, wall) = (from_database.cpu_seconds, from_database.wall_seconds);
        measures.push(Measure::new(format!("roll-up/from-{engine}"), cpu, "CPU s"));
        measures.push(Measure::new(format!("roll-up/from-{engine}/elapsed"), wall, "s"));
        runtime.block_on(portal.database.close());
    }
    measures.push(Measure::new("roll-up/docx", as_docx.cpu_seconds, "CPU s"));
    Ok(measures)
}

/// A database of each kind: SQLite, and PostgreSQL where there is a throw-away cluster.
fn engines(folder: &Path) -> Vec<(&'static str, Location)> {
    let postgres = std::env::var(POSTGRES_VARIABLE).ok();
    let postgres = postgres.map(|url| ("postgresql", Location::Postgres(url)));
    std::iter::once(("sqlite", Location::Folder(folder.to_owned()))).chain(postgres).collect()
}

/// The best of several runs, in this process.
struct Best {
    cpu_seconds: f64,
    wall_seconds: f64,
}

impl Default for Best {
    fn default() -> Self {
        Self { cpu_seconds: f64::INFINITY, wall_seconds: f64::INFINITY }
    }
}

impl Best {
    fn measure<T>(&mut self, work: impl FnOnce() -> T) -> anyhow::Result<T> {
        let (cpu, wall) = (own_cpu_seconds()?, Instant::now());
        let done = work();
        self.wall_seconds = self.wall_seconds.min(wall.elapsed().as_secs_f64());
        self.cpu_seconds = self.cpu_seconds.min(own_cpu_seconds()? - cpu);
        Ok(done)
    }
}

fn unit_id(number: u32) -> UnitId {
    let mut random = [0; 10];
    if let Some(end) = random.last_chunk_mut() {
        *end = number.to_be_bytes();
    }
    UnitId::from_parts(0, &random)
}

/// A form of thirty rows; the first two have the keys of the letter's form.
fn form() -> anyhow::Result<Form> {
    let mut form = Form::letter();
    let template = form.rows.first().cloned().context("a row")?;
    for number in 3..=ROWS {
        let mut row = template.clone();
        row.key = key(number);
        row.number = number.to_string();
        form.rows.push(row);
    }
    Ok(form)
}

fn key(number: u32) -> String {
    match number {
        1 => "informed".to_owned(),
        2 => "launched".to_owned(),
        other => format!("row-{other}"),
    }
}

fn content(unit: u32) -> Content {
    let cells: BTreeMap<String, Cell> = (1..=ROWS)
        .map(|row| {
            let value = Some(i64::from(unit));
            (key(row), Cell { declared: value, measured: value, ..Cell::default() })
        })
        .collect();
    Content {
        assessment: "Đơn vị đã phổ biến chiến dịch đến toàn thể cán bộ, công chức.".to_owned(),
        proposals: String::new(),
        cells,
    }
}

/// A portal in this database: one department, ten units below it, the others below these.
async fn database(
    location: &Location,
    folder: &Path,
    units: &[UnitId],
) -> anyhow::Result<(Portal, Actor, CampaignId)> {
    let database = Database::open(location).await?;
    let portal = Portal {
        database,
        files: ContentStore::new(folder.join("files")),
        clock: Arc::new(Timestamp::now),
        zone: TimeZone::UTC,
        is_demo: false,
    };
    let mut write = portal.database.write().await?;
    let (campaign, actor) = begin(&portal, &mut write).await?;
    let mut directives = BTreeMap::new();
    for (number, unit) in (0_u32..).zip(units) {
        insert_unit(&mut write, *unit, number).await?;
        let parent = if number < 10 { UNITS } else { number % 10 };
        let directive = if let Some(known) = directives.get(&parent) {
            *known
        } else {
            let id = portal.new_id::<DirectiveId>();
            insert_directive(&mut write, id, campaign, unit_id(parent), actor.user_id).await?;
            directives.insert(parent, id);
            id
        };
        let receipt = ReceiptRecord {
            id: portal.new_id::<ReceiptId>(),
            campaign_id: campaign,
            directive_id: directive,
            unit_id: *unit,
            parent_id: unit_id(parent),
            role: ReceiverRole::Action,
            is_counting: true,
            delivered_at: Timestamp::UNIX_EPOCH,
            opened_at: None,
            acknowledged_at: None,
            acknowledged_by: None,
            launched_at: None,
        };
        storage::directives::insert_receipt(&mut write, &receipt).await?;
        if number % SILENT != 0 {
            let id = portal.new_id::<ReportId>();
            insert_report(&mut write, id, campaign, *unit, number).await?;
        }
    }
    write.commit().await?;
    Ok((portal, actor, campaign))
}

/// The department, its coordinator and its running campaign.
async fn begin(portal: &Portal, write: &mut Write) -> anyhow::Result<(CampaignId, Actor)> {
    let owner = unit_id(UNITS);
    insert_unit(write, owner, UNITS).await?;
    let user = UserRecord {
        id: portal.new_id::<UserId>(),
        login: "coordinator".to_owned(),
        name: "Điều phối".to_owned(),
        position: String::new(),
        password_hash: None,
        language: "vi".to_owned(),
        is_active: true,
        created_at: Timestamp::UNIX_EPOCH,
        signed_in_at: None,
        home_unit_id: None,
    };
    storage::users::insert(write, &user).await?;
    let campaign = CampaignRecord {
        id: portal.new_id::<CampaignId>(),
        owner_id: owner,
        slug: "chien-dich".to_owned(),
        title: "Chiến dịch".to_owned(),
        letter_number: String::new(),
        letter_on: None,
        letter_place: String::new(),
        legal_basis: String::new(),
        subject: String::new(),
        aim: String::new(),
        tasks: Vec::new(),
        contact_line: String::new(),
        signer: String::new(),
        period_from: None,
        period_to: None,
        deadline_phrase: Some(DeadlinePhrase::Before),
        deadline_on: Some(date(2026, 9, 22)),
        zone: "Asia/Ho_Chi_Minh".to_owned(),
        form_id: "extended".to_owned(),
        form_version: 1,
        line: "territorial".to_owned(),
        state: CampaignState::Launched,
        is_public: false,
        created_by: user.id,
        created_at: Timestamp::UNIX_EPOCH,
        launched_at: None,
        closed_at: None,
        version: 1,
    };
    storage::campaigns::insert(write, &campaign).await?;
    let actor = Actor {
        user_id: user.id,
        login: user.login,
        name: user.name,
        position: user.position,
        language: Language::Vi,
        grants: vec![Grant { user: user.id, unit: owner, role: Role::Coordinator }],
    };
    Ok((campaign.id, actor))
}

async fn insert_unit(write: &mut Write, id: UnitId, number: u32) -> anyhow::Result<()> {
    let unit = UnitRecord {
        id,
        code: format!("H90.{number}"),
        name: format!("Ủy ban nhân dân xã Minh Họa {number}"),
        name_key: format!("uy ban nhan dan xa minh hoa {number}"),
        kind: "commune".to_owned(),
        place: "Minh Họa".to_owned(),
        headcount: Some(32),
        valid_from: None,
        valid_to: None,
        created_at: Timestamp::UNIX_EPOCH,
    };
    Ok(storage::units::insert(write, &unit).await?)
}

async fn insert_directive(
    write: &mut Write,
    id: DirectiveId,
    campaign_id: CampaignId,
    from_unit_id: UnitId,
    sent_by: UserId,
) -> anyhow::Result<()> {
    let directive = DirectiveRecord {
        id,
        campaign_id,
        from_unit_id,
        letter_number: String::new(),
        cover_text: String::new(),
        deadline_phrase: None,
        deadline_on: None,
        sent_by,
        sent_at: Timestamp::UNIX_EPOCH,
    };
    Ok(storage::directives::insert(write, &directive).await?)
}

async fn insert_report(
    write: &mut Write,
    id: ReportId,
    campaign_id: CampaignId,
    unit_id: UnitId,
    number: u32,
) -> anyhow::Result<()> {
    let submitted_at = Timestamp::UNIX_EPOCH;
    let report = ReportRecord {
        id,
        campaign_id,
        unit_id,
        form_id: "extended".to_owned(),
        form_version: 1,
        state: ReportState::Submitted,
        revision: 1,
        content: content(number),
        content_version: 1,
        author_id: None,
        approver_id: None,
        updated_at: submitted_at,
        approved_at: None,
        submitted_at: Some(submitted_at),
        is_late: false,
        noted_at: None,
        noted_by: None,
        locked_at: None,
    };
    storage::reports::insert(write, &report).await?;
    let revision = RevisionRecord {
        report_id: id,
        revision: 1,
        content: report.content,
        author_id: None,
        approver_id: None,
        submitted_at,
    };
    Ok(storage::reports::insert_revision(write, &revision).await?)
}
