//! Logs matched in the officer's own browser: the same as outside of it, and nothing of the log leaves.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "test helpers may panic")]

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{BufWriter, Write as _};
use std::net::Ipv4Addr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use browser_tests::{Browser, Engine, Portal, Recorder};
use serde_json::Value;

const OFFICER: &str = "xa.canbo";
const START: &str = "form[data-upload] .actions button:not([type])";
/// Compares what two ways of matching say of one sighting.
const SAID: [&str; 7] =
    ["device", "indicator", "verdict", "count", "first_seen", "last_seen", "destination"];

/// The officer on the page of logs.
async fn at_logs(browser: &Browser, address: &str) -> String {
    browser.sign_in(address, OFFICER, Portal::PASSWORD).await;
    browser.follow("a[href*='/letter/']").await;
    browser.follow("nav.sections a[href*='/logs/']").await;
    browser.path().await
}

/// An inventory of every address in a log, with a row that is wrong and one of a device that is in no log.
fn inventory(log: &Path, folder: &Path) -> PathBuf {
    let text = fs::read_to_string(log).unwrap();
    let words = text.split(|it: char| !it.is_ascii_digit() && it != '.');
    let addresses: BTreeSet<Ipv4Addr> = words.filter_map(|it| it.parse().ok()).collect();
    let devices = addresses.into_iter().filter(Ipv4Addr::is_private).enumerate();
    let rows: Vec<String> = devices.map(|(number, it)| format!("{it},MAY-{number}\n")).collect();
    let table = format!("ip,name\n10.0.0,SAI\n10.255.255.1,KHONG-LIEN-QUAN\n{}", rows.concat());
    let path = folder.join("danh-muc.csv");
    fs::write(&path, table).unwrap();
    path
}

/// Half of a log, packed: another log to the portal.
fn packed_half(log: &Path, folder: &Path) -> PathBuf {
    let text = fs::read_to_string(log).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    let half = folder.join("nua-dau.log");
    fs::write(&half, lines[..lines.len() / 2].join("\n")).unwrap();
    assert!(Command::new("gzip").arg(&half).status().unwrap().success());
    folder.join("nua-dau.log.gz")
}

/// Pieces of a file that would be seen among sent bytes if the file were, in whatever frame.
fn pieces(file: &Path) -> Vec<Vec<u8>> {
    let bytes = fs::read(file).unwrap();
    bytes.chunks(64).step_by(7).filter(|it| it.len() == 64).map(<[u8]>::to_vec).collect()
}

fn holds(bytes: &[u8], piece: &[u8]) -> bool {
    bytes.windows(piece.len()).any(|it| it == piece)
}

fn said(sighting: &Value) -> String {
    let facts: Vec<String> = SAID.map(|it| sighting[it].to_string()).into();
    let place = &sighting["evidence"];
    format!("{} {} {}", facts.join(" "), place["offset"], place["line_number"])
}

