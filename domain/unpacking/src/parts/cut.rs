//! Reading numbers and pieces out of bytes, without ever reading behind their end.

/// Bytes being read from front to back.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cut<'b>(pub(crate) &'b [u8]);

impl<'b> Cut<'b> {
    /// The bytes from a place on; none when it lies behind the end.
    pub(crate) fn at(bytes: &'b [u8], place: usize) -> Self {
        Self(bytes.get(place..).unwrap_or_default())
    }

    pub(crate) fn take(&mut self, length: usize) -> Option<&'b [u8]> {
        let (taken, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(taken)
    }

    pub(crate) fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        self.take(N)?.first_chunk::<N>().copied()
    }

    pub(crate) fn u8(&mut self) -> Option<u8> {
        self.array::<1>().map(|[it]| it)
    }

    pub(crate) fn u16(&mut self) -> Option<u16> {
        self.array().map(u16::from_le_bytes)
    }

    pub(crate) fn u32(&mut self) -> Option<u32> {
        self.array().map(u32::from_le_bytes)
    }

    /// Eight bytes that say how large something is, or where.
    pub(crate) fn size(&mut self) -> Option<usize> {
        self.array().map(u64::from_le_bytes).and_then(|it| usize::try_from(it).ok())
    }

    /// Up to a byte, which is taken away with them.
    pub(crate) fn until(&mut self, byte: u8) -> Option<&'b [u8]> {
        let at = self.0.iter().position(|it| *it == byte)?;
        let taken = self.take(at)?;
        self.u8();
        Some(taken)
    }
}

/// A name as people see it: never empty.
pub(crate) fn name(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    let text = text.trim_end_matches('\0');
    if text.is_empty() { "?".to_owned() } else { text.chars().take(1_000).collect() }
}
