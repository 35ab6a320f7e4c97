//! Logs and lists whose writers mean harm.

use std::fs;

use super::{CLEAN_LINE, folder, run};

#[test]
fn what_a_log_says_stays_text_in_every_form() {
    let folder = folder();
    let name = "=cmd|'/C calc'!A0<script>alert(1)</script>\u{1b}[2J\u{202e}";
    let line = format!(
        "date=2026-11-24 time=08:00:02 type=\"traffic\" subtype=\"forward\" srcip=10.0.9.2 srcname=\"{name}\" dstip=192.0.2.7 dstport=443 action=\"close\" rcvdbyte=100\n"
    );
    fs::write(folder.path().join("x.log"), line).unwrap();
    let out = |kind: &str| {
        let ran = run(folder.path(), &["-i", "list.txt", "--output", kind, "x.log"]);
        assert_eq!(ran.status, Some(1));
        ran.out
    };
    for kind in ["table", "csv", "html"] {
        assert!(!out(kind).contains(['\u{1b}', '\u{202e}']), "{kind}");
    }
    assert!(!out("json").contains('\u{1b}'));
    assert!(!out("html").contains("<script"));
    assert!(out("csv").contains("'=cmd|"));
}

#[test]
fn a_thousand_bad_values_are_counted_and_the_first_are_named() {
    let folder = folder();
    let list = "evil.example\n".to_owned() + &"\u{1b}]0;x\n".repeat(1_500);
    fs::write(folder.path().join("bad.txt"), list).unwrap();
    let ran = run(folder.path(), &["-i", "bad.txt", "clean.log"]);
    assert_eq!(ran.status, Some(0));
    assert!(ran.err.contains("bad.txt: 1.500 giá trị bị từ chối"), "{}", ran.err);
    assert!(ran.err.contains("và 1.490 giá trị khác") && !ran.err.contains('\u{1b}'));
    assert!(ran.out.contains("bad.txt: 1 địa chỉ được dùng, 1.500 bị từ chối"), "{}", ran.out);
}

#[test]
fn a_log_that_cannot_be_read_does_not_keep_the_others_from_it() {
    let folder = folder();
    fs::write(folder.path().join("a.7z"), b"7z\xbc\xaf\x27\x1c\x14\0\0\0").unwrap();
    fs::write(folder.path().join("b.bin"), [7; 400]).unwrap();
    let utf16: Vec<u8> =
        format!("\u{feff}{CLEAN_LINE}").encode_utf16().flat_map(u16::to_le_bytes).collect();
    fs::write(folder.path().join("c.log"), utf16).unwrap();
    let ran = run(folder.path(), &["-i", "list.txt", "a.7z", "b.bin", "c.log", "dns.log"]);
    assert_eq!(ran.status, Some(1));
    assert!(ran.out.contains("! a.7z: Tệp được đóng gói kiểu 7z"), "{}", ran.out);
    assert!(ran.out.contains("! b.bin: Tệp không phải là văn bản"), "{}", ran.out);
    assert!(ran.out.contains("utf-16le"), "{}", ran.out);
}
