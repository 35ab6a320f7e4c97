//! Devices of a unit: who they are, which of them are one, and their cases.

use std::collections::{BTreeMap, BTreeSet};

use ::campaigns::{
    Action, CampaignId, CampaignState, CaseEventId, CaseId, CaseState, DeviceId, DeviceNameId,
    SiteId, UnitId,
};
use jiff::Timestamp;
use matching::{Intermediary, Sighting};
use serde_json::json;
use storage::cases::{self, CaseEventRecord, CaseRecord};
use storage::devices::{self, DeviceRecord};
use storage::sightings::SightingRecord;
use storage::{Read, Write, campaigns, sightings};

use crate::letters::require_running;
use crate::{Actor, Portal, PortalError, Problem, access, audit};

/// A device as people know it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeviceView {
    /// Id.
    pub id: DeviceId,
    /// What people call it.
    pub label: String,
    /// `computer`, `camera`, `unknown`, …
    pub kind: String,
    /// Addresses and host names it was seen under, the label left out; addresses first.
    pub names: Vec<String>,
    /// Names of the sites it was seen at.
    pub sites: Vec<String>,
    /// Devices that turned out to be this one.
    pub merged: Vec<MergedDevice>,
    /// What a person says that it does in the place of others; [`ITSELF`] when it stands for itself.
    pub stands_as: Option<String>,
}

/// What a device stands as that stands for itself.
pub const ITSELF: &str = "device";

/// A device that turned out to be another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MergedDevice {
    /// Id.
    pub id: DeviceId,
    /// What it was called before.
    pub label: String,
    /// Name of its site.
    pub site: String,
}

/// Every device of a unit, found by its own id or by that of a device merged into it.
#[derive(Clone, Debug, Default)]
pub struct Devices {
    goes_by: BTreeMap<DeviceId, DeviceId>,
    views: BTreeMap<DeviceId, DeviceView>,
}

impl Devices {
    /// The device that this one is now.
    pub fn get(&self, id: &DeviceId) -> Option<&DeviceView> {
        self.views.get(self.goes_by.get(id)?)
    }

    /// Every device once.
    pub fn all(&self) -> impl Iterator<Item = &DeviceView> {
        self.views.values()
    }
}

/// Loads the devices of a unit.
pub(crate) async fn load(read: &mut Read, unit: UnitId) -> Result<Devices, PortalError> {
    let records = devices::of_unit(read, unit).await?;
    let sites = devices::sites(read, unit).await?;
    let mut names: BTreeMap<DeviceId, Vec<(bool, String)>> = BTreeMap::new();
    for (device, kind, name) in devices::names_of_unit(read, unit).await? {
        // What the clean-up tool knows a PC by says nothing to people.
        if kind != crate::scans::MARK {
            names.entry(device).or_default().push((kind != "ip", name));
        }
    }
    let mut members: BTreeMap<DeviceId, Vec<&DeviceRecord>> = BTreeMap::new();
    let mut found = Devices::default();
    for record in records.values() {
        let root = record.merged_into.unwrap_or(record.id);
        found.goes_by.insert(record.id, root);
        members.entry(root).or_default().push(record);
    }
    let site = |record: &DeviceRecord| sites.get(&record.site_id).cloned().unwrap_or_default();
    for (root, members) in members {
        let Some(record) = records.get(&root) else { continue };
        let held: BTreeSet<_> =
            members.iter().filter_map(|it| names.get(&it.id)).flatten().cloned().collect();
        let label = record.label.to_lowercase();
        let is_other = |name: &String| name.to_lowercase() != label;
        let sites_seen: BTreeSet<_> = members.iter().map(|it| site(it)).collect();
        let merged = members.iter().filter(|it| it.id != root);
        let view = DeviceView {
            id: root,
            label: record.label.clone(),
            kind: record.kind.clone(),
            stands_as: record.stands_as.clone(),
            names: held.into_iter().map(|(_, name)| name).filter(is_other).collect(),
            sites: sites_seen.into_iter().collect(),
            merged: merged
                .map(|it| MergedDevice { id: it.id, label: it.label.clone(), site: site(it) })
                .collect(),
        };
        found.views.insert(root, view);
    }
    Ok(found)
}

