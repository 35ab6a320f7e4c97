//! What the person asks for.

use std::path::PathBuf;
use std::sync::Arc;

use clap::ValueEnum;
use http_client::Client;
use jiff::tz::TimeZone;
use language::Language;
use log_check::{Columns, Guarding};

use crate::commands::match_logs::{
    Lists, NamesArgs, NamesAsked, SendArgs, columns, guarding, known_format, read, site, zone,
};
use command_line::bilingual::failure;

use super::sockets::{Sockets, address, sinkhole, syslog_address};
use super::webhook::WebhookClient;

/// The longest name of a sensor that a portal takes, in characters.
const LONGEST_SENSOR: usize = 100;

// Help texts stand in the message files: see `commands::help`.
/// Settings of the command.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    lists: Lists,
    #[arg(long, value_name = "FILE", num_args = 1..)]
    follow: Vec<PathBuf>,
    #[arg(long)]
    from_end: bool,
    #[arg(long, value_name = "URL")]
    syslog: Vec<String>,
    #[arg(long, value_name = "ADDRESS")]
    netflow: Vec<String>,
    #[arg(long, value_name = "NAME")]
    interface: Vec<String>,
    #[arg(long, value_name = "NAME")]
    user: Option<String>,
    #[arg(long, value_name = "ADDRESS", requires = "forward")]
    sinkhole: Option<String>,
    #[arg(long, value_name = "ADDRESS", requires = "sinkhole")]
    forward: Option<String>,
    #[arg(long, value_name = "ADDRESS", requires = "sinkhole")]
    answer: Vec<String>,
    #[arg(long, value_name = "NETWORK", requires = "sinkhole")]
    clients: Vec<String>,
    #[arg(
        id = "syslog-tls-cert",
        long = "tls-cert",
        value_name = "FILE",
        requires = "syslog-tls-key"
    )]
    tls_cert: Option<PathBuf>,
    #[arg(
        id = "syslog-tls-key",
        long = "tls-key",
        value_name = "FILE",
        requires = "syslog-tls-cert"
    )]
    tls_key: Option<PathBuf>,
    #[arg(long, value_name = "NAME", default_value = "auto")]
    format: String,
    #[arg(long, value_name = "COLUMNS")]
    columns: Option<String>,
    #[arg(long, value_name = "CHARACTER")]
    delimiter: Option<String>,
    #[arg(id = "watch-output", long = "output", value_name = "KIND", value_enum, default_value_t = OutputKind::Json)]
    output: OutputKind,
    #[arg(long, value_name = "ZONE", default_value = "Asia/Ho_Chi_Minh")]
    timezone: String,
    #[arg(long)]
    no_guard: bool,
    #[arg(long, value_name = "NAME")]
    site: Option<String>,
    #[command(flatten)]
    names: NamesArgs,
    #[arg(long, value_name = "NAME")]
    sensor: Option<String>,
    #[arg(long, value_name = "FOLDER", env = "STATE_DIRECTORY")]
    spool: Option<PathBuf>,
    #[arg(long, value_name = "SECONDS", default_value_t = 300, value_parser = clap::value_parser!(u64).range(1..=86_400))]
    interval: u64,
    #[arg(long, value_name = "URL")]
    webhook: Option<String>,
    #[arg(long, value_name = "FILE", requires = "webhook")]
    webhook_ca: Option<PathBuf>,
    #[command(flatten)]
    send: SendArgs,
}

/// What goes to standard output.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum OutputKind {
    Json,
    None,
}

/// What was asked for, checked.
pub(super) struct Choices {
    pub(super) lists: Vec<PathBuf>,
    pub(super) follow: Vec<PathBuf>,
    pub(super) from_end: bool,
    pub(super) sockets: Sockets,
    pub(super) user: Option<String>,
    pub(super) format: Option<String>,
    pub(super) columns: Option<Arc<Columns>>,
    pub(super) output: OutputKind,
    pub(super) zone: TimeZone,
    pub(super) guarding: Guarding,
    pub(super) site: Option<String>,
    pub(super) names: NamesAsked,
    pub(super) sensor: String,
    pub(super) spool: Option<PathBuf>,
    pub(super) interval_seconds: u64,
    pub(super) client: Option<Client>,
    pub(super) webhook: Option<WebhookClient>,
}

impl Args {
    pub(super) fn choices(self, language: Language) -> anyhow::Result<Choices> {
        let zone = zone(&self.timezone)?;
        let format = known_format(&self.format)?;
        let columns = columns(format.as_deref(), self.columns, self.delimiter)?;
        let site = site(self.site);
        let sensor = self.sensor.map(|it| it.trim().to_owned()).filter(|it| !it.is_empty());
        let sensor = sensor.or_else(host_name).unwrap_or_else(|| "lamsach".to_owned());
        let client = self.send.client(site.as_deref(), language)?;
        if client.is_some() && self.spool.is_none() {
            return Err(failure("watch-no-spool", &[]));
        }
        let certificates = self.webhook_ca.as_deref().map(read).transpose()?;
        let webhook = self.webhook.as_deref();
        let webhook =
            webhook.map(|it| WebhookClient::new(it, certificates.as_deref())).transpose()?;
        let sockets = Sockets {
            syslog: self.syslog.iter().map(|it| syslog_address(it)).collect::<Result<_, _>>()?,
            netflow: self.netflow.iter().map(|it| address(it)).collect::<Result<_, _>>()?,
            sinkhole: sinkhole(self.sinkhole, self.forward, &self.answer, &self.clients)?,
            interfaces: self.interface,
            tls: self.tls_cert.zip(self.tls_key),
        };
        if self.follow.is_empty() && sockets.is_empty() {
            return Err(failure("watch-no-input", &[]));
        }
        Ok(Choices {
            lists: self.lists.0.concat(),
            follow: self.follow,
            from_end: self.from_end,
            sockets,
            user: self.user,
            format,
            columns,
            output: self.output,
            zone,
            guarding: guarding(self.no_guard),
            site,
            names: self.names.check()?,
            sensor: sensor.chars().take(LONGEST_SENSOR).collect(),
            spool: self.spool,
            interval_seconds: self.interval,
            client,
            webhook,
        })
    }
}

/// What this machine is called.
fn host_name() -> Option<String> {
    let name = std::fs::read_to_string("/proc/sys/kernel/hostname").ok()?;
    Some(name.trim().to_owned()).filter(|it| !it.is_empty())
}
