//! Carries a plan out: each deed by the function that people use, under the clock of its moment.

use std::collections::BTreeMap;
use std::io::Cursor;
use std::sync::{Arc, Mutex, PoisonError};

use ::campaigns::{CampaignId, CaseId, Role, SiteId, UnitId, UserId};
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp, ToSpan};
use language::Language;
use simulation::world::{World, WorldUnit};
use simulation::{DemoUnit, Random, Truth, demo_list, demo_log};
use storage::users::{self, GrantRecord, UserRecord};

use super::numbers::{BEFORE_LAUNCHED, Moment, seed_of};
use super::plan::{CheckedLog, Deed, Step, Which, children};
use super::{PASSWORD, SEED, midnight, newcomer, people, scans, texts, units};
use crate::checks::{self, LogInput, Progress};
use crate::letters::PassOn;
use crate::{
    Actor, Portal, PortalError, campaigns, cases, letters, progress, reports, secrets, sign_in,
    upkeep,
};

/// Who plays, on which stage.
pub(super) struct Player<'w> {
    portal: Portal,
    clock: Arc<Mutex<Timestamp>>,
    world: &'w World,
    /// The day the demonstration is made on, and its first moment.
    today: Date,
    midnight: Timestamp,
    units: BTreeMap<String, UnitId>,
    actors: BTreeMap<(String, Role), Actor>,
    campaigns: BTreeMap<Which, CampaignId>,
    /// Address of the device of a unit that may come back, by the unit's code.
    returning: BTreeMap<String, String>,
}

/// Nobody waits for the checks of a demonstration.
struct Unwatched;

impl Progress for Unwatched {
    fn advanced(&self, _raw_bytes: u64, _lines: u64) {}

    fn is_cancelled(&self) -> bool {
        false
    }
}

impl<'w> Player<'w> {
    /// Enters units and people.
    pub(super) async fn enter(
        portal: &Portal,
        world: &'w World,
        today: Date,
    ) -> Result<Self, PortalError> {
        let midnight = midnight(portal, today)?;
        let clock = Arc::new(Mutex::new(midnight));
        let shown = clock.clone();
        let portal = Portal {
            clock: Arc::new(move || *shown.lock().unwrap_or_else(PoisonError::into_inner)),
            is_demo: true,
            ..portal.clone()
        };
        let mut player = Self {
            portal,
            clock,
            world,
            today,
            midnight,
            units: BTreeMap::new(),
            actors: BTreeMap::new(),
            campaigns: BTreeMap::new(),
            returning: BTreeMap::new(),
        };
        player.set_clock(Moment::on(BEFORE_LAUNCHED - 10, 8, 0));
        player.units = units::enter(&player.portal, world).await?;
        player.enter_people().await?;
        Ok(player)
    }

    /// Carries the plan out.
    pub(super) async fn play(
        mut self,
        plan: &[Deed],
        progress: &(dyn Fn(u64, u64) + Sync),
    ) -> Result<(), PortalError> {
        let total = plan.len() as u64;
        for (done, deed) in (0_u64..).zip(plan) {
            progress(done, total);
            self.set_clock(deed.at);
            self.perform(deed).await.map_err(|error| {
                PortalError::Internal(format!("demonstration: {deed:?}: {error} ({error:?})"))
            })?;
        }
        progress(total, total);
        Ok(())
    }

    fn set_clock(&self, moment: Moment) {
        let now = self.midnight + SignedDuration::from_mins(moment.0);
        *self.clock.lock().unwrap_or_else(PoisonError::into_inner) = now;
    }

