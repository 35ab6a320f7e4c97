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
