//! Reads a list and prints what became of it: `cargo run --example read_list -- LIST`.

#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a program for developers"
)]

use std::io::BufReader;

use indicators::{ReadOptions, read_list};

fn main() {
    for path in std::env::args().skip(1) {
        let file = std::fs::File::open(&path).unwrap();
        let report = read_list(&mut BufReader::new(file), ReadOptions::default(), |_| {});
        println!("{path}: {} lines, format {:?}", report.lines, report.format);
        println!("  taken {:?}", report.accepted);
        println!("  refused {:?} {:?}", report.refused_counts, report.problem);
        for refused in report.refused.iter().take(5) {
            println!("  line {}: {} ({})", refused.line, refused.text, refused.reason);
        }
    }
}
