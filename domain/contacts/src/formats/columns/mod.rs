//! JSON lines and CSV of programs that nobody here knows: a person says which column is what.
//!
//! `device=src_ip,name=host,address=dst,port=dport,time=ts`: left what it means, right the name of
//! a JSON member (`a.b` for one inside another), of a CSV column as its first line has it, or its
//! number from 1 where a CSV has no such line.

mod map;
mod parse;
#[cfg(test)]
mod tests;

pub use map::{Columns, ColumnsError};
pub(crate) use parse::{CsvHeader, json_columns, read_csv, read_json};
