//! LZO1X, of which no safe reader under a licence of ours is kept up. Source of the format:
//! "LZO stream format as understood by Linux' LZO decompressor" in the documentation of Linux.

use crate::BlockError;

/// Unpacks a whole stream behind what `out` holds.
pub(crate) fn unpack(packed: &[u8], most: usize, out: &mut Vec<u8>) -> Result<(), BlockError> {
    let mut stream = Stream { packed, most, start: out.len(), out };
    stream.unpack()
}

struct Stream<'s> {
    packed: &'s [u8],
    most: usize,
    /// Where the stream's own bytes begin.
    start: usize,
    out: &'s mut Vec<u8>,
}

impl Stream<'_> {
    fn unpack(&mut self) -> Result<(), BlockError> {
        // How many bytes were copied as they are before this instruction: four stands for more.
        let mut literals = 0;
        if let Some(first) = self.packed.first().copied().filter(|first| *first > 17) {
            self.byte()?;
            let count = usize::from(first) - 17;
            self.copy(count)?;
            literals = count.min(4);
        }
        loop {
            let code = usize::from(self.byte()?);
            let (length, distance, after) = match code {
                64.. => {
                    let distance = ((code >> 2) & 7) + (usize::from(self.byte()?) << 3) + 1;
                    ((code >> 5) + 1, distance, code & 3)
                }
                32.. => {
                    let length = self.length(code & 31, 31)? + 2;
                    let low = self.word()?;
                    (length, (low >> 2) + 1, low & 3)
                }
                16.. => {
                    let length = self.length(code & 7, 7)? + 2;
                    let low = self.word()?;
                    let distance = ((code & 8) << 11) + (low >> 2);
                    if distance == 0 {
                        // The end of the stream.
                        let is_end = length == 3 && self.packed.is_empty();
                        return if is_end { Ok(()) } else { Err(BlockError::Damaged) };
                    }
                    (length, distance + 0x4000, low & 3)
                }
                _ if literals == 0 => {
                    let length = self.length(code, 15)? + 3;
                    self.copy(length)?;
                    literals = 4;
                    continue;
                }
                _ => {
                    let near = (code >> 2) + (usize::from(self.byte()?) << 2) + 1;
                    if literals == 4 { (3, near + 0x800, code & 3) } else { (2, near, code & 3) }
                }
            };
            self.repeat(distance, length)?;
            self.copy(after)?;
            literals = after;
        }
    }

    fn byte(&mut self) -> Result<u8, BlockError> {
        let (byte, rest) = self.packed.split_first().ok_or(BlockError::Damaged)?;
        self.packed = rest;
        Ok(*byte)
    }

    fn word(&mut self) -> Result<usize, BlockError> {
        Ok(usize::from(u16::from_le_bytes([self.byte()?, self.byte()?])))
    }

    /// A length that does not fit into its instruction goes on in bytes of its own.
    fn length(&mut self, short: usize, most_short: usize) -> Result<usize, BlockError> {
        if short != 0 {
            return Ok(short);
        }
        let mut length = most_short;
        loop {
            match self.byte()? {
                0 => length += 255,
                last => return Ok(length + usize::from(last)),
            }
            if length > self.most {
                return Err(BlockError::TooLarge { most: self.most });
            }
        }
    }

    fn make_room(&self, length: usize) -> Result<(), BlockError> {
        if self.out.len() - self.start + length > self.most {
            return Err(BlockError::TooLarge { most: self.most });
        }
        Ok(())
    }

    /// Bytes as they are.
    fn copy(&mut self, length: usize) -> Result<(), BlockError> {
        self.make_room(length)?;
        let (bytes, rest) = self.packed.split_at_checked(length).ok_or(BlockError::Damaged)?;
        self.out.extend_from_slice(bytes);
        self.packed = rest;
        Ok(())
    }

    /// Bytes that stand so far back, those that this very step writes among them.
    fn repeat(&mut self, distance: usize, length: usize) -> Result<(), BlockError> {
        self.make_room(length)?;
        let end = self.out.len();
        let from = end.checked_sub(distance).filter(|from| *from >= self.start);
        let from = from.ok_or(BlockError::Damaged)?;
        let mut left = length;
        while left > 0 {
            // What was written doubles with each round.
            let step = left.min(self.out.len() - from);
            self.out.extend_from_within(from..from + step);
            left -= step;
        }
        Ok(())
    }
}
