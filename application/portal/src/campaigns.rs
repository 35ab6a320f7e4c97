//! Writing, launching and closing a campaign.

use std::collections::{BTreeMap, BTreeSet};

use ::campaigns::{
    Action, AttachmentId, CampaignId, CampaignState, Deadline, DeadlinePhrase, DirectiveId, ListId,
    ReceiptId, ReceiverRole, UnitId,
};
use ::reports::Form;
use indicators::ReadOptions;
use jiff::{civil::Date, tz::TimeZone};
use serde::{Deserialize, Serialize};
use serde_json::json;
use storage::campaigns::{self, AttachmentRecord, CampaignRecord, ListRecord};
use storage::directives::{self, DirectiveRecord, ReceiptRecord};
use storage::units::UnitRecord;

use crate::index_shelf::GUARD;
use crate::{Actor, Portal, PortalError, Problem, access, audit, secrets, units};

/// The largest attachment and list taken, in bytes.
pub const LARGEST_FILE_BYTES: usize = 64 * 1024 * 1024;

/// What a coordinator writes, as typed; days as `YYYY-MM-DD`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct CampaignForm {
    /// Title.
    pub title: String,
    /// Number and code of the letter.
    pub letter_number: String,
    /// Date of the letter.
    pub letter_on: String,
    /// Place named beside the date.
    pub letter_place: String,
    /// Legal basis.
    pub legal_basis: String,
    /// "V/v …".
    pub subject: String,
    /// What the campaign is for.
    pub aim: String,
    /// Tasks, one a line.
    pub tasks: String,
    /// Whom to ask.
    pub contact_line: String,
    /// Signature block, one part a line.
    pub signer: String,
    /// First day.
    pub period_from: String,
    /// Last day.
    pub period_to: String,
    /// `before` or `at-latest`.
    pub deadline_phrase: String,
    /// The day of the deadline.
    pub deadline_on: String,
    /// `letter-2022@1`.
    pub form: String,
    /// Whether there is a public page: `on`.
    pub is_public: String,
    /// Version that was opened, against overwriting.
    pub version: i64,
}

impl From<&CampaignRecord> for CampaignForm {
    fn from(campaign: &CampaignRecord) -> Self {
        let day = |day: Option<Date>| day.map(|it| it.to_string()).unwrap_or_default();
        Self {
            title: campaign.title.clone(),
            letter_number: campaign.letter_number.clone(),
            letter_on: day(campaign.letter_on),
            letter_place: campaign.letter_place.clone(),
            legal_basis: campaign.legal_basis.clone(),
            subject: campaign.subject.clone(),
            aim: campaign.aim.clone(),
            tasks: campaign.tasks.join("\n"),
            contact_line: campaign.contact_line.clone(),
            signer: campaign.signer.clone(),
            period_from: day(campaign.period_from),
            period_to: day(campaign.period_to),
            deadline_phrase: campaign
                .deadline_phrase
                .map(|phrase| phrase.to_string())
                .unwrap_or_default(),
            deadline_on: day(campaign.deadline_on),
            form: format!("{}@{}", campaign.form_id, campaign.form_version),
            is_public: if campaign.is_public { "on" } else { "" }.to_owned(),
            version: campaign.version,
        }
    }
}

/// A campaign with everything beside its letter.
#[derive(Clone, Debug)]
pub struct CampaignView {
    /// The campaign.
    pub campaign: CampaignRecord,
    /// The unit that runs it.
    pub owner: UnitRecord,
    /// The body above that unit, as its letters name it; empty where there is none.
    pub governing_body: String,
    /// Files beside the letter.
    pub attachments: Vec<AttachmentRecord>,
    /// Newest revision of each indicator list that was not taken back.
    pub lists: Vec<ListRecord>,
    /// Whom the first directive goes to, while it is a draft.
    pub receivers: Vec<(UnitRecord, ReceiverRole)>,
}

/// Deadline of a campaign's own letter.
pub fn deadline_of(campaign: &CampaignRecord) -> Option<Deadline> {
    deadline(campaign.deadline_phrase, campaign.deadline_on)
}

