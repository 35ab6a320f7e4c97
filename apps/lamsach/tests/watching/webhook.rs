//! `--webhook`: a receiver on this machine that is away, fails, and is back.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpListener;
use std::sync::mpsc::{Receiver, channel};
use std::thread;

use serde_json::Value;

use crate::place::{Place, end, line, signal, wait_until};

/// Answers each message with the next status, then with the last one for ever; gives the messages.
fn receiver(port: u16, statuses: &'static [u16]) -> Receiver<(u16, Value)> {
    let listener = TcpListener::bind(("127.0.0.1", port)).unwrap();
    let (sender, receiver) = channel();
    thread::spawn(move || {
        for number in 0.. {
            let Ok((stream, _)) = listener.accept() else { return };
            let mut reader = BufReader::new(stream);
            let (mut head, mut length) = (String::new(), 0);
            while !head.ends_with("\r\n\r\n") {
                let mut line = String::new();
                if reader.read_line(&mut line).unwrap_or(0) == 0 {
                    break;
                }
                if let Some(value) = line.to_lowercase().strip_prefix("content-length:") {
                    length = value.trim().parse().unwrap();
                }
                head += &line;
            }
            assert!(head.starts_with("POST /hook?key=secret HTTP/1.1"), "{head}");
            let mut body = vec![0; length];
            reader.read_exact(&mut body).unwrap();
            let status = statuses[number.min(statuses.len() - 1)];
            let answer =
                format!("HTTP/1.1 {status} X\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
            reader.into_inner().write_all(answer.as_bytes()).unwrap();
            if sender.send((status, serde_json::from_slice(&body).unwrap())).is_err() {
                return;
            }
        }
    });
    receiver
}

#[test]
fn what_is_new_is_posted_once_through_kills_and_a_receiver_that_is_away() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    let address = format!("http://127.0.0.1:{port}/hook?key=secret");
    let place = Place::new("evil.example\n");
    place.append(&line(1, "a.evil.example"));
    let arguments = ["--webhook", &address];
    let mut watch = place.follow(&arguments, "");
    wait_until("the sighting", || place.count_told() == 1);
    wait_until("the note", || place.err().contains("The webhook does not take what is new"));
    assert!(!place.err().contains("secret"), "{}", place.err());
    signal(&watch, "-KILL");
    watch.wait().unwrap();

    // It fails, refuses, and then takes it.
    let messages = receiver(port, &[503, 404, 204]);
    let watch = place.follow(&arguments, "");
    let mut taken: Vec<Value> = Vec::new();
    let mut take = |count: usize| {
        while taken.len() < count {
            let (status, message) = messages.recv_timeout(crate::place::PATIENCE).unwrap();
            let events = message["events"].as_array().unwrap().clone();
            assert!(events.iter().all(|it| it["evidence"]["line"].is_null()), "{message}");
            if status == 204 {
                taken.extend(events);
            }
        }
        taken.clone()
    };
    let first = &take(1)[0];
    assert_eq!((&first["event"], &first["device"]), (&"first".into(), &"192.0.2.21".into()));
    assert_eq!(first["id"], place.told()[0]["id"]);
    assert_eq!(first["sensor"], "test");
    wait_until("the note", || place.err().contains("takes what is new again"));
    // Another device is told of at once, with what grew; nothing is told twice.
    place.append(&line(1, "a.evil.example"));
    place.append(&line(2, "a.evil.example"));
    let told = take(3);
    let of = |it: &Value| {
        format!(
            "{} {} {}",
            it["event"].as_str().unwrap(),
            it["device"].as_str().unwrap(),
            it["count"]
        )
    };
    let mut all: Vec<_> = told.iter().map(of).collect();
    all[1..].sort();
    assert_eq!(all, ["first 192.0.2.21 1", "first 192.0.2.22 1", "update 192.0.2.21 2"]);
    assert_eq!(end(watch), Some(0));
    let watch = place.follow(&arguments, "");
    wait_until("the start", || place.err().matches("Watching").count() == 3);
    assert_eq!(end(watch), Some(0));
    assert!(messages.try_recv().is_err(), "everything was posted before");
}

#[test]
fn addresses_that_cannot_be_used_are_said_without_their_secrets() {
    let place = Place::new("evil.example\n");
    let mut watch = place.follow(&["--webhook", "http://chat.example/secret"], "");
    assert_eq!(watch.wait().unwrap().code(), Some(2));
    assert!(place.err().contains("plain http is for this machine alone"), "{}", place.err());
    assert!(!place.err().contains("secret"), "{}", place.err());
}
