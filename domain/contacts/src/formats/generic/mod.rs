//! Any text: names and addresses wherever they stand in a line.
//!
//! For logs of unknown programs, when no format understands them. A line that holds a name does not
//! say who talked to it, in which direction, and how it ended: everything found is a mention. The
//! first other address on the line is taken for the device's, or nothing is.

mod parse;
#[cfg(test)]
mod tests;

pub(crate) use parse::{read_line, timestamp};