/// Deadline from its two stored parts.
pub(crate) fn deadline(phrase: Option<DeadlinePhrase>, day: Option<Date>) -> Option<Deadline> {
    Some(Deadline { phrase: phrase?, day: day? })
}

/// Zone of a campaign's days.
pub fn zone_of(portal: &Portal, campaign: &CampaignRecord) -> TimeZone {
    TimeZone::get(&campaign.zone).unwrap_or_else(|_| portal.zone.clone())
}

/// Form of a campaign's reports.
pub fn form_of(campaign: &CampaignRecord) -> Form {
    let version = u32::try_from(campaign.form_version).unwrap_or(1);
    Form::find(&campaign.form_id, version).unwrap_or_else(Form::letter)
}

/// Begins a campaign of a unit.
pub async fn create(
    portal: &Portal,
    actor: &Actor,
    owner: UnitId,
    form: &CampaignForm,
) -> Result<CampaignId, PortalError> {
    access::require(portal, actor, Action::RunCampaigns, owner).await?;
    let id = portal.new_id::<CampaignId>();
    let mut campaign = CampaignRecord {
        id,
        owner_id: owner,
        slug: slug(&form.title, id),
        title: String::new(),
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
        deadline_phrase: None,
        deadline_on: None,
        zone: "Asia/Ho_Chi_Minh".to_owned(),
        form_id: String::new(),
        form_version: 1,
        line: units::TERRITORIAL.to_owned(),
        state: CampaignState::Draft,
        is_public: false,
        created_by: actor.user_id,
        created_at: portal.now(),
        launched_at: None,
        closed_at: None,
        version: 1,
    };
    fill(&mut campaign, form)?;
    let mut write = portal.database.write().await?;
    campaigns::insert(&mut write, &campaign).await?;
    audit::record(portal, &mut write, Some(actor), Some(owner), "campaign.create", id, json!({}))
        .await?;
    write.commit().await?;
    Ok(id)
}

/// Changes a campaign's words; a launched one keeps its form.
pub async fn update(
    portal: &Portal,
    actor: &Actor,
    id: CampaignId,
    form: &CampaignForm,
) -> Result<(), PortalError> {
    let mut campaign = owned(portal, actor, id).await?;
    if campaign.state == CampaignState::Closed {
        return Err(Problem::new("", "problem-campaign-closed").into());
    }
    let before = (campaign.form_id.clone(), campaign.form_version);
    fill(&mut campaign, form)?;
    if campaign.state == CampaignState::Launched {
        (campaign.form_id, campaign.form_version) = before;
    }
    campaign.version = form.version;
    let mut write = portal.database.write().await?;
    if !campaigns::update(&mut write, &campaign).await? {
        return Err(PortalError::Conflict);
    }
    let owner = Some(campaign.owner_id);
    audit::record(portal, &mut write, Some(actor), owner, "campaign.update", id, json!({})).await?;
    Ok(write.commit().await?)
}

/// Sets whom the first directive goes to.
pub async fn set_receivers(
    portal: &Portal,
    actor: &Actor,
    id: CampaignId,
    receivers: &[(UnitId, ReceiverRole)],
) -> Result<(), PortalError> {
    let campaign = owned(portal, actor, id).await?;
    if campaign.state != CampaignState::Draft {
        return Err(Problem::new("", "problem-campaign-launched").into());
    }
    let known: BTreeSet<UnitId> =
        candidates(portal, actor, campaign.owner_id).await?.into_iter().map(|it| it.id).collect();
    if receivers.iter().any(|(unit, _)| !known.contains(unit)) {
        return Err(Problem::new("receivers", "problem-receiver-elsewhere").into());
    }
    let unique: BTreeMap<UnitId, ReceiverRole> = receivers
        .iter()
        .copied()
        // The campaign's own unit takes part with a report of its own, or not at all.
        .filter(|(unit, role)| *unit != campaign.owner_id || role.owes_report())
        .collect();
    let unique: Vec<_> = unique.into_iter().collect();
    let mut write = portal.database.write().await?;
    campaigns::set_receivers(&mut write, id, &unique).await?;
    Ok(write.commit().await?)
}

