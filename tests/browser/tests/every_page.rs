//! Every page at the width of a phone and of a PC: axe finds nothing, nothing sticks out, no
//! message is missing, in both languages.

use browser_tests::{Browser, Engine, Portal};

#[tokio::test]
async fn every_page_of_an_officer_and_of_everybody_is_sound() {
    let portal = Portal::demo(Engine::Sqlite).await;
    let browser = Browser::open(true).await;
    browser.go(&portal.url("/")).await;
    browser.look_at("everybody-welcome").await;
    browser.follow("main a[href^='/c/']").await;
    browser.look_at("everybody-campaign").await;
    browser.go(&portal.url("/sign-in")).await;
    browser.look_at("everybody-sign-in").await;
    browser.go(&portal.url("/no-such-page")).await;
    browser.look_at("everybody-not-found").await;

    browser.sign_in(&portal.address, "xa.canbo", Portal::PASSWORD).await;
    browser.look_at("officer-home").await;
    browser.follow("a[href*='/letter/']").await;
    let sections = browser.hrefs("nav.sections a").await;
    walk(&portal, &browser, "officer", &sections).await;
    walk(&portal, &browser, "officer", &browser.hrefs("nav.tabs a").await).await;
    // A figure that is emptied says so at once and after it was saved.
    let report = sections.iter().find(|it| it.contains("/report/")).unwrap();
    browser.go(&portal.url(report)).await;
    let blank = ".left-blank:not([hidden])";
    assert_eq!(browser.count(blank).await, 0);
    let figure = browser.find("input[name='declared.informed']").await;
    figure.send_keys("\u{E003}\u{E003}\u{E017}\u{E017}").await.unwrap();
    assert_eq!(browser.count(blank).await, 1);
    browser.submit("form[data-autosave] .actions button").await;
    assert_eq!(browser.count(blank).await, 1);
    browser.look_at("officer-report-blank").await;
    browser.submit(".left-blank:not([hidden]) button").await;
    assert_eq!(browser.count(blank).await, 0);

    // The unit whose cases and report stand in every state.
    browser.sign_in(&portal.address, &portal.busy_officer(), Portal::PASSWORD).await;
    browser.look_at("busy-home").await;
    browser.follow("a[href*='/letter/']").await;
    let sections = browser.hrefs("nav.sections a").await;
    walk(&portal, &browser, "busy", &sections).await;
    let cases = sections.iter().find(|it| it.contains("/cases/")).unwrap();
    browser.go(&portal.url(cases)).await;
    browser.follow("tbody th a").await;
    browser.look_at("busy-case").await;
    // A step that needs a note shows the case with the reason.
    browser.follow("nav.sections a[href*='/cases/']").await;
    browser.follow("tr:has(.badge.bad) th a").await;
    browser.find("button[name=step][value=mark-false-positive]").await.click().await.unwrap();
    browser.find("main [role=alert]").await;
    browser.look_at("busy-case-refused").await;
    browser.find("details summary").await.click().await.unwrap();
    browser.find("#other option:nth-child(2)").await.click().await.unwrap();
    browser.look_at("busy-case-merging").await;
    browser.submit("form[action$='/merge'] button").await;
    browser.look_at("busy-case-merged").await;
    browser.submit("form[action$='/split'] button").await;
    let logs = sections.iter().find(|it| it.contains("/logs/")).unwrap();
    browser.go(&portal.url(logs)).await;
    browser.follow("a[href$='/take-back']").await;
    browser.look_at("busy-take-back").await;
    browser.close().await;
}

