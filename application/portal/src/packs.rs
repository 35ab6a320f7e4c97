//! Packs that a coordinator brings for the tools of every unit. Decision 38.

use std::fs::File;

use ::campaigns::{Action, CampaignId, CampaignState, PackId, UnitId};
use packs::{Pack, TrustedKeys};
use serde_json::json;
pub use storage::packs::PackRecord;

use crate::campaigns::{blocking, owned};
use crate::letters::receipts_of;
use crate::{Actor, Portal, PortalError, Problem, access, audit, public, secrets};

/// The largest pack that the portal takes, in bytes.
pub const MOST_BYTES: usize = 128 << 20;
/// The largest file of keys.
const MOST_KEYS_BYTES: usize = 64 << 10;

/// What is known of a pack once it was read and checked.
struct Checked {
    name: String,
    serial: u64,
    issued_at: jiff::Timestamp,
    expires: jiff::civil::Date,
    sha256: String,
}

/// Takes a pack for the tools of every unit of a campaign.
///
/// It is checked as a tool would: whole, and signed by enough of the trusted keys. The first pack brings
/// its file of keys along; later ones are checked with that. New keys are taken with a pack that enough of
/// the old ones have signed too. The serial never goes back, also behind a pack that was taken back.
pub async fn add(
    portal: &Portal,
    actor: &Actor,
    id: CampaignId,
    pack: impl AsRef<[u8]> + Send + 'static,
    keys: Option<&[u8]>,
) -> Result<PackRecord, PortalError> {
    let campaign = owned(portal, actor, id).await?;
    if campaign.state == CampaignState::Closed {
        return Err(Problem::new("pack", "problem-pack-closed").into());
    }
    if pack.as_ref().len() > MOST_BYTES {
        return Err(Problem::new("pack", "problem-pack-too-large").into());
    }
    let mut read = portal.database.read().await?;
    let known = storage::packs::of_campaign(&mut read, id).await?;
    drop(read);
    let current = current_of(&known).cloned();
    let old = current.as_ref().map(|it| trusted(it.keys.as_bytes())).transpose()?;
    let new = match keys {
        Some(bytes) if bytes.len() > MOST_KEYS_BYTES => {
            return Err(Problem::new("keys", "problem-pack-keys").into());
        }
        Some(bytes) => Some(trusted(bytes)?),
        None => None,
    };
    let Some(keys) = new.clone().or_else(|| old.clone()) else {
        return Err(Problem::new("keys", "problem-pack-no-keys").into());
    };
    let size_bytes = i64::try_from(pack.as_ref().len()).unwrap_or(i64::MAX);
    let (files, today) = (portal.files.clone(), portal.today());
    let all_keys: Vec<TrustedKeys> = [new, old].into_iter().flatten().collect();
    let seen = known.clone();
    let checked = blocking(move || {
        let checked = match check(pack.as_ref(), &all_keys, today, &seen) {
            Ok(checked) => checked,
            Err(problem) => return Ok(Err(problem)),
        };
        files.put(&checked.sha256, pack.as_ref())?;
        Ok::<_, std::io::Error>(Ok(checked))
    })
    .await??;
    let Checked { name, serial, issued_at, expires, sha256 } = checked?;
    let mut write = portal.database.write().await?;
    storage::units::hold(&mut write, campaign.owner_id).await?;
    let known = storage::packs::of_campaign(&mut write, id).await?;
    if let Some(same) = current_of(&known).filter(|it| it.sha256 == sha256) {
        // The same once more.
        return Ok(same.clone());
    }
    // Signed by keys that another pack has changed meanwhile: it is to be checked once more.
    if current_of(&known).map(|it| it.id) != current.map(|it| it.id) {
        return Err(PortalError::Conflict);
    }
    follows(&name, serial, &known)?;
    let record = PackRecord {
        id: portal.new_id::<PackId>(),
        campaign_id: id,
        name,
        serial: i64::try_from(serial).unwrap_or(i64::MAX),
        issued_at,
        expires_on: expires.to_string(),
        sha256,
        size_bytes,
        keys: keys.to_json(),
        added_by: actor.user_id,
        added_at: portal.now(),
        withdrawn_at: None,
    };
    storage::packs::insert(&mut write, &record).await?;
    let owner = Some(campaign.owner_id);
    let prints: Vec<_> = keys.keys().iter().map(|it| it.key.fingerprint()).collect();
    let detail = json!({ "name": record.name, "serial": serial, "keys": prints, "threshold": keys.threshold() });
    audit::record(portal, &mut write, Some(actor), owner, "campaign.add-pack", record.id, detail)
        .await?;
    write.commit().await?;
    Ok(record)
}

