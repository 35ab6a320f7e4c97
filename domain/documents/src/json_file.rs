//! JSON with the field names of Decree 30/2020/NĐ-CP, appendix VI, for what the decree names.

use serde::Serialize;
use serde_json::{Value, json};

use crate::text::clean;
use crate::{Figure, RollUpPart, Statement};

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Row {
    key: String,
    number: String,
    label: String,
    declared: Option<i64>,
    of: Option<i64>,
    measured: Option<i64>,
    note: String,
    reason: String,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Cell {
    key: String,
    declared: Option<i64>,
    measured: Option<i64>,
}

/// The statement as JSON; each field is listed in `docs/report-exports.md`.
pub fn to_json(statement: &Statement) -> Value {
    let rows: Vec<Row> = statement
        .rows
        .iter()
        .map(|row| Row {
            key: row.key.clone(),
            number: row.number.clone(),
            label: clean(&row.label),
            declared: row.declared,
            of: row.of,
            measured: row.measured,
            note: clean(&row.note),
            reason: clean(&row.reason),
        })
        .collect();
    let organisation = |name: &str| json!({ "OrganName": clean(name) });
    let to: Vec<Value> = Some(&statement.to)
        .filter(|it| !it.is_empty())
        .map(|it| organisation(it))
        .into_iter()
        .collect();
    // "TM. ỦY BAN NHÂN DÂN", "KT. CHỦ TỊCH"; then the post.
    let (position, competence) = match statement.signer.split_last() {
        Some((position, competence)) => (position.as_str(), competence.join(", ")),
        None => ("", String::new()),
    };
    json!({
        "OrganId": statement.issuer_code,
        "OrganName": clean(&statement.issuer),
        "CodeNumber": null,
        "CodeNotation": null,
        "IssuedDate": statement.date,
        "Subject": clean(&statement.subject),
        "SignerInfo": {
            "Competence": competence,
            "Position": position,
            "FullName": clean(&statement.signer_name),
        },
        "To": to,
        "DueDate": statement.due_on,
        "Marking": statement.marking,
        "IsDraft": statement.is_draft,
        "InReplyTo": clean(&statement.in_reply_to),
        "Form": clean(&statement.form_title),
        "FormRemark": clean(&statement.form_remark),
        "State": statement.state,
        "Assessment": clean(&statement.assessment),
        "Proposals": clean(&statement.proposals),
        "Rows": rows,
        "RollUp": statement.roll_up.as_ref().map(|it| roll_up(statement, it)),
    })
}

fn roll_up(statement: &Statement, part: &RollUpPart) -> Value {
    let figures = |figures: &[Figure]| {
        let cells = statement.rows.iter().zip(figures).map(|(row, it)| Cell {
            key: row.key.clone(),
            declared: it.declared,
            measured: it.measured,
        });
        cells.collect::<Vec<_>>()
    };
    let units: Vec<Value> = part
        .units
        .iter()
        .map(|unit| {
            json!({
                "OrganId": unit.code,
                "OrganName": clean(&unit.name),
                "State": unit.state,
                "Rows": figures(&unit.figures),
            })
        })
        .collect();
    let names = |names: &[String]| names.iter().map(|name| clean(name)).collect::<Vec<_>>();
    let opinions: Vec<Value> = part
        .opinions
        .iter()
        .map(|it| {
            json!({
                "OrganName": clean(&it.unit),
                "Assessment": clean(&it.assessment),
                "Proposals": clean(&it.proposals),
                "Answer": clean(&it.answer),
            })
        })
        .collect();
    json!({
        "Expected": part.expected,
        "Reported": part.reported,
        "NotNoted": part.not_noted,
        "Missing": names(&part.missing),
        "Late": names(&part.late),
        "InformedBeside": names(&part.informed_beside),
        "Units": units,
        "Opinions": opinions,
    })
}
