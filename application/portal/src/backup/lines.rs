//! Lines into a file and out of it, with the hash over them.

use std::io::{self, BufRead, BufReader, Read, Write};

use sha2::{Digest, Sha256};
use unpacking::{Limits, UnpackError, Unpacker};

use super::{BackupError, Line};

/// The longest line read: a row holds a report or what was refused of a list.
const LONGEST_LINE_BYTES: u64 = 64 * 1024 * 1024;

/// Writes lines, packed.
pub(super) struct LineWriter<'o> {
    out: zstd::Encoder<'static, &'o mut (dyn Write + Send)>,
    hasher: Sha256,
}

impl<'o> LineWriter<'o> {
    pub(super) fn new(out: &'o mut (dyn Write + Send)) -> Result<Self, BackupError> {
        let mut encoder = zstd::Encoder::new(out, 0).map_err(BackupError::File)?;
        encoder.include_checksum(true).map_err(BackupError::File)?;
        Ok(Self { out: encoder, hasher: Sha256::new() })
    }

    pub(super) fn line(&mut self, line: &Line) -> Result<(), BackupError> {
        let mut bytes = serde_json::to_vec(line).map_err(|it| BackupError::File(it.into()))?;
        bytes.push(b'\n');
        self.hasher.update(&bytes);
        self.out.write_all(&bytes).map_err(BackupError::File)
    }

    /// SHA-256 of all lines so far, in hex.
    pub(super) fn sha256(&self) -> String {
        hex::encode(self.hasher.clone().finalize())
    }

    pub(super) fn finish(self) -> Result<(), BackupError> {
        self.out.finish().and_then(Write::flush).map_err(BackupError::File)
    }
}

/// Reads lines.
pub(super) struct LineReader<R: Read> {
    lines: BufReader<Unpacker<R>>,
    hasher: Sha256,
    number: u64,
}

impl<R: Read> LineReader<R> {
    pub(super) fn new(input: R) -> Self {
        // Rows are much alike; what is read is bounded by the line, not by the whole.
        let limits = Limits { ratio: 100_000, ..Limits::default() };
        let lines = BufReader::with_capacity(1 << 16, Unpacker::new(input, limits));
        Self { lines, hasher: Sha256::new(), number: 0 }
    }

    /// Number of the last line read, from 1.
    pub(super) fn number(&self) -> u64 {
        self.number
    }

    /// The next line, and the hash of all lines before it.
    pub(super) fn line(&mut self) -> Result<(Line, String), BackupError> {
        let mut bytes = Vec::new();
        let limited = &mut self.lines.by_ref().take(LONGEST_LINE_BYTES);
        limited.read_until(b'\n', &mut bytes).map_err(|error| self.failure(error))?;
        if bytes.last() != Some(&b'\n') {
            return Err(match bytes.len() as u64 {
                LONGEST_LINE_BYTES => BackupError::Damaged { line: self.number + 1 },
                _ if self.number == 0 => BackupError::NotABackup,
                _ => BackupError::CutShort { line: self.number },
            });
        }
        self.number += 1;
        let before = hex::encode(self.hasher.clone().finalize());
        self.hasher.update(&bytes);
        let line = serde_json::from_slice(&bytes);
        Ok((line.map_err(|_| BackupError::Damaged { line: self.number })?, before))
    }

    /// Whether anything comes after the last line.
    pub(super) fn is_at_end(&mut self) -> Result<bool, BackupError> {
        let rest = self.lines.fill_buf().map(<[u8]>::is_empty);
        rest.map_err(|error| self.failure(error))
    }

    fn failure(&self, error: io::Error) -> BackupError {
        match UnpackError::of(&error) {
            Some(UnpackError::Truncated(_)) => BackupError::CutShort { line: self.number },
            Some(_) => BackupError::Damaged { line: self.number + 1 },
            None => BackupError::File(error),
        }
    }
}
