use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use jiff::civil::{Date, date};
use proptest::prelude::*;
use tables::{Limits, Table};

use super::Column::{Code, Headcount, Kind, Line, Name, Parent, Place, ValidFrom, ValidTo};
use super::*;
use crate::{Membership, UnitId, UnitKind, UnitTree};

const TODAY: Date = date(2026, 7, 1);

fn id(n: usize) -> UnitId {
    UnitId::from_parts(0, &[u8::try_from(n).unwrap(); 10])
}

/// Units as `code` or `code<parent`, all in the territorial line since ever; `!` marks those
/// outside the person's own.
fn known(units: &[&str]) -> Known {
    let mut known =
        Known { units: Vec::new(), places: Vec::new(), reach: BTreeSet::new(), today: TODAY };
    let mut ids = BTreeMap::new();
    for (n, text) in units.iter().enumerate() {
        let (text, is_outside) = text.strip_suffix('!').map_or((*text, false), |it| (it, true));
        let (code, parent) = text.split_once('<').map_or((text, None), |(a, b)| (a, Some(b)));
        ids.insert(code.to_owned(), id(n));
        let details = Details {
            name: format!("Đơn vị {code}"),
            kind: UnitKind::Department,
            place: String::new(),
            headcount: Some(10),
        };
        known.units.push(KnownUnit { id: id(n), code: code.to_owned(), details });
        known.places.push(KnownPlace {
            id: format!("m{n}"),
            unit: id(n),
            line: TERRITORIAL.to_owned(),
            parent: parent.map(|code| ids[code]),
            from: None,
            to: None,
        });
        if !is_outside {
            known.reach.insert(id(n));
        }
    }
    known
}

fn table(csv: &str) -> Table {
    tables::read(csv.as_bytes(), &Limits::default()).unwrap()
}

fn plan_of(known: &Known, csv: &str) -> Plan {
    plan(&read_rows(&table(csv)).unwrap(), known)
}

/// A plan in short: `+code<parent`, `~code …`, `=code`, `-row reason`.
fn shown(plan: &Plan) -> String {
    let mut shown = Vec::new();
    let place = |it: &PlacePlan| {
        let mut text = format!("{}<{}", it.line, it.parent.as_deref().unwrap_or("–"));
        if let Some(before) = &it.before {
            write!(text, " was {before}").unwrap();
        }
        if let Some(from) = it.from {
            write!(text, " from {from}").unwrap();
        }
        if let Some(to) = it.to {
            write!(text, " to {to}").unwrap();
        }
        match &it.write {
            PlaceWrite::Keep => text.push_str(" keep"),
            PlaceWrite::Adjust { id } => write!(text, " adjust {id}").unwrap(),
            PlaceWrite::Add { ends: Some((id, day)) } => write!(text, " ends {id} {day}").unwrap(),
            PlaceWrite::Add { ends: None } => {}
        }
        text
    };
    for unit in &plan.add {
        let places: Vec<_> = unit.places.iter().map(place).collect();
        shown.push(format!("+{} {:?} {}", unit.code, unit.details.name, places.join(", ")));
    }
    for unit in &plan.change {
        let changes = unit.changes.iter();
        let changes =
            changes.map(|it| format!("{} {:?}→{:?}", it.column.code(), it.before, it.after));
        let all: Vec<_> = changes.chain(unit.places.iter().map(place)).collect();
        shown.push(format!("~{} {}", unit.code, all.join(", ")));
    }
    shown.extend(plan.unchanged.iter().map(|it| format!("={}", it.code)));
    for it in &plan.refused {
        let column = it.column.map_or("row", Column::code);
        shown.push(format!("-{} {} {column}: {:?}", it.number, it.code, it.reason));
    }
    shown.join("\n")
}

fn check(world: &[&str], csv: &str, expected: &str) {
    let expected: Vec<_> = expected.lines().map(str::trim).collect();
    assert_eq!(shown(&plan_of(&known(world), csv)), expected.join("\n"), "{csv}");
}