/// Takes a pack back: the tools are offered none until the next one, which may bring other keys.
pub async fn withdraw(
    portal: &Portal,
    actor: &Actor,
    id: CampaignId,
    pack: PackId,
) -> Result<(), PortalError> {
    let campaign = owned(portal, actor, id).await?;
    let mut write = portal.database.write().await?;
    let known = storage::packs::of_campaign(&mut write, id).await?;
    if !known.iter().any(|it| it.id == pack) {
        return Err(PortalError::NotFound);
    }
    // Those before it would be offered again.
    for it in known.iter().filter(|it| it.withdrawn_at.is_none()) {
        storage::packs::withdraw(&mut write, it.id, portal.now()).await?;
    }
    let owner = Some(campaign.owner_id);
    audit::record(
        portal,
        &mut write,
        Some(actor),
        owner,
        "campaign.withdraw-pack",
        pack,
        json!({}),
    )
    .await?;
    Ok(write.commit().await?)
}

/// The pack that a campaign's tools are offered, for those who may change it.
pub async fn for_coordinator(
    portal: &Portal,
    actor: &Actor,
    id: CampaignId,
) -> Result<Option<PackRecord>, PortalError> {
    owned(portal, actor, id).await?;
    newest(portal, id).await
}

/// The pack that a unit's tools take.
pub async fn for_unit(
    portal: &Portal,
    actor: &Actor,
    id: CampaignId,
    unit: UnitId,
) -> Result<Option<PackRecord>, PortalError> {
    access::require(portal, actor, Action::SeeCases, unit).await?;
    receipts_of(portal, id, unit).await?;
    newest(portal, id).await
}

/// The pack of a campaign that everybody may read.
pub async fn for_everybody(portal: &Portal, slug: &str) -> Result<Option<PackRecord>, PortalError> {
    let campaign = public::published(portal, slug).await?;
    newest(portal, campaign.id).await
}

/// The newest pack; the caller checks who asks.
pub(crate) async fn newest(
    portal: &Portal,
    id: CampaignId,
) -> Result<Option<PackRecord>, PortalError> {
    let mut read = portal.database.read().await?;
    Ok(current_of(&storage::packs::of_campaign(&mut read, id).await?).cloned())
}

/// The file of a pack.
pub fn open(portal: &Portal, pack: &PackRecord) -> Result<File, PortalError> {
    Ok(portal.files.open(&pack.sha256)?)
}

impl PackView<'_> {
    /// Whether its last day is over.
    pub fn is_expired(&self, today: jiff::civil::Date) -> bool {
        self.0.expires_on.parse::<jiff::civil::Date>().is_ok_and(|it| today > it)
    }
}

/// A pack as pages show it.
#[derive(Clone, Copy, Debug)]
pub struct PackView<'p>(pub &'p PackRecord);

/// Those that were not taken back have one name.
fn current_of(known: &[PackRecord]) -> Option<&PackRecord> {
    known.iter().filter(|it| it.withdrawn_at.is_none()).max_by_key(|it| it.serial)
}

fn trusted(bytes: &[u8]) -> Result<TrustedKeys, Problem> {
    TrustedKeys::parse(bytes).map_err(|_| Problem::new("keys", "problem-pack-keys"))
}

fn check(
    bytes: &[u8],
    keys: &[TrustedKeys],
    today: jiff::civil::Date,
    known: &[PackRecord],
) -> Result<Checked, Problem> {
    let damaged = |_| Problem::new("pack", "problem-pack-damaged");
    let pack = Pack::read(bytes).map_err(damaged)?;
    for keys in keys {
        let (trusted, needed) = (keys.count(pack.signers()), keys.threshold());
        if trusted < needed {
            let problem = Problem::new("pack", "problem-pack-untrusted");
            return Err(problem
                .with("trusted", trusted.to_string())
                .with("needed", needed.to_string()));
        }
    }
    if today > pack.expires() {
        return Err(Problem::new("pack", "problem-pack-expired"));
    }
    let sha256 = secrets::sha256_hex(bytes);
    if current_of(known).is_none_or(|it| it.sha256 != sha256) {
        follows(pack.name(), pack.serial(), known)?;
    }
    // A tool would refuse what it cannot unpack.
    pack.contents().map_err(damaged)?;
    Ok(Checked {
        name: pack.name().to_owned(),
        serial: pack.serial(),
        issued_at: pack.issued(),
        expires: pack.expires(),
        sha256,
    })
}

/// Whether a pack may follow those that are known.
fn follows(name: &str, serial: u64, known: &[PackRecord]) -> Result<(), Problem> {
    if let Some(current) = current_of(known).filter(|it| it.name != name) {
        let problem = Problem::new("pack", "problem-pack-name");
        return Err(problem.with("name", current.name.clone()));
    }
    let highest = known.iter().filter(|it| it.name == name).map(|it| it.serial).max();
    match highest {
        Some(highest) if i64::try_from(serial).unwrap_or(i64::MAX) <= highest => {
            let problem = Problem::new("pack", "problem-pack-older");
            Err(problem.with("serial", serial.to_string()).with("known", highest.to_string()))
        }
        _ => Ok(()),
    }
}
