//! The whole campaign through its pages, as a browser without scripts walks them.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may panic")]

mod letters;
mod logs;
mod story;
mod visitor;
mod world;

use std::collections::BTreeSet;

use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode, header};
use tower::ServiceExt;

use story::{CAMPAIGN, Story, done, fields_of};
use visitor::{Answer, Visitor};
use world::{Empty, World};

/// Opens every page that can be reached by links, in both languages, and proves that each opens
/// and has all its words.
async fn walk(visitor: &mut Visitor, who: &str) -> BTreeSet<String> {
    let mut seen = BTreeSet::new();
    for language in ["vi", "en"] {
        visitor.post("/language", &[("language", language), ("then", "/")]).await;
        let mut open = vec!["/".to_owned()];
        seen.clear();
        while let Some(path) = open.pop() {
            if !path.starts_with('/') || path.starts_with("/assets/") || !seen.insert(path.clone())
            {
                continue;
            }
            let answer = visitor.get(&path).await;
            assert!(answer.status.is_success(), "{who} {language} {path}: {}", answer.status);
            if answer.text.starts_with("<!DOCTYPE html>") {
                assert_is_whole(&answer, &format!("{who} {language} {path}"));
                open.extend(answer.links());
            }
        }
    }
    seen
}

/// Every word is there, and nothing the content policy forbids.
fn assert_is_whole(answer: &Answer, place: &str) {
    assert!(!answer.text.contains('⟦'), "{place} lacks a message: {}", around(&answer.text, "⟦"));
    for inline in [" style=\"", "<style", "<script>", " onclick=", "javascript:"] {
        assert!(!answer.text.contains(inline), "{place} has {inline}");
    }
    assert!(answer.text.contains("<h1"), "{place} has no heading");
    for (id, count) in ids(&answer.text) {
        assert_eq!(count, 1, "{place}: the id {id} stands {count} times");
    }
}

fn around(text: &str, part: &str) -> String {
    let at = text.find(part).unwrap();
    text.chars().skip(text.split_at(at).0.chars().count()).take(80).collect()
}

fn ids(html: &str) -> std::collections::BTreeMap<&str, usize> {
    let mut ids = std::collections::BTreeMap::new();
    for rest in html.split(" id=\"").skip(1) {
        *ids.entry(rest.split('"').next().unwrap()).or_insert(0) += 1;
    }
    ids
}

#[tokio::test]
async fn every_page_of_a_whole_campaign_opens_in_both_languages() {
    let mut story = Story::written().await;
    let mut nobody = Visitor::new(story.world.router.clone());
    walk(&mut nobody, "nobody, before").await;
    walk(&mut story.coordinator, "coordinator, draft").await;
    story.launch().await;
    walk(&mut story.officer, "officer, before").await;
    story.take_in().await;
    let infected = story.check_logs().await;
    assert_eq!(story.cases().await.len(), infected.len(), "a case for each planted device");
    story.work_cases().await;
    walk(&mut story.officer, "officer").await;
    story.hand_in().await;
    story.remind().await;
    let seen = walk(&mut story.coordinator, "coordinator").await;
    assert!(seen.iter().any(|it| it.contains("/roll-up.docx")), "{seen:?}");
    let others = [
        ("lanh.dao", "leader"),
        ("giam.sat", "auditor"),
        ("truong", "school"),
        ("quan.tri", "admin"),
    ];
    for (login, who) in others {
        walk(&mut story.world.visitor(login).await, who).await;
    }
    let seen = walk(&mut nobody, "nobody").await;
    assert!(seen.iter().any(|it| it.starts_with("/c/")), "the public page is linked: {seen:?}");
    story.close().await;
    walk(&mut story.coordinator, "coordinator, closed").await;
    walk(&mut story.officer, "officer, closed").await;
}

#[tokio::test]
async fn an_empty_portal_asks_for_its_first_administrator_and_keeps_what_was_typed() {
    let mut first = World::empty().await;
    let answer = first.visitor.get("/").await;
    assert_eq!(answer.location, "/first-run");
    for language in ["vi", "en"] {
        first.visitor.post("/language", &[("language", language), ("then", "/")]).await;
        assert_is_whole(&first.visitor.get("/first-run").await, "first run");
        let fields = [("unit_name", "Sở Minh Họa"), ("unit_code", "sai mã"), ("password", "ngắn")];
        let refused = first.visitor.post("/first-run", &fields).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_is_whole(&refused, "first run, refused");
        assert!(refused.text.contains("Sở Minh Họa") && !refused.text.contains("ngắn"));
    }
}

