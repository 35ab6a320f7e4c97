//! Where a unit stands in a line, by date: what a row changes, and whether a ring would come of it.

use std::collections::BTreeMap;

use jiff::{Span, civil::Date};
use serde::Serialize;

use super::plan::KnownPlace;
use super::rows::{RowReason, UnitRow};

/// Deeper than any tree of organisations, so that a chain of thousands is seen as a mistake.
const MOST_LEVELS: usize = 30;
/// Steps of one walk; dated places that overlap could make it long.
const MOST_STEPS: usize = 10_000;

/// Where a unit will stand in one line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PlacePlan {
    /// Number of the row that says so.
    pub row: usize,
    /// The line.
    pub line: String,
    /// Code of the unit above; `None` for a root that stays one.
    pub parent: Option<String>,
    /// Code of the unit that was above until then, when it is another.
    pub before: Option<String>,
    /// First day.
    pub from: Option<Date>,
    /// Last day.
    pub to: Option<Date>,
    /// What is to be written.
    pub write: PlaceWrite,
}

/// What is to be written about a place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum PlaceWrite {
    /// Nothing: it stands there already.
    Keep,
    /// The stored place with this id gets this parent and these days.
    Adjust {
        /// Id of the place.
        id: String,
    },
    /// A new place.
    Add {
        /// Id of the place that ends before, and its last day.
        ends: Option<(String, Date)>,
    },
}

/// A stored place in the words of a plan.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stored<'a> {
    /// The place.
    pub(super) place: &'a KnownPlace,
    /// Code of the unit above.
    pub(super) parent: Option<&'a str>,
}

impl Stored<'_> {
    fn meets(&self, from: Option<Date>, to: Option<Date>) -> bool {
        let (start, end) = bounds(self.place.from, self.place.to);
        let (from, to) = bounds(from, to);
        start <= to && from <= end
    }
}

/// What a row changes about where an existing unit stands; `None` when it says nothing of it.
pub(super) fn place_of(
    row: &UnitRow,
    stored: &[Stored<'_>],
    today: Date,
) -> Result<Option<PlacePlan>, RowReason> {
    let begins_later = |it: &&Stored<'_>| it.place.from.is_some_and(|from| from > today);
    let current = stored.iter().find(|it| it.meets(Some(today), Some(today)));
    let current =
        current.or_else(|| stored.iter().filter(begins_later).min_by_key(|it| it.place.from));
    let others = |from, to| {
        let mut others = stored
            .iter()
            .filter(|it| current.is_none_or(|current| current.place.id != it.place.id));
        if others.any(|it| it.meets(from, to)) { Err(RowReason::Overlaps) } else { Ok(()) }
    };
    let parent = row.parent.as_ref().map(crate::UnitCode::as_str);
    let plan = |parent: Option<&str>, before: Option<&str>, from, to, write| PlacePlan {
        row: row.number,
        line: row.line.clone(),
        parent: parent.map(str::to_owned),
        before: before.map(str::to_owned),
        from,
        to,
        write,
    };
    let Some(current) = current else {
        let Some(parent) = parent else {
            let has_days = row.from.is_some() || row.to.is_some();
            return if has_days { Err(RowReason::ParentMissing) } else { Ok(None) };
        };
        others(row.from, row.to)?;
        let write = PlaceWrite::Add { ends: None };
        return Ok(Some(plan(Some(parent), None, row.from, row.to, write)));
    };
    let place = current.place;
    if parent.is_none() || parent == current.parent {
        let (from, to) = (row.from.or(place.from), row.to.or(place.to));
        let write = if (from, to) == (place.from, place.to) {
            PlaceWrite::Keep
        } else {
            check_days(from, to)?;
            others(from, to)?;
            PlaceWrite::Adjust { id: place.id.clone() }
        };
        return Ok(Some(plan(current.parent, None, from, to, write)));
    }
    let has_begun = place.from.is_none_or(|from| from <= today);
    let from = row.from.or(if has_begun { Some(today) } else { place.from });
    check_days(from, row.to)?;
    others(from, row.to)?;
    let starts_after = |day: Date| place.from.is_none_or(|first| first < day);
    let write = match from {
        Some(from) if starts_after(from) => {
            let last_day = from.checked_sub(Span::new().days(1)).unwrap_or(from);
            let goes_on = place.to.is_none_or(|to| to > last_day);
            PlaceWrite::Add { ends: goes_on.then(|| (place.id.clone(), last_day)) }
        }
        // It was to begin there on that very day or later: it never stood there.
        _ => PlaceWrite::Adjust { id: place.id.clone() },
    };
    Ok(Some(plan(parent, current.parent, from, row.to, write)))
}

fn check_days(from: Option<Date>, to: Option<Date>) -> Result<(), RowReason> {
    let (from, to) = bounds(from, to);
    if to < from { Err(RowReason::DaysReversed) } else { Ok(()) }
}

fn bounds(from: Option<Date>, to: Option<Date>) -> (Date, Date) {
    (from.unwrap_or(Date::MIN), to.unwrap_or(Date::MAX))
}

/// Who stands below whom in one line, by date, once every accepted row is applied.
#[derive(Debug, Default)]
pub(super) struct Edges<'a>(BTreeMap<(&'a str, &'a str), Vec<Edge<'a>>>);

