//! `lamsach serve`: the portal, until it is told to stop.

mod browser_module;
mod demo;
mod listening;
mod log;
mod tools;
mod upkeep;

use std::io::{self, Write as _};
use std::process::ExitCode;
use std::sync::Arc;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use jiff::{SignedDuration, Timestamp};
use portal::demo::DemoWorld;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::watch;
use web::AppState;

use super::place::Place;
use command_line::bilingual;
use listening::Listening;

/// Settings of the command.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    place: Place,
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8080", env = "LAMSACH_LISTEN")]
    listen: String,
    #[arg(long, value_name = "FILE", requires = "tls_key")]
    tls_certificate: Option<std::path::PathBuf>,
    #[arg(long, value_name = "FILE", requires = "tls_certificate")]
    tls_key: Option<std::path::PathBuf>,
    #[arg(long)]
    behind_proxy: bool,
    #[arg(long, value_name = "FILE", env = "LAMSACH_BROWSER_MODULE")]
    browser_module: Option<std::path::PathBuf>,
    #[arg(long, value_name = "FOLDER", env = "LAMSACH_TOOLS")]
    tools: Option<std::path::PathBuf>,
    #[arg(long, value_name = "WORLD", num_args = 0..=1, default_missing_value = "2026",
        value_parser = demo_worlds())]
    demo: Option<DemoWorld>,
    #[arg(long, value_name = "FILTER", default_value = "info,sqlx=warn", env = "LAMSACH_LOG")]
    log: String,
    #[arg(long)]
    log_json: bool,
}

/// Reads the year of an invented province.
fn demo_worlds() -> impl TypedValueParser<Value = DemoWorld> {
    PossibleValuesParser::new(DemoWorld::ALL.map(DemoWorld::code)).try_map(|it| it.parse())
}

/// Runs the command.
pub(crate) fn run(args: Args) -> anyhow::Result<ExitCode> {
    log::start(&args.log, args.log_json)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(serve(args))?;
    Ok(ExitCode::SUCCESS)
}

async fn serve(args: Args) -> anyhow::Result<()> {
    let listening = Listening::open(
        &args.listen,
        args.tls_certificate.as_deref().zip(args.tls_key.as_deref()),
        args.behind_proxy,
    )
    .await?;
    let module = browser_module::load(args.browser_module.as_deref())?;
    let tools = tools::find(args.tools.as_deref(), args.place.folder())?;
    let _lock = args.place.lock()?;
    let mut portal = args.place.portal().await?;
    let database = portal.database.clone();
    let demo = demo::prepare(&portal, args.demo, &listening, args.place.folder()).await?;
    if let Some(demo) = &demo {
        portal.is_demo = true;
        portal.clock = shifted_clock(demo.clock_offset);
    }
    let portal = Arc::new(portal);
    let (stop, stopped) = watch::channel(false);
    // Before anybody is told that it runs: who is told may stop it at once.
    let signals = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    tokio::spawn(stop_on_signal(signals, stop));
    let upkeep = tokio::spawn(upkeep::run(portal.clone(), stopped.clone()));
    let secure_cookies = listening.has_secure_cookies();
    let state = AppState { portal: portal.clone(), secure_cookies, module, tools };
    say(&format!("{}: {}", bilingual::phrase("serve-ready"), listening.url()));
    if let Some(demo) = &demo {
        say(&demo.to_string());
    }
    if args.behind_proxy {
        tracing::info!("{}", bilingual::phrase("serve-proxy"));
    }
    tracing::info!(address = %listening.url(), is_demo = portal.is_demo, "serving");
    let mut until = stopped;
    let has_stopped = async move {
        // An error means that the sender is gone, which is an end too.
        until.wait_for(|is_stopped| *is_stopped).await.map(drop).unwrap_or_default();
    };
    let (listener, how) = listening.into_parts();
    let served = web::serve(state, listener, how, has_stopped).await;
    upkeep.abort();
    database.close().await;
    served?;
    tracing::info!("stopped");
    Ok(())
}

/// The system's clock, or one that runs so much before or after it: a world of 2022 lives in 2022.
fn shifted_clock(offset: SignedDuration) -> portal::Clock {
    Arc::new(move || Timestamp::now().saturating_add(offset).unwrap_or(Timestamp::MAX))
}

async fn stop_on_signal(
    (mut terminate, mut interrupt): (Signal, Signal),
    stop: watch::Sender<bool>,
) {
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    tracing::info!("{}", bilingual::phrase("serve-stopping"));
    // Nobody listening any more means that it has stopped already.
    stop.send(true).unwrap_or_default();
}

/// What a person or a script reads; everything else is the log's. A reader who went away is no
/// reason to stop serving.
fn say(text: &str) {
    writeln!(io::stdout(), "{text}").unwrap_or_default();
}
