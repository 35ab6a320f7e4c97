//! Sentences and figures as the person reads them.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use language::{Language, Value, text, text_with};
use log_check::{
    Intermediary, ListProblem, ListReport, NamesReport, NotParsed, Problem, Refused, Unit,
};
use matching::{Sighting, Verdict};

use command_line::bilingual::lines;

pub(in crate::commands) use command_line::printable;

/// The language of the result, and the zone of its times.
pub(super) struct Words {
    pub(super) language: Language,
    pub(super) zone: TimeZone,
}

impl Words {
    /// The sentence behind a key.
    pub(super) fn t(&self, key: &str) -> String {
        text(self.language, key)
    }

    /// The sentence behind a key with one count set in.
    pub(super) fn tn(&self, key: &str, name: &'static str, count: u64) -> String {
        text_with(self.language, key, &[(name, count.into())])
    }

    /// The sentence behind a key with one text set in.
    pub(super) fn t1(&self, key: &str, name: &'static str, value: &str) -> String {
        text_with(self.language, key, &[(name, value.into())])
    }

    /// The word for a member of a closed set.
    pub(super) fn tk(&self, prefix: &str, code: &str) -> String {
        text(self.language, &format!("{prefix}-{code}"))
    }

    /// What a sighting proves.
    pub(super) fn verdict(&self, verdict: Verdict) -> String {
        self.tk("verdict", verdict_code(verdict))
    }

    /// A count with thousands separators.
    pub(super) fn number(&self, count: u64) -> String {
        language::number(self.language, i64::try_from(count).unwrap_or(i64::MAX))
    }

    /// How many lines, or how many of what else a log consists of.
    pub(super) fn lines(&self, unit: Unit, count: u64) -> String {
        match unit {
            Unit::Lines => self.number(count),
            Unit::Packets => self.t1("log-check-packets", "count", &self.number(count)),
            Unit::Flows => self.t1("log-check-flows", "count", &self.number(count)),
            Unit::Events => self.t1("log-check-events", "count", &self.number(count)),
        }
    }

    /// Where something stands in a log.
    pub(super) fn place(&self, unit: Unit, line_number: u64) -> String {
        match unit {
            Unit::Lines => self.tn("match-line", "line", line_number),
            Unit::Packets => self.tn("match-packet", "line", line_number),
            Unit::Flows => self.tn("match-flow", "line", line_number),
            Unit::Events => self.tn("match-event", "line", line_number),
        }
    }

    /// What stands before examples of what was not understood.
    pub(super) fn not_parsed_such_as(&self, unit: Unit) -> String {
        match unit {
            Unit::Lines => self.t("match-not-parsed-such-as"),
            Unit::Packets => self.t("match-packets-not-parsed-such-as"),
            Unit::Flows => self.t("match-flows-not-parsed-such-as"),
            Unit::Events => self.t("match-events-not-parsed-such-as"),
        }
    }

    /// Something that was not understood, and why when that is known; not yet printable.
    pub(super) fn not_parsed(&self, sample: &NotParsed) -> String {
        match &sample.reason {
            Some(reason) => format!("{} – {}", sample.text, self.tk("packet-reason", reason)),
            None => sample.text.clone(),
        }
    }

    /// A moment in the zone; a dash when it is not known.
    pub(super) fn time(&self, at: Option<Timestamp>) -> String {
        at.map_or_else(|| "–".to_owned(), |at| language::date_time(self.language, at, &self.zone))
    }

    /// Why a log was not read to its end.
    pub(super) fn problem(&self, problem: &Problem) -> String {
        let values = problem.values();
        let values: Vec<(&'static str, Value<'_>)> =
            values.iter().map(|(name, value)| (*name, Value::of_variable(name, value))).collect();
        text_with(self.language, &format!("log-check-problem-{}", problem.code()), &values)
    }

    /// How much of a list is used.
    pub(super) fn taken(&self, report: &ListReport) -> String {
        let values = [
            ("accepted", report.accepted_total().into()),
            ("refused", report.refused_total().into()),
        ];
        text_with(self.language, "match-list-taken", &values)
    }

