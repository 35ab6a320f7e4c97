//! What was seen in a unit's logs: read it, and send what the unit's own programs matched.

use axum::extract::{DefaultBodyLimit, State};
use axum::response::Response;
use axum::routing::{delete, get, post};
use axum::{Json, Router};
use campaigns::{CampaignId, SourceId, UnitId};
use jiff::{Timestamp, civil::Date};
use portal::checks::{
    self, CheckResult, Checked, Evidence, FileSummary, Intermediary, Live, LogProblem, MOST_LOGS,
    MOST_SIGHTINGS, NameConfidence, NameSource, Sighting, ToldBy, Verdict,
};
use portal::devices::DeviceView;
use portal::records::{SightingRecord, SourceRecord};
use portal::sources;
use portal::tokens::Sender;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::caller::{Caller, Person, Reader};
use super::input::{ApiJson, ApiPath};
use super::output::{Asked, Page, PageQuery};
use super::problem::{ApiError, Kind};
use crate::AppState;

/// The most one message may carry, in bytes: 50,000 sightings of usual length.
pub(crate) const BODY_LIMIT_BYTES: usize = 32 * 1024 * 1024;

pub(crate) fn routes() -> Router<AppState> {
    let limit = DefaultBodyLimit::max(BODY_LIMIT_BYTES);
    Router::new()
        .route("/sightings", post(send_from_own_unit).layer(limit))
        .route(
            "/campaigns/{campaign}/units/{unit}/sightings",
            get(list_sightings).post(send_sightings).layer(limit),
        )
        .route("/campaigns/{campaign}/units/{unit}/sources", get(list_sources))
        .route("/sources/{source}", delete(take_back))
}

/// Contacts of one device with one indicator, from one log.
#[derive(Serialize, ToSchema)]
#[schema(as = KeptSighting)]
pub(crate) struct SightingWire {
    /// Id.
    id: Uuid,
    /// Id of the log it comes from.
    source: Uuid,
    /// Id of the device.
    device: Uuid,
    /// What people call the device.
    device_label: Option<String>,
    /// Id of its case; `null` when it is no finding.
    case: Option<Uuid>,
    /// The indicator in its normal form.
    #[schema(example = "c2.malware.example")]
    indicator: String,
    /// `domain`, `ip`, `ip-port`, `network` or `url`.
    #[schema(example = "domain")]
    indicator_type: String,
    /// Malware family.
    family: Option<String>,
    /// Name of the list the indicator came from.
    list: String,
    /// What was contacted.
    destination: String,
    /// Strongest verdict of its contacts: `connected`, `attempted`, `dns-resolved`, `dns-queried`,
    /// `dns-blocked`, `inbound-scan` or `mention-only`; the last two are not findings.
    #[schema(example = "connected")]
    verdict: String,
    /// Whether somebody must handle the device.
    is_finding: bool,
    /// How many contacts.
    count: i64,
    /// First contact, in UTC.
    #[schema(value_type = Option<String>, format = DateTime)]
    first_seen: Option<Timestamp>,
    /// Last contact, in UTC.
    #[schema(value_type = Option<String>, format = DateTime)]
    last_seen: Option<Timestamp>,
    /// Where the proof stands: in the unit's own log, which never leaves it.
    evidence: EvidencePlace,
    /// The warning list that names the indicator too.
    warning: Option<String>,
    /// Who says which device it is: `log`, `dhcp-lease`, `dhcp-log`, `neighbour-table` or `inventory`.
    #[schema(example = "dhcp-lease")]
    name_source: Option<String>,
    /// How sure that is: `high`, `medium` or `low`.
    #[schema(example = "high")]
    name_confidence: Option<String>,
    /// What the device does in the place of others: `dns-forwarder`, `proxy` or `nat`.
    #[schema(example = "dns-forwarder")]
    intermediary: Option<String>,
    /// Who says so: `person`, `inventory` or `log`.
    #[schema(example = "log")]
    intermediary_source: Option<String>,
}

/// Where the line that proves a sighting stands in the unit's log.
#[derive(Serialize, ToSchema)]
pub(crate) struct EvidencePlace {
    /// Name of the log.
    file: String,
    /// Offset of the line's first byte, in decompressed bytes.
    offset: i64,
    /// Number of the line, from 1.
    line_number: i64,
}

