//! Sending: one message after the other, again when the network or the server fails.

use std::fmt;
use std::io;
use std::thread;
use std::time::Duration;

use ureq::Agent;
use ureq::http::{HeaderMap, StatusCode, Uri, header};
use ureq::tls::{Certificate, PemItem, RootCerts, TlsConfig, parse_pem};

use crate::address::{is_loopback, sightings_of};
use crate::batches::batches;
use crate::wire::{Answer, Message, Problem};
use crate::{KeptLog, LogResult, Refusal, SendError};

/// Waits before each further try.
const WAITS: [Duration; 3] =
    [Duration::from_secs(1), Duration::from_secs(4), Duration::from_secs(16)];
/// The longest wait a portal may ask for; a longer one is the caller's to decide.
const LONGEST_WAIT: Duration = Duration::from_mins(1);
/// The largest answer that is read, in bytes.
const LARGEST_ANSWER: u64 = 4 << 20;

/// Where to send, and as whom.
#[derive(Clone, Default)]
pub struct Settings {
    /// Address of the portal: `https://portal.example`.
    pub address: String,
    /// The token. Neither messages nor debug output show it.
    pub token: String,
    /// Id of the campaign; may be left out while one runs for the unit.
    pub campaign: Option<String>,
    /// Place of the unit whose logs these are.
    pub site: String,
    /// `vi` or `en`: the language in which the portal says what is wrong.
    pub language: &'static str,
    /// PEM certificates to trust instead of the public authorities: for an authority's own one.
    pub certificates: Option<Vec<u8>>,
}

/// Sends results to one portal.
pub struct Client {
    agent: Agent,
    target: Uri,
    host: String,
    settings: Settings,
    pause: fn(Duration),
    waits: &'static [Duration],
}

/// What one try came to.
enum Tried {
    Kept(Answer),
    /// Trying again can help; at once when no wait is named.
    Again(SendError, Option<Duration>),
}

impl Client {
    /// A client for these settings; nothing is sent yet.
    pub fn new(settings: Settings) -> Result<Self, SendError> {
        let target = sightings_of(&settings.address)?;
        let is_token = |it: u8| it.is_ascii_graphic();
        if settings.token.is_empty() || !settings.token.bytes().all(is_token) {
            return Err(SendError::TokenShape);
        }
        let host = target.authority().map_or_else(String::new, ToString::to_string);
        let agent = agent_for(&target, settings.certificates.as_deref())?;
        Ok(Self { agent, target, host, settings, pause: thread::sleep, waits: &WAITS })
    }

    /// The same client, waiting in another way: tests do not sleep.
    #[must_use]
    pub fn with_pause(self, pause: fn(Duration)) -> Self {
        Self { pause, ..self }
    }

    /// The same client, trying each message once: for a caller that tries again in its own time.
    #[must_use]
    pub fn once(self) -> Self {
        Self { waits: &[], ..self }
    }

    /// Sends the results of logs; `kept` hears of each log as soon as the portal has it.
    ///
    /// # Errors
    /// The first message that could not be sent ends it. Logs reported to `kept` are kept, and
    /// sending everything again changes nothing for them.
    pub fn send(&self, logs: &[LogResult], mut kept: impl FnMut(KeptLog)) -> Result<(), SendError> {
        for batch in batches(logs)? {
            let answer = self.post(batch)?;
            for (log, result) in batch.iter().zip(answer.results) {
                kept(KeptLog {
                    file: log.log.file.clone(),
                    status: result.status,
                    findings: result.findings,
                    others: result.others,
                    cases: result.cases,
                    unlisted: result.refused.into_iter().map(|it| it.indicator).collect(),
                });
            }
        }
        Ok(())
    }

    fn post(&self, batch: &[LogResult]) -> Result<Answer, SendError> {
        let message = Message {
            campaign: self.settings.campaign.as_deref(),
            site: &self.settings.site,
            results: batch,
        };
        let body = serde_json::to_vec(&message).unwrap_or_default();
        let mut waits = self.waits.iter().copied();
        loop {
            match self.post_once(&body, batch)? {
                Tried::Kept(answer) => return Ok(answer),
                Tried::Again(error, asked) => {
                    let Some(usual) = waits.next() else { return Err(error) };
                    let wait = asked.unwrap_or(usual);
                    if wait > LONGEST_WAIT {
                        return Err(error);
                    }
                    (self.pause)(wait);
                }
            }
        }
    }

