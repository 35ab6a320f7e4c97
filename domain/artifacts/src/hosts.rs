//! The hosts file: every line kept as bytes, and which of them do harm.

use std::net::IpAddr;
use std::ops::Range;

/// Lines that are read; a blocklist may be long.
const MAX_LINES: usize = 2_000_000;

/// Names of update and security services, which no user has a reason to redirect.
const SECURITY_NAMES: &str = include_str!("../data/security-hosts.txt");
/// Names of licensing services, which cracks block.
const LICENSING_NAMES: &str = include_str!("../data/licensing-hosts.txt");

/// One line of a hosts file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HostsLine {
    /// Line number, from 1.
    pub line: u32,
    /// Its bytes in the file, with the line ending.
    pub range: Range<usize>,
    /// Address it gives, when it is an entry.
    pub address: Option<IpAddr>,
    /// Names it gives the address to, in lower case without a final dot.
    pub names: Vec<String>,
}

impl HostsLine {
    /// Whether its names lead nowhere, or to the computer itself: they are blocked.
    pub fn blocks(&self) -> bool {
        self.address.is_some_and(|it| {
            let it = it.to_canonical();
            it.is_unspecified() || it.is_loopback()
        })
    }
}

/// Why a line does harm.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum HostsHarm {
    /// It keeps updates or security software from their servers, or leads them elsewhere.
    BlocksSecurity,
    /// It keeps a licence from being checked: the mark of cracked software. A risk, no malware.
    BlocksLicensing,
}

/// Lines of a hosts file. Every byte of the file belongs to exactly one line.
///
/// ```
/// use artifacts::{HostsHarm, hosts_harm, read_hosts};
/// let file = b"127.0.0.1 localhost\n0.0.0.0 update.microsoft.com # x\n";
/// let lines = read_hosts(file);
/// assert_eq!(lines[1].names, ["update.microsoft.com"]);
/// assert_eq!(hosts_harm(&lines[1].names[0]), Some(HostsHarm::BlocksSecurity));
/// ```
pub fn read_hosts(bytes: &[u8]) -> Vec<HostsLine> {
    let mut lines = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let rest = bytes.get(at..).unwrap_or_default();
        let is_last = lines.len() + 1 == MAX_LINES;
        let newline = rest.iter().position(|byte| *byte == b'\n').filter(|_| !is_last);
        let end = newline.map_or(bytes.len(), |offset| at + offset + 1);
        let line = u32::try_from(lines.len() + 1).unwrap_or(u32::MAX);
        let (address, names) = if is_last {
            (None, Vec::new())
        } else {
            entry(bytes.get(at..end).unwrap_or_default())
        };
        lines.push(HostsLine { line, range: at..end, address, names });
        at = end;
    }
    lines
}

/// The file without some of its lines; everything else stays byte for byte.
pub fn without_lines(bytes: &[u8], lines: &[HostsLine], remove: &[u32]) -> Vec<u8> {
    let kept = lines.iter().filter(|line| !remove.contains(&line.line));
    kept.filter_map(|line| bytes.get(line.range.clone())).flatten().copied().collect()
}

/// Harm that an entry for this name does, whatever address it gives.
pub fn hosts_harm(name: &str) -> Option<HostsHarm> {
    if is_listed(SECURITY_NAMES, name) {
        Some(HostsHarm::BlocksSecurity)
    } else if is_listed(LICENSING_NAMES, name) {
        Some(HostsHarm::BlocksLicensing)
    } else {
        None
    }
}

/// Whether the list has the name, or `*.` and a name above it.
fn is_listed(list: &str, name: &str) -> bool {
    let lines = list.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines.into_iter().any(|listed| match listed.strip_prefix("*.") {
        Some(above) => {
            name.strip_suffix(above).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
        }
        None => listed == name,
    })
}

/// Address and names of a line; nothing for comments and lines that are no entries.
fn entry(line: &[u8]) -> (Option<IpAddr>, Vec<String>) {
    let text = String::from_utf8_lossy(line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line));
    let text = text.split('#').next().unwrap_or_default();
    let mut words = text.split_whitespace();
    let address = words.next().and_then(|word| word.split('%').next()?.parse().ok());
    let Some(address) = address else { return (None, Vec::new()) };
    let names = words.map(|name| name.trim_end_matches('.').to_lowercase()).collect();
    (Some(address), names)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_blocked_by_an_address_that_leads_nowhere() {
        let lines = read_hosts(
            b"0.0.0.0 a.example\n127.0.0.1 b.example\n::1 c.example\n::ffff:127.0.0.9 d.example\n\
              203.0.113.9 e.example\n# f\n",
        );
        let blocked: Vec<bool> = lines.iter().map(HostsLine::blocks).collect();
        assert_eq!(blocked, [true, true, true, true, false, false]);
    }

    #[test]
    fn harm_is_told_by_exact_names() {
        let check = |name: &str, expected| assert_eq!(hosts_harm(name), expected, "{name}");
        check("update.microsoft.com", Some(HostsHarm::BlocksSecurity));
        check("download.windowsupdate.com", Some(HostsHarm::BlocksSecurity));
        check("notwindowsupdate.com", None);
        check("windowsupdate.com.good.vn", None);
        check("bkav.com.vn", Some(HostsHarm::BlocksSecurity));
        check("activate.adobe.com", Some(HostsHarm::BlocksLicensing));
        check("my-printer.lan", None);
        check("localhost", None);
    }

    #[test]
    fn only_the_named_lines_go() {
        let file = b"\xef\xbb\xbf127.0.0.1\tlocalhost\r\n# mine\r\n0.0.0.0 kaspersky.com\r\n::1 me\x80\r\n1.2.3.4 x";
        let lines = read_hosts(file);
        assert_eq!(lines.len(), 5);
        assert_eq!(lines[0].names, ["localhost"]);
        assert_eq!(lines[2].address, Some([0, 0, 0, 0].into()));
        let cleaned = without_lines(file, &lines, &[3]);
        let expected =
            b"\xef\xbb\xbf127.0.0.1\tlocalhost\r\n# mine\r\n::1 me\x80\r\n1.2.3.4 x".to_vec();
        assert_eq!(cleaned, expected);
        assert_eq!(without_lines(file, &lines, &[]), file);
    }
}