#[tokio::test]
async fn sightings_are_those_of_the_program_and_no_byte_of_a_log_leaves() {
    let portal = Portal::demo_with_module(Engine::Sqlite).await;
    let recorder = Recorder::before(&portal.address);
    let browser = Browser::open(true).await;
    let page = at_logs(&browser, &recorder.address).await;
    assert_eq!(browser.count("[data-here]:not([hidden])").await, 1);
    assert_eq!(browser.count("[data-uploading]:not([hidden])").await, 0);
    assert!(browser.text().await.contains("Nhật ký không rời khỏi máy này."));
    browser.look_at("logs-here").await;

    let folder = tempfile::tempdir().unwrap();
    let mut logs = portal.logs();
    logs.push(packed_half(&logs[0], folder.path()));
    browser.fill("#site", "Trụ sở").await;
    browser.choose_files("#log", &logs).await;
    recorder.take();
    browser.submit(START).await;
    assert_eq!(browser.texts("#checked li").await.len(), 3, "what became of each file");
    browser.look_at("logs-here-checked").await;

    // Not one piece of a log went up, packed or unpacked; its name did.
    let sent = recorder.take();
    let size: u64 = logs.iter().map(|it| fs::metadata(it).unwrap().len()).sum();
    assert!(holds(&sent, b"nua-dau.log.gz") && holds(&sent, b"\"sightings\""));
    assert!(holds(&fs::read(&logs[0]).unwrap(), &pieces(&logs[0])[0]), "the search finds");
    for log in &logs {
        for piece in pieces(log) {
            let shown = String::from_utf8_lossy(&piece);
            assert!(!holds(&sent, &piece), "{}: {shown}", log.display());
        }
    }
    assert!((sent.len() as u64) < size / 4, "{} bytes of {size}", sent.len());

    // The lines are on the page, from this browser, and gone with the session.
    assert_eq!(browser.count("[data-line] pre").await, browser.count("[data-line]").await);
    assert!(browser.count("[data-line] pre").await > 0);

    // What the portal keeps is what the program says.
    let api = format!("/api/v1{}", page.replace("/logs/", "/units/"));
    let list = folder.path().join("list.csv");
    let lists = page.replace("/logs/", "/letter/");
    browser.go(&format!("{}{lists}", recorder.address)).await;
    let list_path = browser.href("a[href*='/lists/']").await;
    fs::write(&list, browser.download(&portal, &list_path).await).unwrap();
    let kept = browser.download(&portal, &format!("{api}/sightings?limit=1000")).await;
    let kept: Value = serde_json::from_slice(&kept).unwrap();
    let sources = browser.download(&portal, &format!("{api}/sources?limit=1000")).await;
    let sources: Value = serde_json::from_slice(&sources).unwrap();
    let devices = |file: &str| {
        let of_log = sources["items"].as_array().unwrap().iter().find(|it| it["file"] == file);
        let source = of_log.unwrap_or_else(|| panic!("{file} was not kept"))["id"].clone();
        let items = kept["items"].as_array().unwrap().iter();
        items.filter(move |it| it["source"] == source).cloned().collect::<Vec<_>>()
    };
    for log in &logs {
        let name = log.file_name().unwrap().to_str().unwrap();
        let by_program = portal.match_log(&list, log);
        // The portal knows a device by whatever any log calls it.
        let (mut devices_of_program, mut devices_of_portal) = (BTreeSet::new(), BTreeSet::new());
        let mut expected: Vec<String> = by_program
            .into_iter()
            .filter(|it| it.get("device").is_some())
            .map(|mut it| {
                devices_of_program.insert(it["device"].take().to_string());
                said(&it)
            })
            .collect();
        let mut found: Vec<String> = devices(name)
            .into_iter()
            .map(|mut it| {
                devices_of_portal.insert(it["device"].take().to_string());
                said(&it)
            })
            .collect();
        expected.sort();
        found.sort();
        assert!(!expected.is_empty());
        assert_eq!(found, expected, "{name}");
        assert_eq!(devices_of_portal.len(), devices_of_program.len(), "{name}");
    }

    // The same logs again change nothing.
    browser.go(&format!("{}{page}", recorder.address)).await;
    let before = browser.texts("#findings tbody, #sources tbody th").await;
    browser.fill("#site", "Trụ sở").await;
    browser.choose_files("#log", &logs).await;
    browser.submit(START).await;
    assert_eq!(browser.texts("#findings tbody, #sources tbody th").await, before);

    // With an inventory findings carry names of devices; a row that was refused is told before the page goes on, and
    // nothing of the inventory but those names leaves.
    browser.go(&format!("{}{page}", recorder.address)).await;
    let inventory = inventory(&logs[0], folder.path());
    browser.fill("#site", "Trụ sở").await;
    browser.choose_files("#names", std::slice::from_ref(&inventory)).await;
    browser.choose_files("#log", &logs[..1]).await;
    recorder.take();
    browser.click(START).await;
    let on = browser.find(".upload-outcomes a").await;
    let told = browser.texts(".upload-outcomes li").await;
    assert!(told[1].starts_with("danh-muc.csv: Dòng 2: Không phải địa chỉ IP"), "{told:?}");
    browser.look_at("logs-here-names").await;
    assert!(!holds(&recorder.take(), b"KHONG-LIEN-QUAN"));
    on.click().await.unwrap();
    browser.find("#checked").await;
    let names = browser.texts("#findings .of-device").await;
    assert!(names.iter().any(|it| it.contains("MAY-")), "{names:?}");

    // What is no such file is told, and no log is matched without it.
    let story = folder.path().join("loi-ke-chuyen.txt");
    fs::write(&story, "chuyện kể bên lề\n".repeat(200)).unwrap();
    browser.choose_files("#names", &[story]).await;
    browser.choose_files("#log", &logs[..1]).await;
    browser.click(START).await;
    browser.find(".upload-outcomes li").await;
    let told = browser.texts(".upload-outcomes li").await.concat();
    assert!(told.contains("Chưa đối chiếu tệp nhật ký nào"), "{told}");

    // An empty log and one that no program writes are told in words.
    browser.go(&format!("{}{page}", recorder.address)).await;
    let (empty, words) = (folder.path().join("rong.log"), folder.path().join("loi-ke.txt"));
    fs::write(&empty, "").unwrap();
    fs::write(&words, "chuyện kể bên lề\n".repeat(200)).unwrap();
    browser.choose_files("#log", &[empty, words]).await;
    browser.click(START).await;
    browser.find(".upload-outcomes li:nth-child(2)").await;
    let told = browser.texts(".upload-outcomes li").await;
    assert!(told[0].contains("rong.log: Tệp rỗng"), "{told:?}");
    assert!(told[1].starts_with("loi-ke.txt: "), "{told:?}");

    // Whoever comes next in this browser finds no line.
    browser.sign_in(&recorder.address, "dieuphoi", Portal::PASSWORD).await;
    let kept = "return sessionStorage.getItem('lamsach-lines')";
    assert_eq!(browser.client().execute(kept, Vec::new()).await.unwrap(), Value::Null);
    browser.close().await;
}

