//! What was just done, said once on the page that a step leads to.
//!
//! A step names its own sentence. It travels as a word of this closed set in the address
//! (`?notice=report-submitted`), so that nothing is kept on the server and no link from elsewhere
//! can put other words on our pages: what is not in the set says nothing.

use axum::response::Redirect;
use campaigns::CaseStep;
use reports::ReportStep;

macro_rules! notices {
    ($($name:ident = $key:literal,)+) => {
        /// What was just done.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum Notice { $($name,)+ }

        impl Notice {
            const ALL: &[Self] = &[$(Self::$name,)+];

            /// Message key of the sentence.
            pub(crate) fn key(self) -> &'static str {
                match self { $(Self::$name => $key,)+ }
            }
        }
    };
}

notices! {
    FirstRunDone = "notice-first-run-done",
    InvitationAccepted = "notice-invitation-accepted",
    AccountSaved = "notice-account-saved",
    PasswordChanged = "notice-password-changed",
    UnitsImported = "notice-units-imported",
    UnitEdited = "notice-unit-edited",
    UnitAdded = "notice-unit-added",
    UnitMoved = "notice-unit-moved",
    UnitEnded = "notice-unit-ended",
    RoleGranted = "notice-role-granted",
    RoleRevoked = "notice-role-revoked",
    PersonLocked = "notice-person-locked",
    PersonUnlocked = "notice-person-unlocked",
    TokenRevoked = "notice-token-revoked",
    CodeRevoked = "notice-code-revoked",
    CampaignCreated = "notice-campaign-created",
    CampaignSaved = "notice-campaign-saved",
    ReceiversSaved = "notice-receivers-saved",
    AttachmentAdded = "notice-attachment-added",
    ListAdded = "notice-list-added",
    ListWithdrawn = "notice-list-withdrawn",
    PackAdded = "notice-pack-added",
    PackWithdrawn = "notice-pack-withdrawn",
    CampaignLaunched = "notice-campaign-launched",
    CampaignClosed = "notice-campaign-closed",
    Acknowledged = "notice-acknowledged",
    Launched = "notice-launched",
    PassedOn = "notice-passed-on",
    Told = "notice-told",
    Untold = "notice-untold",
    Reminded = "notice-reminded",
    LogChecked = "notice-log-checked",
    NoFile = "notice-no-file",
    LogTakenBack = "notice-log-taken-back",
    CaseNotified = "notice-case-notified",
    CaseCleaning = "notice-case-cleaning",
    CaseDeclaredClean = "notice-case-declared-clean",
    CaseFalsePositive = "notice-case-false-positive",
    CaseReopened = "notice-case-reopened",
    CaseClosed = "notice-case-closed",
    DeviceDescribed = "notice-device-described",
    DeviceMerged = "notice-device-merged",
    DeviceSplit = "notice-device-split",
    ReportSaved = "notice-report-saved",
    ReportWhole = "notice-report-whole",
    ReportApproved = "notice-report-approved",
    ReportHandedBack = "notice-report-handed-back",
    ReportSubmitted = "notice-report-submitted",
    ReportNoted = "notice-report-noted",
    SupplementAsked = "notice-supplement-asked",
    ReportLocked = "notice-report-locked",
    ProposalAnswered = "notice-proposal-answered",
}

impl Notice {
    /// The word in an address.
    fn code(self) -> &'static str {
        let key = self.key();
        key.strip_prefix("notice-").unwrap_or(key)
    }

    /// Whether something was done.
    pub(crate) fn is_done(self) -> bool {
        self != Self::NoFile
    }

    /// The notice that a query names, if it is one of ours.
    pub(crate) fn of_query(query: &str) -> Option<Self> {
        let code = query.split('&').find_map(|pair| pair.strip_prefix("notice="))?;
        Self::ALL.iter().copied().find(|it| it.code() == code)
    }

    /// The address of a page with the notice on it.
    pub(crate) fn on(self, path: &str) -> String {
        let (path, fragment) = path.split_at(path.find('#').unwrap_or(path.len()));
        let mark = if path.contains('?') { '&' } else { '?' };
        format!("{path}{mark}notice={}{fragment}", self.code())
    }

    /// On to a page that says it.
    pub(crate) fn redirect(self, path: &str) -> Redirect {
        Redirect::to(&self.on(path))
    }
}

impl From<CaseStep> for Notice {
    fn from(step: CaseStep) -> Self {
        match step {
            CaseStep::Notify => Self::CaseNotified,
            CaseStep::StartCleaning => Self::CaseCleaning,
            CaseStep::DeclareClean => Self::CaseDeclaredClean,
            CaseStep::MarkFalsePositive => Self::CaseFalsePositive,
            CaseStep::Reopen => Self::CaseReopened,
            CaseStep::Close => Self::CaseClosed,
        }
    }
}

impl From<ReportStep> for Notice {
    fn from(step: ReportStep) -> Self {
        match step {
            ReportStep::Edit => Self::ReportSaved,
            ReportStep::Approve => Self::ReportApproved,
            ReportStep::HandBack => Self::ReportHandedBack,
            ReportStep::Submit => Self::ReportSubmitted,
            ReportStep::Note => Self::ReportNoted,
            ReportStep::AskSupplement => Self::SupplementAsked,
            ReportStep::Lock => Self::ReportLocked,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_notice_comes_back_from_the_address_it_was_put_on() {
        for notice in Notice::ALL {
            for path in ["/cases/1", "/logs?checked=1,2", "/edit/1#pack"] {
                let address = notice.on(path);
                let address = address.split('#').next().unwrap();
                let (_, query) = address.split_once('?').unwrap();
                assert_eq!(Notice::of_query(query), Some(*notice), "{address}");
            }
        }
        assert_eq!(Notice::PackAdded.on("/edit/1#pack"), "/edit/1?notice=pack-added#pack");
    }

    #[test]
    fn an_address_cannot_put_other_words_on_a_page() {
        for query in ["notice=saved", "notice=", "notice=Report-saved", "x=notice", "notice=a%20b"]
        {
            assert_eq!(Notice::of_query(query), None, "{query}");
        }
    }
}
