//! Reports of other scanners become results: they open cases, declare them at most, and never verify.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::large_futures,
    reason = "test helpers may panic, and a test may use the stack"
)]

mod world;

use campaigns::{CampaignId, CaseState, ReceiverRole, Verification};
use jiff::civil::date;
use portal::other_scanners::{ReportForm, ReportReceived, Tool, import, is_own_result};
use portal::{PortalError, cases, scans};
use test_support::on_both_portals;
use world::{World, bind_log, listed_name, problems};

const ACTION: ReceiverRole = ReceiverRole::Action;
/// The world's clock stands in August 2026.
const CLEANED: &str = "/home/an/a.exe: Win.Trojan.Mau-1 FOUND
/home/an/a.exe: Removed.

----------- SCAN SUMMARY -----------
Engine version: 1.4.6
Scanned files: 5
Infected files: 1
End Date:   2026:08:04 08:00:00
";

async fn bring(
    world: &World<'_>,
    id: CampaignId,
    device: &str,
    file: &str,
) -> Result<ReportReceived, PortalError> {
    let form = ReportForm { device: device.to_owned(), with_risks: false };
    let (officer, sen) = (world.officer("sen").await, world.unit("sen"));
    import(&world.portal, &officer, id, sen, &form, file.as_bytes()).await
}

async fn all_cases(world: &World<'_>, id: CampaignId) -> Vec<cases::CaseSummary> {
    let officer = world.officer("sen").await;
    cases::list(&world.portal, &officer, id, world.unit("sen")).await.unwrap()
}

async fn launched(world: &World<'_>) -> CampaignId {
    let coordinator = world.coordinator("province").await;
    world.launched(&coordinator, &[("sen", ACTION)]).await
}

