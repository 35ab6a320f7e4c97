//! Logs of unknown programs, read by a map of columns.

use std::fs;

use serde_json::Value;

use super::{folder, run};

#[test]
fn a_csv_of_many_blocks_is_read_by_its_first_line() {
    let folder = folder();
    let line = |host: &str| format!("24/11/2026 08:00:01;10.0.0.7;http://{host}/x?y=1;ALLOWED\r\n");
    let mut log = "When;Client;Target;What\r\n".to_owned();
    log.push_str(&line("www.good.example").repeat(79_999));
    log.push_str(&line("a.evil.example"));
    fs::write(folder.path().join("proxy.csv"), log).unwrap();
    let map = "time=When,device=Client,url=Target,outcome=What";
    let arguments = "-i list.txt --output json --format csv --delimiter ; --columns";
    let mut words: Vec<&str> = arguments.split(' ').collect();
    words.extend([map, "proxy.csv"]);
    let ran = run(folder.path(), &words);
    assert_eq!((ran.status, ran.err.as_str()), (Some(1), ""));
    let objects: Vec<Value> =
        ran.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let [sighting, last] = objects.as_slice() else { panic!("{}", ran.out) };
    assert_eq!(sighting["device"], "10.0.0.7");
    assert_eq!(sighting["verdict"], "connected");
    assert_eq!(sighting["first_seen"], "2026-11-24T01:00:01Z");
    assert_eq!(sighting["evidence"]["line_number"], 80_001);
    assert_eq!(last["summary"]["complete"], true);
    assert_eq!(last["summary"]["lines_not_parsed"], 0);
}

#[test]
fn a_map_that_does_not_fit_is_said() {
    let folder = folder();
    fs::write(folder.path().join("a.json"), "{\"who\":\"10.0.0.7\",\"host\":\"a.evil.example\"}\n")
        .unwrap();
    let check = |arguments: &str, status: i32, expected: &[&str]| {
        let words: Vec<&str> = arguments.split(' ').collect();
        let ran = run(folder.path(), &words);
        assert_eq!(ran.status, Some(status), "{arguments}: {}", ran.err);
        let said = ran.out + &ran.err;
        for part in expected {
            assert!(said.contains(part), "{arguments}: {said}");
        }
    };
    check("-i list.txt --format json --columns device=who,name=host a.json", 1, &["10.0.0.7"]);
    check("-i list.txt --format json --columns device=who,name=Host a.json", 3, &["“Host”"]);
    check("-i list.txt --format json a.json", 2, &["cần khai báo cột", "needs a map of columns"]);
    check("-i list.txt --columns name=host a.json", 2, &["chỉ dùng với", "go with --format"]);
    check(
        "-i list.txt --format csv --columns who=x,name=y a.json",
        2,
        &["“who”", "device-name, name", "no known meaning"],
    );
    check("-i list.txt --format csv --columns device a.json", 2, &["“device”", "MEANING=COLUMN"]);
    check("-i list.txt --format csv --columns device=x a.json", 2, &["name, url, address"]);
    check(
        "-i list.txt --format csv --delimiter xx --columns name=y a.json",
        2,
        &["“xx”", "one ASCII character"],
    );
}
