//! The clean-up tool's own pages, as an office worker uses them: look, clean, take back.

#![allow(clippy::unwrap_used, reason = "test helpers may panic")]

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use browser_tests::{Browser, Engine, Portal, Tool};
use tempfile::TempDir;

const MARK: &str = "lamsach-harmless-test-mark-7f3a";
const RISK: &str = "lamsach-harmless-risk-mark-7f3a";
const ODD: &str = "lamsach-harmless-odd-mark-7f3a";

/// A folder with harmless files that the rules beside it find.
fn world() -> TempDir {
    let world = tempfile::tempdir().unwrap();
    let rules = format!(
        "rule Sau_Thu_Nghiem {{ meta: description = \"Tệp thử vô hại\" strings: $a = \"{MARK}\" condition: $a }}
         rule Crack {{ meta: category = \"risk\" strings: $a = \"{RISK}\" condition: $a }}
         rule Odd {{ meta: score = 40 strings: $a = \"{ODD}\" condition: $a }}"
    );
    fs::create_dir_all(world.path().join("tệp/Tài liệu")).unwrap();
    fs::write(world.path().join("rules.yar"), rules).unwrap();
    let put =
        |name: &str, text: &str| fs::write(world.path().join("tệp").join(name), text).unwrap();
    put("báo cáo.pdf.exe", MARK);
    put("Tài liệu/keygen.exe", RISK);
    put("Tài liệu/lạ.js", ODD);
    put("Tài liệu/công văn.txt", "không có gì");
    let bad = world.path().join("tệp/báo cáo.pdf.exe");
    fs::set_permissions(bad, fs::Permissions::from_mode(0o640)).unwrap();
    world
}

fn state(path: &Path) -> (Vec<u8>, u32, std::time::SystemTime) {
    let metadata = fs::metadata(path).unwrap();
    (fs::read(path).unwrap(), metadata.permissions().mode(), metadata.modified().unwrap())
}

async fn look_clean_and_take_back(has_script: bool) {
    let world = world();
    let folder = world.path().join("tệp");
    let bad = folder.join("báo cáo.pdf.exe");
    let before = state(&bad);
    let mut tool = Tool::start(&world.path().join("rules.yar"), &world.path().join("store"));
    let browser = Browser::open(has_script).await;
    let name = |page: &str| format!("clean-window-{page}");
    // As the program opens it: a file in the person's own folder that leads there.
    let way = world.path().join("store/lamsach-clean.html");
    browser.go(url::Url::from_file_path(way).unwrap().as_str()).await;
    browser.find("form.choices").await;
    if has_script {
        browser.look_at(&name("start")).await;
    }
    browser.fill("#folder", &folder.display().to_string()).await;
    browser.submit("form.line button").await;
    arrives(&browser, ".findings").await;
    if has_script {
        browser.look_at(&name("found")).await;
    }
    let text = browser.text().await;
    for words in ["báo cáo.pdf.exe", "Sau_Thu_Nghiem", "keygen.exe", "lạ.js"] {
        assert!(text.contains(words), "{words} is missing: {text}");
    }
    assert_eq!(browser.count(".steps li").await, 1, "only what is certain is changed");
    assert!(bad.exists(), "looking changes nothing");

    browser.submit("form[action=clean] button").await;
    arrives(&browser, "form[action=undo]").await;
    if has_script {
        browser.look_at(&name("cleaned")).await;
    }
    assert!(!bad.exists());
    assert!(folder.join("Tài liệu/keygen.exe").exists(), "a risk is never removed");

    browser.submit("form[action=undo] button").await;
    arrives(&browser, ".result.open").await;
    assert_eq!(state(&bad), before, "taken back, byte for byte");
    browser.go_to("runs").await;
    if has_script {
        browser.look_at(&name("runs")).await;
        browser.go_to("no-such-page").await;
        browser.look_at(&name("missing")).await;
        browser.submit("form[action=language] button").await;
        assert_eq!(browser.count("html[lang=en]").await, 1);
    }
    browser.go_to("").await;
    browser.submit("form[action=start] button").await;
    browser.submit("form[action=close] button").await;
    if has_script {
        assert_eq!(browser.count("html[lang=en] form[action=start]").await, 0);
    }
    assert!(tool.ended().success());
    browser.close().await;
}

/// Waits for a page with this on it, by reloading as a person without script does.
async fn arrives(browser: &Browser, css: &str) {
    for _ in 0..600 {
        if browser.count(css).await > 0 {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        browser.go_to("").await;
    }
    panic!("{css} never came: {}", browser.text().await);
}

/// The files and bytes that were scanned; how much there is in all may be counted on.
async fn so_far(browser: &Browser) -> String {
    let text = browser.texts("#files").await.join(" ");
    text.split(['/', ';']).next().unwrap_or_default().trim_end_matches(" MB").to_owned()
}

#[tokio::test]
async fn an_office_worker_looks_cleans_and_takes_back() {
    look_clean_and_take_back(true).await;
}

#[tokio::test]
async fn it_works_without_script() {
    look_clean_and_take_back(false).await;
}

#[tokio::test]
async fn a_scan_is_held_goes_on_and_is_ended() {
    let world = world();
    let tool = Tool::start(&world.path().join("rules.yar"), &world.path().join("store"));
    let browser = Browser::open(true).await;
    browser.go(&tool.address).await;
    // Much more than what is scanned before the buttons are pressed.
    browser.fill("#folder", "/usr").await;
    browser.submit("form.line button").await;
    browser.submit("form[action=hold] button").await;
    browser.look_at("clean-window-held").await;
    // Files that were begun are finished.
    tokio::time::sleep(std::time::Duration::from_secs(3)).await;
    browser.go_to("").await;
    let held = so_far(&browser).await;
    tokio::time::sleep(std::time::Duration::from_secs(2)).await;
    browser.go_to("").await;
    assert_eq!(so_far(&browser).await, held, "a scan that is held does not go on");
    browser.submit("form[action=go-on] button").await;
    browser.look_at("clean-window-scanning").await;
    browser.submit("form[action=cancel] button").await;
    arrives(&browser, ".result").await;
    let text = browser.text().await;
    assert!(text.contains("đã dừng giữa chừng"), "what was not scanned is said: {text}");
    browser.look_at("clean-window-ended-early").await;
    browser.close().await;
}

#[tokio::test]
async fn the_address_works_once_and_for_one_browser() {
    let world = world();
    let tool = Tool::start(&world.path().join("rules.yar"), &world.path().join("store"));
    let first = Browser::open(true).await;
    first.go(&tool.address).await;
    assert!(first.count("form.choices").await > 0);
    let second = Browser::open(true).await;
    second.go(&tool.address).await;
    assert_eq!(second.count("form").await, 1, "nothing but the choice of a language");
    first.close().await;
    second.close().await;
}

#[tokio::test]
async fn a_result_is_sent_to_the_units_portal() {
    let portal = Portal::demo(Engine::Sqlite).await;
    let browser = Browser::open(true).await;
    browser.sign_in(&portal.address, "xa.canbo", Portal::PASSWORD).await;
    browser.go(&portal.url("/tokens")).await;
    browser.fill("form[action$='/codes'] input[name=label]", "Máy của xã").await;
    browser.submit("form[action$='/codes'] button").await;
    let code = browser.texts(".notice.good pre").await.remove(0);

    let world = world();
    let tool = Tool::start(&world.path().join("rules.yar"), &world.path().join("store"));
    browser.go(&tool.address).await;
    browser.fill("#folder", &world.path().join("tệp").display().to_string()).await;
    browser.submit("form.line button").await;
    arrives(&browser, ".findings").await;
    let send = async |portal: &str, code: &str| {
        browser.go_to("").await;
        browser.click("details:has(form[action=send]) summary").await;
        browser.fill("#portal", portal).await;
        browser.fill("#code", code).await;
        browser.submit("form[action=send] button").await;
        browser.text().await
    };
    // What went wrong is said, and nothing is lost by it.
    assert!(send(&portal.address, "AAAAA").await.contains("Mã đăng ký không đúng"));
    browser.look_at("clean-window-not-sent").await;
    assert!(send("http://127.0.0.1:1", &code).await.contains("127.0.0.1"));
    let told = send(&portal.address, &code).await;
    assert!(told.contains("cổng đã nhận kết quả"), "{told}");
    assert!(send(&portal.address, &code).await.contains("không tính thêm"));
    drop(tool);
    browser.close().await;
}
