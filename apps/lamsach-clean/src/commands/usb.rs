//! `lamsach-clean usb`: a stick that a worm went through is looked at, and given back as it was.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clean_up::{PlanFile, PlanRequest, make_plan, make_stick_plan, sticks};
use command_line::bilingual::failure;
use language::Language;

use super::store::{Store, now};
use super::{apply, plan, scan};

// Help texts stand in the message files: see `command_line`.
/// Settings of the command.
#[derive(Debug, clap::Args)]
// What is scanned is the stick: what a scan has besides means nothing here.
#[command(
    mut_arg("clean_path", |arg| arg.num_args(0..=1)),
    mut_arg("clean_root", |arg| arg.hide(true)),
    mut_arg("clean_quick", |arg| arg.hide(true)),
    mut_arg("clean_memory", |arg| arg.hide(true)),
    mut_arg("clean_no_memory", |arg| arg.hide(true))
)]
pub(crate) struct Args {
    #[arg(id = "clean_stick_clean", long = "clean")]
    cleans: bool,
    #[arg(id = "clean_yes", long = "yes", short = 'y', requires = "clean_stick_clean")]
    is_sure: bool,
    #[arg(id = "clean_suspicious", long = "suspicious")]
    takes_suspicious: bool,
    #[arg(id = "clean_plan_output", long = "output", short = 'o', value_name = "FILE")]
    output: Option<PathBuf>,
    #[command(flatten)]
    store: Store,
    #[command(flatten)]
    scan: scan::Args,
}

/// Runs the command.
pub(crate) fn run(args: Args, language: Language) -> anyhow::Result<ExitCode> {
    let stick = stick(args.scan.places(), args.scan.root())?;
    let is_json = args.scan.is_json();
    let mut computer = plan::open(Some(&stick))?;
    let at = now();
    let root = stick.display().to_string();
    let signs = make_stick_plan(&mut computer, root, at);
    let plan = if args.scan.looks_for_something() {
        let scanned = scan::scan(&args.scan.of_stick(&stick).choices()?, language)?;
        let found = make_plan(
            &mut computer,
            &PlanRequest {
                findings: &scanned.findings,
                is_complete: scanned.summary.complete,
                base: Path::new("/"),
                root: Some(&stick),
                is_stick: true,
                takes_suspicious: args.takes_suspicious,
                at,
            },
        );
        found.with(signs)
    } else {
        signs
    };
    if args.cleans {
        save(&plan, args.output.as_deref())?;
        return apply::apply(&plan, &args.store, args.is_sure, is_json, language);
    }
    plan::give(language, &plan, args.output.as_deref(), is_json)?;
    Ok(plan::status(&plan))
}

fn save(plan: &PlanFile, output: Option<&Path>) -> anyhow::Result<()> {
    match output {
        Some(path) => plan::save(plan, path),
        None => Ok(()),
    }
}

/// The stick that is named, or the only one that is plugged in; by its whole path, since it is
/// written down for undoing.
fn stick(places: &[PathBuf], root: Option<&Path>) -> anyhow::Result<PathBuf> {
    let named = match (root, places) {
        (Some(root), []) => root.to_owned(),
        (None, [place]) => place.clone(),
        (None, []) => match sticks().as_slice() {
            [only] => only.clone(),
            [] => return Err(failure("clean-no-stick", &[])),
            several => {
                let names: Vec<String> =
                    several.iter().map(|it| it.display().to_string()).collect();
                return Err(failure(
                    "clean-several-sticks",
                    &[("sticks", names.join(", ").into())],
                ));
            }
        },
        _ => return Err(failure("clean-one-stick", &[])),
    };
    std::fs::canonicalize(&named).map_err(|error| {
        let values =
            [("name", named.display().to_string().into()), ("why", command_line::why(&error))];
        failure("clean-root-unusable", &values)
    })
}
