//! Logs, devices and cases in a browser without scripts: what is refused says so where it was given.

use std::io::{Cursor, Write as _};

use axum::http::StatusCode;
use simulation::demo_list;

use crate::story::{Story, done};
use crate::visitor::{Answer, Visitor};
use crate::{assert_is_whole, walk};

/// A BIND query log: device, name.
fn log(queries: &[(&str, &str)]) -> Vec<u8> {
    let line = |(device, name): &(&str, &str)| {
        format!(
            "04-Aug-2026 08:00:00.000 queries: info: client @0x7f {device}#4000 ({name}): \
             query: {name} IN A + (10.0.0.1)\n"
        )
    };
    queries.iter().map(line).collect::<String>().into_bytes()
}

/// A name of the campaign's list.
fn bad() -> String {
    let list = String::from_utf8(demo_list(1)).unwrap();
    list.lines().nth(1).unwrap().split(',').next().unwrap().to_owned()
}

async fn send(story: &mut Story, site: &str, files: &[(&str, &[u8])]) -> Answer {
    let to = story.of("logs", "H90.61");
    let files: Vec<_> = files.iter().map(|(name, bytes)| ("log", *name, *bytes)).collect();
    story.officer.upload(&to, &[("site", site)], &files).await
}

async fn started() -> Story {
    let mut story = Story::written().await;
    story.launch().await;
    story
}

#[tokio::test]
async fn every_file_of_an_upload_is_listed_with_what_became_of_it() {
    let mut story = started().await;
    let bad = bad();
    let first = log(&[("10.0.0.5", &bad), ("10.0.0.6", &bad), ("10.0.0.6", "tot.example")]);
    let sent = send(&mut story, "Trụ sở", &[("dns.log", &first)]).await;
    done(&sent, "&notice=log-checked");
    let shown = story.officer.get(&sent.location).await;
    assert_is_whole(&shown, "logs, just checked");
    assert!(
        shown.text.contains("Đã đọc 3 dòng, có 2 phát hiện trên 2 thiết bị."),
        "{}",
        shown.text
    );
    assert!(shown.text.contains("2 thiết bị với 2 lượt ghi nhận kết nối."));
    assert!(shown.text.contains("giữ 90 ngày"), "how long lines are kept");
    assert!(shown.text.contains("Địa điểm: Trụ sở"), "the site beside the device");

    // The same content under another site, and an empty file: nothing is lost, each says why.
    let files: [(&str, &[u8]); 2] = [("ban-sao.log", &first), ("rong.log", b"")];
    let refused = send(&mut story, "Nhà văn hóa", &files).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_is_whole(&refused, "logs, refused");
    assert!(refused.text.contains("<strong>ban-sao.log</strong>: "), "{}", refused.text);
    assert!(refused.text.contains("với tên “dns.log” cho địa điểm “Trụ sở”"), "{}", refused.text);
    assert!(refused.text.contains("<strong>rong.log</strong>: Tệp rỗng"), "{}", refused.text);
    assert!(refused.text.contains("value=\"Nhà văn hóa\""), "the site as it was typed");
    let shown = story.officer.get(&story.of("logs", "H90.61")).await;
    assert!(shown.text.contains("<span class=\"badge warn\">Tệp rỗng</span>"), "{}", shown.text);
}

#[tokio::test]
async fn every_log_in_an_uploaded_zip_is_listed_with_what_became_of_it() {
    let mut story = started().await;
    let (bad, mut zip) = (bad(), zip::ZipWriter::new(Cursor::new(Vec::new())));
    let first = log(&[("10.0.0.5", &bad), ("10.0.0.6", "tot.example")]);
    let second = log(&[("10.0.0.7", &bad)]);
    let options = zip::write::SimpleFileOptions::default();
    for (name, bytes) in [("dns/a.log", &first), ("dns/b.log", &second)] {
        zip.start_file(name, options).unwrap();
        zip.write_all(bytes).unwrap();
    }
    let whole = zip.finish().unwrap().into_inner();
    let sent = send(&mut story, "Trụ sở", &[("nhat-ky.zip", &whole)]).await;
    done(&sent, "&notice=log-checked");
    let shown = story.officer.get(&sent.location).await;
    assert_is_whole(&shown, "logs, a zip just checked");
    for (name, lines) in [("a", 2), ("b", 1)] {
        let told = format!(
            "<strong>nhat-ky.zip/dns/{name}.log</strong>: Đã đọc {lines} dòng, có 1 phát hiện trên 1 thiết bị."
        );
        assert!(shown.text.contains(&told), "{}", shown.text);
    }
    assert_eq!(story.cases().await.len(), 2);
    // One of them again, by itself: it is known.
    let again = send(&mut story, "Trụ sở", &[("a.log", &first)]).await;
    done(&again, "&notice=log-checked");
    assert_eq!(story.cases().await.len(), 2);

    let cut = &whole[..whole.len() - 40];
    let refused = send(&mut story, "Trụ sở", &[("nhat-ky.zip", cut)]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        refused.text.contains("<strong>nhat-ky.zip</strong>: Tệp nén bị thiếu"),
        "{}",
        refused.text
    );
}

