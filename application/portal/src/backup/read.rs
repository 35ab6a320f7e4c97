//! A backup into an empty portal.

use std::io::Read;

use base64::{Engine, engine::general_purpose::STANDARD};
use storage::{Database, StorageError, Write, copies, users};

use super::lines::LineReader;
use super::{BackupError, Counts, FORMAT, FORMAT_VERSION, Line};
use crate::campaigns::LARGEST_FILE_BYTES;
use crate::{Portal, secrets};

/// Brings a backup back into a portal in which nobody has an account. All of it, or nothing.
/// `progress` hears what was brought back so far.
pub async fn restore(
    portal: &Portal,
    input: &mut (dyn Read + Send),
    progress: &(dyn Fn(Counts) + Sync),
) -> Result<Counts, BackupError> {
    let mut lines = LineReader::new(input);
    check_head(&mut lines)?;
    let mut write = portal.database.write().await?;
    if users::any_exists(&mut write).await? {
        return Err(BackupError::NotEmpty);
    }
    // Nobody has an account, but the program itself may have noted when it did what.
    storage::erase_all(&mut write).await?;
    let mut new_files = Vec::new();
    let done = fill(portal, &mut write, &mut lines, &mut new_files, progress).await;
    let done = match done {
        Ok(counts) => write.commit().await.map(|()| counts).map_err(BackupError::from),
        Err(error) => Err(error),
    };
    if done.is_err() {
        for sha256 in new_files {
            // A file nobody refers to does no harm; why the backup failed is what counts.
            portal.files.remove(&sha256).unwrap_or_default();
        }
    }
    done
}

fn check_head<R: Read>(lines: &mut LineReader<R>) -> Result<(), BackupError> {
    let ours = Database::tables_version();
    match lines.line() {
        Ok((Line::Head { format, version, tables, .. }, _)) if format == FORMAT => {
            if version == FORMAT_VERSION && tables == ours {
                Ok(())
            } else {
                Err(BackupError::OtherVersion { theirs: tables, ours })
            }
        }
        Ok(_) | Err(BackupError::Damaged { .. }) => Err(BackupError::NotABackup),
        Err(error) => Err(error),
    }
}

async fn fill<R: Read>(
    portal: &Portal,
    write: &mut Write,
    lines: &mut LineReader<R>,
    new_files: &mut Vec<String>,
    progress: &(dyn Fn(Counts) + Sync),
) -> Result<Counts, BackupError> {
    let mut counts = Counts::default();
    let mut table = None;
    let mut file: Option<Incoming> = None;
    loop {
        let (line, hash) = lines.line()?;
        let damaged = BackupError::Damaged { line: lines.number() };
        // A file is whole once its size is there; everything else may follow then.
        if !matches!(line, Line::Piece(_))
            && let Some(file) = file.take()
        {
            keep(portal, file, new_files).map_err(|error| error.unwrap_or(damaged))?;
            counts.files += 1;
            progress(counts);
        }
        let damaged = BackupError::Damaged { line: lines.number() };
        match line {
            Line::Head { .. } => return Err(damaged),
            Line::Table { name, columns } => {
                if copies::columns(&name).is_none_or(|ours| ours != columns) {
                    return Err(damaged);
                }
                table = Some(name);
            }
            Line::Row(values) => {
                let Some(table) = &table else { return Err(damaged) };
                let is_inserted = match copies::insert_row(write, table, &values).await {
                    // The values contradict one another: twice the same key, a missing unit.
                    Err(StorageError::Database(error)) if error.as_database_error().is_some() => {
                        return Err(damaged);
                    }
                    done => done?,
                };
                if !is_inserted {
                    return Err(damaged);
                }
                counts.rows += 1;
                progress(counts);
            }
            Line::File { sha256, size_bytes } => {
                let size_bytes = usize::try_from(size_bytes).unwrap_or(usize::MAX);
                if size_bytes > LARGEST_FILE_BYTES {
                    return Err(damaged);
                }
                file = Some(Incoming { sha256, size_bytes, bytes: Vec::new() });
            }
            Line::Piece(piece) => {
                let (Some(file), Ok(piece)) = (&mut file, STANDARD.decode(piece)) else {
                    return Err(damaged);
                };
                if file.bytes.len() + piece.len() > file.size_bytes {
                    return Err(damaged);
                }
                file.bytes.extend(piece);
            }
            Line::End { counts: written, sha256 } => {
                let is_what_was_written = written == counts && sha256 == hash;
                return if is_what_was_written && lines.is_at_end()? {
                    Ok(counts)
                } else {
                    Err(damaged)
                };
            }
        }
    }
}

/// A file of which pieces come.
struct Incoming {
    sha256: String,
    size_bytes: usize,
    bytes: Vec<u8>,
}

/// Keeps a file whose content is what its name says; `Err(None)` when it is not.
fn keep(
    portal: &Portal,
    file: Incoming,
    new_files: &mut Vec<String>,
) -> Result<(), Option<BackupError>> {
    let is_whole = file.bytes.len() == file.size_bytes;
    if !is_whole || secrets::sha256_hex(&file.bytes) != file.sha256 {
        return Err(None);
    }
    if portal.files.open(&file.sha256).is_err() {
        portal.files.put(&file.sha256, &file.bytes).map_err(|it| Some(BackupError::File(it)))?;
        new_files.push(file.sha256);
    }
    Ok(())
}
