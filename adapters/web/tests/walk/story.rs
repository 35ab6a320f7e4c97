//! A campaign from its first page to its last, one step a function.

use std::collections::BTreeSet;

use axum::http::StatusCode;
use simulation::{DemoUnit, LogKind, Truth, demo_list, demo_log};

use crate::visitor::{Answer, Visitor};
use crate::world::World;

const LIST_SEED: u64 = 1;

/// What the focal unit writes.
pub(crate) const CAMPAIGN: [(&str, &str); 16] = [
    ("title", "Chiến dịch làm sạch mã độc năm 2026"),
    ("letter_number", "128/SKHCN-CĐS"),
    ("letter_on", "2026-08-03"),
    ("letter_place", "Minh Hà"),
    ("subject", "triển khai chiến dịch làm sạch mã độc"),
    ("legal_basis", "Căn cứ Nghị định 30/2020/NĐ-CP;"),
    ("aim", "Làm sạch mã độc trên không gian mạng."),
    ("tasks", "Phát động chiến dịch.\nKiểm tra, xử lý thiết bị."),
    ("contact_line", "Phòng Chuyển đổi số"),
    ("signer", "KT. GIÁM ĐỐC\nPHÓ GIÁM ĐỐC"),
    ("period_from", "2026-08-03"),
    ("period_to", "2026-09-30"),
    ("deadline_phrase", "before"),
    ("deadline_on", "2026-09-22"),
    ("form", "extended@1"),
    ("is_public", "on"),
];

/// A campaign and the people in it.
pub(crate) struct Story {
    pub(crate) world: World,
    pub(crate) campaign: String,
    /// Of the focal unit.
    pub(crate) coordinator: Visitor,
    /// Of the ward.
    pub(crate) officer: Visitor,
    /// Of the ward.
    pub(crate) leader: Visitor,
}

/// What a form answered: on to a page with this notice.
pub(crate) fn done(answer: &Answer, notice: &str) {
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
    assert!(answer.location.ends_with(notice), "{} is not {notice}", answer.location);
}

impl Story {
    /// A campaign that is written, with a list and an attachment.
    pub(crate) async fn written() -> Self {
        let world = World::new().await;
        let focal = world.unit("H90.21");
        let mut coordinator = world.visitor("dieu.phoi").await;
        let created = coordinator.post(&format!("/campaigns/new/{focal}"), &CAMPAIGN).await;
        done(&created, "?notice=campaign-created");
        let campaign = created.location.split('/').nth(2).unwrap().to_owned();
        let files: [(&str, &str, &[u8]); 2] = [
            ("list", "danh-sach.csv", &demo_list(LIST_SEED)),
            ("file", "Phụ lục.pdf", b"%PDF-1.4 minh hoa"),
        ];
        let to = format!("/campaigns/{campaign}/files/{focal}");
        done(&coordinator.upload(&to, &[], &files).await, "?notice=attachment-added");
        let officer = world.visitor("can.bo").await;
        let leader = world.visitor("lanh.dao").await;
        Self { world, campaign, coordinator, officer, leader }
    }

    /// A section of the campaign for a unit.
    pub(crate) fn of(&self, section: &str, code: &str) -> String {
        format!("/campaigns/{}/{section}/{}", self.campaign, self.world.unit(code))
    }

    /// The letter goes out.
    pub(crate) async fn launch(&mut self) {
        let receivers = [
            ("receivers", format!("{}:action", self.world.unit("H90.61"))),
            ("receivers", format!("{}:action", self.world.unit("H90.62"))),
            ("receivers", format!("{}:information", self.world.unit("H90.22"))),
        ];
        let receivers: Vec<_> = receivers.iter().map(|(name, it)| (*name, it.as_str())).collect();
        let to = self.of("receivers", "H90.21");
        done(&self.coordinator.post(&to, &receivers).await, "?notice=receivers-saved");
        let to = self.of("launch", "H90.21");
        done(&self.coordinator.post(&to, &[]).await, "?notice=campaign-launched");
    }

