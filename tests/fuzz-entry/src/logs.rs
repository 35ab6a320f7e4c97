//! Readers of logs.

use std::collections::BTreeSet;
use std::io::Cursor;
use std::sync::{Arc, LazyLock};

use contacts::{Columns, Contact, Format, Parser, SyslogFrames, TimeReading, detect, syslog_host};
use indicators::ReadOptions;
use jiff::tz::TimeZone;
use log_check::{ListInput, LoadedLists, LogInput, Progress, Settings};
use matching::{Layers, Matcher, Sieve};

/// By number, and by name inside another name.
static COLUMNS: LazyLock<Option<Arc<Columns>>> = LazyLock::new(|| {
    let map = "device=1,name=2,time=3,url=4,address=a.b,port=a.c.d,outcome=e";
    map.parse().ok().map(Arc::new)
});

/// Every format reads every line: contacts are parts of the line, and their times are read.
pub fn log_lines(bytes: &[u8]) {
    let zone = TimeZone::get("Asia/Ho_Chi_Minh").unwrap_or(TimeZone::UTC);
    let written = "2026-11-24T12:00:00Z".parse().ok();
    let reading = TimeReading { zone, written };
    for format in Format::ALL {
        let mut parser = match COLUMNS.as_ref().filter(|_| format.has_columns()) {
            Some(columns) => Parser::with_columns(format, Arc::clone(columns)),
            None => Parser::new(format),
        };
        let _ = parser.missing_column(bytes);
        for line in bytes.split(|byte| *byte == b'\n') {
            let times = parser.clone();
            let _ = parser.is_header(line);
            let _ = parser.read_line(line, &mut |contact| {
                assert_within(contact, line, format);
                let _ = times.timestamp(contact, &reading);
            });
        }
    }
}

/// Nothing was copied or made up, names and answers in a code of their own apart.
fn assert_within(contact: &Contact<'_>, line: &[u8], format: Format) {
    let parts = [
        contact.device,
        contact.device_name,
        if format == Format::WindowsDns { b"" } else { contact.name },
        contact.path,
        contact.query,
        contact.address,
        if format == Format::Adguard { b"" } else { contact.answers },
        contact.time,
    ];
    let line = line.as_ptr_range();
    for part in parts.into_iter().filter(|part| !part.is_empty()) {
        let part = part.as_ptr_range();
        assert!(line.start <= part.start && part.end <= line.end, "a part is not of the line");
    }
}

/// No line is left out in which a parser of any format and the matcher find something listed.
pub fn sieve(bytes: &[u8]) {
    let Some(lists) = LISTS.as_ref() else { panic!("a list of a few lines fits into an index") };
    let layers = Layers::from(lists.index.clone());
    let Some(sieve) = Sieve::over(&layers) else { return };
    let mut chosen = Vec::new();
    let Some(lines) = sieve.choose(bytes, u64::MAX, &mut chosen) else { return };
    let text: Vec<&[u8]> = bytes.split_inclusive(|byte| *byte == b'\n').collect();
    assert_eq!(lines, text.len() as u64, "lines are counted");
    assert!(chosen.is_sorted_by(|before, behind| before.end < behind.start), "each line once");
    let mut numbers = BTreeSet::new();
    for it in &chosen {
        let before = bytes.get(..it.start).unwrap_or_default();
        let number = before.split(|byte| *byte == b'\n').count() as u64;
        assert_eq!(it.number, number, "a line's number is that of its place");
        numbers.insert(number);
    }
    for format in Format::ALL {
        let mut parser = match COLUMNS.as_ref().filter(|_| format.has_columns()) {
            Some(columns) => Parser::with_columns(format, Arc::clone(columns)),
            None => Parser::new(format),
        };
        let mut matcher = Matcher::over(&layers);
        for (line, number) in text.iter().zip(1..) {
            let line = line.strip_suffix(b"\n").unwrap_or(line);
            let _ = parser.read_line(line, &mut |contact| {
                let is_left_out = matcher.examine(contact).is_some() && !numbers.contains(&number);
                assert!(!is_left_out, "{format} finds something in line {number}");
            });
        }
    }
}

/// A format is named only when the formats together understand half of what was tried.
pub fn log_detection(bytes: &[u8]) {
    let detection = detect(bytes);
    assert!(detection.understood <= detection.covered && detection.covered <= detection.lines);
    assert!(detection.format.is_none() || detection.covered * 2 >= detection.lines);
    assert_eq!(detection, detect(bytes), "the same bytes, the same answer");
}

struct Silent;

impl Progress for Silent {
    fn advanced(&self, _: u64, _: u64) {}
    fn is_cancelled(&self) -> bool {
        false
    }
}

static LISTS: LazyLock<Option<LoadedLists>> = LazyLock::new(|| {
    let list = b"c2.example\n203.0.113.9\n198.51.100.0/24\nbad.example/gate\n\
        2001:db8::bad\n192.0.2.7:443\nwww.long-name.listed.example\n203.0.113.77/gate\n\
        evil.bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb.example\n20:1:d:b8::1\n";
    let bytes: Box<dyn std::io::Read + Send> = Box::new(&list[..]);
    let list = ListInput { name: "list".to_owned(), bytes: Ok(bytes) };
    log_check::load_lists(vec![list], ReadOptions::default()).ok()
});

/// A whole run adds up: lines read are matched, or not parsed, or neither, and never more.
pub fn check_logs(bytes: &[u8]) {
    let Some(lists) = LISTS.as_ref() else { panic!("a list of a few lines fits into an index") };
    let input = LogInput {
        name: "log".to_owned(),
        modified: "2026-11-24T12:00:00Z".parse().ok(),
        size_bytes: None,
        bytes: Ok(Box::new(Cursor::new(bytes.to_vec()))),
    };
    let settings = Settings::new(TimeZone::UTC);
    let report = log_check::check_logs(&lists.index, vec![input], &settings, &Silent);
    let summary = report.summary;
    // A packet can give one contact and hold the start of another, and many requests.
    let is_capture = summary.files.iter().any(|file| !file.unit.is_lines());
    let counted = summary.lines_matched + summary.lines_not_parsed;
    assert!(is_capture || counted <= summary.lines_read);
    assert!(summary.lines_matched <= summary.lines_read);
    assert!(report.sightings.is_empty() || summary.lines_matched > 0);
    for sighting in report.sightings {
        let most = summary.lines_read.max(bytes.len() as u64);
        assert!(sighting.count > 0 && (is_capture || sighting.count <= most));
        assert!(sighting.first_seen <= sighting.last_seen);
    }
}

/// How a stream of syslog messages is cut into pieces does not matter, and no byte is made up.
pub fn syslog_frames(bytes: &[u8]) {
    let read = |piece: usize| {
        let mut frames = SyslogFrames::default();
        let mut messages: Vec<Vec<u8>> = Vec::new();
        let mut each = |message: &[u8]| messages.push(message.to_vec());
        for piece in bytes.chunks(piece) {
            frames.push(piece, &mut each);
        }
        frames.finish(&mut each);
        (messages, frames.take_refused())
    };
    let whole = read(bytes.len().max(1));
    for piece in [1, 7, 64] {
        assert!(read(piece) == whole, "pieces of {piece} bytes");
    }
    let length: usize = whole.0.iter().map(Vec::len).sum();
    assert!(length <= bytes.len());
    for message in &whole.0 {
        let host = syslog_host(message).unwrap_or_default();
        assert!(message.windows(host.len().max(1)).any(|it| it == host) || host.is_empty());
    }
}
