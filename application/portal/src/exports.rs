//! Reports, roll-ups and letters as files.

use std::collections::BTreeSet;

use ::campaigns::{CampaignState, Deadline, ReceiverRole, UnitId, UnitKind};
use ::reports::{Form, Origin, ReportState};
use documents::{
    BlankForm, Figure, Letter, Opinion, RollUpPart, Statement, StatementRow, UnitLine,
};
use language::{Language, text, text_with};
use storage::campaigns::CampaignRecord;
use storage::units::UnitRecord;

use crate::campaigns::{CampaignView, deadline_of, form_of, zone_of};
use crate::letter_text::{self, lines};
use crate::reports::{ReportView, RollUpView};
use crate::{Portal, PortalError};

/// A kind of file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Word.
    Docx,
    /// Excel.
    Xlsx,
    /// CSV.
    Csv,
    /// JSON.
    Json,
}

impl Kind {
    /// The kind that a file name's ending asks for.
    pub fn of_file(name: &str) -> Option<Self> {
        let ending = name.rsplit_once('.')?.1;
        [Self::Docx, Self::Xlsx, Self::Csv, Self::Json]
            .into_iter()
            .find(|kind| kind.extension() == ending)
    }

    /// Its ending.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Docx => "docx",
            Self::Xlsx => "xlsx",
            Self::Csv => "csv",
            Self::Json => "json",
        }
    }

    /// Its media type.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Docx => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Self::Csv => "text/csv; charset=utf-8",
            Self::Json => "application/json",
        }
    }
}

/// A unit's report as a file.
pub fn report(
    portal: &Portal,
    view: &ReportView,
    kind: Kind,
    language: Language,
) -> Result<Vec<u8>, PortalError> {
    write(&report_statement(portal, view, language_of(kind, language)), kind)
}

/// A node's roll-up as a file.
pub fn roll_up(
    portal: &Portal,
    view: &RollUpView,
    kind: Kind,
    language: Language,
) -> Result<Vec<u8>, PortalError> {
    write(&roll_up_statement(portal, view, language_of(kind, language)), kind)
}

/// An official document is Vietnamese; a table can be read in either language.
fn language_of(kind: Kind, language: Language) -> Language {
    if kind == Kind::Docx { Language::Vi } else { language }
}

fn report_statement(portal: &Portal, view: &ReportView, language: Language) -> Statement {
    let content = &view.report.content;
    let rows = view.form.rows.iter().map(|row| {
        let cell = content.cell(&row.key);
        StatementRow {
            key: row.key.clone(),
            number: row.number.clone(),
            label: row.label.get(language).to_owned(),
            declared: cell.declared,
            of: row.of.as_ref().and(view.unit.headcount),
            measured: cell.measured,
            note: cell.note,
            reason: cell.reason,
        }
    });
    let zone = zone_of(portal, &view.campaign);
    let is_draft = !view.report.state.is_handed_in() && view.report.state != ReportState::Approved;
    let approver = view.approver.as_ref().filter(|_| !is_draft);
    Statement {
        language,
        marking: marking(portal),
        is_draft,
        governing_body: view.governing_body.clone(),
        issuer: view.unit.name.clone(),
        issuer_code: view.unit.code.clone(),
        place: view.unit.place.clone(),
        date: view.report.submitted_at.map(|at| at.to_zoned_datetime(zone).date()),
        subject: format!("Kết quả triển khai {}", lower_first(&view.campaign.title)),
        to: view.collector.name.clone(),
        in_reply_to: in_reply_to(&view.campaign, &view.owner),
        form_letter: letter_of(&view.campaign, &view.owner),
        due_on: view.deadline.map(Deadline::last_day),
        form_title: view.form.title.get(language).to_owned(),
        form_remark: form_remark(&view.form),
        assessment: content.assessment.clone(),
        proposals: content.proposals.clone(),
        rows: rows.collect(),
        roll_up: None,
        state: state_word(language, &view.report.state.to_string()),
        signer: signer(&view.unit, approver.map_or("", |it| it.position.as_str())),
        signer_name: approver.map(|it| it.name.clone()).unwrap_or_default(),
    }
}

