//! `match --archive` and `hunt`: yesterday's logs against today's list.

use std::fs;
use std::process::{Command, Stdio};

use tempfile::TempDir;

use super::{CLEAN_LINE, EVIL_LINES, Ran, run};

fn hunt(folder: &TempDir, arguments: &[&str]) -> Ran {
    let mut command = Command::new(env!("CARGO_BIN_EXE_lamsach"));
    command.arg("hunt").args(arguments).current_dir(folder.path());
    command.env_remove("LAMSACH_LANGUAGE").stdin(Stdio::null());
    let output = command.output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Ran { status: output.status.code(), out: text(output.stdout), err: text(output.stderr) }
}

#[test]
fn a_log_is_searched_for_what_was_not_known_when_it_was_matched() {
    let folder = TempDir::new().unwrap();
    let at = |name: &str| folder.path().join(name);
    let clean = CLEAN_LINE.repeat(5);
    fs::write(at("dns.log"), format!("{clean}{EVIL_LINES}")).unwrap();
    fs::write(at("old.txt"), "other.example\n").unwrap();
    fs::write(at("new.txt"), "evil.example\n").unwrap();

    let empty = hunt(&folder, &["--archive", "kept", "-i", "new.txt"]);
    assert_eq!(empty.status, Some(2), "{}", empty.err);
    assert!(empty.err.contains("--archive kept"), "{}", empty.err);

    let matching = ["-i", "old.txt", "--archive", "kept", "dns.log"];
    assert_eq!(run(folder.path(), &matching).status, Some(0));
    let found = hunt(&folder, &["--archive", "kept", "-i", "new.txt", "--output", "json"]);
    assert_eq!(found.status, Some(1), "{}", found.err);
    let sighting: serde_json::Value =
        serde_json::from_str(found.out.lines().next().unwrap()).unwrap();
    assert_eq!(sighting["device"], "10.0.0.7");
    assert_eq!(sighting["count"], 2);
    assert_eq!(sighting["first_seen"], "2026-11-24T01:00:01Z");
    assert_eq!(sighting["evidence"]["line_number"], 6);

    // The same log once more, grown: its side-car is replaced, nothing counts twice.
    fs::write(at("dns.log"), format!("{clean}{EVIL_LINES}{EVIL_LINES}")).unwrap();
    run(folder.path(), &matching);
    let found = hunt(&folder, &["--archive", "kept", "-i", "new.txt", "--output", "json"]);
    let sighting: serde_json::Value =
        serde_json::from_str(found.out.lines().next().unwrap()).unwrap();
    assert_eq!(sighting["count"], 4);

    // An earlier copy of it does not take the place of what is kept.
    let grown = fs::read(at("dns.log")).unwrap();
    fs::write(at("dns.log"), &grown[..grown.len() - EVIL_LINES.len()]).unwrap();
    run(folder.path(), &matching);
    fs::write(at("dns.log"), grown).unwrap();
    let again = hunt(&folder, &["--archive", "kept", "-i", "new.txt", "--output", "json"]);
    assert_eq!(again.out.lines().next(), found.out.lines().next());

    // The log is gone: what is known of it still stands.
    fs::remove_file(at("dns.log")).unwrap();
    let found = hunt(&folder, &["--archive", "kept", "-i", "new.txt"]);
    assert_eq!(found.status, Some(1), "{}", found.err);
    assert!(found.out.contains("10.0.0.7"), "{}", found.out);
    // Of a line that cannot be shown no number is told.
    assert!(found.out.contains("dns.log") && !found.out.contains("dns.log:"), "{}", found.out);
    let page = hunt(&folder, &["--archive", "kept", "-i", "new.txt", "--output", "html"]);
    assert!(page.out.contains("dns.log") && !page.out.contains("dòng 0"), "{}", page.out);
    let rows = hunt(&folder, &["--archive", "kept", "-i", "new.txt", "--output", "csv"]);
    assert!(rows.out.contains(&format!("dns.log;{};;;", clean.len())), "{}", rows.out);
}

#[test]
fn a_folder_that_cannot_be_used_is_told_before_the_logs_are_read() {
    let folder = TempDir::new().unwrap();
    let at = |name: &str| folder.path().join(name);
    fs::write(at("dns.log"), EVIL_LINES).unwrap();
    fs::write(at("list.txt"), "evil.example\n").unwrap();
    fs::write(at("file"), "").unwrap();
    for kept in ["file", "file/kept"] {
        let ran = run(folder.path(), &["-i", "list.txt", "--archive", kept, "dns.log"]);
        assert_eq!((ran.status, ran.out.as_str()), (Some(2), ""), "{}", ran.err);
        assert!(ran.err.contains("--archive") && ran.err.contains(kept), "{}", ran.err);
    }
    // Nothing is made for logs that are not there.
    let ran = run(folder.path(), &["-i", "list.txt", "--archive", "a/new/one", "no.log"]);
    assert!(ran.status == Some(2) && !at("a").exists(), "{}", ran.err);
    let ran = run(folder.path(), &["-i", "list.txt", "--archive", "a/new/one", "dns.log"]);
    assert_eq!(ran.status, Some(1), "{}", ran.err);
    let kept: Vec<_> = fs::read_dir(at("a/new/one")).unwrap().collect();
    assert_eq!(kept.len(), 1, "{kept:?}");
}

