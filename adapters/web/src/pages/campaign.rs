//! Writing, launching and closing a campaign.

use std::collections::BTreeMap;

use askama::Template;
use axum::Router;
use axum::extract::{DefaultBodyLimit, Multipart, Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum_extra::extract::Form;
use campaigns::{CampaignId, CampaignState, ListId, PackId, ReceiverRole, UnitId};
use portal::campaigns::{
    self as functions, CampaignForm, CampaignView, LARGEST_FILE_BYTES, RefusedLine,
};
use portal::records::{ListRecord, UnitRecord};
use portal::{PortalError, Problem, local_checks, packs, units};
use reports::Form as ReportForm;
use serde::Deserialize;

use super::letter::download;
use super::nav::{self, CampaignNav};
use super::tools::OfferedPack;
use crate::AppState;
use crate::error::{PageError, sentences};
use crate::notice::Notice;
use crate::page::{Page, show, show_with};
use crate::session::SignedIn;

pub(crate) fn routes() -> Router<AppState> {
    Router::new()
        .route("/campaigns/new/{unit}", get(new).post(create))
        .route("/campaigns/{campaign}/edit/{unit}", get(edit).post(update))
        .route("/campaigns/{campaign}/receivers/{unit}", post(receivers))
        .route("/campaigns/{campaign}/launch/{unit}", post(launch))
        .route("/campaigns/{campaign}/close/{unit}", post(close))
        .route("/campaigns/{campaign}/letter.docx", get(letter_file))
        .route("/campaigns/{campaign}/lists/{list}", get(list_file))
        .route("/campaigns/{campaign}/index", get(index_file))
        .route("/campaigns/{campaign}/lists/{list}/withdraw/{unit}", post(withdraw))
        .route(
            "/campaigns/{campaign}/files/{unit}",
            post(add_files).layer(DefaultBodyLimit::max(LARGEST_FILE_BYTES)),
        )
}

#[derive(Template)]
#[template(path = "pages/campaign_new.html")]
struct NewPage {
    page: Page,
    unit: UnitRecord,
    form: CampaignForm,
    forms: Vec<ReportForm>,
    problems: Vec<(String, String)>,
}

#[derive(Template)]
#[template(path = "pages/campaign_edit.html")]
struct EditPage {
    page: Page,
    nav: CampaignNav,
    unit: UnitId,
    view: CampaignView,
    form: CampaignForm,
    forms: Vec<ReportForm>,
    problems: Vec<(String, String)>,
    candidates: Vec<Candidate>,
    /// The pack that the tools are offered, with its id.
    pack: Option<(PackId, OfferedPack)>,
}

/// A unit that can receive the letter, and as what it is chosen.
struct Candidate {
    unit: UnitRecord,
    role: Option<ReceiverRole>,
}

impl EditPage {
    fn is_draft(&self) -> bool {
        self.view.campaign.state == CampaignState::Draft
    }

    fn roles(&self) -> [ReceiverRole; 3] {
        ReceiverRole::ALL
    }

    fn warned(&self, list: &ListRecord) -> BTreeMap<String, u64> {
        functions::warned_of(list)
    }

    fn refused(&self, list: &ListRecord) -> Vec<RefusedLine> {
        functions::refused_lines(list)
    }
}

impl Candidate {
    fn is(&self, role: &ReceiverRole) -> bool {
        self.role == Some(*role)
    }
}

async fn new(
    State(state): State<AppState>,
    SignedIn(actor): SignedIn,
    page: Page,
    Path(unit): Path<UnitId>,
) -> Result<Response, PageError> {
    let unit = units::find(&state.portal, &actor, unit).await?;
    let form = CampaignForm {
        letter_place: unit.place.clone(),
        deadline_phrase: "before".to_owned(),
        form: "letter-2022@1".to_owned(),
        is_public: "on".to_owned(),
        ..CampaignForm::default()
    };
    show(&NewPage { page, unit, form, forms: ReportForm::built_in(), problems: Vec::new() })
}

async fn create(
    State(state): State<AppState>,
    SignedIn(actor): SignedIn,
    page: Page,
    Path(unit): Path<UnitId>,
    Form(form): Form<CampaignForm>,
) -> Result<Response, PageError> {
    match functions::create(&state.portal, &actor, unit, &form).await {
        Ok(id) => {
            let path = format!("/campaigns/{id}/edit/{unit}");
            Ok(Notice::CampaignCreated.redirect(&path).into_response())
        }
        Err(PortalError::Invalid(problems)) => {
            let problems = sentences(page.language, &problems);
            let unit = units::find(&state.portal, &actor, unit).await?;
            let forms = ReportForm::built_in();
            let shown = NewPage { page, unit, form, forms, problems };
            show_with(StatusCode::UNPROCESSABLE_ENTITY, &shown)
        }
        Err(error) => Err(error.into()),
    }
}

async fn edit(
    State(state): State<AppState>,
    SignedIn(actor): SignedIn,
    page: Page,
    Path((campaign, unit)): Path<(CampaignId, UnitId)>,
) -> Result<Response, PageError> {
    show(&prepare(&state, &actor, page, campaign, unit).await?)
}

async fn prepare(
    state: &AppState,
    actor: &portal::Actor,
    page: Page,
    campaign: CampaignId,
    unit: UnitId,
) -> Result<EditPage, PageError> {
    let portal = &state.portal;
    let view = functions::view(portal, actor, campaign).await?;
    let title = view.campaign.title.clone();
    let nav = nav::of(portal, actor, campaign, unit, &title, &view.owner.name, "edit").await?;
    let candidates = functions::candidates(portal, actor, view.owner.id)
        .await?
        .into_iter()
        .map(|candidate| Candidate {
            role: view.receivers.iter().find(|(it, _)| it.id == candidate.id).map(|it| it.1),
            unit: candidate,
        })
        .collect();
    let pack = packs::for_coordinator(portal, actor, campaign).await?;
    let pack = pack.map(|it| (it.id, OfferedPack::of(state, &page, &it)));
    Ok(EditPage {
        pack,
        form: CampaignForm::from(&view.campaign),
        forms: ReportForm::built_in(),
        problems: Vec::new(),
        page,
        nav,
        unit,
        candidates,
        view,
    })
}

async fn update(
    State(state): State<AppState>,
    SignedIn(actor): SignedIn,
    page: Page,
    Path((campaign, unit)): Path<(CampaignId, UnitId)>,
    Form(form): Form<CampaignForm>,
) -> Result<Response, PageError> {
    match functions::update(&state.portal, &actor, campaign, &form).await {
        Ok(()) => Ok(back(campaign, unit, Notice::CampaignSaved).into_response()),
        Err(PortalError::Invalid(problems)) => {
            let mut shown = prepare(&state, &actor, page, campaign, unit).await?;
            shown.problems = sentences(shown.page.language, &problems);
            shown.form = form;
            show_with(StatusCode::UNPROCESSABLE_ENTITY, &shown)
        }
        Err(error) => Err(error.into()),
    }
}

/// Chosen receivers: `receivers` holds `UNIT:role`, one a unit.
#[derive(Deserialize)]
struct Receivers {
    #[serde(default)]
    receivers: Vec<String>,
}

async fn receivers(
    State(state): State<AppState>,
    SignedIn(actor): SignedIn,
    Path((campaign, unit)): Path<(CampaignId, UnitId)>,
    Form(given): Form<Receivers>,
) -> Result<Redirect, PageError> {
    let chosen: Vec<(UnitId, ReceiverRole)> = given
        .receivers
        .iter()
        .filter_map(|it| {
            let (unit, role) = it.split_once(':')?;
            Some((unit.parse().ok()?, role.parse().ok()?))
        })
        .collect();
    functions::set_receivers(&state.portal, &actor, campaign, &chosen).await?;
    Ok(back(campaign, unit, Notice::ReceiversSaved))
}

async fn launch(
    State(state): State<AppState>,
    SignedIn(actor): SignedIn,
    page: Page,
    Path((campaign, unit)): Path<(CampaignId, UnitId)>,
) -> Result<Response, PageError> {
    let done = functions::launch(&state.portal, &actor, campaign).await;
    let path = Notice::CampaignLaunched.on(&format!("/campaigns/{campaign}/board/{unit}"));
    let done = done.map(|()| path);
    or_problems(done, &state, &actor, page, campaign, unit).await
}

/// On to the page that was named, or the campaign again with what stands in the way.
async fn or_problems(
    done: Result<String, PortalError>,
    state: &AppState,
    actor: &portal::Actor,
    page: Page,
    campaign: CampaignId,
    unit: UnitId,
) -> Result<Response, PageError> {
    match done {
        Ok(path) => Ok(Redirect::to(&path).into_response()),
        Err(PortalError::Invalid(problems)) => {
            with_problems(state, actor, page, campaign, unit, &problems).await
        }
        Err(error) => Err(error.into()),
    }
}

/// The campaign, with what cannot be taken.
pub(super) async fn with_problems(
    state: &AppState,
    actor: &portal::Actor,
    page: Page,
    campaign: CampaignId,
    unit: UnitId,
    problems: &[Problem],
) -> Result<Response, PageError> {
    let mut shown = prepare(state, actor, page, campaign, unit).await?;
    shown.problems = sentences(shown.page.language, problems);
    show_with(StatusCode::UNPROCESSABLE_ENTITY, &shown)
}

async fn close(
    State(state): State<AppState>,
    SignedIn(actor): SignedIn,
    Path((campaign, unit)): Path<(CampaignId, UnitId)>,
) -> Result<Redirect, PageError> {
    functions::close(&state.portal, &actor, campaign).await?;
    Ok(back(campaign, unit, Notice::CampaignClosed))
}

/// Files beside the letter, and indicator lists, by the name of their field.
async fn add_files(
    State(state): State<AppState>,
    SignedIn(actor): SignedIn,
    page: Page,
    Path((campaign, unit)): Path<(CampaignId, UnitId)>,
    form: Multipart,
) -> Result<Response, PageError> {
    let done = take_files(&state, &actor, campaign, form).await?;
    let path = format!("/campaigns/{campaign}/edit/{unit}");
    let done = done.map(|notice| notice.on(&path));
    or_problems(done, &state, &actor, page, campaign, unit).await
}

async fn take_files(
    state: &AppState,
    actor: &portal::Actor,
    campaign: CampaignId,
    mut form: Multipart,
) -> Result<Result<Notice, PortalError>, PageError> {
    let unreadable =
        |error: axum::extract::multipart::MultipartError| PageError::BadRequest(error.to_string());
    // Before a byte of a file is read: may this person?
    functions::view(&state.portal, actor, campaign).await?;
    let mut taken = None;
    while let Some(field) = form.next_field().await.map_err(unreadable)? {
        let Some(name) = field.file_name().filter(|it| !it.is_empty()).map(str::to_owned) else {
            continue;
        };
        let is_list = field.name() == Some("list");
        let bytes = field.bytes().await.map_err(unreadable)?;
        let portal = &state.portal;
        let done = if is_list {
            let added = functions::add_list(portal, actor, campaign, &name, bytes).await;
            added.map(|_| Notice::ListAdded)
        } else {
            let attached = functions::attach(portal, actor, campaign, &name, bytes).await;
            attached.map(|()| Notice::AttachmentAdded)
        };
        match done {
            Ok(notice) => taken = Some(notice),
            Err(error) => return Ok(Err(error)),
        }
    }
    Ok(taken.ok_or_else(|| Problem::new("list-file", "problem-no-file").into()))
}

async fn withdraw(
    State(state): State<AppState>,
    SignedIn(actor): SignedIn,
    Path((campaign, list, unit)): Path<(CampaignId, ListId, UnitId)>,
) -> Result<Redirect, PageError> {
    functions::withdraw_list(&state.portal, &actor, campaign, list).await?;
    Ok(back(campaign, unit, Notice::ListWithdrawn))
}

async fn letter_file(
    State(state): State<AppState>,
    SignedIn(actor): SignedIn,
    page: Page,
    Path(campaign): Path<CampaignId>,
) -> Result<Response, PageError> {
    let view = functions::read(&state.portal, &actor, campaign).await?;
    let bytes = portal::exports::letter(&state.portal, &view)?;
    let kind = portal::exports::Kind::Docx;
    let name = portal::file_names::letter(&state.portal, &view, page.language);
    Ok(download(&name, kind.media_type(), bytes))
}

async fn list_file(
    State(state): State<AppState>,
    SignedIn(actor): SignedIn,
    Path((campaign, list)): Path<(CampaignId, ListId)>,
) -> Result<Response, PageError> {
    let (name, bytes) = functions::list_content(&state.portal, &actor, campaign, list).await?;
    Ok(download(&name, "text/plain; charset=utf-8", bytes))
}

/// All lists, compiled: for `lamsach match`, `watch` and `hunt`.
async fn index_file(
    State(state): State<AppState>,
    SignedIn(actor): SignedIn,
    Path(campaign): Path<CampaignId>,
) -> Result<Response, PageError> {
    let image = local_checks::campaign_index(&state.portal, &actor, campaign).await?;
    Ok(download("lamsach.lsx", "application/octet-stream", image.as_ref().to_vec()))
}

fn back(campaign: CampaignId, unit: UnitId, notice: Notice) -> Redirect {
    notice.redirect(&format!("/campaigns/{campaign}/edit/{unit}"))
}