    async fn enter_people(&mut self) -> Result<(), PortalError> {
        // One hash for all: it is the cost of a hash, not of an account, that takes time.
        let password_hash = secrets::hash_password(PASSWORD.to_owned()).await?;
        let newcomer = newcomer(self.world);
        let root = self.world.units.first().map(|it| it.code.clone()).unwrap_or_default();
        let now = self.portal.now();
        let mut write = self.portal.database.write().await?;
        let mut entered = Vec::new();
        for unit in &self.world.units {
            let mut random = Random::for_part(seed_of(SEED, &unit.code), "people");
            let is_focal = unit.code == self.world.focal_code;
            let has_below = !children(self.world, &unit.code).is_empty();
            let of_unit = people::of_unit(
                &unit.code,
                is_focal,
                unit.code == newcomer,
                has_below,
                &mut random,
            );
            for person in of_unit {
                let user = UserRecord {
                    id: self.portal.new_id::<UserId>(),
                    login: person.login,
                    name: person.name,
                    position: person.position.to_owned(),
                    password_hash: Some(password_hash.clone()),
                    language: Language::Vi.tag().to_owned(),
                    is_active: true,
                    created_at: now,
                    signed_in_at: None,
                    home_unit_id: Some(self.unit(&unit.code)?),
                };
                users::insert(&mut write, &user).await?;
                for role in &person.roles {
                    let unit_id = self.unit(&unit.code)?;
                    let grant = GrantRecord { user_id: user.id, unit_id, role: *role };
                    users::grant(&mut write, grant, now).await?;
                    entered.push((unit.code.clone(), *role, user.clone()));
                }
                if is_focal && person.roles.contains(&Role::Administrator) {
                    // Who runs the portal keeps the whole province's units and people.
                    let unit_id = self.unit(&root)?;
                    let role = Role::Administrator;
                    let later = now + SignedDuration::from_secs(1);
                    let grant = GrantRecord { user_id: user.id, unit_id, role };
                    users::grant(&mut write, grant, later).await?;
                }
            }
        }
        write.commit().await?;
        let mut read = self.portal.database.read().await?;
        for (code, role, user) in entered {
            self.actors.insert((code, role), sign_in::actor(&mut read, user).await?);
        }
        Ok(())
    }

    fn unit(&self, code: &str) -> Result<UnitId, PortalError> {
        self.units.get(code).copied().ok_or(PortalError::NotFound)
    }

