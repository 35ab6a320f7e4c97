//! Arguments, right and wrong, and exit statuses.

use std::fs;

use super::{CLEAN_LINE, EVIL_LINES, folder, run, run_with};

#[test]
fn the_exit_status_tells_findings_then_incomplete_then_clean() {
    let folder = folder();
    let check = |logs: &[&str], status: i32| {
        let arguments = [&["--indicators", "list.txt"], logs].concat();
        assert_eq!(run(folder.path(), &arguments).status, Some(status), "{logs:?}");
    };
    check(&["clean.log"], 0);
    check(&["empty.log"], 3);
    check(&["clean.log", "empty.log"], 3);
    check(&["inbound.log"], 0);
    check(&["clean.log", "fw.log"], 0);
    check(&["half.log"], 3);
    check(&["list.txt"], 3);
    check(&["dns.log"], 1);
    check(&["half.log", "dns.log"], 1);
    check(&["nowhere.log"], 2);
    check(&["c*n.log"], 0);
    check(&["**/[cd]*.log"], 1);
    check(&["*.nothing"], 2);
    check(&["[.log"], 2);
}

#[test]
fn an_empty_log_is_called_empty() {
    let folder = folder();
    let ran = run(folder.path(), &["--indicators", "list.txt", "empty.log"]);
    assert!(ran.out.contains("! empty.log: Tệp rỗng"), "{}", ran.out);
    // It was read to its end, and it says nothing.
    assert!(!ran.out.contains("CHƯA ĐỌC HẾT"), "{}", ran.out);
    assert!(ran.out.contains("CHƯA KIỂM TRA ĐƯỢC HẾT: có nhật ký rỗng."), "{}", ran.out);
    let page = run(
        folder.path(),
        &["--indicators", "list.txt", "--output", "html", "clean.log", "empty.log"],
    );
    assert!(page.out.contains("CHƯA KIỂM TRA ĐƯỢC HẾT: có nhật ký rỗng."), "{}", page.out);
    assert!(page.out.contains("Tìm hiểu vì sao nhật ký rỗng"), "{}", page.out);
    let english =
        run(folder.path(), &["--indicators", "list.txt", "--language", "en", "empty.log"]);
    assert!(english.out.contains("! empty.log: The file is empty"), "{}", english.out);
}

#[test]
fn lists_and_logs_are_told_apart_wherever_the_option_stands() {
    let folder = folder();
    fs::write(folder.path().join("other.txt"), "other.example\n").unwrap();
    let owned = |names: &[&str]| -> Vec<String> { names.iter().map(|it| (*it).into()).collect() };
    let check = |arguments: &str, lists: &[&str], files: &[&str]| {
        let mut words: Vec<&str> = arguments.split(' ').collect();
        words.splice(0..0, ["--output", "json"]);
        let ran = run(folder.path(), &words);
        let last: serde_json::Value =
            serde_json::from_str(ran.out.lines().last().unwrap_or(&ran.err)).unwrap();
        let names = |of: &str, name: &str| -> Vec<String> {
            let all = last["summary"][of].as_array().unwrap().iter();
            all.map(|it| it[name].as_str().unwrap().to_owned()).collect()
        };
        assert_eq!((names("lists", "list"), names("files", "file")), (owned(lists), owned(files)));
    };
    check("--indicators list.txt dns.log", &["list.txt"], &["dns.log"]);
    check("--indicators list.txt dns.log fw.log", &["list.txt"], &["dns.log", "fw.log"]);
    check("-i list.txt -i other.txt dns.log", &["list.txt", "other.txt"], &["dns.log"]);
    check("--indicators list.txt other.txt -- dns.log", &["list.txt", "other.txt"], &["dns.log"]);
    check("-i list.txt other.txt --threads 1 dns.log", &["list.txt", "other.txt"], &["dns.log"]);
    check("dns.log --indicators list.txt other.txt", &["list.txt", "other.txt"], &["dns.log"]);
}