/// Sends the letter to its receivers.
pub async fn launch(portal: &Portal, actor: &Actor, id: CampaignId) -> Result<(), PortalError> {
    let mut campaign = owned(portal, actor, id).await?;
    if campaign.state != CampaignState::Draft {
        return Err(Problem::new("", "problem-campaign-launched").into());
    }
    let mut write = portal.database.write().await?;
    let receivers = campaigns::receivers(&mut write, id).await?;
    let mut problems = Vec::new();
    if !receivers.iter().any(|(_, role)| role.owes_report()) {
        problems.push(Problem::new("receivers", "problem-no-receivers"));
    }
    if campaign.tasks.is_empty() {
        problems.push(Problem::new("tasks", "problem-no-tasks"));
    }
    if campaign.deadline_on.is_none() {
        problems.push(Problem::new("deadline_on", "problem-no-deadline"));
    }
    if !problems.is_empty() {
        return Err(PortalError::Invalid(problems));
    }
    let now = portal.now();
    let directive = DirectiveRecord {
        id: portal.new_id::<DirectiveId>(),
        campaign_id: id,
        from_unit_id: campaign.owner_id,
        letter_number: campaign.letter_number.clone(),
        cover_text: String::new(),
        deadline_phrase: campaign.deadline_phrase,
        deadline_on: campaign.deadline_on,
        sent_by: actor.user_id,
        sent_at: now,
    };
    directives::insert(&mut write, &directive).await?;
    for (unit_id, role) in &receivers {
        let receipt = ReceiptRecord {
            id: portal.new_id::<ReceiptId>(),
            campaign_id: id,
            directive_id: directive.id,
            unit_id: *unit_id,
            parent_id: campaign.owner_id,
            role: *role,
            is_counting: role.owes_report(),
            delivered_at: now,
            opened_at: None,
            acknowledged_at: None,
            acknowledged_by: None,
            launched_at: None,
        };
        directives::insert_receipt(&mut write, &receipt).await?;
    }
    campaign.state = CampaignState::Launched;
    campaign.launched_at = Some(now);
    if !campaigns::update(&mut write, &campaign).await? {
        return Err(PortalError::Conflict);
    }
    let detail = json!({ "receivers": receivers.len() });
    let owner = Some(campaign.owner_id);
    audit::record(portal, &mut write, Some(actor), owner, "campaign.launch", id, detail).await?;
    Ok(write.commit().await?)
}

/// Ends a campaign: reports that were handed in are locked.
pub async fn close(portal: &Portal, actor: &Actor, id: CampaignId) -> Result<(), PortalError> {
    let mut campaign = owned(portal, actor, id).await?;
    if campaign.state != CampaignState::Launched {
        return Err(Problem::new("", "problem-campaign-not-launched").into());
    }
    campaign.state = CampaignState::Closed;
    campaign.closed_at = Some(portal.now());
    let mut write = portal.database.write().await?;
    if !campaigns::hold_running(&mut write, id).await? {
        return Err(PortalError::Conflict);
    }
    crate::reports::lock_all(portal, &mut write, actor, id).await?;
    if !campaigns::update(&mut write, &campaign).await? {
        return Err(PortalError::Conflict);
    }
    let owner = Some(campaign.owner_id);
    audit::record(portal, &mut write, Some(actor), owner, "campaign.close", id, json!({})).await?;
    Ok(write.commit().await?)
}

