//! Lines of one block into hits.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use std::ops::Range;

use contacts::{Contact, Format, LineKind, Parser, TimeReading, syslog_host};
use hunting::SideCarBuilder;
use jiff::{SignedDuration, Timestamp, civil::Date, tz::TimeZone};
use matching::{Chosen, Device, Gatherer, Hit, Layers, Matcher, Place, Sieve};
use naming::Names;

use crate::NotParsed;
use crate::blocks::{LONGEST_LINE, Lines};
use crate::text::Encoding;

/// How many lines that were not understood are shown.
pub(crate) const SAMPLES: usize = 5;
/// In larger blocks, the time of one line of so many tells the days; in smaller ones, of every line. Where two of them
/// lie more than [`A_DAY`] apart, those of all lines between are looked at.
const SAMPLED_LINES: u64 = 16;
/// The same where lines are sieved: so many are read in any case.
const SAMPLED_SIEVED: u64 = 61;
const A_DAY: SignedDuration = SignedDuration::from_hours(24);
/// What a smaller block is, in bytes.
const SMALL_BLOCK: usize = 256 << 10;
/// Among so many lines at the end of a block, the last contact is looked for.
const MOST_LAST_LINES: usize = 32;

/// How the lines of one log are read.
pub(crate) struct Reading<'r> {
    pub(crate) layers: &'r Layers,
    /// Tells lines that need not be read; `None` where there is none for this processor.
    pub(crate) sieve: Option<Sieve<'r>>,
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
    /// Lines that hold nothing listed whatever they say, and were not taken apart.
    pub(crate) lines_ruled_out: u64,
    pub(crate) lines_of_others: BTreeMap<&'static str, u64>,
    /// Block number and sample; the line number counts within the block.
    pub(crate) samples: Vec<(usize, NotParsed)>,
    /// Lines of each block, by its number.
    pub(crate) block_lines: Vec<(usize, u64)>,
    pub(crate) days: BTreeSet<Date>,
    /// Room for the lines that a sieve chose.
    chosen: Vec<Chosen>,
}

/// A block as it is read.
struct Reader<'a, 'r> {
    found: &'a mut Found,
    reading: &'a Reading<'r>,
    number: usize,
    block: Lines<'a>,
    parser: &'a mut Parser,
    times: Parser,
    matcher: Matcher<'a>,
    side_car: Option<&'a mut SideCarBuilder>,
    span: Span,
    /// Up to where the times of the block are looked at.
    passed: usize,
}

/// Moments of a block: one an hour.
#[derive(Default)]
struct Span {
    moments: Vec<Timestamp>,
    /// That of the last sample.
    last: Option<Timestamp>,
}

