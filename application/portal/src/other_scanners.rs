//! Reports of other malware scanners that somebody of the unit brings: they become results like those of
//! our own tool, and prove less. Decision 37.

use ::campaigns::{Action, CampaignId, UnitId};
pub use ::other_scanners::{Action as DoneAction, Reason, Refused, Tool};
use ::other_scanners::{Category, DeviceReport, ReadError, Report};
use jiff::{SignedDuration, Timestamp};
use results::{Device, FoundThing, KnownPlaces, ScanResult, reduced_path, shortened};
use sha2::{Digest as _, Sha256};

use crate::letters::{receipts_of, require_running};
use crate::scans::{Incoming, Received, keep};
use crate::tree_import::table_problem;
use crate::{Actor, Portal, PortalError, Problem, access};

/// How far the clock of a PC may be ahead of ours.
const CLOCK_AHEAD: SignedDuration = SignedDuration::from_hours(24);

/// What a person says of a report beside the file.
#[derive(Clone, Debug, Default)]
pub struct ReportForm {
    /// The PC, where the file does not name it.
    pub device: String,
    /// Whether cracks and unwanted programs are told to the unit too.
    pub with_risks: bool,
}

/// What became of a report.
#[derive(Clone, Debug)]
pub struct ReportReceived {
    /// What wrote it.
    pub tool: Tool,
    /// What was kept of each PC.
    pub devices: Vec<Received>,
    /// Cracks and unwanted programs that were left out.
    pub risks_left_out: u64,
    /// What was not understood: the first of it.
    pub refused: Vec<Refused>,
    /// All of it.
    pub refused_count: u64,
}

/// Whether a file is one of our own tool's results, whose signature [`crate::scans::import`] checks.
pub fn is_own_result(file: &[u8]) -> bool {
    let start = file.get(..512).unwrap_or(file);
    file.trim_ascii_start().starts_with(b"{") && start.windows(14).any(|it| it == b"lamsach_result")
}

/// Takes a report.
pub async fn import(
    portal: &Portal,
    actor: &Actor,
    campaign_id: CampaignId,
    unit: UnitId,
    form: &ReportForm,
    file: &[u8],
) -> Result<ReportReceived, PortalError> {
    access::require(portal, actor, Action::CheckLogs, unit).await?;
    require_running(portal, campaign_id).await?;
    receipts_of(portal, campaign_id, unit).await?;
    // A file of the largest size takes a second.
    let (bytes, zone) = (file.to_vec(), portal.zone.clone());
    let read = tokio::task::spawn_blocking(move || ::other_scanners::read(&bytes, &zone)).await;
    let read = read.unwrap_or(Err(ReadError::Unknown));
    let report = read.map_err(|error| problem_of(&error))?;
    let typed = shortened(form.device.trim());
    let now = portal.now();
    let mut incoming = Vec::new();
    let mut risks_left_out = 0;
    for device in &report.devices {
        let (result, left_out, seen_at) = result_of(&report, device, &typed, form.with_risks, now);
        risks_left_out += left_out;
        // Nothing but what was left out, and no scan that found nothing.
        if result.findings.is_empty() && report.scan.is_none() {
            continue;
        }
        if result.device.name.is_empty() {
            return Err(Problem::new("device", "problem-report-device").into());
        }
        if result.made_at > now + CLOCK_AHEAD {
            return Err(Problem::new("file", "problem-scan-future").into());
        }
        let sha256 = digest(file, device.name.as_deref());
        let source = report.tool.code();
        let is_part = report.refused_count > 0;
        let it = Incoming { unit, code: None, source, result, sha256, seen_at, is_part };
        incoming.push((device, it));
    }
    let mut devices = Vec::new();
    for (device, it) in incoming {
        let name = it.result.device.name.clone();
        let received = keep(portal, Some(actor), campaign_id, it).await?;
        if received.is_repeat && device.name.is_none() {
            // The same file under another name would be a PC too many.
            let mut read = portal.database.read().await?;
            let names =
                storage::devices::names_of(&mut read, received.scan.device_id, "host").await?;
            if !crate::devices::is_called(&names, &name.to_lowercase()) {
                let known = names.into_iter().next().unwrap_or_default();
                let problem = Problem::new("device", "problem-report-other-device");
                return Err(problem.with("device", known).into());
            }
        }
        devices.push(received);
    }
    Ok(ReportReceived {
        tool: report.tool,
        devices,
        risks_left_out,
        refused: report.refused,
        refused_count: report.refused_count,
    })
}

