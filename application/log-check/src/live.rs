//! Logs that are still being written: the same engine, a piece at a time.

use std::collections::BTreeSet;
use std::net::IpAddr;
use std::sync::Arc;

use contacts::{Columns, Encoding, Format, Parser, TimeReading, detect};
use jiff::{Timestamp, civil::Date, tz::TimeZone};
use matching::{Layers, Place, Questions, Sighting, StandingIn};
use naming::Names;

use crate::blocks::{LONGEST_LINE, Lines};
use crate::run::{other_formats, pass_headers};
use crate::text::Encoding as Written;
use crate::worker::{Found, Reading};

/// So many lines decide the format; before, each piece looks anew.
const DECISIVE_LINES: usize = 200;
/// The most bytes that are kept to tell the format by.
const SAMPLE_BYTES: usize = 64 << 10;
/// After so many lines of which half were of other formats, the format is looked for anew.
const DOUBTFUL_LINES: u64 = 1_000;

/// What a piece of a running log gave.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Gain {
    /// The format of the log, as far as it is known by now.
    pub format: Option<String>,
    /// Lines read.
    pub lines_read: u64,
    /// Lines in which an indicator was found.
    pub lines_matched: u64,
    /// Lines not understood.
    pub lines_not_parsed: u64,
    /// Lines or packets that came and could not be read: a buffer was full.
    pub dropped: u64,
    /// Times that an unknown part of the log was lost: a file that was shortened before it was read.
    pub gaps: u64,
    /// Days of which there were contacts.
    pub days: BTreeSet<Date>,
    /// What was seen, one a device and indicator. A contact without a readable time was seen now.
    pub sightings: Vec<Sighting>,
    /// Beside each sighting, or beside none: what is known of its questions, where the log has question and
    /// answer apart.
    pub questions: Vec<Option<Questions>>,
}

impl Gain {
    /// Whether it says nothing.
    pub fn is_empty(&self) -> bool {
        let counted = self.lines_read + self.dropped + self.gaps;
        counted == 0 && self.sightings.is_empty()
    }
}

/// Reads one running log: a file that grows, or what one sender of messages sends.
///
/// The format is told from the first 200 lines; until then every piece is read by what its lines so
/// far say. Lines of other formats are read all the same, unless a format was asked for. Without a
/// format every one is tried on every line; a line that none understands is counted, and is not
/// scanned for names.
#[derive(Debug)]
pub struct LiveLog {
    name: String,
    asked: Option<(Format, Option<Arc<Columns>>)>,
    zone: TimeZone,
    parser: Option<Parser>,
    other_formats: Vec<Format>,
    /// The first lines, until they decide.
    sample: Vec<u8>,
    sample_lines: usize,
    is_decided: bool,
    lines: u64,
    recent: (u64, u64),
    sender: Option<IpAddr>,
    names: Arc<Names>,
    standing_in: StandingIn,
}

impl LiveLog {
    /// A log by its name, which stands in the evidence; `format` is what was asked for.
    pub fn new(
        name: String,
        format: Option<(Format, Option<Arc<Columns>>)>,
        zone: TimeZone,
    ) -> Self {
        let mut log = Self {
            name,
            asked: format,
            zone,
            parser: None,
            other_formats: Format::ALL.into_iter().filter(|it| it.is_detected()).collect(),
            sample: Vec::new(),
            sample_lines: 0,
            is_decided: false,
            lines: 0,
            recent: (0, 0),
            sender: None,
            names: Arc::default(),
            standing_in: StandingIn::default(),
        };
        if let Some((format, columns)) = log.asked.clone() {
            let parser = match columns {
                Some(columns) if format.has_columns() => Parser::with_columns(format, columns),
                _ => Parser::new(format),
            };
            log.other_formats.clear();
            log.parser = Some(parser);
            log.is_decided = true;
        }
        log
    }

    /// What is read from now on are messages of this sender: where a line names no device, it is the machine in the
    /// message's header, and without one the sender.
    pub fn set_sender(&mut self, sender: IpAddr) {
        self.sender = Some(sender);
    }

