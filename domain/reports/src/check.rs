//! What is wrong with a report, before it goes on.

use crate::{Content, Form, Rule};

/// The longest text of section 1, in characters.
const LONGEST_TEXT: usize = 20_000;
/// The longest note or reason, in characters.
const LONGEST_NOTE: usize = 1_000;

/// One thing that is wrong with a report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckProblem {
    /// Key of the row, or `assessment`, `proposals`.
    pub field: String,
    /// What is wrong.
    pub kind: ProblemKind,
}

/// What is wrong. Each has a message `reports-problem-<code>`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ProblemKind {
    /// The figure is blank and no note says why: 0 is written as 0, and what does not apply is
    /// left blank with a note.
    Blank,
    /// The figure is below 0.
    Negative,
    /// Declared and measured differ without a reason.
    ReasonMissing,
    /// The row is above the row (or the head count) that limits it.
    AboveLimit {
        /// Key of the limiting row, or `headcount`.
        limit: String,
        /// Its figure.
        limit_value: i64,
    },
    /// Ten times the measured figure or more: a slip of the keyboard, or a reason is due.
    TenTimes,
    /// The assessment is empty.
    AssessmentMissing,
    /// A text is longer than the form takes.
    TooLong,
}

impl ProblemKind {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Blank => "blank",
            Self::Negative => "negative",
            Self::ReasonMissing => "reason-missing",
            Self::AboveLimit { .. } => "above-limit",
            Self::TenTimes => "ten-times",
            Self::AssessmentMissing => "assessment-missing",
            Self::TooLong => "too-long",
        }
    }
}

