//! A program's own pages, shown in the browser of the person in front of the computer.
//!
//! [`OwnPage`] listens on 127.0.0.1 only, on a port that is free. The first address holds a token
//! that works once; with it the browser gets a cookie and the real address, and without both of them
//! it is shown nothing. So neither another person who is signed in to the same computer nor a page
//! of the Internet reads or presses anything here.
//!
//! What it deliberately does not do: decide what a page shows, or serve anybody else.

mod desktop;
mod opening;
mod visit;

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::thread;
use std::time::{Duration, Instant};

use subtle::ConstantTimeEq as _;
use tiny_http::{Header, Method, Request, Response, Server};

pub use desktop::is_from_desktop;
pub use opening::{Opened, page_leading_to};
pub use visit::Visit;

/// Bytes of the secrets.
const SECRET_BYTES: usize = 24;
/// How often it is asked whether the program may end.
const TICK: Duration = Duration::from_secs(1);
/// How long the parts of the last page can be had.
const LAST_PARTS: Duration = Duration::from_secs(2);
/// Sent with every answer: nothing from elsewhere, nothing kept, no frame around it.
const HEADERS: [(&str, &str); 6] = [
    (
        "Content-Security-Policy",
        "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    ),
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cache-Control", "no-store"),
];

const HTML: (&str, &str) = ("Content-Type", "text/html; charset=utf-8");

/// What a visit is answered with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reply {
    /// A page.
    Page(String),
    /// Something that a page is made of, or fetches: its media type, and its bytes.
    Part(&'static str, Vec<u8>),
    /// A page to be kept as a file of this name.
    Download(&'static str, String),
    /// Another of the pages, by its address below the first one.
    Go(&'static str),
    /// There is no such page: what is said.
    Missing(String),
    /// The last page: after it the program ends.
    Last(String),
}

/// What answers.
pub trait Pages {
    /// Answers a visit.
    fn answer(&mut self, visit: &Visit) -> Reply;
    /// What somebody sees who comes without the token, or with one that was used.
    fn closed(&self) -> String;
    /// Whether to end, when nobody has come for so long.
    fn ends_after(&self, silence: Duration) -> bool;
}

/// The pages' address, until the program ends.
pub struct OwnPage {
    server: Server,
    port: u16,
    token: Option<String>,
    home: String,
    cookie: String,
}

impl OwnPage {
    /// Begins to listen.
    pub fn listen() -> io::Result<Self> {
        let server =
            Server::http(SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).map_err(io::Error::other)?;
        let port = server.server_addr().to_ip().map_or(0, |address| address.port());
        Ok(Self { server, port, token: Some(secret()?), home: secret()?, cookie: secret()? })
    }

    /// The address to open, with the token that works once.
    pub fn address(&self) -> String {
        let token = self.token.as_deref().unwrap_or_default();
        format!("http://127.0.0.1:{}/?token={token}", self.port)
    }

    /// Answers until the last page, or until `pages` says so.
    pub fn serve(mut self, pages: &mut dyn Pages) -> io::Result<()> {
        let mut last_visit = Instant::now();
        loop {
            let received = self.server.recv_timeout(TICK);
            if received.is_err() {
                // Nobody can be answered any more; what was begun is done all the same.
                while !pages.ends_after(Duration::MAX) {
                    thread::sleep(TICK);
                }
            }
            let Some(request) = received? else {
                if pages.ends_after(last_visit.elapsed()) {
                    return Ok(());
                }
                continue;
            };
            if self.is_let_in(&request) {
                last_visit = Instant::now();
                if self.answer(request, pages) {
                    return self.finish(pages);
                }
            } else {
                self.turn_away_or_let_in(request, pages);
            }
        }
    }

    /// The last page is made of parts, too.
    fn finish(&self, pages: &mut dyn Pages) -> io::Result<()> {
        let ended = Instant::now();
        while ended.elapsed() < LAST_PARTS {
            if let Some(request) = self.server.recv_timeout(TICK)?
                && self.is_let_in(&request)
                && *request.method() == Method::Get
            {
                self.answer(request, pages);
            }
        }
        Ok(())
    }

    /// Whether a request carries the address, the cookie and the name of this computer: a name of
    /// somebody else's that leads here is not answered.
    fn is_let_in(&self, request: &Request) -> bool {
        let is_below_home = request
            .url()
            .strip_prefix('/')
            .and_then(|url| url.split_once('/'))
            .is_some_and(|(home, _)| is_same(home, &self.home));
        let has_cookie = field(request, "Cookie").is_some_and(|all| {
            all.split(';').any(|it| {
                it.trim().strip_prefix("lamsach=").is_some_and(|it| is_same(it, &self.cookie))
            })
        });
        self.is_for_us(request) && is_below_home && has_cookie
    }

    fn is_for_us(&self, request: &Request) -> bool {
        let ours = format!("127.0.0.1:{}", self.port);
        let is_from_us = field(request, "Origin")
            .is_none_or(|it| it.strip_prefix("http://") == Some(ours.as_str()));
        field(request, "Host") == Some(ours.as_str()) && is_from_us
    }

    /// Answers one visit; whether it was the last.
    fn answer(&self, mut request: Request, pages: &mut dyn Pages) -> bool {
        let Some(visit) = Visit::read(&mut request, self.home.len() + 2) else {
            respond(request, 400, &[], Vec::new());
            return false;
        };
        let reply = pages.answer(&visit);
        let is_last = matches!(reply, Reply::Last(_));
        match reply {
            Reply::Page(page) | Reply::Last(page) => respond(request, 200, &[HTML], page.into()),
            Reply::Missing(page) => respond(request, 404, &[HTML], page.into()),
            Reply::Part(media_type, bytes) => {
                respond(request, 200, &[("Content-Type", media_type)], bytes);
            }
            Reply::Download(name, page) => {
                let disposition = format!("attachment; filename=\"{name}\"");
                let headers = [HTML, ("Content-Disposition", disposition.as_str())];
                respond(request, 200, &headers, page.into());
            }
            Reply::Go(to) => {
                let to = format!("/{}/{to}", self.home);
                respond(request, 303, &[("Location", &to)], Vec::new());
            }
        }
        is_last
    }

    /// Lets the first one in who brings the token.
    fn turn_away_or_let_in(&mut self, request: Request, pages: &dyn Pages) {
        let brought = request.url().strip_prefix("/?token=");
        let is_right = *request.method() == Method::Get
            && self.is_for_us(&request)
            && brought.zip(self.token.as_deref()).is_some_and(|(it, token)| is_same(it, token));
        if !is_right {
            respond(request, 403, &[HTML], pages.closed().into());
            return;
        }
        self.token = None;
        let home = format!("/{}/", self.home);
        // Cookies know no ports: by its path no other program of this computer is sent it.
        let cookie = format!("lamsach={}; Path={home}; HttpOnly; SameSite=Strict", self.cookie);
        // By a page and not by a redirect: the browser came from a file, and keeps a strict cookie back
        // on the way that a file began.
        respond(request, 200, &[HTML, ("Set-Cookie", &cookie)], leading_to(&home).into());
    }
}

/// A page that leads a browser on by itself, or by its only link.
fn leading_to(address: &str) -> String {
    format!(
        "<!doctype html><meta charset=\"utf-8\"><meta http-equiv=\"refresh\" content=\"0; url={address}\"><title>Lamsach</title><a href=\"{address}\">Lamsach</a>"
    )
}

fn respond(request: Request, status: u16, headers: &[(&str, &str)], body: Vec<u8>) {
    let mut answer = Response::from_data(body).with_status_code(status);
    for (name, value) in HEADERS.iter().chain(headers) {
        // None is refused: all are ours, and ASCII.
        if let Ok(header) = Header::from_bytes(*name, *value) {
            answer.add_header(header);
        }
    }
    // Whoever went away meanwhile needs no answer.
    request.respond(answer).unwrap_or_default();
}

fn field<'r>(request: &'r Request, name: &'static str) -> Option<&'r str> {
    let found = request.headers().iter().find(|it| it.field.equiv(name))?;
    Some(found.value.as_str())
}

fn is_same(brought: &str, ours: &str) -> bool {
    brought.as_bytes().ct_eq(ours.as_bytes()).into()
}

fn secret() -> io::Result<String> {
    let mut bytes = [0; SECRET_BYTES];
    getrandom::fill(&mut bytes).map_err(io::Error::other)?;
    Ok(hex::encode(bytes))
}