fn roll_up_statement(portal: &Portal, view: &RollUpView, language: Language) -> Statement {
    let name = |id: &UnitId| view.units.get(id).map(|it| it.name.clone()).unwrap_or_default();
    let sorted = |ids: &BTreeSet<UnitId>| {
        let mut units: Vec<_> = ids.iter().filter_map(|id| view.units.get(id)).collect();
        units.sort_by(|a, b| a.code.cmp(&b.code));
        units.into_iter().map(|it| it.name.clone()).collect::<Vec<_>>()
    };
    let rows = view.sums.rows.iter().filter_map(|sum| {
        let row = view.form.row(&sum.key)?;
        let values = [("units", sum.declared.units.into())];
        Some(StatementRow {
            key: sum.key.clone(),
            number: row.number.clone(),
            label: row.label.get(language).to_owned(),
            declared: sum.declared.value,
            of: None,
            measured: sum.measured.value,
            note: text_with(language, "documents-sum-of", &values),
            reason: String::new(),
        })
    });
    let mut expected: Vec<_> =
        view.sums.expected.iter().filter_map(|id| view.units.get(id)).collect();
    expected.sort_by(|a, b| a.code.cmp(&b.code));
    let state = |id: UnitId| {
        let report = view.reports.get(&id).filter(|_| view.sums.reported.contains(&id));
        let code = report.map_or_else(|| "missing".to_owned(), |it| it.state.to_string());
        state_word(language, &code)
    };
    let is_noted = |id: &UnitId| {
        let state = view.reports.get(id).map(|it| it.state);
        matches!(state, Some(ReportState::Noted | ReportState::Locked))
    };
    let figure = |unit: UnitId, key: &str| {
        let cell = view.contents.get(&unit).map(|content| content.cell(key));
        cell.map(|it| Figure { declared: it.declared, measured: it.measured }).unwrap_or_default()
    };
    let units = expected.iter().map(|unit| UnitLine {
        code: unit.code.clone(),
        name: unit.name.clone(),
        state: state(unit.id),
        figures: view.form.rows.iter().map(|row| figure(unit.id, &row.key)).collect(),
    });
    let opinions = expected.iter().filter_map(|unit| {
        let content = view.contents.get(&unit.id)?;
        if content.assessment.is_empty() && content.proposals.is_empty() {
            return None;
        }
        let answer = view.reports.get(&unit.id).and_then(|it| view.answers.get(&it.id));
        Some(Opinion {
            unit: name(&unit.id),
            assessment: content.assessment.clone(),
            proposals: content.proposals.clone(),
            answer: answer.map(|it| format!("{} ({})", it.answer, it.owner)).unwrap_or_default(),
        })
    });
    let is_of_own_letter = view.unit.id == view.owner.id;
    // Who runs the campaign reports to the body above it; everybody else to who collects.
    let to = view.collector.as_ref().map_or(&view.governing_body, |it| &it.name).clone();
    let (signer, signer_name) = if is_of_own_letter {
        signature_block(&view.campaign.signer)
    } else {
        (signer(&view.unit, ""), String::new())
    };
    Statement {
        language,
        marking: marking(portal),
        is_draft: false,
        governing_body: view.governing_body.clone(),
        issuer: view.unit.name.clone(),
        issuer_code: view.unit.code.clone(),
        place: view.unit.place.clone(),
        date: Some(portal.today()),
        subject: format!("Tổng hợp kết quả triển khai {}", lower_first(&view.campaign.title)),
        to,
        in_reply_to: in_reply_to(&view.campaign, &view.owner),
        form_letter: letter_of(&view.campaign, &view.owner),
        due_on: deadline_of(&view.campaign).map(Deadline::last_day),
        form_title: view.form.title.get(language).to_owned(),
        form_remark: form_remark(&view.form),
        assessment: String::new(),
        proposals: String::new(),
        rows: rows.collect(),
        roll_up: Some(RollUpPart {
            expected: view.sums.expected.len(),
            reported: view.sums.reported.len(),
            not_noted: view.sums.reported.iter().filter(|id| !is_noted(id)).count(),
            is_of_own_letter,
            units: units.collect(),
            missing: sorted(&view.sums.missing),
            late: sorted(&view.sums.late),
            informed_beside: sorted(&view.informed_beside),
            opinions: opinions.collect(),
        }),
        state: String::new(),
        signer,
        signer_name,
    }
}