/// The same file counts once for each PC that it names.
fn digest(file: &[u8], device: Option<&str>) -> String {
    let mut hash = Sha256::new();
    hash.update(b"lamsach report of another scanner 1\0");
    hash.update(Sha256::digest(file));
    hash.update(device.unwrap_or_default().to_lowercase().as_bytes());
    hex::encode(hash.finalize())
}

/// A PC's part of a report as a result; how many risks were left out of it; from when its findings are.
fn result_of(
    report: &Report,
    device: &DeviceReport,
    typed: &str,
    with_risks: bool,
    now: Timestamp,
) -> (ScanResult, u64, Timestamp) {
    let known = KnownPlaces { accounts: device.accounts.clone() };
    let is_told = |it: &&::other_scanners::Finding| with_risks || it.category != Category::Risk;
    let kept: Vec<_> = device.findings.iter().filter(is_told).collect();
    let left_out = u64::try_from(device.findings.len() - kept.len()).unwrap_or_default();
    let has = |category| kept.iter().any(|it| it.category == category);
    let scan = report.scan.unwrap_or_default();
    let complete = report.scan.is_some() && scan.not_scanned == 0 && report.refused_count == 0;
    let verdict = if has(Category::Malware) {
        "infected"
    } else if has(Category::Suspicious) {
        "suspicious"
    } else if !complete {
        "incomplete"
    } else if has(Category::Risk) {
        "risky"
    } else {
        "clean"
    };
    let moment = kept.iter().filter_map(|it| it.at).max().or(scan.ended_at);
    // Without a moment, what is still there is there now; what was dealt with is of the past.
    let is_left = kept.iter().any(|it| !it.action.is_cleaned() && it.action != DoneAction::Unknown);
    let seen_at = moment.unwrap_or(if is_left { now } else { Timestamp::UNIX_EPOCH });
    let found = |it: &&::other_scanners::Finding| FoundThing {
        category: it.category.code().to_owned(),
        what: "other-scanner".to_owned(),
        told_by: shortened(&it.threat),
        path: if it.path.is_empty() {
            String::new()
        } else {
            shortened(&reduced_path(&it.path, &known))
        },
        inside: it.inside,
        action: it.action.code().to_owned(),
        ..FoundThing::default()
    };
    let result = ScanResult {
        made_at: moment.unwrap_or(now),
        program: program_of(report),
        system: report.system.to_owned(),
        device: Device {
            name: device.name.as_deref().map_or_else(|| typed.to_owned(), shortened),
            mark: String::new(),
        },
        scope: "unknown".to_owned(),
        verdict: verdict.to_owned(),
        complete,
        seen: scan.scanned + scan.not_scanned,
        scanned: scan.scanned,
        findings: kept.iter().map(found).collect(),
        more_findings: device.more_findings,
        ..ScanResult::default()
    };
    (result, left_out, seen_at)
}

/// Names as their makers write them; empty for a table.
fn program_of(report: &Report) -> String {
    let name = match report.tool {
        Tool::Defender => "Microsoft Defender",
        Tool::Kvrt => "KVRT",
        Tool::ClamAv => "ClamAV",
        Tool::Table => "",
    };
    shortened(format!("{name} {}", report.version).trim())
}

fn problem_of(error: &ReadError) -> PortalError {
    let key = match error {
        ReadError::TooLarge => "problem-report-too-large",
        ReadError::Unknown => "problem-report-unknown",
        ReadError::Empty => "problem-report-empty",
        ReadError::Damaged(_) => "problem-report-damaged",
        ReadError::Table(error) => return table_problem(error).into(),
    };
    Problem::new("file", key).into()
}
