//! The file of a result: JSON with the result as a text in it, so that exactly what was signed is read.

use packs::{PublicKey, SecretKey};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::{LONGEST_TEXT, MOST_FINDINGS, ScanResult};

/// The largest file of a result that is read, in bytes.
pub const MOST_BYTES: usize = 1 << 20;
/// Version of the form.
const VERSION: u32 = 1;
/// Reasons, packs: more than these means another hand.
const MOST_FEW: usize = 100;

/// Why a result is not read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ResultError {
    /// Other content.
    #[error("the file holds no result of a scan: {0}")]
    NotAResult(String),
    /// Written by a later tool.
    #[error("the result has version {0}, which this program does not know")]
    Version(u32),
    /// Larger than results are.
    #[error("the result is too large")]
    TooLarge,
    /// Changed after it was signed.
    #[error("the signature of the result does not fit")]
    Signature,
    /// A field that no tool of ours writes so.
    #[error("the result contradicts itself: `{0}`")]
    Field(&'static str),
}

#[derive(Serialize, Deserialize)]
struct File {
    lamsach_result: u32,
    key: String,
    signature: String,
    result: String,
}

/// A result whose signature fits. Whether its key is one of a unit is for the portal to say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedResult {
    /// What it was signed with.
    pub key: PublicKey,
    /// The result.
    pub result: ScanResult,
    /// Tells it from every other: the same result twice has the same digest.
    pub digest: [u8; 32],
}

pub(crate) fn sign(key: &SecretKey, result: &ScanResult) -> String {
    let text = serde_json::to_string(result).unwrap_or_default();
    let signature = hex::encode(key.sign(&message(&text)));
    let key = key.public().to_string();
    let file = File { lamsach_result: VERSION, key, signature, result: text };
    serde_json::to_string(&file).unwrap_or_default() + "\n"
}

impl SignedResult {
    /// Reads a file, and checks its signature and every bound.
    pub fn read(bytes: &[u8]) -> Result<Self, ResultError> {
        if bytes.len() > MOST_BYTES {
            return Err(ResultError::TooLarge);
        }
        let file: File = serde_json::from_slice(bytes)
            .map_err(|error| ResultError::NotAResult(error.to_string()))?;
        if file.lamsach_result != VERSION {
            return Err(ResultError::Version(file.lamsach_result));
        }
        let key = decoded::<32>(&file.key).and_then(PublicKey::from_bytes);
        let key = key.ok_or(ResultError::Signature)?;
        let signature = decoded::<64>(&file.signature).ok_or(ResultError::Signature)?;
        if !key.verifies(&message(&file.result), &signature) {
            return Err(ResultError::Signature);
        }
        let result: ScanResult = serde_json::from_str(&file.result)
            .map_err(|error| ResultError::NotAResult(error.to_string()))?;
        check(&result)?;
        Ok(Self { key, result, digest: Sha256::digest(file.result.as_bytes()).into() })
    }
}

/// What is signed: never bytes that could mean something elsewhere.
fn message(text: &str) -> Vec<u8> {
    [b"lamsach result 1\0".as_slice(), Sha256::digest(text.as_bytes()).as_slice()].concat()
}

fn decoded<const N: usize>(text: &str) -> Option<[u8; N]> {
    hex::decode(text).ok()?.try_into().ok()
}

