//! `lamsach indicators`, and `match` with what it wrote.

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use super::{Ran, folder, run};

fn indicators(folder: &Path, arguments: &[&str]) -> Ran {
    let mut command = Command::new(env!("CARGO_BIN_EXE_lamsach"));
    command.arg("indicators").args(arguments).current_dir(folder).env_remove("LAMSACH_LANGUAGE");
    let output = command.output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Ran { status: output.status.code(), out: text(output.stdout), err: text(output.stderr) }
}

/// The sightings of a run, without its summary.
fn sightings(ran: &Ran) -> Vec<&str> {
    ran.out.lines().filter(|line| line.contains("\"device\"")).collect()
}

#[test]
fn a_compiled_file_finds_what_its_lists_find() {
    let folder = folder();
    let folder = folder.path();
    let compiled = indicators(folder, &["compile", "list.txt", "list.csv", "-o", "sub/all.lsidx"]);
    assert_eq!(compiled.status, Some(0), "{}", compiled.err);
    // What was refused is said on standard error.
    assert!(compiled.err.contains("/gate.php"), "{}", compiled.err);
    let options = ["--output", "json", "--timezone", "UTC"];
    let with = |lists: &[&str]| {
        let lists = lists.iter().flat_map(|list| ["-i", list]);
        let logs = ["--", "dns.log", "fw.log"];
        let arguments: Vec<&str> = lists.chain(options).chain(logs).collect();
        run(folder, &arguments)
    };
    let by_lists = with(&["list.txt", "list.csv"]);
    let by_file = with(&["sub/all.lsidx"]);
    assert_eq!(by_file.status, Some(1), "{}", by_file.err);
    assert!(!sightings(&by_lists).is_empty());
    assert_eq!(sightings(&by_file), sightings(&by_lists));
    let summary: Value = serde_json::from_str(by_file.out.lines().last().unwrap()).unwrap();
    assert_eq!(summary["summary"]["lists"][0]["format"], "index");
    assert_eq!(summary["summary"]["lists"][0]["accepted"]["domain"], 2);

    // Several files, and lists among them, are put together.
    for (list, file) in [("list.txt", "a.lsidx"), ("list.csv", "b.lsidx")] {
        assert_eq!(indicators(folder, &["compile", list, "-o", file]).status, Some(0));
    }
    assert_eq!(sightings(&with(&["a.lsidx", "b.lsidx"])), sightings(&by_lists));
    assert_eq!(sightings(&with(&["list.txt", "b.lsidx"])), sightings(&by_lists));
    let merged = indicators(folder, &["compile", "a.lsidx", "b.lsidx", "-o", "ab.lsidx"]);
    assert_eq!(merged.status, Some(0), "{}", merged.err);
    assert_eq!(sightings(&with(&["ab.lsidx"])), sightings(&by_lists));
}

#[test]
fn what_does_harm_is_left_out_and_what_is_doubtful_is_marked() {
    let folder = folder();
    let folder = folder.path();
    let list = "8.8.8.8\n10.0.0.53\ncom.vn\nbit.ly\nevil.example\n";
    let log = "\
24-Nov-2026 08:00:01.123 client @0x7f 10.0.0.7#51511 (bit.ly): query: bit.ly IN A +E(0)K (10.0.0.1)
24-Nov-2026 08:00:02.123 client @0x7f 10.0.0.7#51511 (dangkiem.com.vn): query: dangkiem.com.vn IN A +E(0)K (10.0.0.1)
";
    fs::write(folder.join("harm.txt"), list).unwrap();
    fs::write(folder.join("harm.log"), log).unwrap();
    assert_eq!(indicators(folder, &["compile", "harm.txt", "-o", "harm.lsidx"]).status, Some(0));
    for list in ["harm.txt", "harm.lsidx"] {
        let ran = run(folder, &["-i", list, "--output", "json", "harm.log"]);
        let found = sightings(&ran);
        assert_eq!(found.len(), 1, "{}", ran.out);
        let found: Value = serde_json::from_str(found[0]).unwrap();
        assert_eq!(found["indicator"], "bit.ly");
        assert!(found["warning"].as_str().unwrap().contains("LOTS"), "{found}");
        let table = run(folder, &["-i", list, "harm.log"]);
        assert!(table.out.contains("cần xem lại: có trong danh sách cảnh báo"), "{}", table.out);
        let csv = run(folder, &["-i", list, "--output", "csv", "harm.log"]);
        assert!(csv.out.contains("LOTS"), "{}", csv.out);
        let html = run(folder, &["-i", list, "--output", "html", "harm.log"]);
        assert!(html.out.contains("cần xem lại"), "{}", html.out);
    }
    let ran = run(folder, &["-i", "harm.txt", "harm.log"]);
    for (value, why) in
        [("8.8.8.8", "DNS công cộng"), ("10.0.0.53", "mạng riêng"), ("com.vn", "dùng chung")]
    {
        assert!(ran.err.contains(value) && ran.err.contains(why), "{}", ran.err);
    }
    let ran = run(folder, &["-i", "harm.txt", "--no-guard", "--output", "json", "harm.log"]);
    assert_eq!(sightings(&ran).len(), 2, "{}", ran.out);
    assert!(!ran.out.contains("\"warning\""), "{}", ran.out);
    let shown = indicators(folder, &["inspect", "harm.lsidx", "--output", "json"]);
    let shown: Value = serde_json::from_str(&shown.out).unwrap();
    assert_eq!(shown["lists"][0]["refused"]["public-dns"], 1);
    assert_eq!(shown["indicators"], 2);
}

