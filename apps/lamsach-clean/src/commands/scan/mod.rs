//! `lamsach-clean scan`: what is malicious in these files.

mod args;
mod inputs;
mod output;
mod progress;

use std::process::ExitCode;
use std::sync::Arc;

use command_line::bilingual::failure;
use file_check::{Settings, Verdict, check_files};
use language::Language;
use unpacking::PartLimits;

pub(crate) use args::Args;

use inputs::Inputs;
use progress::Watch;

/// Runs the command.
pub(crate) fn run(args: Args, language: Language) -> anyhow::Result<ExitCode> {
    let choices = args.choices()?;
    let inputs = Inputs::load(&choices)?;
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
    output::show(language, choices.is_json, &findings, &summary, &inputs)
        .map_err(|error| failure("clean-not-written", &[("why", error.to_string().into())]))?;
    Ok(match summary.verdict {
        Some(Verdict::Clean) => ExitCode::SUCCESS,
        Some(Verdict::Incomplete) | None => ExitCode::from(3),
        Some(Verdict::Risky | Verdict::Suspicious | Verdict::Infected) => ExitCode::from(1),
    })
}
