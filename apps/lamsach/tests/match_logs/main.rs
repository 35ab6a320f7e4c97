//! `lamsach match`, the real program over real files.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "test helpers may panic")]

mod arguments;
mod columns;
mod compiled;
mod documented;
mod hostile;
mod intermediaries;
mod looking_back;
mod names;
mod outputs;
mod packings;
mod stopping;

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use tempfile::TempDir;

/// What a run left.
struct Ran {
    status: Option<i32>,
    out: String,
    err: String,
}

/// The program in a folder, with nothing from outside that changes what it says.
fn lamsach(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_lamsach"));
    command.arg("match").current_dir(folder).env_remove("LAMSACH_LANGUAGE");
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

fn run_with(folder: &Path, arguments: &[&str], input: &[u8]) -> Ran {
    let mut child = lamsach(folder).args(arguments).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let input = input.to_vec();
    let feeding = std::thread::spawn(move || stdin.write_all(&input));
    let output = child.wait_with_output().unwrap();
    // The program need not read its input.
    drop(feeding.join().unwrap());
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Ran { status: output.status.code(), out: text(output.stdout), err: text(output.stderr) }
}

fn run(folder: &Path, arguments: &[&str]) -> Ran {
    run_with(folder, arguments, b"")
}

const LIST: &str = "# chiến dịch 2026\nevil.example\n192.0.2.7\n/gate.php\nlocalhost\n";
const CSV_LIST: &str =
    "indicator,type,family\ndrop.example,domain,emotet\n203.0.113.9:8443,ip,qakbot\n";

const CLEAN_LINE: &str = "24-Nov-2026 07:59:59.000 client @0x7f 10.0.0.8#51511 (notevil.example): query: notevil.example IN A +E(0)K (10.0.0.1)\n";
const EVIL_LINES: &str = "\
24-Nov-2026 08:00:01.123 client @0x7f 10.0.0.7#51511 (a.evil.example): query: a.evil.example IN A +E(0)K (10.0.0.1)
24-Nov-2026 09:30:01.123 client @0x7f 10.0.0.7#51511 (evil.example): query: evil.example IN A +E(0)K (10.0.0.1)
";
const STRANGE_LINE: &str = "this is not a log line\n";
const FIREWALL_LINES: &str = "\
date=2026-11-24 time=08:00:02 type=\"traffic\" subtype=\"forward\" srcip=10.0.9.2 srcname=\"PC-KETOAN-01\" dstip=203.0.113.9 dstport=8443 action=\"close\" rcvdbyte=100
date=2026-11-24 time=08:00:03 type=\"traffic\" subtype=\"forward\" srcip=192.0.2.7 dstip=10.0.0.20 dstport=22 action=\"deny\" rcvdbyte=0
date=2026-11-24 time=08:00:04 type=\"utm\" subtype=\"webfilter\" srcip=10.0.9.3 hostname=\"search.example\" url=\"/?q=drop.example\" dstip=198.51.100.1 dstport=443 action=\"passthrough\"
";

/// Two lists and some logs.
fn folder() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
    write("list.txt", LIST);
    write("list.csv", CSV_LIST);
    write("dns.log", &format!("{CLEAN_LINE}{EVIL_LINES}{STRANGE_LINE}"));
    write("fw.log", FIREWALL_LINES);
    write("clean.log", CLEAN_LINE);
    write("half.log", &format!("{CLEAN_LINE}{STRANGE_LINE}"));
    write("inbound.log", FIREWALL_LINES.lines().nth(1).unwrap());
    write("empty.log", "");
    folder
}
