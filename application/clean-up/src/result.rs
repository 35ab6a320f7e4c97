//! What a scan gave, as it may leave the PC.

use std::net::SocketAddr;

use file_check::{Category, Finding, LiveFound, Summary, Verdict, What};
use jiff::Timestamp;
use results::{
    Device, FoundThing, KnownPlaces, MOST_FINDINGS, PackUsed, ScanResult, reduced_path, shortened,
};

/// What goes into a result besides findings and summary.
#[derive(Debug)]
pub struct ResultRequest<'r> {
    /// When the scan ended.
    pub made_at: Timestamp,
    /// The PC.
    pub device: Device,
    /// `computer`, `quick` or `places`.
    pub scope: &'r str,
    /// `linux` or `windows`.
    pub system: &'r str,
    /// Name and version of the tool.
    pub program: &'r str,
    /// Rules in use.
    pub rules: usize,
    /// Packs in use.
    pub packs: Vec<PackUsed>,
    /// What of paths is left out.
    pub known: KnownPlaces,
    /// Whether the person agreed to whole paths.
    pub has_full_paths: bool,
    /// Whether the unit chose to tell cracked software.
    pub has_risks: bool,
}

/// The result of a scan. Cracked software is not in it unless the unit chose so, nor does the verdict
/// tell of it.
pub fn scan_result(
    findings: &[Finding],
    summary: &Summary,
    request: &ResultRequest<'_>,
) -> ScanResult {
    let is_told = |it: &&Finding| request.has_risks || it.category != Category::Risk;
    let told: Vec<&Finding> = findings.iter().filter(is_told).collect();
    let worst = told.iter().map(|it| it.category).max();
    // The worst first: what is left out is the least.
    let mut sorted = told.clone();
    sorted.sort_by_key(|it| std::cmp::Reverse(it.category));
    let found = sorted.iter().take(MOST_FINDINGS).map(|it| found(it, request));
    ScanResult {
        made_at: request.made_at,
        program: request.program.to_owned(),
        system: request.system.to_owned(),
        device: request.device.clone(),
        scope: request.scope.to_owned(),
        verdict: Verdict::of(worst, summary.complete).code().to_owned(),
        complete: summary.complete,
        seen: summary.seen,
        scanned: summary.scanned,
        not_scanned: summary.not_scanned.clone(),
        rules: request.rules as u64,
        packs: request.packs.clone(),
        findings: found.collect(),
        more_findings: told.len().saturating_sub(MOST_FINDINGS) as u64,
    }
}

fn found(finding: &Finding, request: &ResultRequest<'_>) -> FoundThing {
    let path = |path: &str| {
        // Of a connection the program may be unknown.
        let told = if request.has_full_paths || path.is_empty() {
            path.to_owned()
        } else {
            reduced_path(path, &request.known)
        };
        shortened(&told)
    };
    // What an autostart starts is a path too.
    let told_by = match (finding.what, &finding.rule, &finding.indicator) {
        (_, Some(rule), _) => rule.clone(),
        (What::Autostart, None, Some(starts)) => path(starts),
        (_, None, indicator) => indicator.clone().unwrap_or_default(),
    };
    let place = finding.place.as_ref();
    let live = finding.live.as_ref();
    FoundThing {
        category: finding.category.code().to_owned(),
        what: finding.what.code().to_owned(),
        told_by: shortened(&told_by),
        // Of rules and lists; what stands in a place is never told.
        description: shortened(finding.description.as_deref().unwrap_or_default()),
        path: path(&finding.path),
        inside: finding.inside.len(),
        sha256: finding.sha256.clone(),
        place: place.map(|it| shortened(&it.place)).unwrap_or_default(),
        technique: place.and_then(|it| it.technique.as_deref().map(shortened)).unwrap_or_default(),
        action: String::new(),
        contact: live.map(contact).unwrap_or_default(),
    }
}

/// The other side of a connection. The name that was asked for is left out: what stands below a
/// listed name may be what a program let out.
fn contact(live: &LiveFound) -> String {
    let (Some(protocol), Some(address), Some(port)) = (&live.protocol, live.address, live.port)
    else {
        return String::new();
    };
    let state = live.state.as_deref().unwrap_or_default();
    shortened(format!("{protocol} {} {state}", SocketAddr::new(address, port)).trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;
    use results::{EnrolmentCode, SignedResult};

    fn request() -> ResultRequest<'static> {
        ResultRequest {
            made_at: Timestamp::UNIX_EPOCH,
            device: Device { name: "PC-07".to_owned(), mark: String::new() },
            scope: "computer",
            system: "linux",
            program: "test",
            rules: 1,
            packs: Vec::new(),
            known: KnownPlaces::default(),
            has_full_paths: false,
            has_risks: false,
        }
    }

    fn finding(path: &str, category: Category) -> Finding {
        let json = serde_json::json!({
            "path": path, "what": "rule", "rule": "r", "source": "/home/an/rules.yar",
            "category": category.code(), "sha256": "00",
        });
        serde_json::from_value(json).unwrap()
    }

    #[test]
    fn cracked_software_is_told_only_when_the_unit_chose_so() {
        let summary = Summary { complete: true, ..Summary::default() };
        let findings = [finding("/opt/crack", Category::Risk)];
        let result = scan_result(&findings, &summary, &request());
        assert_eq!((result.verdict.as_str(), result.findings.len()), ("clean", 0));
        let chosen = ResultRequest { has_risks: true, ..request() };
        let result = scan_result(&findings, &summary, &chosen);
        assert_eq!((result.verdict.as_str(), result.findings.len()), ("risky", 1));
    }

    #[test]
    fn a_result_names_no_person_unless_somebody_agreed() {
        let summary = Summary { complete: true, ..Summary::default() };
        let findings = [finding("/home/nguyenvana/Ảnh cưới/x.exe", Category::Malware)];
        let code = EnrolmentCode::from_random([1; 20]);
        let text = code.sign(&scan_result(&findings, &summary, &request()));
        for private in ["nguyenvana", "Ảnh", "rules.yar", "/an/"] {
            assert!(!text.contains(private), "{private}: {text}");
        }
        let agreed = ResultRequest { has_full_paths: true, ..request() };
        let text = code.sign(&scan_result(&findings, &summary, &agreed));
        assert!(text.contains("/home/nguyenvana/Ảnh cưới/x.exe"), "{text}");
    }

    #[test]
    fn whatever_is_found_can_be_read_by_the_portal_and_a_clean_pc_is_small() {
        let summary = Summary { complete: true, seen: 1_000_000, ..Summary::default() };
        let code = EnrolmentCode::from_random([1; 20]);
        let clean = code.sign(&scan_result(&[], &summary, &request()));
        assert!(clean.len() < 20_000, "{}", clean.len());
        let many: Vec<Finding> = (0..2_000)
            .map(|it| finding(&format!("/usr/{it}/{}", "x".repeat(1_000)), Category::Malware))
            .collect();
        let file = code.sign(&scan_result(&many, &summary, &request()));
        let read = SignedResult::read(file.as_bytes()).unwrap().result;
        assert_eq!((read.findings.len(), read.more_findings), (500, 1_500));
    }
}
