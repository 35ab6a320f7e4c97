//! `--follow`: kills, new starts, and a portal that is away.

use std::fs;
use std::net::TcpListener;
use std::path::Path;
use std::sync::Arc;

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
    let first = place.follow(&[], "");
    wait_until("the first", || place.err().contains("Watching"));
    let mut second = place.follow(&[], "");
    assert_eq!(second.wait().unwrap().code(), Some(2));
    assert!(place.err().contains("Another program uses"), "{}", place.err());
    assert_eq!(end(first), Some(0));
    assert!(Path::new(&place.path("spool/state.json")).exists() || place.told().len() == 1);
}
