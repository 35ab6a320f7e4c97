//! Lists and compiled indexes into one index.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read};

use indicators::{Guard, Indicator, ListProblem, ListReport, ReadOptions, read_guarded_list};
use jiff::Timestamp;
use matching::{About, AboutList, Index, IndexBuilder, IndexFull, Origin};
use unpacking::{Limits, Unpacker};

use crate::{Guarding, Wanted};

/// The format that the report of a compiled index names.
pub const COMPILED: &str = "index";

/// One list to read.
pub struct ListInput {
    /// Name shown to people and kept in the sightings.
    pub name: String,
    /// The bytes, possibly compressed, or why the list cannot be opened.
    pub bytes: std::io::Result<Box<dyn Read + Send>>,
}

/// Where indicators come from.
pub enum IndicatorInput {
    /// A list of any format.
    List(ListInput),
    /// An index compiled before; its indicators keep the names of their lists.
    Compiled {
        /// Name shown to people.
        name: String,
        /// The index, opened.
        index: Index,
    },
}

/// The index of some lists, and what became of each.
pub struct LoadedLists {
    /// Every indicator taken.
    pub index: Index,
    /// Each list by name, in order.
    pub reports: Vec<(String, ListReport)>,
}

/// Reads lists into one index, unguarded; indicators are held in the index only.
///
/// A list that cannot be read has its problem in its report. An error means that the lists
/// together are larger than an index can be.
pub fn load_lists(lists: Vec<ListInput>, options: ReadOptions) -> Result<LoadedLists, IndexFull> {
    let inputs = lists.into_iter().map(IndicatorInput::List).collect();
    load_indicators(inputs, options, Guarding::Off)
}

/// The index of all inputs. A compiled index alone is used as it is, without reading it; several
/// are put together as if all had been lists, the first to name an indicator being the one
/// reported.
///
/// What was compiled before was guarded, or not, when it was compiled.
pub fn load_indicators(
    mut inputs: Vec<IndicatorInput>,
    options: ReadOptions,
    guarding: Guarding,
) -> Result<LoadedLists, IndexFull> {
    if let [IndicatorInput::Compiled { .. }] = inputs.as_slice()
        && let Some(IndicatorInput::Compiled { name, index }) = inputs.pop()
    {
        let report = compiled_report(&index);
        return Ok(LoadedLists { index, reports: vec![(name, report)] });
    }
    let mut builder = IndexBuilder::default();
    let (reports, _) = push_all(&mut builder, inputs, options, guarding)?;
    Ok(LoadedLists { index: builder.build(), reports })
}

/// As [`load_indicators`], for an index that is kept: it tells when and of what it was compiled.
pub fn compile_indicators(
    inputs: Vec<IndicatorInput>,
    options: ReadOptions,
    guarding: Guarding,
    compiled_at: Timestamp,
    program: &str,
) -> Result<LoadedLists, IndexFull> {
    let mut builder = IndexBuilder::default();
    let (reports, lists) = push_all(&mut builder, inputs, options, guarding)?;
    let about = About { compiled_at: Some(compiled_at), program: program.to_owned(), lists };
    Ok(LoadedLists { index: builder.build_about(&about), reports })
}

/// As [`load_indicators`], for looking back: every indicator by itself, and what became of each
/// list.
pub fn load_wanted(
    inputs: Vec<IndicatorInput>,
    options: ReadOptions,
    guarding: Guarding,
) -> (Vec<Wanted>, Vec<(String, ListReport)>) {
    let guard = guarding.guard();
    let (mut wanted, mut reports) = (Vec::new(), Vec::new());
    for input in inputs {
        match input {
            IndicatorInput::List(ListInput { name, bytes: Ok(bytes) }) => {
                let mut bytes = BufReader::new(Unpacker::new(bytes, Limits::default()));
                let report =
                    read_guarded_list(&mut bytes, options, guard.as_ref(), |indicator, warning| {
                        let warning = warning.map(str::to_owned);
                        wanted.push(Wanted { indicator, list: name.clone(), warning });
                    });
                reports.push((name, report));
            }
            IndicatorInput::List(ListInput { name, bytes: Err(error) }) => {
                let problem = Some(ListProblem::Read(error.to_string()));
                reports.push((name, ListReport { problem, ..ListReport::default() }));
            }
            IndicatorInput::Compiled { name, index } => {
                wanted.extend(index.iter().map(|it| Wanted {
                    list: it.list.to_owned(),
                    warning: it.warning.map(str::to_owned),
                    indicator: Indicator {
                        observable: it.observable,
                        scope: it.scope,
                        family: it.family.map(str::to_owned),
                        valid_until: None,
                    },
                }));
                reports.push((name, compiled_report(&index)));
            }
        }
    }
    (wanted, reports)
}

