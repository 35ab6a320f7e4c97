//! Logs into messages of bounded size. A log is never split: the portal replaces it whole.

use crate::{LogResult, SendError};

/// The most logs of a message; the portal takes 200.
const MOST_LOGS: usize = 100;
/// The most sightings of a message, unless one log alone has more.
const USUAL_SIGHTINGS: usize = 5_000;
/// The most sightings of one log that the portal takes.
const MOST_SIGHTINGS: usize = 50_000;
/// The most bytes of a message, unless one log alone has more.
const USUAL_BYTES: usize = 4 << 20;
/// The most bytes of one log; the portal takes 32 MB with what stands around it.
const MOST_BYTES: usize = 31 << 20;

/// The logs of each message, in order.
///
/// # Errors
/// [`SendError::TooLarge`] with the first log that no message can carry; nothing was sent yet.
pub(crate) fn batches(logs: &[LogResult]) -> Result<Vec<&[LogResult]>, SendError> {
    let mut batches = Vec::new();
    let (mut start, mut sightings, mut bytes) = (0, 0, 0);
    for (at, log) in logs.iter().enumerate() {
        let size = serde_json::to_vec(log).map_or(usize::MAX, |json| json.len());
        if size > MOST_BYTES || log.sightings.len() > MOST_SIGHTINGS {
            return Err(SendError::TooLarge { file: log.log.file.clone() });
        }
        let is_full = at - start >= MOST_LOGS
            || sightings + log.sightings.len() > USUAL_SIGHTINGS
            || bytes + size > USUAL_BYTES;
        if is_full && at > start {
            batches.extend(logs.get(start..at));
            (start, sightings, bytes) = (at, 0, 0);
        }
        sightings += log.sightings.len();
        bytes += size;
    }
    if start < logs.len() {
        batches.extend(logs.get(start..));
    }
    Ok(batches)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Log, Sighting};

    fn log(sightings: usize) -> LogResult {
        LogResult { log: Log::default(), sightings: vec![Sighting::default(); sightings] }
    }

    #[test]
    fn logs_stay_whole_and_in_order() {
        let check = |sizes: &[usize], expected: &[&[usize]]| {
            let logs: Vec<_> = sizes.iter().map(|it| log(*it)).collect();
            let found: Vec<Vec<usize>> = batches(&logs)
                .unwrap()
                .iter()
                .map(|batch| batch.iter().map(|it| it.sightings.len()).collect())
                .collect();
            assert_eq!(found, expected);
        };
        check(&[], &[]);
        check(&[0], &[&[0]]);
        check(&[4_000, 900, 200, 9_000, 1], &[&[4_000, 900], &[200], &[9_000], &[1]]);
        check(&[1; 101], &[&[1; 100], &[1]]);
    }

    #[test]
    fn a_log_that_no_message_carries_is_named() {
        let mut large = log(50_001);
        "dns.log".clone_into(&mut large.log.file);
        let error = batches(&[log(1), large]).unwrap_err();
        assert!(matches!(error, SendError::TooLarge { file } if file == "dns.log"));
    }
}