impl SightingWire {
    /// A sighting beside what people call its device.
    pub(crate) fn of(it: &SightingRecord, device: Option<&DeviceView>) -> Self {
        Self {
            id: it.id.into(),
            source: it.source_id.into(),
            device: device.map_or(it.device_id, |it| it.id).into(),
            device_label: device.map(|it| it.label.clone()),
            case: it.case_id.map(Uuid::from),
            indicator: it.indicator.clone(),
            indicator_type: it.indicator_type.clone(),
            family: it.family.clone(),
            list: it.list.clone(),
            destination: it.destination.clone(),
            verdict: it.verdict.clone(),
            is_finding: it.is_finding,
            count: it.contacts,
            first_seen: it.first_at,
            last_seen: it.last_at,
            evidence: EvidencePlace {
                file: it.evidence_file.clone(),
                offset: it.evidence_offset,
                line_number: it.evidence_line_number,
            },
            warning: it.warning.clone(),
            name_source: it.name_source.clone(),
            name_confidence: it.name_confidence.clone(),
            intermediary: it.intermediary.clone(),
            intermediary_source: it.intermediary_source.clone(),
        }
    }
}

/// Lists the sightings of a unit, findings first, without log lines.
#[utoipa::path(
    get, path = "/api/v1/campaigns/{campaign}/units/{unit}/sightings", tag = "sightings",
    params(("campaign" = Uuid, Path, description = "Id of the campaign"),
           ("unit" = Uuid, Path, description = "Id of the unit"), PageQuery),
    responses((status = 200, description = "A page of sightings", body = Page<SightingWire>)),
)]
pub(crate) async fn list_sightings(
    State(state): State<AppState>,
    Reader(actor): Reader,
    ApiPath((campaign, unit)): ApiPath<(CampaignId, UnitId)>,
    asked: Asked,
) -> Result<Response, ApiError> {
    let seen = checks::seen(&state.portal, &actor, campaign, unit).await?;
    let wire = |it: &SightingRecord| SightingWire::of(it, seen.devices.get(&it.device_id));
    asked.page(seen.sightings.iter().map(wire).collect(), |it| it.id.to_string())
}

/// One log that was matched.
#[derive(Serialize, ToSchema)]
#[schema(as = Source)]
pub(crate) struct SourceWire {
    /// Id.
    id: Uuid,
    /// SHA-256 of the log, in hex.
    sha256: String,
    /// Name of the log.
    #[schema(example = "bind-2026-11-20.log.gz")]
    file: String,
    /// Name of the site it is from.
    #[schema(example = "Trụ sở chính")]
    site: String,
    /// Its format.
    #[schema(example = "bind")]
    format: Option<String>,
    /// Lines read.
    lines_read: i64,
    /// Lines in which an indicator was found.
    lines_matched: i64,
    /// Lines not understood.
    lines_not_parsed: i64,
    /// Whether all of it was read and understood; never for an empty log.
    is_complete: bool,
    /// Whether it is one day of an input that is watched; `sha256` is then made up of its name.
    is_live: bool,
    /// `page` when a person dropped it into the page, `program` when a program sent it.
    #[schema(example = "program")]
    sent_by: &'static str,
    /// When it came, in UTC.
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
}

impl SourceWire {
    fn of(it: &SourceRecord, site: Option<&String>) -> Self {
        Self {
            site: site.cloned().unwrap_or_default(),
            id: it.id.into(),
            sha256: it.sha256.clone(),
            file: it.name.clone(),
            format: it.format.clone(),
            lines_read: it.lines_read,
            lines_matched: it.lines_matched,
            lines_not_parsed: it.lines_not_parsed,
            is_complete: it.is_complete,
            is_live: checks::live_of(it).is_some(),
            sent_by: if it.sent_by_token.is_some() { "program" } else { "page" },
            created_at: it.created_at,
        }
    }
}

/// Lists the logs of a unit that were matched, newest first.
#[utoipa::path(
    get, path = "/api/v1/campaigns/{campaign}/units/{unit}/sources", tag = "sightings",
    params(("campaign" = Uuid, Path, description = "Id of the campaign"),
           ("unit" = Uuid, Path, description = "Id of the unit"), PageQuery),
    responses((status = 200, description = "A page of logs", body = Page<SourceWire>)),
)]
pub(crate) async fn list_sources(
    State(state): State<AppState>,
    Reader(actor): Reader,
    ApiPath((campaign, unit)): ApiPath<(CampaignId, UnitId)>,
    asked: Asked,
) -> Result<Response, ApiError> {
    let seen = checks::seen(&state.portal, &actor, campaign, unit).await?;
    let wire = |it: &SourceRecord| SourceWire::of(it, seen.sites.get(&it.site_id));
    asked.page(seen.sources.iter().map(wire).collect(), |it| it.id.to_string())
}

