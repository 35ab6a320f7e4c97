//! `index`: lists as text into an index.

use super::{Context, match_logs, peers};
use crate::measure::Measure;

pub(crate) fn run(context: &Context) -> anyhow::Result<Vec<Measure>> {
    let (run, checked) = match_logs::best_check(context, 1, &[])?;
    let python = peers::python_sets(context)?;
    Ok(vec![
        Measure::new("index/build", checked.index_cpu_seconds, "CPU s")
            .beside("python3 sets", python.cpu_seconds),
        Measure::new("index/indicators", checked.indicators, "indicators"),
        Measure::new("index/size", checked.index_bytes / checked.indicators, "bytes/indicator"),
        Measure::new("index/peak-memory", run.peak_bytes / 1e6, "MB")
            .beside("python3 sets", python.peak_bytes / 1e6),
    ])
}
