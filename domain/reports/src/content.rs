//! What a unit writes into a form.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// What a unit writes into a form. Kept as JSON; fields that a later version adds have defaults.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Content {
    /// "Đánh giá kết quả thực hiện chiến dịch trong phạm vi triển khai".
    pub assessment: String,
    /// "Đề xuất, kiến nghị (nếu có)".
    pub proposals: String,
    /// Figures by row key.
    pub cells: BTreeMap<String, Cell>,
}

/// One figure: declared beside measured. Blank and 0 are not the same.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Cell {
    /// What the unit declares.
    pub declared: Option<i64>,
    /// Whether the unit emptied a figure that was filled in: it then stays blank, whatever is
    /// measured.
    pub is_left_blank: bool,
    /// What the system counted when the cell was last filled.
    pub measured: Option<i64>,
    /// "Ghi chú".
    pub note: String,
    /// Why declared and measured differ.
    pub reason: String,
}

impl Content {
    /// The cell of a row; a blank one where nothing was written.
    pub fn cell(&self, key: &str) -> Cell {
        self.cells.get(key).cloned().unwrap_or_default()
    }
}

impl Cell {
    /// Whether declared and measured are both there and differ.
    pub fn differs(&self) -> bool {
        matches!((self.declared, self.measured), (Some(a), Some(b)) if a != b)
    }
}
