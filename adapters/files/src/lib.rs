//! Files, folders and standard input as blocks of bytes.

mod content_store;
mod input_file;

pub use content_store::ContentStore;
pub use input_file::{InputFile, files_below};
