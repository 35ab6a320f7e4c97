//! The same findings as Debian's `yara` gives, rule by rule and file by file.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "test helpers may panic")]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

/// One rule for each way of saying something that decides which rules are asked.
const RULES: &str = r#"
import "pe"
import "hash"
import "math"
private rule hidden { strings: $a = "plain mark" condition: $a }
rule plain { condition: hidden }
rule no_case { strings: $a = "PLAIN mark" nocase condition: $a }
rule wide_only { strings: $a = "wide mark" wide condition: $a }
rule wide_too { strings: $a = "plain mark" wide ascii condition: $a }
rule full_word { strings: $a = "mark" fullword condition: $a }
rule xored { strings: $a = "hidden by xor" xor(1-255) condition: $a }
rule in_base64 { strings: $a = "a text in base64" base64 condition: $a }
rule hexadecimal { strings: $a = { 70 6c ?? 69 [1-3] ( 6d | 6e ) 61 72 } condition: $a }
rule expression { strings: $a = /pl(ai|ia)n +mark[0-9]*/ condition: $a }
rule expression_no_case { strings: $a = /[Pp]LAIN.{1,4}MARK/i condition: $a }
rule short_one { strings: $a = "<?" condition: $a at 0 and filesize < 100 }
rule two_of { strings: $a = "plain" $b = "wide mark" wide $c = "nothing of it" condition: 2 of them }
rule none_of { strings: $a = "plain" condition: none of them and filesize < 20 }
rule counted { strings: $a = "mark" condition: #a > 2 and @a[1] < 20 }
rule at_start { condition: uint16(0) == 0x5A4D and uint32(uint32(0x3C)) == 0x00004550 }
rule is_program { condition: pe.number_of_sections > 0 }
rule is_no_program { strings: $a = "plain mark" condition: $a and not pe.is_pe }
rule by_hash { condition: hash.md5(0, filesize) == "3e47b75000b0924b6c9ba5759a7cf15d" }
rule dense { condition: filesize > 100 and math.entropy(0, filesize) > 7.5 }
rule by_name { condition: filename == "named.txt" }
rule by_extension { strings: $a = "plain" condition: extension == ".txt" and $a }
rule any_rule { condition: 2 of (plain, no_case, wide_*) }
rule loop { strings: $a = "mark" condition: for any i in (1..#a) : ( @a[i] == 6 ) }
"#;

fn files(folder: &Path) {
    let wide = |text: &str| text.bytes().flat_map(|it| [it, 0]).collect::<Vec<u8>>();
    let dense: Vec<u8> =
        (0..4096_u32).map(|it| it.wrapping_mul(2_654_435_761).to_be_bytes()[0]).collect();
    let program = fs::read("/usr/share/clamav-testfiles/clam.exe").unwrap();
    let all: [(&str, Vec<u8>); 13] = [
        ("empty", Vec::new()),
        ("plain.txt", b"plain mark".to_vec()),
        ("capitals", b"a PLAIN MARK of it".to_vec()),
        ("wide.bin", [wide("wide mark"), b"plain".to_vec()].concat()),
        ("xored", b"hidden by xor".map(|it| it ^ 0x41).to_vec()),
        ("base64", b"xxYSB0ZXh0IGluIGJhc2U2NA==".to_vec()),
        ("named.txt", b"nothing".to_vec()),
        ("page.php", b"<?php ?>".to_vec()),
        ("many", b"mark, mark, bookmark, mark".to_vec()),
        ("dense", dense),
        ("clam.exe", program.clone()),
        ("cut.exe", program[..100].to_vec()),
        ("mz", b"MZ plain mark plian  mark77".to_vec()),
    ];
    for (name, bytes) in all {
        fs::write(folder.join(name), bytes).unwrap();
    }
}

fn rule_and_file(text: &str, folder: &Path) -> BTreeSet<(String, String)> {
    let start = format!("{}/", folder.display());
    text.lines()
        .map(|line| {
            let (rule, path) = line.split_once(' ').unwrap();
            (rule.to_owned(), path.replace(&start, ""))
        })
        .collect()
}

#[test]
fn findings_are_those_of_yara() {
    let folder = tempfile::tempdir().unwrap();
    let rules = folder.path().join("rules.yar");
    fs::write(&rules, RULES).unwrap();
    let samples = folder.path().join("samples");
    fs::create_dir(&samples).unwrap();
    files(&samples);

    let mut theirs = BTreeSet::new();
    for entry in fs::read_dir(&samples).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap();
        let extension = name.rfind('.').and_then(|at| name.get(at..)).unwrap_or_default();
        let output = Command::new("yara")
            .args([
                "-w",
                "-d",
                &format!("filename={name}"),
                "-d",
                &format!("extension={extension}"),
            ])
            .arg(&rules)
            .arg(&path)
            .output()
            .expect("yara is not installed: script/setup --for test installs it");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        theirs.extend(rule_and_file(&String::from_utf8(output.stdout).unwrap(), &samples));
    }

    let output = Command::new(env!("CARGO_BIN_EXE_lamsach-clean"))
        .args(["scan", "--json", "--no-memory", "--no-unpack", "--rules"])
        .arg(&rules)
        .arg(&samples)
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let ours: BTreeSet<(String, String)> = text
        .lines()
        .map(|it| serde_json::from_str::<serde_json::Value>(it).unwrap())
        .filter(|it| it.get("summary").is_none())
        .map(|it| format!("{} {}", it["rule"].as_str().unwrap(), it["path"].as_str().unwrap()))
        .flat_map(|it| rule_and_file(&it, &samples))
        .collect();
    assert_eq!(ours, theirs);
    // Every rule is proved to match something.
    let matched: BTreeSet<&str> = theirs.iter().map(|it| it.0.as_str()).collect();
    assert_eq!(matched.len(), RULES.matches("\nrule ").count(), "{matched:?}");
}