    /// How much a file of names told.
    pub(super) fn names_taken(&self, report: &NamesReport) -> String {
        let values = [
            ("claims", report.claims.into()),
            ("others", report.of_other_sites.into()),
            ("refused", report.refused_total().into()),
        ];
        text_with(self.language, "match-names-taken", &values)
    }

    /// Which log to ask for in place of an address that stands for others.
    pub(super) fn ask_for(&self, kind: Intermediary) -> String {
        self.tk("intermediary-ask", kind.code())
    }

    /// The name of a device, its hardware address, who says so, and for whom it stands, each on a line; nothing for one
    /// that is known by its address alone.
    pub(super) fn device_lines(&self, sighting: &Sighting) -> Vec<String> {
        let mut lines = Vec::new();
        lines.extend(sighting.device_name.clone().filter(|it| *it != sighting.device));
        lines.extend(sighting.device_mac.clone());
        // That a log calls a device by its name is plain to see.
        let said = sighting.name_source.zip(sighting.name_confidence);
        if let Some((source, confidence)) = said.filter(|(source, _)| source.code() != "log") {
            let values = [
                ("source", self.tk("name-source", source.code()).into()),
                ("confidence", self.tk("name-confidence", confidence.code()).into()),
            ];
            lines.push(text_with(self.language, "match-name-said", &values));
        }
        if let Some((kind, source)) = sighting.intermediary.zip(sighting.intermediary_source) {
            let values = [
                ("role", self.tk("intermediary", kind.code()).into()),
                ("source", self.tk("told-by", source.code()).into()),
            ];
            lines.push(text_with(self.language, "match-stands-for", &values));
        }
        lines
    }

    /// Why a value of a list was refused.
    pub(super) fn refused(&self, refused: &Refused) -> String {
        text(self.language, &refused_key(refused))
    }
}

/// The code of a verdict, as it stands in outputs and message keys.
pub(super) fn verdict_code(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::MentionOnly => "mention-only",
        Verdict::InboundScan => "inbound-scan",
        Verdict::DnsBlocked => "dns-blocked",
        Verdict::DnsQueried => "dns-queried",
        Verdict::DnsResolved => "dns-resolved",
        Verdict::Attempted => "attempted",
        Verdict::Connected => "connected",
    }
}

/// The key of a refused value's reason.
pub(super) fn refused_key(refused: &Refused) -> String {
    format!("lists-refused-{}", refused.reason.code())
}

/// Why a list was not read, in both languages.
pub(super) fn list_problem(problem: &ListProblem) -> String {
    match problem {
        ListProblem::NoIndicatorColumn { found } => {
            let found = printable(&found.join(", "));
            lines("lists-problem-no-indicator-column", &[("found", found.into())])
        }
        ListProblem::Binary => lines("lists-problem-binary", &[]),
        ListProblem::Read(why) => lines("lists-problem-read", &[("why", why.as_str().into())]),
    }
}

/// The stable code of a list's problem.
pub(super) fn list_problem_code(problem: &ListProblem) -> &'static str {
    match problem {
        ListProblem::NoIndicatorColumn { .. } => "no-indicator-column",
        ListProblem::Binary => "binary",
        ListProblem::Read(_) => "read",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn logs_cannot_drive_the_terminal() {
        assert_eq!(
            printable("a\u{1b}[2Jb\tc\u{202e}d\r\né"),
            "a\u{fffd}[2Jb c\u{fffd}d\u{fffd}\u{fffd}é"
        );
    }

    #[test]
    fn verdicts_have_the_codes_they_are_written_with() {
        for verdict in [
            Verdict::MentionOnly,
            Verdict::InboundScan,
            Verdict::DnsBlocked,
            Verdict::DnsQueried,
            Verdict::DnsResolved,
            Verdict::Attempted,
            Verdict::Connected,
        ] {
            assert_eq!(serde_json::to_value(verdict).unwrap(), verdict_code(verdict));
        }
    }
}
