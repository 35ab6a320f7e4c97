//! Lists that change while they are used.

use matching::Layers;

/// What a look at the lists gave.
pub enum Loaded {
    /// Nothing has changed.
    Unchanged,
    /// These are to be used from now on.
    Changed(Layers),
    /// They have changed and cannot be used: why.
    Failed(String),
}

/// Knows when lists have changed, and reads them.
pub trait Lists: Send {
    /// Looks at the lists; `must` reads them whether they have changed or not.
    fn look(&mut self, must: bool) -> Loaded;
}
