//! A stream cut into blocks of whole lines.

use std::io::{self, Read};

use crate::text::Text;

/// How much is read at a time, in bytes.
pub(crate) const BLOCK_BYTES: usize = 2 << 20;
/// The longest line that is looked at, in bytes: half a block, so that every block ends a line.
pub(crate) const LONGEST_LINE: usize = 1 << 20;

/// Whole lines of a log, in order.
#[derive(Debug, Default)]
pub(crate) struct Block {
    /// Offset of the first byte in the log.
    pub(crate) offset: u64,
    /// Lines with their ends; the last line of the log may have none.
    pub(crate) bytes: Vec<u8>,
    /// The block is the start of one line longer than [`LONGEST_LINE`], the rest left out.
    pub(crate) is_cut: bool,
}

/// Cuts a log's text into blocks; holds one block and what follows its last line.
pub(crate) struct Blocks<R> {
    text: Text<R>,
    offset: u64,
    rest: Vec<u8>,
    is_at_end: bool,
}

impl<R: Read> Blocks<R> {
    pub(crate) fn new(text: Text<R>) -> Self {
        let offset = text.origin();
        Self { text, offset, rest: Vec::new(), is_at_end: false }
    }

    /// Bytes of the log handed out so far.
    pub(crate) fn offset(&self) -> u64 {
        self.offset
    }

    /// The next block and, when reading failed behind it, why; an empty block at the end.
    pub(crate) fn next_block(&mut self) -> (Block, Option<io::Error>) {
        let mut bytes = std::mem::take(&mut self.rest);
        let problem = self.fill(&mut bytes);
        let offset = self.offset;
        if self.is_at_end && bytes.len() <= LONGEST_LINE {
            self.offset += self.text.encoding().width(&bytes);
            return (Block { offset, bytes, is_cut: false }, problem);
        }
        if let Some(end) = memchr::memrchr(b'\n', &bytes) {
            self.rest = bytes.split_off(end + 1);
            self.offset += self.text.encoding().width(&bytes);
            (Block { offset, bytes, is_cut: false }, problem)
        } else {
            let skipped = self.text.encoding().width(&bytes);
            bytes.truncate(LONGEST_LINE);
            self.offset += skipped;
            let failed = self.skip_line();
            (Block { offset, bytes, is_cut: true }, problem.or(failed))
        }
    }

    fn fill(&mut self, bytes: &mut Vec<u8>) -> Option<io::Error> {
        if self.is_at_end {
            return None;
        }
        let wanted = BLOCK_BYTES.saturating_sub(bytes.len()) as u64;
        bytes.reserve(BLOCK_BYTES.saturating_sub(bytes.len()));
        match self.text.by_ref().take(wanted).read_to_end(bytes) {
            Ok(read) => self.is_at_end = (read as u64) < wanted,
            Err(error) => {
                self.is_at_end = true;
                return Some(error);
            }
        }
        None
    }

    /// Reads on to the end of the line without holding it.
    fn skip_line(&mut self) -> Option<io::Error> {
        while !self.is_at_end {
            let mut bytes = Vec::new();
            let problem = self.fill(&mut bytes);
            if let Some(end) = memchr::memchr(b'\n', &bytes) {
                self.rest = bytes.split_off(end + 1);
                self.offset += self.text.encoding().width(&bytes);
                return problem;
            }
            self.offset += self.text.encoding().width(&bytes);
            if problem.is_some() {
                return problem;
            }
        }
        None
    }
}
