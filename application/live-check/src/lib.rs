//! What runs on a computer, against the addresses of lists and packs.
//!
//! [`Addresses`] holds what is looked for, read and guarded as `lamsach match` reads and guards it;
//! [`LiveCheck`] is shown what runs, as often as the caller likes, and gives findings in the end. A
//! connection is matched by the same rules as a flow record, a name as a question in a log.
//!
//! What it deliberately does not do: look at files, decide what becomes of a program, name a person.

mod addresses;
mod check;

pub use addresses::{Addresses, AddressesError};
pub use check::{LiveCheck, LiveChecked};
pub use log_check::{ListProblem, ListReport};