/// The kind of the name that a log calls a device by, that name in the form it is kept in, and
/// when the device held it.
pub(crate) fn name_of(
    sighting: &Sighting,
    otherwise: Timestamp,
) -> (&'static str, String, Timestamp) {
    let at = sighting.last_seen.or(sighting.first_seen).unwrap_or(otherwise);
    match sighting.device.parse::<std::net::IpAddr>() {
        Ok(_) => ("ip", sighting.device.clone(), at),
        Err(_) => ("host", host_name(&sighting.device), at),
    }
}

/// Host names are the same in capitals.
fn host_name(name: &str) -> String {
    name.trim().to_lowercase().chars().take(300).collect()
}

/// The hardware address that a sighting tells, in the form it is kept in.
fn mac_of(sighting: &Sighting) -> Option<String> {
    let mac = sighting.device_mac.as_deref()?.trim().to_lowercase();
    let octets = mac.split(':').filter(|it| it.len() == 2 && u8::from_str_radix(it, 16).is_ok());
    (octets.count() == 6 && mac.len() == 17).then_some(mac)
}

/// The host name that a sighting tells.
fn host_of(sighting: &Sighting) -> Option<&str> {
    sighting.device_name.as_deref().map(str::trim).filter(|it| !it.is_empty())
}

/// The device that a sighting is of, if it is known: the one with its hardware address; else the one that
/// held its address, or name, at that time, when nothing that is told speaks against it; else one that held
/// it at another time and is called so. Decision 34.
pub(crate) async fn known_of_sighting(
    write: &mut Write,
    site_id: SiteId,
    sighting: &Sighting,
    otherwise: Timestamp,
) -> Result<Option<DeviceId>, PortalError> {
    let (kind, name, at) = name_of(sighting, otherwise);
    let mac = mac_of(sighting);
    if let Some(mac) = &mac
        && let Some(id) = devices::device_by_name(write, site_id, "mac", mac, at).await?
    {
        return Ok(Some(id));
    }
    // What a program of before sends does not say whose name it is: it tells no two devices apart.
    let host = host_of(sighting).filter(|_| sighting.name_source.is_some()).map(host_name);
    if let Some(id) = devices::device_by_name(write, site_id, kind, &name, at).await?
        && fits(write, id, mac.as_deref(), host.as_deref()).await?
    {
        return Ok(Some(id));
    }
    let (Some(host), None) = (host, mac) else { return Ok(None) };
    for id in devices::holders(write, site_id, kind, &name).await? {
        let hosts = devices::names_of(write, id, "host").await?;
        if is_called(&hosts, &host) {
            return Ok(Some(id));
        }
    }
    Ok(None)
}

/// Whether nothing that is known of a device speaks against its being the one with this hardware address
/// and this name.
async fn fits(
    write: &mut Write,
    id: DeviceId,
    mac: Option<&str>,
    host: Option<&str>,
) -> Result<bool, PortalError> {
    if mac.is_some() && !devices::names_of(write, id, "mac").await?.is_empty() {
        // It has another one: it would have been found by this one.
        return Ok(false);
    }
    let Some(host) = host else { return Ok(true) };
    let hosts = devices::names_of(write, id, "host").await?;
    Ok(hosts.is_empty() || is_called(&hosts, host))
}

/// Whether a device with these names is the one of this name: `may-01` and `may-01.xa.example` are one,
/// unless it has a name in another domain too.
pub(crate) fn is_called(names: &[String], name: &str) -> bool {
    let (host, domain) = host_and_domain(name);
    let same: Vec<_> =
        names.iter().map(|it| host_and_domain(it)).filter(|it| it.0 == host).collect();
    let is_in_another = |it: &(&str, Option<&str>)| it.1.is_some() && it.1 != domain;
    match domain {
        _ if same.contains(&(host, domain)) => true,
        Some(_) => !same.is_empty() && !same.iter().any(is_in_another),
        None => !same.is_empty(),
    }
}

