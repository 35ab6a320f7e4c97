//! Why a log was not read, or not to its end.

use std::io;

use serde::{Deserialize, Serialize};
use unpacking::UnpackError;

/// Why a log was not read, or not to its end. Each has a message `log-check-problem-<code>`, whose
/// variables [`Problem::values`] gives.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(tag = "code", rename_all = "kebab-case")]
pub enum Problem {
    /// It cannot be opened.
    #[error("the log cannot be opened: {detail}")]
    Unreadable {
        /// What the system says.
        detail: String,
    },
    /// Reading stopped on the way.
    #[error("reading stopped after {bytes} bytes: {detail}")]
    Interrupted {
        /// Decompressed bytes read.
        bytes: u64,
        /// What the system says.
        detail: String,
    },
    /// The compressed file ends in the middle.
    #[error("the compressed log is cut off: {bytes} bytes could be unpacked")]
    Truncated {
        /// Decompressed bytes read.
        bytes: u64,
    },
    /// The compressed file is damaged.
    #[error("the compressed log is damaged behind {bytes} bytes: {detail}")]
    Damaged {
        /// Decompressed bytes read.
        bytes: u64,
        /// What the decompressor says.
        detail: String,
    },
    /// Behind the compressed data stand bytes that are something else.
    #[error("behind the compressed log stand other bytes, which were not read")]
    TrailingBytes {
        /// Decompressed bytes read.
        bytes: u64,
    },
    /// It unpacks to so much that it can only be meant to do harm.
    #[error("unpacking stopped after {bytes} bytes: {detail}")]
    Bomb {
        /// Decompressed bytes read.
        bytes: u64,
        /// Which limit it went beyond.
        detail: String,
    },
    /// It is an archive or compressed in a way that is not read here.
    #[error("the log is packed as {kind}: unpack it first")]
    Packed {
        /// `zip`, `7z`, `rar`, `xz`, `bzip2` or `tar`.
        kind: String,
    },
    /// The member of an archive is encrypted.
    #[error("the member is encrypted")]
    Encrypted,
    /// The member of an archive is packed in a way that is not read here.
    #[error("the member is packed by method {method}, which is not read")]
    UnknownMethod {
        /// Its number, by PKWARE's list.
        method: u16,
    },
    /// The archive has more members than are read.
    #[error("the archive has more than {members} members")]
    TooManyMembers {
        /// How many were read.
        members: u64,
    },
    /// The option names no format.
    #[error("`{name}` is not a log format")]
    UnknownFormat {
        /// The name given.
        name: String,
    },
    /// The capture ends inside a packet.
    #[error("the capture breaks off: {bytes} bytes could be read")]
    CaptureCutOff {
        /// Decompressed bytes up to the end of the last whole packet.
        bytes: u64,
    },
    /// The capture contradicts itself.
    #[error("the capture is damaged behind {bytes} bytes")]
    CaptureDamaged {
        /// Decompressed bytes up to the end of the last whole packet.
        bytes: u64,
    },
    /// The file of flow records ends inside a message or a block.
    #[error("the file of flow records breaks off: {bytes} bytes could be read")]
    FlowsCutOff {
        /// Decompressed bytes up to the end of the last whole message or block.
        bytes: u64,
    },
    /// The file of flow records contradicts itself.
    #[error("the file of flow records is damaged behind {bytes} bytes")]
    FlowsDamaged {
        /// Decompressed bytes up to the end of the last whole message or block.
        bytes: u64,
    },
    /// The file of flow records is of a kind that is not read.
    #[error("the file of flow records is not read: {why}")]
    FlowsRefused {
        /// `layout`, `byte-order`, `encrypted` or `compression`.
        why: String,
    },
    /// The file of events ends inside an event, or without its end.
    #[error("the file of events breaks off: {bytes} bytes could be read")]
    EventsCutOff {
        /// Decompressed bytes up to the end of the last whole part.
        bytes: u64,
    },
    /// The file of events contradicts itself.
    #[error("the file of events is damaged behind {bytes} bytes")]
    EventsDamaged {
        /// Decompressed bytes up to the end of the last whole part.
        bytes: u64,
    },
    /// The map of columns names one that the log has not.
    #[error("the log has no column `{column}`")]
    MissingColumn {
        /// As the map names it.
        column: String,
    },
    /// There is nothing in it but, at most, blank lines.
    #[error("the log is empty")]
    Empty,
    /// No format understands its lines: they were scanned for names and addresses, which proves no
    /// contact.
    #[error("no known format understands its lines; they were only scanned")]
    NoFormat,
    /// Its lines were scanned for names and addresses because that was asked for, which proves no
    /// contact.
    #[error("its lines were only scanned for names and addresses")]
    ScannedOnly,
    /// It is not text.
    #[error("the log is not text")]
    Binary,
    /// It was read, and its side-car for looking back could not be kept.
    #[error("the log was read, its side-car was not written: {detail}")]
    NotArchived {
        /// What the system says.
        detail: String,
    },
    /// The log was read to this point only when its side-car was written.
    #[error("the log was not read to its end when its side-car was written")]
    SideCarCut,
    /// What should be a side-car is none, or is damaged.
    #[error("the side-car cannot be read: {detail}")]
    SideCar {
        /// What is wrong with it.
        detail: String,
    },
    /// The user stopped the run.
    #[error("the run was stopped")]
    Cancelled,
}