    fn simulated(&self, code: &str) -> Result<&'w WorldUnit, PortalError> {
        self.world.units.iter().find(|it| it.code == code).ok_or(PortalError::NotFound)
    }

    fn actor(&self, code: &str, role: Role) -> Result<&Actor, PortalError> {
        self.actors.get(&(code.to_owned(), role)).ok_or(PortalError::NotFound)
    }

    fn day(&self, day: i64) -> Date {
        self.today.saturating_add(day.days())
    }

    async fn perform(&mut self, deed: &Deed) -> Result<(), PortalError> {
        let portal = self.portal.clone();
        let unit = self.unit(&deed.unit)?;
        let mut random = Random::for_part(seed_of(SEED, &deed.unit), &format!("{:?}", deed.at));
        if let Step::Create(receivers) = &deed.step {
            let campaign = self.create(deed.campaign, &deed.unit, receivers).await?;
            self.campaigns.insert(deed.campaign, campaign);
            return Ok(());
        }
        let campaign = *self.campaigns.get(&deed.campaign).ok_or(PortalError::NotFound)?;
        if let Step::Work { devices, .. } = &deed.step
            && !self.returning.contains_key(&deed.unit)
        {
            let address = self.returning_device(&deed.unit, *devices)?;
            self.returning.insert(deed.unit.clone(), address);
        }
        let officer = || self.actor(&deed.unit, Role::Officer);
        let coordinator = || self.actor(&deed.unit, Role::Coordinator);
        match &deed.step {
            Step::Create(_) => {}
            Step::Send => campaigns::launch(&portal, coordinator()?, campaign).await?,
            Step::Close => campaigns::close(&portal, coordinator()?, campaign).await?,
            Step::Open => drop(letters::open(&portal, officer()?, campaign, unit).await?),
            Step::Acknowledge => letters::acknowledge(&portal, officer()?, campaign, unit).await?,
            Step::Launch => letters::launch(&portal, officer()?, campaign, unit).await?,
            Step::PassOn(below, deadline) => {
                let given = PassOn {
                    letter_number: format!("{:02}/MH-VP", 1 + random.below(60)),
                    cover_text: texts::cover(&self.simulated(&deed.unit)?.name),
                    deadline_phrase: "before".to_owned(),
                    deadline_on: self.day(*deadline).to_string(),
                    units: below.iter().filter_map(|it| self.units.get(it).copied()).collect(),
                };
                letters::pass_on(&portal, officer()?, campaign, unit, &given).await?;
            }
            Step::Tell(count) => {
                let place = &self.simulated(&deed.unit)?.place;
                for (name, is_enterprise) in texts::told(place, *count, &mut random) {
                    let has_launched = random.per_mille(600);
                    letters::tell(
                        &portal,
                        officer()?,
                        campaign,
                        unit,
                        &name,
                        is_enterprise,
                        has_launched,
                    )
                    .await?;
                }
            }
            Step::CheckLog(log) => {
                let (bytes, _) = self.log(&deed.unit, log)?;
                let input = LogInput {
                    name: log.kind.file_name(),
                    modified: Some(portal.now()),
                    size_bytes: Some(bytes.len() as u64),
                    bytes: Ok(Box::new(Cursor::new(bytes))),
                };
                let site = texts::SITE;
                let progress = Arc::new(Unwatched);
                checks::check_log(&portal, officer()?, campaign, unit, site, input, progress)
                    .await?;
            }
            Step::Work { place, step, .. } => {
                let Some(case) = self.case(&deed.unit, campaign, *place).await? else {
                    return Ok(());
                };
                let view = cases::view(&portal, officer()?, case).await?;
                let case = &view.summary.case;
                if case.state.after(*step).is_ok() {
                    let note = texts::note(*step, &mut random);
                    cases::step(&portal, officer()?, case.id, *step, note, case.version).await?;
                }
            }
            Step::Scan => scans::play(&portal, officer()?, campaign, unit).await?,
            Step::Upkeep => drop(upkeep::run_due(&portal).await?),
            Step::WriteReport { has_difference, has_proposal } => {
                let view = reports::open(&portal, officer()?, campaign, unit).await?;
                let mut content = view.report.content;
                texts::assessment(&mut random).clone_into(&mut content.assessment);
                if *has_proposal {
                    texts::proposal(&mut random).clone_into(&mut content.proposals);
                }
                for row in &view.form.rows {
                    content.cells.entry(row.key.clone()).or_default().declared.get_or_insert(1);
                }
                if *has_difference && let Some(row) = view.form.rows.first() {
                    let cell = content.cells.entry(row.key.clone()).or_default();
                    let more = i64::try_from(1 + random.below(4)).unwrap_or(1);
                    cell.declared = cell.measured.map(|measured| measured + more);
                    texts::REASON.clone_into(&mut cell.reason);
                }
                let version = view.report.content_version;
                reports::save(&portal, officer()?, view.report.id, version, content).await?;
            }
            Step::Approve => {
                let approver = self.actor(&deed.unit, Role::Approver)?;
                let report = reports::open(&portal, approver, campaign, unit).await?.report;
                reports::approve(&portal, approver, report.id, report.content_version).await?;
            }
            Step::Submit => {
                let report = reports::open(&portal, officer()?, campaign, unit).await?.report;
                let version = report.content_version;
                reports::submit(&portal, officer()?, report.id, version, portal.now()).await?;
            }
            Step::Note(of) => {
                let of = self.unit(of)?;
                let report = reports::open(&portal, coordinator()?, campaign, of).await?.report;
                if !report.content.proposals.is_empty() {
                    let (owner, answer) = (texts::ANSWER_OWNER, texts::ANSWER);
                    reports::answer(&portal, coordinator()?, report.id, owner, answer).await?;
                }
                reports::note(&portal, coordinator()?, report.id, texts::NOTED).await?;
            }
            Step::AskSupplement(of) => {
                let of = self.unit(of)?;
                let report = reports::open(&portal, coordinator()?, campaign, of).await?.report;
                reports::ask_supplement(&portal, coordinator()?, report.id, texts::SUPPLEMENT)
                    .await?;
            }
            Step::Remind => {
                let board = progress::board(&portal, coordinator()?, campaign, unit).await?;
                let waiting: Vec<_> = board
                    .action
                    .iter()
                    .filter(|it| it.receipt.acknowledged_at.is_none())
                    .map(|it| it.receipt.id)
                    .collect();
                let message = texts::REMINDER;
                progress::remind(&portal, coordinator()?, campaign, unit, &waiting, message)
                    .await?;
            }
        }
        Ok(())
    }

    async fn create(
        &self,
        which: Which,
        focal: &str,
        receivers: &[(String, ::campaigns::ReceiverRole)],
    ) -> Result<CampaignId, PortalError> {
        let (portal, actor) = (&self.portal, self.actor(focal, Role::Coordinator)?);
        let form = texts::letter(self.world, which, |day| self.day(day));
        let id = campaigns::create(portal, actor, self.unit(focal)?, &form).await?;
        let attachment = texts::attachment(self.world);
        campaigns::attach(portal, actor, id, texts::ATTACHMENT, attachment).await?;
        campaigns::add_list(portal, actor, id, texts::LIST, demo_list(SEED)).await?;
        let receivers: Vec<_> = receivers
            .iter()
            .filter_map(|(code, role)| Some((*self.units.get(code)?, *role)))
            .collect();
        campaigns::set_receivers(portal, actor, id, &receivers).await?;
        if which == Which::Current {
            let (pack, keys) = scans::pack(portal)?;
            crate::packs::add(portal, actor, id, pack, Some(keys.as_bytes())).await?;
        }
        Ok(id)
    }

    /// A unit's log, with the addresses of the devices that must be found in it.
    fn log(&self, code: &str, log: &CheckedLog) -> Result<(Vec<u8>, Vec<String>), PortalError> {
        let unit = DemoUnit {
            seed: seed_of(SEED, code),
            start: midnight(&self.portal, self.day(log.first_day))?,
            days: log.days,
            devices: log.devices,
            infected_devices: log.infected,
        };
        let mut truth = Truth::default();
        let bytes = demo_log(log.kind, SEED, &unit, &mut truth);
        let mut devices: Vec<String> = truth
            .sightings()
            .into_iter()
            .filter(|it| it.verdict.is_finding())
            .map(|it| it.device)
            .collect();
        devices.dedup();
        Ok((bytes, devices))
    }

    /// The case of a unit's infected device: the one that may come back first, then by address.
    async fn case(
        &self,
        code: &str,
        campaign: CampaignId,
        place: usize,
    ) -> Result<Option<CaseId>, PortalError> {
        let unit = self.unit(code)?;
        let now = self.portal.now();
        let mut write = self.portal.database.write().await?;
        let new_id = self.portal.new_id::<SiteId>();
        let site = storage::devices::site(&mut write, new_id, unit, texts::SITE).await?;
        let all = storage::cases::of_unit(&mut write, campaign, unit).await?;
        let again = self.returning.get(code).map_or("", String::as_str);
        let returning =
            storage::devices::device_by_name(&mut write, site, "ip", again, now).await?;
        let mut ids: Vec<_> =
            all.iter().map(|it| (Some(it.device_id) != returning, it.id)).collect();
        ids.sort_by_key(|(is_other, _)| *is_other);
        Ok(ids.get(place).map(|(_, id)| *id))
    }

    /// Address of the first of a unit's infected devices.
    fn returning_device(&self, code: &str, devices: u32) -> Result<String, PortalError> {
        let log = CheckedLog {
            kind: simulation::LogKind::Bind,
            first_day: 0,
            days: 1,
            devices,
            infected: 1,
        };
        Ok(self.log(code, &log)?.1.into_iter().next().unwrap_or_default())
    }
}
