//! `lamsach indicators pack`, `sign`, `keys` and `inspect`, as the people of an authority run them.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "test helpers may panic")]

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

fn run(folder: &Path, line: &str) -> Output {
    Command::new(env!("CARGO_BIN_EXE_lamsach"))
        .arg("indicators")
        .args(line.split(' '))
        .current_dir(folder)
        .env("LAMSACH_LANGUAGE", "en")
        .output()
        .unwrap()
}

fn done(folder: &Path, line: &str) -> String {
    let output = run(folder, line);
    assert_eq!(output.status.code(), Some(0), "{line}: {output:?}");
    String::from_utf8(output.stdout).unwrap()
}

fn refused(folder: &Path, line: &str, said: &str) {
    let output = run(folder, line);
    let err = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{line}: {err}");
    assert!(err.contains(said), "{line}: {err}");
}

fn world() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    fs::create_dir(root.join("rules")).unwrap();
    fs::write(
        root.join("rules/a.yar"),
        "rule a { strings: $a = \"mark of a test\" condition: $a }",
    )
    .unwrap();
    fs::write(root.join("list.txt"), "evil.example\nd41d8cd98f00b204e9800998ecf8427e;Rỗng\n")
        .unwrap();
    fs::write(root.join("families.csv"), "family,detection,remover\nThử,rule:a,quarantine\n")
        .unwrap();
    folder
}

const PACK: &str = "pack --name thu --serial 3 --expires 2099-12-31 --rules rules --indicators list.txt \
                    --families families.csv -o p.lspack";

#[test]
fn two_people_sign_one_pack() {
    let world = world();
    let root = world.path();
    for name in ["a", "b"] {
        done(root, &format!("keys --name {name} -o {name}.key"));
        refused(root, &format!("keys -o {name}.key"), "never overwritten");
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = fs::metadata(root.join("a.key")).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    refused(root, "keys a.key b.key.pub --threshold 2 -o trusted", "secret key");
    refused(root, "keys a.key.pub b.key.pub --threshold 3 -o trusted", "3 signatures");
    done(root, "keys a.key.pub b.key.pub --threshold 2 -o trusted");
    done(root, &format!("{PACK} --key a.key"));
    let output = run(root, "inspect p.lspack --trust trusted --output json");
    assert_eq!(output.status.code(), Some(1), "one of two has signed");
    refused(root, "sign p.lspack --key a.key", "signed p.lspack already");
    refused(root, "sign p.lspack --key b.key.pub", "Signing needs the secret one");
    done(root, "sign p.lspack --key b.key");
    let shown = done(root, "inspect p.lspack --trust trusted --output json");
    let shown: serde_json::Value = serde_json::from_str(&shown).unwrap();
    assert_eq!((&shown["name"], &shown["serial"]), (&"thu".into(), &3.into()));
    assert_eq!((&shown["trusted"], &shown["rule_files"]), (&true.into(), &1.into()));
    assert_eq!((&shown["hashes"], &shown["addresses"]["domain"]), (&1.into(), &1.into()));
    assert_eq!(shown["signatures"].as_array().unwrap().len(), 2);
    assert_eq!(shown["families"][0]["detections"][0], "rule:a");
    // What was changed afterwards is told.
    let mut bytes = fs::read(root.join("p.lspack")).unwrap();
    bytes[100] ^= 1;
    fs::write(root.join("changed"), bytes).unwrap();
    refused(root, "inspect changed", "is not used");
}

#[test]
fn what_would_not_work_on_a_pc_makes_no_pack() {
    let world = world();
    let root = world.path();
    refused(root, &PACK.replace("2099-12-31", "31/12/2099"), "is no day");
    refused(root, &PACK.replace("thu", "Thử"), "small letters");
    refused(root, &PACK.replace("serial 3", "serial 0"), "1 or more");
    refused(root, "pack --name thu --serial 1 --expires 2099-12-31 -o p.lspack", "nothing to put");
    fs::write(root.join("families.csv"), "family,detection\nThử,rule:other\n").unwrap();
    refused(root, PACK, "“rule:other” is not in the pack");
    fs::write(root.join("rules/b.yar"), "rule b {").unwrap();
    refused(root, PACK, "thu/b.yar");
    assert!(!root.join("p.lspack").exists());
}
