//! One module a log format; each names the source of what it knows.

pub(crate) mod bind;
pub(crate) mod dnsmasq;
pub(crate) mod fortigate;
pub(crate) mod squid;
pub(crate) mod suricata;
#[cfg(test)]
pub(crate) mod testing;
pub(crate) mod w3c;
pub(crate) mod web_log;
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
}

impl Format {
    /// Every format.
    pub const ALL: [Self; 10] = [
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
    ];

    /// Whether a line means nothing without the header lines that stand before it.
    pub fn has_header(self) -> bool {
        matches!(self, Self::ZeekTsv | Self::W3c)
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
