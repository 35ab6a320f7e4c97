//! Hosts files: `0.0.0.0 name [name…]`. Source of the format: hosts(5).
//!
//! A hosts file itself covers exact names only. As a list of malicious names it means the domain,
//! so the scope is `subdomains`, as for every other list that does not say.

use std::io::BufRead;
use std::net::IpAddr;

use super::is_comment;
use crate::Indicator;
use crate::read::{Details, Reading, each_line};
use crate::report::Reason;

#[cfg(test)]
mod tests;

/// Names every machine gives itself.
const LOCAL: &[&str] = &[
    "localhost",
    "localhost.localdomain",
    "local",
    "broadcasthost",
    "ip6-localhost",
    "ip6-loopback",
    "ip6-localnet",
    "ip6-mcastprefix",
    "ip6-allnodes",
    "ip6-allrouters",
    "ip6-allhosts",
    "0.0.0.0",
];

/// Whether a line is an address that leads nowhere with a name behind it.
pub(super) fn is_entry(line: &str) -> bool {
    let mut words = line.split_whitespace();
    words.next().is_some_and(leads_nowhere) && words.next().is_some()
}

pub(crate) fn read<S: FnMut(Indicator, Option<&str>)>(
    list: &mut dyn BufRead,
    reading: &mut Reading<'_, S>,
) {
    each_line(list, reading, |reading, line, text| {
        if is_comment(text) {
            return;
        }
        let entry = text.split('#').next().unwrap_or(text);
        let mut words = entry.split_whitespace();
        if !words.next().is_some_and(leads_nowhere) {
            reading.report.refuse(line, text, Reason::ExtraText);
            return;
        }
        for name in words {
            if LOCAL.contains(&name.to_ascii_lowercase().as_str()) {
                reading.report.refuse(line, name, Reason::LocalName);
            } else {
                reading.take(line, name, Details::default());
            }
        }
    });
}

fn leads_nowhere(word: &str) -> bool {
    word.parse::<IpAddr>().is_ok_and(|address| {
        address.is_loopback() || address.is_unspecified() || word.eq_ignore_ascii_case("fe80::1")
    })
}
