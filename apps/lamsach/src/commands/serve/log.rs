//! The log on standard error.

use std::io::IsTerminal as _;

use tracing_subscriber::EnvFilter;

use command_line::bilingual;

/// Starts the log; `filter` as `tracing-subscriber` reads it.
pub(super) fn start(filter: &str, as_json: bool) -> anyhow::Result<()> {
    let filter = EnvFilter::try_new(filter).map_err(|error| {
        let values = [("filter", filter.into())];
        anyhow::Error::from(error).context(bilingual::lines("serve-log-filter", &values))
    })?;
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr);
    if as_json { log.json().try_init() } else { log.try_init() }
        .map_err(|error| anyhow::anyhow!("log: {error}"))
}
