//! `--syslog`: messages of `logger` and of rsyslog.

use std::fs;
use std::io::Write as _;
use std::net::{SocketAddr, TcpStream};
use std::process::{Command, Stdio};

use crate::place::{Ending, Place, end, has_program, signal, skip, wait_until};

const CERTIFICATE: &str =
    concat!(env!("CARGO_MANIFEST_DIR"), "/tests/serve/testdata/certificate.pem");
const KEY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/serve/testdata/key.pem");

/// What a name server writes of a question.
fn question(device: u8, name: &str) -> String {
    format!("client @0x7f 192.0.2.{device}#5000 ({name}): query: {name} IN A + (192.0.2.53)")
}

fn log(address: SocketAddr, options: &[&str], message: &str) {
    let (host, port) = (address.ip().to_string(), address.port().to_string());
    let sent = Command::new("logger")
        .args(["--server", &host, "--port", &port, "--tag", "named"])
        .args(options)
        .args(["--", message])
        .status()
        .unwrap();
    assert!(sent.success());
}

#[test]
fn messages_of_logger_are_read_in_every_form() {
    if !has_program("logger", "bsdutils") {
        return;
    }
    let place = Place::new("evil.example\n");
    let inputs = ["--syslog", "udp://127.0.0.1:0", "--syslog", "tcp://127.0.0.1:0"];
    let watch = place.watch(&inputs, "");
    let (udp, tcp) = (place.address_of("syslog udp://"), place.address_of("syslog tcp://"));
    for (number, options) in [
        (1, &["--udp", "--rfc3164"][..]),
        (2, &["--udp", "--rfc5424"]),
        (3, &["--tcp", "--rfc3164"]),
        (4, &["--tcp", "--rfc5424", "--octet-count"]),
        (5, &["--tcp", "--rfc5424=notime,nohost,notq"]),
    ] {
        let address = if options[0] == "--udp" { udp } else { tcp };
        log(address, options, &question(number, "a.evil.example"));
        log(address, options, &question(number, "good.example"));
    }
    wait_until("five devices", || place.sightings().len() == 5);
    assert_eq!(end(watch), Some(0));
    let expected = (1..=5).map(|it| format!("192.0.2.{it} dns-queried evil.example"));
    assert_eq!(place.sightings(), expected.collect::<Vec<_>>());
    let summary = place.told().pop().unwrap();
    assert_eq!(summary["summary"]["lines_read"], 10);
    assert_eq!(summary["summary"]["lines_not_parsed"], 0);
    assert_eq!(summary["summary"]["dropped"], 0);
    assert!(place.told()[0]["evidence"]["file"].as_str().unwrap().ends_with(" 127.0.0.1"));
}

