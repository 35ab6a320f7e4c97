//! One parser for every format.

use std::sync::Arc;

use jiff::Timestamp;

use crate::formats::{
    adguard, bind, cisco_asa, columns, dnsmasq, filterlog, fortigate, generic, mikrotik, netfilter,
    paloalto, powerdns, sophos, squid, suricata, unbound, w3c, web_log, windows_dns,
    windows_firewall, zeek_json, zeek_tsv,
};
use crate::key_value::Key;
use crate::layouts::Layouts;
use crate::scan::Marks;
use crate::time::{self, TimeReading};
use crate::{Columns, Contact, Format, is_name_byte, syslog};

/// What became of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LineKind {
    /// Read; it gave its contacts, or is of a kind that has none (a header, another event).
    Understood,
    /// Not of this format.
    NotParsed,
}

/// Reads the lines of one log. Cheap to clone: a clone reads on from the same header.
#[derive(Clone, Debug)]
pub struct Parser {
    format: Format,
    zeek: zeek_tsv::Header,
    w3c: w3c::Header,
    /// Whether the last line stood behind a syslog header: the next one is then tried so first.
    is_wrapped: bool,
    /// Room for what a format must decode, used again from line to line.
    decoded: Vec<u8>,
    columns: Option<Arc<Columns>>,
    csv: columns::CsvHeader,
    /// Room for the marks of a line.
    marks: Marks,
    /// How the lines so far were built.
    fortigate: Layouts<Key<fortigate::Field>>,
    sophos: Layouts<Key<sophos::Field>>,
    zeek_json: Layouts<zeek_tsv::Role>,
    suricata: Layouts<suricata::Field>,
    adguard: Layouts<adguard::Field>,
}

impl Parser {
    /// A parser at the start of a log.
    pub fn new(format: Format) -> Self {
        Self {
            format,
            zeek: zeek_tsv::Header::default(),
            w3c: w3c::Header::default(),
            is_wrapped: false,
            decoded: Vec::new(),
            columns: None,
            csv: columns::CsvHeader::default(),
            marks: Marks::default(),
            fortigate: Layouts::default(),
            sophos: Layouts::default(),
            zeek_json: Layouts::default(),
            suricata: Layouts::default(),
            adguard: Layouts::default(),
        }
    }

    /// A parser of JSON lines or CSV by a map of columns.
    pub fn with_columns(format: Format, columns: Arc<Columns>) -> Self {
        let csv = columns::CsvHeader::of(&columns);
        Self { columns: Some(columns), csv, ..Self::new(format) }
    }

    /// The first column of the map that the start of a log has not: no line of JSON, or not the
    /// first line of a CSV.
    pub fn missing_column(&self, sample: &[u8]) -> Option<String> {
        let columns = self.columns.as_ref()?;
        let mut lines = sample
            .split(|b| *b == b'\n')
            .map(<[u8]>::trim_ascii_end)
            .filter(|line| !line.is_empty());
        if self.format == Format::Csv {
            let first = lines.next()?;
            if !self.csv.is_awaited() {
                return columns::CsvHeader::lacks(columns, first);
            }
            let missing = self.csv.clone().take(columns, first).first().map(|it| (*it).to_owned());
            return missing;
        }
        let found: Vec<_> =
            lines.take(200).flat_map(|line| columns::json_columns(columns, line)).collect();
        columns.names().find(|it| !found.contains(it)).map(str::to_owned)
    }

    /// Whether the first line, which has yet to come, tells how all others are read.
    pub fn awaits_first_line(&self) -> bool {
        self.format == Format::Csv && self.csv.is_awaited() && self.columns.is_some()
    }

    /// The format it reads.
    pub fn format(&self) -> Format {
        self.format
    }