/// Everything that keeps a report from being sent on; empty when nothing does.
pub fn check(form: &Form, content: &Content, headcount: Option<i64>) -> Vec<CheckProblem> {
    let mut problems = Vec::new();
    let mut add = |field: &str, kind| problems.push(CheckProblem { field: field.to_owned(), kind });
    if content.assessment.trim().is_empty() {
        add("assessment", ProblemKind::AssessmentMissing);
    }
    for (field, text) in [("assessment", &content.assessment), ("proposals", &content.proposals)] {
        if text.chars().count() > LONGEST_TEXT {
            add(field, ProblemKind::TooLong);
        }
    }
    for row in &form.rows {
        let cell = content.cell(&row.key);
        match cell.declared {
            None if cell.note.trim().is_empty() => add(&row.key, ProblemKind::Blank),
            None => {}
            Some(value) if value < 0 => add(&row.key, ProblemKind::Negative),
            Some(value) => {
                let lacks_reason = cell.differs() && cell.reason.trim().is_empty();
                let is_slip = cell.measured.is_some_and(|it| it > 0 && value / 10 >= it);
                if lacks_reason {
                    let kind =
                        if is_slip { ProblemKind::TenTimes } else { ProblemKind::ReasonMissing };
                    add(&row.key, kind);
                }
            }
        }
        if [&cell.note, &cell.reason].iter().any(|text| text.chars().count() > LONGEST_NOTE) {
            add(&row.key, ProblemKind::TooLong);
        }
    }
    for rule in &form.rules {
        let value = |key: &str| match key {
            "headcount" => headcount,
            key => content.cell(key).declared,
        };
        let (rows, limit) = match rule {
            Rule::AtMost { row, limit } => (std::slice::from_ref(row), limit),
            Rule::SumAtMost { rows, limit } => (rows.as_slice(), limit),
        };
        let sum = rows
            .iter()
            .map(|key| value(key))
            .try_fold(0_i64, |sum, value| Some(sum.saturating_add(value?)));
        if let (Some(sum), Some(limit_value), Some(first)) = (sum, value(limit), rows.first())
            && sum > limit_value
        {
            add(first, ProblemKind::AboveLimit { limit: limit.clone(), limit_value });
        }
    }
    problems
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Cell;

    fn content(cells: &[(&str, Option<i64>, Option<i64>, &str)]) -> Content {
        let cells = cells
            .iter()
            .map(|(key, declared, measured, reason)| {
                let reason = (*reason).to_owned();
                let cell =
                    Cell { declared: *declared, measured: *measured, reason, ..Cell::default() };
                ((*key).to_owned(), cell)
            })
            .collect();
        Content { assessment: "Tốt".to_owned(), cells, ..Content::default() }
    }

    #[test]
    fn every_problem_is_named_with_its_row() {
        let check_letter = |cells: &[(&str, Option<i64>, Option<i64>, &str)], expected: &[&str]| {
            let found: Vec<_> = check(&Form::letter(), &content(cells), None)
                .iter()
                .map(|it| format!("{} {}", it.field, it.kind.code()))
                .collect();
            assert_eq!(found, expected, "{cells:?}");
        };
        let (informed, launched) = ("informed", "launched");
        check_letter(&[(informed, Some(5), Some(5), ""), (launched, Some(3), Some(3), "")], &[]);
        check_letter(&[(informed, Some(0), None, ""), (launched, Some(0), None, "")], &[]);
        check_letter(&[(informed, Some(5), None, "")], &["launched blank"]);
        check_letter(
            &[(informed, Some(-1), None, ""), (launched, Some(0), None, "")],
            &["informed negative", "launched above-limit"],
        );
        check_letter(
            &[(informed, Some(6), Some(5), ""), (launched, Some(3), Some(3), "")],
            &["informed reason-missing"],
        );
        check_letter(
            &[(informed, Some(6), Some(5), "thêm một"), (launched, Some(3), Some(3), "")],
            &[],
        );
        check_letter(
            &[(informed, Some(50), Some(5), ""), (launched, Some(3), Some(3), "")],
            &["informed ten-times"],
        );
        check_letter(
            &[(informed, Some(5), None, ""), (launched, Some(6), None, "")],
            &["launched above-limit"],
        );
    }

    #[test]
    fn what_does_not_apply_is_blank_with_a_note() {
        let mut content = content(&[("informed", Some(1), None, ""), ("launched", None, None, "")]);
        assert_eq!(check(&Form::letter(), &content, None).len(), 1);
        "Không áp dụng".clone_into(&mut content.cells.get_mut("launched").unwrap().note);
        assert_eq!(check(&Form::letter(), &content, None), []);
    }

    #[test]
    fn the_parts_of_what_was_found_infected_are_together_no_more() {
        let form = Form::find("extended", 1).unwrap();
        let check_parts = |parts: [i64; 2], expected: bool| {
            let [verified, declared] = parts;
            let content = content(&[
                ("devices-infected", Some(5), None, ""),
                ("devices-cleaned-verified", Some(verified), None, ""),
                ("devices-cleaned-declared", Some(declared), None, ""),
            ]);
            let is_above = check(&form, &content, None).iter().any(|it| {
                it.field == "devices-cleaned-verified" && it.kind.code() == "above-limit"
            });
            assert_eq!(is_above, expected, "{parts:?}");
        };
        check_parts([2, 3], false);
        check_parts([3, 3], true);
        check_parts([i64::MAX, i64::MAX], true);
    }

    #[test]
    fn an_empty_assessment_is_a_problem() {
        let problems = check(&Form::letter(), &Content::default(), None);
        assert!(problems.iter().any(|it| it.kind == ProblemKind::AssessmentMissing));
    }

    #[test]
    fn users_informed_are_at_most_the_head_count() {
        let form = Form::find("extended", 1).unwrap();
        let content = content(&[("users-informed", Some(33), None, "")]);
        let is_above = |headcount| {
            check(&form, &content, headcount)
                .iter()
                .any(|it| it.field == "users-informed" && it.kind.code() == "above-limit")
        };
        assert!(is_above(Some(32)));
        assert!(!is_above(Some(33)));
        assert!(!is_above(None));
    }
}