#[tokio::test]
async fn what_another_tool_cleaned_is_declared_and_not_verified() {
    on_both_portals(async |test| {
        let world = World::new(test).await;
        let id = launched(&world).await;
        let first = bring(&world, id, "PC-01", CLEANED).await.unwrap();
        assert_eq!((first.tool, first.devices.len()), (Tool::ClamAv, 1));
        let scan = &first.devices[0].scan;
        assert_eq!((scan.source.as_str(), scan.findings, scan.is_clean_bill), ("clamav", 1, false));
        // No account is told.
        assert!(!scan.content.contains("/an/"), "{}", scan.content);
        assert!(scan.content.contains(r#""action":"removed""#), "{}", scan.content);
        let case = all_cases(&world, id).await.remove(0);
        assert_eq!(case.case.state, CaseState::DeclaredClean);
        assert_eq!(case.case.remedy, "ClamAV 1.4.6: Win.Trojan.Mau-1");
        let officer = world.officer("sen").await;
        let view = cases::view(&world.portal, &officer, case.case.id).await.unwrap();
        let Some(Verification::Waiting { lacks_evidence, .. }) = view.verification else {
            panic!("{:?}", view.verification)
        };
        assert!(lacks_evidence);
        let kinds: Vec<_> = view.events.iter().map(|it| it.0.kind.as_str()).collect();
        assert!(kinds.contains(&"report-cleaned") && kinds.contains(&"declare-clean"), "{kinds:?}");
        // The same file counts once, also for another PC.
        let again = bring(&world, id, "pc-01", CLEANED).await.unwrap();
        assert!(again.devices[0].is_repeat);
        let other = bring(&world, id, "PC-02", CLEANED).await;
        assert_eq!(problems(other), ["problem-report-other-device"]);
        assert_eq!(all_cases(&world, id).await.len(), 1);
        // A scan that finds nothing is told to the case, and proves nothing.
        let clean = "/a: OK\n----------- SCAN SUMMARY -----------\nScanned files: 1\nInfected files: 0\nEnd Date:   2026:08:04 09:00:00\n";
        let clean = bring(&world, id, "PC-01", clean).await.unwrap();
        let scan = &clean.devices[0].scan;
        assert_eq!((scan.verdict.as_str(), scan.findings, scan.is_clean_bill), ("clean", 0, false));
        assert_eq!(all_cases(&world, id).await.remove(0).case.state, CaseState::DeclaredClean);
        // Found again later: the case is open again.
        let later = "device;time;threat;action\nPC-01;04/08/2026 08:30;Trojan.Khac;chưa xử lý\n";
        bring(&world, id, "", later).await.unwrap();
        assert_eq!(all_cases(&world, id).await.remove(0).case.state, CaseState::Reinfected);
        let officer = world.officer("sen").await;
        let list = scans::list(&world.portal, &officer, id, world.unit("sen")).await.unwrap();
        assert_eq!(list.len(), 3);
    })
    .await;
}

#[tokio::test]
async fn what_is_left_or_was_seen_in_logs_stays_open() {
    on_both_portals(async |test| {
        let world = World::new(test).await;
        let id = launched(&world).await;
        let table = "device;time;threat;action\nPC-01;3/8/2026;Trojan.A;đã xóa\nPC-01;3/8/2026;Trojan.B;không xóa được\nPC-02;3/8/2026;HackTool:Win32/AutoKMS;\nPC-02;;;\n";
        let received = bring(&world, id, "", table).await.unwrap();
        assert_eq!((received.devices.len(), received.risks_left_out), (1, 1));
        assert_eq!(received.refused_count, 1);
        let only = all_cases(&world, id).await;
        assert_eq!((only.len(), only[0].case.state), (1, CaseState::Opened));
        // A device that a log saw at a listed name: what the other tool took away need not be all.
        let log = bind_log(&[(date(2026, 8, 3), "may-tinh-7", &listed_name())]);
        world.check(id, "sen", "Trụ sở", &log).await.unwrap();
        let cleaned = "device;time;threat;action\nMAY-TINH-7;4/8/2026;Trojan.A;đã cách ly\n";
        bring(&world, id, "", cleaned).await.unwrap();
        let all = all_cases(&world, id).await;
        assert_eq!(all.len(), 2);
        assert!(all.iter().all(|it| it.case.state == CaseState::Opened), "{all:?}");
    })
    .await;
}

/// A PC's own name, and the one that Defender's log gives it in a domain.
#[tokio::test]
async fn a_pc_that_is_named_with_its_domain_is_no_second_one() {
    on_both_portals(async |test| {
        let world = World::new(test).await;
        let id = launched(&world).await;
        let table = |device: &str, threat: &str| {
            format!("device;threat;action\n{device};{threat};removed\n")
        };
        bring(&world, id, "", &table("PHUONG-01", "Worm.A")).await.unwrap();
        bring(&world, id, "", &table("phuong-01.mau.example", "Worm.B")).await.unwrap();
        assert_eq!(all_cases(&world, id).await.len(), 1);
        bring(&world, id, "", &table("PHUONG-01.khac.example", "Worm.B")).await.unwrap();
        assert_eq!(all_cases(&world, id).await.len(), 2);
        // The same file again, under the name that the PC has in its domain.
        let first = bring(&world, id, "PHUONG-02", CLEANED).await.unwrap();
        let again = bring(&world, id, "phuong-02.mau.example", CLEANED).await.unwrap();
        assert!(again.devices[0].is_repeat && !first.devices[0].is_repeat);
        let other = bring(&world, id, "PHUONG-03", CLEANED).await;
        assert_eq!(problems(other), ["problem-report-other-device"]);
    })
    .await;
}

#[tokio::test]
async fn what_cannot_be_taken_is_said() {
    on_both_portals(async |test| {
        let world = World::new(test).await;
        let id = launched(&world).await;
        let check = async |device: &str, file: &str, expected: &str| {
            assert_eq!(problems(bring(&world, id, device, file).await), [expected], "{file}");
        };
        check("", CLEANED, "problem-report-device").await;
        check("PC", "", "problem-report-empty").await;
        check("PC", "<html></html>", "problem-report-unknown").await;
        check("PC", "<Objs><Obj>", "problem-report-damaged").await;
        check("PC", "device;threat\n\"a;b\n", "problem-table-open-quote").await;
        check("PC", &CLEANED.replace("2026:", "2036:"), "problem-scan-future").await;
        assert!(all_cases(&world, id).await.is_empty());
        // Only who checks logs of the unit.
        let (leader, form) = (world.approver("sen").await, ReportForm::default());
        let sen = world.unit("sen");
        let refused = import(&world.portal, &leader, id, sen, &form, CLEANED.as_bytes()).await;
        assert!(matches!(refused, Err(PortalError::Denied)), "{refused:?}");
        assert!(is_own_result(b" {\"lamsach_result\":1}") && !is_own_result(b"[{\"ThreatID\":1}]"));
    })
    .await;
}
