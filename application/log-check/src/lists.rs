//! Lists into an index.

use std::io::{BufRead, BufReader, Read};

use indicators::{ListProblem, ListReport, ReadOptions, read_list};
use matching::{Index, IndexBuilder, IndexFull};
use unpacking::{Limits, Unpacker};

/// One list to read.
pub struct ListInput {
    /// Name shown to people and kept in the sightings.
    pub name: String,
    /// The bytes, possibly compressed, or why the list cannot be opened.
    pub bytes: std::io::Result<Box<dyn Read + Send>>,
}

/// The index of some lists, and what became of each.
pub struct LoadedLists {
    /// Every indicator taken.
    pub index: Index,
    /// Each list by name, in order.
    pub reports: Vec<(String, ListReport)>,
}

/// Reads lists into one index; indicators are held in the index only.
///
/// A list that cannot be read has its problem in its report. An error means that the lists
/// together are larger than an index can be.
pub fn load_lists(lists: Vec<ListInput>, options: ReadOptions) -> Result<LoadedLists, IndexFull> {
    let mut builder = IndexBuilder::default();
    let mut reports = Vec::with_capacity(lists.len());
    for list in lists {
        let report = match list.bytes {
            Ok(bytes) => {
                let mut bytes = BufReader::new(Unpacker::new(bytes, Limits::default()));
                read_into(&mut builder, &mut bytes, options, &list.name)?
            }
            Err(error) => ListReport {
                problem: Some(ListProblem::Read(error.to_string())),
                ..ListReport::default()
            },
        };
        reports.push((list.name, report));
    }
    Ok(LoadedLists { index: builder.build(), reports })
}

fn read_into(
    builder: &mut IndexBuilder,
    bytes: &mut dyn BufRead,
    options: ReadOptions,
    name: &str,
) -> Result<ListReport, IndexFull> {
    let mut pushed = Ok(());
    let report = read_list(bytes, options, |indicator| {
        if pushed.is_ok() {
            pushed = builder.push(&indicator, name);
        }
    });
    pushed.map(|()| report)
}
