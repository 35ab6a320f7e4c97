//! A campaign's page for everybody.

use askama::Template;
use axum::Router;
use axum::extract::{Path, State};
use axum::response::Response;
use axum::routing::get;
use portal::letter_text;
use portal::public::{self, PublicPage};

use super::tools::Offer;
use crate::AppState;
use crate::error::PageError;
use crate::page::{Page, show};

pub(crate) fn routes() -> Router<AppState> {
    Router::new().route("/c/{slug}", get(campaign))
}

#[derive(Template)]
#[template(path = "pages/public.html")]
struct CampaignPage {
    page: Page,
    shown: PublicPage,
    offer: Offer,
}

impl CampaignPage {
    /// First and last day, when both are known.
    fn period(&self) -> Option<(String, String)> {
        let campaign = &self.shown.view.campaign;
        let day = |day: Option<jiff::civil::Date>| Some(self.page.date(&day?));
        Some((day(campaign.period_from)?, day(campaign.period_to)?))
    }

    fn deadline_sentence(&self) -> Option<String> {
        letter_text::deadline(&self.shown.view)
    }

    fn contact(&self) -> Vec<String> {
        letter_text::contact(&self.shown.view)
    }

    /// A counter; one that is too small to show says so.
    fn counter(&self, value: &Option<u64>) -> String {
        value.map_or_else(|| self.page.t("public-few"), |it| self.page.number(it))
    }
}

async fn campaign(
    State(state): State<AppState>,
    page: Page,
    Path(slug): Path<String>,
) -> Result<Response, PageError> {
    let shown = public::page(&state.portal, &slug).await?;
    let base = format!("/c/{slug}/tools/");
    let offer = Offer::of(&state, &page, shown.pack.as_ref(), base).await;
    show(&CampaignPage { page, shown, offer })
}