#[test]
fn inspect_tells_what_a_file_holds() {
    let folder = folder();
    let folder = folder.path();
    assert_eq!(indicators(folder, &["compile", "list.txt", "list.csv", "-o", "x"]).status, Some(0));
    let shown = indicators(folder, &["inspect", "x", "--verify"]);
    assert_eq!(shown.status, Some(0), "{}", shown.err);
    for said in [
        "4 địa chỉ độc hại",
        "tên miền: 2",
        "Danh sách list.txt: 2 địa chỉ được dùng, 2 bị từ chối",
        "2 họ mã độc",
        "nguyên vẹn",
    ] {
        assert!(shown.out.contains(said), "{said}\n{}", shown.out);
    }
    let shown = indicators(folder, &["inspect", "x", "--output", "json"]);
    let shown: Value = serde_json::from_str(&shown.out).unwrap();
    assert_eq!(shown["counts"], serde_json::json!({"domain": 2, "ip": 1, "ip-port": 1}));
    assert_eq!(shown["families"], serde_json::json!(["emotet", "qakbot"]));
    assert_eq!(shown["lists"][1]["name"], "list.csv");
    assert_eq!(shown["lists"][0]["refused"]["url-without-host"], 1);
    assert_eq!(shown["verified"], Value::Null);
    assert!(shown["compiled_at"].is_string());
}

#[test]
fn a_file_that_cannot_be_used_is_said_in_both_languages() {
    let folder = folder();
    let folder = folder.path();
    assert_eq!(indicators(folder, &["compile", "list.txt", "-o", "x"]).status, Some(0));
    let bytes = fs::read(folder.join("x")).unwrap();
    let write = |name: &str, bytes: &[u8]| fs::write(folder.join(name), bytes).unwrap();
    let changed = |at: usize, value: u8| {
        let mut bytes = bytes.clone();
        bytes[at] = value;
        bytes
    };
    write("cut", &bytes[..bytes.len() - 9]);
    write("newer", &changed(8, 7));
    write("bounds", &changed(72 + 23, 1));
    write("changed", &changed(bytes.len() - 1, bytes[bytes.len() - 1] ^ 1));
    let check = |arguments: &[&str], said: [&str; 2]| {
        let by_inspect = indicators(folder, &[&["inspect"], arguments].concat());
        assert_eq!(by_inspect.status, Some(2), "{}", by_inspect.out);
        for said in said {
            assert!(by_inspect.err.contains(said), "{}", by_inspect.err);
        }
        assert!(by_inspect.out.is_empty());
    };
    check(&["list.txt"], ["không phải tệp do lệnh", "was not made by"]);
    check(&["cut"], ["bị cụt", "cut short"]);
    check(&["newer"], ["phiên bản 7", "has version 7"]);
    check(&["bounds"], ["bị hỏng", "is damaged"]);
    check(&["changed", "--verify"], ["bị hỏng", "is damaged"]);
    check(&["nothing"], ["Không tìm thấy", "There is no such list"]);
    check(&["."], ["là thư mục", "is a folder"]);
    for file in ["cut", "newer", "bounds"] {
        let by_match = run(folder, &["-i", file, "--", "dns.log"]);
        assert_eq!((by_match.status, by_match.out.as_str()), (Some(2), ""), "{}", by_match.err);
        let compiled = indicators(folder, &["compile", file, "-o", "y"]);
        assert_eq!(compiled.status, Some(2));
        assert!(!folder.join("y").exists());
    }
}