#[test]
fn headers_are_known_in_both_languages_and_below_a_title() {
    let check = |csv: &str, expected: &[Column]| {
        let read = read_rows(&table(csv));
        assert_eq!(read.map(|it| it.rows.len()).map_err(|it| it.missing), Ok(1), "{csv}");
        let header = csv.lines().find(|it| it.matches(',').count() >= 2).unwrap();
        let columns = header.split(',').filter_map(Column::of_header).collect::<Vec<_>>();
        assert_eq!(columns, expected);
    };
    check("code,name,parent\nH1,x,H0", &[Code, Name, Parent]);
    check("MÃ, Tên đơn vị ,Mã đơn vị cấp trên\nH1,x,H0", &[Code, Name, Parent]);
    check(
        "Danh sách\n\nma (*),TEN DON VI,Loại,cap tren,tuyến,Địa danh,Số người dùng,valid_from,Đến ngày\nH1,x,,H0",
        &[Code, Name, Kind, Parent, Line, Place, Headcount, ValidFrom, ValidTo],
    );
}

#[test]
fn a_table_without_the_columns_says_which_are_missing() {
    let check = |csv: &str, missing: &[Column], repeated: &[Column], found: &[&str]| {
        let refused = read_rows(&table(csv)).unwrap_err();
        assert_eq!(refused.missing, missing, "{csv}");
        assert_eq!(refused.repeated, repeated, "{csv}");
        assert_eq!(refused.found, found, "{csv}");
    };
    check(
        "Danh sách\nmã,họ tên,địa chỉ\n1,2,3",
        &[Name, Parent],
        &[],
        &["mã", "họ tên", "địa chỉ"],
    );
    check("mã,code,tên,cấp trên\n1,2,3,4", &[], &[Code], &["mã", "code", "tên", "cấp trên"]);
}

#[test]
fn new_units_stand_below_what_is_there_or_comes_with_them() {
    check(
        &["H1", "H1.1<H1"],
        "mã,tên,cấp trên\nH2,Xã Hai,H3\nH3,Ho\u{300}a Bình,h1\nH1,Đơn vị H1,\n",
        "+H2 \"Xã Hai\" territorial<H3
         +H3 \"Hòa Bình\" territorial<H1
         =H1",
    );
    // Two lines for one unit: what one row leaves out, the other says.
    check(
        &["H1", "H2<H1"],
        "mã,tên,cấp trên,tuyến,số người dùng,từ ngày\n\
         T1,Trường Một,H1,,,\nT1,Trường Một,H2,Giáo dục,1.234,1/7/2026\n",
        "+T1 \"Trường Một\" territorial<H1, education<H2 from 2026-07-01",
    );
}

#[test]
fn rows_about_known_units_change_only_what_they_name() {
    let world = ["H1", "H2<H1", "H3<H1", "H4<H2"];
    check(&world, "mã,tên,cấp trên\nH4,Đơn vị H4,H2", "=H4");
    check(
        &world,
        "mã,tên,cấp trên,loại\nH4,,,xã",
        "~H4 kind \"department\"→\"commune\", territorial<H2 keep",
    );
    check(
        &world,
        "mã,tên,cấp trên,số người\nH4,Tên mới,,\nH2,,H1,12",
        "~H4 name \"Đơn vị H4\"→\"Tên mới\", territorial<H2 keep
         ~H2 headcount \"10\"→\"12\", territorial<H1 keep",
    );
    // A move begins today unless the row says when; the place before ends the day before.
    check(
        &world,
        "mã,tên,cấp trên\nH4,,H3",
        "~H4 territorial<H3 was H2 from 2026-07-01 ends m3 2026-06-30",
    );
    check(
        &world,
        "mã,tên,cấp trên,từ ngày\nH4,,H3,2026-09-01",
        "~H4 territorial<H3 was H2 from 2026-09-01 ends m3 2026-08-31",
    );
    check(
        &world,
        "mã,tên,cấp trên,đến ngày\nH4,,H2,31/12/2026",
        "~H4 territorial<H2 to 2026-12-31 adjust m3",
    );
    check(&world, "mã,tên,cấp trên,tuyến\nH4,,H3,y tế", "~H4 health<H3");
    // Two units change places: neither order of the rows is a ring.
    check(
        &world,
        "mã,tên,cấp trên\nH2,,H4\nH4,,H1",
        "~H2 territorial<H4 was H1 from 2026-07-01 ends m1 2026-06-30
         ~H4 territorial<H1 was H2 from 2026-07-01 ends m3 2026-06-30",
    );
}

