//! Lists and compiled indexes into one index.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read};

use indicators::{
    Guard, Indicator, Judgement, ListProblem, ListReport, ReadOptions, read_guarded_list,
};
use jiff::Timestamp;
use matching::{About, AboutList, Described, Index, IndexBuilder, IndexError, IndexFull, Origin};
use unpacking::{Limits, Unpacker};

use crate::{Guarding, LoadedGuard, Wanted};

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
    inputs: Vec<IndicatorInput>,
    options: ReadOptions,
    guarding: Guarding,
) -> Result<LoadedLists, IndexFull> {
    if !inputs.iter().any(|it| matches!(it, IndicatorInput::List(_))) {
        return load_indicators_by(inputs, options, &LoadedGuard::default());
    }
    let mut builder = IndexBuilder::default();
    let guard = guarding.load();
    let (reports, _) = push_all(&mut builder, inputs, options, (&guard, &LoadedGuard::default()))?;
    // Building takes the most memory, and needs no guard any more.
    drop(guard);
    Ok(LoadedLists { index: builder.build(), reports })
}

/// As [`load_indicators`], with a guard that is held already.
pub fn load_indicators_by(
    mut inputs: Vec<IndicatorInput>,
    options: ReadOptions,
    guard: &LoadedGuard,
) -> Result<LoadedLists, IndexFull> {
    if let [IndicatorInput::Compiled { .. }] = inputs.as_slice()
        && let Some(IndicatorInput::Compiled { name, index }) = inputs.pop()
    {
        let report = compiled_report(&index);
        return Ok(LoadedLists { index, reports: vec![(name, report)] });
    }
    let mut builder = IndexBuilder::default();
    let (reports, _) = push_all(&mut builder, inputs, options, (guard, &LoadedGuard::default()))?;
    Ok(LoadedLists { index: builder.build(), reports })
}

/// As [`load_indicators_by`], for indexes that somebody else compiled: they are guarded too.
pub fn load_guarded(
    inputs: Vec<IndicatorInput>,
    options: ReadOptions,
    guard: &LoadedGuard,
) -> Result<LoadedLists, IndexFull> {
    let mut builder = IndexBuilder::default();
    let (reports, _) = push_all(&mut builder, inputs, options, (guard, guard))?;
    Ok(LoadedLists { index: builder.build(), reports })
}

/// What is taken of a list, or of an index that somebody else compiled, and what is not. An index is
/// verified as a whole.
pub fn check_list(
    bytes: &[u8],
    options: ReadOptions,
    guard: &LoadedGuard,
) -> Result<ListReport, IndexError> {
    if !Index::is_index(bytes) {
        return Ok(read_guarded_list(&mut &*bytes, options, guard.guard(), |_, _| {}));
    }
    let index = Index::from_bytes(bytes.to_vec())?;
    index.verify()?;
    let (report, _) = guarded(&index, guard, |_, _| Ok::<(), std::convert::Infallible>(()));
    Ok(report)
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
    let guard = guarding.load();
    let none = LoadedGuard::default();
    let (reports, lists) = push_all(&mut builder, inputs, options, (&guard, &none))?;
    drop(guard);
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
    load_wanted_by(inputs, options, (&guarding.load(), &LoadedGuard::default()))
}

/// As [`load_wanted`], for indexes that somebody else compiled: they are guarded too.
pub fn load_wanted_guarded(
    inputs: Vec<IndicatorInput>,
    options: ReadOptions,
    guard: &LoadedGuard,
) -> (Vec<Wanted>, Vec<(String, ListReport)>) {
    load_wanted_by(inputs, options, (guard, guard))
}

fn load_wanted_by(
    inputs: Vec<IndicatorInput>,
    options: ReadOptions,
    (of_lists, of_compiled): (&LoadedGuard, &LoadedGuard),
) -> (Vec<Wanted>, Vec<(String, ListReport)>) {
    let (mut wanted, mut reports) = (Vec::new(), Vec::new());
    for input in inputs {
        match input {
            IndicatorInput::List(ListInput { name, bytes: Ok(bytes) }) => {
                let mut bytes = BufReader::new(Unpacker::new(bytes, Limits::default()));
                let report = read_guarded_list(
                    &mut bytes,
                    options,
                    of_lists.guard(),
                    |indicator, warning| {
                        let warning = warning.map(str::to_owned);
                        wanted.push(Wanted { indicator, list: name.clone(), warning });
                    },
                );
                reports.push((name, report));
            }
            IndicatorInput::List(ListInput { name, bytes: Err(error) }) => {
                let problem = Some(ListProblem::Read(error.to_string()));
                reports.push((name, ListReport { problem, ..ListReport::default() }));
            }
            IndicatorInput::Compiled { name, index } => {
                let (report, _) = guarded(&index, of_compiled, |indicator, origin| {
                    let warning = origin.warning.map(str::to_owned);
                    wanted.push(Wanted { list: origin.list.to_owned(), warning, indicator });
                    Ok::<(), std::convert::Infallible>(())
                });
                reports.push((name, report));
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
    (of_lists, of_compiled): (&LoadedGuard, &LoadedGuard),
) -> Result<Reports, IndexFull> {
    let mut reports = Vec::with_capacity(inputs.len());
    let mut lists = Vec::new();
    for input in inputs {
        let (name, report) = match input {
            IndicatorInput::List(list) => {
                let report =
                    read_input(builder, list.bytes, options, of_lists.guard(), &list.name)?;
                lists.push(about_list(&list.name, &report));
                (list.name, report)
            }
            IndicatorInput::Compiled { name, index } => {
                let push = |indicator: Indicator, origin: Origin<'_>| {
                    builder.push_from(&indicator, origin)
                };
                let (report, pushed) = guarded(&index, of_compiled, push);
                pushed?;
                lists.extend(index.about().map(|it| it.lists).unwrap_or_default());
                (name, report)
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

/// Hands on every indicator of an index that the guard lets through, with the warning list that it names,
/// where the index names none; tells what it took and what it did not. Ends with the first failure.
fn guarded<E>(
    index: &Index,
    guard: &LoadedGuard,
    mut push: impl FnMut(Indicator, Origin<'_>) -> Result<(), E>,
) -> (ListReport, Result<(), E>) {
    let mut report = ListReport { format: Some(COMPILED), ..ListReport::default() };
    for (number, it) in (1..).zip(index.iter()) {
        let Described { observable, scope, family, list, warning } = it;
        let family = family.map(str::to_owned);
        let indicator = Indicator { observable, scope, family, valid_until: None };
        let named = match guard.judge(&indicator) {
            Judgement::Clear => None,
            Judgement::Review(list) => Some(list),
            Judgement::Refuse(reason) => {
                report.refuse(number, &indicator.observable.to_string(), reason);
                continue;
            }
        };
        report.accept(indicator.observable.kind());
        if let Some(list) = named {
            report.warn(list);
        }
        if let Err(error) = push(indicator, Origin { list, warning: warning.or(named) }) {
            return (report, Err(error));
        }
    }
    (report, Ok(()))
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
