//! Files that tell which device an address was.

use std::io::{self, Read};

use contacts::TimeReading;
use jiff::{Timestamp, tz::TimeZone};
use naming::{Block, Intermediary, Names, NamesBuilder, NamesReport};
use unpacking::{Limits, Unpacker};

use crate::text::Text;

/// The most of one file of names that a program of its own reads, in decompressed bytes.
pub const MOST_NAMES_BYTES: u64 = 256 << 20;
/// The same where many share a machine's memory, or a browser gives it.
pub const MOST_SHARED_NAMES_BYTES: u64 = 32 << 20;

/// One file that tells names.
pub struct NamesInput {
    /// Name shown to people.
    pub name: String,
    /// When the file was last written: dates tables without times of their own.
    pub modified: Option<Timestamp>,
    /// The bytes, possibly compressed.
    pub bytes: Box<dyn Read + Send>,
}

/// A file that could not be read.
#[derive(Debug, thiserror::Error)]
#[error("read `{name}`")]
pub struct UnreadNames {
    /// Name of the file.
    pub name: String,
    /// Why.
    #[source]
    pub error: io::Error,
}

/// Reads files that tell names, for logs of this site; gives what became of each. `stand_ins` are
/// addresses of which the person says that they stand for others. A file of more than `most_bytes`,
/// decompressed, is refused.
pub fn load_names(
    inputs: Vec<NamesInput>,
    stand_ins: &[(Block, Intermediary)],
    site: Option<&str>,
    zone: &TimeZone,
    most_bytes: u64,
) -> Result<(Names, Vec<(String, NamesReport)>), UnreadNames> {
    let mut builder = NamesBuilder::new(site);
    for (block, kind) in stand_ins {
        builder.stand_in(*block, *kind);
    }
    let mut reports = Vec::with_capacity(inputs.len());
    for input in inputs {
        let mut bytes = Vec::new();
        let mut text = Text::new(Unpacker::new(input.bytes, Limits::default()))
            .take(most_bytes.saturating_add(1));
        if let Err(error) = text.read_to_end(&mut bytes) {
            return Err(UnreadNames { name: input.name, error });
        }
        if bytes.len() as u64 > most_bytes {
            let most = format!("more than {} MiB", most_bytes >> 20);
            let error = io::Error::new(io::ErrorKind::FileTooLarge, most);
            return Err(UnreadNames { name: input.name, error });
        }
        let times = TimeReading { zone: zone.clone(), written: input.modified };
        let report = builder.read(&bytes, &times);
        reports.push((input.name, report));
    }
    Ok((builder.build(), reports))
}
