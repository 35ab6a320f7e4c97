//! Who is let in, by the bytes that a browser, or somebody who is none, sends.

#![allow(clippy::unwrap_used, reason = "test helpers may panic")]

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::thread;
use std::time::Duration;

use own_page::{OwnPage, Pages, Reply, Visit};

struct Echo;

impl Pages for Echo {
    fn answer(&mut self, visit: &Visit) -> Reply {
        match visit.path.as_str() {
            "close" => Reply::Last("closed".to_owned()),
            "go" => Reply::Go("there"),
            path => Reply::Page(format!("{path}|{}|{}", visit.is_press, visit.field("a"))),
        }
    }

    fn closed(&self) -> String {
        "turned away".to_owned()
    }

    fn ends_after(&self, _: Duration) -> bool {
        false
    }
}

struct Served {
    host: String,
    token: String,
}

impl Served {
    fn start() -> Self {
        let page = OwnPage::listen().unwrap();
        let address = page.address();
        let (host, token) =
            address.strip_prefix("http://").and_then(|it| it.split_once("/?token=")).unwrap();
        let (host, token) = (host.to_owned(), token.to_owned());
        thread::spawn(move || page.serve(&mut Echo));
        Self { host, token }
    }

    fn send(&self, request: &str) -> String {
        let mut stream = TcpStream::connect(&self.host).unwrap();
        stream.set_read_timeout(Some(Duration::from_mins(1))).unwrap();
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = Vec::new();
        // An answer may come before the whole of a request was taken, which resets the connection.
        stream.read_to_end(&mut answer).unwrap_or_default();
        String::from_utf8(answer).unwrap()
    }

    fn get(&self, path: &str, more: &str) -> String {
        self.ask("GET", &self.host, path, more, "")
    }

    fn ask(&self, method: &str, host: &str, path: &str, more: &str, body: &str) -> String {
        let length = body.len();
        self.send(&format!(
            "{method} {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\nContent-Length: {length}\r\n{more}\r\n{body}"
        ))
    }

    /// The real address and the cookie's line.
    fn enter(&self) -> (String, String) {
        let answer = self.get(&format!("/?token={}", self.token), "");
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
        let value = |name: &str| {
            answer.lines().find_map(|it| it.strip_prefix(name)).unwrap().trim().to_owned()
        };
        let cookie = value("Set-Cookie:");
        assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict"), "{cookie}");
        let cookie = cookie.split(';').next().unwrap_or_default().to_owned();
        let home = answer.split("url=").nth(1).and_then(|it| it.split('"').next()).unwrap();
        (home.to_owned(), format!("Cookie: {cookie}\r\n"))
    }
}

#[test]
fn the_first_with_the_token_is_let_in_and_nobody_else() {
    let served = Served::start();
    let wrong = served.get(&format!("/?token={}", "0".repeat(served.token.len())), "");
    assert!(wrong.starts_with("HTTP/1.1 403") && wrong.ends_with("turned away"), "{wrong}");
    let (home, cookie) = served.enter();
    let again = served.get(&format!("/?token={}", served.token), "");
    assert!(again.starts_with("HTTP/1.1 403"), "a token works once: {again}");
    let page = served.get(&format!("{home}x?a=1"), &cookie);
    assert!(page.starts_with("HTTP/1.1 200") && page.ends_with("x|false|1"), "{page}");
    assert!(page.contains("Content-Security-Policy: default-src 'none'"), "{page}");
    for (path, more, why) in [
        (home.as_str(), "", "no cookie"),
        (home.as_str(), "Cookie: lamsach=0\r\n", "a wrong cookie"),
        ("/x/", cookie.as_str(), "another path"),
        ("/", cookie.as_str(), "the top"),
    ] {
        let answer = served.get(path, more);
        assert!(answer.starts_with("HTTP/1.1 403"), "{why}: {answer}");
    }
}

#[test]
fn a_page_of_the_internet_presses_nothing() {
    let served = Served::start();
    let (home, cookie) = served.enter();
    let path = format!("{home}clean");
    let foreign = format!("{cookie}Origin: http://example.com\r\n");
    let foreign = served.ask("POST", &served.host, &path, &foreign, "a=1");
    assert!(foreign.starts_with("HTTP/1.1 403"), "{foreign}");
    // A name that somebody lets lead to this computer.
    let renamed = served.ask("GET", "evil.example", &home, &cookie, "");
    assert!(renamed.starts_with("HTTP/1.1 403"), "{renamed}");
    let own = format!("{cookie}Origin: http://{}\r\n", served.host);
    let own = served.ask("POST", &served.host, &path, &own, "a=%E1%BB%95+USB");
    assert!(own.ends_with("clean|true|ổ USB"), "{own}");
}

#[test]
fn what_no_browser_sends_is_refused_and_the_next_is_served() {
    let served = Served::start();
    let (home, cookie) = served.enter();
    let large = served.ask("POST", &served.host, &home, &cookie, &"a".repeat(70 << 10));
    assert!(large.starts_with("HTTP/1.1 400"), "{large}");
    let put = served.ask("PUT", &served.host, &home, &cookie, "");
    assert!(put.starts_with("HTTP/1.1 400"), "{put}");
    let next = served.get(&format!("{home}go"), &cookie);
    assert!(next.contains(&format!("Location: {home}there")), "{next}");
    let last = served.get(&format!("{home}close"), &cookie);
    assert!(last.ends_with("closed"), "{last}");
}
