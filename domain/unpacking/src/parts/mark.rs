//! Marks of formats, kept so that a program which is made of this code does not carry them itself: a scan
//! that meets its own program would take it for an installer.

use std::hint::black_box;

/// A mark, its bits inverted.
pub(super) struct Mark<const N: usize>([u8; N]);

impl<const N: usize> Mark<N> {
    /// Of a mark, at the time of compiling.
    #[expect(
        clippy::indexing_slicing,
        reason = "within its own length, and no other loop is const"
    )]
    pub(super) const fn of(mark: &[u8; N]) -> Self {
        let mut inverted = [0; N];
        let mut at = 0;
        while at < N {
            inverted[at] = !mark[at];
            at += 1;
        }
        Self(inverted)
    }

    /// The mark.
    pub(super) fn bytes(&self) -> [u8; N] {
        black_box(self.0).map(|byte| !byte)
    }
}
