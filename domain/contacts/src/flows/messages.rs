//! Messages of exporters into records.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::LazyLock;

use super::elements::Role;
use super::layout::{Clock, Field, Layout, Spots, moment, walk};
use super::links::Links;
use super::{At, Place, Reason, Sink};
use crate::packets::bytes::{be16, be32};

/// What all templates together may take. Beyond it all are forgotten and must come again, as
/// exporters send them every few minutes.
const MOST_TEMPLATE_BYTES: usize = 32 << 20;
const HOUR_US: i64 = 3_600_000_000;

/// Reads messages of any number of exporters: NetFlow 5, 7 and 9, IPFIX.
#[derive(Default)]
pub struct FlowReader {
    domains: HashMap<DomainKey, Domain>,
    template_bytes: usize,
    counted: Counted,
}

/// What goes from record to record.
#[derive(Default)]
pub(crate) struct Counted {
    pub(crate) links: Links,
    pub(crate) flows: u64,
    hour_start_us: Option<i64>,
}

/// Where templates are valid.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct DomainKey {
    exporter: SocketAddr,
    version: u16,
    domain: u32,
}

#[derive(Default)]
struct Domain {
    templates: HashMap<u16, Template>,
    boot_us: Option<i64>,
}

enum Template {
    Flows(Layout),
    /// What an exporter says about itself.
    Options(Layout),
}

impl Template {
    fn size_bytes(&self) -> usize {
        let (Self::Flows(layout) | Self::Options(layout)) = self;
        layout.size_bytes()
    }
}

/// Cisco's field lists: where the fields of a record stand, and how long header and record are.
struct Written {
    header: usize,
    record: usize,
    spots: Spots,
}

static VERSION_5: LazyLock<Written> = LazyLock::new(|| written(48));
static VERSION_7: LazyLock<Written> = LazyLock::new(|| written(52));

fn written(record: usize) -> Written {
    let spots = Spots::of(&[
        (Role::Source4, 0, 4),
        (Role::Target4, 4, 4),
        (Role::Packets, 16, 4),
        (Role::Bytes, 20, 4),
        (Role::StartUptime, 24, 4),
        (Role::EndUptime, 28, 4),
        (Role::SourcePort, 32, 2),
        (Role::TargetPort, 34, 2),
        (Role::Flags, 37, 1),
        (Role::Protocol, 38, 1),
    ]);
    Written { header: 24, record, spots }
}

/// Whether a datagram is a message of an exporter, as far as its lengths tell: those to a port that
/// flow collectors use may be anything.
pub fn is_message(datagram: &[u8]) -> bool {
    let count = usize::from(be16(datagram, 2).unwrap_or_default());
    let has_records =
        |written: &Written| count > 0 && datagram.len() == written.header + count * written.record;
    let has_sets = |at| {
        let id = be16(datagram, at).unwrap_or_default();
        let length = usize::from(be16(datagram, at + 2).unwrap_or_default());
        let is_known = !(4..256).contains(&id);
        is_known && length >= 4 && at + length <= datagram.len()
    };
    match be16(datagram, 0) {
        Some(5) => has_records(&VERSION_5),
        Some(7) => has_records(&VERSION_7),
        Some(9) => count > 0 && has_sets(20),
        Some(10) => count == datagram.len() && has_sets(16),
        _ => false,
    }
}

impl FlowReader {
    /// Reads one message of an exporter: a UDP datagram, or a message of a file.
    pub fn message(&mut self, exporter: SocketAddr, at: At, message: &[u8], sink: &mut impl Sink) {
        let version = be16(message, 0).unwrap_or_default();
        match version {
            5 => self.counted.written(&VERSION_5, at, message, sink),
            7 => self.counted.written(&VERSION_7, at, message, sink),
            9 | 10 => {
                let header = if version == 9 { 20 } else { 16 };
                if message.len() < header {
                    return self.counted.refuse(at, Reason::Cut, sink);
                }
                let key = DomainKey {
                    exporter,
                    version,
                    domain: be32(message, header - 4).unwrap_or_default(),
                };
                if self.template_bytes > MOST_TEMPLATE_BYTES {
                    self.domains.clear();
                    self.template_bytes = 0;
                }
                let domain = self.domains.entry(key).or_insert_with(|| {
                    self.template_bytes += size_of::<Domain>() + size_of::<DomainKey>();
                    Domain::default()
                });
                let is_ipfix = version == 10;
                let counted = &mut self.counted;
                Message { domain, counted, template_bytes: &mut self.template_bytes, is_ipfix, at }
                    .read(message, header, sink);
            }
            _ => self.counted.refuse(at, Reason::Version, sink),
        }
    }

