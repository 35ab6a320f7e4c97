//! Reports, roll-ups and letters as files.

use ::campaigns::{ReceiverRole, UnitId};
use ::reports::{Cell, Form, Origin};
use documents::{Letter, Opinion, Statement, StatementRow, UnitLine};
use language::{Language, text, text_with};

use crate::campaigns::{CampaignView, deadline_of};
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
    let content = &view.report.content;
    let rows = view
        .form
        .rows
        .iter()
        .map(|row| {
            let cell = content.cell(&row.key);
            let note = note(&cell);
            StatementRow {
                key: row.key.clone(),
                number: row.number.clone(),
                label: row.label.vi.clone(),
                declared: cell.declared,
                measured: cell.measured,
                note,
            }
        })
        .collect();
    let statement = Statement {
        language,
        marking: marking(portal),
        governing_body: String::new(),
        issuer: view.unit.name.clone(),
        issuer_code: view.unit.code.clone(),
        place: view.unit.place.clone(),
        date: view.report.submitted_at.map(|at| at.to_zoned_datetime(portal.zone.clone()).date()),
        subject: format!("Kết quả triển khai {}", lower_first(&view.campaign.title)),
        to: String::new(),
        in_reply_to: in_reply_to(&view.campaign.letter_number, view.campaign.letter_on),
        form_title: view.form.title.vi.clone(),
        form_remark: form_remark(&view.form),
        assessment: content.assessment.clone(),
        proposals: content.proposals.clone(),
        rows,
        expected: 0,
        reported: 0,
        units: Vec::new(),
        missing: Vec::new(),
        late: Vec::new(),
        opinions: Vec::new(),
        state: text(Language::Vi, &format!("report-state-{}", view.report.state)),
        signer: vec!["THỦ TRƯỞNG ĐƠN VỊ".to_owned()],
    };
    write(&statement, kind)
}

/// A node's roll-up as a file.
pub fn roll_up(
    portal: &Portal,
    view: &RollUpView,
    kind: Kind,
    language: Language,
) -> Result<Vec<u8>, PortalError> {
    write(&roll_up_statement(portal, view, language), kind)
}

fn roll_up_statement(portal: &Portal, view: &RollUpView, language: Language) -> Statement {
    let name = |id: &UnitId| view.units.get(id).map(|it| it.name.clone()).unwrap_or_default();
    let rows = view
        .sums
        .rows
        .iter()
        .filter_map(|sum| {
            let row = view.form.row(&sum.key)?;
            let units = sum.declared.units;
            Some(StatementRow {
                key: sum.key.clone(),
                number: row.number.clone(),
                label: row.label.vi.clone(),
                declared: sum.declared.value,
                measured: sum.measured.value,
                note: text_with(Language::Vi, "roll-up-note", &[("units", units.into())]),
            })
        })
        .collect();
    let mut expected: Vec<_> =
        view.sums.expected.iter().filter_map(|id| view.units.get(id)).collect();
    expected.sort_by(|a, b| a.code.cmp(&b.code));
    let state = |id: UnitId| {
        let handed_in = view.sums.reported.contains(&id);
        let code = match view.reports.get(&id) {
            Some(report) if handed_in => report.state.to_string(),
            _ => "missing".to_owned(),
        };
        text(Language::Vi, &format!("report-state-{code}"))
    };
    let figure = |unit: UnitId, key: &str| {
        view.contents.get(&unit).and_then(|content| content.cell(key).declared)
    };
    let units = expected
        .iter()
        .map(|unit| UnitLine {
            code: unit.code.clone(),
            name: unit.name.clone(),
            state: state(unit.id),
            declared: view.form.rows.iter().map(|row| figure(unit.id, &row.key)).collect(),
        })
        .collect();
    let opinions = expected
        .iter()
        .filter_map(|unit| {
            let content = view.contents.get(&unit.id)?;
            if content.assessment.is_empty() && content.proposals.is_empty() {
                return None;
            }
            let answer = view.reports.get(&unit.id).and_then(|it| view.answers.get(&it.id));
            Some(Opinion {
                unit: unit.name.clone(),
                assessment: content.assessment.clone(),
                proposals: content.proposals.clone(),
                answer: answer
                    .map(|it| format!("{} ({})", it.answer, it.owner))
                    .unwrap_or_default(),
            })
        })
        .collect();
    let sorted = |ids: &std::collections::BTreeSet<UnitId>| {
        let mut names: Vec<String> = ids.iter().map(name).collect();
        names.sort();
        names
    };
    Statement {
        language,
        marking: marking(portal),
        governing_body: String::new(),
        issuer: view.unit.name.clone(),
        issuer_code: view.unit.code.clone(),
        place: view.unit.place.clone(),
        date: Some(portal.today()),
        subject: format!("Tổng hợp kết quả triển khai {}", lower_first(&view.campaign.title)),
        to: String::new(),
        in_reply_to: in_reply_to(&view.campaign.letter_number, view.campaign.letter_on),
        form_title: view.form.title.vi.clone(),
        form_remark: form_remark(&view.form),
        assessment: String::new(),
        proposals: String::new(),
        rows,
        expected: view.sums.expected.len(),
        reported: view.sums.reported.len(),
        units,
        missing: sorted(&view.sums.missing),
        late: sorted(&view.sums.late),
        opinions,
        state: String::new(),
        signer: vec!["THỦ TRƯỞNG ĐƠN VỊ".to_owned()],
    }
}

