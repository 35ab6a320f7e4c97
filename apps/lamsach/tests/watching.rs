//! `lamsach watch`: the real program, killed and started again, and a portal that is away.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "test helpers may panic")]

use std::fs::{self, File};
use std::io::Write as _;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use portal::tokens::Scope;
use serde_json::Value;
use tempfile::TempDir;
use test_support::{Engine, TestPortal, World};
use web::{AppState, Listen};

/// Long enough for any machine; what is waited for comes much earlier.
const PATIENCE: Duration = Duration::from_mins(2);

/// A folder with a list, a log and a spool.
struct Place {
    folder: TempDir,
}

impl Place {
    fn new(list: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("list.txt"), list).unwrap();
        Self { folder }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn append(&self, text: &str) {
        let mut file =
            File::options().create(true).append(true).open(self.path("dns.log")).unwrap();
        file.write_all(text.as_bytes()).unwrap();
    }

    /// The program; its output grows in a file that outlives it.
    fn watch(&self, arguments: &[&str], token: &str) -> Child {
        let out = File::options().create(true).append(true).open(self.path("out")).unwrap();
        let err = File::options().create(true).append(true).open(self.path("err")).unwrap();
        Command::new(env!("CARGO_BIN_EXE_lamsach"))
            .args(["watch", "-i", "list.txt", "--follow", "dns.log", "--interval", "1"])
            .args(["--sensor", "test", "--language", "en", "--spool", "spool"])
            .args(arguments)
            .current_dir(self.folder.path())
            .env("LAMSACH_TOKEN", token)
            .stdin(Stdio::null())
            .stdout(out)
            .stderr(err)
            .spawn()
            .unwrap()
    }

    fn told(&self) -> Vec<Value> {
        let text = fs::read_to_string(self.path("out")).unwrap_or_default();
        // The last line may be being written.
        text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect()
    }

    /// The greatest count told of each device, added up.
    fn count_told(&self) -> u64 {
        let mut counts = std::collections::BTreeMap::new();
        for event in self.told() {
            if let (Some(id), Some(count)) = (event["id"].as_str(), event["count"].as_u64()) {
                let held: &mut u64 = counts.entry(id.to_owned()).or_default();
                *held = count.max(*held);
            }
        }
        counts.values().sum()
    }

    fn err(&self) -> String {
        fs::read_to_string(self.path("err")).unwrap()
    }
}

fn line(number: usize, name: &str) -> String {
    format!(
        "20-Aug-2026 08:{:02}:{:02}.000 queries: info: client @0x7f 192.0.2.{}#5000 ({name}): \
         query: {name} IN A + (192.0.2.53)\n",
        number / 60 % 60,
        number % 60,
        number % 5 + 20,
    )
}

fn signal(child: &Child, name: &str) {
    let sent = Command::new("kill").args([name, &child.id().to_string()]).status().unwrap();
    assert!(sent.success());
}

