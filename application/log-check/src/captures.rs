//! Records into hits, captured packets first: the way of a log that is not lines.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Read};
use std::net::IpAddr;

use contacts::packets::{Count, Packet, Reason, Sink, What};
use contacts::{Contact, WireContact};
use jiff::{Timestamp, civil::Date, tz::TimeZone};
use matching::{Destination, Gatherer, Hit, Layers, Matcher, Place, Verdict};
use naming::Names;

use crate::archive::RecordSegments;
use crate::everything::{Everything, Told};
use crate::records::{RecordKind, RecordReader};
use crate::worker::SAMPLES;
use crate::{FileSummary, NotParsed};

/// How much is read at a time, in bytes: what a processor's cache holds.
pub(crate) const CHUNK_BYTES: usize = 256 << 10;

/// How one file of records is read.
pub(crate) struct Reading<'r> {
    pub(crate) layers: &'r Layers,
    /// Its number in the run.
    pub(crate) log: u32,
    pub(crate) names: &'r Names,
    pub(crate) zone: &'r TimeZone,
    /// Told the records that were read since it was told last.
    pub(crate) report: &'r dyn Fn(u64),
    pub(crate) is_cancelled: &'r dyn Fn() -> bool,
}

/// How the reading of a file of records ended.
pub(crate) struct Ended {
    pub(crate) gatherer: Gatherer,
    /// Why the bytes stopped coming.
    pub(crate) failure: Option<io::Error>,
    pub(crate) is_cancelled: bool,
    /// Bytes read.
    pub(crate) offset: u64,
}

