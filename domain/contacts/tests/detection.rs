//! Every log that came with the formats is taken for what it is.

#![expect(clippy::disallowed_methods, reason = "the test logs are files")]

use std::fs;
use std::path::Path;

use contacts::{Format, detect};

/// Logs of another format than the folder they lie in: `folder/file` and the format.
const OTHERS: [(&str, Format); 9] = [
    ("squid/combined.log", Format::WebProxy),
    ("squid/common.log", Format::WebProxy),
    ("web_log/apache-proxy.log", Format::WebProxy),
    ("web_log/apache-common.log", Format::WebServer),
    ("web_log/apache-combined.log", Format::WebServer),
    ("web_log/apache-vhosted.log", Format::WebServer),
    ("web_log/nginx-combined.log", Format::WebServer),
    ("web_log/nginx-syslog.log", Format::WebServer),
    ("web_log/nginx-vhosted.log", Format::WebServer),
];

#[test]
fn every_log_of_every_format_is_detected_as_its_own() {
    let folders = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src/formats"));
    let mut logs = 0;
    for folder in fs::read_dir(folders).unwrap() {
        let folder = folder.unwrap();
        let Ok(files) = fs::read_dir(folder.path().join("testdata")) else { continue };
        let name = folder.file_name().to_string_lossy().into_owned();
        for file in files {
            let path = file.unwrap().path();
            let place = format!("{name}/{}", path.file_name().unwrap().to_string_lossy());
            let other = OTHERS.iter().find(|(other, _)| *other == place).map(|(_, format)| *format);
            let expected = other.unwrap_or_else(|| name.replace('_', "-").parse().unwrap());
            let detection = detect(&fs::read(&path).unwrap());
            assert_eq!(detection.format, Some(expected), "{place}");
            logs += 1;
        }
    }
    assert!(logs > 40, "{logs}");
}
