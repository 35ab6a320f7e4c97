//! The letter as a unit sees it: open, acknowledge, launch, pass on, tell others.

use askama::Template;
use axum::Router;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum_extra::extract::Form;
use campaigns::{AttachmentId, CampaignId, ReceiptStage, ToldId, UnitId};
use language::Language;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use portal::letters::{self, Below, Letter, PassOn};
use portal::{Actor, PortalError, access, letter_text};
use serde::Deserialize;

use super::nav::{self, CampaignNav};
use crate::AppState;
use crate::error::{PageError, sentences};
use crate::notice::Notice;
use crate::page::{Page, show, show_with};
use crate::session::SignedIn;

pub(crate) fn routes() -> Router<AppState> {
    Router::new()
        .route("/campaigns/{campaign}/letter/{unit}", get(letter))
        .route("/campaigns/{campaign}/letter/{unit}/acknowledge", post(acknowledge))
        .route("/campaigns/{campaign}/letter/{unit}/launch", post(launch))
        .route("/campaigns/{campaign}/letter/{unit}/pass-on", post(pass_on))
        .route("/campaigns/{campaign}/letter/{unit}/tell", post(tell))
        .route("/campaigns/{campaign}/letter/{unit}/untell", post(untell))
        .route("/campaigns/{campaign}/attachments/{attachment}", get(attachment))
}

/// The document names more than these in an appendix.
const MOST_ADDRESSEES: usize = 12;

#[derive(Template)]
#[template(path = "pages/letter.html")]
struct LetterPage {
    page: Page,
    nav: CampaignNav,
    letter: Letter,
    base: String,
    may_act: bool,
    may_pass_on: bool,
    is_running: bool,
    /// What is wrong with what was given: field and sentence.
    problems: Vec<(String, String)>,
    /// What was given and not taken.
    given: Option<PassOn>,
}

impl LetterPage {
    fn stages(&self) -> [ReceiptStage; 5] {
        ReceiptStage::ALL
    }

    /// Whether the unit reports; who got the letter for coordination or information has no
    /// deadline.
    fn owes_report(&self) -> bool {
        self.letter.receipts.iter().any(|it| it.role.owes_report())
    }

    /// Whether a unit below comes chosen: every one at first, then as it was chosen.
    fn is_chosen(&self, unit: &UnitId) -> bool {
        self.given.as_ref().is_none_or(|it| it.units.contains(unit))
    }

    /// What was typed into the form that passes the letter on.
    fn typed(&self) -> PassOn {
        self.given.clone().unwrap_or_default()
    }

    fn is_wrong(&self, field: &str) -> bool {
        self.problems.iter().any(|(it, _)| it == field)
    }

    /// Whether the letter can only be passed on for information to one of the units below.
    fn informs(&self) -> bool {
        self.letter.can_pass_to.iter().any(|it| it.acts_for.is_some())
    }

    /// Units that the letter was passed on to for information alone.
    fn informed(&self) -> impl Iterator<Item = &Below> {
        self.letter.passed_to.iter().filter(|it| it.acts_for.is_some())
    }

    /// "Kính gửi", when they are few enough for a line each.
    fn addressees(&self) -> Vec<String> {
        let mut names = letter_text::addressees(&self.letter.view);
        if names.len() > MOST_ADDRESSEES {
            names = vec![language::text(Language::Vi, "letter-to-many")];
        }
        names
    }

    fn opening(&self) -> Vec<String> {
        letter_text::opening(&self.letter.view)
    }

    fn deadline_sentence(&self) -> Option<String> {
        letter_text::deadline(&self.letter.view)
    }

    fn contact(&self) -> Vec<String> {
        letter_text::contact(&self.letter.view)
    }
}

async fn letter(
    State(state): State<AppState>,
    SignedIn(actor): SignedIn,
    page: Page,
    Path((campaign, unit)): Path<(CampaignId, UnitId)>,
) -> Result<Response, PageError> {
    show(&prepare(&state, &actor, page, campaign, unit).await?)
}

async fn prepare(
    state: &AppState,
    actor: &Actor,
    page: Page,
    campaign: CampaignId,
    unit: UnitId,
) -> Result<LetterPage, PageError> {
    let portal = &state.portal;
    let letter = letters::open(portal, actor, campaign, unit).await?;
    let nav = nav::of(
        portal,
        actor,
        campaign,
        unit,
        &letter.view.campaign.title,
        &letter.unit.name,
        "letter",
    )
    .await?;
    let allows = async |action| access::allows(portal, actor, action, unit).await;
    Ok(LetterPage {
        base: format!("/campaigns/{campaign}/letter/{unit}"),
        may_act: allows(campaigns::Action::Acknowledge).await?,
        may_pass_on: allows(campaigns::Action::PassOn).await?,
        is_running: letter.view.campaign.state == campaigns::CampaignState::Launched,
        problems: Vec::new(),
        given: None,
        page,
        nav,
        letter,
    })
}

async fn acknowledge(
    State(state): State<AppState>,
    SignedIn(actor): SignedIn,
    Path((campaign, unit)): Path<(CampaignId, UnitId)>,
) -> Result<Redirect, PageError> {
    letters::acknowledge(&state.portal, &actor, campaign, unit).await?;
    Ok(back(campaign, unit, Notice::Acknowledged))
}

