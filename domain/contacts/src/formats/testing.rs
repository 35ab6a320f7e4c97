//! What the tests of every format share: a log written out as its contacts.

use jiff::tz::TimeZone;

use crate::{Contact, LineKind, Parser, TimeReading, detect};
use crate::{Detection, Format};

/// Local times are Vietnam's; the file was last written on 24 November 2026.
pub(crate) fn reading() -> TimeReading {
    TimeReading {
        zone: TimeZone::get("Asia/Ho_Chi_Minh").unwrap(),
        written: Some("2026-11-24T23:00:00Z".parse().unwrap()),
    }
}

/// What came of one log.
pub(crate) struct Reading {
    pub(crate) detection: Detection,
    /// `outcome device destination`, one a contact.
    pub(crate) contacts: Vec<String>,
    /// When, RFC 3339 in UTC; `-` where the log does not say.
    pub(crate) times: Vec<String>,
    pub(crate) not_parsed: Vec<String>,
}

/// Reads a whole log.
pub(crate) fn read(format: Format, log: &[u8]) -> Reading {
    let mut parser = Parser::new(format);
    let mut contacts = Vec::new();
    let mut times = Vec::new();
    let mut not_parsed = Vec::new();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let lines = log.split(|b| *b == b'\n').map(|line| line.strip_suffix(b"\r").unwrap_or(line));
    for line in lines.filter(|line| !line.is_empty()) {
        let clock = parser.clone();
        let kind = parser.read_line(line, &mut |contact| {
            contacts.push(describe(contact));
            let moment = clock.timestamp(contact, &reading());
            times.push(moment.map_or("-".to_owned(), |moment| moment.to_string()));
        });
        if kind == LineKind::NotParsed {
            not_parsed.push(text(line));
        }
    }
    Reading { detection: detect(log), contacts, times, not_parsed }
}

/// Reads a whole log of which the format is recognised and every line understood.
pub(crate) fn read_whole(format: Format, log: &[u8]) -> Reading {
    let reading = read(format, log);
    assert_eq!(reading.detection.format, Some(format));
    assert!(reading.not_parsed.is_empty(), "{:?}", reading.not_parsed);
    reading
}

/// The contacts of one line.
pub(crate) fn contacts(format: Format, line: &str) -> Vec<String> {
    read(format, line.as_bytes()).contacts
}

/// `outcome device[name] name address:port path?query = answers`, empty parts left out.
fn describe(contact: &Contact<'_>) -> String {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let mut words = vec![format!("{:?}", contact.outcome), text(contact.device)];
    if !contact.device_name.is_empty() {
        words.push(format!("[{}]", text(contact.device_name)));
    }
    for part in [contact.name, contact.address] {
        if !part.is_empty() {
            words.push(text(part));
        }
    }
    if contact.port != 0 {
        words.push(format!("port {}", contact.port));
    }
    if !contact.path.is_empty() {
        words.push(text(contact.path));
    }
    if !contact.query.is_empty() {
        words.push(format!("?{}", text(contact.query)));
    }
    if !contact.answers.is_empty() {
        words.push(format!("= {}", text(contact.answers)));
    }
    words.retain(|word| !word.is_empty());
    words.join(" ")
}