#[tokio::test]
async fn a_log_is_taken_back_behind_a_question() {
    let mut story = started().await;
    let bad = bad();
    send(&mut story, "Trụ sở", &[("dns.log", &log(&[("10.0.0.5", &bad)]))]).await;
    let page = story.of("logs", "H90.61");
    let shown = story.officer.get(&page).await;
    let ask = shown.links().into_iter().find(|it| it.ends_with("/take-back")).unwrap();
    for other in [&mut story.coordinator, &mut story.leader] {
        assert_eq!(other.get(&ask).await.status, StatusCode::FORBIDDEN);
    }
    let asked = story.officer.get(&ask).await;
    assert_is_whole(&asked, "before a log is taken back");
    assert!(asked.text.contains("Hồ sơ số 1"), "{}", asked.text);
    assert_eq!(story.cases().await.len(), 1, "asking changes nothing");
    done(&story.officer.post(&ask, &[]).await, "?notice=log-taken-back");
    assert!(story.cases().await.is_empty());
    assert_eq!(story.officer.post(&ask, &[]).await.status, StatusCode::NOT_FOUND);
    walk(&mut story.officer, "officer, a log taken back").await;
}

/// The value of the device to choose by what is said of it.
fn choice(shown: &Answer, label: &str) -> String {
    let options = shown.text.split("<option value=\"").skip(1);
    let option = options.into_iter().find(|it| it.contains(&format!(">{label}")));
    option.unwrap().split('"').next().unwrap().to_owned()
}

async fn open(visitor: &mut Visitor, case: &str, what: &str) -> Answer {
    let shown = visitor.get(case).await;
    assert_is_whole(&shown, what);
    shown
}

