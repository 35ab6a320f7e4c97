//! Tỉnh Nam Lam, as provinces were until 30 June 2025: districts between province and communes.

use super::names::{COMMUNES, DISTRICTS};
use super::{Line, World, WorldUnit, WorldUnitKind};

const DEPARTMENTS: [(&str, &str, u32); 12] = [
    ("H91.02", "Sở Thông tin và Truyền thông tỉnh Nam Lam", 44),
    ("H91.03", "Sở Giáo dục và Đào tạo tỉnh Nam Lam", 61),
    ("H91.04", "Sở Y tế tỉnh Nam Lam", 58),
    ("H91.05", "Sở Nội vụ tỉnh Nam Lam", 66),
    ("H91.06", "Sở Tài chính tỉnh Nam Lam", 62),
    ("H91.07", "Sở Kế hoạch và Đầu tư tỉnh Nam Lam", 49),
    ("H91.08", "Sở Nông nghiệp và Phát triển nông thôn tỉnh Nam Lam", 83),
    ("H91.09", "Sở Tài nguyên và Môi trường tỉnh Nam Lam", 72),
    ("H91.10", "Sở Giao thông vận tải tỉnh Nam Lam", 54),
    ("H91.11", "Sở Khoa học và Công nghệ tỉnh Nam Lam", 37),
    ("H91.12", "Văn phòng Ủy ban nhân dân tỉnh Nam Lam", 55),
    ("H91.13", "Ban Quản lý các khu công nghiệp tỉnh Nam Lam", 29),
];

/// The invented province of 2022: 119 units in three levels below the province.
pub fn province_2022() -> World {
    let root = "H91";
    let mut units = vec![WorldUnit {
        code: root.to_owned(),
        name: "Ủy ban nhân dân tỉnh Nam Lam".to_owned(),
        kind: WorldUnitKind::PeopleCommittee,
        parents: Vec::new(),
        headcount: 22,
        place: "Nam Lam".to_owned(),
    }];
    for (code, name, headcount) in DEPARTMENTS {
        units.push(WorldUnit {
            code: code.to_owned(),
            name: name.to_owned(),
            kind: WorldUnitKind::Department,
            parents: vec![(Line::Territorial, root.to_owned())],
            headcount,
            place: "Nam Lam".to_owned(),
        });
    }
    for (index, name) in DISTRICTS.iter().enumerate() {
        units.push(WorldUnit {
            code: district_code(index),
            name: format!("Ủy ban nhân dân huyện {name}"),
            kind: WorldUnitKind::PeopleCommittee,
            parents: vec![(Line::Territorial, root.to_owned())],
            headcount: headcount(index, 60, 50),
            place: (*name).to_owned(),
        });
    }
    for (index, name) in COMMUNES.iter().enumerate() {
        let district = index % DISTRICTS.len();
        units.push(WorldUnit {
            code: commune_code(index),
            name: format!("Ủy ban nhân dân xã {name}"),
            kind: WorldUnitKind::Commune,
            parents: vec![(Line::Territorial, district_code(district))],
            headcount: headcount(index, 15, 14),
            place: (*name).to_owned(),
        });
    }
    for index in 0..36 {
        let commune = index + index / 2;
        let name = COMMUNES.get(commune).copied().unwrap_or_default();
        let title = ["Trường Mầm non", "Trường Tiểu học", "Trường Trung học cơ sở"]
            .get(index % 3)
            .copied()
            .unwrap_or_default();
        units.push(WorldUnit {
            code: format!("H91.03.{:02}", index + 1),
            name: format!("{title} {name}"),
            kind: WorldUnitKind::School,
            parents: vec![
                (Line::Territorial, commune_code(commune)),
                (Line::Education, "H91.03".to_owned()),
            ],
            headcount: headcount(index, 14, 30),
            place: name.to_owned(),
        });
    }
    World { province: "tỉnh Nam Lam", place: "Nam Lam", units, focal_code: "H91.02".to_owned() }
}

fn district_code(index: usize) -> String {
    format!("H91.{}", 30 + index)
}

fn commune_code(index: usize) -> String {
    format!("{}.{:02}", district_code(index % DISTRICTS.len()), index / DISTRICTS.len() + 1)
}

/// Between `least` and `least + spread`, different from one unit to the next, always the same.
fn headcount(index: usize, least: u32, spread: u32) -> u32 {
    let step = u32::try_from(index).unwrap_or(0).wrapping_mul(13);
    least + step % spread
}
