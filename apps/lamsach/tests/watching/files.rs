//! `--follow`: kills, new starts, and a portal that is away.

use std::fs;
use std::net::TcpListener;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use portal::tokens::Scope;
use test_support::{Engine, TestPortal, World};
use web::{AppState, Listen};

use crate::place::{Place, end, line, signal, wait_until};

#[test]
fn a_first_contact_is_told_at_once_and_lists_may_change() {
    let place = Place::new("evil.example\n");
    place.append(&line(1, "a.evil.example"));
    let watch = place.follow(&[], "");
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

#[test]
fn a_file_that_is_not_there_yet_is_told_and_awaited() {
    let place = Place::new("evil.example\n");
    let watch = place.follow(&[], "");
    wait_until("the word on it", || place.err().contains("dns.log: this file is not there yet"));
    place.append(&line(1, "a.evil.example"));
    wait_until("the first contact", || place.count_told() == 1);
    assert_eq!(end(watch), Some(0));
    let watch = place.follow(&[], "");
    place.append(&line(1, "a.evil.example"));
    wait_until("the second contact", || place.count_told() == 2);
    assert_eq!(end(watch), Some(0));
    assert_eq!(place.err().matches("not there yet").count(), 1, "{}", place.err());
}

#[test]
fn what_nothing_is_added_to_is_not_followed() {
    let place = Place::new("evil.example\n");
    place.append(&line(1, "a.evil.example"));
    for (program, name) in [("gzip", "dns.log.gz"), ("xz", "dns.log.xz"), ("bzip2", "dns.log.bz2")]
    {
        let packed =
            std::process::Command::new(program).arg("-k").arg(place.path("dns.log")).status();
        assert!(packed.unwrap().success(), "{program}");
        let mut watch = place.watch(&["--follow", name], "");
        assert_eq!(watch.wait().unwrap().code(), Some(2));
        let said = format!("{name}: this file is packed");
        assert!(place.err().contains(&said), "{}", place.err());
    }
    // Text may begin like that.
    fs::write(place.path("text.log"), format!("BZhello\n{}", line(1, "b.evil.example"))).unwrap();
    let watch = place.watch(&["--follow", "text.log"], "");
    wait_until("the contact", || place.count_told() == 1);
    assert_eq!(end(watch), Some(0));
    // A pipe would be waited for without end.
    let made = std::process::Command::new("mkfifo").arg(place.path("pipe")).status();
    assert!(made.unwrap().success());
    let mut watch = place.watch(&["--follow", "pipe", "--from-end"], "");
    assert_eq!(watch.wait().unwrap().code(), Some(2));
    let watch = place.watch(&["--follow", "pipe", "--follow", "dns.log"], "");
    wait_until("what is said of it", || place.err().matches("pipe: cannot be read").count() == 2);
    wait_until("the other contact", || place.count_told() == 2);
    end(watch);
}

#[test]
fn no_line_is_missed_while_ten_thousand_indicators_come() {
    let place = Place::new("evil.example\n");
    let watch = place.follow(&[], "");
    let is_over = AtomicBool::new(false);
    let (mut written, mut evil, mut late) = (0_u64, 0_u64, 0_u64);
    std::thread::scope(|scope| {
        let writer = scope.spawn(|| {
            let (mut written, mut evil, mut late) = (0, 0, 0);
            while !is_over.load(Ordering::SeqCst) {
                let mut lines = String::new();
                for number in 0..100 {
                    lines += &line(
                        number,
                        ["good.example", "a.evil.example", "b.late.example"][number % 3],
                    );
                    written += 1;
                    evil += u64::from(number % 3 == 1);
                    late += u64::from(number % 3 == 2);
                }
                place.append(&lines);
                std::thread::sleep(std::time::Duration::from_millis(2));
            }
            (written, evil, late)
        });
        wait_until("the first contact", || place.count_told() > 0);
        let more: Vec<String> = (0..10_000).map(|it| format!("name-{it}.example")).collect();
        let more = more.join("\n");
        fs::write(place.path("new"), format!("evil.example\nlate.example\n{more}")).unwrap();
        fs::rename(place.path("new"), place.path("list.txt")).unwrap();
        let is_late = |it: &serde_json::Value| it["indicator"] == "late.example";
        wait_until("what is new", || place.told().iter().any(is_late));
        is_over.store(true, Ordering::SeqCst);
        (written, evil, late) = writer.join().unwrap();
    });
    assert_eq!(end(watch), Some(0));
    let told = place.told();
    assert_eq!(told.last().unwrap()["summary"]["lines_read"], written);
    let count = |indicator: &str| {
        let mut counts = std::collections::BTreeMap::new();
        for event in told.iter().filter(|it| it["indicator"] == indicator) {
            counts.insert(event["id"].to_string(), event["count"].as_u64().unwrap());
        }
        counts.values().sum::<u64>()
    };
    // Of what was listed all the time, every contact; of what came, those from some line on.
    assert_eq!(count("evil.example"), evil);
    assert!((1..late).contains(&count("late.example")), "{} of {late}", count("late.example"));
    assert!(
        place.err().contains("10002 indicators") || place.err().contains("10,002 indicators"),
        "{}",
        place.err()
    );
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
            let mut watch = place.follow(&arguments, &token);
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
        let watch = place.follow(&arguments, &token);
        wait_until("all of it", || place.count_told() == expected);
        wait_until("the portal being away", || place.err().contains("not possible now"));

        let listener = TcpListener::bind(("127.0.0.1", port)).unwrap();
        let portal = Arc::new(world.portal().clone());
        let state =
            AppState { portal, secure_cookies: false, module: None, tools: web::Tools::default() };
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
    let first = place.follow(&[], "");
    wait_until("the first", || place.err().contains("Watching"));
    let mut second = place.follow(&[], "");
    assert_eq!(second.wait().unwrap().code(), Some(2));
    assert!(place.err().contains("Another program uses"), "{}", place.err());
    assert_eq!(end(first), Some(0));
    assert!(Path::new(&place.path("spool/state.json")).exists() || place.told().len() == 1);
}

#[test]
fn devices_are_named_by_leases_that_change_and_by_who_stands_for_others() {
    let place = Place::new("evil.example\n");
    let of = |address: &str| {
        format!(
            "20-Aug-2026 08:00:00.000 queries: info: client @0x7f {address}#5000 (a.evil.example): query: a.evil.example IN A + (192.0.2.53)\n"
        )
    };
    let leases = |name: &str| {
        let lease = format!("ip,name\n192.0.2.7,{name}\n");
        fs::write(place.path("new"), lease).unwrap();
        fs::rename(place.path("new"), place.path("devices.csv")).unwrap();
    };
    leases("may-01");
    place.append(&of("192.0.2.7"));
    place.append(&of("192.0.2.9"));
    let watch = place.follow(&["--names", "devices.csv", "--forwarder", "192.0.2.9"], "");
    wait_until("both", || place.count_told() == 2);
    leases("may-02");
    let is_second = |it: &serde_json::Value| it["device_name"] == "may-02";
    wait_until("the second device", || {
        place.append(&of("192.0.2.7"));
        std::thread::sleep(std::time::Duration::from_millis(100));
        place.told().iter().any(is_second)
    });
    leases("");
    fs::write(place.path("devices.csv"), "nothing\n").unwrap();
    wait_until("the refusal", || place.err().contains("tell names of devices have changed"));
    assert_eq!(end(watch), Some(0));
    let told = place.told();
    let roles: Vec<_> = told.iter().filter(|it| it["intermediary"] == "dns-forwarder").collect();
    assert!(!roles.is_empty() && roles.iter().all(|it| it["device"] == "192.0.2.9"));
    let named: Vec<_> = told.iter().filter(|it| it["device_name"] == "may-01").collect();
    assert!(named.iter().all(|it| it["device"] == "192.0.2.7" && it["name_source"] == "inventory"));
}
