//! How far every unit is, and what they handed in, added up.

use std::collections::BTreeSet;

use askama::Template;
use axum::Router;
use axum::extract::{Path, Query, State};
use axum::response::{Redirect, Response};
use axum::routing::get;
use axum_extra::extract::Form;
use campaigns::{CampaignId, CampaignState, ReceiptId, ReceiptStage, UnitId};
use portal::exports::{self, Kind};
use portal::progress::{self, Board, UnitProgress};
use portal::reports::{self as functions, RollUpView};
use portal::{PortalError, access};
use reports::ReportState;
use serde::Deserialize;

use super::letter::download;
use super::nav::{self, CampaignNav};
use crate::AppState;
use crate::error::PageError;
use crate::notice::Notice;
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
    /// Whether every unit that has not reported comes chosen.
    is_all_chosen: bool,
    /// Whether only units are shown whose report waits to be taken note of.
    shows_submitted: bool,
}

impl BoardPage {
    fn stages(&self) -> [ReceiptStage; 5] {
        ReceiptStage::ALL
    }

    fn reached(&self, stage: &ReceiptStage) -> usize {
        self.board.reached.get(stage).copied().unwrap_or(0)
    }

    /// The share of units that reached a stage, as a bar; the figures stand beside it.
    fn bar(&self, stage: &ReceiptStage) -> String {
        bar(self.reached(stage), self.board.action.len())
    }

    /// Units that still owe their report.
    fn unreported(&self) -> usize {
        self.board.action.iter().filter(|it| it.stage != ReceiptStage::Reported).count()
    }

    /// Units whose report waits to be taken note of.
    fn submitted(&self) -> usize {
        self.board.action.iter().filter(|it| is_submitted(it)).count()
    }

    /// The units that are shown.
    fn shown(&self) -> impl Iterator<Item = &UnitProgress> {
        self.board.action.iter().filter(|it| !self.shows_submitted || is_submitted(it))
    }

    fn is_running(&self) -> bool {
        self.board.campaign.state == CampaignState::Launched
    }
}

fn is_submitted(it: &UnitProgress) -> bool {
    it.report == Some(ReportState::Submitted)
}

/// A bar of SVG: the policy on styles allows nothing inline, and a picture prints. It says nothing
/// that the table beside it does not.
fn bar(part: usize, whole: usize) -> String {
    let tenths = (part * 1_000).checked_div(whole).unwrap_or(0).min(1_000);
    format!(
        "<svg class=\"bar\" viewBox=\"0 0 1000 40\" preserveAspectRatio=\"none\" aria-hidden=\"true\" \
         focusable=\"false\"><rect class=\"whole\" width=\"1000\" height=\"40\"/>\
         <rect class=\"part\" width=\"{tenths}\" height=\"40\"/></svg>"
    )
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
    /// The share of units that reported, as a bar.
    fn bar(&self) -> String {
        bar(self.view.sums.reported.len(), self.view.sums.expected.len())
    }

    fn name(&self, id: &UnitId) -> &str {
        self.view.units.get(id).map_or("", |unit| unit.name.as_str())
    }

    /// Names of units, by code.
    fn names(&self, ids: &BTreeSet<UnitId>) -> Vec<&str> {
        let mut units: Vec<_> = ids.iter().filter_map(|id| self.view.units.get(id)).collect();
        units.sort_by(|a, b| a.code.cmp(&b.code));
        units.into_iter().map(|unit| unit.name.as_str()).collect()
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

/// Which units come chosen: `unreported`, or none; and which are shown: `submitted`, or all.
#[derive(Default, Deserialize)]
struct Choice {
    #[serde(default)]
    choose: String,
    #[serde(default)]
    show: String,
}

async fn board(
    State(state): State<AppState>,
    SignedIn(actor): SignedIn,
    page: Page,
    Path((campaign, unit)): Path<(CampaignId, UnitId)>,
    Query(choice): Query<Choice>,
) -> Result<Response, PageError> {
    let portal = &state.portal;
    let board = progress::board(portal, &actor, campaign, unit).await?;
    let title = board.campaign.title.clone();
    let nav = nav::of(portal, &actor, campaign, unit, &title, &board.unit.name, "board").await?;
    show(&BoardPage {
        base: format!("/campaigns/{campaign}"),
        may_collect: access::allows(portal, &actor, campaigns::Action::CollectReports, unit)
            .await?,
        is_all_chosen: choice.choose == "unreported",
        shows_submitted: choice.show == "submitted",
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
    Ok(Notice::Reminded.redirect(&format!("/campaigns/{campaign}/board/{unit}")))
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
    let name = portal::file_names::roll_up(&state.portal, &view, kind, page.language);
    Ok(download(&name, kind.media_type(), bytes))
}
