//! Packs, as `lamsach-clean` takes them from a file or a stick. Every sample is harmless.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "test helpers may panic")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use jiff::Timestamp;
use jiff::civil::{Date, date};
use packing::{List, PackRequest, RuleFile, SecretKey, TrustedKeys, make_pack, sign};
use sha2::{Digest as _, Sha256};

const MARK: &str = "lamsach-harmless-test-mark-7f3a";
/// Long after any run of this test.
const LATER: Date = date(9999, 1, 1);

fn clean(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_lamsach-clean"))
        .args(arguments)
        .current_dir(folder)
        .env("XDG_STATE_HOME", folder.join("state"))
        .env("LAMSACH_LANGUAGE", "en")
        .output()
        .unwrap()
}

fn summary(output: &Output) -> serde_json::Value {
    let text = String::from_utf8(output.stdout.clone()).unwrap();
    let last = text.lines().last().unwrap_or_else(|| panic!("{output:?}"));
    serde_json::from_str::<serde_json::Value>(last).unwrap()["summary"].clone()
}

fn key(number: u8) -> SecretKey {
    SecretKey::from_seed([number; 32], "test")
}

fn hash(text: &str) -> String {
    hex::encode(Sha256::digest(text))
}

fn request(serial: u64, expires: Date) -> PackRequest {
    let rule = |name: &str, text: String| RuleFile { name: name.to_owned(), text };
    PackRequest {
        name: "thu".to_owned(),
        serial,
        issued: Timestamp::UNIX_EPOCH,
        expires,
        program: "test".to_owned(),
        rules: vec![
            rule("sub/base.yar", format!("rule mark {{ strings: $a = \"{MARK}\" condition: $a }}")),
            rule(
                "over.yar",
                "include \"sub/base.yar\"\nrule over { condition: mark and filesize > 1MB }"
                    .to_owned(),
            ),
        ],
        lists: vec![List {
            name: "l".to_owned(),
            bytes: format!("{};Mẫu\n", hash("by hash")).into_bytes(),
        }],
        good: vec![List {
            name: "g".to_owned(),
            bytes: hash(&format!("good {MARK}")).into_bytes(),
        }],
        families: Some("family;detection;remover\nThử;rule:mark;quarantine\nXa;;\n".into()),
        guarding: packing::Guarding::On,
        threads: 1,
    }
}

fn pack(folder: &Path, name: &str, request: PackRequest, keys: &[u8]) -> PathBuf {
    let bytes = make_pack(request).unwrap().bytes;
    let bytes = keys.iter().fold(bytes, |bytes, it| sign(&bytes, &key(*it)).unwrap());
    let path = folder.join(name);
    fs::write(&path, bytes).unwrap();
    path
}

/// A folder with files, a pack that two have signed, and the keys of three of which two must sign.
fn world() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    fs::create_dir(root.join("files")).unwrap();
    fs::write(root.join("files/clean.txt"), "nothing").unwrap();
    fs::write(root.join("files/marked.txt"), format!("bad {MARK}")).unwrap();
    fs::write(root.join("files/hashed.txt"), "by hash").unwrap();
    fs::write(root.join("files/good.txt"), format!("good {MARK}")).unwrap();
    let keys = [1, 2, 3].iter().flat_map(|it| key(*it).public_file().keys().to_vec());
    let keys = TrustedKeys::new(keys.collect(), 2).unwrap();
    fs::write(root.join("keys"), keys.to_json()).unwrap();
    pack(root, "p5.lspack", request(5, LATER), &[1, 2]);
    folder
}

const SCAN: [&str; 6] = ["scan", "--json", "--trust", "keys", "--pack", "p5.lspack"];

#[test]
fn a_pack_finds_by_rules_and_hashes_and_is_named_in_the_result() {
    let world = world();
    let output = clean(world.path(), &[&SCAN[..], &["files"]].concat());
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    let text = String::from_utf8(output.stdout.clone()).unwrap();
    let found: Vec<serde_json::Value> =
        text.lines().map(|it| serde_json::from_str(it).unwrap()).collect();
    let mut paths: Vec<_> = found.iter().filter_map(|it| it["path"].as_str()).collect();
    // The rule stands in its own file, and in the one that includes it.
    paths.dedup();
    assert_eq!(paths, ["files/hashed.txt", "files/marked.txt"]);
    let by_rule =
        |it: &serde_json::Value| it["source"] == "thu/sub/base.yar" && it["rule"] == "mark";
    assert!(found.iter().any(by_rule), "{text}");
    let summary = summary(&output);
    assert_eq!((&summary["verdict"], &summary["good"]), (&"infected".into(), &1.into()));
    let pack = &summary["packs"][0];
    assert_eq!((&pack["pack"], &pack["serial"]), (&"thu".into(), &5.into()));
    assert_eq!((&pack["expires"], &pack["expired"]), (&"9999-01-01".into(), &false.into()));
    assert_eq!((&pack["families"], &pack["gaps"]), (&2.into(), &serde_json::json!(["Xa"])));
    // And for people.
    let output = clean(world.path(), &["scan", "--trust", "keys", "--pack", "p5.lspack", "files"]);
    let text = String::from_utf8(output.stdout).unwrap();
    for part in
        ["Pack thu, serial 5", "1 January 9999", "does not find on a PC: Xa", "1 files that rules"]
    {
        assert!(text.contains(part), "{part}: {text}");
    }
}

