//! The API through the router: what programs meet.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may panic")]

mod world;

use axum::body::Body;
use axum::http::{Method, Request, StatusCode, header};
use portal::tokens::Scope;
use serde_json::{Value, json};
use test_support::TestPortal;

use world::{World, cookie};

/// One log with one finding, as `lamsach match --send` posts it.
fn message() -> Value {
    json!({
        "site": "Trụ sở",
        "results": [{
            "log": {
                "file": "bind.log", "sha256": "a".repeat(64), "format": "bind",
                "lines_read": 10, "lines_matched": 1, "days": ["2026-08-20"],
            },
            "sightings": [{
                "device": "192.0.2.20", "indicator": "c2.malware.example",
                "indicator_type": "domain", "list": "list.txt",
                "destination": "c2.malware.example", "verdict": "dns-queried", "count": 3,
                "first_seen": "2026-08-20T01:00:00Z", "last_seen": "2026-08-20T02:00:00Z",
                "evidence": { "offset": 120, "line_number": 4, "line": "SECRET LINE" },
            }],
        }],
    })
}

fn sightings_path(world: &World) -> String {
    format!("/api/v1/campaigns/{}/units/{}/sightings", world.campaign, world.b)
}

#[tokio::test]
async fn what_a_program_sends_is_kept_once_and_without_its_line_on_sqlite() {
    sent_twice(World::on(TestPortal::sqlite().await).await).await;
}

#[tokio::test]
async fn what_a_program_sends_is_kept_once_and_without_its_line_on_postgres() {
    sent_twice(World::on(TestPortal::postgres().await).await).await;
}

async fn sent_twice(world: World) {
    let token = world.token("officer.b", world.b, &[Scope::SendSightings, Scope::Read]).await;

    let first = world.post(&token, "/api/v1/sightings", &message()).await;
    assert_eq!(first.status, StatusCode::OK, "{}", first.json());
    assert_eq!(first.json()["campaign"], json!(world.campaign));
    assert_eq!(first.json()["results"][0]["status"], "new");
    assert_eq!(first.json()["results"][0]["findings"], 1);
    assert_eq!(first.json()["results"][0]["cases"], 1);

    let known = world.get(&token, &sightings_path(&world)).await.json();
    assert_eq!(known["items"].as_array().unwrap().len(), 2);
    assert!(!known.to_string().contains("SECRET"));
    let mut read = world.portal().database.read().await.unwrap();
    let kept = storage::sightings::of_unit(&mut read, world.campaign, world.b).await.unwrap();
    drop(read);
    let sent = kept.iter().find(|it| it.evidence_offset == 120).unwrap();
    assert_eq!(sent.evidence_line, None);
    assert!(kept.iter().any(|it| it.evidence_line.is_some()), "the page's own line stays");

    // The same again changes nothing, not even an id.
    let again = world.post(&token, "/api/v1/sightings", &message()).await;
    assert_eq!(again.json()["results"][0]["status"], "unchanged");
    assert_eq!(again.json()["results"][0]["cases"], 0);
    assert_eq!(again.json()["results"][0]["source"], first.json()["results"][0]["source"]);
    assert_eq!(world.get(&token, &sightings_path(&world)).await.json(), known);

    // The same log with more in it (the lists have grown) replaces what it gave.
    let mut grown = message();
    let mut more = grown["results"][0]["sightings"][0].clone();
    more["indicator"] = json!("203.0.113.9");
    more["indicator_type"] = json!("ip");
    more["evidence"]["offset"] = json!(500);
    grown["results"][0]["sightings"].as_array_mut().unwrap().push(more);
    let replaced = world.post(&token, "/api/v1/sightings", &grown).await;
    assert_eq!(replaced.json()["results"][0]["status"], "replaced");
    assert_eq!(replaced.json()["results"][0]["cases"], 0, "one device, one case");
    let now = world.get(&token, &sightings_path(&world)).await.json();
    assert_eq!(now["items"].as_array().unwrap().len(), 3);
}

