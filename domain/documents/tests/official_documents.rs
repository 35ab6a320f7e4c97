//! What stands in the DOCX, read without the library that wrote it. The rules: Decree
//! 30/2020/NĐ-CP, appendix I.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "test helpers may panic")]

mod common;

use common::{member, outline, table_rows};
use documents::{Letter, RollUpPart, Statement, UnitLine, letter_to_docx, to_docx};

#[test]
fn a_letter_has_the_parts_of_the_decree() {
    insta::assert_snapshot!(outline(&letter_to_docx(&Letter::example()).unwrap()));
}

#[test]
fn a_report_has_the_form_of_the_letter_as_its_appendix() {
    insta::assert_snapshot!(outline(&to_docx(&Statement::example()).unwrap()));
}

#[test]
fn a_roll_up_names_who_is_missing_and_shows_measured_beside_declared() {
    insta::assert_snapshot!(outline(&to_docx(&Statement::example_roll_up()).unwrap()));
}

#[test]
fn the_font_is_times_new_roman_and_the_mark_stands_on_every_page() {
    let docx = to_docx(&Statement::example()).unwrap();
    assert!(member(&docx, "word/styles.xml").contains("w:ascii=\"Times New Roman\""));
    let (first, later) = (member(&docx, "word/header1.xml"), member(&docx, "word/header2.xml"));
    let mark = "TÀI LIỆU MINH HỌA – KHÔNG CÓ GIÁ TRỊ PHÁP LÝ";
    assert!(first.contains(mark) && later.contains(mark));
    // The page number is in the top margin from the second page on.
    assert!(!first.contains("PAGE") && later.contains("PAGE"));
    let rels = member(&docx, "word/_rels/document.xml.rels");
    assert!(rels.contains("rIdHeader1") && rels.contains("rIdHeader2"));

    let mut real = Statement::example();
    real.marking = None;
    let docx = to_docx(&real).unwrap();
    let all = ["document", "header1", "header2"].map(|it| member(&docx, &format!("word/{it}.xml")));
    assert!(all.iter().all(|xml| !xml.contains("MINH HỌA")));
}

#[test]
fn the_heading_does_not_say_the_place_twice() {
    let check = |governing: &str, issuer: &str, expected: &str| {
        let mut statement = Statement::example();
        governing.clone_into(&mut statement.governing_body);
        issuer.clone_into(&mut statement.issuer);
        let outline = outline(&to_docx(&statement).unwrap());
        let heading = outline.lines().next().unwrap().to_owned();
        assert!(heading.starts_with(&format!("| {expected} // ——— |")), "{heading}");
    };
    let province = "Ủy ban nhân dân tỉnh Đông Lam";
    let above = "ỦY BAN NHÂN DÂN // TỈNH ĐÔNG LAM //";
    check(province, "Sở Y tế tỉnh Đông Lam", &format!("{above} SỞ Y TẾ"));
    check(province, "Sở Y tế Đông Lam", &format!("{above} SỞ Y TẾ"));
    check(
        province,
        "Trường Chính trị tỉnh Đông Lam",
        &format!("{above} TRƯỜNG CHÍNH TRỊ TỈNH ĐÔNG LAM"),
    );
    check(province, "Báo Đông Lam", &format!("{above} BÁO ĐÔNG LAM"));
    check(province, "Sở Tây Đông Lam ", &format!("{above} SỞ TÂY"));
    check(
        "Ủy ban nhân dân xã Bến Sen",
        "Trạm Y tế xã Bến Sen",
        "ỦY BAN NHÂN DÂN // XÃ BẾN SEN // TRẠM Y TẾ",
    );
    check("", "Ủy ban nhân dân xã Bến Sen", "ỦY BAN NHÂN DÂN // XÃ BẾN SEN");
    check("Bộ Y tế", "Cục Y tế dự phòng", "BỘ Y TẾ // CỤC Y TẾ DỰ PHÒNG");
}