#[test]
fn rsyslog_sends_by_tcp_and_tls_and_nothing_told_is_lost_by_a_kill() {
    if !has_program("rsyslogd", "rsyslog") {
        return;
    }
    let modules = "/usr/lib/x86_64-linux-gnu/rsyslog";
    let has_tls = fs::metadata(format!("{modules}/lmnsd_gtls.so")).is_ok();
    if !has_tls {
        skip("rsyslog without TLS (apt install rsyslog-gnutls)");
    }
    let place = Place::new("evil.example\n");
    let inputs = |tcp: &str, tls: &str| {
        let inputs = ["--syslog", tcp, "--syslog", tls, "--tls-cert", CERTIFICATE];
        inputs.into_iter().chain(["--tls-key", KEY]).map(str::to_owned).collect::<Vec<_>>()
    };
    let start = |inputs: Vec<String>| {
        let inputs: Vec<&str> = inputs.iter().map(String::as_str).collect();
        place.watch(&inputs, "")
    };
    let mut watch = start(inputs("tcp://127.0.0.1:0", "tls://127.0.0.1:0"));
    let (tcp, tls) = (place.address_of("syslog tcp://"), place.address_of("syslog tls://"));
    let folder = place.path("rsyslog");
    fs::create_dir(&folder).unwrap();
    let action = |port: u16, more: &str| {
        format!(
            r#"action(type="omfwd" target="127.0.0.1" port="{port}" protocol="tcp" action.resumeRetryCount="-1" action.resumeInterval="1" {more})
"#
        )
    };
    let mut settings = format!(
        r#"global(workDirectory="{folder}" defaultNetstreamDriverCAFile="{CERTIFICATE}")
module(load="imfile" mode="inotify")
input(type="imfile" file="{log}" tag="named:" severity="info" facility="daemon")
"#,
        folder = folder.display(),
        log = place.path("named.log").display(),
    );
    settings += &action(
        tcp.port(),
        r#"TCP_Framing="octet-counted" template="RSYSLOG_SyslogProtocol23Format""#,
    );
    if has_tls {
        let more = r#"template="RSYSLOG_ForwardFormat" StreamDriver="gtls" StreamDriverMode="1" StreamDriverAuthMode="x509/certvalid""#;
        settings += &action(tls.port(), more);
    }
    fs::write(folder.join("settings"), settings).unwrap();
    let write = |device: u8, name: &str| {
        let mut file =
            fs::File::options().create(true).append(true).open(place.path("named.log")).unwrap();
        writeln!(file, "{}", question(device, name)).unwrap();
    };
    write(1, "a.evil.example");
    write(1, "good.example");
    let errors = fs::File::create(folder.join("err")).unwrap();
    let sender = Command::new("/usr/sbin/rsyslogd")
        .args(["-n", "-f", folder.join("settings").to_str().unwrap()])
        .args(["-i", folder.join("pid").to_str().unwrap()])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(errors)
        .spawn()
        .unwrap();
    let sender = Ending(sender);
    let ways = if has_tls { 2 } else { 1 };
    wait_until("the first device", || place.count_told() == ways);
    signal(&watch, "-KILL");
    watch.wait().unwrap();
    // Started again at the same ports, it goes on with what it had told.
    fs::remove_file(place.path("err")).unwrap();
    watch = start(inputs(&format!("tcp://{tcp}"), &format!("tls://{tls}")));
    place.address_of("syslog tls://");
    // What is written while a sender has not noticed yet goes into a dead connection: syslog over
    // TCP acknowledges nothing.
    wait_until("both ways to be open again", || {
        write(2, "a.evil.example");
        std::thread::sleep(std::time::Duration::from_millis(200));
        let told = place.told();
        let of = |input: &str| {
            told.iter().any(|it| {
                it["device"] == "192.0.2.2" && it["input"].as_str().unwrap().contains(input)
            })
        };
        of("tcp://") && (of("tls://") || !has_tls)
    });
    drop(sender);
    assert_eq!(end(watch), Some(0));
    let summary = place.told().pop().unwrap()["summary"].clone();
    for input in summary["inputs"].as_array().unwrap() {
        assert_eq!(input["format"], "bind", "{summary}");
        assert_eq!(input["sightings"], 2, "{summary}");
    }
    assert_eq!(summary["inputs"].as_array().unwrap().len(), usize::try_from(ways).unwrap());
}

#[test]
fn where_the_log_names_no_device_the_header_does() {
    let place = Place::new("evil.example\n");
    let watch = place.watch(&["--syslog", "tcp://127.0.0.1:0", "--format", "generic"], "");
    let mut stream = TcpStream::connect(place.address_of("syslog tcp://")).unwrap();
    stream.write_all(b"<13>Nov 24 08:00:01 may-7 app: sent to a.evil.example\n").unwrap();
    stream.write_all(b"<13>sent to a.evil.example\n").unwrap();
    drop(stream);
    wait_until("both", || place.sightings().len() == 2);
    assert_eq!(end(watch), Some(0));
    let expected = ["127.0.0.1 mention-only evil.example", "may-7 mention-only evil.example"];
    assert_eq!(place.sightings(), expected);
}

#[test]
fn what_cannot_be_listened_at_is_said() {
    let place = Place::new("evil.example\n");
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let taken = format!("tcp://{}", taken.local_addr().unwrap());
    let check = |arguments: &[&str], expected: &str| {
        fs::write(place.path("err"), "").unwrap();
        assert_eq!(place.watch(arguments, "").wait().unwrap().code(), Some(2));
        assert!(place.err().contains(expected), "{}", place.err());
    };
    check(&["--syslog", "0.0.0.0:514"], "is no address to listen at");
    check(&["--syslog", "tls://127.0.0.1:0"], "needs --tls-cert");
    check(&["--syslog", &taken], "Listening at tcp://127.0.0.1:");
    let tls = ["--syslog", "tls://127.0.0.1:0", "--tls-key", KEY, "--tls-cert"];
    check(&[&tls[..], &["nowhere.pem"]].concat(), "nowhere.pem cannot be used for TLS");
    check(&[&tls[..], &["list.txt"]].concat(), "list.txt cannot be used for TLS");
}
