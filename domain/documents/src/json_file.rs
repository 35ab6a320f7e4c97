//! JSON with the field names of Decree 30/2020/NĐ-CP, appendix VI, for what the decree names.

use serde_json::{Value, json};

use crate::Statement;

/// The statement as JSON.
pub fn to_json(statement: &Statement) -> Value {
    json!({
        "OrganId": statement.issuer_code,
        "OrganName": statement.issuer,
        "IssuedDate": statement.date,
        "Subject": statement.subject,
        "To": [statement.to],
        "Marking": statement.marking,
        "InReplyTo": statement.in_reply_to,
        "Form": statement.form_title,
        "State": statement.state,
        "Assessment": statement.assessment,
        "Proposals": statement.proposals,
        "Rows": statement.rows,
        "Expected": statement.expected,
        "Reported": statement.reported,
        "Units": statement.units,
        "Missing": statement.missing,
        "Late": statement.late,
        "Opinions": statement.opinions,
    })
}