/// The name of a computer, and its domain where it has one. A dot alone makes no domain: `10.0.0.5`,
/// `máy 1.2`.
fn host_and_domain(name: &str) -> (&str, Option<&str>) {
    let name = name.trim_end_matches('.');
    let is_label =
        |it: &str| !it.is_empty() && it.bytes().all(|it| it.is_ascii_alphanumeric() || it == b'-');
    let is_domain = |it: &&str| {
        it.split('.').all(is_label)
            && it
                .rsplit('.')
                .next()
                .is_some_and(|it| it.contains(|c: char| c.is_ascii_alphabetic()))
    };
    let parts = name.split_once('.').filter(|(host, domain)| !host.is_empty() && is_domain(domain));
    parts.map_or((name, None), |(host, domain)| (host, Some(domain)))
}

/// The device of a unit that has this host name, or the only one that may be meant by it. Where computers
/// of several domains have one name, the name without a domain means none of them.
pub(crate) async fn of_host(
    write: &mut Write,
    unit: UnitId,
    name: &str,
) -> Result<Option<DeviceId>, PortalError> {
    let (host, domain) = host_and_domain(name);
    let mut named: Vec<(DeviceId, DeviceId, String)> = Vec::new();
    for (id, value) in devices::hosts_of_unit(write, unit, host).await? {
        if host_and_domain(&value).0 == host {
            named.push((id, root_of(write, id).await?.id, value));
        }
    }
    let domains: BTreeSet<&str> =
        named.iter().filter_map(|it| host_and_domain(&it.2).1).chain(domain).collect();
    let exact = named.iter().find(|it| host_and_domain(&it.2) == (host, domain));
    if domains.len() < 2 {
        let roots: BTreeSet<DeviceId> = named.iter().map(|it| it.1).collect();
        // Of several devices without a domain between them, the one that has the very name.
        let only = named.first().filter(|_| roots.len() == 1);
        return Ok(exact.or(only).map(|it| it.0));
    }
    if domain.is_some() {
        return Ok(exact.map(|it| it.0));
    }
    let has_domain =
        |root: DeviceId| named.iter().any(|it| it.1 == root && host_and_domain(&it.2).1.is_some());
    Ok(named.iter().find(|it| it.2 == host && !has_domain(it.1)).map(|it| it.0))
}

/// The device of a sighting, made when it is not known, with everything learnt that the sighting tells of
/// it. It keeps its own id when it was merged into another.
pub(crate) async fn of_sighting(
    portal: &Portal,
    write: &mut Write,
    unit: UnitId,
    site_id: SiteId,
    sighting: &Sighting,
    now: Timestamp,
) -> Result<DeviceId, PortalError> {
    let (kind, name, at) = name_of(sighting, now);
    let host = host_of(sighting);
    let (id, is_new) = if let Some(id) = known_of_sighting(write, site_id, sighting, now).await? {
        (id, false)
    } else {
        let label = host.unwrap_or(&sighting.device);
        let device = DeviceRecord {
            id: portal.new_id::<DeviceId>(),
            unit_id: unit,
            site_id,
            label: label.chars().take(200).collect(),
            kind: "unknown".to_owned(),
            merged_into: None,
            created_at: now,
            stands_as: None,
        };
        devices::insert_device(write, &device).await?;
        (device.id, true)
    };
    let device = devices::find_device(write, id).await?.ok_or(PortalError::NotFound)?;
    hold(portal, write, &device, (kind, &name), sighting.first_seen.unwrap_or(at), at).await?;
    if let Some(mac) = mac_of(sighting)
        && !devices::has_name(write, id, "mac", &mac).await?
    {
        let name_id = portal.new_id::<DeviceNameId>();
        devices::insert_device_name(write, name_id, &device, ("mac", &mac), None).await?;
    }
    let Some(host) = host else { return Ok(id) };
    if !is_new {
        learn_host_name(portal, write, &device, &name, host).await?;
    } else if host_name(host) != name {
        let name_id = portal.new_id::<DeviceNameId>();
        devices::insert_device_name(write, name_id, &device, ("host", &host_name(host)), None)
            .await?;
    }
    Ok(id)
}

