//! Everything that is looked for, in one file and all its parts.

use std::ops::ControlFlow;
use std::panic::{self, AssertUnwindSafe};

use detection::{Digests, FileFacts, NeededDigests, RuleExaminer};
use unpacking::{Part, PartLimits};

use crate::sha256_of;
use crate::{Category, Detection, Finding, NotScanned, What};

/// Looks for everything in one file after the other; one for each thread.
pub(crate) struct Detector<'d> {
    detection: &'d Detection,
    rules: RuleExaminer<'d>,
    needed: NeededDigests,
    limits: PartLimits,
}

/// What one file gave.
#[derive(Debug, Default)]
pub(crate) struct Examined {
    pub(crate) findings: Vec<Finding>,
    pub(crate) not_scanned: Vec<NotScanned>,
    pub(crate) parts: u64,
    pub(crate) good: u64,
}

impl<'d> Detector<'d> {
    pub(crate) fn new(detection: &'d Detection, limits: PartLimits) -> Self {
        Self {
            detection,
            rules: detection.rules.examiner(),
            needed: detection.known.needed(),
            limits,
        }
    }

    /// Looks at a file and at everything in it. `goes_on` is asked before each part; a file of which no part
    /// is left by then was looked at whole.
    pub(crate) fn examine(
        &mut self,
        path: &str,
        bytes: &[u8],
        goes_on: &dyn Fn() -> bool,
    ) -> Examined {
        let mut examined = Examined::default();
        let (folder, name) = split(path);
        self.look_at(path, &[], (folder, name), bytes, &mut examined);
        let (limits, mut is_cut) = (self.limits, false);
        // What breaks a reader of archives, ours or a library's, is one file, and not the scan.
        let parts = panic::catch_unwind(AssertUnwindSafe(|| {
            unpacking::each_part(name, bytes, &limits, &mut |part: &Part<'_>| {
                if !goes_on() {
                    is_cut = true;
                    return ControlFlow::Break(());
                }
                examined.parts += 1;
                let own = part.way.last().map_or("", String::as_str);
                let (_, name) = split(own);
                self.look_at(path, part.way, (folder, name), part.bytes, &mut examined);
                ControlFlow::Continue(())
            })
        }));
        let refused = parts.unwrap_or_else(|_| {
            self.rules = self.detection.rules.examiner();
            examined.not_scanned.push(NotScanned {
                path: path.to_owned(),
                inside: Vec::new(),
                reason: "reader-broke".to_owned(),
                detail: None,
            });
            Vec::new()
        });
        if !examined.findings.is_empty() {
            let sha256 = sha256_of(bytes);
            if self.detection.is_good(&sha256) {
                examined.findings.clear();
                examined.good = 1;
            } else if self.detection.rule_files.binary_search(&sha256).is_ok() {
                let before = examined.findings.len();
                examined.findings.retain(|it| it.what != What::Rule || !it.inside.is_empty());
                examined.good += u64::from(examined.findings.len() < before);
            }
        }
        examined.not_scanned.extend(refused.into_iter().map(|it| NotScanned {
            path: path.to_owned(),
            inside: it.way,
            reason: it.reason.code().to_owned(),
            detail: it.reason.detail(),
        }));
        if is_cut {
            examined.not_scanned.push(NotScanned {
                path: path.to_owned(),
                inside: Vec::new(),
                reason: "cancelled".to_owned(),
                detail: None,
            });
        }
        examined
    }

    fn look_at(
        &mut self,
        path: &str,
        way: &[String],
        (folder, name): (&str, &str),
        bytes: &[u8],
        examined: &mut Examined,
    ) {
        let digests = Digests::of(bytes, self.needed);
        let known = &self.detection.known;
        let first = examined.findings.len();
        let mut add = |what, rule: Option<(&str, &str)>, indicator, description: &str, category| {
            examined.findings.push(Finding {
                path: path.to_owned(),
                path_hex: None,
                inside: way.to_vec(),
                what,
                rule: rule.map(|it| it.0.to_owned()),
                source: rule.map(|it| it.1.to_owned()),
                indicator,
                description: (!description.is_empty()).then(|| description.to_owned()),
                category,
                sha256: String::new(),
                place: None,
                live: None,
            });
        };
        if let Some((hash, label)) = known.hash(&digests) {
            add(What::Hash, None, Some(hash), label, known.category());
        }
        if let Some(label) = known.name(name) {
            add(What::FileName, None, Some(name.to_owned()), label, Category::Suspicious);
        }
        let facts = FileFacts::of(name, folder, bytes);
        let decided = self.rules.examine(&facts, bytes, |hit| {
            let description = hit.description.unwrap_or_default();
            add(What::Rule, Some((hit.rule, hit.source)), None, description, hit.category);
        });
        if decided.is_err() {
            examined.not_scanned.push(NotScanned {
                path: path.to_owned(),
                inside: way.to_vec(),
                reason: "rule-timeout".to_owned(),
                detail: None,
            });
        }
        let new = examined.findings.get_mut(first..).unwrap_or_default();
        if !new.is_empty() {
            let sha256 = NeededDigests { sha256: true, ..NeededDigests::default() };
            let hash = digests.sha256.or_else(|| Digests::of(bytes, sha256).sha256);
            if hash.is_some_and(|hash| self.detection.is_good(&hash)) {
                examined.findings.truncate(first);
                examined.good += 1;
                return;
            }
            let hash = hash.map(hex::encode).unwrap_or_default();
            for finding in new {
                finding.sha256.clone_from(&hash);
            }
        }
    }
}

