//! `lamsach match --send`: the real program and a served portal on this machine.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "test helpers may panic")]

use std::fs;
use std::io::Write as _;
use std::net::TcpListener;
use std::process::{Command, Stdio};
use std::sync::Arc;

use portal::records::SightingRecord;
use portal::tokens::Scope;
use tempfile::TempDir;
use test_support::{Engine, TestPortal, World};
use web::{AppState, Listen};

const LOG: &str = "\
20-Aug-2026 08:00:01.000 queries: info: client @0x7f 192.0.2.21#5000 (c2.malware.example): query: c2.malware.example IN A + (192.0.2.53)
20-Aug-2026 08:00:02.000 queries: info: client @0x7f 192.0.2.22#5000 (good.example): query: good.example IN A + (192.0.2.53)
20-Aug-2026 08:00:03.000 queries: info: client @0x7f 192.0.2.21#5000 (x.c2.malware.example): query: x.c2.malware.example IN A + (192.0.2.53)
";

/// A world that is served, and a folder with a list and logs.
struct Served {
    world: World,
    address: String,
    token: String,
    folder: TempDir,
}

struct Ran {
    status: Option<i32>,
    out: String,
    err: String,
}

impl Served {
    async fn on(engine: Engine) -> Self {
        let world = World::on(TestPortal::on(engine).await).await;
        let token = world.token("officer.b", world.b, &[Scope::SendSightings]).await;
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let portal = Arc::new(world.portal().clone());
        let state =
            AppState { portal, secure_cookies: false, module: None, tools: web::Tools::default() };
        tokio::spawn(web::serve(state, listener, Listen::Http, std::future::pending()));
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("list.txt"), "c2.malware.example\n").unwrap();
        fs::write(folder.path().join("dns.log"), LOG).unwrap();
        Self { world, address, token, folder }
    }

    /// The program with the token in its environment.
    async fn run(&self, arguments: &[&str]) -> Ran {
        self.run_with(&self.token, arguments, "").await
    }

    async fn run_with(&self, token: &str, arguments: &[&str], input: &'static str) -> Ran {
        let mut command = Command::new(env!("CARGO_BIN_EXE_lamsach"));
        command
            .args(["match", "-i", "list.txt", "--send", &self.address])
            .args(arguments)
            .current_dir(self.folder.path())
            .env_remove("LAMSACH_LANGUAGE")
            .env_remove("LAMSACH_TOKEN")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        if !token.is_empty() {
            command.env("LAMSACH_TOKEN", token);
        }
        let output = tokio::task::spawn_blocking(move || {
            let mut child = command.spawn().unwrap();
            // The program need not read its input.
            child.stdin.take().unwrap().write_all(input.as_bytes()).ok();
            child.wait_with_output().unwrap()
        });
        let output = output.await.unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Ran { status: output.status.code(), out: text(output.stdout), err: text(output.stderr) }
    }

    /// What the portal holds of B's sightings at the sites named in these tests.
    async fn kept(&self) -> Vec<SightingRecord> {
        let mut read = self.world.portal().database.read().await.unwrap();
        let all = storage_of_unit(&mut read, &self.world).await;
        all.into_iter().filter(|it| it.evidence_file != "bind.log").collect()
    }
}