#[derive(Clone, Copy, Debug)]
struct Edge<'a> {
    id: Option<&'a str>,
    parent: Option<&'a str>,
    from: Option<Date>,
    to: Option<Date>,
}

impl<'a> Edges<'a> {
    /// Adds a stored place.
    pub(super) fn add_stored(&mut self, code: &'a str, stored: &Stored<'a>) {
        let place = stored.place;
        let edge =
            Edge { id: Some(&place.id), parent: stored.parent, from: place.from, to: place.to };
        self.0.entry((&place.line, code)).or_default().push(edge);
    }

    /// Applies what an accepted row changes.
    pub(super) fn apply(&mut self, code: &'a str, plan: &'a PlacePlan) {
        let edges = self.0.entry((&plan.line, code)).or_default();
        let edge = Edge { id: None, parent: plan.parent.as_deref(), from: plan.from, to: plan.to };
        match &plan.write {
            PlaceWrite::Keep => {}
            PlaceWrite::Adjust { id } => {
                for it in edges.iter_mut().filter(|it| it.id == Some(id)) {
                    *it = Edge { id: it.id, ..edge };
                }
            }
            PlaceWrite::Add { ends } => {
                if let Some((id, last_day)) = ends {
                    for it in edges.iter_mut().filter(|it| it.id == Some(id)) {
                        it.to = Some(*last_day);
                    }
                }
                edges.push(edge);
            }
        }
    }

    /// Whether the unit would stand above itself on any day that a row's place holds.
    pub(super) fn check(&self, code: &'a str, plan: &'a PlacePlan) -> Result<(), RowReason> {
        let Some(parent) = plan.parent.as_deref() else { return Ok(()) };
        let mut walk =
            Walk { edges: self, line: &plan.line, start: code, path: vec![code], steps: 0 };
        let (from, to) = bounds(plan.from, plan.to);
        walk.up(parent, from, to)
    }
}

struct Walk<'w, 'a> {
    edges: &'w Edges<'a>,
    line: &'a str,
    start: &'a str,
    path: Vec<&'a str>,
    steps: usize,
}

impl<'a> Walk<'_, 'a> {
    fn up(&mut self, at: &'a str, from: Date, to: Date) -> Result<(), RowReason> {
        self.steps += 1;
        if at == self.start {
            let ring = self.path.iter().chain([&at]).map(|it| (*it).to_owned()).collect();
            return Err(RowReason::Ring { ring });
        }
        if self.path.len() >= MOST_LEVELS || self.steps > MOST_STEPS {
            return Err(RowReason::TooDeep);
        }
        self.path.push(at);
        for edge in self.edges.0.get(&(self.line, at)).into_iter().flatten() {
            let (first, last) = bounds(edge.from, edge.to);
            let (first, last) = (first.max(from), last.min(to));
            if let Some(parent) = edge.parent
                && first <= last
            {
                self.up(parent, first, last)?;
            }
        }
        self.path.pop();
        Ok(())
    }
}
