//! Zeek logs as JSON lines: conn, dns, ssl, http. Source of the format: Zeek's documentation of
//! the JSON writer and of the four logs' fields.

mod parse;
#[cfg(test)]
mod tests;

pub(crate) use parse::read_line;
