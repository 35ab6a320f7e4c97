//! `lamsach-clean plan`: what cleaning would change.

use std::env;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clean_up::{Computer, FindingsRead, PlanFile, PlanRequest, make_plan, read_findings};
use command_line::bilingual::failure;
use command_line::printable;
use file_check::Finding;
use language::{Language, text_with};

use super::store::{failed, now};
use super::{scan, words};

/// Lines of a file of findings that cannot be used are named so often.
const MOST_NAMED: usize = 5;

// Help texts stand in the message files: see `command_line`.
/// Settings of the command.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[arg(
        id = "clean_findings",
        long = "findings",
        short = 'f',
        value_name = "FILE",
        conflicts_with_all = ["clean_rules", "clean_indicators", "clean_path"]
    )]
    findings: Option<PathBuf>,
    #[arg(id = "clean_suspicious", long = "suspicious")]
    takes_suspicious: bool,
    #[arg(id = "clean_plan_output", long = "output", short = 'o', value_name = "FILE")]
    output: Option<PathBuf>,
    #[command(flatten)]
    scan: scan::Args,
}

/// Runs the command.
pub(crate) fn run(args: Args, language: Language) -> anyhow::Result<ExitCode> {
    // By its whole path, since it is written down for applying and undoing.
    let root = args.scan.root().map(std::path::absolute).transpose()?;
    let is_json = args.scan.is_json();
    let mut computer = open(root.as_deref())?;
    let (findings, is_complete) = if let Some(file) = &args.findings {
        from_file(file, language)?
    } else {
        let scanned = scan::scan(&args.scan.choices()?, language)?;
        (scanned.findings, scanned.summary.complete)
    };
    let plan = make_plan(
        &mut computer,
        &PlanRequest {
            findings: &findings,
            is_complete,
            base: &env::current_dir()?,
            root: root.as_deref(),
            is_stick: false,
            takes_suspicious: args.takes_suspicious,
            at: now(),
        },
    );
    give(language, &plan, args.output.as_deref(), is_json)?;
    Ok(status(&plan))
}

/// Opens the computer, or the disk at a folder.
pub(super) fn open(root: Option<&Path>) -> anyhow::Result<Computer> {
    Computer::open(root).map_err(|error| {
        if error == clean_up::HostError::Unsupported {
            return failure("clean-not-here", &[]);
        }
        let name = root.unwrap_or(Path::new("/")).display().to_string();
        failed("clean-root-unusable", &error, &[("name", name)])
    })
}

/// Writes a plan to its file, and shows it.
pub(super) fn give(
    language: Language,
    plan: &PlanFile,
    output: Option<&Path>,
    is_json: bool,
) -> anyhow::Result<()> {
    let bytes = plan.bytes()?;
    if let Some(path) = output {
        save(plan, path)?;
    }
    words::write_out(|out| {
        if is_json {
            return out.write_all(&bytes);
        }
        words::plan(out, language, plan)?;
        if let Some(path) = output.filter(|_| !plan.steps.is_empty()) {
            let values = [("file", printable(&path.display().to_string()).into())];
            writeln!(out, "\n{}", text_with(language, "clean-plan-next", &values))?;
        }
        Ok(())
    })
}

/// Writes a plan to a file.
pub(super) fn save(plan: &PlanFile, path: &Path) -> anyhow::Result<()> {
    files::write_whole(path, &plan.bytes()?)
        .map_err(|error| failure("clean-not-written", &[("why", command_line::why(&error))]))
}

/// 1 when there is something to change, 3 when there is not and something stays or was not scanned.
pub(super) fn status(plan: &PlanFile) -> ExitCode {
    if !plan.steps.is_empty() {
        ExitCode::from(1)
    } else if plan.is_complete && plan.stays.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::from(3)
    }
}

/// Findings that a scan wrote; whether they are all that it would have found.
fn from_file(file: &Path, language: Language) -> anyhow::Result<(Vec<Finding>, bool)> {
    let read = read_file(file, language)?;
    let is_complete = read.is_complete == Some(true) && read.refused.is_empty();
    Ok((read.findings, is_complete))
}

/// What a scan wrote; what of it cannot be used is said.
pub(super) fn read_file(file: &Path, language: Language) -> anyhow::Result<FindingsRead> {
    let unreadable = |error: io::Error| {
        let values =
            [("name", file.display().to_string().into()), ("why", command_line::why(&error))];
        failure("clean-findings-unreadable", &values)
    };
    let lines: Box<dyn BufRead> = if file == Path::new("-") {
        Box::new(io::stdin().lock())
    } else {
        Box::new(BufReader::new(File::open(file).map_err(unreadable)?))
    };
    let read = read_findings(lines).map_err(unreadable)?;
    if read.findings.is_empty() && read.is_complete.is_none() {
        return Err(failure(
            "clean-no-findings-file",
            &[("name", file.display().to_string().into())],
        ));
    }
    let mut err = io::stderr().lock();
    for (line, why) in read.refused.iter().take(MOST_NAMED) {
        let values = [("line", line.to_string().into()), ("why", printable(why).into())];
        writeln!(err, "{}", text_with(language, "clean-finding-refused", &values))?;
    }
    if read.is_complete.is_none() {
        writeln!(err, "{}", text_with(language, "clean-findings-cut", &[]))?;
    }
    Ok(read)
}
