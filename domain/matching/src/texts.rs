//! Texts one behind the other, and where each ends.

use crate::columns::Column;

/// Texts of an index by number.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Texts<'i> {
    bytes: &'i [u8],
    ends: Column<'i, u32>,
}

impl<'i> Texts<'i> {
    pub(crate) fn new(bytes: &'i [u8], ends: &'i [u8]) -> Self {
        Self { bytes, ends: Column::new(ends) }
    }

    pub(crate) fn len(&self) -> usize {
        self.ends.len()
    }

    #[inline]
    pub(crate) fn get(&self, at: usize) -> Option<&'i [u8]> {
        let start = match at.checked_sub(1) {
            Some(before) => self.ends.get(before)? as usize,
            None => 0,
        };
        self.bytes.get(start..self.ends.get(at)? as usize)
    }

    pub(crate) fn text(&self, at: usize) -> Option<&'i str> {
        std::str::from_utf8(self.get(at)?).ok()
    }

    /// Whether the texts cover the bytes and are UTF-8.
    pub(crate) fn is_right(&self) -> bool {
        let last = self.ends.len().checked_sub(1).and_then(|at| self.ends.get(at)).unwrap_or(0);
        self.ends.is_whole()
            && last as usize == self.bytes.len()
            && (0..self.len()).all(|at| self.text(at).is_some())
    }
}

/// Splits texts into the two sections they lie in.
pub(crate) fn lay_out<T: AsRef<str>>(texts: &[T]) -> (Vec<u8>, Vec<u8>) {
    let (mut bytes, mut ends) = (Vec::new(), Vec::new());
    for text in texts {
        bytes.extend_from_slice(text.as_ref().as_bytes());
        ends.extend_from_slice(&u32::try_from(bytes.len()).unwrap_or(u32::MAX).to_le_bytes());
    }
    (bytes, ends)
}
