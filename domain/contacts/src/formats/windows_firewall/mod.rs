//! Windows Defender Firewall log (`pfirewall.log`). Source of the format: the `#Fields` line that
//! Windows writes at its head, and Microsoft's "Interpreting the Windows Firewall Log" (Windows XP)
//! and "Configure the Windows Firewall Log".
//!
//! Every Windows since XP writes the same fields in the same order, newer ones with more at the end;
//! a header that names another order is not parsed. Each line is a connection or a packet that was
//! let through or dropped: it proves an attempt. A TCP packet with flags counts when it opens
//! (`S` without `A`): others do not say which side opened.

mod parse;
#[cfg(test)]
mod tests;

pub(crate) use parse::{read_line, timestamp};
