//! Who signed a file: the port behind which the system is asked.

use std::fmt;
use std::fs::File;
use std::path::Path;

use cleaning::Signature;

/// Tells who signed a file.
pub trait SignatureCheck: fmt::Debug + Send + Sync {
    /// Of an open file. `path` is where it was opened, for those who go by the ending of its name; the
    /// content that is judged is that of the open file.
    fn signature(&self, file: &File, path: &Path) -> Signature;
}