#[test]
fn sites_are_not_mixed() {
    let folder = TempDir::new().unwrap();
    let at = |name: &str| folder.path().join(name);
    fs::write(at("dns.log"), EVIL_LINES).unwrap();
    fs::write(at("old.txt"), "other.example\n").unwrap();
    fs::write(at("new.txt"), "evil.example\n").unwrap();
    for site in ["Cơ sở 1", "Cơ sở 2"] {
        run(folder.path(), &["-i", "old.txt", "--archive", "kept", "--site", site, "dns.log"]);
    }
    let both = hunt(&folder, &["--archive", "kept", "-i", "new.txt"]);
    assert_eq!(both.status, Some(2));
    assert!(both.err.contains("Cơ sở 1, Cơ sở 2"), "{}", both.err);
    let one = hunt(&folder, &["--archive", "kept", "-i", "new.txt", "--site", "Cơ sở 2"]);
    assert_eq!(one.status, Some(1), "{}", one.err);
    let none = hunt(&folder, &["--archive", "kept", "-i", "new.txt", "--site", "Co so 2"]);
    assert_eq!((none.status, none.out.as_str()), (Some(2), ""));
    assert!(none.err.contains("Cơ sở 1, Cơ sở 2"), "{}", none.err);
}

#[test]
fn a_log_in_a_zip_is_searched_and_its_line_found_again() {
    let folder = TempDir::new().unwrap();
    let at = |name: &str| folder.path().join(name);
    fs::create_dir(at("in")).unwrap();
    fs::write(at("in/clean.log"), CLEAN_LINE).unwrap();
    fs::write(at("in/dns.log"), format!("{CLEAN_LINE}{EVIL_LINES}")).unwrap();
    fs::write(at("old.txt"), "other.example\n").unwrap();
    fs::write(at("new.txt"), "evil.example\nevil.example/gate.php\n").unwrap();
    let mut zip = Command::new("zip");
    assert!(zip.args(["-qr", "logs.zip", "in"]).current_dir(&folder).status().unwrap().success());
    fs::remove_dir_all(at("in")).unwrap();
    let matching = ["-i", "old.txt", "--archive", "kept", "logs.zip"];
    assert_eq!(run(folder.path(), &matching).status, Some(0));
    let found = hunt(&folder, &["--archive", "kept", "-i", "new.txt", "--output", "json"]);
    assert_eq!(found.status, Some(1), "{}", found.err);
    let sighting: serde_json::Value =
        serde_json::from_str(found.out.lines().next().unwrap()).unwrap();
    let evidence = &sighting["evidence"];
    assert!(evidence["file"].as_str().unwrap().ends_with("/logs.zip/in/dns.log"), "{evidence}");
    assert_eq!(evidence["line_number"], 2);
    assert!(evidence["line"].as_str().unwrap().contains("a.evil.example"), "{evidence}");
    let last = found.out.lines().last().unwrap();
    let last: serde_json::Value = serde_json::from_str(last).unwrap();
    assert_eq!(last["summary"]["complete"], true, "the URL's host was looked for in the log again");
}

#[test]
fn devices_are_named_where_one_held_the_address_all_the_time() {
    let folder = TempDir::new().unwrap();
    let at = |name: &str| folder.path().join(name);
    fs::write(at("dns.log"), EVIL_LINES).unwrap();
    fs::write(at("old.txt"), "other.example\n").unwrap();
    fs::write(at("new.txt"), "evil.example\n").unwrap();
    run(folder.path(), &["-i", "old.txt", "--archive", "kept", "dns.log"]);
    let lease = |from: &str, to: &str, mac: &str, name: &str| {
        format!(
            "lease 10.0.0.7 {{\n  starts 2 2026/11/24 {from};\n  ends 2 2026/11/24 {to};\n  binding state active;\n  hardware ethernet {mac};\n  client-hostname \"{name}\";\n}}\n"
        )
    };
    let (first, second) = ("02:00:5e:10:00:a1", "02:00:5e:10:00:a2");
    let named = |leases: String, more: &[&str]| {
        fs::write(at("dhcpd.leases"), leases).unwrap();
        let arguments = ["--archive", "kept", "-i", "new.txt", "--output", "json"];
        let names = ["--names", "dhcpd.leases"];
        let found = hunt(&folder, &[&arguments[..], &names, more].concat());
        assert_eq!(found.status, Some(1), "{}", found.err);
        let sighting: serde_json::Value =
            serde_json::from_str(found.out.lines().next().unwrap()).unwrap();
        let text = |field: &str| sighting[field].as_str().unwrap_or("-").to_owned();
        format!("{} {} {}", text("device_name"), text("device_mac"), text("intermediary"))
    };
    let whole = lease("00:00:00", "12:00:00", first, "may-ke-toan");
    assert_eq!(named(whole.clone(), &[]), format!("may-ke-toan {first} -"));
    // It asked at 01:00 and at 02:30; the address moved in between.
    let moved = lease("00:00:00", "02:00:00", first, "may-ke-toan")
        + &lease("02:00:00", "12:00:00", second, "may-van-thu");
    assert_eq!(named(moved, &[]), "- - -");
    // It moved away and came back.
    let back = lease("00:00:00", "01:10:00", first, "may-ke-toan")
        + &lease("01:20:00", "02:00:00", second, "may-van-thu")
        + &lease("02:10:00", "12:00:00", first, "may-ke-toan");
    assert_eq!(named(back, &[]), "- - -");
    assert_eq!(
        named(whole, &["--forwarder", "10.0.0.7"]),
        format!("may-ke-toan {first} dns-forwarder")
    );
}