fn check(result: &ScanResult) -> Result<(), ResultError> {
    let is_one_of = |text: &str, words: &[&str]| words.contains(&text);
    let fits = |text: &str| {
        !text.chars().any(char::is_control) && text.chars().nth(LONGEST_TEXT).is_none()
    };
    let bad = |field| Err(ResultError::Field(field));
    if result.device.name.trim().is_empty() || !fits(&result.device.name) {
        return bad("device.name");
    }
    if !fits(&result.device.mark) {
        return bad("device.mark");
    }
    if !fits(&result.program) || !fits(&result.system) {
        return bad("program");
    }
    if !is_one_of(&result.scope, &["computer", "quick", "places"]) {
        return bad("scope");
    }
    if !is_one_of(&result.verdict, &["clean", "incomplete", "risky", "suspicious", "infected"]) {
        return bad("verdict");
    }
    if result.complete == (result.verdict == "incomplete") && result.findings.is_empty() {
        // Without findings, complete is clean or risky, and not complete is incomplete.
        return bad("complete");
    }
    if result.not_scanned.len() > MOST_FEW || !result.not_scanned.keys().all(|it| fits(it)) {
        return bad("not_scanned");
    }
    if result.packs.len() > MOST_FEW || !result.packs.iter().all(|it| fits(&it.name)) {
        return bad("packs");
    }
    if result.findings.len() > MOST_FINDINGS {
        return bad("findings");
    }
    for it in &result.findings {
        let texts = [
            &it.what,
            &it.told_by,
            &it.description,
            &it.path,
            &it.sha256,
            &it.place,
            &it.technique,
            &it.contact,
        ];
        if !it.action.is_empty()
            || !is_one_of(&it.category, &["malware", "suspicious", "risk"])
            || !texts.into_iter().all(|text| fits(text))
        {
            return bad("findings");
        }
    }
    let worst = |category: &str| result.findings.iter().any(|it| it.category == category);
    let is_told = match result.verdict.as_str() {
        "infected" => worst("malware"),
        "suspicious" => worst("suspicious") && !worst("malware"),
        _ => !worst("malware") && !worst("suspicious"),
    };
    if is_told { Ok(()) } else { bad("verdict") }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{Device, EnrolmentCode, FoundThing, PackUsed};

    fn code() -> EnrolmentCode {
        EnrolmentCode::from_random([3; 20])
    }

    fn result() -> ScanResult {
        ScanResult {
            device: Device { name: "PC-07".to_owned(), mark: String::new() },
            scope: "computer".to_owned(),
            verdict: "infected".to_owned(),
            complete: true,
            findings: vec![FoundThing {
                category: "malware".to_owned(),
                what: "rule".to_owned(),
                path: "*/*.exe".to_owned(),
                ..FoundThing::default()
            }],
            ..ScanResult::default()
        }
    }

    #[test]
    fn a_changed_file_is_refused() {
        let file = code().sign(&result());
        let read = SignedResult::read(file.as_bytes()).unwrap();
        assert_eq!((read.key, &read.result), (code().public(), &result()));
        assert_eq!(
            SignedResult::read(code().sign(&result()).as_bytes()).unwrap().digest,
            read.digest
        );
        let changed = file.replace("PC-07", "PC-08");
        assert_eq!(SignedResult::read(changed.as_bytes()), Err(ResultError::Signature));
        for length in 0..file.len() - 1 {
            assert!(SignedResult::read(&file.as_bytes()[..length]).is_err(), "{length}");
        }
        let later = file.replace("\"lamsach_result\":1", "\"lamsach_result\":2");
        assert_eq!(SignedResult::read(later.as_bytes()), Err(ResultError::Version(2)));
        let large = vec![b' '; MOST_BYTES + 1];
        assert_eq!(SignedResult::read(&large), Err(ResultError::TooLarge));
    }

    #[test]
    fn what_no_tool_writes_is_refused_though_it_is_signed() {
        let check = |change: fn(&mut ScanResult), field| {
            let mut result = result();
            change(&mut result);
            let read = SignedResult::read(code().sign(&result).as_bytes());
            assert_eq!(read, Err(ResultError::Field(field)));
        };
        check(|it| it.device.name = " ".to_owned(), "device.name");
        check(|it| it.device.name = "a\u{1b}b".to_owned(), "device.name");
        check(|it| it.device.name = "a".repeat(301), "device.name");
        check(|it| it.scope = "all".to_owned(), "scope");
        check(|it| it.verdict = "fine".to_owned(), "verdict");
        // Findings say something else than the verdict.
        check(|it| it.verdict = "clean".to_owned(), "verdict");
        check(|it| it.findings.clear(), "verdict");
        check(|it| it.findings = vec![it.findings[0].clone(); 501], "findings");
        check(|it| it.findings[0].category = "x".to_owned(), "findings");
    }

    #[test]
    fn only_a_whole_scan_without_findings_is_a_clean_bill() {
        let check = |scope: &str, verdict: &str, complete, expected| {
            let (scope, verdict) = (scope.to_owned(), verdict.to_owned());
            let packs = vec![PackUsed { name: "goi".to_owned(), serial: 1, expired: false }];
            let result = ScanResult { scope, verdict, complete, packs, ..ScanResult::default() };
            assert_eq!(result.is_clean_bill(), expected);
            let of_rules_alone = ScanResult { packs: Vec::new(), ..result };
            assert!(!of_rules_alone.is_clean_bill());
        };
        check("computer", "clean", true, true);
        check("computer", "risky", true, true);
        check("computer", "incomplete", false, false);
        check("quick", "clean", true, false);
        check("places", "clean", true, false);
        assert!(!result().is_clean_bill());
    }

    proptest! {
        #[test]
        fn bytes_of_any_kind_are_no_result(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            prop_assert!(SignedResult::read(&bytes).is_err());
        }
    }
}
