//! What the program for Windows does over the network: its result reaches a portal, and what talks to an
//! address is found.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "test helpers may panic")]

use std::collections::BTreeMap;
use std::env;
use std::fs;
use std::io::{self, BufRead as _, BufReader, Write as _};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use serde_json::Value;
use windows_tests::Wine;

const MARK: &str = "LAMSACH-HARMLESS-TEST-FILE";
/// How long making a demonstration may take on a busy machine, unoptimised.
const PATIENCE: Duration = Duration::from_mins(5);
/// The password of every sign-in of a demonstration.
const PASSWORD: &str = "minh-hoa-2026";
/// Who runs the demonstration's campaign.
const COORDINATOR: &str = "dieuphoi";
/// A campaign whose form asks for devices; the demonstration's does not.
const CAMPAIGN: [(&str, &str); 13] = [
    ("title", "Chiến dịch làm sạch mã độc"),
    ("letter_number", "128/SKHCN-CĐS"),
    ("letter_on", "2026-01-05"),
    ("letter_place", "Minh Hà"),
    ("subject", "triển khai chiến dịch làm sạch mã độc"),
    ("aim", "Làm sạch mã độc trên không gian mạng."),
    ("tasks", "Kiểm tra, xử lý thiết bị."),
    ("signer", "GIÁM ĐỐC"),
    ("period_from", "2026-01-05"),
    ("period_to", "2099-12-31"),
    ("deadline_phrase", "before"),
    ("deadline_on", "2099-12-31"),
    ("form", "extended@1"),
];
/// Says to a second start of this program that it is in a network of its own.
const INSIDE: &str = "LAMSACH_TEST_PART";
/// An address for documents, which that network gives to itself.
const THERE: Ipv4Addr = Ipv4Addr::new(198, 51, 100, 7);

/// The portal's own program with its demonstration, on a free port of loopback.
struct Portal {
    program: Child,
    address: String,
    /// The officer of a unit that takes part.
    login: String,
    cookie: String,
    _data: tempfile::TempDir,
}

impl Portal {
    fn start() -> Self {
        let own = env::current_exe().unwrap();
        let lamsach = own.ancestors().nth(2).unwrap().join("lamsach");
        assert!(lamsach.exists(), "{}: run `cargo build -p lamsach`", lamsach.display());
        let data = tempfile::tempdir().unwrap();
        let mut command = Command::new(lamsach);
        command.args(["serve", "--demo", "--listen", "127.0.0.1:0", "--log", "warn", "--data"]);
        let mut program = command.arg(data.path()).stdout(Stdio::piped()).spawn().unwrap();
        let output = BufReader::new(program.stdout.take().unwrap());
        let (sender, lines) = mpsc::channel::<String>();
        // Read to the end: a program whose output nobody reads would stand still.
        thread::spawn(move || {
            output.lines().map_while(Result::ok).for_each(|line| drop(sender.send(line)));
        });
        let (mut address, mut login) = (String::new(), String::new());
        while address.is_empty() || login.is_empty() {
            let line = lines.recv_timeout(PATIENCE).unwrap();
            let mut words = line.split_whitespace();
            if let Some(word) = words.clone().find(|it| it.starts_with("http://")) {
                word.clone_into(&mut address);
            }
            if let (Some(word), true) = (words.find(|it| it.starts_with("cb.")), login.is_empty()) {
                word.clone_into(&mut login);
            }
        }
        let mut portal = Self { program, address, login, cookie: String::new(), _data: data };
        portal.sign_in(&portal.login.clone());
        portal
    }

    fn sign_in(&mut self, login: &str) {
        let signed_in = self.post("/sign-in", &[("login", login), ("password", PASSWORD)]);
        let cookie = signed_in.headers()["set-cookie"].to_str().unwrap();
        cookie.split(';').next().unwrap().clone_into(&mut self.cookie);
    }

    /// Has the unit take part in another campaign in place of the demonstration's.
    fn begin_campaign(&mut self) {
        let unit = self.link("/tokens", "/tokens/", "/codes");
        let receiver = format!("{}:action", unit.split('/').nth(2).unwrap());
        self.sign_in(COORDINATOR);
        let new = self.link("/", "/campaigns/new/", "");
        let focal = new.rsplit('/').next().unwrap();
        let running = self.link("/", "/campaigns/", &format!("/board/{focal}"));
        let done = |step: &str, fields: &[(&str, &str)]| {
            let mut answer = self.post(step, fields);
            let text = answer.body_mut().read_to_string().unwrap();
            let location = answer.headers().get("location").map(|it| it.to_str().unwrap());
            let location = location.unwrap_or_else(|| panic!("{step}: {text}"));
            location.split('/').nth(2).unwrap().to_owned()
        };
        let running = running.split('/').nth(2).unwrap();
        done(&format!("/campaigns/{running}/close/{focal}"), &[]);
        let begun = done(&new, &CAMPAIGN);
        done(&format!("/campaigns/{begun}/receivers/{focal}"), &[("receivers", &receiver)]);
        done(&format!("/campaigns/{begun}/launch/{focal}"), &[]);
        self.sign_in(&self.login.clone());
    }

