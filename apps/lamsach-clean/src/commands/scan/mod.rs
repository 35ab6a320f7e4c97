//! `lamsach-clean scan`: what is malicious in these files.

mod args;
mod inputs;
mod output;
mod progress;

use std::env;
use std::process::ExitCode;
use std::sync::Arc;

use clean_up::{Computer, HostError, check_places, quick_places};
use command_line::bilingual::failure;
use file_check::{Finding, NotScanned, Settings, Summary, Verdict, check_files};
use language::Language;
use unpacking::PartLimits;

pub(crate) use args::Args;
pub(super) use args::Choices;

use super::result;
use inputs::Inputs;
use progress::Watch;

/// What a scan gave.
pub(super) struct Scanned {
    pub(super) findings: Vec<Finding>,
    pub(super) summary: Summary,
    inputs: Inputs,
}

/// Settings of `scan`: what is scanned, and what becomes of the result.
#[derive(Debug, clap::Args)]
pub(crate) struct ScanArgs {
    #[command(flatten)]
    scan: Args,
    #[command(flatten)]
    result: result::Args,
}

/// Runs the command.
pub(crate) fn run(args: ScanArgs, language: Language) -> anyhow::Result<ExitCode> {
    let choices = args.scan.choices()?;
    let wanted = args.result.wanted(choices.root.as_deref())?;
    let Scanned { findings, summary, inputs } = scan(&choices, language)?;
    output::show(language, choices.is_json, &findings, &summary, &inputs)
        .map_err(|error| failure("clean-not-written", &[("why", error.to_string().into())]))?;
    if let Some(wanted) = wanted {
        let of = result::Of {
            findings: &findings,
            summary: &summary,
            rules: inputs.detection.rules.len(),
            packs: &inputs.packs,
            scope: choices.scope(),
            root: choices.root.as_deref(),
        };
        wanted.give(language, &of)?;
    }
    Ok(match summary.verdict {
        Some(Verdict::Clean) => ExitCode::SUCCESS,
        Some(Verdict::Incomplete) | None => ExitCode::from(3),
        Some(Verdict::Risky | Verdict::Suspicious | Verdict::Infected) => ExitCode::from(1),
    })
}

/// Scans, and says on the way what of the rules and lists is not used.
pub(super) fn scan(choices: &Choices, language: Language) -> anyhow::Result<Scanned> {
    let inputs = Inputs::load(choices)?;
    output::refused(language, &inputs)?;
    let parts = PartLimits {
        depth: if choices.unpacks { PartLimits::default().depth } else { 0 },
        ..PartLimits::default()
    };
    let settings = Settings {
        threads: choices.threads,
        is_gentle: choices.is_gentle,
        root: choices.root.clone(),
        parts,
        memory: choices.memory.clone(),
    };
    let mut computer = choices.looks_at_computer.then(|| Computer::open(choices.root.as_deref()));
    let places = match &mut computer {
        Some(Ok(computer)) if choices.is_quick => quick_places(computer, choices.root.as_deref()),
        _ => choices.places.clone(),
    };
    let watch = Arc::new(Watch::start(language, &places)?);
    let mut summary = check_files(&places, &inputs.detection, &settings, &*watch);
    let mut findings = watch.finish();
    match computer {
        Some(Ok(mut computer)) => {
            let base = env::current_dir()?;
            let root = choices.root.as_deref();
            let checked = check_places(&mut computer, &findings, &base, root);
            summary.places = Some(checked.entries);
            summary.add(&checked.findings, checked.not_scanned);
            findings.extend(checked.findings);
            findings.sort();
        }
        Some(Err(error)) => summary.add(&[], vec![not_looked_at(&error)]),
        None => {}
    }
    inputs.add_to(&mut summary);
    Ok(Scanned { findings, summary, inputs })
}

/// That autostarts were not looked at, on a system where that cannot be done yet.
fn not_looked_at(error: &HostError) -> NotScanned {
    NotScanned {
        path: String::new(),
        inside: Vec::new(),
        reason: "places-not-here".to_owned(),
        detail: Some(error.to_string()),
    }
}
