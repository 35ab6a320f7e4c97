//! Sending to a server on this machine that answers what the test says.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may panic")]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::sync::Mutex;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use http_client::{Client, KeptLog, Log, LogResult, SendError, Settings, Sighting, Status};

const KEPT: &str = r#"{"campaign":"c","unit":"u","results":[
    {"source":"s","sha256":"x","status":"new","findings":1,"others":0,"cases":1}]}"#;

/// A server that gives each connection the next answer and keeps what it was asked.
struct Server {
    address: String,
    asked: JoinHandle<Vec<String>>,
}

impl Server {
    /// Answers: status, further headers, body. A status of 0 hangs up without an answer.
    fn with(answers: Vec<(u16, &'static str, &'static str)>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let asked = thread::spawn(move || {
            let mut asked = Vec::new();
            for (status, headers, body) in answers {
                let (stream, _) = listener.accept().unwrap();
                let mut reader = BufReader::new(stream);
                let (mut head, mut length) = (String::new(), 0);
                loop {
                    let mut line = String::new();
                    reader.read_line(&mut line).unwrap();
                    if let Some(value) = line.to_lowercase().strip_prefix("content-length:") {
                        length = value.trim().parse().unwrap();
                    }
                    if line.trim().is_empty() {
                        break;
                    }
                    head.push_str(&line);
                }
                let mut sent = vec![0; length];
                reader.read_exact(&mut sent).unwrap();
                asked.push(head + &String::from_utf8(sent).unwrap());
                if status == 0 {
                    continue;
                }
                let answer = format!(
                    "HTTP/1.1 {status} X\r\ncontent-length: {}\r\nconnection: close\r\n{headers}\r\n{body}",
                    body.len()
                );
                reader.into_inner().write_all(answer.as_bytes()).unwrap();
            }
            asked
        });
        Self { address, asked }
    }

    /// What it was asked, once every answer was given.
    fn asked(self) -> Vec<String> {
        self.asked.join().unwrap()
    }
}

fn client(address: &str, pause: fn(Duration)) -> Client {
    let settings = Settings {
        address: address.to_owned(),
        token: "lmst_secret".to_owned(),
        site: "Trụ sở".to_owned(),
        language: "en",
        ..Settings::default()
    };
    Client::new(settings).unwrap().with_pause(pause)
}

fn no_pause(_: Duration) {}

fn logs() -> Vec<LogResult> {
    let log = Log { file: "bind.log".to_owned(), sha256: "a".repeat(64), ..Log::default() };
    vec![LogResult { log, sightings: vec![Sighting::default()] }]
}

fn send(address: &str) -> Result<Vec<KeptLog>, SendError> {
    let mut kept = Vec::new();
    client(address, no_pause).send(&logs(), |it| kept.push(it))?;
    Ok(kept)
}

#[test]
fn results_go_with_the_token_and_come_back_as_kept() {
    let server = Server::with(vec![(200, "", KEPT)]);
    let kept = send(&server.address).unwrap();
    assert_eq!(kept[0].file, "bind.log");
    assert_eq!((kept[0].status, kept[0].findings, kept[0].cases), (Status::New, 1, 1));
    let asked = server.asked().remove(0);
    assert!(asked.starts_with("POST /api/v1/sightings HTTP/1.1\r\n"), "{asked}");
    assert!(asked.contains("uthorization: Bearer lmst_secret\r\n"), "{asked}");
    assert!(asked.contains("\"site\":\"Trụ sở\"") && !asked.contains("\"campaign\""), "{asked}");
    assert!(asked.contains("\"evidence\":{\"offset\":0,\"line_number\":0}"), "{asked}");
}

static PAUSES: Mutex<Vec<u64>> = Mutex::new(Vec::new());

fn note(pause: Duration) {
    PAUSES.lock().unwrap().push(pause.as_secs());
}

