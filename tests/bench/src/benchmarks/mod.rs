//! Every benchmark.

mod browser;
mod clean;
mod first_byte;
mod flows;
mod hunt;
mod index;
mod live;
mod match_logs;
mod packets;
mod peers;
mod roll_up;

pub(crate) use index::change_in_process;
pub(crate) use live::send_in_process;
pub(crate) use match_logs::check_in_process;

use std::path::PathBuf;

use crate::Measure;
use crate::data::Data;

/// A benchmark.
pub(crate) struct Benchmark {
    pub(crate) name: &'static str,
    pub(crate) what: &'static str,
    pub(crate) run: Run,
}

/// What a benchmark needs to begin.
pub(crate) enum Run {
    /// The generated logs and lists.
    OnLogs(fn(&Context) -> anyhow::Result<Vec<Measure>>),
    /// Files of this machine.
    OnFiles(fn(&Files) -> anyhow::Result<Vec<Measure>>),
    /// Nothing; gets how often each figure is taken.
    Alone(fn(u32) -> anyhow::Result<Vec<Measure>>),
}

/// What a benchmark gets.
pub(crate) struct Context {
    pub(crate) data: Data,
    /// How often each figure is taken.
    pub(crate) runs: u32,
    /// How many gigabytes of logs are looked back into.
    pub(crate) gigabytes: f64,
}

/// What a benchmark of scanning gets.
pub(crate) struct Files {
    /// Where files are kept.
    pub(crate) cache: PathBuf,
    /// Bytes of files that are drawn.
    pub(crate) tree_bytes: u64,
    /// Folder of YARA rules; made-up ones without it.
    pub(crate) rules: Option<PathBuf>,
    /// How often each figure is taken.
    pub(crate) runs: u32,
}

/// All of them, in the order in which they run.
pub(crate) const ALL: &[Benchmark] = &[
    Benchmark {
        name: "match",
        what: "mixed logs against 1.5 million indicators",
        run: Run::OnLogs(match_logs::run),
    },
    Benchmark {
        name: "browser",
        what: "the same by the module that runs in a browser",
        run: Run::OnLogs(browser::run),
    },
    Benchmark {
        name: "packets",
        what: "a capture against 1.5 million indicators",
        run: Run::OnLogs(packets::run),
    },
    Benchmark {
        name: "flows",
        what: "files of flow records against 1.5 million indicators",
        run: Run::OnLogs(flows::run),
    },
    Benchmark {
        name: "live",
        what: "packets of an interface against 1.5 million indicators",
        run: Run::OnLogs(live::run),
    },
    Benchmark {
        name: "hunt",
        what: "10,000 new indicators against side-cars of many logs",
        run: Run::OnLogs(hunt::run),
    },
    Benchmark {
        name: "clean",
        what: "files of this machine against YARA rules and hashes",
        run: Run::OnFiles(clean::run),
    },
    Benchmark {
        name: "index",
        what: "lists into an index, opening it, changing 10,000 indicators",
        run: Run::OnLogs(index::run),
    },
    Benchmark {
        name: "roll-up",
        what: "reports of 10,000 units, 30 rows each, added up",
        run: Run::Alone(roll_up::run),
    },
    Benchmark {
        name: "first-byte",
        what: "pages of the demonstration, until their first byte",
        run: Run::Alone(first_byte::run),
    },
];