impl Problem {
    /// Every code.
    pub const CODES: [&'static str; 27] = [
        "unreadable",
        "interrupted",
        "truncated",
        "damaged",
        "trailing-bytes",
        "bomb",
        "packed",
        "encrypted",
        "unknown-method",
        "too-many-members",
        "unknown-format",
        "missing-column",
        "empty",
        "capture-cut-off",
        "capture-damaged",
        "flows-cut-off",
        "flows-damaged",
        "flows-refused",
        "events-cut-off",
        "events-damaged",
        "no-format",
        "scanned-only",
        "binary",
        "not-archived",
        "side-car-cut",
        "side-car",
        "cancelled",
    ];

    /// The stable code.
    pub fn code(&self) -> &'static str {
        self.message().trim_start_matches("log-check-problem-")
    }

    /// The key of its message.
    pub fn message(&self) -> &'static str {
        match self {
            Self::Unreadable { .. } => "log-check-problem-unreadable",
            Self::Interrupted { .. } => "log-check-problem-interrupted",
            Self::Truncated { .. } => "log-check-problem-truncated",
            Self::Damaged { .. } => "log-check-problem-damaged",
            Self::TrailingBytes { .. } => "log-check-problem-trailing-bytes",
            Self::Bomb { .. } => "log-check-problem-bomb",
            Self::Packed { .. } => "log-check-problem-packed",
            Self::Encrypted => "log-check-problem-encrypted",
            Self::UnknownMethod { .. } => "log-check-problem-unknown-method",
            Self::TooManyMembers { .. } => "log-check-problem-too-many-members",
            Self::UnknownFormat { .. } => "log-check-problem-unknown-format",
            Self::MissingColumn { .. } => "log-check-problem-missing-column",
            Self::Empty => "log-check-problem-empty",
            Self::CaptureCutOff { .. } => "log-check-problem-capture-cut-off",
            Self::CaptureDamaged { .. } => "log-check-problem-capture-damaged",
            Self::FlowsCutOff { .. } => "log-check-problem-flows-cut-off",
            Self::FlowsDamaged { .. } => "log-check-problem-flows-damaged",
            Self::EventsCutOff { .. } => "log-check-problem-events-cut-off",
            Self::EventsDamaged { .. } => "log-check-problem-events-damaged",
            Self::FlowsRefused { .. } => "log-check-problem-flows-refused",
            Self::NoFormat => "log-check-problem-no-format",
            Self::ScannedOnly => "log-check-problem-scanned-only",
            Self::Binary => "log-check-problem-binary",
            Self::NotArchived { .. } => "log-check-problem-not-archived",
            Self::SideCarCut => "log-check-problem-side-car-cut",
            Self::SideCar { .. } => "log-check-problem-side-car",
            Self::Cancelled => "log-check-problem-cancelled",
        }
    }

    /// Whether the file itself ends the reading: it would end there again. A log that was only scanned
    /// counts as not read.
    pub fn is_of_file(&self) -> bool {
        !matches!(
            self,
            Self::Unreadable { .. }
                | Self::Interrupted { .. }
                | Self::Cancelled
                | Self::NoFormat
                | Self::ScannedOnly
        )
    }

    /// Whether the log was read and only its side-car is not there.
    pub fn is_of_archive(&self) -> bool {
        matches!(self, Self::NotArchived { .. })
    }

    /// What its message says besides the code, by the message's variables.
    pub fn values(&self) -> Vec<(&'static str, String)> {
        match self {
            Self::Unreadable { detail }
            | Self::NotArchived { detail }
            | Self::SideCar { detail } => vec![("detail", detail.clone())],
            Self::Interrupted { bytes, detail }
            | Self::Damaged { bytes, detail }
            | Self::Bomb { bytes, detail } => {
                vec![("bytes", bytes.to_string()), ("detail", detail.clone())]
            }
            Self::Truncated { bytes }
            | Self::TrailingBytes { bytes }
            | Self::CaptureCutOff { bytes }
            | Self::CaptureDamaged { bytes }
            | Self::FlowsCutOff { bytes }
            | Self::FlowsDamaged { bytes }
            | Self::EventsCutOff { bytes }
            | Self::EventsDamaged { bytes } => {
                vec![("bytes", bytes.to_string())]
            }
            Self::FlowsRefused { why } => vec![("why", why.clone())],
            Self::Packed { kind } => vec![("kind", kind.clone())],
            Self::UnknownMethod { method } => vec![("method", method.to_string())],
            Self::TooManyMembers { members } => vec![("members", members.to_string())],
            Self::UnknownFormat { name } => vec![("name", name.clone())],
            Self::MissingColumn { column } => vec![("column", column.clone())],
            Self::Empty
            | Self::Encrypted
            | Self::NoFormat
            | Self::ScannedOnly
            | Self::Binary
            | Self::SideCarCut
            | Self::Cancelled => Vec::new(),
        }
    }

    /// What a failure behind so many decompressed bytes means.
    pub(crate) fn of(error: &io::Error, bytes: u64) -> Self {
        match UnpackError::of(error) {
            Some(UnpackError::Truncated(_) | UnpackError::ArchiveTruncated) => {
                Self::Truncated { bytes }
            }
            Some(UnpackError::Damaged { detail, .. } | UnpackError::ArchiveDamaged { detail }) => {
                Self::Damaged { bytes, detail: detail.clone() }
            }
            Some(UnpackError::TooManyMembers { members }) => {
                Self::TooManyMembers { members: *members }
            }
            Some(UnpackError::TrailingBytes(_)) => Self::TrailingBytes { bytes },
            Some(error @ (UnpackError::RatioTooHigh { .. } | UnpackError::TooLarge { .. })) => {
                Self::Bomb { bytes, detail: error.to_string() }
            }
            None if bytes == 0 => Self::Unreadable { detail: error.to_string() },
            None => Self::Interrupted { bytes, detail: error.to_string() },
        }
    }
}
