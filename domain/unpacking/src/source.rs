//! The compressed bytes, buffered and counted.

use std::io::{self, BufRead, Read};

const BUFFER_BYTES: usize = 64 << 10;

/// The compressed bytes, buffered and counted. Remembers whether an error was its own, because
/// decompressors report damage with errors of the same kinds.
#[derive(Debug)]
pub(crate) struct Source<R> {
    reader: R,
    buffer: Vec<u8>,
    start: usize,
    end: usize,
    is_at_end: bool,
    /// Bytes taken out of the buffer so far.
    pub(crate) consumed: u64,
    /// Whether the stream below failed.
    pub(crate) has_failed: bool,
}

impl<R: Read> Source<R> {
    pub(crate) fn new(reader: R) -> Self {
        Self {
            reader,
            buffer: vec![0; BUFFER_BYTES],
            start: 0,
            end: 0,
            is_at_end: false,
            consumed: 0,
            has_failed: false,
        }
    }

    pub(crate) fn get_ref(&self) -> &R {
        &self.reader
    }

    /// The stream below; what is in the buffer is lost.
    pub(crate) fn into_inner(self) -> R {
        self.reader
    }

    /// The next bytes without taking them: at least `wanted`, fewer only at the end.
    pub(crate) fn peek(&mut self, wanted: usize) -> io::Result<&[u8]> {
        while self.end - self.start < wanted && !self.is_at_end {
            if self.end == self.buffer.len() || self.start == self.end {
                self.buffer.copy_within(self.start..self.end, 0);
                self.end -= self.start;
                self.start = 0;
            }
            let free = self.buffer.get_mut(self.end..).unwrap_or_default();
            match self.reader.read(free) {
                Ok(0) => self.is_at_end = true,
                Ok(read) => self.end += read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => {
                    self.has_failed = true;
                    return Err(error);
                }
            }
        }
        Ok(self.buffer.get(self.start..self.end).unwrap_or_default())
    }

    /// Reads zeroes, the padding of tapes and of some disks; tells whether nothing else follows.
    pub(crate) fn rest_is_padding(&mut self) -> io::Result<bool> {
        loop {
            let bytes = self.peek(1)?;
            if bytes.is_empty() {
                return Ok(true);
            }
            let is_whole = bytes.iter().all(|byte| *byte == 0);
            let zeroes = bytes.iter().take_while(|byte| **byte == 0).count();
            self.consume(zeroes);
            if !is_whole {
                return Ok(false);
            }
        }
    }
}

impl<R: Read> BufRead for Source<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.peek(1)
    }

    fn consume(&mut self, amount: usize) {
        self.start = (self.start + amount).min(self.end);
        self.consumed += amount as u64;
    }
}

impl<R: Read> Read for Source<R> {
    fn read(&mut self, target: &mut [u8]) -> io::Result<usize> {
        if self.start == self.end && target.len() >= BUFFER_BYTES && !self.is_at_end {
            // Nothing to gain from a copy on the way.
            let read = self.reader.read(target);
            match &read {
                Ok(read) => {
                    self.is_at_end = *read == 0;
                    self.consumed += *read as u64;
                }
                Err(error) => self.has_failed = error.kind() != io::ErrorKind::Interrupted,
            }
            return read;
        }
        let bytes = self.peek(1)?;
        let length = bytes.len().min(target.len());
        if let (Some(from), Some(to)) = (bytes.get(..length), target.get_mut(..length)) {
            to.copy_from_slice(from);
        }
        self.consume(length);
        Ok(length)
    }
}