type Reports = (Vec<(String, ListReport)>, Vec<AboutList>);

fn push_all(
    builder: &mut IndexBuilder,
    inputs: Vec<IndicatorInput>,
    options: ReadOptions,
    guarding: Guarding,
) -> Result<Reports, IndexFull> {
    let guard = guarding.guard();
    let mut reports = Vec::with_capacity(inputs.len());
    let mut lists = Vec::new();
    for input in inputs {
        let (name, report) = match input {
            IndicatorInput::List(list) => {
                let report = read_input(builder, list.bytes, options, guard.as_ref(), &list.name)?;
                lists.push(about_list(&list.name, &report));
                (list.name, report)
            }
            IndicatorInput::Compiled { name, index } => {
                push_index(builder, &index)?;
                lists.extend(index.about().map(|it| it.lists).unwrap_or_default());
                (name, compiled_report(&index))
            }
        };
        reports.push((name, report));
    }
    Ok((reports, lists))
}

fn read_input(
    builder: &mut IndexBuilder,
    bytes: std::io::Result<Box<dyn Read + Send>>,
    options: ReadOptions,
    guard: Option<&Guard>,
    name: &str,
) -> Result<ListReport, IndexFull> {
    match bytes {
        Ok(bytes) => {
            let mut bytes = BufReader::new(Unpacker::new(bytes, Limits::default()));
            read_into(builder, &mut bytes, options, guard, name)
        }
        Err(error) => {
            let problem = Some(ListProblem::Read(error.to_string()));
            Ok(ListReport { problem, ..ListReport::default() })
        }
    }
}

fn read_into(
    builder: &mut IndexBuilder,
    bytes: &mut dyn BufRead,
    options: ReadOptions,
    guard: Option<&Guard>,
    name: &str,
) -> Result<ListReport, IndexFull> {
    let mut pushed = Ok(());
    let report = read_guarded_list(bytes, options, guard, |indicator, warning| {
        if pushed.is_ok() {
            pushed = builder.push_from(&indicator, Origin { list: name, warning });
        }
    });
    pushed.map(|()| report)
}

fn push_index(builder: &mut IndexBuilder, index: &Index) -> Result<(), IndexFull> {
    for it in index.iter() {
        let origin = Origin { list: it.list, warning: it.warning };
        let family = it.family.map(str::to_owned);
        let indicator =
            Indicator { observable: it.observable, scope: it.scope, family, valid_until: None };
        builder.push_from(&indicator, origin)?;
    }
    Ok(())
}

fn compiled_report(index: &Index) -> ListReport {
    let counts = index.counts().into_iter().filter(|(_, count)| *count > 0);
    ListReport {
        format: Some(COMPILED),
        accepted: counts.map(|(kind, count)| (kind.code(), count as u64)).collect(),
        ..ListReport::default()
    }
}

fn about_list(name: &str, report: &ListReport) -> AboutList {
    let owned = |counts: &BTreeMap<&'static str, u64>| {
        counts.iter().map(|(code, count)| ((*code).to_owned(), *count)).collect()
    };
    AboutList {
        name: name.to_owned(),
        accepted: owned(&report.accepted),
        refused: owned(&report.refused_counts),
        warned: report.warned.clone(),
    }
}