impl Found {
    /// Reads the lines of a block. Evidence carries the line's number within the block; its offset
    /// tells the block.
    pub(crate) fn read(
        &mut self,
        reading: &Reading<'_>,
        (number, block): (usize, Lines<'_>),
        parser: &mut Parser,
        side_car: Option<&mut SideCarBuilder>,
    ) -> u64 {
        let times = Parser::new(parser.format());
        let matcher = Matcher::over(reading.layers);
        let span = Span::default();
        let found = self;
        let mut reader = Reader {
            found,
            reading,
            number,
            block,
            parser,
            times,
            matcher,
            side_car,
            span,
            passed: 0,
        };
        let sieve = reading.sieve.as_ref().filter(|_| reader.may_be_sieved());
        let lines = match sieve {
            Some(sieve) => reader.read_chosen(sieve),
            None => reader.read_from(0, 0),
        };
        reader.read_last();
        let Reader { found, span, .. } = reader;
        found.block_lines.push((number, lines));
        found.cover(&span, &reading.times.zone);
        lines
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

impl<'a> Reader<'a, '_> {
    /// Whether it is enough to read the lines in which something listed may stand: in a block of some size, where
    /// lines of all formats that they may be of are in clear or have a mark, and no line tells how others are read. A
    /// side-car holds what no list names.
    fn may_be_sieved(&self) -> bool {
        let Lines { bytes, is_cut, has_headers, .. } = self.block;
        (SMALL_BLOCK..=LONGEST_LINE).contains(&bytes.len())
            && !is_cut
            && !has_headers
            && self.side_car.is_none()
            && self.parser.is_in_clear()
            && self.reading.encoding == Encoding::Bytes
    }

    /// Reads the lines that a sieve chooses, and tells how many there are. Where a sample is not of the log's format,
    /// all lines from it on are read: what else is in such a log should be told.
    fn read_chosen(&mut self, sieve: &Sieve<'_>) -> u64 {
        let mut chosen = std::mem::take(&mut self.found.chosen);
        let Some(mut lines) = sieve.choose(self.block.bytes, SAMPLED_SIEVED, &mut chosen) else {
            self.found.chosen = chosen;
            return self.read_from(0, 0);
        };
        let mut read = 0;
        for it in &chosen {
            let Some(line) = self.block.bytes.get(it.start..it.end) else { continue };
            let kind = if it.is_sample {
                self.read_sample(line, it.start as u64, it.number, it.start)
            } else {
                self.read_line(line, it.start as u64, it.number, false)
            };
            read += 1;
            if it.is_sample && kind == LineKind::NotParsed {
                let from_here = self.read_from(it.end + 1, it.number);
                read += from_here - it.number;
                lines = from_here;
                break;
            }
        }
        self.found.lines_ruled_out += lines - read;
        self.found.chosen = chosen;
        lines
    }

    /// Reads a line of which the time is looked at, too.
    fn read_sample(&mut self, line: &'a [u8], offset: u64, number: u64, place: usize) -> LineKind {
        let before = self.span.last.take();
        let kind = self.read_line(line, offset, number, true);
        self.pass(before, place);
        kind
    }

    /// Times are looked at up to a place. Where there is more than a day between the last two, or nothing before, those
    /// between are looked at as well: a log of few lines a day has days that no sample is of.
    fn pass(&mut self, before: Option<Timestamp>, place: usize) {
        let Some(now) = self.span.last else {
            // It told no time, and the next one has more between.
            self.span.last = before;
            return;
        };
        if before.is_none_or(|before| now.duration_since(before).abs() > A_DAY) {
            self.look_at_times(self.passed..place);
            self.span.last = Some(now);
        }
        self.passed = place;
    }

    #[cold]
    fn look_at_times(&mut self, between: Range<usize>) {
        for line in self.block.bytes.get(between).unwrap_or_default().split(|it| *it == b'\n') {
            self.look_at_time(line);
        }
    }

    /// Looks at the time of a line, which is read for nothing else; tells whether it has a contact. Headers have been
    /// read, and lines behind them are not to be read by one again: the parser may go on to other blocks.
    fn look_at_time(&mut self, line: &[u8]) -> bool {
        if self.parser.is_header(line) {
            return false;
        }
        let (span, times, reading) = (&mut self.span, &self.times, self.reading);
        let mut is_found = false;
        self.parser.read_line(line.strip_suffix(b"\r").unwrap_or(line), &mut |contact| {
            is_found = true;
            span.cover(true, || times.timestamp(contact, reading.times));
        });
        is_found
    }

    /// Reads all lines from a place on, before which there are so many; tells how many there are then.
    fn read_from(&mut self, start: usize, before: u64) -> u64 {
        let is_small = self.block.bytes.len() < SMALL_BLOCK;
        let mut rest = self.block.bytes.get(start..).unwrap_or_default();
        let mut offset = start as u64;
        let mut lines = before;
        let mut place = start;
        while !rest.is_empty() {
            let end = memchr::memchr(b'\n', rest).map_or(rest.len(), |end| end + 1);
            let (whole, after) = rest.split_at_checked(end).unwrap_or((rest, b""));
            rest = after;
            lines += 1;
            let line = whole.strip_suffix(b"\n").unwrap_or(whole);
            if !is_small && lines.is_multiple_of(SAMPLED_LINES) {
                self.read_sample(line, offset, lines, place);
            } else {
                self.read_line(line, offset, lines, is_small);
            }
            place += whole.len();
            offset += self.reading.encoding.width(whole);
        }
        lines
    }

    /// Reads a line, by its offset and number in the block; tells what the log's own format made of it.
    #[inline]
    fn read_line(&mut self, line: &'a [u8], offset: u64, number: u64, is_sample: bool) -> LineKind {
        let Self { found, reading, matcher, side_car, span, times, .. } = self;
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let place = Place { log: reading.log, offset: self.block.offset + offset, line: number };
        // Windows programs put a byte order mark before the first line.
        let is_first = place.offset == 0;
        let line = line.strip_prefix(b"\xef\xbb\xbf").filter(|_| is_first).unwrap_or(line);
        if line.is_empty() {
            return LineKind::Understood;
        }
        if self.block.is_cut || line.len() > LONGEST_LINE {
            found.refuse(self.number, place, line);
            return LineKind::NotParsed;
        }
        let mut is_matched = false;
        let kind = self.parser.read_line(line, &mut |contact| {
            let time = || times.timestamp(contact, reading.times);
            span.cover(is_sample, time);
            if let Some(side_car) = side_car {
                side_car.add(contact, time(), place.offset);
            }
            is_matched |= found.examine((reading, matcher), contact, time, place, line);
        });
        if kind == LineKind::NotParsed {
            match self.read_otherwise(place, line) {
                Some(is_other_matched) => is_matched |= is_other_matched,
                None => self.found.refuse(self.number, place, line),
            }
        }
        self.found.lines_matched += u64::from(is_matched);
        kind
    }

    /// Reads a line by the first other format that understands it; tells whether it was matched,
    /// `None` when none does.
    #[cold]
    fn read_otherwise(&mut self, place: Place, line: &[u8]) -> Option<bool> {
        let Self { found, reading, matcher, side_car, span, .. } = self;
        for format in reading.other_formats {
            let mut parser = Parser::new(*format);
            let times = Parser::new(*format);
            let mut is_matched = false;
            let kind = parser.read_line(line, &mut |contact| {
                let time = || times.timestamp(contact, reading.times);
                span.cover(true, time);
                if let Some(side_car) = side_car {
                    side_car.add(contact, time(), place.offset);
                }
                is_matched |= found.examine((reading, matcher), contact, time, place, line);
            });
            if kind == LineKind::Understood {
                *found.lines_of_others.entry(format.name()).or_default() += 1;
                return Some(is_matched);
            }
        }
        None
    }

    /// The last contact tells how far the block goes: among its last lines there most likely is one.
    fn read_last(&mut self) {
        if self.span.is_new() || self.block.is_cut {
            return;
        }
        let before = self.span.last.take();
        let lines = self.block.bytes.rsplit(|byte| *byte == b'\n').take(MOST_LAST_LINES);
        for line in lines.filter(|line| line.len() <= LONGEST_LINE) {
            if self.look_at_time(line) {
                break;
            }
        }
        if self.block.bytes.len() >= SMALL_BLOCK {
            self.pass(before, self.block.bytes.len());
        }
    }
}

impl Span {
    /// Whether it holds no moment yet.
    #[inline]
    fn is_new(&self) -> bool {
        self.moments.is_empty()
    }

    /// Takes the moment of a contact in, when it is one to look at, or the first; one an hour is enough.
    #[inline]
    fn cover(&mut self, is_sample: bool, time: impl Fn() -> Option<Timestamp>) {
        if (is_sample || self.is_new())
            && let Some(time) = time()
        {
            if is_sample {
                self.last = Some(time);
            }
            let hour = |it: Timestamp| it.as_second().div_euclid(3_600);
            if self.moments.last().is_none_or(|last| hour(*last) != hour(time)) {
                self.moments.push(time);
            }
        }
    }
}
