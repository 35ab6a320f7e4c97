//! The first page: for a person who is signed in, their work; for everybody else, the way in.

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use campaigns::{CampaignState, ReceiptStage};
use portal::letters::{self, Received};
use portal::public::{self, PublicCampaign};
use portal::records::{CampaignRecord, UnitRecord};
use portal::work::{self, FirstSteps, Task, Waiting};
use portal::{access, accounts, campaigns as runs, units};
use reports::ReportState;

use crate::AppState;
use crate::error::PageError;
use crate::page::{Page, show};

pub(crate) fn routes() -> Router<AppState> {
    Router::new().route("/", get(home))
}

#[derive(Template)]
#[template(path = "pages/home.html")]
struct HomePage {
    page: Page,
    places: Vec<Place>,
}

/// One unit the person works for.
struct Place {
    unit: UnitRecord,
    roles: Vec<campaigns::Role>,
    received: Vec<Received>,
    runs: Vec<CampaignRecord>,
    may_run: bool,
    /// What waits for the person here.
    tasks: Vec<Task>,
    /// The way to the first campaign of a new portal.
    first_steps: Option<FirstSteps>,
}

impl Place {
    /// What the unit does next with a letter.
    fn next(&self, page: &Page, it: &Received) -> String {
        match it.report {
            _ if !it.receipt.role.owes_report() => page.t("home-owes-nothing"),
            state
                if it.campaign.state == CampaignState::Closed
                    && state != Some(ReportState::Locked) =>
            {
                page.t("home-closed")
            }
            Some(state) if it.stage >= ReceiptStage::Launched => {
                page.tk("home-report", state.code())
            }
            _ => page.tk("home-next", it.stage.min(ReceiptStage::Launched).code()),
        }
    }
}

impl Place {
    /// Where a task is done.
    fn path(&self, task: &Task) -> String {
        let (section, shown) = match task.waiting {
            Waiting::Notes { .. } => ("board", "?show=submitted#units"),
            Waiting::Cases { .. } => ("cases", ""),
            _ => ("report", ""),
        };
        format!("/campaigns/{}/{section}/{}{shown}", task.campaign, self.unit.id)
    }
}

#[derive(Template)]
#[template(path = "pages/welcome.html")]
struct WelcomePage {
    page: Page,
    campaigns: Vec<PublicCampaign>,
}

async fn home(State(state): State<AppState>, page: Page) -> Result<Response, PageError> {
    let portal = &state.portal;
    if accounts::is_first_run(portal).await? {
        return Ok(Redirect::to("/first-run").into_response());
    }
    let Some(actor) = page.actor.clone() else {
        let campaigns = public::list(portal).await?;
        return show(&WelcomePage { page, campaigns });
    };
    let mut places: Vec<Place> = Vec::new();
    for grant in &actor.grants {
        if let Some(place) = places.iter_mut().find(|it| it.unit.id == grant.unit) {
            place.roles.push(grant.role);
            continue;
        }
        let unit = units::find(portal, &actor, grant.unit).await?;
        let may_run =
            access::allows(portal, &actor, campaigns::Action::RunCampaigns, unit.id).await?;
        let runs = runs::owned_by(portal, &actor, unit.id).await?;
        let received = letters::received(portal, &actor, unit.id).await?;
        let tasks = work::of_unit(portal, &actor, unit.id, &received, &runs).await?;
        let first_steps = work::first_steps(portal, &actor, unit.id).await?;
        let roles = vec![grant.role];
        places.push(Place { unit, roles, received, runs, may_run, tasks, first_steps });
    }
    show(&HomePage { page, places })
}
