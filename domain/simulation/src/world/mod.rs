//! Two invented provinces: one of 2026 (communes right below the province) and one of 2022 (with
//! districts). Every name is made up and stands in no list of Vietnamese administrative units.

mod names;
mod province_2022;
mod province_2026;

pub use province_2022::province_2022;
pub use province_2026::province_2026;

use serde::Serialize;

/// An invented province: its units in an order in which parents come before children.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct World {
    /// Name of the province: `tỉnh Đông Lam`.
    pub province: &'static str,
    /// Place named in documents: `Đông Lam`.
    pub place: &'static str,
    /// Every unit.
    pub units: Vec<WorldUnit>,
    /// Code of the focal unit, which runs the campaign.
    pub focal_code: String,
}

/// One unit of an invented province.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct WorldUnit {
    /// Code as in QĐ 20/2020/QĐ-TTg.
    pub code: String,
    /// Full name.
    pub name: String,
    /// What it is.
    pub kind: WorldUnitKind,
    /// Line and code of the unit above, one entry a line; empty for the root.
    pub parents: Vec<(Line, String)>,
    /// People who use computers there.
    pub headcount: u32,
    /// Place named in its documents.
    pub place: String,
}

/// What a unit is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
pub enum WorldUnitKind {
    /// Ủy ban nhân dân tỉnh, huyện.
    PeopleCommittee,
    /// Sở, ban, ngành.
    Department,
    /// Ủy ban nhân dân xã, phường.
    Commune,
    /// Trường học.
    School,
    /// Bệnh viện, trung tâm y tế.
    Health,
    /// Doanh nghiệp.
    Enterprise,
}

/// Along which line a unit stands below another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
pub enum Line {
    /// Theo địa bàn.
    Territorial,
    /// Ngành giáo dục.
    Education,
    /// Ngành y tế.
    Health,
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn both_provinces_are_whole_trees_of_about_120_units() {
        for world in [province_2026(), province_2022()] {
            let mut known = HashSet::new();
            for unit in &world.units {
                for (_, parent) in &unit.parents {
                    assert!(known.contains(parent.as_str()), "{} before its parent", unit.code);
                }
                assert!(known.insert(unit.code.as_str()), "{} twice", unit.code);
            }
            assert!(known.contains(world.focal_code.as_str()));
            assert!((110..=130).contains(&world.units.len()), "{}", world.units.len());
            let roots = world.units.iter().filter(|unit| unit.parents.is_empty()).count();
            assert_eq!(roots, 1);
        }
    }

    #[test]
    fn schools_stand_in_two_lines() {
        let world = province_2026();
        let schools: Vec<_> =
            world.units.iter().filter(|unit| unit.kind == WorldUnitKind::School).collect();
        assert!(schools.len() >= 20);
        for school in schools {
            let lines: Vec<_> = school.parents.iter().map(|(line, _)| *line).collect();
            assert_eq!(lines, [Line::Territorial, Line::Education], "{}", school.name);
        }
    }

    #[test]
    fn the_province_of_2026_has_no_districts() {
        let has_district =
            |world: &World| world.units.iter().any(|unit| unit.name.contains("huyện"));
        assert!(!has_district(&province_2026()));
        assert!(has_district(&province_2022()));
    }
}