/// Puts a file beside the letter.
pub async fn attach(
    portal: &Portal,
    actor: &Actor,
    id: CampaignId,
    name: &str,
    bytes: impl AsRef<[u8]> + Send + 'static,
) -> Result<(), PortalError> {
    let campaign = owned(portal, actor, id).await?;
    let name = file_name(name)?;
    let size_bytes = i64::try_from(bytes.as_ref().len()).unwrap_or(i64::MAX);
    let files = portal.files.clone();
    let sha256 = blocking(move || {
        let sha256 = secrets::sha256_hex(bytes.as_ref());
        files.put(&sha256, bytes.as_ref()).map(|()| sha256)
    })
    .await??;
    let attachment = AttachmentRecord {
        id: portal.new_id::<AttachmentId>(),
        campaign_id: id,
        directive_id: None,
        media_type: media_type(&name).to_owned(),
        name,
        size_bytes,
        sha256,
        created_at: portal.now(),
    };
    let mut write = portal.database.write().await?;
    campaigns::insert_attachment(&mut write, &attachment).await?;
    let owner = Some(campaign.owner_id);
    audit::record(portal, &mut write, Some(actor), owner, "campaign.attach", id, json!({})).await?;
    Ok(write.commit().await?)
}

/// Adds an indicator list, or the next revision of the list of that name. Gives what was taken
/// and what was refused; a list of which nothing could be taken is not kept.
pub async fn add_list(
    portal: &Portal,
    actor: &Actor,
    id: CampaignId,
    name: &str,
    bytes: impl AsRef<[u8]> + Send + 'static,
) -> Result<ListRecord, PortalError> {
    let campaign = owned(portal, actor, id).await?;
    let name = file_name(name)?;
    let options = ReadOptions { format: None, today: Some(portal.today()) };
    let size_bytes = i64::try_from(bytes.as_ref().len()).unwrap_or(i64::MAX);
    let files = portal.files.clone();
    let (report, sha256) = blocking(move || {
        let report = match log_check::check_list(bytes.as_ref(), options, &GUARD) {
            Ok(report) => report,
            Err(error) => return Ok((Err(error), String::new())),
        };
        let mut sha256 = String::new();
        if report.accepted_total() > 0 {
            sha256 = secrets::sha256_hex(bytes.as_ref());
            files.put(&sha256, bytes.as_ref())?;
        }
        Ok::<_, std::io::Error>((Ok(report), sha256))
    })
    .await??;
    let report = report
        .map_err(|_| Problem::new("list", "problem-damaged-index").with("name", name.clone()))?;
    if report.accepted_total() == 0 {
        return Err(Problem::new("list", "problem-empty-list").with("name", name).into());
    }
    let refused: Vec<_> = report
        .refused
        .iter()
        .map(|it| json!({ "line": it.line, "text": it.text, "reason": it.reason.code() }))
        .collect();
    let mut write = portal.database.write().await?;
    let known = campaigns::lists(&mut write, id).await?;
    let revision = known.iter().filter(|list| list.name == name).map(|list| list.revision).max();
    let list = ListRecord {
        id: portal.new_id::<ListId>(),
        campaign_id: id,
        name,
        revision: revision.unwrap_or(0) + 1,
        format: report.format.unwrap_or("plain").to_owned(),
        marking: "green".to_owned(),
        sha256,
        size_bytes,
        accepted: i64::try_from(report.accepted_total()).unwrap_or(i64::MAX),
        refused: i64::try_from(report.refused_total()).unwrap_or(i64::MAX),
        report: json!({ "accepted": report.accepted, "refused": refused, "warned": report.warned })
            .to_string(),
        created_by: actor.user_id,
        created_at: portal.now(),
        withdrawn_at: None,
    };
    campaigns::insert_list(&mut write, &list).await?;
    let detail = json!({ "list": list.id, "accepted": list.accepted, "refused": list.refused });
    let owner = Some(campaign.owner_id);
    audit::record(portal, &mut write, Some(actor), owner, "campaign.add-list", id, detail).await?;
    write.commit().await?;
    Ok(list)
}

/// Runs what reads a whole file beside the threads that answer requests.
pub(crate) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, PortalError> {
    let done = tokio::task::spawn_blocking(work).await;
    done.map_err(|error| PortalError::Internal(format!("reading a file: {error}")))
}

/// A line of a list that was not taken.
#[derive(Clone, Debug, Deserialize)]
pub struct RefusedLine {
    /// Where it stands in the list.
    pub line: u64,
    /// What stands there.
    pub text: String,
    /// Why: message key `lists-refused-…`.
    pub reason: String,
}

