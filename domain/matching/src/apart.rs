//! Questions and answers that a log writes on lines of their own.

use contacts::Part;
use serde::{Deserialize, Serialize};

use crate::{Evidence, Verdict};

/// How many lines tell of questions, and how many of what became of them, for a device and an indicator.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Apart {
    /// Questions.
    pub questions: u64,
    /// Answers that are not known to have come from elsewhere than the destination.
    pub answers: u64,
    /// Times that something answered in the destination's place.
    pub blocked: u64,
    /// Questions of which a log without answers tells: of these nobody knows.
    #[serde(default)]
    pub alone: u64,
}

impl Apart {
    /// One line, which is so many contacts: none where it says more of an earlier one.
    pub(crate) fn of(verdict: Verdict, part: Part, count: u64) -> Self {
        let mut lines = Self::default();
        match (verdict, part) {
            (Verdict::DnsBlocked, Part::Answer) => lines.blocked = 1,
            (Verdict::DnsQueried, Part::Question) => lines.questions = 1,
            (Verdict::DnsQueried, Part::Answer) => lines.answers = 1,
            (Verdict::DnsQueried, Part::Whole) => lines.alone = count,
            _ => {}
        }
        lines
    }

    /// Whether any line is about a question or an answer of which another line tells the rest.
    pub(crate) fn is_apart(self) -> bool {
        self.questions + self.answers + self.blocked > 0
    }

    /// Adds further lines.
    pub fn add(&mut self, other: Self) {
        self.questions += other.questions;
        self.answers += other.answers;
        self.blocked += other.blocked;
        self.alone += other.alone;
    }

    /// Whether something answered in the destination's place each time that it was asked for: then the
    /// device is known not to have got through, though the line of the question alone proves more.
    pub fn is_all_blocked(self) -> bool {
        // More blocks than questions are of questions that another log has.
        let is_each = self.blocked == self.questions.max(self.answers);
        self.alone == 0 && self.blocked > 0 && is_each
    }
}

/// What a part of a run knows of the questions behind one of its sightings. A later part can hold the
/// answers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Questions {
    /// The lines.
    pub lines: Apart,
    /// What was asked for, and the first line that says that it was blocked.
    pub first_blocked: Option<(String, Evidence)>,
}

impl Questions {
    /// Adds what a later part knows.
    pub fn add(&mut self, later: Self) {
        self.lines.add(later.lines);
        self.first_blocked = self.first_blocked.take().or(later.first_blocked);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_as_many_blocks_as_questions_belong_to_them() {
        let check = |questions, answers, blocked, alone, expected| {
            let lines = Apart { questions, answers, blocked, alone };
            assert_eq!(lines.is_all_blocked(), expected, "{lines:?}");
        };
        check(2, 0, 2, 0, true);
        check(2, 2, 2, 0, true);
        check(0, 0, 0, 0, false);
        check(2, 0, 1, 0, false);
        check(2, 0, 2, 1, false);
        // Of other questions, which another log has.
        check(1, 0, 7, 0, false);
    }
}
