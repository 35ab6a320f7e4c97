//! Passing the letter on.

use axum::http::StatusCode;

use crate::assert_is_whole;
use crate::story::{Story, done};

#[tokio::test]
async fn a_refused_deadline_is_told_on_the_form_with_everything_that_was_filled_in() {
    let mut story = Story::written().await;
    story.launch().await;
    let (letter, school) = (story.of("letter", "H90.61"), story.world.unit("H90.61.1"));
    let fields = [
        ("units", school.as_str()),
        ("cover_text", "Đề nghị trường làm ngay."),
        ("letter_number", "45/UBND-VX"),
        ("deadline_phrase", "at-latest"),
        ("deadline_on", "2026-09-25"),
    ];
    let refused = story.officer.post(&format!("{letter}/pass-on"), &fields).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_is_whole(&refused, "a refused deadline");
    let text = &refused.text;
    assert!(text.contains("<a href=\"#deadline_on\">Hạn riêng muộn hơn hạn của công văn trên."));
    assert!(text.contains(&format!("value=\"{school}\" checked")), "the receiver stays chosen");
    assert!(text.contains(">Đề nghị trường làm ngay.</textarea>"));
    assert!(text.contains("value=\"45/UBND-VX\"") && text.contains("value=\"2026-09-25\""));
    assert!(text.contains("<option value=\"at-latest\" selected>"));

    // Who is not chosen does not come back chosen.
    let refused = story.officer.post(&format!("{letter}/pass-on"), &fields[1..3]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.text.contains("<a href=\"#units\">Chưa chọn đơn vị nào.</a>"));
    assert!(!refused.text.contains(&format!("value=\"{school}\" checked")));
}

#[tokio::test]
async fn a_letter_that_a_unit_has_from_elsewhere_is_said_to_be_for_information() {
    let mut story = Story::written().await;
    let receivers = ["H90.61", "H90.22"].map(|code| story.world.unit(code) + ":action");
    let receivers = [("receivers", receivers[0].as_str()), ("receivers", receivers[1].as_str())];
    let to = story.of("receivers", "H90.21");
    done(&story.coordinator.post(&to, &receivers).await, "?notice=receivers-saved");
    let to = story.of("launch", "H90.21");
    done(&story.coordinator.post(&to, &[]).await, "?notice=campaign-launched");

    // The department's line is first; the ward passes the letter on once more.
    let mut education = story.world.visitor("giao.duc").await;
    let (department, ward) = (story.of("letter", "H90.22"), story.of("letter", "H90.61"));
    let school = story.world.unit("H90.61.1");
    let informed = "chỉ để biết: đã nhận công văn này để thực hiện từ Sở Giáo dục và Đào tạo";
    assert!(!education.get(&department).await.text.contains("chỉ để biết"));
    let first = [("units", school.as_str())];
    done(&education.post(&format!("{department}/pass-on"), &first).await, "?notice=passed-on");
    let before = story.officer.get(&ward).await;
    assert!(before.text.contains(informed), "{}", before.text);
    assert!(before.text.contains("Hạn riêng chỉ áp dụng cho đơn vị nhận để thực hiện."));

    let again = [("units", school.as_str()), ("deadline_on", "2026-09-10")];
    done(&story.officer.post(&format!("{ward}/pass-on"), &again).await, "?notice=passed-on");
    let after = story.officer.get(&ward).await;
    assert_is_whole(&after, "a letter passed on");
    assert!(after.text.contains(informed), "{}", after.text);

    let mut receiver = story.world.visitor("truong").await;
    let letter = receiver.get(&story.of("letter", "H90.61.1")).await;
    assert_is_whole(&letter, "a letter that came twice");
    for words in [
        "Công văn do Ủy ban nhân dân phường Bình Minh chuyển đến là để biết",
        "để thực hiện từ Sở Giáo dục và Đào tạo, báo cáo cho Sở Giáo dục và Đào tạo",
        "Hạn hết ngày 10/9/2026 do Ủy ban nhân dân phường Bình Minh ghi không áp dụng",
    ] {
        assert!(letter.text.contains(words), "{words}: {}", letter.text);
    }
}