#[test]
fn a_roll_up_goes_to_whom_it_is_for_and_ends_like_a_document() {
    let outline_of = |change: &dyn Fn(&mut Statement, &mut RollUpPart)| {
        let mut statement = Statement::example_roll_up();
        let mut part = statement.roll_up.take().unwrap();
        change(&mut statement, &mut part);
        statement.roll_up = Some(part);
        outline(&to_docx(&statement).unwrap())
    };
    let own = outline_of(&|_, _| {});
    assert!(own.contains("Kính gửi: Ủy ban nhân dân tỉnh Đông Lam"), "{own}");
    assert!(
        own.contains("Trên cơ sở báo cáo của các cơ quan, đơn vị theo Công văn số 12"),
        "{own}"
    );
    assert!(own.contains("để xem xét, chỉ đạo./.\n"), "{own}");
    assert!(own.contains("- Như trên; // - Trung tâm Chuyển đổi số tỉnh; // - Lưu: VT."), "{own}");
    let below = outline_of(&|statement, part| {
        part.is_of_own_letter = false;
        "Sở Khoa học và Công nghệ".clone_into(&mut statement.to);
    });
    assert!(below.contains("Thực hiện Công văn số 12"), "{below}");
    assert!(below.contains("báo cáo Sở Khoa học và Công nghệ để tổng hợp./.\n"), "{below}");
    let nobody = outline_of(&|statement, part| {
        statement.to.clear();
        part.informed_beside = (0..9).map(|n| format!("Trung tâm {n}")).collect();
    });
    assert!(nobody.contains("Kính gửi: …") && nobody.contains("trân trọng báo cáo./."), "{nobody}");
    assert!(nobody.contains("- Các cơ quan, đơn vị phối hợp;"), "{nobody}");
}

#[test]
fn a_draft_says_so() {
    let mut statement = Statement::example();
    assert!(!outline(&to_docx(&statement).unwrap()).contains("DỰ THẢO"));
    statement.is_draft = true;
    assert!(outline(&to_docx(&statement).unwrap()).contains("DỰ THẢO"));
}

#[test]
fn small_days_and_months_have_a_zero() {
    let check = |(year, month, day), expected: &str| {
        let mut statement = Statement::example();
        statement.date = jiff::civil::Date::new(year, month, day).ok();
        assert!(outline(&to_docx(&statement).unwrap()).contains(expected), "{expected}");
    };
    check((2026, 1, 5), "Bến Sen, ngày 05 tháng 01 năm 2026");
    check((2026, 2, 28), "Bến Sen, ngày 28 tháng 02 năm 2026");
    check((2026, 9, 5), "Bến Sen, ngày 05 tháng 9 năm 2026");
}

#[test]
fn words_of_people_arrive_whole_and_harmless() {
    let mut statement = Statement::example();
    let name = "Xã <b>&amp; \"Bến\u{0}\u{1b} Sen\" 👍 Ho\u{300}a\u{202e}";
    name.clone_into(&mut statement.issuer);
    "Dòng 1\r\nDòng 2 ]]> <w:p/>\u{ffff}".clone_into(&mut statement.assessment);
    statement.rows[0].note = "=1+1\nhai dòng".to_owned();
    let outline = outline(&to_docx(&statement).unwrap());
    for expected in [
        "- Tên đơn vị: Xã <b>&amp; \"Bến Sen\" 👍 Hòa",
        "triển khai: Dòng 1\n",
        "] Dòng 2 ]]> <w:p/>\n",
        "=1+1 / hai dòng",
    ] {
        assert!(outline.contains(expected), "{expected}\n{outline}");
    }
}