fn wait_until(what: &str, mut is_so: impl FnMut() -> bool) {
    let end = Instant::now() + PATIENCE;
    while !is_so() {
        assert!(Instant::now() < end, "waited in vain for {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

fn end(mut child: Child) -> Option<i32> {
    signal(&child, "-TERM");
    child.wait().unwrap().code()
}

#[test]
fn a_first_contact_is_told_at_once_and_lists_may_change() {
    let place = Place::new("evil.example\n");
    place.append(&line(1, "a.evil.example"));
    let watch = place.watch(&[], "");
    wait_until("the first contact", || place.count_told() == 1);
    fs::write(place.path("new"), "evil.example\nlater.example\n").unwrap();
    fs::rename(place.path("new"), place.path("list.txt")).unwrap();
    wait_until("the new list", || place.err().contains("2 indicators are used"));
    place.append(&line(2, "x.later.example"));
    wait_until("a contact with what is new in it", || place.count_told() == 2);
    fs::write(place.path("list.txt"), "").unwrap();
    signal(&watch, "-HUP");
    wait_until("the refusal", || place.err().contains("those before stay in use"));
    place.append(&line(1, "a.evil.example"));
    assert_eq!(end(watch), Some(0));
    assert_eq!(place.count_told(), 3);
    let last = place.told().pop().unwrap();
    assert_eq!(last["summary"]["lines_read"], 3);
    assert_eq!(last["summary"]["inputs"][0]["complete"], true);
    assert!(place.told()[0]["event"] == "first" && place.told()[0]["verdict"] == "dns-queried");
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_lost_or_counted_twice_through_kills_and_a_portal_that_is_away() {
    for engine in Engine::BOTH {
        let world = World::on(TestPortal::on(engine).await).await;
        // The program's clock is the machine's: a portal refuses what is of days to come.
        world.test.clock.set(&jiff::Timestamp::now().to_string());
        let token = world.token("officer.b", world.b, &[Scope::SendSightings]).await;
        // A port that nobody listens at, yet.
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        drop(listener);
        let address = format!("http://127.0.0.1:{port}");
        let arguments = ["--send", &address, "--site", "Trụ sở"];
        let place = Place::new("c2.malware.example\n");
        let written = std::cell::Cell::new(0_usize);
        let write = |place: &Place| {
            for _ in 0..50 {
                let number = written.get() + 1;
                written.set(number);
                let name =
                    if number.is_multiple_of(2) { "x.c2.malware.example" } else { "good.example" };
                place.append(&line(number, name));
            }
        };
        write(&place);
        for round in 0..6 {
            let mut watch = place.watch(&arguments, &token);
            write(&place);
            match round % 3 {
                // Before the first sighting was kept, a start is a first start.
                0 => wait_until("the first sighting", || place.count_told() > 0),
                1 => fs::rename(place.path("dns.log"), place.path(&format!("dns.log.{round}")))
                    .unwrap(),
                // Killed at whatever it is doing.
                _ => wait_until("a sighting", || place.count_told() > 0),
            }
            write(&place);
            signal(&watch, "-KILL");
            watch.wait().unwrap();
        }
        let expected = (written.get() / 2) as u64;
        let watch = place.watch(&arguments, &token);
        wait_until("all of it", || place.count_told() == expected);
        wait_until("the portal being away", || place.err().contains("not possible now"));

        let listener = TcpListener::bind(("127.0.0.1", port)).unwrap();
        let portal = Arc::new(world.portal().clone());
        let state = AppState { portal, secure_cookies: false, module: None };
        tokio::spawn(web::serve(state, listener, Listen::Http, std::future::pending()));
        let place_err = place.path("err");
        let is_back = move || fs::read_to_string(&place_err).unwrap().contains("portal is back");
        tokio::task::spawn_blocking(move || wait_until("the portal being back", is_back))
            .await
            .unwrap();
        write(&place);
        let status = tokio::task::spawn_blocking(move || end(watch)).await.unwrap();
        assert_eq!(status, Some(0), "{}", place.err());

        let expected = (written.get() / 2) as u64;
        assert_eq!(place.count_told(), expected);
        assert_eq!(place.told().pop().unwrap()["summary"]["unsent"], 0);
        let mut read = world.portal().database.read().await.unwrap();
        let kept = storage::sightings::of_unit(&mut read, world.campaign, world.b).await.unwrap();
        let kept: Vec<_> =
            kept.iter().filter(|it| it.evidence_file.ends_with("/dns.log")).collect();
        let contacts: i64 = kept.iter().map(|it| it.contacts).sum();
        assert_eq!(contacts, i64::try_from(expected).unwrap());
        assert_eq!(kept.len(), 5, "five devices");
        assert!(kept.iter().all(|it| it.evidence_line.is_none()));
        let sources =
            storage::sightings::sources(&mut read, world.campaign, world.b).await.unwrap();
        let live = sources.iter().filter(|it| it.name.ends_with("/dns.log")).count();
        assert_eq!(live, 1, "one source a day");
    }
}

#[test]
fn one_spool_is_one_programs() {
    let place = Place::new("evil.example\n");
    let first = place.watch(&[], "");
    wait_until("the first", || place.err().contains("Watching"));
    let mut second = place.watch(&[], "");
    assert_eq!(second.wait().unwrap().code(), Some(2));
    assert!(place.err().contains("Another program uses"), "{}", place.err());
    assert_eq!(end(first), Some(0));
    assert!(Path::new(&place.path("spool/state.json")).exists() || place.told().len() == 1);
}
