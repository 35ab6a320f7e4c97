//! From a pack to a case: `lamsach indicators pack`, `lamsach-clean scan --send`, a served portal.
//! Every sample is harmless.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "test helpers may panic")]
#![allow(clippy::print_stderr, reason = "a test that is passed over says so")]

use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::Arc;

use campaigns::{CaseState, Role};
use portal::cases::{self, CaseView};
use test_support::{Engine, TestPortal, World};
use web::{AppState, Listen};

const MARK: &str = "lamsach-harmless-test-mark-7f3a";

/// The clean-up tool, which is built beside this program when everything is.
fn tool() -> Option<PathBuf> {
    let beside = Path::new(env!("CARGO_BIN_EXE_lamsach")).with_file_name("lamsach-clean");
    let tool = if cfg!(windows) { beside.with_extension("exe") } else { beside };
    tool.exists().then_some(tool)
}

async fn run(program: PathBuf, folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(program);
    command
        .args(arguments)
        .current_dir(folder)
        .env("XDG_STATE_HOME", folder.join("state"))
        .env("LAMSACH_LANGUAGE", "en")
        .env_remove("LAMSACH_CODE");
    tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap()
}

/// A pack of one rule, made and signed by the operators' program.
async fn pack(folder: &Path) {
    let rule = format!("rule test_mark {{ strings: $a = \"{MARK}\" condition: $a }}");
    fs::write(folder.join("rules.yar"), rule).unwrap();
    for line in [
        "indicators keys -o a.key",
        "indicators keys -o b.key",
        "indicators keys a.key.pub b.key.pub --threshold 2 -o trusted",
        "indicators pack --name thu --serial 7 --expires 2999-12-31 --rules rules.yar --key a.key \
         -o thu.lspack",
        "indicators sign thu.lspack --key b.key",
    ] {
        let arguments: Vec<&str> = line.split_whitespace().collect();
        let output = run(env!("CARGO_BIN_EXE_lamsach").into(), folder, &arguments).await;
        assert_eq!(output.status.code(), Some(0), "{line}: {output:?}");
    }
}

/// The case of the PC with this name.
async fn case_of(world: &World, name: &str) -> Option<CaseView> {
    let portal = world.portal();
    let officer = test_support::actor(portal, &format!("{}.b", Role::Officer)).await;
    let all = cases::list(portal, &officer, world.campaign, world.b).await.unwrap();
    let found = all.into_iter().find(|it| it.device.label == name)?;
    Some(cases::view(portal, &officer, found.case.id).await.unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_scanned_pc_becomes_a_case_and_its_clean_scan_evidence() {
    let Some(tool) = tool() else {
        eprintln!("passed over: lamsach-clean is not built beside lamsach");
        return;
    };
    for engine in Engine::BOTH {
        let world = World::on(TestPortal::on(engine).await).await;
        // The PC's clock is today's, and results of a time to come are refused.
        world.test.clock.set(&jiff::Timestamp::now().to_string());
        let portal = world.portal().clone();
        let officer = test_support::actor(&portal, &format!("{}.b", Role::Officer)).await;
        let code = portal::scans::make_code(&portal, &officer, world.b, "Thử").await.unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let state = AppState {
            portal: Arc::new(portal.clone()),
            secure_cookies: false,
            module: None,
            tools: web::Tools::default(),
        };
        tokio::spawn(web::serve(state, listener, Listen::Http, std::future::pending()));
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        pack(root).await;
        fs::create_dir_all(root.join("disk/home/nguyenvana/Tài liệu")).unwrap();
        fs::create_dir_all(root.join("disk/etc")).unwrap();
        fs::create_dir_all(root.join("disk/usr")).unwrap();
        fs::write(root.join("disk/etc/passwd"), "an:x:1000:1000::/home/an:/bin/sh\n").unwrap();
        let bad = root.join("disk/home/nguyenvana/Tài liệu/ảnh.exe");
        fs::write(&bad, format!("… {MARK}")).unwrap();
        let scan = [
            "scan",
            "--pack",
            "thu.lspack",
            "--trust",
            "trusted",
            "--root",
            "disk",
            "--device",
            "PC-THU",
            "--code",
            &code,
            "--no-memory",
            "--result",
            "r.json",
            "--send",
            &address,
        ];
        assert!(case_of(&world, "PC-THU").await.is_none());
        let output = run(tool.clone(), root, &scan).await;
        assert_eq!(output.status.code(), Some(1), "{output:?}");
        let case = case_of(&world, "PC-THU").await.unwrap();
        assert_eq!(case.summary.case.state, CaseState::Opened);
        // The portal's clock stands still, so that events have no order.
        let noted = |case: &CaseView, kind: &str| {
            case.events.iter().find(|(it, _)| it.kind == kind).map(|(it, _)| it.note.clone())
        };
        assert_eq!(noted(&case, "scan-found").as_deref(), Some("test_mark"));
        // What the portal holds names no person.
        let seen = portal::scans::list(&portal, &officer, world.campaign, world.b).await.unwrap();
        assert_eq!(seen.len(), 1);
        assert!(!seen[0].scan.content.contains("nguyenvana"), "{}", seen[0].scan.content);
        assert_eq!(
            (seen[0].result.packs[0].name.as_str(), seen[0].result.packs[0].serial),
            ("thu", 7)
        );
        // The same file again counts once.
        let again = run(tool.clone(), root, &["send", "r.json", "--to", &address]).await;
        assert_eq!(again.status.code(), Some(0), "{again:?}");
        assert!(String::from_utf8_lossy(&again.stderr).contains("already"), "{again:?}");
        let seen = portal::scans::list(&portal, &officer, world.campaign, world.b).await.unwrap();
        assert_eq!(seen.len(), 1);
        // Many at once, from a folder: what is no result keeps no other one back.
        fs::create_dir_all(root.join("results")).unwrap();
        let send = ["send", "results", "--to", &address];
        assert_eq!(run(tool.clone(), root, &send).await.status.code(), Some(2));
        fs::write(root.join("results/a.json"), "{}").unwrap();
        fs::copy(root.join("r.json"), root.join("results/b.json")).unwrap();
        fs::write(root.join("results/c.json"), vec![b' '; (1 << 20) + 1]).unwrap();
        let sent = run(tool.clone(), root, &send).await;
        assert_eq!(sent.status.code(), Some(3), "{sent:?}");
        let said = String::from_utf8(sent.stderr).unwrap();
        let refused = ["results/a.json:\n", "results/c.json:\n"];
        assert!(refused.iter().all(|it| said.contains(it)), "{said}");
        assert!(said.contains("results/b.json: the portal had this result already"), "{said}");
        assert!(said.ends_with("Sent: 1. Not sent, and told above: 2.\n"), "{said}");
        fs::remove_dir_all(root.join("results")).unwrap();
        // Cleaned by hand, and scanned again.
        fs::remove_file(&bad).unwrap();
        let output = run(tool.clone(), root, &scan).await;
        assert_eq!(output.status.code(), Some(0), "{output:?}");
        let case = case_of(&world, "PC-THU").await.unwrap();
        assert!(noted(&case, "scan-clean").is_some());
    }
}
