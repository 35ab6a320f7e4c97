//! Files, folders and standard input as blocks of bytes.

mod content_store;

pub use content_store::ContentStore;