/// What went with a log that was taken back.
#[derive(Serialize, ToSchema)]
pub(crate) struct TakenBack {
    /// Sightings that it gave: they are gone.
    sightings: usize,
    /// Cases that rested on nothing else and that nobody had worked on: they are gone.
    cases_gone: usize,
    /// Cases that rested on nothing else but that somebody had worked on: they stay, with a note.
    cases_kept: usize,
}

/// Takes back a log that was matched by mistake.
///
/// Signed-in officers of the unit only. What it gave goes, and what rested on it alone, but nothing
/// that a person has worked on; a verification that its days gave is withdrawn.
#[utoipa::path(
    delete, path = "/api/v1/sources/{source}", tag = "sightings",
    params(("source" = Uuid, Path, description = "Id of the log")),
    security(("session" = [])),
    responses((status = 200, description = "What went with it", body = TakenBack)),
)]
pub(crate) async fn take_back(
    State(state): State<AppState>,
    Person(actor): Person,
    ApiPath(source): ApiPath<SourceId>,
    asked: Asked,
) -> Result<Response, ApiError> {
    let gone = sources::take_back(&state.portal, &actor, source).await?;
    asked.json(&TakenBack {
        sightings: gone.sightings,
        cases_gone: gone.cases_gone.len(),
        cases_kept: gone.cases_kept.len(),
    })
}

/// What a program saw in logs of one site.
#[derive(Deserialize, ToSchema)]
#[schema(example = example)]
pub(crate) struct Sent {
    /// Id of the campaign; may be left out on `/sightings` when only one runs for the unit.
    #[serde(default)]
    campaign: Option<Uuid>,
    /// Place of the unit whose logs these are: addresses of two sites are not mixed up. At most 100
    /// characters. A log that the unit already sent under the name of another site is refused.
    #[serde(default)]
    #[schema(max_length = 100, example = "Trụ sở chính")]
    site: String,
    /// One entry a log; at most 200 logs and 50,000 sightings in all.
    #[schema(min_items = 1, max_items = 200)]
    results: Vec<SentResult>,
}

fn whole() -> bool {
    true
}

/// An example of a message.
fn example() -> serde_json::Value {
    serde_json::json!({
        "site": "Trụ sở chính",
        "results": [{
            "log": {
                "file": "bind-2026-08-20.log.gz",
                "sha256": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
                "format": "bind",
                "compression": "gzip",
                "lines_read": 120_000,
                "lines_matched": 3,
                "lines_not_parsed": 0,
                "days": ["2026-08-20"]
            },
            "sightings": [{
                "device": "192.0.2.17",
                "indicator": "c2.malware.example",
                "indicator_type": "domain",
                "list": "dia-chi-doc-hai.csv",
                "destination": "c2.malware.example",
                "verdict": "dns-queried",
                "count": 3,
                "first_seen": "2026-08-20T01:00:00Z",
                "last_seen": "2026-08-20T02:00:00Z",
                "evidence": { "offset": 1_048_576, "line_number": 9_113 }
            }]
        }]
    })
}

/// One log with what was seen in it.
#[derive(Deserialize, ToSchema)]
pub(crate) struct SentResult {
    /// The log.
    log: SentLog,
    /// What was seen in it: one entry a device and indicator.
    #[serde(default)]
    sightings: Vec<SentSighting>,
}

