//! One parser for every format.

use jiff::Timestamp;

use crate::formats::{bind, dnsmasq, fortigate, squid, zeek_json, zeek_tsv};
use crate::time::TimeReading;
use crate::{Contact, Format};

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
}

impl Parser {
    /// A parser at the start of a log.
    pub fn new(format: Format) -> Self {
        Self { format, zeek: zeek_tsv::Header::default() }
    }

    /// The format it reads.
    pub fn format(&self) -> Format {
        self.format
    }

    /// Reads one line, without its end, and pushes its contacts. Allocates nothing, except when a
    /// Zeek header arrives.
    #[inline]
    pub fn read_line<'l>(
        &mut self,
        line: &'l [u8],
        sink: &mut impl FnMut(&Contact<'l>),
    ) -> LineKind {
        match self.format {
            Format::Bind => bind::read_line(line, sink),
            Format::Dnsmasq => dnsmasq::read_line(line, sink),
            Format::Fortigate => fortigate::read_line(line, sink),
            Format::ZeekTsv => zeek_tsv::read_line(&mut self.zeek, line, sink),
            Format::ZeekJson => zeek_json::read_line(line, sink),
            Format::Squid => squid::read_line(line, sink),
        }
    }

    /// Whether a line changes how the lines behind it are read: it must then be read in order.
    pub fn is_header(&self, line: &[u8]) -> bool {
        self.format == Format::ZeekTsv && line.first() == Some(&b'#')
    }

    /// When a contact of this format happened; `None` when its time cannot be read.
    pub fn timestamp(&self, contact: &Contact<'_>, reading: &TimeReading) -> Option<Timestamp> {
        match self.format {
            Format::Bind => bind::timestamp(contact.time, reading),
            Format::Dnsmasq => dnsmasq::timestamp(contact.time, reading),
            Format::Fortigate => fortigate::timestamp(contact.time, reading),
            Format::ZeekTsv | Format::ZeekJson => zeek_tsv::timestamp(contact.time),
            Format::Squid => squid::timestamp(contact.time),
        }
    }
}