#[tokio::test]
async fn every_page_of_the_focal_unit_is_sound() {
    let portal = Portal::demo(Engine::Sqlite).await;
    let browser = Browser::open(true).await;
    for login in ["dieuphoi", "quantri", "giamsat", "lanhdao"] {
        browser.sign_in(&portal.address, login, Portal::PASSWORD).await;
        browser.look_at(&format!("{login}-home")).await;
        let tabs = browser.hrefs("nav.tabs a").await;
        walk(&portal, &browser, login, &tabs).await;
    }
    // The pages behind the tabs, as the administrator sees them.
    browser.sign_in(&portal.address, "quantri", Portal::PASSWORD).await;
    browser.go(&portal.url("/units")).await;
    let unit = browser.href("main a[href^='/units/0']").await;
    let unit = unit.split(['?', '#']).next().unwrap_or_default();
    for page in ["", "/people", "/audit"] {
        browser.go(&portal.url(&format!("{unit}{page}"))).await;
        browser.look_at(&format!("unit{}", page.replace('/', "-"))).await;
    }
    for page in ["/units/import", "/account", "/invitation"] {
        browser.go(&portal.url(page)).await;
        browser.look_at(&page.trim_start_matches('/').replace('/', "-")).await;
    }

    browser.sign_in(&portal.address, "dieuphoi", Portal::PASSWORD).await;
    let new = browser.href("a[href^='/campaigns/new/']").await;
    browser.go(&portal.url(&new)).await;
    browser.look_at("dieuphoi-new").await;
    browser.go(&portal.url("/")).await;
    browser.follow("a[href*='/board/']").await;
    let sections = browser.hrefs("nav.sections a").await;
    walk(&portal, &browser, "dieuphoi", &sections).await;
    let board = sections.iter().find(|it| it.contains("/board/")).unwrap();
    browser.go(&portal.url(board)).await;
    browser.follow("a[href*='choose=unreported']").await;
    let boxes = browser.count("input[name=receipts]").await;
    assert_eq!(browser.count("input[name=receipts]:checked").await, boxes);
    browser.look_at("dieuphoi-board-chosen").await;
    browser.go(&portal.url(board)).await;
    browser.follow("a[href*='show=submitted']").await;
    browser.look_at("dieuphoi-board-submitted").await;

    // In English too, on the widest page.
    browser.submit("button[name=language][value=en]").await;
    assert_eq!(browser.count("html[lang=en]").await, 1);
    walk(&portal, &browser, "english", &sections).await;
    browser.close().await;
}

#[tokio::test]
async fn an_empty_portal_is_set_up_without_script_and_by_keyboard() {
    let portal = Portal::empty(Engine::Sqlite).await;
    let browser = Browser::open(false).await;
    browser.go(&portal.url("/")).await;
    assert_eq!(browser.path().await, "/first-run");
    browser.type_keys("\u{E004}").await;
    assert_eq!(browser.focused().await, "#main", "the first Tab stop skips to the content");
    browser.fill("[name=unit_name]", "Sở Thử nghiệm").await;
    browser.fill("[name=unit_code]", "H99.1").await;
    browser.fill("[name=name]", "Người Thử Nghiệm").await;
    browser.fill("[name=login]", "quan.tri").await;
    browser.fill("[name=password]", "một câu dài dễ nhớ").await;
    // Enter sends the form.
    browser.find("[name=password]").await.send_keys("\u{E007}").await.unwrap();
    browser.find("nav.tabs").await;
    assert_eq!(browser.path().await, "/");
    browser.close().await;
    // The first page leads on from there.
    let browser = Browser::open(true).await;
    browser.sign_in(&portal.address, "quan.tri", "một câu dài dễ nhớ").await;
    assert_eq!(browser.count("ol.numbered > li").await, 4);
    browser.look_at("new-portal-home").await;
    browser.close().await;
}

async fn walk(portal: &Portal, browser: &Browser, who: &str, paths: &[String]) {
    for path in paths.iter().filter(|it| it.as_str() != "/") {
        browser.go(&portal.url(path)).await;
        let section = path.split('/').find(|it| is_word(it)).unwrap_or("page").to_owned();
        browser.look_at(&format!("{who}-{section}")).await;
    }
}

/// The part of a path that names a section rather than a thing.
fn is_word(part: &str) -> bool {
    !part.is_empty() && part != "campaigns" && part.len() < 30
}
