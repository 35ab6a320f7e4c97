//! What a document says, before it has a format.

use jiff::civil::Date;
use language::Language;
use serde::Serialize;

/// A unit's report, or the sum of many.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Statement {
    /// Language of the headings; the authority's words stay Vietnamese.
    #[serde(skip)]
    pub language: Language,
    /// Mark on every page: a document of a demonstration.
    pub marking: Option<String>,
    /// Body above the issuer; empty when there is none.
    pub governing_body: String,
    /// The unit whose document it is.
    pub issuer: String,
    /// Its code.
    pub issuer_code: String,
    /// Place beside the date.
    pub place: String,
    /// Date; `None` leaves it to be filled in by hand.
    pub date: Option<Date>,
    /// "về việc …": what the report is about.
    pub subject: String,
    /// "Kính gửi:".
    pub to: String,
    /// The letter it answers: number, date, subject.
    pub in_reply_to: String,
    /// Title of the form, and whose form it is.
    pub form_title: String,
    /// Remark on the form's origin, where it is not the authority's.
    pub form_remark: String,
    /// "Đánh giá kết quả thực hiện chiến dịch trong phạm vi triển khai".
    pub assessment: String,
    /// "Đề xuất, kiến nghị (nếu có)".
    pub proposals: String,
    /// Figures.
    pub rows: Vec<StatementRow>,
    /// For a roll-up: units expected to report, 0 for a single report.
    pub expected: usize,
    /// For a roll-up: units that reported.
    pub reported: usize,
    /// For a roll-up: each unit with its figures, in the order of the codes.
    pub units: Vec<UnitLine>,
    /// For a roll-up: names of units that did not report.
    pub missing: Vec<String>,
    /// For a roll-up: names of units that reported late.
    pub late: Vec<String>,
    /// For a roll-up: assessments and proposals side by side.
    pub opinions: Vec<Opinion>,
    /// State of the report in words: "Đã gửi".
    pub state: String,
    /// Signature block, one line each: `KT. GIÁM ĐỐC`, `PHÓ GIÁM ĐỐC`; the name stays blank.
    pub signer: Vec<String>,
}

/// One row of the form.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct StatementRow {
    /// Key of the row.
    pub key: String,
    /// Column TT.
    pub number: String,
    /// Column Nội dung.
    pub label: String,
    /// Column Số lượng: what is declared.
    pub declared: Option<i64>,
    /// What the system counted.
    pub measured: Option<i64>,
    /// Column Ghi chú, with the reason for a difference.
    pub note: String,
}

/// One unit of a roll-up.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct UnitLine {
    /// Code.
    pub code: String,
    /// Name.
    pub name: String,
    /// State of its report in words.
    pub state: String,
    /// Declared figures, in the order of the rows.
    pub declared: Vec<Option<i64>>,
}

/// What one unit says in section 1.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Opinion {
    /// The unit.
    pub unit: String,
    /// Its assessment.
    pub assessment: String,
    /// Its proposals.
    pub proposals: String,
    /// The answer, with its owner; empty while there is none.
    pub answer: String,
}

/// A letter: "công văn".
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Letter {
    /// Mark on every page.
    pub marking: Option<String>,
    /// Body above the issuer.
    pub governing_body: String,
    /// The unit whose letter it is.
    pub issuer: String,
    /// Number and code.
    pub number: String,
    /// "V/v …".
    pub subject: String,
    /// Place beside the date.
    pub place: String,
    /// Date.
    pub date: Option<Date>,
    /// "Kính gửi:", one addressee each.
    pub to: Vec<String>,
    /// Paragraphs before the tasks.
    pub opening: Vec<String>,
    /// Numbered tasks.
    pub tasks: Vec<String>,
    /// Paragraphs behind the tasks.
    pub closing: Vec<String>,
    /// Signature block.
    pub signer: Vec<String>,
    /// "Nơi nhận:".
    pub recipients: Vec<String>,
}

impl Statement {
    /// A small report for documentation and tests: invented throughout.
    pub fn example() -> Self {
        let row = |key: &str, number: &str, label: &str, declared, measured| StatementRow {
            key: key.to_owned(),
            number: number.to_owned(),
            label: label.to_owned(),
            declared,
            measured,
            note: String::new(),
        };
        Self {
            language: Language::Vi,
            marking: Some("TÀI LIỆU MINH HỌA – KHÔNG CÓ GIÁ TRỊ PHÁP LÝ".to_owned()),
            governing_body: "Ủy ban nhân dân tỉnh Đông Lam".to_owned(),
            issuer: "Ủy ban nhân dân xã Bến Sen".to_owned(),
            issuer_code: "H90.39".to_owned(),
            place: "Bến Sen".to_owned(),
            date: Date::new(2026, 9, 5).ok(),
            subject: "Kết quả triển khai chiến dịch làm sạch mã độc".to_owned(),
            to: "Sở Khoa học và Công nghệ tỉnh Đông Lam".to_owned(),
            in_reply_to: "Công văn số 12/SKHCN-CĐS ngày 03/8/2026".to_owned(),
            form_title: "Mẫu thống kê, báo cáo kết quả triển khai".to_owned(),
            form_remark: String::new(),
            assessment: "Đơn vị đã phổ biến chiến dịch đến toàn thể cán bộ.".to_owned(),
            proposals: "Đề nghị hỗ trợ kiểm tra camera.".to_owned(),
            rows: vec![
                row(
                    "informed",
                    "1",
                    "Tổng số cơ quan, tổ chức, doanh nghiệp nhận được thông tin về chiến dịch",
                    Some(4),
                    Some(4),
                ),
                row(
                    "launched",
                    "2",
                    "Tổng số cơ quan, tổ chức triển khai chiến dịch",
                    Some(3),
                    Some(2),
                ),
            ],
            expected: 0,
            reported: 0,
            units: Vec::new(),
            missing: Vec::new(),
            late: Vec::new(),
            opinions: Vec::new(),
            state: "Đã gửi".to_owned(),
            signer: vec!["CHỦ TỊCH".to_owned()],
        }
    }
}
