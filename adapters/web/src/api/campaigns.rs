//! Campaigns and their indicator lists.

use axum::Router;
use axum::extract::State;
use axum::response::Response;
use axum::routing::get;
use campaigns::{CampaignId, ListId};
use jiff::{Timestamp, civil::Date};
use portal::campaigns::{self as functions, CampaignView, deadline_of};
use portal::records::{CampaignRecord, ListRecord};
use portal::{PortalError, local_checks};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::caller::ListReader;
use super::input::ApiPath;
use super::output::{Asked, Page, PageQuery};
use super::problem::ApiError;
use super::wire::{DeadlineWire, UnitWire, zone};
use crate::AppState;

pub(crate) fn routes() -> Router<AppState> {
    Router::new()
        .route("/campaigns", get(list_campaigns))
        .route("/campaigns/{campaign}", get(read_campaign))
        .route("/campaigns/{campaign}/lists", get(list_lists))
        .route("/campaigns/{campaign}/lists/{list}/content", get(read_list))
        .route("/campaigns/{campaign}/index", get(read_index))
}

/// A campaign.
#[derive(Serialize, ToSchema)]
#[schema(as = Campaign)]
pub(crate) struct CampaignWire {
    /// Id.
    id: Uuid,
    /// Title.
    #[schema(example = "Chiến dịch làm sạch mã độc trên không gian mạng")]
    title: String,
    /// `draft`, `launched` or `closed`.
    #[schema(example = "launched")]
    state: String,
    /// Id of the unit that runs it.
    owner: Uuid,
    /// Number and code of the letter.
    #[schema(example = "12/SKHCN-CNTT")]
    letter_number: String,
    /// Date of the letter.
    #[schema(value_type = Option<String>, format = Date)]
    letter_on: Option<Date>,
    /// First day.
    #[schema(value_type = Option<String>, format = Date)]
    period_from: Option<Date>,
    /// Last day.
    #[schema(value_type = Option<String>, format = Date)]
    period_to: Option<Date>,
    /// Deadline of the campaign's own letter; a unit's own may be earlier.
    deadline: Option<DeadlineWire>,
    /// Zone of its days.
    #[schema(example = "Asia/Ho_Chi_Minh")]
    zone: String,
    /// Form of its reports, `id@version`.
    #[schema(example = "letter-2022@1")]
    form: String,
    /// When it was launched, in UTC.
    #[schema(value_type = Option<String>, format = DateTime)]
    launched_at: Option<Timestamp>,
    /// When it was closed, in UTC.
    #[schema(value_type = Option<String>, format = DateTime)]
    closed_at: Option<Timestamp>,
}

impl From<&CampaignRecord> for CampaignWire {
    fn from(campaign: &CampaignRecord) -> Self {
        Self {
            id: campaign.id.into(),
            title: campaign.title.clone(),
            state: campaign.state.to_string(),
            owner: campaign.owner_id.into(),
            letter_number: campaign.letter_number.clone(),
            letter_on: campaign.letter_on,
            period_from: campaign.period_from,
            period_to: campaign.period_to,
            deadline: deadline_of(campaign).map(|it| DeadlineWire::of(it, &zone(&campaign.zone))),
            zone: campaign.zone.clone(),
            form: format!("{}@{}", campaign.form_id, campaign.form_version),
            launched_at: campaign.launched_at,
            closed_at: campaign.closed_at,
        }
    }
}

/// A campaign with its letter.
#[derive(Serialize, ToSchema)]
pub(crate) struct CampaignWithLetter {
    /// The campaign.
    campaign: CampaignWire,
    /// The unit that runs it.
    owner: UnitWire,
    /// "V/v …".
    subject: String,
    /// What the letter rests on.
    legal_basis: String,
    /// What the campaign is for.
    aim: String,
    /// What each unit is asked to do, in order.
    tasks: Vec<String>,
    /// Whom to ask in difficulty.
    contact_line: String,
    /// Newest revision of each indicator list.
    lists: Vec<ListWire>,
}

impl From<&CampaignView> for CampaignWithLetter {
    fn from(view: &CampaignView) -> Self {
        let campaign = &view.campaign;
        Self {
            campaign: campaign.into(),
            owner: (&view.owner).into(),
            subject: campaign.subject.clone(),
            legal_basis: campaign.legal_basis.clone(),
            aim: campaign.aim.clone(),
            tasks: campaign.tasks.clone(),
            contact_line: campaign.contact_line.clone(),
            lists: view.lists.iter().map(ListWire::from).collect(),
        }
    }
}

/// One revision of an indicator list.
#[derive(Serialize, ToSchema)]
#[schema(as = IndicatorList)]
pub(crate) struct ListWire {
    /// Id of this revision.
    id: Uuid,
    /// Name; a newer revision has the same.
    #[schema(example = "dia-chi-doc-hai.csv")]
    name: String,
    /// Revision, from 1.
    #[schema(minimum = 1, example = 2)]
    revision: i64,
    /// `plain`, `csv`, `hosts`, or `index` for one that was compiled.
    #[schema(example = "csv")]
    format: String,
    /// Marking (TLP): `clear`, `green`, `amber`, `red`.
    #[schema(example = "green")]
    marking: String,
    /// SHA-256 of the content, in hex; also its `ETag`.
    sha256: String,
    /// Size of the content, in bytes.
    size_bytes: i64,
    /// Indicators taken.
    accepted: i64,
    /// Lines refused.
    refused: i64,
    /// When it was published, in UTC.
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    /// Address of the content.
    #[schema(example = "/api/v1/campaigns/0193…/lists/0193…/content")]
    content: String,
}

