//! Who signed a program for Windows, as far as its own bytes tell.
//!
//! [`carries_more`] says whether something stands where only signatures should, [`signs_for_others`]
//! whether a signer vouches for what others made.
//!
//! ```
//! let code_signing = "1.3.6.1.5.5.7.3.3";
//! assert!(!signatures::signs_for_others([code_signing]));
//! ```
//!
//! What it deliberately does not do: decide what becomes of the file, ask the system, know of catalogs.

mod table;
mod usages;

pub use table::carries_more;
pub use usages::signs_for_others;
