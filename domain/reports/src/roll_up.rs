//! Adding up the reports of many units.

use std::collections::{BTreeMap, BTreeSet};

use campaigns::UnitId;

use crate::{Content, Form};

/// What one unit of the reporting tree handed in.
#[derive(Clone, Debug)]
pub struct Submission {
    /// The unit.
    pub unit: UnitId,
    /// Its newest submitted content.
    pub content: Content,
    /// Whether it came after the deadline.
    pub is_late: bool,
}

/// One unit's share in a total.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Contribution {
    /// The unit.
    pub unit: UnitId,
    /// What it declared.
    pub declared: Option<i64>,
    /// What was measured there.
    pub measured: Option<i64>,
}

/// A sum, and of how many units it is the sum.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Total {
    /// The sum; `None` when nobody gave a figure.
    pub value: Option<i64>,
    /// Units that gave one.
    pub units: usize,
}

/// One row of the form, added up.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RollUpRow {
    /// Key of the row.
    pub key: String,
    /// Declared figures.
    pub declared: Total,
    /// Measured figures.
    pub measured: Total,
    /// Where they come from, by unit.
    pub contributions: Vec<Contribution>,
}

/// The reports of a node's units, added up.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RollUp {
    /// Rows of the form, in its order.
    pub rows: Vec<RollUpRow>,
    /// Units expected to report.
    pub expected: BTreeSet<UnitId>,
    /// Units that did.
    pub reported: BTreeSet<UnitId>,
    /// Units that did not: named, never hidden.
    pub missing: BTreeSet<UnitId>,
    /// Units that did after the deadline.
    pub late: BTreeSet<UnitId>,
}

/// Adds up what the expected units handed in. Each unit counts once: a second submission of the
/// same unit and submissions of units that are not expected are left out.
///
/// Which submission of a unit counts does not depend on their order when the caller gives one per
/// unit, as the database does; the sum never depends on it.
pub fn roll_up(form: &Form, expected: &BTreeSet<UnitId>, submissions: &[Submission]) -> RollUp {
    let mut by_unit: BTreeMap<UnitId, &Submission> = BTreeMap::new();
    for submission in submissions.iter().filter(|it| expected.contains(&it.unit)) {
        by_unit.entry(submission.unit).or_insert(submission);
    }
    let rows = form
        .rows
        .iter()
        .map(|row| {
            let mut sums = RollUpRow { key: row.key.clone(), ..RollUpRow::default() };
            for (unit, submission) in &by_unit {
                let Some(cell) = submission.content.cells.get(&row.key) else { continue };
                sums.declared.add(cell.declared);
                sums.measured.add(cell.measured);
                sums.contributions.push(Contribution {
                    unit: *unit,
                    declared: cell.declared,
                    measured: cell.measured,
                });
            }
            sums
        })
        .collect();
    let reported: BTreeSet<UnitId> = by_unit.keys().copied().collect();
    RollUp {
        rows,
        missing: expected - &reported,
        late: by_unit.values().filter(|it| it.is_late).map(|it| it.unit).collect(),
        expected: expected.clone(),
        reported,
    }
}