    fn post_once(&self, body: &[u8], batch: &[LogResult]) -> Result<Tried, SendError> {
        let host = || self.host.clone();
        let request = self
            .agent
            .post(&self.target)
            .header(header::AUTHORIZATION, format!("Bearer {}", self.settings.token))
            .header(header::CONTENT_TYPE, "application/json")
            .header(header::ACCEPT, "application/json, application/problem+json")
            .header(header::ACCEPT_LANGUAGE, self.settings.language);
        let mut response = match request.send(body) {
            Ok(response) => response,
            Err(source) if is_untrusted(&source) => {
                return Err(SendError::Untrusted { host: host(), source });
            }
            Err(source) => {
                return Ok(Tried::Again(SendError::Unreachable { host: host(), source }, None));
            }
        };
        let status = response.status();
        let asked = retry_after(response.headers());
        let read = response.body_mut().with_config().limit(LARGEST_ANSWER).read_to_vec();
        if status.is_success() {
            let text = match read {
                Ok(text) => text,
                Err(source) => {
                    return Ok(Tried::Again(SendError::Unreachable { host: host(), source }, None));
                }
            };
            let answer = serde_json::from_slice::<Answer>(&text).ok();
            return answer
                .filter(|it| it.results.len() == batch.len())
                .map(Tried::Kept)
                .ok_or_else(|| SendError::NotAPortal { host: host(), status: status.as_u16() });
        }
        // Whatever else came is read as a problem; a text that is none leaves it empty.
        let problem = read.ok().and_then(|it| serde_json::from_slice::<Problem>(&it).ok());
        let problem = problem.unwrap_or_default();
        let is_ours = problem.kind.contains("/api/v1/problems#");
        let refusal = refusal(problem, batch);
        let status_code = status.as_u16();
        match status {
            StatusCode::TOO_MANY_REQUESTS => {
                let wait_seconds = asked.unwrap_or(LONGEST_WAIT).as_secs();
                Ok(Tried::Again(SendError::Busy { wait_seconds }, asked))
            }
            status if status.is_server_error() => {
                let error = SendError::Failing { host: host(), status: status_code };
                Ok(Tried::Again(error, asked))
            }
            StatusCode::UNAUTHORIZED => Err(SendError::WrongToken),
            StatusCode::FORBIDDEN if is_ours => Err(SendError::NotAllowed(refusal)),
            StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED => {
                Err(SendError::NotThere { host: host(), refusal })
            }
            StatusCode::PAYLOAD_TOO_LARGE => {
                let file = batch.first().map(|it| it.log.file.clone()).unwrap_or_default();
                Err(SendError::TooLarge { file })
            }
            status if status.is_client_error() && is_ours => Err(SendError::Refused(refusal)),
            _ => Err(SendError::NotAPortal { host: host(), status: status_code }),
        }
    }
}

/// What speaks to an address, with patience for slow lines.
pub(crate) fn agent_for(target: &Uri, certificates: Option<&[u8]>) -> Result<Agent, SendError> {
    let mut config = Agent::config_builder()
        .http_status_as_error(false)
        .max_redirects(0)
        .user_agent(concat!("lamsach/", env!("CARGO_PKG_VERSION")))
        .timeout_connect(Some(Duration::from_secs(10)))
        .timeout_send_body(Some(Duration::from_mins(2)))
        .timeout_recv_response(Some(Duration::from_mins(2)))
        .timeout_global(Some(Duration::from_mins(5)));
    if let Some(pem) = certificates {
        config = config.tls_config(trusting(pem).ok_or(SendError::Certificates)?);
    }
    if is_loopback(target.host().unwrap_or_default()) {
        // A proxy is another machine.
        config = config.proxy(None);
    }
    Ok(config.build().new_agent())
}

/// TLS that trusts these certificates (PEM) alone; `None` when there is none among them.
pub(crate) fn trusting(pem: &[u8]) -> Option<TlsConfig> {
    let trusted: Vec<Certificate<'static>> = parse_pem(pem)
        .filter_map(|item| match item {
            Ok(PemItem::Certificate(certificate)) => Some(certificate),
            _ => None,
        })
        .collect();
    let roots = RootCerts::new_with_certs(&trusted);
    (!trusted.is_empty()).then(|| TlsConfig::builder().root_certs(roots).build())
}

impl fmt::Debug for Client {
    /// Without the token.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("target", &self.target).finish_non_exhaustive()
    }
}

impl fmt::Debug for Settings {
    /// Without the token.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings")
            .field("address", &self.address)
            .field("site", &self.site)
            .finish_non_exhaustive()
    }
}

/// A problem with logs named by their files instead of their numbers in the message.
fn refusal(problem: Problem, batch: &[LogResult]) -> Refusal {
    let place = |field: String| {
        let found = field.strip_prefix("results[").and_then(|it| it.split_once(']'));
        let file = found.and_then(|(number, rest)| {
            let log = batch.get(number.parse::<usize>().ok()?)?;
            Some(format!("{}: {}", log.log.file, rest.trim_start_matches('.')))
        });
        file.unwrap_or(field)
    };
    Refusal {
        title: problem.title,
        detail: problem.detail,
        places: problem.problems.into_iter().map(|it| (place(it.field), it.message)).collect(),
    }
}

/// Seconds of `Retry-After`; a date, which our portals never send, counts as not there.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let seconds = headers.get(header::RETRY_AFTER)?.to_str().ok()?.trim().parse().ok()?;
    Some(Duration::from_secs(seconds))
}

/// Whether TLS failed: trying again does not help.
pub(crate) fn is_untrusted(error: &ureq::Error) -> bool {
    match error {
        ureq::Error::Tls(_) | ureq::Error::Rustls(_) | ureq::Error::Pem(_) => true,
        // The handshake fails inside of a read or write.
        ureq::Error::Io(error) => error.kind() == io::ErrorKind::InvalidData,
        _ => false,
    }
}