#[tokio::test]
async fn a_check_in_the_browser_is_stopped_and_can_be_an_upload_instead() {
    let portal = Portal::demo_with_module(Engine::Sqlite).await;
    let recorder = Recorder::before(&portal.address);
    let browser = Browser::open(true).await;
    let page = at_logs(&browser, &recorder.address).await;
    let folder = tempfile::tempdir().unwrap();
    let large = folder.path().join("lon.log");
    let log = fs::read(&portal.logs()[0]).unwrap();
    let mut file = BufWriter::new(File::create(&large).unwrap());
    for _ in 0..(600 << 20) / log.len() {
        file.write_all(&log).unwrap();
    }
    file.flush().unwrap();
    browser.choose_files("#log", &[large]).await;
    recorder.take();
    browser.click(START).await;
    let is_matching = || async {
        let words = browser.texts(".upload-words").await.concat();
        words.contains("Đang đối chiếu trên máy này: lon.log")
    };
    for _ in 0..300 {
        if is_matching().await {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    browser.look_at("logs-here-matching").await;
    browser.click(".upload-cancel").await;
    let told = browser.texts(".upload-outcomes li").await.concat();
    assert!(told.contains("Đã dừng"), "{told}");
    assert!(recorder.take().len() < 100_000, "nothing was sent");

    // By upload, with consent, at the officer's own wish.
    browser.go(&format!("{}{page}", recorder.address)).await;
    browser.click("[data-here] summary").await;
    browser.click("[data-upload-instead]").await;
    browser.choose_files("#log", &portal.logs()[..1]).await;
    browser.click("[name=consent]").await;
    browser.submit(START).await;
    assert_eq!(browser.texts("#checked li").await.len(), 1);
    assert!(holds(&recorder.take(), &pieces(&portal.logs()[0])[0]), "now it was uploaded");
    browser.close().await;
}

#[tokio::test]
async fn without_javascript_or_without_the_module_logs_are_uploaded_with_consent() {
    let portal = Portal::demo_with_module(Engine::Sqlite).await;
    let browser = Browser::open(false).await;
    at_logs(&browser, &portal.address).await;
    assert_eq!(browser.count("[data-here]:not([hidden])").await, 0);
    assert!(browser.text().await.contains("JavaScript"), "why it is an upload");
    browser.choose_files("#log", &portal.logs()).await;
    // Without consent the browser sends nothing.
    browser.click(START).await;
    assert_eq!(browser.count("#checked").await, 0);
    browser.click("[name=consent]").await;
    browser.submit(START).await;
    assert_eq!(browser.texts("#checked li").await.len(), 2);

    // Files of names are read there too: one that is none stops the check, of another each refused row is told.
    let folder = tempfile::tempdir().unwrap();
    let story = folder.path().join("loi-ke-chuyen.txt");
    fs::write(&story, "chuyện kể bên lề\n".repeat(200)).unwrap();
    let page = browser.path().await;
    browser.choose_files("#names", &[story]).await;
    browser.choose_files("#log", &portal.logs()[..1]).await;
    browser.click("[name=consent]").await;
    browser.submit(START).await;
    let told = browser.text().await;
    assert!(told.contains("loi-ke-chuyen.txt: không phải dạng tệp"), "{told}");
    browser.go(&format!("{}{page}", portal.address)).await;
    browser.choose_files("#names", &[inventory(&portal.logs()[0], folder.path())]).await;
    browser.choose_files("#log", &portal.logs()[..1]).await;
    browser.click("[name=consent]").await;
    browser.submit(START).await;
    let told = browser.texts("#checked li").await.concat();
    assert!(told.contains("Dòng 2: Không phải địa chỉ IP"), "{told}");
    let names = browser.texts("#findings .of-device").await;
    assert!(names.iter().any(|it| it.contains("MAY-")), "{names:?}");
    browser.close().await;
    drop(portal);

    let portal = Portal::demo(Engine::Sqlite).await;
    let browser = Browser::open(true).await;
    at_logs(&browser, &portal.address).await;
    assert!(browser.text().await.contains("chưa có phần đối chiếu"), "why it is an upload");
    browser.choose_files("#log", &portal.logs()).await;
    browser.click("[name=consent]").await;
    browser.submit(START).await;
    assert_eq!(browser.texts("#checked li").await.len(), 2);

    // Names of devices go the same way.
    let folder = tempfile::tempdir().unwrap();
    browser.choose_files("#names", &[inventory(&portal.logs()[0], folder.path())]).await;
    browser.choose_files("#log", &portal.logs()[..1]).await;
    browser.click("[name=consent]").await;
    browser.click(START).await;
    browser.find(".upload-outcomes a").await.click().await.unwrap();
    browser.find("#checked").await;
    let names = browser.texts("#findings .of-device").await;
    assert!(names.iter().any(|it| it.contains("MAY-")), "{names:?}");
    browser.close().await;
}