#[test]
fn whoever_changes_a_pack_or_signs_it_alone_is_refused() {
    let world = world();
    let check = |name: &str, said: &str| {
        let output = clean(world.path(), &["scan", "--trust", "keys", "--pack", name, "files"]);
        let err = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{name}: {err}");
        assert!(output.stdout.is_empty() && err.contains(said), "{name}: {err}");
    };
    let whole = fs::read(world.path().join("p5.lspack")).unwrap();
    fs::write(world.path().join("cut"), &whole[..whole.len() - 1]).unwrap();
    check("cut", "cut short");
    let mut changed = whole.clone();
    changed[200] ^= 1;
    fs::write(world.path().join("changed"), changed).unwrap();
    check("changed", "is not used");
    pack(world.path(), "one", request(6, LATER), &[1]);
    check("one", "1 of the 2 trusted signatures");
    pack(world.path(), "strangers", request(6, LATER), &[8, 9]);
    check("strangers", "0 of the 2 trusted signatures");
    check("keys", "is no pack");
    check("missing", "cannot be read");
    // None of them left a trace: the right one is still new.
    assert_eq!(clean(world.path(), &[&SCAN[..], &["files"]].concat()).status.code(), Some(1));
}

#[test]
fn without_keys_a_pack_is_refused_and_its_signers_are_named() {
    let world = world();
    let output = clean(world.path(), &["scan", "--pack", "p5.lspack", "files"]);
    let err = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{err}");
    assert!(err.contains(&key(1).public().fingerprint()), "{err}");
}

#[test]
fn an_older_pack_is_refused_after_a_newer_one() {
    let world = world();
    pack(world.path(), "p4.lspack", request(4, LATER), &[1, 2]);
    let scan =
        |name: &str| clean(world.path(), &["scan", "--trust", "keys", "--pack", name, "files"]);
    assert_eq!(scan("p4.lspack").status.code(), Some(1));
    assert_eq!(scan("p5.lspack").status.code(), Some(1));
    let output = scan("p4.lspack");
    let err = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{err}");
    assert!(err.contains("serial 4") && err.contains("serial 5"), "{err}");
    // What is remembered was damaged: nothing is taken for new because of that.
    fs::write(world.path().join("state/lamsach/packs/ledger.json"), "{").unwrap();
    assert_eq!(scan("p5.lspack").status.code(), Some(2));
}

#[test]
fn an_expired_pack_still_finds_and_never_calls_clean() {
    let world = world();
    pack(world.path(), "old", request(1, date(2020, 1, 1)), &[1, 2]);
    let scan = |place: &str| {
        clean(world.path(), &["scan", "--json", "--trust", "keys", "--pack", "old", place])
    };
    assert_eq!(scan("files").status.code(), Some(1));
    let output = scan("files/clean.txt");
    assert_eq!(output.status.code(), Some(3));
    let summary = summary(&output);
    assert_eq!((&summary["verdict"], &summary["complete"]), (&"incomplete".into(), &false.into()));
    assert_eq!(summary["not_scanned"]["pack-expired"], 1);
    // The page to print says it too.
    fs::write(world.path().join("found"), output.stdout).unwrap();
    let page = clean(world.path(), &["report", "--findings", "found"]);
    let page = String::from_utf8(page.stdout).unwrap();
    assert!(page.contains("THE PACK IS OLD: thu, serial 1, expired on 1 January 2020"), "{page}");
}

#[test]
fn update_keeps_a_pack_and_its_keys_for_later_scans() {
    let world = world();
    assert_eq!(
        clean(world.path(), &["scan", "files"]).status.code(),
        Some(2),
        "nothing to look for"
    );
    let output = clean(world.path(), &["update", "--trust", "keys", "p5.lspack"]);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    for file in ["keys", "p5.lspack"] {
        fs::remove_file(world.path().join(file)).unwrap();
    }
    let output = clean(world.path(), &["scan", "--json", "files"]);
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    assert_eq!(summary(&output)["packs"][0]["serial"], 5);
    // The next one is taken by the keys that were kept; an older or forged one is not.
    pack(world.path(), "p6", request(6, LATER), &[2, 3]);
    pack(world.path(), "p4", request(4, LATER), &[1, 2]);
    pack(world.path(), "p9", request(9, LATER), &[8, 9]);
    for (name, status) in [("p6", 0), ("p4", 2), ("p9", 2)] {
        assert_eq!(clean(world.path(), &["update", name]).status.code(), Some(status), "{name}");
    }
    assert_eq!(
        summary(&clean(world.path(), &["scan", "--json", "files"]))["packs"][0]["serial"],
        6
    );
}

/// A pack that nobody trusts, with a higher serial, does not stand in the way of the trusted one.
#[test]
fn a_foreign_pack_hides_none_that_is_trusted() {
    let world = world();
    let output = clean(world.path(), &["update", "--trust", "keys", "p5.lspack"]);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    pack(&world.path().join("state/lamsach/packs"), "z.lspack", request(99, LATER), &[8, 9]);
    let output = clean(world.path(), &["scan", "--json", "files"]);
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    assert_eq!(summary(&output)["packs"][0]["serial"], 5);
    // Alone it is refused aloud.
    fs::remove_file(world.path().join("state/lamsach/packs/thu.lspack")).unwrap();
    assert_eq!(clean(world.path(), &["scan", "files"]).status.code(), Some(2));
}
