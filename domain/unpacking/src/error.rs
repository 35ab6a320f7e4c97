//! Why unpacking stopped.

use std::io;

use crate::Compression;

/// Why unpacking stopped. It travels inside an [`io::Error`]; [`UnpackError::of`] takes it out.
///
/// An `io::Error` without one comes from the stream below: the disk, the network.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UnpackError {
    /// The compressed bytes end in the middle: the copy or the download broke off.
    #[error("the {0} data ends before it is complete")]
    Truncated(Compression),
    /// The compressed bytes are not what they should be, or their checksum is wrong.
    #[error("the {compression} data is damaged: {detail}")]
    Damaged {
        /// What they are compressed with.
        compression: Compression,
        /// What the decompressor says.
        detail: String,
    },
    /// Other bytes stand behind the compressed ones; they were not read.
    #[error("behind the {0} data stand bytes that are not {0}")]
    TrailingBytes(Compression),
    /// It unpacks to so much more than it is that it can only be meant to do harm.
    #[error("it unpacks to more than {ratio} times its size")]
    RatioTooHigh {
        /// The limit it went beyond.
        ratio: u64,
    },
    /// The archive ends in the middle.
    #[error("the archive ends before it is complete")]
    ArchiveTruncated,
    /// The archive, or a member of it, contradicts itself.
    #[error("the archive is damaged: {detail}")]
    ArchiveDamaged {
        /// What is wrong.
        detail: String,
    },
    /// The archive has more members than are read.
    #[error("the archive has more than {members} members")]
    TooManyMembers {
        /// How many are read.
        members: u64,
    },
    /// It unpacks to more than is ever read.
    #[error("it unpacks to more than {bytes} bytes")]
    TooLarge {
        /// The limit it went beyond.
        bytes: u64,
    },
}

impl UnpackError {
    /// The reason inside an error that an [`crate::Unpacker`] gave.
    pub fn of(error: &io::Error) -> Option<&Self> {
        error.get_ref()?.downcast_ref()
    }
}

impl From<UnpackError> for io::Error {
    fn from(error: UnpackError) -> Self {
        let kind = match &error {
            UnpackError::Truncated(_) | UnpackError::ArchiveTruncated => {
                io::ErrorKind::UnexpectedEof
            }
            UnpackError::RatioTooHigh { .. }
            | UnpackError::TooLarge { .. }
            | UnpackError::TooManyMembers { .. } => io::ErrorKind::FileTooLarge,
            UnpackError::Damaged { .. }
            | UnpackError::TrailingBytes(_)
            | UnpackError::ArchiveDamaged { .. } => io::ErrorKind::InvalidData,
        };
        Self::new(kind, error)
    }
}