/// Lets a device hold a name at a moment. The first to hold it holds it at any time; a second one only
/// from when it was first seen with it, and what was seen earlier stays the first one's.
async fn hold(
    portal: &Portal,
    write: &mut Write,
    device: &DeviceRecord,
    (kind, name): (&str, &str),
    from: Timestamp,
    at: Timestamp,
) -> Result<(), PortalError> {
    let holder = devices::device_by_name(write, device.site_id, kind, name, at).await?;
    if holder == Some(device.id) {
        return Ok(());
    }
    let id = portal.new_id::<DeviceNameId>();
    let Some(other) = holder else {
        return Ok(devices::insert_device_name(write, id, device, (kind, name), None).await?);
    };
    let others_first = sightings::first_seen(write, other).await?;
    if let Some(others_first) = others_first.filter(|it| at < *it) {
        // This one held it before the other did.
        devices::date_name(write, other, kind, name, others_first).await?;
        return Ok(devices::insert_device_name(write, id, device, (kind, name), None).await?);
    }
    Ok(devices::insert_device_name(write, id, device, (kind, name), Some(from.min(at))).await?)
}

/// A log tells what a device is called that was known by its address alone: that becomes its
/// label, unless somebody has named it.
async fn learn_host_name(
    portal: &Portal,
    write: &mut Write,
    device: &DeviceRecord,
    address: &str,
    host: &str,
) -> Result<(), PortalError> {
    let name = host_name(host);
    if name == address || devices::has_name(write, device.id, "host", &name).await? {
        return Ok(());
    }
    let name_id = portal.new_id::<DeviceNameId>();
    devices::insert_device_name(write, name_id, device, ("host", &name), None).await?;
    if device.label == address {
        let label: String = host.chars().take(200).collect();
        devices::update_device(write, device.id, &label, &device.kind).await?;
    }
    Ok(())
}

/// What a device does in the place of others, when none of these findings is its own, nor one of those
/// (`scanned`) on which a scan found malware: it is then not the device to clean. `storage::cases` counts
/// by the same rule. Decision 34.
pub(crate) fn intermediary_of(
    device: &DeviceView,
    sightings: &[SightingRecord],
    scanned: &BTreeSet<DeviceId>,
) -> Option<Intermediary> {
    let findings = || sightings.iter().filter(|it| it.is_finding);
    let told = device.stands_as.as_deref();
    let is_itself = told == Some(ITSELF) || scanned.contains(&device.id);
    if is_itself || findings().next().is_none() {
        return None;
    }
    if let Some(told) = told.and_then(Intermediary::of_code) {
        let is_own = |it: &SightingRecord| matches!(&*it.verdict, "attempted" | "connected");
        let has_own = told == Intermediary::DnsForwarder && findings().any(is_own);
        return Some(told).filter(|_| !has_own);
    }
    let mut kinds = findings().map(|it| it.intermediary.as_deref().and_then(Intermediary::of_code));
    let first = kinds.next().flatten();
    first.filter(|_| kinds.all(|it| it.is_some()))
}

/// The device that this one is now.
pub(crate) async fn root_of(write: &mut Write, id: DeviceId) -> Result<DeviceRecord, PortalError> {
    let device = devices::find_device(write, id).await?.ok_or(PortalError::NotFound)?;
    match device.merged_into {
        None => Ok(device),
        Some(root) => devices::find_device(write, root).await?.ok_or(PortalError::NotFound),
    }
}