#[tokio::test]
async fn a_campaign_that_is_refused_comes_back_as_it_was_typed() {
    let world = World::new().await;
    let mut coordinator = world.visitor("dieu.phoi").await;
    let mut fields = CAMPAIGN;
    fields[0].1 = "";
    fields[11].1 = "2026-08-01";
    let to = format!("/campaigns/new/{}", world.unit("H90.21"));
    let refused = coordinator.post(&to, &fields).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_is_whole(&refused, "a campaign without a title");
    assert!(refused.text.contains("128/SKHCN-CĐS"), "what was typed is still there");
    assert!(refused.text.contains("Ngày kết thúc sớm hơn ngày bắt đầu."));
}

#[tokio::test]
async fn two_officers_in_one_draft_lose_nothing() {
    let mut story = Story::written().await;
    story.launch().await;
    let mut other = story.world.visitor("can.bo.2").await;
    let (report, opened) = story.report().await;
    let save = format!("{report}/save");
    let first = fields_of(&opened, "Bản của người thứ nhất");
    let second = fields_of(&opened, "Bản của người thứ hai");
    let pairs = |fields: &'static [(String, String)]| -> Vec<(&str, &str)> {
        fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect()
    };
    let (first, second) = (pairs(first.leak()), pairs(second.leak()));

    let saved = story.officer.post_as_script(&save, &first).await;
    assert_eq!(saved.status, StatusCode::OK, "{}", saved.text);
    // The script is told, and nothing is overwritten.
    let told = other.post_as_script(&save, &second).await;
    assert_eq!(told.status, StatusCode::CONFLICT);
    assert!(told.text.contains("chưa được lưu"), "{}", told.text);
    // Without script the form comes back: both versions stand in it.
    let shown = other.post(&save, &second).await;
    assert_eq!(shown.status, StatusCode::CONFLICT);
    assert_is_whole(&shown, "a conflict");
    assert!(shown.text.contains(">Bản của người thứ hai</textarea>"), "{}", shown.text);
    assert!(shown.text.contains("Bản của người thứ nhất"));
    // Saving once more keeps the second one's, on purpose.
    let mut again = second.clone();
    let version = shown.value_of("version");
    again[0].1 = &version;
    story::done(&other.post(&save, &again).await, "?notice=report-whole");
    let (_, now) = story.report().await;
    assert!(now.text.contains(">Bản của người thứ hai</textarea>"));
}