/// The first lines of a list that were not taken.
pub fn refused_lines(list: &ListRecord) -> Vec<RefusedLine> {
    #[derive(Deserialize)]
    struct Report {
        refused: Vec<RefusedLine>,
    }
    serde_json::from_str(&list.report).map_or_else(|_| Vec::new(), |it: Report| it.refused)
}

/// Warning lists that name indicators of a list, each with how many: they were taken, and a person
/// should look at what they find.
pub fn warned_of(list: &ListRecord) -> BTreeMap<String, u64> {
    #[derive(Deserialize)]
    struct Report {
        #[serde(default)]
        warned: BTreeMap<String, u64>,
    }
    serde_json::from_str(&list.report).map_or_else(|_| BTreeMap::new(), |it: Report| it.warned)
}

/// Takes a list back: logs are no longer matched against it.
pub async fn withdraw_list(
    portal: &Portal,
    actor: &Actor,
    id: CampaignId,
    list: ListId,
) -> Result<(), PortalError> {
    let campaign = owned(portal, actor, id).await?;
    let mut write = portal.database.write().await?;
    let lists = campaigns::lists(&mut write, id).await?;
    if !lists.iter().any(|it| it.id == list) {
        return Err(PortalError::NotFound);
    }
    campaigns::withdraw_list(&mut write, list, portal.now()).await?;
    let owner = Some(campaign.owner_id);
    audit::record(
        portal,
        &mut write,
        Some(actor),
        owner,
        "campaign.withdraw-list",
        list,
        json!({}),
    )
    .await?;
    Ok(write.commit().await?)
}

/// A campaign of a unit the person coordinates, with everything beside its letter.
pub async fn view(
    portal: &Portal,
    actor: &Actor,
    id: CampaignId,
) -> Result<CampaignView, PortalError> {
    let campaign = owned(portal, actor, id).await?;
    whole(portal, campaign).await
}

/// A campaign with everything beside its letter; the caller has checked who asks.
pub(crate) async fn whole(
    portal: &Portal,
    campaign: CampaignRecord,
) -> Result<CampaignView, PortalError> {
    let mut known = units::by_id(portal).await?;
    let mut read = portal.database.read().await?;
    let attachments = campaigns::attachments(&mut read, campaign.id).await?;
    let lists = newest_lists(campaigns::lists(&mut read, campaign.id).await?);
    let receivers = campaigns::receivers(&mut read, campaign.id).await?;
    let owner = known.get(&campaign.owner_id).cloned().ok_or(PortalError::NotFound)?;
    let governing_body = units::governing_body(portal, &mut read, &owner).await?;
    let mut receivers: Vec<_> = receivers
        .into_iter()
        .filter_map(|(unit, role)| Some((known.remove(&unit)?, role)))
        .collect();
    receivers.sort_by(|a, b| a.0.code.cmp(&b.0.code));
    Ok(CampaignView { campaign, owner, governing_body, attachments, lists, receivers })
}

/// A campaign's title, for a person who may read its letter.
pub async fn title(portal: &Portal, actor: &Actor, id: CampaignId) -> Result<String, PortalError> {
    let campaign = find(portal, id).await?;
    if crate::letters::may_read(portal, actor, &campaign).await? {
        Ok(campaign.title)
    } else {
        Err(PortalError::NotFound)
    }
}

/// Campaigns that the person's unit runs, newest first.
pub async fn owned_by(
    portal: &Portal,
    actor: &Actor,
    unit: UnitId,
) -> Result<Vec<CampaignRecord>, PortalError> {
    access::require(portal, actor, Action::SeeProgress, unit).await?;
    let may_run = access::allows(portal, actor, Action::RunCampaigns, unit).await?;
    let mut read = portal.database.read().await?;
    let mut all = campaigns::list(&mut read).await?;
    // What is being written is nobody else's business yet.
    all.retain(|it| it.owner_id == unit && (may_run || it.state != CampaignState::Draft));
    Ok(all)
}

