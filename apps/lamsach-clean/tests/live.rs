//! What runs, against addresses: real programs with real connections, in a network of their own.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "test helpers may panic")]

use std::env;
use std::fs;
use std::io::{self, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::Value;

const PROGRAM: &str = env!("CARGO_BIN_EXE_lamsach-clean");
/// Says to a second start of this program what to do in the network.
const PART: &str = "LAMSACH_TEST_PART";
/// An address for documents, which the network gives to itself.
const THERE: Ipv4Addr = Ipv4Addr::new(198, 51, 100, 7);
const LIST: &str =
    "value,type,family\n198.51.100.7,ip,Thử\n10.0.0.0/8,network,\nevil.example,domain,\n";

/// Runs a test of this file once more, in a network of its own, or says that none can be made.
fn in_own_network(test: &str) {
    let own = env::current_exe().unwrap();
    let makes = |program: &str, arguments: &[&str]| {
        let mut command = Command::new(program);
        command.args(arguments).stdout(Stdio::null()).stderr(Stdio::null());
        command.status().is_ok_and(|status| status.success())
    };
    if !makes("unshare", &["-n", "ip", "link", "set", "lo", "up"]) {
        // Not `eprintln!`, which is shown of failed tests only.
        let text = b"\nSKIPPED: a network of its own takes root, unshare and ip\n";
        io::stderr().write_all(text).unwrap();
        return;
    }
    let made = Command::new("unshare")
        .args([
            "-n",
            "sh",
            "-c",
            "ip link set lo up && ip address add 198.51.100.7/32 dev lo && exec \"$0\" \"$@\"",
        ])
        .arg(own)
        .args(["--exact", test, "--nocapture"])
        .env(PART, "inside")
        .output()
        .unwrap();
    assert!(made.status.success(), "{made:?}");
}

fn is_inside() -> bool {
    env::var_os(PART).is_some()
}

fn clean(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(PROGRAM)
        .args(arguments)
        .current_dir(folder)
        .env("XDG_STATE_HOME", folder.join("state"))
        .env("HOME", folder)
        .stdin(Stdio::null())
        .output()
        .unwrap()
}

fn scan(folder: &Path) -> (Vec<Value>, Value) {
    let output = clean(folder, &["scan", "--quick", "--indicators", "list.csv", "--json"]);
    let text = String::from_utf8(output.stdout).unwrap();
    let mut objects: Vec<Value> =
        text.lines().map(|it| serde_json::from_str(it).unwrap()).collect();
    let summary = objects.pop().unwrap()["summary"].take();
    (objects, summary)
}

/// Found connections, without those of programs outside of this test.
fn of(findings: &[Value], pid: u32) -> Vec<&Value> {
    findings.iter().filter(|it| it["live"]["pid"] == pid).collect()
}

#[test]
fn a_program_that_talks_to_a_listed_address_is_named_and_stays() {
    if !is_inside() {
        in_own_network("a_program_that_talks_to_a_listed_address_is_named_and_stays");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("list.csv"), LIST).unwrap();
    let listener = TcpListener::bind(SocketAddr::from((THERE, 0))).unwrap();
    let port = listener.local_addr().unwrap().port();
    let own = std::process::id();
    // Nobody talks to anybody yet.
    let (findings, summary) = scan(folder.path());
    assert_eq!(of(&findings, own), Vec::<&Value>::new());
    assert_eq!(summary["live"]["addresses"], 2, "the private range is refused: {summary}");
    assert!(summary["live"]["processes"].as_u64().unwrap() >= 2, "{summary}");
    assert!(summary["live"]["sockets"].as_u64().unwrap() >= 1, "{summary}");
    assert_eq!(summary["lists"][0]["addresses_refused"]["private-address"], 1);
    assert!(summary["live"].get("names").is_none(), "Linux keeps none");
    // No file was looked at, which is not clean.
    assert_eq!(summary["not_scanned"]["files-not-scanned"], 1);
    assert_eq!((&summary["verdict"], &summary["complete"]), (&"incomplete".into(), &false.into()));

    let here = TcpStream::connect((THERE, port)).unwrap();
    let (there, _) = listener.accept().unwrap();
    let (findings, summary) = scan(folder.path());
    let found = of(&findings, own);
    assert_eq!(found.len(), 1, "{findings:?}");
    let found = found[0];
    let image = fs::read_link("/proc/self/exe").unwrap().display().to_string();
    assert_eq!((&found["what"], &found["path"]), (&"connection".into(), &image.as_str().into()));
    assert_eq!(found["category"], "suspicious");
    assert_eq!(found["indicator"], "198.51.100.7");
    let live = &found["live"];
    assert_eq!((&live["address"], &live["port"]), (&"198.51.100.7".into(), &port.into()));
    assert_eq!((&live["state"], &live["protocol"]), (&"connected".into(), &"tcp".into()));
    assert_eq!((&live["family"], &live["list"]), (&"Thử".into(), &"list.csv".into()));
    assert_eq!(summary["verdict"], "suspicious");
    // The other end of it, which the listed address opened, is none.
    assert_eq!(summary["live"]["inbound"], 1, "{summary}");

    // A plan leaves the program alone, and says so.
    let output = clean(folder.path(), &["scan", "--quick", "--indicators", "list.csv", "--json"]);
    fs::write(folder.path().join("found.jsonl"), output.stdout).unwrap();
    let output = clean(folder.path(), &["plan", "--findings", "found.jsonl", "--json"]);
    let plan: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(plan["steps"], serde_json::json!([]));
    let stays = plan["stays"].as_array().unwrap();
    let talks = format!("{image} ({own}) → 198.51.100.7:{port}");
    assert!(
        stays.iter().any(|it| it["why"] == "connection" && it["at"] == talks.as_str()),
        "{plan}"
    );
    // People are told who talks to whom, and what to do.
    let output = clean(folder.path(), &["scan", "--quick", "--indicators", "list.csv"]);
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.contains(&format!("ĐÁNG NGỜ: {talks}")), "{text}");
    assert!(text.contains("Có chương trình liên hệ với địa chỉ độc hại."), "{text}");

    // Once it is over, the kernel still knows that it was.
    drop(here);
    drop(there);
    let (findings, _) = scan(folder.path());
    assert_eq!(of(&findings, own), Vec::<&Value>::new());
    let ended: Vec<_> = findings.iter().filter(|it| it["live"]["port"] == port).collect();
    assert_eq!(ended.len(), 1, "{findings:?}");
    assert_eq!(ended[0]["live"]["state"], "ending");
    assert!(ended[0]["live"].get("pid").is_none());
}
