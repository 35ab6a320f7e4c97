//! Files that tell which device an address was.

use std::io::{self, Read};

use contacts::TimeReading;
use jiff::{Timestamp, tz::TimeZone};
use naming::{Block, Intermediary, Names, NamesBuilder, NamesReport};
use unpacking::{Limits, Unpacker};

use crate::text::Text;

/// The most of one file that is read, in decompressed bytes.
const MOST_BYTES: u64 = 256 << 20;

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
/// addresses of which the person says that they stand for others.
pub fn load_names(
    inputs: Vec<NamesInput>,
    stand_ins: &[(Block, Intermediary)],
    site: Option<&str>,
    zone: &TimeZone,
) -> Result<(Names, Vec<(String, NamesReport)>), UnreadNames> {
    let mut builder = NamesBuilder::new(site);
    for (block, kind) in stand_ins {
        builder.stand_in(*block, *kind);
    }
    let mut reports = Vec::with_capacity(inputs.len());
    for input in inputs {
        let mut bytes = Vec::new();
        let mut text =
            Text::new(Unpacker::new(input.bytes, Limits::default())).take(MOST_BYTES + 1);
        if let Err(error) = text.read_to_end(&mut bytes) {
            return Err(UnreadNames { name: input.name, error });
        }
        if bytes.len() as u64 > MOST_BYTES {
            let error = io::Error::new(io::ErrorKind::FileTooLarge, "more than 256 MiB");
            return Err(UnreadNames { name: input.name, error });
        }
        let times = TimeReading { zone: zone.clone(), written: input.modified };
        let report = builder.read(&bytes, &times);
        reports.push((input.name, report));
    }
    Ok((builder.build(), reports))
}
