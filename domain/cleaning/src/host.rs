//! What cleaning needs of a computer: the disk and registry it changes, and the store it keeps
//! journals and quarantined files in.

use std::io::{Read, Write};

use artifacts::DiskPath;

use crate::change::{KeyTree, Node, Process, Times, Value};
use crate::signature::Signature;

/// Why something could not be done.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HostError {
    /// It is not there.
    #[error("it is not there")]
    Absent,
    /// The folder that it was in is not there.
    #[error("the folder that it was in is not there")]
    NoFolder,
    /// It is already as it should become.
    #[error("it is already as it should become")]
    AsWanted,
    /// What was kept of it was deleted for good.
    #[error("what was kept of it was deleted for good")]
    Purged,
    /// Something is in the way.
    #[error("something else is there already")]
    Exists,
    /// The rights do not suffice.
    #[error("the rights do not suffice")]
    Denied,
    /// The disk is full.
    #[error("the disk is full")]
    Full,
    /// Another program holds it.
    #[error("another program is using it")]
    Locked,
    /// It is no longer what it was.
    #[error("it was changed in the meantime")]
    Changed,
    /// The folder still holds something.
    #[error("the folder is not empty")]
    NotEmpty,
    /// A link stands in the way to it.
    #[error("a link stands in the way to it")]
    LinkInPath,
    /// Somebody with fewer rights made it, who could have prepared what is in it.
    #[error("somebody without an administrator's rights made it")]
    Foreign,
    /// The vendor of the operating system signed it.
    #[error("the vendor of the operating system signed it")]
    VendorSigned,
    /// This computer or this disk has no such thing.
    #[error("it cannot be done here")]
    Unsupported,
    /// The system's own reason.
    #[error("{0}")]
    Other(String),
}

/// The codes of all reasons.
pub const HOST_CODES: [&str; 15] = [
    "absent",
    "no-folder",
    "as-wanted",
    "purged",
    "exists",
    "denied",
    "full",
    "locked",
    "changed",
    "not-empty",
    "link-in-path",
    "foreign",
    "vendor-signed",
    "unsupported",
    "other",
];

impl HostError {
    /// Short name, for files and messages.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Absent => "absent",
            Self::NoFolder => "no-folder",
            Self::AsWanted => "as-wanted",
            Self::Purged => "purged",
            Self::Exists => "exists",
            Self::Denied => "denied",
            Self::Full => "full",
            Self::Locked => "locked",
            Self::Changed => "changed",
            Self::NotEmpty => "not-empty",
            Self::LinkInPath => "link-in-path",
            Self::Foreign => "foreign",
            Self::VendorSigned => "vendor-signed",
            Self::Unsupported => "unsupported",
            Self::Other(_) => "other",
        }
    }
}

/// The computer, or the mounted disk, that is cleaned.
///
/// Every path is reached from the top without following a link. No call leaves anything half done:
/// it did what it says, or it failed and nothing changed, or the computer stopped in it.
pub trait Host {
    /// What is at a path; `None` when nothing is.
    fn node(&mut self, path: &DiskPath) -> Result<Option<Node>, HostError>;

    /// Names in a folder.
    fn list(&mut self, path: &DiskPath) -> Result<Vec<Vec<u8>>, HostError>;

    /// Content of a file.
    fn read<'h>(&'h mut self, path: &DiskPath) -> Result<Box<dyn Read + 'h>, HostError>;

    /// Who signed a file, if it still is `expected`; `None` where programs are not signed.
    fn signature(
        &mut self,
        path: &DiskPath,
        expected: &Node,
    ) -> Result<Option<Signature>, HostError>;

    /// Takes a file, link or empty folder away, if it still is `expected`, and, asked once more of
    /// what is taken away, no signature [protects](Signature::protects) it.
    fn remove(&mut self, path: &DiskPath, expected: &Node) -> Result<(), HostError>;

    /// Makes a file, link or folder with everything that `node` says, where nothing is. `tag` names
    /// what is made until it is whole, so that what a crash left is found and overwritten.
    fn create(
        &mut self,
        path: &DiskPath,
        node: &Node,
        tag: &str,
        content: &mut dyn Read,
    ) -> Result<(), HostError>;

    /// Puts other content into a file, at once, if it still is `expected`; everything else about it
    /// becomes what `node` says.
    fn replace(
        &mut self,
        path: &DiskPath,
        expected: &Node,
        node: &Node,
        tag: &str,
        content: &[u8],
    ) -> Result<(), HostError>;

    /// Gives something another place, where nothing is.
    fn rename(&mut self, from: &DiskPath, to: &DiskPath) -> Result<(), HostError>;

    /// Sets the attributes of Windows.
    fn set_attributes(&mut self, path: &DiskPath, attributes: u32) -> Result<(), HostError>;

    /// Sets the times of a folder or file.
    fn set_times(&mut self, path: &DiskPath, times: &Times) -> Result<(), HostError>;

    /// Has a file removed at the next start, before programs run.
    fn remove_at_next_start(&mut self, path: &DiskPath) -> Result<(), HostError>;

    /// Takes that back.
    fn cancel_next_start(&mut self, path: &DiskPath) -> Result<(), HostError>;

    /// A value of the registry.
    fn value(&mut self, key: &str, name: &str) -> Result<Option<Value>, HostError>;

    /// Sets or deletes a value of the registry.
    fn set_value(&mut self, key: &str, name: &str, value: Option<&Value>) -> Result<(), HostError>;

    /// A key of the registry with everything in it.
    fn key_tree(&mut self, key: &str) -> Result<Option<KeyTree>, HostError>;

    /// Makes a key, or what lacks of it.
    fn create_key(&mut self, key: &str, tree: &KeyTree) -> Result<(), HostError>;

    /// Deletes a key with everything in it.
    fn delete_key(&mut self, key: &str) -> Result<(), HostError>;

    /// Ends a program and those it started, if it still is the same.
    fn stop(&mut self, process: &Process) -> Result<(), HostError>;
}

/// An item that is being written; gone unless finished.
pub trait ItemWriter: Write {
    /// Puts it on the disk for good.
    fn finish(self: Box<Self>) -> Result<(), HostError>;
}

/// Where journals and quarantined files are kept.
pub trait Store {
    /// The key of this store, made when there is none.
    fn key(&mut self) -> Result<[u8; 32], HostError>;

    /// Bytes that nobody can foresee.
    fn random(&mut self, bytes: &mut [u8]) -> Result<(), HostError>;

    /// Runs that have a journal, oldest first.
    fn runs(&mut self) -> Result<Vec<String>, HostError>;

    /// Deletes the journal of a run.
    fn delete_run(&mut self, run: &str) -> Result<(), HostError>;

    /// The journal of a run; empty when there is none.
    fn journal(&mut self, run: &str) -> Result<Vec<u8>, HostError>;

    /// Cuts a journal to `length` bytes, appends to it, and returns when it is on the disk.
    fn append(&mut self, run: &str, length: u64, bytes: &[u8]) -> Result<(), HostError>;

    /// Begins an item, in place of one of that name.
    fn new_item<'s>(&'s mut self, item: &str) -> Result<Box<dyn ItemWriter + 's>, HostError>;

    /// Reads an item.
    fn item<'s>(&'s mut self, item: &str) -> Result<Box<dyn Read + 's>, HostError>;

    /// Items that are there.
    fn items(&mut self) -> Result<Vec<String>, HostError>;

    /// Deletes an item.
    fn delete_item(&mut self, item: &str) -> Result<(), HostError>;
}