#[tokio::test]
async fn a_log_of_another_site_is_refused_and_an_unlisted_indicator_is_listed() {
    let world = World::new().await;
    let token = world.token("officer.b", world.b, &[Scope::SendSightings, Scope::Read]).await;
    let mut more = message();
    let sightings = more["results"][0]["sightings"].as_array_mut().unwrap();
    let mut unlisted = sightings[0].clone();
    unlisted["indicator"] = json!("khong-co.example");
    sightings.push(unlisted);
    let sent = world.post(&token, "/api/v1/sightings", &more).await.json();
    let device = more["results"][0]["sightings"][1]["device"].clone();
    let refused = json!([{ "device": device, "indicator": "khong-co.example" }]);
    assert_eq!(sent["results"][0]["refused"], refused, "{sent}");
    assert_eq!(sent["results"][0]["findings"], 1);

    let mut elsewhere = message();
    elsewhere["site"] = json!("Nơi khác");
    let answer = world.post(&token, "/api/v1/sightings", &elsewhere).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    let problem = &answer.json()["problems"][0];
    assert_eq!(problem["code"], "problem-log-other-site");
    assert_eq!(problem["field"], "results[0].log.sha256");
    let said = problem["message"].as_str().unwrap();
    assert!(said.contains("rút lại tệp") && said.contains("Nơi khác"), "{said}");
    let path = format!("/api/v1/campaigns/{}/units/{}/sources", world.campaign, world.b);
    let sources = world.get(&token, &path).await.json();
    let sites = sources["items"].as_array().unwrap().iter().map(|it| it["site"].clone());
    assert!(!sites.into_iter().any(|it| it == "Nơi khác" || it == ""), "{sources}");
}

#[tokio::test]
async fn a_line_kept_by_the_page_outlives_the_same_log_sent_by_a_program() {
    let world = World::new().await;
    let token = world.token("officer.b", world.b, &[Scope::SendSightings]).await;
    let mut read = world.portal().database.read().await.unwrap();
    let before = storage::sightings::of_unit(&mut read, world.campaign, world.b).await.unwrap();
    let sources = storage::sightings::sources(&mut read, world.campaign, world.b).await.unwrap();
    drop(read);
    let (known, source) = (&before[0], &sources[0]);
    let mut message = message();
    message["site"] = json!("");
    message["results"][0]["log"]["sha256"] = json!(source.sha256);
    let sighting = &mut message["results"][0]["sightings"][0];
    sighting["evidence"]["offset"] = json!(known.evidence_offset);
    sighting["device"] = json!("192.0.2.17");
    let answer = world.post(&token, "/api/v1/sightings", &message).await;
    assert_eq!(answer.json()["results"][0]["status"], "replaced", "{}", answer.json());
    let mut read = world.portal().database.read().await.unwrap();
    let after = storage::sightings::of_unit(&mut read, world.campaign, world.b).await.unwrap();
    assert_eq!(after.len(), 1);
    assert!(after[0].evidence_line.as_ref().unwrap().contains("c2.malware.example"));
    assert_eq!(after[0].contacts, 3);
}

#[tokio::test]
async fn what_cannot_be_taken_is_named_place_by_place_and_changes_nothing() {
    let world = World::new().await;
    let token = world.token("officer.b", world.b, &[Scope::SendSightings, Scope::Read]).await;
    let before = world.get(&token, &sightings_path(&world)).await.json();
    let mut message = message();
    message["results"][0]["log"]["sha256"] = json!("ABC");
    let sighting = &mut message["results"][0]["sightings"][0];
    sighting["device"] = json!(" ");
    sighting["count"] = json!(0);
    sighting["first_seen"] = json!("2026-08-20T03:00:00Z");
    sighting["indicator"] = json!("x".repeat(2_049));
    let answer = world.post(&token, "/api/v1/sightings", &message).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(answer.header(header::CONTENT_TYPE), "application/problem+json");
    let body = answer.json();
    let fields: Vec<&str> = body["problems"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["field"].as_str().unwrap())
        .collect();
    assert_eq!(
        fields,
        [
            "results[0].log.sha256",
            "results[0].sightings[0].device",
            "results[0].sightings[0].indicator",
            "results[0].sightings[0].count",
            "results[0].sightings[0].last_seen",
        ]
    );
    insta::assert_json_snapshot!(body);
    assert_eq!(world.get(&token, &sightings_path(&world)).await.json(), before);
}