/// Every campaign whose letter the person may read, newest first.
pub async fn readable(portal: &Portal, actor: &Actor) -> Result<Vec<CampaignRecord>, PortalError> {
    let mut read = portal.database.read().await?;
    let all = campaigns::list(&mut read).await?;
    drop(read);
    let mut readable = Vec::new();
    for campaign in all {
        if crate::letters::may_read(portal, actor, &campaign).await? {
            readable.push(campaign);
        }
    }
    Ok(readable)
}

/// A campaign with everything beside its letter, for a person who may read it.
pub async fn read(
    portal: &Portal,
    actor: &Actor,
    id: CampaignId,
) -> Result<CampaignView, PortalError> {
    let campaign = find(portal, id).await?;
    if !crate::letters::may_read(portal, actor, &campaign).await? {
        return Err(PortalError::NotFound);
    }
    whole(portal, campaign).await
}

/// Name and content of an indicator list, for a person who may read the letter.
pub async fn list_content(
    portal: &Portal,
    actor: &Actor,
    id: CampaignId,
    list: ListId,
) -> Result<(String, Vec<u8>), PortalError> {
    let view = read(portal, actor, id).await?;
    let found = view.lists.into_iter().find(|it| it.id == list).ok_or(PortalError::NotFound)?;
    Ok((found.name, portal.files.read(&found.sha256)?))
}

/// Units that a unit's letter can go to: those right below the unit in any line, because a focal
/// unit collects by mandate those right below the unit above it, that unit, and the unit itself,
/// which then reports like every other.
pub async fn candidates(
    portal: &Portal,
    actor: &Actor,
    owner: UnitId,
) -> Result<Vec<UnitRecord>, PortalError> {
    access::require(portal, actor, Action::RunCampaigns, owner).await?;
    let mut known = units::by_id(portal).await?;
    let mut lines = units::other_lines(portal, units::TERRITORIAL).await?;
    lines.push(units::TERRITORIAL.to_owned());
    let mut found = std::collections::BTreeSet::new();
    for line in lines {
        let tree = units::tree(portal, &line).await?;
        found.extend(tree.children(owner));
        if let Some(above) = tree.parent(owner) {
            found.extend(tree.children(above));
            // It is told, as a courtesy or for information.
            found.insert(above);
        }
    }
    found.insert(owner);
    let mut candidates: Vec<UnitRecord> =
        found.into_iter().filter_map(|id| known.remove(&id)).collect();
    candidates.sort_by(|a, b| a.code.cmp(&b.code));
    Ok(candidates)
}

/// The newest revision of each list, unless it was taken back.
pub(crate) fn newest_lists(all: Vec<ListRecord>) -> Vec<ListRecord> {
    let mut newest: Vec<ListRecord> = Vec::new();
    // Lists come by name, newest revision first.
    for list in all {
        if newest.last().is_none_or(|last| last.name != list.name) {
            newest.push(list);
        }
    }
    newest.retain(|list| list.withdrawn_at.is_none());
    newest
}

/// The campaign, if the person may run campaigns of its unit.
pub(crate) async fn owned(
    portal: &Portal,
    actor: &Actor,
    id: CampaignId,
) -> Result<CampaignRecord, PortalError> {
    let campaign = find(portal, id).await?;
    access::require(portal, actor, Action::RunCampaigns, campaign.owner_id).await?;
    Ok(campaign)
}

/// The campaign; the caller checks who asks.
pub(crate) async fn find(portal: &Portal, id: CampaignId) -> Result<CampaignRecord, PortalError> {
    let mut read = portal.database.read().await?;
    campaigns::find(&mut read, id).await?.ok_or(PortalError::NotFound)
}