/// The campaign's letter as DOCX, with the form to report on as its appendix.
pub fn letter(portal: &Portal, view: &CampaignView) -> Result<Vec<u8>, PortalError> {
    let campaign = &view.campaign;
    let to = |role: ReceiverRole| {
        view.receivers.iter().filter(move |(_, it)| *it == role).map(|(unit, _)| unit.name.clone())
    };
    let mut closing: Vec<String> = letter_text::deadline(view).into_iter().collect();
    closing.extend(letter_text::contact(view));
    let mut recipients = vec!["Như trên".to_owned()];
    recipients.extend(to(ReceiverRole::Coordination).map(|it| format!("{it} (để phối hợp)")));
    recipients.extend(to(ReceiverRole::Information).map(|it| format!("{it} (để biết)")));
    recipients.push("Lưu: VT".to_owned());
    let form = form_of(campaign);
    let (signer, signer_name) = signature_block(&campaign.signer);
    let letter = Letter {
        marking: marking(portal),
        is_draft: campaign.state == CampaignState::Draft,
        governing_body: view.governing_body.clone(),
        issuer: view.owner.name.clone(),
        number: campaign.letter_number.clone(),
        subject: bare_subject(&campaign.subject).to_owned(),
        place: campaign.letter_place.clone(),
        date: campaign.letter_on,
        to: letter_text::addressees(view),
        opening: letter_text::opening(view),
        tasks: campaign.tasks.iter().map(|task| bare_task(task).to_owned()).collect(),
        closing,
        signer,
        signer_name,
        recipients,
        form: Some(BlankForm {
            title: form.title.vi.clone(),
            remark: form_remark(&form),
            rows: form.rows.into_iter().map(|row| (row.number, row.label.vi)).collect(),
        }),
    };
    documents::letter_to_docx(&letter).map_err(failed)
}

fn write(statement: &Statement, kind: Kind) -> Result<Vec<u8>, PortalError> {
    match kind {
        Kind::Docx => documents::to_docx(statement).map_err(failed),
        Kind::Xlsx => documents::to_xlsx(statement).map_err(failed),
        Kind::Csv => Ok(documents::to_csv(statement)),
        Kind::Json => serde_json::to_vec_pretty(&documents::to_json(statement))
            .map_err(|error| PortalError::Internal(error.to_string())),
    }
}

#[expect(clippy::needless_pass_by_value, reason = "the shape of map_err")]
fn failed(error: documents::DocumentError) -> PortalError {
    PortalError::Internal(error.to_string())
}

fn marking(portal: &Portal) -> Option<String> {
    portal.is_demo.then(|| text(Language::Vi, "demo-mark"))
}

fn form_remark(form: &Form) -> String {
    match form.origin {
        Origin::Authority => String::new(),
        Origin::Lamsach => form.source.clone(),
    }
}

fn state_word(language: Language, code: &str) -> String {
    text(language, &format!("report-state-{code}"))
}

/// "Công văn số 12/SKHCN-CĐS ngày 03 tháng 8 năm 2026 của …"; empty without a number.
fn letter_of(campaign: &CampaignRecord, owner: &UnitRecord) -> String {
    if campaign.letter_number.is_empty() {
        return String::new();
    }
    let day = campaign.letter_on.map(|date| format!(" {}", language::day_phrase(date)));
    let day = day.unwrap_or_default();
    format!("Công văn số {}{day} của {}", campaign.letter_number, owner.name)
}

fn in_reply_to(campaign: &CampaignRecord, owner: &UnitRecord) -> String {
    let letter = letter_of(campaign, owner);
    let subject = lower_first(bare_subject(&campaign.subject));
    if letter.is_empty() || subject.is_empty() {
        return letter;
    }
    format!("{letter} về việc {subject}")
}

/// A subject as people type it, without the "V/v" that the document sets before it.
fn bare_subject(subject: &str) -> &str {
    let subject = subject.trim();
    ["V/v", "v/v", "Về việc", "về việc"]
        .iter()
        .find_map(|prefix| subject.strip_prefix(prefix))
        .map_or(subject, |rest| rest.trim_start_matches([':', ' ']))
}

/// A task as people type it, without the number that the document sets before it.
fn bare_task(task: &str) -> &str {
    let rest = task.trim_start().trim_start_matches(|c: char| c.is_ascii_digit());
    match rest.strip_prefix(['.', ')']) {
        Some(text) if rest.len() < task.trim_start().len() && text.starts_with(' ') => text.trim(),
        _ => task.trim(),
    }
}

