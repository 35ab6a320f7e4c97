//! Lists and names that change while they are used.

use log_check::Names;
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

    /// Looks at the files that tell which device an address was: what they say when they have changed, or
    /// were never looked at; or why they cannot be read.
    fn look_at_names(&mut self, must: bool) -> Option<Result<Names, String>> {
        let _ = must;
        None
    }
}
