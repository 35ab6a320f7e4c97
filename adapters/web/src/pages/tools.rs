//! The clean-up tool's programs and packs: given out to everybody, and to units with their code in the
//! program's name; packs that a coordinator brings.

use std::io::Cursor;
use std::pin::Pin;
use std::task::{Context, Poll};

use axum::body::Body;
use axum::extract::{DefaultBodyLimit, Form, Multipart, Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Router, http::HeaderValue};
use campaigns::{CampaignId, PackId, UnitId};
use portal::packs::{self, PackRecord, PackView};
use portal::{Actor, PortalError, Problem, scans};
use serde::Deserialize;
use tokio::io::{AsyncRead, ReadBuf};
use tokio_util::io::ReaderStream;

use super::letter::disposition;
use crate::AppState;
use crate::error::PageError;
use crate::notice::Notice;
use crate::page::Page;
use crate::session::SignedIn;
use crate::tools::{Leave, Program, System};

/// What everybody finds the keys under, beside the program.
const KEYS_NAME: &str = "lamsach-clean.keys";
/// How long somebody waits when too many download.
const WAIT_SECONDS: i64 = 30;
/// A kind that is not compressed on its way: the programs and packs hardly get smaller.
pub(crate) const MEDIA_TYPE: &str = "application/vnd.lamsach.file";

pub(crate) fn routes() -> Router<AppState> {
    let limit = DefaultBodyLimit::max(packs::MOST_BYTES + (1 << 20));
    Router::new()
        .route("/c/{slug}/tools/{file}", get(for_everybody))
        .route("/campaigns/{campaign}/scans/{unit}/pack", get(pack))
        .route("/campaigns/{campaign}/scans/{unit}/keys", get(keys))
        .route("/campaigns/{campaign}/scans/{unit}/program", post(program))
        .route("/campaigns/{campaign}/pack/{unit}", post(add_pack).layer(limit))
        .route("/campaigns/{campaign}/packs/{pack}/withdraw/{unit}", post(withdraw_pack))
}

/// What is offered on a page.
pub(crate) struct Offer {
    pub(crate) programs: Vec<OfferedProgram>,
    pub(crate) pack: Option<OfferedPack>,
    /// Before `pack` and `keys`.
    pub(crate) base: String,
}

pub(crate) struct OfferedProgram {
    pub(crate) system: &'static str,
    pub(crate) name: String,
    pub(crate) size: String,
    pub(crate) sha256: String,
}

pub(crate) struct OfferedPack {
    pub(crate) name: String,
    pub(crate) serial: i64,
    pub(crate) issued: String,
    pub(crate) expires: String,
    pub(crate) is_expired: bool,
    pub(crate) size: String,
    pub(crate) sha256: String,
}

impl Offer {
    pub(crate) async fn of(
        state: &AppState,
        page: &Page,
        pack: Option<&PackRecord>,
        base: String,
    ) -> Self {
        let programs = state.tools.all().await.into_iter().map(|it| OfferedProgram {
            system: it.system.code(),
            name: it.system.file_name(None),
            size: size(page, it.bytes.len() as u64),
            sha256: it.sha256.to_string(),
        });
        let programs = programs.collect();
        Self { programs, pack: pack.map(|it| OfferedPack::of(state, page, it)), base }
    }
}

impl OfferedPack {
    pub(crate) fn of(state: &AppState, page: &Page, pack: &PackRecord) -> Self {
        let expires = pack.expires_on.parse().map(|day| page.date(&day));
        Self {
            name: pack.name.clone(),
            serial: pack.serial,
            issued: page.moment(&pack.issued_at),
            expires: expires.unwrap_or_default(),
            is_expired: PackView(pack).is_expired(state.portal.today()),
            size: size(page, u64::try_from(pack.size_bytes).unwrap_or_default()),
            sha256: pack.sha256.clone(),
        }
    }
}

/// `11,4 MB`.
fn size(page: &Page, bytes: u64) -> String {
    let (unit, tenths) = if bytes >= 1_000_000 {
        ("tools-megabytes", bytes.div_ceil(100_000))
    } else {
        ("tools-kilobytes", bytes.div_ceil(100))
    };
    let point = if page.language == language::Language::Vi { ',' } else { '.' };
    page.t1(unit, "size", format!("{}{point}{}", tenths / 10, tenths % 10))
}

async fn for_everybody(
    State(state): State<AppState>,
    Path((slug, file)): Path<(String, String)>,
) -> Result<Response, PageError> {
    // Of a campaign that everybody may read, and of no other.
    let pack = packs::for_everybody(&state.portal, &slug).await?;
    let leave = state.tools.download();
    let leave = leave.ok_or(PortalError::TooMany { wait_seconds: WAIT_SECONDS })?;
    if let Some(system) = System::ALL.into_iter().find(|it| it.file_name(None) == file) {
        let program = state.tools.program(system).await.ok_or(PortalError::NotFound)?;
        return Ok(program_file(program, None, Some(leave)));
    }
    let pack = pack.ok_or(PortalError::NotFound)?;
    match file.as_str() {
        "pack" => pack_file(&state, &pack, Some(leave)),
        "keys" => Ok(keys_file(&pack)),
        _ => Err(PortalError::NotFound.into()),
    }
}

async fn pack(
    State(state): State<AppState>,
    SignedIn(actor): SignedIn,
    Path((campaign, unit)): Path<(CampaignId, UnitId)>,
) -> Result<Response, PageError> {
    let pack = packs::for_unit(&state.portal, &actor, campaign, unit).await?;
    pack_file(&state, &pack.ok_or(PortalError::NotFound)?, None)
}

