//! Zeek logs as JSON lines: conn, dns, ssl, http, files. Source of the format: Zeek's documentation
//! of the JSON writer and of the logs' fields.

mod parse;
#[cfg(test)]
mod tests;

pub(crate) use parse::read_line;
