//! The log lines of `docs/formats.md`.

use std::fs;

use serde_json::Value;

use super::run;

#[test]
fn every_line_on_the_page_of_formats_is_read_and_found_by_its_format() {
    let page = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/formats.md");
    let page = fs::read_to_string(page).unwrap();
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("list.txt"), "evil.example\n203.0.113.66\n").unwrap();
    let mut formats = Vec::new();
    for block in page.split("```log ").skip(1) {
        let (format, rest) = block.split_once('\n').unwrap();
        let (lines, _) = rest.split_once("```").unwrap();
        fs::write(folder.path().join("x.log"), lines).unwrap();
        for asked in ["auto", format] {
            let arguments = ["-i", "list.txt", "--output", "json", "--format", asked, "x.log"];
            let ran = run(folder.path(), &arguments);
            let objects: Vec<Value> =
                ran.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
            let (last, sightings) = objects.split_last().unwrap();
            let file = &last["summary"]["files"][0];
            assert_eq!(
                (&file["format"], &last["summary"]["complete"]),
                // What was only scanned proves nothing.
                (&format.into(), &(format != "generic").into())
            );
            assert!(!sightings.is_empty(), "{format}");
            let lines = lines.lines().filter(|line| !line.starts_with('#')).count();
            assert_eq!(file["lines_matched"], lines, "{format}");
        }
        formats.push(format.to_owned());
    }
    // Those with columns are tested with their maps.
    for format in log_check::Format::ALL.into_iter().filter(|it| !it.has_columns()) {
        assert!(formats.iter().any(|it| it == format.name()), "{format} has no line on the page");
    }
}
