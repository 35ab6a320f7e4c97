//! One block that is compressed by itself, as files of flow records hold them.

use std::io::Read as _;

use crate::{Limits, Unpacker, lzo};

/// How a block is compressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BlockCompression {
    /// LZO1X.
    Lzo,
    /// LZ4 without a frame.
    Lz4,
    /// bzip2.
    Bzip2,
    /// RFC 8878.
    Zstd,
}

/// Why a block was not unpacked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BlockError {
    /// It is not what it should be.
    #[error("the block is damaged")]
    Damaged,
    /// It unpacks to more than is taken.
    #[error("the block unpacks to more than {most} bytes")]
    TooLarge {
        /// The limit it went beyond.
        most: usize,
    },
}

/// Unpacks a block, of no more than `most` bytes, behind what `unpacked` holds.
pub fn unpack_block(
    compression: BlockCompression,
    packed: &[u8],
    most: usize,
    unpacked: &mut Vec<u8>,
) -> Result<(), BlockError> {
    match compression {
        BlockCompression::Lzo => lzo::unpack(packed, most, unpacked),
        BlockCompression::Lz4 => unpack_lz4(packed, most, unpacked),
        BlockCompression::Bzip2 | BlockCompression::Zstd => {
            let mut reader = Unpacker::new(packed, Limits::default());
            if !matches!(reader.compression(), Ok(Some(_))) {
                return Err(BlockError::Damaged);
            }
            let start = unpacked.len();
            let limit = u64::try_from(most).unwrap_or(u64::MAX).saturating_add(1);
            reader.take(limit).read_to_end(unpacked).map_err(|_| BlockError::Damaged)?;
            if unpacked.len() - start > most { Err(BlockError::TooLarge { most }) } else { Ok(()) }
        }
    }
}

/// Blocks do not say how large they become: room is made in steps.
fn unpack_lz4(packed: &[u8], most: usize, unpacked: &mut Vec<u8>) -> Result<(), BlockError> {
    let start = unpacked.len();
    let mut room = packed.len().saturating_mul(4).max(1 << 20).min(most);
    loop {
        unpacked.resize(start + room, 0);
        let target = unpacked.get_mut(start..).unwrap_or_default();
        match lz4_flex::block::decompress_into(packed, target) {
            Ok(length) => {
                unpacked.truncate(start + length);
                return Ok(());
            }
            Err(lz4_flex::block::DecompressError::OutputTooSmall { .. }) => {
                if room >= most {
                    unpacked.truncate(start);
                    return Err(BlockError::TooLarge { most });
                }
                room = room.saturating_mul(4).min(most);
            }
            Err(_) => {
                unpacked.truncate(start);
                return Err(BlockError::Damaged);
            }
        }
    }
}
