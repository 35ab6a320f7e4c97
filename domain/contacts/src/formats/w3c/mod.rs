//! W3C extended log format: IIS, and proxies such as Blue Coat `ProxySG` and Forefront TMG. Source
//! of the format: the W3C working draft WD-logfile-960323, Microsoft's "W3C Logging" for IIS and
//! the field lists of the `ProxySG` access log `bcreportermain_v1` and of TMG's web proxy log.
//!
//! `#Fields:` decides which column is what, and with that what a line proves, as in
//! [`web_log`](super::web_log): a proxy's line is a contact of the device `c-ip`; a web server's
//! (IIS: it has `s-ip`, `s-sitename`, `sc-win32-status` or `sc-substatus` and none of a proxy's own
//! columns) is a request to a server of ours, by anybody.

mod header;
mod parse;
#[cfg(test)]
mod tests;

pub(crate) use header::Header;
pub(crate) use parse::{read_line, timestamp};
