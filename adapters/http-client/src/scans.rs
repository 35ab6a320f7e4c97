//! Results of scans to a portal, and files from an address.

use serde::Deserialize;
use ureq::http::{StatusCode, Uri, header};

use crate::address::{call_of, fetched_from};
use crate::client::{agent_for, is_untrusted};
use crate::wire::Problem;
use crate::{Refusal, SendError, Status};

/// The largest answer that is read, in bytes.
const LARGEST_ANSWER: u64 = 1 << 20;

/// What became of the result of a scan.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct KeptScan {
    /// Whether it was new.
    pub status: Status,
    /// Findings in it that are somebody's work.
    #[serde(default)]
    pub findings: u64,
    /// The number of the PC's case, when it has one.
    #[serde(default)]
    pub case: Option<i64>,
}

/// Posts the signed result of a scan to a portal, once: it can be sent again at any time.
pub fn send_scan(
    address: &str,
    signed: &str,
    certificates: Option<&[u8]>,
    language: &str,
) -> Result<KeptScan, SendError> {
    let target = call_of(address, "scan-results")?;
    let agent = agent_for(&target, certificates)?;
    let host = host_of(&target);
    let sent = agent
        .post(&target)
        .header(header::CONTENT_TYPE, "application/json")
        .header(header::ACCEPT, "application/json, application/problem+json")
        .header(header::ACCEPT_LANGUAGE, language)
        .send(signed);
    let mut response = sent.map_err(|source| unreached(&host, source))?;
    let status = response.status();
    let read = response.body_mut().with_config().limit(LARGEST_ANSWER).read_to_vec();
    let body = read.map_err(|source| unreached(&host, source))?;
    if status.is_success() {
        let code = status.as_u16();
        return serde_json::from_slice(&body)
            .map_err(|_| SendError::NotAPortal { host, status: code });
    }
    Err(refused(host, status, &body))
}

/// Fetches a file of a bounded size.
pub fn fetch(
    address: &str,
    most_bytes: usize,
    certificates: Option<&[u8]>,
) -> Result<Vec<u8>, SendError> {
    let target = fetched_from(address)?;
    let agent = agent_for(&target, certificates)?;
    let host = host_of(&target);
    let mut response = agent.get(&target).call().map_err(|source| unreached(&host, source))?;
    let status = response.status();
    if !status.is_success() {
        return Err(refused(host, status, &[]));
    }
    let limit = most_bytes as u64 + 1;
    let read = response.body_mut().with_config().limit(limit).read_to_vec();
    read.map_err(|source| unreached(&host, source))
}

fn host_of(target: &Uri) -> String {
    target.authority().map_or_else(String::new, ToString::to_string)
}

fn unreached(host: &str, source: ureq::Error) -> SendError {
    let host = host.to_owned();
    if is_untrusted(&source) {
        SendError::Untrusted { host, source }
    } else {
        SendError::Unreachable { host, source }
    }
}

fn refused(host: String, status: StatusCode, body: &[u8]) -> SendError {
    let problem = serde_json::from_slice::<Problem>(body).unwrap_or_default();
    let is_ours = problem.kind.contains("/api/v1/problems#");
    let places = problem.problems.into_iter().map(|it| (it.field, it.message)).collect();
    let refusal = Refusal { title: problem.title, detail: problem.detail, places };
    let code = status.as_u16();
    match status {
        StatusCode::TOO_MANY_REQUESTS => SendError::Busy { wait_seconds: 60 },
        status if status.is_server_error() => SendError::Failing { host, status: code },
        StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED => {
            SendError::NotThere { host, refusal }
        }
        status if status.is_client_error() && is_ours => SendError::Refused(refusal),
        _ => SendError::NotAPortal { host, status: code },
    }
}
