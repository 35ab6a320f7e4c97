//! The whole campaign through its pages, as a browser without scripts walks them.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may panic")]

mod story;
mod visitor;
mod world;

use std::collections::BTreeSet;

use axum::http::StatusCode;

use story::{CAMPAIGN, Story, fields_of};
use visitor::{Answer, Visitor};
use world::World;

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
    story::done(&other.post(&save, &again).await, "?notice=saved");
    let (_, now) = story.report().await;
    assert!(now.text.contains(">Bản của người thứ hai</textarea>"));
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
