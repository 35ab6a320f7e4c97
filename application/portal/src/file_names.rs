//! Names of the files that people download: what it is, of whom, of which campaign, of which day.

use jiff::civil::Date;
use language::{Language, text};

use crate::Portal;
use crate::campaigns::{CampaignView, zone_of};
use crate::exports::Kind;
use crate::reports::{ReportView, RollUpView};

/// Bytes of a part; longer ones end at a word. A whole name stays below the 255 of file systems.
const LONGEST_PART: usize = 96;

/// Name of a unit's report: of the day it was sent, or of today.
pub fn report(portal: &Portal, view: &ReportView, kind: Kind, language: Language) -> String {
    let zone = zone_of(portal, &view.campaign);
    let sent = view.report.submitted_at.map(|at| at.to_zoned_datetime(zone).date());
    let day = sent.unwrap_or_else(|| portal.today());
    named("report", language, &view.unit.name, &view.campaign.title, day, kind)
}

/// Name of a node's roll-up of today.
pub fn roll_up(portal: &Portal, view: &RollUpView, kind: Kind, language: Language) -> String {
    named("roll-up", language, &view.unit.name, &view.campaign.title, portal.today(), kind)
}

/// Name of a campaign's letter: of the day it was signed, or of today.
pub fn letter(portal: &Portal, view: &CampaignView, language: Language) -> String {
    let day = view.campaign.letter_on.unwrap_or_else(|| portal.today());
    named("letter", language, &view.owner.name, &view.campaign.title, day, Kind::Docx)
}

fn named(
    what: &str,
    language: Language,
    unit: &str,
    campaign: &str,
    day: Date,
    kind: Kind,
) -> String {
    let what = text(language, &format!("documents-file-{what}"));
    let (unit, campaign) = (part(unit), part(campaign));
    format!("{what} - {unit} - {campaign} - {day}.{}", kind.extension())
}

/// A name as every file system takes it: without the marks that Windows keeps for itself, cut
/// between words.
fn part(name: &str) -> String {
    let is_taken = |c: char| c.is_control() || "<>:\"/\\|?*".contains(c);
    let name: String = name.chars().map(|c| if is_taken(c) { ' ' } else { c }).collect();
    let mut part = String::new();
    for word in name.split_whitespace() {
        if !part.is_empty() && part.len() + 1 + word.len() > LONGEST_PART {
            break;
        }
        if !part.is_empty() {
            part.push(' ');
        }
        for c in word.chars() {
            if part.len() + c.len_utf8() <= LONGEST_PART {
                part.push(c);
            }
        }
    }
    part.trim_matches(['.', ' ']).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_says_what_of_whom_of_which_campaign_and_when() {
        let day = Date::new(2026, 9, 5).unwrap();
        let campaign = "Chiến dịch làm sạch mã độc trên không gian mạng năm 2026 tại tỉnh Đông Lam";
        let unit = "Ủy ban nhân dân xã Bến Sen";
        assert_eq!(
            named("report", Language::Vi, unit, campaign, day, Kind::Docx),
            "Báo cáo - Ủy ban nhân dân xã Bến Sen - Chiến dịch làm sạch mã độc trên không gian mạng \
             năm 2026 tại tỉnh Đông Lam - 2026-09-05.docx"
        );
    }

    #[test]
    fn every_file_system_takes_the_name() {
        let check = |name: &str, expected: &str| assert_eq!(part(name), expected);
        check("Đợt 1/2026: \"rà soát\"", "Đợt 1 2026 rà soát");
        check("..\\..\\etc", "etc");
        check("a\nb\u{0}c", "a b c");
        check(" . ", "");
        check(
            &"một hai ".repeat(20),
            "một hai một hai một hai một hai một hai một hai một hai một hai một hai một",
        );
        let longest = "ự".repeat(400);
        let name = named(
            "roll-up",
            Language::Vi,
            &longest,
            &longest,
            Date::new(2026, 9, 5).unwrap(),
            Kind::Xlsx,
        );
        assert!(name.len() <= 255, "{}", name.len());
    }
}