    /// Tells of connections that nothing was heard of since the last call but one direction, or that
    /// nobody answered: for a listener that has no end, every half a minute or so.
    pub fn settle(&mut self, sink: &mut impl Sink) {
        self.counted.links.settle(sink);
    }

    /// Nothing comes any more: tells of connections of which one direction was seen alone.
    pub fn finish(&mut self, sink: &mut impl Sink) {
        self.counted.links.finish(sink);
    }

    /// For files that hold records without messages.
    pub(crate) fn counted(&mut self) -> &mut Counted {
        &mut self.counted
    }

    /// Records read, those that were not understood among them; a set without a template counts as
    /// one.
    pub fn flows(&self) -> u64 {
        self.counted.flows
    }
}

impl Counted {
    /// The place of the next record.
    pub(crate) fn place(&mut self, at: At, offset: usize) -> Place {
        self.flows += 1;
        match at {
            At::Stream(base) => Place { offset: base + offset as u64, number: self.flows },
            At::Packet(place) => place,
        }
    }

    pub(crate) fn refuse(&mut self, at: At, reason: Reason, sink: &mut impl Sink) {
        self.refuse_at(at, 0, reason, sink);
    }

    pub(crate) fn refuse_at(
        &mut self,
        at: At,
        offset: usize,
        reason: Reason,
        sink: &mut impl Sink,
    ) {
        let place = self.place(at, offset);
        sink.not_parsed(place, reason);
    }

    /// Tells of the hour of a record; what is later than its message is no moment.
    pub(crate) fn see_hour(&mut self, start_us: Option<i64>, sent_us: i64, sink: &mut impl Sink) {
        let is_past = |start: &i64| sent_us == 0 || *start <= sent_us.saturating_add(HOUR_US);
        let us = start_us.filter(is_past).unwrap_or(sent_us);
        let hour_us = us - us.rem_euclid(HOUR_US);
        if self.hour_start_us != Some(hour_us) && us > 0 {
            self.hour_start_us = Some(hour_us);
            if let Some(time) = moment(us) {
                sink.hour(time);
            }
        }
    }

    /// A message of a version whose records are all alike.
    fn written(&mut self, written: &Written, at: At, message: &[u8], sink: &mut impl Sink) {
        let Some(body) = message.get(written.header..) else {
            return self.refuse(at, Reason::Cut, sink);
        };
        let word = |at| be32(message, at).unwrap_or_default();
        let sent_us = i64::from(word(8)) * 1_000_000 + i64::from(word(12)) / 1000;
        let clock = Clock { sent_us, uptime_ms: Some(word(4)), boot_us: None };
        let count = usize::from(be16(message, 2).unwrap_or_default());
        let wanted = count * written.record;
        let records = body.get(..wanted).unwrap_or(body);
        let first = written.header;
        self.records(&written.spots, written.record, (at, first), records, &clock, sink);
        if body.len() < wanted {
            self.refuse_at(at, message.len(), Reason::Cut, sink);
        } else if body.len() >= wanted + written.record {
            self.refuse_at(at, first + wanted, Reason::Malformed, sink);
        }
    }

    /// Records of one length.
    #[inline]
    fn records(
        &mut self,
        spots: &Spots,
        length: usize,
        (at, first): (At, usize),
        records: &[u8],
        clock: &Clock,
        sink: &mut impl Sink,
    ) {
        if let Some(record) = records.get(..length) {
            self.see_hour(spots.start_us(record, clock), clock.sent_us, sink);
        }
        for (index, record) in records.chunks_exact(length).enumerate() {
            self.record(spots, record, (at, first + index * length), clock, sink);
        }
    }

    #[inline]
    fn record(
        &mut self,
        spots: &Spots,
        record: &[u8],
        (at, offset): (At, usize),
        clock: &Clock,
        sink: &mut impl Sink,
    ) {
        let Some((source, target)) = spots.ends(record) else {
            return self.refuse_at(at, offset, Reason::NoAddresses, sink);
        };
        let place = self.place(at, offset);
        if sink.is_listed(target) || sink.is_listed(source) {
            let flow = spots.flow(record, (source, target), place, clock, |it| sink.is_listed(it));
            self.links.see(flow, sink);
        }
    }
}

