//! A demonstration: an invented province in the middle of a campaign.
//!
//! What happened in it is a [`plan`]: who did what and when, drawn from a seed. [`play`] carries the
//! plan out with the same functions that people use, under a clock that is set back, and people who
//! have the rights they need; so a demonstration shows nothing that a real portal could not hold.
//!
//! Everything is invented: names, numbers, letters. Sign-ins have one known password, so whoever
//! serves a demonstration lets nobody but this machine in.

mod numbers;
mod people;
mod plan;
mod play;
mod scans;
mod texts;
mod units;

use std::fmt;
use std::str::FromStr;

use ::campaigns::Role;
use jiff::civil::{Date, date};
use jiff::{SignedDuration, Timestamp, ToSpan};
use simulation::world::{World, WorldUnitKind, province_2022, province_2026};
use simulation::{DemoUnit, LogKind, Truth, demo_log};
use storage::settings;

use crate::{Portal, PortalError};

/// The password of every sign-in of a demonstration.
pub const PASSWORD: &str = "minh-hoa-2026";

/// Seed of the worlds.
const SEED: u64 = 20_260_801;
/// Name of the setting that says what is here: `2026 unfinished`, `2026 ready`.
const STATE: &str = "demo";
/// Name of the setting that says how far the portal's clock is from the system's, in seconds.
const CLOCK: &str = "demo-clock-offset";

/// An invented province.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DemoWorld {
    /// Province and communes, as since July 2025.
    Province2026,
    /// Province, districts and communes, as until June 2025; its clock runs in September 2022.
    Province2022,
}

/// What a portal holds of a demonstration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DemoState {
    /// Nothing: it is empty or a real one.
    None,
    /// Making it was interrupted.
    Unfinished(DemoWorld),
    /// All of it.
    Ready(DemoWorld),
}

/// A sign-in of a demonstration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignIn {
    /// What is typed.
    pub login: String,
    /// The person's name.
    pub name: String,
    /// As what.
    pub role: Role,
    /// Name of the unit.
    pub unit: String,
}

/// A log for trying, with what must be found in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DemoLog {
    /// File name.
    pub name: String,
    /// Content.
    pub bytes: Vec<u8>,
    /// Devices that must be found, by their address, and no other.
    pub infected_devices: Vec<String>,
}

impl DemoWorld {
    /// Every one, the default first.
    pub const ALL: [Self; 2] = [Self::Province2026, Self::Province2022];

    /// The code people type: its year.
    pub fn code(self) -> &'static str {
        match self {
            Self::Province2026 => "2026",
            Self::Province2022 => "2022",
        }
    }

    fn world(self) -> World {
        match self {
            Self::Province2026 => province_2026(),
            Self::Province2022 => province_2022(),
        }
    }

    /// The day the demonstration is made on, on its own clock; `None` for today.
    fn today(self) -> Option<Date> {
        match self {
            Self::Province2026 => None,
            // One day is left until the letter's deadline, "trước ngày 22/9/2022".
            Self::Province2022 => Some(date(2022, 9, 20)),
        }
    }
}

impl fmt::Display for DemoWorld {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// The text names no demonstration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`2026` or `2022`")]
pub struct UnknownDemoWorld;

impl FromStr for DemoWorld {
    type Err = UnknownDemoWorld;