    /// The ward takes the letter in, passes it on and tells others.
    pub(crate) async fn take_in(&mut self) {
        let letter = self.of("letter", "H90.61");
        let officer = &mut self.officer;
        officer.get(&letter).await;
        done(&officer.post(&format!("{letter}/acknowledge"), &[]).await, "?notice=acknowledged");
        done(&officer.post(&format!("{letter}/launch"), &[]).await, "?notice=launched");
        let school = self.world.unit("H90.61.1");
        let pass_on = [("units", school.as_str()), ("cover_text", "Đề nghị trường thực hiện.")];
        done(&officer.post(&format!("{letter}/pass-on"), &pass_on).await, "?notice=passed-on");
        let told = [("name", "Công ty Minh Họa"), ("is_enterprise", "on")];
        done(&officer.post(&format!("{letter}/tell"), &told).await, "?notice=told");
    }

    /// The ward drops a log in, once again, and something that is no log. Gives the devices that
    /// must be found.
    pub(crate) async fn check_logs(&mut self) -> BTreeSet<String> {
        let start = "2026-08-01T00:00:00+07:00".parse().unwrap();
        let unit = DemoUnit { seed: 7, start, days: 3, devices: 20, infected_devices: 4 };
        let mut truth = Truth::default();
        let log = demo_log(LogKind::Bind, LIST_SEED, &unit, &mut truth);
        let log: [(&str, &str, &[u8]); 1] = [("log", "query.log", &log)];
        let picture: [(&str, &str, &[u8]); 1] =
            [("log", "anh.jpg", b"\xff\xd8\xff\xe0\0\0\0\0JFIF")];
        let site = [("site", "Trụ sở phường")];
        let to = self.of("logs", "H90.61");
        done(&self.officer.upload(&to, &site, &log).await, "&notice=log-checked");
        done(&self.officer.upload(&to, &site, &log).await, "&notice=log-checked");
        let refused = self.officer.upload(&to, &site, &picture).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.text.contains("<strong>anh.jpg</strong>: "), "{}", refused.text);
        assert!(refused.text.contains("The file is not text"), "{}", refused.text);
        let found = truth.sightings().into_iter().filter(|it| it.verdict.is_finding());
        found.map(|it| it.device).collect()
    }

    /// Addresses of the ward's cases.
    pub(crate) async fn cases(&mut self) -> Vec<String> {
        let list = self.officer.get(&self.of("cases", "H90.61")).await;
        list.links().into_iter().filter(|it| it.starts_with("/cases/")).collect()
    }

    /// One case per way through.
    pub(crate) async fn work_cases(&mut self) {
        let ways: [&[(&str, &str)]; 3] = [
            &[("notify", ""), ("start-cleaning", ""), ("declare-clean", "Đã quét và cài lại.")],
            &[("mark-false-positive", "Máy phân tích mã độc.")],
            &[("start-cleaning", "")],
        ];
        let cases = self.cases().await;
        for (case, steps) in cases.iter().zip(ways) {
            for (step, note) in steps {
                let version = self.officer.get(case).await.value_of("version");
                let fields = [("step", *step), ("note", *note), ("version", version.as_str())];
                let told = match *step {
                    "notify" => "?notice=case-notified",
                    "start-cleaning" => "?notice=case-cleaning",
                    "declare-clean" => "?notice=case-declared-clean",
                    _ => "?notice=case-false-positive",
                };
                done(&self.officer.post(&format!("{case}/step"), &fields).await, told);
            }
            let device = [("label", "Máy một cửa"), ("kind", "computer")];
            let done_device = self.officer.post(&format!("{case}/device"), &device).await;
            done(&done_device, "?notice=device-described");
        }
    }

    /// The address of the ward's report, and what stands in it.
    pub(crate) async fn report(&mut self) -> (String, Answer) {
        let answer = self.officer.get(&self.of("report", "H90.61")).await;
        let mut actions = answer.text.split("action=\"").filter_map(|it| it.split('"').next());
        let address = actions.find_map(|it| it.strip_suffix("/save")).unwrap().to_owned();
        (address, answer)
    }

    /// The ward's officer writes its report.
    pub(crate) async fn write_report(&mut self, assessment: &str) {
        let (report, answer) = self.report().await;
        let fields = fields_of(&answer, assessment);
        let fields: Vec<_> = fields.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
        let saved = self.officer.post(&format!("{report}/save"), &fields).await;
        done(&saved, "?notice=report-whole");
    }

    /// Somebody takes a step with the ward's report.
    pub(crate) async fn step(&mut self, step: &str) {
        let page = self.of("report", "H90.61");
        let (report, _) = self.report().await;
        let who = match step {
            "approve" => &mut self.leader,
            "submit" => &mut self.officer,
            _ => &mut self.coordinator,
        };
        let version = who.get(&page).await.value_of("version");
        let version = if version.is_empty() { "1" } else { &version };
        let fields = [("step", step), ("version", version), ("comment", "Xin ghi rõ thêm.")];
        let (notice, said) = match step {
            "approve" => ("report-approved", ["Đã duyệt báo cáo.", "The report is approved."]),
            "submit" => {
                ("report-submitted", ["Đã gửi báo cáo đến cơ quan đầu mối.", "was submitted to"])
            }
            "note" => ("report-noted", ["Đã tiếp nhận báo cáo.", "Note was taken of the report."]),
            _ => ("supplement-asked", ["Đã gửi đề nghị bổ sung", "asked for a supplement."]),
        };
        let answer = who.post(&format!("{report}/step"), &fields).await;
        done(&answer, &format!("?notice={notice}"));
        // In whichever language the person reads.
        let page = who.get(&answer.location).await.text;
        assert!(said.iter().any(|words| page.contains(words)), "{notice} is not said: {page}");
    }

    /// The ward's report is written, approved and submitted; sent back once; then noted.
    pub(crate) async fn hand_in(&mut self) {
        for (round, last) in [("lần đầu", "ask-supplement"), ("bổ sung", "note")] {
            self.write_report(&format!("Thực hiện tốt, {round}.")).await;
            for step in ["approve", "submit", last] {
                self.step(step).await;
            }
        }
        let (report, _) = self.report().await;
        let answer = [("owner", "Phòng Chuyển đổi số"), ("answer", "Sẽ tập huấn trong tháng 10.")];
        let to = format!("{report}/answer");
        done(&self.coordinator.post(&to, &answer).await, "?notice=proposal-answered");
    }

    /// The coordinator reminds the first unit that owes a report.
    pub(crate) async fn remind(&mut self) {
        let board = self.of("board", "H90.21");
        let receipt = self.coordinator.get(&board).await.value_of("receipts");
        let reminder = [("receipts", receipt.as_str()), ("message", "Xin gửi báo cáo.")];
        done(&self.coordinator.post(&board, &reminder).await, "?notice=reminded");
    }

    /// The coordinator ends the campaign.
    pub(crate) async fn close(&mut self) {
        let to = self.of("close", "H90.21");
        done(&self.coordinator.post(&to, &[]).await, "?notice=campaign-closed");
    }
}

/// The form of a report as a page shows it, with an assessment and no blank figure.
pub(crate) fn fields_of(report: &Answer, assessment: &str) -> Vec<(String, String)> {
    let mut fields = vec![
        ("version".to_owned(), report.value_of("version")),
        ("assessment".to_owned(), assessment.to_owned()),
        ("proposals".to_owned(), "Đề nghị tập huấn thêm.".to_owned()),
    ];
    for row in &reports::Form::find("extended", 1).unwrap().rows {
        let field = format!("declared.{}", row.key);
        let value = report.value_of(&field);
        fields.push((field, if value.is_empty() { "9".to_owned() } else { value }));
    }
    fields
}