/// Opens a case on a device.
pub(crate) async fn open_case(
    portal: &Portal,
    write: &mut Write,
    campaign_id: CampaignId,
    device: &DeviceRecord,
    now: Timestamp,
) -> Result<CaseRecord, PortalError> {
    let case = CaseRecord {
        id: portal.new_id::<CaseId>(),
        number: cases::next_number(write, campaign_id, device.unit_id).await?,
        campaign_id,
        unit_id: device.unit_id,
        device_id: device.id,
        state: CaseState::Opened,
        opened_at: now,
        changed_at: now,
        declared_at: None,
        verified_at: None,
        closed_at: None,
        remedy: String::new(),
        reinfections: 0,
        merged_into: None,
        version: 1,
    };
    cases::insert(write, &case).await?;
    let event = CaseEventRecord {
        id: portal.new_id::<CaseEventId>(),
        case_id: case.id,
        at: now,
        user_id: None,
        kind: "opened".to_owned(),
        from_state: None,
        to_state: Some(case.state),
        note: String::new(),
    };
    cases::insert_event(write, &event).await?;
    Ok(case)
}

/// Makes another device of the unit the same as the one of a case: it was seen under two names. In
/// each running campaign the case with more work left goes on for both. Decision 13.
pub async fn merge(
    portal: &Portal,
    actor: &Actor,
    case: CaseId,
    other: DeviceId,
) -> Result<(), PortalError> {
    let (mut write, kept) = begin(portal, actor, case).await?;
    let other = devices::find_device(&mut write, other).await?;
    let Some(other) = other
        .filter(|it| it.unit_id == kept.unit_id && it.id != kept.id && it.merged_into.is_none())
    else {
        return Err(Problem::new("other", "problem-device-merge").into());
    };
    let mine = cases::of_group(&mut write, kept.id).await?;
    let theirs = cases::of_group(&mut write, other.id).await?;
    devices::set_merged(&mut write, other.id, Some(kept.id)).await?;
    for case in mine.iter().filter(|it| it.merged_into.is_none()) {
        let is_alone = !theirs.iter().any(|it| it.campaign_id == case.campaign_id);
        if is_alone && is_running(&mut write, case.campaign_id).await? {
            note(portal, &mut write, actor, case, "merged", &other.label).await?;
        }
    }
    for theirs in theirs.into_iter().filter(|it| it.merged_into.is_none()) {
        if !is_running(&mut write, theirs.campaign_id).await? {
            continue;
        }
        let mine =
            mine.iter().find(|it| it.campaign_id == theirs.campaign_id && it.merged_into.is_none());
        let Some(mine) = mine else {
            note(portal, &mut write, actor, &theirs, "merged", &kept.label).await?;
            continue;
        };
        let is_theirs_worse = theirs.state.work_left() > mine.state.work_left();
        let (goes_on, ends) = if is_theirs_worse { (&theirs, mine) } else { (mine, &theirs) };
        for earlier in cases_behind(&mut write, ends).await? {
            cases::set_merged(&mut write, earlier, Some(goes_on.id)).await?;
        }
        cases::set_merged(&mut write, ends.id, Some(goes_on.id)).await?;
        note(portal, &mut write, actor, mine, "merged", &other.label).await?;
        note(portal, &mut write, actor, &theirs, "merged", &kept.label).await?;
        look_again(portal, &mut write, goes_on.id).await?;
    }
    let detail = json!({ "merged": other.id });
    let unit = Some(kept.unit_id);
    audit::record(portal, &mut write, Some(actor), unit, "device.merge", kept.id, detail).await?;
    Ok(write.commit().await?)
}

