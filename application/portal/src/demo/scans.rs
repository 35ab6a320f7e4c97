//! Results of scans in the demonstration: signed with a code of the unit, and sent, as the clean-up tool
//! does; reports of other scanners, as an officer brings them.

use ::campaigns::{CampaignId, UnitId};
use jiff::{SignedDuration, Timestamp};
use packs::{Draft, RuleFile, SecretKey, sign};
use results::{Device, EnrolmentCode, FoundThing, PackUsed, ScanResult};

use crate::other_scanners::{self, ReportForm};
use crate::{Actor, Portal, PortalError, scans};

/// Name of the pack of the demonstration.
const PACK: &str = "chien-dich";
/// Its serial.
const SERIAL: u64 = 12;

/// What one PC's scan gave.
struct Scan {
    name: &'static str,
    scope: &'static str,
    verdict: &'static str,
    /// What was found: category, what told it, where.
    found: &'static [(&'static str, &'static str, &'static str, &'static str)],
    not_scanned: u64,
}

const SCANS: [Scan; 6] = [
    Scan { name: "VP-KE-TOAN-01", scope: "computer", verdict: "clean", found: &[], not_scanned: 0 },
    Scan {
        name: "VP-VAN-THU-02",
        scope: "computer",
        verdict: "infected",
        found: &[
            ("malware", "rule", "usb_lnk_worm_script", "*/*.vbs"),
            (
                "malware",
                "autostart",
                "HKCU/Software/Microsoft/Windows/CurrentVersion/Run",
                "C:/users/*/appdata/roaming/*.vbs",
            ),
        ],
        not_scanned: 0,
    },
    Scan { name: "VP-MOT-CUA-03", scope: "quick", verdict: "clean", found: &[], not_scanned: 0 },
    Scan {
        name: "VP-MOT-CUA-04",
        scope: "computer",
        verdict: "incomplete",
        found: &[],
        not_scanned: 7,
    },
    Scan {
        name: "VP-DIA-CHINH-05",
        scope: "computer",
        verdict: "suspicious",
        found: &[("suspicious", "file-name", "hai-phan-mo-rong", "C:/users/*/downloads/*.exe")],
        not_scanned: 0,
    },
    Scan {
        name: "VP-LANH-DAO-06",
        scope: "computer",
        verdict: "clean",
        found: &[],
        not_scanned: 0,
    },
];

/// Sends results of some PCs of a unit, and brings reports of other scanners.
pub(super) async fn play(
    portal: &Portal,
    officer: &Actor,
    campaign: CampaignId,
    unit: UnitId,
) -> Result<(), PortalError> {
    let code = scans::make_code(portal, officer, unit, "Máy văn phòng").await?;
    let lost = || PortalError::Internal("a code of ours cannot be read".to_owned());
    let code = EnrolmentCode::parse(&code).ok_or_else(lost)?;
    let now = portal.now();
    for (minutes, scan) in (1_i64..).zip(&SCANS) {
        let made_at = now - SignedDuration::from_mins(minutes * 11);
        let file = code.sign(&result_of(scan, made_at));
        scans::receive(portal, file.as_bytes()).await?;
    }
    for (device, report) in reports(now) {
        let form = ReportForm { device: device.to_owned(), with_risks: false };
        other_scanners::import(portal, officer, campaign, unit, &form, report.as_bytes()).await?;
    }
    Ok(())
}

fn result_of(scan: &Scan, made_at: Timestamp) -> ScanResult {
    let found = |(category, what, told_by, path): &(&str, &str, &str, &str)| FoundThing {
        category: (*category).to_owned(),
        what: (*what).to_owned(),
        told_by: (*told_by).to_owned(),
        path: (*path).to_owned(),
        ..FoundThing::default()
    };
    let not_scanned = [("encrypted".to_owned(), scan.not_scanned)];
    ScanResult {
        made_at,
        program: concat!("lamsach-clean ", env!("CARGO_PKG_VERSION")).to_owned(),
        system: "windows".to_owned(),
        device: Device { name: scan.name.to_owned(), mark: String::new() },
        scope: scan.scope.to_owned(),
        verdict: scan.verdict.to_owned(),
        complete: scan.not_scanned == 0,
        seen: 84_210,
        scanned: 84_210 - scan.not_scanned,
        not_scanned: not_scanned.into_iter().filter(|it| it.1 > 0).collect(),
        rules: 1,
        packs: vec![PackUsed { name: PACK.to_owned(), serial: SERIAL, expired: false }],
        findings: scan.found.iter().map(found).collect(),
        more_findings: 0,
    }
}

/// What other scanners wrote, with the PC where the file does not name it.
fn reports(now: Timestamp) -> Vec<(&'static str, String)> {
    let seen = now - SignedDuration::from_hours(26);
    let (date, time) = (seen.strftime("%Y:%m:%d %H:%M:%S"), seen.as_millisecond());
    let clamav = format!(
        "/srv/chia-se/mau.doc: Doc.Downloader.Mau-1 FOUND\n\
         /srv/chia-se/mau.doc: moved to '/var/quarantine/mau.doc'\n\n\
         ----------- SCAN SUMMARY -----------\nEngine version: 1.4.3\nScanned files: 5120\n\
         Infected files: 1\nEnd Date:   {date}\n"
    );
    let defender = format!(
        r#"[{{"DetectionID":"{{1}}","ThreatID":2147700001,"ThreatStatusID":3,"ActionSuccess":true,
        "Resources":["file:_E:\\Ảnh\\thu.lnk"],"PSComputerName":"VP-CHINH-SACH-07",
        "InitialDetectionTime":"\/Date({time})\/"}},{{"ThreatID":2147700001,"ThreatName":"Worm:VBS/Mau.A"}}]"#
    );
    let table = format!(
        "Tên máy;Thời gian;Đường dẫn;Tên mã độc;Kết quả xử lý\n\
         VP-KHO-08;{};D:\\ho-so.exe;Trojan.Win32.Mau;Chưa xử lý\n",
        seen.strftime("%d/%m/%Y %H:%M")
    );
    vec![("MAY-CHU-TEP", clamav), ("", defender), ("", table)]
}

/// The campaign's pack and its file of keys.
pub(super) fn pack(portal: &Portal) -> Result<(Vec<u8>, String), PortalError> {
    let key = SecretKey::from_seed([26; 32], "Minh họa");
    let expires = portal.today().saturating_add(jiff::Span::new().days(180));
    let mut draft = Draft::new(PACK, SERIAL, portal.now(), expires, "lamsach");
    let text = "rule usb_lnk_worm_script { strings: $a = \"LAMSACH-MINH-HOA\" condition: $a }\n";
    draft.contents.rules =
        vec![RuleFile { name: "minh-hoa.yar".to_owned(), text: text.to_owned() }];
    let failed = |error: packs::PackError| PortalError::Internal(format!("pack: {error}"));
    let bytes = sign(&draft.build().map_err(failed)?, &key).map_err(failed)?;
    Ok((bytes, key.public_file().to_json()))
}