/// A log that was read.
#[derive(Deserialize, ToSchema)]
pub(crate) struct SentLog {
    /// Name of the log; at most 300 characters.
    #[schema(max_length = 300, example = "bind-2026-11-20.log.gz")]
    file: String,
    /// SHA-256 of the log's raw bytes, in lower-case hex: the same log again replaces what it gave. Left
    /// out when `live` is given.
    #[serde(default)]
    #[schema(pattern = "^[0-9a-f]{64}$")]
    sha256: Option<String>,
    /// What a log is known by that is still being written, instead of `sha256`.
    #[serde(default)]
    live: Option<SentLive>,
    /// Its format: `bind`, `dnsmasq`, `fortigate`, `zeek-tsv`, `zeek-json`, `squid`.
    #[serde(default)]
    #[schema(max_length = 50, example = "bind")]
    format: Option<String>,
    /// `gzip`, `zstd`, `xz` or `bzip2`.
    #[serde(default)]
    #[schema(max_length = 50)]
    compression: Option<String>,
    /// Lines read.
    #[serde(default)]
    lines_read: u64,
    /// Lines in which an indicator was found.
    #[serde(default)]
    lines_matched: u64,
    /// Lines not understood: the log then counts as incomplete.
    #[serde(default)]
    lines_not_parsed: u64,
    /// Whether the log was whole: `false` for one that ends in the middle.
    #[serde(default = "whole")]
    #[schema(default = true)]
    is_whole: bool,
    /// Days of which the log has lines, in the campaign's zone: only these count as watched. At most
    /// 3,660 are kept.
    #[serde(default)]
    #[schema(value_type = Vec<String>, format = Date)]
    days: Vec<Date>,
    /// What ended the reading before the log's end, as `lamsach match --output json` gives it: an
    /// object with a `code`.
    #[serde(default)]
    #[schema(value_type = Option<Object>)]
    problem: Option<LogProblem>,
}

/// One day of an input that is watched, a file that grows or an interface: `file` is the input's name.
/// Each message holds all that was seen of it on that day so far, and takes the place of the one before.
#[derive(Deserialize, ToSchema)]
pub(crate) struct SentLive {
    /// Who watches: at most 100 characters, the same after each start.
    #[schema(max_length = 100, example = "giam-sat-1")]
    sensor: String,
    /// The day on which it came, in the campaign's zone.
    #[schema(value_type = String, format = Date, example = "2026-11-27")]
    day: Date,
    /// Grows with every change: a message with a smaller one than what is kept changes nothing.
    #[schema(example = 17)]
    revision: u64,
    /// Lines or packets that came and were not read: the log then counts as incomplete.
    #[serde(default)]
    dropped: u64,
}

/// Contacts of one device with one indicator. Of each text 500 characters are kept. A log line that
/// stands in `evidence` is dropped.
#[derive(Deserialize, ToSchema)]
#[schema(as = Sighting)]
pub(crate) struct SentSighting {
    /// Address or name of the device, as the log gives it.
    #[schema(min_length = 1, max_length = 2048, example = "192.0.2.17")]
    device: String,
    /// What the log itself calls the device.
    #[serde(default)]
    #[schema(max_length = 2048)]
    device_name: Option<String>,
    /// Its hardware address, when a file that was given with `--names` tells it.
    #[serde(default)]
    #[schema(max_length = 2048, example = "02:00:5e:10:00:a2")]
    device_mac: Option<String>,
    /// Who says which device it is: `log`, `dhcp-lease`, `dhcp-log`, `neighbour-table` or `inventory`.
    #[serde(default)]
    #[schema(value_type = Option<String>, example = "dhcp-lease")]
    name_source: Option<NameSource>,
    /// How sure that is: `high`, `medium` or `low`.
    #[serde(default)]
    #[schema(value_type = Option<String>, example = "high")]
    name_confidence: Option<NameConfidence>,
    /// What the device does in the place of others: `dns-forwarder`, `proxy` or `nat`. It is then not the
    /// device to clean.
    #[serde(default)]
    #[schema(value_type = Option<String>, example = "dns-forwarder")]
    intermediary: Option<Intermediary>,
    /// Who says so: `person`, `inventory` or `log`.
    #[serde(default)]
    #[schema(value_type = Option<String>, example = "log")]
    intermediary_source: Option<ToldBy>,
    /// The indicator in its normal form.
    #[schema(min_length = 1, max_length = 2048, example = "c2.malware.example")]
    indicator: String,
    /// `domain`, `ip`, `ip-port`, `network` or `url`.
    #[schema(min_length = 1, max_length = 2048, example = "domain")]
    indicator_type: String,
    /// Malware family.
    #[serde(default)]
    #[schema(max_length = 2048)]
    family: Option<String>,
    /// Name of the list the indicator came from.
    #[serde(default)]
    #[schema(max_length = 2048, example = "dia-chi-doc-hai.csv")]
    list: String,
    /// The warning list that names the indicator too.
    #[serde(default)]
    #[schema(max_length = 2048)]
    warning: Option<String>,
    /// What was contacted.
    #[serde(default)]
    #[schema(max_length = 2048)]
    destination: String,
    /// Strongest verdict of its contacts.
    verdict: SentVerdict,
    /// How many contacts.
    #[schema(minimum = 1, maximum = 1_000_000_000_000_u64, example = 3)]
    count: u64,
    /// First contact, in UTC.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = DateTime)]
    first_seen: Option<Timestamp>,
    /// Last contact, in UTC; not more than a day ahead of the portal's clock.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = DateTime)]
    last_seen: Option<Timestamp>,
    /// Where the line that proves it stands in the log.
    #[serde(default)]
    evidence: SentEvidence,
}

