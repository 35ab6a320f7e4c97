//! The demonstration: made when asked for, refused where others could sign in to it.

use std::collections::BTreeSet;
use std::fmt;
use std::path::{Path, PathBuf};

use indicatif::ProgressBar;
use jiff::SignedDuration;
use portal::Portal;
use portal::demo::{self, DemoState, DemoWorld, PASSWORD, SignIn};

use super::listening::Listening;
use command_line::bilingual;

/// The file beside the logs that tells which devices must be found in them.
const TRUTH: &str = "expected-devices.txt";

/// A demonstration that is served.
pub(super) struct Demo {
    /// How far its clock is from the system's.
    pub(super) clock_offset: SignedDuration,
    sign_ins: Vec<SignIn>,
    /// Unit that the logs are of.
    unit: String,
    /// Logs to try, and how many devices must be found in each.
    logs: Vec<(PathBuf, usize)>,
}

/// Makes the demonstration that was asked for, or finds the one that is there. `None` when the
/// portal is a real one.
pub(super) async fn prepare(
    portal: &Portal,
    wanted: Option<DemoWorld>,
    listening: &Listening,
    folder: &Path,
) -> anyhow::Result<Option<Demo>> {
    let state = demo::state(portal).await?;
    if (wanted.is_some() || state != DemoState::None) && !listening.is_local_only() {
        return Err(bilingual::failure("demo-only-loopback", &[]));
    }
    let world = match (wanted, state) {
        (None, DemoState::None) => return Ok(None),
        (None, DemoState::Unfinished(world)) => {
            return Err(bilingual::failure("demo-unfinished", &[("world", world.code().into())]));
        }
        (Some(wanted), DemoState::Ready(there) | DemoState::Unfinished(there))
            if there != wanted =>
        {
            let values = [("there", there.code().into()), ("wanted", wanted.code().into())];
            return Err(bilingual::failure("demo-other-world", &values));
        }
        (None, DemoState::Ready(world)) | (Some(world), DemoState::Ready(_)) => world,
        (Some(_), DemoState::None) if !portal::accounts::is_first_run(portal).await? => {
            return Err(bilingual::failure("demo-not-empty", &[]));
        }
        (Some(world), DemoState::None | DemoState::Unfinished(_)) => {
            seed(portal, world).await?;
            world
        }
    };
    let logs_folder = folder.join("demo-logs");
    let clock_offset = demo::clock_offset(portal).await?;
    let mut logs = Vec::new();
    let mut devices = BTreeSet::new();
    for log in demo::logs(portal, world).await? {
        let path = logs_folder.join(log.name);
        files::write_whole(&path, &log.bytes)?;
        logs.push((path, log.infected_devices.len()));
        devices.extend(log.infected_devices);
    }
    let devices: Vec<String> = devices.into_iter().collect();
    files::write_whole(&logs_folder.join(TRUTH), devices.join("\n").as_bytes())?;
    let (unit, sign_ins) = demo::sign_ins(portal, world).await?;
    Ok(Some(Demo { clock_offset, sign_ins, unit, logs }))
}

async fn seed(portal: &Portal, world: DemoWorld) -> anyhow::Result<()> {
    let bar = ProgressBar::new(0);
    bar.println(bilingual::lines("demo-seeding", &[]));
    demo::seed(portal, world, &|done, total| {
        bar.set_length(total);
        bar.set_position(done);
    })
    .await?;
    bar.finish_and_clear();
    Ok(())
}

impl fmt::Display for Demo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "\n{}\n", bilingual::lines("demo-mark", &[]))?;
        writeln!(f, "{}", bilingual::lines("demo-sign-ins", &[("password", PASSWORD.into())]))?;
        for sign_in in &self.sign_ins {
            let role = bilingual::phrase(&format!("role-{}", sign_in.role));
            writeln!(f, "  {:<14} {role} – {}", sign_in.login, sign_in.unit)?;
        }
        writeln!(f, "\n{}", bilingual::lines("demo-logs", &[("unit", self.unit.as_str().into())]))?;
        for (path, devices) in &self.logs {
            let values = [("devices", (*devices).into())];
            let found = bilingual::lines("demo-log", &values).replace('\n', " · ");
            writeln!(f, "  {}: {found}", path.display())?;
        }
        Ok(())
    }
}
