//! dnsmasq and Pi-hole query log. Source of the format: dnsmasq(8), `--log-queries`, and lines
//! that dnsmasq 2.90 wrote.
//!
//! `query[A] NAME from CLIENT` names the device, without the answer. With `--log-queries=extra`
//! every line carries the client, so answers (`reply`, `cached`) and blocks (`config`, `/etc/…`,
//! Pi-hole's `gravity blocked`) name it too; without, they name nobody and are passed over.

mod parse;
#[cfg(test)]
mod tests;

pub(crate) use parse::{read_line, read_message, timestamp};