#[test]
fn a_list_among_the_logs_is_suspected() {
    let folder = folder();
    let ran = run(folder.path(), &["--indicators", "list.txt", "list.csv", "dns.log"]);
    assert!(ran.out.contains("! list.csv: Chưa nhận ra định dạng"), "{}", ran.out);
    assert!(ran.out.contains("hãy ghi --indicators trước từng danh sách"), "{}", ran.out);
}

#[test]
fn wrong_arguments_are_said_in_both_languages_and_nothing_is_done() {
    let folder = folder();
    let empty = folder.path().join("nothing");
    fs::create_dir(&empty).unwrap();
    fs::write(folder.path().join("comment.txt"), "# only this\n").unwrap();
    fs::write(folder.path().join("strange.csv"), "id,name\n1,x\n").unwrap();
    fs::write(folder.path().join("binary.txt"), [0, 1, 2, 3]).unwrap();
    let check = |arguments: &str, expected: &[&str]| {
        let words: Vec<&str> = arguments.split(' ').filter(|it| !it.is_empty()).collect();
        let ran = run(folder.path(), &words);
        assert_eq!((ran.status, ran.out.as_str()), (Some(2), ""), "{arguments}");
        for part in expected {
            assert!(ran.err.contains(part), "{arguments}: {}", ran.err);
        }
    };
    check("dns.log", &["Lệnh còn thiếu: --indicators", "The command lacks: --indicators"]);
    check("", &["--indicators"]);
    check("-i list.txt", &["Chưa chỉ ra tệp nhật ký", "No log is named"]);
    check(
        "-i list.txt --format binds dns.log",
        &[
            "định dạng nhật ký nào tên là “binds”",
            "The formats are:",
            "zeek-json",
            "Squid access log",
        ],
    );
    check(
        "-i list.txt --timezone Hanoi dns.log",
        &["“Hanoi”", "Asia/Ho_Chi_Minh", "There is no time zone"],
    );
    check("-i list.txt --language fr dns.log", &["Hãy chọn vi hoặc en", "Choose vi or en"]);
    check("-i list.txt --threads 0 dns.log", &["“0”", "từ 1 đến 256", "from 1 to 256"]);
    check("-i list.txt --threads many dns.log", &["“many”", "từ 1 đến 256"]);
    check(
        "-i list.txt --output xml dns.log",
        &["“xml”", "Hãy chọn một trong: table, json, csv, html", "Choose one of: table, json"],
    );
    check(
        "-i list.txt --outptu csv dns.log",
        &["“--outptu”", "Có phải", "Did you mean “--output”"],
    );
    check("-i list.txt --site", &["--site <TÊN>", "--site <NAME>", "phải có giá trị"]);
    check("-i list.txt --site A --site B dns.log", &["--site", "chỉ được dùng một lần"]);
    check("-i list.txt --token x dns.log", &["Lệnh còn thiếu: --send", "lacks: --send"]);
    check(
        "-i list.txt --send http://[::1]:1 --token x --token-file y dns.log",
        &["Không dùng --token", "cannot be used together"],
    );
    check(
        "-i nowhere.txt dns.log",
        &["Không tìm thấy danh sách", "nowhere.txt", "There is no such list"],
    );
    check("-i nothing dns.log", &["là thư mục", "is a folder"]);
    check("-i list.txt nowhere.log", &["Không tìm thấy tệp nhật ký", "nowhere.log"]);
    check("-i list.txt nothing", &["không có tệp nào", "There is no file in the folder"]);
    check("-i list.txt - -", &["chỉ dùng được một lần", "once only"]);
    check("-i comment.txt dns.log", &["không có địa chỉ độc hại nào", "no malicious address"]);
    check("-i strange.csv dns.log", &["không có cột địa chỉ", "id, name"]);
    check("-i binary.txt dns.log", &["không phải văn bản", "not text"]);
    check(
        "-i list.txt -i dns.log fw.log",
        &["dns.log: không dùng được", "none of its 4 values", "dòng 1", "Dòng có thêm chữ"],
    );
}

