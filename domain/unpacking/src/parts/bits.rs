//! Bits out of bytes, the highest of each byte first.

/// Bits being read from front to back.
pub(super) struct Bits<'b> {
    bytes: &'b [u8],
    held: u64,
    count: u32,
}

impl<'b> Bits<'b> {
    pub(super) fn new(bytes: &'b [u8]) -> Self {
        Self { bytes, held: 0, count: 0 }
    }

    /// So many bits, at most 32, as a number.
    pub(super) fn take(&mut self, width: u32) -> Option<u32> {
        while self.count < width {
            let (first, rest) = self.bytes.split_first()?;
            self.bytes = rest;
            self.held = self.held << 8 | u64::from(*first);
            self.count += 8;
        }
        self.count -= width;
        u32::try_from(self.held >> self.count & ((1 << width) - 1)).ok()
    }
}