async fn launch(
    State(state): State<AppState>,
    SignedIn(actor): SignedIn,
    Path((campaign, unit)): Path<(CampaignId, UnitId)>,
) -> Result<Redirect, PageError> {
    letters::launch(&state.portal, &actor, campaign, unit).await?;
    Ok(back(campaign, unit, Notice::Launched))
}

async fn pass_on(
    State(state): State<AppState>,
    SignedIn(actor): SignedIn,
    page: Page,
    Path((campaign, unit)): Path<(CampaignId, UnitId)>,
    Form(given): Form<PassOn>,
) -> Result<Response, PageError> {
    match letters::pass_on(&state.portal, &actor, campaign, unit, &given).await {
        Ok(_) => Ok(back(campaign, unit, Notice::PassedOn).into_response()),
        // Nothing that was typed is lost: the form comes back with it.
        Err(PortalError::Invalid(problems)) => {
            let mut shown = prepare(&state, &actor, page, campaign, unit).await?;
            shown.problems = sentences(shown.page.language, &problems);
            shown.given = Some(given);
            show_with(StatusCode::UNPROCESSABLE_ENTITY, &shown)
        }
        Err(error) => Err(error.into()),
    }
}

#[derive(Deserialize)]
struct Told {
    name: String,
    #[serde(default)]
    is_enterprise: Option<String>,
    #[serde(default)]
    has_launched: Option<String>,
}

async fn tell(
    State(state): State<AppState>,
    SignedIn(actor): SignedIn,
    Path((campaign, unit)): Path<(CampaignId, UnitId)>,
    Form(told): Form<Told>,
) -> Result<Redirect, PageError> {
    let (is_enterprise, has_launched) = (told.is_enterprise.is_some(), told.has_launched.is_some());
    let portal = &state.portal;
    letters::tell(portal, &actor, campaign, unit, &told.name, is_enterprise, has_launched).await?;
    Ok(back(campaign, unit, Notice::Told))
}

#[derive(Deserialize)]
struct Untold {
    id: ToldId,
}

async fn untell(
    State(state): State<AppState>,
    SignedIn(actor): SignedIn,
    Path((campaign, unit)): Path<(CampaignId, UnitId)>,
    Form(given): Form<Untold>,
) -> Result<Redirect, PageError> {
    letters::untell(&state.portal, &actor, campaign, unit, given.id).await?;
    Ok(back(campaign, unit, Notice::Untold))
}

async fn attachment(
    State(state): State<AppState>,
    SignedIn(actor): SignedIn,
    Path((campaign, attachment)): Path<(CampaignId, AttachmentId)>,
) -> Result<Response, PageError> {
    file_of(&state, &actor, campaign, attachment).await
}

/// A stored file as a download: never shown inside our pages.
async fn file_of(
    state: &AppState,
    actor: &Actor,
    campaign: CampaignId,
    attachment: AttachmentId,
) -> Result<Response, PageError> {
    let (name, media_type, bytes) =
        letters::attachment(&state.portal, actor, campaign, attachment).await?;
    Ok(download(&name, &media_type, bytes))
}

/// What is escaped in a file name (RFC 8187 section 3.2.1, narrowed).
const FILE_NAME: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.');

/// Bytes as a download with a name in any script, and without marks for programs that know ASCII
/// alone (RFC 6266 section 4.3, appendix D).
pub(super) fn download(name: &str, media_type: &str, bytes: Vec<u8>) -> Response {
    let headers = [
        (header::CONTENT_TYPE, media_type.to_owned()),
        (header::CONTENT_DISPOSITION, disposition(name)),
    ];
    (headers, bytes).into_response()
}

/// The header that makes a download of this name.
pub(super) fn disposition(name: &str) -> String {
    let encoded = utf8_percent_encode(name, FILE_NAME);
    let plain = language::without_marks(name).replace(" - ", "_");
    let plain: String = plain.chars().map(plain_character).collect();
    format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{encoded}")
}

/// A character that needs no quoting and that no file system minds.
fn plain_character(c: char) -> char {
    match c {
        c if c.is_ascii_alphanumeric() => c,
        '-' | '_' | '.' => c,
        ' ' => '-',
        _ => '_',
    }
}

fn back(campaign: CampaignId, unit: UnitId, notice: Notice) -> Redirect {
    notice.redirect(&format!("/campaigns/{campaign}/letter/{unit}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_download_has_a_plain_name_beside_the_real_one() {
        let check = |name: &str, plain: &str, real: &str| {
            let response = download(name, "text/plain", Vec::new());
            let header = &response.headers()[header::CONTENT_DISPOSITION];
            let expected = format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{real}");
            assert_eq!(header.to_str().unwrap(), expected);
        };
        check("a-1_b.txt", "a-1_b.txt", "a-1_b.txt");
        check("Đợt 1.docx", "Dot-1.docx", "%C4%90%E1%BB%A3t%201.docx");
        check("Xã - A.csv", "Xa_A.csv", "X%C3%A3%20-%20A.csv");
        check("x\"; y=\r\nz", "x__-y___z", "x%22%3B%20y%3D%0D%0Az");
    }
}
