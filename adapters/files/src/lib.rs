//! Files, folders and standard input as blocks of bytes.

mod content_store;
mod folder_lock;
mod input_file;
mod mapped_file;
mod walk;
mod write_whole;

pub use content_store::ContentStore;
pub use folder_lock::FolderLock;
pub use input_file::{InputFile, files_below};
pub use mapped_file::MappedFile;
pub use walk::{Walk, Walked};
pub use write_whole::write_whole;
