//! The clean-up tool and its packs go out: to everybody as they are, to units with their code in the name.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may panic")]

mod world;

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use packs::SecretKey;
use results::EnrolmentCode;

use world::{Answer, LINUX_TOOL, WINDOWS_TOOL, World, cookie, pack, pack_key};

async fn get(world: &World, login: Option<&str>, path: &str) -> Answer {
    let mut request = Request::get(path);
    if let Some(login) = login {
        request = request.header(header::COOKIE, cookie(login));
    }
    // As a browser asks: it would take a compressed one.
    let request = request.header(header::ACCEPT_ENCODING, "gzip");
    world.send(request.body(Body::empty()).unwrap()).await
}

async fn wish(world: &World, body: &str) -> Answer {
    let path = format!("/campaigns/{}/scans/{}/program", world.campaign, world.b);
    let request = Request::post(path)
        .header(header::COOKIE, cookie("officer.b"))
        .header("sec-fetch-site", "same-origin")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    world.send(request.body(Body::from(body.to_owned())).unwrap()).await
}

/// The plain name in a download's header.
fn name_of(answer: &Answer) -> String {
    let header = answer.header(header::CONTENT_DISPOSITION);
    let name = header.split("filename=\"").nth(1).unwrap_or_else(|| panic!("{header}"));
    name.split('"').next().unwrap().to_owned()
}

#[tokio::test]
async fn everybody_gets_program_and_pack_without_a_code() {
    let world = World::new().await;
    let base = format!("/c/{}/tools/", world.slug);
    let program = get(&world, None, &format!("{base}lamsach-clean.exe")).await;
    assert_eq!((program.status, program.body.as_slice()), (StatusCode::OK, WINDOWS_TOOL));
    assert_eq!(name_of(&program), "lamsach-clean.exe");
    assert_eq!(program.header(header::CONTENT_LENGTH), WINDOWS_TOOL.len().to_string());
    let linux = get(&world, None, &format!("{base}lamsach-clean")).await;
    assert_eq!((name_of(&linux).as_str(), linux.body.as_slice()), ("lamsach-clean", LINUX_TOOL));
    let pack_file = get(&world, None, &format!("{base}pack")).await;
    assert_eq!(
        (name_of(&pack_file).as_str(), pack_file.body),
        ("thu-1.lspack", pack(1, &pack_key()))
    );
    let keys = get(&world, None, &format!("{base}keys")).await;
    assert_eq!(name_of(&keys), "lamsach-clean.keys");
    assert!(packs::TrustedKeys::parse(&keys.body).is_ok());
    assert_eq!(get(&world, None, &format!("{base}../x")).await.status, StatusCode::NOT_FOUND);
    let page = get(&world, None, &format!("/c/{}", world.slug)).await;
    assert_eq!(page.status, StatusCode::OK);
}

#[tokio::test]
async fn a_unit_gets_the_program_with_its_code_in_the_name() {
    let world = World::new().await;
    let first = wish(&world, "system=windows").await;
    assert_eq!((first.status, first.body.as_slice()), (StatusCode::OK, WINDOWS_TOOL));
    let name = name_of(&first);
    let code = EnrolmentCode::from_file_name(&name).unwrap();
    let renamed = name.replace(".exe", " (1).exe");
    assert_eq!(EnrolmentCode::from_file_name(&renamed).unwrap().public(), code.public());
    // The same code again, typed; another unit's code and what is none are refused.
    let again = wish(&world, &format!("system=linux&code={}", code.shown().to_lowercase())).await;
    assert_eq!(name_of(&again), format!("lamsach-clean-{}", code.shown()));
    let other = EnrolmentCode::from_random([9; 20]).shown();
    for body in [format!("system=linux&code={other}"), "system=linux&code=x".to_owned()] {
        assert_eq!(wish(&world, &body).await.status, StatusCode::UNPROCESSABLE_ENTITY, "{body}");
    }
    assert_eq!(wish(&world, "system=plan9").await.status, StatusCode::UNPROCESSABLE_ENTITY);
    // A result that is signed with it is taken.
    let result = results::ScanResult {
        made_at: world.portal().now(),
        device: results::Device { name: "PC-1".to_owned(), mark: String::new() },
        scope: "computer".to_owned(),
        verdict: "clean".to_owned(),
        complete: true,
        ..results::ScanResult::default()
    };
    let received = portal::scans::receive(world.portal(), code.sign(&result).as_bytes()).await;
    assert_eq!(received.unwrap().scan.unit_id, world.b);
}

#[tokio::test]
async fn only_packs_that_enough_trusted_keys_signed_are_taken_and_serials_never_go_back() {
    let world = World::new().await;
    let portal = world.portal();
    let coordinator = test_support::actor(portal, "coordinator.a").await;
    let other = SecretKey::from_seed([6; 32], "khac");
    let add = async |bytes: Vec<u8>, keys: Option<String>| {
        let keys = keys.as_ref().map(String::as_bytes);
        match portal::packs::add(portal, &coordinator, world.campaign, bytes, keys).await {
            Ok(record) => Ok(record.serial),
            Err(portal::PortalError::Invalid(problems)) => Err(problems[0].message),
            Err(error) => panic!("{error}"),
        }
    };
    let other_keys = || Some(other.public_file().to_json());
    assert_eq!(add(pack(2, &other), None).await, Err("problem-pack-untrusted"));
    // Whoever brings keys of their own does not replace those that are trusted.
    assert_eq!(add(pack(2, &other), other_keys()).await, Err("problem-pack-untrusted"));
    assert_eq!(add(pack(2, &pack_key()), Some("{}".to_owned())).await, Err("problem-pack-keys"));
    assert_eq!(add(b"not a pack".to_vec(), None).await, Err("problem-pack-damaged"));
    let mut cut = pack(2, &pack_key());
    cut.pop();
    assert_eq!(add(cut, None).await, Err("problem-pack-damaged"));
    assert_eq!(add(pack(3, &pack_key()), None).await, Ok(3));
    assert_eq!(add(pack(3, &pack_key()), None).await, Ok(3));
    assert_eq!(add(pack(2, &pack_key()), None).await, Err("problem-pack-older"));
    // Signed by old and new keys: from now on the new ones are asked.
    let both = packs::sign(&pack(4, &pack_key()), &other).unwrap();
    assert_eq!(add(both, other_keys()).await, Ok(4));
    assert_eq!(add(pack(5, &pack_key()), None).await, Err("problem-pack-untrusted"));
    assert_eq!(add(pack(5, &other), None).await, Ok(5));
    // Taken back: nothing is offered, other keys may be brought, and the serial still goes on.
    let newest = portal::packs::for_everybody(portal, &world.slug).await.unwrap().unwrap();
    assert_eq!(newest.serial, 5);
    portal::packs::withdraw(portal, &coordinator, world.campaign, newest.id).await.unwrap();
    assert!(portal::packs::for_everybody(portal, &world.slug).await.unwrap().is_none());
    let page = get(&world, None, &format!("/c/{}/tools/pack", world.slug)).await;
    assert_eq!(page.status, StatusCode::NOT_FOUND);
    assert_eq!(add(pack(5, &pack_key()), None).await, Err("problem-pack-no-keys"));
    let keys = || Some(pack_key().public_file().to_json());
    assert_eq!(add(pack(5, &pack_key()), keys()).await, Err("problem-pack-older"));
    assert_eq!(add(pack(6, &pack_key()), keys()).await, Ok(6));
}
