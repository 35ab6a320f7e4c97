//! What is changed, and what was there before.

use serde::{Deserialize, Serialize};

use crate::encoding::{Bytes, Path};

/// The attribute by which Windows hides a file.
pub const HIDDEN: u32 = 0x2;
/// The attribute by which Windows marks a file as the system's.
pub const SYSTEM: u32 = 0x4;

/// One change of a plan. Every one but the first can be undone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "change")]
pub enum Change {
    /// A running program is ended.
    StopProcess {
        /// Which.
        process: Process,
    },
    /// A file, a link or an empty folder is taken away and kept.
    Quarantine {
        /// What.
        path: Path,
        /// What its content was when it was found; another content stays where it is.
        sha256: Option<String>,
    },
    /// Lines are taken out of a text file.
    RemoveLines {
        /// The file.
        path: Path,
        /// Number and bytes of each line; when one of them differs, nothing is changed.
        lines: Vec<(u32, Bytes)>,
    },
    /// Attributes of Windows are changed.
    SetAttributes {
        /// The file or folder.
        path: Path,
        /// Attributes that are taken away.
        clear: u32,
    },
    /// Something is moved to where it was before a worm moved it.
    Move {
        /// From here.
        from: Path,
        /// To here, where nothing may be.
        to: Path,
    },
    /// A value of the registry is set or deleted.
    SetValue {
        /// The key, from its root.
        key: String,
        /// The value's name.
        name: String,
        /// What it becomes; `None` deletes it.
        value: Option<Value>,
        /// What it was when the plan was made; another value stays.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        was: Option<Value>,
    },
    /// A key of the registry is deleted with everything in it.
    DeleteKey {
        /// The key, from its root.
        key: String,
    },
}

/// A value of the registry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Value {
    /// Its type, as Windows numbers them.
    pub kind: u32,
    /// Its data.
    pub data: Bytes,
}

/// A key of the registry with everything in it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyTree {
    /// Its values by name.
    pub values: Vec<(String, Value)>,
    /// Its subkeys by name.
    pub keys: Vec<(String, KeyTree)>,
}

/// A running program.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Process {
    /// Its number.
    pub pid: u32,
    /// When it started, as the system counts it: tells it from a later one of the same number.
    pub started: u64,
    /// The program's file.
    pub path: Path,
}

/// A moment as seconds and nanoseconds since 1970.
pub type Moment = (i64, u32);

/// When a file was read and written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Times {
    /// Last reading.
    pub accessed: Moment,
    /// Last writing.
    pub modified: Moment,
    /// Creation, where it can be set.
    pub created: Option<Moment>,
}

/// What a name on the disk is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum NodeKind {
    /// A file of this size.
    File(u64),
    /// A folder.
    Folder,
    /// A link with this target.
    Link(Bytes),
    /// A device, socket or pipe, which is never touched.
    Other,
}

/// Everything about a file but its content.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Node {
    /// What it is.
    pub kind: NodeKind,
    /// Permissions of Linux.
    pub mode: Option<u32>,
    /// Owner and group of Linux.
    pub owner: Option<(u32, u32)>,
    /// Attributes of Windows.
    pub attributes: Option<u32>,
    /// Its times.
    pub times: Times,
    /// Extended attributes, access lists among them.
    pub extended: Vec<(Bytes, Bytes)>,
    /// Names it has; with more than one the others keep the content.
    pub links: u64,
    /// Device and number: tells it from another file under the same name.
    pub id: (u64, u64),
}

impl Node {
    /// Whether this is still the same file with the same content, as far as can be told without
    /// reading it.
    pub fn is_unchanged(&self, now: &Self) -> bool {
        self.id == now.id && self.kind == now.kind && self.times.modified == now.times.modified
    }
}

/// What was there before a change; written down before the change is made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "was")]
pub enum Before {
    /// Of [`Change::Quarantine`]. The content of a file is in the item of this change's number.
    Kept {
        /// The file.
        node: Node,
        /// Of its content, when it is a file.
        sha256: Option<String>,
        /// Times of the folder it was in.
        folder: Times,
    },
    /// Of [`Change::RemoveLines`]. The whole file is in the item of this change's number.
    Edited {
        /// The file.
        node: Node,
        /// Of its content before.
        sha256: String,
        /// Of its content afterwards.
        sha256_after: String,
        /// Times of the folder it is in.
        folder: Times,
    },
    /// Of [`Change::SetAttributes`].
    Attributes {
        /// Before.
        before: u32,
        /// Afterwards.
        after: u32,
    },
    /// Of [`Change::Move`].
    Moved {
        /// Device and number of what is moved.
        id: (u64, u64),
        /// Times of the folder it came from.
        from_folder: Times,
        /// Times of the folder it goes to.
        to_folder: Times,
    },
    /// Of [`Change::SetValue`].
    Value {
        /// The value, if there was one.
        value: Option<Value>,
    },
    /// Of [`Change::DeleteKey`].
    Key {
        /// Everything in it.
        tree: KeyTree,
    },
    /// Of [`Change::StopProcess`].
    Process,
}
