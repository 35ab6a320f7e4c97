//! A stream cut into blocks of whole lines.

use std::io::{self, Read};

use crate::text::Text;

/// How much is read at a time, in bytes: what a thread reads should still lie in its own cache when
/// it looks at it.
pub(crate) const BLOCK_BYTES: usize = 512 << 10;
/// The longest line that is looked at, in bytes.
pub(crate) const LONGEST_LINE: usize = 1 << 20;

/// Whole lines of a log, as a reader of lines gets them.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Lines<'b> {
    /// Offset of the first byte in the log.
    pub(crate) offset: u64,
    /// They are the start of one line longer than [`LONGEST_LINE`], the rest left out.
    pub(crate) is_cut: bool,
    /// A line among them tells how the lines behind it are read.
    pub(crate) has_headers: bool,
    pub(crate) bytes: &'b [u8],
}

/// Whole lines of a log, in order. Used again for block after block, so that no memory is asked for.
#[derive(Debug, Default)]
pub(crate) struct Block {
    /// Offset of the first byte in the log.
    pub(crate) offset: u64,
    /// The block is the start of one line longer than [`LONGEST_LINE`], the rest left out.
    pub(crate) is_cut: bool,
    /// A line among them tells how the lines behind it are read.
    pub(crate) has_headers: bool,
    buffer: Vec<u8>,
    length: usize,
}

impl Block {
    /// Lines with their ends; the last line of the log may have none. Empty at the log's end.
    pub(crate) fn bytes(&self) -> &[u8] {
        self.buffer.get(..self.length).unwrap_or_default()
    }

    /// What it holds.
    pub(crate) fn lines(&self) -> Lines<'_> {
        Lines {
            offset: self.offset,
            is_cut: self.is_cut,
            has_headers: self.has_headers,
            bytes: self.bytes(),
        }
    }

    /// Makes it the bytes of `rest`.
    fn restart(&mut self, offset: u64, rest: &[u8]) {
        (self.offset, self.is_cut, self.length) = (offset, false, 0);
        self.has_headers = false;
        self.make_room(BLOCK_BYTES.max(rest.len()));
        if let Some(start) = self.buffer.get_mut(..rest.len()) {
            start.copy_from_slice(rest);
            self.length = rest.len();
        }
    }

    fn make_room(&mut self, bytes: usize) {
        if self.buffer.len() < bytes {
            self.buffer.resize(bytes, 0);
        }
    }
}

/// Cuts a log's text into blocks; holds what follows the last line of the last one.
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

    /// Reads the next block; tells why when reading failed behind it.
    pub(crate) fn read_into(&mut self, block: &mut Block) -> Option<io::Error> {
        block.restart(self.offset, &self.rest);
        self.rest.clear();
        let mut wanted = BLOCK_BYTES;
        loop {
            let problem = self.fill(block, wanted);
            if self.is_at_end && block.length <= LONGEST_LINE {
                self.hand_out(block);
                return problem;
            }
            if let Some(end) = memchr::memrchr(b'\n', block.bytes()) {
                self.rest.extend_from_slice(block.bytes().get(end + 1..).unwrap_or_default());
                block.length = end + 1;
                self.hand_out(block);
                return problem;
            }
            if block.length > LONGEST_LINE {
                self.hand_out(block);
                block.length = LONGEST_LINE;
                block.is_cut = true;
                let failed = self.skip_line();
                return problem.or(failed);
            }
            wanted += BLOCK_BYTES;
        }
    }

    fn hand_out(&mut self, block: &Block) {
        self.offset += self.text.encoding().width(block.bytes());
    }

    /// Reads until the block holds as many bytes as are wanted, or the log ends.
    fn fill(&mut self, block: &mut Block, wanted: usize) -> Option<io::Error> {
        block.make_room(wanted);
        while block.length < wanted && !self.is_at_end {
            let room = block.buffer.get_mut(block.length..wanted).unwrap_or_default();
            match self.text.read(room) {
                Ok(0) => self.is_at_end = true,
                Ok(read) => block.length += read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => {
                    self.is_at_end = true;
                    return Some(error);
                }
            }
        }
        None
    }

    /// Reads on to the end of the line without holding it.
    fn skip_line(&mut self) -> Option<io::Error> {
        let mut passed = Block::default();
        while !self.is_at_end {
            passed.length = 0;
            let problem = self.fill(&mut passed, BLOCK_BYTES);
            if let Some(end) = memchr::memchr(b'\n', passed.bytes()) {
                self.rest.extend_from_slice(passed.bytes().get(end + 1..).unwrap_or_default());
                passed.length = end + 1;
            }
            self.hand_out(&passed);
            if problem.is_some() || !self.rest.is_empty() || passed.bytes().ends_with(b"\n") {
                return problem;
            }
        }
        None
    }
}
