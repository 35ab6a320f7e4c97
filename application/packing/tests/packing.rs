//! What goes into a pack is checked as the tool will read it.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "test helpers may panic")]

use jiff::Timestamp;
use jiff::civil::date;
use log_check::Guarding;
use packing::{List, Pack, PackFacts, PackRequest, PackingError, RuleFile, make_pack};
use sha2::{Digest as _, Sha256};

const RULE: &str = "rule test_mark { strings: $a = \"dấu hiệu thử\" condition: $a }";

fn list(bytes: &str) -> List {
    List { name: "list.txt".to_owned(), bytes: bytes.as_bytes().to_vec() }
}

fn rule(name: &str, text: &str) -> RuleFile {
    RuleFile { name: name.to_owned(), text: text.to_owned() }
}

fn request() -> PackRequest {
    PackRequest {
        name: "chien-dich".to_owned(),
        serial: 1,
        issued: Timestamp::UNIX_EPOCH,
        expires: date(2026, 12, 31),
        program: "test".to_owned(),
        rules: vec![rule("a.yar", RULE)],
        lists: Vec::new(),
        good: Vec::new(),
        families: None,
        guarding: Guarding::On,
        threads: 1,
    }
}

fn facts(request: PackRequest) -> PackFacts {
    PackFacts::of(&Pack::read(&make_pack(request).unwrap().bytes).unwrap()).unwrap()
}

fn refused(request: PackRequest) -> PackingError {
    make_pack(request).unwrap_err()
}

#[test]
fn one_list_of_everything_goes_where_it_belongs_and_nothing_of_it_is_called_wrong() {
    let hash = hex::encode(Sha256::digest("x"));
    let text =
        format!("evil.example\n{hash};Mẫu\nfilename,Crack.exe,Bẻ-khóa\n10.0.0.1\n192.0.2.7\n");
    let made = make_pack(PackRequest { lists: vec![list(&text)], ..request() }).unwrap();
    let (_, report) = &made.addresses[0];
    assert_eq!(report.accepted_total(), 2);
    assert_eq!((report.refused_total(), report.refused[0].line), (1, 4), "the private address");
    let facts = PackFacts::of(&Pack::read(&made.bytes).unwrap()).unwrap();
    assert_eq!((facts.known.hashes, facts.known.names, facts.rule_files), (1, 1, 1));
    assert!(!facts.addresses.is_empty());
}

#[test]
fn rules_that_the_tool_could_not_use_are_refused() {
    let rules = vec![rule("a.yar", RULE), rule("b.yar", "rule x {")];
    let error = refused(PackRequest { rules, ..request() });
    assert!(matches!(&error, PackingError::Rules(it) if it[0].name == "chien-dich/b.yar"));
    // What a file includes must be in the pack too, and no path leads out of it.
    let includes = |path: &str| {
        let text = format!("include \"{path}\"\nrule two {{ condition: test_mark }}");
        PackRequest { rules: vec![rule("a.yar", RULE), rule("sub/b.yar", &text)], ..request() }
    };
    assert_eq!(facts(includes("../a.yar")).rule_files, 2);
    for path in ["a.yar", "../../chien-dich/a.yar", "/etc/passwd"] {
        assert!(matches!(refused(includes(path)), PackingError::Rules(_)), "{path}");
    }
}

#[test]
fn no_file_is_good_and_malicious_at_once() {
    let hash = hex::encode(Sha256::digest("x"));
    let lists = || vec![list(&format!("{hash};Mẫu\n"))];
    let good = |text: &str| PackRequest { lists: lists(), good: vec![list(text)], ..request() };
    assert!(matches!(refused(good(&hash)), PackingError::GoodAndBad(it) if it == hash));
    let other = hex::encode(Sha256::digest("y"));
    assert_eq!(facts(good(&format!("# lành\n{other}  tệp.exe\n"))).good, 1);
    assert!(matches!(
        refused(good("d41d8cd98f00b204e9800998ecf8427e")),
        PackingError::NotGood { line: 1, .. }
    ));
}

#[test]
fn a_family_names_only_what_the_pack_holds() {
    let table = |rows: &str| PackRequest {
        families: Some(format!("family;detection;remover;gap\n{rows}").into_bytes()),
        lists: vec![list("indicator,family\nevil.example,Mạng\n")],
        ..request()
    };
    let made = facts(table("Thử;rule:test_mark;quarantine, autostart;\nMạng;addresses;;\n"));
    let gaps: Vec<_> = made.families.iter().map(packing::Family::has_gap).collect();
    assert_eq!(gaps, [false, true]);
    let check = |rows: &str, expected: &[&str]| {
        let PackingError::Families(refused) = refused(table(rows)) else { panic!("{rows}") };
        let codes: Vec<_> = refused.iter().map(|it| it.problem.code()).collect();
        assert_eq!(codes, expected, "{rows}");
    };
    check("Thử;rule:other;;\n", &["not-in-pack"]);
    check("Thử;hash:x;;\n", &["not-in-pack"]);
    check("Thử;addresses;;\n", &["not-in-pack"]);
    check("Thử;test_mark;magic;\n", &["detection", "remover"]);
    check("A;;;\nA;;;\n", &["twice"]);
    check(";rule:test_mark;;\n", &["no-name"]);
    let no_table = PackRequest { families: Some(b"a;b\n".to_vec()), ..request() };
    assert!(matches!(refused(no_table), PackingError::Table(_)));
}

#[test]
fn nothing_makes_no_pack() {
    let empty = PackRequest { rules: Vec::new(), ..request() };
    assert!(matches!(refused(empty), PackingError::Empty));
    let useless = PackRequest { lists: vec![list("???\n")], ..request() };
    assert!(matches!(refused(useless), PackingError::NothingOf(_)));
}