/// The campaign's letter as DOCX.
pub fn letter(portal: &Portal, view: &CampaignView) -> Result<Vec<u8>, PortalError> {
    let campaign = &view.campaign;
    let lines = |text: &str| text.lines().map(str::to_owned).collect::<Vec<_>>();
    let to = |role: ReceiverRole| {
        view.receivers.iter().filter(move |(_, it)| *it == role).map(|(unit, _)| unit.name.clone())
    };
    let mut closing = Vec::new();
    if let Some(deadline) = deadline_of(campaign) {
        let day = language::date(Language::Vi, deadline.day);
        let key = format!("letter-deadline-{}", deadline.phrase);
        closing.push(text_with(Language::Vi, &key, &[("day", day.as_str().into())]));
    }
    if !campaign.contact_line.is_empty() {
        closing.push(campaign.contact_line.clone());
    }
    let mut addressees: Vec<String> = to(ReceiverRole::Action).collect();
    if addressees.len() > 12 {
        addressees = vec!["Các cơ quan, đơn vị theo danh sách nhận".to_owned()];
    }
    let mut recipients = vec!["Như trên".to_owned()];
    recipients.extend(to(ReceiverRole::Coordination).map(|it| format!("{it} (để phối hợp)")));
    recipients.extend(to(ReceiverRole::Information).map(|it| format!("{it} (để biết)")));
    recipients.push("Lưu: VT".to_owned());
    let letter = Letter {
        marking: marking(portal),
        governing_body: String::new(),
        issuer: view.owner.name.clone(),
        number: campaign.letter_number.clone(),
        subject: campaign.subject.clone(),
        place: campaign.letter_place.clone(),
        date: campaign.letter_on,
        to: addressees,
        opening: [lines(&campaign.legal_basis), lines(&campaign.aim)].concat(),
        tasks: campaign.tasks.clone(),
        closing,
        signer: lines(&campaign.signer),
        recipients,
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
    portal.is_demo.then(|| "TÀI LIỆU MINH HỌA – KHÔNG CÓ GIÁ TRỊ PHÁP LÝ".to_owned())
}

fn form_remark(form: &Form) -> String {
    match form.origin {
        Origin::Authority => String::new(),
        Origin::Lamsach => form.source.clone(),
    }
}

fn note(cell: &Cell) -> String {
    [cell.note.as_str(), cell.reason.as_str()]
        .into_iter()
        .filter(|it| !it.is_empty())
        .collect::<Vec<_>>()
        .join(". ")
}

fn in_reply_to(number: &str, date: Option<jiff::civil::Date>) -> String {
    if number.is_empty() {
        return String::new();
    }
    let day = date.map(|date| format!(" ngày {}", language::date(Language::Vi, date)));
    format!("Công văn số {number}{}", day.unwrap_or_default())
}

fn lower_first(text: &str) -> String {
    let mut chars = text.chars();
    match chars.next() {
        Some(first) => first.to_lowercase().chain(chars).collect(),
        None => String::new(),
    }
}