impl Total {
    fn add(&mut self, value: Option<i64>) {
        if let Some(value) = value {
            self.value = Some(self.value.unwrap_or(0).saturating_add(value));
            self.units += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::Cell;

    fn unit(n: u8) -> UnitId {
        UnitId::from_parts(0, &[n; 10])
    }

    fn submission(n: u8, informed: Option<i64>, measured: Option<i64>) -> Submission {
        let cell = Cell { declared: informed, measured, ..Cell::default() };
        let cells = BTreeMap::from([("informed".to_owned(), cell)]);
        let content = Content { cells, ..Content::default() };
        Submission { unit: unit(n), content, is_late: n.is_multiple_of(7) }
    }

    #[test]
    fn missing_units_are_named_and_nobody_counts_twice() {
        let expected = BTreeSet::from([unit(1), unit(2), unit(3), unit(7)]);
        let submissions = [
            submission(1, Some(4), Some(4)),
            submission(7, Some(3), None),
            submission(1, Some(400), None),
            submission(9, Some(1000), Some(1000)),
            submission(2, None, Some(0)),
        ];
        let sum = roll_up(&Form::letter(), &expected, &submissions);
        let row = sum.rows.first().unwrap();
        assert_eq!(row.declared, Total { value: Some(7), units: 2 });
        assert_eq!(row.measured, Total { value: Some(4), units: 2 });
        assert_eq!(sum.missing, BTreeSet::from([unit(3)]));
        assert_eq!(sum.late, BTreeSet::from([unit(7)]));
        assert_eq!(sum.rows.last().unwrap().declared, Total { value: None, units: 0 });
    }

    /// What a roll-up says, without the names of the parts.
    fn figures(sum: &RollUp) -> Vec<[Total; 2]> {
        sum.rows.iter().map(|row| [row.declared, row.measured]).collect()
    }

    fn plus(a: Total, b: Total) -> Total {
        let value = match (a.value, b.value) {
            (None, None) => None,
            (a, b) => Some(a.unwrap_or(0) + b.unwrap_or(0)),
        };
        Total { value, units: a.units + b.units }
    }

    proptest! {
        #[test]
        fn the_whole_is_the_sum_of_its_parts_in_any_order(
            units in proptest::collection::btree_map(
                0_u8..60,
                (0_usize..3, any::<bool>(), proptest::option::of(0_i64..1000)),
                1..40,
            ),
            turn in 0_usize..40,
        ) {
            let form = Form::letter();
            let expected = |part: Option<usize>| -> BTreeSet<UnitId> {
                let of_part = units.iter().filter(|(_, (it, ..))| part.is_none_or(|part| part == *it));
                of_part.map(|(n, _)| unit(*n)).collect()
            };
            let mut submissions: Vec<_> = units
                .iter()
                .filter(|(_, (_, has_reported, _))| *has_reported)
                .map(|(n, (.., value))| submission(*n, *value, value.map(|it| it / 2)))
                .collect();
            let whole = roll_up(&form, &expected(None), &submissions);

            // The order does not matter.
            let turn = turn % submissions.len().max(1);
            submissions.rotate_left(turn);
            prop_assert_eq!(&roll_up(&form, &expected(None), &submissions), &whole);

            // Three subtrees, each adding up all submissions there are, take only their own.
            let parts: Vec<RollUp> =
                (0..3).map(|part| roll_up(&form, &expected(Some(part)), &submissions)).collect();
            for (index, [declared, measured]) in figures(&whole).into_iter().enumerate() {
                let parts: Vec<_> = parts.iter().map(|it| figures(it)[index]).collect();
                let sum = |of: usize| {
                    parts.iter().map(|it| it[of]).fold(Total::default(), plus)
                };
                prop_assert_eq!([sum(0), sum(1)], [declared, measured]);
            }
            let union = |pick: fn(&RollUp) -> &BTreeSet<UnitId>| -> BTreeSet<UnitId> {
                parts.iter().flat_map(|it| pick(it).iter().copied()).collect()
            };
            prop_assert_eq!(&union(|it| &it.missing), &whole.missing);
            prop_assert_eq!(&union(|it| &it.reported), &whole.reported);
            prop_assert_eq!(&union(|it| &it.late), &whole.late);
            prop_assert_eq!(&(&whole.missing | &whole.reported), &whole.expected);
            prop_assert!(whole.missing.is_disjoint(&whole.reported));
        }

        #[test]
        fn a_unit_that_comes_twice_counts_once(
            values in proptest::collection::vec(0_i64..1000, 1..20),
            again in proptest::collection::vec(0_usize..20, 0..20),
        ) {
            let form = Form::letter();
            let once: Vec<_> =
                (0_u8..).zip(&values).map(|(n, value)| submission(n, Some(*value), None)).collect();
            let expected: BTreeSet<_> = once.iter().map(|it| it.unit).collect();
            let mut twice = once.clone();
            twice.extend(again.iter().filter_map(|index| once.get(*index).cloned()));
            prop_assert_eq!(roll_up(&form, &expected, &twice), roll_up(&form, &expected, &once));
        }
    }
}
