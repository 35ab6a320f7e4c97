//! How far every unit is, and what they handed in, added up.

use askama::Template;
use axum::Router;
use axum::extract::{Path, State};
use axum::response::{Redirect, Response};
use axum::routing::get;
use axum_extra::extract::Form;
use campaigns::{CampaignId, ReceiptId, ReceiptStage, UnitId};
use portal::exports::{self, Kind};
use portal::progress::{self, Board};
use portal::reports::{self as functions, RollUpView};
use portal::{PortalError, access};
use serde::Deserialize;

use super::letter::download;
use super::nav::{self, CampaignNav};
use crate::AppState;
use crate::error::PageError;
use crate::page::{Page, show};
use crate::session::SignedIn;

pub(crate) fn routes() -> Router<AppState> {
    Router::new()
        .route("/campaigns/{campaign}/board/{unit}", get(board).post(remind))
        .route("/campaigns/{campaign}/roll-up/{unit}", get(roll_up))
        .route("/campaigns/{campaign}/roll-up/{unit}/{file}", get(file))
}

#[derive(Template)]
#[template(path = "pages/board.html")]
struct BoardPage {
    page: Page,
    nav: CampaignNav,
    base: String,
    board: Board,
    may_collect: bool,
}

impl BoardPage {
    fn stages(&self) -> [ReceiptStage; 5] {
        ReceiptStage::ALL
    }

    fn reached(&self, stage: &ReceiptStage) -> usize {
        self.board.reached.get(stage).copied().unwrap_or(0)
    }

    /// Width of a bar in steps of 5 %, a class of the style sheet: no inline style.
    fn share(&self, stage: &ReceiptStage) -> usize {
        let all = self.board.action.len().max(1);
        self.reached(stage) * 20 / all * 5
    }
}

#[derive(Template)]
#[template(path = "pages/roll_up.html")]
struct RollUpPage {
    page: Page,
    nav: CampaignNav,
    base: String,
    view: RollUpView,
}

impl RollUpPage {
    fn name(&self, id: &UnitId) -> &str {
        self.view.units.get(id).map_or("", |unit| unit.name.as_str())
    }

    fn row(&self, key: &str) -> Option<&reports::Row> {
        self.view.form.row(key)
    }

    fn label(&self, key: &str) -> &str {
        self.row(key).map_or("", |row| row.label.get(self.page.language))
    }

    fn figure(&self, value: &Option<i64>) -> String {
        value.map_or_else(|| "–".to_owned(), |it| self.page.number(it))
    }

    /// Units that said something in section 1.
    fn opinions(&self) -> Vec<(&str, &reports::Content)> {
        let mut opinions: Vec<_> = self
            .view
            .contents
            .iter()
            .filter(|(_, it)| !it.assessment.is_empty() || !it.proposals.is_empty())
            .map(|(unit, it)| (self.name(unit), it))
            .collect();
        opinions.sort_by_key(|(name, _)| *name);
        opinions
    }
}

async fn board(
    State(state): State<AppState>,
    SignedIn(actor): SignedIn,
    page: Page,
    Path((campaign, unit)): Path<(CampaignId, UnitId)>,
) -> Result<Response, PageError> {
    let portal = &state.portal;
    let board = progress::board(portal, &actor, campaign, unit).await?;
    let title = board.campaign.title.clone();
    let nav = nav::of(portal, &actor, campaign, unit, &title, &board.unit.name, "board").await?;
    show(&BoardPage {
        base: format!("/campaigns/{campaign}"),
        may_collect: access::allows(portal, &actor, campaigns::Action::CollectReports, unit)
            .await?,
        page,
        nav,
        board,
    })
}

#[derive(Deserialize)]
struct Remind {
    #[serde(default)]
    receipts: Vec<ReceiptId>,
    #[serde(default)]
    message: String,
}

async fn remind(
    State(state): State<AppState>,
    SignedIn(actor): SignedIn,
    Path((campaign, unit)): Path<(CampaignId, UnitId)>,
    Form(given): Form<Remind>,
) -> Result<Redirect, PageError> {
    let portal = &state.portal;
    progress::remind(portal, &actor, campaign, unit, &given.receipts, &given.message).await?;
    Ok(Redirect::to(&format!("/campaigns/{campaign}/board/{unit}?notice=reminded")))
}

async fn roll_up(
    State(state): State<AppState>,
    SignedIn(actor): SignedIn,
    page: Page,
    Path((campaign, unit)): Path<(CampaignId, UnitId)>,
) -> Result<Response, PageError> {
    let portal = &state.portal;
    let view = functions::rolled_up(portal, &actor, campaign, unit).await?;
    let title = view.campaign.title.clone();
    let nav = nav::of(portal, &actor, campaign, unit, &title, &view.unit.name, "roll-up").await?;
    let base = format!("/campaigns/{campaign}");
    show(&RollUpPage { page, nav, base, view })
}

async fn file(
    State(state): State<AppState>,
    SignedIn(actor): SignedIn,
    page: Page,
    Path((campaign, unit, file)): Path<(CampaignId, UnitId, String)>,
) -> Result<Response, PageError> {
    let kind = Kind::of_file(&file).ok_or(PortalError::NotFound)?;
    let view = functions::rolled_up(&state.portal, &actor, campaign, unit).await?;
    let bytes = exports::roll_up(&state.portal, &view, kind, page.language)?;
    let name = format!("tong-hop-{}.{}", view.unit.code, kind.extension());
    Ok(download(&name, kind.media_type(), bytes))
}