impl Reading<'_> {
    /// Reads a file of records to its end, damaged ones too, for the hash of the whole: into its
    /// summary, and into side-cars where some are wanted.
    ///
    /// For these it is read a second time by the same bytes: following every connection would push
    /// those of listed addresses out of the tables sooner.
    pub(crate) fn read(
        &self,
        kind: RecordKind,
        bytes: &mut dyn Read,
        file: &mut FileSummary,
        side_cars: Option<&mut RecordSegments<'_>>,
    ) -> Ended {
        let (mut reader, mut found) = (RecordReader::new(kind), Found::new(self));
        let mut keeping = side_cars.map(|it| (RecordReader::new(kind), it));
        let (failure, is_cancelled) = self.feed(bytes, &mut |bytes| {
            reader.push(bytes, &mut found);
            if let Some((reader, segments)) = &mut keeping {
                reader.push(bytes, &mut Everything(|told: Told<'_>| segments.take(&told)));
            }
            reader.records()
        });
        let problem = reader.finish(&mut found);
        let offset = reader.offset();
        file.format = Some(kind.name().to_owned());
        file.unit = kind.unit();
        file.lines_read = reader.records();
        if let Some((mut reader, segments)) = keeping.filter(|_| !is_cancelled) {
            reader.finish(&mut Everything(|told: Told<'_>| segments.take(&told)));
            let is_cut = failure.is_some() || problem.is_some();
            segments.finish((offset, file.lines_read), is_cut);
        }
        file.problem = problem;
        let gatherer = found.sum_up(file);
        Ended { gatherer, failure, is_cancelled, offset }
    }

    /// Gives `push` the bytes piece by piece; it gives how many records were read so far. Gives what
    /// ended the reading before, and whether it was cancelled.
    fn feed(
        &self,
        bytes: &mut dyn Read,
        push: &mut dyn FnMut(&[u8]) -> u64,
    ) -> (Option<io::Error>, bool) {
        let mut buffer = vec![0; CHUNK_BYTES];
        let mut told = 0;
        loop {
            match bytes.read(&mut buffer) {
                Ok(0) => return (None, false),
                Ok(read) => {
                    let count = push(buffer.get(..read).unwrap_or_default());
                    (self.report)(count - told);
                    told = count;
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return (Some(error), false),
            }
            if (self.is_cancelled)() {
                return (None, true);
            }
        }
    }
}

/// What of a record or a packet is shown.
pub(crate) struct Shown {
    pub(crate) offset: u64,
    pub(crate) number: u64,
    pub(crate) time: Option<Timestamp>,
    pub(crate) text: String,
}

/// What was found in a capture, or a file of flow records, so far.
pub(crate) struct Found<'r> {
    log: u32,
    names: &'r Names,
    zone: &'r TimeZone,
    matcher: Matcher<'r>,
    gatherer: Gatherer,
    packets_matched: u64,
    last_matched: u64,
    not_parsed: BTreeMap<&'static str, u64>,
    samples: Vec<NotParsed>,
    days: BTreeSet<Date>,
}

impl<'r> Found<'r> {
    pub(crate) fn new(reading: &Reading<'r>) -> Self {
        Self {
            log: reading.log,
            names: reading.names,
            zone: reading.zone,
            matcher: Matcher::over(reading.layers),
            gatherer: Gatherer::default(),
            packets_matched: 0,
            last_matched: 0,
            not_parsed: BTreeMap::new(),
            samples: Vec::new(),
            days: BTreeSet::new(),
        }
    }

    pub(crate) fn sum_up(self, file: &mut FileSummary) -> Gatherer {
        file.lines_matched = self.packets_matched;
        file.lines_not_parsed = self.not_parsed.values().sum();
        file.not_parsed_samples = self.samples;
        let reasons = self.not_parsed.into_iter();
        file.not_parsed_reasons =
            reasons.map(|(reason, count)| (reason.to_owned(), count)).collect();
        file.days = self.days.into_iter().collect();
        self.gatherer
    }
}

impl Sink for Found<'_> {
    #[inline]
    fn is_listed(&mut self, address: IpAddr) -> bool {
        self.holds(address)
    }

    fn finds(&mut self, contact: &WireContact<'_>) -> bool {
        self.matcher.examine_wire(contact).is_some()
    }

    #[inline]
    fn contact(&mut self, contact: &WireContact<'_>, packet: &Packet, count: Count) -> bool {
        let Some(hit) = self.matcher.examine_wire(contact) else { return false };
        self.add_packet(&hit, contact, packet, count);
        true
    }

    fn not_parsed(&mut self, packet: &Packet, reason: Reason) {
        self.refuse((packet.offset, packet.number), reason.code(), || packet.to_string());
    }

    fn hour(&mut self, time: Timestamp) {
        self.see_day(time);
    }
}

impl Found<'_> {
    /// Whether any indicator names an address.
    #[inline]
    pub(crate) fn holds(&self, address: IpAddr) -> bool {
        self.matcher.holds_address(address.to_canonical())
    }

    pub(crate) fn examine_text<'l>(&mut self, contact: &Contact<'l>) -> Option<Hit<'l>> {
        self.matcher.examine(contact)
    }

    pub(crate) fn examine<'p>(&mut self, contact: &WireContact<'p>) -> Option<Hit<'p>> {
        self.matcher.examine_wire(contact)
    }

    /// Notes something that was not understood, by its offset and number.
    pub(crate) fn refuse(
        &mut self,
        (offset, number): (u64, u64),
        reason: &'static str,
        text: impl FnOnce() -> String,
    ) {
        *self.not_parsed.entry(reason).or_default() += 1;
        if self.samples.len() < SAMPLES {
            let (text, reason) = (text(), Some(reason.to_owned()));
            self.samples.push(NotParsed { line_number: number, offset, text, reason });
        }
    }

    pub(crate) fn see_day(&mut self, time: Timestamp) {
        self.days.insert(time.to_zoned_datetime(self.zone.clone()).date());
    }

    /// Adds a hit to the sightings; `is_more` when it says more about a contact that was counted.
    pub(crate) fn add(&mut self, hit: &Hit<'_>, shown: &Shown, is_more: bool) {
        let place = Place { log: self.log, offset: shown.offset, line: shown.number };
        let holder = hit.holder(self.names, shown.time);
        if is_more {
            self.gatherer.add_to(hit, holder, shown.time, place, shown.text.as_bytes());
        } else {
            self.gatherer.add(hit, holder, shown.time, place, shown.text.as_bytes());
        }
    }

    /// One more record has a hit.
    pub(crate) fn matched(&mut self) {
        self.packets_matched += 1;
    }

    #[cold]
    fn add_packet(
        &mut self,
        hit: &Hit<'_>,
        contact: &WireContact<'_>,
        packet: &Packet,
        count: Count,
    ) {
        // Whatever a malicious source sends belongs to the connection it opened.
        let is_inbound = hit.verdict == Verdict::InboundScan;
        let is_request = !contact.name.is_empty() || !contact.path.is_empty();
        let is_more = match count {
            Count::New => is_inbound && is_request,
            Count::NewUnlessAddress => matches!(hit.destination, Destination::Address(..)),
            Count::More => true,
        };
        let shown = Shown {
            offset: packet.offset,
            number: packet.number,
            time: packet.time,
            text: packet.describe(contact),
        };
        self.add(hit, &shown, is_more);
        // Questions without an answer are told of late, each by a packet of its own; of the records
        // in a packet some may be.
        let is_late_record =
            matches!(packet.what, What::Flow { .. }) && packet.number < self.last_matched;
        if self.last_matched != packet.number && !is_late_record {
            self.last_matched = packet.number;
            self.packets_matched += 1;
        }
    }
}