#[tokio::test]
async fn devices_are_merged_and_split_from_the_page_of_a_case() {
    let mut story = started().await;
    let bad = bad();
    let both = log(&[("10.0.0.5", &bad), ("10.0.0.6", &bad)]);
    send(&mut story, "Trụ sở", &[("dns.log", &both)]).await;
    let cases = story.cases().await;
    let shown = open(&mut story.officer, &cases[0], "a case").await;
    let (other, label) = if shown.text.contains("</a> 10.0.0.6") {
        (choice(&shown, "10.0.0.5"), "10.0.0.5")
    } else {
        (choice(&shown, "10.0.0.6"), "10.0.0.6")
    };
    let merge = format!("{}/merge", cases[0]);
    let refused = story.officer.post(&merge, &[("other", "")]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_is_whole(&refused, "a merger without a device");
    done(&story.officer.post(&merge, &[("other", &other)]).await, "?notice=device-merged");
    assert_eq!(story.cases().await, cases[..1]);
    let shown = open(&mut story.officer, &cases[0], "a merged device").await;
    assert!(shown.text.contains(label) && shown.text.contains("Tách ra"), "{}", shown.text);
    // The other case says where the work goes on, and takes no steps.
    let ended = open(&mut story.officer, &cases[1], "a case that ended").await;
    assert!(ended.links().contains(&cases[0]) && !ended.text.contains("/step\""));
    let split = format!("{}/split", cases[0]);
    done(&story.officer.post(&split, &[("other", &other)]).await, "?notice=device-split");
    assert_eq!(story.cases().await, cases);
}

#[tokio::test]
async fn a_refused_step_shows_the_case_with_the_reason_and_what_was_typed() {
    let mut story = started().await;
    send(&mut story, "Trụ sở", &[("dns.log", &log(&[("10.0.0.5", &bad())]))]).await;
    let case = story.cases().await.remove(0);
    let version = story.officer.get(&case).await.value_of("version");
    let step = format!("{case}/step");
    let fields = |step, note| [("step", step), ("note", note), ("version", version.as_str())];

    let refused = story.officer.post(&step, &fields("declare-clean", "  ")).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_is_whole(&refused, "a step without a note");
    assert!(refused.text.contains("<a href=\"#note\">Xin ghi đã làm gì, hoặc lý do.</a>"));
    assert!(refused.text.contains("10.0.0.5"), "the case is still there");

    // Somebody else was first: the note stays, with the version as it is now.
    done(&story.officer.post(&step, &fields("notify", "")).await, "?notice=case-notified");
    let late = story.officer.post(&step, &fields("declare-clean", "Đã quét, sạch <ổ C>")).await;
    assert_eq!(late.status, StatusCode::CONFLICT);
    assert_is_whole(&late, "a step on an old version");
    assert!(late.text.contains(">Đã quét, sạch &#60;ổ C&#62;</textarea>"), "{}", late.text);
    let now = late.value_of("version");
    assert_ne!(now, version);
    let again = [("step", "declare-clean"), ("note", "Đã quét"), ("version", now.as_str())];
    done(&story.officer.post(&step, &again).await, "?notice=case-declared-clean");

    // So does the form that names a device.
    let device = [("label", " "), ("kind", "camera")];
    let refused = story.officer.post(&format!("{case}/device"), &device).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_is_whole(&refused, "a device without a name");
    assert!(refused.text.contains("<option value=\"camera\" selected>"), "{}", refused.text);
}

#[tokio::test]
async fn a_contacted_name_is_shown_in_its_own_letters_and_the_line_stays_as_it_is() {
    let mut story = Story::written().await;
    let list: [(&str, &str, &[u8]); 1] = [("list", "ten.txt", "làmsạch.example\n".as_bytes())];
    let to = story.of("files", "H90.21");
    done(&story.coordinator.upload(&to, &[], &list).await, "?notice=list-added");
    story.launch().await;
    let written = "WWW.XN--LMSCH-RQA5344C.Example.";
    send(&mut story, "Trụ sở", &[("dns.log", &log(&[("10.0.0.5", written)]))]).await;
    let case = story.cases().await.remove(0);
    let (logs, cases) = (story.of("logs", "H90.61"), story.of("cases", "H90.61"));
    let name = "<code>www.làmsạch.example (www.xn--lmsch-rqa5344c.example)</code>";
    let indicator = "<code>làmsạch.example (xn--lmsch-rqa5344c.example)</code>";
    for (path, shown) in [(&case, name), (&case, indicator), (&cases, indicator), (&logs, name)] {
        let page = story.officer.get(path).await;
        assert!(page.text.contains(shown), "{path}: {}", page.text);
    }
    let line = story.officer.get(&case).await.text;
    let line = line.split("<pre>").nth(1).unwrap();
    assert!(line.contains(&format!("query: {written} IN A")), "{line}");
}

#[tokio::test]
async fn a_case_says_what_came_since_it_was_a_false_positive_and_what_changed_of_its_device() {
    let mut story = started().await;
    let bad = bad();
    send(&mut story, "Trụ sở", &[("dns.log", &log(&[("10.0.0.5", &bad)]))]).await;
    let case = story.cases().await.remove(0);
    let version = story.officer.get(&case).await.value_of("version");
    let fields =
        [("step", "mark-false-positive"), ("note", "Máy kiểm thử"), ("version", version.as_str())];
    let marked = story.officer.post(&format!("{case}/step"), &fields).await;
    done(&marked, "?notice=case-false-positive");
    let told = "hệ thống nhận thêm 1 lượt ghi nhận kết nối của thiết bị này.";
    assert!(!story.officer.get(&case).await.text.contains(told));
    story.world.set_clock("2026-08-05T10:00:00+07:00");
    let more = log(&[("10.0.0.5", &bad), ("10.0.0.7", "tot.example")]);
    send(&mut story, "Trụ sở", &[("dns-2.log", &more)]).await;
    let page = story.officer.get(&case).await;
    assert_is_whole(&page, "a false positive that was seen again");
    assert!(page.text.contains(told), "{}", page.text);
    let list = story.officer.get(&story.of("cases", "H90.61")).await;
    assert!(list.text.contains(">có kết nối mới</span>"), "{}", list.text);

    // The kind alone.
    let device = [("label", "10.0.0.5"), ("kind", "camera")];
    let described = story.officer.post(&format!("{case}/device"), &device).await;
    done(&described, "?notice=device-described");
    let page = story.officer.get(&case).await.text;
    assert!(page.contains("Ghi loại thiết bị: Camera") && !page.contains("Đặt tên thiết bị"));
}

#[tokio::test]
async fn results_that_are_too_many_for_once_are_named() {
    let mut story = Story::written().await;
    story.launch().await;
    let to = story.of("scans", "H90.61");
    let names: Vec<String> = (1..=502).map(|it| format!("may-{it:03}.lsr")).collect();
    let files: Vec<(&str, &str, &[u8])> =
        names.iter().map(|it| ("result", it.as_str(), &b"x"[..])).collect();
    let shown = story.officer.upload(&to, &[], &files).await;
    assert_eq!(shown.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(shown.text.contains("<strong>may-500.lsr</strong>: "), "{}", shown.text);
    let left =
        "<strong>may-501.lsr</strong>: Mỗi lần nhập tối đa 500 tệp. Từ tệp này trở đi còn 2 tệp";
    assert!(shown.text.contains(left), "{}", shown.text);
    assert!(!shown.text.contains("may-502.lsr"));
}