/// What waits on the first page of somebody: the links of its first card.
async fn waits(visitor: &mut Visitor) -> Vec<String> {
    let home = visitor.get("/").await;
    assert_is_whole(&home, "home");
    let Some((_, rest)) = home.text.split_once("<h3>Việc chờ bạn</h3>") else {
        return Vec::new();
    };
    let card = rest.split("</ul>").next().unwrap();
    let links = card.split("<strong>").skip(1);
    links.map(|it| it.split("</strong>").next().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn the_first_page_says_what_waits_for_whom() {
    let mut story = Story::written().await;
    story.launch().await;
    let none: [&str; 0] = [];
    let report = format!("href=\"{}\"", story.of("report", "H90.61"));
    story.report().await;
    // A draft that is not whole waits for its author.
    assert_eq!(waits(&mut story.leader).await, none);
    story.write_report("Thực hiện tốt.").await;
    assert_eq!(waits(&mut story.leader).await, ["Báo cáo của đơn vị chờ bạn duyệt"]);
    assert!(story.leader.get("/").await.text.contains(&report));
    assert_eq!(waits(&mut story.officer).await, none);
    assert_eq!(waits(&mut story.coordinator).await, none);
    story.step("approve").await;
    assert_eq!(waits(&mut story.leader).await, waits(&mut story.officer).await);
    assert_eq!(waits(&mut story.officer).await, ["Báo cáo đã duyệt, chờ gửi cơ quan đầu mối"]);
    story.step("submit").await;
    assert_eq!(waits(&mut story.leader).await, none);
    assert_eq!(waits(&mut story.coordinator).await, ["1 báo cáo chờ tiếp nhận"]);
    // The task leads to just these reports; the board says where each of letter and report is.
    let links = story.coordinator.get("/").await.links();
    let task = links.iter().find(|it| it.contains("?show=submitted")).unwrap();
    let shown = story.coordinator.get(task.split('#').next().unwrap()).await;
    assert_is_whole(&shown, "reports to take note of");
    let rows = |page: &Answer| {
        let (_, table) = page.text.split_once("<tbody>").unwrap().1.split_once("<tbody>").unwrap();
        ["phường Bình Minh", "xã Tân Lập"].map(|it| table.contains(it))
    };
    assert_eq!(rows(&shown), [true, false]);
    assert!(!shown.text.contains("name=\"message\""), "nobody of these is reminded");
    let all = story.coordinator.get(&story.of("board", "H90.21")).await;
    assert_eq!(rows(&all), [true, true]);
    assert!(all.text.contains(">Đã gửi đến đơn vị<"), "the letter");
    assert!(all.text.contains(">Đã gửi, chờ tiếp nhận<"), "the report");
    story.step("ask-supplement").await;
    assert_eq!(waits(&mut story.coordinator).await, none);
    assert_eq!(waits(&mut story.officer).await, ["Cơ quan đầu mối đề nghị bổ sung báo cáo"]);
    assert!(story.officer.get("/").await.text.contains(">Xin ghi rõ thêm.</p>"));
    story.close().await;
    assert_eq!(waits(&mut story.officer).await, none);

    // Who has no report when the campaign ends is told so, and is offered none.
    let mut late = story.world.visitor("truong").await;
    assert!(!late.get("/").await.text.contains("Việc tiếp theo"));
}

#[tokio::test]
async fn a_unit_for_information_is_shown_no_deadline() {
    let mut story = Story::written().await;
    story.launch().await;
    let (informed, acting) = (story.of("letter", "H90.22"), story.of("letter", "H90.61"));
    let mut admin = story.world.visitor("quan.tri").await;
    let letter = admin.get(&informed).await.text;
    assert!(letter.contains("không phải báo cáo") && !letter.contains("Hạn: hết ngày"));
    assert!(story.officer.get(&acting).await.text.contains("Hạn: hết ngày"));
}

#[tokio::test]
async fn every_unit_that_has_not_reported_is_chosen_and_reminded_without_script() {
    let mut story = Story::written().await;
    story.launch().await;
    story.write_report("Thực hiện tốt.").await;
    story.step("approve").await;
    story.step("submit").await;
    let path = story.of("board", "H90.21");
    let board = story.coordinator.get(&path).await;
    assert_eq!(board.text.matches(" checked").count(), 0);
    let links = board.links();
    let choose = links.iter().find(|it| it.contains("?choose=unreported")).unwrap();
    let chosen = story.coordinator.get(choose.split('#').next().unwrap()).await;
    assert_is_whole(&chosen, "the board with units chosen");
    // Of two units one has reported.
    assert_eq!(chosen.text.matches(" checked").count(), 1);
    let receipt = chosen.value_of("receipts");
    let reminder = [("receipts", receipt.as_str()), ("message", "")];
    done(&story.coordinator.post(&path, &reminder).await, "?notice=reminded");
    assert!(chosen.text.contains("nhận công văn trực tiếp từ Sở Khoa học và Công nghệ"));
    let roll_up = story.coordinator.get(&story.of("roll-up", "H90.21")).await;
    assert!(roll_up.text.contains("Trang Tiến độ chỉ đếm đơn vị nhận trực tiếp."));
}

#[tokio::test]
async fn a_form_from_another_site_is_refused_with_a_page_in_both_languages() {
    let Empty { visitor, .. } = World::empty().await;
    for origin in [("sec-fetch-site", "cross-site"), ("origin", "http://evil.example")] {
        let request = Request::post("/language")
            .header(header::HOST, "127.0.0.1")
            .header(origin.0, origin.1)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        let request = request.body(Body::from("language=en")).unwrap();
        let answer = visitor.router().oneshot(request).await.unwrap();
        assert_eq!(answer.status(), StatusCode::FORBIDDEN);
        assert!(answer.headers()[header::CONTENT_TYPE].to_str().unwrap().starts_with("text/html"));
        assert!(!answer.headers().contains_key(header::SET_COOKIE));
        let text = to_bytes(answer.into_body(), usize::MAX).await.unwrap();
        let text = String::from_utf8(text.to_vec()).unwrap();
        for words in ["gửi đến từ một trang khác", "came from another site", "href=\"/\""]
        {
            assert!(text.contains(words), "{text}");
        }
    }
}

#[tokio::test]
async fn a_new_portal_leads_to_its_first_campaign_step_by_step() {
    let Empty { mut visitor, test } = World::empty().await;
    let fields = [
        ("unit_name", "Sở Minh Họa"),
        ("unit_code", "H99"),
        ("name", "Vũ Thị Quản Trị"),
        ("login", "quan.tri"),
        ("password", world::PASSWORD),
    ];
    visitor.post("/first-run", &fields).await;
    let steps = async |visitor: &mut Visitor| {
        let home = visitor.get("/").await;
        assert_is_whole(&home, "a new portal's home");
        let (_, rest) = home.text.split_once("<h3>Các bước tiếp theo</h3>").unwrap();
        let card = rest.split("</ol>").next().unwrap().to_owned();
        (card.matches("<li>").count(), card.matches("Đã làm").count(), home.links())
    };
    let (all, ready, links) = steps(&mut visitor).await;
    assert_eq!((all, ready), (4, 0));
    let ways: Vec<_> = links
        .iter()
        .filter(|it| it.contains("/import") || it.contains("/people") || it.contains("/new/"))
        .collect();
    assert!(ways[0].ends_with("/units/import") && ways[1].ends_with("/people"), "{ways:?}");
    let unit = ways[2].rsplit('/').next().unwrap().to_owned();
    let add = [("code", "H99.1"), ("name", "Xã Một"), ("kind", "commune")];
    visitor.post(&format!("/units/{unit}/add"), &add).await;
    let invite = [("name", "Lê Văn Mẫu"), ("role", "officer")];
    visitor.post(&format!("/units/{unit}/people/invite"), &invite).await;
    assert_eq!(steps(&mut visitor).await.1, 2);
    visitor.post(&format!("/campaigns/new/{unit}"), &CAMPAIGN).await;
    let (_, ready, links) = steps(&mut visitor).await;
    assert_eq!(ready, 3);
    assert!(links.iter().any(|it| it.contains("/edit/")), "the draft is linked: {links:?}");
    drop(test);
}

#[tokio::test]
async fn a_figure_that_cannot_be_read_comes_back_as_it_was_typed() {
    let mut story = Story::written().await;
    story.launch().await;
    let (report, opened) = story.report().await;
    for (typed, said) in [("1.5", "chỉ nhận số nguyên"), ("-3", "không được nhỏ hơn 0")]
    {
        let mut fields = fields_of(&opened, "Đánh giá");
        fields[4].1 = typed.to_owned();
        let fields: Vec<_> = fields.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
        let refused = story.officer.post(&format!("{report}/save"), &fields).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_is_whole(&refused, "a refused report");
        assert!(refused.text.contains(&format!("value=\"{typed}\"")), "{}", refused.text);
        assert!(refused.text.contains(said));
        assert!(refused.text.contains(">Đánh giá</textarea>"));
    }
}

#[tokio::test]
async fn a_link_cannot_put_words_on_a_page() {
    let world = World::new().await;
    let mut visitor = world.visitor("can.bo").await;
    let told = visitor.get("/?notice=report-submitted").await.text;
    assert!(told.contains("role=\"status\"><p>Đã gửi báo cáo"), "{told}");
    for unknown in ["saved", "no-such-step", "%3Cb%3E", "report-submitted-now"] {
        let page = visitor.get(&format!("/?notice={unknown}")).await;
        assert_is_whole(&page, unknown);
        assert!(!page.text.contains("role=\"status\""), "{unknown}");
    }
}

#[tokio::test]
async fn a_figure_that_was_emptied_says_so_and_offers_the_measured_one() {
    let mut story = Story::written().await;
    story.launch().await;
    story.take_in().await;
    let (report, opened) = story.report().await;
    let (field, row) = ("declared.informed", "informed");
    let measured = opened.value_of(field);
    assert!(!measured.is_empty(), "{}", opened.text);
    let shown = "<p class=\"hint left-blank\">Đơn vị để trống.";
    assert!(!opened.text.contains(shown));
    let mut fields = fields_of(&opened, "Đánh giá");
    fields.iter_mut().find(|(name, _)| name == field).unwrap().1.clear();
    let save = format!("{report}/save");
    let pairs: Vec<_> = fields.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
    done(&story.officer.post(&save, &pairs).await, "?notice=report-saved");
    let (_, emptied) = story.report().await;
    assert_is_whole(&emptied, "an emptied figure");
    assert_eq!(emptied.value_of(field), "");
    assert!(emptied.text.contains(shown), "{}", emptied.text);
    let offer =
        format!("value=\"{row}\" class=\"quiet small\">Lấy số hệ thống ghi nhận: {measured}");
    assert!(emptied.text.contains(&offer), "{}", emptied.text);

    // Taking the offer saves what else was typed, too.
    let version = emptied.value_of("version");
    fields[0].1 = version;
    "Đánh giá mới".clone_into(&mut fields[1].1);
    fields.push(("take".to_owned(), row.to_owned()));
    let pairs: Vec<_> = fields.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
    done(&story.officer.post(&save, &pairs).await, "?notice=report-whole");
    let (_, taken) = story.report().await;
    assert_eq!(taken.value_of(field), measured);
    assert!(taken.text.contains(">Đánh giá mới</textarea>") && !taken.text.contains(shown));
}
