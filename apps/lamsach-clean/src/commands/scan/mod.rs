//! `lamsach-clean scan`: what is malicious in these files.

mod args;
mod inputs;
mod output;
mod progress;

use std::process::ExitCode;
use std::sync::Arc;

use command_line::bilingual::failure;
use file_check::{Finding, Settings, Summary, Verdict, check_files};
use language::Language;
use unpacking::PartLimits;

pub(crate) use args::Args;
pub(super) use args::Choices;

use inputs::Inputs;
use progress::Watch;

/// What a scan gave.
pub(super) struct Scanned {
    pub(super) findings: Vec<Finding>,
    pub(super) summary: Summary,
    inputs: Inputs,
}

/// Runs the command.
pub(crate) fn run(args: Args, language: Language) -> anyhow::Result<ExitCode> {
    let choices = args.choices()?;
    let Scanned { findings, summary, inputs } = scan(&choices, language)?;
    output::show(language, choices.is_json, &findings, &summary, &inputs)
        .map_err(|error| failure("clean-not-written", &[("why", error.to_string().into())]))?;
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
    let watch = Arc::new(Watch::start(language, &choices.places)?);
    let mut summary = check_files(&choices.places, &inputs.detection, &settings, &*watch);
    let findings = watch.finish();
    inputs.add_to(&mut summary);
    Ok(Scanned { findings, summary, inputs })
}