/// A message of NetFlow 9 or IPFIX.
struct Message<'m> {
    domain: &'m mut Domain,
    counted: &'m mut Counted,
    template_bytes: &'m mut usize,
    is_ipfix: bool,
    at: At,
}

impl Message<'_> {
    fn read(&mut self, message: &[u8], header: usize, sink: &mut impl Sink) {
        let length = usize::from(be16(message, 2).unwrap_or_default());
        let end = if self.is_ipfix { message.len().min(length) } else { message.len() };
        let word = |at| be32(message, at).unwrap_or_default();
        let seconds = if self.is_ipfix { word(4) } else { word(8) };
        let mut clock = Clock {
            sent_us: i64::from(seconds) * 1_000_000,
            uptime_ms: (!self.is_ipfix).then(|| word(4)),
            boot_us: None,
        };
        let mut offset = header;
        while let Some(id) = be16(message, offset).filter(|_| offset + 4 <= end) {
            let length = usize::from(be16(message, offset + 2).unwrap_or_default());
            if length < 4 {
                return self.counted.refuse_at(self.at, offset, Reason::Malformed, sink);
            }
            let set_end = (offset + length).min(end);
            let is_cut = offset + length > end;
            let body = message.get(offset + 4..set_end).unwrap_or_default();
            let first = offset + 4;
            match (id, self.is_ipfix) {
                (0, false) | (2, true) => self.templates(body, first, sink),
                (1, false) => self.v9_options(body, first, sink),
                (3, true) => self.options(body, first, sink),
                (256.., _) => {
                    // Not everything says when its exporter began in the message itself.
                    clock.boot_us = self.domain.boot_us;
                    self.data(id, body, first, &clock, sink);
                }
                _ => self.counted.refuse_at(self.at, offset, Reason::Malformed, sink),
            }
            if is_cut {
                return self.counted.refuse_at(self.at, set_end, Reason::Cut, sink);
            }
            offset = set_end;
        }
        let has_more = self.is_ipfix && length > end && offset == end;
        if has_more {
            self.counted.refuse_at(self.at, end, Reason::Cut, sink);
        }
    }

    /// So many fields; gives them and their length, `None` when there are fewer.
    fn fields(&self, mut bytes: &[u8], count: usize) -> Option<(Vec<Field>, usize)> {
        let whole = bytes.len();
        // Each takes four bytes at least.
        let mut fields = Vec::with_capacity(count.min(whole / 4));
        for _ in 0..count {
            let (element, length) = (be16(bytes, 0)?, be16(bytes, 2)?);
            bytes = bytes.get(4..)?;
            let mut field = Field { enterprise: 0, element, length };
            if self.is_ipfix && element & 0x8000 != 0 {
                field.element = element & 0x7fff;
                field.enterprise = be32(bytes, 0)?;
                bytes = bytes.get(4..)?;
            }
            fields.push(field);
        }
        Some((fields, whole - bytes.len()))
    }

    fn templates(&mut self, mut body: &[u8], first: usize, sink: &mut impl Sink) {
        let whole = body.len();
        while let (Some(id), Some(count)) = (be16(body, 0), be16(body, 2)) {
            let offset = first + whole - body.len();
            let rest = body.get(4..).unwrap_or_default();
            if id < 256 {
                if self.is_ipfix && count == 0 && id == 2 {
                    self.domain.templates.retain(|_, it| matches!(it, Template::Options(_)));
                } else if id != 0 || count != 0 {
                    self.counted.refuse_at(self.at, offset, Reason::Malformed, sink);
                }
                // Zeroes fill a set up.
                return;
            }
            if count == 0 {
                self.forget(id);
                body = rest;
                continue;
            }
            let Some((fields, length)) = self.fields(rest, usize::from(count)) else {
                return self.counted.refuse_at(self.at, offset, Reason::Malformed, sink);
            };
            self.learn(id, Layout::new(&fields).map(Template::Flows), offset, sink);
            body = rest.get(length..).unwrap_or_default();
        }
    }

    /// RFC 7011 section 3.4.2.2.
    fn options(&mut self, mut body: &[u8], first: usize, sink: &mut impl Sink) {
        let whole = body.len();
        while let (Some(id), Some(count)) = (be16(body, 0), be16(body, 2)) {
            let offset = first + whole - body.len();
            if count == 0 {
                if id == 3 {
                    self.domain.templates.retain(|_, it| matches!(it, Template::Flows(_)));
                }
                self.forget(id);
                body = body.get(4..).unwrap_or_default();
                continue;
            }
            let rest = body.get(6..).unwrap_or_default();
            let fields = self.fields(rest, usize::from(count)).filter(|_| id >= 256);
            let Some((fields, length)) = fields else {
                return self.counted.refuse_at(self.at, offset, Reason::Malformed, sink);
            };
            self.learn(id, Layout::new(&fields).map(Template::Options), offset, sink);
            body = rest.get(length..).unwrap_or_default();
        }
    }

    /// RFC 3954 section 6.1: lengths in bytes instead of counts.
    fn v9_options(&mut self, mut body: &[u8], first: usize, sink: &mut impl Sink) {
        let whole = body.len();
        while let (Some(id), Some(scopes), Some(options)) =
            (be16(body, 0), be16(body, 2), be16(body, 4))
        {
            let offset = first + whole - body.len();
            if id < 256 {
                if id != 0 {
                    self.counted.refuse_at(self.at, offset, Reason::Malformed, sink);
                }
                return;
            }
            let count = (usize::from(scopes) + usize::from(options)) / 4;
            let rest = body.get(6..).unwrap_or_default();
            let Some((mut fields, length)) = self.fields(rest, count) else {
                return self.counted.refuse_at(self.at, offset, Reason::Malformed, sink);
            };
            // The numbers of scopes are their own.
            for field in fields.iter_mut().take(usize::from(scopes) / 4) {
                field.element = 0;
            }
            self.learn(id, Layout::new(&fields).map(Template::Options), offset, sink);
            body = rest.get(length..).unwrap_or_default();
        }
    }

    fn learn(&mut self, id: u16, template: Option<Template>, offset: usize, sink: &mut impl Sink) {
        self.forget(id);
        let Some(template) = template else {
            return self.counted.refuse_at(self.at, offset, Reason::Malformed, sink);
        };
        *self.template_bytes += template.size_bytes();
        self.domain.templates.insert(id, template);
    }

    fn forget(&mut self, id: u16) {
        if let Some(old) = self.domain.templates.remove(&id) {
            *self.template_bytes = self.template_bytes.saturating_sub(old.size_bytes());
        }
    }

    #[inline]
    fn data(&mut self, id: u16, body: &[u8], first: usize, clock: &Clock, sink: &mut impl Sink) {
        let at = self.at;
        match self.domain.templates.get(&id) {
            Some(Template::Flows(Layout::Fixed { length, spots })) => {
                if body.len() < *length && !body.is_empty() {
                    return self.counted.refuse_at(at, first, Reason::Malformed, sink);
                }
                self.counted.records(spots, *length, (at, first), body, clock, sink);
            }
            Some(Template::Flows(Layout::Variable { fields, least })) => {
                let mut rest = body;
                let mut is_first = true;
                while rest.len() >= *least {
                    let offset = first + body.len() - rest.len();
                    let Some((spots, length)) = walk(fields, rest) else {
                        // Zeroes fill a set up; anything else is a record that does not end.
                        if rest.iter().any(|byte| *byte != 0) {
                            self.counted.refuse_at(at, offset, Reason::Malformed, sink);
                        }
                        return;
                    };
                    let (record, after) = rest.split_at_checked(length).unwrap_or((rest, b""));
                    if rest.len() < 8 && record.iter().all(|byte| *byte == 0) {
                        return;
                    }
                    if std::mem::take(&mut is_first) {
                        let start = spots.start_us(record, clock);
                        self.counted.see_hour(start, clock.sent_us, sink);
                    }
                    self.counted.record(&spots, record, (at, offset), clock, sink);
                    rest = after;
                }
            }
            Some(Template::Options(layout)) => {
                let boot_us = match layout {
                    Layout::Fixed { length, spots } => {
                        body.get(..*length).and_then(|record| spots.boot_us(record))
                    }
                    Layout::Variable { fields, .. } => {
                        walk(fields, body).and_then(|(spots, _)| spots.boot_us(body))
                    }
                };
                self.domain.boot_us = boot_us.or(self.domain.boot_us);
            }
            None => self.counted.refuse_at(at, first, Reason::NoTemplate, sink),
        }
    }
}
