//! Every route with every role: who comes through, and who is turned away.
//!
//! Unit A runs the campaign, B received its letter and C received it from B; S is a stranger. The
//! unit of a path is B unless its name says otherwise. A new route fails the test until it stands
//! in the table.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod world;

use std::collections::BTreeSet;

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use campaigns::Role;
use portal::tokens::Scope;
use test_support::LOG;

use world::{Answer, World, cookie};

/// What is sent with a request.
#[derive(Clone, Copy)]
enum Sent {
    Nothing,
    /// A form.
    Form(&'static str),
    /// A form with one file, under this field.
    File(&'static str),
    Json(&'static str),
}

/// Method and path, what is sent, and who comes through.
///
/// A path's parameter may name its value: `{change=edit}`. Who: units A, B, C, S, each with roles
/// m administrator, c coordinator, p approver, o officer, u auditor, r a token that reads, w a token
/// that sends; `anyone`; `people`, who are signed in.
type Row = (&'static str, Sent, &'static str);

use Sent::{File, Form, Json, Nothing};

const PAGES: &[Row] = &[
    ("GET /", Nothing, "anyone"),
    ("GET /assets/{*path=app.css}", Nothing, "anyone"),
    ("GET /c/{slug}", Nothing, "anyone"),
    ("GET /c/{slug}/tools/{file=lamsach-clean.exe}", Nothing, "anyone"),
    ("GET /c/{slug}/tools/{file=pack}", Nothing, "anyone"),
    ("GET /first-run", Nothing, "anyone"),
    (
        "POST /first-run",
        Form("unit_name=X&unit_code=H99&name=X&login=xyz&password=mot+cau+dai+de+nho"),
        "",
    ),
    ("POST /language", Form("language=en"), "anyone"),
    ("GET /sign-in", Nothing, "anyone"),
    ("POST /sign-in", Form("login=nobody&password=wrong"), "anyone"),
    ("POST /sign-out", Form(""), "anyone"),
    // Units and their programs.
    ("GET /units", Nothing, "people"),
    ("GET /units/{unit}", Nothing, "A:mcpou B:mcpou"),
    ("POST /units/{unit}/{change=edit}", Form("name=X&code=H59.1&kind=commune"), "A:m B:m"),
    ("POST /units/{unit}/{change=add}", Form("name=X&code=H59.1.9&kind=school"), "A:m B:m"),
    ("POST /units/{unit}/{change=move}", Form("parent=H59"), "A:m B:m"),
    ("POST /units/{unit}/{change=end}", Form("to=2027-01-01"), "A:m B:m"),
    ("GET /units/import", Nothing, "A:m B:m C:m S:m"),
    ("POST /units/import", File("table"), "A:m B:m C:m S:m"),
    ("POST /units/import/confirm", Form("file=x&fingerprint=x"), ""),
    ("GET /units/import/template/{file=mau.csv}", Nothing, "A:m B:m C:m S:m"),
    // People, and the log of what was done.
    ("GET /units/{unit}/people", Nothing, "A:m B:m"),
    ("POST /units/{unit}/people/invite", Form("name=X&role=officer"), "A:m B:m"),
    ("POST /units/{unit}/people/grant", Form("login=officer.c&role=auditor"), "A:m B:m"),
    ("POST /units/{unit}/people/{user}/{change=lock}", Form(""), "A:m B:m"),
    ("POST /units/{unit}/people/{user}/{change=unlock}", Form(""), "A:m B:m"),
    ("POST /units/{unit}/people/{user}/{change=invite-again}", Form(""), "A:m B:m"),
    ("POST /units/{unit}/people/{user}/{change=revoke}", Form("role={unit}%3Aofficer"), "A:m B:m"),
    ("GET /units/{unit}/audit", Nothing, "A:mu B:mu"),
    ("GET /invitation", Nothing, "anyone"),
    ("GET /invitation/{code=AAAAA}", Nothing, ""),
    ("POST /invitation/{code=AAAAA}", Form("name=X&login=xyz&password=mot+cau+rat+dai"), ""),
    ("GET /account", Nothing, "people"),
    ("POST /account", Form("name=X&language=vi"), "people"),
    ("POST /account/password", Form("current=x&password=mot+cau+rat+dai"), "people"),
    ("GET /tokens", Nothing, "people"),
    ("POST /tokens/{unit}", Form("label=x"), "A:mo B:mo"),
    ("POST /tokens/{unit}/revoke", Form("id={case}"), "A:mo B:mo"),
    ("POST /tokens/{unit}/codes", Form("label=x"), "A:mo B:mo"),
    ("POST /tokens/{unit}/codes/revoke", Form("id={case}"), "A:mo B:mo"),
    // The campaign, for the unit that runs it.
    ("GET /campaigns/new/{unit}", Nothing, "A:mcpou B:mcpou"),
    ("POST /campaigns/new/{unit}", Form("title=X&form=letter-2022%401"), "A:c B:c"),
    ("GET /campaigns/{campaign}/edit/{unit}", Nothing, "A:c"),
    ("POST /campaigns/{campaign}/edit/{unit}", Form("title=X&version=99"), "A:c"),
    ("POST /campaigns/{campaign}/receivers/{unit}", Form(""), "A:c"),
    ("POST /campaigns/{campaign}/files/{unit}", File("list"), "A:c"),
    ("POST /campaigns/{campaign}/lists/{list}/withdraw/{unit}", Form(""), "A:c"),
    ("POST /campaigns/{campaign}/pack/{unit}", File("pack"), "A:c"),
    ("POST /campaigns/{campaign}/packs/{pack}/withdraw/{unit}", Form(""), "A:c"),
    ("POST /campaigns/{campaign}/launch/{unit}", Form(""), "A:c"),
    ("POST /campaigns/{campaign}/close/{unit}", Form(""), "A:c"),
    // The letter, for units that received it.
    ("GET /campaigns/{campaign}/letter.docx", Nothing, "A:mcpou B:mcpou C:mcpou"),
    ("GET /campaigns/{campaign}/lists/{list}", Nothing, "A:mcpou B:mcpou C:mcpou"),
    ("GET /campaigns/{campaign}/index", Nothing, "A:mcpou B:mcpou C:mcpou"),
    ("GET /campaigns/{campaign}/attachments/{attachment}", Nothing, "A:mcpou B:mcpou C:mcpou"),
    ("GET /campaigns/{campaign}/letter/{unit}", Nothing, "A:mcpou B:mcpou"),
    ("POST /campaigns/{campaign}/letter/{unit}/acknowledge", Form(""), "B:cpo"),
    ("POST /campaigns/{campaign}/letter/{unit}/launch", Form(""), "B:cpo"),
    ("POST /campaigns/{campaign}/letter/{unit}/pass-on", Form("units={c}"), "B:cpo"),
    ("POST /campaigns/{campaign}/letter/{unit}/tell", Form("name=X"), "B:cpo"),
    ("POST /campaigns/{campaign}/letter/{unit}/untell", Form("id={case}"), "B:cpo"),
    // Progress and roll-up, for a node that collects.
    ("GET /campaigns/{campaign}/board/{unit}", Nothing, "A:mcpou B:mcpou"),
    ("POST /campaigns/{campaign}/board/{unit}", Form("message=x"), "A:c B:c"),
    ("GET /campaigns/{campaign}/roll-up/{unit}", Nothing, "A:mcpou B:mcpou"),
    ("GET /campaigns/{campaign}/roll-up/{unit}/{file=x.csv}", Nothing, "A:mcpou B:mcpou"),
    // Logs and cases.
    ("GET /campaigns/{campaign}/logs/{unit}", Nothing, "A:cpou B:cpou"),
    ("POST /campaigns/{campaign}/logs/{unit}", File("log"), "B:o"),
    // The lists belong to the campaign; who may match against them may fetch them compiled.
    ("GET /match/{file=none.wasm}", Nothing, ""),
    ("GET /campaigns/{campaign}/logs/{unit}/index", Nothing, "B:o"),
    ("GET /campaigns/{campaign}/logs/{unit}/index/{sha256=none}", Nothing, ""),
    ("POST /campaigns/{campaign}/logs/{unit}/sightings", Json(r#"{"file":"x"}"#), "B:o"),
    ("GET /checks/{check=none}", Nothing, ""),
    ("POST /checks/{check=none}/cancel", Form(""), ""),
    ("GET /sources/{source}/take-back", Nothing, "B:o"),
    ("POST /sources/{source}/take-back", Form(""), "B:o"),
    ("GET /campaigns/{campaign}/scans/{unit}", Nothing, "A:cpou B:cpou"),
    ("POST /campaigns/{campaign}/scans/{unit}", File("result"), "B:o"),
    ("GET /campaigns/{campaign}/scans/{unit}/pack", Nothing, "A:cpou B:cpou"),
    ("GET /campaigns/{campaign}/scans/{unit}/keys", Nothing, "A:cpou B:cpou"),
    ("POST /campaigns/{campaign}/scans/{unit}/program", Form("system=windows"), "A:o B:o"),
    ("GET /campaigns/{campaign}/cases/{unit}", Nothing, "A:cpou B:cpou"),
    ("GET /cases/{case}", Nothing, "A:cpou B:cpou"),
    ("POST /cases/{case}/step", Form("step=notify&version=1"), "B:o"),
    ("POST /cases/{case}/device", Form("label=X&kind=computer"), "B:o"),
    ("POST /cases/{case}/merge", Form("other={case}"), "B:o"),
    ("POST /cases/{case}/split", Form("other={case}"), "B:o"),
    // Reports. B is still writing its own: nobody above reads what was not submitted.
    ("GET /campaigns/{campaign}/report/{unit}", Nothing, "B:cpou"),
    ("GET /campaigns/{campaign}/report/{unit}/{file=x.csv}", Nothing, "B:cpou"),
    ("POST /reports/{report}/save", Form("version=1&assessment=x"), "B:po"),
    ("POST /reports/{report}/step", Form("step=approve&version=1"), "B:p"),
    ("POST /reports/{report}/step", Form("step=hand-back&version=1"), "B:p"),
    ("POST /reports/{report}/step", Form("step=submit&version=1"), "B:po"),
    ("POST /reports/{report}/step", Form("step=note&version=1"), "A:c"),
    ("POST /reports/{report}/step", Form("step=ask-supplement&version=1&comment=x"), "A:c"),
    ("POST /reports/{report}/answer", Form("owner=x&answer=x"), "A:c"),
];

const SIGHTINGS: &str = r#"{"campaign":"{campaign}","results":[{"log":{"file":"x",
    "sha256":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"}}]}"#;

const API: &[Row] = &[
    ("GET /api/v1", Nothing, "anyone"),
    ("GET /api/v1/openapi.json", Nothing, "anyone"),
    ("GET /api/v1/problems", Nothing, "anyone"),
    ("GET /api/v1/me", Nothing, "people A:rw B:rw C:rw S:rw"),
    ("GET /api/v1/units", Nothing, "people A:r B:r C:r S:r"),
    ("GET /api/v1/campaigns", Nothing, "people A:rw B:rw C:rw S:rw"),
    ("GET /api/v1/campaigns/{campaign}", Nothing, "A:mcpourw B:mcpourw C:mcpourw"),
    ("GET /api/v1/campaigns/{campaign}/lists", Nothing, "A:mcpourw B:mcpourw C:mcpourw"),
    ("GET /api/v1/campaigns/{campaign}/index", Nothing, "A:mcpourw B:mcpourw C:mcpourw"),
    (
        "GET /api/v1/campaigns/{campaign}/lists/{list}/content",
        Nothing,
        "A:mcpourw B:mcpourw C:mcpourw",
    ),
    ("GET /api/v1/campaigns/{campaign}/units/{unit}/letter", Nothing, "A:mcpour B:mcpour"),
    (
        "POST /api/v1/campaigns/{campaign}/units/{unit}/letter/steps",
        Json(r#"{"step":"acknowledge"}"#),
        "B:cpo",
    ),
    (
        "POST /api/v1/campaigns/{campaign}/units/{unit}/letter/steps",
        Json(r#"{"step":"launch"}"#),
        "B:cpo",
    ),
    ("GET /api/v1/campaigns/{campaign}/board/{unit}", Nothing, "A:mcpour B:mcpour"),
    ("GET /api/v1/campaigns/{campaign}/roll-up/{unit}", Nothing, "A:mcpour B:mcpour"),
    ("GET /api/v1/campaigns/{campaign}/units/{unit}/report", Nothing, "B:cpour"),
    ("PUT /api/v1/reports/{report}", Json(r#"{"version":1,"assessment":"x"}"#), "B:po"),
    ("POST /api/v1/reports/{report}/steps", Json(r#"{"step":"approve","version":1}"#), "B:p"),
    ("POST /api/v1/reports/{report}/steps", Json(r#"{"step":"hand-back","version":1}"#), "B:p"),
    ("POST /api/v1/reports/{report}/steps", Json(r#"{"step":"submit","version":1}"#), "B:po"),
    ("POST /api/v1/reports/{report}/steps", Json(r#"{"step":"note"}"#), "A:c"),
    (
        "POST /api/v1/reports/{report}/steps",
        Json(r#"{"step":"ask-supplement","comment":"x"}"#),
        "A:c",
    ),
    ("GET /api/v1/campaigns/{campaign}/units/{unit}/cases", Nothing, "A:cpour B:cpour"),
    ("GET /api/v1/cases/{case}", Nothing, "A:cpour B:cpour"),
    ("POST /api/v1/cases/{case}/steps", Json(r#"{"step":"notify","version":1}"#), "B:o"),
    ("POST /api/v1/cases/{case}/merge", Json(r#"{"device":"{case}"}"#), "B:o"),
    ("POST /api/v1/cases/{case}/split", Json(r#"{"device":"{case}"}"#), "B:o"),
    ("DELETE /api/v1/sources/{source}", Nothing, "B:o"),
    ("GET /api/v1/campaigns/{campaign}/units/{unit}/sightings", Nothing, "A:cpour B:cpour"),
    ("GET /api/v1/campaigns/{campaign}/units/{unit}/sources", Nothing, "A:cpour B:cpour"),
    ("POST /api/v1/campaigns/{campaign}/units/{unit}/sightings", Json(SIGHTINGS), "B:ow"),
    ("POST /api/v1/sightings", Json(SIGHTINGS), "B:w C:w"),
    // Who it is from is told by its signature alone.
    (
        "POST /api/v1/scan-results",
        Json(r#"{"lamsach_result":1,"key":"","signature":"","result":"{}"}"#),
        "anyone",
    ),
];

/// Somebody who asks: a unit's letter, a role's letter, and what they prove it with.
struct Asker {
    name: String,
    header: Option<(header::HeaderName, String)>,
}

impl Asker {
    fn is_person(&self) -> bool {
        self.header.as_ref().is_some_and(|(name, _)| *name == header::COOKIE)
    }
}

const ROLES: [(char, Role); 5] = [
    ('m', Role::Administrator),
    ('c', Role::Coordinator),
    ('p', Role::Approver),
    ('o', Role::Officer),
    ('u', Role::Auditor),
];

/// Everybody there is in a world.
async fn askers(world: &World) -> Vec<Asker> {
    let mut askers = vec![Asker { name: "nobody".to_owned(), header: None }];
    for (unit, letter, id) in
        [('A', 'a', world.a), ('B', 'b', world.b), ('C', 'c', world.c), ('S', 's', world.s)]
    {
        for (code, role) in ROLES {
            let proof = (header::COOKIE, cookie(&format!("{role}.{letter}")));
            askers.push(Asker { name: format!("{unit}:{code}"), header: Some(proof) });
        }
        for (code, scope) in [('r', Scope::Read), ('w', Scope::SendSightings)] {
            let token = world.token(&format!("officer.{letter}"), id, &[scope]).await;
            let proof = (header::AUTHORIZATION, format!("Bearer {token}"));
            askers.push(Asker { name: format!("{unit}:{code}"), header: Some(proof) });
        }
    }
    askers
}

/// The names that a row lets through.
fn named(who: &str, askers: &[Asker]) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for word in who.split_whitespace() {
        if let Some((unit, codes)) = word.split_once(':') {
            names.extend(codes.chars().map(|code| format!("{unit}:{code}")));
        } else {
            let all = askers.iter().filter(|it| word == "anyone" || it.is_person());
            names.extend(all.map(|it| it.name.clone()));
        }
    }
    names
}

/// The route behind a row's path: without the values of parameters.
fn route_of(request: &str) -> (String, String) {
    let (method, path) = request.split_once(' ').unwrap();
    let parts = path.split('/').map(|part| match part.split_once('=') {
        Some((name, _)) => format!("{name}}}"),
        None => part.to_owned(),
    });
    (method.to_owned(), parts.collect::<Vec<_>>().join("/"))
}

/// A path or body with its parameters filled in.
fn filled(world: &World, text: &str) -> String {
    let values = [
        ("{campaign}", world.campaign.to_string()),
        ("{unit}", world.b.to_string()),
        ("{c}", world.c.to_string()),
        ("{list}", world.list.to_string()),
        ("{pack}", world.pack.id.to_string()),
        ("{case}", world.case.to_string()),
        ("{source}", world.source.to_string()),
        ("{report}", world.report.to_string()),
        ("{attachment}", world.attachment.to_string()),
        ("{slug}", world.slug.clone()),
        ("{user}", world.officer.to_string()),
    ];
    let mut text = text.to_owned();
    for (name, value) in values {
        text = text.replace(name, &value);
    }
    let parts = text.split('/').map(|part| {
        let value = part.strip_suffix('}').and_then(|it| it.split_once('='));
        value.map_or(part, |(_, value)| value)
    });
    if text.starts_with('/') { parts.collect::<Vec<_>>().join("/") } else { text.clone() }
}

async fn ask(world: &World, asker: &Asker, request: &str, sent: Sent) -> Answer {
    let (method, path) = request.split_once(' ').unwrap();
    let mut request = Request::builder()
        .method(method)
        .uri(filled(world, path))
        .header("sec-fetch-site", "same-origin");
    if let Some((name, proof)) = &asker.header {
        request = request.header(name, proof);
    }
    let (kind, body) = match sent {
        Sent::Nothing => ("", String::new()),
        Sent::Form(body) => ("application/x-www-form-urlencoded", filled(world, body)),
        Sent::Json(body) => ("application/json", filled(world, body)),
        Sent::File(field) => (
            "multipart/form-data; boundary=b",
            format!(
                "--b\r\nContent-Disposition: form-data; name=\"{field}\"; filename=\"x.txt\"\r\n\r\n\
                 {LOG}\r\n--b--\r\n"
            ),
        ),
    };
    if !kind.is_empty() {
        request = request.header(header::CONTENT_TYPE, kind);
    }
    world.send(request.body(Body::from(body)).unwrap()).await
}

/// Whether the asker came through: the answer is what they asked for, or says what is wrong with
/// what they sent. A request that is itself malformed proves nothing.
fn came_through(answer: &Answer) -> Result<bool, StatusCode> {
    let status = answer.status;
    let leads_to_sign_in = answer.header(header::LOCATION).starts_with("/sign-in");
    match status.as_u16() {
        401 | 403 | 404 => Ok(false),
        303 => Ok(!leads_to_sign_in),
        200 | 204 | 409 | 422 | 429 => Ok(true),
        _ => Err(status),
    }
}

async fn check(rows: &[Row]) {
    let shared = World::new().await;
    let shared_askers = askers(&shared).await;
    let mut wrong = Vec::new();
    for (request, sent, who) in rows {
        // Reading changes nothing that matters here; whatever writes gets a world of its own.
        let own = if request.starts_with("GET") { None } else { Some(World::new().await) };
        let world = own.as_ref().unwrap_or(&shared);
        let own_askers = if own.is_some() { askers(world).await } else { Vec::new() };
        let askers = if own.is_some() { &own_askers } else { &shared_askers };
        let expected = named(who, askers);
        for asker in askers {
            let answer = ask(world, asker, request, *sent).await;
            let is_expected = expected.contains(&asker.name);
            if came_through(&answer) != Ok(is_expected) {
                let name = &asker.name;
                wrong.push(format!("{request}: {name} got {}, may: {is_expected}", answer.status));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test]
async fn every_route_stands_in_the_table() {
    let world = World::new().await;
    let rows = PAGES.iter().chain(API).map(|(request, _, _)| route_of(request));
    assert_eq!(world::routes::of(&world.router), rows.collect());
}

/// A unit's people learn nothing of a campaign that did not reach the unit, by its id or otherwise.
#[tokio::test]
async fn a_campaign_is_not_there_for_a_unit_that_has_no_part_in_it() {
    let world = World::new().await;
    let askers = askers(&world).await;
    let mut wrong = Vec::new();
    let rows = PAGES.iter().chain(API);
    let rows =
        rows.filter(|(request, _, _)| request.contains("{campaign}") && request.contains("{unit}"));
    let mut asked = 0;
    for (request, sent, who) in rows {
        // Who may ask this of their own unit B asks it of S, where they are the same.
        for may in named(who, &askers).iter().filter_map(|it| it.strip_prefix("B:")) {
            let asker = askers.iter().find(|it| it.name == format!("S:{may}")).unwrap();
            let request = request.replace("{unit}", &world.s.to_string());
            let answer = ask(&world, asker, &request, *sent).await;
            asked += 1;
            if answer.status != StatusCode::NOT_FOUND {
                wrong.push(format!("{request}: {} got {}", asker.name, answer.status));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(asked > 60, "{asked} is not every route");
}

#[tokio::test]
async fn every_page_lets_through_exactly_those_who_may() {
    check(PAGES).await;
}

#[tokio::test]
async fn every_route_of_the_api_lets_through_exactly_those_who_may() {
    check(API).await;
}
