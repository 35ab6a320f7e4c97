//! Files that a person brings beside logs, to tell which device an address was: DHCP leases and logs,
//! neighbour tables, inventories. They are read and not kept; what they told stands with what was seen.

use std::io::Cursor;

use jiff::Timestamp;
use log_check::{MOST_SHARED_NAMES_BYTES, Names, NamesInput, load_names};
pub use log_check::{NameRefused, NamesReport};

use crate::{Portal, PortalError, Problem};

/// The most files of names that are taken at once.
pub const MOST_FILES: usize = 20;
/// The most bytes of all of them together, as they come.
pub const MOST_BYTES: usize = 32 << 20;

/// One such file.
#[derive(Clone, Debug)]
pub struct NamesFile {
    /// Its name.
    pub name: String,
    /// When it was last written: dates tables without times of their own.
    pub modified: Option<Timestamp>,
    /// Its bytes, possibly compressed.
    pub bytes: Vec<u8>,
}

/// Reads files of names for logs of this site, on a thread of its own; gives what became of each.
///
/// # Errors
/// [`PortalError::Invalid`], when one of them cannot be read or is of no known format: then no log is to
/// be read by what the others told.
pub async fn read(
    portal: &Portal,
    files: Vec<NamesFile>,
    site: &str,
) -> Result<(Names, Vec<(String, NamesReport)>), PortalError> {
    let (zone, site) = (portal.zone.clone(), site.trim().to_owned());
    let inputs = files.into_iter().map(|it| NamesInput {
        name: it.name,
        modified: it.modified,
        bytes: Box::new(Cursor::new(it.bytes)),
    });
    let inputs = inputs.collect();
    let reading = tokio::task::spawn_blocking(move || {
        let site = (!site.is_empty()).then_some(site.as_str());
        load_names(inputs, &[], site, &zone, MOST_SHARED_NAMES_BYTES)
    });
    let read = reading.await;
    let read = read.map_err(|error| PortalError::Internal(format!("files of names: {error}")))?;
    let (names, reports) = read.map_err(|unread| {
        refused(vec![Problem::new("names", "problem-names-unreadable").with("path", unread.name)])
    })?;
    let problems = reports.iter().filter_map(|(name, report)| {
        let message = match report.problem? {
            log_check::NamesProblem::UnknownFormat => "match-names-unknown-format",
            log_check::NamesProblem::TooMany => "match-names-too-many",
        };
        Some(Problem::new("names", message).with("path", name))
    });
    let problems: Vec<_> = problems.collect();
    if problems.is_empty() { Ok((names, reports)) } else { Err(refused(problems)) }
}

/// Why files of names are not used, and that therefore no log is read.
pub fn refused(mut problems: Vec<Problem>) -> PortalError {
    problems.push(Problem::new("names", "logs-names-none"));
    PortalError::Invalid(problems)
}
