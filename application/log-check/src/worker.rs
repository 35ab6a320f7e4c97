//! Lines of one block into hits.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use contacts::{Contact, Format, LineKind, Parser, TimeReading, syslog_host};
use hunting::SideCarBuilder;
use jiff::{Timestamp, civil::Date, tz::TimeZone};
use matching::{Device, Gatherer, Hit, Layers, Matcher, Place};
use naming::Names;

use crate::NotParsed;
use crate::blocks::{LONGEST_LINE, Lines};
use crate::text::Encoding;

/// How many lines that were not understood are shown.
pub(crate) const SAMPLES: usize = 5;
/// In larger blocks, the time of one line of so many tells the days; in smaller ones, of every line.
const SAMPLED_LINES: u64 = 16;
/// What a smaller block is, in bytes.
const SMALL_BLOCK: usize = 256 << 10;

/// How the lines of one log are read.
pub(crate) struct Reading<'r> {
    pub(crate) layers: &'r Layers,
    /// Number of the log in the run.
    pub(crate) log: u32,
    pub(crate) names: &'r Names,
    pub(crate) times: &'r TimeReading,
    pub(crate) encoding: Encoding,
    /// Formats that are tried on a line which the log's own format does not understand.
    pub(crate) other_formats: &'r [Format],
    /// Who sent the lines, where they came as messages.
    pub(crate) sender: Option<IpAddr>,
}

impl Reading<'_> {
    /// A hit of a line that names no device: in a message, it is the one that wrote it.
    fn with_writer<'l>(&self, hit: Hit<'l>, line: &'l [u8]) -> Hit<'l> {
        let Some(sender) = self.sender.filter(|_| hit.device == Device::Name(b"")) else {
            return hit;
        };
        let host = syslog_host(line);
        let address = host.and_then(|it| std::str::from_utf8(it).ok()?.parse::<IpAddr>().ok());
        let device = match (address, host) {
            (Some(address), _) => Device::Address(address.to_canonical()),
            (None, Some(host)) => Device::Name(host),
            (None, None) => Device::Address(sender),
        };
        Hit { device, ..hit }
    }
}

/// What one thread found in its blocks of one log.
#[derive(Default)]
pub(crate) struct Found {
    pub(crate) gatherer: Gatherer,
    pub(crate) lines_matched: u64,
    pub(crate) lines_not_parsed: u64,
    pub(crate) lines_of_others: BTreeMap<&'static str, u64>,
    /// Block number and sample; the line number counts within the block.
    pub(crate) samples: Vec<(usize, NotParsed)>,
    /// Lines of each block, by its number.
    pub(crate) block_lines: Vec<(usize, u64)>,
    pub(crate) days: BTreeSet<Date>,
}

/// First and last moment of a block.
#[derive(Default)]
struct Span {
    moments: Vec<Timestamp>,
}

impl Found {
    /// Reads the lines of a block. Evidence carries the line's number within the block; its offset
    /// tells the block.
    pub(crate) fn read(
        &mut self,
        reading: &Reading<'_>,
        (number, block): (usize, Lines<'_>),
        parser: &mut Parser,
        mut side_car: Option<&mut SideCarBuilder>,
    ) -> u64 {
        let mut matcher = Matcher::over(reading.layers);
        let times = Parser::new(parser.format());
        let mut span = Span::default();
        let mut last_line: &[u8] = b"";
        let mut lines = 0;
        let mut offset = block.offset;
        let mut rest = block.bytes;
        while !rest.is_empty() {
            let end = memchr::memchr(b'\n', rest).map_or(rest.len(), |end| end + 1);
            let (whole, after) = rest.split_at_checked(end).unwrap_or((rest, b""));
            rest = after;
            lines += 1;
            let line = whole.strip_suffix(b"\n").unwrap_or(whole);
            let line = line.strip_suffix(b"\r").unwrap_or(line);
            // Windows programs put a byte order mark before the first line.
            let line =
                if offset == 0 { line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line) } else { line };
            let place = Place { log: reading.log, offset, line: lines };
            offset += reading.encoding.width(whole);
            if line.is_empty() {
                continue;
            }
            if block.is_cut || line.len() > LONGEST_LINE {
                self.refuse(number, place, line);
                continue;
            }
            let (mut is_matched, mut is_last) = (false, false);
            let is_sample = block.bytes.len() < SMALL_BLOCK || lines % SAMPLED_LINES == 0;
            let kind = parser.read_line(line, &mut |contact| {
                let time = || times.timestamp(contact, reading.times);
                span.cover(is_sample || span.is_new(), time);
                is_last = true;
                if let Some(side_car) = &mut side_car {
                    side_car.add(contact, time(), place.offset);
                }
                is_matched |= self.examine((reading, &mut matcher), contact, time, place, line);
            });
            if is_last {
                last_line = line;
            }
            if kind == LineKind::NotParsed {
                match self.read_otherwise(
                    reading,
                    &mut matcher,
                    &mut span,
                    side_car.as_deref_mut(),
                    place,
                    line,
                ) {
                    Some(is_other_matched) => is_matched |= is_other_matched,
                    None => self.refuse(number, place, line),
                }
            }
            self.lines_matched += u64::from(is_matched);
        }
        // The last line of a block need not hold a contact; the last contact tells how far it goes.
        let is_sample = !span.is_new();
        parser.read_line(last_line, &mut |contact| {
            span.cover(is_sample, || times.timestamp(contact, reading.times));
        });
        self.block_lines.push((number, lines));
        self.cover(&span, &reading.times.zone);
        lines
    }

