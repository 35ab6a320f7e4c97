//! The product's main job, as people do it: an officer finds, cleans and reports; the leader
//! approves; the focal unit takes note and downloads the roll-up.

use std::io::{Cursor, Read};

use browser_tests::{Browser, Engine, Portal};

const OFFICER: &str = "xa.canbo";
const LEADER: &str = "xa.lanhdao";
const COORDINATOR: &str = "dieuphoi";

#[tokio::test]
async fn the_main_job_is_done_on_sqlite() {
    main_job(Engine::Sqlite).await;
}

#[tokio::test]
async fn the_main_job_is_done_on_postgresql() {
    main_job(Engine::Postgres).await;
}

async fn main_job(engine: Engine) {
    let portal = Portal::demo(engine).await;
    let browser = Browser::open(true).await;

    // The officer reads the letter, acknowledges it and launches the campaign.
    browser.sign_in(&portal.address, OFFICER, Portal::PASSWORD).await;
    browser.follow("a[href*='/letter/']").await;
    let letter = browser.path().await;
    browser.submit("form[action$='/acknowledge'] button").await;
    browser.submit("form[action$='/launch'] button").await;

    // Two logs are dropped in: exactly the planted devices are seen.
    browser.follow("nav.sections a[href*='/logs/']").await;
    browser.fill("#site", "Trụ sở").await;
    browser.choose_files("#log", &portal.logs()).await;
    browser.click("[name=consent]").await;
    browser.submit("form[data-upload] .actions button:not([type])").await;
    assert_eq!(browser.texts("#checked li").await.len(), 2, "what became of each file");
    browser.look_at("main-job-logs-checked").await;
    browser.follow("nav.sections a[href*='/cases/']").await;
    // A device that a log names stands by its name, with its address beside it.
    let devices = browser.texts("tbody th").await;
    let infected = portal.infected_devices();
    assert_eq!(devices.len(), infected.len(), "{devices:?}");
    for address in infected {
        let is_it = |device: &String| device.split([' ', ',', '\n']).any(|it| it == address);
        assert!(devices.iter().any(is_it), "{address} is not among {devices:?}");
    }

    // The same logs again change nothing.
    browser.follow("nav.sections a[href*='/logs/']").await;
    browser.choose_files("#log", &portal.logs()).await;
    browser.click("[name=consent]").await;
    browser.submit("form[data-upload] .actions button:not([type])").await;
    browser.follow("nav.sections a[href*='/cases/']").await;
    assert_eq!(browser.texts("tbody th a").await.len(), devices.len());

    // Each case is worked until the device is declared clean.
    for device in 0..devices.len() {
        browser.follow_nth("tbody th a", device).await;
        assert!(browser.count("pre").await > 0, "the evidence line is shown to its own unit");
        for step in ["notify", "start-cleaning", "declare-clean"] {
            browser.fill("#note", "Đã quét và gỡ bằng công cụ xử lý mã độc.").await;
            browser.submit(&format!("button[name=step][value={step}]")).await;
        }
        browser.follow("nav.sections a[href*='/cases/']").await;
    }

    // The report is filled already; the officer adds words and a figure that differs.
    browser.follow("nav.sections a[href*='/report/']").await;
    let report = browser.path().await;
    assert_eq!(browser.value("input[name='declared.informed']").await, "1");
    browser.fill("#assessment", "Đã triển khai đến toàn thể cán bộ, công chức.").await;
    browser.fill("#proposals", "Đề nghị tập huấn thêm.").await;
    browser.submit("form[data-autosave] .actions button").await;
    assert_eq!(browser.count("button[value=approve]").await, 0, "nobody approves their own report");

    // The leader approves and submits.
    browser.sign_in(&portal.address, LEADER, Portal::PASSWORD).await;
    browser.go(&portal.url(&report)).await;
    browser.submit("button[value=approve]").await;
    browser.submit("button[value=submit]").await;

    // The focal unit takes note, sees who is missing and downloads the roll-up.
    browser.sign_in(&portal.address, COORDINATOR, Portal::PASSWORD).await;
    browser.go(&portal.url(&report)).await;
    assert_eq!(browser.count("button[value=approve]").await, 0, "approval is the unit's own");
    browser.submit("button[value=note]").await;
    browser.go(&portal.url("/")).await;
    browser.follow("a[href*='/board/']").await;
    browser.follow("nav.sections a[href*='/roll-up/']").await;
    let page = browser.text().await;
    let docx = browser.href("a[href$='.docx']").await;
    let document = document_text(&browser.download(&portal, &docx).await);
    for words in ["Đã triển khai đến toàn thể cán bộ, công chức.", "Đề nghị tập huấn thêm."]
    {
        assert!(document.contains(words), "`{words}` is missing in the document");
        assert!(page.contains(words), "`{words}` is missing on the page");
    }
    assert!(document.contains("TÀI LIỆU MINH HỌA – KHÔNG CÓ GIÁ TRỊ PHÁP LÝ"));

    // The focal unit collects reports by mandate; cases and log lines stay with the unit.
    browser.go(&portal.url(&letter.replace("/letter/", "/cases/"))).await;
    assert_eq!(browser.count("tbody, pre").await, 0, "no case of a sibling is shown");
    browser.close().await;
}

/// All text of a DOCX.
fn document_text(docx: &[u8]) -> String {
    let mut archive = zip::ZipArchive::new(Cursor::new(docx)).expect("a DOCX is a ZIP file");
    let mut text = String::new();
    let parts: Vec<String> = archive.file_names().map(str::to_owned).collect();
    for part in parts.iter().filter(|it| is_content(it)) {
        let mut xml = String::new();
        let mut part = archive.by_name(part).expect("a part that was listed");
        part.read_to_string(&mut xml).expect("XML is text");
        let mut is_tag = false;
        for c in xml.chars() {
            match c {
                '<' => is_tag = true,
                '>' => is_tag = false,
                _ if !is_tag => text.push(c),
                _ => {}
            }
        }
        text.push('\n');
    }
    text
}

/// Whether a part of a DOCX holds words: the body, headers and footers.
fn is_content(part: &str) -> bool {
    ["word/document", "word/header", "word/footer"].iter().any(|it| part.starts_with(it))
}