    fn from_str(text: &str) -> Result<Self, UnknownDemoWorld> {
        Self::ALL.into_iter().find(|it| it.code() == text).ok_or(UnknownDemoWorld)
    }
}

/// What a portal holds of a demonstration.
pub async fn state(portal: &Portal) -> Result<DemoState, PortalError> {
    let mut read = portal.database.read().await?;
    let Some(text) = settings::get(&mut read, STATE).await? else { return Ok(DemoState::None) };
    let (world, state) = text.split_once(' ').unwrap_or((&text, ""));
    let world =
        world.parse().map_err(|_| PortalError::Internal(format!("setting demo: {text}")))?;
    Ok(if state == "ready" { DemoState::Ready(world) } else { DemoState::Unfinished(world) })
}

/// How far the clock of a demonstration is from the system's.
pub async fn clock_offset(portal: &Portal) -> Result<SignedDuration, PortalError> {
    let mut read = portal.database.read().await?;
    let seconds = settings::get(&mut read, CLOCK).await?.and_then(|it| it.parse().ok());
    Ok(SignedDuration::from_secs(seconds.unwrap_or(0)))
}

/// Fills an empty portal, or one in which this was interrupted, with a demonstration. `progress`
/// hears how many steps of how many are done.
///
/// # Errors
/// [`PortalError::Denied`] when the portal holds anything else: nothing is changed then.
pub async fn seed(
    portal: &Portal,
    world: DemoWorld,
    progress: &(dyn Fn(u64, u64) + Sync),
) -> Result<(), PortalError> {
    let now = portal.now();
    let today = world.today().unwrap_or_else(|| portal.today());
    let offset = match world.today() {
        None => SignedDuration::ZERO,
        Some(day) => {
            let nine = day.at(9, 0, 0, 0).to_zoned_datetime(portal.zone.clone());
            let nine = nine.map_err(|error| PortalError::Internal(error.to_string()))?;
            SignedDuration::from_secs(nine.timestamp().as_second() - now.as_second())
        }
    };
    let is_unfinished = matches!(state(portal).await?, DemoState::Unfinished(_));
    let mut write = portal.database.write().await?;
    if is_unfinished {
        storage::erase_all(&mut write).await?;
    } else if storage::users::any_exists(&mut write).await? {
        return Err(PortalError::Denied);
    }
    settings::put(&mut write, STATE, &format!("{world} unfinished")).await?;
    settings::put(&mut write, CLOCK, &offset.as_secs().to_string()).await?;
    write.commit().await?;

    let simulated = world.world();
    let plan = plan::of(&simulated, SEED);
    play::Player::enter(portal, &simulated, today).await?.play(&plan, progress).await?;

    let mut write = portal.database.write().await?;
    settings::put(&mut write, STATE, &format!("{world} ready")).await?;
    Ok(write.commit().await?)
}

/// The unit in whose name a newcomer tries things, and every sign-in worth showing: each role of
/// the focal unit and of that unit, and an officer whose unit has cases in every state.
pub async fn sign_ins(
    portal: &Portal,
    world: DemoWorld,
) -> Result<(String, Vec<SignIn>), PortalError> {
    let simulated = world.world();
    let name_of =
        |code: &str| simulated.units.iter().find(|it| it.code == code).map(|it| it.name.clone());
    let newcomer = newcomer(&simulated);
    let busy = plan::busy_unit(&simulated);
    let mut read = portal.database.read().await?;
    let mut found = Vec::new();
    for (login, role, code) in people::shown(&simulated.focal_code, &newcomer, &busy) {
        let user = storage::users::find_by_login(&mut read, &login).await?;
        if let (Some(user), Some(unit)) = (user, name_of(&code)) {
            found.push(SignIn { login, name: user.name, role, unit });
        }
    }
    Ok((name_of(&newcomer).unwrap_or_default(), found))
}

/// Two logs of the newcomer's unit, of the week before the demonstration was made.
pub async fn logs(portal: &Portal, world: DemoWorld) -> Result<Vec<DemoLog>, PortalError> {
    let mut read = portal.database.read().await?;
    let campaign = storage::campaigns::list(&mut read).await?.into_iter().next();
    drop(read);
    let Some(launched_at) = campaign.and_then(|it| it.launched_at) else { return Ok(Vec::new()) };
    let launched_on = launched_at.to_zoned_datetime(portal.zone.clone()).date();
    let first_day = launched_on.saturating_add(numbers::NEWCOMER_LOGS_FROM.days());
    let unit = DemoUnit {
        seed: numbers::seed_of(SEED, &newcomer(&world.world())),
        start: midnight(portal, first_day)?,
        days: 7,
        devices: 24,
        infected_devices: 3,
    };
    let logs = [(LogKind::Bind, "bind-query.log"), (LogKind::Fortigate, "fortigate.log")];
    Ok(logs
        .into_iter()
        .map(|(kind, name)| {
            let mut truth = Truth::default();
            let bytes = demo_log(kind, SEED, &unit, &mut truth);
            let mut devices: Vec<String> = truth
                .sightings()
                .into_iter()
                .filter(|it| it.verdict.is_finding())
                .map(|it| it.device)
                .collect();
            devices.sort();
            devices.dedup();
            DemoLog { name: name.to_owned(), bytes, infected_devices: devices }
        })
        .collect())
}

/// Code of the commune in whose name a newcomer tries things: it has not opened the letter yet.
fn newcomer(world: &World) -> String {
    let commune = world.units.iter().find(|it| it.kind == WorldUnitKind::Commune);
    commune.map(|it| it.code.clone()).unwrap_or_default()
}

/// The first moment of a day in the portal's zone.
fn midnight(portal: &Portal, day: Date) -> Result<Timestamp, PortalError> {
    day.to_zoned_datetime(portal.zone.clone())
        .map(|it| it.timestamp())
        .map_err(|error| PortalError::Internal(error.to_string()))
}