/// Where the line that proves a sighting stands in the log.
#[derive(Default, Deserialize, ToSchema)]
pub(crate) struct SentEvidence {
    /// Offset of the line's first byte, in decompressed bytes.
    #[serde(default)]
    offset: u64,
    /// Number of the line, from 1; 0 when it is not known.
    #[serde(default)]
    line_number: u64,
}

/// What a contact proves, from weakest to strongest. The first two are not findings.
#[derive(Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum SentVerdict {
    /// The indicator stands in a query string: nobody contacted it.
    MentionOnly,
    /// A malicious source knocked at the device.
    InboundScan,
    /// The name was asked for and a resolver answered in its place.
    DnsBlocked,
    /// The name was asked for; the answer is unknown.
    DnsQueried,
    /// The name was asked for and got an address.
    DnsResolved,
    /// A connection was tried.
    Attempted,
    /// A connection stood.
    Connected,
}

impl From<SentVerdict> for Verdict {
    fn from(verdict: SentVerdict) -> Self {
        match verdict {
            SentVerdict::MentionOnly => Self::MentionOnly,
            SentVerdict::InboundScan => Self::InboundScan,
            SentVerdict::DnsBlocked => Self::DnsBlocked,
            SentVerdict::DnsQueried => Self::DnsQueried,
            SentVerdict::DnsResolved => Self::DnsResolved,
            SentVerdict::Attempted => Self::Attempted,
            SentVerdict::Connected => Self::Connected,
        }
    }
}

impl From<SentResult> for CheckResult {
    fn from(result: SentResult) -> Self {
        let log = result.log;
        let file = log.file.clone();
        let sightings = result.sightings.into_iter().map(|it| Sighting {
            device: it.device,
            device_name: it.device_name,
            device_mac: it.device_mac,
            name_source: it.name_source,
            name_confidence: it.name_confidence,
            intermediary: it.intermediary,
            intermediary_source: it.intermediary_source,
            indicator: it.indicator,
            indicator_type: it.indicator_type,
            family: it.family,
            list: it.list,
            warning: it.warning,
            destination: it.destination,
            verdict: it.verdict.into(),
            count: it.count,
            first_seen: it.first_seen,
            last_seen: it.last_seen,
            evidence: Evidence {
                file: file.clone(),
                offset: it.evidence.offset,
                line_number: it.evidence.line_number,
                line: String::new(),
            },
        });
        Self {
            is_whole: log.is_whole,
            live: log.live.map(|it| Live {
                sensor: it.sensor,
                day: it.day,
                revision: it.revision,
                dropped: it.dropped,
            }),
            side_cars: None,
            sightings: sightings.collect(),
            summary: FileSummary {
                file: log.file,
                format: log.format,
                compression: log.compression,
                sha256: log.sha256,
                lines_read: log.lines_read,
                lines_matched: log.lines_matched,
                lines_not_parsed: log.lines_not_parsed,
                days: log.days,
                problem: log.problem,
                ..FileSummary::default()
            },
        }
    }
}

/// What the portal kept.
#[derive(Serialize, ToSchema)]
pub(crate) struct Kept {
    /// Id of the campaign.
    campaign: Uuid,
    /// Id of the unit.
    unit: Uuid,
    /// One entry a log, in the order of the message.
    results: Vec<KeptResult>,
}

