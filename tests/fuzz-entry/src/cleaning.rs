//! Journals and quarantine containers: files that somebody else may have changed.

use std::io::Read as _;

use cleaning::{ItemFacts, Opener, Record, Sealer, journal_line, read_journal};

/// The key of every seed.
const KEY: [u8; 32] = [7; 32];

/// What is not proved is not used; what is written is read back the same.
pub fn cleaning_journal(bytes: &[u8]) {
    let journal = read_journal(&KEY, bytes);
    assert!(journal.length <= bytes.len() as u64);
    // What was read is proved, so that the same bytes come from the same records.
    let (mut written, mut code) = (Vec::new(), String::new());
    for record in &journal.records {
        let (line, next) = journal_line(&KEY, &code, record);
        written.extend(line);
        code = next;
    }
    assert_eq!(read_journal(&KEY, &written).records, journal.records);
    // Each line as a record of its own, with the code that the fuzzer cannot guess.
    let (mut records, mut lines, mut code) = (Vec::new(), Vec::new(), String::new());
    for line in bytes.split(|byte| *byte == b'\n') {
        let json = line.get(65..).unwrap_or(line);
        if let Ok(record) = serde_json::from_slice::<Record>(json) {
            let (line, next) = journal_line(&KEY, &code, &record);
            lines.extend(line);
            records.push(record);
            code = next;
        }
    }
    let again = read_journal(&KEY, &lines);
    assert_eq!(again.records, records);
    assert!(!again.is_damaged);
    // A torn end loses the last record and nothing else.
    if let Some(torn) = lines.get(..lines.len().saturating_sub(1)) {
        let torn = read_journal(&KEY, torn);
        assert!(!torn.is_damaged && torn.records.len() == records.len().saturating_sub(1));
    }
}

/// A container gives the content that was sealed, or an error; never another content.
pub fn quarantine_item(bytes: &[u8]) {
    let mut content = Vec::new();
    if let Ok(mut opener) = Opener::new(&KEY, bytes) {
        let facts = opener.facts.clone();
        if opener.read_to_end(&mut content).is_ok() {
            assert!(opener.sha256().is_some());
            check_sealed(&facts, &content);
        }
    }
}

fn check_sealed(facts: &ItemFacts, content: &[u8]) {
    let (mut sealer, mut sealed) = Sealer::new(&KEY, [3; 19], facts);
    for piece in content.chunks(1_000) {
        sealed.extend(sealer.push(piece));
    }
    let (last, sha256, size) = sealer.finish();
    sealed.extend(last);
    assert_eq!(size, content.len() as u64);
    let mut again = Vec::new();
    let Ok(mut opener) = Opener::new(&KEY, sealed.as_slice()) else { return };
    assert_eq!(opener.facts, *facts);
    assert!(opener.read_to_end(&mut again).is_ok() && again == content);
    assert_eq!(opener.sha256(), Some(sha256.as_str()));
    // Cut anywhere, it is never taken for whole.
    for cut in [sealed.len() / 2, sealed.len().saturating_sub(1)] {
        let Ok(mut opener) = Opener::new(&KEY, sealed.get(..cut).unwrap_or_default()) else {
            continue;
        };
        assert!(opener.read_to_end(&mut Vec::new()).is_err());
    }
}
