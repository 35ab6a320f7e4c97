//! `lamsach restore`: a backup into an empty portal.

use std::fs::File;
use std::io::{self, BufReader, ErrorKind};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use indicatif::ProgressBar;
use language::Value;
use portal::backup::{self, BackupError, Counts};

use super::place::Place;
use command_line::bilingual;

/// Settings of the command.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    place: Place,
    #[arg(id = "restore-file", value_name = "FILE")]
    file: PathBuf,
}

/// Runs the command.
pub(crate) fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let counts = runtime.block_on(restore(args))?;
    say(&bilingual::lines("backup-restored", &counts_shown(counts, &args.file)));
    Ok(ExitCode::SUCCESS)
}

async fn restore(args: &Args) -> anyhow::Result<Counts> {
    let file = File::open(&args.file).map_err(|error| unopened(&args.file, &error))?;
    let _lock = args.place.lock()?;
    let portal = args.place.portal().await?;
    let bar = shown_progress();
    let mut input = BufReader::new(file);
    let done = backup::restore(&portal, &mut input, &|counts| bar.show(counts)).await;
    bar.finish();
    portal.database.close().await;
    done.map_err(|error| said(error, &args.file))
}

fn unopened(file: &Path, error: &io::Error) -> anyhow::Error {
    let key = match error.kind() {
        ErrorKind::NotFound => "backup-missing",
        _ => "backup-unreadable",
    };
    let file = file.display().to_string();
    bilingual::failure(key, &[("file", file.into()), ("why", command_line::why(error))])
}

fn said(error: BackupError, file: &Path) -> anyhow::Error {
    let line = |line: u64| [("line", Value::from(line))];
    match error {
        BackupError::NotEmpty => bilingual::failure("backup-not-empty", &[]),
        BackupError::NotABackup => {
            let file = file.display().to_string();
            bilingual::failure("backup-not-a-backup", &[("file", file.into())])
        }
        BackupError::OtherVersion { theirs, ours } => {
            let values = [("theirs", theirs.into()), ("ours", ours.into())];
            bilingual::failure("backup-other-version", &values)
        }
        BackupError::CutShort { line: after } => {
            bilingual::failure("backup-cut-short", &line(after))
        }
        BackupError::Damaged { line: at } => bilingual::failure("backup-damaged", &line(at)),
        BackupError::File(error) => unopened(file, &error),
        error => error.into(),
    }
}

/// Counts for a message.
pub(super) fn counts_shown(counts: Counts, file: &Path) -> [(&'static str, Value<'static>); 3] {
    [
        ("rows", counts.rows.into()),
        ("files", counts.files.into()),
        ("file", file.display().to_string().into()),
    ]
}

/// Progress on standard error, where that is a terminal.
pub(super) struct Shown(ProgressBar);

pub(super) fn shown_progress() -> Shown {
    let bar = ProgressBar::new_spinner();
    bar.enable_steady_tick(Duration::from_millis(200));
    Shown(bar)
}

impl Shown {
    pub(super) fn show(&self, counts: Counts) {
        // A message a row would cost more than the row.
        if counts.rows.is_multiple_of(500) || counts.files > 0 {
            let values = [("rows", counts.rows.into()), ("files", counts.files.into())];
            self.0.set_message(bilingual::lines("backup-progress", &values).replace('\n', " · "));
        }
    }

    pub(super) fn finish(&self) {
        self.0.finish_and_clear();
    }
}

/// What a person or a script reads.
#[expect(clippy::print_stdout, reason = "the command's output")]
pub(super) fn say(text: &str) {
    println!("{text}");
}
