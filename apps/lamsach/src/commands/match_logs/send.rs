//! `--send`: what was seen goes to a portal, log by log, without log lines.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::{env, fs};

use http_client::{Client, Evidence, KeptLog, Log, LogResult, SendError, Settings, Sighting};
use language::Language;
use log_check::FileSummary;

use super::words::{Words, printable, verdict_code};
use command_line::bilingual::{failure, lines};

/// The variable of a token that stands neither in the history nor in the list of processes.
const TOKEN_VARIABLE: &str = "LAMSACH_TOKEN";
/// The largest file of a token or of certificates that is read, in bytes.
const LARGEST_FILE: u64 = 1 << 20;
/// The longest name of a log that a portal takes, in characters.
const LONGEST_NAME: usize = 300;

/// Where to send.
#[derive(Debug, clap::Args)]
pub(in crate::commands) struct SendArgs {
    #[arg(long, value_name = "URL")]
    send: Option<String>,
    #[arg(long, value_name = "TOKEN", requires = "send", conflicts_with = "token_file")]
    token: Option<String>,
    #[arg(long, value_name = "FILE", requires = "send")]
    token_file: Option<PathBuf>,
    #[arg(long, value_name = "ID", requires = "send")]
    campaign: Option<String>,
    #[arg(long, value_name = "FILE", requires = "send")]
    ca: Option<PathBuf>,
}

/// What is to be sent, and where.
pub(super) struct Sending {
    client: Client,
    address: String,
    logs: Vec<LogResult>,
    /// Logs that were not read, or whose reading something outside of them ended: they have no hash
    /// to be known by.
    unread: Vec<String>,
}

impl SendArgs {
    /// A sending when one is asked for. What is wrong with it is said before a log is read.
    pub(super) fn prepare(
        self,
        site: Option<&str>,
        words: &Words,
    ) -> anyhow::Result<Option<Sending>> {
        let address = self.send.clone().unwrap_or_default();
        let client = self.client(site, words.language)?;
        Ok(client.map(|client| Sending { client, address, logs: Vec::new(), unread: Vec::new() }))
    }

    /// A client of the portal that is named, when one is.
    pub(in crate::commands) fn client(
        self,
        site: Option<&str>,
        language: Language,
    ) -> anyhow::Result<Option<Client>> {
        let Some(address) = self.send else { return Ok(None) };
        let token = match (self.token, self.token_file) {
            (Some(token), _) => token,
            (None, Some(path)) => String::from_utf8_lossy(&read(&path)?).into_owned(),
            (None, None) => {
                env::var(TOKEN_VARIABLE).map_err(|_| failure("match-send-no-token", &[]))?
            }
        };
        let settings = Settings {
            address,
            token: token.trim().to_owned(),
            campaign: self.campaign,
            site: site.unwrap_or_default().to_owned(),
            language: language.tag(),
            certificates: self.ca.as_deref().map(read).transpose()?,
        };
        Client::new(settings).map(Some).map_err(|error| said(&error))
    }
}

impl Sending {
    /// Takes up what was seen in one log.
    pub(super) fn add(&mut self, file: &FileSummary, sightings: Vec<matching::Sighting>) {
        let Some(sha256) = file.sha256.clone() else {
            self.unread.push(file.file.clone());
            return;
        };
        let log = Log {
            file: name(file),
            sha256,
            live: None,
            format: file.format.clone(),
            compression: file.compression.clone(),
            lines_read: file.lines_read,
            lines_matched: file.lines_matched,
            lines_not_parsed: file.lines_not_parsed,
            is_whole: file.problem.is_none(),
            days: file.days.iter().map(ToString::to_string).collect(),
        };
        let sightings = sightings.into_iter().map(wire_sighting).collect();
        self.logs.push(LogResult { log, sightings });
    }

    /// What all logs together show of addresses that stand for others is said of each log.
    pub(super) fn mark(&mut self, sightings: &[matching::Sighting]) {
        let key = |device: &str, indicator: &str| (device.to_owned(), indicator.to_owned());
        let told = sightings.iter().filter_map(|it| {
            let (kind, by) = it.intermediary.zip(it.intermediary_source)?;
            Some((key(&it.device, &it.indicator), (kind.code(), by.code())))
        });
        let told: BTreeMap<_, _> = told.collect();
        for sent in self.logs.iter_mut().flat_map(|it| &mut it.sightings) {
            if let Some((kind, by)) = told.get(&key(&sent.device, &sent.indicator))
                && sent.intermediary.is_none()
            {
                sent.intermediary = Some((*kind).to_owned());
                sent.intermediary_source = Some((*by).to_owned());
            }
        }
    }

    /// Sends it all and says on standard error what the portal kept. Tells whether all of it was
    /// sent; why not is said there too.
    pub(super) fn send(self, words: &Words) -> bool {
        let say = |line: &str| {
            // Nobody reading along is no error.
            drop(writeln!(io::stderr().lock(), "{line}"));
        };
        for file in &self.unread {
            say(&words.t1("match-send-unread", "file", &printable(file)));
        }
        let mut is_first = true;
        let sent = self.client.send(&self.logs, |kept| {
            if is_first {
                say(&words.t1("match-send-sent", "address", &self.address));
                is_first = false;
            }
            say(&outcome(words, &kept));
            if !kept.unlisted.is_empty() {
                say(&unlisted(words, &kept.unlisted));
            }
        });
        match sent {
            Ok(()) => true,
            Err(error) => {
                say(&format!("lamsach: {:#}", said(&error)));
                false
            }
        }
    }
}