/// Takes a merged device out again: it gets back its case as it stood, and every sighting of its
/// own names.
pub async fn split(
    portal: &Portal,
    actor: &Actor,
    case: CaseId,
    device: DeviceId,
) -> Result<(), PortalError> {
    let (mut write, kept) = begin(portal, actor, case).await?;
    let device = devices::find_device(&mut write, device).await?;
    let Some(mut device) = device.filter(|it| it.merged_into == Some(kept.id)) else {
        return Err(Problem::new("", "problem-device-split").into());
    };
    let all = cases::of_group(&mut write, kept.id).await?;
    devices::set_merged(&mut write, device.id, None).await?;
    device.merged_into = None;
    let campaigns: BTreeSet<_> = all.iter().map(|it| it.campaign_id).collect();
    for campaign_id in campaigns {
        if !is_running(&mut write, campaign_id).await? {
            continue;
        }
        let (own, rest): (Vec<_>, Vec<_>) = all
            .iter()
            .filter(|it| it.campaign_id == campaign_id)
            .partition(|it| it.device_id == device.id);
        let own = own.into_iter().next();
        part_cases(&mut write, own, &rest, kept.id).await?;
        for device in std::iter::once(&device).chain(&devices::group(&mut write, kept.id).await?) {
            give_findings_a_case(portal, &mut write, campaign_id, device).await?;
        }
        for case in &all {
            if case.campaign_id == campaign_id {
                look_again(portal, &mut write, case.id).await?;
            }
        }
        for (other, label) in [(own, &kept.label), (rest.first().copied(), &device.label)] {
            if let Some(case) = other {
                note(portal, &mut write, actor, case, "split", label).await?;
            }
        }
    }
    let detail = json!({ "split": device.id });
    let unit = Some(kept.unit_id);
    audit::record(portal, &mut write, Some(actor), unit, "device.split", kept.id, detail).await?;
    Ok(write.commit().await?)
}

/// Opens a case that goes on again when one of its findings, which may have come to it from
/// another, is later than its declaration.
async fn look_again(portal: &Portal, write: &mut Write, id: CaseId) -> Result<(), PortalError> {
    let Some(case) = cases::find(write, id).await?.filter(|it| it.merged_into.is_none()) else {
        return Ok(());
    };
    let findings = sightings::of_case(write, id).await?;
    let last = findings.iter().filter(|it| it.is_finding).filter_map(|it| it.last_at).max();
    if let Some(last) = last {
        seen(portal, write, case, last, portal.now()).await?;
    }
    Ok(())
}

/// A finding of a device with a case: seen after it was declared clean, the case is opened again.
/// Tells whether that is news.
pub(crate) async fn seen(
    portal: &Portal,
    write: &mut Write,
    mut case: CaseRecord,
    seen_at: Timestamp,
    now: Timestamp,
) -> Result<bool, PortalError> {
    let state = case.state.after_sighting(case.declared_at, seen_at);
    if state == case.state {
        return Ok(false);
    }
    let event = CaseEventRecord {
        id: portal.new_id::<CaseEventId>(),
        case_id: case.id,
        at: now,
        user_id: None,
        kind: "seen-again".to_owned(),
        from_state: Some(case.state),
        to_state: Some(state),
        note: String::new(),
    };
    case.state = state;
    case.changed_at = now;
    case.reinfections += 1;
    if !cases::update(write, &case).await? {
        return Err(PortalError::Conflict);
    }
    cases::insert_event(write, &event).await?;
    Ok(true)
}

/// Begins a change of the device of a case, alone among the unit's writers.
async fn begin(
    portal: &Portal,
    actor: &Actor,
    case: CaseId,
) -> Result<(Write, DeviceRecord), PortalError> {
    let mut read = portal.database.read().await?;
    let case = cases::find(&mut read, case).await?.ok_or(PortalError::NotFound)?;
    drop(read);
    access::require(portal, actor, Action::WorkCases, case.unit_id).await?;
    require_running(portal, case.campaign_id).await?;
    let mut write = portal.database.write().await?;
    storage::units::hold(&mut write, case.unit_id).await?;
    if !campaigns::hold_running(&mut write, case.campaign_id).await? {
        return Err(PortalError::Conflict);
    }
    let device = root_of(&mut write, case.device_id).await?;
    Ok((write, device))
}

