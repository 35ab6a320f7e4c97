//! Files, folders and standard input as blocks of bytes.

mod content_store;
mod folder_lock;
#[cfg(unix)]
mod follower;
mod input_file;
mod journal;
mod mapped_file;
mod pattern;
mod walk;
mod write_whole;

pub use content_store::ContentStore;
pub use folder_lock::FolderLock;
#[cfg(unix)]
pub use follower::{
    EventMark, FileMark, FollowedTo, Follower, Piece, Units, files_named_alike, is_packed_file,
    open_regular,
};
pub use input_file::{InputFile, files_below};
pub use journal::Journal;
pub use mapped_file::MappedFile;
pub use pattern::{PatternError, files_matching, is_pattern};
pub use walk::{Walk, Walked, as_named};
pub use write_whole::{require_writable, write_whole};