/// Posts and name of who signs, from what was typed: a last line that is not in capitals is the
/// name.
fn signature_block(typed: &str) -> (Vec<String>, String) {
    let mut posts = lines(typed);
    let is_name =
        posts.len() > 1 && posts.last().is_some_and(|last| last.chars().any(char::is_lowercase));
    let name = if is_name { posts.pop().unwrap_or_default() } else { String::new() };
    (posts, name)
}

/// The posts above the name of who signs a unit's report, by what the unit is. A deputy signs for the
/// head (Decree 30/2020/NĐ-CP, article 13); no other position says in whose place one signs.
fn signer(unit: &UnitRecord, position: &str) -> Vec<String> {
    let posts: &[&str] = match unit.kind.parse() {
        Ok(UnitKind::PeopleCommittee | UnitKind::Commune) => &["TM. ỦY BAN NHÂN DÂN", "CHỦ TỊCH"],
        Ok(UnitKind::School) => &["HIỆU TRƯỞNG"],
        Ok(UnitKind::Health | UnitKind::Enterprise) => &["GIÁM ĐỐC"],
        Ok(UnitKind::Department) if unit.name.starts_with("Sở ") => &["GIÁM ĐỐC"],
        _ => &["THỦ TRƯỞNG CƠ QUAN"],
    };
    let mut posts: Vec<String> = posts.iter().map(|it| (*it).to_owned()).collect();
    let position = position.trim().to_uppercase();
    if let Some(head) = position.strip_prefix("PHÓ ") {
        posts.pop();
        posts.push(format!("KT. {head}"));
        posts.push(position.clone());
    }
    posts
}

fn lower_first(text: &str) -> String {
    let mut chars = text.chars();
    match chars.next() {
        Some(first) => first.to_lowercase().chain(chars).collect(),
        None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_type_is_not_set_twice() {
        assert_eq!(bare_subject("V/v triển khai"), "triển khai");
        assert_eq!(bare_subject("Về việc: triển khai"), "triển khai");
        assert_eq!(bare_subject("triển khai V/v"), "triển khai V/v");
        assert_eq!(bare_task("1. Phát động"), "Phát động");
        assert_eq!(bare_task("12) Phát động"), "Phát động");
        assert_eq!(bare_task("22/9 là hạn"), "22/9 là hạn");
        assert_eq!(bare_task("1.5 điểm"), "1.5 điểm");
        assert_eq!(bare_task(". a"), ". a");
    }

    #[test]
    fn a_deputy_signs_for_the_head() {
        let check = |kind: UnitKind, position: &str, posts: &[&str]| {
            let unit = UnitRecord {
                id: UnitId::from(uuid::Uuid::nil()),
                code: String::new(),
                name: String::new(),
                name_key: String::new(),
                kind: kind.to_string(),
                place: String::new(),
                headcount: None,
                valid_from: None,
                valid_to: None,
                created_at: jiff::Timestamp::UNIX_EPOCH,
            };
            assert_eq!(signer(&unit, position), posts, "{kind} {position}");
        };
        let committee = "TM. ỦY BAN NHÂN DÂN";
        check(UnitKind::Commune, "", &[committee, "CHỦ TỊCH"]);
        check(UnitKind::Commune, "Chủ tịch", &[committee, "CHỦ TỊCH"]);
        check(UnitKind::Commune, "Phó Chủ tịch", &[committee, "KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH"]);
        check(UnitKind::School, "Phó Hiệu trưởng", &["KT. HIỆU TRƯỞNG", "PHÓ HIỆU TRƯỞNG"]);
        check(UnitKind::Health, "Lãnh đạo phụ trách", &["GIÁM ĐỐC"]);
    }

    #[test]
    fn a_last_line_in_small_letters_is_the_signers_name() {
        let check = |typed: &str, posts: &[&str], name: &str| {
            let posts: Vec<_> = posts.iter().map(|it| (*it).to_owned()).collect();
            assert_eq!(signature_block(typed), (posts, name.to_owned()));
        };
        check("KT. GIÁM ĐỐC\nPHÓ GIÁM ĐỐC", &["KT. GIÁM ĐỐC", "PHÓ GIÁM ĐỐC"], "");
        check("GIÁM ĐỐC\n\nNguyễn Minh Họa", &["GIÁM ĐỐC"], "Nguyễn Minh Họa");
        check("Giám đốc", &["Giám đốc"], "");
        check("", &[], "");
    }
}
