//! One line of a FortiGate log.

use jiff::Timestamp;
use jiff::civil::Date;

use crate::fields::{
    has_count, host_and_port, path_and_query, port, push_request, split_once, url_parts,
};
use crate::key_value::{self, Key};
use crate::layouts::Layouts;
use crate::time::{self, TimeReading};
use crate::{Between, Contact, LineKind, Outcome};

/// The fields we read.
#[derive(Default)]
struct Fields<'l> {
    kind: &'l [u8],
    subtype: &'l [u8],
    srcip: &'l [u8],
    srcname: &'l [u8],
    dstip: &'l [u8],
    dstport: &'l [u8],
    hostname: &'l [u8],
    url: &'l [u8],
    qname: &'l [u8],
    ipaddr: &'l [u8],
    action: &'l [u8],
    rcvdbyte: Option<&'l [u8]>,
    /// What the source address became further on.
    transip: &'l [u8],
    eventtime: &'l [u8],
    /// From the value of `date` to the end of the value of `time`.
    local_time: &'l [u8],
}

pub(crate) fn read_line<'l>(
    layouts: &mut Layouts<Key<Field>>,
    line: &'l [u8],
    sink: &mut impl FnMut(&Contact<'l>),
) -> LineKind {
    let fields: Fields<'l> = key_value::read(layouts, line);
    let is_ours =
        !fields.kind.is_empty() && (!fields.eventtime.is_empty() || !fields.local_time.is_empty());
    if !is_ours {
        return LineKind::NotParsed;
    }
    let base = Contact {
        device: fields.srcip,
        device_name: fields.srcname,
        time: if fields.eventtime.is_empty() { fields.local_time } else { fields.eventtime },
        ..Contact::default()
    };
    match (fields.kind, fields.subtype) {
        (b"utm" | b"dns", b"dns" | b"dns-query" | b"dns-response") => sink(&Contact {
            name: fields.qname,
            answers: fields.ipaddr,
            outcome: dns_outcome(&fields),
            between: of(fields.dstip, Between::Asked),
            ..base
        }),
        (b"traffic" | b"utm", _) => {
            let (host, host_port, path, query) = url_of(&fields);
            let sent = Contact {
                path,
                query,
                address: fields.dstip,
                port: port(fields.dstport),
                outcome: connection_outcome(&fields),
                between: of(fields.transip, Between::Translated),
                ..base
            };
            push_request(host, host_port, &sent, sink);
        }
        _ => {}
    }
    LineKind::Understood
}

fn of<'l>(address: &'l [u8], between: fn(&'l [u8]) -> Between<&'l [u8]>) -> Between<&'l [u8]> {
    if address.is_empty() { Between::Nobody } else { between(address) }
}

/// Host, port, path and query: `url` is a path beside `hostname`, or a whole URL.
fn url_of<'l>(fields: &Fields<'l>) -> (&'l [u8], u16, &'l [u8], &'l [u8]) {
    let (host, port) = host_and_port(fields.hostname);
    if fields.url.starts_with(b"/") || fields.url.is_empty() {
        let (path, query) = path_and_query(fields.url);
        return (host, port, path, query);
    }
    let parts = url_parts(fields.url);
    let host = if host.is_empty() { parts.host } else { host };
    (host, if parts.port == 0 { port } else { parts.port }, parts.path, parts.query)
}

fn connection_outcome(fields: &Fields<'_>) -> Outcome {
    let is_stopped = matches!(
        fields.action,
        b"deny" | b"denied" | b"block" | b"blocked" | b"dropped" | b"reset" | b"ip-conn"
    );
    // A session that got nothing back was an attempt, whatever closed it.
    let is_one_way = fields.rcvdbyte.is_some_and(|bytes| !has_count(bytes));
    // The server refused: all that came back is one segment that says so.
    let is_refused = fields.action == b"server-rst" && fields.rcvdbyte.is_some_and(is_one_segment);
    if is_stopped || is_one_way || is_refused { Outcome::Attempted } else { Outcome::Connected }
}

