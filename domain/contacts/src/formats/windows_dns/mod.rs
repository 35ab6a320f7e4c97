//! Windows DNS Server debug log. Source of the format: the key that the server writes at the head of
//! each log ("Message logging key"), and Microsoft's documentation of its debug logging options.
//!
//! Read: packets from and to clients. A question and the answer to it are two contacts; packets
//! between this server and the ones it asks itself are passed over, as are its events and the
//! details of packets. Names stand there as `(3)www(7)example(0)`. Dates are written as the
//! server's region has it, which the log does not name: [`timestamp`] decides.

mod names;
mod parse;
#[cfg(test)]
mod tests;

pub(crate) use parse::{read_line, timestamp};
