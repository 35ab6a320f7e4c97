//! Linux kernel log of iptables and nftables (`LOG` target, `log` statement, UFW and firewalld, and
//! ulogd's LOGEMU). Source of the format: `nf_log_syslog.c` of the Linux kernel, and
//! lines that iptables and nftables wrote through ulogd 2.0.8.
//!
//! Each line is one packet that a rule logged: it proves an attempt, whatever the rule's prefix says
//! of it (`DROP`, `REJECT`, `ACCEPT`). A TCP packet counts when it opens (`SYN` without `ACK`):
//! others do not say which side opened. UDP counts unless its ports are those of an answer; ICMP echo
//! requests and other protocols count.
//! Other messages of the kernel are passed over.

mod parse;
#[cfg(test)]
mod tests;

pub(crate) use parse::{read_line, timestamp};