    /// Which device an address was, from now on.
    pub fn set_names(&mut self, names: Arc<Names>) {
        self.names = names;
    }

    /// Lets the log see its first lines without reading them: where reading begins further on, they
    /// tell the format, and hold the header of some.
    pub fn begins_with(&mut self, first: &[u8]) {
        if self.asked.is_some() {
            if let Some(parser) = &mut self.parser {
                pass_headers(parser, first);
            }
        } else {
            self.look_at(first);
        }
    }

    /// How many lines it has read.
    pub fn lines(&self) -> u64 {
        self.lines
    }

    /// Goes on with a count of lines that were read before.
    pub fn set_lines(&mut self, lines: u64) {
        self.lines = lines;
    }

    /// Reads whole lines, each with its end; `offset` is that of the first byte in the log, `now` the
    /// moment at which they came. The last line may lack its end where the log ends in it.
    pub fn read(&mut self, layers: &Layers, offset: u64, lines: &[u8], now: Timestamp) -> Gain {
        if !self.is_decided {
            self.look_at(lines);
        }
        let times = TimeReading { zone: self.zone.clone(), written: Some(now) };
        let names = Arc::clone(&self.names);
        let reading = Reading {
            layers,
            sieve: None,
            log: 0,
            names: &names,
            times: &times,
            encoding: Written::Bytes,
            other_formats: &self.other_formats,
            sender: self.sender,
        };
        let mut found = Found::default();
        // A format that no line is of leaves every line to the others.
        let mut parser = self.parser.clone().unwrap_or_else(|| Parser::new(Format::Csv));
        let is_cut = lines.len() > LONGEST_LINE && !lines.contains(&b'\n');
        let bytes = if is_cut { lines.get(..LONGEST_LINE).unwrap_or(lines) } else { lines };
        let lines = Lines { offset, is_cut, has_headers: false, bytes };
        let read = found.read(&reading, (0, lines), &mut parser, None);
        if self.parser.is_some() {
            // It has seen the header lines on its way.
            self.parser = Some(parser);
        }
        let before = self.lines;
        self.lines += read;
        let others: u64 = found.lines_of_others.values().sum();
        self.doubt(read, others);
        let locate = |place: Place| (self.name.clone(), before + place.line);
        let known = &mut self.standing_in;
        let (mut sightings, questions) =
            found.gatherer.finish_knowing(known, layers, &names, locate);
        for sighting in &mut sightings {
            sighting.count = sighting.count.max(1);
            sighting.first_seen.get_or_insert(now);
            sighting.last_seen.get_or_insert(now);
        }
        if self.parser.as_ref().is_some_and(|it| it.format() == Format::Generic) {
            // A name in a line of text is no proof that a day was watched.
            found.days.clear();
        }
        Gain {
            format: self.parser.as_ref().map(|it| it.format().name().to_owned()),
            lines_read: read,
            lines_matched: found.lines_matched,
            lines_not_parsed: found.lines_not_parsed,
            days: found.days,
            sightings,
            questions,
            ..Gain::default()
        }
    }

    /// Tells the format from the lines so far.
    fn look_at(&mut self, lines: &[u8]) {
        let room = SAMPLE_BYTES.saturating_sub(self.sample.len());
        let taken = lines.get(..room).unwrap_or(lines);
        self.sample.extend_from_slice(taken);
        self.sample_lines += memchr::memchr_iter(b'\n', taken).count();
        let is_full = self.sample.len() >= SAMPLE_BYTES || self.sample_lines >= DECISIVE_LINES;
        let detection = detect(&self.sample);
        let format = detection.format.filter(|_| detection.encoding == Encoding::Text);
        if format != self.parser.as_ref().map(Parser::format) {
            self.parser = format.map(|format| {
                let mut parser = Parser::new(format);
                pass_headers(&mut parser, &self.sample);
                parser
            });
            self.other_formats = match format {
                Some(format) => other_formats(format),
                None => Format::ALL.into_iter().filter(|it| it.is_detected()).collect(),
            };
        }
        if is_full {
            self.sample = Vec::new();
            self.sample_lines = 0;
            self.is_decided = format.is_some();
        }
    }

