//! What a document says, before it has a format.

use jiff::civil::Date;
use language::Language;

/// A unit's report, or the sum of many.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    /// Language of the headings of tables. DOCX is Vietnamese whatever it says: an official
    /// document is, and the words of a form are the authority's.
    pub language: Language,
    /// Mark on every page: a document of a demonstration.
    pub marking: Option<String>,
    /// Whether it is not the unit's word yet: DOCX shows "DỰ THẢO".
    pub is_draft: bool,
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
    /// What the report is about.
    pub subject: String,
    /// "Kính gửi:"; empty leaves room to write it by hand.
    pub to: String,
    /// The letter it answers: "Công văn số … ngày … của … về việc …".
    pub in_reply_to: String,
    /// The same without its subject, as the form names it: "Công văn số … ngày … của …".
    pub form_letter: String,
    /// Day until which it was due.
    pub due_on: Option<Date>,
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
    /// What a roll-up has and a single report has not.
    pub roll_up: Option<RollUpPart>,
    /// State of the report in words: "Đã gửi, chờ tiếp nhận".
    pub state: String,
    /// Signature block, one line each: `KT. GIÁM ĐỐC`, `PHÓ GIÁM ĐỐC`.
    pub signer: Vec<String>,
    /// Who signs; empty leaves the name to the person.
    pub signer_name: String,
}

/// One row of the form.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StatementRow {
    /// Key of the row.
    pub key: String,
    /// Column TT.
    pub number: String,
    /// Column Nội dung.
    pub label: String,
    /// Column Số lượng: what is declared.
    pub declared: Option<i64>,
    /// What the figure is a part of: the head count of `25/32`.
    pub of: Option<i64>,
    /// What the system counted.
    pub measured: Option<i64>,
    /// Column Ghi chú.
    pub note: String,
    /// Why declared and measured differ.
    pub reason: String,
}

/// Where the sum of a roll-up comes from, and who is missing in it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RollUpPart {
    /// Units expected to report.
    pub expected: usize,
    /// Units that did.
    pub reported: usize,
    /// Of their reports, those that nobody took note of yet.
    pub not_noted: usize,
    /// Whether the units answer a letter of the issuer itself.
    pub is_of_own_letter: bool,
    /// Each expected unit with its figures, in the order of the codes.
    pub units: Vec<UnitLine>,
    /// Names of units that did not report.
    pub missing: Vec<String>,
    /// Names of units that reported late.
    pub late: Vec<String>,
    /// Names of units that got the letter for coordination or information, acknowledged it, and
    /// are in none of the figures.
    pub informed_beside: Vec<String>,
    /// Assessments and proposals side by side.
    pub opinions: Vec<Opinion>,
}

/// One unit of a roll-up.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UnitLine {
    /// Code.
    pub code: String,
    /// Name.
    pub name: String,
    /// State of its report in words.
    pub state: String,
    /// Figures in the order of the rows.
    pub figures: Vec<Figure>,
}

/// One figure of one unit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Figure {
    /// What the unit declares.
    pub declared: Option<i64>,
    /// What the system counted.
    pub measured: Option<i64>,
}

/// What one unit says in section 1.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
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
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Letter {
    /// Mark on every page.
    pub marking: Option<String>,
    /// Whether it was not sent yet: DOCX shows "DỰ THẢO".
    pub is_draft: bool,
    /// Body above the issuer.
    pub governing_body: String,
    /// The unit whose letter it is.
    pub issuer: String,
    /// Number and code.
    pub number: String,
    /// "V/v …", without these letters.
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
    /// Who signs; empty leaves the name to the person.
    pub signer_name: String,
    /// "Nơi nhận:".
    pub recipients: Vec<String>,
    /// The form to report on, as the letter's appendix.
    pub form: Option<BlankForm>,
}

