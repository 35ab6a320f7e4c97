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
fn the_table_fits_80_columns_and_puts_findings_first() {
    let (out, err) = result(&[]);
    for line in out.lines() {
        assert!(line.chars().count() <= 80, "{line}");
    }
    insta::assert_snapshot!("table", out);
    insta::assert_snapshot!("table-refused", err);
}

#[test]
fn the_table_speaks_english_too() {
    let (out, err) = result(&["--language", "en", "--timezone", "UTC"]);
    insta::assert_snapshot!("table-en", format!("{out}\n== standard error\n{err}"));
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