    /// Looks for the format anew when half of the lines are of another one.
    fn doubt(&mut self, lines: u64, others: u64) {
        self.recent.0 += lines;
        self.recent.1 += others;
        if self.recent.0 < DOUBTFUL_LINES {
            return;
        }
        if self.recent.1 * 2 > self.recent.0 && self.asked.is_none() {
            self.is_decided = false;
        }
        self.recent = (0, 0);
    }
}

#[cfg(test)]
mod tests {
    use matching::{IndexBuilder, Verdict};

    use super::*;

    fn layers() -> Layers {
        let mut builder = IndexBuilder::default();
        let indicator = indicators::Indicator {
            observable: "evil.example".parse().unwrap(),
            scope: indicators::Scope::Subdomains,
            family: None,
            valid_until: None,
        };
        builder.push(&indicator, "list.txt").unwrap();
        builder.build().into()
    }

    fn bind(number: usize, name: &str) -> String {
        format!(
            "24-Nov-2026 08:00:{:02}.123 queries: info: client @0x7f 192.0.2.{}#5000 ({name}): \
             query: {name} IN A + (192.0.2.53)\n",
            number % 60,
            number % 250,
        )
    }

    fn now() -> Timestamp {
        "2026-11-24T02:00:00Z".parse().unwrap()
    }

    #[test]
    fn pieces_give_what_the_whole_gives() {
        let layers = layers();
        let lines: Vec<String> = (0..600)
            .map(|at| bind(at, if at % 7 == 0 { "a.evil.example" } else { "good.example" }))
            .collect();
        for piece in [1, 2, 3, 50, 600] {
            let mut log = LiveLog::new("dns.log".to_owned(), None, TimeZone::UTC);
            let (mut contacts, mut read, mut last, mut offset) = (0, 0, 0, 0);
            for lines in lines.chunks(piece) {
                let bytes = lines.concat();
                let gain = log.read(&layers, offset, bytes.as_bytes(), now());
                offset += bytes.len() as u64;
                read += gain.lines_read;
                assert_eq!(gain.lines_not_parsed, 0);
                for sighting in &gain.sightings {
                    contacts += sighting.count;
                    last = last.max(sighting.evidence.line_number);
                }
            }
            assert_eq!((read, contacts, last), (600, 86, 596), "{piece}");
        }
    }

    #[test]
    fn a_piece_tells_how_many_questions_its_answers_leave() {
        let asked = "[1795482001] unbound[9:0] info: 192.0.2.77 a.evil.example. A IN\n";
        let blocked = "[1795482001] unbound[9:0] info: rpz: applied [x] evil.example. rpz-drop \
                       192.0.2.77@46619 a.evil.example. A IN\n";
        let mut log = LiveLog::new("dns.log".to_owned(), None, TimeZone::UTC);
        let mut of = |lines: String| {
            let gain = log.read(&layers(), 0, lines.as_bytes(), now());
            let questions = gain.questions[0].clone().unwrap();
            let line = questions.first_blocked.map_or(0, |it| it.1.line_number);
            let lines = questions.lines;
            (gain.sightings[0].verdict, lines.questions, lines.blocked, line)
        };
        assert_eq!(of(asked.to_owned()), (Verdict::DnsQueried, 1, 0, 0));
        assert_eq!(of(blocked.to_owned()), (Verdict::DnsBlocked, 0, 1, 2));
        assert_eq!(of(format!("{asked}{asked}{blocked}")), (Verdict::DnsQueried, 2, 1, 5));
        assert_eq!(of(format!("{asked}{blocked}")), (Verdict::DnsBlocked, 1, 1, 7));
    }

