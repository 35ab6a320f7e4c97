//! Tỉnh Đông Lam, as provinces are since 1 July 2025: communes right below the province.

use super::names::COMMUNES;
use super::{Line, World, WorldUnit, WorldUnitKind};

const DEPARTMENTS: [(&str, &str, u32); 14] = [
    ("H90.02", "Sở Khoa học và Công nghệ tỉnh Đông Lam", 84),
    ("H90.03", "Sở Giáo dục và Đào tạo tỉnh Đông Lam", 76),
    ("H90.04", "Sở Y tế tỉnh Đông Lam", 71),
    ("H90.05", "Sở Nội vụ tỉnh Đông Lam", 93),
    ("H90.06", "Sở Tài chính tỉnh Đông Lam", 118),
    ("H90.07", "Sở Xây dựng tỉnh Đông Lam", 102),
    ("H90.08", "Sở Nông nghiệp và Môi trường tỉnh Đông Lam", 141),
    ("H90.09", "Sở Công Thương tỉnh Đông Lam", 58),
    ("H90.10", "Sở Tư pháp tỉnh Đông Lam", 46),
    ("H90.11", "Sở Văn hóa, Thể thao và Du lịch tỉnh Đông Lam", 63),
    ("H90.12", "Sở Dân tộc và Tôn giáo tỉnh Đông Lam", 38),
    ("H90.13", "Thanh tra tỉnh Đông Lam", 52),
    ("H90.14", "Văn phòng Ủy ban nhân dân tỉnh Đông Lam", 67),
    ("H90.15", "Ban Quản lý các khu công nghiệp tỉnh Đông Lam", 41),
];

const ENTERPRISES: [(&str, &str, &str, u32); 6] = [
    ("H90.15.01", "Công ty TNHH May mặc Bến Sen", "H90.15", 210),
    ("H90.15.02", "Công ty CP Chế biến nông sản Đồng Tre", "H90.15", 95),
    ("H90.15.03", "Công ty TNHH Cơ khí Gò Dừa", "H90.15", 64),
    ("H90.15.04", "Công ty CP Bao bì Vũng Nắng", "H90.15", 48),
    ("H90.15.05", "Công ty TNHH Thực phẩm Suối Quế", "H90.15", 77),
    ("H90.15.06", "Công ty CP Vật liệu Bãi Sim", "H90.15", 39),
];

/// The invented province of 2026: 119 units; schools and clinics stand in two lines.
pub fn province_2026() -> World {
    let root = "H90";
    let mut units = vec![WorldUnit {
        code: root.to_owned(),
        name: "Ủy ban nhân dân tỉnh Đông Lam".to_owned(),
        kind: WorldUnitKind::PeopleCommittee,
        parents: Vec::new(),
        headcount: 25,
        place: "Đông Lam".to_owned(),
    }];
    for (code, name, headcount) in DEPARTMENTS {
        units.push(WorldUnit {
            code: code.to_owned(),
            name: name.to_owned(),
            kind: WorldUnitKind::Department,
            parents: vec![(Line::Territorial, root.to_owned())],
            headcount,
            place: "Đông Lam".to_owned(),
        });
    }
    for (index, name) in COMMUNES.iter().enumerate() {
        let title = if index % 5 == 0 { "phường" } else { "xã" };
        units.push(WorldUnit {
            code: commune_code(index),
            name: format!("Ủy ban nhân dân {title} {name}"),
            kind: WorldUnitKind::Commune,
            parents: vec![(Line::Territorial, root.to_owned())],
            headcount: headcount(index, 22, 40),
            place: (*name).to_owned(),
        });
    }
    for index in 0..28 {
        let commune = index * 2;
        let name = COMMUNES.get(commune).copied().unwrap_or_default();
        let title = ["Trường Tiểu học", "Trường Trung học cơ sở", "Trường Trung học phổ thông"]
            .get(index % 3)
            .copied()
            .unwrap_or_default();
        units.push(WorldUnit {
            code: format!("H90.03.{:02}", index + 1),
            name: format!("{title} {name}"),
            kind: WorldUnitKind::School,
            parents: vec![
                (Line::Territorial, commune_code(commune)),
                (Line::Education, "H90.03".to_owned()),
            ],
            headcount: headcount(index, 18, 45),
            place: name.to_owned(),
        });
    }
    for index in 0..8 {
        let commune = index * 7 + 1;
        let name = COMMUNES.get(commune).copied().unwrap_or_default();
        units.push(WorldUnit {
            code: format!("H90.04.{:02}", index + 1),
            name: format!("Trung tâm Y tế khu vực {name}"),
            kind: WorldUnitKind::Health,
            parents: vec![
                (Line::Territorial, commune_code(commune)),
                (Line::Health, "H90.04".to_owned()),
            ],
            headcount: headcount(index, 30, 60),
            place: name.to_owned(),
        });
    }
    for (code, name, parent, headcount) in ENTERPRISES {
        units.push(WorldUnit {
            code: code.to_owned(),
            name: name.to_owned(),
            kind: WorldUnitKind::Enterprise,
            parents: vec![(Line::Territorial, parent.to_owned())],
            headcount,
            place: "Đông Lam".to_owned(),
        });
    }
    World {
        province: "tỉnh Đông Lam", place: "Đông Lam", units, focal_code: "H90.02".to_owned()
    }
}

fn commune_code(index: usize) -> String {
    format!("H90.{:02}", 20 + index)
}

/// Between `least` and `least + spread`, different from one unit to the next, always the same.
fn headcount(index: usize, least: u32, spread: u32) -> u32 {
    let step = u32::try_from(index).unwrap_or(0).wrapping_mul(17);
    least + step % spread
}