#[test]
fn a_failing_server_is_asked_again_as_late_as_it_says() {
    let server = Server::with(vec![
        (0, "", ""),
        (503, "retry-after: 7\r\n", ""),
        (429, "", ""),
        (200, "", KEPT),
    ]);
    let mut kept = 0;
    client(&server.address, note).send(&logs(), |_| kept += 1).unwrap();
    assert_eq!(kept, 1);
    assert_eq!(*PAUSES.lock().unwrap(), [1, 7, 16]);
    let asked = server.asked();
    assert!(asked.iter().all(|it| it.contains("bind.log")));
}

#[test]
fn it_gives_up_after_three_further_tries_or_a_long_wait() {
    let server = Server::with(vec![(500, "", ""); 4]);
    let error = send(&server.address).unwrap_err();
    assert!(matches!(error, SendError::Failing { status: 500, .. }), "{error:?}");
    assert_eq!(server.asked().len(), 4);

    let server = Server::with(vec![(429, "retry-after: 3600\r\n", "")]);
    let error = send(&server.address).unwrap_err();
    assert!(matches!(error, SendError::Busy { wait_seconds: 3600 }), "{error:?}");
}

#[test]
fn what_the_portal_refuses_is_said_once_and_never_sent_again() {
    let check = |status, body: &'static str, code: &str| {
        let server = Server::with(vec![(status, "", body)]);
        let error = send(&server.address).unwrap_err();
        assert_eq!(error.code(), code, "{error:?}");
        let said = format!("{error} {error:?}");
        assert!(!said.contains("lmst_secret"), "{said}");
        assert_eq!(server.asked().len(), 1);
        error
    };
    check(401, "", "wrong-token");
    check(403, r#"{"type":"/api/v1/problems#scope","title":"x"}"#, "not-allowed");
    check(403, "<html>proxy</html>", "not-a-portal");
    check(404, "<html>", "not-there");
    check(302, "", "not-a-portal");
    check(200, "<html>", "not-a-portal");
    check(413, "", "too-large");
    let error = check(
        422,
        r#"{"type":"/api/v1/problems#invalid","title":"No","detail":"Correct it.","problems":[
            {"field":"results[0].sightings[3].count","message":"too many"},
            {"field":"campaign","message":"name one"}]}"#,
        "refused",
    );
    let refusal = error.refusal().unwrap();
    assert_eq!((refusal.title.as_str(), refusal.detail.as_str()), ("No", "Correct it."));
    let place = |place: &str, what: &str| (place.to_owned(), what.to_owned());
    assert_eq!(
        refusal.places,
        [place("bind.log: sightings[3].count", "too many"), place("campaign", "name one")]
    );
}

#[test]
fn a_server_that_is_not_there_is_unreachable() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let error = send(&address).unwrap_err();
    assert!(matches!(error, SendError::Unreachable { .. }), "{error:?}");
}

#[test]
fn many_logs_go_in_several_messages() {
    let kept: &'static str = Box::leak(
        format!(
            r#"{{"results":[{}]}}"#,
            vec![r#"{"status":"unchanged","findings":0,"others":0,"cases":0}"#; 100].join(",")
        )
        .into_boxed_str(),
    );
    let server = Server::with(vec![(200, "", kept), (200, "", kept)]);
    let logs: Vec<LogResult> = (0..200).flat_map(|_| logs()).collect();
    let mut count = 0;
    client(&server.address, no_pause).send(&logs, |_| count += 1).unwrap();
    assert_eq!(count, 200);
    assert_eq!(server.asked().len(), 2);
}

#[test]
fn a_token_or_certificate_that_is_none_is_refused_before_anything_is_sent() {
    let make = |token: &str, certificates: Option<&[u8]>| {
        let settings = Settings {
            address: "https://portal.example".to_owned(),
            token: token.to_owned(),
            certificates: certificates.map(<[u8]>::to_vec),
            ..Settings::default()
        };
        Client::new(settings).map(drop).map_err(|it| it.code())
    };
    assert_eq!(make("lmst_x", None), Ok(()));
    assert_eq!(make("", None), Err("token-shape"));
    assert_eq!(make("lmst_x\r\nX: y", None), Err("token-shape"));
    assert_eq!(make("lmst_x", Some(b"no certificate")), Err("certificates"));
}