    #[test]
    fn a_sender_that_passes_on_several_programs_is_read_whole() {
        let mut log = LiveLog::new("syslog".to_owned(), None, TimeZone::UTC);
        let lines = [
            "<30>Nov 24 08:00:01 host sshd[7]: Accepted publickey for root\n",
            "<30>Nov 24 08:00:01 dns named[7]: client @0x7f 192.0.2.7#5000 (a.evil.example): query: a.evil.example IN A + (192.0.2.53)\n",
            "<30>Nov 24 08:00:02 gw dnsmasq[9]: query[A] b.evil.example from 192.0.2.8\n",
        ];
        let (mut devices, mut not_parsed) = (Vec::new(), 0);
        for line in lines.iter().cycle().take(3_000) {
            let gain = log.read(&layers(), 0, line.as_bytes(), now());
            devices.extend(gain.sightings.into_iter().map(|it| (it.device, it.verdict)));
            not_parsed += gain.lines_not_parsed;
        }
        let of = |device: &str| devices.iter().filter(|it| it.0 == device).count();
        assert_eq!((of("192.0.2.7"), of("192.0.2.8"), not_parsed), (1_000, 1_000, 1_000));
        assert!(devices.iter().all(|it| it.1 == Verdict::DnsQueried));
    }

    #[test]
    fn of_a_message_that_names_no_device_the_machine_in_its_header_is_the_device() {
        let check = |line: &str, expected: &str| {
            let format = Some((Format::Generic, None));
            let mut log = LiveLog::new("syslog".to_owned(), format, TimeZone::UTC);
            log.set_sender("192.0.2.53".parse().unwrap());
            let gain = log.read(&layers(), 0, line.as_bytes(), now());
            assert_eq!(gain.sightings.len(), 1, "{line}");
            assert_eq!(gain.sightings[0].device, expected, "{line}");
        };
        check("<30>Nov 24 08:00:01 may-7 app[7]: sent to a.evil.example\n", "may-7");
        check(
            "<30>1 2026-11-24T08:00:01Z 192.0.2.7 app - - - sent to a.evil.example\n",
            "192.0.2.7",
        );
        check("<30>1 2026-11-24T08:00:01Z - app - - - sent to a.evil.example\n", "192.0.2.53");
        check("<30>sent to a.evil.example\n", "192.0.2.53");
        // The line itself comes first.
        check("<30>Nov 24 08:00:01 may-7 app[7]: 192.0.2.9 sent to a.evil.example\n", "192.0.2.9");
    }

    #[test]
    fn reading_may_begin_behind_the_header() {
        let header = b"#separator \\x09\n#path\tdns\n#fields\tts\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tquery\n";
        let mut log = LiveLog::new("dns.log".to_owned(), None, TimeZone::UTC);
        log.begins_with(header);
        let line = b"1795500000.1\t192.0.2.7\t5000\t192.0.2.53\t53\ta.evil.example\n";
        let gain = log.read(&layers(), header.len() as u64, line, now());
        assert_eq!(gain.sightings.len(), 1, "{gain:?}");
    }

    #[test]
    fn the_last_of_several_headers_counts_for_what_comes_behind_them() {
        let fields = |order: &str| format!("#Fields: date time {order} cs-method sc-status\n");
        let line = "2026-11-24 08:00:01 192.0.2.7 a.evil.example GET 200\n";
        let mut log = LiveLog::new("u_ex.log".to_owned(), None, TimeZone::UTC);
        let head = ["#Software: IIS\n", &fields("c-ip cs-host"), line].concat();
        let restarted = [line, &fields("c-ip cs-host"), &fields("cs-host c-ip")].concat();
        let swapped = "2026-11-24 08:00:02 b.evil.example 192.0.2.8 GET 200\n";
        let mut devices = Vec::new();
        let mut offset = 0;
        for lines in [head.repeat(50).as_str(), &restarted, swapped] {
            let gain = log.read(&layers(), offset, lines.as_bytes(), now());
            offset += lines.len() as u64;
            devices.extend(gain.sightings.into_iter().map(|it| it.device));
        }
        assert_eq!(devices.last().map(String::as_str), Some("192.0.2.8"), "{devices:?}");
    }
}