    /// Reads a line by the first other format that understands it; tells whether it was matched,
    /// `None` when none does.
    #[cold]
    fn read_otherwise(
        &mut self,
        reading: &Reading<'_>,
        matcher: &mut Matcher<'_>,
        span: &mut Span,
        mut side_car: Option<&mut SideCarBuilder>,
        place: Place,
        line: &[u8],
    ) -> Option<bool> {
        for format in reading.other_formats {
            let mut parser = Parser::new(*format);
            let times = Parser::new(*format);
            let mut is_matched = false;
            let kind = parser.read_line(line, &mut |contact| {
                let time = || times.timestamp(contact, reading.times);
                span.cover(true, time);
                if let Some(side_car) = &mut side_car {
                    side_car.add(contact, time(), place.offset);
                }
                is_matched |= self.examine((reading, matcher), contact, time, place, line);
            });
            if kind == LineKind::Understood {
                *self.lines_of_others.entry(format.name()).or_default() += 1;
                return Some(is_matched);
            }
        }
        None
    }

    #[inline]
    fn examine(
        &mut self,
        (reading, matcher): (&Reading<'_>, &mut Matcher<'_>),
        contact: &Contact<'_>,
        time: impl Fn() -> Option<Timestamp>,
        place: Place,
        line: &[u8],
    ) -> bool {
        let Some(hit) = matcher.examine(contact) else { return false };
        let time = time();
        let hit = reading.with_writer(hit, line);
        self.gatherer.add(&hit, hit.holder(reading.names, time), time, place, line);
        true
    }

    fn refuse(&mut self, block: usize, place: Place, line: &[u8]) {
        self.lines_not_parsed += 1;
        if self.samples.len() < SAMPLES {
            let text = String::from_utf8_lossy(line.get(..200).unwrap_or(line)).into_owned();
            let (line_number, offset) = (place.line, place.offset);
            let sample = NotParsed { line_number, offset, text, reason: None };
            self.samples.push((block, sample));
        }
    }

    /// Days of which the block has contacts: of those that were looked at, and of no other.
    fn cover(&mut self, span: &Span, zone: &TimeZone) {
        let days = span.moments.iter().map(|time| time.to_zoned_datetime(zone.clone()).date());
        self.days.extend(days);
    }
}

impl Span {
    /// Whether it holds no moment yet.
    #[inline]
    fn is_new(&self) -> bool {
        self.moments.is_empty()
    }

    /// Takes the moment of a contact in, when it is one to look at; one an hour is enough.
    #[inline]
    fn cover(&mut self, is_sample: bool, time: impl Fn() -> Option<Timestamp>) {
        if is_sample && let Some(time) = time() {
            let hour = |it: Timestamp| it.as_second().div_euclid(3_600);
            if self.moments.last().is_none_or(|last| hour(*last) != hour(time)) {
                self.moments.push(time);
            }
        }
    }
}
