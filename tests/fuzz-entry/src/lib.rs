//! Every reader of untrusted bytes as a function of bytes.
//!
//! The targets in `fuzz/` and the replay in `tests/` call the same functions, so what the fuzzer
//! once found is tested by every `cargo test`. A function ends in a panic when a promise of the
//! reader is broken; whatever else it does with the bytes is right.
//!
//! ```
//! let (_, entry) = fuzz_entry::ALL[0];
//! entry(b"not a log\xff");
//! ```
//!
//! A new reader gets a function here, a row in [`ALL`], a file in `fuzz/fuzz_targets/` and seeds
//! in `fuzz/corpus/`.

mod artifacts;
mod cleaning;
mod events;
mod flows;
mod index;
mod logs;
mod names;
mod packets;
mod packs;
mod questions;
mod scanners;
mod side_cars;
mod signatures;
mod values;

pub use self::artifacts::{autorun_inf, hive, lnk, sockets, task_xml};
pub use self::cleaning::{cleaning_journal, quarantine_item};
pub use self::packs::{packs, scan_results};
pub use self::signatures::program_signatures;
pub use events::event_files;
pub use flows::{flow_files, flow_messages};
pub use index::index_file;
pub use logs::{check_logs, log_detection, log_lines, sieve, syslog_frames};
pub use names::names;
pub use packets::{captures, packets};
pub use questions::questions;
pub use scanners::scanner_reports;
pub use side_cars::side_cars;
pub use values::{lists, observables, parts, tables, unpacking, zips};

/// Reads bytes; panics when a promise is broken.
pub type Entry = fn(&[u8]);

/// Every entry by the name of its target.
pub const ALL: [(&str, Entry); 31] = [
    ("autorun_inf", autorun_inf),
    ("captures", captures),
    ("check_logs", check_logs),
    ("cleaning_journal", cleaning_journal),
    ("event_files", event_files),
    ("flow_files", flow_files),
    ("flow_messages", flow_messages),
    ("hive", hive),
    ("index_file", index_file),
    ("lists", lists),
    ("lnk", lnk),
    ("log_detection", log_detection),
    ("log_lines", log_lines),
    ("names", names),
    ("observables", observables),
    ("packets", packets),
    ("packs", packs),
    ("parts", parts),
    ("program_signatures", program_signatures),
    ("quarantine_item", quarantine_item),
    ("questions", questions),
    ("scan_results", scan_results),
    ("scanner_reports", scanner_reports),
    ("side_cars", side_cars),
    ("sieve", sieve),
    ("sockets", sockets),
    ("syslog_frames", syslog_frames),
    ("tables", tables),
    ("task_xml", task_xml),
    ("unpacking", unpacking),
    ("zips", zips),
];