/// Whether a count of bytes is that of one segment without data: 40 in IPv4, 60 in IPv6, and up to
/// 20 of options.
fn is_one_segment(bytes: &[u8]) -> bool {
    bytes.len() <= 2
        && std::str::from_utf8(bytes).is_ok_and(|it| it.parse().is_ok_and(|it: u8| it <= 80))
}

fn dns_outcome(fields: &Fields<'_>) -> Outcome {
    if matches!(fields.action, b"block" | b"blocked" | b"redirect") {
        Outcome::DnsBlocked
    } else if !fields.ipaddr.is_empty() {
        Outcome::DnsResolved
    } else {
        Outcome::DnsQueried
    }
}

/// A field of [`Fields`], `date` and `time` left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Field {
    Kind,
    Subtype,
    SourceAddress,
    SourceName,
    DestinationAddress,
    DestinationPort,
    Host,
    Url,
    Question,
    Answers,
    Action,
    Received,
    TranslatedSource,
    EventTime,
}

impl<'l> key_value::Fields<'l> for Fields<'l> {
    const HAS_ESCAPES: bool = true;
    type Field = Field;

    fn field(key: &[u8]) -> Option<Field> {
        Some(match key {
            b"type" => Field::Kind,
            b"subtype" => Field::Subtype,
            b"srcip" => Field::SourceAddress,
            b"srcname" => Field::SourceName,
            b"dstip" => Field::DestinationAddress,
            b"dstport" => Field::DestinationPort,
            b"hostname" => Field::Host,
            b"url" => Field::Url,
            b"qname" => Field::Question,
            b"ipaddr" => Field::Answers,
            b"action" => Field::Action,
            b"rcvdbyte" => Field::Received,
            b"transip" => Field::TranslatedSource,
            b"eventtime" => Field::EventTime,
            _ => return None,
        })
    }

    #[inline]
    fn set(&mut self, field: Field, value: &'l [u8]) {
        match field {
            Field::Kind => self.kind = value,
            Field::Subtype => self.subtype = value,
            Field::SourceAddress => self.srcip = value,
            Field::SourceName => self.srcname = value,
            Field::DestinationAddress => self.dstip = value,
            Field::DestinationPort => self.dstport = value,
            Field::Host => self.hostname = value,
            Field::Url => self.url = value,
            Field::Question => self.qname = value,
            Field::Answers => self.ipaddr = value,
            Field::Action => self.action = value,
            Field::Received => self.rcvdbyte = Some(value),
            Field::TranslatedSource => self.transip = value,
            Field::EventTime => self.eventtime = value,
        }
    }

    #[inline]
    fn set_time(&mut self, value: &'l [u8]) {
        self.local_time = value;
    }
}

/// `eventtime` in seconds, milli-, micro- or nanoseconds by its length; else `date` and `time`.
pub(crate) fn timestamp(text: &[u8], reading: &TimeReading) -> Option<Timestamp> {
    if let Some(number) = epoch_number(text) {
        return match text.len() {
            ..=11 => Timestamp::from_second(number).ok(),
            12..=14 => Timestamp::from_millisecond(number).ok(),
            15..=17 => Timestamp::from_microsecond(number).ok(),
            _ => Timestamp::from_nanosecond(i128::from(number)).ok(),
        };
    }
    let (date, rest) = split_once(text, b' ')?;
    let clock = rest.strip_prefix(b"time=")?;
    let date = std::str::from_utf8(date).ok()?.trim_matches('"').parse::<Date>().ok()?;
    let clock = time::clock(clock.strip_prefix(b"\"").unwrap_or(clock).get(..8)?)?;
    reading.moment(date.to_datetime(clock))
}

/// Up to 19 digits: nanoseconds since 1970 have 19.
fn epoch_number(text: &[u8]) -> Option<i64> {
    if text.is_empty() || text.len() > 19 || !text.iter().all(u8::is_ascii_digit) {
        return None;
    }
    std::str::from_utf8(text).ok()?.parse().ok()
}
