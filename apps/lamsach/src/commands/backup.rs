//! `lamsach backup`: everything a portal holds, as one file.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context;
use portal::backup::{self, BackupError, Counts};

use super::place::Place;
use super::restore::{counts_shown, say, shown_progress};
use command_line::bilingual;

/// Settings of the command.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    place: Place,
    #[arg(id = "backup-file", value_name = "FILE")]
    file: PathBuf,
}

/// Runs the command.
pub(crate) fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let counts = runtime.block_on(back_up(args))?;
    say(&bilingual::lines("backup-done", &counts_shown(counts, &args.file)));
    Ok(ExitCode::SUCCESS)
}

async fn back_up(args: &Args) -> anyhow::Result<Counts> {
    let file = args.file.display().to_string();
    if args.file.exists() {
        return Err(bilingual::failure("backup-exists", &[("file", file.into())]));
    }
    if !args.place.exists() {
        let folder = args.place.folder().display().to_string();
        return Err(bilingual::failure("backup-nothing", &[("folder", folder.into())]));
    }
    let portal = args.place.portal().await?;
    let mut unfinished = args.file.clone().into_os_string();
    unfinished.push(".part");
    let unfinished = PathBuf::from(unfinished);
    let done = into_file(&portal, &unfinished).await;
    portal.database.close().await;
    match done {
        Ok(counts) => {
            fs::rename(&unfinished, &args.file).context(file)?;
            Ok(counts)
        }
        Err(error) => {
            // Half a backup must not be taken for one; that it cannot be removed is the lesser evil.
            fs::remove_file(&unfinished).unwrap_or_default();
            Err(match error {
                BackupError::LacksFile { sha256, .. } => {
                    bilingual::failure("backup-lacks-file", &[("file", sha256.into())])
                }
                BackupError::File(error) => {
                    let values = [("file", file.into()), ("why", command_line::why(&error))];
                    bilingual::failure("backup-not-written", &values)
                }
                error => error.into(),
            })
        }
    }
}

async fn into_file(portal: &portal::Portal, path: &Path) -> Result<Counts, BackupError> {
    let file = private_file(path).map_err(BackupError::File)?;
    let mut out = BufWriter::new(file);
    let bar = shown_progress();
    let counts = backup::write(portal, &mut out, &|counts| bar.show(counts)).await?;
    bar.finish();
    let file = out.into_inner().map_err(|error| BackupError::File(error.into_error()))?;
    file.sync_all().map_err(BackupError::File)?;
    Ok(counts)
}

/// Hashes of passwords and what units wrote are in it: nobody else may read it.
fn private_file(path: &Path) -> io::Result<File> {
    OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(path)
}