impl From<&ListRecord> for ListWire {
    fn from(list: &ListRecord) -> Self {
        Self {
            id: list.id.into(),
            name: list.name.clone(),
            revision: list.revision,
            format: list.format.clone(),
            marking: list.marking.clone(),
            sha256: list.sha256.clone(),
            size_bytes: list.size_bytes,
            accepted: list.accepted,
            refused: list.refused,
            created_at: list.created_at,
            content: format!("/api/v1/campaigns/{}/lists/{}/content", list.campaign_id, list.id),
        }
    }
}

/// Lists the campaigns whose letter the caller may read, newest first.
///
/// Any scope.
#[utoipa::path(
    get, path = "/api/v1/campaigns", tag = "campaigns", params(PageQuery),
    responses((status = 200, description = "A page of campaigns", body = Page<CampaignWire>)),
)]
pub(crate) async fn list_campaigns(
    State(state): State<AppState>,
    ListReader(actor): ListReader,
    asked: Asked,
) -> Result<Response, ApiError> {
    let campaigns = functions::readable(&state.portal, &actor).await?;
    let campaigns: Vec<CampaignWire> = campaigns.iter().map(CampaignWire::from).collect();
    asked.page(campaigns, |it| it.id.to_string())
}

/// Gives a campaign with its letter and its lists.
///
/// Any scope.
#[utoipa::path(
    get, path = "/api/v1/campaigns/{campaign}", tag = "campaigns",
    params(("campaign" = Uuid, Path, description = "Id of the campaign")),
    responses((status = 200, description = "The campaign", body = CampaignWithLetter)),
)]
pub(crate) async fn read_campaign(
    State(state): State<AppState>,
    ListReader(actor): ListReader,
    ApiPath(campaign): ApiPath<CampaignId>,
    asked: Asked,
) -> Result<Response, ApiError> {
    let view = functions::read(&state.portal, &actor, campaign).await?;
    asked.json(&CampaignWithLetter::from(&view))
}

/// Lists the newest revision of each indicator list that was not taken back.
///
/// Any scope.
#[utoipa::path(
    get, path = "/api/v1/campaigns/{campaign}/lists", tag = "campaigns",
    params(("campaign" = Uuid, Path, description = "Id of the campaign"), PageQuery),
    responses((status = 200, description = "A page of lists", body = Page<ListWire>)),
)]
pub(crate) async fn list_lists(
    State(state): State<AppState>,
    ListReader(actor): ListReader,
    ApiPath(campaign): ApiPath<CampaignId>,
    asked: Asked,
) -> Result<Response, ApiError> {
    let view = functions::read(&state.portal, &actor, campaign).await?;
    let lists: Vec<ListWire> = view.lists.iter().map(ListWire::from).collect();
    asked.page(lists, |it| it.id.to_string())
}

/// Gives the content of an indicator list, as it was published: for `lamsach match`, firewalls and
/// DNS servers.
///
/// Any scope.
#[utoipa::path(
    get, path = "/api/v1/campaigns/{campaign}/lists/{list}/content", tag = "campaigns",
    params(("campaign" = Uuid, Path, description = "Id of the campaign"),
           ("list" = Uuid, Path, description = "Id of the list's revision")),
    responses((status = 200, description = "The list", body = String, content_type = "text/plain")),
)]
pub(crate) async fn read_list(
    State(state): State<AppState>,
    ListReader(actor): ListReader,
    ApiPath((campaign, list)): ApiPath<(CampaignId, ListId)>,
    asked: Asked,
) -> Result<Response, ApiError> {
    let portal = &state.portal;
    let view = functions::read(portal, &actor, campaign).await?;
    let record = view.lists.iter().find(|it| it.id == list).ok_or(PortalError::NotFound)?;
    let tag = record.sha256.clone();
    if asked.has(&tag) {
        return Ok(asked.bytes(&tag, "text/plain", Vec::new()));
    }
    let (_, bytes) = functions::list_content(portal, &actor, campaign, list).await?;
    Ok(asked.bytes(&tag, "text/plain; charset=utf-8", bytes))
}

/// Gives all lists of a campaign that were not taken back as one compiled file: for `lamsach match`,
/// `watch` and `hunt`. Indicators that would do harm are not in it; those that a warning list names too
/// carry its name.
///
/// Any scope.
#[utoipa::path(
    get, path = "/api/v1/campaigns/{campaign}/index", tag = "campaigns",
    params(("campaign" = Uuid, Path, description = "Id of the campaign")),
    responses((status = 200, description = "The compiled file", body = Vec<u8>,
               content_type = "application/octet-stream")),
)]
pub(crate) async fn read_index(
    State(state): State<AppState>,
    ListReader(actor): ListReader,
    ApiPath(campaign): ApiPath<CampaignId>,
    asked: Asked,
) -> Result<Response, ApiError> {
    let image = local_checks::campaign_index(&state.portal, &actor, campaign).await?;
    let bytes = if asked.has(&image.sha256) { Vec::new() } else { image.as_ref().to_vec() };
    Ok(asked.bytes(&image.sha256, "application/octet-stream", bytes))
}
