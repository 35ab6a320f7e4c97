//! Access logs of web servers and proxies: nginx and Apache (common, combined, with the virtual
//! host before it), and Squid's `common` and `combined`. Source of the format: Apache's
//! `mod_log_config`, nginx's `ngx_http_log_module`, Squid's `logformat`, and lines that nginx 1.22,
//! Apache 2.4 and Squid 5.7 wrote.
//!
//! The same line proves two different things. In a **proxy's** log the client is a device of ours
//! and the request target is a whole URL, or `CONNECT host:port`: a contact. In a **web server's**
//! log the client is anybody and the server is ours: a malicious client knocked, and a name in a
//! query string or a referrer was only written there. A scanner sends whole URLs to web servers too,
//! so the whole log decides: it is a proxy's when most of its requests are a proxy's.

mod parse;
#[cfg(test)]
mod tests;

pub(crate) use parse::{read_proxy, read_server, timestamp};