async fn storage_of_unit(read: &mut storage::Read, world: &World) -> Vec<SightingRecord> {
    storage::sightings::of_unit(read, world.campaign, world.b).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn results_arrive_once_and_without_a_line() {
    for engine in Engine::BOTH {
        let served = Served::on(engine).await;
        let ran = served.run(&["--site", "Trụ sở", "./dns.log"]).await;
        assert_eq!(ran.status, Some(1), "{}", ran.err);
        assert!(ran.out.contains("192.0.2.21"), "{}", ran.out);
        assert!(ran.err.contains("dns.log: mới; 1 phát hiện, 1 hồ sơ"), "{}", ran.err);
        let kept = served.kept().await;
        assert_eq!(kept.len(), 1);
        assert_eq!((kept[0].contacts, kept[0].verdict.as_str()), (2, "dns-queried"));
        assert_eq!((&kept[0].evidence_line, kept[0].evidence_line_number), (&None, 1));
        assert_eq!(kept[0].list, "list.txt");
        assert_eq!(kept[0].evidence_file, "dns.log", "folders are the machine's own");

        let again = served.run(&["--site", "Trụ sở", "dns.log"]).await;
        assert_eq!(again.status, Some(1));
        assert!(again.err.contains("không có gì thay đổi"), "{}", again.err);
        assert_eq!(served.kept().await, kept);
        let english = ["--language", "en", "--output", "json", "--site", "Trụ sở", "dns.log"];
        let english = served.run(&english).await;
        assert!(english.err.contains("nothing has changed"), "{}", english.err);
        let mut lines = english.out.lines();
        assert!(lines.all(|it| serde_json::from_str::<serde_json::Value>(it).is_ok()));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_portal_does_not_take_is_said_with_what_to_do() {
    let served = Served::on(Engine::Sqlite).await;
    let list = "c2.malware.example\nkhong-co.example\n";
    fs::write(served.folder.path().join("list.txt"), list).unwrap();
    let log = format!("{LOG}{}", LOG.replace("c2.malware.example", "khong-co.example"));
    fs::write(served.folder.path().join("dns.log"), log).unwrap();
    let ran = served.run(&["--site", "Trụ sở", "dns.log"]).await;
    assert!(
        ran.err.contains("không có trong danh sách của chiến dịch: khong-co.example"),
        "{}",
        ran.err
    );
    assert_eq!(served.kept().await.len(), 1);
    // The same log under another site.
    let ran = served.run(&["--site", "Nơi khác", "dns.log"]).await;
    assert_eq!(ran.status, Some(2), "{}", ran.err);
    assert!(ran.err.contains("cho địa điểm “Trụ sở”"), "{}", ran.err);
    assert_eq!(served.kept().await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn standard_input_is_sent_and_a_log_without_hits_too() {
    let served = Served::on(Engine::Sqlite).await;
    let ran = served.run_with(&served.token, &["-"], LOG).await;
    assert_eq!(ran.status, Some(1), "{}", ran.err);
    assert_eq!(served.kept().await.len(), 1);
    let clean = LOG.lines().nth(1).unwrap();
    fs::write(served.folder.path().join("clean.log"), clean).unwrap();
    let ran = served.run(&["clean.log"]).await;
    // Its days count as watched all the same.
    assert_eq!(ran.status, Some(0), "{}", ran.err);
    assert!(ran.err.contains("clean.log: mới; 0 phát hiện"), "{}", ran.err);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_that_was_not_read_is_not_sent_and_one_that_is_cut_counts_as_incomplete() {
    let served = Served::on(Engine::Sqlite).await;
    let torn = &zstd::encode_all(LOG.repeat(500).as_bytes(), 0).unwrap();
    fs::write(served.folder.path().join("torn.log.zst"), &torn[..torn.len() / 2]).unwrap();
    let ran = served.run(&["torn.log.zst", "list.txt", "dns.log"]).await;
    assert_eq!(ran.status, Some(1), "{}", ran.err);
    assert!(ran.err.contains("list.txt: chưa đọc được nên không gửi"), "{}", ran.err);
    let world = &served.world;
    let mut read = world.portal().database.read().await.unwrap();
    let sources = storage::sightings::sources(&mut read, world.campaign, world.b).await.unwrap();
    let is_complete = |name| sources.iter().find(|it| it.name == name).map(|it| it.is_complete);
    assert_eq!(is_complete("torn.log.zst"), Some(false));
    assert_eq!(is_complete("dns.log"), Some(true));
    assert_eq!(is_complete("list.txt"), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failed_sending_is_status_2_and_the_result_is_still_shown() {
    let served = Served::on(Engine::Sqlite).await;
    let ran = served.run_with("lmst_wrong", &["dns.log"], "").await;
    assert_eq!(ran.status, Some(2));
    assert!(ran.out.contains("192.0.2.21"), "{}", ran.out);
    assert!(ran.err.contains("Cổng không nhận mã truy cập"), "{}", ran.err);
    assert!(ran.err.contains("The portal does not take the token"), "{}", ran.err);
    assert!(!ran.err.contains("lmst_wrong"), "{}", ran.err);

    let read_only = served.world.token("officer.b", served.world.b, &[Scope::Read]).await;
    let ran = served.run_with(&read_only, &["dns.log"], "").await;
    assert_eq!(ran.status, Some(2));
    assert!(ran.err.contains("Cần phạm vi sightings:write"), "{}", ran.err);

    let stranger = served.world.token("officer.s", served.world.s, &[Scope::SendSightings]).await;
    let ran = served.run_with(&stranger, &["dns.log"], "").await;
    assert!(ran.err.contains("chưa nhận công văn của chiến dịch nào"), "{}", ran.err);
    assert_eq!(served.kept().await.len(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_sent_is_said_before_a_log_is_read() {
    let served = Served::on(Engine::Sqlite).await;
    let ran = served.run_with("", &["dns.log"], "").await;
    assert_eq!((ran.status, ran.out.as_str()), (Some(2), ""));
    assert!(ran.err.contains("LAMSACH_TOKEN"), "{}", ran.err);

    let token_file = served.folder.path().join("token");
    fs::write(&token_file, format!("{}\n", served.token)).unwrap();
    let ran = served.run_with("", &["--token-file", "token", "dns.log"], "").await;
    assert_eq!(ran.status, Some(1), "{}", ran.err);

    let ran = served.run(&["--ca", "list.txt", "dns.log"]).await;
    assert_eq!((ran.status, ran.out.as_str()), (Some(2), ""));
    assert!(ran.err.contains("--ca"), "{}", ran.err);

    let mut elsewhere = served;
    elsewhere.address = "http://portal.example".to_owned();
    let ran = elsewhere.run(&["dns.log"]).await;
    assert_eq!((ran.status, ran.out.as_str()), (Some(2), ""));
    assert!(ran.err.contains("https://"), "{}", ran.err);
}
