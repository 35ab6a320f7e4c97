//! `lamsach watch`: which devices talk to malicious addresses, while they do.

mod args;
mod lists;
mod portal;
mod signals;
mod sockets;
mod teller;
mod webhook;

use std::collections::BTreeSet;
use std::process::ExitCode;
use std::time::Duration;

use files::is_packed_file;
use jiff::Timestamp;
use language::Language;
use log_check::Format;
use watch::{
    FileInput, FlowInput, Input, InterfaceInput, Ledger, LedgerError, LogFormat, Portal, Settings,
    SinkholeInput, SyslogInput, Webhook,
};

pub(crate) use args::Args;

use args::Choices;
use lists::ListFiles;
use portal::{PortalClient, portal_name};
use sockets::{Open, give_up_rights};
use teller::Teller;

use command_line::bilingual::failure;

/// Runs the command.
pub(crate) fn run(args: Args, language: Language) -> anyhow::Result<ExitCode> {
    let choices = args.choices(language)?;
    let open = choices.sockets.open()?;
    // Before other threads are started, and before anything that somebody sent is read.
    give_up_rights(&choices.sockets, choices.user.as_deref())?;
    let (mut lists, layers, reports) =
        ListFiles::read(choices.lists.clone(), choices.guarding, choices.zone.clone())?;
    lists.take_names(choices.names.clone(), choices.site.clone())?;
    super::match_logs::say_refused(language, &reports);
    let ledger = match &choices.spool {
        Some(folder) => Ledger::open(folder).map_err(|error| unusable(&error))?,
        None => Ledger::in_memory(),
    };
    let inputs = inputs(&choices, open, &ledger)?;
    let settings = Settings {
        sensor: choices.sensor.clone(),
        site: choices.site.clone(),
        zone: choices.zone.clone(),
        interval: Duration::from_secs(choices.interval_seconds),
        clock: Timestamp::now,
    };
    let portal = choices.client.map(|client| {
        Box::new(PortalClient::new(client, choices.sensor.clone())) as Box<dyn Portal>
    });
    let webhook = choices.webhook.map(|webhook| Box::new(webhook) as Box<dyn Webhook>);
    let teller = Teller::start(language, choices.output, signals::listen()?);
    teller.begin(&inputs.iter().map(|it| it.name().to_owned()).collect::<Vec<_>>(), &layers);
    let has_inputs = !inputs.is_empty();
    let (ledger, status) = watch::watch(
        &settings,
        layers,
        Box::new(lists),
        inputs,
        (portal, webhook),
        ledger,
        &teller,
    );
    teller.end(&settings, &ledger, status);
    // Every input ended by itself: something is wrong with all of them.
    let has_failed = has_inputs && !teller.was_asked_to_stop();
    Ok(if has_failed { ExitCode::from(2) } else { ExitCode::SUCCESS })
}

fn inputs(choices: &Choices, open: Open, ledger: &Ledger) -> anyhow::Result<Vec<Box<dyn Input>>> {
    // It was checked when the arguments were read.
    let format = choices.format.as_ref().and_then(|name| name.parse::<Format>().ok());
    let format: Option<LogFormat> = format.map(|format| (format, choices.columns.clone()));
    let mut inputs: Vec<Box<dyn Input>> = Vec::new();
    let mut names = BTreeSet::new();
    for path in &choices.follow {
        let name = FileInput::name_of(path);
        if !names.insert(portal_name(&name)) {
            return Err(failure("watch-same-name", &[("name", portal_name(&name).into())]));
        }
        if is_packed_file(path) {
            return Err(failure("watch-input-packed", &[("input", name.into())]));
        }
        let position = ledger.position(&name);
        let input =
            FileInput::new(path, position, choices.from_end, format.clone(), choices.zone.clone());
        let input = input.map_err(|error| {
            let values = [("input", name.into()), ("why", command_line::why(&error))];
            failure("watch-input-failed", &values)
        })?;
        inputs.push(Box::new(input));
    }
    for listener in open.syslog {
        inputs.push(Box::new(SyslogInput::new(listener, format.clone(), choices.zone.clone())));
    }
    for listener in open.netflow {
        inputs.push(Box::new(FlowInput::new(listener, choices.zone.clone())));
    }
    for capture in open.interfaces {
        inputs.push(Box::new(InterfaceInput::new(capture, choices.zone.clone())));
    }
    if let Some(sinkhole) = open.sinkhole {
        inputs.push(Box::new(SinkholeInput::new(sinkhole, choices.zone.clone())));
    }
    Ok(inputs)
}

fn unusable(error: &LedgerError) -> anyhow::Error {
    match error {
        LedgerError::Taken(path) => {
            failure("watch-spool-taken", &[("path", path.display().to_string().into())])
        }
        LedgerError::Damaged(path) => {
            failure("watch-spool-damaged", &[("path", path.display().to_string().into())])
        }
        LedgerError::Io { path, source } => {
            let why = source.to_string();
            let path = path.display().to_string();
            failure("watch-spool-unusable", &[("path", path.into()), ("why", why.into())])
        }
    }
}