#[test]
fn three_thousand_units_and_long_names_are_listed_one_by_one() {
    let mut statement = Statement::example_roll_up();
    let part = statement.roll_up.as_mut().unwrap();
    let long = "Trung tâm dịch vụ sự nghiệp công lập đa ngành ".repeat(6);
    part.units = (0..3_000)
        .map(|n| UnitLine {
            code: format!("H90.{n}"),
            name: format!("{long}{n}"),
            state: "Chưa gửi báo cáo".to_owned(),
            figures: Vec::new(),
        })
        .collect();
    part.missing = part.units.iter().map(|it| it.name.clone()).collect();
    (part.expected, part.reported, part.not_noted) = (3_000, 0, 0);
    let docx = to_docx(&statement).unwrap();
    assert!(docx.len() < 1_000_000, "{} bytes", docx.len());
    let rows = table_rows(&docx);
    assert_eq!(rows.iter().filter(|row| row[1].ends_with(" 2999")).count(), 2);
    let outline = outline(&docx);
    assert!(
        outline
            .contains("0/3.000 đơn vị đã báo cáo; còn thiếu 3.000 đơn vị, có tên tại Phụ lục I.")
    );
}

#[test]
fn the_same_statement_gives_the_same_bytes() {
    let statement = Statement::example_roll_up();
    assert_eq!(to_docx(&statement).unwrap(), to_docx(&statement).unwrap());
}

#[test]
fn a_roll_up_of_nobody_is_still_a_document() {
    let mut statement = Statement::example_roll_up();
    statement.roll_up = Some(RollUpPart::default());
    statement.rows.clear();
    assert!(outline(&to_docx(&statement).unwrap()).contains("0/0 đơn vị đã báo cáo."));
}

#[test]
fn rows_stay_together_unless_one_is_long_and_heads_are_repeated() {
    let rows = |docx: &[u8]| {
        let xml = member(docx, "word/document.xml");
        let rows: Vec<String> = xml.split("<w:tr>").skip(1).map(str::to_owned).collect();
        rows
    };
    let together = |row: &String| row.contains("<w:cantSplit />");
    let all = rows(&to_docx(&Statement::example_roll_up()).unwrap());
    assert!(all.len() > 25 && all.iter().all(together), "{}", all.len());
    assert!(rows(&to_docx(&Statement::example()).unwrap()).iter().all(together));
    assert_eq!(all.iter().filter(|it| it.contains("<w:tblHeader />")).count(), 3);

    let mut statement = Statement::example_roll_up();
    let opinions = &mut statement.roll_up.as_mut().unwrap().opinions;
    opinions[0].assessment = "Một câu dài. ".repeat(20);
    opinions[1].assessment = "Một câu dài. ".repeat(200);
    let all = rows(&to_docx(&statement).unwrap());
    let apart: Vec<_> = all.iter().filter(|it| !together(it)).collect();
    assert_eq!(apart.len(), 1);
    assert!(apart[0].contains("Minh Họa 2<"), "{}", apart[0]);
}

#[test]
fn the_approver_stands_below_the_post_and_the_appendix_says_what_it_holds() {
    let mut statement = Statement::example();
    "Nguyễn Thị Minh Họa".clone_into(&mut statement.signer_name);
    let docx = to_docx(&statement).unwrap();
    let outline = outline(&docx);
    assert!(outline.contains("CHỦ TỊCH // Nguyễn Thị Minh Họa |"), "{outline}");
    let appendix = outline.split("] Phụ lục\n").nth(1).unwrap();
    let title = appendix.lines().next().unwrap();
    assert!(title.ends_with("THÔNG TIN, SỐ LIỆU VỀ KẾT QUẢ TRIỂN KHAI"), "{title}");
    assert!(appendix.contains("(Kèm theo Báo cáo số"), "{appendix}");
    assert!(appendix.contains("(Theo mẫu thống kê, báo cáo kết quả triển khai kèm theo Công văn"));
}

#[test]
fn a_roll_up_says_how_many_reports_are_not_taken_note_of() {
    let outline_of = |not_noted| {
        let mut statement = Statement::example_roll_up();
        statement.roll_up.as_mut().unwrap().not_noted = not_noted;
        outline(&to_docx(&statement).unwrap())
    };
    let some = outline_of(16);
    let share = "18/20 đơn vị đã báo cáo, trong đó 16 báo cáo chưa được tiếp nhận; còn thiếu:";
    assert!(some.contains(share), "{some}");
    assert!(outline_of(0).contains("18/20 đơn vị đã báo cáo; còn thiếu:"));
}
