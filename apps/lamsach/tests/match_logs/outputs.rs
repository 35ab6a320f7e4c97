//! Every form of the result, as people and programs read it.

use super::{folder, run};

/// The parts that differ from run to run, made the same.
fn steady(text: &str) -> String {
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    for line in &mut lines {
        if let Some((before, rest)) = line.split_once("\"checked_at\":\"") {
            let (_, after) = rest.split_once('"').unwrap();
            *line = format!("{before}\"checked_at\":\"[time]\"{after}");
        }
        for label in ["Thời điểm đối chiếu</dt><dd>", "Checked at</dt><dd>"] {
            if let Some((before, rest)) = line.split_once(label) {
                let (_, after) = rest.split_once(" (").unwrap();
                *line = format!("{before}{label}[time] ({after}");
            }
        }
        *line = line.replace(concat!("Lamsach ", env!("CARGO_PKG_VERSION")), "Lamsach [version]");
    }
    lines.join("\n")
}

fn result(arguments: &[&str]) -> (String, String) {
    let folder = folder();
    let all = [&["-i", "list.txt", "-i", "list.csv"], arguments, &["dns.log", "fw.log"]].concat();
    let ran = run(folder.path(), &all);
    assert_eq!(ran.status, Some(1), "{}", ran.err);
    (steady(&ran.out), ran.err)
}

#[test]
fn the_table_puts_findings_first() {
    let (out, err) = result(&[]);
    insta::assert_snapshot!("table", out);
    insta::assert_snapshot!("table-refused", err);
}

#[test]
fn the_table_speaks_english_too() {
    let (out, err) = result(&["--language", "en", "--timezone", "UTC"]);
    insta::assert_snapshot!("table-en", format!("{out}\n== standard error\n{err}"));
}

#[test]
fn a_terminal_of_80_columns_is_enough_for_the_table() {
    let folder = folder();
    let program = env!("CARGO_BIN_EXE_lamsach");
    let called = format!("'{program}' match -i list.txt -i list.csv dns.log fw.log 2> /dev/null");
    // A terminal of its own, which does not say how wide it is.
    let output = std::process::Command::new("script")
        .args(["--quiet", "--return", "--command", &called, "/dev/null"])
        .current_dir(folder.path())
        .env_remove("LAMSACH_LANGUAGE")
        .stdin(std::process::Stdio::null())
        .output()
        .unwrap();
    let out = String::from_utf8(output.stdout).unwrap();
    assert!(out.contains("CẦN XỬ LÝ: 2 thiết bị"), "{out}");
    for line in out.lines() {
        assert!(line.trim_end().chars().count() <= 80, "{line}");
    }
}

#[test]
fn a_file_or_pipe_gets_names_and_lines_whole() {
    let folder = folder();
    let name = format!("{}.log", "nhat-ky-rat-dai-".repeat(10));
    let strange = "dong khong doc duoc ".repeat(7);
    let log = format!("{}{strange}", super::EVIL_LINES);
    std::fs::write(folder.path().join(&name), log).unwrap();
    let ran = run(folder.path(), &["-i", "list.txt", &name]);
    assert_eq!(ran.status, Some(1), "{}", ran.err);
    assert!(ran.out.contains(&format!("{name}:1")), "{}", ran.out);
    assert!(ran.out.contains(strange.trim_end()), "{}", ran.out);
}

#[test]
fn one_of_something_is_not_many_in_english() {
    let folder = folder();
    let ran = run(folder.path(), &["-i", "list.txt", "--language", "en", "dns.log"]);
    assert!(ran.out.contains("TO BE HANDLED: 1 device, 1 finding"), "{}", ran.out);
    assert!(ran.out.contains("2 addresses used, 2 refused"), "{}", ran.out);
}

#[test]
fn json_has_a_sighting_a_line_and_the_summary_last() {
    let (out, err) = result(&["--output", "json", "--site", "Trụ sở"]);
    assert_eq!(err, "");
    insta::assert_snapshot!("json", out);
}

#[test]
fn csv_has_a_sighting_a_row_and_the_summary_aside() {
    let (out, err) = result(&["--output", "csv"]);
    assert!(out.starts_with('\u{feff}'));
    insta::assert_snapshot!("csv", out);
    assert!(err.contains("Nhật ký đã đọc") && err.contains("dòng 4: this is not a log line"));
    assert!(err.contains("CHƯA ĐỌC HẾT") && err.contains("list.txt: 2 giá trị bị từ chối"));
}

#[test]
fn html_is_one_page_that_loads_nothing_and_runs_nothing() {
    let (out, err) = result(&["--output", "html", "--site", "Trụ sở UBND xã Bến Sen"]);
    assert_eq!(err, "");
    for outside in ["<script", "src=", "href=", "url(", "@import", "http://", "https://"] {
        // The evidence may name anything.
        let own: String = out.lines().filter(|line| !line.contains("class=\"evidence\"")).collect();
        assert!(!own.contains(outside), "{outside}");
    }
    let body = out.split_once("<body>").unwrap().1;
    insta::assert_snapshot!("html", body);
}

#[test]
fn a_clean_result_says_so_and_an_incomplete_one_does_not() {
    let folder = folder();
    let clean = run(folder.path(), &["-i", "list.txt", "clean.log"]);
    assert!(clean.out.contains("Đã đọc hết mọi dòng"), "{}", clean.out);
    assert!(!clean.out.contains("CHƯA ĐỌC HẾT") && !clean.out.contains("KHÔNG PHẢI"));
    let half = run(folder.path(), &["-i", "list.txt", "--output", "html", "half.log"]);
    assert!(
        half.out.contains("class=\"result open\"") && half.out.contains("class=\"incomplete\"")
    );
    let clean = run(folder.path(), &["-i", "list.txt", "--output", "html", "clean.log"]);
    assert!(clean.out.contains("class=\"result clear\"") && !clean.out.contains("\"incomplete\""));
}
