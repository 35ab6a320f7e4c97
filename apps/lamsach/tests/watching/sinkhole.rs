//! `--sinkhole`: asked by dig, in front of unbound.

use std::fs;
use std::net::{SocketAddr, TcpListener, UdpSocket};
use std::process::{Command, Stdio};

use crate::place::{Ending, Place, end, has_program, wait_until};

/// What dig says of a question: the state of the answer, then its addresses.
fn dig(server: SocketAddr, options: &[&str]) -> String {
    let (host, port) = (format!("@{}", server.ip()), server.port().to_string());
    let output = Command::new("dig")
        .args([&host, "-p", &port, "+tries=1", "+time=8", "+nocookie"])
        .args(options)
        .output()
        .unwrap();
    String::from_utf8(output.stdout).unwrap()
}

fn state(answer: &str) -> String {
    let status = answer.split("status: ").nth(1).and_then(|it| it.split(',').next());
    let records = answer.lines().filter(|it| !it.starts_with(';') && it.contains("\tIN\t"));
    let words =
        records.filter(|it| !it.contains("SOA")).filter_map(|it| it.split('\t').next_back());
    let words: Vec<_> = status.into_iter().chain(words).collect();
    words.join(" ")
}

/// A port that is free for both protocols.
fn free_port() -> u16 {
    loop {
        let tcp = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = tcp.local_addr().unwrap();
        if UdpSocket::bind(address).is_ok() {
            return address.port();
        }
    }
}

/// Unbound with three names of its own, one of them with a long answer.
fn unbound(place: &Place, port: u16) -> Ending {
    let texts: Vec<String> = (0..12)
        .map(|it| format!("local-data: 'long.example. TXT \"{}{it}\"'\n", "x".repeat(200)))
        .collect();
    let settings = format!(
        r#"server:
interface: 127.0.0.1@{port}
username: ""
chroot: ""
pidfile: ""
directory: "{folder}"
use-syslog: no
logfile: "unbound.log"
do-daemonize: no
val-override-date: "0"
module-config: "iterator"
local-zone: "example." static
local-data: "good.example. A 198.51.100.5"
local-data: "good.example. AAAA 2001:db8::5"
local-data: "hidden.example. A 192.0.2.7"
{texts}
remote-control:
control-enable: no
"#,
        folder = place.path("").display(),
        texts = texts.concat(),
    );
    fs::write(place.path("unbound.conf"), settings).unwrap();
    let program =
        if fs::exists("/usr/sbin/unbound").unwrap() { "/usr/sbin/unbound" } else { "unbound" };
    let server = Command::new(program)
        .args(["-d", "-c", place.path("unbound.conf").to_str().unwrap()])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let server = Ending(server);
    let address = SocketAddr::from(([127, 0, 0, 1], port));
    wait_until("unbound", || state(&dig(address, &["good.example"])).starts_with("NOERROR"));
    server
}