    fn post(&self, path: &str, fields: &[(&str, &str)]) -> ureq::http::Response<ureq::Body> {
        let agent = ureq::Agent::config_builder()
            .max_redirects(0)
            .max_redirects_will_error(false)
            .build()
            .new_agent();
        let request = agent.post(format!("{}{path}", self.address));
        // As a browser says that the form is the portal's own.
        let request =
            request.header("sec-fetch-site", "same-origin").header("cookie", &self.cookie);
        request.send_form(fields.iter().copied()).unwrap()
    }

    fn page(&self, path: &str) -> String {
        let request = ureq::get(format!("{}{path}", self.address)).header("cookie", &self.cookie);
        request.call().unwrap().body_mut().read_to_string().unwrap()
    }

    /// The first address on a page that begins and ends so.
    fn link(&self, page: &str, start: &str, end: &str) -> String {
        let text = self.page(page);
        let mut links = text.split('"').filter(|it| it.starts_with(start) && it.ends_with(end));
        links.next().unwrap_or_else(|| panic!("{page} has no {start}…{end}")).to_owned()
    }

    /// The page of the officer's unit in the campaign: its scans, cases or report.
    fn own(&self, page: &str) -> String {
        let (code, campaign) =
            (self.link("/tokens", "/tokens/", "/codes"), self.link("/", "/campaigns/", ""));
        let (unit, campaign) =
            (code.split('/').nth(2).unwrap(), campaign.split('/').nth(2).unwrap());
        format!("/campaigns/{campaign}/{page}/{unit}")
    }

    /// What the system measured for each row of the unit's report.
    fn measured(&self) -> BTreeMap<String, i64> {
        let text = self.page(&format!("{}/report.json", self.own("report")));
        let report: Value = serde_json::from_str(&text).unwrap();
        let rows = report["Rows"].as_array().unwrap().iter();
        let told = |row: &Value| Some((row["Key"].as_str()?.to_owned(), row["Measured"].as_i64()?));
        rows.filter_map(told).collect()
    }

    /// A code for the tools of the officer's unit.
    fn code(&self) -> String {
        let form = self.link("/tokens", "/tokens/", "/codes");
        let shown = self.post(&form, &[("label", "Máy Windows")]).body_mut().read_to_string();
        let shown = shown.unwrap();
        let is_code = |it: &&str| {
            let parts: Vec<&str> = it.split('-').collect();
            parts.len() == 4 && parts.iter().all(|it| it.len() == 5 && it.is_ascii())
        };
        let mut words = shown.split(|it: char| !it.is_ascii_alphanumeric() && it != '-');
        words.find(is_code).unwrap().to_owned()
    }
}

impl Drop for Portal {
    fn drop(&mut self) {
        drop(Command::new("kill").arg(self.program.id().to_string()).status());
        drop(self.program.wait());
    }
}

#[test]
fn a_result_of_windows_reaches_the_portal_and_changes_the_report() {
    let Some(wine) = Wine::start() else { return };
    let mut portal = Portal::start();
    portal.begin_campaign();
    let (user, here) = wine.user();
    let rule = format!("rule planted_by_test {{ strings: $a = \"{MARK}\" condition: $a }}");
    fs::write(wine.drive().join("rules.yar"), rule).unwrap();
    fs::write(here.join("Downloads/mã độc.exe"), format!("MZ {MARK}")).unwrap();
    let downloads = format!("{user}\\Downloads");
    let code = portal.code();
    let send = |address: &str| {
        let arguments = [
            "scan",
            "--rules",
            "C:\\rules.yar",
            "--no-memory",
            "--code",
            &code,
            "--send",
            address,
            &downloads,
        ];
        let output = wine.clean(&arguments);
        let text = [output.stdout, output.stderr].concat();
        (output.status.code(), String::from_utf8(text).unwrap())
    };
    let before = portal.measured();
    // Nobody is there: that is said.
    let (status, text) = send("http://127.0.0.1:1");
    assert_eq!(status, Some(2), "{text}");
    let (status, text) = send(&portal.address);
    assert_eq!(status, Some(1), "{text}");
    let shown = portal.page(&portal.own("scans"));
    assert!(shown.contains("planted_by_test"), "{shown}");
    // What is the person's stays on the PC.
    assert!(!shown.contains("mã độc.exe") && shown.contains("*.exe"));
    // Its case says what opened it, and the unit's report counts one more device, once.
    let shown = portal.page(&portal.own("cases"));
    assert!(shown.contains("quét máy tìm thấy"), "{shown}");
    let grown = |now: &BTreeMap<String, i64>| -> Vec<(String, i64)> {
        let by = |(key, count): (&String, &i64)| (key.clone(), count - before[key]);
        now.iter().map(by).filter(|it| it.1 != 0).collect()
    };
    let after = portal.measured();
    assert_eq!(grown(&after), [("devices-infected".to_owned(), 1)], "{before:?}");
    let (status, text) = send(&portal.address);
    assert_eq!(status, Some(1), "{text}");
    assert_eq!(portal.measured(), after);
}