#[test]
fn a_folder_stands_for_the_files_in_it() {
    let folder = folder();
    let logs = folder.path().join("logs/old");
    fs::create_dir_all(&logs).unwrap();
    fs::write(logs.join("dns.1"), EVIL_LINES).unwrap();
    fs::write(folder.path().join("logs/dns"), CLEAN_LINE).unwrap();
    let ran = run(folder.path(), &["-i", "list.txt", "--output", "json", "logs"]);
    assert_eq!(ran.status, Some(1));
    let first: serde_json::Value = serde_json::from_str(ran.out.lines().next().unwrap()).unwrap();
    assert_eq!(first["evidence"]["file"], "logs/old/dns.1");
    assert_eq!(first["count"], 2);
}

#[test]
fn a_log_that_is_named_twice_is_read_once() {
    let folder = folder();
    for logs in
        [&["dns.log", "./dns.log"][..], &["d*.log", "dns.log"], &["dns.log", ".", "dns.log"]]
    {
        let arguments = [&["-i", "list.txt", "--output", "json"], logs].concat();
        let ran = run(folder.path(), &arguments);
        let first: serde_json::Value =
            serde_json::from_str(ran.out.lines().next().unwrap()).unwrap();
        assert_eq!((ran.status, &first["count"]), (Some(1), &2.into()), "{logs:?}");
    }
}

#[cfg(unix)]
#[test]
fn what_is_no_file_in_a_folder_is_told_and_not_waited_for() {
    let folder = folder();
    let logs = folder.path().join("logs");
    fs::create_dir(&logs).unwrap();
    fs::write(logs.join("dns"), EVIL_LINES).unwrap();
    let _socket = std::os::unix::net::UnixListener::bind(logs.join("feed")).unwrap();
    for logs in ["logs", "logs/*"] {
        let ran = run(folder.path(), &["-i", "list.txt", logs]);
        assert_eq!(ran.status, Some(1), "{}", ran.err);
        assert!(ran.out.contains("10.0.0.7") && ran.out.contains("feed"), "{}", ran.out);
    }
}

#[test]
fn names_that_a_dnsmasq_with_a_filter_did_not_give_are_blocked() {
    let folder = folder();
    let lines = |serial: u8, answer: &str| {
        let at = format!("Nov 24 08:02:0{serial} dnsmasq[509]: {serial} 10.1.2.79/5151");
        format!("{at} query[A] evil.example from 10.1.2.79\n{at} {answer}\n")
    };
    let blocked = lines(1, "gravity blocked evil.example is 0.0.0.0")
        + &lines(2, "config evil.example is NXDOMAIN");
    let verdict = |log: &str| {
        fs::write(folder.path().join("pihole.log"), log).unwrap();
        let ran = run(folder.path(), &["-i", "list.txt", "--output", "json", "pihole.log"]);
        let first: serde_json::Value =
            serde_json::from_str(ran.out.lines().next().unwrap()).unwrap();
        first["verdict"].as_str().unwrap().to_owned()
    };
    assert_eq!(verdict(&blocked), "dns-blocked");
    assert_eq!(
        verdict(&(blocked.clone() + &lines(3, "reply evil.example is NXDOMAIN"))),
        "dns-queried"
    );
    assert_eq!(
        verdict(&(blocked + &lines(3, "reply evil.example is 203.0.113.9"))),
        "dns-resolved"
    );
}

#[test]
fn standard_input_is_a_log_or_a_list() {
    let folder = folder();
    let log = run_with(folder.path(), &["-i", "list.txt", "-"], EVIL_LINES.as_bytes());
    assert_eq!(log.status, Some(1));
    assert!(log.out.contains("-:1"), "{}", log.out);
    let list = run_with(folder.path(), &["-i", "-", "--", "dns.log"], b"evil.example\n");
    assert_eq!(list.status, Some(1));
}

#[test]
fn the_language_may_come_from_the_environment() {
    let folder = folder();
    let output = super::lamsach(folder.path())
        .args(["-i", "list.txt", "clean.log"])
        .env("LAMSACH_LANGUAGE", "en")
        .output()
        .unwrap();
    let out = String::from_utf8(output.stdout).unwrap();
    assert!(out.starts_with("No device was seen"), "{out}");
}