/// Folder and name, by either system's separator.
fn split(path: &str) -> (&str, &str) {
    match path.rfind(['/', '\\']) {
        Some(at) => (path.get(..at).unwrap_or_default(), path.get(at + 1..).unwrap_or_default()),
        None => ("", path),
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    /// Two members, not packed.
    const MAIL: &[u8] = b"MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n\
        --b\r\nContent-Disposition: attachment; filename=a.txt\r\n\r\none\r\n\
        --b\r\nContent-Disposition: attachment; filename=b.txt\r\n\r\ntwo\r\n--b--\r\n";

    fn reasons(examined: &Examined) -> Vec<&str> {
        examined.not_scanned.iter().map(|it| it.reason.as_str()).collect()
    }

    #[test]
    fn only_a_file_of_which_something_is_left_was_cut_by_the_wish_to_stop() {
        let detection = Detection::default();
        let mut detector = Detector::new(&detection, PartLimits::default());
        let plain = detector.examine("a.txt", b"one", &|| false);
        assert_eq!((plain.parts, reasons(&plain)), (0, vec![]));
        let left = Cell::new(1);
        let goes_on = || left.replace(0) > 0;
        let cut = detector.examine("mail.eml", MAIL, &goes_on);
        assert_eq!((cut.parts, reasons(&cut)), (1, vec!["cancelled"]));
        let whole = detector.examine("mail.eml", MAIL, &|| true);
        let left = Cell::new(whole.parts);
        let goes_on = || left.replace(left.get().saturating_sub(1)) > 0;
        let late = detector.examine("mail.eml", MAIL, &goes_on);
        assert_eq!((late.parts, reasons(&late)), (whole.parts, vec![]));
    }

    #[test]
    fn what_breaks_in_an_archive_ends_its_file_and_not_the_scan() {
        let detection = Detection::default();
        let mut detector = Detector::new(&detection, PartLimits::default());
        // Whoever is asked behind the first member breaks down.
        let is_first = Cell::new(true);
        let breaks = || {
            assert!(is_first.replace(false), "made to break");
            true
        };
        let broken = detector.examine("mail.eml", MAIL, &breaks);
        assert_eq!((broken.parts, reasons(&broken)), (1, vec!["reader-broke"]));
        let whole = detector.examine("mail.eml", MAIL, &|| true);
        assert!(whole.parts > 1 && whole.not_scanned.is_empty(), "{whole:?}");
    }
}