#[tokio::test]
async fn a_body_that_is_wrong_says_where() {
    let world = World::new().await;
    let token = world.token("officer.b", world.b, &[Scope::SendSightings]).await;
    let send = async |content_type: &str, body: &str| {
        let request = Request::post("/api/v1/sightings")
            .header(header::AUTHORIZATION, format!("Bearer {token}"))
            .header(header::CONTENT_TYPE, content_type)
            .header(header::ACCEPT_LANGUAGE, "en");
        world.send(request.body(Body::from(body.to_owned())).unwrap()).await
    };
    let check = async |content_type: &str, body: &str, status: u16, kind: &str, place: &str| {
        let answer = send(content_type, body).await;
        let problem = answer.json();
        assert_eq!(answer.status.as_u16(), status, "{problem}");
        assert_eq!(problem["status"], status);
        assert_eq!(problem["type"], format!("/api/v1/problems#{kind}"));
        assert!(problem["problems"].to_string().contains(place), "{problem}");
    };
    let json = "application/json";
    check("text/plain", "{}", 415, "media-type", "").await;
    check(json, "{\n  \"site\": x", 400, "not-json", "line 2, column 11").await;
    check(json, "", 400, "not-json", "line 1").await;
    check(json, "{} {}", 422, "invalid", "results").await;
    check(json, r#"{"results":[{"log":{"file":1}}]}"#, 422, "invalid", "results[0].log.file").await;
    check(json, r#"{"results":[]}"#, 422, "invalid", "results").await;
    check(json, "{\"site\":\"\\u0000\",\"results\":[]}", 422, "invalid", "NUL").await;
    let verdict = message().to_string().replace("dns-queried", "seen");
    check(json, &verdict, 422, "invalid", "results[0].sightings[0].verdict").await;
    let large = format!("{{\"site\":\"{}\"}}", "x".repeat(33 << 20));
    check(json, &large, 413, "too-large", "").await;
}

#[tokio::test]
async fn a_program_speaks_for_its_own_unit_and_scope_alone() {
    let world = World::new().await;
    let send = world.token("officer.b", world.b, &[Scope::SendSightings]).await;
    let read = world.token("officer.b", world.b, &[Scope::Read]).await;
    let stranger = world.token("officer.s", world.s, &[Scope::SendSightings, Scope::Read]).await;
    let (campaign, a, b, c) = (world.campaign, world.a, world.b, world.c);
    let status = async |token: &str, path: String| {
        let answer = world.get(token, &path).await;
        (answer.status.as_u16(), answer.json()["type"].as_str().unwrap_or("").to_owned())
    };
    let ok = (200, String::new());
    let no = |status, kind: &str| (status, format!("/api/v1/problems#{kind}"));
    let of = |unit, what: &str| format!("/api/v1/campaigns/{campaign}/units/{unit}/{what}");
    assert_eq!(status(&send, format!("/api/v1/campaigns/{campaign}/lists")).await, ok);
    assert_eq!(status(&send, of(b, "sightings")).await, no(403, "scope"));
    assert_eq!(status(&read, of(b, "sightings")).await, ok);
    assert_eq!(status(&read, of(c, "sightings")).await, ok, "a unit below");
    assert_eq!(status(&read, of(a, "sightings")).await, no(403, "denied"));
    assert_eq!(status(&stranger, of(b, "sightings")).await, no(403, "denied"));
    assert_eq!(
        status(&stranger, format!("/api/v1/campaigns/{campaign}")).await,
        no(404, "not-found")
    );
    assert_eq!(status("lmst_wrong", of(b, "sightings")).await, no(401, "signed-out"));

    let post = async |token: &str, unit| {
        let path = format!("/api/v1/campaigns/{campaign}/units/{unit}/sightings");
        world.post(token, &path, &message()).await.status.as_u16()
    };
    assert_eq!(post(&send, b).await, 200);
    assert_eq!(post(&send, c).await, 403);
    assert_eq!(post(&read, b).await, 403);
    assert_eq!(post(&stranger, b).await, 403);
}

#[tokio::test]
async fn a_token_ends_when_it_expires_or_is_taken_back() {
    let world = World::new().await;
    let token = world.token("officer.b", world.b, &[Scope::Read]).await;
    assert_eq!(world.get(&token, "/api/v1/me").await.status, StatusCode::OK);
    let officer = test_support::actor(world.portal(), "officer.b").await;
    let known = portal::tokens::list(world.portal(), &officer, world.b).await.unwrap();
    assert!(known[0].used_at.is_some());
    portal::tokens::revoke(world.portal(), &officer, world.b, known[0].id).await.unwrap();
    let refused = world.get(&token, "/api/v1/me").await;
    assert_eq!(refused.status, StatusCode::UNAUTHORIZED);
    assert!(refused.header(header::WWW_AUTHENTICATE).starts_with("Bearer"));

    let token = world.token("officer.b", world.b, &[Scope::Read]).await;
    world.test.clock.set("2027-08-21T09:00:00+07:00");
    assert_eq!(world.get(&token, "/api/v1/me").await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn an_administrator_gives_no_program_more_than_they_have() {
    let world = World::new().await;
    let administrator = test_support::actor(world.portal(), "administrator.b").await;
    let make = async |scope| {
        let scopes = [scope].into_iter().collect();
        portal::tokens::create_with(world.portal(), &administrator, world.b, "x", &scopes).await
    };
    assert!(make(Scope::SendSightings).await.is_ok());
    assert!(matches!(make(Scope::Read).await, Err(portal::PortalError::Denied)));
}

#[tokio::test]
async fn a_program_that_names_no_campaign_is_told_which_there_are() {
    let world = World::new().await;
    let token = world.token("officer.b", world.b, &[Scope::SendSightings]).await;
    let coordinator = test_support::actor(world.portal(), "coordinator.a").await;
    let form = portal::campaigns::CampaignForm {
        title: "Đợt hai".to_owned(),
        tasks: "x".to_owned(),
        deadline_on: "2026-12-01".to_owned(),
        form: "letter-2022@1".to_owned(),
        ..Default::default()
    };
    let portal = world.portal();
    let second = portal::campaigns::create(portal, &coordinator, world.a, &form).await.unwrap();
    let receivers = [(world.b, campaigns::ReceiverRole::Action)];
    portal::campaigns::set_receivers(portal, &coordinator, second, &receivers).await.unwrap();
    portal::campaigns::launch(portal, &coordinator, second).await.unwrap();

    let answer = world.post(&token, "/api/v1/sightings", &message()).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    let problem = &answer.json()["problems"][0];
    assert_eq!(problem["field"], "campaign");
    let text = problem["message"].as_str().unwrap();
    assert!(text.contains(&second.to_string()) && text.contains("Đợt hai"), "{text}");

    let mut message = message();
    message["campaign"] = json!(second);
    let answer = world.post(&token, "/api/v1/sightings", &message).await;
    assert_eq!(answer.json()["campaign"], json!(second));
    // It has no list: nothing that was seen is of any.
    assert_eq!(answer.json()["results"][0]["refused"].as_array().unwrap().len(), 1);
    // The stranger has no campaign at all.
    let stranger = world.token("officer.s", world.s, &[Scope::SendSightings]).await;
    let answer = world.post(&stranger, "/api/v1/sightings", &self::message()).await;
    assert_eq!(answer.json()["problems"][0]["code"], "problem-no-campaign-runs");
}

#[tokio::test]
async fn whatever_goes_wrong_under_api_is_a_problem_in_the_language_asked_for() {
    let world = World::new().await;
    let check = async |method: Method, path: &str, language: &str, status: u16, title: &str| {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::ACCEPT_LANGUAGE, language)
            .body(Body::empty());
        let answer = world.send(request.unwrap()).await;
        assert_eq!(answer.status.as_u16(), status, "{path}");
        assert_eq!(answer.header(header::CONTENT_TYPE), "application/problem+json", "{path}");
        assert_eq!(answer.json()["title"], title);
        answer
    };
    check(Method::GET, "/api", "vi", 404, "Không tìm thấy").await;
    check(Method::GET, "/api/v2/x", "en", 404, "Not found").await;
    check(Method::GET, "/api/v1/nothing", "fr", 404, "Không tìm thấy").await;
    let answer = check(
        Method::DELETE,
        "/api/v1/campaigns",
        "en",
        405,
        "This address does not take that method",
    )
    .await;
    assert_eq!(answer.header(header::ALLOW), "GET,HEAD");
    check(
        Method::GET,
        "/api/v1/campaigns",
        "en",
        401,
        "Not signed in, or the token is no longer valid",
    )
    .await;
    check(
        Method::GET,
        "/api/v1/campaigns/x",
        "vi",
        401,
        "Chưa đăng nhập hoặc mã truy cập không còn hiệu lực",
    )
    .await;
    let token = world.token("officer.b", world.b, &[Scope::Read]).await;
    assert_eq!(world.get(&token, "/api/v1/campaigns/x").await.status, StatusCode::NOT_FOUND);
    assert_eq!(
        world.get(&token, "/api/v1/campaigns?limit=x").await.status,
        StatusCode::BAD_REQUEST
    );
}

#[tokio::test]
async fn a_session_writes_only_from_our_own_pages() {
    let world = World::new().await;
    let path = format!("/api/v1/campaigns/{}/units/{}/letter/steps", world.campaign, world.b);
    let body = json!({ "step": "acknowledge" });
    let send = async |headers: &[(&str, &str)]| {
        let mut request = Request::post(&path)
            .header(header::COOKIE, cookie("officer.b"))
            .header(header::CONTENT_TYPE, "application/json")
            .header(header::HOST, "lamsach.example");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        world.send(request.body(Body::from(body.to_string())).unwrap()).await
    };
    let forged: [&[(&str, &str)]; 4] = [
        &[("sec-fetch-site", "cross-site")],
        &[("sec-fetch-site", "same-site")],
        &[("origin", "https://evil.example")],
        &[],
    ];
    for headers in forged {
        let answer = send(headers).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{headers:?}");
        assert_eq!(answer.json()["type"], "/api/v1/problems#cross-origin");
    }
    let answer = send(&[("origin", "https://lamsach.example")]).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(answer.json()["stage"], "acknowledged");
}

#[tokio::test]
async fn a_token_cannot_do_what_a_named_person_does() {
    let world = World::new().await;
    let scopes = [Scope::SendSightings, Scope::Read];
    let token = world.token("officer.b", world.b, &scopes).await;
    let path = format!("/api/v1/campaigns/{}/units/{}/letter/steps", world.campaign, world.b);
    let answer = world.post(&token, &path, &json!({ "step": "launch" })).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    assert_eq!(answer.json()["type"], "/api/v1/problems#person-only");
}

#[tokio::test]
async fn lists_come_in_pages_and_are_not_sent_twice() {
    let world = World::new().await;
    let token = world.token("officer.b", world.b, &[Scope::Read]).await;
    let first = world.get(&token, "/api/v1/units?limit=1").await;
    assert_eq!(first.json()["items"][0]["code"], "H59.1");
    let link = first.header(header::LINK).to_owned();
    let next = link.strip_prefix('<').and_then(|it| it.strip_suffix(">; rel=\"next\"")).unwrap();
    let second = world.get(&token, next).await;
    assert_eq!(second.json()["items"][0]["code"], "H59.1.1");
    assert_eq!(second.json()["next"], Value::Null);
    assert_eq!(second.header(header::LINK), "");
    assert_eq!(world.get(&token, "/api/v1/units?cursor=gone").await.status.as_u16(), 422);
    assert_eq!(world.get(&token, "/api/v1/units?limit=0").await.status.as_u16(), 422);
    assert_eq!(world.get(&token, "/api/v1/units?limit=1001").await.status.as_u16(), 422);

    let path = format!("/api/v1/campaigns/{}/lists/{}/content", world.campaign, world.list);
    let list = world.get(&token, &path).await;
    assert_eq!(list.body, b"c2.malware.example\n203.0.113.9\n");
    let tag = list.header(header::ETAG).to_owned();
    let request = Request::get(&path)
        .header(header::AUTHORIZATION, format!("Bearer {token}"))
        .header(header::IF_NONE_MATCH, &tag);
    let again = world.send(request.body(Body::empty()).unwrap()).await;
    assert_eq!(again.status, StatusCode::NOT_MODIFIED);
    assert_eq!((again.body.len(), again.header(header::ETAG)), (0, tag.as_str()));
}

#[tokio::test]
async fn a_report_is_written_approved_submitted_and_noted() {
    let world = World::new().await;
    let path = format!("/api/v1/reports/{}", world.report);
    let put = async |body: Value| world.call_as("officer.b", Method::PUT, &path, Some(&body)).await;
    let step = async |login: &str, body: Value| {
        world.call_as(login, Method::POST, &format!("{path}/steps"), Some(&body)).await
    };
    let wrong = put(json!({ "version": 1, "rows": { "nope": { "declared": -1 } } })).await;
    assert_eq!(wrong.status.as_u16(), 422);
    assert_eq!(wrong.json()["problems"].as_array().unwrap().len(), 2);

    let content = json!({
        "version": 1, "assessment": "Tốt",
        "rows": {
            "informed": { "declared": 1, "reason": "đếm lại" },
            "launched": { "declared": 1, "reason": "đếm lại" },
        },
    });
    let saved = put(content.clone()).await;
    assert_eq!(saved.status.as_u16(), 200, "{}", saved.json());
    assert_eq!((&saved.json()["version"], &saved.json()["problems"]), (&json!(2), &json!([])));
    assert_eq!(put(content).await.status.as_u16(), 409, "somebody saved since version 1");

    let version = saved.json()["version"].clone();
    let approve = json!({ "step": "approve", "version": version });
    assert_eq!(step("officer.b", approve.clone()).await.status.as_u16(), 403);
    let approved = step("approver.b", approve).await.json();
    assert_eq!(approved["state"], "approved", "{approved}");
    let submit = json!({ "step": "submit", "version": approved["version"] });
    let submitted = step("officer.b", submit).await.json();
    assert_eq!((&submitted["state"], &submitted["is_late"]), (&json!("submitted"), &json!(false)));
    let noted = step("coordinator.a", json!({ "step": "note" })).await.json();
    assert_eq!(noted["state"], "noted");
    let rolled = format!("/api/v1/campaigns/{}/roll-up/{}", world.campaign, world.a);
    let rolled = world.call_as("coordinator.a", Method::GET, &rolled, None).await.json();
    assert_eq!(rolled["rows"][0]["declared"], 1);
    assert_eq!(rolled["reported"][0]["code"], "H59.1");
    assert_eq!(rolled["missing"][0]["code"], "H59.1.1");
}

#[tokio::test]
async fn a_case_is_worked_by_the_unit_alone() {
    let world = World::new().await;
    let path = format!("/api/v1/cases/{}", world.case);
    let case = world.call_as("officer.b", Method::GET, &path, None).await.json();
    assert_eq!(case["case"]["state"], "opened");
    assert!(!case.to_string().contains("queries: info"), "no log line");
    let step = json!({ "step": "declare-clean", "note": "Cài lại máy", "version": case["case"]["version"] });
    let steps = format!("{path}/steps");
    let refused = world.call_as("coordinator.a", Method::POST, &steps, Some(&step)).await;
    assert_eq!(refused.status.as_u16(), 403);
    let done = world.call_as("officer.b", Method::POST, &steps, Some(&step)).await.json();
    assert_eq!(done["case"]["state"], "declared-clean", "{done}");
    assert_eq!(done["verification"]["state"], "waiting");
    let board = format!("/api/v1/campaigns/{}/board/{}", world.campaign, world.a);
    let board = world.call_as("auditor.a", Method::GET, &board, None).await.json();
    assert_eq!(board["action"][0]["handled_cases"], 1);
}

#[tokio::test]
async fn a_log_is_taken_back_and_devices_are_merged_and_split_by_the_unit_alone() {
    let world = World::new().await;
    let officer = "officer.b";
    let path = format!("/api/v1/cases/{}", world.case);
    let own = world.call_as(officer, Method::GET, &path, None).await.json();
    let (merge, split) = (format!("{path}/merge"), format!("{path}/split"));
    // Its own device is none to merge with, and nothing was merged that could be split.
    let itself = json!({ "device": own["case"]["device"]["id"] });
    for way in [&merge, &split] {
        let refused = world.call_as(officer, Method::POST, way, Some(&itself)).await;
        assert_eq!(refused.status.as_u16(), 422);
    }
    // A second device, sent by the unit's own program.
    let token = world.token(officer, world.b, &[Scope::SendSightings]).await;
    let indicator = own["sightings"][0]["indicator"].clone();
    let sent = json!({
        "campaign": world.campaign,
        "results": [{
            "log": { "file": "x.log", "sha256": "b".repeat(64), "lines_read": 5 },
            "sightings": [{ "device": "192.0.2.77", "indicator": indicator,
                "indicator_type": own["sightings"][0]["indicator_type"], "list": "x",
                "destination": indicator, "verdict": "connected", "count": 1,
                "last_seen": "2026-08-04T01:00:00Z",
                "evidence": { "offset": 0, "line_number": 1 } }]
        }]
    });
    let kept = world.post(&token, "/api/v1/sightings", &sent).await;
    assert_eq!(kept.status.as_u16(), 200, "{}", String::from_utf8_lossy(&kept.body));
    let cases = format!("/api/v1/campaigns/{}/units/{}/cases", world.campaign, world.b);
    let cases = world.call_as(officer, Method::GET, &cases, None).await.json();
    let is_new = |it: &&Value| it["device"]["label"] == "192.0.2.77";
    let other = cases["items"].as_array().unwrap().iter().find(is_new).unwrap().clone();
    let other = json!({ "device": other["device"]["id"] });
    let merged = world.call_as(officer, Method::POST, &merge, Some(&other)).await.json();
    assert_eq!(merged["case"]["device"]["merged"][0]["id"], other["device"], "{merged}");
    let parted = world.call_as(officer, Method::POST, &split, Some(&other)).await.json();
    assert_eq!(parted["case"]["device"]["merged"], json!([]));

    let source = format!("/api/v1/sources/{}", own["sightings"][0]["source"].as_str().unwrap());
    let denied = world.call_as("coordinator.a", Method::DELETE, &source, None).await;
    assert_eq!(denied.status.as_u16(), 403);
    let gone = world.call_as(officer, Method::DELETE, &source, None).await.json();
    assert_eq!(gone["sightings"], 1, "{gone}");
    assert_eq!(world.call_as(officer, Method::DELETE, &source, None).await.status.as_u16(), 404);
}

#[tokio::test]
async fn the_page_of_tokens_makes_one_that_reads_for_whoever_reads_themselves() {
    let world = World::new().await;
    let make = async |login: &str, scopes: &str| {
        let request = Request::post(format!("/tokens/{}", world.b))
            .header(header::COOKIE, cookie(login))
            .header("sec-fetch-site", "same-origin")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        let body = format!("label=x&scopes={scopes}");
        let answer = world.send(request.body(Body::from(body)).unwrap()).await;
        let page = String::from_utf8(answer.body).unwrap();
        let secret = page.split_once("lmst_").and_then(|(_, rest)| rest.split('<').next());
        (answer.status.as_u16(), secret.map(|it| format!("lmst_{it}")))
    };
    let (status, secret) = make("officer.b", "sightings%3Awrite+read").await;
    assert_eq!(status, 200);
    let me = world.get(&secret.unwrap(), "/api/v1/me").await.json();
    assert_eq!(me["scopes"], json!(["sightings:write", "read"]));
    let (_, secret) = make("administrator.b", "").await;
    let me = world.get(&secret.unwrap(), "/api/v1/me").await.json();
    assert_eq!(me["scopes"], json!(["sightings:write"]));
    assert_eq!(make("administrator.b", "read").await, (403, None));
}