/// Takes what was typed, or says everything that cannot be taken.
fn fill(campaign: &mut CampaignRecord, form: &CampaignForm) -> Result<(), PortalError> {
    let mut problems = Vec::new();
    let mut day = |field: &str, text: &str| {
        let text = text.trim();
        if text.is_empty() {
            return None;
        }
        let read =
            Date::strptime("%Y-%m-%d", text).or_else(|_| Date::strptime("%d/%m/%Y", text)).ok();
        if read.is_none() {
            problems.push(Problem::new(field, "problem-date").with("value", text));
        }
        read
    };
    campaign.letter_on = day("letter_on", &form.letter_on);
    campaign.period_from = day("period_from", &form.period_from);
    campaign.period_to = day("period_to", &form.period_to);
    campaign.deadline_on = day("deadline_on", &form.deadline_on);
    campaign.deadline_phrase = campaign
        .deadline_on
        .map(|_| form.deadline_phrase.parse().unwrap_or(DeadlinePhrase::AtLatest));
    if let (Some(from), Some(to)) = (campaign.period_from, campaign.period_to)
        && to < from
    {
        problems.push(Problem::new("period_to", "problem-period"));
    }
    if form.title.trim().is_empty() {
        problems.push(Problem::new("title", "problem-title"));
    }
    let (form_id, version) = form.form.split_once('@').unwrap_or(("letter-2022", "1"));
    match version.parse().ok().and_then(|version| Form::find(form_id, version)) {
        Some(found) => {
            campaign.form_id = found.id;
            campaign.form_version = i64::from(found.version);
        }
        None => problems.push(Problem::new("form", "problem-form")),
    }
    let texts = [
        (&mut campaign.title, &form.title, 300),
        (&mut campaign.letter_number, &form.letter_number, 100),
        (&mut campaign.letter_place, &form.letter_place, 100),
        (&mut campaign.legal_basis, &form.legal_basis, 4_000),
        (&mut campaign.subject, &form.subject, 500),
        (&mut campaign.aim, &form.aim, 4_000),
        (&mut campaign.contact_line, &form.contact_line, 1_000),
        (&mut campaign.signer, &form.signer, 1_000),
    ];
    for (target, text, longest) in texts {
        if text.chars().count() > longest {
            problems
                .push(Problem::new("", "problem-too-long").with("longest", longest.to_string()));
        }
        text.trim().clone_into(target);
    }
    campaign.tasks =
        form.tasks.lines().map(str::trim).filter(|it| !it.is_empty()).map(str::to_owned).collect();
    campaign.is_public = form.is_public == "on";
    if problems.is_empty() { Ok(()) } else { Err(PortalError::Invalid(problems)) }
}

/// Public address: the title without marks, and enough of the id to be unique.
fn slug(title: &str, id: CampaignId) -> String {
    let key = language::search_key(title);
    let words: Vec<&str> = key
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty())
        .take(8)
        .collect();
    let id = id.to_string();
    let tail: String = id.chars().rev().take(6).collect();
    format!("{}-{tail}", words.join("-")).trim_start_matches('-').to_owned()
}

/// The last part of a name, without what no file system or header takes.
pub(crate) fn file_name(name: &str) -> Result<String, PortalError> {
    let last = name.rsplit(['/', '\\']).next().unwrap_or(name).trim();
    let clean: String = last.chars().filter(|c| !c.is_control() && *c != '"').take(200).collect();
    if clean.is_empty() {
        return Err(Problem::new("file", "problem-file-name").into());
    }
    Ok(clean)
}

fn media_type(name: &str) -> &'static str {
    match name.rsplit('.').next().map(str::to_ascii_lowercase).as_deref() {
        Some("pdf") => "application/pdf",
        Some("docx") => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        Some("xlsx") => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        Some("csv") => "text/csv",
        Some("txt") => "text/plain",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_public_address_has_no_marks_and_no_path() {
        let id = CampaignId::from_parts(0, &[1; 10]);
        let slug = slug("Làm sạch mã độc năm 2026 / Đợt 1 ../../x", id);
        assert_eq!(slug, "lam-sach-ma-doc-nam-2026-dot-1-101010");
    }

    #[test]
    fn a_file_name_is_its_last_part() {
        let check = |name: &str, expected: &str| assert_eq!(file_name(name).unwrap(), expected);
        check("C:\\Users\\x\\danh sách.csv", "danh sách.csv");
        check("../../etc/passwd", "passwd");
        assert!(file_name("../").is_err());
    }
}