/// Parts the case of a device from those of the devices it was merged with: where its own went on
/// for them, one of theirs goes on again.
async fn part_cases(
    write: &mut Write,
    own: Option<&CaseRecord>,
    rest: &[&CaseRecord],
    kept: DeviceId,
) -> Result<(), PortalError> {
    let Some(own) = own else { return Ok(()) };
    if own.merged_into.is_some() {
        return Ok(cases::set_merged(write, own.id, None).await?);
    }
    let heir = rest.iter().max_by_key(|it| (it.state.work_left(), it.device_id == kept));
    let Some(heir) = heir else { return Ok(()) };
    for case in rest {
        let into = (case.id != heir.id).then_some(heir.id);
        cases::set_merged(write, case.id, into).await?;
    }
    Ok(())
}

/// Puts a device's findings into the case that goes on for it, opened when there is none.
async fn give_findings_a_case(
    portal: &Portal,
    write: &mut Write,
    campaign_id: CampaignId,
    device: &DeviceRecord,
) -> Result<(), PortalError> {
    if sightings::count_findings(write, campaign_id, device.id).await? == 0 {
        return Ok(());
    }
    // Its own case, where it has one, shows its findings whether or not it goes on.
    let own = cases::of_group(write, device.id).await?;
    let own = own.into_iter().find(|it| it.campaign_id == campaign_id && it.device_id == device.id);
    let case = if let Some(own) = own {
        own.id
    } else {
        let root = root_of(write, device.id).await?;
        match cases::find_by_device(write, campaign_id, root.id).await? {
            Some(case) => case.id,
            None => open_case(portal, write, campaign_id, &root, portal.now()).await?.id,
        }
    };
    sightings::move_findings(write, campaign_id, device.id, case).await?;
    Ok(())
}

/// Cases that this one goes on for.
async fn cases_behind(write: &mut Write, case: &CaseRecord) -> Result<Vec<CaseId>, PortalError> {
    let root = root_of(write, case.device_id).await?;
    let all = cases::of_group(write, root.id).await?;
    Ok(all.into_iter().filter(|it| it.merged_into == Some(case.id)).map(|it| it.id).collect())
}

async fn is_running(write: &mut Write, id: CampaignId) -> Result<bool, PortalError> {
    let campaign = campaigns::find(write, id).await?;
    Ok(campaign.is_some_and(|it| it.state == CampaignState::Launched))
}

/// Notes on a case what a person did to its device.
async fn note(
    portal: &Portal,
    write: &mut Write,
    actor: &Actor,
    case: &CaseRecord,
    kind: &str,
    words: &str,
) -> Result<(), PortalError> {
    let event = CaseEventRecord {
        id: portal.new_id::<CaseEventId>(),
        case_id: case.id,
        at: portal.now(),
        user_id: Some(actor.user_id),
        kind: kind.to_owned(),
        from_state: None,
        to_state: None,
        note: words.to_owned(),
    };
    Ok(cases::insert_event(write, &event).await?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_domain_makes_no_other_computer_and_another_domain_does() {
        let check = |names: &[&str], name: &str, expected: bool| {
            let names: Vec<String> = names.iter().map(|it| (*it).to_owned()).collect();
            assert_eq!(is_called(&names, name), expected, "{names:?} {name}");
        };
        check(&["may-01"], "may-01", true);
        check(&["may-01"], "may-01.xa.example", true);
        check(&["may-01.xa.example"], "may-01", true);
        check(&["may-01.xa.example"], "may-01.xa.example.", true);
        check(&["may-01.xa.example"], "may-01.huyen.example", false);
        check(&["may-01", "may-01.xa.example"], "may-01.huyen.example", false);
        check(&["may-01", "may-01.xa.example"], "may-01.xa.example", true);
        check(&["may-01"], "may-011.xa.example", false);
        check(&["10"], "10.0.0.5", false);
        check(&["máy 1"], "máy 1.2", false);
        check(&[], "may-01", false);
    }
}
