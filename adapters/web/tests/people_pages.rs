//! Pages of units and people, as a browser asks for them.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot be set up must fail")]
#![allow(clippy::large_futures, reason = "test bodies run once")]

mod world;

use axum::body::Body;
use axum::http::{Method, Request, StatusCode, header};
use world::{Answer, World, cookie};

fn text(answer: &Answer) -> String {
    String::from_utf8(answer.body.clone()).unwrap()
}

async fn get(world: &World, login: &str, path: &str) -> Answer {
    world.call_as(login, Method::GET, path, None).await
}

async fn submit(world: &World, login: &str, path: &str, form: &str) -> Answer {
    let request = Request::post(path)
        .header(header::COOKIE, cookie(login))
        .header("sec-fetch-site", "same-origin")
        .header(header::HOST, "lamsach.example")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    world.send(request.body(Body::from(form.to_owned())).unwrap()).await
}

async fn upload(world: &World, login: &str, table: &[u8]) -> Answer {
    let mut body =
        b"--x\r\nContent-Disposition: form-data; name=\"table\"; filename=\"a.csv\"\r\n\r\n"
            .to_vec();
    body.extend_from_slice(table);
    body.extend_from_slice(b"\r\n--x--\r\n");
    let request = Request::post("/units/import")
        .header(header::COOKIE, cookie(login))
        .header("sec-fetch-site", "same-origin")
        .header(header::CONTENT_TYPE, "multipart/form-data; boundary=x");
    world.send(request.body(Body::from(body)).unwrap()).await
}

/// The value of a hidden field.
fn field<'p>(page: &'p str, name: &str) -> &'p str {
    let rest = page.split(&format!("name=\"{name}\" value=\"")).nth(1).unwrap();
    rest.split('"').next().unwrap()
}

#[tokio::test]
async fn a_table_is_looked_at_confirmed_and_searched() {
    let world = World::new().await;
    let login = "administrator.a";
    let csv = "mã;tên;cấp trên;số người\r\nH59.7;Xã <b>Bảy</b>;H59;1.234\r\nH59.8;x;H99;\r\n";
    let shown = upload(&world, login, csv.as_bytes()).await;
    assert_eq!(shown.status, StatusCode::OK);
    let page = text(&shown);
    assert!(page.contains("Xã &#60;b&#62;Bảy&#60;/b&#62;"), "escaped");
    assert!(page.contains("Không có đơn vị cấp trên mang mã H99"));
    let form = format!("file={}&fingerprint={}", field(&page, "file"), field(&page, "fingerprint"));
    let other = submit(&world, "administrator.s", "/units/import/confirm", &form).await;
    assert_eq!(other.status, StatusCode::CONFLICT, "another person's plan is another plan");
    let done = submit(&world, login, "/units/import/confirm", &form).await;
    assert_eq!(done.header(header::LOCATION), "/units?notice=units-imported");
    let again = submit(&world, login, "/units/import/confirm", &form).await;
    assert_eq!(again.status, StatusCode::CONFLICT);
    let found = text(&get(&world, login, "/units?q=XA%20bay").await);
    assert!(found.contains("H59.7") && found.contains("1.234"));
    let hidden = text(&get(&world, "administrator.b", "/units?q=xa%20bay").await);
    assert!(!hidden.contains("H59.7"));

    let latin = upload(&world, login, b"ma,ten,cap tren\nH1,\xd0\xf5n,H59\n").await;
    assert_eq!(latin.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(text(&latin).contains("Windows-1258"));
    let large = upload(&world, login, &vec![b'a'; (8 << 20) + 100]).await;
    assert_eq!(large.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(text(&large).contains("tối đa 8 MB"));
}

#[tokio::test]
async fn an_invitation_is_printed_typed_and_accepted() {
    let world = World::new().await;
    let path = format!("/units/{}/people", world.b);
    let form = "name=L%C3%AA+V%C4%83n+M%E1%BA%ABu&position=&role=officer";
    let printed = submit(&world, "administrator.b", &format!("{path}/invite"), form).await;
    assert_eq!(printed.status, StatusCode::OK);
    let page = text(&printed);
    assert!(page.contains("http://lamsach.example/invitation"));
    let code = page.split("<strong>").nth(1).unwrap().split('<').next().unwrap().to_owned();
    assert_eq!(code.len(), 23);

    let typed = code.to_lowercase().replace('-', "");
    let request = |path: &str| Request::get(path).body(Body::empty()).unwrap();
    let asked = world.send(request(&format!("/invitation?code={typed}"))).await;
    assert_eq!(asked.header(header::LOCATION), format!("/invitation/{typed}"));
    let offered = world.send(request(&format!("/invitation/{typed}"))).await;
    assert!(text(&offered).contains("Lê Văn Mẫu"));
    let unknown = world.send(request("/invitation/AAAAA-AAAAA-AAAAA-AAAAA")).await;
    assert_eq!(unknown.status, StatusCode::NOT_FOUND);
    let accept = |form: &'static str| {
        Request::post(format!("/invitation/{typed}"))
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Body::from(form))
            .unwrap()
    };
    let weak = world.send(accept("name=A&login=le.mau&password=ng")).await;
    assert_eq!(weak.status, StatusCode::UNPROCESSABLE_ENTITY);
    let done = world.send(accept("name=A&login=le.mau&password=mot+cau+rat+dai")).await;
    assert_eq!(done.header(header::LOCATION), "/?notice=invitation-accepted");
    assert!(done.header(header::SET_COOKIE).starts_with("lamsach_session=lmss_"));
    let used = world.send(accept("name=A&login=le.mau2&password=mot+cau+rat+dai")).await;
    assert_eq!(used.status, StatusCode::NOT_FOUND);
    let listed = text(&get(&world, "administrator.b", &path).await);
    assert!(listed.contains("le.mau"));
    assert!(!listed.contains(&code), "the code is shown once");
    let audit = format!("/units/{}/audit?check=1", world.b);
    let audit = text(&get(&world, "auditor.b", &audit).await);
    assert!(audit.contains("Nhận lời mời") && audit.contains("Nhật ký toàn vẹn"));
}

#[tokio::test]
async fn every_page_is_whole_in_both_languages() {
    let world = World::new().await;
    let b = world.b;
    for path in [
        "/units".to_owned(),
        "/units?q=truong".to_owned(),
        format!("/units/{b}"),
        format!("/units/{b}/people"),
        format!("/units/{b}/audit?check=1"),
        "/units/import".to_owned(),
        "/account".to_owned(),
        "/invitation".to_owned(),
        "/invitation/AAAAA".to_owned(),
    ] {
        for language in ["vi", "en"] {
            let cookies = format!("{}; lamsach_language={language}", cookie("administrator.b"));
            let request = Request::get(&path).header(header::COOKIE, cookies);
            let page = text(&world.send(request.body(Body::empty()).unwrap()).await);
            assert!(page.contains(&format!("<html lang=\"{language}\">")), "{path}");
            assert!(!page.contains('⟦'), "{path} {language}: a message is missing");
            assert!(!page.contains("style="), "{path}: the policy allows no inline style");
        }
    }
}