async fn keys(
    State(state): State<AppState>,
    SignedIn(actor): SignedIn,
    Path((campaign, unit)): Path<(CampaignId, UnitId)>,
) -> Result<Response, PageError> {
    let pack = packs::for_unit(&state.portal, &actor, campaign, unit).await?;
    Ok(keys_file(&pack.ok_or(PortalError::NotFound)?))
}

#[derive(Deserialize)]
struct Wanted {
    system: String,
    /// A code of the unit's; a new one is made when it is empty.
    #[serde(default)]
    code: String,
}

/// The program with the unit's code in its name. The program itself is never changed.
async fn program(
    State(state): State<AppState>,
    SignedIn(actor): SignedIn,
    page: Page,
    Path((campaign, unit)): Path<(CampaignId, UnitId)>,
    Form(wanted): Form<Wanted>,
) -> Result<Response, PageError> {
    packs::for_unit(&state.portal, &actor, campaign, unit).await?;
    let system = System::ALL.into_iter().find(|it| it.code() == wanted.system);
    let program = match system {
        Some(system) => state.tools.program(system).await,
        None => None,
    };
    let done = match program {
        Some(program) => scans::code_for_program(&state.portal, &actor, unit, &wanted.code)
            .await
            .map(|code| (program, code)),
        None => Err(Problem::new("system", "problem-no-program").into()),
    };
    match done {
        Ok((program, code)) => Ok(program_file(program, Some(&code), None)),
        Err(PortalError::Invalid(problems)) => {
            super::scans::with_problems(&state, &actor, page, campaign, unit, &problems).await
        }
        Err(error) => Err(error.into()),
    }
}

async fn add_pack(
    State(state): State<AppState>,
    SignedIn(actor): SignedIn,
    page: Page,
    Path((campaign, unit)): Path<(CampaignId, UnitId)>,
    form: Multipart,
) -> Result<Response, PageError> {
    match take_pack(&state, &actor, campaign, form).await? {
        Ok(_) => {
            let path = format!("/campaigns/{campaign}/edit/{unit}#pack");
            Ok(Notice::PackAdded.redirect(&path).into_response())
        }
        Err(PortalError::Invalid(problems)) => {
            super::campaign::with_problems(&state, &actor, page, campaign, unit, &problems).await
        }
        Err(error) => Err(error.into()),
    }
}

async fn take_pack(
    state: &AppState,
    actor: &Actor,
    campaign: CampaignId,
    mut form: Multipart,
) -> Result<Result<PackRecord, PortalError>, PageError> {
    // Before a byte of a file is read: may this person?
    portal::campaigns::view(&state.portal, actor, campaign).await?;
    let (mut pack, mut keys) = (None, None);
    while let Some(field) = form.next_field().await.map_err(super::logs::unreadable)? {
        let place = match field.name() {
            Some("pack") => &mut pack,
            Some("keys") => &mut keys,
            _ => continue,
        };
        if field.file_name().is_none_or(str::is_empty) {
            continue;
        }
        *place = Some(field.bytes().await.map_err(super::logs::unreadable)?);
    }
    let Some(pack) = pack else {
        return Ok(Err(Problem::new("pack", "problem-no-file").into()));
    };
    Ok(packs::add(&state.portal, actor, campaign, pack, keys.as_deref()).await)
}

async fn withdraw_pack(
    State(state): State<AppState>,
    SignedIn(actor): SignedIn,
    Path((campaign, pack, unit)): Path<(CampaignId, PackId, UnitId)>,
) -> Result<Redirect, PageError> {
    packs::withdraw(&state.portal, &actor, campaign, pack).await?;
    Ok(Notice::PackWithdrawn.redirect(&format!("/campaigns/{campaign}/edit/{unit}#pack")))
}

fn program_file(program: Program, code: Option<&str>, leave: Option<Leave>) -> Response {
    let name = program.system.file_name(code);
    let length = program.bytes.len() as u64;
    file(&name, length, Cursor::new(program.bytes), leave)
}

fn pack_file(
    state: &AppState,
    pack: &PackRecord,
    leave: Option<Leave>,
) -> Result<Response, PageError> {
    let opened = packs::open(&state.portal, pack)?;
    let length = opened.metadata().map_err(PortalError::from)?.len();
    let name = format!("{}-{}.lspack", pack.name, pack.serial);
    Ok(file(&name, length, tokio::fs::File::from_std(opened), leave))
}

fn keys_file(pack: &PackRecord) -> Response {
    let length = pack.keys.len() as u64;
    file(KEYS_NAME, length, Cursor::new(pack.keys.clone().into_bytes()), None)
}

/// A file that is sent piece by piece.
fn file(
    name: &str,
    length: u64,
    reader: impl AsyncRead + Unpin + Send + 'static,
    leave: Option<Leave>,
) -> Response {
    let body = Body::from_stream(ReaderStream::new(Held { reader, _leave: leave }));
    let mut response = (StatusCode::OK, body).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(MEDIA_TYPE));
    headers.insert(header::CONTENT_LENGTH, HeaderValue::from(length));
    if let Ok(value) = HeaderValue::from_str(&disposition(name)) {
        headers.insert(header::CONTENT_DISPOSITION, value);
    }
    response
}

/// A reader that keeps its leave until it is dropped.
struct Held<R> {
    reader: R,
    _leave: Option<Leave>,
}

impl<R: AsyncRead + Unpin> AsyncRead for Held<R> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<std::io::Result<()>> {
        Pin::new(&mut self.reader).poll_read(cx, buffer)
    }
}