    /// Reads one line, without its end, and pushes its contacts, which last as long as the call: what
    /// a format had to decode stands in the parser's own room. Allocates nothing, except when a
    /// header arrives and while that room grows.
    ///
    /// A syslog header may stand before the line of any format. The message's own time counts; the
    /// header's only where the message has none.
    #[inline]
    pub fn read_line(&mut self, line: &[u8], sink: &mut impl FnMut(&Contact<'_>)) -> LineKind {
        // A scan finds the header's time by itself.
        if self.format == Format::Generic {
            return generic::read_line(line, sink);
        }
        let is_wrapped = self.is_wrapped || line.first() == Some(&b'<');
        if is_wrapped && self.read_wrapped(line, sink) == LineKind::Understood {
            return LineKind::Understood;
        }
        self.is_wrapped = false;
        let kind = self.read_bare(syslog::without_priority(line), sink);
        if kind == LineKind::NotParsed && !is_wrapped {
            return self.read_wrapped(line, sink);
        }
        kind
    }

    /// Reads the message behind a syslog header.
    #[inline]
    fn read_wrapped(&mut self, line: &[u8], sink: &mut impl FnMut(&Contact<'_>)) -> LineKind {
        let Some(header) = syslog::split(line) else { return LineKind::NotParsed };
        let mut sink = |contact: &Contact<'_>| {
            let time = if contact.time.is_empty() { header.time } else { contact.time };
            sink(&Contact { time, ..*contact });
        };
        let kind = match self.format {
            // Its messages are known by the name of the program alone.
            Format::Dnsmasq if header.program == b"dnsmasq" => {
                dnsmasq::read_message(header.message, header.time, &mut sink)
            }
            _ => self.read_bare(header.message, &mut sink),
        };
        self.is_wrapped = kind == LineKind::Understood;
        kind
    }

    #[inline]
    fn read_bare(&mut self, line: &[u8], sink: &mut impl FnMut(&Contact<'_>)) -> LineKind {
        match self.format {
            Format::Bind => bind::read_line(line, sink),
            Format::Dnsmasq => dnsmasq::read_line(line, sink),
            Format::Fortigate => fortigate::read_line(&mut self.fortigate, line, sink),
            Format::ZeekTsv => zeek_tsv::read_line(&mut self.zeek, line, sink),
            Format::ZeekJson => zeek_json::read_line(&mut self.zeek_json, line, sink),
            Format::Squid => squid::read_line(line, sink),
            Format::Suricata => suricata::read_line(&mut self.suricata, line, sink),
            Format::WebProxy => web_log::read_proxy(line, sink),
            Format::WebServer => web_log::read_server(line, sink),
            Format::W3c => w3c::read_line(&mut self.w3c, &mut self.marks, line, sink),
            Format::Unbound => unbound::read_line(line, sink),
            Format::Powerdns => powerdns::read_line(line, sink),
            Format::Adguard => adguard::read_line(&mut self.adguard, &mut self.decoded, line, sink),
            Format::WindowsDns => windows_dns::read_line(&mut self.decoded, line, sink),
            Format::Paloalto => paloalto::read_line(&mut self.marks, line, sink),
            Format::CiscoAsa => cisco_asa::read_line(line, sink),
            Format::Sophos => sophos::read_line(&mut self.sophos, line, sink),
            Format::Filterlog => filterlog::read_line(line, sink),
            Format::Mikrotik => mikrotik::read_line(line, sink),
            Format::Netfilter => netfilter::read_line(line, sink),
            Format::WindowsFirewall => windows_firewall::read_line(line, sink),
            Format::Generic => generic::read_line(line, sink),
            Format::Json => match &self.columns {
                Some(columns) => columns::read_json(columns, line, sink),
                None => LineKind::NotParsed,
            },
            Format::Csv => match &self.columns {
                Some(columns) => columns::read_csv(columns, &mut self.csv, line, sink),
                None => LineKind::NotParsed,
            },
        }
    }

    /// Whether a line changes how the lines behind it are read: it must then be read in order.
    pub fn is_header(&self, line: &[u8]) -> bool {
        let is_header = |line: &[u8]| line.first() == Some(&b'#');
        self.format.has_header()
            && (is_header(syslog::without_priority(line))
                || syslog::split(line).is_some_and(|it| is_header(it.message)))
    }

    /// Whether names and addresses stand in its lines as they are, and what ends them is no byte of a name. Of lines for
    /// which this is not so, [`traces`](crate::traces) know nothing, marks of some apart.
    pub fn is_in_clear(&self) -> bool {
        let is_cut_apart = self.columns.as_ref().is_none_or(|it| !is_name_byte(it.delimiter()));
        self.format.is_in_clear() && is_cut_apart
    }

    /// When a contact of this format happened; `None` when its time cannot be read.
    pub fn timestamp(&self, contact: &Contact<'_>, reading: &TimeReading) -> Option<Timestamp> {
        let text = contact.time;
        let own = match self.format {
            Format::Bind => bind::timestamp(text, reading),
            Format::Dnsmasq => dnsmasq::timestamp(text, reading),
            Format::Fortigate => fortigate::timestamp(text, reading),
            Format::ZeekTsv | Format::ZeekJson => zeek_tsv::timestamp(text),
            Format::Squid => squid::timestamp(text),
            Format::Suricata => suricata::timestamp(text, reading),
            Format::WebProxy | Format::WebServer => web_log::timestamp(text, reading),
            Format::W3c => w3c::timestamp(text),
            Format::Unbound => unbound::timestamp(text, reading),
            Format::Powerdns => powerdns::timestamp(text, reading),
            Format::Adguard => adguard::timestamp(text),
            Format::WindowsDns => windows_dns::timestamp(text, reading),
            Format::Paloalto => paloalto::timestamp(text, reading),
            Format::CiscoAsa => cisco_asa::timestamp(text, reading),
            Format::Sophos => sophos::timestamp(text, reading),
            Format::Filterlog => filterlog::timestamp(text, reading),
            Format::Mikrotik => mikrotik::timestamp(text, reading),
            Format::Netfilter => netfilter::timestamp(text, reading),
            Format::WindowsFirewall => windows_firewall::timestamp(text, reading),
            Format::Generic => generic::timestamp(text, reading),
            Format::Json | Format::Csv => time::any_moment(text, reading),
        };
        own.or_else(|| time::header_moment(text, reading))
    }
}
