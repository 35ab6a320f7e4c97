//! Lines a CPU second of each log, best of so many runs: `rate RUNS LIST LOG...`, one thread.

use std::{env, fs::File, io::Read, path::Path};

use indicators::ReadOptions;
use jiff::tz::TimeZone;
use log_check::{ListInput, LogInput, Progress, Settings, check_logs, load_lists};
use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeValLike;

struct Silent;

impl Progress for Silent {
    fn advanced(&self, _: u64, _: u64) {}
    fn is_cancelled(&self) -> bool {
        false
    }
}

fn open(path: &str) -> std::io::Result<Box<dyn Read + Send>> {
    Ok(Box::new(File::open(path)?))
}

fn cpu_microseconds() -> Result<i64, nix::Error> {
    let usage = getrusage(UsageWho::RUSAGE_SELF)?;
    Ok((usage.user_time() + usage.system_time()).num_microseconds())
}

#[expect(clippy::print_stdout, reason = "an example's output")]
fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = env::args().skip(1);
    let runs: usize = arguments.next().ok_or("say how many runs")?.parse()?;
    let name = arguments.next().ok_or("give a list and logs")?;
    let loaded = load_lists(vec![ListInput { bytes: open(&name), name }], ReadOptions::default())?;
    println!("{} indicators, {} bytes", loaded.index.len(), loaded.index.size_bytes());
    let settings = Settings::new(TimeZone::UTC);
    let (mut all_lines, mut all_time) = (0, 0);
    for path in arguments {
        let mut best = i64::MAX;
        let mut lines = 0;
        for _ in 0..runs {
            let log = LogInput {
                bytes: open(&path),
                name: path.clone(),
                modified: None,
                size_bytes: None,
            };
            let before = cpu_microseconds()?;
            let report = check_logs(&loaded.index, vec![log], &settings, &Silent);
            best = best.min(cpu_microseconds()? - before);
            lines = i64::try_from(report.summary.lines_read)?;
        }
        let file = Path::new(&path).file_name().unwrap_or_default().display().to_string();
        println!(
            "{file:<20} {lines:>9} lines {:>6} thousand a CPU second",
            lines * 1_000 / best.max(1)
        );
        all_lines += lines;
        all_time += best;
    }
    println!(
        "{:<20} {all_lines:>9} lines {:>6} thousand a CPU second",
        "all",
        all_lines * 1_000 / all_time.max(1)
    );
    Ok(())
}
