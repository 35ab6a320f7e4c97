//! A portal into a backup.

use std::io::{self, Read, Write};

use base64::{Engine, engine::general_purpose::STANDARD};
use sha2::{Digest, Sha256};
use storage::{Database, copies};

use super::lines::LineWriter;
use super::{BackupError, Counts, FORMAT, FORMAT_VERSION, Line, PIECE_BYTES};
use crate::{Portal, looking_back};

/// Writes everything of one moment, while others may go on working. `progress` hears what was
/// written so far.
pub async fn write(
    portal: &Portal,
    out: &mut (dyn Write + Send),
    progress: &(dyn Fn(Counts) + Sync),
) -> Result<Counts, BackupError> {
    let mut lines = LineWriter::new(out)?;
    lines.line(&Line::Head {
        format: FORMAT.to_owned(),
        version: FORMAT_VERSION,
        tables: Database::tables_version(),
        program: env!("CARGO_PKG_VERSION").to_owned(),
        made_at: portal.now().to_string(),
    })?;
    let mut snapshot = portal.database.snapshot().await?;
    let mut counts = Counts::default();
    for table in copies::tables() {
        let columns = copies::columns(table).unwrap_or_default();
        let columns = columns.into_iter().map(str::to_owned).collect();
        lines.line(&Line::Table { name: table.to_owned(), columns })?;
        copies::read_table(&mut snapshot, table, |row| {
            counts.rows += 1;
            progress(counts);
            lines.line(&Line::Row(row))
        })
        .await?;
    }
    for sha256 in copies::files(&mut snapshot).await? {
        write_file(portal, &mut lines, &sha256)?;
        counts.files += 1;
        progress(counts);
    }
    let sha256 = lines.sha256();
    lines.line(&Line::End { counts, sha256 })?;
    lines.finish()?;
    Ok(counts)
}

fn write_file(
    portal: &Portal,
    lines: &mut LineWriter<'_>,
    sha256: &str,
) -> Result<(), BackupError> {
    let lacks = |source| BackupError::LacksFile { sha256: sha256.to_owned(), source };
    let file = looking_back::open(&portal.files, sha256).map_err(lacks)?;
    let size_bytes = file.metadata().map_err(lacks)?.len();
    lines.line(&Line::File { sha256: sha256.to_owned(), size_bytes })?;
    let mut hasher = Sha256::new();
    let mut piece = Vec::with_capacity(PIECE_BYTES);
    loop {
        piece.clear();
        let limit = u64::try_from(PIECE_BYTES).unwrap_or(u64::MAX);
        if (&file).take(limit).read_to_end(&mut piece).map_err(lacks)? == 0 {
            break;
        }
        hasher.update(&piece);
        lines.line(&Line::Piece(STANDARD.encode(&piece)))?;
    }
    // Said now, while the portal is there to be looked at, rather than when it is to be restored.
    if hex::encode(hasher.finalize()) == sha256 {
        Ok(())
    } else {
        Err(lacks(io::Error::new(io::ErrorKind::InvalidData, "its content has changed")))
    }
}
