//! Everything that is looked for, in one file and all its parts.

use std::ops::ControlFlow;

use detection::{Digests, FileFacts, NeededDigests, RuleExaminer};
use unpacking::{Part, PartLimits};

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

    /// Looks at a file and at everything in it. `goes_on` is asked between the parts.
    pub(crate) fn examine(
        &mut self,
        path: &str,
        bytes: &[u8],
        goes_on: &dyn Fn() -> bool,
    ) -> Examined {
        let mut examined = Examined::default();
        let (folder, name) = split(path);
        self.look_at(path, &[], (folder, name), bytes, &mut examined);
        let limits = self.limits;
        let refused = unpacking::each_part(name, bytes, &limits, &mut |part: &Part<'_>| {
            examined.parts += 1;
            let own = part.way.last().map_or("", String::as_str);
            let (_, name) = split(own);
            self.look_at(path, part.way, (folder, name), part.bytes, &mut examined);
            if goes_on() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        });
        if !examined.findings.is_empty() && self.is_good(bytes) {
            examined.findings.clear();
            examined.good = 1;
        }
        examined.not_scanned.extend(refused.into_iter().map(|it| NotScanned {
            path: path.to_owned(),
            inside: it.way,
            reason: it.reason.code().to_owned(),
            detail: it.reason.detail(),
        }));
        if !goes_on() {
            examined.not_scanned.push(NotScanned {
                path: path.to_owned(),
                inside: Vec::new(),
                reason: "cancelled".to_owned(),
                detail: None,
            });
        }
        examined
    }

    /// Whether a pack knows the file to be good, with whatever is in it.
    fn is_good(&self, bytes: &[u8]) -> bool {
        let needed = NeededDigests { sha256: true, ..NeededDigests::default() };
        let is_good = |hash: [u8; 32]| self.detection.is_good(&hash);
        !self.detection.good.is_empty() && Digests::of(bytes, needed).sha256.is_some_and(is_good)
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
