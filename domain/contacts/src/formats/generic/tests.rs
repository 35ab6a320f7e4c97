use crate::Format;
use crate::formats::testing::{contacts, read};

#[test]
fn names_and_addresses_are_found_wherever_they_stand() {
    let check = |line: &str, expected: &[&str]| {
        assert_eq!(contacts(Format::Generic, line), expected, "{line}");
    };
    check(
        "2026-11-24 08:00:01 user an opened http://a.evil.example:8080/gate.php?x=1 from 192.0.2.7:51511",
        &[
            "Mentioned 192.0.2.7 a.evil.example port 8080 /gate.php",
            "Mentioned 192.0.2.7 gate.php",
            "Mentioned 192.0.2.7 port 51511",
        ],
    );
    check(
        "192.0.2.7 -> 203.0.113.9:443 ok",
        &["Mentioned 203.0.113.9 192.0.2.7", "Mentioned 192.0.2.7 203.0.113.9 port 443"],
    );
    check("Mail to an@a.example. Bye.", &["Mentioned a.example"]);
    check(
        "[2001:db8::9]:8443 2001:db8:0:0:0:0:0:7",
        &[
            "Mentioned 2001:db8:0:0:0:0:0:7 2001:db8::9 port 8443",
            "Mentioned 2001:db8::9 2001:db8:0:0:0:0:0:7",
        ],
    );
    check("from ::ffff:192.0.2.7", &["Mentioned 192.0.2.7"]);
    check("q=a.example&u=b.example", &["Mentioned a.example", "Mentioned b.example"]);
    check("u=https%3A%2F%2Fa.example%2Fx", &["Mentioned a.example"]);
    check("\"tên-miền.example\"", &["Mentioned tên-miền.example"]);
    // Neither times, versions, hardware addresses nor numbers.
    check("08:00:01.123 v1.2.3 02:00:00:00:00:65 took 1.5s 10.5% a.b 1.2.3.4.5 1.2.3", &[]);
    check("", &[]);
    check("...:::...", &[]);
}

#[test]
fn more_than_are_held_are_all_found() {
    let names: Vec<String> = (0..60).map(|at| format!("n{at}.example")).collect();
    let line = names.join(" ");
    let mut found = contacts(Format::Generic, &line);
    found.sort();
    found.dedup();
    assert_eq!(found.len(), 60);
}

#[test]
fn the_time_at_the_start_of_a_line_is_read_in_many_forms() {
    for time in [
        "2026-11-24T08:00:01+07:00",
        "2026-11-24 08:00:01",
        "[2026-11-24 08:00:01]",
        "2026/11/24 08:00:01",
        "24/11/2026 08:00:01",
        "24-11-2026 08:00:01",
        "24/Nov/2026:08:00:01 +0700",
        "Nov 24 08:00:01",
        "1795482001",
        "1795482001000",
        "1795482001.000",
    ] {
        let reading = read(Format::Generic, format!("{time} a.example").as_bytes());
        assert_eq!(reading.times, ["2026-11-24T01:00:01Z"], "{time}");
    }
    assert_eq!(read(Format::Generic, b"once a.example").times, ["-"]);
}
