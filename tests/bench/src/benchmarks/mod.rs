//! Every benchmark.

mod index;
mod match_logs;
mod peers;

pub(crate) use match_logs::check_in_process;

use crate::Measure;
use crate::data::Data;

/// A benchmark.
pub(crate) struct Benchmark {
    pub(crate) name: &'static str,
    pub(crate) what: &'static str,
    pub(crate) run: fn(&Context) -> anyhow::Result<Vec<Measure>>,
}

/// What a benchmark gets.
pub(crate) struct Context {
    pub(crate) data: Data,
    /// How often each figure is taken.
    pub(crate) runs: u32,
}

/// All of them, in the order in which they run.
pub(crate) const ALL: &[Benchmark] = &[
    Benchmark {
        name: "match",
        what: "mixed logs against 1.5 million indicators",
        run: match_logs::run,
    },
    Benchmark { name: "index", what: "lists into an index", run: index::run },
];
