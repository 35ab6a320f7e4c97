//! Files that tell which device an address was, one module a kind.

mod dhcp_log;
mod dnsmasq_leases;
mod inventory;
mod isc_leases;
mod kea_leases;
mod neighbours;
mod windows_dhcp;

use std::net::IpAddr;

use crate::Reason;
use crate::builder::Reading;

/// The longest line that is read, in bytes.
const LONGEST_LINE: usize = 8 << 10;
/// How much of a file decides its format, in bytes.
const SAMPLE_BYTES: usize = 256 << 10;

/// A kind of file that tells names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NamesFormat {
    /// The lease file of dnsmasq.
    DnsmasqLeases,
    /// `dhcpd.leases` of ISC DHCP.
    IscLeases,
    /// The lease file of Kea, IPv4 or IPv6.
    KeaLeases,
    /// Lines of dnsmasq and ISC DHCP in syslog.
    DhcpLog,
    /// The audit log of the DHCP server of Windows.
    WindowsDhcp,
    /// What `ip neigh` and `arp` print.
    Neighbours,
    /// A list of devices that people keep.
    Inventory,
}

impl NamesFormat {
    /// Every format.
    pub const ALL: [Self; 7] = [
        Self::DnsmasqLeases,
        Self::IscLeases,
        Self::KeaLeases,
        Self::DhcpLog,
        Self::WindowsDhcp,
        Self::Neighbours,
        Self::Inventory,
    ];

    /// The stable name.
    pub fn name(self) -> &'static str {
        match self {
            Self::DnsmasqLeases => "dnsmasq-leases",
            Self::IscLeases => "isc-leases",
            Self::KeaLeases => "kea-leases",
            Self::DhcpLog => "dhcp-log",
            Self::WindowsDhcp => "windows-dhcp",
            Self::Neighbours => "neighbours",
            Self::Inventory => "inventory",
        }
    }
}

/// The format of a file; the surest signs first.
pub(crate) fn detect(bytes: &[u8]) -> Option<NamesFormat> {
    let sample = bytes.get(..SAMPLE_BYTES).unwrap_or(bytes);
    if sample.contains(&0) {
        return None;
    }
    let first = sample.split(|b| *b == b'\n').map(<[u8]>::trim_ascii).find(|it| !it.is_empty())?;
    if kea_leases::is_header(first) {
        return Some(NamesFormat::KeaLeases);
    }
    let lines = || sample.split(|b| *b == b'\n').map(<[u8]>::trim_ascii);
    if lines().any(windows_dhcp::is_header) {
        return Some(NamesFormat::WindowsDhcp);
    }
    if lines().any(|line| isc_leases::is_start(line) || isc_leases::is_mark(line)) {
        return Some(NamesFormat::IscLeases);
    }
    if inventory::is_header(first) {
        return Some(NamesFormat::Inventory);
    }
    if dnsmasq_leases::is_lease(first) {
        return Some(NamesFormat::DnsmasqLeases);
    }
    if lines().any(dhcp_log::is_of_server) {
        return Some(NamesFormat::DhcpLog);
    }
    lines().any(neighbours::is_entry).then_some(NamesFormat::Neighbours)
}

pub(crate) fn read(format: NamesFormat, bytes: &[u8], reading: &mut Reading<'_>) {
    match format {
        NamesFormat::KeaLeases => return kea_leases::read(bytes, reading),
        NamesFormat::Inventory => return inventory::read(bytes, reading),
        _ => {}
    }
    let mut block = isc_leases::Block::default();
    let mut is_behind_duid = false;
    for (number, line) in (1..).zip(bytes.split_inclusive(|b| *b == b'\n')) {
        if reading.is_full() {
            return;
        }
        reading.report.lines += 1;
        let line = line.trim_ascii();
        if line.len() > LONGEST_LINE {
            reading.report.refuse(number, line, Reason::TooLong);
            continue;
        }
        if line.is_empty() {
            continue;
        }
        let refused = match format {
            NamesFormat::DnsmasqLeases => {
                dnsmasq_leases::read_line((number, line), &mut is_behind_duid, reading)
            }
            NamesFormat::IscLeases => block.read_line((number, line), reading),
            NamesFormat::DhcpLog => dhcp_log::read_line((number, line), reading),
            NamesFormat::WindowsDhcp => windows_dhcp::read_line((number, line), reading),
            NamesFormat::Neighbours => neighbours::read_line((number, line), reading),
            NamesFormat::KeaLeases | NamesFormat::Inventory => Ok(()),
        };
        if let Err(reason) = refused {
            reading.report.refuse(number, line, reason);
        }
    }
    block.end(reading);
}

/// An address as files write it: also with the zone of a link, which is cut off.
fn address(text: &[u8]) -> Option<IpAddr> {
    let text = std::str::from_utf8(text).ok()?.trim();
    let text = text.split_once('%').map_or(text, |(address, _)| address);
    text.parse().ok()
}

/// The words of a line.
fn words(line: &[u8]) -> impl Iterator<Item = &[u8]> {
    line.split(u8::is_ascii_whitespace).filter(|it| !it.is_empty())
}

/// The number of the line that a row begins on: the reader's position is behind the row before,
/// where the end of its line may still stand.
fn line_of(row: &csv::ByteRecord, bytes: &[u8]) -> u64 {
    let Some(position) = row.position() else { return 0 };
    let at = usize::try_from(position.byte()).unwrap_or(usize::MAX);
    let ends = bytes.get(at..).unwrap_or_default().iter();
    let ends = ends.take_while(|it| matches!(it, b'\r' | b'\n')).filter(|it| **it == b'\n');
    position.line() + ends.count() as u64
}