/// What became of one log.
#[derive(Serialize, ToSchema)]
pub(crate) struct KeptResult {
    /// Id of the log.
    source: Uuid,
    /// Its SHA-256, in hex; of a watched one, what stands in its place.
    sha256: String,
    /// `new`; `replaced` when the log had come before and now says something else (the lists may
    /// have grown); `unchanged` when it says the same.
    #[schema(example = "new")]
    status: &'static str,
    /// Sightings that are findings.
    findings: usize,
    /// Sightings that are not.
    others: usize,
    /// Devices with findings.
    devices: usize,
    /// Cases opened or opened again.
    cases: usize,
    /// Sightings that were not taken: their indicators are in none of the campaign's lists.
    refused: Vec<RefusedSighting>,
}

/// A sighting that was not taken.
#[derive(Serialize, ToSchema)]
pub(crate) struct RefusedSighting {
    /// The device, as it was sent.
    device: String,
    /// The indicator that is in none of the campaign's lists.
    #[schema(example = "c2.malware.example")]
    indicator: String,
}

impl From<Checked> for KeptResult {
    fn from(it: Checked) -> Self {
        let status = match (it.is_repeat, it.is_unchanged) {
            (_, true) => "unchanged",
            (true, false) => "replaced",
            (false, false) => "new",
        };
        Self {
            source: it.source.id.into(),
            sha256: it.source.sha256,
            status,
            findings: it.findings,
            others: it.others,
            devices: it.devices,
            cases: it.cases,
            refused: it
                .refused
                .into_iter()
                .map(|it| RefusedSighting { device: it.device, indicator: it.indicator })
                .collect(),
        }
    }
}

/// Takes what the programs of the token's unit saw.
///
/// The campaign may be left out when only one runs for the unit. The same log twice changes
/// nothing; under the name of another site it is refused. Sightings of indicators that are in none
/// of the campaign's lists are not taken and listed in the answer. Scope `sightings:write`.
#[utoipa::path(
    post, path = "/api/v1/sightings", tag = "sightings",
    request_body = Sent, security(("token" = [])),
    responses((status = 200, description = "What was kept", body = Kept)),
)]
pub(crate) async fn send_from_own_unit(
    State(state): State<AppState>,
    caller: Caller,
    ApiJson(sent): ApiJson<Sent>,
) -> Result<Json<Kept>, ApiError> {
    let sender = caller.sender()?;
    let Sender::Program(token) = &sender else {
        // A person may belong to several units and names the one they mean.
        return Err(Kind::Denied.into());
    };
    let unit = token.unit_id;
    let campaign = match sent.campaign {
        Some(campaign) => CampaignId::from(campaign),
        None => checks::only_campaign(&state.portal, unit).await?,
    };
    keep(&state, &sender, campaign, unit, sent).await
}

/// Takes what a unit's programs, or its signed-in officer, saw.
///
/// The same log twice changes nothing; under the name of another site it is refused. Sightings of
/// indicators that are in none of the campaign's lists are not taken and listed in the answer. Scope
/// `sightings:write`; a token speaks for its own unit alone.
#[utoipa::path(
    post, path = "/api/v1/campaigns/{campaign}/units/{unit}/sightings", tag = "sightings",
    params(("campaign" = Uuid, Path, description = "Id of the campaign"),
           ("unit" = Uuid, Path, description = "Id of the unit")),
    request_body = Sent,
    responses((status = 200, description = "What was kept", body = Kept)),
)]
pub(crate) async fn send_sightings(
    State(state): State<AppState>,
    caller: Caller,
    ApiPath((campaign, unit)): ApiPath<(CampaignId, UnitId)>,
    ApiJson(sent): ApiJson<Sent>,
) -> Result<Json<Kept>, ApiError> {
    let sender = caller.sender()?;
    keep(&state, &sender, campaign, unit, sent).await
}

async fn keep(
    state: &AppState,
    sender: &Sender,
    campaign: CampaignId,
    unit: UnitId,
    sent: Sent,
) -> Result<Json<Kept>, ApiError> {
    let results = sent.results.into_iter().map(CheckResult::from).collect();
    let kept = checks::receive(&state.portal, sender, campaign, unit, &sent.site, results).await?;
    Ok(Json(Kept {
        campaign: campaign.into(),
        unit: unit.into(),
        results: kept.into_iter().map(KeptResult::from).collect(),
    }))
}

// The description says these numbers in words.
const _: () = assert!(MOST_LOGS == 200 && MOST_SIGHTINGS == 50_000);