#[test]
fn listed_names_are_answered_and_all_others_are_passed_on() {
    if !has_program("unbound", "unbound") || !has_program("dig", "bind9-dnsutils") {
        return;
    }
    let place = Place::new("evil.example\n192.0.2.7\n");
    let port = free_port();
    let server = unbound(&place, port);
    let forward = format!("127.0.0.1:{port}");
    let watch = place.watch(&["--sinkhole", "127.0.0.1:0", "--forward", &forward], "");
    let sinkhole = place.address_of("Watching dns ");
    let check = |options: &[&str], expected: &str| {
        assert_eq!(state(&dig(sinkhole, options)), expected, "{options:?}");
    };
    for way in ["+notcp", "+tcp"] {
        check(&[way, "A.Evil.example"], "NXDOMAIN");
        check(&[way, "+noedns", "evil.example", "AAAA"], "NXDOMAIN");
        check(&[way, "evil.example", "HTTPS"], "NXDOMAIN");
        check(&[way, "good.example"], "NOERROR 198.51.100.5");
        check(&[way, "good.example", "AAAA"], "NOERROR 2001:db8::5");
        check(&[way, "notevil.example"], "NXDOMAIN");
        check(&[way, "hidden.example"], "NOERROR 192.0.2.7");
    }
    // Another class is passed on as well.
    let version = dig(sinkhole, &["version.bind", "CH", "TXT"]);
    assert!(version.contains("unbound"), "{version}");
    let blocked = dig(sinkhole, &["evil.example"]);
    assert!(blocked.contains("EDE: 15 (Blocked)") && blocked.contains("SOA"), "{blocked}");
    assert!(!dig(sinkhole, &["notevil.example"]).contains("Blocked"));
    // What does not fit a datagram of the size that was offered is asked for again by TCP.
    let long = dig(sinkhole, &["+bufsize=1232", "long.example", "TXT"]);
    assert!(
        long.contains("Truncated, retrying in TCP mode") && long.contains("ANSWER: 12"),
        "{long}"
    );
    let cut = dig(sinkhole, &["+bufsize=1232", "+ignore", "long.example", "TXT"]);
    assert!(cut.contains(" tc "), "{cut}");
    let whole = dig(sinkhole, &["+bufsize=4096", "+ignore", "long.example", "TXT"]);
    assert!(whole.contains("ANSWER: 12"), "{whole}");

    wait_until("both", || place.sightings().len() == 2);
    drop(server);
    check(&["+notcp", "good.example"], "SERVFAIL");
    check(&["+tcp", "good.example"], "SERVFAIL");
    check(&["evil.example"], "NXDOMAIN");
    for _ in 0..3 {
        check(&["other.example"], "SERVFAIL");
    }
    wait_until("the note", || place.err().contains("does not answer"));
    let server = unbound(&place, port);
    check(&["good.example"], "NOERROR 198.51.100.5");
    wait_until("the note", || place.err().contains("answers again"));
    drop(server);
    assert_eq!(end(watch), Some(0));
    let expected = ["127.0.0.1 dns-blocked evil.example", "127.0.0.1 dns-resolved 192.0.2.7"];
    assert_eq!(place.sightings(), expected);
    assert_eq!(place.count_told(), 6 + 2 + 1 + 1);
    let summary = place.told().pop().unwrap()["summary"].clone();
    assert_eq!(summary["inputs"][0]["format"], "dns");
    assert_eq!(summary["lines_not_parsed"], 0, "{summary}");
}

#[test]
fn listed_names_may_have_an_address() {
    if !has_program("dig", "bind9-dnsutils") {
        return;
    }
    let place = Place::new("evil.example\n");
    // Nobody listens there, and nobody need.
    let forward = format!("127.0.0.1:{}", free_port());
    let answers = ["--answer", "192.0.2.80", "--answer", "2001:db8::80"];
    let inputs = ["--sinkhole", "127.0.0.1:0", "--forward", &forward];
    let watch = place.watch(&[&inputs[..], &answers].concat(), "");
    let sinkhole = place.address_of("Watching dns ");
    assert_eq!(state(&dig(sinkhole, &["evil.example"])), "NOERROR 192.0.2.80");
    assert_eq!(state(&dig(sinkhole, &["evil.example", "AAAA"])), "NOERROR 2001:db8::80");
    assert_eq!(state(&dig(sinkhole, &["+tcp", "evil.example", "MX"])), "NOERROR");
    // What is no question gets no answer, and harms nothing.
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    for message in [&b""[..], b"GET / HTTP/1.1\r\n\r\n", &[0xff; 600]] {
        socket.send_to(message, sinkhole).unwrap();
    }
    assert_eq!(state(&dig(sinkhole, &["evil.example"])), "NOERROR 192.0.2.80");
    assert_eq!(end(watch), Some(0));
}

#[test]
fn what_a_sinkhole_lacks_is_said() {
    let place = Place::new("evil.example\n");
    let check = |arguments: &[&str], expected: &str| {
        fs::write(place.path("err"), "").unwrap();
        assert_eq!(place.watch(arguments, "").wait().unwrap().code(), Some(2));
        assert!(place.err().contains(expected), "{}", place.err());
    };
    check(&["--sinkhole", "127.0.0.1:0"], "--forward");
    check(&["--sinkhole", "127.0.0.1", "--forward", "127.0.0.1"], "no address to listen at");
    let sinkhole = ["--sinkhole", "127.0.0.1:0", "--forward"];
    check(&[&sinkhole[..], &["dns.example"]].concat(), "is no name server to pass questions on to");
    check(&[&sinkhole[..], &["127.0.0.1", "--answer", "no"]].concat(), "is no answer");
    check(&[&sinkhole[..], &["127.0.0.1", "--clients", "all"]].concat(), "is no network");
}
