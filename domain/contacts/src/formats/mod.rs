//! One module a log format; each names the source of what it knows.

pub(crate) mod adguard;
pub(crate) mod bind;
pub(crate) mod cisco_asa;
pub(crate) mod columns;
pub(crate) mod dnsmasq;
pub(crate) mod filterlog;
pub(crate) mod fortigate;
pub(crate) mod generic;
pub(crate) mod mikrotik;
pub(crate) mod netfilter;
pub(crate) mod paloalto;
pub(crate) mod powerdns;
pub(crate) mod sophos;
pub(crate) mod squid;
pub(crate) mod suricata;
#[cfg(test)]
pub(crate) mod testing;
pub(crate) mod unbound;
pub(crate) mod w3c;
pub(crate) mod web_log;
pub(crate) mod windows_dns;
pub(crate) mod windows_firewall;
pub(crate) mod zeek_json;
pub(crate) mod zeek_tsv;

use std::fmt;
use std::str::FromStr;

/// A log format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Format {
    /// BIND 9 query log.
    Bind,
    /// dnsmasq and Pi-hole query log.
    Dnsmasq,
    /// FortiGate key=value: traffic, webfilter, dns.
    Fortigate,
    /// Zeek tab-separated: conn, dns, ssl, http, files.
    ZeekTsv,
    /// Zeek JSON: conn, dns, ssl, http, files.
    ZeekJson,
    /// Squid native access log.
    Squid,
    /// Suricata eve.json.
    Suricata,
    /// A proxy's log in the form of web servers: Squid `common` and `combined`, nginx, Apache.
    WebProxy,
    /// A web server's access log: nginx, Apache.
    WebServer,
    /// W3C extended: IIS, `ProxySG`, TMG.
    W3c,
    /// Unbound query log.
    Unbound,
    /// PowerDNS query logs: Recursor, Authoritative Server, dnsdist.
    Powerdns,
    /// AdGuard Home query log.
    Adguard,
    /// Windows DNS Server debug log.
    WindowsDns,
    /// Palo Alto CSV: TRAFFIC and THREAT.
    Paloalto,
    /// Cisco ASA and Firepower messages.
    CiscoAsa,
    /// Sophos Firewall key=value.
    Sophos,
    /// pfSense and OPNsense packet filter log.
    Filterlog,
    /// MikroTik RouterOS log: firewall and dns.
    Mikrotik,
    /// Linux kernel log of iptables and nftables.
    Netfilter,
    /// Windows Firewall log.
    WindowsFirewall,
    /// Any text: what stands in it is only mentioned.
    Generic,
    /// JSON lines by a map of columns.
    Json,
    /// CSV by a map of columns.
    Csv,
}

impl Format {
    /// Every format.
    pub const ALL: [Self; 24] = [
        Self::Bind,
        Self::Dnsmasq,
        Self::Fortigate,
        Self::ZeekTsv,
        Self::ZeekJson,
        Self::Squid,
        Self::Suricata,
        Self::WebProxy,
        Self::WebServer,
        Self::W3c,
        Self::Unbound,
        Self::Powerdns,
        Self::Adguard,
        Self::WindowsDns,
        Self::Paloalto,
        Self::CiscoAsa,
        Self::Sophos,
        Self::Filterlog,
        Self::Mikrotik,
        Self::Netfilter,
        Self::WindowsFirewall,
        Self::Generic,
        Self::Json,
        Self::Csv,
    ];

    /// Whether it can be told from others by its lines.
    pub fn is_detected(self) -> bool {
        !matches!(self, Self::Generic | Self::Json | Self::Csv)
    }

    /// Whether it is read by a map of columns.
    pub fn has_columns(self) -> bool {
        matches!(self, Self::Json | Self::Csv)
    }

    /// Whether a line means nothing without the header lines that stand before it.
    pub fn has_header(self) -> bool {
        matches!(self, Self::ZeekTsv | Self::W3c)
    }

    /// Whether names and addresses stand in its lines as they are. Those that do not have a mark in each line, which
    /// [`traces`](crate::traces) know.
    pub fn is_in_clear(self) -> bool {
        !matches!(self, Self::Adguard | Self::WindowsDns)
    }

    /// The name used in options and outputs.
    pub fn name(self) -> &'static str {
        match self {
            Self::Bind => "bind",
            Self::Dnsmasq => "dnsmasq",
            Self::Fortigate => "fortigate",
            Self::ZeekTsv => "zeek-tsv",
            Self::ZeekJson => "zeek-json",
            Self::Squid => "squid",
            Self::Suricata => "suricata",
            Self::WebProxy => "web-proxy",
            Self::WebServer => "web-server",
            Self::W3c => "w3c",
            Self::Unbound => "unbound",
            Self::Powerdns => "powerdns",
            Self::Adguard => "adguard",
            Self::WindowsDns => "windows-dns",
            Self::Paloalto => "paloalto",
            Self::CiscoAsa => "cisco-asa",
            Self::Sophos => "sophos",
            Self::Filterlog => "filterlog",
            Self::Mikrotik => "mikrotik",
            Self::Netfilter => "netfilter",
            Self::WindowsFirewall => "windows-firewall",
            Self::Generic => "generic",
            Self::Json => "json",
            Self::Csv => "csv",
        }
    }

    /// The product, as its users call it.
    pub fn title(self) -> &'static str {
        match self {
            Self::Bind => "BIND 9 query log",
            Self::Dnsmasq => "dnsmasq, Pi-hole",
            Self::Fortigate => "FortiGate (traffic, webfilter, dns)",
            Self::ZeekTsv => "Zeek TSV (conn, dns, ssl, http, files)",
            Self::ZeekJson => "Zeek JSON (conn, dns, ssl, http, files)",
            Self::Squid => "Squid access log",
            Self::Suricata => "Suricata eve.json",
            Self::WebProxy => "Squid common/combined, nginx or Apache as a proxy",
            Self::WebServer => "nginx, Apache access log (web server)",
            Self::W3c => "W3C extended: IIS, ProxySG, TMG",
            Self::Unbound => "Unbound query log",
            Self::Powerdns => "PowerDNS (Recursor, server, dnsdist)",
            Self::Adguard => "AdGuard Home (querylog.json)",
            Self::WindowsDns => "Windows DNS Server debug log",
            Self::Paloalto => "Palo Alto CSV (TRAFFIC, THREAT)",
            Self::CiscoAsa => "Cisco ASA, Firepower",
            Self::Sophos => "Sophos Firewall (XG, XGS)",
            Self::Filterlog => "pfSense, OPNsense filter log",
            Self::Mikrotik => "MikroTik RouterOS (firewall, dns)",
            Self::Netfilter => "iptables, nftables (Linux kernel log)",
            Self::WindowsFirewall => "Windows Firewall (pfirewall.log)",
            Self::Generic => "any text: names and addresses are looked for, mentions only",
            Self::Json => "JSON lines of any program, by --columns",
            Self::Csv => "CSV of any program, by --columns",
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The text names no log format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a log format")]
pub struct UnknownFormat;

impl FromStr for Format {
    type Err = UnknownFormat;

    fn from_str(name: &str) -> Result<Self, UnknownFormat> {
        Self::ALL.into_iter().find(|format| format.name() == name).ok_or(UnknownFormat)
    }
}
