//! Everything a portal holds as one file, and back: from either kind of database into either.
//!
//! The file is zstd over lines of JSON: a head, every table row by row, every file in pieces, and a
//! last line with what was written and the SHA-256 of all lines before it. It is read and written
//! as a stream. Nothing of a file that is cut short or was changed comes into a portal.

mod lines;
mod read;
mod write;

use std::io;

use serde::{Deserialize, Serialize};
use storage::StorageError;

pub use read::restore;
pub use write::write;

use crate::PortalError;

/// What a backup is called in its first line.
const FORMAT: &str = "lamsach-backup";
/// Version of the lines.
const FORMAT_VERSION: u32 = 1;
/// Bytes of a file in one line.
const PIECE_BYTES: usize = 48 * 1024;

/// What was written or brought back.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// Rows of all tables.
    pub rows: u64,
    /// Files.
    pub files: u64,
}

/// Why a backup was not written or not brought back; a portal that is being filled stays empty.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// The portal failed.
    #[error(transparent)]
    Portal(#[from] PortalError),
    /// The backup file cannot be read or written.
    #[error("cannot use the backup file")]
    File(#[source] io::Error),
    /// A file that rows refer to is not in the portal's folder.
    #[error("the portal lacks the file {sha256}")]
    LacksFile {
        /// Its SHA-256.
        sha256: String,
        /// Why it cannot be read.
        source: io::Error,
    },
    /// The portal already holds something.
    #[error("the portal is not empty")]
    NotEmpty,
    /// This is no backup.
    #[error("this is not a backup of a portal")]
    NotABackup,
    /// The tables of the backup are not those of this program.
    #[error("the backup has tables of version {theirs}, this program has {ours}")]
    OtherVersion {
        /// Version in the backup.
        theirs: i64,
        /// Version of this program.
        ours: i64,
    },
    /// The backup ends in the middle.
    #[error("the backup is cut short after line {line}")]
    CutShort {
        /// Last line read.
        line: u64,
    },
    /// The backup was changed or damaged.
    #[error("line {line} of the backup is not what was written")]
    Damaged {
        /// The line.
        line: u64,
    },
}

impl From<StorageError> for BackupError {
    fn from(error: StorageError) -> Self {
        Self::Portal(error.into())
    }
}

/// One line.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
enum Line {
    /// The first one.
    Head {
        /// [`FORMAT`].
        format: String,
        /// [`FORMAT_VERSION`].
        version: u32,
        /// Version of the tables.
        tables: i64,
        /// Version of the program, for people.
        program: String,
        /// When it was made, RFC 3339.
        made_at: String,
    },
    /// Rows of this table follow.
    Table {
        /// Its name.
        name: String,
        /// Its columns.
        columns: Vec<String>,
    },
    /// A row's values.
    Row(Vec<serde_json::Value>),
    /// Pieces of this file follow.
    File {
        /// Its name: the SHA-256 of its content.
        sha256: String,
        /// Its size.
        size_bytes: u64,
    },
    /// A piece of a file, in Base64.
    Piece(String),
    /// The last one.
    End {
        /// What was written.
        counts: Counts,
        /// SHA-256 of every line before this one.
        sha256: String,
    },
}
