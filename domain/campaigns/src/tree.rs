//! The unit tree of one day, and the reporting tree of one campaign.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use crate::UnitId;

/// Where a unit stands in one line, for a time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Membership {
    /// The unit.
    pub unit: UnitId,
    /// `territorial`, or a sector's code.
    pub line: String,
    /// The unit above it; `None` at the root.
    pub parent: Option<UnitId>,
    /// First day; `None` = always.
    pub from: Option<Date>,
    /// Last day; `None` = still.
    pub to: Option<Date>,
}

impl Membership {
    /// Whether it holds on a day.
    pub fn holds_on(&self, day: Date) -> bool {
        self.from.is_none_or(|from| from <= day) && self.to.is_none_or(|to| day <= to)
    }
}

/// Parents and children without cycles: whatever would close one was refused when it was built.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UnitTree {
    parents: BTreeMap<UnitId, Option<UnitId>>,
    children: BTreeMap<UnitId, BTreeSet<UnitId>>,
}

/// An edge that was left out of a tree, so that it stays a tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EdgeRefused {
    /// The unit.
    pub unit: UnitId,
    /// The unit that was to stand above it.
    pub parent: UnitId,
    /// Why.
    pub reason: EdgeReason,
}

/// Why an edge was left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EdgeReason {
    /// The parent stands below the unit, or is the unit.
    Cycle,
    /// The unit already has a parent in this tree.
    SecondParent,
}

impl UnitTree {
    /// The tree of one line on one day.
    pub fn on(memberships: &[Membership], line: &str, day: Date) -> (Self, Vec<EdgeRefused>) {
        let edges = memberships
            .iter()
            .filter(|it| it.line == line && it.holds_on(day))
            .map(|it| (it.unit, it.parent));
        Self::from_edges(edges)
    }

    /// A tree from edges (unit, unit above); the first edge of a unit counts.
    pub fn from_edges(
        edges: impl IntoIterator<Item = (UnitId, Option<UnitId>)>,
    ) -> (Self, Vec<EdgeRefused>) {
        let mut tree = Self::default();
        let mut refused = Vec::new();
        for (unit, parent) in edges {
            let Some(parent) = parent else {
                tree.parents.entry(unit).or_insert(None);
                continue;
            };
            if tree.parents.get(&unit).is_some_and(Option::is_some) {
                refused.push(EdgeRefused { unit, parent, reason: EdgeReason::SecondParent });
                continue;
            }
            if unit == parent || tree.ancestors(parent).any(|above| above == unit) {
                refused.push(EdgeRefused { unit, parent, reason: EdgeReason::Cycle });
                continue;
            }
            tree.parents.insert(unit, Some(parent));
            tree.parents.entry(parent).or_insert(None);
            tree.children.entry(parent).or_default().insert(unit);
        }
        (tree, refused)
    }

    /// Every unit of the tree.
    pub fn units(&self) -> impl Iterator<Item = UnitId> + '_ {
        self.parents.keys().copied()
    }

    /// Units without one above them.
    pub fn roots(&self) -> impl Iterator<Item = UnitId> + '_ {
        self.parents.iter().filter(|(_, parent)| parent.is_none()).map(|(unit, _)| *unit)
    }

    /// The unit above.
    pub fn parent(&self, unit: UnitId) -> Option<UnitId> {
        self.parents.get(&unit).copied().flatten()
    }

    /// The units right below.
    pub fn children(&self, unit: UnitId) -> impl Iterator<Item = UnitId> + '_ {
        self.children.get(&unit).into_iter().flatten().copied()
    }

    /// The units above, nearest first.
    pub fn ancestors(&self, unit: UnitId) -> impl Iterator<Item = UnitId> + '_ {
        std::iter::successors(self.parent(unit), |above| self.parent(*above))
    }

    /// The unit and every unit below it, parents before children.
    pub fn subtree(&self, unit: UnitId) -> Vec<UnitId> {
        let mut found = vec![unit];
        let mut next = 0;
        while let Some(at) = found.get(next).copied() {
            found.extend(self.children(at));
            next += 1;
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;

    fn unit(n: u8) -> UnitId {
        UnitId::from_parts(0, &[n; 10])
    }

    #[test]
    fn a_tree_is_of_one_line_and_one_day() {
        let membership = |n, line: &str, parent: u8, from, to| Membership {
            unit: unit(n),
            line: line.to_owned(),
            parent: Some(unit(parent)),
            from,
            to,
        };
        let merger = date(2025, 7, 1);
        let memberships = [
            membership(2, "territorial", 1, None, Some(date(2025, 6, 30))),
            membership(2, "territorial", 3, Some(merger), None),
            membership(2, "education", 9, None, None),
        ];
        let parent = |line, day| UnitTree::on(&memberships, line, day).0.parent(unit(2));
        assert_eq!(parent("territorial", date(2025, 6, 30)), Some(unit(1)));
        assert_eq!(parent("territorial", merger), Some(unit(3)));
        assert_eq!(parent("education", merger), Some(unit(9)));
    }

    #[test]
    fn cycles_and_second_parents_are_refused() {
        let edges = [(2, 1), (3, 2), (1, 3), (3, 1), (4, 4)];
        let edges = edges.map(|(child, parent)| (unit(child), Some(unit(parent))));
        let (tree, refused) = UnitTree::from_edges(edges);
        let reasons: Vec<_> = refused.iter().map(|it| it.reason).collect();
        assert_eq!(reasons, [EdgeReason::Cycle, EdgeReason::SecondParent, EdgeReason::Cycle]);
        assert_eq!(tree.subtree(unit(1)), [unit(1), unit(2), unit(3)]);
        assert_eq!(tree.ancestors(unit(3)).collect::<Vec<_>>(), [unit(2), unit(1)]);
    }

    proptest! {
        #[test]
        fn every_unit_reaches_a_root_and_stands_in_one_subtree(
            edges in proptest::collection::vec((0_u8..20, 0_u8..20), 0..60),
        ) {
            let edges = edges.into_iter().map(|(child, parent)| (unit(child), Some(unit(parent))));
            let (tree, _) = UnitTree::from_edges(edges);
            for it in tree.units() {
                prop_assert!(tree.ancestors(it).count() <= 20);
            }
            let total: usize = tree.roots().map(|root| tree.subtree(root).len()).sum();
            prop_assert_eq!(total, tree.units().count());
        }
    }
}