/// Runs a test of this file once more, in a network of its own, or says that none can be made.
fn in_own_network(test: &str) {
    let makes = |arguments: &[&str]| {
        let mut command = Command::new("unshare");
        command.args(arguments).stdout(Stdio::null()).stderr(Stdio::null());
        command.status().is_ok_and(|status| status.success())
    };
    if !makes(&["-n", "ip", "link", "set", "lo", "up"]) {
        // Not `eprintln!`, which is shown of failed tests only.
        let text = b"\nSKIPPED: a network of its own takes root, unshare and ip\n";
        io::stderr().write_all(text).unwrap();
        return;
    }
    let set_up = "ip link set lo up && ip address add 198.51.100.7/32 dev lo && exec \"$0\" \"$@\"";
    let made = Command::new("unshare")
        .args(["-n", "sh", "-c", set_up])
        .arg(env::current_exe().unwrap())
        .args(["--exact", test, "--nocapture"])
        .env(INSIDE, "inside")
        .output()
        .unwrap();
    assert!(made.status.success(), "{made:?}");
}

#[test]
fn who_talks_to_an_address_is_found_and_who_is_scanned_is_not() {
    if env::var_os(INSIDE).is_none() {
        return in_own_network("who_talks_to_an_address_is_found_and_who_is_scanned_is_not");
    }
    let Some(wine) = Wine::start() else { return };
    fs::write(wine.drive().join("list.csv"), "value,type,family\n198.51.100.7,ip,Thử\n").unwrap();
    let start = |arguments: &[&str]| {
        let mut command = wine.program("C:\\probe.exe", arguments);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
        (child, line.trim().to_owned())
    };
    let scan = || {
        let arguments =
            ["scan", "--quick", "--no-memory", "--indicators", "C:\\list.csv", "--json"];
        let output = wine.clean(&arguments);
        let text = String::from_utf8(output.stdout).unwrap();
        let mut objects: Vec<Value> =
            text.lines().map(|it| serde_json::from_str(it).unwrap()).collect();
        let summary = objects.pop().unwrap()["summary"].take();
        let found = objects.into_iter().filter(|it| it["what"] == "connection");
        (found.collect::<Vec<_>>(), summary)
    };
    assert_eq!(scan().0, Vec::<Value>::new());
    let server = TcpListener::bind((THERE, 0)).unwrap();
    let port = server.local_addr().unwrap().port();
    let (mut talks, _) = start(&["connect", "198.51.100.7", &port.to_string()]);
    let (_held, _) = server.accept().unwrap();
    let (found, summary) = scan();
    let told = |found: &[Value]| -> Vec<(Option<u64>, String, String)> {
        let text = |it: &Value| it.as_str().unwrap_or_default().to_owned();
        // What has just ended may still be told.
        let live = found.iter().map(|it| &it["live"]).filter(|it| it["state"] == "connected");
        live.map(|it| (it["port"].as_u64(), text(&it["state"]), text(&it["family"]))).collect()
    };
    let expected = |port: u16| vec![(Some(port.into()), "connected".to_owned(), "Thử".to_owned())];
    // Both ends are here: the other one's side is a server that is connected to.
    assert_eq!(told(&found), expected(port), "{summary}");
    // Whose a socket is Wine does not say.
    drop(talks.kill());
    drop(talks.wait());

    let (mut listens, port) = start(&["listen"]);
    let port: u16 = port.parse().unwrap();
    let _knocks = TcpStream::connect((THERE, port)).unwrap();
    let (found, summary) = scan();
    assert_eq!(told(&found), expected(port), "{summary}");
    assert!(summary["live"]["inbound"].as_u64() >= Some(1), "{summary}");
    drop(listens.kill());
    drop(listens.wait());
}