/// A form to be filled in, as the appendix of a letter.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BlankForm {
    /// Its title.
    pub title: String,
    /// Remark on its origin, where it is not the authority's.
    pub remark: String,
    /// Columns TT and Nội dung of each row.
    pub rows: Vec<(String, String)>,
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
            ..StatementRow::default()
        };
        let informed = "Tổng số cơ quan, tổ chức, doanh nghiệp nhận được thông tin về chiến dịch";
        let launched = "Tổng số cơ quan, tổ chức triển khai chiến dịch";
        let mut rows = vec![
            row("informed", "1", informed, Some(1_204), Some(1_204)),
            row("launched", "2", launched, Some(3), Some(2)),
        ];
        if let Some(row) = rows.last_mut() {
            "Trường mầm non Hoa Sen phát động bằng văn bản giấy".clone_into(&mut row.reason);
        }
        let letter = "Công văn số 12/SKHCN-CĐS ngày 03 tháng 8 năm 2026 của Sở Khoa học và Công nghệ tỉnh Đông Lam";
        Self {
            language: Language::Vi,
            marking: Some("TÀI LIỆU MINH HỌA – KHÔNG CÓ GIÁ TRỊ PHÁP LÝ".to_owned()),
            is_draft: false,
            governing_body: String::new(),
            issuer: "Ủy ban nhân dân xã Bến Sen".to_owned(),
            issuer_code: "H90.39".to_owned(),
            place: "Bến Sen".to_owned(),
            date: Date::new(2026, 9, 5).ok(),
            subject: "Kết quả triển khai chiến dịch làm sạch mã độc trên không gian mạng năm 2026"
                .to_owned(),
            to: "Sở Khoa học và Công nghệ tỉnh Đông Lam".to_owned(),
            in_reply_to: format!(
                "{letter} về việc triển khai chiến dịch làm sạch mã độc trên không gian mạng"
            ),
            form_letter: letter.to_owned(),
            due_on: Date::new(2026, 9, 21).ok(),
            form_title: "Mẫu thống kê, báo cáo kết quả triển khai".to_owned(),
            form_remark: String::new(),
            assessment: "Đơn vị đã phổ biến chiến dịch đến toàn thể cán bộ, công chức và các \
                         trường học trên địa bàn.\nCác máy tính có kết nối đến địa chỉ độc hại \
                         đã được kiểm tra, xử lý."
                .to_owned(),
            proposals: "Đề nghị hỗ trợ kiểm tra camera giám sát.".to_owned(),
            rows,
            roll_up: None,
            state: "Đã gửi, chờ tiếp nhận".to_owned(),
            signer: vec!["TM. ỦY BAN NHÂN DÂN".to_owned(), "CHỦ TỊCH".to_owned()],
            signer_name: String::new(),
        }
    }

    /// A small roll-up for documentation and tests: 18 of 20 units reported.
    pub fn example_roll_up() -> Self {
        let units: Vec<UnitLine> = (1_i64..=20)
            .map(|n| {
                let has_reported = n != 7 && n != 19;
                let given = |value: i64| has_reported.then_some(value);
                let measured = |value: i64| has_reported.then_some(value);
                UnitLine {
                    code: format!("H90.{n:02}"),
                    name: format!("Ủy ban nhân dân xã Minh Họa {n}"),
                    state: if has_reported {
                        "Đã tiếp nhận"
                    } else {
                        "Chưa gửi báo cáo"
                    }
                    .to_owned(),
                    figures: vec![
                        Figure { declared: given(n + 100), measured: measured(n + 100) },
                        Figure { declared: given(n), measured: measured(n - n % 2) },
                    ],
                }
            })
            .collect();
        let missing = |line: &&UnitLine| line.figures.iter().all(|it| it.declared.is_none());
        let names = units.iter().filter(missing).map(|it| it.name.clone()).collect();
        let mut statement = Self::example();
        for (index, row) in statement.rows.iter_mut().enumerate() {
            let of = |pick: fn(&Figure) -> Option<i64>| {
                units.iter().filter_map(|it| pick(it.figures.get(index)?)).sum()
            };
            row.declared = Some(of(|it| it.declared));
            row.measured = Some(of(|it| it.measured));
            row.reason.clear();
            "Cộng từ báo cáo của 18 đơn vị.".clone_into(&mut row.note);
        }
        let opinion = |n: usize, proposals: &str, answer: &str| Opinion {
            unit: format!("Ủy ban nhân dân xã Minh Họa {n}"),
            assessment: "Đã phổ biến đến các cơ quan, trường học trên địa bàn.".to_owned(),
            proposals: proposals.to_owned(),
            answer: answer.to_owned(),
        };
        Self {
            governing_body: "Ủy ban nhân dân tỉnh Đông Lam".to_owned(),
            issuer: "Sở Khoa học và Công nghệ tỉnh Đông Lam".to_owned(),
            issuer_code: "H90".to_owned(),
            place: "Đông Lam".to_owned(),
            subject: "Tổng hợp kết quả triển khai chiến dịch làm sạch mã độc trên không gian \
                      mạng năm 2026"
                .to_owned(),
            to: "Ủy ban nhân dân tỉnh Đông Lam".to_owned(),
            assessment: String::new(),
            proposals: String::new(),
            roll_up: Some(RollUpPart {
                expected: units.len(),
                reported: 18,
                not_noted: 2,
                is_of_own_letter: true,
                units,
                missing: names,
                late: vec!["Ủy ban nhân dân xã Minh Họa 3".to_owned()],
                informed_beside: vec!["Trung tâm Chuyển đổi số tỉnh".to_owned()],
                opinions: vec![
                    opinion(
                        1,
                        "Đề nghị hỗ trợ kiểm tra camera giám sát.",
                        "Trung tâm Chuyển đổi số hướng dẫn trong tháng 10.",
                    ),
                    opinion(2, "", ""),
                    opinion(3, "Đề nghị cấp kinh phí thay máy tính cũ.", ""),
                ],
            }),
            signer: vec!["KT. GIÁM ĐỐC".to_owned(), "PHÓ GIÁM ĐỐC".to_owned()],
            ..statement
        }
    }
}