/// What became of one log.
fn outcome(words: &Words, kept: &KeptLog) -> String {
    let file = printable(&kept.file);
    let values = [
        ("file", file.as_str().into()),
        ("findings", kept.findings.into()),
        ("cases", kept.cases.into()),
    ];
    let key = format!("match-send-{}", kept.status.code());
    format!("  {}", language::text_with(words.language, &key, &values))
}

/// What the portal did not take: the list here holds more than the campaign's.
fn unlisted(words: &Words, indicators: &[String]) -> String {
    /// Enough to see which list they are from.
    const NAMED: usize = 5;
    let different: BTreeSet<_> = indicators.iter().map(|it| printable(it)).collect();
    let more = different.len() > NAMED;
    let mut named = different.into_iter().take(NAMED).collect::<Vec<_>>().join(", ");
    if more {
        named.push_str(", …");
    }
    let values = [("count", indicators.len().into()), ("indicators", named.into())];
    format!("    {}", language::text_with(words.language, "match-send-unlisted", &values))
}

/// Why it was not sent and what to do next, in both languages; the portal's own words below.
pub(in crate::commands) fn said(error: &SendError) -> anyhow::Error {
    let (mut host, mut why, mut file, mut seconds) = (String::new(), String::new(), "", 0);
    match error {
        SendError::Address { address, .. } => host.clone_from(address),
        SendError::Unreachable { host: at, source } | SendError::Untrusted { host: at, source } => {
            host.clone_from(at);
            why = source.to_string();
        }
        SendError::NotThere { host: at, .. } => host.clone_from(at),
        SendError::Failing { host: at, status } | SendError::NotAPortal { host: at, status } => {
            host.clone_from(at);
            why = status.to_string();
        }
        SendError::TooLarge { file: log } => file = log,
        SendError::Busy { wait_seconds } => seconds = *wait_seconds,
        SendError::Certificates
        | SendError::TokenShape
        | SendError::WrongToken
        | SendError::NotAllowed(_)
        | SendError::Refused(_) => {}
    }
    let values = [
        ("host", printable(&host).into()),
        ("why", printable(&why).into()),
        ("file", printable(file).into()),
        ("seconds", seconds.into()),
    ];
    let mut text = lines(&format!("match-send-failed-{}", error.code()), &values);
    if let Some(refusal) = error.refusal() {
        let places = refusal.places.iter().map(|(place, what)| match place.as_str() {
            "" => what.clone(),
            place => format!("{place}: {what}"),
        });
        let lines = [refusal.title.clone(), refusal.detail.clone()].into_iter().chain(places);
        for line in lines.filter(|it| !it.is_empty()) {
            text = format!("{text}\n  {}", printable(&line));
        }
    }
    anyhow::Error::msg(text)
}

/// A sighting as it is sent.
pub(in crate::commands) fn wire_sighting(it: matching::Sighting) -> Sighting {
    Sighting {
        device: it.device,
        device_name: it.device_name,
        device_mac: it.device_mac,
        name_source: it.name_source.map(|it| it.code().to_owned()),
        name_confidence: it.name_confidence.map(|it| it.code().to_owned()),
        intermediary: it.intermediary.map(|it| it.code().to_owned()),
        intermediary_source: it.intermediary_source.map(|it| it.code().to_owned()),
        indicator: it.indicator,
        indicator_type: it.indicator_type,
        family: it.family,
        // The list as the portal knows it: without this machine's folders.
        list: Path::new(&it.list)
            .file_name()
            .map_or_else(|| it.list.clone(), |name| name.to_string_lossy().into_owned()),
        warning: it.warning,
        destination: it.destination,
        verdict: verdict_code(it.verdict).to_owned(),
        count: it.count,
        first_seen: it.first_seen.map(|at| at.to_string()),
        last_seen: it.last_seen.map(|at| at.to_string()),
        evidence: Evidence { offset: it.evidence.offset, line_number: it.evidence.line_number },
    }
}

/// A log's name as it is sent: without its folders, which are this machine's own, but those in an
/// archive; its end, which tells more, when it is long.
fn name(log: &FileSummary) -> String {
    let outside = log.archive.as_ref().unwrap_or(&log.file);
    let folders = outside.rfind(['/', '\\']).map_or(0, |at| at + 1);
    let file = log.file.get(folders..).unwrap_or(&log.file);
    let surplus = file.chars().count().saturating_sub(LONGEST_NAME);
    file.chars().skip(surplus).collect()
}

pub(in crate::commands) fn read(path: &Path) -> anyhow::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    fs::File::open(path).and_then(|file| file.take(LARGEST_FILE).read_to_end(&mut bytes)).map_err(
        |error| {
            let path = path.display().to_string();
            failure("match-send-file", &[("path", path.into()), ("why", command_line::why(&error))])
        },
    )?;
    Ok(bytes)
}