#[test]
fn rings_orphans_and_repeats_are_left_out_with_the_reason() {
    let world = ["H1", "H2<H1", "H3<H2"];
    let header = "mã,tên,cấp trên\n";
    let check = |rows: &str, expected: &str| check(&world, &format!("{header}{rows}"), expected);
    check("N1,x,N9", "-2 N1 parent: ParentUnknown { parent: \"N9\" }");
    check(
        "N1,x,N2\nN2,x,N9\nN3,x,H1",
        "+N3 \"x\" territorial<H1
         -2 N1 parent: ParentRefused { parent: \"N2\" }
         -3 N2 parent: ParentUnknown { parent: \"N9\" }",
    );
    check("N1,x,N1", "-2 N1 parent: Ring { ring: [\"N1\", \"N1\"] }");
    check(
        "N1,x,N2\nN2,x,N1\nN3,x,N1",
        "-2 N1 parent: Ring { ring: [\"N1\", \"N2\", \"N1\"] }
         -3 N2 parent: Ring { ring: [\"N2\", \"N1\", \"N2\"] }
         -4 N3 parent: ParentRefused { parent: \"N1\" }",
    );
    check("H2,,H3", "-2 H2 parent: Ring { ring: [\"H2\", \"H3\", \"H2\"] }");
    check(
        "H2,,N1\nN1,x,H3",
        "-2 H2 parent: Ring { ring: [\"H2\", \"N1\", \"H3\", \"H2\"] }
         -3 N1 parent: Ring { ring: [\"N1\", \"H3\", \"H2\", \"N1\"] }",
    );
    check("H1,,H3", "-2 H1 parent: Ring { ring: [\"H1\", \"H3\", \"H2\", \"H1\"] }");
    check("N1,x,H1\nn1,x,H2", "+N1 \"x\" territorial<H1\n-3 N1 code: Repeated { first: 2 }");
    check("N1,x,", "-2 N1 parent: ParentMissing");
    check("N1,,H1", "-2 N1 name: NameMissing");
    check(&format!("N1,{},H1", "x".repeat(301)), "-2 N1 name: TooLong { most: 300 }");
    check(
        ",x,H1\nN-1,x,H1\nN1,=1+1,H1",
        "-2  code: CodeMissing\n-3 N-1 code: CodeWrong\n-4 N1 name: Formula",
    );
}

#[test]
fn values_that_cannot_be_read_name_the_column() {
    let check = |column: &str, value: &str, expected: &str| {
        let csv = format!("mã;tên;cấp trên;{column}\nN1;x;H1;{value}\n");
        let shown = shown(&plan_of(&known(&["H1"]), &csv));
        assert_eq!(shown, expected, "{column} {value}");
    };
    check("số người", "1.234", "+N1 \"x\" territorial<H1");
    for count in ["1.5", "-3", "ba mươi", "99999999"] {
        check("số người", count, "-2 N1 headcount: CountWrong");
    }
    for day in ["31/02/2026", "2026", "1/7/26", "hôm nay"] {
        check("từ ngày", day, "-2 N1 valid-from: DayWrong");
    }
    check("loại", "gì đó", "-2 N1 kind: KindUnknown");
    check("tuyến", "中", "-2 N1 line: LineWrong");
    check("tuyến", "Công an tỉnh", "+N1 \"x\" cong-an-tinh<H1");
}

#[test]
fn kinds_are_known_by_the_words_people_use() {
    let check = |text: &str, expected| assert_eq!(kind_of(text), expected, "{text}");
    check("commune", Some(UnitKind::Commune));
    check("UBND xã", Some(UnitKind::Commune));
    check("Phường", Some(UnitKind::Commune));
    check("Uỷ ban nhân dân tỉnh", Some(UnitKind::PeopleCommittee));
    check("Sở", Some(UnitKind::Department));
    check("Trường học", Some(UnitKind::School));
    check("Trung tâm Y tế", Some(UnitKind::Health));
    check("Doanh nghiệp", Some(UnitKind::Enterprise));
    check("Cơ quan, tổ chức khác", Some(UnitKind::Other));
    check("xanh", None);
}

#[test]
fn nobody_adds_or_moves_outside_their_own() {
    // The person administers H2: what stands above and beside is not theirs.
    let world = ["H1!", "H2<H1", "H3<H1!", "H4<H2", "H5<H3!"];
    let check = |rows: &str, expected: &str| {
        check(&world, &format!("mã,tên,cấp trên,tuyến,đến ngày\n{rows}"), expected);
    };
    check("N1,x,H4,,", "+N1 \"x\" territorial<H4");
    check("N1,x,H1,,", "-2 N1 parent: ParentOutside { parent: \"H1\" }");
    check(
        "N1,x,H2,,\nN1,x,H3,education,",
        "+N1 \"x\" territorial<H2\n-3 N1 parent: ParentOutside { parent: \"H3\" }",
    );
    check("H3,Tên khác,,,", "-2 H3 code: UnitOutside");
    // Taking a stranger's unit in, by a move or by another line.
    check("H5,,H2,,", "-2 H5 code: UnitOutside");
    check("H5,,H2,education,", "-2 H5 code: UnitOutside");
    // Giving one's own away, or taking oneself out from below one's parent.
    check("H4,,H3,,", "-2 H4 parent: ParentOutside { parent: \"H3\" }");
    check("H2,,H4,,", "-2 H2 parent: ParentOutside { parent: \"H1\" }");
    check("H2,,,,1/1/2027", "-2 H2 parent: ParentOutside { parent: \"H1\" }");
    // One's own name one may correct.
    check("H2,Tên mới,,,", "~H2 name \"Đơn vị H2\"→\"Tên mới\", territorial<H1 keep");
}

#[test]
fn a_workbook_with_merged_cells_names_the_rows() {
    let table =
        tables::read(include_bytes!("../../../tables/testdata/openpyxl.xlsx"), &Limits::default())
            .unwrap();
    let read = read_rows(&table).unwrap();
    assert_eq!(
        shown(&plan(&read, &known(&["H59"]))),
        "+H59.31 \"Xã Bình Hoà\" territorial<H59 from 2026-07-01\n\
         -5 H59.32 parent: Merged\n\
         -7 H59.33 name: Formula\n\
         -8 H59.34 parent: Formula"
    );
}

/// The memberships once a plan is applied, by code.
fn applied(known: &Known, plan: &Plan) -> Vec<Membership> {
    let mut ids: BTreeMap<String, UnitId> =
        known.units.iter().map(|it| (it.code.clone(), it.id)).collect();
    for (n, unit) in plan.add.iter().enumerate() {
        ids.insert(unit.code.clone(), id(100 + n));
    }
    let mut places = known.places.clone();
    for unit in plan.add.iter().chain(&plan.change) {
        for it in &unit.places {
            let parent = it.parent.as_ref().map(|code| ids[code]);
            match &it.write {
                PlaceWrite::Keep => {}
                PlaceWrite::Adjust { id } => {
                    let place = places.iter_mut().find(|place| place.id == *id).unwrap();
                    (place.parent, place.from, place.to) = (parent, it.from, it.to);
                }
                PlaceWrite::Add { ends } => {
                    if let Some((id, day)) = ends {
                        places.iter_mut().find(|place| place.id == *id).unwrap().to = Some(*day);
                    }
                    places.push(KnownPlace {
                        id: format!("n{}", places.len()),
                        unit: ids[&unit.code],
                        line: it.line.clone(),
                        parent,
                        from: it.from,
                        to: it.to,
                    });
                }
            }
        }
    }
    let membership = |it: KnownPlace| Membership {
        unit: it.unit,
        line: it.line,
        parent: it.parent,
        from: it.from,
        to: it.to,
    };
    places.into_iter().map(membership).collect()
}

proptest! {
    #[test]
    fn any_tree_is_read_back_as_it_is(
        parents in proptest::collection::vec(any::<prop::sample::Index>(), 1..40),
        shuffle in any::<u64>(),
    ) {
        let mut rows: Vec<(usize, usize)> = parents
            .iter()
            .enumerate()
            .map(|(n, parent)| (n + 1, parent.index(n + 1)))
            .collect();
        rows.sort_by_key(|(n, _)| (*n as u64).wrapping_mul(shuffle | 1));
        let mut csv = "mã,tên,cấp trên\n".to_owned();
        for (n, parent) in &rows {
            writeln!(csv, "U{n},Đơn vị {n},U{parent}").unwrap();
        }
        let known = known(&["U0"]);
        let plan = plan_of(&known, &csv);
        // A chain can be longer than any tree of organisations; nothing else is left out.
        let levels = |mut n: usize| {
            let mut levels = 0;
            while n > 0 {
                n = parents[n - 1].index(n);
                levels += 1;
            }
            levels
        };
        let expected: BTreeSet<(String, String)> = rows
            .iter()
            .filter(|(n, _)| levels(*n) < 30)
            .map(|(n, parent)| (format!("U{n}"), format!("U{parent}")))
            .collect();
        let found: BTreeSet<(String, String)> = plan
            .add
            .iter()
            .map(|it| (it.code.clone(), it.places[0].parent.clone().unwrap()))
            .collect();
        prop_assert_eq!(found, expected);
    }

    #[test]
    fn no_table_makes_a_ring_on_any_day(
        rows in proptest::collection::vec(
            (0_usize..12, 0_usize..12, proptest::option::of(0_i32..6), any::<bool>()),
            0..25,
        ),
    ) {
        let known = known(&["U0", "U1<U0", "U2<U1", "U3<U1", "U4<U3"]);
        let mut csv = "mã,tên,cấp trên,tuyến,từ ngày\n".to_owned();
        for (unit, parent, from, is_other_line) in &rows {
            let day = |n: &i32| TODAY.checked_add(jiff::Span::new().days(n * 10 - 20)).unwrap();
            let from = from.as_ref().map(|n| day(n).to_string()).unwrap_or_default();
            let line = if *is_other_line { "education" } else { "" };
            writeln!(csv, "U{unit},Đơn vị,U{parent},{line},{from}").unwrap();
        }
        let plan = plan_of(&known, &csv);
        let memberships = applied(&known, &plan);
        let mut days: BTreeSet<Date> = memberships.iter().filter_map(|it| it.from).collect();
        days.extend([TODAY, date(1990, 1, 1)]);
        for line in [TERRITORIAL, "education"] {
            for day in &days {
                let (_, refused) = UnitTree::on(&memberships, line, *day);
                prop_assert_eq!(refused, []);
            }
        }
        let rows_told = plan.refused.len()
            + plan.add.iter().chain(&plan.change).map(|it| it.places.len()).sum::<usize>();
        prop_assert!(rows_told <= rows.len());
    }

    #[test]
    fn a_table_applied_once_changes_nothing_the_second_time(
        parents in proptest::collection::vec(0_usize..5, 1..8),
    ) {
        let mut known = known(&["U0", "U1<U0", "U2<U1", "U3<U1", "U4<U3"]);
        let mut csv = "mã,tên,cấp trên\n".to_owned();
        for (n, parent) in parents.iter().enumerate() {
            writeln!(csv, "N{n},Đơn vị N{n},U{parent}").unwrap();
        }
        let first = plan_of(&known, &csv);
        for (n, unit) in first.add.iter().enumerate() {
            let (id, code) = (id(100 + n), unit.code.clone());
            known.reach.insert(id);
            known.units.push(KnownUnit { id, code, details: unit.details.clone() });
        }
        let ids: BTreeMap<String, UnitId> =
            known.units.iter().map(|it| (it.code.clone(), it.id)).collect();
        for unit in &first.add {
            known.places.push(KnownPlace {
                id: format!("n{}", unit.code),
                unit: ids[&unit.code],
                line: TERRITORIAL.to_owned(),
                parent: unit.places[0].parent.as_ref().map(|code| ids[code]),
                from: None,
                to: None,
            });
        }
        let second = plan_of(&known, &csv);
        prop_assert!(second.is_empty() && second.refused.is_empty(), "{}", shown(&second));
        prop_assert_eq!(second.unchanged.len(), parents.len());
    }
}