impl Letter {
    /// A small letter for documentation and tests, after the letter of 2022: names invented.
    pub fn example() -> Self {
        let texts = |texts: &[&str]| texts.iter().map(|it| (*it).to_owned()).collect::<Vec<_>>();
        let form = Statement::example();
        Self {
            marking: form.marking.clone(),
            is_draft: false,
            governing_body: "Ủy ban nhân dân tỉnh Đông Lam".to_owned(),
            issuer: "Sở Khoa học và Công nghệ".to_owned(),
            number: "12/SKHCN-CĐS".to_owned(),
            subject: "triển khai chiến dịch làm sạch mã độc trên không gian mạng năm 2026"
                .to_owned(),
            place: "Đông Lam".to_owned(),
            date: Date::new(2026, 2, 3).ok(),
            to: texts(&[
                "Các sở, ban, ngành tỉnh",
                "Ban Quản lý các khu công nghiệp tỉnh",
                "Ủy ban nhân dân các xã, phường",
            ]),
            opening: texts(&[
                "Thực hiện Công văn số 1298/CATTT-NCSC ngày 23/8/2022 của Cục An toàn thông tin về \
                 việc triển khai chiến dịch làm sạch mã độc trên không gian mạng, Sở Khoa học và \
                 Công nghệ đề nghị các cơ quan, đơn vị, địa phương thực hiện các nội dung sau:",
            ]),
            tasks: texts(&[
                "Theo dõi thông tin và các công cụ xử lý mã độc của chiến dịch; phát động chiến \
                 dịch đến các cơ quan, tổ chức trong phạm vi quản lý, hỗ trợ của mình; tuyên \
                 truyền về rủi ro của phần mềm bẻ khóa, không bản quyền.",
                "Chủ động giám sát, rà soát, xử lý các máy tính, thiết bị có kết nối đến các địa \
                 chỉ độc hại đã được công bố trong phạm vi chiến dịch.",
                "Thống kê, báo cáo kết quả về Sở Khoa học và Công nghệ trước ngày 22/9/2026 theo \
                 mẫu tại Phụ lục kèm theo.",
            ]),
            closing: texts(&[
                "Trong quá trình triển khai, nếu có khó khăn, vướng mắc, đề nghị liên hệ đầu mối \
                 hỗ trợ của Sở Khoa học và Công nghệ để được hướng dẫn./.",
            ]),
            signer: texts(&["KT. GIÁM ĐỐC", "PHÓ GIÁM ĐỐC"]),
            signer_name: String::new(),
            recipients: texts(&[
                "Như trên",
                "Trung tâm Chuyển đổi số tỉnh (để phối hợp)",
                "Lưu: VT, CĐS",
            ]),
            form: Some(BlankForm {
                title: form.form_title,
                remark: String::new(),
                rows: form.rows.into_iter().map(|row| (row.number, row.label)).collect(),
            }),
        }
    }
}
